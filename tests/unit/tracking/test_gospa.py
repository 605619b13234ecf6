"""GOSPA against the published table, the dense answer and Stone Soup."""

import datetime as dt

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import linear_sum_assignment

from sangar.core.errors import ConfigurationError
from sangar.tracking.metrics.gospa import gospa

TARGETS = np.array([[-6.0, -6.0], [0.0, 3.0]])
TRACKS = np.array([[-6.7, -5.1], [-1.8, 2.9]])
FALSE_TRACKS = np.array(
    [[22, 18], [-10, 18], [35, 42], [38, 0], [50, 35], [7, 28], [-15, -19], [17, 17], [42, 30], [20, 15]], float
)
CUTOFF = 8.0
RUNS = 1000
TABLE = {
    1: {0: (4.46, 6.06, 8.00), 1: (8.43, 10.07, 12.00), 3: (16.49, 18.04, 20.00), 10: (44.47, 46.04, 48.00)},
    2: {0: (3.36, 6.09, 8.00), 1: (6.67, 8.32, 9.80), 3: (10.41, 11.54, 12.65), 10: (18.25, 18.90, 19.60)},
}
"""Rahmathullah et al. (FUSION 2017), Table I: by order and number of false tracks, for 0, 1 and 2 missed targets."""


def in_space(plane):
    return np.column_stack([plane, np.zeros(len(plane))])


def dense_gospa(estimates, truths, cutoff, order):
    """The textbook form: one assignment over the whole clipped matrix."""
    costs = np.linalg.norm(truths[:, None, :] - estimates[None, :, :], axis=2)
    rows, columns = linear_sum_assignment(np.minimum(costs, cutoff) ** order)
    inside = costs[rows, columns] < cutoff
    pairs = np.column_stack([columns[inside], rows[inside]])
    localisation = (costs[rows, columns][inside] ** order).sum()
    unpaired = len(estimates) + len(truths) - 2 * len(pairs)
    return (localisation + cutoff**order / 2 * unpaired) ** (1 / order), localisation, pairs


def clustered_scene(random, truth_count, extent_m):
    truths = random.uniform(0, extent_m, (truth_count, 3))
    kept = truths[random.random(truth_count) < 0.9]
    estimates = np.vstack([kept + random.normal(0, 60, kept.shape), random.uniform(0, extent_m, (truth_count // 5, 3))])
    return random.permutation(estimates), truths


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("false_count", [0, 1, 3, 10])
def test_the_table_of_the_paper_comes_out(order, false_count):
    random = np.random.default_rng([2017, order, false_count])
    for missed, published in enumerate(TABLE[order][false_count]):
        means = np.vstack([TRACKS[: 2 - missed], FALSE_TRACKS[:false_count]])
        distances = [
            gospa(
                in_space(means + random.normal(size=means.shape)),
                in_space(TARGETS + random.normal(size=TARGETS.shape)),
                CUTOFF,
                order,
            ).distance_m
            for _ in range(RUNS)
        ]
        # Both means come from a thousand runs, and the paper rounds to 0.01.
        assert abs(np.mean(distances) - published) <= 4 * np.sqrt(2) * np.std(distances) / np.sqrt(RUNS) + 0.006


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("false_count", [0, 1, 3, 10])
def test_with_every_target_missed_the_distance_is_analytic(order, false_count):
    result = gospa(in_space(FALSE_TRACKS[:false_count]), in_space(TARGETS), CUTOFF, order)
    assert_allclose(result.distance_m, ((2 + false_count) * CUTOFF**order / 2) ** (1 / order), rtol=1e-15)
    assert (result.missed, result.false, result.localisation) == (2, false_count, 0.0)
    assert round(result.distance_m, 2) == TABLE[order][false_count][2]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("order", [1.0, 2.0, 3.0])
def test_the_sparse_answer_is_the_dense_answer(seed, order):
    random = np.random.default_rng(seed)
    estimates, truths = clustered_scene(random, int(random.integers(1, 80)), random.choice([500.0, 2000.0, 20000.0]))
    result = gospa(estimates, truths, 200.0, order)
    distance_m, localisation, pairs = dense_gospa(estimates, truths, 200.0, order)
    assert_allclose(result.distance_m, distance_m, rtol=1e-13)
    assert_allclose(result.localisation, localisation, rtol=1e-12)
    np.testing.assert_array_equal(result.pairs, pairs)


def test_a_thousand_targets_have_the_dense_answer():
    estimates, truths = clustered_scene(np.random.default_rng(1), 1500, 15e3)
    distance_m, localisation, pairs = dense_gospa(estimates, truths, 200.0, 2.0)
    result = gospa(estimates, truths, 200.0)
    assert_allclose((result.distance_m, result.localisation), (distance_m, localisation), rtol=1e-13)
    assert result.missed == len(truths) - len(pairs)
    assert result.false == len(estimates) - len(pairs)


def test_stone_soup_agrees():
    metric = pytest.importorskip("stonesoup.metricgenerator.ospametric", reason="Stone Soup is not installed")
    state = pytest.importorskip("stonesoup.types.state")
    instant = dt.datetime(2022, 1, 3, tzinfo=dt.UTC)
    oracle = metric.GOSPAMetric(p=2, c=200.0)
    random = np.random.default_rng(0)
    for _ in range(60):
        estimates, truths = clustered_scene(random, int(random.integers(5, 25)), 1500.0)
        theirs = oracle.compute_gospa_metric(
            [state.State(row, timestamp=instant) for row in estimates],
            [state.State(row, timestamp=instant) for row in truths],
        )[0].value
        ours = gospa(estimates, truths, 200.0)
        assert_allclose(ours.distance_m, theirs["distance"], rtol=1e-10)
        assert_allclose(ours.localisation, theirs["localisation"], rtol=1e-10, atol=1e-6)
        assert_allclose([2e4 * ours.missed, 2e4 * ours.false], [theirs["missed"], theirs["false"]])


def test_a_pair_exactly_at_the_cutoff_is_no_pair():
    result = gospa(np.zeros((1, 3)), np.array([[200.0, 0.0, 0.0]]), 200.0)
    assert (result.missed, result.false, len(result.pairs)) == (1, 1, 0)
    assert result.distance_m == 200.0


def test_nothing_against_nothing_is_zero():
    result = gospa(np.empty((0, 3)), np.empty((0, 3)), 200.0)
    assert result.distance_m == 0.0
    assert result.pairs.shape == (0, 2)


def test_a_position_that_is_not_finite_is_near_nothing():
    truths = np.array([[0.0, 0.0, 0.0], [np.nan, 0.0, 0.0]])
    estimates = np.array([[np.inf, 0.0, 0.0], [3.0, 4.0, 0.0], [np.nan, np.nan, np.nan]])
    result = gospa(estimates, truths, 200.0)
    assert (result.missed, result.false, result.localisation) == (1, 2, 25.0)
    np.testing.assert_array_equal(result.pairs, [[1, 0]])


@pytest.mark.parametrize(("cutoff_m", "order"), [(0.0, 2.0), (-1.0, 2.0), (np.nan, 2.0), (np.inf, 2.0), (200.0, 0.5)])
def test_a_cutoff_or_order_that_makes_no_metric_is_refused(cutoff_m, order):
    with pytest.raises(ConfigurationError, match="give a"):
        gospa(np.zeros((1, 3)), np.zeros((1, 3)), cutoff_m, order)
