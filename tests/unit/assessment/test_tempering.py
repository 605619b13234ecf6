"""What an estimate is worth where looks are alike: against a linear Gaussian problem solved in one go."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sangar.assessment.kernels.tempering import temper
from sangar.assessment.settings import AssessmentSettings
from sangar.models.workbench import allocate_workbench
from tests.unit.tracking.oracles import full, pack

PARAMETERS = AssessmentSettings().parameters(0.6, 0.0)
START = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, np.log(7e-5), 0.0])
INFORMATION = np.diag([0.0] * 6 + [1.0 / 0.4**2, 1.0 / 5.0**2])


def posterior(variance: float):
    """Mean and covariance of eight unknowns after forty numbers of that variance, and a prior of the last two."""
    random = np.random.default_rng(3)
    design = random.normal(size=(40, 8)) * [1.0, 1.0, 1.0, 4.0, 4.0, 4.0, 90.0, 3.0]
    seen = design @ (START + random.normal(size=8)) + random.normal(size=40)
    covariance = np.linalg.inv(design.T @ design / variance + INFORMATION)
    return covariance @ (design.T @ seen / variance + INFORMATION @ START), covariance


@pytest.mark.parametrize("alike", [1.0, 4.0, 20.0, 400.0])
def test_it_is_the_posterior_of_looks_with_so_many_times_the_variance(alike):
    state, covariance = posterior(1.0)
    packed = pack(covariance)
    temper(state, packed, alike, PARAMETERS, allocate_workbench()[0])
    mean, expected = posterior(alike)
    assert_allclose(state, mean, rtol=1e-7, atol=1e-7)
    assert_allclose(full(packed), expected, rtol=1e-6, atol=1e-10)


def test_what_is_not_positive_definite_is_only_widened():
    state, packed = START.copy(), pack(np.diag([1.0] * 7 + [-1.0]))
    temper(state, packed, 9.0, PARAMETERS, allocate_workbench()[0])
    assert_allclose(state, START)
    assert_allclose(full(packed)[0, 0], 9.0)
