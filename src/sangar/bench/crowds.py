"""Scenes in which whose detection it is, is hard to say: drones in dense clutter, swarms that cross, a close formation.

One short-range radar at the origin, a look a second. Everything is drawn from the seed; the scenes have the form of the
common ones.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from sangar.bench.air_traffic import polar
from sangar.bench.scenes import Scene, SceneMeta, SceneSigma
from sangar.tracking.metrics.scoring import LabelledPositions

DOPPLER_RADAR = SceneSigma(azimuth_rad=6e-3, elevation_rad=6e-3, range_m=5.0, range_rate_mps=1.0)
"""A small drone-detection radar: 18 m across the line of sight at 3 km."""
COARSE_RADAR = SceneSigma(azimuth_rad=10e-3, elevation_rad=10e-3, range_m=10.0, range_rate_mps=15.0)
"""One whose range rate hardly tells a drone from clutter: 30 m across the line of sight at 3 km."""
CLUTTER_RANGE_M = (200.0, 5000.0)
CLUTTER_ELEVATION_RAD = (0.0, 0.35)
CLUTTER_RANGE_RATE_MPS = (-30.0, 30.0)
PERIOD_S = 1.0
SCANS = 60

States = Float64[NDArray[np.float64], "T N 6"]
"""Positions and velocities of N bodies at T scans; site ENU, m and m/s; NaN where a body is not there."""


class Crowd(NamedTuple):
    """What a scene is made from.

    Attributes:
        name: how reports call it.
        fly: draws the bodies' states from dice.
        detection_probability: the same for every body and scan.
        clutter_count_mean: false detections per scan, Poisson.
        sigma: noise of the radar.
    """

    name: str
    fly: Callable[[np.random.Generator], States]
    detection_probability: float
    clutter_count_mean: float
    sigma: SceneSigma = DOPPLER_RADAR


def wanderers(random: np.random.Generator, count: int = 50) -> States:
    """Drones by themselves, 10 to 30 m/s, 1 to 4 km out; a third of them end in the last two thirds of the scene."""
    range_m, bearing_rad = random.uniform(1000.0, 4000.0, count), random.uniform(-np.pi, np.pi, count)
    speed_mps, heading_rad = random.uniform(10.0, 30.0, count), random.uniform(-np.pi, np.pi, count)
    position_m = np.c_[
        range_m * np.cos(bearing_rad), range_m * np.sin(bearing_rad), random.uniform(0.05, 0.25, count) * range_m
    ]
    velocity_mps = np.c_[speed_mps * np.cos(heading_rad), speed_mps * np.sin(heading_rad), np.zeros(count)]
    states = _fly(random, position_m, velocity_mps, 0.5)
    for body in range(count // 3):
        states[random.integers(SCANS // 3, SCANS) :, body] = np.nan
    return states


def crossing_groups(random: np.random.Generator, spacing_m: float, angle_rad: float, count: int = 20) -> States:
    """Two groups whose courses cross at a shallow angle in the middle of the scene, both at the same heights."""
    middle_m = np.array([0.0, 2500.0, 300.0])
    position_m, velocity_mps = [], []
    for side in (-1.0, 1.0):
        heading_rad = side * angle_rad / 2.0
        course = np.array([np.cos(heading_rad), np.sin(heading_rad), 0.0])
        velocity = 25.0 * course
        position_m.append(middle_m - velocity * PERIOD_S * SCANS / 2.0 + _formation(random, count, spacing_m))
        velocity_mps.append(np.repeat(velocity[None], count, 0))
    return _fly(random, np.concatenate(position_m), np.concatenate(velocity_mps), 0.1)


def close_formation(random: np.random.Generator, spacing_m: float, count: int = 20) -> States:
    """One group that flies past, its members side by side all the time."""
    velocity = np.array([25.0, 0.0, 0.0])
    start_m = np.array([0.0, 2500.0, 300.0]) - velocity * PERIOD_S * SCANS / 2.0
    return _fly(random, start_m + _formation(random, count, spacing_m), np.repeat(velocity[None], count, 0), 0.02)


def _formation(random: np.random.Generator, count: int, spacing_m: float) -> Float64[NDArray[np.float64], "N 3"]:
    """Places in a square, on a grid of that spacing and a tenth of it astray."""
    side = int(np.ceil(np.sqrt(count)))
    grid = np.array([(i % side, i // side, 0.0) for i in range(count)]) - (side - 1) / 2.0 * np.array([1.0, 1.0, 0.0])
    places: Float64[NDArray[np.float64], "N 3"] = spacing_m * (grid + 0.1 * random.normal(size=(count, 3)))
    return places


def _fly(
    random: np.random.Generator, position_m: NDArray[np.float64], velocity_mps: NDArray[np.float64], noise_m2ps3: float
) -> States:
    """Near-constant velocity; no climb."""
    states = [np.hstack([position_m, velocity_mps])]
    for _ in range(SCANS - 1):
        state = states[-1].copy()
        change = np.sqrt(noise_m2ps3 * PERIOD_S) * random.normal(size=(len(state), 3)) * [1.0, 1.0, 0.0]
        state[:, :3] += PERIOD_S * (state[:, 3:] + 0.5 * change)
        state[:, 3:] += change
        states.append(state)
    return np.stack(states)


def crowd_scene(crowd: Crowd, seed: int) -> Scene:
    """The scene of a crowd that this seed gives."""
    random = np.random.default_rng(seed)
    states = crowd.fly(random)
    labels = np.arange(states.shape[1])
    return Scene(
        name=crowd.name,
        meta=_meta(crowd, len(labels)),
        detections=tuple(_look(random, now[np.isfinite(now[:, 0])], crowd) for now in states),
        truths=tuple(_truth(labels, now) for now in states),
    )


def _truth(labels: NDArray[np.int64], now: NDArray[np.float64]) -> LabelledPositions:
    there = np.isfinite(now[:, 0])
    return LabelledPositions(labels[there], now[there, :3], now[there, 3:])


def _look(random: np.random.Generator, now: NDArray[np.float64], crowd: Crowd) -> NDArray[np.float64]:
    """One scan's detections in random order."""
    seen = now[random.random(len(now)) < crowd.detection_probability]
    noise = [crowd.sigma.azimuth_rad, crowd.sigma.elevation_rad, crowd.sigma.range_m, crowd.sigma.range_rate_mps]
    plots = polar(seen[:, :3], seen[:, 3:]) + noise * random.normal(size=(len(seen), 4))
    false_count = random.poisson(crowd.clutter_count_mean)
    clutter = np.c_[
        random.uniform(-np.pi, np.pi, false_count),
        random.uniform(*CLUTTER_ELEVATION_RAD, false_count),
        random.uniform(*CLUTTER_RANGE_M, false_count),
        random.uniform(*CLUTTER_RANGE_RATE_MPS, false_count),
    ]
    plots = np.r_[plots, clutter]
    shuffled: NDArray[np.float64] = plots[random.permutation(len(plots))]
    return shuffled


def _meta(crowd: Crowd, count: int) -> SceneMeta:
    return SceneMeta(
        target_count=count,
        scan_count=SCANS,
        period_s=PERIOD_S,
        detection_probability=crowd.detection_probability,
        sigma=crowd.sigma,
        clutter_count_mean=crowd.clutter_count_mean,
        clutter_range_m=CLUTTER_RANGE_M,
        clutter_elevation_rad=CLUTTER_ELEVATION_RAD,
        clutter_range_rate_mps=CLUTTER_RANGE_RATE_MPS,
    )
