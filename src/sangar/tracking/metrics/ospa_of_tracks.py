"""OSPA(2): one distance between the set of tracks and the set of true paths, numbers and gaps included.

GOSPA looks at one scan at a time and cannot see that a target goes on under another number. OSPA(2) compares whole
paths over a window of scans: a path broken in two is two paths, and one of them has nobody.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.arrays import Series
from sangar.core.errors import ConfigurationError
from sangar.tracking.metrics.pairing import Costs, Pairs, cheapest_pairs, near_pairs
from sangar.tracking.metrics.scoring import (
    CUTOFF_M,
    LabelledPositions,
    Scans,
    require_numbered_once,
    require_scans,
)

WINDOW_SCANS = 10


class OspaParameters(NamedTuple):
    """What OSPA(2) is computed with.

    Attributes:
        cutoff_m: distance c that no error exceeds, and what a missing body costs.
        order: exponent p over the paths; larger punishes outliers more.
        base_order: exponent q over the scans of a path.
    """

    cutoff_m: float = CUTOFF_M
    order: float = 1.0
    base_order: float = 1.0


PLAIN = OspaParameters()
"""Both exponents 1: every figure is a mean error in metres, with the cutoff where somebody is missing."""


class _Scan(NamedTuple):
    """One scan: who is there, and (K, 2) numbers of track and truth of the pairs closer than the cutoff."""

    tracks: NDArray[np.int64]
    truths: NDArray[np.int64]
    near: Pairs
    near_m: Costs


def ospa_of_tracks(
    estimates: Scans, truths: Scans, window_scans: int = WINDOW_SCANS, parameters: OspaParameters = PLAIN
) -> Series:
    """OSPA(2) at each scan, over the window of scans that ends there; metres, 0 to the cutoff.

    With paths f and g over scans D_f and D_g of the window, the distance of two paths is the time-averaged one

        b(f, g) = ( sum_t d_t(f, g)^q / |D_f u D_g| )^(1/q)    over t in D_f u D_g,

    where d_t is min(c, |f(t) - g(t)|) while both are there and c while one is. The distance of the m paths F and the
    n >= m paths G that are somewhere in the window is the OSPA distance over that base distance

        d(F, G) = ( (min_pi sum_i b(f_i, g_pi(i))^p + c^p (n - m)) / n )^(1/p).

    It is 0 when both are empty and c when one is. A position that is not finite is near nothing. All scans of the
    window count alike; the first windows are as long as the run is by then.

    Args:
        estimates: the tracks at each scan.
        truths: the truth at each scan.
        window_scans: length of the window; 1 is the plain OSPA of each scan.
        parameters: cutoff and exponents.

    Raises:
        ConfigurationError: different numbers of scans, none, a number twice in one, or parameters that make no metric.

    Source:
        Beard, Vo & Vo, "OSPA(2): using the OSPA metric to evaluate multi-target tracking performance", ICCAIS 2017;
        "A solution for large-scale multi-object tracking", IEEE Transactions on Signal Processing 68, 2020, where the
        section on OSPA(2) has the window.
    """
    if window_scans < 1:
        raise ConfigurationError("ospa", "window_scans", f"{window_scans} is no window", "give a number of scans")
    scans = _scans(estimates, truths, parameters)
    windows = (scans[max(0, last + 1 - window_scans) : last + 1] for last in range(len(scans)))
    return np.array([_distance_m(window, parameters) for window in windows])


def ospa_of_run(estimates: Scans, truths: Scans, parameters: OspaParameters = PLAIN) -> float:
    """OSPA(2) with the whole run as the one window; metres. Arguments and errors as of `ospa_of_tracks`."""
    return _distance_m(_scans(estimates, truths, parameters), parameters)


def _scans(estimates: Scans, truths: Scans, parameters: OspaParameters) -> list[_Scan]:
    _require_metric(parameters)
    require_scans(estimates, truths)
    require_numbered_once(estimates)
    require_numbered_once(truths)
    return [_scan(here, there, parameters.cutoff_m) for here, there in zip(estimates, truths, strict=True)]


def _require_metric(parameters: OspaParameters) -> None:
    if not (0.0 < parameters.cutoff_m < np.inf):
        problem = f"{parameters.cutoff_m} is no cutoff"
        raise ConfigurationError("ospa", "cutoff_m", problem, "give a positive number of metres")
    for name in ("order", "base_order"):
        if not (1.0 <= (value := getattr(parameters, name)) < np.inf):
            raise ConfigurationError("ospa", name, f"{value} is no order of a metric", "give a number from 1 up")


def _scan(estimate: LabelledPositions, truth: LabelledPositions, cutoff_m: float) -> _Scan:
    rows, near_m = near_pairs(estimate.positions_m, truth.positions_m, cutoff_m)
    near = np.stack([estimate.labels[rows[:, 0]], truth.labels[rows[:, 1]]], axis=1)
    return _Scan(estimate.labels, truth.labels, near, near_m)


def _distance_m(window: Sequence[_Scan], parameters: OspaParameters) -> float:
    """OSPA over the paths of one window, with `_base_distances_m` between them."""
    tracks, has_track = _presence([scan.tracks for scan in window])
    truths, has_truth = _presence([scan.truths for scan in window])
    path_count = max(len(tracks), len(truths))
    if path_count == 0:
        return 0.0
    near = np.concatenate([scan.near for scan in window])
    rows = np.stack([np.searchsorted(tracks, near[:, 0]), np.searchsorted(truths, near[:, 1])], axis=1)
    pairs, which = np.unique(rows, axis=0, return_inverse=True)
    scans_of_either = (has_track[pairs[:, 0]] | has_truth[pairs[:, 1]]).sum(axis=1)
    near_m = np.concatenate([scan.near_m for scan in window])
    costs = _base_distances_m(near_m, which.reshape(-1), scans_of_either, parameters) ** parameters.order
    chosen = cheapest_pairs(pairs, costs, parameters.cutoff_m**parameters.order)
    alone = parameters.cutoff_m**parameters.order * (path_count - int(chosen.sum()))
    return float(((costs[chosen].sum() + alone) / path_count) ** (1.0 / parameters.order))


def _presence(labels: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The N numbers that occur in the window, ascending, and (N, scans) where each is there."""
    known = np.unique(np.concatenate(labels))
    is_there = np.zeros((len(known), len(labels)), bool)
    for scan, present in enumerate(labels):
        is_there[np.searchsorted(known, present), scan] = True
    return known, is_there


def _base_distances_m(
    near_m: NDArray[np.float64],
    which: NDArray[np.int64],
    scans_of_either: NDArray[np.int64],
    parameters: OspaParameters,
) -> Costs:
    """Time-averaged distance of each pair of paths: its near scans as they are, its others at the cutoff.

    Args:
        near_m: (S,) distances below the cutoff, of all pairs and scans.
        which: (S,) pair of each.
        scans_of_either: (K,) scans of the window in which one or both of the pair are there.
        parameters: cutoff and exponents.
    """
    count = len(scans_of_either)
    near = np.bincount(which, near_m**parameters.base_order, count)
    far_scans = scans_of_either - np.bincount(which, minlength=count)
    total = near + parameters.cutoff_m**parameters.base_order * far_scans
    distances_m: Costs = (total / scans_of_either) ** (1.0 / parameters.base_order)
    return distances_m
