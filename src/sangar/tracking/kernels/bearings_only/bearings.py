"""The memory of bearings that no track took, and how likely two of them, from two sensors, are one body.

The log-odds that bearings z1 and z2 come from one new body rather than from clutter are

    ln β + ln(Pd2 p(z2 | z1) / λ2) + Σ over third sensors of  ln(Pd3 p(z3 | fix) / λ3)  or  ln(1 - Pd3)

with the birth ratio β and the clutter densities λ. Given z1 the body may stand anywhere along its ray, so p(z2 | z1) is
even along the arc the ray draws on the second sensor's sky, and normal across it. A third sensor that looks at the
place and has no bearing left that fits speaks against it: most crossings of two bearings are ghosts, made of two
different bodies.

Source: Pattipati, Deb, Bar-Shalom & Washburn (1992), A new relaxation algorithm and passive sensor data association,
IEEE Trans. Automatic Control 37(2), for the likelihood ratio of a set of bearings of one body.
"""

import numpy as np

from sangar.core.bearings import BEARINGS_KEPT
from sangar.core.detections import AZIMUTH, ELEVATION
from sangar.core.jit import kernel
from sangar.models.kernels.coverage import is_in_view
from sangar.tracking.kernels.bearings_only.triangulation import NEAREST_M, triangulate
from sangar.tracking.kernels.visibility.looks import MOST_TELLING_PD

NARROWEST_ARC_RAD = 0.01
LOG_TWO_PI = 1.8378770664093453
SUPPORT_GATE = 9.0
"""Squared sigmas within which a third bearing supports a crossing, and two rays are taken to meet."""
IMPOSSIBLE = -1e9
KEPT_PERIODS = 1.5
LOOKING_PERIODS = 2.5
"""A sensor that has not reported for so many periods is not looking."""


@kernel
def write_sight(detection, sensor, sight):
    """Where a bearing points, in site axes."""
    rotation, azimuth = sensor["local_from_site"], detection["measured"][AZIMUTH]
    elevation, sigma = detection["measured"][ELEVATION], detection["sigma"][AZIMUTH]
    sight["has_elevation"] = 0 if np.isnan(elevation) else 1
    if sight["has_elevation"] == 0:
        elevation = 0.0
    else:
        sigma = max(sigma * np.cos(elevation), detection["sigma"][ELEVATION])
    sine, cosine, level = np.sin(azimuth), np.cos(azimuth), np.cos(elevation)
    for j in range(3):
        forward = sine * rotation[0, j] + cosine * rotation[1, j]
        sight["direction"][j] = level * forward + np.sin(elevation) * rotation[2, j]
        sight["right"][j] = cosine * rotation[0, j] - sine * rotation[1, j]
    sight["time_s"], sight["sigma_rad"], sight["used"] = detection["time_s"], sigma, 0


@kernel
def remember(memory, detection, sensor_row, sensor):
    """Keep a bearing in its sensor's ring, over the oldest; returns its place."""
    k = sensor_row * BEARINGS_KEPT + memory.written[sensor_row] % BEARINGS_KEPT
    memory.written[sensor_row] += 1
    memory.detections[k] = detection
    write_sight(detection, sensor, memory.sights[k])
    return k


@kernel
def _memory_s(sensor, parameters):
    """How old a sensor's bearing may be to be paired: an older one has been followed by another look.

    A body moves, nobody knows where to; the older a bearing, the more crosses it.
    """
    return min(parameters.bearing_memory_s, KEPT_PERIODS * sensor["period_s"])


@kernel
def _arc_rad(first_m, first, nearest_m, farthest_m, second_m):
    """Angle that a ray, from its sensor's nearest to its farthest range, covers on another sensor's sky."""
    product, near_squared, far_squared = 0.0, 0.0, 0.0
    for j in range(3):
        apart = first_m[j] - second_m[j]
        near = apart + nearest_m * first["direction"][j]
        far = apart + farthest_m * first["direction"][j] if np.isfinite(farthest_m) else first["direction"][j]
        product += near * far
        near_squared += near * near
        far_squared += far * far
    cosine = product / np.sqrt(max(near_squared * far_squared, 1e-12))
    return max(np.arccos(max(min(cosine, 1.0), -1.0)), NARROWEST_ARC_RAD)


@kernel
def pair_evidence(memory, k, first_sensor, m, second_sensor, parameters, fix):
    """Log-odds that two remembered bearings are one new body, third sensors not asked; and how sure the place is.

    Returns:
        (log-odds, `IMPOSSIBLE` where they cannot be; 1 sigma of the crossing in metres). The crossing is in `fix` (3,).
    """
    first, second = memory.sights[k], memory.sights[m]
    apart_s = abs(first["time_s"] - second["time_s"])
    if second["used"] == 1 or not apart_s <= _memory_s(second_sensor, parameters):
        return IMPOSSIBLE, 0.0
    first_m, second_m = first_sensor["position_m"], second_sensor["position_m"]
    near, far, sine, miss_m = triangulate(first_m, first, second_m, second, parameters.unknown_height_m, fix)
    if not (near >= NEAREST_M and far >= NEAREST_M and sine >= parameters.bearing_crossing_ratio):
        return IMPOSSIBLE, 0.0
    moved_m = apart_s * parameters.initial_speed_mps
    first_sigma_m, second_sigma_m = near * first["sigma_rad"], far * second["sigma_rad"]
    across = first_sigma_m * first_sigma_m + second_sigma_m * second_sigma_m + moved_m * moved_m
    sigma_m = np.sqrt(across) / sine
    if miss_m * miss_m > SUPPORT_GATE * across or sigma_m > parameters.bearing_fix_ratio * max(near, far):
        return IMPOSSIBLE, 0.0
    if fix[2] < parameters.ground_m - 2.0 * sigma_m:
        return IMPOSSIBLE, 0.0
    if not is_in_view(first_sensor, fix[0], fix[1], fix[2], -sigma_m):
        return IMPOSSIBLE, 0.0
    if not is_in_view(second_sensor, fix[0], fix[1], fix[2], -sigma_m):
        return IMPOSSIBLE, 0.0
    arc = _arc_rad(first_m, first, first_sensor["minimum_range_m"], first_sensor["maximum_range_m"], second_m)
    evidence = parameters.birth_logit - np.log(arc)
    evidence += np.log(second_sensor["detection_probability"] / second_sensor["clutter_density"])
    if first["has_elevation"] == 1 and second["has_elevation"] == 1:
        variance = across / (far * far)
        evidence -= 0.5 * (LOG_TWO_PI + np.log(variance) + miss_m * miss_m / across)
    elif second["has_elevation"] == 1:
        evidence -= np.log(second_sensor["maximum_elevation_rad"] - second_sensor["minimum_elevation_rad"])
    return evidence, sigma_m


@kernel
def support(memory, fix, time_s, sigma_m, sensor_row, sensor, parameters):
    """What a third sensor says to a crossing.

    Returns:
        (place of its best fitting bearing in the memory or -1, log-likelihood ratio, bearings looked at).
    """
    if not is_in_view(sensor, fix[0], fix[1], fix[2], sigma_m):
        return -1, 0.0, 1
    position_m = sensor["position_m"]
    d_e, d_n, d_u = fix[0] - position_m[0], fix[1] - position_m[1], fix[2] - position_m[2]
    range_m = max(np.sqrt(d_e * d_e + d_n * d_n + d_u * d_u), NEAREST_M)
    density, best, highest = sensor["clutter_density"], -1, IMPOSSIBLE
    memory_s = _memory_s(sensor, parameters)
    for m in range(sensor_row * BEARINGS_KEPT, (sensor_row + 1) * BEARINGS_KEPT):
        sight = memory.sights[m]
        apart_s = abs(sight["time_s"] - time_s)
        if sight["used"] == 1 or not apart_s <= memory_s:
            continue
        direction, right = sight["direction"], sight["right"]
        off = d_e * right[0] + d_n * right[1] + d_u * right[2]
        ahead = d_e * direction[0] + d_n * direction[1] + d_u * direction[2]
        moved_m = apart_s * parameters.initial_speed_mps
        variance = sigma_m * sigma_m + moved_m * moved_m + (range_m * sight["sigma_rad"]) ** 2
        square, dimension = off * off, 1.0
        if sight["has_elevation"] == 1:
            square, dimension = max(range_m * range_m - ahead * ahead, 0.0), 2.0
        if ahead <= 0.0 or square > SUPPORT_GATE * variance:
            continue
        volume = dimension * (LOG_TWO_PI + np.log(variance / (range_m * range_m)))
        likelihood = -0.5 * (volume + square / variance)
        if likelihood > highest:
            best, highest = m, likelihood
    detected = sensor["detection_probability"]
    if best >= 0:
        return best, highest + np.log(detected / density), BEARINGS_KEPT
    if time_s - sensor["looked_s"] > LOOKING_PERIODS * sensor["period_s"]:
        return -1, 0.0, BEARINGS_KEPT
    return -1, np.log(1.0 - min(detected, MOST_TELLING_PD)), BEARINGS_KEPT
