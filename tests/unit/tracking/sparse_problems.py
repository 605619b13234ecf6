"""Sparse assignment problems, and their least cost by the dense method."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from sangar.tracking.kernels.association.assignment import ALONE, assign
from sangar.tracking.workspace import COLUMN, PAIR, ROW

FORBIDDEN = 1e7


class Desk:
    """Scratch that is never cleaned between problems, as in the tracker."""

    def __init__(self, size: int = 64) -> None:
        self.rows, self.columns, self.pairs = np.zeros(size, ROW), np.zeros(size, COLUMN), np.zeros(size * size, PAIR)

    def solve(self, problem: list[dict[int, float]], alone: float = 0.0) -> list[int]:
        """The column of each row, ALONE for none."""
        k = 0
        for r, candidates in enumerate(problem):
            self.rows[r]["first"] = k
            for column, cost in candidates.items():
                self.pairs[k]["detection"], self.pairs[k]["cost"] = column, cost
                k += 1
            self.rows[r]["last"] = k
        assign(len(problem), self.rows, self.pairs, self.columns, alone)
        return [int(column) for column in self.rows["column"][: len(problem)]]


def cost_of(problem: list[dict[int, float]], answer: list[int], alone: float = 0.0) -> float:
    """Total cost of an answer; KeyError where a row was given a column it may not take."""
    return sum(alone if c == ALONE else candidates[c] for candidates, c in zip(problem, answer, strict=True))


def least_cost(problem: list[dict[int, float]], alone: float = 0.0) -> float:
    """The dense answer: forbidden pairs cost a fortune, and every row has a column of its own for staying alone."""
    if not problem:
        return 0.0
    width = 1 + max((column for candidates in problem for column in candidates), default=0)
    dense = np.full((len(problem), width + len(problem)), FORBIDDEN)
    for r, candidates in enumerate(problem):
        dense[r, width + r] = alone
        for column, cost in candidates.items():
            dense[r, column] = cost
    return float(dense[linear_sum_assignment(dense)].sum())


def random_problem(random: np.random.Generator) -> list[dict[int, float]]:
    """Up to 14 rows and columns, sparse to dense; a third of the problems have whole costs and so many ties."""
    rows, columns, density = random.integers(1, 15), random.integers(1, 15), random.uniform(0.05, 1.0)
    costs = random.normal(-3.0, 6.0, (rows, columns))
    if random.random() < 1 / 3:
        costs = np.round(costs / 3)
    allowed = random.random((rows, columns)) < density
    return [{int(c): float(costs[r, c]) for c in np.flatnonzero(allowed[r])} for r in range(rows)]
