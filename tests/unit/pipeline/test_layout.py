"""The tables of a run say what the site and scenario files say, in SI units and the site frame."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangar.core.areas import AreaKind
from sangar.core.effectors import EffectorKind
from sangar.core.targets import SensorKind
from sangar.pipeline.layout import (
    area_map,
    area_names,
    effector_table,
    local_from_site,
    measured_volume,
    own_from_local,
    sensor_table,
)
from sangar.scenario.scenario import Scenario
from sangar.scenario.sensor_parts import Orientation
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings

SITE = """
[site]
name = "Here"
latitude_deg = 33.8
longitude_deg = 42.4
altitude_m = 188

[[sensor]]
id = "radar"
kind = "radar"
latitude_deg = 33.85
longitude_deg = 42.5
altitude_m = 200
[sensor.coverage]
min_range_m = 500
max_range_m = 20500
min_elevation_deg = 0
max_elevation_deg = 30
false_alarms_per_scan = 3
minimum_snr_db = 14
detection_probability = 0.8
sectors = [{ from_deg = 350, to_deg = 80 }]

[[sensor]]
id = "flat"
kind = "radar"
measures = ["range", "azimuth"]
east_m = 0
north_m = 0
up_m = 0

[[sensor]]
id = "camera"
kind = "camera"
east_m = 0
north_m = 0
up_m = 0

[[sensor]]
id = "reports"
kind = "cooperative"
east_m = 0
north_m = 0
up_m = 0

[[zone]]
id = "z"
name = "Camp"
polygon_m = [[0, 0], [400, 0], [400, 300], [0, 300]]
shelter_time_s = 12
people = 40

[[asset]]
id = "a"
name = "Fuel"
polygon_m = [[1000, 1000], [1100, 1000], [1000, 1100]]

[perimeter]
polygon_m = [[-2000, -2000], [2000, -2000], [2000, 2000], [-2000, 2000], [-2000, -2000]]

[[corridor]]
id = "c"
name = "Arrivals"
polygon_m = [[0, 0], [9000, 0], [9000, 900]]
floor_m = 100
ceiling_m = 900
opens_s = 60
"""
SCENARIO = """
name = "x"
duration_s = 10
[[effector]]
id = "e"
kind = "interceptor"
east_m = 1
north_m = 2
up_m = 3
max_range_m = 4000
sector_from_deg = -30
sector_to_deg = 45
rounds = 6
"""


@pytest.fixture
def site():
    return parse_settings(SITE, Site, "site")


def test_strays_are_taken_as_stated_and_not_assumed_where_nothing_is_said():
    stated = "[sensor.accuracy]\nstray_share = 0.01\nstray_azimuth_deg = 0.8\n[sensor.coverage]"
    strays = [
        sensor_table(parse_settings(text, Site, "site.toml"))[0][["stray_share", "stray_azimuth_rad"]].tolist()
        for text in (SITE, SITE.replace("[sensor.coverage]", stated, 1))
    ]
    assert strays == [(0.0, 0.0), (0.01, math.radians(0.8))]


def test_the_extent_of_echoes_is_taken_as_stated_and_nothing_where_nothing_is_said():
    stated = "[sensor.accuracy]\necho_extent_m = 60.0\n[sensor.coverage]"
    texts = (SITE, SITE.replace("[sensor.coverage]", stated, 1))
    tables = [sensor_table(parse_settings(text, Site, "site.toml")) for text in texts]
    assert [table["echo_extent_m"][0] for table in tables] == [0.0, 60.0]


def test_the_clutter_density_is_false_alarms_over_what_this_radar_measures(site):
    radar = sensor_table(site)[0]
    volume = 20_000.0 * math.radians(90.0) * math.radians(30.0) * 400.0
    assert measured_volume(site.sensors[0]) == pytest.approx(volume)
    assert radar["clutter_density"] == pytest.approx(3.0 / volume)
    assert radar["minimum_snr_db"] == 14.0
    assert radar["detection_probability"] == 0.8
    assert (radar["minimum_range_m"], radar["maximum_range_m"]) == (500.0, 20_500.0)
    assert radar["maximum_elevation_rad"] == pytest.approx(math.radians(30.0))


def test_what_is_not_measured_takes_no_part_in_the_volume(site):
    assert measured_volume(site.sensors[1]) == pytest.approx(9900.0 * 2.0 * math.pi)
    assert measured_volume(site.sensors[2]) == pytest.approx(2.0 * math.pi * math.radians(65.0))


def test_only_sensors_that_give_a_place_start_tracks(site):
    assert sensor_table(site)["starts_tracks"].tolist() == [1, 1, 0, 1]


def test_no_sensor_is_believed_to_be_without_false_alarms():
    text = SITE.replace("false_alarms_per_scan = 3", "false_alarms_per_scan = 0")
    assert sensor_table(parse_settings(text, Site, ""))[0]["clutter_density"] > 0.0


def test_kinds_and_periods_stand_in_the_files_order(site):
    table = sensor_table(site)
    assert table["kind"].tolist() == [SensorKind.RADAR, SensorKind.RADAR, SensorKind.CAMERA, SensorKind.COOPERATIVE]
    assert table["period_s"].tolist() == [1.0, 1.0, 0.5, 1.0]
    assert np.isneginf(table["last_heard_s"]).all()
    assert np.isneginf(table["minimum_snr_db"][1])


def test_a_far_sensors_north_converges_with_the_meridians(site):
    """Grid convergence is the difference of longitude times the sine of latitude.

    North of a place further east lies more to the west: the site's north is seen to the right of the sensor's own.
    """
    rotation = sensor_table(site)[0]["local_from_site"]
    site_north_seen_by_sensor = rotation @ np.array([0.0, 1.0, 0.0])
    turn_rad = math.atan2(site_north_seen_by_sensor[0], site_north_seen_by_sensor[1])
    assert turn_rad == pytest.approx(math.radians(0.1) * math.sin(math.radians(33.825)), rel=1e-3)


def test_a_sensor_in_metres_has_the_axes_of_its_own_place():
    degrees = parse_settings(SITE, Site, "")
    place = degrees.sensors[0].position_m(degrees.frame).tolist()
    metres = SITE.replace(
        "latitude_deg = 33.85\nlongitude_deg = 42.5\naltitude_m = 200",
        f"east_m = {place[0]!r}\nnorth_m = {place[1]!r}\nup_m = {place[2]!r}",
    )
    again = parse_settings(metres, Site, "")
    np.testing.assert_allclose(
        local_from_site(again, again.sensors[0]), local_from_site(degrees, degrees.sensors[0]), atol=1e-9
    )


def _direction(azimuth_deg, elevation_deg):
    azimuth, elevation = math.radians(azimuth_deg), math.radians(elevation_deg)
    return np.array(
        [math.cos(elevation) * math.sin(azimuth), math.cos(elevation) * math.cos(azimuth), math.sin(elevation)]
    )


@given(st.floats(-180, 180), st.floats(-80, 80), st.floats(-90, 90))
def test_the_zero_direction_of_a_turned_sensor_is_where_the_file_says(azimuth_deg, pitch_deg, roll_deg):
    rotation = own_from_local(Orientation(azimuth_deg=azimuth_deg, pitch_deg=pitch_deg, roll_deg=roll_deg))
    np.testing.assert_allclose(rotation @ _direction(azimuth_deg, pitch_deg), [0.0, 1.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1.0)


def test_a_rolled_sensor_has_its_right_side_down():
    rotation = own_from_local(Orientation(roll_deg=20.0))
    np.testing.assert_allclose(rotation @ _direction(90.0, -20.0), [1.0, 0.0, 0.0], atol=1e-12)


def test_areas_come_as_zones_assets_perimeter_corridors(site):
    areas = area_map(site)
    kinds = [AreaKind.ZONE, AreaKind.ASSET, AreaKind.PERIMETER, AreaKind.CORRIDOR]
    assert areas.rows["kind"].tolist() == kinds
    assert areas.rows["first"].tolist() == [0, 4, 7, 11]
    assert areas.rows["last"].tolist() == [4, 7, 11, 14]
    assert area_names(site) == ["Camp", "Fuel", "perimeter", "Arrivals"]


def test_an_area_knows_its_middle_its_reach_and_its_people(site):
    zone, corridor = area_map(site).rows[0], area_map(site).rows[3]
    np.testing.assert_allclose(zone["centre_m"], [200.0, 150.0])
    assert zone["radius_m"] == pytest.approx(250.0)
    assert (zone["people"], zone["shelter_time_s"]) == (40.0, 12.0)
    assert (corridor["floor_m"], corridor["ceiling_m"], corridor["opens_s"]) == (100.0, 900.0, 60.0)
    assert corridor["closes_s"] == np.inf
    assert np.isneginf(zone["floor_m"])


def test_a_site_without_areas_has_an_empty_map():
    site = parse_settings(SITE[: SITE.index("[[zone]]")], Site, "")
    assert len(area_map(site).rows) == 0
    assert area_names(site) == []


def test_an_effector_stands_as_the_scenario_says(site):
    effector = effector_table(parse_settings(SCENARIO, Scenario, ""), site)[0]
    assert effector["kind"] == EffectorKind.INTERCEPTOR
    np.testing.assert_array_equal(effector["position_m"], [1.0, 2.0, 3.0])
    assert effector["sector_from_rad"] == pytest.approx(math.radians(330.0))
    assert effector["sector_to_rad"] == pytest.approx(math.radians(45.0))
    assert (effector["rounds"], effector["maximum_range_m"]) == (6, 4000.0)
    assert np.isneginf(effector["ready_s"])
