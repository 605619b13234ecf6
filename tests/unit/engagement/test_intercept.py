"""Where and when a simulated round and a track meet."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from sangar.engagement.kernels.intercept import collision_time, intercept, is_in_sector, thrown_position
from sangar.engagement.settings import EngagementSettings
from tests.unit.engagement.hand_made_world import make_world, put_track

PARAMETERS = EngagementSettings().parameters()
metres = st.floats(-5000.0, 5000.0)
speeds = st.floats(-80.0, 80.0)


@given(st.tuples(metres, metres, st.floats(50.0, 2000.0)), st.tuples(speeds, speeds, st.floats(-20.0, 20.0)))
def test_round_and_track_are_at_the_same_distance_when_they_meet(d_m, velocity_mps):
    mean = np.array([*d_m, *velocity_mps])
    found_s = collision_time(d_m[0], d_m[1], d_m[2], mean, 300.0)

    def gap_m(time_s):
        return np.linalg.norm(mean[:3] + mean[3:] * time_s) - 300.0 * time_s

    assert_allclose(found_s, brentq(gap_m, 0.0, 100.0, xtol=1e-12), rtol=1e-9)


def test_a_round_slower_than_a_receding_track_never_meets_it():
    assert collision_time(1000.0, 0.0, 0.0, np.array([0, 0, 0, 50.0, 0, 0]), 40.0) == np.inf


def test_a_slow_round_still_meets_an_approaching_track():
    assert collision_time(1000.0, 0.0, 0.0, np.array([0, 0, 0, -50.0, 0, 0]), 40.0) == pytest.approx(1000.0 / 90.0)


def test_equal_speeds_have_a_finite_answer():
    assert collision_time(1000.0, 0.0, 0.0, np.array([0, 0, 0, -50.0, 0, 0]), 50.0) == pytest.approx(10.0)


def test_the_ballistic_path_agrees_with_a_fine_integration():
    thrown = np.array([0.0, 0.0, 400.0, 150.0, 40.0, 60.0, np.log(1.5e-4)])

    def slope(_, state):
        density = (1 - 2.25577e-5 * state[2]) ** 4.25588
        drag = -1.5e-4 * density * np.linalg.norm(state[3:]) * state[3:]
        return np.concatenate([state[3:], drag - [0, 0, 9.806]])

    expected_m = solve_ivp(slope, (0.0, 8.0), thrown[:6], rtol=1e-10, atol=1e-8).y[:3, -1]
    assert_allclose(thrown_position(thrown, 8.0), expected_m, atol=0.5)


def test_a_ballistic_intercept_lies_on_the_path_and_at_the_rounds_distance():
    world = make_world(effectors=1)
    put_track(world, 0, [1500.0, 0.0, 600.0, -120.0, 10.0, 20.0])
    is_feasible, hit_s, *point_m = intercept(world.tracks.rows[0], world.effectors[0], True, 2.0, PARAMETERS)
    assert is_feasible
    assert_allclose(point_m, thrown_position(world.tracks.rows[0]["thrown"], hit_s), atol=1e-9)
    assert_allclose(np.linalg.norm(point_m), 500.0 * (hit_s - 2.0), atol=2.0)


@pytest.mark.parametrize(
    ("state", "changes"),
    [
        ([6000.0, 0.0, 300.0, 0.0, 45.0, 0.0], {}),  # too far
        ([60.0, 0.0, 30.0, 0.0, 1.0, 0.0], {}),  # too near
        ([1500.0, 0.0, 300.0, 0.0, 1.0, 0.0], {"sector_from_rad": np.radians(180), "sector_to_rad": np.radians(270)}),
        ([np.nan, 0.0, 300.0, 0.0, 1.0, 0.0], {}),
    ],
)
def test_no_intercept_out_of_range_out_of_sector_or_of_nonsense(state, changes):
    world = make_world(effectors=1)
    put_track(world, 0, state)
    for name, value in changes.items():
        world.effectors[0][name] = value
    assert not intercept(world.tracks.rows[0], world.effectors[0], False, 0.0, PARAMETERS)[0]


def test_no_ballistic_intercept_below_the_ground():
    world = make_world(effectors=1)
    put_track(world, 0, [1500.0, 0.0, 50.0, -100.0, 0.0, -80.0])
    assert not intercept(world.tracks.rows[0], world.effectors[0], True, 2.0, PARAMETERS)[0]


@pytest.mark.parametrize(
    ("azimuth_deg", "from_deg", "to_deg", "expected"),
    [(10, 0, 90, True), (100, 0, 90, False), (5, 350, 10, True), (20, 350, 10, False), (-175, 90, 270, True),
     (123, 0, 0, True), (123, 77, 77, True)],
)  # fmt: skip
def test_sectors_run_clockwise_and_across_north(azimuth_deg, from_deg, to_deg, expected):
    assert is_in_sector(np.radians(azimuth_deg), np.radians(from_deg), np.radians(to_deg)) == expected
