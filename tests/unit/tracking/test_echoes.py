"""A body that is larger than a sensor's resolution gives several plots in a look, and has one track."""

import numpy as np
import pytest

from sangar.core.targets import TrackStatus
from sangar.core.tracks import ECHO_COUNT
from sangar.tracking.kernels.management.echoes import NOBODY, is_further_echo
from tests.unit.tracking.oracles import make_sensor
from tests.unit.tracking.sky import PARAMETERS, make_sky, put_track, seen

EXTENT_M = 75.0
BODY = np.array([1000.0, 800.0, 30.0, 8.0, -5.0, 0.0])
ALONG = np.array([0.6, 0.8, 0.0, 0.0, 0.0, 0.0])
WITHIN_M, BEYOND_M = 45.0, 110.0
RADAR, OTHER = 0, 1


def two_radars(extent_m=EXTENT_M):
    """A sky over a radar that sees bodies larger than its resolution, and another that does not."""
    radar = make_sensor(period_s=1.0, clutter_density=1e-7, echo_extent_m=extent_m)
    sky = make_sky(radar)
    return sky._replace(sensors=np.array([radar, make_sensor(period_s=1.0, clutter_density=1e-7)], radar.dtype))


def state(time_s, off_m=0.0):
    moved = BODY + off_m * ALONG
    moved[:3] += time_s * BODY[3:]
    return moved


def watch(sky, seconds, offsets_m, dice, sensor=RADAR):
    """Look once a second at the body and at what is so far from it, all in one batch; those seen by then go on."""
    for second in seconds:
        time_s = float(second) + 0.5 * sensor
        states = [state(time_s, off_m) for off_m in offsets_m]
        sky.look(time_s, seen(states, sky.sensors[sensor], dice, time_s=time_s, first_row=10 * second), sensor)


def confirmed(sky):
    return int((sky.live()["status"] >= TrackStatus.CONFIRMED).sum())


@pytest.mark.parametrize("seed", range(5))
def test_a_second_echo_within_the_extent_begins_no_track(seed):
    sky, dice = two_radars(), np.random.default_rng(seed)
    watch(sky, range(10), [0.0], dice)
    watch(sky, range(10, 40), [0.0, WITHIN_M], dice)
    assert len(sky.live()) == confirmed(sky) == 1
    assert sky.tracks.counters[ECHO_COUNT] == 30


@pytest.mark.parametrize(("extent_m", "off_m"), [(EXTENT_M, BEYOND_M), (0.0, WITHIN_M)])
def test_what_is_farther_away_begins_one_and_so_does_everything_where_no_extent_is_stated(extent_m, off_m):
    sky, dice = two_radars(extent_m), np.random.default_rng(1)
    watch(sky, range(10), [0.0], dice)
    watch(sky, range(10, 40), [0.0, off_m], dice)
    assert confirmed(sky) == 2
    assert sky.tracks.counters[ECHO_COUNT] == 0


@pytest.mark.parametrize("seed", range(5))
def test_two_echoes_from_the_first_look_on_make_one_track(seed):
    sky, dice = two_radars(), np.random.default_rng(seed)
    watch(sky, range(30), [0.0, WITHIN_M], dice)
    assert len(sky.live()) == confirmed(sky) == 1
    without, dice = two_radars(0.0), np.random.default_rng(seed)
    watch(without, range(30), [0.0, WITHIN_M], dice)
    assert confirmed(without) == 2


def test_a_neighbour_that_another_sensor_sees_has_its_own_track():
    sky, dice = two_radars(), np.random.default_rng(2)
    watch(sky, range(10), [0.0], dice)
    for second in range(10, 40):
        watch(sky, [second], [0.0, WITHIN_M], dice)
        watch(sky, [second], [WITHIN_M], dice, OTHER)
    assert confirmed(sky) == 2
    assert sorted(sky.live()["sensors"].tolist()) == [0b01, 0b11]


def test_an_echo_that_comes_in_a_batch_before_its_bodys_begins_no_track():
    sky, dice = two_radars(), np.random.default_rng(3)
    watch(sky, range(10), [0.0], dice)
    for second in range(10, 30):
        for time_s, off_m in ((second - 0.1, WITHIN_M), (float(second), 0.0)):
            sky.look(time_s, seen(state(time_s, off_m), sky.sensors[RADAR], dice, time_s=time_s))
    assert len(sky.live()) == 1


@pytest.mark.parametrize(
    ("off_m", "up_m", "unseen_s", "is_echo"),
    [
        (0.0, 0.0, 0.4, True),
        (74.0, 0.0, 0.4, True),
        (76.0, 0.0, 0.4, False),
        (30.0, 73.0, 0.4, False),  # over it, not beside it
        (30.0, 0.0, 1.4, True),
        (30.0, 0.0, 1.6, False),  # the body was missed: this may be where it is now
    ],
)
def test_an_echo_is_near_a_confirmed_track_that_this_sensor_has_just_seen(off_m, up_m, unseen_s, is_echo):
    sky = two_radars()
    track = put_track(sky, BODY, np.eye(6))
    there = state(unseen_s, off_m)
    there[2] += up_m
    (detection,) = seen(there, sky.sensors[RADAR], time_s=unseen_s)

    def answer(own=NOBODY, sensor=RADAR):
        return is_further_echo(sky.tracks, detection, own, sky.sensors[RADAR], sensor, PARAMETERS, np.zeros(3))

    assert answer() == is_echo
    assert not answer(own=0)
    assert not answer(sensor=OTHER)  # which has never seen it
    track["status"] = TrackStatus.TENTATIVE
    assert not answer()
