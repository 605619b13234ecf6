"""The counter-based generator: published vectors, moments, and independence of the order of draws."""

import math

import numpy as np
import pytest
from scipy import stats

from sangar.simulation.kernels.random import normals, philox, poisson, uniforms

# Random123 (D. E. Shaw Research), kat_vectors, philox4x32 with 10 rounds: counter, key, result
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "result"), KNOWN_ANSWERS)
def test_the_generator_gives_the_published_words(counter, key, result):
    words = philox(*(np.uint64(word) for word in (*counter, *key)))
    assert tuple(int(word) for word in words) == result


def _draw(kernel, count, seed=7, stream=3):
    return np.array([kernel(seed, stream, k % 50, k // 50, 0) for k in range(count)])


def test_uniform_numbers_are_uniform_and_never_touch_the_ends():
    numbers = _draw(uniforms, 20_000).ravel()
    assert numbers.min() > 0.0
    assert numbers.max() < 1.0
    assert stats.kstest(numbers, "uniform").pvalue > 1e-3


def test_normal_numbers_are_standard_normal():
    numbers = _draw(normals, 20_000).ravel()
    assert stats.kstest(numbers, "norm").pvalue > 1e-3
    assert abs(numbers.mean()) < 4.0 / math.sqrt(len(numbers))
    assert abs(numbers.var() - 1.0) < 4.0 * math.sqrt(2.0 / len(numbers))


def test_the_two_numbers_of_a_draw_and_neighbouring_draws_are_uncorrelated():
    pairs = _draw(normals, 20_000)
    limit = 4.0 / math.sqrt(len(pairs))
    assert abs(np.corrcoef(pairs.T)[0, 1]) < limit
    assert abs(np.corrcoef(pairs[:-1, 0], pairs[1:, 0])[0, 1]) < limit


@pytest.mark.parametrize("mean", [0.3, 4.0, 1200.0])
def test_poisson_numbers_have_the_stated_mean_and_variance(mean):
    count = 4000
    numbers = np.array([poisson(mean, 11, 5, 0, k) for k in range(count)])
    assert abs(numbers.mean() - mean) < 4.0 * math.sqrt(mean / count)
    spread = math.sqrt((mean + 2.0 * mean * mean) / count)  # standard deviation of the sample variance
    assert abs(numbers.var(ddof=1) - mean) < 4.0 * spread


def test_small_poisson_numbers_follow_the_distribution():
    mean, count = 2.5, 6000
    numbers = np.array([poisson(mean, 2, 1, 4, k) for k in range(count)])
    seen = np.bincount(np.minimum(numbers, 8), minlength=9)
    expected = stats.poisson.pmf(np.arange(8), mean) * count
    expected = np.append(expected, count - expected.sum())
    assert stats.chisquare(seen, expected).pvalue > 1e-3


def test_nothing_comes_of_a_mean_of_zero():
    assert poisson(0.0, 1, 2, 3, 4) == 0


@pytest.mark.parametrize("place", range(5))
def test_every_part_of_the_counter_and_the_seed_matters(place):
    one = [9, 8, 7, 6, 5]
    other = [value + (index == place) for index, value in enumerate(one)]
    assert uniforms(*one) != uniforms(*other)
    assert uniforms(*one) == uniforms(*one)


def test_large_seeds_are_told_apart():
    assert uniforms(2**63 - 1, 0, 0, 0, 0) != uniforms(2**31 - 1, 0, 0, 0, 0)
