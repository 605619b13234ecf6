"""Recorded flights of a drone before several cameras: read, and every camera registered on the first half of it.

Nothing says where the cameras of the first two flights stood, and nothing when any of them was switched on.
"""

import gzip
import math
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from sangar.core.detections import AZIMUTH, DETECTION, ELEVATION
from sangar.core.sensors import allocate_sensors
from sangar.core.targets import SensorKind
from sangar.tracking.registration.camera_pose import CameraFit, register_camera
from sangar.tracking.registration.lens import Lens, bearings_of, pixels_of, rays_of
from sangar.tracking.registration.reference import ReferenceFlight, reference_flight
from sangar.tracking.registration.resection import find_clock
from sangar.tracking.registration.sightings import Sightings

FOLDER = "drone_cameras"
TRUTH_PERIOD_S = 0.2
CALIBRATIONS = {"mate10": ("mate10_1", "mate10_2"), "sonyG": ("sonyG_1", "sonyG_2")}
"""Where two calibrations of a camera exist, the one that fits the first half better is taken."""


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
    sensors["kind"], sensors["starts_tracks"] = SensorKind.CAMERA, 0
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
