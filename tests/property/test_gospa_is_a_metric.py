"""GOSPA is a metric on finite sets of points: the four laws, and that order and frame do not matter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from sangar.tracking.metrics.gospa import gospa

CUTOFF_M = 200.0
coordinates_m = st.floats(-400.0, 400.0, allow_nan=False, width=32)
positions_m = st.integers(0, 6).flatmap(lambda count: arrays(np.float64, (count, 3), elements=coordinates_m))
orders = st.sampled_from([1.0, 2.0, 3.0])


@given(positions_m, orders)
def test_a_set_is_at_no_distance_from_itself(points_m, order):
    assert gospa(points_m, points_m, CUTOFF_M, order).distance_m == 0.0


@given(positions_m, positions_m, orders)
def test_the_distance_is_symmetric(here_m, there_m, order):
    forth, back = gospa(here_m, there_m, CUTOFF_M, order), gospa(there_m, here_m, CUTOFF_M, order)
    assert_allclose(forth.distance_m, back.distance_m, rtol=1e-12)
    assert forth.distance_m >= 0.0


@given(positions_m, positions_m, positions_m, orders)
def test_no_detour_is_shorter(first_m, second_m, third_m, order):
    direct = gospa(first_m, third_m, CUTOFF_M, order).distance_m
    detour = gospa(first_m, second_m, CUTOFF_M, order).distance_m + gospa(second_m, third_m, CUTOFF_M, order).distance_m
    assert direct <= detour * (1 + 1e-12)


@given(positions_m, positions_m, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(here_m, there_m, random):
    shuffled = list(range(len(here_m)))
    random.shuffle(shuffled)
    whole = gospa(here_m, there_m, CUTOFF_M).distance_m
    assert_allclose(gospa(here_m[shuffled], there_m, CUTOFF_M).distance_m, whole, rtol=1e-12)


@given(positions_m, positions_m)
def test_the_parts_make_the_whole(estimates_m, truths_m):
    result = gospa(estimates_m, truths_m, CUTOFF_M)
    whole = result.localisation + CUTOFF_M**2 / 2 * (result.missed + result.false)
    assert result.distance_m**2 == pytest.approx(whole, rel=1e-12)
    assert result.missed + len(result.pairs) == len(truths_m)
    assert result.false + len(result.pairs) == len(estimates_m)
    assert len(set(result.pairs[:, 0])) == len(set(result.pairs[:, 1])) == len(result.pairs)
