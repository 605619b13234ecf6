"""Inverse covariance intersection, against its definition in full matrices."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.linalg import eigh
from scipy.optimize import minimize_scalar

from sangar.tracking.kernels.fusion.intersection import best_weight, compare, diagonalise, intersect, weigh
from sangar.tracking.workspace import FUSION
from tests.unit.tracking.oracles import covariance_like, full, pack

SIGMAS = np.array([80.0, 40.0, 150.0, 6.0, 5.0, 9.0])


def bench_with(report_mean, report_covariance, told=range(6)):
    bench = np.zeros(1, FUSION)[0]
    told = list(told)
    bench["told"][: len(told)], bench["count"] = told, len(told)
    bench["report_mean"], bench["report_covariance"] = report_mean, pack(report_covariance)
    return bench


def fuse(mean, covariance, bench):
    new_mean, packed = mean.copy(), pack(covariance)
    compare(new_mean, packed, bench)
    weigh(bench)
    intersect(new_mean, packed, len(mean), bench)
    return new_mean, full(packed)


def fused_covariance(ours, other, weight):
    common = weight * ours + (1.0 - weight) * other
    return np.linalg.inv(np.linalg.inv(ours) + np.linalg.inv(other) - np.linalg.inv(common))


def textbook(mean, ours, report, other):
    found = minimize_scalar(
        lambda weight: np.linalg.slogdet(fused_covariance(ours, other, weight))[1],
        bounds=(0.0, 1.0),
        method="bounded",
        options={"xatol": 1e-10},
    )
    weight = found.x
    fused = fused_covariance(ours, other, weight)
    common = np.linalg.inv(weight * ours + (1.0 - weight) * other)
    return fused @ (
        (np.linalg.inv(ours) - weight * common) @ mean + (np.linalg.inv(other) - (1.0 - weight) * common) @ report
    ), fused


@pytest.mark.parametrize("seed", range(8))
def test_fusing_is_what_the_paper_says(seed):
    random = np.random.default_rng(seed)
    ours, other = covariance_like(random, SIGMAS), covariance_like(random, SIGMAS * random.uniform(0.3, 3.0, 6))
    mean, report = random.normal(size=6) * SIGMAS, random.normal(size=6) * SIGMAS
    new_mean, new_covariance = fuse(mean, ours, bench_with(report, other))
    expected_mean, expected = textbook(mean, ours, report, other)
    scale = np.sqrt(np.diag(expected))
    assert_allclose(new_covariance / np.outer(scale, scale), expected / np.outer(scale, scale), atol=1e-4)
    assert_allclose((new_mean - expected_mean) / scale, 0.0, atol=1e-3)


@pytest.mark.parametrize("seed", range(8))
def test_no_common_information_makes_it_too_sure(seed):
    """P⁻¹ = A⁻¹ + C⁻¹ and R⁻¹ = B⁻¹ + C⁻¹ share C, so their errors correlate by P C⁻¹ R; what is claimed covers it."""
    random = np.random.default_rng(100 + seed)
    own, theirs, shared = (np.linalg.inv(covariance_like(random, SIGMAS * scale)) for scale in (1.0, 2.0, 1.5))
    ours, other = np.linalg.inv(own + shared), np.linalg.inv(theirs + shared)
    to_report = np.column_stack([fuse(np.zeros(6), ours, bench_with(axis, other))[0] for axis in np.eye(6)])
    _, claimed = fuse(np.zeros(6), ours, bench_with(np.zeros(6), other))
    to_ours, cross = np.eye(6) - to_report, ours @ shared @ other
    true = to_ours @ ours @ to_ours.T + to_report @ other @ to_report.T
    true += to_ours @ cross @ to_report.T + to_report @ cross.T @ to_ours.T
    assert eigh(true, claimed, eigvals_only=True).max() < 1.0 + 1e-9
    assert np.linalg.slogdet(claimed)[1] <= min(np.linalg.slogdet(ours)[1], np.linalg.slogdet(other)[1]) + 1e-9


def test_what_we_said_ourselves_teaches_nothing():
    random = np.random.default_rng(5)
    mean, ours = random.normal(size=6), covariance_like(random, SIGMAS)
    new_mean, new_covariance = fuse(mean, ours, bench_with(mean, ours))
    assert_allclose(new_mean, mean, rtol=1e-9)
    assert_allclose(new_covariance, ours, rtol=1e-7)


def test_a_report_that_is_better_on_every_axis_is_taken_over():
    random = np.random.default_rng(6)
    ours = covariance_like(random, SIGMAS)
    report = random.normal(size=6)
    new_mean, new_covariance = fuse(np.zeros(6), ours, bench_with(report, 0.1 * ours))
    assert_allclose(new_mean, report, rtol=1e-7)
    assert_allclose(new_covariance, 0.1 * ours, rtol=1e-7)


def test_a_report_of_the_place_moves_the_rest_by_its_correlation():
    random = np.random.default_rng(7)
    sigmas = np.append(SIGMAS, 0.4)
    ours, mean = covariance_like(random, sigmas), np.zeros(7)
    other = covariance_like(random, SIGMAS)
    report = np.array([90.0, -60.0, np.nan, np.nan, np.nan, np.nan])
    new_mean, fused = fuse(mean, ours, bench_with(report, other, told=(0, 1)))
    place_mean, place = textbook(np.zeros(2), ours[:2, :2], report[:2], other[:2, :2])
    regression = ours[:, :2] @ np.linalg.inv(ours[:2, :2])
    assert_allclose(new_mean, regression @ place_mean, atol=0.05)
    expected = ours + regression @ (place - ours[:2, :2]) @ regression.T
    assert_allclose(
        fused, expected, rtol=1e-3, atol=1e-3 * np.sqrt(np.outer(np.diag(expected), np.diag(expected))).max()
    )


def test_the_distance_counts_both_uncertainties():
    random = np.random.default_rng(8)
    ours, other = covariance_like(random, SIGMAS), covariance_like(random, SIGMAS)
    gap = random.normal(size=6) * SIGMAS
    squared, log_density = compare(np.zeros(6), pack(ours), bench_with(gap, other))
    assert squared == pytest.approx(gap @ np.linalg.solve(ours + other, gap), rel=1e-9)
    expected = -0.5 * (squared + np.linalg.slogdet(2.0 * np.pi * (ours + other))[1])
    assert log_density == pytest.approx(expected, rel=1e-9)


def test_a_covariance_that_is_none_is_told():
    ours = np.diag([1.0, -1.0, 1.0, 1.0, 1.0, 1.0])
    assert compare(np.zeros(6), pack(ours), bench_with(np.zeros(6), np.eye(6))) == (np.inf, -np.inf)


@pytest.mark.parametrize("size", [1, 2, 6])
def test_eigenvalues_are_those_of_lapack(size):
    random = np.random.default_rng(size)
    matrix = covariance_like(random, 10.0 ** random.uniform(-3, 3, size))
    turned, vectors = matrix.copy(), np.zeros((size, size))
    diagonalise(turned, vectors, size)
    largest = np.linalg.eigvalsh(matrix).max()
    assert_allclose(np.sort(np.diag(turned)), np.linalg.eigvalsh(matrix), rtol=1e-7, atol=1e-11 * largest)
    assert_allclose(vectors @ np.diag(np.diag(turned)) @ vectors.T, matrix, atol=1e-10 * largest)


def test_the_best_weight_is_at_least_as_good_as_any_on_a_fine_grid():
    for seed in range(20):
        ratio = 10.0 ** np.random.default_rng(seed).uniform(-3, 3, 6)
        weight = best_weight(ratio, 6)

        def volume(trial, ratio=ratio):
            return -np.log(1.0 + 1.0 / ratio - 1.0 / (trial + (1.0 - trial) * ratio)).sum()

        assert volume(weight) <= min(volume(trial) for trial in np.linspace(0.0, 1.0, 401)) + 1e-4
