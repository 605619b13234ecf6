"""Evidence from running sums: how steadily a body flies, and how strong and how restless its radar echo is.

Sums fade with the memory, so a track keeps a few numbers however long it lives. Of the track's own velocity v the sums
are weighed by time, and with E the weighed mean they tell

    variance of the speed  E|v|² - (E|v|)²,    sine² of the course's variation  1 - |E v|² / (E|v|)².

The track's own errors vary too; the typical variation of a class is widened by a share of the mean variance of the
velocity, so what is badly tracked says little. While the memory fills, the evidence counts by how full it is, squared.

Of the echoes' levels in dB the mean m of n independent looks and their standard deviation s have under class c

    m ~ N(level, spread² + calibration² + flicker² / n),    ln s ~ N(ln flicker, spread² + 1 / (2 (n - 1))).

Both are statistics of the whole memory: a level heard a hundred times is one piece of evidence on the body.
"""

import math

import numpy as np

from sangar.core.identities import Evidence
from sangar.core.jit import kernel
from sangar.core.targets import CLASS_COUNT
from sangar.identification.kernels.class_table import (
    DENSITIES,
    ECHO_CALIBRATION_DB,
    ECHO_INTERVAL_S,
    STRAIGHT_SINE,
    STRAIGHT_SPREAD,
)
from sangar.identification.kernels.densities import either, normal, normal_of_known
from sangar.models.kernels.packed import at

STEADINESS, COURSE = np.int64(Evidence.STEADINESS), np.int64(Evidence.COURSE)
ECHO, FLICKER = np.int64(Evidence.ECHO), np.int64(Evidence.FLICKER)

WOBBLE_VARIANCE = tuple(row.wobble_mps**2 for row in DENSITIES)
WOBBLE_SPREAD = tuple(row.wobble_spread**2 for row in DENSITIES)
LOG_WOBBLE_SPREAD = tuple(2.0 * math.log(row.wobble_spread) for row in DENSITIES)
COURSE_VARIANCE = tuple(row.course_sine**2 for row in DENSITIES)
COURSE_SPREAD = tuple(row.course_spread**2 for row in DENSITIES)
LOG_COURSE_SPREAD = tuple(2.0 * math.log(row.course_spread) for row in DENSITIES)
STRAIGHT_SHARE = tuple(row.straight_share for row in DENSITIES)
STRAIGHT_VARIANCE, STRAIGHT_SPREAD_SQUARED = STRAIGHT_SINE**2, STRAIGHT_SPREAD**2
LOG_STRAIGHT_SPREAD = 2.0 * math.log(STRAIGHT_SPREAD)
ECHO_DBSM = tuple(row.echo_dbsm for row in DENSITIES)
ECHO_VARIANCE = tuple(row.echo_spread_db**2 + ECHO_CALIBRATION_DB**2 for row in DENSITIES)
LOG_FLICKER_DB = tuple(math.log(row.flicker_db) for row in DENSITIES)
FLICKER_VARIANCE = tuple(row.flicker_db**2 for row in DENSITIES)
FLICKER_SPREAD = tuple(row.flicker_spread**2 for row in DENSITIES)

LEAST_WOBBLE = 0.2
"""m/s."""
LEAST_COURSE = 0.03
ERROR_SHARE = 0.1
"""How much of a velocity's variance shows as variation within the memory: a filter's errors are slow. Of simulated
straight flight (benchmarks/classes.py, training seeds)."""
FEWEST_ECHOES = 0.2
FEWEST_FOR_FLICKER = 3.0
LEAST_FLICKER_DB = 2.0
LARGEST_DBSM = 200.0


@kernel
def gather_motion(belief, mean, covariance, elapsed_s, kept, parameters):
    """Let the sums of a track's velocity fade and add the newest, by the time it stands for."""
    gain = 0.0
    if elapsed_s < np.inf:
        gain = 1.0 - np.exp(-min(elapsed_s, parameters.evidence_interval_s) / parameters.memory_s)
    east_mps, north_mps = mean[3], mean[4]
    square = east_mps * east_mps + north_mps * north_mps
    variance = 0.5 * (covariance[at(3, 3)] + covariance[at(4, 4)])
    if not np.isfinite(square + variance):
        return
    belief["motion_weight"] = kept * belief["motion_weight"] + gain
    belief["speed_sum"] = kept * belief["speed_sum"] + gain * np.sqrt(square)
    belief["velocity_sum"][0] = kept * belief["velocity_sum"][0] + gain * east_mps
    belief["velocity_sum"][1] = kept * belief["velocity_sum"][1] + gain * north_mps
    belief["speed_square"] = kept * belief["speed_square"] + gain * square
    belief["velocity_variance"] = kept * belief["velocity_variance"] + gain * variance


@kernel
def weigh_motion(belief):
    """Write what the variation of speed and course says of each class."""
    evidence, full = belief["evidence"], belief["motion_weight"]
    if full <= 0.0:
        return
    speed = max(belief["speed_sum"] / full, 1e-3)
    error = ERROR_SHARE * max(belief["velocity_variance"] / full, 0.0)
    velocity = belief["velocity_sum"]
    drift = (velocity[0] * velocity[0] + velocity[1] * velocity[1]) / (full * full)
    wobble = max(np.sqrt(max(belief["speed_square"] / full - speed * speed, 0.0)), LEAST_WOBBLE)
    course = max(np.sqrt(max(1.0 - drift / (speed * speed), 0.0)), LEAST_COURSE)
    course_error = error / (speed * speed)
    weight = min(full * full, 1.0)
    log_wobble, log_course = np.log(wobble), np.log(course)
    log_usual = 0.5 * np.log(min(STRAIGHT_VARIANCE + course_error, 1.0))
    straight = normal_of_known(log_course - log_usual, STRAIGHT_SPREAD_SQUARED, LOG_STRAIGHT_SPREAD)
    for c in range(CLASS_COUNT):
        log_usual = 0.5 * np.log(WOBBLE_VARIANCE[c] + error)
        evidence[STEADINESS, c] = weight * normal_of_known(
            log_wobble - log_usual, WOBBLE_SPREAD[c], LOG_WOBBLE_SPREAD[c]
        )
        log_usual = 0.5 * np.log(min(COURSE_VARIANCE[c] + course_error, 1.0))
        wandering = normal_of_known(log_course - log_usual, COURSE_SPREAD[c], LOG_COURSE_SPREAD[c])
        evidence[COURSE, c] = weight * either(straight, wandering, STRAIGHT_SHARE[c])


@kernel
def gather_echo(belief, time_s, rcs_dbsm, memory_s):
    """Let the sums of a track's echoes fade and add one; levels that no body has are left out."""
    if not abs(rcs_dbsm) <= LARGEST_DBSM:
        return
    elapsed_s = max(time_s - belief["echo_s"], 0.0)
    kept, weight = np.exp(-elapsed_s / memory_s), min(1.0, elapsed_s / ECHO_INTERVAL_S)
    belief["echo_count"] = kept * belief["echo_count"] + weight
    belief["echo_sum"] = kept * belief["echo_sum"] + weight * rcs_dbsm
    belief["echo_square"] = kept * belief["echo_square"] + weight * rcs_dbsm * rcs_dbsm
    belief["echo_s"] = max(belief["echo_s"], time_s)


@kernel
def weigh_echo(belief, time_s, memory_s):
    """Write what the level and the restlessness of the echoes say of each class; nothing where none were heard."""
    evidence = belief["evidence"]
    heard = belief["echo_count"]
    count = heard * np.exp(-max(time_s - belief["echo_s"], 0.0) / memory_s) if heard > 0.0 else 0.0
    is_heard, is_restless = count >= FEWEST_ECHOES, count >= FEWEST_FOR_FLICKER
    level = belief["echo_sum"] / heard if is_heard else 0.0
    flicker = 1.0
    if is_restless:
        square = max(belief["echo_square"] / heard - level * level, 0.0)
        flicker = max(np.sqrt(square * heard / (heard - 1.0)), LEAST_FLICKER_DB)
    for c in range(CLASS_COUNT):
        evidence[ECHO, c] = evidence[FLICKER, c] = 0.0
        if is_heard:
            variance = ECHO_VARIANCE[c] + FLICKER_VARIANCE[c] / count
            evidence[ECHO, c] = normal(level - ECHO_DBSM[c], variance)
        if is_restless:
            variance = FLICKER_SPREAD[c] + 0.5 / (count - 1.0)
            evidence[FLICKER, c] = normal(np.log(flicker) - LOG_FLICKER_DB[c], variance)
