"""Bodies seen only by sensors of bearings: how many are tracked, and how many tracks are ghosts.

    python benchmarks/bearing_ghosts.py [--runs N] [--seed S]

Two bearings of two sensors always meet somewhere; with k sensors and m bodies there are m (m - 1) crossings a pair of
sensors that are nobody. Two, three and four sensors stand around an area, each turning at its own time; bodies fly
about, each look misses some and adds false bearings. A body counts as tracked at a moment when a confirmed track stands
within the distance below; a confirmed track is false when it is that near to no body for most of its life.
"""

import argparse
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.detections import AZIMUTH, DETECTION, ELEVATION
from sangar.core.sensors import allocate_sensors
from sangar.core.targets import TrackStatus
from sangar.core.tracks import GHOST_COUNT, HIGH_WATER
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker

DURATION_S = 120.0
WARM_UP_S = 10.0
"""Tracks need some looks; bodies are counted from here on."""
SPEED_MPS = 25.0
AREA_M = 600.0


class Kind(NamedTuple):
    """One kind of sensor.

    Attributes:
        name: of the row in the table.
        period_s: time between two looks.
        sigma_deg: of azimuth, and of elevation where there is one.
        has_elevation: whether it measures elevation.
        detection_probability: of each body in each look.
        false_per_look: mean number of false bearings.
        near_m: a track within this distance of a body is that body's.
    """

    name: str
    period_s: float
    sigma_deg: float
    has_elevation: bool
    detection_probability: float
    false_per_look: float
    near_m: float


KINDS = (
    Kind("camera, 5 Hz", 0.2, 0.1, True, 0.8, 0.5, 15.0),
    Kind("microphones, 1 Hz", 1.0, 2.0, True, 0.8, 0.2, 60.0),
    Kind("direction finder, 1 Hz", 1.0, 1.0, False, 0.8, 0.1, 60.0),
)


class Outcome(NamedTuple):
    """What came of one run.

    Attributes:
        tracked: moments a body was tracked, and
        moments: moments in all.
        false_tracks: confirmed tracks that were nobody.
        confirmed: confirmed tracks.
        ghosts_refused: tentative tracks that a third sensor gave the lie.
        hours: simulated.
    """

    tracked: int
    moments: int
    false_tracks: int
    confirmed: int
    ghosts_refused: int
    hours: float


def sensors_of(kind: Kind, count: int) -> NDArray[np.void]:
    """So many sensors of a kind on a circle about the area."""
    sensors = allocate_sensors(count)
    bearings = 2.0 * np.pi * (np.arange(count) / count + 0.05 * np.arange(count) ** 2)
    sensors["position_m"][:, 0], sensors["position_m"][:, 1] = AREA_M * np.sin(bearings), AREA_M * np.cos(bearings)
    sensors["period_s"] = kind.period_s
    sensors["detection_probability"] = kind.detection_probability
    sensors["minimum_range_m"], sensors["maximum_range_m"] = 20.0, 3000.0
    sensors["minimum_elevation_rad"], sensors["maximum_elevation_rad"] = math.radians(-5.0), math.radians(85.0)
    spans = 2.0 * math.pi * (math.radians(90.0) if kind.has_elevation else 1.0)
    sensors["clutter_density"] = kind.false_per_look / spans
    sensors["starts_tracks"] = 0
    return sensors


def bodies(count: int, dice: np.random.Generator, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Paths (T, count, 3) of bodies that fly curves inside the area."""
    phase, turn = dice.uniform(0.0, 2.0 * np.pi, (2, count))
    rate = dice.uniform(0.6, 1.4, count) * SPEED_MPS / 300.0
    centre, height = dice.uniform(-150.0, 150.0, (2, count)), dice.uniform(60.0, 300.0, count)
    angle = phase + time_s[:, None] * rate
    east = centre[0] + 300.0 * np.cos(angle) * np.cos(turn) - 200.0 * np.sin(angle) * np.sin(turn)
    north = centre[1] + 300.0 * np.cos(angle) * np.sin(turn) + 200.0 * np.sin(angle) * np.cos(turn)
    up = height + 30.0 * np.sin(0.1 * time_s[:, None] + phase)
    return np.stack([east, north, up], axis=2)


def look(
    kind: Kind, sensor: np.void, places: NDArray[np.float64], time_s: float, dice: np.random.Generator
) -> NDArray[np.void]:
    """Bearings of one look."""
    away = places[dice.random(len(places)) < kind.detection_probability] - sensor["position_m"]
    sigma = math.radians(kind.sigma_deg)
    azimuth = np.arctan2(away[:, 0], away[:, 1]) + sigma * dice.standard_normal(len(away))
    elevation = np.arctan2(away[:, 2], np.hypot(away[:, 0], away[:, 1])) + sigma * dice.standard_normal(len(away))
    false = dice.poisson(kind.false_per_look)
    azimuth = np.concatenate([azimuth, dice.uniform(-np.pi, np.pi, false)])
    elevation = np.concatenate([elevation, dice.uniform(math.radians(-5.0), math.radians(85.0), false)])
    batch = np.zeros(len(azimuth), DETECTION)
    batch["time_s"], batch["measured"], batch["sigma"] = time_s, np.nan, sigma
    batch["measured"][:, AZIMUTH] = azimuth
    if kind.has_elevation:
        batch["measured"][:, ELEVATION] = elevation
    batch["snr_db"] = batch["rcs_dbsm"] = np.nan
    return batch[dice.permutation(len(batch))]


def run_scene(kind: Kind, sensor_count: int, body_count: int, seed: int) -> Outcome:
    """Track one scene and compare with the truth."""
    dice = np.random.default_rng([seed, sensor_count, body_count])
    sensors = sensors_of(kind, sensor_count)
    settings = TrackingSettings(initial_speed_mps=30.0, initial_climb_mps=5.0, manoeuvre_noise_m2ps3=20.0)
    tracker = Tracker(sensors, settings, track_capacity=256)
    looks = int(DURATION_S / kind.period_s)
    near: dict[int, list[bool]] = {}
    tracked = moments = 0
    for n in range(looks):
        for row in range(sensor_count):
            time_s = (n + (row + 0.3) / (sensor_count + 1)) * kind.period_s
            places = bodies_at(body_count, seed, time_s)
            tracker.process(time_s, row, look(kind, sensors[row], places, time_s, dice))
        rows = tracker.tracks.rows[: tracker.tracks.counters[HIGH_WATER]]
        rows = rows[rows["status"] >= TrackStatus.CONFIRMED]
        stand = rows["mean"][:, :3] + (time_s - rows["time_s"])[:, None] * rows["mean"][:, 3:6]
        axes = 3 if kind.has_elevation else 2  # nobody tells the height of what has no elevation
        apart_m = np.linalg.norm((stand[:, None] - places[None])[..., :axes], axis=2)
        for track, is_near in zip(rows["id"].tolist(), (apart_m < kind.near_m).any(axis=1).tolist(), strict=True):
            near.setdefault(track, []).append(is_near)
        if time_s >= WARM_UP_S:
            moments += body_count
            tracked += int((apart_m < kind.near_m).any(axis=0).sum())
    false_tracks = sum(np.mean(times) < 0.5 for times in near.values())
    refused = int(tracker.tracks.counters[GHOST_COUNT])
    return Outcome(tracked, moments, int(false_tracks), len(near), refused, DURATION_S / 3600.0)


def bodies_at(count: int, seed: int, time_s: float) -> NDArray[np.float64]:
    """Where the bodies of a seed are at one time (count, 3)."""
    places: NDArray[np.float64] = bodies(count, np.random.default_rng([7, seed]), np.array([time_s]))[0]
    return places


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=10, help="seeded runs of each row")
    parser.add_argument("--seed", type=int, default=1, help="of the first")
    parser.add_argument("--bodies", type=int, nargs="*", default=[0, 1, 4, 8], help="numbers of bodies")
    parser.add_argument("--kinds", type=int, nargs="*", default=[0, 1, 2], help="cameras, microphones, finders")
    arguments = parser.parse_args()
    print(
        f"{'sensors':<28}{'bodies':>7}{'tracked':>18}{'false/h':>22}{'confirmed':>11}{'refused':>9}"
        f"   n = {arguments.runs} runs"
    )
    for kind in (KINDS[k] for k in arguments.kinds):
        for sensor_count in (2, 3, 4):
            for body_count in arguments.bodies:
                outcomes = [
                    run_scene(kind, sensor_count, body_count, arguments.seed + run) for run in range(arguments.runs)
                ]
                print(row_of(f"{sensor_count} x {kind.name}", body_count, outcomes))


def row_of(name: str, body_count: int, outcomes: list[Outcome]) -> str:
    """One row of the table, with 95 % intervals: of the share over the runs, of the rate as a Poisson rate."""
    hours, false_tracks = sum(o.hours for o in outcomes), sum(o.false_tracks for o in outcomes)
    low, high = poisson_interval(false_tracks)
    shares = np.array([o.tracked / o.moments for o in outcomes if o.moments])
    half = 1.96 * shares.std(ddof=1) / math.sqrt(len(shares)) if len(shares) > 1 else math.nan
    tracked = f"{shares.mean():.3f} ± {half:.3f}" if len(shares) else "-"
    rate = f"{false_tracks / hours:.1f} [{low / hours:.1f}, {high / hours:.1f}]"
    confirmed, refused = sum(o.confirmed for o in outcomes), sum(o.ghosts_refused for o in outcomes)
    return f"{name:<28}{body_count:>7}{tracked:>18}{rate:>22}{confirmed:>11}{refused:>9}"


def poisson_interval(count: int) -> tuple[float, float]:
    """Exact 95 % interval of a Poisson mean (Garwood 1936)."""
    from scipy.stats import chi2

    low = 0.0 if count == 0 else float(chi2.ppf(0.025, 2 * count)) / 2.0
    return low, float(chi2.ppf(0.975, 2 * count + 2)) / 2.0


if __name__ == "__main__":
    main()
