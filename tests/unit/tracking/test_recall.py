"""A body that was lost and is found again goes on under its number; another body does not get it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.linalg import expm
from scipy.stats import multivariate_normal

from sangar.core.events import EventKind
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER, LIVE, LOST_CAPACITY, LOST_COUNT, TABLE_FULL_COUNT
from sangar.tracking.kernels.management import motion_since
from sangar.tracking.kernels.management.motion_since import WANDER_TIME_S, move_axis
from sangar.tracking.kernels.management.recall import _log_normal_pair
from tests.unit.tracking.oracles import make_sensor
from tests.unit.tracking.sky import NOTHING, make_sky, seen

AIRLINER = np.array([-9000.0, 6000.0, 3000.0, 200.0, 30.0, 0.0])
PARKED = np.array([1500.0, 900.0, 30.0, 0.0, 0.0, 0.0])
RADAR = make_sensor(period_s=1.0, clutter_density=1e-9)


def at(state, time_s):
    moved = np.array(state)
    moved[:3] += moved[3:] * time_s
    return moved


def watch(sky, states, first_s, last_s, random):
    """One look a second at these bodies, from the first to before the last second; what was said."""
    said = []
    for time_s in np.arange(first_s, last_s, 1.0):
        moved = [at(state, time_s) for state in states]
        plots = seen(moved, sky.sensors[0], random, time_s=time_s) if states else NOTHING
        said.extend(sky.look(time_s, plots))
    return said


def kinds(said, kind):
    return [event for event in said if event["kind"] == kind]


def lose_and_find(body, found, gap_s, **settings):
    """A body watched for 20 s, lost for some time, and what is seen after that watched for 15 s."""
    sky, random = make_sky(RADAR, **settings), np.random.default_rng(5)
    watch(sky, [body], 0.0, 20.0, random)
    number = int(sky.live()["id"][0])
    watch(sky, [], 20.0, 20.0 + gap_s, random)
    assert len(sky.live()) == 0
    said = watch(sky, [found], 20.0 + gap_s, 35.0 + gap_s, random)
    return sky, number, said


@pytest.mark.parametrize(("body", "gap_s"), [(AIRLINER, 60.0), (AIRLINER, 20.0), (PARKED, 20.0), (PARKED, 200.0)])
def test_a_body_found_again_keeps_its_number_row_and_birth(body, gap_s):
    sky, number, said = lose_and_find(body, body, gap_s)
    (again,) = kinds(said, EventKind.TRACK_REACQUIRED)
    assert not kinds(said, EventKind.TRACK_CONFIRMED)
    assert again["track"] == number
    assert again["old"] > number
    (track,) = sky.live()
    assert (track["id"], track["place"], track["status"]) == (number, 0, TrackStatus.CONFIRMED)
    assert track["birth_s"] == 0.0
    assert track["confirmed_s"] < 20.0
    assert track["found_s"] > 20.0 + gap_s
    assert sky.tracks.counters[[LIVE, LOST_COUNT]].tolist() == [1, 0]
    assert_allclose(track["mean"][:2], at(body, 34.0 + gap_s)[:2], atol=60.0)


@pytest.mark.parametrize(
    "other",
    [
        np.array([9000.0, -12000.0, 3000.0, -200.0, 0.0, 0.0]),  # out of reach
        np.array([-9000.0, 6000.0, 8000.0, 200.0, 30.0, 0.0]),  # above
        PARKED + np.array([600.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
    ],
)
def test_another_body_gets_a_number_of_its_own(other):
    lost = PARKED if other[3] == 0.0 else AIRLINER
    sky, number, said = lose_and_find(lost, other, 40.0)
    assert [int(event["track"]) for event in kinds(said, EventKind.TRACK_CONFIRMED)] != [number]
    assert not kinds(said, EventKind.TRACK_REACQUIRED)
    assert int(sky.live()["id"][0]) > number
    assert sky.tracks.counters[LOST_COUNT] == 1


def test_a_memory_of_no_time_remembers_nobody():
    _, _, said = lose_and_find(PARKED, PARKED, 30.0, memory_s=0.0)
    assert not kinds(said, EventKind.TRACK_REACQUIRED)


def test_what_is_forgotten_is_new():
    sky, number, said = lose_and_find(PARKED, PARKED, 120.0, memory_s=100.0)
    assert not kinds(said, EventKind.TRACK_REACQUIRED)
    assert int(sky.live()["id"][0]) > number
    assert sky.tracks.counters[LOST_COUNT] == 0


@pytest.mark.parametrize(("aside_m", "found"), [(120.0, 1), (500.0, 0)])
def test_a_body_whose_sensor_sees_it_elsewhere_all_at_once_keeps_its_number(aside_m, found):
    sky, random = make_sky(RADAR), np.random.default_rng(5)
    watch(sky, [AIRLINER], 0.0, 20.0, random)
    shifted = AIRLINER + np.array([0.0, aside_m, 0.0, 0.0, 0.0, 0.0])
    again = kinds(watch(sky, [shifted], 20.0, 30.0, random), EventKind.TRACK_REACQUIRED)
    assert sum(event["old"] > 0 for event in again) == found


def test_a_body_among_neighbours_is_believed_less():
    """The same return, 60 m off: believed alone, not where ten others stand as close."""
    outcomes = []
    for neighbours in (0, 30):
        sky, random = make_sky(RADAR), np.random.default_rng(5)
        ring = np.linspace(0.0, 2.0 * np.pi, neighbours, endpoint=False)
        others = [PARKED + np.array([900.0 * np.cos(a), 900.0 * np.sin(a), 0.0, 0.0, 0.0, 0.0]) for a in ring]
        watch(sky, [PARKED, *others], 0.0, 20.0, random)
        watch(sky, others, 20.0, 80.0, random)
        moved = PARKED + np.array([110.0, 0.0, 0.0, 0.0, 0.0, 0.0])
        outcomes.append(len(kinds(watch(sky, [moved, *others], 80.0, 95.0, random), EventKind.TRACK_REACQUIRED)))
    assert outcomes == [1, 0]


def test_the_memory_is_bounded_and_gives_its_rows_back():
    sky, random = make_sky(RADAR, capacity=LOST_CAPACITY + 20), np.random.default_rng(3)
    ring = np.linspace(0.0, 2.0 * np.pi, LOST_CAPACITY + 6, endpoint=False)
    far = [np.array([8000.0 * np.cos(a), 8000.0 * np.sin(a), 500.0, 0.0, 0.0, 0.0]) for a in ring]
    watch(sky, far, 0.0, 12.0, random)
    confirmed = int((sky.live()["status"] >= TrackStatus.CONFIRMED).sum())
    assert confirmed > LOST_CAPACITY
    watch(sky, [], 12.0, 60.0, random)
    assert sky.tracks.counters[[LIVE, LOST_COUNT]].tolist() == [0, LOST_CAPACITY]
    others = [np.array([3000.0 * np.cos(a), 3000.0 * np.sin(a), 500.0, 0.0, 0.0, 0.0]) for a in ring]
    watch(sky, others, 60.0, 75.0, random)
    assert sky.tracks.counters[TABLE_FULL_COUNT] == 0
    numbers = sky.live()["id"].tolist()
    assert len(set(numbers)) == len(numbers) >= LOST_CAPACITY
    rows = sky.tracks.rows[: sky.tracks.counters[HIGH_WATER]]
    assert (rows["place"] == np.arange(len(rows))).all()


@pytest.mark.parametrize("dt_s", [2.0, 30.0, 300.0])
def test_a_wandering_body_moves_as_its_stochastic_equation_says(dt_s):
    """Van Loan (1978): transition and noise of dp = v dt, dv = -v/τ dt + s sqrt(2/τ) dW from one exponential."""
    sigma_mps, block = 40.0, np.array([[90.0, 12.0], [12.0, 25.0]])
    drift = np.array([[0.0, 1.0], [0.0, -1.0 / WANDER_TIME_S]])
    power = np.diag([0.0, 2.0 * sigma_mps**2 / WANDER_TIME_S])
    whole = expm(np.block([[-drift, power], [np.zeros((2, 2)), drift.T]]) * dt_s)
    transition = whole[2:, 2:].T
    noise = transition @ whole[:2, 2:]
    expected = transition @ block @ transition.T + noise
    place, speed, *moved = move_axis(100.0, -30.0, (90.0, 12.0, 25.0), dt_s, motion_since.WANDERED, 1.0, sigma_mps)
    assert_allclose([place, speed], transition @ [100.0, -30.0], rtol=1e-9)
    assert_allclose(moved, [expected[0, 0], expected[0, 1], expected[1, 1]], rtol=1e-6)


def test_the_density_of_a_difference_is_the_normal_one():
    block = np.array([[50.0, -8.0], [-8.0, 9.0]])
    expected = multivariate_normal([0.0, 0.0], block).logpdf([6.0, -2.0])
    assert_allclose(_log_normal_pair(6.0, -2.0, 50.0, -8.0, 9.0), expected, rtol=1e-12)
