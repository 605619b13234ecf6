"""Cameras in a flood of birds, glitter or leaves: is a drone found, wherever in the picture it is, and how soon?

    python -m benchmarks.camera_floods [--cameras 2 3] [--clutter 1 30 60 120 300] [--runs 10]

Cameras that look north, 500 m apart, take ten pictures a second, in each of which a detector marks so many things that
are nothing, anywhere in a view of 90 by 46 degrees, and with probability 0.9 the drone; one is stated. The marks come
sorted from left to right. The drone comes in from a kilometre at 15 m/s: on the left, in the middle or on the right.
It is found once a confirmed track stands within 50 m of it. Printed are the share of flights in which it was found
within 20 s, the median time until then, confirmed tracks of nothing in a flight, and milliseconds a picture.
"""

import argparse
import math
import time
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.detections import AZIMUTH, DETECTION, ELEVATION
from sangar.core.sensors import allocate_sensors
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker

CAMERAS_M = ((0.0, 0.0, 2.0), (500.0, 0.0, 2.0), (250.0, -300.0, 2.0))
PERIOD_S, SECONDS, SEEN, SIGMA_RAD = 0.1, 20.0, 0.9, 1e-3
VIEW_RAD, LOWEST_RAD, HIGHEST_RAD = math.radians(90.0), 0.0, 0.8
START_M, HEIGHT_M, SPEED_MPS, FOUND_M = 1000.0, 150.0, 15.0, 50.0
SIDES_DEG = {"left": -30.0, "middle": 0.0, "right": 30.0}
SETTINGS = TrackingSettings(initial_speed_mps=30.0, initial_climb_mps=5.0)


class Flight(NamedTuple):
    """One flight: when the drone was found (NaN: never), confirmed tracks of nothing, milliseconds a picture."""

    found_s: float
    false_count: int
    picture_ms: float


def site(cameras: int) -> NDArray[np.void]:
    """So many cameras that look north; one false detection a picture is stated of each."""
    sensors = allocate_sensors(cameras)
    sensors["position_m"] = np.array(CAMERAS_M)[:cameras]
    sensors["period_s"], sensors["detection_probability"], sensors["starts_tracks"] = PERIOD_S, SEEN, 0
    sensors["minimum_range_m"], sensors["maximum_range_m"] = 5.0, 4000.0
    sensors["minimum_elevation_rad"], sensors["maximum_elevation_rad"] = LOWEST_RAD - 0.1, HIGHEST_RAD
    sensors["sector_count"], sensors["sector_from_rad"][:, 0] = 1, 2.0 * math.pi - 0.5 * VIEW_RAD
    sensors["sector_width_rad"][:, 0] = VIEW_RAD
    sensors["false_alarms"] = 1.0
    sensors["clutter_density"] = 1.0 / (VIEW_RAD * (HIGHEST_RAD - LOWEST_RAD + 0.1))
    return sensors


def _picture(place_m: NDArray[np.float64], clutter: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Azimuths and elevations (n, 2) that the detector marks, from left to right; `place_m` as the camera stands."""
    count = random.poisson(clutter)
    low, high = (-0.5 * VIEW_RAD, LOWEST_RAD), (0.5 * VIEW_RAD, HIGHEST_RAD)
    marks = random.uniform(low, high, (count, 2))
    if random.random() < SEEN:
        east, north, up = place_m
        exact = [math.atan2(east, north), math.atan2(up, math.hypot(east, north))]
        marks = np.vstack([marks, exact + SIGMA_RAD * random.standard_normal(2)])
    return marks[np.argsort(marks[:, 0])]


def _batch(marks: NDArray[np.float64], time_s: float) -> NDArray[np.void]:
    """The marks as records."""
    batch = np.zeros(len(marks), DETECTION)
    batch["time_s"], batch["measured"], batch["sigma"], batch["snr_db"] = time_s, np.nan, np.nan, np.nan
    batch["measured"][:, AZIMUTH], batch["measured"][:, ELEVATION] = marks[:, 0] % (2.0 * math.pi), marks[:, 1]
    batch["sigma"][:, [AZIMUTH, ELEVATION]] = SIGMA_RAD
    return batch


def fly(cameras: int, clutter: int, side: str, seed: int) -> Flight:
    """Track one flight before so many cameras, with so many false marks a picture."""
    random, sensors = np.random.default_rng(seed), site(cameras)
    tracker, towards = Tracker(sensors, SETTINGS), math.radians(SIDES_DEG[side])
    outward = np.array([math.sin(towards), math.cos(towards), 0.0])
    found_s, false, spent_s = math.nan, set[int](), 0.0
    pictures = [(n * PERIOD_S / cameras, n % cameras) for n in range(int(SECONDS / PERIOD_S) * cameras)]
    for time_s, camera in pictures:
        place_m = [250.0, 0.0, HEIGHT_M] + (START_M - SPEED_MPS * time_s) * outward
        batch = _batch(_picture(place_m - CAMERAS_M[camera], clutter, random), time_s)
        begun_s = time.process_time()
        tracker.process(time_s, camera, batch)
        spent_s += time.process_time() - begun_s
        rows = tracker.tracks.rows[: tracker.tracks.counters[HIGH_WATER]]
        rows = rows[rows["status"] >= TrackStatus.CONFIRMED]
        is_drone = np.linalg.norm(rows["mean"][:, :3] - place_m, axis=1) < FOUND_M
        false |= set(rows["id"][~is_drone].tolist())
        if math.isnan(found_s) and is_drone.any():
            found_s = time_s
    return Flight(found_s, len(false), 1e3 * spent_s / len(pictures))


def report(cameras: int, clutter: int, runs: int) -> str:
    """A row of the table."""
    parts, flights = [f"{cameras:>8}{clutter:>7}"], []
    for side in SIDES_DEG:
        here = [fly(cameras, clutter, side, seed) for seed in range(runs)]
        found_s = np.array([flight.found_s for flight in here])
        median_s = np.median(np.where(np.isnan(found_s), np.inf, found_s))
        parts.append(f"{np.isfinite(found_s).mean():>7.2f}{median_s:>6.1f} s")
        flights += here
    parts.append(f"{np.mean([flight.false_count for flight in flights]):>8.2f}")
    parts.append(f"{np.mean([flight.picture_ms for flight in flights]):>8.2f}")
    return "".join(parts)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cameras", type=int, nargs="+", default=[2, 3], choices=range(2, len(CAMERAS_M) + 1))
    parser.add_argument("--clutter", type=int, nargs="+", default=[1, 30, 60, 120, 300])
    parser.add_argument("--runs", type=int, default=10)
    arguments = parser.parse_args()
    print(f"{arguments.runs} flights a side: share found within {SECONDS:.0f} s, median time until found")
    print(f"{'cameras':>8}{'false':>7}" + "".join(f"{side:>15}" for side in SIDES_DEG) + f"{'untrue':>8}{'ms':>8}")
    for cameras, clutter in product(arguments.cameras, arguments.clutter):
        print(report(cameras, clutter, arguments.runs), flush=True)


if __name__ == "__main__":
    main()
