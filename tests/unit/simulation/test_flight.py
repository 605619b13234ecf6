"""Truth: routes, wandering birds and ballistic flights, against independent integration and geometry."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from sangar.simulation.kernels.flight import bodies_at, fly_route, fly_thrown, fly_wandering
from sangar.simulation.launching import fly_ballistic
from sangar.simulation.tables import BODY, FLIGHT, Trajectories

PLACE = (math.radians(33.8), 188.0)


def _fly(waypoints, speed_mps, turn_mps2, step_s=0.25, count=4000):
    position_m, velocity_mps = np.zeros((count, 3)), np.zeros((count, 3))
    used, arrival_s = fly_route(
        np.array(waypoints, dtype=float), speed_mps, turn_mps2, step_s, position_m, velocity_mps, np.zeros((3, 3))
    )
    return position_m[:used], velocity_mps[:used], arrival_s


def test_a_straight_route_is_flown_at_the_stated_speed():
    position_m, velocity_mps, arrival_s = _fly([[0, 0, 100], [3000, 4000, 100]], 50.0, 5.0)
    assert arrival_s == pytest.approx(100.0, abs=1e-6)
    np.testing.assert_allclose(velocity_mps, np.tile([30.0, 40.0, 0.0], (len(velocity_mps), 1)), atol=1e-9)
    np.testing.assert_allclose(position_m[40], [300.0, 400.0, 100.0], atol=1e-9)


bend = st.lists(
    st.tuples(st.floats(-4000, 4000), st.floats(-4000, 4000), st.floats(50, 600)), min_size=2, max_size=6
).filter(lambda points: all(math.dist(one, two) > 600.0 for one, two in itertools.pairwise(points)))


@settings(max_examples=60)
@given(bend, st.floats(15, 60), st.floats(3, 9))
def test_every_route_keeps_its_speed_and_its_turns_and_ends(points, speed_mps, turn_mps2):
    position_m, velocity_mps, arrival_s = _fly(points, speed_mps, turn_mps2, count=12_000)
    np.testing.assert_allclose(np.linalg.norm(velocity_mps, axis=1), speed_mps, rtol=1e-9)
    change = np.linalg.norm(np.diff(velocity_mps, axis=0), axis=1) / 0.25
    assert change.max(initial=0.0) <= turn_mps2 * (1.0 + 1e-6)
    assert math.isfinite(arrival_s)
    shortest_m = math.dist(points[0], points[-1])
    assert arrival_s >= 0.5 * shortest_m / speed_mps
    assert np.isfinite(position_m).all()


def test_a_drone_dives_on_its_last_way_point():
    route = [[0, 8000, 300], [300, 4000, 280], [0, 1500, 250], [100, 0, 5]]
    position_m, _, arrival_s = _fly(route, 45.0, 6.0)
    assert math.isfinite(arrival_s)
    assert np.linalg.norm(position_m[-1] - route[-1]) < 25.0


def test_a_drone_may_turn_straight_back():
    position_m, _, arrival_s = _fly([[0, 0, 100], [2000, 0, 100], [0, 0, 100]], 40.0, 6.0)
    assert math.isfinite(arrival_s)
    assert abs(position_m[-1, 0]) < 20.0


def test_a_route_too_long_for_the_run_does_not_arrive():
    _, _, arrival_s = _fly([[0, 0, 100], [9e5, 0, 100]], 40.0, 6.0, count=100)
    assert arrival_s == math.inf


def _density_ratio(altitude_m):
    return (1.0 - 2.25577e-5 * max(altitude_m, -1000.0)) ** 4.25588  # ISO 2533 below 11 km


def _independent_fall(start, drag_1pm, until_s):
    """The same equation written with vectors and integrated by scipy's DOP853."""
    latitude_rad, altitude_m = PLACE
    turn = 7.292115e-5 * np.array([0.0, math.cos(latitude_rad), math.sin(latitude_rad)])

    def slope(_, state):
        velocity, height_m = state[3:], altitude_m + state[2]
        gravity = 9.780327 * (1 + 0.0053024 * math.sin(latitude_rad) ** 2) - 3.086e-6 * height_m
        pull = -drag_1pm * _density_ratio(height_m) * np.linalg.norm(velocity) * velocity
        return np.concatenate([velocity, pull - np.array([0, 0, gravity]) - 2.0 * np.cross(turn, velocity)])

    return solve_ivp(slope, (0.0, until_s), start, method="DOP853", rtol=1e-11, atol=1e-9, dense_output=True)


def _time_of_fall(fall):
    return brentq(lambda time_s: fall.sol(time_s)[2], 5.0, fall.t[-1])


@pytest.mark.parametrize("drag_1pm", [0.0, 7e-5, 3e-4])
def test_a_thrown_body_falls_as_an_independent_integration_says(drag_1pm):
    start = np.array([0.0, 0.0, 0.0, 180.0, -60.0, 200.0])
    position_m, velocity_mps = np.zeros((6000, 3)), np.zeros((6000, 3))
    used, impact_s = fly_thrown(start, drag_1pm, 0.0, *PLACE, 0.05, position_m, velocity_mps, np.zeros((6, 6)))
    assert impact_s == pytest.approx(_time_of_fall(_independent_fall(start, drag_1pm, 60.0)), abs=1e-4)
    middle = used // 2
    half = _independent_fall(start, drag_1pm, middle * 0.05).y[:, -1]
    np.testing.assert_allclose(position_m[middle], half[:3], atol=1e-3)
    np.testing.assert_allclose(velocity_mps[middle], half[3:], atol=1e-4)


def test_without_drag_or_turning_the_vacuum_range_is_nearly_met():
    start = np.array([0.0, 0.0, 0.0, 0.0, 100.0, 100.0])
    position_m, velocity_mps = np.zeros((2000, 3)), np.zeros((2000, 3))
    used, _ = fly_thrown(start, 0.0, 0.0, math.radians(45.0), 0.0, 0.05, position_m, velocity_mps, np.zeros((6, 6)))
    assert position_m[used - 1, 1] == pytest.approx(2.0 * 100.0 * 100.0 / 9.806, rel=0.005)


@pytest.mark.parametrize("elevation_deg", [30.0, 45.0, 65.0])
@pytest.mark.parametrize("drag_1pm", [0.0, 1e-4])
def test_a_shot_falls_where_the_scenario_says(elevation_deg, drag_1pm):
    launch_m, aim_m = np.array([-5200.0, 3100.0, 12.0]), np.array([400.0, -300.0, -4.0])
    shot = fly_ballistic(launch_m, aim_m, math.radians(elevation_deg), drag_1pm, PLACE, 0.05)
    assert shot is not None
    assert math.dist(shot.impact_m, aim_m) < 1.0
    start = np.concatenate([shot.position_m[0], shot.velocity_mps[0]])
    climb_rad = math.atan2(start[5], math.hypot(start[3], start[4]))
    assert climb_rad == pytest.approx(math.radians(elevation_deg), abs=1e-9)


def test_an_aim_out_of_reach_is_no_shot():
    too_far_m = np.array([60_000.0, 0.0, 0.0])
    assert fly_ballistic(np.zeros(3), too_far_m, math.radians(45.0), 3e-3, PLACE, 0.05) is None


@pytest.mark.parametrize("bird", range(4))
def test_birds_stay_about_their_place(bird):
    position_m, velocity_mps = np.zeros((2400, 3)), np.zeros((2400, 3))
    centre_m = np.array([500.0, -200.0, 80.0])
    fly_wandering(centre_m, 400.0, 12.0, 3.0, 0.25, 99, bird, position_m, velocity_mps, np.zeros((3, 3)))
    away_m = np.linalg.norm(position_m[:, :2] - centre_m[:2], axis=1)
    assert np.quantile(away_m, 0.95) < 600.0
    assert away_m[400:].max() < 800.0
    assert position_m[:, 2].min() > 0.0
    speed_mps = np.linalg.norm(velocity_mps, axis=1)
    np.testing.assert_allclose(speed_mps, speed_mps[0], rtol=1e-9)
    assert 6.0 <= speed_mps[0] <= 18.0


def _one_flight(position_m, velocity_mps, start_s, step_s, end_s):
    rows = np.zeros(1, FLIGHT)
    rows[0] = (0, len(position_m), start_s, step_s, end_s)
    return Trajectories(rows, position_m, velocity_mps)


def test_between_samples_a_cubic_is_met_exactly():
    times = np.arange(0.0, 5.01, 0.5)
    track = np.stack([times**3 - times, 2.0 * times**2, 7.0 - times], axis=1)
    slope = np.stack([3.0 * times**2 - 1.0, 4.0 * times, -np.ones_like(times)], axis=1)
    bodies = np.zeros(1, BODY)
    bodies_at(_one_flight(track, slope, 10.0, 0.5, 15.0), 12.3, bodies)
    assert bodies["is_present"][0] == 1
    np.testing.assert_allclose(bodies["position_m"][0], [2.3**3 - 2.3, 2.0 * 2.3**2, 4.7], rtol=1e-12)


@pytest.mark.parametrize(("time_s", "is_present"), [(9.99, 0), (10.0, 1), (15.0, 1), (15.01, 0)])
def test_a_body_is_in_the_air_from_its_start_to_its_end(time_s, is_present):
    bodies = np.zeros(1, BODY)
    bodies_at(_one_flight(np.zeros((11, 3)), np.zeros((11, 3)), 10.0, 0.5, 15.0), time_s, bodies)
    assert bodies["is_present"][0] == is_present
