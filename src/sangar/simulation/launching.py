"""Simulated rockets and mortar bombs: the launch speed with which a scripted shot falls where the scenario says.

A scenario names where a shot starts and where it falls; between the two the body obeys `models.kernels.ballistic`.
The motor's burn is left out: the body starts with its whole speed.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.arrays import Vector3
from sangar.simulation.kernels.flight import between, fly_thrown

LONGEST_FLIGHT_S = 300.0
SLOWEST_MPS = 20.0
FASTEST_MPS = 3000.0
SPEED_STEP = 1.4
NEAR_ENOUGH_M = 0.5
CORRECTIONS = 4


class Thrown(NamedTuple):
    """One shot from launch to impact.

    Attributes:
        position_m: (K, 3) site ENU.
        velocity_mps: (K, 3).
        impact_s: time of impact after launch.
        impact_m: (3,) where.
    """

    position_m: NDArray[np.float64]
    velocity_mps: NDArray[np.float64]
    impact_s: float
    impact_m: NDArray[np.float64]


class _Range(NamedTuple):
    """A shot's surroundings: where it starts, what slows it, where it falls to."""

    launch_m: NDArray[np.float64]
    elevation_rad: float
    drag_1pm: float
    ground_m: float
    place: tuple[float, float]
    step_s: float


def fly_ballistic(
    launch_m: Vector3, aim_m: Vector3, elevation_rad: float, drag_1pm: float, place: tuple[float, float], step_s: float
) -> Thrown | None:
    """The flight from a launch point to an aim point at a launch elevation; None where no speed reaches it.

    Args:
        launch_m: (3,) site ENU.
        aim_m: (3,) site ENU; the shot ends at its height.
        elevation_rad: launch elevation.
        drag_1pm: drag constant.
        place: latitude (rad) and altitude (m) of the site.
        step_s: time between samples.
    """
    away = aim_m - launch_m
    bearing_rad, wanted_m = math.atan2(away[0], away[1]), math.hypot(away[0], away[1])
    scene = _Range(launch_m, elevation_rad, drag_1pm, float(aim_m[2]), place, step_s)
    azimuth_rad = bearing_rad
    shot = _shoot_to_range(scene, azimuth_rad, wanted_m)
    for _ in range(CORRECTIONS):  # the turning Earth carries the shot sideways: aim off by as much
        if shot is None or math.dist(shot.impact_m[:2], aim_m[:2]) <= NEAR_ENOUGH_M:
            return shot
        landed = shot.impact_m - launch_m
        azimuth_rad += bearing_rad - math.atan2(landed[0], landed[1])
        shot = _shoot_to_range(scene, azimuth_rad, wanted_m)
    return shot


def _shoot_to_range(scene: _Range, azimuth_rad: float, wanted_m: float) -> Thrown | None:
    """The shot that flies this far over the ground: range grows with speed, so a bracket and Brent's method do."""

    def excess_m(speed_mps: float) -> float:
        shot = _shoot(scene, azimuth_rad, speed_mps)
        return math.inf if shot is None else _range_m(scene, shot) - wanted_m

    slow_mps, fast_mps = SLOWEST_MPS, SLOWEST_MPS * SPEED_STEP
    while (over_m := excess_m(fast_mps)) < 0.0:
        slow_mps, fast_mps = fast_mps, fast_mps * SPEED_STEP
        if fast_mps > FASTEST_MPS:
            return None
    if not math.isfinite(over_m):
        return None
    from scipy.optimize import brentq  # takes longer to import than a whole raid without rockets takes to start

    speed_mps: float = brentq(excess_m, slow_mps, fast_mps, xtol=1e-6)
    return _shoot(scene, azimuth_rad, speed_mps)


def _range_m(scene: _Range, shot: Thrown) -> float:
    return math.hypot(shot.impact_m[0] - scene.launch_m[0], shot.impact_m[1] - scene.launch_m[1])


def _shoot(scene: _Range, azimuth_rad: float, speed_mps: float) -> Thrown | None:
    """One trial shot; None where it is still in the air after the longest flight."""
    count = math.ceil(LONGEST_FLIGHT_S / scene.step_s)
    position_m, velocity_mps, start = np.zeros((count, 3)), np.zeros((count, 3)), np.zeros(6)
    level_mps = speed_mps * math.cos(scene.elevation_rad)
    start[:3] = scene.launch_m
    start[3:] = (
        level_mps * math.sin(azimuth_rad),
        level_mps * math.cos(azimuth_rad),
        speed_mps * math.sin(scene.elevation_rad),
    )
    used, impact_s = fly_thrown(
        start, scene.drag_1pm, scene.ground_m, *scene.place, scene.step_s, position_m, velocity_mps, np.zeros((6, 6))
    )
    if not math.isfinite(impact_s):
        return None
    after_s = impact_s - (used - 2) * scene.step_s
    impact_m = np.array([between(position_m, velocity_mps, used - 2, axis, after_s, scene.step_s) for axis in range(3)])
    return Thrown(position_m[:used], velocity_mps[:used], float(impact_s), impact_m)
