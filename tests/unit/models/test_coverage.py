"""What lies in a sensor's view: checked against the angles worked out by hand, with and without a margin."""

import numpy as np
import pytest

from sangar.core.sensors import allocate_sensors
from sangar.models.kernels.coverage import in_coverage, in_sector, is_in_view

NORTH_HALF = [(270.0, 180.0)]
TWO_WINDOWS = [(350.0, 20.0), (90.0, 10.0)]


def sensor_with(sectors=(), **columns):
    """A sensor's record; sectors as (first bearing, opening) in degrees."""
    sensor = allocate_sensors(1)
    sensor["minimum_range_m"], sensor["maximum_range_m"] = 100.0, 10_000.0
    sensor["minimum_elevation_rad"], sensor["maximum_elevation_rad"] = np.radians(1.0), np.radians(60.0)
    sensor["sector_count"] = len(sectors)
    for column, (first_deg, width_deg) in enumerate(sectors):
        sensor["sector_from_rad"][0, column] = np.radians(first_deg)
        sensor["sector_width_rad"][0, column] = np.radians(width_deg)
    for name, value in columns.items():
        sensor[name] = value
    return sensor[0]


def at(range_m, azimuth_deg, elevation_deg):
    """East, north, up of a place."""
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    ground_m = range_m * np.cos(elevation)
    return ground_m * np.sin(azimuth), ground_m * np.cos(azimuth), range_m * np.sin(elevation)


def covered(sensor, place, margin_m):
    """Whether a place given as range, azimuth and elevation is in the sensor's coverage."""
    east_m, north_m, up_m = at(*place)
    return in_coverage(sensor, east_m, north_m, up_m, margin_m)


@pytest.mark.parametrize(
    ("azimuth_deg", "sectors", "expected"),
    [
        (200.0, [], True),
        (0.0, NORTH_HALF, True),
        (271.0, NORTH_HALF, True),
        (89.0, NORTH_HALF, True),
        (-89.0, NORTH_HALF, True),
        (91.0, NORTH_HALF, False),
        (269.0, NORTH_HALF, False),
        (5.0, TWO_WINDOWS, True),
        (95.0, TWO_WINDOWS, True),
        (45.0, TWO_WINDOWS, False),
        (123.0, [(30.0, 360.0)], True),
    ],
)
def test_a_bearing_lies_in_a_sector_or_not(azimuth_deg, sectors, expected):
    assert in_sector(sensor_with(sectors), np.radians(azimuth_deg), 0.0) == expected


def test_a_margin_narrows_a_sector_from_both_sides_but_not_one_all_round():
    narrow, round_about = sensor_with(NORTH_HALF), sensor_with([(30.0, 360.0)])
    found = [in_sector(narrow, np.radians(azimuth), np.radians(10.0)) for azimuth in (275.0, 285.0, 75.0, 85.0)]
    assert found == [False, True, True, False]
    assert in_sector(round_about, np.radians(30.0), np.radians(10.0))


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((5000.0, 10.0, 5.0), True),
        ((99.0, 10.0, 5.0), False),
        ((101.0, 10.0, 5.0), True),
        ((9999.0, 10.0, 5.0), True),
        ((10_001.0, 10.0, 5.0), False),
        ((5000.0, 10.0, 0.9), False),
        ((5000.0, 10.0, 1.1), True),
        ((5000.0, 10.0, 59.9), True),
        ((5000.0, 10.0, 60.1), False),
        ((5000.0, 180.0, 5.0), False),
    ],
)
def test_range_elevation_and_sector_all_count(place, expected):
    assert covered(sensor_with(NORTH_HALF), place, 0.0) == expected


@pytest.mark.parametrize("edge", [(100.0, 10.0, 5.0), (10_000.0, 10.0, 5.0), (5000.0, 10.0, 1.0), (5000.0, 90.0, 5.0)])
def test_the_margin_is_metres_from_every_edge(edge):
    """A place d metres inside an edge is in view with a margin below d and not with one above."""
    sensor = sensor_with(NORTH_HALF)
    range_m, azimuth_deg, elevation_deg = edge
    step = np.degrees(50.0 / range_m)
    inward = {
        100.0: (range_m + 50.0, azimuth_deg, elevation_deg + 20.0),
        10_000.0: (range_m - 50.0, azimuth_deg, elevation_deg),
    }.get(range_m, (range_m, azimuth_deg - step * (azimuth_deg == 90.0), elevation_deg + step * (elevation_deg == 1.0)))
    assert covered(sensor, inward, 48.0)
    assert not covered(sensor, inward, 52.0)


def test_a_place_is_seen_from_where_the_sensor_stands_and_as_its_ground_lies():
    """A sensor 2 km east, its ground turned by a quarter: what is north of the site's origin is on its other side."""
    sensor = sensor_with([(0.0, 90.0)])
    sensor["position_m"] = 2000.0, 0.0, 0.0
    assert is_in_view(sensor, 2500.0, 3000.0, 500.0, 0.0)
    assert not is_in_view(sensor, 1500.0, 3000.0, 500.0, 0.0)
    sensor["level_from_site"] = [[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    assert is_in_view(sensor, 1500.0, 3000.0, 500.0, 0.0)
    assert not is_in_view(sensor, 2500.0, 3000.0, 500.0, 0.0)
