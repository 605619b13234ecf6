"""Points and polygons against Shapely."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from sangar.models.kernels.polygon import distance, inside

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


def test_a_corner_given_twice_does_no_harm():
    ring = np.array([[0.0, 0.0], [0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    assert inside(ring, 0, 5, 5.0, 5.0)
    assert distance(ring, 0, 5, -3.0, -4.0) == 5.0
