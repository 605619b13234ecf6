"""Joint association problems: weights of pairings, and their exact marginals by trying every explanation."""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from sangar.tracking.joint_workspace import allocate_joint
from sangar.tracking.kernels.association.joint_shares import share_out
from sangar.tracking.workspace import PAIR, ROW

Weights = NDArray[np.float64]
"""(T, D) weight of every pairing against "not seen"; 0 where a pairing is out of the question."""


def exact_shares(weights: Weights) -> Weights:
    """(T, D) marginal probabilities: every way to give each track one detection or none, none given twice."""
    tracks, detections = weights.shape
    total, shares = 0.0, np.zeros_like(weights)
    for chosen in product(range(-1, detections), repeat=tracks):
        taken = [d for d in chosen if d >= 0]
        if len(taken) > len(set(taken)):
            continue
        seen = [(t, d) for t, d in enumerate(chosen) if d >= 0]
        probability = float(np.prod([weights[pair] for pair in seen]))
        total += probability
        for pair in seen:
            shares[pair] += probability
    exact: Weights = shares / total
    return exact


def shares_of(weights: Weights) -> tuple[Weights, Weights, int]:
    """The kernel's (T, D) shares, (T,) what is left to each track, and the rounds it took."""
    tracks, detections = weights.shape
    rows, pairs = np.zeros(tracks, ROW), np.zeros(max(weights.size, 1), PAIR)
    joint = allocate_joint(tracks, detections, max(weights.size, 1))
    joint.columns["claimed"], joint.pairs["leave"] = np.nan, np.nan  # what an earlier batch left behind
    k = 0
    for t in range(tracks):
        rows[t]["first"] = k
        for d in np.flatnonzero(weights[t]):
            pairs[k]["detection"], joint.pairs[k]["weight"] = d, weights[t, d]
            k += 1
        rows[t]["last"] = k
    rounds = int(share_out(tracks, rows, pairs, joint))
    shares = np.zeros_like(weights)
    for t in range(tracks):
        mine = slice(rows[t]["first"], rows[t]["last"])
        shares[t, pairs["detection"][mine]] = joint.pairs["share"][mine]
    return shares, joint.rows["alone"].copy(), rounds


def random_weights(random: np.random.Generator, largest: int = 4) -> Weights:
    """Up to `largest` tracks and one detection more, sparse to dense, weights from a hundredth to a thousand."""
    shape = int(random.integers(1, largest + 1)), int(random.integers(1, largest + 2))
    weights = np.exp(random.uniform(np.log(1e-2), np.log(1e3), shape))
    allowed: Weights = np.where(random.random(shape) < random.uniform(0.3, 1.0), weights, 0.0)
    return allowed
