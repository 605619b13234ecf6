"""The extended Kalman update, one measured number after another.

    S = h P hᵀ + r,  K = P hᵀ / S,  x += K y,  P -= K S Kᵀ

With independent noise on each measured number this equals the joint update exactly, needs no matrix inverse, and takes
any subset of measurements. All rows h are taken at the prior, so the order does not matter.

Source: Bierman (1977), Factorization Methods for Discrete Sequential Estimation, chapter V.
"""

import numpy as np

from sangar.core.detections import MEASURED_COUNT, RANGE
from sangar.core.jit import kernel
from sangar.models.kernels.measurement import predict_measurement, residual
from sangar.models.kernels.packed import at
from sangar.tracking.kernels.filtering.flat import widen

LOG_TWO_PI = 1.8378770664093453


@kernel
def update(state, covariance, size, measured, sigma, predicted, jacobian, robust, scratch):
    """Update a (size,) state and its packed covariance with one detection, in place.

    Args:
        state: (size,) prior mean; the first six are position and velocity.
        covariance: packed, size (size + 1) / 2.
        size: 6 or 7.
        measured: (8,) NaN where not measured.
        sigma: (8,) 1 sigma of each.
        predicted: (8,) and
        jacobian: (8, 6) of the prior (see `predict_measurement`).
        robust: innovations beyond this many sigma are weighted down as Huber does; inf for the plain filter.
        scratch: (2, 7 or more).

    Returns:
        (squared Mahalanobis distance, logarithm of the Gaussian density of the detection).
    """
    moved, gain = scratch[0], scratch[1]
    for i in range(size):
        moved[i] = 0.0
    distance_squared, volume, count = 0.0, 1.0, 0
    for c in range(MEASURED_COUNT):
        if np.isnan(measured[c]):
            continue
        innovation = residual(measured[c], predicted[c], c)
        for j in range(6):
            innovation -= jacobian[c, j] * moved[j]
        variance = sigma[c] * sigma[c]
        for i in range(size):
            total = 0.0
            for j in range(6):
                total += covariance[at(i, j)] * jacobian[c, j]
            gain[i] = total
        for j in range(6):
            variance += jacobian[c, j] * gain[j]
        square = innovation * innovation / variance
        distance_squared += square
        volume *= variance
        count += 1
        if square > robust * robust:
            variance *= np.sqrt(square) / robust
        factor = innovation / variance
        k = 0
        for i in range(size):
            moved[i] += factor * gain[i]
            scaled = gain[i] / variance
            for j in range(i + 1):
                covariance[k] -= scaled * gain[j]
                k += 1
    for i in range(size):
        state[i] += moved[i]
    return distance_squared, -0.5 * (count * LOG_TWO_PI + np.log(volume) + distance_squared)


@kernel
def correct(state, time_s, covariance, size, detection, robust, sensor, parameters, bench):
    """Linearise at a prior and update it with one detection, in place.

    Args:
        state: (size or more,) and covariance: packed, at `time_s`; as in `update`.
        time_s: of the state; the detection may stand at another time, a straight line on.
        size: as in `update`.
        detection: record of `DETECTION`.
        robust: as in `update`.
        sensor, parameters: record of `SENSOR`, `TrackingParameters`.
        bench: record of `WORKBENCH`; its `predicted`, `jacobian` and `vectors` are overwritten.

    Returns:
        (squared Mahalanobis distance, logarithm of the Gaussian density of the detection).
    """
    measured, predicted, jacobian = detection["measured"], bench["predicted"], bench["jacobian"]
    shift_s = detection["time_s"] - time_s
    predict_measurement(state, shift_s, measured, sensor, parameters.altitude_m, predicted, jacobian)
    return update(state, covariance, size, measured, detection["sigma"], predicted, jacobian, robust, bench["vectors"])


@kernel
def correct_bent(state, time_s, covariance, whole, size, detection, robust, sensor, parameters, bench):
    """As `correct`, with the covariance `whole` (packed, place first) that says how far a range may bend (`flat`)."""
    measured, predicted, jacobian = detection["measured"], bench["predicted"], bench["jacobian"]
    shift_s, scratch = detection["time_s"] - time_s, bench["vectors"]
    predict_measurement(state, shift_s, measured, sensor, parameters.altitude_m, predicted, jacobian)
    predicted[RANGE] += widen(detection["sigma"], state, whole, sensor, bench)
    return update(state, covariance, size, measured, bench["sigma"], predicted, jacobian, robust, scratch)
