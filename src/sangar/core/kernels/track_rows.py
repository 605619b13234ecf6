"""Finding a track by its id."""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER

CONFIRMED = np.int64(TrackStatus.CONFIRMED)


@kernel
def row_of(tracks, track):
    """Row of the living confirmed (or coasting) track with this id; -1 when there is none."""
    for i in range(tracks.counters[HIGH_WATER]):
        if tracks.rows[i]["id"] == track and tracks.rows[i]["status"] >= CONFIRMED:
            return i
    return -1
