"""Where a body that was lost may be by now: the ways it can have spent the time, one axis at a time.

    stood      it stands where it was
    went on    near-constant velocity, with small course changes
    shifted    it went on, and from one look to the next the sensor sees it elsewhere: multilateration by other
               receivers, an echo by another way
    wandered   its velocity forgets itself in some time τ and keeps its size s (Ornstein-Uhlenbeck):
               p' = p + v τ (1 - e),  v' = v e,  e = exp(-dt / τ)
               Q  = s² [[τ² (2 dt/τ - 3 + 4 e - e²), τ (1 - e)²], [τ (1 - e)², 1 - e²]]

A manoeuvring model made for seconds spreads as dt^1.5 and after two minutes allows a body any speed; a wandering one
spreads no faster than the body moves.

Source: Singer (1970), Estimating optimal tracking filter performance for manned maneuvering targets, IEEE TAES 6(4),
one derivative lower; Millefiori, Braca, Bryan & Willett (2016), Modeling vessel kinematics using a stochastic
mean-reverting process for long-term prediction, IEEE TAES 52(5).
"""

import numpy as np

from sangar.core.jit import kernel

STOOD, WENT_ON, WANDERED, SHIFTED = np.int64(0), np.int64(1), np.int64(2), np.int64(3)
STANDING_M, STANDING_MPS = 25.0, 2.0
"""1 sigma of place and speed of a body that stands: sensors see now one part of it, now another, now a reflection."""

SHIFT_M = 60.0
"""1 sigma on each axis by which the place of a body shifts when a sensor's errors jump."""

COURSE_NOISE_M2PS3 = 1.0
"""Acceleration noise of a body that holds its course for minutes: more than of one that does so for seconds."""

HEADING_NOISE_RAD2PS = 5.0e-5
"""Its heading wanders as well, seven degrees in five minutes (1 sigma): so the noise grows with the square of speed."""

WANDER_TIME_S = 60.0
"""Mean time a velocity is remembered: a procedure turn takes two minutes, a taxiway bends sooner."""

LEAST_WANDER_MPS = (5.0, 5.0, 3.0)
"""A body that wanders is at least this fast on each axis, 1 sigma; the last is its climb."""


@kernel
def place_block(covariance, axis):
    """Variances of place and velocity and their covariance on one axis, from a packed (21,) covariance."""
    v = axis + 3
    return covariance[axis * (axis + 3) // 2], covariance[v * (v + 1) // 2 + axis], covariance[v * (v + 3) // 2]


@kernel
def move_axis(place, speed, block, dt_s, way, noise, wander_mps):
    """Place and velocity of one axis after `dt_s`, and their block, when the time was spent in one of the ways.

    Args:
        place, speed: then, m and m/s.
        block: (variance of place, covariance, variance of velocity) then.
        way: STOOD, WENT_ON, WANDERED or SHIFTED.
        noise: of a body that went on, m²/s³.
        wander_mps: 1 sigma of a wandering body's velocity.
    """
    pp, pv, vv = block
    if way == STOOD:
        return place, 0.0, pp + STANDING_M * STANDING_M, 0.0, STANDING_MPS * STANDING_MPS
    if way in (WENT_ON, SHIFTED):
        reach, kept = dt_s, 1.0
        q_vv = noise * dt_s
        q_pp, q_pv = q_vv * dt_s * dt_s / 3.0, q_vv * dt_s / 2.0
        if way == SHIFTED:
            q_pp += SHIFT_M * SHIFT_M
    else:
        kept = np.exp(-dt_s / WANDER_TIME_S)
        reach = WANDER_TIME_S * (1.0 - kept)
        power = wander_mps * wander_mps
        growth = 2.0 * dt_s / WANDER_TIME_S - 3.0 + 4.0 * kept - kept * kept
        q_pp = power * WANDER_TIME_S * WANDER_TIME_S * max(growth, 0.0)
        q_pv, q_vv = power * WANDER_TIME_S * (1.0 - kept) * (1.0 - kept), power * (1.0 - kept * kept)
    moved_pp = pp + 2.0 * reach * pv + reach * reach * vv + q_pp
    return place + reach * speed, kept * speed, moved_pp, kept * (pv + reach * vv) + q_pv, kept * kept * vv + q_vv
