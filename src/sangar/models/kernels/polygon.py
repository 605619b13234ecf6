"""Polygons in the site plane: is a point inside, and how far away is it otherwise.

Corners are rows `first .. last - 1` of a vertex table, the ring open (the last corner is not the first again).

Source: crossing-number test, Shimrat (1962), Algorithm 112; ACM Commun. 5(8).
"""

import numpy as np

from sangar.core.jit import kernel


@kernel
def inside(vertex_m, first, last, east_m, north_m):
    """Whether a point lies inside the polygon (a point on an edge may count either way)."""
    is_inside = False
    j = last - 1
    for i in range(first, last):
        north_i, north_j = vertex_m[i, 1], vertex_m[j, 1]
        if (north_i > north_m) != (north_j > north_m):
            crossing = vertex_m[i, 0] + (north_m - north_i) / (north_j - north_i) * (vertex_m[j, 0] - vertex_m[i, 0])
            if east_m < crossing:
                is_inside = not is_inside
        j = i
    return is_inside


@kernel
def distance(vertex_m, first, last, east_m, north_m):
    """Distance from a point to the polygon in metres; 0 inside."""
    if inside(vertex_m, first, last, east_m, north_m):
        return 0.0
    nearest = np.inf
    j = last - 1
    for i in range(first, last):
        edge_east, edge_north = vertex_m[i, 0] - vertex_m[j, 0], vertex_m[i, 1] - vertex_m[j, 1]
        from_east, from_north = east_m - vertex_m[j, 0], north_m - vertex_m[j, 1]
        length_squared = edge_east * edge_east + edge_north * edge_north
        along = 0.0
        if length_squared > 0.0:
            along = min(1.0, max(0.0, (from_east * edge_east + from_north * edge_north) / length_squared))
        gap_east, gap_north = from_east - along * edge_east, from_north - along * edge_north
        nearest = min(nearest, gap_east * gap_east + gap_north * gap_north)
        j = i
    return np.sqrt(nearest)


@kernel
def closing_speed(vertex_m, first, last, gap_m, east_m, north_m, east_mps, north_mps):
    """Speed, m/s, at which a point that moves like this comes nearer to the polygon; negative when it leaves.

    Over the next second, or half the way there: a course past a corner is not yet what it will be farther on.

    Args:
        vertex_m, first, last: the polygon.
        gap_m: the point's distance now, above 0.
        east_m, north_m, east_mps, north_mps: the point, and how it moves.
    """
    speed_mps = np.sqrt(east_mps * east_mps + north_mps * north_mps)
    step_s = min(1.0, 0.5 * gap_m / max(speed_mps, 1e-9))
    after_m = distance(vertex_m, first, last, east_m + east_mps * step_s, north_m + north_mps * step_s)
    return (gap_m - after_m) / step_s
