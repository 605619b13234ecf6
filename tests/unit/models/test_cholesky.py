import numpy as np
import pytest
import scipy.linalg

from sangar.models.kernels.cholesky import factorise, invert, solve_backward, solve_forward


@pytest.fixture(params=[1, 4, 8, 24])
def matrix(request):
    random = np.random.default_rng(request.param)
    shape = random.normal(size=(request.param, request.param + 3))
    return shape @ shape.T


def factor_of(matrix):
    """The factor, with rubbish left above its diagonal as the kernel leaves it."""
    factor = matrix + np.triu(np.full_like(matrix, 7.0), 1)
    assert factorise(factor, len(matrix))
    return factor


def test_the_factor_is_scipys(matrix):
    assert np.tril(factor_of(matrix)) == pytest.approx(scipy.linalg.cholesky(matrix, lower=True), abs=1e-12)


def test_forward_and_backward_together_solve_the_system(matrix):
    wanted = np.arange(1.0, len(matrix) + 1.0)
    vector, factor = matrix @ wanted, factor_of(matrix)
    solve_forward(factor, len(matrix), vector)
    solve_backward(factor, len(matrix), vector)
    assert vector == pytest.approx(wanted, rel=1e-8)


def test_the_inverse_is_scipys(matrix):
    inverse = np.zeros_like(matrix)
    invert(factor_of(matrix), len(matrix), inverse)
    assert inverse == pytest.approx(scipy.linalg.inv(matrix), rel=1e-8, abs=1e-10)


@pytest.mark.parametrize("pivot", [-1.0, 0.0, np.nan, np.inf])
def test_what_is_not_positive_definite_is_refused(pivot):
    assert not factorise(np.diag([1.0, pivot, 1.0]), 3)
