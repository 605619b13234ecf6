"""Who has a row when there are more than rows: a newcomer, or a track that nobody is sure of yet.

A flood of false detections (rain, chaff, a jammer) fills any table. If whoever comes first kept the rows, those would
be the bodies of one part of the sky, the same at every look, and none of the others would ever be found. So two rules:

* A flooded sensor takes no rows from the others: whoever comes to a full table has the place of a tentative track of
  the sensor that has most of them, as long as that is not its own (longest queue drop).
* Within one sensor they draw lots. Each stands with its log-odds of existence plus a draw from Gumbel's distribution,
  and whoever stands least goes without: sampling without replacement in proportion to the odds. What was seen twice,
  and what was seen where clutter is rare, mostly stays; among equals chance decides, anew for each number.

Confirmed tracks give way to no newcomer (see `reserve`). Of the rows only a few are looked at: the least of so many is
good enough. Which ones, and the draw, are hashed from the track's number, so that a replay draws the same.

Sources: Efraimidis & Spirakis (2006), Weighted random sampling with a reservoir, Information Processing Letters 97(5)
(the exponential keys there are, as logarithms, Gumbel's); Suter, Lakshman, Stiliadis & Choudhury (1999), Buffer
management schemes for supporting TCP in gigabit routers with per-flow queueing, IEEE J. Sel. Areas Commun. 17(6).
"""

import math

import numpy as np

from sangar.core.jit import kernel
from sangar.core.kernels.lots import lot
from sangar.core.targets import TrackStatus
from sangar.core.tracks import BATCH, LIVE, NEXT_ID, TABLE_FULL_COUNT
from sangar.tracking.kernels.management.rows import free_row

FREE, TENTATIVE = np.int64(TrackStatus.FREE), np.int64(TrackStatus.TENTATIVE)
PROBES = 16
TWO_32 = 2.0**32


@kernel
def _standing(log_odds, number):
    """How well a track of a number stands."""
    return log_odds - math.log(-math.log((lot(number) + 0.5) / TWO_32))


@kernel
def _may_give_way(tracks, track):
    """Whether a track is tentative, and the batch at hand has not seen it but for starting it."""
    return track["status"] == TENTATIVE and (track["batch"] != tracks.counters[BATCH] or track["hits"] == 1)


@kernel
def _probed(tracks, number, probe):
    """One of the rows that are looked at for a newcomer of a number."""
    return tracks.rows[lot(lot(number) + probe + 1) % tracks.rows.shape[0]]


@kernel
def _share(tracks, number, sensor_row):
    """How many of the tracks looked at may give way and are of a sensor."""
    count = 0
    for probe in range(PROBES):
        track = _probed(tracks, number, probe)
        if track["sensor"] == sensor_row and _may_give_way(tracks, track):
            count += 1
    return count


@kernel
def _crowding_sensor(tracks, number, sensor_row):
    """The sensor that most of the tracks looked at are of, a newcomer of `sensor_row` counted."""
    crowd, most = np.int64(sensor_row), _share(tracks, number, sensor_row) + 1
    for probe in range(PROBES):
        track = _probed(tracks, number, probe)
        if track["sensor"] != crowd and _may_give_way(tracks, track):
            share = _share(tracks, number, track["sensor"])
            if share > most:
                crowd, most = np.int64(track["sensor"]), share
    return crowd


@kernel
def _who_gives_way(tracks, number, log_odds, sensor_row):
    """Row of the track that a newcomer takes the place of; -1 when none stands less well than it."""
    crowd, place = _crowding_sensor(tracks, number, sensor_row), np.int64(-1)
    least = _standing(log_odds, number) if crowd == sensor_row else np.inf
    for probe in range(PROBES):
        track = _probed(tracks, number, probe)
        if track["sensor"] == crowd and _may_give_way(tracks, track):
            standing = _standing(track["score"] - track["missed"], track["id"])
            if standing < least:
                least, place = standing, np.int64(track["place"])
    return place


@kernel
def row_for(tracks, log_odds, sensor_row):
    """A row for a newcomer of such odds, of a sensor; -1 when nobody gives way to it. Who goes without is counted.

    A newcomer that is refused uses up its number: the next one draws anew.
    """
    i = free_row(tracks)
    if i >= 0:
        return i
    tracks.counters[TABLE_FULL_COUNT] += 1
    place = _who_gives_way(tracks, tracks.counters[NEXT_ID], log_odds, sensor_row)
    if place < 0:
        tracks.counters[NEXT_ID] += 1
        return place
    tracks.rows[place]["status"], tracks.rows[place]["id"] = FREE, 0
    tracks.counters[LIVE] -= 1
    return place
