"""How probable it is that a body is thrown: what the tracker found, and how steeply the body moves.

The tracker weighs its two explanations by how well each foretold the detections. Both begin with a climb that may be
anything, and some seconds pass before gravity and drag tell them apart. But hardly anything that flies climbs or dives
at tens of metres a second, and what is thrown does, until it nears its summit. With the climb c, its variance s² and
climbs of σ_f (flown) and σ_t (thrown) as 1 sigma, the log-odds gain

    ln N(c; 0, σ_t² + s²) - ln N(c; 0, σ_f² + s²),

never against thrown, for it climbs slowly at its summit too, and by no more than `MOST_EVIDENCE`, for jets climb well.

Source: Bayes' theorem; DeGroot (1970), Optimal Statistical Decisions, chapter 2.
"""

import numpy as np

from sangar.core.jit import kernel

CLIMB, CLIMB_VARIANCE = 5, 20
"""Positions in a track's mean and packed covariance."""
THROWN_CLIMB_MPS = 120.0
MOST_EVIDENCE = 4.0


@kernel
def climb_evidence(climb_mps, variance_m2ps2, climb_sigma_mps):
    """Log-odds that a climb known to a variance adds for thrown; 0 to `MOST_EVIDENCE`."""
    flown = variance_m2ps2 + climb_sigma_mps * climb_sigma_mps
    thrown = variance_m2ps2 + THROWN_CLIMB_MPS * THROWN_CLIMB_MPS
    evidence = 0.5 * climb_mps * climb_mps * (1.0 / flown - 1.0 / thrown) + 0.5 * np.log(flown / thrown)
    return min(max(evidence, 0.0), MOST_EVIDENCE)


@kernel
def thrown_probability(track, parameters):
    """Probability that the body of a record of `TRACK` is thrown."""
    mean, covariance = track["mean"], track["covariance"]
    evidence = climb_evidence(mean[CLIMB], covariance[CLIMB_VARIANCE], parameters.climb_sigma_mps)
    return 1.0 / (1.0 + np.exp(-track["thrown_logit"] - evidence))
