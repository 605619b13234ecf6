"""A track made what the hypothesis of its detection says."""

import numpy as np

from sangar.core.detections import RANGE
from sangar.core.jit import kernel
from sangar.core.tracks import MODE_COUNT, STATE_PACKED, STATE_SIZE, THROWN_PACKED, THROWN_SIZE
from sangar.models.kernels.packed import all_finite_positive
from sangar.tracking.kernels.filtering.flat import is_flat, is_near, no_other_sees, tell_bend
from sangar.tracking.kernels.filtering.flown import note_turn
from sangar.tracking.kernels.filtering.prediction import THROWN_IGNORED_LOGIT, combine, predict_thrown_of
from sangar.tracking.kernels.filtering.thrown import start_thrown, start_thrown_of
from sangar.tracking.kernels.filtering.thrown_update import suppose_thrown
from sangar.tracking.kernels.visibility.hearing import heard_lately

RESTART_LOGIT = -4.0
RESTART_SPEED_MPS = 60.0
RESTART_CLIMB_MPS = 15.0
RESTART_VARIANCE_FACTOR = 4.0


@kernel
def restart_thrown(track, parameters):
    """Give the ballistic explanation a fresh chance when a body climbs or falls fast (a rocket after burn-out)."""
    mean = track["mean"][:]
    speed_squared = mean[3] * mean[3] + mean[4] * mean[4] + mean[5] * mean[5]
    if speed_squared < RESTART_SPEED_MPS * RESTART_SPEED_MPS or abs(mean[5]) < RESTART_CLIMB_MPS:
        return
    start_thrown(track["thrown"][:], track["thrown_covariance"][:], mean, track["covariance"][:], parameters)
    for k in range(STATE_PACKED):
        track["thrown_covariance"][k] *= RESTART_VARIANCE_FACTOR
    track["thrown_logit"] = RESTART_LOGIT


@kernel
def _weigh_thrown(track, detection, sensor, parameters, corrected, predicted, bench):
    """Begin the ballistic explanation at the second detection: predict it from the first and correct it."""
    start_thrown_of(track, parameters, bench)
    predicted["time_s"] = corrected["time_s"]
    predict_thrown_of(track, parameters, predicted, bench)
    flown = corrected["flown_log_density"]
    suppose_thrown(predicted, detection, flown, sensor, parameters, corrected, bench)


@kernel
def accept(track, detection, sensor, parameters, corrected, predicted, bench):
    """Make a track what the hypothesis `corrected` of its detection says; False when numbers broke.

    Args:
        track: record of `TRACK`, changed in place.
        detection, sensor, parameters: what it was corrected with.
        corrected: record of `HYPOTHESIS`.
        predicted: another, scratch.
        bench: record of `WORKBENCH`.
    """
    if track["hits"] == 1:
        _weigh_thrown(track, detection, sensor, parameters, corrected, predicted, bench)
    is_sound = become(track, corrected, parameters, bench)
    if (
        is_flat(detection["measured"])
        and is_near(detection["measured"][RANGE], sensor, parameters)
        and no_other_sees(heard_lately(track, track["time_s"]), sensor)
    ):
        tell_bend(track["mean"], track["covariance"], sensor, bench)
    return is_sound


@kernel
def become(track, corrected, parameters, bench):
    """Make a track what a complete hypothesis says, both explanations; False when numbers broke."""
    note_turn(track, corrected["state"][1], corrected["time_s"], parameters)
    write_back(track, corrected)
    combine(track, bench)
    if track["thrown_logit"] <= THROWN_IGNORED_LOGIT:
        restart_thrown(track, parameters)
    return np.isfinite(track["mean"][0]) and all_finite_positive(track["covariance"][:], STATE_SIZE)


@kernel
def write_back(track, corrected):
    """Copy the filter's fields of a hypothesis to the track."""
    track["time_s"] = corrected["time_s"]
    track["thrown_logit"] = corrected["thrown_logit"]
    for m in range(MODE_COUNT):
        track["mode"][m] = corrected["mode"][m]
        for d in range(STATE_SIZE):
            track["state"][m, d] = corrected["state"][m, d]
        for k in range(STATE_PACKED):
            track["state_covariance"][m, k] = corrected["state_covariance"][m, k]
    if corrected["thrown_logit"] > THROWN_IGNORED_LOGIT:
        for d in range(THROWN_SIZE):
            track["thrown"][d] = corrected["thrown"][d]
        for k in range(THROWN_PACKED):
            track["thrown_covariance"][k] = corrected["thrown_covariance"][k]
