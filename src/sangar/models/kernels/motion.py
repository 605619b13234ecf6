"""Near-constant-velocity and coordinated-turn motion: predict a position-velocity state and its packed covariance.

    x' = F x,  P' = F P Fᵀ + Q,  F = [[I, T], [0, R]],  Q = q [[dt³/3, dt²/2], [dt²/2, dt]] on each axis

Constant velocity has T = I dt and R = I. In a turn of known rate ω, clockwise from above, the horizontal blocks are

    R = [[cos ω dt, sin ω dt], [-sin ω dt, cos ω dt]],  T = [[sin ω dt, 1 - cos ω dt], [cos ω dt - 1, sin ω dt]] / ω

and the vertical axis stays as it was.

Source: Bar-Shalom, Li & Kirubarajan (2001), Estimation with Applications to Tracking and Navigation, sections 6.2.2 and
11.7.1.
"""

import numpy as np

from sangar.core.jit import kernel

STRAIGHT_RAD = 1.0e-6
"""A turn by less than this in one step is flown straight: nobody could tell the difference."""


@kernel
def _add_noise(covariance, dt_s, noise, vertical_noise):
    """Add Q of white acceleration noise to a packed (21,) covariance."""
    half_square, cube = 0.5 * dt_s * dt_s, dt_s * dt_s * dt_s / 3.0
    for i in range(3):
        q = noise if i < 2 else vertical_noise
        row_v = (i + 3) * (i + 4) // 2
        covariance[i * (i + 1) // 2 + i] += q * cube
        covariance[row_v + i] += q * half_square
        covariance[row_v + i + 3] += q * dt_s


@kernel
def predict_constant_velocity(state, covariance, dt_s, noise, vertical_noise):
    """Move a (6,) state and its packed (21,) covariance `dt_s` ahead; noise in m²/s³, horizontal and vertical.

    The axes are decoupled in F, so the product is written out: position block, cross block, velocity block.
    """
    for i in range(3):
        state[i] += state[i + 3] * dt_s
        row_v = (i + 3) * (i + 4) // 2
        for j in range(i + 1):
            row_w = (j + 3) * (j + 4) // 2
            covariance[i * (i + 1) // 2 + j] += (
                dt_s * (covariance[row_v + j] + covariance[row_w + i]) + dt_s * dt_s * covariance[row_v + j + 3]
            )
    for i in range(3):
        row_v = (i + 3) * (i + 4) // 2
        for j in range(3):
            velocity = covariance[row_v + j + 3] if j <= i else covariance[(j + 3) * (j + 4) // 2 + i + 3]
            covariance[row_v + j] += dt_s * velocity
    _add_noise(covariance, dt_s, noise, vertical_noise)


@kernel
def predict_coordinated_turn(state, covariance, turn_radps, dt_s, noise, vertical_noise):
    """Move a (6,) state and its packed (21,) covariance `dt_s` ahead in a turn of known rate, clockwise; in place.

    The product F P Fᵀ is written out: with A = cov(v, p) and V = cov(v, v) before,
    P_pp += T A + (T A)ᵀ + T V Tᵀ, cov(v', p') = R (A + V Tᵀ), P_vv = R V Rᵀ.
    """
    if abs(turn_radps * dt_s) < STRAIGHT_RAD:
        predict_constant_velocity(state, covariance, dt_s, noise, vertical_noise)
        return
    x, p = state, covariance
    sine, cosine = np.sin(turn_radps * dt_s), np.cos(turn_radps * dt_s)
    along, aside = sine / turn_radps, (1.0 - cosine) / turn_radps
    v_e, v_n = x[3], x[4]
    x[0] += along * v_e + aside * v_n
    x[1] += along * v_n - aside * v_e
    x[2] += dt_s * x[5]
    x[3], x[4] = cosine * v_e + sine * v_n, cosine * v_n - sine * v_e
    a_ee, a_en, a_eu, a_ne, a_nn, a_nu, a_ue, a_un, a_uu = p[6], p[7], p[8], p[10], p[11], p[12], p[15], p[16], p[17]
    v_ee, v_ne, v_nn, v_ue, v_un, v_uu = p[9], p[13], p[14], p[18], p[19], p[20]
    # T V
    w_ee, w_en, w_eu = along * v_ee + aside * v_ne, along * v_ne + aside * v_nn, along * v_ue + aside * v_un
    w_ne, w_nn, w_nu = along * v_ne - aside * v_ee, along * v_nn - aside * v_ne, along * v_un - aside * v_ue
    w_ue, w_un, w_uu = dt_s * v_ue, dt_s * v_un, dt_s * v_uu
    p[0] += 2.0 * (along * a_ee + aside * a_ne) + along * w_ee + aside * w_en
    p[1] += along * (a_ne + a_en) + aside * (a_nn - a_ee) + along * w_ne + aside * w_nn
    p[2] += 2.0 * (along * a_nn - aside * a_en) + along * w_nn - aside * w_ne
    p[3] += dt_s * a_ue + along * a_eu + aside * a_nu + along * w_ue + aside * w_un
    p[4] += dt_s * a_un + along * a_nu - aside * a_eu + along * w_un - aside * w_ue
    p[5] += 2.0 * dt_s * a_uu + dt_s * w_uu
    e_ee, e_en, e_eu = a_ee + w_ee, a_en + w_ne, a_eu + w_ue
    e_ne, e_nn, e_nu = a_ne + w_en, a_nn + w_nn, a_nu + w_un
    p[6], p[7], p[8] = cosine * e_ee + sine * e_ne, cosine * e_en + sine * e_nn, cosine * e_eu + sine * e_nu
    p[10], p[11], p[12] = cosine * e_ne - sine * e_ee, cosine * e_nn - sine * e_en, cosine * e_nu - sine * e_eu
    p[15], p[16], p[17] = a_ue + w_eu, a_un + w_nu, a_uu + w_uu
    cross, square, other = cosine * sine, cosine * cosine, sine * sine
    p[9] = square * v_ee + 2.0 * cross * v_ne + other * v_nn
    p[13] = (square - other) * v_ne + cross * (v_nn - v_ee)
    p[14] = other * v_ee - 2.0 * cross * v_ne + square * v_nn
    p[18], p[19] = cosine * v_ue + sine * v_un, cosine * v_un - sine * v_ue
    _add_noise(covariance, dt_s, noise, vertical_noise)
