"""Where the others' picture had a few bodies in the last seconds, kept for a sensor that is left out.

A late sensor tells of where a body was, and one whose clock is ahead of where it will be told to have been: its
detections are compared with the path at the time that they are really of. Between two places the path is the cubic
through both with their velocities (Hermite).
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.realignment import PATH_LENGTH, PATHS, PLACE_SIZE
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER
from sangar.tracking.kernels.visibility.hearing import count_sensors, heard_lately
from sangar.tracking.kernels.visibility.looks import sensor_bit

CONFIRMED = np.int64(TrackStatus.CONFIRMED)
FEWEST_OTHERS = 2
SPACING_S = 0.2
AHEAD_S = 1.0
"""A path is carried on for so long at most."""
NO_TRACK = np.int64(0)


@kernel
def is_supported(track, time_s, sensor_row):
    """Whether enough other sensors have seen a confirmed track lately."""
    others = heard_lately(track, time_s) & ~sensor_bit(sensor_row)
    return track["status"] == CONFIRMED and count_sensors(others) >= FEWEST_OTHERS


@kernel
def _path_of(own, track_id):
    """The path of a track, else one that is free, else -1."""
    free = -1
    for p in range(PATHS):
        if own["path_track"][p] == track_id:
            return p
        if own["path_track"][p] == NO_TRACK:
            free = p
    return free


@kernel
def _leave_place(own, p, track):
    """Write down where a track is, when that is news."""
    written = own["path_written"][p]
    if own["path_track"][p] != track["id"]:
        own["path_track"][p], written = track["id"], 0
    if written > 0 and track["time_s"] < own["path_s"][p, (written - 1) % PATH_LENGTH] + SPACING_S:
        own["path_written"][p] = written
        return
    k = written % PATH_LENGTH
    own["path_s"][p, k] = track["time_s"]
    for c in range(PLACE_SIZE):
        own["path"][p, k, c], own["path_covariance"][p, k, c] = track["mean"][c], track["covariance"][c]
    own["path_written"][p] = written + 1


@kernel
def keep_paths(tracks, time_s, sensor_row, own):
    """Carry on the paths of bodies that others see, and forget those that they see no longer.

    Args:
        tracks: `TrackTable`.
        time_s: of the sensor's batch.
        sensor_row: of the sensor.
        own: its record of `REALIGNMENT`.
    """
    for p in range(PATHS):
        is_kept = False
        for i in range(tracks.counters[HIGH_WATER]):
            track = tracks.rows[i]
            if track["id"] == own["path_track"][p] and is_supported(track, time_s, sensor_row):
                is_kept = True
        if not is_kept:
            own["path_track"][p] = NO_TRACK
    for i in range(tracks.counters[HIGH_WATER]):
        track = tracks.rows[i]
        if is_supported(track, time_s, sensor_row):
            p = _path_of(own, track["id"])
            if p >= 0:
                _leave_place(own, p, track)


@kernel
def _copy_place(own, p, k, dt_s):
    """A remembered place, carried on straight ahead."""
    for c in range(3):
        own["place"][c] = own["path"][p, k, c] + dt_s * own["path"][p, k, 3 + c]
        own["place"][3 + c] = own["path"][p, k, 3 + c]


@kernel
def _interpolate(own, p, k, after, time_s):
    """The place between two that are remembered."""
    whole_s = own["path_s"][p, after] - own["path_s"][p, k]
    u = (time_s - own["path_s"][p, k]) / whole_s
    for c in range(3):
        start, end = own["path"][p, k, c], own["path"][p, after, c]
        leaving, arriving = whole_s * own["path"][p, k, 3 + c], whole_s * own["path"][p, after, 3 + c]
        bend, twist = 3.0 * (end - start) - 2.0 * leaving - arriving, 2.0 * (start - end) + leaving + arriving
        own["place"][c] = start + u * (leaving + u * (bend + u * twist))
        own["place"][3 + c] = (leaving + u * (2.0 * bend + 3.0 * u * twist)) / whole_s


@kernel
def place_at(own, p, time_s):
    """Write where the body of path p was into `place`; False where that is not remembered.

    Args:
        own: record of `REALIGNMENT`; `place` and `place_covariance` are written.
        p: path.
        time_s: seconds since the epoch.
    """
    written = own["path_written"][p]
    if written == 0:
        return False
    newest = (written - 1) % PATH_LENGTH
    found, after = newest, -1
    for back in range(min(written, PATH_LENGTH)):
        found = (written - 1 - back) % PATH_LENGTH
        if own["path_s"][p, found] <= time_s:
            break
        after = found
    dt_s = time_s - own["path_s"][p, found]
    if dt_s < -SPACING_S or (after < 0 and dt_s > AHEAD_S):
        return False
    if after < 0 or dt_s < 0.0:
        _copy_place(own, p, found, dt_s)
    else:
        _interpolate(own, p, found, after, time_s)
    for c in range(PLACE_SIZE):
        own["place_covariance"][c] = own["path_covariance"][p, found, c]
    return True
