"""Where tracks were: a few of their latest states, and when they were looked at. What a late report is set against.

A trail follows a row of the track table, and is blank as soon as another track stands in that row.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.tracks import LOOK_COUNT, STATE_PACKED, STATE_SIZE, TRAIL_LENGTH

NOWHERE = np.int64(-1)

SAME_LOOK_SHARE = 0.5
"""Two detections of one sensor within this share of its period are of one look, and a body is seen once in a look."""


@kernel
def trail_spacing_s(parameters):
    """How far apart the states of a trail are kept, so that it reaches back as far as reports may be late."""
    return parameters.late_limit_s / TRAIL_LENGTH


@kernel
def _own(trail, track):
    """Blank a trail that another track has left."""
    if trail["track"] != track["id"]:
        trail["track"] = track["id"]
        trail["looks"] = 0
        for k in range(TRAIL_LENGTH):
            trail["time_s"][k] = np.inf
        for k in range(LOOK_COUNT):
            trail["look_s"][k] = -np.inf


@kernel
def _write(trail, k, time_s, mean, covariance):
    """Keep a state in place k."""
    trail["time_s"][k] = time_s
    for d in range(STATE_SIZE):
        trail["mean"][k, d] = mean[d]
    for j in range(STATE_PACKED):
        trail["covariance"][k, j] = covariance[j]


@kernel
def _place_for_another(trail):
    """A place where no state is kept, else that of the oldest."""
    oldest = 0
    for k in range(TRAIL_LENGTH):
        if trail["time_s"][k] == np.inf:
            return k
        if trail["time_s"][k] < trail["time_s"][oldest]:
            oldest = k
    return oldest


@kernel
def leave_trail(trail, track, spacing_s):
    """Keep the state a track is about to lose to a newer one, when the last one kept is far enough behind."""
    _own(trail, track)
    last = state_before(trail, track, track["time_s"])
    if last == NOWHERE or track["time_s"] - trail["time_s"][last] >= spacing_s:
        _write(trail, _place_for_another(trail), track["time_s"], track["mean"], track["covariance"])


@kernel
def keep_state(trail, kept, time_s, mean, covariance, spacing_s):
    """Keep what is known of a time after the state kept before it: beside that state, or in its stead where it is near.

    Reports of one late sensor come in order, so each is set against a state that the one before it has corrected.

    Args:
        trail: record of `TRAIL`.
        kept: which state is the newest that is not newer than `time_s`.
        time_s: of the state; mean (6,) and covariance, packed (21,), of it.
        spacing_s: how far apart two states are to be.
    """
    place = np.int64(kept)
    if time_s - trail["time_s"][kept] >= spacing_s:
        place = np.int64(_place_for_another(trail))
    _write(trail, place, time_s, mean, covariance)


@kernel
def state_before(trail, track, time_s):
    """Which of the states kept is the newest that is not newer than `time_s`; NOWHERE when there is none."""
    found, found_s = NOWHERE, -np.inf
    if trail["track"] == track["id"]:
        for k in range(TRAIL_LENGTH):
            if found_s < trail["time_s"][k] <= time_s:
                found, found_s = np.int64(k), trail["time_s"][k]
    return found


@kernel
def state_after(trail, track, time_s):
    """Which of the states kept is the oldest that is newer than `time_s`; NOWHERE when only the present is."""
    found, found_s = NOWHERE, np.inf
    if trail["track"] == track["id"]:
        for k in range(TRAIL_LENGTH):
            if time_s < trail["time_s"][k] < found_s:
                found, found_s = np.int64(k), trail["time_s"][k]
    return found


@kernel
def note_look(trail, track, time_s, sensor_row):
    """Note that a track has used a detection of a sensor."""
    _own(trail, track)
    k = trail["looks"]
    trail["look_s"][k], trail["look_sensor"][k] = time_s, sensor_row
    trail["looks"] = k + 1 if k + 1 < LOOK_COUNT else 0


@kernel
def had_its_look(trail, track, time_s, sensor_row, period_s):
    """Whether a track already has a detection of this sensor's look about that time (of the latest it used)."""
    if track["sensor"] == sensor_row and abs(track["time_s"] - time_s) < SAME_LOOK_SHARE * period_s:
        return True
    if trail["track"] != track["id"]:
        return False
    for k in range(LOOK_COUNT):
        is_near = abs(trail["look_s"][k] - time_s) < SAME_LOOK_SHARE * period_s
        if is_near and trail["look_sensor"][k] == sensor_row:
            return True
    return False
