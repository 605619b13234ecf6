"""A site file read into settings: places, defaults of each kind, stage policies."""

import math

import msgspec
import numpy as np
import pytest

from sangar.core.detections import ALTITUDE, AZIMUTH, EAST, ELEVATION, NORTH, RANGE, RANGE_RATE, UP
from sangar.core.targets import SensorKind
from sangar.scenario.sensor_parts import Sector
from sangar.scenario.site import Site, load_site
from sangar.scenario.toml_file import parse_settings

SITE = """
[site]
name = "Here"
latitude_deg = 33.8
longitude_deg = 42.4
altitude_m = 188

[[sensor]]
id = "r1"
kind = "radar"
latitude_deg = 33.81
longitude_deg = 42.41
altitude_m = 200
[sensor.accuracy]
azimuth_deg = 0.25

[[sensor]]
id = "d1"
kind = "rf"
east_m = 10
north_m = 20
up_m = 3
period_s = 2

[[zone]]
id = "z1"
name = "Zone"
polygon_deg = [[33.80, 42.40], [33.80, 42.41], [33.81, 42.41], [33.80, 42.40]]
people = 7

[policy.tracking]
gate = 9.0
"""


@pytest.fixture
def site():
    return parse_settings(SITE, Site, "site.toml")


def test_a_stated_accuracy_stands_and_the_rest_is_assumed_of_the_kind(site):
    radar = site.sensors[0]
    assert radar.sigma[AZIMUTH] == math.radians(0.25)
    assert radar.sigma[ELEVATION] == radar.defaults.elevation_rad
    assert radar.sigma[RANGE] == radar.defaults.range_m
    assert all(sigma > 0.0 for sigma in radar.sigma)


def test_each_kind_measures_what_it_can(site):
    assert site.sensors[0].columns == (RANGE, AZIMUTH, ELEVATION, RANGE_RATE)
    assert site.sensors[1].columns == (AZIMUTH,)
    assert site.sensors[1].sensor_kind == SensorKind.RF


def test_a_sensor_may_name_what_it_measures():
    text = SITE.replace('kind = "radar"', 'kind = "radar"\nmeasures = ["range", "azimuth", "altitude", "position"]')
    assert parse_settings(text, Site, "").sensors[0].columns == (RANGE, AZIMUTH, ALTITUDE, EAST, NORTH, UP)


def test_a_place_in_degrees_goes_through_the_ellipsoid(site):
    east_m, north_m, up_m = site.sensors[0].position_m(site.frame)
    meridian_m, parallel_m = 1109.2, 925.6  # WGS84 at 33.8 degrees: lengths of 0.01 degree
    assert north_m == pytest.approx(meridian_m, abs=1.0)
    assert east_m == pytest.approx(parallel_m, abs=1.0)
    assert up_m == pytest.approx(12.0 - (north_m**2 + east_m**2) / (2 * 6.371e6), abs=0.01)


def test_a_place_in_metres_is_taken_as_it_is(site):
    np.testing.assert_array_equal(site.sensors[1].position_m(site.frame), [10.0, 20.0, 3.0])


def test_a_closed_ring_is_opened(site):
    assert site.zones[0].corners_m(site.frame).shape == (3, 2)


def test_the_periods_are_stated_or_assumed(site):
    assert [sensor.look_period_s for sensor in site.sensors] == [1.0, 2.0]


def test_policies_reach_the_stages(site):
    assert site.policy.tracking.gate == 9.0
    assert site.policy.warning.quiet_s > 0.0


def test_rows_follow_the_file(site):
    assert site.sensor_rows == {"r1": 0, "d1": 1}


@pytest.mark.parametrize(
    ("from_deg", "to_deg", "width_deg"), [(10, 40, 30), (350, 10, 20), (90, 90, 360), (-10, 10, 20)]
)
def test_a_sector_opens_clockwise(from_deg, to_deg, width_deg):
    assert Sector(from_deg=from_deg, to_deg=to_deg).width_deg == pytest.approx(width_deg)


def test_settings_cannot_be_changed(site):
    with pytest.raises(AttributeError):
        site.sensors[0].id = "other"


def test_the_schema_speaks_the_words_of_the_file():
    schema = msgspec.json.schema(Site)
    assert {"site", "sensor", "zone", "policy"} <= set(schema["$defs"]["Site"]["properties"])


def test_loading_reads_the_file(tmp_path, site):
    path = tmp_path / "here.toml"
    path.write_text(SITE, encoding="utf-8")
    assert load_site(path) == site
