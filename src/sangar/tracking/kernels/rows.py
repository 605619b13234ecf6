"""Rows of the track table: which are free."""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.targets import TrackStatus
from sangar.core.tracks import FREE_FROM, HIGH_WATER

FREE = np.int64(TrackStatus.FREE)


@kernel
def free_row(tracks):
    """First free row; -1 when the table is full. Until a track is dropped, each search begins where the last ended."""
    for i in range(tracks.counters[FREE_FROM], tracks.counters[HIGH_WATER]):
        if tracks.rows[i]["status"] == FREE:
            tracks.counters[FREE_FROM] = i
            return i
    tracks.counters[FREE_FROM] = tracks.counters[HIGH_WATER]
    if tracks.counters[HIGH_WATER] < tracks.rows.shape[0]:
        tracks.counters[HIGH_WATER] += 1
        return tracks.counters[HIGH_WATER] - 1
    return -1
