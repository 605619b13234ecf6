"""The thrown explanation of a body: a ballistic extended Kalman filter that estimates its drag and drift.

Eight states: position, velocity, ln k, D. The drag constant is positive and unknown within a factor, hence its
logarithm; the drift speed is 0 for what has fins and may have either sign (see `models.kernels.ballistic`).
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.tracks import STATE_PACKED, STATE_SIZE, THROWN_PACKED
from sangar.models.kernels.ballistic import advance, propagate, transition, wander
from sangar.models.kernels.packed import add_outer, at

LONGEST_STEP_S = 0.5


@kernel
def start_thrown(state, covariance, mean, whole, parameters):
    """Begin from a (6,) mean and packed (21,) covariance of position and velocity, with priors of drag and drift."""
    for d in range(6):
        state[d] = mean[d]
    for k in range(21):
        covariance[k] = whole[k]
    state[6] = np.log(parameters.drag_prior_1pm)
    state[7] = 0.0
    for k in range(STATE_PACKED, THROWN_PACKED):
        covariance[k] = 0.0
    covariance[at(6, 6)] = parameters.drag_prior_sigma * parameters.drag_prior_sigma
    covariance[at(7, 7)] = parameters.drift_prior_mps * parameters.drift_prior_mps


@kernel
def start_thrown_of(track, parameters, bench):
    """Begin the ballistic explanation of a track that has one detection, as if it had been there from the start.

    The flown estimate holds a prior of velocity, N(0, σ²) on each axis, that is too narrow for what is thrown. A
    pseudo-measurement of zero velocity with the variance 1 / (1 / σ_thrown² - 1 / σ²) exchanges the one for the other;
    it is negative where the new prior is the wider one, and then takes information away.
    """
    mean, covariance, gain = bench["mean"][:], bench["covariance"][:], bench["vectors"][0]
    for d in range(STATE_SIZE):
        mean[d] = track["state"][0, d]
    for k in range(STATE_PACKED):
        covariance[k] = track["state_covariance"][0, k]
    wanted = 1.0 / (parameters.initial_thrown_mps * parameters.initial_thrown_mps)
    for axis in range(3, STATE_SIZE):
        sigma_mps = parameters.initial_speed_mps if axis < STATE_SIZE - 1 else parameters.initial_climb_mps
        information = wanted - 1.0 / (sigma_mps * sigma_mps)
        if information == 0.0:
            continue
        variance = covariance[at(axis, axis)] + 1.0 / information
        if information * variance <= 0.0:  # more would be taken away than is there: the prior has long been forgotten
            continue
        innovation = -mean[axis]
        for i in range(STATE_SIZE):
            gain[i] = covariance[at(i, axis)]
        for i in range(STATE_SIZE):
            mean[i] += gain[i] * innovation / variance
        add_outer(covariance, STATE_SIZE, -1.0 / variance, gain)
    start_thrown(track["thrown"][:], track["thrown_covariance"][:], mean, covariance, parameters)


@kernel
def predict_thrown(state, covariance, dt_s, parameters, matrix, product, stages):
    """Move a (8,) state and its packed (36,) covariance `dt_s` ahead, in place; scratch (8, 8), (8, 8), (5, 6)."""
    left_s = dt_s
    while left_s > 1e-9:
        step_s = min(left_s, LONGEST_STEP_S)
        drag_1pm = np.exp(state[6])
        transition(state, drag_1pm, step_s, parameters.altitude_m, matrix)
        advance(state, drag_1pm, state[7], step_s, parameters.latitude_rad, parameters.altitude_m, stages)
        propagate(covariance, matrix, product)
        wander(covariance, step_s, parameters.thrown_noise_m2ps3, parameters.drag_noise_hz)
        left_s -= step_s
