"""GOSPA: one distance between the tracks and the truth, and what it is made of."""

from typing import NamedTuple

import numpy as np

from sangar.core.errors import ConfigurationError
from sangar.tracking.metrics.pairing import Estimates, Pairs, Truths, cheapest_pairs, near_pairs


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
    candidates, apart_m = near_pairs(estimates, truths, cutoff_m)
    chosen = cheapest_pairs(candidates, apart_m**order, cutoff_m**order)
    pairs, distances_m = candidates[chosen], apart_m[chosen]
    missed, false = len(truths) - len(pairs), len(estimates) - len(pairs)
    localisation = float((distances_m**order).sum())
    distance_m = (localisation + cutoff_m**order / 2.0 * (missed + false)) ** (1.0 / order)
    return GospaResult(float(distance_m), localisation, missed, false, pairs)
