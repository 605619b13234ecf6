"""The scalar-by-scalar Kalman update against the joint one."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sangar.core.detections import MEASURED_COUNT
from sangar.models.workbench import allocate_workbench
from sangar.tracking.kernels.filtering.kalman import correct, update
from sangar.tracking.settings import TrackingSettings
from tests.unit.tracking.oracles import (
    covariance_like,
    full,
    joint_update,
    make_detections,
    make_sensor,
    measure,
    pack,
    slopes,
    turn,
    wrapped,
)

SIGMAS = np.array([60.0, 50.0, 70.0, 9.0, 8.0, 7.0, 0.4])
NOISE = np.array([10.0, 0.002, 0.003, 1.0, 30.0, 20.0, 25.0, 35.0])
SENSOR = make_sensor((3000.0, -1500.0, 40.0), turn(0.7, 0.02))
SITE_ALTITUDE_M, TIME_S = 180.0, 40.0
PARAMETERS = TrackingSettings().parameters(0.59, SITE_ALTITUDE_M)
PLAIN = np.inf


def prior(random, size):
    state = np.concatenate([random.uniform(-9e3, 9e3, 2), [1500.0], random.normal(scale=80.0, size=3), [-9.5]])
    return state[:size], covariance_like(random, SIGMAS[:size])


def kernel_update(state, covariance, measured, shift_s=0.0, robust=PLAIN, sigma=NOISE):
    moved, packed, bench = state.copy(), pack(covariance), allocate_workbench()[0]
    bench["predicted"], bench["jacobian"] = np.nan, np.nan
    detection = make_detections(measured, sigma, TIME_S + shift_s)[0]
    square, log_density = correct(moved, TIME_S, packed, len(state), detection, robust, SENSOR, PARAMETERS, bench)
    return moved, full(packed), square, log_density


@pytest.mark.parametrize("size", [6, 7])
def test_any_subset_of_numbers_gives_the_joint_update(size):
    random = np.random.default_rng(size)
    for subset in range(1, 2**MEASURED_COUNT):
        chosen = np.flatnonzero([(subset >> c) & 1 for c in range(MEASURED_COUNT)])
        state, covariance = prior(random, size)
        shift_s = random.uniform(-0.5, 0.5)
        truth = measure(random.multivariate_normal(state[:6], covariance[:6, :6]), SENSOR, SITE_ALTITUDE_M, shift_s)
        measured = np.full(8, np.nan)
        measured[chosen] = (truth + NOISE * random.normal(size=8))[chosen]
        residual = wrapped(measured - measure(state, SENSOR, SITE_ALTITUDE_M, shift_s))[chosen]
        jacobian = slopes(state, SENSOR, SITE_ALTITUDE_M, shift_s)[chosen]
        wanted = joint_update(state, covariance, residual, jacobian, NOISE[chosen])
        found = kernel_update(state, covariance, measured, shift_s)
        scale = np.sqrt(np.diag(covariance))
        assert_allclose((found[0] - wanted[0]) / scale, 0.0, atol=1e-5)  # the slopes are finite differences
        assert_allclose((found[1] - wanted[1]) / np.outer(scale, scale), 0.0, atol=1e-5)
        assert_allclose(found[2:], wanted[2:], rtol=1e-4, atol=1e-4)


def test_with_the_very_same_jacobian_it_is_the_joint_update_to_the_last_digits():
    random = np.random.default_rng(2)
    for _ in range(200):
        state, covariance = prior(random, 6)
        jacobian, predicted = random.normal(size=(8, 6)), random.normal(size=8)
        residual = random.normal(scale=2.0, size=8)
        residual[1] = random.uniform(-3.0, 3.0)
        wanted = joint_update(state, covariance, residual, jacobian, NOISE)
        moved, packed = state.copy(), pack(covariance)
        found = update(moved, packed, 6, predicted + residual, NOISE, predicted, jacobian, PLAIN, np.zeros((2, 8)))
        scale = np.sqrt(np.diag(covariance))
        assert_allclose(moved, wanted[0], rtol=1e-9, atol=1e-9)
        assert_allclose((full(packed) - wanted[1]) / np.outer(scale, scale), 0.0, atol=1e-9)
        assert_allclose(found, wanted[2:], rtol=1e-9, atol=1e-9)


def test_nothing_measured_changes_nothing():
    state, covariance = prior(np.random.default_rng(1), 6)
    moved, after, square, log_density = kernel_update(state, covariance, np.full(8, np.nan))
    assert_allclose(moved, state, rtol=0)
    assert_allclose(after, covariance, rtol=0)
    assert (square, log_density) == (0.0, 0.0)


def test_an_azimuth_across_south_is_no_surprise():
    state = np.array([3000.0 - 1.0, -9000.0, 40.0, 0.0, 0.0, 0.0])
    sensor_azimuth = measure(state, SENSOR, SITE_ALTITUDE_M)[1]
    measured = np.full(8, np.nan)
    measured[1] = sensor_azimuth + 2 * np.pi - 0.001
    moved, _, square, _ = kernel_update(state, np.diag(SIGMAS[:6] ** 2), measured)
    assert square < 1.0
    assert np.linalg.norm(moved[:3] - state[:3]) < 20.0


@pytest.mark.parametrize("robust", [1.5, 2.5])
def test_an_outlier_moves_a_robust_filter_less(robust):
    state, covariance = prior(np.random.default_rng(4), 7)
    measured = np.full(8, np.nan)
    measured[0] = measure(state, SENSOR, SITE_ALTITUDE_M)[0] + 2000.0
    plain, robustly = (
        kernel_update(state, covariance, measured),
        kernel_update(state, covariance, measured, robust=robust),
    )
    shares = (robustly[0] - state) / (plain[0] - state)
    assert_allclose(shares, robust / np.sqrt(plain[2]), rtol=1e-9)  # Huber's weight: threshold over size
    assert robustly[2:] == plain[2:]
    assert np.all(np.diag(robustly[1]) > np.diag(plain[1]))


def test_an_ordinary_detection_moves_a_robust_filter_as_a_plain_one():
    state, covariance = prior(np.random.default_rng(4), 7)
    measured = measure(state, SENSOR, SITE_ALTITUDE_M) + 0.1 * NOISE
    for plain, robustly in zip(
        kernel_update(state, covariance, measured), kernel_update(state, covariance, measured, robust=2.5), strict=True
    ):
        assert_allclose(robustly, plain, rtol=0)


def test_ten_thousand_updates_leave_a_positive_definite_covariance():
    random = np.random.default_rng(8)
    state, covariance = prior(random, 6)
    packed = pack(covariance)
    bench = allocate_workbench()[0]
    for k in range(10_000):
        if k % 7 == 0:  # time passes
            packed[[0, 2, 5, 9, 14, 20]] += 0.01
        measured = measure(state, SENSOR, SITE_ALTITUDE_M) + NOISE * random.normal(size=8)
        measured[random.random(8) < 0.5] = np.nan
        detection = make_detections(measured, NOISE, TIME_S)[0]
        correct(state, TIME_S, packed, 6, detection, PLAIN, SENSOR, PARAMETERS, bench)
        state[:] = [4000.0, 2000.0, 1500.0, 30.0, -20.0, 1.0]
    eigenvalues = np.linalg.eigvalsh(full(packed))
    assert eigenvalues[0] > 0.0
