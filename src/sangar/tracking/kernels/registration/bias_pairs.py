"""Comparing two sensors on a body that both see: what their biases must be.

Sensor A saw the body at t₁ and t₃, sensor B in between at t₂. The straight line between A's two places, at t₂, is held
against what B measured, all without the biases estimated so far. To first order the difference is

    y = H v (δτ_A - δτ_B) + δb_B - H J_A δb_A + noise

with δ what is still wrong with the estimate, H the derivative of B's measurement by the body's position, J_A that of
A's place by A's numbers, v the body's velocity. No filtered state enters but v: a track is pulled by the very biases
that are sought, its velocity hardly.

A place of A serves the interval before and the one after it, so its noise is counted once in each in proportion to its
weight (w σ², not w² σ²): summed over many comparisons that is exactly the noise of the differences used. Between the
two places a body with white acceleration q strays from the line by q T³ u² (1 - u)² / 3, u = (t₂ - t₁) / T.

Source:
    Lin, Bar-Shalom & Kirubarajan (2005), Multisensor-multitarget bias estimation for general asynchronous sensors,
    IEEE TAES 41(3), for pseudomeasurements of the biases alone; the stray of a pinned double integral of white noise.
"""

import numpy as np

from sangar.core.detections import ALTITUDE, AZIMUTH, EAST, ELEVATION, NORTH, RANGE, UP
from sangar.core.jit import kernel
from sangar.core.registration import (
    AZIMUTH_BIAS,
    BIAS_COUNT,
    ELEVATION_BIAS,
    PAIR_COLUMNS,
    RANGE_BIAS,
    TIME_BIAS,
)
from sangar.models.kernels.measurement import EARTH_RADIUS_M, predict_measurement, residual

STEEPEST = 0.95
"""A height that is more than this share of the range leaves the ground distance to the noise."""

LARGEST_SHARE = 2.0
"""Estimated clocks may move t₂ out of the interval; farther than its own length there is nothing to compare."""


@kernel
def tells_place(measured):
    """Whether a detection alone says where the body is, height included."""
    if not (np.isnan(measured[EAST]) or np.isnan(measured[NORTH]) or np.isnan(measured[UP])):
        return True
    if np.isnan(measured[RANGE]) or np.isnan(measured[AZIMUTH]):
        return False
    return not (np.isnan(measured[ELEVATION]) and np.isnan(measured[ALTITUDE]))


@kernel
def _reported_place(measured, sigma, position_m, slope, spread):
    """A position report: its numbers are the place, and its biases are not ours to find."""
    for j in range(3):
        position_m[j] = measured[EAST + j]
        spread[j] = sigma[EAST + j]
        for c in range(3):
            slope[j, c] = 1.0 if j == c else 0.0


@kernel
def _polar_place(measured, sigma, bias, sensor, altitude_m, position_m, slope, spread):
    """A place from range, azimuth and elevation (or altitude); False where it is too steep to say."""
    range_m, azimuth = measured[RANGE] - bias[RANGE_BIAS], measured[AZIMUTH] - bias[AZIMUTH_BIAS]
    spread[0], spread[1] = sigma[RANGE], sigma[AZIMUTH]
    if np.isnan(measured[ELEVATION]):
        curvature_m = range_m * range_m / (2.0 * EARTH_RADIUS_M)
        up_m = measured[ALTITUDE] - altitude_m - curvature_m - sensor["position_m"][2]
        if abs(up_m) > STEEPEST * range_m:
            return False
        ground_m, spread[2] = np.sqrt(range_m * range_m - up_m * up_m), sigma[ALTITUDE]
        along, rise, along_third, rise_third = range_m / ground_m, 0.0, -up_m / ground_m, 1.0
    else:
        elevation = measured[ELEVATION] - bias[ELEVATION_BIAS]
        along, rise, spread[2] = np.cos(elevation), np.sin(elevation), sigma[ELEVATION]
        ground_m, up_m = range_m * along, range_m * rise
        along_third, rise_third = -up_m, ground_m
    east, north, rotation = np.sin(azimuth), np.cos(azimuth), sensor["local_from_site"]
    for j in range(3):
        forward = east * rotation[0, j] + north * rotation[1, j]
        aside = north * rotation[0, j] - east * rotation[1, j]
        position_m[j] = sensor["position_m"][j] + ground_m * forward + up_m * rotation[2, j]
        slope[j, 0] = along * forward + rise * rotation[2, j]
        slope[j, 1] = ground_m * aside
        slope[j, 2] = along_third * forward + rise_third * rotation[2, j]
    return True


@kernel
def _place(measured, sigma, bias, sensor, altitude_m, bench, k):
    """Write a detection's place, its slope and spread into side k of the bench; False where it has none."""
    position_m, slope, spread = bench["position_m"][k], bench["slope"][k], bench["spread"][k]
    if np.isnan(measured[RANGE]):
        _reported_place(measured, sigma, position_m, slope, spread)
        return True
    return _polar_place(measured, sigma, bias, sensor, altitude_m, position_m, slope, spread)


@kernel
def _biases_borne(measured):
    """How many of a place's three numbers carry a bias: none of a report's, the third only where it is elevation."""
    if np.isnan(measured[RANGE]):
        return 0
    return 2 if np.isnan(measured[ELEVATION]) else 3


@kernel
def _fill_noise(share, gap_s, wander, bench):
    """Write the covariance of the place on the line."""
    inside = share * (1.0 - share) * gap_s
    stray = wander * inside * inside * gap_s / 3.0
    noise, slope, spread = bench["position_noise"], bench["slope"], bench["spread"]
    for i in range(3):
        for j in range(3):
            total = stray if i == j else 0.0
            for c in range(3):
                for k in range(2):
                    weight = abs(share) if k == 1 else abs(1.0 - share)
                    total += weight * spread[k, c] * spread[k, c] * slope[k, i, c] * slope[k, j, c]
            noise[i, j] = total


@kernel
def _fill_row(m, component, share, borne, rate, bench):
    """Write the derivative of difference m by the eight biases: four of A, four of B."""
    gradient, jacobian, slope = bench["gradient"], bench["jacobian"], bench["slope"]
    for c in range(PAIR_COLUMNS):
        gradient[m, c] = 0.0
    for c in range(borne):
        for j in range(3):
            along = (1.0 - share) * slope[0, j, c] + share * slope[1, j, c]
            gradient[m, c] -= jacobian[component, j] * along
    gradient[m, TIME_BIAS] = rate
    gradient[m, BIAS_COUNT + TIME_BIAS] = -rate
    if component == RANGE:
        gradient[m, BIAS_COUNT + RANGE_BIAS] = 1.0
    elif component == AZIMUTH:
        gradient[m, BIAS_COUNT + AZIMUTH_BIAS] = 1.0
    elif component == ELEVATION:
        gradient[m, BIAS_COUNT + ELEVATION_BIAS] = 1.0


@kernel
def _own_bias(component, bias):
    """The bias that stands in a measured number."""
    if component == RANGE:
        return bias[RANGE_BIAS]
    if component == AZIMUTH:
        return bias[AZIMUTH_BIAS]
    return bias[ELEVATION_BIAS] if component == ELEVATION else 0.0


@kernel
def _fill_differences(other, bias, share, borne, bench):
    """Write innovation, gradient and noise of everything B measured; returns how many numbers that is."""
    measured, sigma, noise = other["measured"], other["sigma"], bench["noise"]
    jacobian, predicted, velocity = bench["jacobian"], bench["predicted"], bench["state"]
    count = 0
    for component in (RANGE, AZIMUTH, ELEVATION, EAST, NORTH, UP):
        if np.isnan(measured[component]):
            continue
        own = _own_bias(component, bias)
        rate = 0.0
        for j in range(3):
            rate += jacobian[component, j] * velocity[3 + j]
        bench["innovation"][count] = residual(measured[component] - own, predicted[component], component)
        _fill_row(count, component, share, borne, rate, bench)
        bench["component"][count] = component
        for n in range(count + 1):
            total = sigma[component] * sigma[component] if n == count else 0.0
            earlier = bench["component"][n]
            for i in range(3):
                for j in range(3):
                    total += jacobian[component, i] * bench["position_noise"][i, j] * jacobian[earlier, j]
            noise[count, n] = total
        count += 1
    return count


@kernel
def compare(old, new, other, velocity, sensors, registration, settings, altitude_m):
    """Fill the bench with one comparison.

    Args:
        old: record of `SIGHTING`, A at t₁; new: record of `DETECTION`, A at t₃, later.
        other: record of `SIGHTING`, B at t₂.
        velocity: (6,) state of the track; its last three are used.
        sensors: records of `SENSOR`.
        registration: `RegistrationTable`.
        settings: `RegistrationParameters`.
        altitude_m: of the site's reference point.

    Returns:
        How many numbers were compared; 0 where nothing can be.
    """
    bench, a, b = registration.bench[0], old["sensor"], other["sensor"]
    bias_a, bias_b = registration.sensors[a]["estimate"], registration.sensors[b]["estimate"]
    gap_s = new["time_s"] - old["time_s"]
    share = (other["time_s"] - bias_b[TIME_BIAS] - old["time_s"] + bias_a[TIME_BIAS]) / gap_s
    if not abs(share - 0.5) < LARGEST_SHARE:
        return 0
    if not _place(old["measured"], old["sigma"], bias_a, sensors[a], altitude_m, bench, 0):
        return 0
    if not _place(new["measured"], new["sigma"], bias_a, sensors[a], altitude_m, bench, 1):
        return 0
    state, position_m = bench["state"], bench["position_m"]
    for j in range(3):
        state[j] = (1.0 - share) * position_m[0, j] + share * position_m[1, j]
        state[3 + j] = velocity[3 + j]
    _fill_noise(share, gap_s, settings.wander_m2ps3, bench)
    predict_measurement(state, 0.0, other["measured"], sensors[b], altitude_m, bench["predicted"], bench["jacobian"])
    for k in range(BIAS_COUNT):
        bench["row"][k], bench["row"][BIAS_COUNT + k] = BIAS_COUNT * a + k, BIAS_COUNT * b + k
    borne = min(_biases_borne(old["measured"]), _biases_borne(new["measured"]))
    return _fill_differences(other, bias_b, share, borne, bench)
