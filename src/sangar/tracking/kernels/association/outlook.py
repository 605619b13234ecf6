"""What a sensor should measure of a track, worked out once: it turns most detections of a crowd away at a glance.

A squared Mahalanobis distance is never less than that of one measured number alone, y² / (h P hᵀ + σ²). Where bodies
stand close together a young track's coarse window holds several detections, and one number, mostly the range rate,
tells that all but one are another's. The bound is taken over both motion models, so nothing is turned away that
`suppose` would let in.

Source: Mardia, Kent & Bibby (1979), Multivariate Analysis, section 2.5: marginals of a normal distribution.
"""

import numpy as np

from sangar.core.detections import MEASURED_COUNT, RANGE
from sangar.core.jit import kernel
from sangar.core.targets import TrackStatus
from sangar.core.tracks import MODE_COUNT, STATE_SIZE
from sangar.models.kernels.measurement import predict_measurement, residual
from sangar.models.kernels.packed import at
from sangar.tracking.kernels.filtering.flat import bend_of_range, is_flat, write_arc
from sangar.tracking.kernels.filtering.prediction import THROWN_IGNORED_LOGIT

CONFIRMED = np.int64(TrackStatus.CONFIRMED)
ROUNDING = 1.0 + 1e-9


@kernel
def is_foreseeable(status, predicted, sensor):
    """Whether both motion models, linearised at the track's mean, are all that counts.

    They are not for a body that may be ballistic, for a sensor of bearings (`suppose` may move the point), nor where a
    confirmed track may take a stray.
    """
    takes_strays = sensor["stray_share"] > 0.0 and status >= CONFIRMED
    return predicted["thrown_logit"] <= THROWN_IGNORED_LOGIT and sensor["starts_tracks"] == 1 and not takes_strays


@kernel
def _variance(h, covariance):
    """Variance h P hᵀ of a measured number, P packed."""
    total = 0.0
    for i in range(STATE_SIZE):
        if h[i] != 0.0:
            for j in range(i):
                total += 2.0 * h[i] * h[j] * covariance[at(i, j)]
            total += h[i] * h[i] * covariance[at(i, i)]
    return total


@kernel
def foresee(predicted, pattern, sensor, parameters, outlook, bench):
    """Write what a sensor should measure of a predicted track at the track's time.

    Args:
        predicted: record of `HYPOTHESIS`.
        pattern: record of `DETECTION`: what it does not measure is not foreseen, any value will do then.
        sensor, parameters: record of `SENSOR`, `TrackingParameters`.
        outlook: record of `OUTLOOK`, out.
        bench: record of `WORKBENCH`.
    """
    mean, state, measured, jacobian = predicted["mean"][:], predicted["state"], pattern["measured"], bench["jacobian"]
    predict_measurement(mean, 0.0, measured, sensor, parameters.altitude_m, outlook["predicted"], jacobian)
    for c in range(MEASURED_COUNT):
        outlook["offset"][c], outlook["variance"][c] = 0.0, np.inf
        if np.isnan(measured[c]):
            continue
        h, offset, variance = jacobian[c], 0.0, 0.0
        for m in range(MODE_COUNT):
            aside = 0.0
            for i in range(STATE_SIZE):
                aside += h[i] * (state[m, i] - mean[i])
            offset = max(offset, abs(aside))
            variance = max(variance, _variance(h, predicted["state_covariance"][m]))
        outlook["offset"][c], outlook["variance"][c] = offset, variance
    if is_flat(measured):
        range_m = write_arc(mean, sensor, bench["arc"])
        if range_m > 0.0:
            shift_m, variance = bend_of_range(predicted["state_covariance"][MODE_COUNT - 1], bench["arc"], range_m)
            outlook["offset"][RANGE] += shift_m
            outlook["variance"][RANGE] += variance


@kernel
def is_out_of_question(detection, outlook, limit):
    """Whether one measured number alone puts a detection of the track's time beyond the gate of every motion model."""
    measured, sigma = detection["measured"], detection["sigma"]
    for c in range(MEASURED_COUNT):
        if not np.isnan(measured[c]) and outlook["variance"][c] < np.inf:
            gap = abs(residual(measured[c], outlook["predicted"][c], c)) - outlook["offset"][c]
            variance = outlook["variance"][c] + sigma[c] * sigma[c]
            if gap > 0.0 and gap * gap > limit * variance * ROUNDING:
                return True
    return False
