"""Track a real drone with bearings of cameras alone, and measure against its own satellite navigation.

    python benchmarks/drone_cameras.py --data DATA [--sets 1 2 3]

Three flights filmed by four, four and six consumer cameras, with the drone's centre marked in every picture where it
was found, and its path by RTK satellite navigation at 5 Hz. Nothing says where the cameras of the first two flights
stood, and nothing when any of them was switched on.

Pose, clock, lens and noise of each camera are registered on the first half of a flight
(`sangar.tracking.registration`). Then the second half is tracked from bearings only: every track begins by
triangulation. The state at each of the RTK's epochs is made of what had been seen until then; no smoothing. One camera
cannot tell how far the drone is: the error is stated for the epochs at which two cameras had just seen it, and for all.
"""

import argparse
import gzip
import math
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from sangar.core.detections import AZIMUTH, DETECTION, ELEVATION
from sangar.core.sensors import allocate_sensors
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER
from sangar.tracking.registration.camera_pose import CameraFit, register_camera
from sangar.tracking.registration.lens import Lens, bearings_of, pixels_of, rays_of
from sangar.tracking.registration.reference import ReferenceFlight, reference_flight
from sangar.tracking.registration.resection import find_clock
from sangar.tracking.registration.sightings import Sightings
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker

FOLDER = "drone_cameras"
TRUTH_PERIOD_S = 0.2
JUST_SEEN_S = 0.3
"""The drone counts as seen by a camera at an epoch when that was at most this long ago."""
SURE_M = 1.0
GOAL_RMSE_M = 0.5
GOAL_GROWTH = 1.2
CALIBRATIONS = {"mate10": ("mate10_1", "mate10_2"), "sonyG": ("sonyG_1", "sonyG_2")}
"""Where two calibrations of a camera exist, the one that fits the first half better is taken."""

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


class Recording(NamedTuple):
    """One camera's detections.

    Attributes:
        name: of the camera.
        time_s: (F,) of every frame by its own clock, frame number over nominal rate.
        pixels: (F, 2) the drone's centre, NaN where it was not found.
        lens: as calibrated.
    """

    name: str
    time_s: NDArray[np.float64]
    pixels: NDArray[np.float64]
    lens: Lens

    @property
    def sightings(self) -> Sightings:
        """The frames in which the drone was found."""
        found = np.isfinite(self.pixels[:, 0])
        return Sightings(self.time_s[found], rays_of(self.lens, self.pixels[found]), self.pixels[found], self.lens)


class Camera(NamedTuple):
    """A registered camera.

    Attributes:
        recording: what it recorded.
        fit: its registration.
        detection_share: of the frames of the first half that had the drone in view, how many show it.
    """

    recording: Recording
    fit: CameraFit
    detection_share: float


class Result(NamedTuple):
    """How well the second half was tracked.

    Attributes:
        error_m: (E,) distance from the truth at each epoch, NaN where there is no confirmed track.
        by_two: (E,) whether two cameras had just seen the drone.
        claimed_m: (E,) 1 sigma of the place, all axes together, as the track itself states it.
        tracks: confirmed tracks.
        tracker: as it stands at the end.
    """

    error_m: NDArray[np.float64]
    by_two: NDArray[np.bool_]
    claimed_m: NDArray[np.float64]
    tracks: int
    tracker: Tracker

    @property
    def rmse_m(self) -> float:
        """Root mean square error in three dimensions where two cameras had just seen the drone and a track stood."""
        return float(np.sqrt(np.nanmean(self.error_m[self.by_two] ** 2)))


def read_truth(folder: Path) -> ReferenceFlight:
    """The drone's path; the file has no times, its rate of 5 Hz is known from the cameras."""
    lines = (line.split() for line in (folder / "trajectory" / "rtk.txt").read_text().splitlines())
    position_m = np.array([[float(word) for word in line] for line in lines if len(line) == 3 and line[0] != "#"])
    return reference_flight(TRUTH_PERIOD_S * np.arange(len(position_m), dtype=np.float64), position_m)


def read_recordings(data: Path, folder: Path) -> list[list[Recording]]:
    """Of each camera one recording for each of its calibrations."""
    recordings = []
    lines = (folder / "cameras.txt").read_text().split("\n")
    for number, name in enumerate(line.split(" - ")[1].strip() for line in lines if " - " in line):
        rows = []
        with gzip.open(folder / "detections" / f"cam{number}.txt.gz", "rt") as texts:
            for words in (text.split() for text in texts):
                try:
                    rows.append([float(word) for word in words])
                except ValueError:
                    continue  # some files begin with a header, some do not
        table = np.array(rows)
        pixels = np.where((table[:, 1:] == 0.0).all(axis=1, keepdims=True), np.nan, table[:, 1:])
        found = [
            Recording(name, table[:, 0] / rate_hz, pixels, lens)
            for lens, rate_hz in (_read_lens(data, each) for each in CALIBRATIONS.get(name, (name,)))
        ]
        recordings.append(found)
    return recordings


def _read_lens(data: Path, name: str) -> tuple[Lens, float]:
    stated = msgspec.json.decode((data / "calibration" / f"{name}.json").read_bytes())
    matrix, distortion = stated["K-matrix"], [*stated["distCoeff"], 0.0][:5]
    lens = Lens(
        focal_px=(matrix[0][0], matrix[1][1]),
        centre_px=(matrix[0][2], matrix[1][2]),
        distortion=tuple(distortion),
        size_px=tuple(stated["resolution"]),
    )
    return lens, float(stated["fps"])


def register(recordings: list[list[Recording]], truth: ReferenceFlight) -> tuple[list[Camera], float]:
    """Register every camera on the first half; returns them and when the second half begins.

    Where each recording lies in the flight is searched for with the first half of its frames.
    """
    clocks_s = []
    for choices in recordings:
        seen = choices[0].sightings
        seen = seen.chosen(np.flatnonzero(seen.time_s < 0.5 * choices[0].time_s[-1]))
        clock_s = find_clock(seen.time_s, seen.rays, truth, None)
        if clock_s is None:
            raise ValueError(f"{choices[0].name} fits the flight at no time")
        clocks_s.append(clock_s)
    starts_s = [choices[0].time_s[0] + clock_s for choices, clock_s in zip(recordings, clocks_s, strict=True)]
    ends_s = [choices[0].time_s[-1] + clock_s for choices, clock_s in zip(recordings, clocks_s, strict=True)]
    half_s = 0.5 * (max(min(starts_s), truth.time_s[0]) + min(max(ends_s), truth.time_s[-1]))
    is_first = truth.time_s <= half_s
    first = reference_flight(truth.time_s[is_first], truth.position_m[is_first])
    cameras = []
    for choices, clock_s in zip(recordings, clocks_s, strict=True):
        fits = []
        for recording in choices:
            seen = recording.sightings
            seen = seen.chosen(np.flatnonzero(seen.time_s + clock_s < half_s))
            fits.append((register_camera(seen, first, clock_s=clock_s), recording))
        fit, recording = min(fits, key=lambda each: float(np.nan_to_num(each[0].spread.rms_rad, nan=np.inf).sum()))
        cameras.append(Camera(recording, fit, detection_share(recording, fit, first)))
    return cameras, half_s


def detection_share(recording: Recording, fit: CameraFit, first: ReferenceFlight) -> float:
    """Of the frames of the first half that should show the drone, how many do."""
    if fit.problem is not None or fit.model.lens is None:
        return math.nan
    frames = Sightings(recording.time_s, np.zeros((len(recording.time_s), 3)))
    time_s = fit.model.times_s(frames)
    inside = first.covers(time_s)
    away = (first.position_at(time_s) - fit.model.position_m) @ fit.model.own_from_site.T
    pixels = pixels_of(fit.model.lens, away)
    width, height = fit.model.lens.size_px
    with np.errstate(invalid="ignore"):
        inside &= (pixels[:, 0] > 0) & (pixels[:, 0] < width) & (pixels[:, 1] > 0) & (pixels[:, 1] < height)
    return float(np.isfinite(recording.pixels[inside, 0]).mean())


def sensor_table(cameras: list[Camera]) -> NDArray[np.void]:
    """The cameras as the tracker must know them."""
    sensors = allocate_sensors(len(cameras))
    sensors["starts_tracks"] = 0
    for sensor, camera in zip(sensors, cameras, strict=True):
        model, lens = camera.fit.model, camera.fit.model.lens
        assert lens is not None  # read_recordings gave every camera one
        sensor["position_m"], sensor["local_from_site"] = model.position_m, model.own_from_site
        sensor["period_s"] = float(np.median(np.diff(camera.recording.time_s)))
        sensor["detection_probability"] = min(max(camera.detection_share, 0.05), 0.95)
        sensor["minimum_range_m"], sensor["maximum_range_m"] = 5.0, 500.0
        width, height = lens.size_px
        columns, rows = np.meshgrid(np.linspace(0.0, width, 40), np.linspace(0.0, height, 30))
        rays = rays_of(lens, np.column_stack([columns.ravel(), rows.ravel()])) @ model.own_from_site
        azimuth, elevation = bearings_of(rays[np.isfinite(rays[:, 0])])
        middle = math.atan2(model.own_from_site[1, 0], model.own_from_site[1, 1])
        turned = (azimuth - middle + np.pi) % (2.0 * np.pi) - np.pi
        sensor["sector_count"] = 1
        sensor["sector_from_rad"][0] = (middle + turned.min()) % (2.0 * np.pi)
        sensor["sector_width_rad"][0] = turned.max() - turned.min()
        sensor["minimum_elevation_rad"], sensor["maximum_elevation_rad"] = elevation.min(), elevation.max()
        false_share = max(camera.fit.refused / (camera.fit.used + camera.fit.refused), 1e-3)
        solid = (turned.max() - turned.min()) * (elevation.max() - elevation.min())
        sensor["clutter_density"] = false_share / solid
    return sensors


def detections_of(
    cameras: list[Camera], sensors: NDArray[np.void], from_s: float, until_s: float
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.void]]:
    """Every frame between two times, in order: its time, its camera, its detection (azimuth NaN for none)."""
    times, rows, records = [], [], []
    for number, camera in enumerate(cameras):
        model, recording = camera.fit.model, camera.recording
        frames = Sightings(recording.time_s, np.zeros((len(recording.time_s), 3)), recording.pixels, recording.lens)
        found = np.isfinite(recording.pixels[:, 0])
        empty_s = model.times_s(Sightings(recording.time_s, frames.rays))
        time_s = np.where(found, model.times_s(frames), empty_s)
        azimuth, elevation = bearings_of(model.rays(frames))
        batch = np.zeros(len(time_s), DETECTION)
        batch["row"], batch["time_s"], batch["measured"], batch["sigma"] = -1, time_s, np.nan, np.nan
        batch["measured"][:, AZIMUTH], batch["measured"][:, ELEVATION] = azimuth, elevation
        white = camera.fit.spread.white_rad
        batch["sigma"][:, AZIMUTH] = white[0] / np.maximum(np.cos(np.nan_to_num(elevation)), 0.05)
        batch["sigma"][:, ELEVATION] = white[1]
        batch["snr_db"] = batch["rcs_dbsm"] = np.nan
        wanted = (time_s >= from_s) & (time_s < until_s)
        times.append(time_s[wanted])
        rows.append(np.full(int(wanted.sum()), number))
        records.append(batch[wanted])
    time_s, sensor, batch = np.concatenate(times), np.concatenate(rows), np.concatenate(records)
    order = np.argsort(time_s, kind="stable")
    return time_s[order], sensor[order], batch[order]


def track(cameras: list[Camera], sensors: NDArray[np.void], truth: ReferenceFlight, half_s: float) -> Result:
    """Track the second half and compare with the truth at each of its epochs."""
    tracker = Tracker(sensors, SETTINGS, track_capacity=64, batch_capacity=16)
    until_s = float(truth.time_s[-1])
    time_s, sensor, batch = detections_of(cameras, sensors, half_s, until_s)
    last_s = float(time_s[np.isfinite(batch["measured"][:, AZIMUTH])][-1])
    epochs = truth.time_s[(truth.time_s > half_s) & (truth.time_s <= last_s)]
    newest_s = np.full(len(cameras), -np.inf)
    seen: set[int] = set()
    next_epoch, errors, by_two, claimed = 0, [], [], []
    for n in range(len(time_s)):
        while next_epoch < len(epochs) and epochs[next_epoch] < time_s[n]:
            now_s = float(epochs[next_epoch])
            error_m, claimed_m = _error_at(tracker, now_s, truth, seen)
            errors.append(error_m)
            claimed.append(claimed_m)
            by_two.append(int((now_s - newest_s <= JUST_SEEN_S).sum()) >= 2)
            next_epoch += 1
        is_found = math.isfinite(batch["measured"][n, AZIMUTH])
        if is_found:
            newest_s[sensor[n]] = time_s[n]
        one = batch[n : n + 1] if is_found else batch[:0]
        tracker.process(float(time_s[n]), int(sensor[n]), np.require(one, requirements=["C", "W"]))
    return Result(np.array(errors), np.array(by_two), np.array(claimed), len(seen), tracker)


def _error_at(tracker: Tracker, now_s: float, truth: ReferenceFlight, seen: set[int]) -> tuple[float, float]:
    """Error of the confirmed track that was seen last, and 1 sigma of its place; NaN where there is none."""
    rows = tracker.tracks.rows[: tracker.tracks.counters[HIGH_WATER]]
    rows = rows[rows["status"] >= TrackStatus.CONFIRMED]
    if not len(rows):
        return math.nan, math.nan
    seen.update(rows["id"].tolist())
    newest = rows[int(np.argmax(rows["time_s"]))]
    ahead_s, covariance = now_s - newest["time_s"], newest["covariance"]
    stands = newest["mean"][:3] + ahead_s * newest["mean"][3:]
    variance = covariance[[0, 2, 5]] + 2.0 * ahead_s * covariance[[6, 11, 17]] + ahead_s**2 * covariance[[9, 14, 20]]
    error_m = float(np.linalg.norm(stands - truth.position_at(np.array([now_s]))[0]))
    return error_m, math.sqrt(float(variance.sum()))


def in_words(result: Result) -> str:
    """The figures of one run; the interval is of the mean of squares over blocks of five seconds."""
    by_two = result.error_m[result.by_two & np.isfinite(result.error_m)]
    every = result.error_m[np.isfinite(result.error_m)]
    blocks = np.array_split(by_two**2, max(2, len(by_two) // 25))
    means = np.array([block.mean() for block in blocks])
    half = 1.96 * means.std(ddof=1) / math.sqrt(len(means))
    low, high = math.sqrt(max(means.mean() - half, 0.0)), math.sqrt(means.mean() + half)
    sure = result.error_m[result.claimed_m < SURE_M]
    return (
        f"  two cameras: RMSE {result.rmse_m:.3f} m [{low:.2f}, {high:.2f}]  median {np.median(by_two):.3f}"
        f"  p90 {np.quantile(by_two, 0.9):.3f}  worst {by_two.max():.2f}  n = {len(by_two)} of {result.by_two.sum()}\n"
        f"  track states less than {SURE_M:.0f} m: RMSE {math.sqrt(np.mean(sure**2)):.3f} m"
        f"  median {np.median(sure):.3f}  worst {sure.max():.2f}  n = {len(sure)}\n"
        f"  all epochs:  RMSE {math.sqrt(np.mean(every**2)):.3f} m  median {np.median(every):.3f}"
        f"  n = {len(every)} of {len(result.error_m)};  {result.tracks} confirmed tracks"
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of recorded data")
    parser.add_argument("--sets", type=int, nargs="*", default=[1, 2, 3], help="which flights")
    arguments = parser.parse_args()
    data = arguments.data / FOLDER
    for number in arguments.sets:
        folder = data / f"dataset{number}"
        truth = read_truth(folder)
        cameras, half_s = register(read_recordings(data, folder), truth)
        print(f"dataset{number}: second half from {half_s:.1f} s on")
        for camera in cameras:
            fit = camera.fit
            print(
                f"  {camera.recording.name:<18} used {fit.used:>6} refused {fit.refused:>5}  left over"
                f" {1e3 * fit.spread.rms_rad[0]:.2f}, {1e3 * fit.spread.rms_rad[1]:.2f} mrad, as white noise"
                f" {1e3 * fit.spread.white_rad[0]:.2f}, {1e3 * fit.spread.white_rad[1]:.2f}"
                f"  seen {camera.detection_share:.2f}  {fit.problem or ''}"
            )
        usable = [camera for camera in cameras if camera.fit.problem is None]
        result = track(usable, sensor_table(usable), truth, half_s)
        print(in_words(result))


if __name__ == "__main__":
    main()
