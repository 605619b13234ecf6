"""Drones that come for a site's zones one after another, and how long before they arrive the people are warned.

A multirotor flies 8 to 19 m/s at 30 to 200 m with an echo of -18 ± 4 dBsm, a fixed-wing drone 25 to 58 m/s at 80 to
800 m with -11 ± 4.5: assumptions, as of `benchmarks/class_bodies.py`. Both come from any side in two legs.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.events import EventKind
from sangar.core.targets import TargetClass
from sangar.pipeline.pipeline import Pipeline
from sangar.scenario.site import Site
from sangar.simulation.claimants import SILENT
from sangar.simulation.quiet_days import TOLD
from sangar.simulation.quiet_sky import Flights, QuietSky
from sangar.simulation.tables import FLIGHT, Trajectories

AWAY_M, BEND_M, BEND_RAD = 6000.0, 2500.0, 0.35
"""They start this far from the zone, and turn in this far out, by up to so much."""
STEP_S, PAUSE_S = 1.0, 300.0
"""Between samples; and between one drone's end and the next one's start."""


class Habits(NamedTuple):
    """Ranges of speed and height, drawn evenly, and mean and 1 sigma of the echo."""

    speed_mps: tuple[float, float]
    height_m: tuple[float, float]
    echo_dbsm: tuple[float, float]


HABITS = {
    TargetClass.ROTARY_DRONE: Habits((8.0, 19.0), (30.0, 200.0), (-18.0, 4.0)),
    TargetClass.FIXED_WING_DRONE: Habits((25.0, 58.0), (80.0, 800.0), (-11.0, 4.5)),
}


class Intruders(NamedTuple):
    """N drones of one kind.

    Attributes:
        flights: where they go.
        starts_s, arrives_s: (N,) when each sets out, and is over its zone's edge.
        zone: (N,) row of the zone it comes for.
    """

    flights: Flights
    starts_s: NDArray[np.float64]
    arrives_s: NDArray[np.float64]
    zone: NDArray[np.int64]


def intruders(site: Site, kind: TargetClass, count: int, dice: np.random.Generator) -> Intruders:
    """Draw drones of one kind; each goes for one of the site's zones and ends in its middle."""
    habits, rows = HABITS[kind], np.zeros(count, FLIGHT)
    places, velocities, zones = [], [], dice.integers(0, len(site.zones), count)
    starts_s, arrives_s, time_s, first = np.zeros(count), np.zeros(count), 30.0, 0
    for k, zone in enumerate(zones):
        corners_m = site.zones[zone].corners_m(site.frame)
        middle_m = corners_m.mean(axis=0)
        radius_m = float(np.linalg.norm(corners_m - middle_m, axis=1).min())
        place_m, velocity_mps, end_s = _flight(middle_m, habits, dice)
        starts_s[k] = time_s
        arrives_s[k] = time_s + end_s - radius_m / float(np.linalg.norm(velocity_mps[0, :2]))
        rows[k] = (first, first + len(place_m), time_s, STEP_S, time_s + end_s)
        places.append(place_m)
        velocities.append(velocity_mps)
        first, time_s = first + len(place_m), time_s + end_s + PAUSE_S
    echo_dbsm = dice.normal(*habits.echo_dbsm, count)
    paths = Trajectories(rows, np.concatenate(places), np.concatenate(velocities))
    flights = Flights(paths, np.full(count, int(kind)), echo_dbsm, np.full(count, -1), np.full(count, SILENT))
    return Intruders(flights, starts_s, arrives_s, zones)


def _flight(
    middle_m: NDArray[np.float64], habits: Habits, dice: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """(K, 3) places and velocities every `STEP_S`, and how long it flies."""
    speed_mps, height_m = dice.uniform(*habits.speed_mps), dice.uniform(*habits.height_m)
    bearing_rad, bend_rad = dice.uniform(0.0, 2.0 * math.pi), dice.uniform(-BEND_RAD, BEND_RAD)
    corner_m = BEND_M * np.array([math.sin(bearing_rad), math.cos(bearing_rad)])
    out = np.array([math.sin(bearing_rad + bend_rad), math.cos(bearing_rad + bend_rad)])
    begin_m = corner_m + (AWAY_M - BEND_M) * out
    legs_s = (AWAY_M - BEND_M) / speed_mps, BEND_M / speed_mps
    after_s = np.arange(0.0, sum(legs_s) + 2.0 * STEP_S, STEP_S)[:, None]
    first, second = -speed_mps * out, -speed_mps * corner_m / BEND_M
    is_first = after_s < legs_s[0]
    level_m = np.where(is_first, begin_m + first * after_s, corner_m + second * (after_s - legs_s[0])) + middle_m
    place_m = np.column_stack([level_m, np.full(len(level_m), height_m)])
    velocity_mps = np.column_stack([np.where(is_first, first, second), np.zeros(len(level_m))])
    return place_m, velocity_mps, sum(legs_s)


def warned_before(pipeline: Pipeline, site: Site, coming: Intruders, seed: int) -> NDArray[np.float64]:
    """(N,) seconds from the first warning of its zone to each drone's arrival there; NaN where none came before it."""
    sky = QuietSky(site, float(coming.arrives_s[-1]) + PAUSE_S, 0.0, coming.flights, seed)
    before_s = np.full(len(coming.zone), np.nan)
    for batch in sky.batches():
        for event in pipeline.step(batch).events:
            if event["kind"] == EventKind.ZONE_CHANGED and event["new"] in TOLD:
                k = int(np.searchsorted(coming.starts_s, event["time_s"], side="right")) - 1
                is_for_it = k >= 0 and event["area"] == coming.zone[k] and event["time_s"] <= coming.arrives_s[k]
                if is_for_it and np.isnan(before_s[k]):
                    before_s[k] = coming.arrives_s[k] - event["time_s"]
    return before_s
