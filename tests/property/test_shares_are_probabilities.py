"""What holds of association probabilities, whatever the weights."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from tests.unit.tracking.joint_problems import random_weights, shares_of

ROUNDING = 1e-9
DISAGREEMENT = 1e-2
"""Messages stop when they hardly move; what they say of tracks and of detections may then differ by this."""

problems = st.integers(0, 2**32 - 1).map(lambda seed: random_weights(np.random.default_rng(seed), largest=8))


@given(problems)
def test_a_track_has_one_detection_or_none(weights):
    shares, alone, _ = shares_of(weights)
    assert (shares >= 0.0).all()
    assert (alone > 0.0).all()
    assert_allclose(shares.sum(axis=1) + alone, 1.0, atol=ROUNDING)


@given(problems)
def test_a_detection_belongs_to_one_track_at_most(weights):
    shares, _, _ = shares_of(weights)
    assert (shares.sum(axis=0) < 1.0 + DISAGREEMENT).all()


@given(problems, st.integers(0, 2**32 - 1))
def test_the_order_of_tracks_and_detections_changes_no_share(weights, seed):
    random = np.random.default_rng(seed)
    rows, columns = random.permutation(weights.shape[0]), random.permutation(weights.shape[1])
    shares, alone, _ = shares_of(weights)
    shuffled, alone_shuffled, _ = shares_of(weights[np.ix_(rows, columns)])
    assert_allclose(shuffled, shares[np.ix_(rows, columns)], atol=ROUNDING)
    assert_allclose(alone_shuffled, alone[rows], atol=ROUNDING)


@given(problems)
def test_a_rival_never_raises_a_share(weights):
    """Where another track may want a detection too, nobody's share in it grows."""
    if weights.shape[0] < 2:
        return
    free, _, _ = shares_of(weights[:1])
    crowded, _, _ = shares_of(weights[:2])
    wanted = weights[1] > 0.0
    only_these = np.flatnonzero(wanted & (weights[0] > 0.0))
    if len(only_these) == 1:
        assert crowded[0, only_these[0]] <= free[0, only_these[0]] + ROUNDING
