"""The interacting-multiple-model filter against Blom and Bar-Shalom's equations in plain NumPy."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.linalg import expm

from sangar.core.tracks import TRACK
from sangar.models.workbench import allocate_workbench
from sangar.tracking.kernels.filtering.correction import accept
from sangar.tracking.kernels.filtering.flown import combine_flown, note_turn, predict_flown
from sangar.tracking.kernels.filtering.hypothesis import suppose
from sangar.tracking.kernels.filtering.prediction import THROWN_IGNORED_LOGIT, predict
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.workspace import HYPOTHESIS
from tests.unit.tracking.oracles import (
    constant_velocity,
    covariance_like,
    full,
    joint_update,
    make_detections,
    make_sensor,
    measure,
    moment_match,
    only,
    pack,
    slopes,
    turn,
    wrapped,
)

PARAMETERS = TrackingSettings().parameters(0.59, 180.0)
SIGMAS = np.array([30.0, 40.0, 20.0, 6.0, 5.0, 2.0])
NOISE = np.array([10.0, 0.002, 0.003, 1.0, 30.0, 20.0, 25.0, 35.0])
SENSOR = make_sensor((500.0, -1500.0, 40.0), turn(0.3))


def models(random):
    states = random.normal([4000.0, 3000.0, 900.0, -60.0, 30.0, 2.0], SIGMAS, (2, 6))
    covariances = np.stack([covariance_like(random, SIGMAS), 4.0 * covariance_like(random, SIGMAS)])
    steady = random.uniform(0.05, 0.95)
    return states, covariances, np.array([steady, 1.0 - steady])


def turned(turn_radps, dt_s):
    """Transition of a clockwise turn, by the matrix exponential."""
    drift = np.zeros((6, 6))
    drift[:3, 3:] = np.eye(3)
    drift[3, 4], drift[4, 3] = turn_radps, -turn_radps
    return expm(drift * dt_s)


def textbook_prediction(states, covariances, mode, dt_s, turn_radps=0.0):
    """Interaction by the transition matrix, moment matching, then a Kalman prediction of each model."""
    stay = np.exp(-dt_s / np.array([PARAMETERS.steady_time_s, PARAMETERS.manoeuvre_time_s]))
    change = np.array([[stay[0], 1 - stay[0]], [1 - stay[1], stay[1]]])
    to_mode = mode @ change
    to_states, to_covariances = np.empty((2, 6)), np.empty((2, 6, 6))
    for m, noise in enumerate([PARAMETERS.steady_noise_m2ps3, PARAMETERS.manoeuvre_noise_m2ps3]):
        weights = change[:, m] * mode / to_mode[m]
        mean, covariance = moment_match(weights, states, covariances)
        _, process = constant_velocity(dt_s, noise, noise * PARAMETERS.vertical_noise_ratio)
        transition = turned(m * turn_radps, dt_s)
        to_states[m], to_covariances[m] = transition @ mean, transition @ covariance @ transition.T + process
    return to_states, to_covariances, to_mode


def kernel_prediction(states, covariances, mode, dt_s, turn_radps=0.0):
    packed = np.stack([pack(covariance) for covariance in covariances])
    to_states, to_packed, to_mode = np.empty((2, 6)), np.empty((2, 21)), np.empty(2)
    predict_flown(states, packed, mode, turn_radps, dt_s, PARAMETERS, to_states, to_packed, to_mode, np.zeros((2, 8)))
    return to_states, np.stack([full(one) for one in to_packed]), to_mode


def assert_same(found, wanted, tolerance=1e-9):
    for one, other in zip(found, wanted, strict=True):
        assert_allclose(one, other, rtol=tolerance, atol=tolerance * np.max(np.abs(other)))


def test_mixing_and_prediction_are_the_textbooks():
    random = np.random.default_rng(1)
    for dt_s in (0.0, 0.05, 1.0, 4.0, 30.0):
        for _ in range(20):
            states, covariances, mode = models(random)
            turn = random.normal(0.0, 0.1)
            wanted = textbook_prediction(states, covariances, mode, dt_s, turn)
            assert_same(kernel_prediction(states, covariances, mode, dt_s, turn), wanted, 1e-8)


def test_a_model_that_cannot_be_so_is_no_trouble():
    states, covariances, _ = models(np.random.default_rng(6))
    for mode in (np.array([1.0, 0.0]), np.array([0.0, 1.0])):
        assert all(np.isfinite(part).all() for part in kernel_prediction(states, covariances, mode, 0.0))
        assert_same(
            kernel_prediction(states, covariances, mode, 1.0), textbook_prediction(states, covariances, mode, 1.0)
        )


def test_the_whole_is_the_moment_matched_mixture():
    states, covariances, mode = models(np.random.default_rng(2))
    mean, whole = np.empty(6), np.empty(21)
    packed = np.stack([pack(covariance) for covariance in covariances])
    combine_flown(states, packed, mode, mean, whole, np.zeros((2, 8)))
    assert_same((mean, full(whole)), moment_match(mode, states, covariances))


def test_thirty_cycles_of_predicting_and_correcting_are_the_textbooks():
    """A body that turns halfway, seen by a radar with Doppler; the ballistic explanation is left out.

    Both models are linearised where they meet, at their mean.
    """
    random = np.random.default_rng(9)
    bench, track, (predicted, trial) = allocate_workbench()[0], np.zeros(1, TRACK)[0], np.zeros(2, HYPOTHESIS)
    states, covariances, mode = models(random)
    track["state"], track["mode"], track["thrown_logit"] = states, mode, THROWN_IGNORED_LOGIT
    track["hits"] = 10
    track["state_covariance"] = [pack(covariance) for covariance in covariances]
    truth, columns = np.array([4000.0, 3000.0, 900.0, -60.0, 30.0, 2.0]), [0, 1, 2, 3]
    for cycle in range(1, 31):
        truth[3:] = [-60.0, 30.0, 2.0] if cycle < 15 else [20.0, 63.0, -1.0]
        truth[:3] += truth[3:]
        turn = float(track["turn_radps"])
        measured = only(measure(truth, SENSOR, PARAMETERS.altitude_m) + NOISE * random.normal(size=8), columns)
        detection = make_detections(measured, NOISE, float(cycle) - 0.1)[0]
        predict(track, float(cycle), PARAMETERS, predicted, bench)
        suppose(predicted, detection, np.inf, SENSOR, PARAMETERS, trial, bench)
        assert accept(track, detection, SENSOR, PARAMETERS, trial, predicted, bench)
        states, covariances, mode = textbook_prediction(states, covariances, mode, 1.0, turn)
        densities, point = np.empty(2), mode @ states
        innovation = wrapped(measured - measure(point, SENSOR, PARAMETERS.altitude_m, -0.1))[columns]
        jacobian = slopes(point, SENSOR, PARAMETERS.altitude_m, -0.1)[columns]
        for m in range(2):
            residual = innovation - jacobian @ (states[m] - point)
            states[m], covariances[m], _, densities[m] = joint_update(
                states[m], covariances[m], residual, jacobian, NOISE[columns]
            )
        mode = mode * np.exp(densities - densities.max())
        mode /= mode.sum()
        whole = moment_match(mode, states, covariances)
        assert_same((track["mean"], full(track["covariance"]), track["mode"]), (*whole, mode), 1e-4)
        if cycle in (14, 17):
            assert (mode[1] > 0.5) == (cycle == 17)


def turning(speed_mps, turn_radps, hits=10, updates=12, dt_s=1.0):
    """The turn rate a track has learnt from a manoeuvring model that goes round a circle."""
    track = np.zeros(1, TRACK)[0]
    track["hits"], track["state"][1, 3] = hits, speed_mps
    for update in range(1, updates + 1):
        state = turned(turn_radps, dt_s) @ track["state"][1]
        note_turn(track, state, update * dt_s, PARAMETERS)
        track["state"][1], track["time_s"] = state, update * dt_s
    return float(track["turn_radps"])


@pytest.mark.parametrize("dt_s", [0.05, 1.0, 4.0])
@pytest.mark.parametrize("turn_radps", [0.08, -0.03])
def test_the_turn_rate_is_learnt_from_the_course(turn_radps, dt_s):
    updates = int(np.ceil(6.0 / dt_s)) + 1
    assert_allclose(turning(60.0, turn_radps, updates=updates, dt_s=dt_s), turn_radps, rtol=0.01)


def test_no_turn_is_tighter_than_a_body_can_fly_and_none_is_learnt_from_chance():
    limit = PARAMETERS.turn_limit_mps2
    assert_allclose(turning(100.0, 0.5), limit / 100.0)
    assert_allclose(turning(100.0, -0.5), -limit / 100.0)
    assert turning(100.0, 0.1, hits=2) == 0.0
    assert abs(turning(0.0, 0.5)) <= limit / 5.0
