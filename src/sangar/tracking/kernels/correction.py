"""A predicted track corrected by the detection it was given, and written back to the track table."""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.tracks import MODE_COUNT, STATE_PACKED, STATE_SIZE, THROWN_PACKED, THROWN_SIZE
from sangar.models.kernels.measurement import predict_measurement
from sangar.models.kernels.packed import all_finite_positive
from sangar.tracking.kernels.kalman import update
from sangar.tracking.kernels.prediction import THROWN_IGNORED_LOGIT, combine
from sangar.tracking.kernels.thrown import start_thrown

THROWN_LOGIT_CAP = 12.0
RESTART_LOGIT = -4.0
RESTART_SPEED_MPS = 60.0
RESTART_CLIMB_MPS = 15.0
RESTART_VARIANCE_FACTOR = 4.0


@kernel
def _correct_body(state, covariance, size, detection, shift_s, robust, sensor, parameters, bench):
    """Correct one explanation; returns the log density of the detection under it."""
    measured = detection["measured"]
    predict_measurement(state, shift_s, measured, sensor, parameters.altitude_m, bench["predicted"], bench["jacobian"])
    _, log_density = update(
        state,
        covariance,
        size,
        measured,
        detection["sigma"],
        bench["predicted"],
        bench["jacobian"],
        robust,
        bench["vectors"],
    )
    return log_density


@kernel
def _correct_flown(track, detection, shift_s, sensor, parameters, bench):
    """Correct both motion models and their probabilities; returns the log density under the mixture."""
    mode, log_density = track["mode"], bench["log_density"]
    for m in range(MODE_COUNT):
        log_density[m] = _correct_body(
            track["state"][m],
            track["state_covariance"][m],
            STATE_SIZE,
            detection,
            shift_s,
            np.inf,
            sensor,
            parameters,
            bench,
        )
    highest = max(log_density[0], log_density[1])
    total = 0.0
    for m in range(MODE_COUNT):
        mode[m] *= np.exp(log_density[m] - highest)
        total += mode[m]
    for m in range(MODE_COUNT):
        mode[m] /= total
    return highest + np.log(total)


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
def _correct_thrown(track, flown, detection, shift_s, sensor, parameters, bench):
    """Correct the ballistic explanation and weigh it against the log density `flown` of the other."""
    thrown = _correct_body(
        track["thrown"][:],
        track["thrown_covariance"][:],
        THROWN_SIZE,
        detection,
        shift_s,
        parameters.robust_sigmas,
        sensor,
        parameters,
        bench,
    )
    logit = track["thrown_logit"] + thrown - flown
    track["thrown_logit"] = max(THROWN_IGNORED_LOGIT, min(THROWN_LOGIT_CAP, logit))
    if not (np.isfinite(logit) and all_finite_positive(track["thrown_covariance"][:], THROWN_SIZE)):
        track["thrown_logit"] = THROWN_IGNORED_LOGIT


@kernel
def correct(track, detection, sensor, parameters, bench):
    """Correct a predicted track with a detection, both explanations and their weights; False when numbers broke."""
    shift_s = detection["time_s"] - track["time_s"]
    flown = _correct_flown(track, detection, shift_s, sensor, parameters, bench)
    if track["thrown_logit"] > THROWN_IGNORED_LOGIT:
        _correct_thrown(track, flown, detection, shift_s, sensor, parameters, bench)
    combine(track, bench)
    if track["thrown_logit"] <= THROWN_IGNORED_LOGIT:
        restart_thrown(track, parameters)
    return np.isfinite(track["mean"][0]) and all_finite_positive(track["covariance"][:], STATE_SIZE)


@kernel
def write_back(track, predicted):
    """Copy the filter's fields of a predicted record to the track."""
    track["time_s"] = predicted["time_s"]
    track["thrown_logit"] = predicted["thrown_logit"]
    for m in range(MODE_COUNT):
        track["mode"][m] = predicted["mode"][m]
        for d in range(STATE_SIZE):
            track["state"][m, d] = predicted["state"][m, d]
        for k in range(STATE_PACKED):
            track["state_covariance"][m, k] = predicted["state_covariance"][m, k]
    for d in range(STATE_SIZE):
        track["mean"][d] = predicted["mean"][d]
    for k in range(STATE_PACKED):
        track["covariance"][k] = predicted["covariance"][k]
    if predicted["thrown_logit"] > THROWN_IGNORED_LOGIT:
        for d in range(THROWN_SIZE):
            track["thrown"][d] = predicted["thrown"][d]
        for k in range(THROWN_PACKED):
            track["thrown_covariance"][k] = predicted["thrown_covariance"][k]
