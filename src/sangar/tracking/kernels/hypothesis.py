"""A hypothesis: what a predicted track would become if a detection were its own, and how likely that detection is.

Both motion models are linearised at one point, the mean of the flown explanation, and updated one measured number after
another. With h the row of the Jacobian there, s the model's offset from that point and y the innovation of the point,

    S = h P hᵀ + r,  K = P hᵀ / S,  s += K (y - h s),  P -= K S Kᵀ

equals the joint update exactly for independent noise and needs no matrix inverse. The offset enters to first order,
which is what an extended filter knows in any case. The likelihood of the detection is that of all explanations:

    p(z) = (1 - π) Σ_m μ_m N(z; h(x_m), S_m) + π N(z; h(x_thrown), S_thrown)

Sources: Bierman (1977), Factorization Methods for Discrete Sequential Estimation, chapter V; Blom & Bar-Shalom (1988),
The interacting multiple model algorithm, IEEE Trans. Automatic Control 33(8).
"""

import numpy as np

from sangar.core.detections import MEASURED_COUNT, RANGE
from sangar.core.jit import kernel
from sangar.core.tracks import MODE_COUNT, STATE_PACKED, STATE_SIZE, THROWN_PACKED, THROWN_SIZE
from sangar.models.kernels.measurement import predict_measurement, residual
from sangar.models.kernels.packed import all_finite_positive, at
from sangar.tracking.kernels.ground import above_ground_density, tells_height
from sangar.tracking.kernels.kalman import LOG_TWO_PI, update
from sangar.tracking.kernels.looks import sensor_bit
from sangar.tracking.kernels.prediction import THROWN_IGNORED_LOGIT, thrown_share
from sangar.tracking.kernels.sight_line import learn_no_range

THROWN_LOGIT_CAP = 12.0
VAGUE_RATIO = 0.1
"""A place is vague where its 1 sigma is more than this share of the distance from the sensor."""
RELINEARISATIONS = 5


@kernel
def _correct_model(state, covariance, point, measured, sigma, bench, limit, to_state, to_covariance):
    """Correct one motion model into another row.

    Args:
        state: (6,) and covariance: packed (21,) of the model.
        point: (6,) where `bench["innovation"]` and `bench["jacobian"]` were taken.
        measured: (8,) NaN where not measured; sigma: (8,).
        limit: a squared Mahalanobis distance beyond which the rest is not worth computing.
        to_state, to_covariance: out, not complete beyond the limit.

    Returns:
        (squared Mahalanobis distance, logarithm of the Gaussian density of the detection).
    """
    innovation, jacobian, offset, gain = (
        bench["innovation"],
        bench["jacobian"],
        bench["vectors"][0],
        bench["vectors"][1],
    )
    for i in range(STATE_SIZE):
        offset[i] = state[i] - point[i]
    for k in range(STATE_PACKED):
        to_covariance[k] = covariance[k]
    distance_squared, volume, count = 0.0, 1.0, 0
    for c in range(MEASURED_COUNT):
        if np.isnan(measured[c]):
            continue
        h = jacobian[c]
        y, variance = innovation[c], sigma[c] * sigma[c]
        for i in range(STATE_SIZE):
            total = 0.0
            for j in range(3):
                total += to_covariance[at(i, j)] * h[j]
            gain[i] = total
        for j in range(3):
            y -= h[j] * offset[j]
        if h[3] != 0.0 or h[4] != 0.0 or h[5] != 0.0:  # most measured numbers tell of the place alone
            for i in range(STATE_SIZE):
                for j in range(3, 6):
                    gain[i] += to_covariance[at(i, j)] * h[j]
            for j in range(3, 6):
                y -= h[j] * offset[j]
                variance += h[j] * gain[j]
        for j in range(3):
            variance += h[j] * gain[j]
        inverse = 1.0 / variance
        distance_squared += y * y * inverse
        if distance_squared > limit:
            return distance_squared, -np.inf
        volume *= variance
        count += 1
        k = 0
        for i in range(STATE_SIZE):
            scaled = gain[i] * inverse
            offset[i] += scaled * y
            for j in range(i + 1):
                to_covariance[k] -= scaled * gain[j]
                k += 1
    for i in range(STATE_SIZE):
        to_state[i] = point[i] + offset[i]
    return distance_squared, -0.5 * (count * LOG_TWO_PI + np.log(volume) + distance_squared)


@kernel
def _take_innovation(measured, predicted, innovation):
    """Write what was measured minus what was predicted, where measured."""
    for c in range(MEASURED_COUNT):
        if not np.isnan(measured[c]):
            innovation[c] = residual(measured[c], predicted[c], c)


@kernel
def _suppose_model(m, predicted, point, detection, limit, trial, bench):
    """Correct motion model m, linearised at `point`; see `_correct_model`."""
    return _correct_model(
        predicted["state"][m],
        predicted["state_covariance"][m],
        point,
        detection["measured"],
        detection["sigma"],
        bench,
        limit,
        trial["state"][m],
        trial["state_covariance"][m],
    )


@kernel
def _range_squared(mean, sensor):
    """Squared distance of a place from a sensor."""
    position_m, total = sensor["position_m"], 0.0
    for j in range(3):
        total += (mean[j] - position_m[j]) * (mean[j] - position_m[j])
    return total


@kernel
def _is_vague(covariance, range_squared):
    """Whether a body's place is so uncertain, seen from a sensor of bearings, that angles are no straight lines."""
    return covariance[0] + covariance[2] + covariance[5] > VAGUE_RATIO * VAGUE_RATIO * range_squared


@kernel
def _find_point(predicted, detection, sensor, parameters, trial, bench, point):
    """Write where to linearise for a bearing of a body of vague place: the corrected place, found by iteration.

    A body that one camera has followed alone may stand anywhere along its ray; seen by a second camera, close by, that
    is half the sky, and a gradient taken at the mean tells nothing of the rest.

    Source: Bell & Cathey (1993), The iterated Kalman filter update as a Gauss-Newton method, IEEE Trans. Automatic
    Control 38(2).
    """
    measured, last = detection["measured"], MODE_COUNT - 1
    for i in range(STATE_SIZE):
        point[i] = predicted["mean"][i]
    shift_s = detection["time_s"] - predicted["time_s"]
    for _ in range(RELINEARISATIONS):
        predict_measurement(
            point, shift_s, measured, sensor, parameters.altitude_m, bench["predicted"], bench["jacobian"]
        )
        _take_innovation(measured, bench["predicted"], bench["innovation"])
        _suppose_model(last, predicted, point, detection, np.inf, trial, bench)
        for i in range(STATE_SIZE):
            point[i] = trial["state"][last, i]


@kernel
def _learn_no_range(predicted, sensor, trial, bench):
    """Leave both motion models' place and speed along the line of sight as they were predicted."""
    for m in range(MODE_COUNT):
        learn_no_range(
            predicted["state"][m],
            predicted["state_covariance"][m],
            trial["state"][m],
            trial["state_covariance"][m],
            sensor["position_m"],
            bench["vectors"][0],
        )


@kernel
def _suppose_flown(predicted, detection, limit, sensor, parameters, trial, bench):
    """Correct the motion models and their probabilities; (smallest squared distance, log density of their mixture).

    The most agile model speaks first: what lies beyond its gate and the others' is nobody's, and is left at that.
    """
    measured, mean = detection["measured"], predicted["mean"][:]
    if sensor["starts_tracks"] == 0:
        range_squared = _range_squared(mean, sensor)
        if range_squared < sensor["minimum_range_m"] * sensor["minimum_range_m"]:
            return np.inf, -np.inf  # a track that has strayed along a ray into the sensor itself is seen by nobody
        if _is_vague(predicted["state_covariance"][MODE_COUNT - 1], range_squared):
            mean = bench["mean"][:]
            _find_point(predicted, detection, sensor, parameters, trial, bench, mean)
    log_density, distance_squared = bench["log_density"], bench["distance_squared"]
    shift_s = detection["time_s"] - predicted["time_s"]
    predict_measurement(mean, shift_s, measured, sensor, parameters.altitude_m, bench["predicted"], bench["jacobian"])
    _take_innovation(measured, bench["predicted"], bench["innovation"])
    done, nearest = MODE_COUNT, np.inf
    while done > 0 and not nearest < limit:
        done -= 1
        distance_squared[done], log_density[done] = _suppose_model(
            done, predicted, mean, detection, limit, trial, bench
        )
        nearest = distance_squared[done]
    if not nearest <= limit:
        return np.inf, -np.inf
    highest = log_density[done]
    for m in range(MODE_COUNT):
        if m < done or log_density[m] == -np.inf:
            distance_squared[m], log_density[m] = _suppose_model(m, predicted, mean, detection, np.inf, trial, bench)
            nearest, highest = min(nearest, distance_squared[m]), max(highest, log_density[m])
    total, mode = 0.0, trial["mode"]
    for m in range(MODE_COUNT):
        mode[m] = predicted["mode"][m] * np.exp(log_density[m] - highest)
        total += mode[m]
    for m in range(MODE_COUNT):
        mode[m] /= total
    if sensor["starts_tracks"] == 0 and predicted["heard"] == sensor_bit(sensor["row"]) and np.isnan(measured[RANGE]):
        _learn_no_range(predicted, sensor, trial, bench)
    return nearest, highest + np.log(total)


@kernel
def _flown_peak(mode, bench):
    """Logarithm of the highest density the motion models could have given, were the detection where each expects it."""
    peak = -np.inf
    for m in range(MODE_COUNT):
        if mode[m] > 0.0:
            peak = max(peak, np.log(mode[m]) + bench["log_density"][m] + 0.5 * bench["distance_squared"][m])
    return peak


@kernel
def suppose_thrown(predicted, detection, flown, sensor, parameters, trial, bench):
    """Correct the ballistic explanation and weigh it against the log density `flown` of the other.

    Returns:
        (squared Mahalanobis distance, log density of the detection under the ballistic explanation).
    """
    state, covariance, measured = trial["thrown"][:], trial["thrown_covariance"][:], detection["measured"]
    for d in range(THROWN_SIZE):
        state[d] = predicted["thrown"][d]
    for k in range(THROWN_PACKED):
        covariance[k] = predicted["thrown_covariance"][k]
    shift_s = detection["time_s"] - predicted["time_s"]
    predict_measurement(state, shift_s, measured, sensor, parameters.altitude_m, bench["predicted"], bench["jacobian"])
    distance_squared, thrown = update(
        state,
        covariance,
        THROWN_SIZE,
        measured,
        detection["sigma"],
        bench["predicted"],
        bench["jacobian"],
        parameters.robust_sigmas,
        bench["vectors"],
    )
    if not tells_height(measured):
        thrown = above_ground_density(thrown, flown, state, covariance, parameters.ground_m, bench["vectors"][0])
    logit = predicted["thrown_logit"] + thrown - flown
    trial["thrown_logit"] = max(THROWN_IGNORED_LOGIT, min(THROWN_LOGIT_CAP, logit))
    if not (np.isfinite(logit) and all_finite_positive(covariance, THROWN_SIZE)):
        trial["thrown_logit"] = THROWN_IGNORED_LOGIT
    return distance_squared, thrown


@kernel
def suppose(predicted, detection, limit, sensor, parameters, trial, bench):
    """Write what a predicted track becomes if the detection is its own; both are records of `HYPOTHESIS`.

    The gate is the squared Mahalanobis distance from the nearest explanation. The ballistic one of a young track is so
    vague that its gate alone would reach everything around; the logarithm by which its peak is lower than that of the
    motion models counts as distance.

    Args:
        predicted: the track at the time of the batch.
        detection: record of `DETECTION`.
        limit: of the gate; inf for no gate.
        sensor, parameters: record of `SENSOR`, `TrackingParameters`.
        trial: out; not complete when the detection lies beyond the limit.
        bench: record of `WORKBENCH`.

    Returns:
        Logarithm of the likelihood of the detection, -inf when it lies beyond the limit.
    """
    is_thrown = predicted["thrown_logit"] > THROWN_IGNORED_LOGIT
    flown_limit = np.inf if is_thrown else limit
    nearest, flown = _suppose_flown(predicted, detection, flown_limit, sensor, parameters, trial, bench)
    trial["time_s"], trial["flown_log_density"], trial["thrown_logit"] = (
        predicted["time_s"],
        flown,
        THROWN_IGNORED_LOGIT,
    )
    if not is_thrown:
        return flown
    peak = _flown_peak(predicted["mode"], bench)
    distance_squared, thrown = suppose_thrown(predicted, detection, flown, sensor, parameters, trial, bench)
    share = thrown_share(predicted["thrown_logit"])
    log_flown, log_thrown = np.log(1.0 - share), np.log(share) + thrown
    lower = log_flown + peak - log_thrown - 0.5 * distance_squared
    if min(nearest, distance_squared + 2.0 * max(lower, 0.0)) <= limit:
        return np.logaddexp(log_flown + flown, log_thrown)
    return -np.inf
