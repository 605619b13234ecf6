"""The chance of every pairing of track and detection, when all tracks and detections are weighed together.

A track t is seen as detection j with weight w, or not at all with weight 1; a detection belongs to one track at most,
or is clutter, with weight 1; the probability of a whole explanation is proportional to the product of its weights. The
marginal probabilities are found by passing messages between tracks and detections until they agree:

    claim of t on j    c = w / (1 + sum over j' != j of w v)    how strongly t wants j, given its other chances
    leave of j for t   v = 1 / (1 + sum over t' != t of c)      how free j is for t, given who else wants it
    share of j in t    w v / (1 + sum over j' of w v)

A round costs a few operations a pair, whatever the size of the cluster. The messages always converge; the shares are
exact where the pairings form no loop, and close to exact where misses and clutter are possible.

Source: Williams & Lau (2014), Approximate evaluation of marginal association probabilities with belief propagation,
IEEE TAES 50(4), 2942-2959.
"""

import numpy as np

from sangar.core.jit import kernel

LARGEST_CHANGE = 1e-5
"""The rounds end when no message moves by more than this share of itself ..."""

MOST_ROUNDS = 200
"""... or after so many, which only tracks and detections that are all certain to pair up ever need."""


@kernel
def _find_contested(count, rows, pairs, joint):
    """List the rows that want a detection another row wants too; returns how many. Messages are set to their start."""
    for r in range(count):
        for k in range(rows[r]["first"], rows[r]["last"]):
            joint.columns[pairs[k]["detection"]]["wanted"] = 0
            joint.pairs[k]["leave"] = 1.0
    for r in range(count):
        for k in range(rows[r]["first"], rows[r]["last"]):
            joint.columns[pairs[k]["detection"]]["wanted"] += 1
    contested = 0
    for r in range(count):
        for k in range(rows[r]["first"], rows[r]["last"]):
            if joint.columns[pairs[k]["detection"]]["wanted"] > 1:
                joint.rows[contested]["contested"] = r
                contested += 1
                break
    return contested


@kernel
def _claim(row, joint):
    """A row's claims on its detections: each against the sum of the others, never by taking one from a total."""
    before = 1.0
    for k in range(row["first"], row["last"]):
        pair = joint.pairs[k]
        pair["claim"] = before
        before += pair["weight"] * pair["leave"]
    after = 0.0
    for k in range(row["last"] - 1, row["first"] - 1, -1):
        pair = joint.pairs[k]
        wanted = pair["weight"] * pair["leave"]
        pair["claim"] = pair["weight"] / (pair["claim"] + after)
        after += wanted


@kernel
def _give_leave(contested, rows, pairs, joint):
    """Every detection's leave for each row that wants it; returns the largest relative change."""
    for n in range(contested):
        row = rows[joint.rows[n]["contested"]]
        for k in range(row["first"], row["last"]):
            joint.columns[pairs[k]["detection"]]["claimed"] = 1.0
    for n in range(contested):
        row = rows[joint.rows[n]["contested"]]
        for k in range(row["first"], row["last"]):
            column = joint.columns[pairs[k]["detection"]]
            joint.pairs[k]["others"] = column["claimed"]
            column["claimed"] += joint.pairs[k]["claim"]
    for n in range(contested):
        row = rows[joint.rows[n]["contested"]]
        for k in range(row["first"], row["last"]):
            joint.columns[pairs[k]["detection"]]["claimed"] = 0.0
    change = 0.0
    for n in range(contested - 1, -1, -1):
        row = rows[joint.rows[n]["contested"]]
        for k in range(row["first"], row["last"]):
            pair, column = joint.pairs[k], joint.columns[pairs[k]["detection"]]
            leave = 1.0 / (pair["others"] + column["claimed"])
            column["claimed"] += pair["claim"]
            change = max(change, abs(leave - pair["leave"]) / leave)
            pair["leave"] = leave
    return change


@kernel
def share_out(count, rows, pairs, joint):
    """Turn the weights in `joint.pairs` into shares; what is left to a row is `joint.rows[r]["alone"]`.

    Args:
        count: number of rows.
        rows: records of `ROW`; candidates of row r are pairs first .. last - 1, no detection twice.
        pairs: records of `PAIR`: the detection of each.
        joint: `JointWorkspace`; the weights are finite and not negative.

    Returns:
        How many rounds it took.
    """
    contested = _find_contested(count, rows, pairs, joint)
    rounds, change = 0, np.inf if contested > 0 else 0.0
    while change > LARGEST_CHANGE and rounds < MOST_ROUNDS:
        for n in range(contested):
            _claim(rows[joint.rows[n]["contested"]], joint)
        change = _give_leave(contested, rows, pairs, joint)
        rounds += 1
    for r in range(count):
        total = 1.0
        for k in range(rows[r]["first"], rows[r]["last"]):
            total += joint.pairs[k]["weight"] * joint.pairs[k]["leave"]
        for k in range(rows[r]["first"], rows[r]["last"]):
            joint.pairs[k]["share"] = joint.pairs[k]["weight"] * joint.pairs[k]["leave"] / total
        joint.rows[r]["alone"] = 1.0 / total
    return rounds
