"""The share of a two-dimensional Gaussian that lies within reach of an area, exact far out in its tails too.

In coordinates that make the Gaussian round, centred and of unit width, its share inside a closed line is an integral
along that line alone (Green's theorem on the density in polar form):

    P = 1 / 2π ∮ (1 - exp(-r²/2)) dθ,   dθ = (x dy - y dx) / r².

Near the line the integrand is smooth where it stands. Far from it (r > 1.5) the turns ∮ dθ are counted apart and the
rest, exp(-r²/2), is summed by itself: a share of 1e-9 then has as many digits as one of a half. Each straight piece is
cut to r < 9 and divided into panels of at most 0.75, each with five Gauss-Legendre points.

The line is the area's outline moved outwards by the reach: edges shifted, arcs about protruding corners (chords of the
same area), mitres at the corners that are bent in.

Source: DiDonato & Hageman (1982), A method for computing the integral of the bivariate normal distribution over an
arbitrary polygon, SIAM Journal on Scientific and Statistical Computing 3(4), for the integral over the edges.
"""

import math

import numpy as np

from sangar.core.jit import kernel

LIMIT = 9.0
PANEL = 0.75
NEAR = 1.5
LONGEST_ARC_RAD = math.pi / 8
SHARPEST_MITRE = 0.2
NODES = (-0.9061798459386640, -0.5384693101056831, 0.0, 0.5384693101056831, 0.9061798459386640)
WEIGHTS = (0.2369268850561891, 0.4786286704993665, 0.5688888888888889, 0.4786286704993665, 0.2369268850561891)
SHARE, TAIL, TURN, NEAREST, X, Y, FIRST_X, FIRST_Y = range(8)
"""Of the sums: ∫ (1 - e) dθ, ∫ e dθ, ∫ dθ, least r² met, where the line has come to and where it began."""


@kernel
def _angle(x, y, to_x, to_y):
    """Angle from one point to another as seen from the origin, radians."""
    return math.atan2(x * to_y - y * to_x, x * to_x + y * to_y)


@kernel
def _draw_to(sums, x, y):
    """Add the straight piece from where the line has come to, to (x, y)."""
    from_x, from_y = sums[X], sums[Y]
    sums[X], sums[Y] = x, y
    if np.isnan(from_x):
        sums[FIRST_X], sums[FIRST_Y] = x, y
        return
    step_x, step_y = x - from_x, y - from_y
    square = step_x * step_x + step_y * step_y
    if square == 0.0:
        return
    angle, crossing = _angle(from_x, from_y, x, y), from_x * step_y - from_y * step_x
    sums[TURN] += angle
    middle = -(from_x * step_x + from_y * step_y) / square
    half_squared = LIMIT * LIMIT / square - (crossing / square) * (crossing / square)
    low = max(0.0, middle - math.sqrt(half_squared)) if half_squared > 0.0 else 1.0
    high = min(1.0, middle + math.sqrt(half_squared)) if half_squared > 0.0 else 0.0
    if low >= high:
        sums[SHARE] += angle
        return
    sums[SHARE] += _angle(from_x, from_y, from_x + low * step_x, from_y + low * step_y)
    sums[SHARE] += _angle(from_x + high * step_x, from_y + high * step_y, x, y)
    panels = math.ceil((high - low) * math.sqrt(square) / PANEL)
    half = 0.5 * (high - low) / panels
    for panel in range(panels):
        for node in range(5):
            t = low + half * (2 * panel + 1 + NODES[node])
            px, py = from_x + t * step_x, from_y + t * step_y
            radius_squared = px * px + py * py
            sums[NEAREST] = min(sums[NEAREST], radius_squared)
            weight = WEIGHTS[node] * half * crossing / max(radius_squared, 1e-300)
            sums[SHARE] -= weight * math.expm1(-0.5 * radius_squared)
            sums[TAIL] += weight * math.exp(-0.5 * radius_squared)


@kernel
def _place(sums, east_m, north_m, covariance_m2):
    """Draw on to a place relative to the mean, made round by the root of the covariance."""
    east_sigma = math.sqrt(max(covariance_m2[0], 1e-6))
    mixed = covariance_m2[1] / east_sigma
    north_sigma = math.sqrt(max(covariance_m2[2] - mixed * mixed, 1e-6))
    x = east_m / east_sigma
    _draw_to(sums, x, (north_m - mixed * x) / north_sigma)


@kernel
def _turn_corner(sums, east_m, north_m, normals, side, reach_m, covariance_m2):
    """Draw round a corner at a place relative to the mean; `normals` are those of the edges before and after it."""
    bend = side * _angle(normals[0], normals[1], normals[2], normals[3])
    if bend <= 0.0:
        stretch = 1.0 + normals[0] * normals[2] + normals[1] * normals[3]
        mitre_m = reach_m / stretch if stretch > SHARPEST_MITRE else 0.0
        east_m, north_m = east_m + mitre_m * (normals[0] + normals[2]), north_m + mitre_m * (normals[1] + normals[3])
        _place(sums, east_m, north_m, covariance_m2)
        return
    chords = max(1, math.ceil(bend / LONGEST_ARC_RAD - 1e-6))  # a right angle is four, whatever the last bit says
    step = bend / chords
    swell = 1.0 + (step / math.sin(step) - 1.0) * chords / max(
        2 * chords - 2, 1
    )  # the same area, the ends being where they are
    for chord in range(chords + 1):
        about = side * chord * step
        radius_m = reach_m * swell if 0 < chord < chords else reach_m
        cosine, sine = math.cos(about), math.sin(about)
        out_east = normals[0] * cosine - normals[1] * sine
        out_north = normals[0] * sine + normals[1] * cosine
        _place(sums, east_m + radius_m * out_east, north_m + radius_m * out_north, covariance_m2)


@kernel
def _normal(vertex_m, i, j, side):
    """Unit normal of the edge from corner i to corner j, outwards."""
    east_m, north_m = vertex_m[j, 0] - vertex_m[i, 0], vertex_m[j, 1] - vertex_m[i, 1]
    length_m = math.sqrt(east_m * east_m + north_m * north_m)
    scale = side / length_m if length_m > 0.0 else 0.0
    return north_m * scale, -east_m * scale


@kernel
def share_within(mean_m, covariance_m2, vertex_m, first, last, reach_m, sums):
    """Probability that a Gaussian point lies within reach of a polygon.

    Args:
        mean_m: (2 or more,) east and north.
        covariance_m2: (3,) east-east, east-north, north-north.
        vertex_m: (n, 2) corners, those of the polygon from `first` to `last` - 1, either way round.
        first, last: see above.
        reach_m: more than 0.
        sums: (8 or more,) scratch.

    Returns:
        The probability; relative error below 1 % (the arcs). A notch narrower than twice the reach counts
        a little wrong.
    """
    doubled_m2 = 0.0
    j = last - 1
    for i in range(first, last):
        doubled_m2 += (vertex_m[j, 0] - vertex_m[first, 0]) * (vertex_m[i, 1] - vertex_m[first, 1])
        doubled_m2 -= (vertex_m[i, 0] - vertex_m[first, 0]) * (vertex_m[j, 1] - vertex_m[first, 1])
        j = i
    side = 1.0 if doubled_m2 > 0.0 else -1.0
    sums[SHARE], sums[TAIL], sums[TURN], sums[NEAREST], sums[X], sums[Y] = 0.0, 0.0, 0.0, np.inf, np.nan, np.nan
    count = last - first
    for k in range(count):
        i = first + k
        before, after = first + (k + count - 1) % count, first + (k + 1) % count
        normals = (*_normal(vertex_m, before, i, side), *_normal(vertex_m, i, after, side))
        east_m, north_m = vertex_m[i, 0] - mean_m[0], vertex_m[i, 1] - mean_m[1]
        _turn_corner(sums, east_m, north_m, normals, side, reach_m, covariance_m2)
    _draw_to(sums, sums[FIRST_X], sums[FIRST_Y])
    share = sums[SHARE] if sums[NEAREST] < NEAR * NEAR else sums[TURN] - sums[TAIL]
    return min(1.0, max(0.0, side * share / (2.0 * math.pi)))
