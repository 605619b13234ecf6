"""Which sensors have seen a track lately: two masks, of the time slice at hand and of the one before; and when last."""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.tracks import SEEN_SENSORS
from sangar.tracking.kernels.visibility.looks import sensor_bit

SLICE_S = 2.0
"""Length of a slice: what is recent is at least as old as one, at most as two."""


@kernel
def _turn_slices(track, time_s):
    """Begin a new slice where the one at hand is over."""
    age_s = time_s - track["heard_s"]
    if age_s < SLICE_S:
        return
    track["heard_before"] = track["heard"] if age_s < 2.0 * SLICE_S else 0
    track["heard"] = 0
    track["heard_s"] = time_s


@kernel
def note_heard(track, time_s, sensor_row):
    """Note that a sensor saw a track."""
    _turn_slices(track, time_s)
    track["heard"] |= sensor_bit(sensor_row)


@kernel
def heard_lately(track, time_s):
    """Mask of the sensors that saw a track lately."""
    age_s = time_s - track["heard_s"]
    if age_s < SLICE_S:
        return track["heard"] | track["heard_before"]
    return track["heard"] if age_s < 2.0 * SLICE_S else 0


@kernel
def begin_seen(track, time_s, sensor_row):
    """A new track has been seen by the sensor that began it, and by no other."""
    for s in range(SEEN_SENSORS):
        track["seen_s"][s] = -np.inf
    note_seen(track, time_s, sensor_row)


@kernel
def note_seen(track, time_s, sensor_row):
    """Note the time of a detection that a track has used; one that came late may be older than the last."""
    if sensor_row < SEEN_SENSORS:
        track["seen_s"][sensor_row] = max(track["seen_s"][sensor_row], time_s)


@kernel
def last_seen_s(track, sensor_row):
    """When a sensor saw a track last; -inf where it never has, and for sensors that are not kept."""
    return track["seen_s"][sensor_row] if sensor_row < SEEN_SENSORS else -np.inf


@kernel
def count_sensors(mask):
    """Bits set in a mask that is not negative."""
    count = 0
    while mask != 0:
        mask &= mask - 1
        count += 1
    return count
