"""Association probabilities: against every explanation tried, and by what must hold of any of them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sangar.tracking.kernels.association.joint_shares import MOST_ROUNDS
from tests.unit.tracking.joint_problems import exact_shares, random_weights, shares_of


def test_one_track_shares_as_the_weights_say():
    weights = np.array([[3.0, 0.5, 0.0, 2.0]])
    shares, alone, rounds = shares_of(weights)
    assert_allclose(shares, weights / 6.5, rtol=1e-12)
    assert_allclose(alone, 1.0 / 6.5, rtol=1e-12)
    assert rounds == 0


@pytest.mark.parametrize(
    "weights",
    [
        [[5.0], [2.0], [0.3]],  # three tracks want one detection
        [[5.0, 0.0], [2.0, 7.0]],  # a chain
        [[4.0, 9.0, 0.0, 0.0], [0.0, 2.0, 1.0, 0.0], [0.0, 0.0, 30.0, 0.2]],
        [[1e9, 2e9], [0.0, 5.0]],
    ],
)
def test_shares_are_exact_where_pairings_form_no_loop(weights):
    shares, _, rounds = shares_of(np.array(weights))
    assert_allclose(shares, exact_shares(np.array(weights)), atol=1e-5)
    assert rounds < MOST_ROUNDS


def test_shares_are_near_the_exact_ones_where_pairings_form_loops():
    random = np.random.default_rng(11)
    errors = np.array(
        [np.abs(shares_of(weights)[0] - exact_shares(weights)).max() for weights in _problems(random, 300)]
    )
    assert np.median(errors) < 1e-3
    assert np.percentile(errors, 90) < 0.03
    assert errors.max() < 0.3


def test_two_tracks_that_cannot_be_told_apart_share_evenly():
    shares, alone, _ = shares_of(np.full((2, 2), 1e6))
    assert_allclose(shares, 0.5, atol=1e-3)
    assert_allclose(alone, 0.0, atol=1e-3)


@pytest.mark.parametrize("size", [1, 2, 8])
def test_the_heaviest_weights_end_in_numbers(size):
    random = np.random.default_rng(size)
    weights = np.exp(random.uniform(30.0, 60.0, (size, size + 1)))
    shares, alone, rounds = shares_of(weights)
    assert np.isfinite(shares).all()
    assert np.isfinite(alone).all()
    assert rounds <= MOST_ROUNDS


def test_a_weight_of_nothing_gets_nothing():
    shares, alone, _ = shares_of(np.array([[1e-300, 1.0], [1.0, 1e-300]]))
    assert_allclose(shares, [[0.0, 0.5], [0.5, 0.0]], atol=1e-9)
    assert_allclose(alone, 0.5, atol=1e-9)


def _problems(random, count):
    return [random_weights(random) for _ in range(count)]
