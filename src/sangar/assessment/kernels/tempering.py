"""What a track's ballistic estimate is worth where the errors of successive looks are alike.

The filter takes every look for a new witness. Where n looks tell no more than one, the data hold 1 / n of the
information that it believes, while what was known beforehand of drag and drift holds all of its own. With the filter's
mean x and covariance P, the prior mean x₀ and information Π (zero but for ln k and D),

    P' = ((P⁻¹ - Π) / n + Π)⁻¹,   x' = x - (1 - 1/n) P' Π (x - x₀),

which is what the filter would have found with n times the variance of each look, its process noise scaled alike.

Source: Bissiri, Holmes & Walker (2016), A general framework for updating belief distributions, Journal of the Royal
Statistical Society B 78(5), for tempered likelihoods; the formula is theirs for Gaussians.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.models.kernels.ballistic import STATES
from sangar.models.kernels.cholesky import factorise, invert
from sangar.models.kernels.packed import at

DRAG, DRIFT = 6, 7


@kernel
def _invert_packed(packed, matrix, inverse):
    """Write the inverse of a packed (36,) matrix in full; False when it is not positive definite."""
    for i in range(STATES):
        for j in range(i + 1):
            matrix[i, j] = packed[at(i, j)]
    if not factorise(matrix, STATES):
        return False
    invert(matrix, STATES, inverse)
    return True


@kernel
def temper(state, covariance, alike, parameters, bench):
    """Make of a ballistic estimate what it is when `alike` looks tell no more than one, in place.

    Args:
        state: (8,) and covariance: packed (36,).
        alike: 1 or more.
        parameters: `AssessmentParameters`, for the priors.
        bench: record of `WORKBENCH`; its `matrix` and `product` are overwritten.
    """
    matrix, inverse = bench["matrix"], bench["product"]
    drag_information = 1.0 / (parameters.drag_prior_sigma * parameters.drag_prior_sigma)
    drift_information = 1.0 / (parameters.drift_prior_mps * parameters.drift_prior_mps)
    is_sound = _invert_packed(covariance, matrix, inverse)
    if is_sound:
        inverse[DRAG, DRAG] += (alike - 1.0) * drag_information
        inverse[DRIFT, DRIFT] += (alike - 1.0) * drift_information
        is_sound = factorise(inverse, STATES)
    if not is_sound:  # rounding has eaten it: no information may be told from the prior's
        for k in range(covariance.shape[0]):
            covariance[k] *= alike
        return
    invert(inverse, STATES, matrix)
    for i in range(STATES):
        for j in range(i + 1):
            covariance[at(i, j)] = alike * matrix[i, j]
    kept = 1.0 - 1.0 / alike
    off_drag = kept * drag_information * (state[DRAG] - np.log(parameters.drag_prior_1pm))
    off_drift = kept * drift_information * state[DRIFT]
    for i in range(STATES):
        state[i] -= covariance[at(i, DRAG)] * off_drag + covariance[at(i, DRIFT)] * off_drift
