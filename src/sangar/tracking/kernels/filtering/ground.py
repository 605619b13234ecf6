"""What the ground says of a thrown body: it falls, and what is still seen is not in the ground yet.

A sensor that measures no height leaves a ballistic explanation free to fall as deep as it likes. Of its Gaussian only
the share above the ground can be true where the body is seen; that share is the likelihood of "it is above the ground",
and what is left of the Gaussian, its moments matched, is the explanation from then on. With h, P the state and its
covariance, s the 1 sigma of the height, a = (ground - height) / s and λ = φ(a) / Φ(-a),

    share = Φ(-a),  height' = height + s λ,  s'² = s² (1 - λ (λ - a)),
    x += k (height' - height),  P += k kᵀ (s'² - s²),  k = P[:, up] / s².

Sources: Simon & Simon (2010), Constrained Kalman filtering via density function truncation for turbofan engine health
estimation, International Journal of Systems Science 41(2); the moments: Johnson, Kotz & Balakrishnan (1994),
Continuous Univariate Distributions 1, section 13.10.1.
"""

import math

import numpy as np

from sangar.core.detections import ALTITUDE, ELEVATION, UP
from sangar.core.jit import kernel
from sangar.core.tracks import THROWN_SIZE
from sangar.models.kernels.packed import add_outer, at

UNDER_GROUND_M = 30.0
"""The ground is not as flat as one number says: only what is lower than this is in it."""
BURIED_SIGMAS = 2.0
NEGLIGIBLE_SIGMAS = 3.0
"""Of a height so many sigmas above the ground nothing is cut off."""
HOPELESS_SIGMAS = 8.0
"""As many below, a share of 1e-15 is left, less than any log-odds bear: farther down nothing is worth computing."""
SLOW_MPS = 60.0
"""Bodies that are thrown far go faster than this over the ground."""
SQRT_TWO, SQRT_TWO_PI = math.sqrt(2.0), math.sqrt(2.0 * math.pi)
UP_ROW = 2


@kernel
def tells_height(measured):
    """Whether a detection (8,) has a number that tells the height by itself."""
    return not (np.isnan(measured[ELEVATION]) and np.isnan(measured[ALTITUDE]) and np.isnan(measured[UP]))


@kernel
def keep_above_ground(state, covariance, ground_m, gain):
    """Cut off the part of a ballistic explanation that is in the ground, in place.

    Args:
        state: (8,) and covariance: packed (36,).
        ground_m: height of the ground.
        gain: (8,) scratch.

    Returns:
        Logarithm of the share that was above.
    """
    variance = covariance[at(UP_ROW, UP_ROW)]
    height_m = state[UP_ROW] - (ground_m - UNDER_GROUND_M)
    if not variance > 0.0 or height_m * abs(height_m) > NEGLIGIBLE_SIGMAS * NEGLIGIBLE_SIGMAS * variance:
        return 0.0
    sigma_m = math.sqrt(variance)
    below = min(-height_m / sigma_m, HOPELESS_SIGMAS)
    share = 0.5 * math.erfc(below / SQRT_TWO)
    ratio = math.exp(-0.5 * below * below) / (SQRT_TWO_PI * share)
    for i in range(THROWN_SIZE):
        gain[i] = covariance[at(i, UP_ROW)] / sigma_m
        state[i] += gain[i] * ratio
    add_outer(covariance, THROWN_SIZE, -ratio * (ratio - below), gain)
    return math.log(share)


@kernel
def above_ground_density(thrown, flown, state, covariance, ground_m, gain):
    """Log density of a detection without height under the ballistic explanation, given that the body is above ground.

    A body slow over the ground and of a height as vague as that shows nothing of gravity or drag. That it fits the
    ballistic explanation better tells of the noise the motion models allow, not of a throw: such a fit counts no more
    than theirs.

    Args:
        thrown, flown: log densities of the detection under both explanations.
        state, covariance, ground_m, gain: as in `keep_above_ground`.
    """
    log_share = keep_above_ground(state, covariance, ground_m, gain)
    if log_share < 0.0 and state[3] * state[3] + state[4] * state[4] < SLOW_MPS * SLOW_MPS:
        thrown = min(thrown, flown)
    return thrown + log_share


@kernel
def is_buried(track, ahead_s, height_m, ground_m):
    """Whether a track that is at `height_m` `ahead_s` after its state must be in the ground, as well as that is known.

    The variance of its height is carried along as the height is: straight on, gravity being certain.
    """
    if height_m >= ground_m - UNDER_GROUND_M:
        return False
    covariance = track["covariance"]
    variance = covariance[at(2, 2)] + ahead_s * (2.0 * covariance[at(5, 2)] + ahead_s * covariance[at(5, 5)])
    depth_m = ground_m - height_m
    return depth_m * depth_m > BURIED_SIGMAS * BURIED_SIGMAS * variance
