"""A sensor that cannot be reconciled with the others: flagged with the reason, left out, taken back."""

import msgspec
import numpy as np
import pytest

from sangar.core.detections import AZIMUTH, ELEVATION
from sangar.core.events import EventKind
from sangar.core.targets import Disagreement, SensorKind
from sangar.core.tracks import LEFT_OUT_COUNT
from sangar.tracking.kernels.registration.reconciliation import MOST_SEARCHES, judge
from tests.unit.tracking.oracles import make_detections
from tests.unit.tracking.oval import SETTINGS, SIGMA_RAD, error_m, run, sensors_around
from tests.unit.tracking.sky import make_sky, put_track


@pytest.mark.parametrize("radars", [False, True])
def test_a_sensor_that_points_elsewhere_is_left_out_with_the_angle(radars):
    sensors = sensors_around(4, radars)
    wrong = {2: {"turned_rad": np.radians(10.0)}}
    tracker, said = run(sensors, 30.0, lambda s, _: wrong.get(s, {}))
    assert [(event["kind"], event["new"], event["old"]) for event in said] == [
        (EventKind.SENSOR_LEFT_OUT, 2, Disagreement.ELSEWHERE)
    ]
    assert np.degrees(said[0]["ellipse_azimuth_rad"]) == pytest.approx(10.0, abs=1.0)
    assert sensors["left_out"].tolist() == [0, 0, 2, 0]
    assert tracker.tracks.counters[LEFT_OUT_COUNT] > 50
    assert error_m(tracker, 29.9) < 5.0


def test_a_sensor_two_seconds_late_is_left_out_with_the_time():
    sensors = sensors_around(4)
    _, said = run(sensors, 40.0, lambda s, _: {"late_s": 2.0} if s == 1 else {})
    assert said
    assert (said[0]["kind"], said[0]["new"], said[0]["old"]) == (EventKind.SENSOR_LEFT_OUT, 1, Disagreement.LATE)
    assert said[0]["due_s"] == pytest.approx(2.0, abs=0.5)
    assert {int(event["new"]) for event in said} == {1}


def test_detections_shared_among_tracks_are_judged_as_well():
    sensors, settings = sensors_around(4), msgspec.structs.replace(SETTINGS, association="joint")
    _, said = run(sensors, 20.0, lambda s, _: {"turned_rad": np.radians(10.0)} if s == 2 else {}, settings=settings)
    assert [(event["kind"], event["new"]) for event in said] == [(EventKind.SENSOR_LEFT_OUT, 2)]


def test_a_late_sensor_is_not_taken_back_while_the_body_stands():
    """What hovers is where a late sensor says, too."""
    sensors = sensors_around(4)
    _, said = run(sensors, 60.0, lambda s, t: {"late_s": 2.0, "halt_s": 35.0} if s == 1 else {"halt_s": 35.0})
    assert [(event["kind"], event["new"]) for event in said] == [(EventKind.SENSOR_LEFT_OUT, 1)]


def test_other_things_beside_a_body_that_is_hidden_are_no_disagreement():
    sensors = sensors_around(4)
    _, said = run(sensors, 60.0, lambda s, _: {"turned_rad": None} if s == 3 else {})
    assert not said


def test_who_reports_only_some_bodies_is_not_judged():
    """A receiver of what aircraft say of themselves misses all that say nothing."""
    sensors = sensors_around(4)
    sensors["kind"][2] = SensorKind.COOPERATIVE
    _, said = run(sensors, 20.0, lambda s, _: {"turned_rad": np.radians(10.0)} if s == 2 else {})
    assert not said


def test_what_the_site_file_leaves_out_stays_out_and_is_not_used():
    sensors = sensors_around(4)
    sensors["left_out"][0] = 1
    tracker, said = run(sensors, 20.0, lambda *_: {})
    assert not said
    assert sensors["left_out"].tolist() == [1, 0, 0, 0]
    assert not (tracker.tracks.rows["sensors"] & 1).any()


def test_a_sensor_set_right_is_taken_back():
    sensors = sensors_around(4)
    _, said = run(sensors, 60.0, lambda s, t: {"turned_rad": 0.2} if s == 3 and t < 25.0 else {})
    assert [(event["kind"], event["new"]) for event in said] == [
        (EventKind.SENSOR_LEFT_OUT, 3),
        (EventKind.SENSOR_TAKEN_BACK, 3),
    ]
    assert said[1]["time_s"] > 25.0
    assert (sensors["left_out"] == 0).all()


def test_of_two_sensors_nobody_is_left_out():
    sensors = sensors_around(2)
    _, said = run(sensors, 20.0, lambda s, t: {"turned_rad": 0.2} if s == 1 and t > 8.0 else {})
    assert not said


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sensors_that_are_right_are_not_left_out(seed):
    sensors = sensors_around(4)
    _, said = run(sensors, 60.0, lambda *_: {}, seed)
    assert not said
    assert (sensors["disagreement"] < 5.0).all()


@pytest.mark.parametrize(("others", "is_judged"), [(MOST_SEARCHES - 1, True), (MOST_SEARCHES, False)])
def test_a_look_is_searched_for_so_many_tracks_and_no_more(others, is_judged):
    """The body beside whose place there is a detection comes after others that have nothing near."""
    sensors = sensors_around(3, radars=True)
    sky = make_sky(capacity=2 * MOST_SEARCHES)._replace(sensors=sensors)
    for north_m in [-300.0] * others + [1000.0]:
        track = put_track(sky, [0.0, north_m, 80.0, 0.0, 0.0, 0.0], np.diag([25.0] * 6))
        track["heard"], track["heard_s"] = 0b110, 0.0
    measured = np.full(8, np.nan)
    measured[[AZIMUTH, ELEVATION]] = 0.2, 0.1
    batch = make_detections(measured, np.full(8, SIGMA_RAD))
    sky.work.columns["azimuth_rad"][0], sky.work.columns["admitted"][0] = 0.2, 1
    before_s = sensors["judged_s"][0]
    judge(sky.tracks, 0.0, batch, sensors, 0, 0, sky.parameters, sky.outputs, sky.work)
    assert before_s < 0.0
    assert (sensors["judged_s"][0] == 0.0) == is_judged
