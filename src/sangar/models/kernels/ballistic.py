"""Ballistic motion of a point mass with drag and drift over a turning Earth.

    dv/dt = -k σ(h) |v| v - g(φ, h) ẑ - 2 Ω × v + D g (v × ẑ) / (v² + w²)

k is the drag constant at sea-level density (1/m), σ the density ratio of the standard atmosphere, Ω the Earth's rate.
D is the drift speed: what spins holds its nose to the right of its path (to the left for D < 0) by the yaw of repose,
which pulls it there. It is I_x p C_Lα / (m d C_Mα) with the spin p, axial moment of inertia I_x, mass m, calibre d: 0
for finned bombs, about 5 m/s for rifled mortars, 10 to 20 for howitzers. w = 60 m/s keeps it small where the body is
so slow that the yaw is no longer small. No wind. Position and velocity in the site's east, north, up; heights are above
the site's reference point.

Source: McCoy (1999), Modern Exterior Ballistics, chapters 5 (point mass) and 9 (yaw of repose); density: ISO
2533; gravity: Moritz (1980), GRS80.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.models.kernels.packed import at

EARTH_RATE_RADPS = 7.292115e-5
DENSITY_LAPSE_1PM = 2.25577e-5
DENSITY_EXPONENT = 4.25588
TROPOPAUSE_M = 11000.0
STRATOSPHERE_SCALE_M = 6341.6
STANDARD_GRAVITY_MPS2 = 9.80665
SMALL_YAW_MPS = 60.0
STATES, MOVING = 8, 6
"""Position, velocity, ln k and D; the first six move, the last two stay."""


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
def drift_1ps(state, drift_mps):
    """Rate at which drift turns a velocity to the right: acceleration over horizontal speed."""
    east_mps, north_mps, up_mps = state[3], state[4], state[5]
    square = east_mps * east_mps + north_mps * north_mps + up_mps * up_mps
    return drift_mps * STANDARD_GRAVITY_MPS2 / (square + SMALL_YAW_MPS * SMALL_YAW_MPS)


@kernel
def acceleration(state, drag_1pm, drift_mps, latitude_rad, site_altitude_m, result):
    """Acceleration (3,) in m/s² of a (6,) state, into `result`."""
    east_mps, north_mps, up_mps = state[3], state[4], state[5]
    altitude_m = site_altitude_m + state[2]
    speed_mps = np.sqrt(east_mps * east_mps + north_mps * north_mps + up_mps * up_mps)
    drag = drag_1pm * density_ratio(altitude_m) * speed_mps
    turn_north, turn_up = EARTH_RATE_RADPS * np.cos(latitude_rad), EARTH_RATE_RADPS * np.sin(latitude_rad)
    turn = drift_1ps(state, drift_mps)
    result[0] = turn * north_mps - drag * east_mps - 2.0 * (turn_north * up_mps - turn_up * north_mps)
    result[1] = -turn * east_mps - drag * north_mps - 2.0 * turn_up * east_mps
    result[2] = -drag * up_mps - gravity_mps2(latitude_rad, altitude_m) + 2.0 * turn_north * east_mps


@kernel
def advance(state, drag_1pm, drift_mps, dt_s, latitude_rad, site_altitude_m, scratch):
    """Move a (6,) state `dt_s` ahead by one classical Runge-Kutta step; `scratch` is (5, 6)."""
    probe, slopes = scratch[4], scratch
    for stage in range(4):
        reach = 0.0 if stage == 0 else (dt_s if stage == 3 else 0.5 * dt_s)
        for i in range(6):
            probe[i] = state[i] + (reach * slopes[stage - 1, i] if stage > 0 else 0.0)
        for i in range(3):
            slopes[stage, i] = probe[i + 3]
        acceleration(probe, drag_1pm, drift_mps, latitude_rad, site_altitude_m, slopes[stage, 3:6])
    for i in range(6):
        state[i] += dt_s / 6.0 * (slopes[0, i] + 2.0 * slopes[1, i] + 2.0 * slopes[2, i] + slopes[3, i])


@kernel
def transition(state, drag_1pm, dt_s, site_altitude_m, matrix):
    """Transition matrix (8, 8) over one step of position, velocity, ln k and D, linearised at `state`.

    F = I + A dt + A² dt² / 2 with A the Jacobian of the drag term and of D's own; left out are the density's change
    with height inside one step (a few parts in 10⁴ for steps below one second) and that drift turns with the velocity
    (one part in 10³ for 0.5 s).
    """
    speed_mps = np.sqrt(state[3] * state[3] + state[4] * state[4] + state[5] * state[5])
    rate = drag_1pm * density_ratio(site_altitude_m + state[2])
    for i in range(STATES):
        for j in range(STATES):
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
    turn = drift_1ps(state, 1.0)
    for i in range(2):
        aside = turn * state[4] if i == 0 else -turn * state[3]
        matrix[3 + i, 7] = aside * dt_s * (1.0 - 0.5 * rate * speed_mps * dt_s)
        matrix[i, 7] = aside * half


@kernel
def propagate(packed, matrix, product):
    """Replace packed P (36,) by F P Fᵀ with F from `transition`; `product` is (8, 8) scratch.

    F is [[I, G, g], [0, V, h], [0, 0, I]]: its zeros and ones are not multiplied.
    """
    for j in range(STATES):
        for i in range(3):
            position, velocity = packed[at(i, j)], 0.0
            for m in range(3, STATES):
                moved = packed[at(m, j)]
                position += matrix[i, m] * moved
                velocity += matrix[3 + i, m] * moved
            product[i, j] = position
            product[3 + i, j] = velocity
        for i in range(MOVING, STATES):
            product[i, j] = packed[at(i, j)]
    for i in range(STATES):
        for j in range(min(i + 1, MOVING)):
            total = product[i, j] if j < 3 else 0.0
            for m in range(3, STATES):
                total += product[i, m] * matrix[j, m]
            packed[at(i, j)] = total


@kernel
def wander(packed, dt_s, noise_m2ps3, drag_noise_hz):
    """Add to packed P (36,) what `dt_s` of white acceleration, and of ln k's random walk, make of it."""
    for i in range(3):
        packed[at(i, i)] += noise_m2ps3 * dt_s * dt_s * dt_s / 3.0
        packed[at(i + 3, i)] += 0.5 * noise_m2ps3 * dt_s * dt_s
        packed[at(i + 3, i + 3)] += noise_m2ps3 * dt_s
    packed[at(6, 6)] += drag_noise_hz * dt_s
