"""A radar that measures no height: what it cannot know is not learnt from it, and what it does know bends.

A body that keeps its range r and azimuth may stand anywhere on an arc up and down. Three things follow, so near that
the beam tells more of the height than the usual one does.

* Its first height is that of a body nobody has measured, cut to what the sensor's beam and the ground leave at that
  range: the moments of a normal distribution cut on both sides.
* Along the arc, of direction t, place and speed are considered, not estimated, as long as this sensor alone sees the
  body (`sight_line` says why, and how): a turn would be taken for a climb. Their variance grows with the process noise,
  but not beyond the beam: what is seen is in it.
* An arc is no straight line. With s the 1 sigma along it the range is foretold too short, in the mean by s² / 2r, and
  scatters by s² / (√2 r) more than the gradient tells: the terms of second order. They count where other sensors see
  the body too. Where this one is alone its estimate stays on the arc, whatever the height, and its ranges are as sharp
  as they are; that the body may stand aside of the straight line is then added to the covariance that is told.

Sources: Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, section 13.10.1 (the moments);
Schmidt (1966); Athans, Wishner & Bertolini (1968), Suboptimal state estimation for continuous-time nonlinear systems
from discrete noisy measurements, IEEE Trans. Automatic Control 13(5) (second order).
"""

import math

import numpy as np

from sangar.core.detections import MEASURED_COUNT, RANGE
from sangar.core.jit import kernel
from sangar.core.tracks import STATE_SIZE
from sangar.models.kernels.packed import at
from sangar.tracking.kernels.filtering.ground import SQRT_TWO, SQRT_TWO_PI, UP_ROW, tells_height
from sangar.tracking.kernels.visibility.looks import sensor_bit

NARROWEST_M = 10.0
"""A beam is taken to be at least so high: nobody knows the ground better."""
LARGEST_BEAM_RAD = 1.4
SMALLEST_SHARE = 1e-6
OVERHEAD = 1e-3


@kernel
def is_flat(measured):
    """Whether a detection (8,) tells how far away a body is, but not how high."""
    return not np.isnan(measured[RANGE]) and not tells_height(measured)


@kernel
def is_near(range_m, sensor, parameters):
    """Whether a sensor's beam, so far away, tells more of a body's height than the usual one."""
    low_m, high_m = _beam(range_m, sensor, parameters)
    return _is_narrow(low_m, high_m, sensor, parameters.unknown_height_m)


@kernel
def no_other_sees(heard, sensor):
    """Whether a mask of the sensors that have seen a track lately has none but this one."""
    return heard & ~sensor_bit(sensor["row"]) == 0


@kernel
def _cut_normal(mean, sigma, low, high):
    """(Mean, 1 sigma) of a normal distribution cut at both sides; even between them where next to nothing is left."""
    a, b = (low - mean) / sigma, (high - mean) / sigma
    share = 0.5 * (math.erf(b / SQRT_TWO) - math.erf(a / SQRT_TWO))
    if share < SMALLEST_SHARE:
        return 0.5 * (low + high), (high - low) / math.sqrt(12.0)
    at_a, at_b = math.exp(-0.5 * a * a) / SQRT_TWO_PI, math.exp(-0.5 * b * b) / SQRT_TWO_PI
    shift = (at_a - at_b) / share
    rest = 1.0 + (a * at_a - b * at_b) / share - shift * shift
    return mean + sigma * shift, sigma * math.sqrt(max(rest, SMALLEST_SHARE))


@kernel
def _beam(range_m, sensor, parameters):
    """(Lowest, highest) height above its horizon plane of what a sensor may see so far away, in metres."""
    ground_m = parameters.ground_m - sensor["position_m"][UP_ROW]
    low_m = max(range_m * math.sin(sensor["minimum_elevation_rad"]), min(ground_m, 0.0))
    return low_m, max(range_m * math.sin(min(sensor["maximum_elevation_rad"], 0.5 * math.pi)), low_m + NARROWEST_M)


@kernel
def _is_narrow(low_m, high_m, sensor, usual_m):
    """Whether a beam tells more of the height than the usual one: even between its ends it is surer.

    A beam up to the zenith is one that nobody has stated.
    """
    return high_m - low_m < math.sqrt(12.0) * usual_m and sensor["maximum_elevation_rad"] < LARGEST_BEAM_RAD


@kernel
def unmeasured_height(range_m, sensor, parameters):
    """(Height, its 1 sigma) above its horizon plane of what a flat sensor sees so far away, in metres."""
    low_m, high_m = _beam(range_m, sensor, parameters)
    usual_m = parameters.unknown_height_m
    if not _is_narrow(low_m, high_m, sensor, usual_m):
        return usual_m, usual_m
    return _cut_normal(usual_m, usual_m, low_m, high_m)


@kernel
def write_arc(mean, sensor, arc):
    """Write the direction (3,) up along the arc through a place; returns its distance, 0 where it stands overhead."""
    position_m, up = sensor["position_m"], sensor["local_from_site"][2]
    squared, along = 0.0, 0.0
    for j in range(3):
        arc[j] = mean[j] - position_m[j]
        squared += arc[j] * arc[j]
        along += arc[j] * up[j]
    if not squared > 0.0:
        return 0.0
    length = 0.0
    for j in range(3):
        arc[j] = up[j] - along * arc[j] / squared
        length += arc[j] * arc[j]
    length = math.sqrt(length)
    if length < OVERHEAD:
        return 0.0
    for j in range(3):
        arc[j] /= length
    return math.sqrt(squared)


@kernel
def bend_of_range(covariance, arc, range_m):
    """(By how much the range is foretold too short, variance that comes to it), with an arc as `write_arc` wrote it."""
    along = 0.0
    for i in range(3):
        for j in range(3):
            along += arc[i] * arc[j] * covariance[at(i, j)]
    shift_m = 0.5 * along / range_m
    return shift_m, 2.0 * shift_m * shift_m


@kernel
def widen(sigma, place, covariance, sensor, bench):
    """Allow for the arc in a range: write the detection's sigma (8,), widened, to `bench["sigma"]`.

    Args:
        sigma: (8,) as stated.
        place: (3 or more,) where the body is thought to be; covariance: packed, of that first.
        sensor: record of `SENSOR`.
        bench: record of `WORKBENCH`; `arc` and `sigma` are written.

    Returns:
        By how much the range is foretold too short.
    """
    for c in range(MEASURED_COUNT):
        bench["sigma"][c] = sigma[c]
    range_m = write_arc(place, sensor, bench["arc"])
    if range_m == 0.0:
        return 0.0
    shift_m, variance = bend_of_range(covariance, bench["arc"], range_m)
    bench["sigma"][RANGE] = math.sqrt(sigma[RANGE] * sigma[RANGE] + variance)
    return shift_m


@kernel
def tell_bend(place, covariance, sensor, bench):
    """Add to a covariance that is told, in place, that a body up or down the arc is nearer than along a straight line.

    Args:
        place: (3 or more,) where the body is thought to be; covariance: packed, of that first.
        sensor, bench: as in `widen`.
    """
    arc = bench["arc"]
    range_m = write_arc(place, sensor, arc)
    if range_m == 0.0:
        return
    _, variance = bend_of_range(covariance, arc, range_m)
    for j in range(3):
        arc[j] = (place[j] - sensor["position_m"][j]) / range_m
    for i in range(3):
        for j in range(i + 1):
            covariance[at(i, j)] += variance * arc[i] * arc[j]


@kernel
def keep_in_beam(state, covariance, range_m, sensor, parameters, gain):
    """Let the height of a body that was just seen so far away, and is near, be no vaguer than the beam; in place.

    Args:
        state: (6,) and covariance: packed (21,), site ENU.
        range_m: as measured.
        sensor, parameters: record of `SENSOR`, `TrackingParameters`.
        gain: (6 or more,) scratch.
    """
    mean_m, sigma_m = unmeasured_height(range_m, sensor, parameters)
    variance, most = covariance[at(UP_ROW, UP_ROW)], sigma_m * sigma_m
    if not variance > most:
        return
    share = (variance - most) / (variance * variance)
    for i in range(STATE_SIZE):
        gain[i] = covariance[at(i, UP_ROW)]
    innovation = mean_m + sensor["position_m"][UP_ROW] - state[UP_ROW]
    k = 0
    for i in range(STATE_SIZE):
        state[i] += share * gain[i] * innovation
        for j in range(i + 1):
            covariance[k] -= share * gain[i] * gain[j]
            k += 1
