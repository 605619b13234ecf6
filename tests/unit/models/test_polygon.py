"""Points and polygons against Shapely."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from sangar.models.kernels.polygon import closing_speed, distance, inside

PADDING = np.full((3, 2), 1e6)
places = st.floats(-200.0, 200.0)


@st.composite
def rings(draw):
    """Star-shaped, mostly concave polygons, either way round."""
    corners = draw(st.integers(3, 12))
    radii = np.array(draw(st.lists(st.floats(5.0, 100.0), min_size=corners, max_size=corners)))
    angles = (
        2
        * np.pi
        * (np.arange(corners) + np.array(draw(st.lists(st.floats(0.0, 0.8), min_size=corners, max_size=corners))))
        / corners
    )
    ring = np.column_stack([radii * np.cos(angles), radii * np.sin(angles)])
    return ring if draw(st.booleans()) else ring[::-1]


@given(rings(), places, places)
def test_inside_and_distance_are_those_of_shapely(ring, east_m, north_m):
    polygon, point = shapely.Polygon(ring), shapely.Point(east_m, north_m)
    if not polygon.is_valid:
        return
    table = np.vstack([PADDING, ring, PADDING])  # other areas' corners on both sides
    found = distance(table, 3, 3 + len(ring), east_m, north_m)
    assert abs(found - polygon.distance(point)) < 1e-9
    if polygon.boundary.distance(point) > 1e-9:
        assert inside(table, 3, 3 + len(ring), east_m, north_m) == polygon.contains(point)


@given(rings(), places, places, st.floats(-80.0, 80.0), st.floats(-80.0, 80.0))
def test_closing_speed_is_how_much_nearer_shapely_finds_it_a_moment_later(ring, east_m, north_m, east_mps, north_mps):
    polygon = shapely.Polygon(ring)
    gap_m, speed_mps = polygon.distance(shapely.Point(east_m, north_m)), np.hypot(east_mps, north_mps)
    if not polygon.is_valid or gap_m < 1.0 or speed_mps < 1.0:
        return
    step_s = min(1.0, 0.5 * gap_m / speed_mps)
    later_m = polygon.distance(shapely.Point(east_m + east_mps * step_s, north_m + north_mps * step_s))
    found = closing_speed(ring, 0, len(ring), gap_m, east_m, north_m, east_mps, north_mps)
    assert abs(found - (gap_m - later_m) / step_s) < 1e-6
    assert abs(found) <= speed_mps + 1e-6


def test_a_corner_given_twice_does_no_harm():
    ring = np.array([[0.0, 0.0], [0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    assert inside(ring, 0, 5, 5.0, 5.0)
    assert distance(ring, 0, 5, -3.0, -4.0) == 5.0
