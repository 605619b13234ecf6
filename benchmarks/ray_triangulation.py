"""Where the rays of several cameras meet, each epoch by itself."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from benchmarks.camera_flights import Camera, detections_of, sensor_table
from sangar.core.detections import AZIMUTH
from sangar.tracking.registration.reference import ReferenceFlight

BRACKET_S = 0.1
"""A camera is taken whose frames before and after the epoch are this close together."""


def triangulate(cameras: list[Camera], truth: ReferenceFlight, epochs_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """(E,) error of the best point between the rays of an epoch; NaN where fewer than two cameras have one.

    A camera's ray lies between its frames before and after the epoch. Robust least squares of the angles.
    """
    sensors = sensor_table(cameras)
    time_s, sensor, batch = detections_of(cameras, sensors, float(epochs_s[0]) - 1.0, float(epochs_s[-1]) + 1.0)
    rays = np.full((len(epochs_s), len(cameras), 3), np.nan)
    for c, camera in enumerate(cameras):
        mine = (sensor == c) & np.isfinite(batch["measured"][:, AZIMUTH])
        own_s, measured = time_s[mine], batch["measured"][mine]
        level = np.cos(measured[:, 2])
        own = np.column_stack([level * np.sin(measured[:, 1]), level * np.cos(measured[:, 1]), np.sin(measured[:, 2])])
        after = np.clip(np.searchsorted(own_s, epochs_s), 1, len(own_s) - 1)
        gap_s = own_s[after] - own_s[after - 1]
        share = (epochs_s - own_s[after - 1]) / np.maximum(gap_s, 1e-9)
        is_between = (gap_s <= BRACKET_S) & (share >= 0.0) & (share <= 1.0)
        between = (1.0 - share)[:, None] * own[after - 1] + share[:, None] * own[after]
        rays[is_between, c] = (between @ camera.fit.model.own_from_site)[is_between]
    places_m, position_m = truth.position_at(epochs_s), sensors["position_m"]
    sigma_rad = np.array([float(np.hypot(*camera.fit.spread.white_rad)) for camera in cameras])
    error_m, guess_m = np.full(len(epochs_s), np.nan), position_m.mean(axis=0)
    for e in range(len(epochs_s)):
        has = np.isfinite(rays[e, :, 0])
        if has.sum() < 2:
            continue
        guess_m = _meet(rays[e, has], position_m[has], sigma_rad[has], guess_m)
        error_m[e] = np.linalg.norm(guess_m - places_m[e])
    return error_m


def _meet(
    rays: NDArray[np.float64],
    position_m: NDArray[np.float64],
    sigma_rad: NDArray[np.float64],
    guess_m: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The point nearest to some rays: first by distance from them, then by angle, robustly."""
    across = np.eye(3) - rays[:, :, None] * rays[:, None, :]
    start = np.linalg.lstsq(across.sum(axis=0), np.einsum("nij,nj->i", across, position_m), rcond=None)[0]

    def off(point: NDArray[np.float64]) -> NDArray[np.float64]:
        away = point - position_m
        distance = np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6)
        return np.asarray((np.cross(rays, away / distance) / sigma_rad[:, None]).ravel())

    fits = [least_squares(off, from_m, loss="soft_l1") for from_m in (start, guess_m)]
    return np.asarray(min(fits, key=lambda fit: fit.cost).x)
