"""The thrown explanation of a body: a ballistic extended Kalman filter that estimates its drag.

Seven states: position, velocity, ln k. The drag constant is positive and unknown within a factor, hence its logarithm.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.tracks import THROWN_PACKED
from sangar.models.kernels.ballistic import advance, propagate, transition

LONGEST_STEP_S = 0.5


@kernel
def start_thrown(state, covariance, mean, whole, parameters):
    """Begin from a (6,) mean and packed (21,) covariance of position and velocity, with the prior of drag."""
    for d in range(6):
        state[d] = mean[d]
    for k in range(21):
        covariance[k] = whole[k]
    state[6] = np.log(parameters.drag_prior_1pm)
    for k in range(21, THROWN_PACKED - 1):
        covariance[k] = 0.0
    covariance[THROWN_PACKED - 1] = parameters.drag_prior_sigma * parameters.drag_prior_sigma


@kernel
def predict_thrown(state, covariance, dt_s, parameters, matrix, product, stages):
    """Move a (7,) state and its packed (28,) covariance `dt_s` ahead, in place; scratch (7, 7), (7, 7), (5, 6)."""
    left_s = dt_s
    while left_s > 1e-9:
        step_s = min(left_s, LONGEST_STEP_S)
        drag_1pm = np.exp(state[6])
        transition(state, drag_1pm, step_s, parameters.altitude_m, matrix)
        advance(state, drag_1pm, step_s, parameters.latitude_rad, parameters.altitude_m, stages)
        propagate(covariance, matrix, product)
        q = parameters.thrown_noise_m2ps3
        for i in range(3):
            row = (i + 3) * (i + 4) // 2
            covariance[i * (i + 1) // 2 + i] += q * step_s * step_s * step_s / 3.0
            covariance[row + i] += 0.5 * q * step_s * step_s
            covariance[row + i + 3] += q * step_s
        left_s -= step_s
