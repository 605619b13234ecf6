"""Rows of the track table: which are free, and which are kept for a track that was lost.

A lost track leaves its row but, for a while, not the table: the row is FREE and keeps the id, so what other stages hold
beside it (identity, assessment) is still there when the body is found again. A row is given up when the memory is full
or the table has no other. The list of missing tracks also holds those that coast; entries that hold neither any more
are dropped when they are met.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.targets import TrackStatus
from sangar.core.tracks import FREE_FROM, HIGH_WATER, LIVE, LOST_COUNT, NEXT_ID

FREE, COASTING = np.int64(TrackStatus.FREE), np.int64(TrackStatus.COASTING)


@kernel
def free_row(tracks):
    """First free row; -1 when the table is full. Until a track is dropped, each search begins where the last ended."""
    for i in range(tracks.counters[FREE_FROM], tracks.counters[HIGH_WATER]):
        if tracks.rows[i]["status"] == FREE and tracks.rows[i]["id"] == 0:
            tracks.counters[FREE_FROM] = i
            return i
    tracks.counters[FREE_FROM] = tracks.counters[HIGH_WATER]
    if tracks.counters[HIGH_WATER] < tracks.rows.shape[0]:
        tracks.counters[HIGH_WATER] += 1
        return tracks.counters[HIGH_WATER] - 1
    k = _oldest(tracks)
    if k < 0:
        return -1
    i = tracks.lost[k]
    forget(tracks, k)
    return i


@kernel
def vacate(tracks, track):
    """Free the row of a track that goes on in another, or nowhere, and keep nothing of it."""
    track["status"], track["id"] = FREE, 0
    tracks.counters[FREE_FROM] = 0


@kernel
def enrol(tracks, track):
    """Give a track that has just been written into a free row a number of its own, and count it."""
    tracks.counters[LIVE] += 1
    track["id"] = tracks.counters[NEXT_ID]
    tracks.counters[NEXT_ID] += 1


@kernel
def take_over(tracks, j, track):
    """Put a track of the same body into row j: it goes on under the number and the age of the one that was there."""
    row = tracks.rows[j]
    found_s = track["found_s"] if is_missing(row) else row["found_s"]
    number, birth_s, confirmed_s, sensors = row["id"], row["birth_s"], row["confirmed_s"], row["sensors"]
    tracks.rows[j] = track
    row["id"], row["place"], row["birth_s"], row["confirmed_s"] = number, j, birth_s, confirmed_s
    row["sensors"] |= sensors
    row["found_s"] = found_s


@kernel
def is_missing(track):
    """Whether a row holds a track that was not seen of late: coasting, or lost and remembered."""
    return track["status"] == COASTING or (track["status"] == FREE and track["id"] != 0)


@kernel
def _oldest(tracks):
    """Entry of the lost track that was seen longest ago; -1 when none of the entries is one."""
    oldest = -1
    for k in range(tracks.counters[LOST_COUNT]):
        row = tracks.rows[tracks.lost[k]]
        if row["status"] == FREE and (oldest < 0 or row["time_s"] < tracks.rows[tracks.lost[oldest]]["time_s"]):
            oldest = k
    return oldest


@kernel
def forget(tracks, k):
    """Give up entry k of the missing tracks; the row of a lost one is free."""
    row = tracks.rows[tracks.lost[k]]
    if row["status"] == FREE:
        row["id"] = 0
        tracks.counters[FREE_FROM] = 0
    tracks.counters[LOST_COUNT] -= 1
    tracks.lost[k] = tracks.lost[tracks.counters[LOST_COUNT]]


@kernel
def remember(tracks, track):
    """Note a missing track. When the memory is full of such, the lost one unseen longest is given up, or this one."""
    k = np.int64(0)
    while k < tracks.counters[LOST_COUNT]:
        if tracks.lost[k] == track["place"]:
            return
        if is_missing(tracks.rows[tracks.lost[k]]):
            k += 1
        else:
            forget(tracks, k)
    if tracks.counters[LOST_COUNT] == tracks.lost.shape[0]:
        k = _oldest(tracks)
        if k < 0:
            if track["status"] == FREE:
                track["id"] = 0
            return
        forget(tracks, k)
    tracks.lost[tracks.counters[LOST_COUNT]] = track["place"]
    tracks.counters[LOST_COUNT] += 1
