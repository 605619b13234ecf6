"""Two confirmed tracks of one body: noticed, weighed over many looks, and made one.

Sensors that disagree by more than the gate, or that see different parts of a large body, each feed a track of their
own. Such a pair shows in the assignment: a sensor has one detection that both tracks could take, one gets it, and the
other, which this sensor should see as well, goes away empty. Each such look of a sensor with detection probability Pd
speaks for one body with

    ln 1 / (1 - Pd),

for were there two, this sensor missed one of them. A pair becomes one track when that adds up to `ENOUGH`, over
`LEAST_TIME_S` at least; or when the older one starves beside the younger and is lost, with `STARVED` or more. In each
of these looks the two have to agree: with d the difference of the estimates, T its covariance, dᵀ T⁻¹ d within
`AGREEMENT`, for place and for velocity apart. The errors of the two estimates are dependent in a way
nobody told; T = P₁ + P₂ leaves their covariance out, which is never negative here, so T is too large rather than too
small. A sensor's own disagreement is no noise, it stays: the place has the sigma of the detection added once.

What keeps two bodies two:

- one look of one sensor that has seen both as two detections ends the matter as long as the pair is near;
- a pair is only noticed while the younger track is young, and no sensor has seen both of late (one slower than that
  reaches back: ever). Bodies that were followed one by one and meet are two;
- missed looks of a sensor that hears transponders, or measures no range, say nothing.

Sources: Bar-Shalom (1981), On the track-to-track correlation problem, IEEE Trans. Automatic Control 26(2); Blackman &
Popoli (1999), Design and Analysis of Modern Tracking Systems, chapter 9.
"""

import numpy as np

from sangar.core.detections import AZIMUTH, EAST, NORTH, RANGE
from sangar.core.doubles import DOUBLE_SENSORS
from sangar.core.events import EVENTS
from sangar.core.jit import kernel
from sangar.core.targets import DropReason, SensorKind, TrackStatus
from sangar.core.tracks import BATCH, DOUBLE_COUNT, LOST_COUNT, MERGED_COUNT
from sangar.tracking.kernels.association.assignment import ALONE
from sangar.tracking.kernels.management.life import drop
from sangar.tracking.kernels.management.motion_since import place_block
from sangar.tracking.kernels.management.recall import give_back
from sangar.tracking.kernels.management.rows import take_over
from sangar.tracking.kernels.visibility.hearing import SLICE_S, heard_lately
from sangar.tracking.kernels.visibility.looks import MOST_TELLING_PD, USUAL_LOOK, sensor_bit
from sangar.tracking.kernels.visibility.witnesses import stands_in_view

FREE, CONFIRMED = np.int64(TrackStatus.FREE), np.int64(TrackStatus.CONFIRMED)
MERGED = np.int64(DropReason.MERGED)
COOPERATIVE = np.int64(SensorKind.COOPERATIVE)

ENOUGH = 10.0 * USUAL_LOOK
"""Ten looks at a detection probability of 0.9: more than ends a track, for what is made one is not parted again."""
STARVED = 2.0 * USUAL_LOOK
LEAST_TIME_S = 8.0
AGREEMENT = 13.8
"""99.9 % of chi-square with two degrees of freedom."""
COURSE_MPS = 1.0
"""1 sigma by which the velocities of one body's two tracks differ beyond their covariances."""
SAME_LOOK = 0.75
"""Two detections of a sensor that are nearer in time than this share of its period come from one look."""
YOUNG_S = 60.0
FORGOTTEN_S = 60.0
"""A pair that no look has spoken of for so long is no pair any more."""


@kernel
def _detection_sigma_m(detection):
    """1 sigma of a detection's horizontal place, the worse direction."""
    sigma, measured = detection["sigma"], detection["measured"]
    if not np.isnan(measured[EAST]):
        return max(sigma[EAST], sigma[NORTH])
    return max(sigma[RANGE], measured[RANGE] * sigma[AZIMUTH])


@kernel
def agree(first, second, sigma_m):
    """Whether two tracks' places and velocities differ no more than those of one body may; horizontally, axis by axis.

    Args:
        first, second: records of `TRACK`; the older estimate is moved straight on to the time of the other.
        sigma_m: 1 sigma of a disagreement in place that lasts.
    """
    apart_s = second["time_s"] - first["time_s"]
    place, speed = 0.0, 0.0
    for axis in range(2):
        pp, _, vv = place_block(first["covariance"], axis)
        other_pp, _, other_vv = place_block(second["covariance"], axis)
        off_mps = second["mean"][3 + axis] - first["mean"][3 + axis]
        moved_m = apart_s * (first["mean"][3 + axis] if apart_s > 0.0 else second["mean"][3 + axis])
        off_m = second["mean"][axis] - first["mean"][axis] - moved_m
        drift = apart_s * apart_s * (vv if apart_s > 0.0 else other_vv)
        place += off_m * off_m / (pp + other_pp + drift + sigma_m * sigma_m)
        speed += off_mps * off_mps / (vv + other_vv + COURSE_MPS * COURSE_MPS)
    return place <= AGREEMENT and speed <= AGREEMENT


@kernel
def _find(tracks, first, second):
    """Entry of a pair, the older track first; -1 when it has none."""
    for k in range(tracks.counters[DOUBLE_COUNT]):
        double = tracks.doubles[k]
        if double["id"][0] == first["id"] and double["id"][1] == second["id"]:
            return k
    return -1


@kernel
def _have_one_sensor(first, second, time_s, sensors):
    """Whether a sensor has seen both tracks lately; a sensor too slow for that to tell, ever."""
    if heard_lately(first, time_s) & heard_lately(second, time_s) != 0:
        return True
    for s in range(sensors.shape[0]):
        if sensors[s]["period_s"] > SLICE_S and first["sensors"] & second["sensors"] & sensor_bit(s) != 0:
            return True
    return False


@kernel
def _notice(tracks, first, second, time_s, sensors):
    """Begin to watch a pair; its entry, -1 when it is none to be watched or the memory is full."""
    k = tracks.counters[DOUBLE_COUNT]
    is_young = time_s - max(first["confirmed_s"], second["confirmed_s"]) <= YOUNG_S
    if not is_young or k == tracks.doubles.shape[0] or _have_one_sensor(first, second, time_s, sensors):
        return -1
    tracks.counters[DOUBLE_COUNT] += 1
    double = tracks.doubles[k]
    double["id"][0], double["id"][1] = first["id"], second["id"]
    double["place"][0], double["place"][1] = first["place"], second["place"]
    for n in range(2):
        for s in range(DOUBLE_SENSORS):
            double["seen_s"][n, s] = -np.inf
    double["is_apart"], double["evidence"] = 0, 0.0
    double["noticed_s"], double["looked_s"] = time_s, time_s
    return k


@kernel
def _weigh(tracks, track, owner, detection, time_s, sensors, sensor_row):
    """Count a look that saw one body where `track`, left alone, and `owner` of the detection stand."""
    first, second = track, owner
    if owner["birth_s"] < track["birth_s"]:
        first, second = owner, track
    k = _find(tracks, first, second)
    if k < 0:
        k = _notice(tracks, first, second, time_s, sensors)
    if k < 0:
        return
    double = tracks.doubles[k]
    double["looked_s"] = time_s
    if double["is_apart"] == 1:
        return
    if agree(first, second, _detection_sigma_m(detection)):
        double["evidence"] -= np.log(1.0 - min(sensors[sensor_row]["detection_probability"], MOST_TELLING_PD))
    else:
        double["evidence"], double["noticed_s"] = 0.0, time_s


@kernel
def _can_tell(sensor, sensors):
    """Whether a sensor's look can speak of pairs: it sees bodies, not transponders, and their places."""
    return sensors.shape[0] > 1 and sensor["starts_tracks"] == 1 and sensor["kind"] != COOPERATIVE


@kernel
def note_doubles(count, tracks, time_s, batch, sensors, sensor_row, work):
    """Weigh the pairs that the assignment shows, before it is used.

    Args:
        count: rows of the assignment.
        tracks, time_s, batch, sensors, sensor_row, work: as `track_batch` takes them.
    """
    sensor = sensors[sensor_row]
    if not _can_tell(sensor, sensors):
        return
    for r in range(count):
        row = work.rows[r]
        track = tracks.rows[row["track"]]
        if row["column"] != ALONE or track["status"] < CONFIRMED or not stands_in_view(track, time_s, sensor):
            continue
        for k in range(row["first"], row["last"]):
            d = work.pairs[k]["detection"]
            if work.columns[d]["taken"] == 1:
                owner = tracks.rows[work.columns[d]["track"]]
                if owner["status"] == CONFIRMED:
                    _weigh(tracks, track, owner, batch[d], time_s, sensors, sensor_row)


@kernel
def _watch(tracks, double, time_s, sensor_row, period_s):
    """Note which of a pair this batch has seen, and whether both in one look; False when one of them is no more."""
    slot, seen_s = min(sensor_row, DOUBLE_SENSORS - 1), double["seen_s"]
    for n in range(2):
        track = tracks.rows[double["place"][n]]
        if track["id"] != double["id"][n] or track["status"] < CONFIRMED:
            return False
        if track["batch"] == tracks.counters[BATCH]:
            seen_s[n, slot] = time_s
            if time_s - seen_s[1 - n, slot] < SAME_LOOK * period_s:
                double["is_apart"] = 1
    return True


@kernel
def _make_one(tracks, double, time_s, outputs):
    """End the younger track of a pair; the older one goes on, with the estimate that was corrected last."""
    older, younger = tracks.rows[double["place"][0]], tracks.rows[double["place"][1]]
    if younger["time_s"] > older["time_s"]:
        take_over(tracks, double["place"][0], younger)
    older["sensors"] |= younger["sensors"]
    written = outputs.written[EVENTS]
    drop(tracks, younger, time_s, MERGED, outputs)
    if outputs.written[EVENTS] > written:
        outputs.events[written]["old"] = older["id"]
    tracks.counters[MERGED_COUNT] += 1


@kernel
def _inherit(tracks, double, time_s, outputs):
    """Where the older track of a pair has been lost, let the younger one go on under its number."""
    j, younger = double["place"][0], tracks.rows[double["place"][1]]
    is_lost = tracks.rows[j]["id"] == double["id"][0] and tracks.rows[j]["status"] == FREE
    is_left = younger["id"] == double["id"][1] and younger["status"] == CONFIRMED
    if not is_lost or not is_left or double["is_apart"] == 1 or double["evidence"] < STARVED:
        return
    for k in range(tracks.counters[LOST_COUNT]):
        if tracks.lost[k] == j:
            give_back(tracks, younger, k, time_s, outputs)
            tracks.counters[MERGED_COUNT] += 1
            return


@kernel
def settle_doubles(tracks, time_s, sensor, sensor_row, outputs):
    """Make one what has proved to be one, forget what is no pair any more; called after a batch has been used."""
    k = np.int64(0)
    while k < tracks.counters[DOUBLE_COUNT]:
        double = tracks.doubles[k]
        is_pair = _watch(tracks, double, time_s, sensor_row, sensor["period_s"])
        if not is_pair:
            _inherit(tracks, double, time_s, outputs)
        is_pair = is_pair and time_s - double["looked_s"] <= FORGOTTEN_S
        is_long = time_s - double["noticed_s"] >= LEAST_TIME_S
        if is_pair and double["is_apart"] == 0 and is_long and double["evidence"] >= ENOUGH:
            _make_one(tracks, double, time_s, outputs)
            is_pair = False
        if is_pair:
            k += 1
        else:
            tracks.counters[DOUBLE_COUNT] -= 1
            tracks.doubles[k] = tracks.doubles[tracks.counters[DOUBLE_COUNT]]
