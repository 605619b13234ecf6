"""Sparse assignment against SciPy's dense one."""

import numpy as np
import pytest

from sangar.tracking.kernels.association.assignment import ALONE
from tests.unit.tracking.sparse_problems import Desk, cost_of, least_cost, random_problem


@pytest.fixture(scope="module")
def desk():
    return Desk()


def test_three_thousand_random_problems_are_solved_at_least_cost(desk):
    random = np.random.default_rng(20)
    for _ in range(3000):
        problem, alone = random_problem(random), float(random.choice([0.0, 0.0, 1.5, -2.0]))
        answer = desk.solve(problem, alone)
        taken = [column for column in answer if column != ALONE]
        assert len(taken) == len(set(taken))
        assert abs(cost_of(problem, answer, alone) - least_cost(problem, alone)) < 1e-9


def test_two_rows_that_want_one_column_are_settled_by_the_sum(desk):
    assert desk.solve([{0: -5.0, 1: -4.0}, {0: -5.0}]) == [1, 0]
    assert desk.solve([{0: -5.0}, {0: -6.0}]) == [ALONE, 0]


def test_a_pair_that_costs_more_than_staying_alone_is_not_made(desk):
    assert desk.solve([{0: 0.5}, {}, {2: -0.5}]) == [ALONE, ALONE, 2]


def test_a_chain_of_displacements_runs_to_its_end(desk):
    size = 40
    chain = [{r: -10.0, r + 1: -9.9} for r in range(size)] + [{0: -100.0}]
    assert desk.solve(chain) == [*range(1, size + 1), 0]


def test_no_rows_are_no_trouble(desk):
    assert desk.solve([]) == []
