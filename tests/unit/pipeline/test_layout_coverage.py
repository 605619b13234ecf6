"""Coverage in the sensor table: sectors and level ground, whichever way the sensor is turned."""

import math

import numpy as np
import pytest

from sangar.core.sensors import CLUTTER_AZIMUTH_CELLS, CLUTTER_RANGE_CELLS
from sangar.models.kernels.coverage import is_in_view
from sangar.pipeline.layout import sensor_table
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings

SITE = """
[site]
name = "Here"
latitude_deg = 33.8
longitude_deg = 42.4
[[sensor]]
id = "panel"
kind = "radar"
east_m = 1000
north_m = 0
up_m = 10
orientation = { azimuth_deg = 120.0, pitch_deg = 20.0, roll_deg = 5.0 }
[sensor.coverage]
min_elevation_deg = 0
max_elevation_deg = 45
sectors = [{ from_deg = 75.0, to_deg = 165.0 }, { from_deg = 350.0, to_deg = 10.0 }]
[[sensor]]
id = "round"
kind = "radar"
east_m = 0
north_m = 0
up_m = 10
"""


@pytest.fixture
def table():
    return sensor_table(parse_settings(SITE, Site, "site.toml"))


def test_sectors_stand_in_the_table_as_the_file_has_them(table):
    assert table["sector_count"].tolist() == [2, 0]
    np.testing.assert_allclose(np.degrees(table["sector_from_rad"][0, :2]), [75.0, 350.0])
    np.testing.assert_allclose(np.degrees(table["sector_width_rad"][0, :2]), [90.0, 20.0])


@pytest.mark.parametrize(
    ("azimuth_deg", "elevation_deg", "expected"),
    [(80.0, 10.0, True), (160.0, 44.0, True), (170.0, 10.0, False), (0.0, 10.0, True), (180.0, 10.0, False)],
)
def test_sectors_and_elevations_are_true_ones_for_a_turned_and_tilted_sensor(
    table, azimuth_deg, elevation_deg, expected
):
    azimuth, elevation = math.radians(azimuth_deg), math.radians(elevation_deg)
    east_m = 1000.0 + 4000.0 * math.cos(elevation) * math.sin(azimuth)
    north_m = 4000.0 * math.cos(elevation) * math.cos(azimuth)
    assert is_in_view(table[0], east_m, north_m, 10.0 + 4000.0 * math.sin(elevation), 0.0) == expected


def test_no_look_has_been_had_yet(table):
    assert np.isneginf(table["looked_s"]).all()


def test_the_cells_of_a_map_of_clutter_share_what_is_stated_for_the_coverage(table):
    """One false alarm a second: over 110 of 360 degrees, and over ranges from 100 m to 10 km, or all round."""
    cells = CLUTTER_AZIMUTH_CELLS * CLUTTER_RANGE_CELLS * 0.99
    np.testing.assert_allclose(table["cell_clutter_hz"], [1.0 / (cells * 110.0 / 360.0), 1.0 / cells])
