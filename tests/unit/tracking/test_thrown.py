"""The ballistic extended Kalman filter against one in plain NumPy with an adaptive integrator."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp

from sangar.models.kernels.ballistic import acceleration
from sangar.tracking.kernels.filtering.thrown import predict_thrown, start_thrown
from sangar.tracking.settings import TrackingSettings
from tests.unit.tracking.oracles import constant_velocity, covariance_like, full, pack

PARAMETERS = TrackingSettings().parameters(math.radians(33.8), 180.0)
SIGMAS = np.array([60.0, 50.0, 70.0, 9.0, 8.0, 7.0, 0.4, 5.0])
STATE = np.array([-2000.0, 500.0, 800.0, 160.0, -40.0, 190.0, math.log(9e-5), 4.0])


def predicted(state, covariance, dt_s):
    moved, packed = state.copy(), pack(covariance)
    predict_thrown(moved, packed, dt_s, PARAMETERS, np.zeros((8, 8)), np.zeros((8, 8)), np.zeros((5, 6)))
    return moved, full(packed)


def flight(state, dt_s):
    """The state after dt_s by an adaptive integrator of high order."""

    def slope(_, body):
        result = np.empty(3)
        acceleration(body[:6], math.exp(body[6]), body[7], PARAMETERS.latitude_rad, PARAMETERS.altitude_m, result)
        return np.concatenate([body[3:6], result, [0.0, 0.0]])

    return solve_ivp(slope, (0.0, dt_s), state, method="DOP853", rtol=1e-12, atol=1e-10).y[:, -1]


def textbook_covariance(covariance, dt_s):
    """F P F' + Q with F by finite differences of the flight, Q of white acceleration noise."""
    steps = np.array([1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 1e-3, 1e-2])
    columns = [
        (flight(STATE + step * unit, dt_s) - flight(STATE - step * unit, dt_s)) / (2 * step)
        for step, unit in zip(steps, np.eye(8), strict=True)
    ]
    transition, process = np.column_stack(columns), np.zeros((8, 8))
    process[:6, :6] = constant_velocity(dt_s, PARAMETERS.thrown_noise_m2ps3, PARAMETERS.thrown_noise_m2ps3)[1]
    process[6, 6] = PARAMETERS.drag_noise_hz * dt_s
    return transition @ covariance @ transition.T + process


@pytest.mark.parametrize("dt_s", [0.0, 0.2, 0.5, 1.3, 6.0])
def test_the_state_flies_the_trajectory(dt_s):
    moved, _ = predicted(STATE, np.diag(SIGMAS**2), dt_s)
    assert_allclose(moved, flight(STATE, dt_s) if dt_s else STATE, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize(("dt_s", "tolerance"), [(0.2, 2e-3), (0.5, 1e-2), (2.0, 2e-2), (6.0, 5e-2)])
def test_the_covariance_follows_the_slope_of_the_trajectory(dt_s, tolerance):
    covariance = covariance_like(np.random.default_rng(3), SIGMAS)
    _, found = predicted(STATE, covariance, dt_s)
    wanted = textbook_covariance(covariance, dt_s)
    scale = np.sqrt(np.diag(wanted))
    assert_allclose((found - wanted) / np.outer(scale, scale), 0.0, atol=tolerance)


def test_a_new_ballistic_explanation_has_the_priors_of_drag_and_drift_and_no_correlation_with_them():
    mean, whole = np.arange(6.0), pack(covariance_like(np.random.default_rng(1), SIGMAS[:6]))
    state, packed = np.full(8, np.nan), np.full(36, np.nan)
    start_thrown(state, packed, mean, whole, PARAMETERS)
    assert_allclose(state, [*mean, math.log(PARAMETERS.drag_prior_1pm), 0.0])
    assert_allclose(full(packed)[:6, :6], full(whole))
    assert_allclose(full(packed)[6], [0.0] * 6 + [PARAMETERS.drag_prior_sigma**2, 0.0])
    assert_allclose(full(packed)[7], [0.0] * 7 + [PARAMETERS.drift_prior_mps**2])
