"""Candidate pairs: a track, a detection that may be its own, and what that pairing costs.

The cost of a pairing is minus the logarithm of

    Pd p(z) / ((1 - Pd) λ)

the likelihood ratio of "this detection is that track's" against "clutter, and the track was missed".

Source: Blackman & Popoli (1999), Design and Analysis of Modern Tracking Systems, section 6.5.
"""

from sangar.core.jit import kernel


@kernel
def offer(pairs, d, log_likelihood, log_ratio, outcome, parameters, work):
    """Add the pairing of the track at hand with detection d to the table unless it costs too much.

    Args:
        pairs: how many pairs are in the table.
        d: row of the detection in its batch.
        log_likelihood: of the detection if it is the track's; -inf where it cannot be.
        log_ratio: ln(Pd / (1 - Pd)) - ln λ of the sensor, λ as stated; what the map of clutter adds is the column's.
        outcome: record of `HYPOTHESIS`, what the detection makes of the track; told which detection that is.
        parameters, work: `TrackingParameters`, `Workspace`.

    Returns:
        The new number of pairs, one too many when the table is full.
    """
    cost = work.columns[d]["log_clutter"] - log_ratio - log_likelihood
    if not cost < parameters.highest_cost:
        return pairs
    if pairs < work.pairs.shape[0]:
        outcome["detection"] = d
        work.pairs[pairs]["detection"] = d
        work.pairs[pairs]["cost"] = cost
    return pairs + 1
