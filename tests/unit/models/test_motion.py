"""Near-constant-velocity and coordinated-turn prediction against the matrices of the textbook."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.linalg import expm

from sangar.models.kernels.motion import predict_constant_velocity, predict_coordinated_turn
from tests.unit.models.matrices import is_positive_definite, pack, random_covariance, unpack

SIGMAS = [40.0, 60.0, 80.0, 5.0, 8.0, 3.0]


def van_loan(dt_s, noise, vertical_noise):
    """F and Q of white acceleration noise by Van Loan's matrix exponential, not from the formula under test."""
    drift = np.zeros((6, 6))
    drift[:3, 3:] = np.eye(3)
    diffusion = np.diag([0, 0, 0, noise, noise, vertical_noise])
    block = expm(np.block([[-drift, diffusion], [np.zeros((6, 6)), drift.T]]) * dt_s)
    transition = block[6:, 6:].T
    return transition, transition @ block[:6, 6:]


@pytest.mark.parametrize("dt_s", [0.0, 1e-3, 0.7, 4.0, 12.0])
@pytest.mark.parametrize("seed", range(5))
def test_the_prediction_is_f_p_f_transposed_plus_q(dt_s, seed):
    rng = np.random.default_rng(seed)
    state, full = rng.normal(0.0, 100.0, 6), random_covariance(rng, SIGMAS)
    transition, noise = van_loan(dt_s, 3.0, 0.4)
    moved, packed = state.copy(), pack(full)
    predict_constant_velocity(moved, packed, dt_s, 3.0, 0.4)
    assert_allclose(moved, transition @ state, rtol=1e-12)
    assert_allclose(unpack(packed, 6), transition @ full @ transition.T + noise, rtol=1e-10, atol=1e-9)


def test_two_half_steps_equal_one_whole_step():
    rng = np.random.default_rng(3)
    state, packed = rng.normal(0.0, 100.0, 6), pack(random_covariance(rng, SIGMAS))
    halved, halved_packed = state.copy(), packed.copy()
    predict_constant_velocity(state, packed, 3.0, 2.0, 0.2)
    for _ in range(2):
        predict_constant_velocity(halved, halved_packed, 1.5, 2.0, 0.2)
    assert_allclose(halved, state, rtol=1e-13)
    assert_allclose(halved_packed, packed, rtol=1e-11, atol=1e-9)


def test_the_covariance_stays_positive_definite_over_a_thousand_uneven_steps():
    rng = np.random.default_rng(4)
    state, packed = np.zeros(6), pack(random_covariance(rng, SIGMAS))
    for dt_s in rng.exponential(0.5, 1000):
        predict_constant_velocity(state, packed, dt_s, 0.1, 0.01)
    assert is_positive_definite(unpack(packed, 6))


@pytest.mark.parametrize("turn_radps", [0.3, -0.05, 1.2, 1e-3, 1e-7, 0.0])
@pytest.mark.parametrize("dt_s", [0.05, 1.0, 4.0])
def test_a_turn_goes_round_its_circle(turn_radps, dt_s):
    """The transition by a matrix exponential of v_e' = w v_n, v_n' = -w v_e: clockwise; noise as if flown straight."""
    rng = np.random.default_rng(6)
    state, full = rng.normal(0.0, 100.0, 6), random_covariance(rng, SIGMAS)
    drift = np.zeros((6, 6))
    drift[:3, 3:] = np.eye(3)
    drift[3, 4], drift[4, 3] = turn_radps, -turn_radps
    transition = expm(drift * dt_s)
    moved, packed = state.copy(), pack(full)
    predict_coordinated_turn(moved, packed, turn_radps, dt_s, 3.0, 0.4)
    assert_allclose(moved, transition @ state, rtol=1e-6, atol=1e-3)
    wanted = transition @ full @ transition.T + van_loan(dt_s, 3.0, 0.4)[1]
    scale = np.sqrt(np.diag(wanted))
    assert_allclose((unpack(packed, 6) - wanted) / np.outer(scale, scale), 0.0, atol=1e-6)


def test_a_heading_of_north_turns_to_east():
    state = np.array([0.0, 0.0, 0.0, 0.0, 50.0, 0.0])
    predict_coordinated_turn(state, np.zeros(21), np.pi / 8.0, 4.0, 0.0, 0.0)
    assert_allclose(state[3:5], [50.0, 0.0], atol=1e-9)
    assert_allclose(state[:2], [400.0 / np.pi, 400.0 / np.pi], rtol=1e-12)
