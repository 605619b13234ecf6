"""What detections say of their tracks beyond the place: echoes and class reports."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sangar.core.detections import DETECTION, NO_CLASS
from sangar.core.identities import REPORTERS_PER_TRACK, Evidence
from sangar.core.sensors import allocate_sensors
from sangar.core.targets import CLASS_COUNT, TargetClass, TrackStatus
from sangar.core.tracks import BATCH
from sangar.identification.kernels.class_reports import hear
from sangar.identification.kernels.identify import identify
from sangar.identification.settings import IdentificationSettings
from tests.unit.engagement.hand_made_world import make_world, put_track

PARAMETERS = IdentificationSettings().parameters()
COLUMNS = np.zeros(4, [("taken", np.int64), ("track", np.int64)])
COLUMNS["taken"] = 1
SHARP = np.full((CLASS_COUNT, CLASS_COUNT), np.log(0.1 / 6))
np.fill_diagonal(SHARP, np.log(0.9))
FLAT = np.full((CLASS_COUNT, CLASS_COUNT), np.log(1 / 7))


def sensors_with(chances, interval_s=10.0, count=1):
    sensors = allocate_sensors(count)
    sensors["report_interval_s"], sensors["report_log_chance"] = interval_s, chances
    return sensors


def watch(seconds, reported=NO_CLASS, rcs_dbsm=np.nan, sensors=None, logit=-6.0, row=None, parameters=PARAMETERS):
    """A body at 12 m/s and 80 m, heard once a second by one sensor or by all in turn; its belief."""
    world, sensors = make_world(), allocate_sensors(1) if sensors is None else sensors
    for second in range(seconds + 1):
        put_track(world, 0, [12.0 * second, 0.0, 80.0, 12.0, 0.0, 0.0], float(second), logit)
        track, batch, s = world.tracks.rows[0], np.zeros(1, DETECTION), second % len(sensors)
        track["row"], track["batch"] = second, world.tracks.counters[BATCH]
        batch["row"], batch["time_s"] = second if row is None else row, second
        batch["class_report"], batch["rcs_dbsm"] = reported, rcs_dbsm
        hear(world.tracks, world.identities, batch, COLUMNS, sensors[s], s, parameters)
        identify(world.tracks, world.identities, world.areas, world.rules, float(second), parameters, world.outputs)
    return world.identities[0]


@pytest.mark.parametrize("target_class", list(TargetClass))
def test_a_report_speaks_for_the_class_it_names(target_class):
    silent, told = watch(5)["posterior"], watch(5, target_class, sensors=sensors_with(SHARP))["posterior"]
    assert told[target_class] > silent[target_class]


def test_the_first_report_weighs_what_the_table_says():
    found = watch(0, TargetClass.BIRD, sensors=sensors_with(SHARP))["evidence"][Evidence.REPORT]
    expected = np.where(np.arange(7) == TargetClass.BIRD, 0.0, np.log(0.1 / 6 / 0.9))
    assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("reported", list(TargetClass))
def test_a_sensor_whose_word_is_worth_nothing_changes_nothing(reported):
    silent, told = watch(20)["posterior"], watch(20, reported, sensors=sensors_with(FLAT))["posterior"]
    assert_allclose(told, silent, rtol=1e-9)


@pytest.mark.parametrize("reported", [NO_CLASS, -7, CLASS_COUNT, 2**62])
def test_what_is_no_class_changes_nothing(reported):
    assert watch(5, reported, sensors=sensors_with(SHARP)).tobytes() == watch(5).tobytes()


def test_a_report_of_a_sensor_without_a_table_changes_nothing():
    assert watch(5, TargetClass.BIRD).tobytes() == watch(5).tobytes()


def test_ten_reports_in_ten_seconds_weigh_as_two():
    sensors = sensors_with(SHARP, interval_s=10.0)
    often = watch(10, TargetClass.BIRD, sensors=sensors)["evidence"][Evidence.REPORT, TargetClass.ROTARY_DRONE]
    once = np.log(0.1 / 6 / 0.9)
    assert 2.0 * once < often < once


def test_reports_are_remembered_longer_than_the_way_it_flies():
    dull = np.full((CLASS_COUNT, CLASS_COUNT), np.log(0.5 / 6))
    np.fill_diagonal(dull, np.log(0.5))
    once = np.log(0.5 / 6) - np.log(0.5)
    long, short = (
        watch(
            240,
            TargetClass.BIRD,
            sensors=sensors_with(dull),
            parameters=IdentificationSettings(report_memory_s=s).parameters(),
        )
        for s in (60.0, 15.0)
    )
    assert_allclose(short["evidence"][Evidence.REPORT, TargetClass.ROTARY_DRONE], 1.5 * once, rtol=0.1)
    assert_allclose(long["evidence"][Evidence.REPORT, TargetClass.ROTARY_DRONE], 6.0 * once, rtol=0.1)


def test_more_sensors_than_are_remembered_are_not_counted_as_new_each_time():
    few = watch(40, TargetClass.BIRD, sensors=sensors_with(SHARP, 1000.0, REPORTERS_PER_TRACK))
    many = watch(40, TargetClass.BIRD, sensors=sensors_with(SHARP, 1000.0, REPORTERS_PER_TRACK + 1))
    weight = [belief["evidence"][Evidence.REPORT, TargetClass.ROTARY_DRONE] for belief in (few, many)]
    assert weight[1] == pytest.approx(weight[0], rel=0.2)


def test_a_report_of_a_bird_does_not_hide_a_rocket():
    told = watch(20, TargetClass.BIRD, sensors=sensors_with(SHARP), logit=12.0)["posterior"]
    assert told[TargetClass.ROCKET_ARTILLERY_MORTAR] > 0.95


def test_a_weak_echo_speaks_for_a_bird_and_a_strong_one_against():
    unheard = watch(20)["posterior"][TargetClass.BIRD]
    assert watch(20, rcs_dbsm=-32.0)["posterior"][TargetClass.BIRD] > unheard
    assert watch(20, rcs_dbsm=-12.0)["posterior"][TargetClass.BIRD] < unheard


@pytest.mark.parametrize("rcs_dbsm", [np.nan, np.inf, -np.inf, 1e300])
def test_an_echo_of_no_strength_changes_nothing(rcs_dbsm):
    assert watch(5, rcs_dbsm=rcs_dbsm).tobytes() == watch(5).tobytes()


def test_a_detection_the_track_did_not_take_changes_nothing():
    sensors = sensors_with(SHARP)
    assert watch(5, TargetClass.BIRD, -30.0, sensors, row=99).tobytes() == watch(5).tobytes()


def test_an_unconfirmed_track_hears_nothing():
    world, batch = make_world(), np.zeros(1, DETECTION)
    put_track(world, 0, [0.0, 0.0, 80.0, 12.0, 0.0, 0.0])
    world.tracks.rows[0]["status"] = TrackStatus.TENTATIVE
    before = world.identities.tobytes()
    hear(world.tracks, world.identities, batch, COLUMNS, sensors_with(SHARP)[0], 0, PARAMETERS)
    assert world.identities.tobytes() == before
