"""Where a body was at an earlier time by what is known of it now, and nothing of then: flown back.

Without a state kept from before a late report nothing is known of the past but what the present says: x(κ) has
covariance F⁻¹ (P + Q) F⁻ᵀ and is tied to the present by F⁻¹. That is the limit of a chain (`chain`) that begins ever
vaguer. The path of a thrown body is known so well that it is flown back without more.

Source: Bar-Shalom, Chen & Mallick (2004), One-step solution for the multistep out-of-sequence measurement problem, IEEE
TAES 40(1).
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.tracks import STATE_PACKED, STATE_SIZE, THROWN_SIZE
from sangar.models.kernels.ballistic import advance, transition
from sangar.models.kernels.motion import STRAIGHT_RAD, predict_coordinated_turn
from sangar.models.kernels.packed import at
from sangar.tracking.kernels.filtering.thrown import LONGEST_STEP_S


@kernel
def multiply(tie, covariance, size, cross):
    """Write the covariance (6, size) of the past with the present: what ties them times the present's, packed."""
    for i in range(STATE_SIZE):
        for j in range(size):
            total = 0.0
            for k in range(size):
                total += tie[i, k] * covariance[at(k, j)]
            cross[i, j] = total


@kernel
def join(state, covariance, size, joint, packed, cross):
    """Write the present (size,) and its cross-covariance (6, size) with the past behind the past in the pair."""
    for i in range(size):
        joint[STATE_SIZE + i] = state[i]
        for j in range(STATE_SIZE):
            packed[at(STATE_SIZE + i, j)] = cross[j, i]
        for j in range(i + 1):
            packed[at(STATE_SIZE + i, STATE_SIZE + j)] = covariance[at(i, j)]


@kernel
def turn_terms(turn_radps, dt_s):
    """What a turn does to velocity and place: (cos, sin, sin / rate, (1 - cos) / rate); see `models.kernels.motion`."""
    if abs(turn_radps * dt_s) < STRAIGHT_RAD:
        return 1.0, 0.0, dt_s, 0.0
    sine, cosine = np.sin(turn_radps * dt_s), np.cos(turn_radps * dt_s)
    return cosine, sine, sine / turn_radps, (1.0 - cosine) / turn_radps


@kernel
def move_row(packed, i, dt_s, terms, row):
    """Write row i of A Fᵀ, A a packed covariance."""
    cosine, sine, along, aside = terms
    v_e, v_n, v_u = packed[at(i, 3)], packed[at(i, 4)], packed[at(i, 5)]
    row[0] = packed[at(i, 0)] + along * v_e + aside * v_n
    row[1] = packed[at(i, 1)] + along * v_n - aside * v_e
    row[2] = packed[at(i, 2)] + dt_s * v_u
    row[3], row[4], row[5] = cosine * v_e + sine * v_n, cosine * v_n - sine * v_e, v_u


@kernel
def pair_without_past(state, covariance, lag_s, motion, bench):
    """Write the pair of a motion model's past and present where nothing is known of the past but what the present says.

    Run backwards, the noise is the same with its sign turned: F⁻¹ Q F⁻ᵀ is -Q at -lag.
    """
    pair, packed, cross = bench["pair"][:], bench["pair_covariance"][:], bench["product"]
    turn_radps, noise, vertical_noise = motion
    for d in range(STATE_SIZE):
        pair[d] = state[d]
    for k in range(STATE_PACKED):
        packed[k] = covariance[k]
    predict_coordinated_turn(pair, packed, turn_radps, -lag_s, -noise, -vertical_noise)
    terms, row = turn_terms(turn_radps, -lag_s), cross[STATE_SIZE]
    for j in range(STATE_SIZE):
        move_row(covariance, j, -lag_s, terms, row)
        for i in range(STATE_SIZE):
            cross[i, j] = row[i]
    join(state, covariance, STATE_SIZE, pair, packed, cross)


@kernel
def pair_of_thrown(thrown, thrown_covariance, lag_s, parameters, bench):
    """Write the pair of the ballistic explanation, run backwards: the path is known so well that its noise is small.

    Its present has eight states, so the pair has 14 and its packed covariance 105.
    """
    pair, packed, cross = bench["pair"][:], bench["pair_covariance"][:], bench["product"]
    matrix, whole, column = bench["matrix"], bench["whole"], bench["vectors"][0]
    for d in range(STATE_SIZE):
        pair[d] = thrown[d]
    for i in range(THROWN_SIZE):
        for j in range(THROWN_SIZE):
            whole[i, j] = 1.0 if i == j else 0.0
    drag_1pm, left_s = np.exp(thrown[6]), lag_s
    while left_s > 1e-9:
        step_s = min(left_s, LONGEST_STEP_S)
        transition(pair, drag_1pm, -step_s, parameters.altitude_m, matrix)
        advance(pair, drag_1pm, thrown[7], -step_s, parameters.latitude_rad, parameters.altitude_m, bench["stages"])
        for j in range(THROWN_SIZE):
            for i in range(THROWN_SIZE):
                total = 0.0
                for k in range(THROWN_SIZE):
                    total += matrix[i, k] * whole[k, j]
                column[i] = total
            for i in range(THROWN_SIZE):
                whole[i, j] = column[i]
        left_s -= step_s
    multiply(whole, thrown_covariance, THROWN_SIZE, cross)
    for i in range(STATE_SIZE):
        for j in range(i + 1):
            total = 0.0
            for k in range(THROWN_SIZE):
                total += cross[i, k] * whole[j, k]
            packed[at(i, j)] = total
    q = parameters.thrown_noise_m2ps3
    for i in range(3):
        packed[at(i, i)] += q * lag_s * lag_s * lag_s / 3.0
        packed[at(i + 3, i)] -= 0.5 * q * lag_s * lag_s
        packed[at(i + 3, i + 3)] += q * lag_s
    join(thrown, thrown_covariance, THROWN_SIZE, pair, packed, cross)
