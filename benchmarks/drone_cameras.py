"""Track a real drone with bearings of cameras alone, and measure against its own satellite navigation.

    python -m benchmarks.drone_cameras --data DATA [--sets 1 2 3] [--faults] [--delayed]

Three flights filmed by four, four and six consumer cameras, with the drone's centre marked in every picture where it
was found, and its path by RTK satellite navigation at 5 Hz.

Pose, clock, lens and noise of each camera are registered on the first half of a flight
(`sangar.tracking.registration`). Then the second half is tracked from bearings only: every track begins by
triangulation. The state at each of the RTK's epochs is made of what had been seen until then; no smoothing. One camera
cannot tell how far the drone is: the error is stated for the epochs at which two cameras had just seen it, and for the
others. Beside it stands what triangulation finds at an epoch by itself, between the frames before and after it.

With `--faults` each camera in turn is turned by ten degrees, has pictures that come two seconds late, or a clock that
is two seconds ahead or behind while they come in time, and the flight is tracked again. The epochs are those at which
two of the other cameras had just seen the drone, and the error is held against the flight with all cameras right, and
against the one without that camera. Where the latter alone is a fifth worse than the former, leaving the camera out is
TOO LITTLE, however soon it is done.

With `--delayed` each camera's pictures in turn, their times right, come two seconds after they were taken.
"""

import argparse
import math
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.camera_faults import FAULTS, LATE_S, FaultCase, spoil, summary
from benchmarks.camera_flights import (
    FOLDER,
    Camera,
    detections_of,
    read_recordings,
    read_truth,
    register,
    sensor_table,
)
from benchmarks.ray_triangulation import triangulate
from sangar.core.detections import AZIMUTH
from sangar.core.events import EventKind
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER
from sangar.report.wording import sentence
from sangar.report.words import Names
from sangar.tracking.registration.reference import ReferenceFlight
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker

JUST_SEEN_S = 0.3
"""The drone counts as seen by a camera at an epoch when that was at most this long ago."""
JUDGEMENTS = (EventKind.SENSOR_LEFT_OUT, EventKind.SENSOR_PUT_RIGHT, EventKind.SENSOR_TAKEN_BACK)
BLOCK = 25
"""Epochs, five seconds, that are one sample of the interval: neighbouring errors go together."""

SETTINGS = TrackingSettings(
    steady_noise_m2ps3=2.0,
    manoeuvre_noise_m2ps3=20.0,
    vertical_noise_ratio=0.5,
    steady_time_s=5.0,
    manoeuvre_time_s=5.0,
    initial_speed_mps=10.0,
    initial_climb_mps=5.0,
    coast_minimum_s=4.0,
)
"""Of a slow drone seen at video rate. The two noises are those of five pairs that did best on the first halves."""


class Result(NamedTuple):
    """How well the second half was tracked, at E epochs with C cameras.

    Attributes:
        error_m: (E,) distance from the truth, NaN where there is no confirmed track.
        nees: (E,) squared error of the place over the stated covariance, 3 on average where that is right.
        seen: (E, C) whether a camera had just seen the drone.
        tracks: confirmed tracks.
        judgements: which sensors were left out and taken back, when and why.
    """

    error_m: NDArray[np.float64]
    nees: NDArray[np.float64]
    seen: NDArray[np.bool_]
    tracks: int
    judgements: list[str]

    def by_two_but(self, row: int = -1) -> NDArray[np.bool_]:
        """(E,) whether there is a track and two cameras, one of them perhaps not counted, had just seen the drone."""
        counted = np.arange(self.seen.shape[1]) != row
        return np.asarray((self.seen[:, counted].sum(axis=1) >= 2) & np.isfinite(self.error_m))


def epochs_of(cameras: list[Camera], truth: ReferenceFlight, half_s: float) -> NDArray[np.float64]:
    """Times of the truth between the middle of the flight and its last detection."""
    time_s, _, batch = detections_of(cameras, sensor_table(cameras), half_s, float(truth.time_s[-1]))
    last_s = time_s[np.isfinite(batch["measured"][:, AZIMUTH])][-1]
    return np.asarray(truth.time_s[(truth.time_s > half_s) & (truth.time_s <= last_s)])


def track(
    cameras: list[Camera], truth: ReferenceFlight, epochs_s: NDArray[np.float64], delays_s: tuple[float, ...] = ()
) -> Result:
    """Track the second half and compare with the truth at each of its epochs.

    Args:
        cameras: registered.
        truth: the drone's path.
        epochs_s: when to compare.
        delays_s: how long after the time it bears each camera's picture comes; at once when left out.
    """
    sensors = sensor_table(cameras)
    tracker = Tracker(sensors, SETTINGS, track_capacity=64, batch_capacity=16)
    time_s, sensor, batch = detections_of(cameras, sensors, float(epochs_s[0]) - 0.2, float(epochs_s[-1]) + 0.2)
    comes_s = time_s + np.array(delays_s or [0.0] * len(cameras))[sensor]
    places_m = truth.position_at(epochs_s)
    names = Names((), [camera.recording.name for camera in cameras], ())
    newest_s = np.full(len(cameras), -np.inf)
    error_m, nees = np.full(len(epochs_s), np.nan), np.full(len(epochs_s), np.nan)
    seen = np.zeros((len(epochs_s), len(cameras)), dtype=bool)
    tracks: set[int] = set()
    judgements: list[str] = []
    e = 0
    for n in np.argsort(comes_s, kind="stable"):
        while e < len(epochs_s) and epochs_s[e] < comes_s[n]:
            error_m[e], nees[e] = _error_at(tracker, float(epochs_s[e]), places_m[e], tracks)
            seen[e] = epochs_s[e] - newest_s <= JUST_SEEN_S
            e += 1
        is_found = math.isfinite(batch["measured"][n, AZIMUTH])
        if is_found:
            newest_s[sensor[n]] = time_s[n]
        one = batch[n : n + 1] if is_found else batch[:0]
        tracker.process(float(time_s[n]), int(sensor[n]), np.require(one, requirements=["C", "W"]))
        judgements += [
            f"after {event['time_s'] - epochs_s[0]:.0f} s: {sentence(event, names)}"
            for event in tracker.events
            if event["kind"] in JUDGEMENTS
        ]
    return Result(error_m, nees, seen, len(tracks), judgements)


def _error_at(tracker: Tracker, now_s: float, place_m: NDArray[np.float64], seen: set[int]) -> tuple[float, float]:
    """Error of the confirmed track that was seen last, and its NEES; NaN where there is none."""
    rows = tracker.tracks.rows[: tracker.tracks.counters[HIGH_WATER]]
    rows = rows[rows["status"] >= TrackStatus.CONFIRMED]
    if not len(rows):
        return math.nan, math.nan
    seen.update(rows["id"].tolist())
    newest = rows[int(np.argmax(rows["time_s"]))]
    lower = np.zeros((6, 6))
    lower[np.tril_indices(6)] = newest["covariance"]
    covariance = lower + np.tril(lower, -1).T
    ahead = np.hstack([np.eye(3), (now_s - newest["time_s"]) * np.eye(3)])
    error_m = ahead @ newest["mean"] - place_m
    nees = float(error_m @ np.linalg.solve(ahead @ covariance @ ahead.T, error_m))
    return float(np.linalg.norm(error_m)), nees


def rms(errors: NDArray[np.float64]) -> float:
    """Root of the mean square."""
    return math.sqrt(float(np.mean(errors**2))) if len(errors) else math.nan


def figures(name: str, error_m: NDArray[np.float64], chosen: NDArray[np.bool_]) -> str:
    """One line; the 95 % interval is of the mean of squares over blocks of five seconds."""
    errors = error_m[chosen & np.isfinite(error_m)]
    if len(errors) < 2 * BLOCK:
        return f"  {name:<44} RMSE {rms(errors):6.3f} m  n = {len(errors)}: too few for an interval"
    means = np.array([block.mean() for block in np.array_split(errors**2, len(errors) // BLOCK)])
    half = 1.96 * means.std(ddof=1) / math.sqrt(len(means))
    low, high = math.sqrt(max(means.mean() - half, 0.0)), math.sqrt(means.mean() + half)
    return (
        f"  {name:<44} RMSE {rms(errors):6.3f} m [{low:.2f}, {high:.2f}]  median {np.median(errors):.3f}"
        f"  p90 {np.quantile(errors, 0.9):.3f}  worst {errors.max():.2f}  n = {len(errors)} of {chosen.sum()}"
    )


def report(result: Result, alone_m: NDArray[np.float64]) -> None:
    """Print how well one flight was tracked, with `alone_m` what triangulation finds."""
    by_two = result.seen.sum(axis=1) >= 2
    both = np.isfinite(alone_m) & np.isfinite(result.error_m)
    print(figures("two cameras had just seen it", result.error_m, by_two))
    print(figures("one camera or none had", result.error_m, ~by_two))
    print(figures("all epochs", result.error_m, np.ones(len(by_two), dtype=bool)))
    print(figures("where an epoch can be triangulated: track", result.error_m, both))
    print(figures("where an epoch can be triangulated: that", alone_m, both))
    for name, chosen in (("two cameras", by_two), ("one or none", ~by_two)):
        nees = result.nees[chosen & np.isfinite(result.nees)]
        print(
            f"  NEES, {name}: median {np.median(nees):.2f} (right: 2.37)  beyond 7.81 {np.mean(nees > 7.81):.0%} (5 %)"
        )
    print(f"  {result.tracks} confirmed tracks;  {'; '.join(result.judgements) or 'no sensor left out'}")


def side_by_side(row: int, whole: Result, *others: Result) -> tuple[list[float], int]:
    """RMSE of each run where two cameras but that of `row` had just seen the drone and all have a track; how many."""
    chosen = whole.by_two_but(row) & np.logical_and.reduce([np.isfinite(other.error_m) for other in others])
    return [rms(each.error_m[chosen]) for each in (whole, *others)], int(chosen.sum())


def fault_cases(
    cameras: list[Camera], truth: ReferenceFlight, epochs_s: NDArray[np.float64], whole: Result
) -> Iterator[FaultCase]:
    """Corrupt each camera in turn, in all ways."""
    for row, camera in enumerate(cameras):
        without = track(cameras[:row] + cameras[row + 1 :], truth, epochs_s)
        for fault in FAULTS:
            spoilt, delays_s = spoil(cameras, row, fault)
            result = track(spoilt, truth, epochs_s, delays_s)
            (all_m, rest_m, error_m), epochs = side_by_side(row, whole, without, result)
            yield FaultCase(
                camera.recording.name,
                fault,
                all_m,
                rest_m,
                error_m,
                epochs,
                result.tracks,
                result.judgements,
            )


def delayed_line(
    cameras: list[Camera], row: int, truth: ReferenceFlight, epochs_s: NDArray[np.float64], whole: Result
) -> str:
    """What becomes of the picture of now when one camera's pictures, with right times, come two seconds later."""
    without = track(cameras[:row] + cameras[row + 1 :], truth, epochs_s)
    delayed = track(cameras, truth, epochs_s, tuple(LATE_S if c == row else 0.0 for c in range(len(cameras))))
    (all_m, rest_m, error_m), epochs = side_by_side(row, whole, without, delayed)
    return (
        f"  {cameras[row].recording.name} comes {LATE_S:.0f} s later: RMSE {error_m:.3f} m,"
        f" {error_m / rest_m:.2f} of that without it ({rest_m:.3f}), {error_m / all_m:.2f} of that at once"
        f" ({all_m:.3f}), n = {epochs};  {delayed.tracks} confirmed tracks"
    )


def registered(cameras: list[Camera]) -> list[Camera]:
    """Print each camera's registration; those that can be used."""
    for camera in cameras:
        fit = camera.fit
        rms_mrad, white_mrad = 1e3 * fit.spread.rms_rad, 1e3 * fit.spread.white_rad
        print(
            f"  {camera.recording.name:<18} used {fit.used:>6} refused {fit.refused:>5}  left over {rms_mrad[0]:.2f},"
            f" {rms_mrad[1]:.2f} mrad, as white noise {white_mrad[0]:.2f}, {white_mrad[1]:.2f}"
            f"  seen {camera.detection_share:.2f}  {fit.problem or ''}"
        )
    return [camera for camera in cameras if camera.fit.problem is None]


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of recorded data")
    parser.add_argument("--sets", type=int, nargs="*", default=[1, 2, 3], help="which flights")
    parser.add_argument("--faults", action="store_true", help="corrupt each camera in turn as well")
    parser.add_argument("--delayed", action="store_true", help="let each camera's pictures in turn come 2 s later")
    arguments = parser.parse_args()
    data = arguments.data / FOLDER
    cases: list[FaultCase] = []
    for number in arguments.sets:
        folder = data / f"dataset{number}"
        truth = read_truth(folder)
        cameras, half_s = register(read_recordings(data, folder), truth)
        print(f"dataset{number}: second half from {half_s:.1f} s on")
        usable = registered(cameras)
        epochs_s = epochs_of(usable, truth, half_s)
        whole = track(usable, truth, epochs_s)
        report(whole, triangulate(usable, truth, epochs_s))
        if arguments.delayed:
            for row in range(len(usable)):
                print(delayed_line(usable, row, truth, epochs_s, whole))
        if arguments.faults:
            for case in fault_cases(usable, truth, epochs_s, whole):
                print(case.line())
                cases.append(case)
    if cases:
        print(summary(cases))


if __name__ == "__main__":
    main()
