"""A track that coasted goes on with the next detection for a while; after that, only with what moves as it did."""

import numpy as np
import pytest

from sangar.core.events import EventKind
from sangar.core.targets import TrackStatus
from sangar.tracking.kernels.management.rows import remember
from tests.unit.tracking.oracles import make_sensor
from tests.unit.tracking.sky import THROWN, make_sky, path, put_track, seen

GULL = np.array([2000.0, 4000.0, 120.0, 12.0, 5.0, 0.0])
SURE = np.diag([10.0, 10.0, 10.0, 2.0, 2.0, 2.0]) ** 2


def radar(**columns):
    return make_sensor(clutter_density=1e-12, **({"period_s": 1.0} | columns))


def at(state, time_s):
    moved = np.array(state)
    moved[:3] += moved[3:] * time_s
    return moved


def unseen(sensor):
    """A sky with one track that coasts, seen last at time 0 and then not looked for."""
    sky = make_sky(sensor, confirmed_misses=1000)
    track = put_track(sky, GULL, SURE)
    track["status"], track["period_s"] = TrackStatus.COASTING, sensor["period_s"]
    remember(sky.tracks, track)
    return sky, track


def said(events):
    return [EventKind(event["kind"]) for event in events]


@pytest.mark.parametrize(("silent_s", "goes_on"), [(2.0, True), (4.9, True), (5.1, False), (15.0, False)])
def test_a_lone_detection_brings_a_track_back_for_five_seconds(silent_s, goes_on):
    sky, track = unseen(radar())
    events = sky.look(silent_s, seen(at(GULL, silent_s), sky.sensors[0], time_s=silent_s))
    assert said(events) == ([EventKind.TRACK_REACQUIRED] if goes_on else [])
    assert track["status"] == (TrackStatus.CONFIRMED if goes_on else TrackStatus.COASTING)
    assert len(sky.live()) == (1 if goes_on else 2)


@pytest.mark.parametrize(("silent_s", "goes_on"), [(15.0, True), (17.0, False)])
def test_a_slow_radar_has_four_looks(silent_s, goes_on):
    sky, _ = unseen(radar(period_s=4.0))
    events = sky.look(silent_s, seen(at(GULL, silent_s), sky.sensors[0], time_s=silent_s))
    assert said(events) == ([EventKind.TRACK_REACQUIRED] if goes_on else [])


def test_somebody_elses_echo_makes_no_fast_body_of_a_lost_one():
    """One echo a kilometre off, once: taken for the gull, it would make it fly at 70 m/s."""
    sky, track = unseen(radar())
    before = track["mean"].copy()
    another = at(GULL, 15.0) + np.array([900.0, -500.0, 0.0, 0.0, 0.0, 0.0])
    sky.look(15.0, seen(another, sky.sensors[0], time_s=15.0))
    assert track["mean"].tolist() == before.tolist()


def test_what_moves_as_it_did_is_it_again():
    sky, track = unseen(radar())
    number = int(track["id"])
    events = [
        event for t in np.arange(15.0, 22.0) for event in sky.look(t, seen(at(GULL, t), sky.sensors[0], time_s=t))
    ]
    (again,) = [event for event in events if event["kind"] == EventKind.TRACK_REACQUIRED]
    assert again["track"] == number
    assert [int(number) for number in sky.live()["id"]] == [number]


def test_what_is_thrown_flies_on_as_foretold():
    sky, random = make_sky(radar()), np.random.default_rng(2)
    for t in np.arange(0.0, 9.0):
        sky.look(t, seen(path(THROWN, t), sky.sensors[0], random, time_s=t))
    (track,) = sky.live()
    assert track["thrown_logit"] > 0.0
    sky.look(15.0, seen(path(THROWN, 15.0), sky.sensors[0], random, time_s=15.0))
    (again,) = sky.live()
    assert (again["id"], again["time_s"]) == (track["id"], 15.0)


def test_a_sensor_that_begins_no_tracks_may_go_on_with_an_old_one():
    sky, track = unseen(radar(starts_tracks=0))
    sky.look(15.0, seen(at(GULL, 15.0), sky.sensors[0], time_s=15.0))
    assert track["status"] == TrackStatus.CONFIRMED
