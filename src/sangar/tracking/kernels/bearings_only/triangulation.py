"""Where two bearings of two sensors meet.

A bearing with elevation is a ray from its sensor, s + t d; one without is a vertical plane through it, n · (p - s) = 0
with n level and across. Two rays meet best at the point between their closest points, each weighted with how well it
is known there; a ray meets a plane in a point; two planes meet in a line, of which the height is a guess.

Source:
    Bar-Shalom, Li & Kirubarajan (2001), section 3.7 (bearings-only position), for the geometry of the error.
"""

import numpy as np

from sangar.core.jit import kernel

NEAREST_M = 1.0
"""What is closer to a sensor than this is not triangulated."""


@kernel
def _dot(a, b):
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@kernel
def _meet_rays(first_m, first, second_m, second, fix):
    """Two rays: (distance along the first, along the second, sine of their angle, how far they miss each other)."""
    cosine = _dot(first["direction"], second["direction"])
    sine_squared = max(1.0 - cosine * cosine, 1e-12)
    along_first, along_second = 0.0, 0.0
    for j in range(3):
        apart = second_m[j] - first_m[j]
        along_first += apart * first["direction"][j]
        along_second += apart * second["direction"][j]
    range_first = (along_first - cosine * along_second) / sine_squared
    range_second = (cosine * along_first - along_second) / sine_squared
    variance_first = max(range_first * first["sigma_rad"], 1e-3) ** 2
    variance_second = max(range_second * second["sigma_rad"], 1e-3) ** 2
    share, miss_squared = variance_first / (variance_first + variance_second), 0.0
    for j in range(3):
        on_first = first_m[j] + range_first * first["direction"][j]
        on_second = second_m[j] + range_second * second["direction"][j]
        fix[j] = on_first + share * (on_second - on_first)
        miss_squared += (on_second - on_first) ** 2
    return range_first, range_second, np.sqrt(sine_squared), np.sqrt(miss_squared)


@kernel
def _meet_plane(ray_m, ray, plane_m, plane, fix):
    """A ray and a vertical plane: (distance along the ray, level distance from the other sensor, sine)."""
    sine, offset = _dot(plane["right"], ray["direction"]), 0.0
    for j in range(3):
        offset += plane["right"][j] * (plane_m[j] - ray_m[j])
    range_ray = offset / sine if abs(sine) > 1e-9 else -1.0
    range_plane = 0.0
    for j in range(3):
        fix[j] = ray_m[j] + range_ray * ray["direction"][j]
        range_plane += (fix[j] - plane_m[j]) * plane["direction"][j]
    return range_ray, range_plane, abs(sine)


@kernel
def _meet_planes(first_m, first, second_m, second, height_m, fix):
    """Two vertical planes, in the site's horizontal: (distance from the first, from the second, sine)."""
    a_e, a_n, b_e, b_n = first["direction"][0], first["direction"][1], second["direction"][0], second["direction"][1]
    sine = a_e * b_n - a_n * b_e
    if abs(sine) < 1e-9:
        return -1.0, -1.0, 0.0
    east, north = second_m[0] - first_m[0], second_m[1] - first_m[1]
    range_first, range_second = (east * b_n - north * b_e) / sine, (east * a_n - north * a_e) / sine
    fix[0], fix[1] = first_m[0] + range_first * a_e, first_m[1] + range_first * a_n
    # seen from sensors that tell no elevation a body is low rather than overhead
    fix[2] = 0.5 * (first_m[2] + second_m[2]) + min(height_m, 0.5 * max(min(range_first, range_second), 0.0))
    return range_first, range_second, abs(sine)


@kernel
def triangulate(first_m, first, second_m, second, height_m, fix):
    """Where two bearings meet.

    Args:
        first_m, second_m: (3,) where the sensors stand.
        first, second: records of `SIGHT`.
        height_m: height above the sensors that is assumed when neither bearing has an elevation, at most.
        fix: (3,) out, site position.

    Returns:
        (range from the first sensor, from the second, sine of the crossing angle, miss of two rays in metres, 0 where
        they cannot miss). A range below `NEAREST_M` means that they do not meet.
    """
    if first["has_elevation"] == 1 and second["has_elevation"] == 1:
        return _meet_rays(first_m, first, second_m, second, fix)
    if first["has_elevation"] == 1:
        range_first, range_second, sine = _meet_plane(first_m, first, second_m, second, fix)
    elif second["has_elevation"] == 1:
        range_second, range_first, sine = _meet_plane(second_m, second, first_m, first, fix)
    else:
        range_first, range_second, sine = _meet_planes(first_m, first, second_m, second, height_m, fix)
    return range_first, range_second, sine, 0.0
