"""Where a body was at an earlier time, and how that hangs together with where it is now.

A late report measures x(κ), the track stands at x(k), k > κ. What is wanted is the joint distribution of the two given
all that has been used, for then an ordinary update of the pair corrects x(k) too.

From a state kept on the track's trail at a time not after κ follow N(m, A) of x(κ), N(m', A') of x(k) with
A' = F A Fᵀ + Q, and the backward gain G = A Fᵀ A'⁻¹. With what is known of x(k) by now, N(x, P),

    x(κ) ~ N(m + G (x - m'), A + G (P - A') Gᵀ),   cov(x(κ), x(k)) = G P.

Q, the noise of the lag, is in A' and so in G: the correlation with the past of the present is less than that of a body
without noise, and the gain honours it. With nothing used between the kept state and κ, and one detection between κ and
k, this is the exact solution (the update then equals that of the detections in order); with more detections between
they count as one equivalent measurement. Without a kept state the past is unknown: G = F⁻¹ and A + ... becomes
F⁻¹ (P + Q) F⁻ᵀ.

Sources: Bar-Shalom (2002), Update with out-of-sequence measurements in tracking: exact solution, IEEE TAES 38(3),
algorithm A; Bar-Shalom, Chen & Mallick (2004), One-step solution for the multistep out-of-sequence measurement problem,
IEEE TAES 40(1), algorithms Al1, Bl1; the pair is updated as in Challa, Evans & Wang (2003), Information Fusion 4(3).
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.tracks import STATE_PACKED, STATE_SIZE, THROWN_SIZE
from sangar.models.kernels.ballistic import advance, transition
from sangar.models.kernels.cholesky import factorise, solve_backward, solve_forward
from sangar.models.kernels.motion import STRAIGHT_RAD, predict_coordinated_turn
from sangar.models.kernels.packed import at
from sangar.tracking.kernels.filtering.thrown import LONGEST_STEP_S


@kernel
def _join(state, covariance, size, joint, packed, cross):
    """Write the present (size,) and its cross-covariance (6, size) with the past behind the past in the pair."""
    for i in range(size):
        joint[STATE_SIZE + i] = state[i]
        for j in range(STATE_SIZE):
            packed[at(STATE_SIZE + i, j)] = cross[j, i]
        for j in range(i + 1):
            packed[at(STATE_SIZE + i, STATE_SIZE + j)] = covariance[at(i, j)]


@kernel
def _terms(turn_radps, dt_s):
    """What a turn does to velocity and place: (cos, sin, sin / rate, (1 - cos) / rate); see `models.kernels.motion`."""
    if abs(turn_radps * dt_s) < STRAIGHT_RAD:
        return 1.0, 0.0, dt_s, 0.0
    sine, cosine = np.sin(turn_radps * dt_s), np.cos(turn_radps * dt_s)
    return cosine, sine, sine / turn_radps, (1.0 - cosine) / turn_radps


@kernel
def _move_row(packed, i, dt_s, terms, row):
    """Write row i of A Fᵀ, A a packed covariance."""
    cosine, sine, along, aside = terms
    v_e, v_n, v_u = packed[at(i, 3)], packed[at(i, 4)], packed[at(i, 5)]
    row[0] = packed[at(i, 0)] + along * v_e + aside * v_n
    row[1] = packed[at(i, 1)] + along * v_n - aside * v_e
    row[2] = packed[at(i, 2)] + dt_s * v_u
    row[3], row[4], row[5] = cosine * v_e + sine * v_n, cosine * v_n - sine * v_e, v_u


@kernel
def pair_from_past(state, covariance, kept, kept_covariance, times_s, motion, bench):
    """Write the pair of a motion model's past and present from a kept state; False when numbers broke.

    Args:
        state: (6,) and covariance: packed (21,) at the present.
        kept: (6,) and kept_covariance: packed (21,) of the trail.
        times_s: of the kept state, of the late report, of the present; in this order.
        motion: of the motion model: turn rate clockwise in rad/s, horizontal and vertical noise in m²/s³.
        bench: record of `WORKBENCH`; the pair (12,) and its packed covariance (78,) go to `pair`, `pair_covariance`.
    """
    pair, packed, gain, cross = bench["pair"][:], bench["pair_covariance"][:], bench["matrix"], bench["product"]
    ahead, ahead_covariance, factor = bench["mean"][:], bench["covariance"][:], bench["whole"]
    turn_radps, noise, vertical_noise = motion
    since_s, lag_s = times_s[1] - times_s[0], times_s[2] - times_s[1]
    for d in range(STATE_SIZE):
        pair[d] = kept[d]
    for k in range(STATE_PACKED):
        packed[k] = kept_covariance[k]
    predict_coordinated_turn(pair, packed, turn_radps, since_s, noise, vertical_noise)
    for d in range(STATE_SIZE):
        ahead[d] = pair[d]
    for k in range(STATE_PACKED):
        ahead_covariance[k] = packed[k]
    predict_coordinated_turn(ahead, ahead_covariance, turn_radps, lag_s, noise, vertical_noise)
    for i in range(STATE_SIZE):
        for j in range(i + 1):
            factor[i, j] = ahead_covariance[at(i, j)]
    is_sound, terms = factorise(factor, STATE_SIZE), _terms(turn_radps, lag_s)
    for i in range(STATE_SIZE):
        _move_row(packed, i, lag_s, terms, gain[i])
        solve_forward(factor, STATE_SIZE, gain[i])
        solve_backward(factor, STATE_SIZE, gain[i])
    for i in range(STATE_SIZE):
        for j in range(STATE_SIZE):
            total = 0.0
            for k in range(STATE_SIZE):
                total += gain[i, k] * covariance[at(k, j)]
            cross[i, j] = total
    _smooth(state, ahead, lag_s, terms, pair, packed, gain, cross)
    _join(state, covariance, STATE_SIZE, pair, packed, cross)
    return is_sound


@kernel
def _smooth(state, ahead, lag_s, terms, pair, packed, gain, cross):
    """Bring what is known of the present to the past: x(κ) += G (x - m'), A += (G P - A Fᵀ) Gᵀ."""
    for i in range(STATE_SIZE):
        for k in range(STATE_SIZE):
            pair[i] += gain[i, k] * (state[k] - ahead[k])
    for i in range(STATE_SIZE):  # row i needs A of itself and of the rows after it, which are still as they were
        difference = cross[STATE_SIZE]
        _move_row(packed, i, lag_s, terms, difference)
        for k in range(STATE_SIZE):
            difference[k] = cross[i, k] - difference[k]
        for j in range(i + 1):
            total = 0.0
            for k in range(STATE_SIZE):
                total += difference[k] * gain[j, k]
            gain[STATE_SIZE, j] = total
        for j in range(i + 1):
            packed[at(i, j)] += gain[STATE_SIZE, j]


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
    terms, row = _terms(turn_radps, -lag_s), cross[STATE_SIZE]
    for j in range(STATE_SIZE):
        _move_row(covariance, j, -lag_s, terms, row)
        for i in range(STATE_SIZE):
            cross[i, j] = row[i]
    _join(state, covariance, STATE_SIZE, pair, packed, cross)


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
    for i in range(STATE_SIZE):
        for j in range(THROWN_SIZE):
            total = 0.0
            for k in range(THROWN_SIZE):
                total += whole[i, k] * thrown_covariance[at(k, j)]
            cross[i, j] = total
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
    _join(thrown, thrown_covariance, THROWN_SIZE, pair, packed, cross)
