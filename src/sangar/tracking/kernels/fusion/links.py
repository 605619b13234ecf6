"""Links: which of our tracks a source's track number stands for. Found by hashing, kept with hysteresis.

A number looks for its link in a few slots only, so a source that floods us with numbers costs no time; when none of
them is free or long unheard, the number has no link and is associated anew each time (counted).
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.targets import TrackStatus
from sangar.core.tracks import LINKS_FULL_COUNT

FREE = np.int64(TrackStatus.FREE)
PROBES = 32
PATIENCE = 3
"""Reports in a row that may contradict our track before a number is taken for another body's."""

UNHEARD_S = 60.0
"""A number not heard for so long may be somebody else's when it comes again."""

HASH_NUMBERS = 1_000_003
HASH_SPREAD = 31


@kernel
def _slot(number, sensor_row, probe, capacity):
    """Slot of a probe."""
    return (abs(number) % HASH_NUMBERS * HASH_SPREAD + sensor_row + probe) % capacity


@kernel
def find_link(links, number, sensor_row, time_s):
    """Row of a number's link; -1 when it has none that still holds."""
    capacity = links.shape[0]
    for probe in range(min(PROBES, capacity)):
        k = _slot(number, sensor_row, probe, capacity)
        link = links[k]
        if link["track"] == 0:
            return -1
        if link["number"] == number and link["sensor"] == sensor_row:
            return k if time_s - link["time_s"] <= UNHEARD_S else -1
    return -1


@kernel
def _room_for(links, number, sensor_row, time_s):
    """Row where a number's link may stand: its own, one never used, or one long unheard; -1 when there is none."""
    capacity, room = links.shape[0], -1
    for probe in range(min(PROBES, capacity)):
        k = _slot(number, sensor_row, probe, capacity)
        link = links[k]
        if link["number"] == number and link["sensor"] == sensor_row and link["track"] != 0:
            return k
        if room < 0 and (link["track"] == 0 or time_s - link["time_s"] > UNHEARD_S):
            room = k
        if link["track"] == 0:
            return room
    return room


@kernel
def set_link(tracks, report, sensor_row, place, started):
    """Let a report's number stand for the track in row `place` of the track table."""
    k = _room_for(tracks.links, report["number"], sensor_row, report["time_s"])
    if k < 0:
        tracks.counters[LINKS_FULL_COUNT] += 1
        return
    link = tracks.links[k]
    link["number"], link["sensor"] = report["number"], sensor_row
    link["track"], link["place"] = tracks.rows[place]["id"], place
    link["time_s"] = report["time_s"]
    link["contradictions"], link["started"] = 0, started
    link["orphaned_s"], link["identity"] = np.nan, report["identity"]


@kernel
def is_alive(link, tracks):
    """Whether the track a link stands for is still in the table."""
    track = tracks.rows[link["place"]]
    return track["status"] != FREE and track["id"] == link["track"]


@kernel
def mark_linked(tracks, sensor_row, time_s, marks):
    """Mark the rows of the track table that a number of this source stands for: one source makes one track of a body.

    Args:
        tracks: `TrackTable`.
        sensor_row: the source.
        time_s: now.
        marks: (N,) out, 1 where linked.
    """
    for i in range(marks.shape[0]):
        marks[i] = 0
    for k in range(tracks.links.shape[0]):
        link = tracks.links[k]
        if link["track"] == 0 or link["sensor"] != sensor_row or time_s - link["time_s"] > UNHEARD_S:
            continue
        if link["contradictions"] < PATIENCE and is_alive(link, tracks):
            marks[link["place"]] = 1
