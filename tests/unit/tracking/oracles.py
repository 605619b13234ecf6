"""Textbook answers in plain NumPy, written from the equations and not from the kernels."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sangar.core.detections import DETECTION
from sangar.core.sensors import allocate_sensors

Matrix = NDArray[np.float64]
EARTH_RADIUS_M = 6371000.0
STEPS = np.array([1e-2, 1e-2, 1e-2, 1e-3, 1e-3, 1e-3])


def full(packed: Matrix) -> Matrix:
    """The symmetric matrix of a packed lower triangle."""
    size = int(np.sqrt(2 * len(packed)))
    matrix = np.zeros((size, size))
    matrix[np.tril_indices(size)] = packed
    lower: Matrix = matrix + np.tril(matrix, -1).T
    return lower


def pack(matrix: Matrix) -> Matrix:
    """The lower triangle of a symmetric matrix, by rows."""
    lower: Matrix = matrix[np.tril_indices(len(matrix))].copy()
    return lower


def covariance_like(random: np.random.Generator, sigmas: Matrix) -> Matrix:
    """A positive definite matrix with about these standard deviations and strong correlations."""
    shape = random.normal(size=(len(sigmas), len(sigmas) + 2)) / np.sqrt(len(sigmas))
    matrix: Matrix = np.outer(sigmas, sigmas) * (shape @ shape.T + 0.05 * np.eye(len(sigmas)))
    return matrix


def turn(azimuth_rad: float, tilt_rad: float = 0.0) -> Matrix:
    """A rotation about the vertical, then about the first axis."""
    cos_a, sin_a, cos_t, sin_t = np.cos(azimuth_rad), np.sin(azimuth_rad), np.cos(tilt_rad), np.sin(tilt_rad)
    about_up = np.array([[cos_a, -sin_a, 0.0], [sin_a, cos_a, 0.0], [0.0, 0.0, 1.0]])
    tilted: Matrix = np.array([[1.0, 0.0, 0.0], [0.0, cos_t, -sin_t], [0.0, sin_t, cos_t]]) @ about_up
    return tilted


def make_sensor(position_m=(0.0, 0.0, 0.0), rotation=None, **columns):
    """One sensor's record; columns by name."""
    sensor = allocate_sensors(1)
    sensor["position_m"] = position_m
    sensor["local_from_site"] = np.eye(3) if rotation is None else rotation
    for name, value in columns.items():
        sensor[name] = value
    return sensor[0]


def measure(state: Matrix, sensor: np.void, site_altitude_m: float = 0.0, shift_s: float = 0.0) -> Matrix:
    """All eight numbers a sensor could measure of a (6 or more,) state, `shift_s` after it."""
    position, velocity = state[:3] + shift_s * state[3:6], state[3:6]
    local, local_velocity = (
        sensor["local_from_site"] @ (position - sensor["position_m"]),
        (sensor["local_from_site"] @ velocity),
    )
    distance = np.linalg.norm(local)
    altitude = site_altitude_m + position[2] + (position[0] ** 2 + position[1] ** 2) / (2 * EARTH_RADIUS_M)
    return np.array(
        [
            distance,
            np.arctan2(local[0], local[1]),
            np.arcsin(local[2] / distance),
            local @ local_velocity / distance,
            altitude,
            *position,
        ]
    )


def wrapped(difference: Matrix) -> Matrix:
    """Residuals with the azimuth's brought to -pi .. pi."""
    result: Matrix = difference.copy()
    result[..., 1] = np.angle(np.exp(1j * difference[..., 1]))
    return result


def slopes(state: Matrix, sensor: np.void, site_altitude_m: float = 0.0, shift_s: float = 0.0) -> Matrix:
    """Jacobian (8, 6) of `measure` by central differences."""
    columns = []
    for axis in range(6):
        step = np.zeros(len(state))
        step[axis] = STEPS[axis]
        ahead, behind = (measure(state + sign * step, sensor, site_altitude_m, shift_s) for sign in (1, -1))
        columns.append(wrapped(ahead - behind) / (2 * STEPS[axis]))
    return np.column_stack(columns)


def joint_update(state, covariance, residual, jacobian, sigma):
    """Kalman update with all components at once: state, covariance, squared distance, log density."""
    size = len(state)
    observation = np.zeros((len(residual), size))
    observation[:, :6] = jacobian
    innovation = observation @ covariance @ observation.T + np.diag(sigma**2)
    gain = np.linalg.solve(innovation, observation @ covariance).T
    square = residual @ np.linalg.solve(innovation, residual)
    log_density = -0.5 * (square + np.linalg.slogdet(2 * np.pi * innovation)[1])
    return state + gain @ residual, covariance - gain @ innovation @ gain.T, square, log_density


def constant_velocity(dt_s: float, noise: float, vertical_noise: float) -> tuple[Matrix, Matrix]:
    """Transition F and process noise Q of white acceleration noise."""
    transition = np.asarray(np.kron([[1.0, dt_s], [0.0, 1.0]], np.eye(3)), np.float64)
    axes = np.diag([noise, noise, vertical_noise])
    process = np.asarray(np.kron([[dt_s**3 / 3, dt_s**2 / 2], [dt_s**2 / 2, dt_s]], axes), np.float64)
    return transition, process


def moment_match(weights, means, covariances):
    """Mean and covariance of a Gaussian mixture."""
    mean = np.einsum("m,md->d", weights, means)
    apart = means - mean
    spread = np.einsum("m,mij->ij", weights, covariances) + np.einsum("m,mi,mj->ij", weights, apart, apart)
    return mean, spread


def ballistic_slope(drag_1pm: float, latitude_rad: float, site_altitude_m: float) -> Callable[[float, Matrix], Matrix]:
    """The equation of motion of a thrown body with vectors, as the books print it, for an ODE solver."""
    turn_radps = 7.292115e-5 * np.array([0.0, math.cos(latitude_rad), math.sin(latitude_rad)])
    sine = math.sin(latitude_rad) ** 2
    ground_gravity = 9.7803253 * (1 + 0.00193185 * sine) / math.sqrt(1 - 0.00669438 * sine)

    def slope(_: float, state: Matrix) -> Matrix:
        velocity, altitude_m = state[3:6], site_altitude_m + state[2]
        ratio = ((288.15 - 0.0065 * altitude_m) / 288.15) ** (9.80665 * 0.0289644 / (8.31432 * 0.0065) - 1)
        gravity = np.array([0.0, 0.0, ground_gravity - 3.086e-6 * altitude_m])
        drag = drag_1pm * ratio * np.linalg.norm(velocity) * velocity
        return np.concatenate([velocity, -drag - gravity - 2 * np.cross(turn_radps, velocity)])

    return slope


def make_detections(measured: Matrix, sigma: Matrix, time_s=0.0, first_row: int = 0) -> NDArray[np.void]:
    """Detection records of (n, 8) numbers; NaN where not measured."""
    measured = np.atleast_2d(measured)
    records = np.zeros(len(measured), DETECTION)
    records["row"] = first_row + np.arange(len(measured))
    records["time_s"] = time_s
    records["measured"] = measured
    records["sigma"] = np.where(np.isnan(measured), np.nan, sigma)
    records["snr_db"], records["rcs_dbsm"] = np.nan, np.nan
    return records


def only(measured: Matrix, columns) -> Matrix:
    """The numbers with all columns but these blanked."""
    kept: Matrix = np.full_like(measured, np.nan)
    kept[..., list(columns)] = measured[..., list(columns)]
    return kept
