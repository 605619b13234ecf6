"""Pairs of estimates and truths: which are near enough to be one another, and which of them cost least together.

Estimates and truths further apart than the cutoff can never make a pair that pays. So only pairs within the cutoff are
looked at, and each connected group of them is solved alone: the same answer as the dense problem, at a thousandth of
its work for a sky of thousands.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Float64, Int64
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

Estimates = Float64[NDArray[np.float64], "N 3"]
Truths = Float64[NDArray[np.float64], "M 3"]
Pairs = Int64[NDArray[np.int64], "K 2"]
Costs = Float64[NDArray[np.float64], "K"]
Chosen = Bool[NDArray[np.bool_], "K"]

REACH = 1.0 + 1e-9
"""The tree looks a hair beyond the cutoff, so that its own rounding loses no pair; the exact test comes after."""


def near_pairs(estimates: Estimates, truths: Truths, cutoff_m: float) -> tuple[Pairs, Costs]:
    """All pairs closer than the cutoff, in the order of the truths, and their distances.

    A position that is not finite is near nothing.

    Args:
        estimates: (N, 3) estimated positions; site ENU, metres.
        truths: (M, 3) true positions, same frame.
        cutoff_m: distance at which an estimate no longer is one of that truth.

    Returns:
        (K, 2) rows of the estimate and the truth of each pair, and (K,) metres between them.
    """
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


def cheapest_pairs(candidates: Pairs, costs: Costs, unpaired_cost: float) -> Chosen:
    """Which candidates to take so that the whole costs least, each estimate and each truth used at most once.

    Args:
        candidates: (K, 2) rows of the estimate and the truth of each pair that may be taken, no pair twice.
        costs: (K,) of taking each; at most `unpaired_cost`.
        unpaired_cost: of leaving an estimate and a truth alone that could have been a pair.
    """
    chosen = np.zeros(len(candidates), bool)
    for group in _groups(candidates):
        chosen[_solve_group(candidates[group], costs[group], unpaired_cost, group)] = True
    return chosen


def _groups(pairs: Pairs) -> Iterator[NDArray[np.int64]]:
    """Rows of `pairs` of each connected group of estimates and truths."""
    if len(pairs) == 0:
        return
    truth_count = int(pairs[:, 1].max()) + 1
    node_count = truth_count + int(pairs[:, 0].max()) + 1
    links = coo_array((np.ones(len(pairs)), (pairs[:, 1], truth_count + pairs[:, 0])), shape=(node_count, node_count))
    _, label = connected_components(links, directed=False)
    label_of_pair = label[pairs[:, 1]]
    by_label = np.argsort(label_of_pair, kind="stable")
    yield from np.split(by_label, np.flatnonzero(np.diff(label_of_pair[by_label])) + 1)


def _solve_group(pairs: Pairs, costs: Costs, unpaired_cost: float, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of `rows` whose pairs the optimal assignment of one group takes."""
    if len(rows) == 1:
        return rows
    estimates, estimate = np.unique(pairs[:, 0], return_inverse=True)
    truths, truth = np.unique(pairs[:, 1], return_inverse=True)
    pair_of = np.full((len(truths), len(estimates)), -1)
    pair_of[truth, estimate] = np.arange(len(pairs))
    cost = np.full(pair_of.shape, unpaired_cost)
    cost[truth, estimate] = costs
    taken = pair_of[linear_sum_assignment(cost)]
    chosen: NDArray[np.int64] = rows[taken[taken >= 0]]
    return chosen
