"""A sensor that cannot be reconciled with the others: flagged with the reason, left out, taken back."""

import msgspec
import numpy as np
import pytest

from sangar.core.detections import AZIMUTH, DETECTION, ELEVATION, RANGE
from sangar.core.events import EventKind
from sangar.core.sensors import allocate_sensors
from sangar.core.targets import Disagreement, SensorKind, TrackStatus
from sangar.core.tracks import HIGH_WATER, LEFT_OUT_COUNT
from sangar.tracking.kernels.reconciliation import MOST_SEARCHES, judge
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker
from tests.unit.tracking.oracles import make_detections
from tests.unit.tracking.sky import make_sky, put_track

SETTINGS = TrackingSettings(initial_speed_mps=30.0, initial_climb_mps=5.0, manoeuvre_noise_m2ps3=20.0)
SIGMA_RAD = 2e-3


def sensors_around(count, radars=False):
    sensors = allocate_sensors(count)
    turn = 2.0 * np.pi * np.arange(count) / count
    sensors["position_m"][:, 0], sensors["position_m"][:, 1] = 500.0 * np.sin(turn), 500.0 * np.cos(turn)
    sensors["period_s"], sensors["detection_probability"] = 0.2, 0.85
    sensors["minimum_range_m"], sensors["maximum_range_m"] = 10.0, 3000.0
    sensors["minimum_elevation_rad"] = -0.1
    sensors["clutter_density"] = 1e-4 if radars else 0.05
    sensors["starts_tracks"] = int(radars)
    return sensors


def body(time_s):
    """A body that flies an oval."""
    return np.array([200.0 * np.sin(0.1 * time_s), 150.0 * np.cos(0.1 * time_s), 80.0 + 10.0 * np.sin(0.3 * time_s)])


def look(sensor, time_s, dice, turned_rad=0.0, late_s=0.0, halt_s=np.inf):
    """One look: `turned_rad` is added to the azimuth, anything where it is None; a late sensor says what it saw before.

    The body stands still from `halt_s` on.
    """
    batch = np.zeros(int(dice.random() < 0.85), DETECTION)
    batch["time_s"], batch["measured"], batch["sigma"], batch["snr_db"] = time_s, np.nan, SIGMA_RAD, np.nan
    if turned_rad is None:
        turned_rad = dice.uniform(0.1, 0.8) * dice.choice([-1.0, 1.0])
    east, north, up = body(min(time_s - late_s, halt_s)) - sensor["position_m"]
    batch["measured"][:, AZIMUTH] = np.arctan2(east, north) + turned_rad + SIGMA_RAD * dice.standard_normal()
    batch["measured"][:, ELEVATION] = np.arctan2(up, np.hypot(east, north)) + SIGMA_RAD * dice.standard_normal()
    if sensor["starts_tracks"] == 1:
        batch["measured"][:, RANGE] = np.sqrt(east**2 + north**2 + up**2) + 5.0 * dice.standard_normal()
        batch["sigma"][:, RANGE] = 5.0
    return batch


def run(sensors, seconds, faults, seed=1, settings=SETTINGS):
    """Track for so long; `faults(sensor row, time)` gives the keywords of `look`. Returns tracker and events."""
    tracker, dice, said = Tracker(sensors, settings), np.random.default_rng(seed), []
    for n in range(int(seconds / 0.2)):
        for s in range(len(sensors)):
            time_s = 0.2 * n + 0.04 * s
            tracker.process(time_s, s, look(sensors[s], time_s, dice, **faults(s, time_s)))
            said += [event.copy() for event in tracker.events if event["kind"] >= EventKind.SENSOR_LEFT_OUT]
    return tracker, said


def error_m(tracker, time_s):
    rows = tracker.tracks.rows[: tracker.tracks.counters[HIGH_WATER]]
    rows = rows[rows["status"] >= TrackStatus.CONFIRMED]
    return np.linalg.norm(rows["mean"][:, :3] - body(time_s), axis=1).min()


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
