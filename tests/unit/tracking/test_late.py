"""Late reports at tracks: used once, starting nothing, credited and counted; shuffled reports lose little."""

import numpy as np
import pytest

from sangar.core.events import EventKind
from sangar.core.targets import TrackStatus
from sangar.core.tracks import DUPLICATE_COUNT, LATE_COUNT, LATE_USED_COUNT, LIVE
from tests.unit.tracking.oracles import make_sensor
from tests.unit.tracking.sky import FLOWN, NOTHING, THROWN, make_sky, path, seen

SENSOR = make_sensor()


def at(time_s, body=FLOWN, random=None):
    return seen(path(body, time_s), SENSOR, random, time_s=time_s)


def counted(sky):
    return {name: int(sky.tracks.counters[place]) for name, place in COUNTERS.items()}


COUNTERS = {"used": LATE_USED_COUNT, "unused": LATE_COUNT, "live": LIVE, "repeated": DUPLICATE_COUNT}


def watched(missing=(), until=10, body=FLOWN):
    """A sky in which a body was seen every second, but for some."""
    sky, random = make_sky(SENSOR), np.random.default_rng(8)
    sky.tracks.late_until_s[:] = np.inf  # as after late reports
    for t in range(until):
        look = at(float(t), body, random)
        sky.look(float(t), NOTHING if t in missing else look)
    return sky


@pytest.mark.parametrize("body", [FLOWN, THROWN], ids=["flown", "thrown"])
@pytest.mark.parametrize("late_s", [5, 6, 7, 8])
def test_a_late_report_corrects_its_track_and_starts_none(body, late_s):
    sky = watched([late_s], body=body)
    before = sky.live()[0].copy()
    sky.look(float(late_s), at(float(late_s), body))
    after = sky.live()[0]
    assert counted(sky) == {"used": 1, "unused": 0, "live": 1, "repeated": 0}
    assert (after["time_s"], after["hits"], after["status"]) == (9.0, before["hits"] + 1, TrackStatus.CONFIRMED)
    assert (after["state_covariance"][0][[0, 2, 5]] < before["state_covariance"][0][[0, 2, 5]]).all()
    assert np.linalg.norm(after["mean"][:3] - path(body, 9.0)[:3]) < 60.0


def test_what_a_late_report_earns_is_what_it_would_have_earned_in_time():
    """The look that seemed to miss the body did not."""
    in_time, late = watched(), watched([7])
    for sky in (in_time, late):
        sky.tracks.rows[0]["score"] -= 100.0  # far from where the score is capped
    late.look(7.0, at(7.0))
    missed = watched([7])
    gained = late.live()[0]["score"] + 100.0 - missed.live()[0]["score"]
    assert gained > -np.log(1.0 - SENSOR["detection_probability"])


def test_the_same_look_updates_a_track_once():
    sky = watched()
    before = sky.live()[0].tobytes()
    other = at(6.0, random=np.random.default_rng(9))
    sky.look(6.0, other)
    assert sky.live()[0].tobytes() == before
    assert counted(sky) == {"used": 0, "unused": 1, "live": 1, "repeated": 0}


def test_a_late_report_delivered_twice_is_used_once():
    sky = watched([7])
    for _ in range(2):
        sky.look(7.0, at(7.0))
    assert counted(sky) == {"used": 1, "unused": 0, "live": 1, "repeated": 1}


def test_what_is_late_and_no_tracks_is_counted_and_starts_nothing():
    sky = watched()
    sky.look(6.0, at(6.0, THROWN))
    assert counted(sky) == {"used": 0, "unused": 1, "live": 1, "repeated": 0}


def test_a_report_older_than_the_limit_touches_nothing():
    sky = watched([3])
    before = sky.live()[0].tobytes()
    sky.look(3.0, at(3.0))
    assert sky.live()[0].tobytes() == before
    assert counted(sky) == {"used": 0, "unused": 1, "live": 1, "repeated": 0}


def test_a_report_from_before_the_birth_of_a_track_is_its_own():
    sky = make_sky(SENSOR)
    sky.look(0.0, NOTHING)
    for t in (1, 2):
        sky.look(float(t), at(float(t)))
    sky.look(0.0, at(0.0))
    assert counted(sky)["live"] == 1
    (track,) = sky.live()
    assert (track["hits"], track["birth_s"], track["status"]) == (3, 0.0, TrackStatus.CONFIRMED)


def test_a_track_not_seen_at_present_goes_on_coasting_after_a_report_of_its_past():
    sky = watched([7])
    for t in (10, 11):
        sky.look(float(t), NOTHING)
    assert sky.live()[0]["status"] == TrackStatus.COASTING
    missed = sky.live()[0]["missed"]
    events = sky.look(7.0, at(7.0))
    assert events.size == 0
    assert (sky.live()[0]["status"], sky.live()[0]["missed"]) == (TrackStatus.COASTING, missed)


def test_a_report_newer_than_a_coasting_track_finds_it_again_less_the_looks_missed_since():
    sky = watched()
    for t in (10, 11, 12):
        sky.look(float(t), NOTHING)
    events = sky.look(10.0, at(10.0))
    assert events["kind"].tolist() == [EventKind.TRACK_REACQUIRED]
    (track,) = sky.live()
    assert track["time_s"] == 10.0
    assert track["missed"] == pytest.approx(-2.0 * np.log(1.0 - SENSOR["detection_probability"]), rel=0.01)


def test_a_sensor_whose_reports_all_come_late_starts_tracks_and_keeps_them():
    """Late to another sensor's, in order among its own."""
    sky = make_sky(SENSOR)
    sky = sky._replace(sensors=np.array([SENSOR, SENSOR], SENSOR.dtype))
    for t in range(20):
        sky.look(float(t), at(float(t)), 0)
        if t >= 2:
            sky.look(t - 1.5, at(t - 1.5), 1)
    (track,) = sky.live()
    assert track["hits"] == 38
    assert sky.tracks.counters[LATE_COUNT] == 0


def test_a_body_that_only_the_slow_link_sees_is_confirmed_beside_a_fast_sensor():
    """Two and a half seconds late, one look a second; the other radar looks elsewhere."""
    sky = make_sky(SENSOR)
    elsewhere = make_sensor(maximum_range_m=2000.0)
    sky = sky._replace(sensors=np.array([elsewhere, SENSOR], SENSOR.dtype))
    for t in range(20):
        sky.look(float(t), NOTHING, 0)
        if t >= 3:
            sky.look(t - 2.5, at(t - 2.5), 1)
    (track,) = sky.live()
    assert (track["status"], track["hits"]) == (TrackStatus.CONFIRMED, 17)


@pytest.mark.parametrize("seed", range(3))
def test_shuffled_reports_of_several_bodies_end_near_where_ordered_ones_do(seed):
    random = np.random.default_rng(seed)
    bodies = [
        FLOWN * [sign, 1.0, 1.0, 1.0, sign, 1.0] + [0, 900.0 * k, 0, 0, 0, 0] for k in range(4) for sign in (1, -1)
    ]
    reports = [(t, seen(path(body, float(t)), SENSOR, random, time_s=float(t))) for t in range(30) for body in bodies]
    arrival_s = [t + (random.uniform(2.0, 4.9) if t < 24 and random.random() < 0.15 else 0.0) for t, _ in reports]
    ordered, shuffled = make_sky(SENSOR), make_sky(SENSOR)
    for t in range(30):
        ordered.look(float(t), np.concatenate([report for at_s, report in reports if at_s == t]))
        due = [k for k in range(len(reports)) if t <= arrival_s[k] < t + 1]
        timely = [reports[k][1] for k in due if reports[k][0] == t]
        shuffled.look(float(t), np.concatenate(timely))
        for k in sorted(set(due), key=lambda k: arrival_s[k]):
            if reports[k][0] < t:
                shuffled.look(float(reports[k][0]), reports[k][1])
    late = sum(arrival_s[k] > reports[k][0] for k in range(len(reports)))
    assert counted(shuffled)["live"] == counted(ordered)["live"] == len(bodies)
    assert counted(shuffled)["used"] >= 0.9 * late
    ends_m = np.array([path(body, 29.0)[:3] for body in bodies])
    for sky in (ordered, shuffled):
        gaps_m = np.linalg.norm(sky.live()["mean"][:, None, :3] - ends_m, axis=2).min(axis=0)
        assert (gaps_m < 40.0).all()


def test_trails_are_left_once_something_has_come_late_and_for_two_minutes():
    sky, random = make_sky(SENSOR), np.random.default_rng(8)
    left = []
    for t in range(140):
        sky.look(float(t), at(float(t), FLOWN, random) if t != 7 else NOTHING)
        if t == 9:
            sky.look(7.0, at(7.0))
        left.append(sky.tracks.trails.tobytes())
    assert not any(left[8])
    assert left[10] != left[9]
    assert left[129] != left[128]
    assert left[139] == left[130]
    assert counted(sky)["used"] == 1


def test_a_report_of_the_newest_look_is_no_news_where_no_trail_was_left():
    sky, random = make_sky(SENSOR), np.random.default_rng(8)
    for t in range(10):
        sky.look(float(t), at(float(t), FLOWN, random))
    sky.look(8.7, at(8.7))
    assert counted(sky) == {"used": 0, "unused": 1, "live": 1, "repeated": 0}
