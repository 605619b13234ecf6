"""The flown explanation of a track corrected by a detection: both motion models, and how they share the track.

Both are linearised at one point, the mean of the flown explanation, and updated one measured number after another. With
h the row of the Jacobian there, s the model's offset from that point and y the innovation of the point,

    S = h P hᵀ + r,  K = P hᵀ / S,  s += K (y - h s),  P -= K S Kᵀ

equals the joint update exactly for independent noise and needs no matrix inverse. The offset enters to first order,
which is what an extended filter knows in any case.

Sources: Bierman (1977), Factorization Methods for Discrete Sequential Estimation, chapter V; Blom & Bar-Shalom (1988),
The interacting multiple model algorithm, IEEE Trans. Automatic Control 33(8).
"""

import numpy as np

from sangar.core.detections import MEASURED_COUNT, RANGE
from sangar.core.jit import kernel
from sangar.core.tracks import MODE_COUNT, STATE_PACKED, STATE_SIZE
from sangar.models.kernels.measurement import predict_measurement, residual
from sangar.models.kernels.packed import at
from sangar.tracking.kernels.filtering.flat import is_flat, is_near, keep_in_beam, no_other_sees, widen, write_arc
from sangar.tracking.kernels.filtering.sight_line import learn_no_range, learn_nothing_along
from sangar.tracking.kernels.visibility.looks import sensor_bit

TWO_PI = 2.0 * np.pi
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
        (squared Mahalanobis distance, the Gaussian density of a detection just where this model expects it; 0 beyond
        the limit).
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
    distance_squared, volume = 0.0, 1.0
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
            return distance_squared, 0.0
        volume *= TWO_PI * variance
        k = 0
        for i in range(STATE_SIZE):
            scaled = gain[i] * inverse
            offset[i] += scaled * y
            for j in range(i + 1):
                to_covariance[k] -= scaled * gain[j]
                k += 1
    for i in range(STATE_SIZE):
        to_state[i] = point[i] + offset[i]
    return distance_squared, 1.0 / np.sqrt(volume)


@kernel
def _linearise(point, time_s, detection, sensor, parameters, bench):
    """Write the Jacobian at a point of `time_s`, and what was measured minus what is predicted there."""
    measured, expected, innovation = detection["measured"], bench["predicted"], bench["innovation"]
    shift_s = detection["time_s"] - time_s
    predict_measurement(point, shift_s, measured, sensor, parameters.altitude_m, expected, bench["jacobian"])
    for c in range(MEASURED_COUNT):
        if not np.isnan(measured[c]):
            innovation[c] = residual(measured[c], expected[c], c)


@kernel
def _suppose_model(m, predicted, point, measured, sigma, limit, trial, bench):
    """Correct motion model m, linearised at `point`; see `_correct_model`."""
    return _correct_model(
        predicted["state"][m],
        predicted["state_covariance"][m],
        point,
        measured,
        sigma,
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
    last = MODE_COUNT - 1
    for i in range(STATE_SIZE):
        point[i] = predicted["mean"][i]
    for _ in range(RELINEARISATIONS):
        _linearise(point, predicted["time_s"], detection, sensor, parameters, bench)
        _suppose_model(last, predicted, point, detection["measured"], detection["sigma"], np.inf, trial, bench)
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
def _learn_no_height(predicted, range_m, sensor, parameters, trial, bench):
    """Leave both motion models where they were along the arc, where no other sensor sees the body, and in the beam."""
    for m in range(MODE_COUNT):
        state, covariance = trial["state"][m], trial["state_covariance"][m]
        if no_other_sees(predicted["heard"], sensor) and write_arc(predicted["mean"], sensor, bench["arc"]) > 0.0:
            before, before_covariance = predicted["state"][m], predicted["state_covariance"][m]
            learn_nothing_along(bench["arc"], before, before_covariance, state, covariance)
        keep_in_beam(state, covariance, range_m, sensor, parameters, bench["vectors"][0])


@kernel
def suppose_flown(predicted, detection, limit, sensor, parameters, trial, bench):
    """Correct the motion models and their probabilities; (smallest squared distance, log density of their mixture).

    The most agile model speaks first: what lies beyond its gate and the others' is nobody's, and is left at that.
    """
    measured, sigma, mean = detection["measured"], detection["sigma"], predicted["mean"][:]
    if sensor["starts_tracks"] == 0:
        range_squared = _range_squared(mean, sensor)
        if range_squared < sensor["minimum_range_m"] * sensor["minimum_range_m"]:
            return np.inf, -np.inf  # a track that has strayed along a ray into the sensor itself is seen by nobody
        if _is_vague(predicted["state_covariance"][MODE_COUNT - 1], range_squared):
            mean = bench["mean"][:]
            _find_point(predicted, detection, sensor, parameters, trial, bench, mean)
    peak, distance_squared = bench["peak"], bench["distance_squared"]
    _linearise(mean, predicted["time_s"], detection, sensor, parameters, bench)
    if is_flat(measured) and not no_other_sees(predicted["heard"], sensor):
        shift_m = widen(sigma, mean, predicted["state_covariance"][MODE_COUNT - 1], sensor, bench)
        bench["innovation"][RANGE] -= shift_m
        sigma = bench["sigma"]
    done, nearest = MODE_COUNT, np.inf
    while done > 0 and not nearest < limit:
        done -= 1
        distance_squared[done], peak[done] = _suppose_model(done, predicted, mean, measured, sigma, limit, trial, bench)
        nearest = distance_squared[done]
    if not nearest <= limit:
        return np.inf, -np.inf
    for m in range(MODE_COUNT):
        if m < done or peak[m] == 0.0:
            distance_squared[m], peak[m] = _suppose_model(m, predicted, mean, measured, sigma, np.inf, trial, bench)
            nearest = min(nearest, distance_squared[m])
    total, mode = 0.0, trial["mode"]
    for m in range(MODE_COUNT):
        mode[m] = predicted["mode"][m] * peak[m] * np.exp(0.5 * (nearest - distance_squared[m]))
        total += mode[m]
    for m in range(MODE_COUNT):
        mode[m] /= total
    if sensor["starts_tracks"] == 0 and predicted["heard"] == sensor_bit(sensor["row"]) and np.isnan(measured[RANGE]):
        _learn_no_range(predicted, sensor, trial, bench)
    if is_flat(measured) and is_near(measured[RANGE], sensor, parameters):
        _learn_no_height(predicted, measured[RANGE], sensor, parameters, trial, bench)
    return nearest, np.log(total) - 0.5 * nearest


@kernel
def flown_peak(mode, bench):
    """Logarithm of the highest density the motion models could have given, were the detection where each expects it."""
    highest = 0.0
    for m in range(MODE_COUNT):
        highest = max(highest, mode[m] * bench["peak"][m])
    return np.log(highest)
