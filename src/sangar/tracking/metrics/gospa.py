"""GOSPA: one distance between the tracks and the truth, and what it is made of.

Estimates and truths further apart than the cutoff can never make a pair that pays. So only pairs within the cutoff are
looked at, and each connected group of them is solved alone: the same answer as the dense problem, at a thousandth of
its work for a sky of thousands.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64, Int64
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from sangar.core.errors import ConfigurationError

Estimates = Float64[NDArray[np.float64], "N 3"]
Truths = Float64[NDArray[np.float64], "M 3"]
Pairs = Int64[NDArray[np.int64], "K 2"]

REACH = 1.0 + 1e-9
"""The tree looks a hair beyond the cutoff, so that its own rounding loses no pair; the exact test comes after."""


class GospaResult(NamedTuple):
    """A GOSPA distance and its parts.

    With order p and cutoff c: distance_m ** p = localisation + c ** p / 2 * (missed + false).

    Attributes:
        distance_m: the metric; metres.
        localisation: sum of the pairs' distances to the power p; metres to the power p.
        missed: truths without an estimate.
        false: estimates without a truth.
        pairs: (K, 2) rows of the estimate and the truth of each pair, in the order of the truths.
    """

    distance_m: float
    localisation: float
    missed: int
    false: int
    pairs: Pairs


def gospa(estimates: Estimates, truths: Truths, cutoff_m: float, order: float = 2.0) -> GospaResult:
    """Generalised optimal sub-pattern assignment metric with alpha = 2.

    Over all sets of pairs A, each estimate x and each truth y used at most once:

        d(X, Y) = min_A ( sum_A |x - y|^p + c^p / 2 * (|X| + |Y| - 2 |A|) )^(1/p)

    A position that is not finite is near nothing: it counts as false (an estimate) or as missed (a truth).

    Args:
        estimates: (N, 3) estimated positions; site ENU, metres.
        truths: (M, 3) true positions, same frame.
        cutoff_m: distance c at which an estimate no longer is one of that truth.
        order: exponent p; larger punishes outliers more.

    Raises:
        ConfigurationError: the cutoff is not positive or the order is below one.

    Source:
        Rahmathullah, García-Fernández & Svensson, "Generalized optimal sub-pattern assignment metric", FUSION 2017,
        Proposition 1.
    """
    if not (0.0 < cutoff_m < np.inf):
        raise ConfigurationError("gospa", "cutoff_m", f"{cutoff_m} is no cutoff", "give a positive number of metres")
    if not (1.0 <= order < np.inf):
        raise ConfigurationError("gospa", "order", f"{order} is no order of a metric", "give a number from 1 up")
    pairs, distances_m = _best_pairs(estimates, truths, cutoff_m, order)
    missed, false = len(truths) - len(pairs), len(estimates) - len(pairs)
    localisation = float((distances_m**order).sum())
    distance_m = (localisation + cutoff_m**order / 2.0 * (missed + false)) ** (1.0 / order)
    return GospaResult(float(distance_m), localisation, missed, false, pairs)


def _best_pairs(
    estimates: Estimates, truths: Truths, cutoff_m: float, order: float
) -> tuple[Pairs, NDArray[np.float64]]:
    """Pairs of the optimal assignment within the cutoff, in the order of the truths, and their distances."""
    candidates, distances_m = _near_pairs(estimates, truths, cutoff_m)
    chosen = np.zeros(len(candidates), bool)
    for group in _groups(candidates, len(truths)):
        chosen[_solve_group(candidates[group], distances_m[group], cutoff_m, order, group)] = True
    return candidates[chosen], distances_m[chosen]


def _near_pairs(estimates: Estimates, truths: Truths, cutoff_m: float) -> tuple[Pairs, NDArray[np.float64]]:
    """All pairs closer than the cutoff, in the order of the truths, and their distances."""
    estimate_rows = np.flatnonzero(np.isfinite(estimates).all(axis=1))
    truth_rows = np.flatnonzero(np.isfinite(truths).all(axis=1))
    if len(estimate_rows) == 0 or len(truth_rows) == 0:
        return np.empty((0, 2), np.int64), np.empty(0)
    near = cKDTree(truths[truth_rows]).sparse_distance_matrix(
        cKDTree(estimates[estimate_rows]), cutoff_m * REACH, output_type="ndarray"
    )
    rows = np.stack([estimate_rows[near["j"]], truth_rows[near["i"]]], axis=1).astype(np.int64)
    rows = rows[np.lexsort((rows[:, 0], rows[:, 1]))]
    distances_m = np.sqrt(np.square(estimates[rows[:, 0]] - truths[rows[:, 1]]).sum(axis=1))
    inside = distances_m < cutoff_m
    return rows[inside], distances_m[inside]


def _groups(pairs: Pairs, truth_count: int) -> Iterator[NDArray[np.int64]]:
    """Rows of `pairs` of each connected group of estimates and truths."""
    if len(pairs) == 0:
        return
    node_count = truth_count + int(pairs[:, 0].max()) + 1
    links = coo_array((np.ones(len(pairs)), (pairs[:, 1], truth_count + pairs[:, 0])), shape=(node_count, node_count))
    _, label = connected_components(links, directed=False)
    label_of_pair = label[pairs[:, 1]]
    by_label = np.argsort(label_of_pair, kind="stable")
    yield from np.split(by_label, np.flatnonzero(np.diff(label_of_pair[by_label])) + 1)


def _solve_group(
    pairs: Pairs, distances_m: NDArray[np.float64], cutoff_m: float, order: float, rows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Those of `rows` whose pairs the optimal assignment of one group takes."""
    if len(rows) == 1:
        return rows
    estimates, estimate = np.unique(pairs[:, 0], return_inverse=True)
    truths, truth = np.unique(pairs[:, 1], return_inverse=True)
    pair_of = np.full((len(truths), len(estimates)), -1)
    pair_of[truth, estimate] = np.arange(len(pairs))
    cost = np.full(pair_of.shape, cutoff_m**order)
    cost[truth, estimate] = distances_m**order
    taken = pair_of[linear_sum_assignment(cost)]
    chosen: NDArray[np.int64] = rows[taken[taken >= 0]]
    return chosen
