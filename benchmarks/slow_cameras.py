"""A drone before a radar that tells at once and cameras that take their time: what is their being late worth?

    python -m benchmarks.slow_cameras [--cameras 2] [--late-s 0 0.4 0.7 1 2] [--seeds 4] [--replay]

The drone winds its way at 15 to 30 m/s, a kilometre from a radar that looks once a second. The cameras take ten
pictures a second, and finding the drone in one takes them so long; the times are those of the pictures. Five times a
second the newest confirmed track, carried on to now, is held against where the drone is.

With `--replay` all that has come by then is tracked anew, in order, each time: the most that can be made of it.
"""

import argparse
import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.detections import AZIMUTH, DETECTION, ELEVATION, RANGE
from sangar.core.sensors import allocate_sensors
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker

SECONDS, SCORED_FROM_S, SCORED_EVERY_S = 60.0, 15.0, 0.2
RADAR_PERIOD_S, CAMERA_PERIOD_S = 1.0, 0.1
SEEN = 0.9
RADAR_SIGMA, CAMERA_SIGMA = (5.0, 0.005, 0.01), (math.nan, 0.001, 0.001)
"""Range in metres, azimuth and elevation in radians."""
CAMERAS_M = ((400.0, 0.0, 5.0), (-300.0, 500.0, 5.0), (700.0, 900.0, 5.0))
SETTINGS = TrackingSettings(initial_speed_mps=30.0, initial_climb_mps=5.0)
RIGHT_NEES = 7.81
"""95 % of the squared errors over the stated covariance are below this, three numbers each."""


class Look(NamedTuple):
    """One batch and when it comes."""

    comes_s: float
    time_s: float
    sensor: int
    batch: NDArray[np.void]


class Flight(NamedTuple):
    """Errors of place (E, 3) in metres, squared over the stated covariance (E,), NaN without a track; tracks seen."""

    errors_m: NDArray[np.float64]
    nees: NDArray[np.float64]
    tracks: int

    @property
    def rms_m(self) -> float:
        """Root mean square of the distance."""
        return float(np.sqrt(np.nanmean(np.sum(self.errors_m**2, axis=1))))


def drone_at(time_s: float) -> NDArray[np.float64]:
    """Place in metres, east, north, up."""
    t = time_s
    east = 900.0 + 180.0 * math.sin(0.11 * t) + 20.0 * math.sin(0.6 * t)
    north = 500.0 + 150.0 * math.cos(0.13 * t) + 10.0 * math.sin(0.5 * t)
    return np.array([east, north, 110.0 + 25.0 * math.sin(0.2 * t)])


def site(cameras: int) -> NDArray[np.void]:
    """A radar and so many cameras."""
    sensors = allocate_sensors(1 + cameras)
    sensors["position_m"][1:] = np.array(CAMERAS_M)[:cameras]
    sensors["period_s"] = [RADAR_PERIOD_S, *[CAMERA_PERIOD_S] * cameras]
    sensors["detection_probability"], sensors["false_alarms"] = SEEN, 0.1
    sensors["minimum_range_m"], sensors["maximum_range_m"], sensors["minimum_elevation_rad"] = 10.0, 5000.0, -0.1
    sensors["clutter_density"] = [1e-5, *[1e-3] * cameras]
    sensors["starts_tracks"] = [1, *[0] * cameras]
    return sensors


def _batch(sensor: np.void, time_s: float, random: np.random.Generator) -> NDArray[np.void]:
    """What one sensor measures of the drone."""
    batch = np.zeros(int(random.random() < SEEN), DETECTION)
    batch["time_s"], batch["measured"], batch["sigma"], batch["snr_db"] = time_s, np.nan, np.nan, np.nan
    east, north, up = drone_at(time_s) - sensor["position_m"]
    level = math.hypot(east, north)
    sigma = RADAR_SIGMA if sensor["starts_tracks"] else CAMERA_SIGMA
    noise = random.standard_normal(3)
    measured = (math.hypot(level, up), math.atan2(east, north), math.atan2(up, level))
    for column, value, spread, draw in zip((RANGE, AZIMUTH, ELEVATION), measured, sigma, noise, strict=True):
        batch["measured"][:, column], batch["sigma"][:, column] = value + spread * draw, spread
    return batch


def looks_of(sensors: NDArray[np.void], late_s: float, seed: int) -> list[Look]:
    """All looks in the order of their coming; those of the cameras come so long after their times."""
    looks = []
    for row, sensor in enumerate(sensors):
        random, period_s = np.random.default_rng([seed, row]), float(sensor["period_s"])
        delay_s = 0.0 if sensor["starts_tracks"] else late_s
        for n in range(int(SECONDS / period_s)):
            time_s = (n + 0.37) * period_s if row == 0 else (n + 0.3 * (row - 1)) * period_s
            looks.append(Look(time_s + delay_s, time_s, row, _batch(sensor, time_s, random)))
    return sorted(looks, key=lambda look: (look.comes_s, look.sensor))


def _newest(tracker: Tracker) -> np.void | None:
    """The confirmed track that was seen last."""
    rows = tracker.tracks.rows[: tracker.tracks.counters[HIGH_WATER]]
    rows = rows[rows["status"] >= TrackStatus.CONFIRMED]
    return rows[np.argmax(rows["time_s"])] if len(rows) else None


def _pictures(sensors: NDArray[np.void], looks: list[Look], replays: bool) -> Iterator[tuple[float, Tracker]]:
    """The tracker as it is at each time that is scored."""
    epochs_s = np.arange(SCORED_FROM_S, SECONDS - 3.0, SCORED_EVERY_S)
    tracker, come = Tracker(sensors.copy(), SETTINGS, track_capacity=64, batch_capacity=16), 0
    for epoch_s in epochs_s:
        first = come
        while looks[come].comes_s <= epoch_s:
            come += 1
        if replays:
            tracker, first = Tracker(sensors.copy(), SETTINGS, track_capacity=64, batch_capacity=16), 0
        fresh = looks[first:come]
        for look in sorted(fresh, key=lambda look: (look.time_s, look.sensor)) if replays else fresh:
            tracker.process(look.time_s, look.sensor, look.batch.copy())
        yield float(epoch_s), tracker


def fly(seed: int, cameras: int, late_s: float, replays: bool = False) -> Flight:
    """Track one flight."""
    sensors = site(cameras)
    errors_m, nees, tracks = [], [], set()
    for epoch_s, tracker in _pictures(sensors, looks_of(sensors, late_s, seed), replays):
        track = _newest(tracker)
        if track is None:
            errors_m.append(np.full(3, np.nan))
            nees.append(math.nan)
            continue
        tracks.add(int(track["id"]))
        ahead = np.hstack([np.eye(3), (epoch_s - track["time_s"]) * np.eye(3)])
        covariance = np.zeros((6, 6))
        covariance[np.tril_indices(6)] = track["covariance"]
        covariance += np.tril(covariance, -1).T
        errors_m.append(ahead @ track["mean"] - drone_at(epoch_s))
        nees.append(float(errors_m[-1] @ np.linalg.solve(ahead @ covariance @ ahead.T, errors_m[-1])))
    return Flight(np.array(errors_m), np.array(nees), len(tracks))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cameras", type=int, default=2, choices=range(len(CAMERAS_M) + 1))
    parser.add_argument(
        "--late-s", type=float, nargs="*", default=[0.0, 0.4, 0.7, 1.0, 2.0], help="seconds, each in turn"
    )
    parser.add_argument("--seeds", type=int, default=4, help="flights of each")
    parser.add_argument("--replay", action="store_true", help="also track all anew, in order, at every moment")
    arguments = parser.parse_args()
    print(f"{arguments.cameras} cameras, {arguments.seeds} flights each; error of place now, m, over {SECONDS:.0f} s")
    for late_s in arguments.late_s:
        for replays in (False, True) if arguments.replay else (False,):
            flights = [fly(seed, arguments.cameras, late_s, replays) for seed in range(arguments.seeds)]
            rms_m = np.array([flight.rms_m for flight in flights])
            nees = np.concatenate([flight.nees for flight in flights])
            print(
                f"  {late_s:4.1f} s late, {'replay' if replays else 'as they come'}:"
                f" rms {math.sqrt(np.mean(rms_m**2)):6.2f} [{rms_m.min():.2f} to {rms_m.max():.2f}]"
                f"  beyond {RIGHT_NEES} {np.nanmean(nees > RIGHT_NEES):.2f} (right: 0.05)"
                f"  there {np.mean(np.isfinite(nees)):.2f}  tracks {max(flight.tracks for flight in flights)}"
            )


if __name__ == "__main__":
    main()
