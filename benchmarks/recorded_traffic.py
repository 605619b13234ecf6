"""Recorded air traffic moved to a site: three hours round Paris, again and again, each time shifted and turned anew.

The bodies fly as recorded (ADS-B, resampled every 5 s), and say of themselves, truly, where they are. Recorded places
slip and lag by more than a body can follow, so they are smoothed (median of 5 samples, then parabolas through 13:
Savitzky & Golay 1964); a stretch that still asks for more than 6 m/s², or climbs at 40 m/s, is left out. The velocity
is the smoothed path's. A place within the busy area, over which none of these flights comes low (2 km, 1,100 m), is
drawn and laid on the site's reference point, the ground of the one on that of the other. Only what comes within 15 km
of it is kept.
"""

import gzip
import json
import math
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import medfilt, savgol_filter

from sangar.core.claims import ClaimedCategory
from sangar.core.targets import TargetClass
from sangar.simulation.quiet_sky import Flights
from sangar.simulation.tables import FLIGHT, Trajectories

RECORDING = "adsb/quickstart.json.gz"
LATITUDES_DEG, LONGITUDES_DEG = (48.4, 49.2), (1.8, 3.2)
"""The busy area, from which places are drawn."""
GROUND_M = 100.0
LOW_M, LOW_WITHIN_M = 1100.0, 2000.0
"""Places over which the recording has aircraft this low are under an approach path: whoever guards one says so."""
STEP_S, GAP_S, NEAR_M = 5.0, 60.0, 15_000.0
SLIPS, SMOOTHED = 5, 13
HARDEST_MPS2, STEEPEST_MPS = 6.0, 40.0
FOOT_M = 0.3048
DEGREE_M = 111_195.0
LIGHT_MPS = 60.0
"""Who flies slower at any time says it is light: the recording does not tell, and an airliner falls at less."""
ECHO_DBSM = (8.0, 6.0)
"""Mean and 1 sigma, as of `benchmarks/class_bodies.py`."""
Matrix = NDArray[np.float64]


class Leg(NamedTuple):
    """One aircraft without a gap: (K,) times, (K, 3) latitude and longitude in degrees and height, their rates."""

    time_s: Matrix
    place: Matrix
    rate: Matrix


def load_legs() -> tuple[list[Leg], float]:
    """The recording's flights, resampled, and how long it lasts."""
    path = Path(os.environ["SANGAR_DATA"]) / RECORDING
    with gzip.open(path, "rt") as file:
        rows = json.load(file)
    fields = ("timestamp", "latitude", "longitude", "altitude")
    aircraft: dict[str, list[tuple[float, ...]]] = {}
    for row in rows:
        numbers = tuple(row[name] for name in fields)
        if not row["onground"] and all(number is not None and math.isfinite(number) for number in numbers):
            aircraft.setdefault(row["icao24"], []).append(numbers)
    begin_s = min(numbers[0][0] for numbers in aircraft.values()) / 1000.0
    legs = [leg for numbers in aircraft.values() for leg in _legs(_news(np.array(sorted(set(numbers)))), begin_s)]
    return legs, max(leg.time_s[-1] for leg in legs)


def _news(rows: Matrix) -> Matrix:
    """The rows that tell a new place: the recording repeats the last one every second until another was heard."""
    is_new = np.append(True, (np.diff(rows[:, 1:3], axis=0) != 0.0).any(axis=1))
    news: Matrix = rows[is_new]
    return news


def _legs(rows: Matrix, begin_s: float) -> list[Leg]:
    time_s = rows[:, 0] / 1000.0 - begin_s
    found = []
    for part in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(time_s) > GAP_S) + 1):
        if len(part) < 3 or time_s[part[-1]] - time_s[part[0]] <= SMOOTHED * STEP_S:
            continue
        sampled_s = np.arange(time_s[part[0]], time_s[part[-1]], STEP_S)
        _, latitude, longitude, altitude, *_ = rows[part].T
        columns = (latitude, longitude, FOOT_M * altitude - GROUND_M)
        sampled = [_smooth(np.interp(sampled_s, time_s[part], column)) for column in columns]
        place, rate = (np.column_stack(part_of) for part_of in zip(*sampled, strict=True))
        found.append(Leg(sampled_s, place, rate))
    return found


def _smooth(values: Matrix) -> tuple[Matrix, Matrix]:
    """Values without slips and jitter, and their rate a second."""
    steady = medfilt(np.pad(values, SLIPS // 2, mode="reflect", reflect_type="odd"), SLIPS)[SLIPS // 2 : -(SLIPS // 2)]
    smooth = savgol_filter(steady, SMOOTHED, 2)
    return smooth, np.gradient(smooth, STEP_S)


def _can_be_flown(velocity_mps: Matrix) -> bool:
    """Whether an aircraft can fly with (K, 3) velocities, `STEP_S` apart."""
    hardest_mps2 = np.linalg.norm(np.diff(velocity_mps, axis=0), axis=1).max() / STEP_S
    return bool(hardest_mps2 <= HARDEST_MPS2 and np.abs(velocity_mps[:, 2]).max() <= STEEPEST_MPS)


def _laid(legs: list[Leg], dice: np.random.Generator) -> list[tuple[Leg, Matrix, Matrix]]:
    """All legs with (K, 3) places and velocities round a site at a place that is drawn, under no approach path."""
    while True:
        middle = np.array([dice.uniform(*LATITUDES_DEG), dice.uniform(*LONGITUDES_DEG)])
        angle_rad = dice.uniform(0.0, 2.0 * math.pi)
        turn = np.array([[math.cos(angle_rad), math.sin(angle_rad)], [-math.sin(angle_rad), math.cos(angle_rad)]])
        scale_m = DEGREE_M * np.array([math.cos(math.radians(middle[0])), 1.0])
        laid = []
        for leg in legs:
            level_m, level_mps = (
                scale_m * (leg.place[:, 1::-1] - middle[::-1]) @ turn,
                scale_m * leg.rate[:, 1::-1] @ turn,
            )
            laid.append(
                (leg, np.column_stack([level_m, leg.place[:, 2]]), np.column_stack([level_mps, leg.rate[:, 2]]))
            )
        if not any(_passes_low(place_m) for _, place_m, _ in laid):
            return laid


def _passes_low(place_m: Matrix) -> bool:
    """Whether (K, 3) places lead low over the site."""
    return bool(((np.hypot(place_m[:, 0], place_m[:, 1]) < LOW_WITHIN_M) & (place_m[:, 2] < LOW_M)).any())


def traffic(legs: list[Leg], lasts_s: float, duration_s: float, dice: np.random.Generator) -> Flights:
    """Flights near a site for a time, the recording laid end to end."""
    rows, places, velocities, first = [], [], [], 0
    for block in range(math.ceil(duration_s / lasts_s)):
        for leg, place_m, velocity_mps in _laid(legs, dice):
            near = np.flatnonzero(np.hypot(place_m[:, 0], place_m[:, 1]) < NEAR_M)
            for part in np.split(near, np.flatnonzero(np.diff(near) > 1) + 1):
                if len(part) < 3 or not _can_be_flown(velocity_mps[part]):
                    continue
                start_s = block * lasts_s + float(leg.time_s[part[0]])
                end_s = start_s + STEP_S * (len(part) - 1)
                rows.append((first, first + len(part), start_s, STEP_S, end_s))
                places.append(np.maximum(place_m[part], (-np.inf, -np.inf, 5.0)))
                velocities.append(velocity_mps[part])
                first += len(part)
    paths = Trajectories(np.array(rows, FLIGHT), np.concatenate(places), np.concatenate(velocities))
    count = len(rows)
    slowest_mps = np.array([np.hypot(*part[:, :2].T).min() for part in velocities])
    category = np.where(slowest_mps < LIGHT_MPS, int(ClaimedCategory.LIGHT), int(ClaimedCategory.LARGE))
    classes = np.full(count, int(TargetClass.AEROPLANE))
    return Flights(paths, classes, dice.normal(*ECHO_DBSM, count), np.full(count, -1), category)
