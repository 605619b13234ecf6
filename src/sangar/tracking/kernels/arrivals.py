"""Multilateration: where a transmission came from, by the times at which several receivers heard it.

With receivers s_i, arrival times turned into path lengths c t_i / n, and the unknown instant b of sending,

    c t_i / n = b + |x - s_i| + e_i,      h = height(x) + e_h where an altitude is told

is solved by damped Gauss-Newton steps with Huber's weights. The sum has other minima, some hundreds of kilometres away,
so it is begun from both roots of the closed form and, where the best answer does not fit, from every receiver.

Sources: Bancroft (1985), An algebraic solution of the GPS equations, IEEE Trans. Aerospace and Electronic Systems 21;
Huber (1964), Robust estimation of a location parameter, Annals of Mathematical Statistics 35(1).
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.models.kernels.cholesky import factorise, invert, solve_backward, solve_forward
from sangar.models.kernels.ellipsoid import height_and_up

UNKNOWNS = 4
STEPS = 40
LARGEST_DAMPING = 1.0e8
SCALE_M = 1.0e5
"""Lengths are measured in this while the closed form is solved: squares of metres of the Earth would drown the rest."""

SMALL_STEP_M = 1.0e-3
SMALLEST_SQUARE = 1.0e-12
USUAL_HEIGHT_M = 8000.0
"""Where an aircraft without a told altitude is looked for first."""

LOWEST_M, HIGHEST_M = -1000.0, 60_000.0
"""What sends is somewhere between; the other roots of the equations are under the ground or among the satellites."""

GOOD_FIT = 4.0
"""A robust cost up to this for each redundant measurement needs no other start."""


@kernel
def _residuals(state, receivers, path_m, sigma_m, altitude_m, altitude_sigma_m, bench):
    """Fill residuals (in sigma) and rows of the Jacobian; returns the robust cost."""
    count, residual, jacobian = receivers.shape[0], bench["residual"], bench["jacobian"]
    cost, huber = 0.0, bench["huber"]
    for i in range(count):
        d_x, d_y, d_z = (
            state[0] - receivers[i, 0],
            state[1] - receivers[i, 1],
            state[2] - receivers[i, 2],
        )
        distance_m = max(np.sqrt(d_x * d_x + d_y * d_y + d_z * d_z), 1.0)
        residual[i] = (path_m[i] - state[3] - distance_m) / sigma_m[i]
        over = 1.0 / (distance_m * sigma_m[i])
        row = jacobian[i]
        row[0], row[1], row[2], row[3] = d_x * over, d_y * over, d_z * over, 1.0 / sigma_m[i]
    rows = count
    if not np.isnan(altitude_m):
        height_m, up_x, up_y, up_z = height_and_up(state[0], state[1], state[2])
        residual[rows] = (altitude_m - height_m) / altitude_sigma_m
        over = 1.0 / altitude_sigma_m
        row = jacobian[rows]
        row[0], row[1], row[2], row[3] = up_x * over, up_y * over, up_z * over, 0.0
        rows += 1
    for i in range(rows):
        size = abs(residual[i])
        cost += 0.5 * size * size if size < huber else huber * (size - 0.5 * huber)
    return cost, rows


@kernel
def _normal(rows, bench):
    """Weighted normal matrix and gradient from residuals and Jacobian."""
    for j in range(UNKNOWNS):
        bench["gradient"][j] = 0.0
        for k in range(UNKNOWNS):
            bench["normal"][j, k] = 0.0
    for i in range(rows):
        size = abs(bench["residual"][i])
        weight = 1.0 if size < bench["huber"] else bench["huber"] / size
        for j in range(UNKNOWNS):
            scaled = weight * bench["jacobian"][i, j]
            bench["gradient"][j] += scaled * bench["residual"][i]
            for k in range(UNKNOWNS):
                bench["normal"][j, k] += scaled * bench["jacobian"][i, k]


@kernel
def descend(state, receivers, path_m, sigma_m, altitude_m, altitude_sigma_m, bench):
    """Damped Gauss-Newton from `state` (x, y, z, b), in place; returns (robust cost, rows), inf where it broke."""
    damping = 1.0e-3
    cost, rows = _residuals(state, receivers, path_m, sigma_m, altitude_m, altitude_sigma_m, bench)
    for _ in range(STEPS):
        _normal(rows, bench)
        is_better = False
        while damping < LARGEST_DAMPING and not is_better:
            for j in range(UNKNOWNS):
                bench["step"][j] = bench["gradient"][j]
                for k in range(UNKNOWNS):
                    bench["matrix"][j, k] = bench["normal"][j, k]
                bench["matrix"][j, j] *= 1.0 + damping
            if not factorise(bench["matrix"], UNKNOWNS):
                return np.inf, rows
            solve_forward(bench["matrix"], UNKNOWNS, bench["step"])
            solve_backward(bench["matrix"], UNKNOWNS, bench["step"])
            for j in range(UNKNOWNS):
                bench["trial"][j] = state[j] + bench["step"][j]
            trial_cost, _ = _residuals(bench["trial"], receivers, path_m, sigma_m, altitude_m, altitude_sigma_m, bench)
            is_better = trial_cost <= cost
            damping = max(0.2 * damping, 1.0e-9) if is_better else 8.0 * damping
        if not is_better:
            break
        moved = 0.0
        for j in range(UNKNOWNS):
            state[j] = bench["trial"][j]
            moved = max(moved, abs(bench["step"][j]))
        cost = trial_cost
        if moved < SMALL_STEP_M:
            break
    cost, rows = _residuals(state, receivers, path_m, sigma_m, altitude_m, altitude_sigma_m, bench)
    return (cost if np.isfinite(cost) else np.inf), rows


@kernel
def _lorentz(first, second):
    """Product of two space-time vectors: space minus time."""
    return first[0] * second[0] + first[1] * second[1] + first[2] * second[2] - first[3] * second[3]


@kernel
def close_form(receivers, path_m, roots, bench):
    """Both places (2, 3) of Bancroft's closed form; NaN where it has none (too few, or too flat an arrangement)."""
    normal, first, second, row = bench["normal"], bench["gradient"], bench["step"], bench["trial"]
    roots[:, :] = np.nan
    first[:], second[:], normal[:, :] = 0.0, 0.0, 0.0
    for i in range(receivers.shape[0]):
        for j in range(3):
            row[j] = (receivers[i, j] - receivers[0, j]) / SCALE_M
        row[3] = (path_m[i] - path_m[0]) / SCALE_M
        square = _lorentz(row, row)
        for j in range(UNKNOWNS):
            first[j] += 0.5 * square * row[j]
            second[j] += 0.5 * row[j]
            for k in range(UNKNOWNS):
                normal[j, k] += row[j] * row[k]
    if not factorise(normal, UNKNOWNS):
        return
    for vector in (first, second):
        solve_forward(normal, UNKNOWNS, vector)
        solve_backward(normal, UNKNOWNS, vector)
    square, linear, constant = _lorentz(second, second), 2.0 * _lorentz(first, second) - 1.0, _lorentz(first, first)
    if abs(square) < SMALLEST_SQUARE:
        return
    spread = np.sqrt(max(linear * linear - 4.0 * square * constant, 0.0))
    for r in range(2):
        root = (-linear + (1.0 - 2.0 * r) * spread) / (2.0 * square)
        for j in range(3):
            roots[r, j] = (first[j] + root * second[j]) * SCALE_M + receivers[0, j]


@kernel
def _start(s, receivers, path_m, altitude_m, bench):
    """Write start number s to `state`: a root of the closed form, then each receiver lifted to the altitude."""
    state, count = bench["state"], receivers.shape[0]
    for j in range(3):
        state[j] = bench["roots"][s, j] if s < 2 else receivers[s - 2, j]
    if s >= 2:
        height_m, up_x, up_y, up_z = height_and_up(state[0], state[1], state[2])
        lift_m = (USUAL_HEIGHT_M if np.isnan(altitude_m) else altitude_m) - height_m
        state[0], state[1], state[2] = state[0] + lift_m * up_x, state[1] + lift_m * up_y, state[2] + lift_m * up_z
    state[3] = 0.0
    for i in range(count):
        square = 0.0
        for j in range(3):
            square += (state[j] - receivers[i, j]) ** 2
        state[3] += (path_m[i] - np.sqrt(square)) / count


@kernel
def locate(receivers, path_m, sigma_m, altitude_m, altitude_sigma_m, place, covariance, bench):
    """Place (3,) a transmission came from and the covariance (3, 3) of it, in ECEF.

    Args:
        receivers: (n, 3) ECEF, n from 3 with an altitude or 4 without, to `RECEIVER_CAPACITY`.
        path_m: (n,) arrival times as path lengths, from any instant.
        sigma_m: (n,) 1 sigma of each.
        altitude_m: height above the ellipsoid; NaN where none is told.
        altitude_sigma_m: 1 sigma of it.
        place, covariance: out.
        bench: record of `ARRIVALS`.

    Returns:
        (robust cost: about half a degree of freedom each where all is well, and inf where there is no place;
        redundant measurements; number of starts tried).
    """
    count, best, tried = receivers.shape[0], np.inf, 0
    redundant = count + (0 if np.isnan(altitude_m) else 1) - UNKNOWNS
    if redundant < 0:
        return np.inf, redundant, tried
    close_form(receivers, path_m, bench["roots"], bench)
    for s in range(2 + count):
        if s > 2 and best <= GOOD_FIT * max(redundant, 1):
            break
        if s < 2 and np.isnan(bench["roots"][s, 0]):
            continue
        _start(s, receivers, path_m, altitude_m, bench)
        tried += 1
        cost, _ = descend(bench["state"], receivers, path_m, sigma_m, altitude_m, altitude_sigma_m, bench)
        height_m = height_and_up(bench["state"][0], bench["state"][1], bench["state"][2])[0]
        if cost < best and LOWEST_M <= height_m <= HIGHEST_M:
            best = cost
            for j in range(UNKNOWNS):
                bench["best"][j] = bench["state"][j]
    if best == np.inf:
        return np.inf, redundant, tried
    _, rows = _residuals(bench["best"], receivers, path_m, sigma_m, altitude_m, altitude_sigma_m, bench)
    _normal(rows, bench)
    if not factorise(bench["normal"], UNKNOWNS):
        return np.inf, redundant, tried
    invert(bench["normal"], UNKNOWNS, bench["matrix"])
    for j in range(3):
        place[j] = bench["best"][j]
        for k in range(3):
            covariance[j, k] = bench["matrix"][j, k]
    return best, redundant, tried
