"""Detections of bodies whose path is known, made with NumPy alone, for the tests of tracker and pipeline."""

import numpy as np
from numpy.typing import NDArray

from sangar.core.detections import AZIMUTH, DETECTION, ELEVATION, RANGE, RANGE_RATE
from sangar.core.sensors import allocate_sensors

RADAR_SIGMA = np.array([10.0, np.radians(0.5), np.radians(0.5), 1.0])
"""1 sigma of range, azimuth, elevation and range rate: metres, radians, metres per second."""


def radar_table(period_s: float = 1.0) -> NDArray[np.void]:
    """One radar at the origin of the site that sees everything."""
    sensors = allocate_sensors(1)
    sensors["period_s"] = period_s
    return sensors


def flown(state: NDArray[np.float64], after_s: float) -> NDArray[np.float64]:
    """Position and velocity (..., 6) some seconds on, at constant velocity."""
    return np.concatenate([state[..., :3] + after_s * state[..., 3:], state[..., 3:]], axis=-1)


def radar_view(states: NDArray[np.float64]) -> NDArray[np.float64]:
    """Range, azimuth, elevation and range rate (n, 4) of states (n, 6), seen from the origin."""
    east, north, up = states[:, 0], states[:, 1], states[:, 2]
    range_m = np.linalg.norm(states[:, :3], axis=1)
    rate = np.einsum("ij,ij->i", states[:, :3], states[:, 3:]) / range_m
    return np.column_stack([range_m, np.arctan2(east, north), np.arcsin(up / range_m), rate])


def blank(count: int, time_s: float) -> NDArray[np.void]:
    """Detections in which nothing has been measured yet."""
    records = np.zeros(count, DETECTION)
    records["row"], records["time_s"] = np.arange(count), time_s
    records["measured"], records["sigma"] = np.nan, np.nan
    records["snr_db"], records["rcs_dbsm"] = 20.0, np.nan
    return records


def sighted(
    states: NDArray[np.float64], time_s: float, generator: np.random.Generator | None = None, first_row: int = 0
) -> NDArray[np.void]:
    """What a radar at the origin reports of states (n, 6); with noise where a generator is given."""
    records = blank(len(states), time_s)
    records["row"] += first_row
    noise = 0.0 if generator is None else generator.normal(size=(len(states), 4)) * RADAR_SIGMA
    records["measured"][:, [RANGE, AZIMUTH, ELEVATION, RANGE_RATE]] = radar_view(states) + noise
    records["sigma"][:, [RANGE, AZIMUTH, ELEVATION, RANGE_RATE]] = RADAR_SIGMA
    return records


def full_matrix(packed: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """The symmetric matrix of a packed lower triangle."""
    matrix = np.zeros((size, size))
    matrix[np.tril_indices(size)] = packed[: size * (size + 1) // 2]
    return matrix + np.tril(matrix, -1).T
