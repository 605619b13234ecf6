"""The thrown explanation of a track corrected by a detection, and weighed against the flown one."""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.tracks import MODE_COUNT, THROWN_PACKED, THROWN_SIZE
from sangar.models.kernels.packed import all_finite_positive
from sangar.tracking.kernels.filtering.flat import is_flat, no_other_sees
from sangar.tracking.kernels.filtering.ground import above_ground_density, tells_height
from sangar.tracking.kernels.filtering.kalman import correct, correct_bent
from sangar.tracking.kernels.filtering.prediction import THROWN_IGNORED_LOGIT

THROWN_LOGIT_CAP = 12.0


@kernel
def weigh_thrown(body, logit):
    """Write the log-odds of a body's ballistic explanation, within their bounds; where numbers broke it is given up.

    Args:
        body: record with the ballistic explanation as corrected, of `HYPOTHESIS` or `TRACK`.
        logit: log-odds before plus what the detection says, the log density under this explanation less the other's.
    """
    body["thrown_logit"] = max(THROWN_IGNORED_LOGIT, min(THROWN_LOGIT_CAP, logit))
    if not (np.isfinite(logit) and all_finite_positive(body["thrown_covariance"][:], THROWN_SIZE)):
        body["thrown_logit"] = THROWN_IGNORED_LOGIT


@kernel
def suppose_thrown(predicted, detection, flown, sensor, parameters, trial, bench):
    """Correct the ballistic explanation and weigh it against the log density `flown` of the other.

    Returns:
        (squared Mahalanobis distance, log density of the detection under the ballistic explanation).
    """
    state, covariance = trial["thrown"][:], trial["thrown_covariance"][:]
    for d in range(THROWN_SIZE):
        state[d] = predicted["thrown"][d]
    for k in range(THROWN_PACKED):
        covariance[k] = predicted["thrown_covariance"][k]
    time_s = predicted["time_s"]
    robust = parameters.robust_sigmas * np.sqrt(sensor["looks_alike"])  # a common error is no outlier
    if is_flat(detection["measured"]) and not no_other_sees(predicted["heard"], sensor):
        whole = predicted["state_covariance"][MODE_COUNT - 1]  # both explanations know as little of the height
        distance_squared, thrown = correct_bent(
            state, time_s, covariance, whole, THROWN_SIZE, detection, robust, sensor, parameters, bench
        )
    else:
        distance_squared, thrown = correct(
            state, time_s, covariance, THROWN_SIZE, detection, robust, sensor, parameters, bench
        )
    if not tells_height(detection["measured"]):
        thrown = above_ground_density(thrown, flown, state, covariance, parameters.ground_m, bench["vectors"][0])
    weigh_thrown(trial, predicted["thrown_logit"] + thrown - flown)
    return distance_squared, thrown
