"""A camera's lens: which ray each pixel looks along, and the other way round.

With normalised coordinates x to the right and y down, r² = x² + y² and distortion (k1, k2, p1, p2, k3),

    x' = x (1 + k1 r² + k2 r⁴ + k3 r⁶) + 2 p1 x y + p2 (r² + 2 x²)
    y' = y (1 + k1 r² + k2 r⁴ + k3 r⁶) + p1 (r² + 2 y²) + 2 p2 x y
    u = f_x x' + c_x,  v = f_y y' + c_y

Rays stand in the sensor's own axes: right, forward, up.

Source:
    Brown (1971), Close-range camera calibration, Photogrammetric Engineering 37(8); the order of the coefficients is
    OpenCV's.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from sangar.core.arrays import PositionsEnuM, Series

Pixels = Float64[NDArray[np.float64], "N 2"]
"""(N, 2) column and row in the picture; pixels."""

NEWTON_STEPS = 12
SMALLEST_DETERMINANT = 1e-6
LARGEST_LEFT = 1e-9
"""A ray whose distorted place is farther than this from its pixel (focal lengths) was not found."""
WIDEST = 10.0
"""Normalised coordinates beyond this are 84 degrees off the axis: no lens of this model reaches there."""


class Lens(NamedTuple):
    """What a camera's own calibration says.

    Attributes:
        focal_px: horizontal and vertical focal length.
        centre_px: column and row of the optical axis.
        distortion: k1, k2, p1, p2, k3.
        size_px: width and height of the picture.
    """

    focal_px: tuple[float, float]
    centre_px: tuple[float, float]
    distortion: tuple[float, float, float, float, float]
    size_px: tuple[int, int]


def rays_of(lens: Lens, pixels: Pixels) -> PositionsEnuM:
    """Unit rays (N, 3), right, forward, up, that the pixels look along; NaN where the lens model has none.

    Brown's equations are solved by Newton's method from the undistorted place.
    """
    wanted = ((pixels - np.array(lens.centre_px)) / np.array(lens.focal_px)).T
    x, y = np.clip(wanted, -WIDEST, WIDEST)
    for _ in range(NEWTON_STEPS):
        (bent_x, bent_y), (xx, xy, yy) = _bend(lens.distortion, x, y)
        left_x, left_y = wanted[0] - bent_x, wanted[1] - bent_y
        determinant = xx * yy - xy * xy
        determinant = np.where(np.abs(determinant) < SMALLEST_DETERMINANT, SMALLEST_DETERMINANT, determinant)
        x = np.clip(x + (yy * left_x - xy * left_y) / determinant, -WIDEST, WIDEST)
        y = np.clip(y + (xx * left_y - xy * left_x) / determinant, -WIDEST, WIDEST)
    bent, (xx, xy, yy) = _bend(lens.distortion, x, y)
    is_found = (np.hypot(*(wanted - bent)) < LARGEST_LEFT) & (xx * yy > xy * xy) & (xx > 0.0)
    x, y = np.where(is_found, x, np.nan), np.where(is_found, y, np.nan)
    rays: PositionsEnuM = np.column_stack([x, np.ones_like(x), -y])
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    return rays


def _bend(
    distortion: tuple[float, float, float, float, float], x: Series, y: Series
) -> tuple[NDArray[np.float64], tuple[Series, Series, Series]]:
    """Distorted coordinates (2, N) and their symmetric Jacobian: by x of x', by y of x', by y of y'."""
    k1, k2, p1, p2, k3 = distortion
    r2 = x * x + y * y
    radial, slope = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3)), 2.0 * (k1 + r2 * (2.0 * k2 + 3.0 * r2 * k3))
    bent = np.stack(
        [
            x * radial + 2.0 * p1 * x * y + p2 * (r2 + 2.0 * x * x),
            y * radial + p1 * (r2 + 2.0 * y * y) + 2.0 * p2 * x * y,
        ]
    )
    return bent, (
        radial + slope * x * x + 2.0 * p1 * y + 6.0 * p2 * x,
        slope * x * y + 2.0 * p1 * x + 2.0 * p2 * y,
        radial + slope * y * y + 6.0 * p1 * y + 2.0 * p2 * x,
    )


def pixels_of(lens: Lens, rays: PositionsEnuM) -> Pixels:
    """Where rays (N, 3), right, forward, up, of any length, fall in the picture; NaN for what lies behind the lens."""
    forward = np.where(rays[:, 1] > 0.0, rays[:, 1], np.nan)
    x, y = rays[:, 0] / forward, -rays[:, 2] / forward
    bent, _ = _bend(lens.distortion, x, y)
    pixels: Pixels = bent.T * np.array(lens.focal_px) + np.array(lens.centre_px)
    return pixels


def bearings_of(rays: PositionsEnuM) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Azimuth clockwise from forward, and elevation, of rays (N, 3) in right, forward, up; radians."""
    right, forward, up = rays.T
    return np.arctan2(right, forward), np.arctan2(up, np.hypot(right, forward))


def rays_from_bearings(azimuth_rad: NDArray[np.float64], elevation_rad: NDArray[np.float64]) -> PositionsEnuM:
    """Unit rays (N, 3), right, forward, up, of bearings."""
    level = np.cos(elevation_rad)
    rays: PositionsEnuM = np.column_stack(
        [level * np.sin(azimuth_rad), level * np.cos(azimuth_rad), np.sin(elevation_rad)]
    )
    return rays
