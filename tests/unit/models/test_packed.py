"""Packed symmetric matrices against the full ones."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sangar.models.kernels.packed import add_outer, all_finite_positive, at, set_diagonal
from tests.unit.models.matrices import pack, random_covariance, unpack

SIZES = (1, 2, 6, 7)


@pytest.mark.parametrize("size", SIZES)
def test_an_element_stands_at_the_same_place_seen_from_either_triangle(size):
    full = random_covariance(np.random.default_rng(size), np.ones(size))
    packed = pack(full)
    found = [[packed[at(i, j)] for j in range(size)] for i in range(size)]
    assert_array_equal(found, full)


def test_only_the_named_stretch_of_the_diagonal_is_set():
    full = random_covariance(np.random.default_rng(1), np.ones(6))
    packed = pack(full)
    set_diagonal(packed, 2, 5, 9.0)
    full[[2, 3, 4], [2, 3, 4]] = 9.0
    assert_array_equal(unpack(packed, 6), full)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("weight", [1.0, -0.3, 0.0])
def test_an_outer_product_is_added(size, weight):
    rng = np.random.default_rng(size)
    full, vector = random_covariance(rng, np.ones(size)), rng.standard_normal(size)
    packed = pack(full)
    add_outer(packed, size, weight, vector)
    assert_allclose(unpack(packed, size), full + weight * np.outer(vector, vector), rtol=1e-13, atol=1e-15)


def test_a_sound_covariance_passes():
    assert all_finite_positive(pack(random_covariance(np.random.default_rng(0), np.ones(6))), 6)


@pytest.mark.parametrize("place", [0, 1, 4, 20])
@pytest.mark.parametrize("poison", [np.nan, np.inf, -np.inf])
def test_one_number_that_is_not_finite_fails(place, poison):
    packed = pack(np.eye(6))
    packed[place] = poison
    assert not all_finite_positive(packed, 6)


@pytest.mark.parametrize("row", range(6))
@pytest.mark.parametrize("variance", [0.0, -1e-9])
def test_a_variance_that_is_not_positive_fails(row, variance):
    packed = pack(np.eye(6))
    packed[at(row, row)] = variance
    assert not all_finite_positive(packed, 6)
