"""Recorded air traffic moved to a site: three hours round Paris, again and again, each time shifted and turned anew.

The bodies fly as recorded (ADS-B, resampled every 5 s); nothing they said of themselves is passed on. A place within
the busy area is drawn and laid on the site's reference point, the ground of the one on that of the other. Only what
comes within 15 km of it is kept.
"""

import gzip
import json
import math
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.targets import TargetClass
from sangar.simulation.quiet_sky import Flights
from sangar.simulation.tables import FLIGHT, Trajectories

RECORDING = "adsb/quickstart.json.gz"
LATITUDES_DEG, LONGITUDES_DEG = (48.4, 49.2), (1.8, 3.2)
"""The busy area, from which places are drawn."""
GROUND_M = 100.0
STEP_S, GAP_S, NEAR_M = 5.0, 60.0, 15_000.0
FOOT_M, KNOT_MPS, FOOT_PER_MINUTE_MPS = 0.3048, 1852.0 / 3600.0, 0.3048 / 60.0
DEGREE_M = 111_195.0
ECHO_DBSM = (8.0, 6.0)
"""Mean and 1 sigma, as of `benchmarks/class_bodies.py`."""
Matrix = NDArray[np.float64]


class Leg(NamedTuple):
    """One aircraft without a gap: (K,) times, (K, 3) latitude, longitude, height; (K, 3) velocity."""

    time_s: Matrix
    place: Matrix
    velocity_mps: Matrix


def load_legs() -> tuple[list[Leg], float]:
    """The recording's flights, resampled, and how long it lasts."""
    path = Path(os.environ["SANGAR_DATA"]) / RECORDING
    with gzip.open(path, "rt") as file:
        rows = json.load(file)
    fields = ("timestamp", "latitude", "longitude", "altitude", "groundspeed", "track", "vertical_rate")
    aircraft: dict[str, list[tuple[float, ...]]] = {}
    for row in rows:
        numbers = tuple(row[name] for name in fields)
        if not row["onground"] and all(number is not None and math.isfinite(number) for number in numbers):
            aircraft.setdefault(row["icao24"], []).append(numbers)
    begin_s = min(numbers[0][0] for numbers in aircraft.values()) / 1000.0
    legs = [leg for numbers in aircraft.values() for leg in _legs(np.array(sorted(set(numbers))), begin_s)]
    return legs, max(leg.time_s[-1] for leg in legs)


def _legs(rows: Matrix, begin_s: float) -> list[Leg]:
    time_s = rows[:, 0] / 1000.0 - begin_s
    found = []
    for part in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(time_s) > GAP_S) + 1):
        if len(part) < 3 or time_s[part[-1]] - time_s[part[0]] < 4.0 * STEP_S:
            continue
        sampled_s = np.arange(time_s[part[0]], time_s[part[-1]], STEP_S)
        _, latitude, longitude, altitude, speed, track, climb = rows[part].T
        heading_rad = np.unwrap(np.radians(track))
        columns = (
            latitude,
            longitude,
            FOOT_M * altitude - GROUND_M,
            KNOT_MPS * speed,
            heading_rad,
            FOOT_PER_MINUTE_MPS * climb,
        )
        sampled = [np.interp(sampled_s, time_s[part], column) for column in columns]
        velocity = np.column_stack([sampled[3] * np.sin(sampled[4]), sampled[3] * np.cos(sampled[4]), sampled[5]])
        found.append(Leg(sampled_s, np.column_stack(sampled[:3]), velocity))
    return found


def traffic(legs: list[Leg], lasts_s: float, duration_s: float, dice: np.random.Generator) -> Flights:
    """Flights near a site for a time, the recording laid end to end."""
    rows, places, velocities, first = [], [], [], 0
    for block in range(math.ceil(duration_s / lasts_s)):
        middle = np.array([dice.uniform(*LATITUDES_DEG), dice.uniform(*LONGITUDES_DEG)])
        angle_rad = dice.uniform(0.0, 2.0 * math.pi)
        turn = np.array([[math.cos(angle_rad), math.sin(angle_rad)], [-math.sin(angle_rad), math.cos(angle_rad)]])
        for leg in legs:
            north_m = DEGREE_M * (leg.place[:, 0] - middle[0])
            east_m = DEGREE_M * math.cos(math.radians(middle[0])) * (leg.place[:, 1] - middle[1])
            level_m = np.column_stack([east_m, north_m]) @ turn
            near = np.flatnonzero(np.hypot(*level_m.T) < NEAR_M)
            for part in np.split(near, np.flatnonzero(np.diff(near) > 1) + 1):
                if len(part) < 3:
                    continue
                start_s = block * lasts_s + float(leg.time_s[part[0]])
                end_s = start_s + STEP_S * (len(part) - 1)
                rows.append((first, first + len(part), start_s, STEP_S, end_s))
                places.append(np.column_stack([level_m[part], np.maximum(leg.place[part, 2], 5.0)]))
                velocities.append(np.column_stack([leg.velocity_mps[part, :2] @ turn, leg.velocity_mps[part, 2]]))
                first += len(part)
    paths = Trajectories(np.array(rows, FLIGHT), np.concatenate(places), np.concatenate(velocities))
    count = len(rows)
    return Flights(
        paths, np.full(count, int(TargetClass.AEROPLANE)), dice.normal(*ECHO_DBSM, count), np.full(count, -1)
    )
