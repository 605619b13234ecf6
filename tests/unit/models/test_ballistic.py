"""Ballistic flight against an adaptive integrator, published tables and finite differences."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp

from sangar.models.kernels.ballistic import acceleration, advance, density_ratio, gravity_mps2, propagate, transition
from tests.unit.models.matrices import pack, random_covariance, unpack
from tests.unit.tracking.oracles import ballistic_slope

LATITUDE_RAD = math.radians(33.8)
SITE_ALTITUDE_M = 180.0
STATE = np.array([-2000.0, 500.0, 10.0, 160.0, -40.0, 190.0])
DRAG_1PM = 7e-5

ISA_DENSITY_KGPM3 = {
    0.0: 1.22500,
    1000.0: 1.11164,
    5000.0: 0.736116,
    11000.0: 0.363918,
    15000.0: 0.193674,
    20000.0: 0.0880349,
}
"""ISO 2533:1975, table 5, by geopotential altitude; taken as geometric, 15 km are 0.6 % too thin."""

GRS80_GRAVITY_MPS2 = {0.0: 9.7803267715, 45.0: 9.806199203, 90.0: 9.8321863685}
"""Moritz (1980), Geodetic Reference System 1980: normal gravity at the equator, at 45 degrees and at the pole."""


slope = ballistic_slope(DRAG_1PM, LATITUDE_RAD, SITE_ALTITUDE_M)


def flown(seconds, step_s):
    state, scratch = STATE.copy(), np.zeros((5, 6))
    for _ in range(round(seconds / step_s)):
        advance(state, DRAG_1PM, 0.0, step_s, LATITUDE_RAD, SITE_ALTITUDE_M, scratch)
    return state


@pytest.mark.parametrize(("altitude_m", "density_kgpm3"), ISA_DENSITY_KGPM3.items())
def test_density_is_that_of_the_standard_atmosphere(altitude_m, density_kgpm3):
    assert_allclose(density_ratio(altitude_m) * 1.2250, density_kgpm3, rtol=1e-4)


def test_density_is_finite_and_falls_everywhere():
    altitudes_m = np.linspace(-1000.0, 30000.0, 200)
    ratios = np.array([density_ratio(altitude) for altitude in altitudes_m])
    assert np.all(np.diff(ratios) < 0)
    assert np.isfinite(density_ratio(-1e6))
    assert 0.0 <= density_ratio(1e6) < 1e-9


@pytest.mark.parametrize(("latitude_deg", "gravity"), GRS80_GRAVITY_MPS2.items())
def test_gravity_is_that_of_the_reference_ellipsoid(latitude_deg, gravity):
    assert_allclose(gravity_mps2(math.radians(latitude_deg), 0.0), gravity, atol=1e-4)


def test_gravity_falls_with_height_as_the_inverse_square():
    fall = gravity_mps2(0.8, 0.0) - gravity_mps2(0.8, 10_000.0)
    assert_allclose(fall, 9.806 * (1 - (6371e3 / 6381e3) ** 2), rtol=0.01)


@pytest.mark.parametrize("velocity", [(0.0, 0.0, 0.0), (300.0, 0.0, 0.0), (0.0, -250.0, 0.0), (10.0, 20.0, -400.0)])
def test_acceleration_is_drag_gravity_and_the_turning_earth(velocity):
    state, result = np.array([100.0, 200.0, 3000.0, *velocity]), np.empty(3)
    acceleration(state, DRAG_1PM, 0.0, LATITUDE_RAD, SITE_ALTITUDE_M, result)
    assert_allclose(result, slope(0.0, state)[3:], rtol=2e-5, atol=1e-4)


def test_a_flight_agrees_with_an_adaptive_integrator():
    exact = solve_ivp(slope, (0.0, 30.0), STATE, method="DOP853", rtol=1e-12, atol=1e-9).y[:, -1]
    assert_allclose(flown(30.0, 0.25)[:3], exact[:3], atol=0.1)
    assert_allclose(flown(30.0, 0.25)[3:], exact[3:], atol=0.01)


def test_the_integrator_is_of_fourth_order():
    finest = flown(16.0, 1.0 / 64)
    errors = [np.linalg.norm(flown(16.0, step_s)[:3] - finest[:3]) for step_s in (2.0, 1.0, 0.5)]
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert_allclose(orders, 4.0, atol=0.35)


def test_what_spins_is_drawn_to_the_right_of_its_path_and_level():
    """The yaw of repose lies along v × g (McCoy, section 9.2): D g / v² times the horizontal speed, far from slow."""
    state, straight, drifting = np.array([0.0, 0.0, 2000.0, 0.0, 600.0, 300.0]), np.empty(3), np.empty(3)
    acceleration(state, DRAG_1PM, 0.0, LATITUDE_RAD, SITE_ALTITUDE_M, straight)
    acceleration(state, DRAG_1PM, 5.0, LATITUDE_RAD, SITE_ALTITUDE_M, drifting)
    assert_allclose(
        drifting - straight, [5.0 * 9.80665 * 600.0 / (600.0**2 + 300.0**2), 0.0, 0.0], rtol=0.01, atol=1e-12
    )


def test_a_slow_body_hardly_drifts():
    straight, drifting = np.empty(3), np.empty(3)
    state = np.array([0.0, 0.0, 100.0, 5.0, 0.0, 0.0])
    acceleration(state, DRAG_1PM, 0.0, LATITUDE_RAD, SITE_ALTITUDE_M, straight)
    acceleration(state, DRAG_1PM, 5.0, LATITUDE_RAD, SITE_ALTITUDE_M, drifting)
    assert np.linalg.norm(drifting - straight) < 0.1


def moved(state, log_drag, dt_s, drift_mps=0.0):
    result = state.copy()
    advance(result, math.exp(log_drag), drift_mps, dt_s, LATITUDE_RAD, SITE_ALTITUDE_M, np.zeros((5, 6)))
    return np.array([*result, log_drag, drift_mps])


def drag_jacobian(state, log_drag):
    """A of the books: slopes of position, velocity, ln k and D (at D = 0), air of one density, no gravity."""
    velocity = state[3:]
    speed = np.linalg.norm(velocity)
    rate = math.exp(log_drag) * density_ratio(SITE_ALTITUDE_M + state[2])
    matrix = np.zeros((8, 8))
    matrix[:3, 3:6] = np.eye(3)
    matrix[3:6, 3:6] = -rate * (np.outer(velocity, velocity) / speed + speed * np.eye(3))
    matrix[3:6, 6] = -rate * speed * velocity
    matrix[3:5, 7] = 9.80665 / (speed**2 + 60.0**2) * np.array([velocity[1], -velocity[0]])
    return matrix


VELOCITIES = [(160.0, -40.0, 190.0), (-90.0, 250.0, -300.0), (12.0, 0.0, 5.0)]


@pytest.mark.parametrize("dt_s", [0.05, 0.25, 0.5])
@pytest.mark.parametrize("velocity", VELOCITIES)
def test_the_transition_matrix_is_the_exponential_of_the_drag_to_second_order(dt_s, velocity):
    state, log_drag, matrix = np.array([100.0, -50.0, 1500.0, *velocity]), math.log(2e-4), np.empty((8, 8))
    transition(state, math.exp(log_drag), dt_s, SITE_ALTITUDE_M, matrix)
    slopes = drag_jacobian(state, log_drag)
    assert_allclose(matrix, np.eye(8) + slopes * dt_s + slopes @ slopes * dt_s**2 / 2, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("dt_s", [0.05, 0.25, 0.5])
@pytest.mark.parametrize("velocity", VELOCITIES)
def test_the_transition_matrix_is_nearly_the_slope_of_the_flight(dt_s, velocity):
    state, log_drag, matrix = np.array([100.0, -50.0, 1500.0, *velocity]), math.log(2e-4), np.empty((8, 8))
    transition(state, math.exp(log_drag), dt_s, SITE_ALTITUDE_M, matrix)
    columns = []
    for axis, step in enumerate([1.0, 1.0, 1.0, 1e-2, 1e-2, 1e-2, 1e-4, 1e-2]):
        shift = np.zeros(8)
        shift[axis] = step
        ahead = moved(state + shift[:6], log_drag + shift[6], dt_s, shift[7])
        behind = moved(state - shift[:6], log_drag - shift[6], dt_s, -shift[7])
        columns.append((ahead - behind) / (2 * step))
    wanted = np.column_stack(columns)
    rate, speed = 2e-4, np.linalg.norm(velocity)
    scale = np.outer(np.ones(8), [1, 1, 1, 1, 1, 1, speed, 1])
    left_out = dt_s * (rate * speed * speed * 1e-4 + rate * 9.8 * dt_s + 1.5e-4)  # thinner air above, gravity, Coriolis
    assert np.max(np.abs(matrix - wanted) / scale) < left_out + (rate * speed * dt_s) ** 3


@pytest.mark.parametrize("step_s", [0.05, 0.25, 0.5])
def test_the_covariance_is_propagated_as_f_p_f_transposed(step_s):
    covariance = random_covariance(np.random.default_rng(3), [30.0, 40.0, 20.0, 6.0, 5.0, 2.0, 0.3, 5.0])
    packed, matrix = pack(covariance), np.empty((8, 8))
    transition(STATE, DRAG_1PM, step_s, SITE_ALTITUDE_M, matrix)
    propagate(packed, matrix, np.empty((8, 8)))
    assert_allclose(unpack(packed, 8), matrix @ covariance @ matrix.T, rtol=1e-12, atol=1e-12)
