"""Ballistic motion of a point mass with drag over a turning Earth.

    dv/dt = -k σ(h) |v| v - g(φ, h) ẑ - 2 Ω × v

k is the drag constant at sea-level density (1/m), σ the density ratio of the standard atmosphere, Ω the Earth's rate.
No wind. Position and velocity in the site's east, north, up; heights are above the site's reference point.

Source: McCoy (1999), Modern Exterior Ballistics, chapter 5; density: ISO 2533; gravity: Moritz (1980), GRS80.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.models.kernels.packed import at

EARTH_RATE_RADPS = 7.292115e-5
DENSITY_LAPSE_1PM = 2.25577e-5
DENSITY_EXPONENT = 4.25588
TROPOPAUSE_M = 11000.0
STRATOSPHERE_SCALE_M = 6341.6


@kernel
def density_ratio(altitude_m):
    """Air density over its value at sea level, standard atmosphere (ISO 2533), 0-20 km."""
    height_m = max(altitude_m, -1000.0)
    if height_m <= TROPOPAUSE_M:
        return (1.0 - DENSITY_LAPSE_1PM * height_m) ** DENSITY_EXPONENT
    at_tropopause = (1.0 - DENSITY_LAPSE_1PM * TROPOPAUSE_M) ** DENSITY_EXPONENT
    return at_tropopause * np.exp(-(height_m - TROPOPAUSE_M) / STRATOSPHERE_SCALE_M)


@kernel
def gravity_mps2(latitude_rad, altitude_m):
    """Normal gravity at a latitude and altitude."""
    sine = np.sin(latitude_rad)
    return 9.780327 * (1.0 + 0.0053024 * sine * sine) - 3.086e-6 * altitude_m


@kernel
def acceleration(state, drag_1pm, latitude_rad, site_altitude_m, result):
    """Acceleration (3,) in m/s² of a (6,) state, into `result`."""
    east_mps, north_mps, up_mps = state[3], state[4], state[5]
    altitude_m = site_altitude_m + state[2]
    speed_mps = np.sqrt(east_mps * east_mps + north_mps * north_mps + up_mps * up_mps)
    drag = drag_1pm * density_ratio(altitude_m) * speed_mps
    turn_north, turn_up = EARTH_RATE_RADPS * np.cos(latitude_rad), EARTH_RATE_RADPS * np.sin(latitude_rad)
    result[0] = -drag * east_mps - 2.0 * (turn_north * up_mps - turn_up * north_mps)
    result[1] = -drag * north_mps - 2.0 * turn_up * east_mps
    result[2] = -drag * up_mps - gravity_mps2(latitude_rad, altitude_m) + 2.0 * turn_north * east_mps


@kernel
def advance(state, drag_1pm, dt_s, latitude_rad, site_altitude_m, scratch):
    """Move a (6,) state `dt_s` ahead by one classical Runge-Kutta step; `scratch` is (5, 6)."""
    probe, slopes = scratch[4], scratch
    for stage in range(4):
        reach = 0.0 if stage == 0 else (dt_s if stage == 3 else 0.5 * dt_s)
        for i in range(6):
            probe[i] = state[i] + (reach * slopes[stage - 1, i] if stage > 0 else 0.0)
        for i in range(3):
            slopes[stage, i] = probe[i + 3]
        acceleration(probe, drag_1pm, latitude_rad, site_altitude_m, slopes[stage, 3:6])
    for i in range(6):
        state[i] += dt_s / 6.0 * (slopes[0, i] + 2.0 * slopes[1, i] + 2.0 * slopes[2, i] + slopes[3, i])


@kernel
def transition(state, drag_1pm, dt_s, site_altitude_m, matrix):
    """Transition matrix (7, 7) over one step of position, velocity and ln k, linearised at `state`.

    F = I + A dt + A² dt² / 2 with A the Jacobian of the drag term; the density's change with height inside one step
    is left out (a few parts in 10⁴ for steps below one second).
    """
    speed_mps = np.sqrt(state[3] * state[3] + state[4] * state[4] + state[5] * state[5])
    rate = drag_1pm * density_ratio(site_altitude_m + state[2])
    for i in range(7):
        for j in range(7):
            matrix[i, j] = 1.0 if i == j else 0.0
    inverse_speed = 1.0 / speed_mps if speed_mps > 1e-6 else 0.0
    half = 0.5 * dt_s * dt_s
    for i in range(3):
        for j in range(3):
            along, across = state[3 + i] * state[3 + j], 1.0 if i == j else 0.0
            slope = -rate * (along * inverse_speed + speed_mps * across)
            square = rate * rate * (3.0 * along + speed_mps * speed_mps * across)
            matrix[3 + i, 3 + j] += slope * dt_s + square * half
            matrix[i, 3 + j] = slope * half + dt_s * across
        drag_slope = -rate * speed_mps * state[3 + i]
        matrix[3 + i, 6] = drag_slope * dt_s * (1.0 - rate * speed_mps * dt_s)
        matrix[i, 6] = drag_slope * half


@kernel
def propagate(packed, matrix, product):
    """Replace packed P (28,) by F P Fᵀ with F from `transition`; `product` is (7, 7) scratch.

    F is [[I, G, g], [0, V, h], [0, 0, 1]]: its zeros and ones are not multiplied.
    """
    for j in range(7):
        drag = packed[at(6, j)]
        for i in range(3):
            position, velocity = packed[at(i, j)] + matrix[i, 6] * drag, matrix[3 + i, 6] * drag
            for m in range(3, 6):
                moved = packed[at(m, j)]
                position += matrix[i, m] * moved
                velocity += matrix[3 + i, m] * moved
            product[i, j] = position
            product[3 + i, j] = velocity
        product[6, j] = drag
    k = 0
    for i in range(7):
        for j in range(min(i + 1, 6)):
            total = product[i, 6] * matrix[j, 6] + (product[i, j] if j < 3 else 0.0)
            for m in range(3, 6):
                total += product[i, m] * matrix[j, m]
            packed[k] = total
            k += 1
    packed[27] = product[6, 6]
