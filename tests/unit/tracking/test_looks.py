"""Looks that missed a track: they tell only where the body should have been seen, and as much as Pd says."""

import numpy as np
import pytest

from sangar.core.events import EventKind
from sangar.core.targets import DropReason, TrackStatus
from sangar.tracking.kernels.management.life import existence
from sangar.tracking.kernels.visibility.looks import MOST_TELLING_PD
from tests.unit.tracking.oracles import make_sensor
from tests.unit.tracking.sky import NOTHING, make_sky, put_track, seen

EASTWARD = np.array([4000.0, 1000.0, 500.0, 100.0, 0.0, 0.0])
SURE = np.diag([10.0, 10.0, 10.0, 1.0, 1.0, 1.0]) ** 2


def radar(**columns):
    return make_sensor(period_s=1.0, clutter_density=1e-8, **columns)


def sky_of(*sensors, **settings):
    sky = make_sky(sensors[0], **settings)
    return sky._replace(sensors=np.array(list(sensors), sensors[0].dtype))


def at(time_s):
    state = EASTWARD.copy()
    state[:3] += time_s * EASTWARD[3:]
    return state


def ended(events):
    return [(float(event["time_s"]), event["new"]) for event in events if event["kind"] == EventKind.TRACK_DROPPED]


def look_in_vain(sky, times, sensor=0):
    return np.concatenate([sky.look(float(t), NOTHING, sensor) for t in times])


@pytest.mark.parametrize("detected", [0.3, 0.6, 0.9, 0.95, 0.99])
def test_a_missed_look_lowers_existence_by_what_its_detection_probability_says(detected):
    sky = sky_of(radar(detection_probability=detected), confirmed_misses=1000)
    track = put_track(sky, EASTWARD, SURE)
    look_in_vain(sky, [1.0, 2.0, 3.0])
    odds = np.exp(12.0) * (1.0 - min(detected, MOST_TELLING_PD)) ** 3
    assert existence(track) == pytest.approx(odds / (1.0 + odds), rel=1e-9)


@pytest.mark.parametrize(("detected", "last_look_s"), [(0.5, 14.0), (0.8, 6.0), (0.9, 4.0), (0.95, 4.0), (0.99, 4.0)])
def test_a_body_that_is_seen_less_often_is_given_more_looks(detected, last_look_s):
    sky = sky_of(radar(detection_probability=detected))
    put_track(sky, EASTWARD, SURE)
    assert ended(look_in_vain(sky, range(1, 30))) == [(last_look_s, DropReason.LOST)]


def test_a_detection_after_missed_looks_counts_them_too():
    sky = sky_of(radar())
    track = put_track(sky, at(0.0), SURE)
    track["score"] = 5.0
    look_in_vain(sky, [1.0, 2.0])
    assert track["missed"] == pytest.approx(2.0 * np.log(10.0))
    sky.look(3.0, seen(at(3.0), sky.sensors[0], time_s=3.0))
    unmissed = sky_of(radar())
    other = put_track(unmissed, at(0.0), SURE)
    other["score"] = 5.0 - 2.0 * np.log(10.0)
    unmissed.look(3.0, seen(at(3.0), sky.sensors[0], time_s=3.0))
    assert track["missed"] == 0.0
    assert track["score"] == pytest.approx(other["score"])


OUT_OF_VIEW = {
    "behind it": {"sector_count": 1, "sector_from_rad": [np.pi] + 15 * [0.0], "sector_width_rad": [np.pi] + 15 * [0.0]},
    "too far": {"maximum_range_m": 4000.0},
    "too near": {"minimum_range_m": 9000.0},
    "too low": {"minimum_elevation_rad": 0.3},
    "too high": {"maximum_elevation_rad": 0.05},
}


@pytest.mark.parametrize("columns", OUT_OF_VIEW.values(), ids=OUT_OF_VIEW.keys())
def test_a_track_out_of_view_loses_no_existence_and_lives_to_the_limit_of_coasting(columns):
    sky = sky_of(radar(**columns))
    track = put_track(sky, EASTWARD, SURE)
    events = look_in_vain(sky, range(1, 30))
    assert ended(events) == []
    assert track["missed"] == 0.0
    assert track["status"] == TrackStatus.COASTING
    assert ended(look_in_vain(sky, [30.0])) == [(30.0, DropReason.LOST)]


def test_looks_count_from_when_the_track_comes_into_view_again():
    """Out of the sector for five seconds, then in it and not there: four looks later it is gone."""
    first_rad = np.arctan2(4550.0, 1000.0)
    sector = {"sector_count": 1, "sector_from_rad": [first_rad] + 15 * [0.0], "sector_width_rad": [1.0] + 15 * [0.0]}
    sky = sky_of(radar(**sector))
    track = put_track(sky, EASTWARD, np.diag([1.0, 1.0, 1.0, 0.1, 0.1, 0.1]) ** 2)
    look_in_vain(sky, range(1, 6))
    assert track["missed"] == 0.0
    assert ended(look_in_vain(sky, range(6, 20))) == [(9.0, DropReason.LOST)]


def test_a_body_near_the_edge_may_be_out_of_view():
    """Forty metres inside the largest range: a sure track should be seen there, one uncertain by 100 m need not be."""
    edge_m = float(np.linalg.norm(EASTWARD[:3])) + 40.0
    still = np.concatenate([EASTWARD[:3], np.zeros(3)])
    for sigma_m, missed in ((10.0, True), (100.0, False)):
        sky = sky_of(radar(maximum_range_m=edge_m))
        track = put_track(sky, still, np.diag([sigma_m] * 3 + [1.0] * 3) ** 2)
        look_in_vain(sky, [1.0])
        assert (track["missed"] > 0.0) == missed


def fast_and_slow(**fast):
    """A radar that looks every second and one that looks every ten, both have seen the track."""
    slow = radar()
    slow["period_s"] = 10.0
    sky = sky_of(radar(**fast), slow)
    track = put_track(sky, EASTWARD, SURE)
    track["sensors"], track["period_s"] = 0b11, 10.0
    return sky, track


def both_look(sky, first_s, last_s):
    events = []
    for t in range(first_s, last_s):
        events.append(sky.look(float(t), NOTHING, 0))
        if t % 10 == 0:
            events.append(sky.look(float(t), NOTHING, 1))
    return np.concatenate(events)


def test_a_track_in_the_fast_radars_view_does_not_linger_because_a_slow_one_saw_it_too():
    sky, _ = fast_and_slow()
    assert ended(both_look(sky, 1, 30)) == [(4.0, DropReason.LOST)]


def test_a_track_only_in_the_slow_radars_view_waits_for_it():
    sky, track = fast_and_slow(maximum_range_m=3000.0)
    assert both_look(sky, 1, 20).size == 0
    assert track["status"] == TrackStatus.CONFIRMED
    assert track["missed"] == pytest.approx(np.log(10.0))
    assert [EventKind(event["kind"]) for event in both_look(sky, 20, 30)] == [EventKind.TRACK_COASTING]


def test_a_sensor_that_has_never_seen_a_body_says_nothing_by_not_seeing_it():
    """A transponder receiver hears nothing of a drone without a transponder."""
    sky = sky_of(radar(), radar())
    track = put_track(sky, EASTWARD, SURE)
    look_in_vain(sky, range(1, 25), sensor=1)
    assert track["missed"] == 0.0
    assert track["status"] == TrackStatus.COASTING


def test_a_sensor_that_fell_silent_is_not_looking():
    """Its tracks live on while another sensor's reports come in, and are taken up again when it comes back."""
    sky = sky_of(radar(), radar(position_m=(0.0, -50.0, 0.0)))
    track = put_track(sky, at(0.0), SURE)
    look_in_vain(sky, np.arange(0.5, 5.0, 1.0), sensor=1)
    assert track["missed"] == 0.0
    events = sky.look(5.0, seen(at(5.0), sky.sensors[0], time_s=5.0))
    assert [EventKind(event["kind"]) for event in events] == [EventKind.TRACK_REACQUIRED]


def test_a_turn_told_in_sectors_is_one_look():
    sky = sky_of(radar())
    track = put_track(sky, EASTWARD, SURE)
    look_in_vain(sky, np.arange(1, 32) / 16.0)
    assert track["missed"] == pytest.approx(np.log(10.0))
    look_in_vain(sky, [2.0])
    assert track["missed"] == pytest.approx(2.0 * np.log(10.0))


def test_a_late_batch_is_no_look_more():
    sky = sky_of(radar())
    track = put_track(sky, EASTWARD, SURE)
    look_in_vain(sky, [1.0, 2.0, 1.0, 1.5, 2.0])
    assert track["missed"] == pytest.approx(2.0 * np.log(10.0))


def test_a_tentative_track_goes_after_two_looks_in_view_or_not():
    for columns in ({}, {"maximum_range_m": 3000.0}):
        sky = sky_of(radar(**columns))
        put_track(sky, EASTWARD, SURE, status=TrackStatus.TENTATIVE)
        sky.look(1.0, NOTHING)
        assert len(sky.live()) == 1
        sky.look(2.0, NOTHING)
        assert len(sky.live()) == 0


def two_radars_in_turn(late_share):
    sky = sky_of(radar(), radar(), radar())
    put_track(sky, EASTWARD, SURE)["sensors"] = 0b011
    sky.sensors["late_share"], sky.sensors["looked_s"][:2] = late_share, (0.0, -0.5)
    return sky


def test_of_a_sensor_that_is_late_at_times_the_first_look_after_another_saw_the_body_counts():
    sky = two_radars_in_turn(0.1)
    look_in_vain(sky, [0.5], sensor=1)
    assert sky.tracks.rows[0]["missed"] == pytest.approx(-np.log(1.0 - 0.9 * 0.9))
    look_in_vain(sky, [1.0])
    look_in_vain(sky, [1.5], sensor=1)
    assert sky.tracks.rows[0]["missed"] == pytest.approx(-3.0 * np.log(1.0 - 0.9 * 0.9))


def test_it_does_not_where_nothing_is_late_nor_for_half_a_look_a_tentative_track_or_one_it_never_saw():
    for case in ("in time", "half a look", "tentative", "never seen"):
        sky = two_radars_in_turn(0.0 if case == "in time" else 0.1)
        track = sky.tracks.rows[0]
        if case == "half a look":
            sky.sensors["looked_s"][1] = -0.1
        if case == "tentative":
            track["status"] = TrackStatus.TENTATIVE
        look_in_vain(sky, [0.5], sensor=2 if case == "never seen" else 1)
        assert track["missed"] == 0.0, case
