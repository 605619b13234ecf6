"""What each track gets of the detections when all are weighed together.

The weight of a pairing is the likelihood ratio of "the track's body is there, was seen, and is this detection" to "it
was not seen or is not there, and this is clutter", with r the track's existence:

    w = r Pd N(z; h(x), S) / ((1 - r Pd) λ)

Marginal probabilities also count the explanations in which two tracks have changed places, and so draw tracks that
share their detections to the mean of the bodies, where they run together. But which of two numbers a body has means
nothing to a detection: those explanations are one picture of the sky under two names. So the most likely assignment
says whose a detection is, and what the other tracks had of it is cut to a part.

Source: Musicki & Evans (2004), Joint integrated probabilistic data association, IEEE TAES 40(3), 1093-1099, for weights
and evidence. Against running together, after Blom & Bloem (2000), Probabilistic data association avoiding track
coalescence, IEEE Trans. Automatic Control 45(2), 247-259: they leave out all permutations but the best for every set of
tracks and detections (a part of 0); one assignment and a part in between is cheaper and, measured, better than either.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.tracking.kernels.association.assignment import ALONE, NOBODY, assign
from sangar.tracking.kernels.association.joint_shares import share_out
from sangar.tracking.kernels.management.life import existence

LARGEST_LOG_WEIGHT = 60.0
"""A pairing e^60 times as likely as any other is certain; with more, sums would lose everything else."""

LEAST_EXISTENCE = 0.9
"""A track of less existence is weighed as if it had this: else a young track beside old ones never gets a detection of
its own, and a body that joins a swarm is never tracked."""

PART_OF_OTHERS = 0.4
"""What is left of a share in a detection that the most likely assignment gives to another track."""

SEEN = 0.4
"""A track was seen when the probability that it has a detection reaches this; else the look missed it. Measured: below,
tracks live on in clutter after their body's end; above, swarms are missed that share their detections."""


@kernel
def _weigh(count, tracks, detected, work):
    """Turn the costs of the pairs into weights, and into costs of the assignment that honours existence."""
    for r in range(count):
        row = work.rows[r]
        chance = max(existence(tracks.rows[row["track"]]), LEAST_EXISTENCE)
        work.joint.rows[r]["existence"] = chance
        offset = np.log(chance * (1.0 - detected) / (1.0 - chance * detected))
        for k in range(row["first"], row["last"]):
            log_weight = min(offset - work.pairs[k]["cost"], LARGEST_LOG_WEIGHT)
            work.pairs[k]["cost"] = -log_weight
            work.joint.pairs[k]["weight"] = np.exp(log_weight)


@kernel
def _settle(r, work):
    """Cut what row r has of others' detections, and bring its shares to sum to one again.

    Returns:
        The detection of the largest share; ALONE where the row has none.
    """
    row, own = work.rows[r], work.joint.rows[r]
    best, best_share, kept = ALONE, 0.0, own["alone"]
    for k in range(row["first"], row["last"]):
        detection, pair = work.pairs[k]["detection"], work.joint.pairs[k]
        holder = work.columns[detection]["row"]
        if holder not in (NOBODY, r):
            pair["share"] *= PART_OF_OTHERS
        kept += pair["share"]
        if pair["share"] > best_share:
            best, best_share = detection, pair["share"]
    for k in range(row["first"], row["last"]):
        work.joint.pairs[k]["share"] /= kept
    own["left"] = own["alone"] / kept
    return best


@kernel
def weigh_all(count, tracks, sensor, work):
    """Give every row its shares in `work.joint.pairs` and, in `column`, its most probable detection if it was seen.

    A detection that the most likely assignment gives to a track begins no other; the others may, whoever has a share
    in them: among k tracks of k + 1 bodies that fly close together every detection is mostly claimed, and yet one is
    new each time.

    Args:
        count: number of rows.
        tracks: `TrackTable`.
        sensor: record of `SENSOR`.
        work: `Workspace`, as `find_candidates` left it; costs of the pairs are used up.
    """
    _weigh(count, tracks, sensor["detection_probability"], work)
    share_out(count, work.rows, work.pairs, work.joint)
    assign(count, work.rows, work.pairs, work.columns, 0.0)
    for r in range(count):
        assigned = work.rows[r]["column"]
        work.joint.rows[r]["assigned"] = assigned
        if assigned != ALONE:
            work.columns[assigned]["taken"], work.columns[assigned]["track"] = 1, work.rows[r]["track"]
    for r in range(count):
        best = _settle(r, work)
        work.rows[r]["column"] = best if work.joint.rows[r]["alone"] <= 1.0 - SEEN else ALONE
