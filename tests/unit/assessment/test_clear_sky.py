"""Clear-sky assurance: what no sensor could have noticed."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangar.assessment.clear_sky import clear_sky
from sangar.assessment.settings import ClearSkySettings
from sangar.core.areas import AREA
from sangar.core.sensors import LEFT_OUT_BY_STEP, PUT_RIGHT, allocate_sensors
from sangar.core.targets import SensorKind

ONE_WAY = ClearSkySettings(heights_m=(100.0,), way_m=3000.0, blind_share=0.0)
ALWAYS = (-math.inf, math.inf)
NEVER = (-math.inf, -math.inf)


def zone(east_m: float = 0.0):
    areas = np.zeros(1, AREA)
    areas["centre_m"][0] = east_m, 0.0
    areas["radius_m"] = 200.0
    return areas[0]


def radars(*ranges_m: float):
    sensors = allocate_sensors(len(ranges_m))
    sensors["maximum_range_m"] = ranges_m
    sensors["detection_probability"] = 0.3
    sensors["period_s"] = 10.0
    return sensors


def judge(sensors, heard=None, settings=ONE_WAY, time_s=0.0, share=None):
    heard_s = np.array(heard if heard is not None else [ALWAYS] * len(sensors)).reshape(len(sensors), 2)
    shares = np.ones(len(sensors)) if share is None else np.asarray(share)
    return clear_sky(sensors, shares, heard_s, zone(), time_s, settings)


def fewer_than(hits: int, chances: list[float]) -> float:
    """By adding up every outcome: an independent way to the same number."""
    total = 0.0
    for outcome in range(2 ** len(chances)):
        seen = [bool(outcome >> k & 1) for k in range(len(chances))]
        if sum(seen) < hits:
            total += math.prod(c if s else 1.0 - c for c, s in zip(chances, seen, strict=True))
    return total


def test_it_is_the_chance_of_fewer_detections_than_it_takes():
    """30 m/s and 10 s: looks at 150, 450, ... m; eight of them within 2,400 m (and 100 m up)."""
    assert judge(radars(2400.0)).missed_share == pytest.approx(fewer_than(3, [0.3] * 8), rel=1e-12)


def test_two_sensors_count_together():
    assert judge(radars(1300.0, 800.0)).missed_share == pytest.approx(fewer_than(3, [0.3] * (4 + 3)), rel=1e-12)


def test_a_sensor_may_be_blind_to_it_however_often_it_looks():
    sensors = radars(2400.0)
    sensors["period_s"], sensors["detection_probability"] = 0.1, 0.99
    blind = ClearSkySettings(heights_m=(100.0,), way_m=3000.0, blind_share=0.07)
    assert judge(sensors, settings=blind).missed_share == pytest.approx(0.07, rel=1e-9)
    assert judge(np.concatenate([sensors, sensors]), settings=blind).missed_share == pytest.approx(0.07**2, rel=1e-6)


def test_nobody_watching_is_not_a_clear_sky():
    for sky in (judge(radars()), judge(radars(2400.0), [NEVER])):
        assert sky.missed_share == 1.0
        assert not sky.is_assured
        assert sky.probability == pytest.approx(0.01 * (400.0 / 30.0) / 3600.0, rel=1e-3)


def test_a_sensor_that_fell_silent_saw_what_was_before():
    """Silent for 35 s: the looks 5, 15 and 25 s ago are missing, five remain."""
    silent = judge(radars(2400.0), [(-math.inf, -30.0)])
    assert silent.missed_share == pytest.approx(fewer_than(3, [0.3] * 5), rel=1e-12)


def test_what_an_intruder_need_not_give_away_does_not_count():
    for kind in (SensorKind.COOPERATIVE, SensorKind.RF, SensorKind.TRACKER):
        sensors = radars(2400.0)
        sensors["kind"] = kind
        assert judge(sensors).missed_share == 1.0


def test_one_camera_alone_cannot_say_where_it_is_but_two_can():
    cameras = radars(2400.0, 2400.0)
    cameras["kind"], cameras["starts_tracks"] = SensorKind.CAMERA, 0
    assert judge(cameras[:1]).missed_share == 1.0
    assert judge(cameras).missed_share == pytest.approx(fewer_than(3, [0.3] * 16), rel=1e-9)
    assert judge(cameras, [ALWAYS, NEVER]).missed_share == 1.0


def test_a_sensor_left_out_does_not_count_one_put_right_does():
    sensors = radars(2400.0)
    sensors["left_out"] = LEFT_OUT_BY_STEP
    assert judge(sensors).missed_share == 1.0
    sensors["left_out"] = PUT_RIGHT
    assert judge(sensors).missed_share < 1.0


def test_the_open_side_is_named():
    sensors = radars(2400.0)
    sensors["sector_count"], sensors["sector_from_rad"][0, 0] = 1, math.radians(135.0)
    sensors["sector_width_rad"][0, 0] = math.radians(270.0)  # blind towards 45 to 135 degrees
    sky = judge(sensors)
    assert sky.worst_missed_share > sky.missed_share
    assert math.radians(45.0) < sky.worst_azimuth_rad < math.radians(135.0)
    assert not sky.is_assured


def test_bad_weather_shortens_the_reach():
    assert judge(radars(2400.0), share=[0.5]).missed_share == pytest.approx(fewer_than(3, [0.3] * 4), rel=1e-12)


@given(
    st.lists(st.tuples(st.floats(0.0, 5000.0), st.floats(0.05, 0.95), st.floats(0.5, 20.0)), min_size=1, max_size=4),
    st.floats(0.0, 0.5),
    st.floats(0.0, 60.0),
)
def test_another_sensor_never_hurts_and_silence_never_helps(kinds, blind_share, silent_s):
    sensors = allocate_sensors(len(kinds))
    sensors["maximum_range_m"], sensors["detection_probability"], sensors["period_s"] = np.array(kinds).T
    settings = ClearSkySettings(heights_m=(50.0, 200.0), way_m=2000.0, blind_share=blind_share)
    every = judge(sensors, settings=settings)
    fewer = judge(sensors[:-1], settings=settings)
    silent = judge(sensors, [ALWAYS] * (len(kinds) - 1) + [(-math.inf, -silent_s)], settings)
    assert 0.0 <= every.missed_share <= 1.0 + 1e-12
    assert every.missed_share <= silent.missed_share + 1e-12
    assert silent.missed_share <= fewer.missed_share + 1e-12
    assert every.probability <= silent.probability + 1e-15
