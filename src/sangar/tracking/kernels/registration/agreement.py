"""How well a sensor's detection agrees with where a body is, or was: what it says of the sensor.

A likelihood ratio of "wrong" against "right": for a detection with the squared distance d² of k numbers, errors c times
as large against the stated ones,

    -k ln c + d² (1 - 1/c²) / 2  +  ln(q / Pd),  and for a miss beside an unexplained detection  ln((1 - q) / (1 - Pd))

with q the chance that a wrong sensor fits all the same. A detection that comes late is held against where the track was
when it was made, as all that has come since tells it.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.tracks import MODE_COUNT, STATE_PACKED, STATE_SIZE
from sangar.models.kernels.coverage import is_in_view
from sangar.tracking.kernels.filtering.kalman import correct
from sangar.tracking.kernels.filtering.prediction import predict
from sangar.tracking.kernels.out_of_sequence.late import is_late
from sangar.tracking.kernels.out_of_sequence.past import write_past
from sangar.tracking.kernels.registration.offsets import look_at
from sangar.tracking.kernels.visibility.looks import MOST_TELLING_PD
from sangar.tracking.kernels.visibility.witnesses import stands_in_view

LARGEST_STEP = 3.0
WIDER = 3.0
"""A wrong sensor's errors over its stated ones, where they are within the gate at all."""
LUCKY = 0.1
"""Chance that a wrong sensor has a detection where a body is."""


@kernel
def _foresee_past(track, trail, time_s, parameters, work):
    """Write where a track was to the workspace's prediction, told with one covariance."""
    bench, predicted = work.bench[0], work.predicted[0]
    if not write_past(track, trail, time_s, parameters, bench):
        predict(track, time_s, parameters, predicted, bench)
        return
    predicted["time_s"] = time_s
    for d in range(STATE_SIZE):
        predicted["mean"][d] = bench["pair"][d]
    for k in range(STATE_PACKED):
        predicted["state_covariance"][MODE_COUNT - 1, k] = bench["pair_covariance"][k]


@kernel
def foresee(track, trail, time_s, parameters, work):
    """Write where a track is at a time, or was, to the workspace's prediction."""
    if is_late(track, time_s):
        _foresee_past(track, trail, time_s, parameters, work)
    else:
        predict(track, time_s, parameters, work.predicted[0], work.bench[0])


@kernel
def sight_of(track, time_s, sensor, work):
    """Where a sensor should see a track at a time, see `look_at`; of the past only after `foresee` or `was_in_view`."""
    if is_late(track, time_s):
        return look_at(work.predicted[0], time_s, sensor)
    return look_at(track, time_s, sensor)


@kernel
def was_in_view(track, trail, time_s, sensor, parameters, work):
    """Whether a track's place at a time lies in a sensor's coverage by more than its 1 sigma."""
    if not is_late(track, time_s):
        return stands_in_view(track, time_s, sensor)
    _foresee_past(track, trail, time_s, parameters, work)
    mean, covariance = work.predicted[0]["mean"], work.predicted[0]["state_covariance"][MODE_COUNT - 1]
    sigma_m = np.sqrt(max(covariance[0] + covariance[2] + covariance[5], 0.0) / 3.0)
    return is_in_view(sensor, mean[0], mean[1], mean[2], sigma_m)


@kernel
def squared_distance(predicted, detection, sensor, parameters, bench):
    """(Squared Mahalanobis distance of a detection, how many numbers it has), under the most agile motion model."""
    mean, covariance = bench["mean"][:], bench["covariance"][:]
    for d in range(STATE_SIZE):
        mean[d] = predicted["mean"][d]
    for k in range(STATE_PACKED):
        covariance[k] = predicted["state_covariance"][MODE_COUNT - 1, k]
    distance_squared, _ = correct(
        mean, predicted["time_s"], covariance, STATE_SIZE, detection, np.inf, sensor, parameters, bench
    )
    numbers = 0.0
    for c in range(detection["measured"].shape[0]):
        if not np.isnan(detection["measured"][c]):
            numbers += 1.0
    return distance_squared, numbers


@kernel
def log_ratio_of_fit(distance_squared, numbers, sensor):
    """What a detection says that fits a body so well: log of the likelihood ratio of "wrong" to "right"."""
    detected = min(sensor["detection_probability"], MOST_TELLING_PD)
    ratio = -numbers * np.log(WIDER) + 0.5 * distance_squared * (1.0 - 1.0 / (WIDER * WIDER))
    return max(-LARGEST_STEP, min(LARGEST_STEP, ratio + np.log(LUCKY / detected)))


@kernel
def log_ratio_of_miss(sensor):
    """What a miss says beside an unexplained detection."""
    detected = min(sensor["detection_probability"], MOST_TELLING_PD)
    return max(-LARGEST_STEP, min(LARGEST_STEP, np.log((1.0 - LUCKY) / (1.0 - detected))))
