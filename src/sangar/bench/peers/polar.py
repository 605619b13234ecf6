"""The radar's measurement model in array form: bearing atan2(north, east), elevation, range and range rate."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from sangar.bench.scenes import BEARING, ELEVATION, RANGE, RANGE_RATE, ScanDetections, SceneMeta

States = Float64[NDArray[np.float64], "N 6"]
"""(N, 6) position and velocity east, north, up; metres and metres per second."""
Covariances = Float64[NDArray[np.float64], "N 6 6"]

BIRTH_VELOCITY_COVARIANCE = np.diag([100.0**2, 100.0**2, 15.0**2])
"""Velocity of a body nobody has seen move; (m/s)²."""


class Births(NamedTuple):
    """State and covariance of the body each detection would be, were it the first of one."""

    state: States
    covariance: Covariances


def measurement_noise(meta: SceneMeta) -> Float64[NDArray[np.float64], "4 4"]:
    """Covariance R of one detection."""
    sigma = meta.sigma
    return np.diag([sigma.azimuth_rad**2, sigma.elevation_rad**2, sigma.range_m**2, sigma.range_rate_mps**2])


def constant_velocity(period_s: float) -> Float64[NDArray[np.float64], "6 6"]:
    """Transition F of a body that keeps its velocity."""
    return np.eye(6) + period_s * np.eye(6, k=3)


def constant_velocity_noise(
    horizontal_m2ps3: float, vertical_m2ps3: float, period_s: float
) -> Float64[NDArray[np.float64], "6 6"]:
    """Covariance Q of white acceleration noise over one period.

    Source:
        Bar-Shalom, Li & Kirubarajan (2001), Estimation with Applications to Tracking and Navigation, 6.2.2.
    """
    noise = np.zeros((6, 6))
    for axis, intensity in enumerate((horizontal_m2ps3, horizontal_m2ps3, vertical_m2ps3)):
        noise[axis, axis] = intensity * period_s**3 / 3
        noise[axis, axis + 3] = noise[axis + 3, axis] = intensity * period_s**2 / 2
        noise[axis + 3, axis + 3] = intensity * period_s
    return noise


def cartesian(detections: ScanDetections) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(M, 3) positions and (M, 3, 3) their Jacobian by bearing, elevation and range."""
    bearing, elevation, range_m = detections[:, BEARING], detections[:, ELEVATION], detections[:, RANGE]
    cb, sb, ce, se = np.cos(bearing), np.sin(bearing), np.cos(elevation), np.sin(elevation)
    jacobian = np.empty((len(detections), 3, 3))
    jacobian[:, 0] = np.c_[-range_m * ce * sb, -range_m * se * cb, ce * cb]
    jacobian[:, 1] = np.c_[range_m * ce * cb, -range_m * se * sb, ce * sb]
    jacobian[:, 2] = np.c_[0 * range_m, range_m * ce, se]
    return np.c_[range_m * ce * cb, range_m * ce * sb, range_m * se], jacobian


def observe(states: States) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(N, 4) what the radar would measure of each state, and (N, 4, 6) its Jacobian H."""
    px, py, pz, vx, vy, vz = states.T
    ground2 = px * px + py * py
    ground = np.sqrt(ground2)
    range2 = ground2 + pz * pz
    range_m = np.sqrt(range2)
    range_rate = (px * vx + py * vy + pz * vz) / range_m
    jacobian = np.zeros((len(states), 4, 6))
    jacobian[:, 0, 0] = -py / ground2
    jacobian[:, 0, 1] = px / ground2
    jacobian[:, 1, 0] = -px * pz / (range2 * ground)
    jacobian[:, 1, 1] = -py * pz / (range2 * ground)
    jacobian[:, 1, 2] = ground / range2
    sight = states[:, :3] / range_m[:, None]
    jacobian[:, 2, :3] = sight
    jacobian[:, 3, 3:] = sight
    jacobian[:, 3, :3] = (states[:, 3:] - range_rate[:, None] * sight) / range_m[:, None]
    return np.stack([np.arctan2(py, px), np.arctan2(pz, ground), range_m, range_rate], 1), jacobian


def innovation(measured: NDArray[np.float64], predicted: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 4) measured less predicted, the bearing's difference turned into -pi..pi."""
    difference: NDArray[np.float64] = measured - predicted
    difference[:, BEARING] = (difference[:, BEARING] + np.pi) % (2 * np.pi) - np.pi
    return difference


def births(
    detections: ScanDetections,
    positions: NDArray[np.float64],
    jacobian: NDArray[np.float64],
    noise: NDArray[np.float64],
) -> Births:
    """New bodies: position and its covariance from the detection, velocity from the range rate and the birth prior."""
    sight = positions / detections[:, RANGE : RANGE + 1]
    covariance = np.zeros((len(detections), 6, 6))
    covariance[:, :3, :3] = jacobian @ noise[:3, :3] @ jacobian.transpose(0, 2, 1)
    along = BIRTH_VELOCITY_COVARIANCE @ sight[..., None]
    variance = (sight[:, None] @ along) + noise[3, 3]
    velocity = (along / variance)[..., 0] * detections[:, RANGE_RATE : RANGE_RATE + 1]
    covariance[:, 3:, 3:] = BIRTH_VELOCITY_COVARIANCE - along @ along.transpose(0, 2, 1) / variance
    return Births(np.c_[positions, velocity], covariance)
