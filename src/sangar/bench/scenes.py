"""The common tracking scenes: one radar, N air targets, clutter; generated from a seed or read from a file.

A scene file is a NumPy archive with `det` (M, 4): bearing atan2(north, east) in rad, elevation in rad, range in m,
range rate in m/s; `det_scan` (M,): its scan; `truth` (T, 8): scan, target, position and velocity east, north, up; and
`meta`: JSON. The bearing is the mathematician's, not the compass': `azimuth_from_bearing_rad` turns it.
"""

import zipfile
import zlib
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from sangar.bench.air_traffic import SEED, SceneArrays, generate_air_traffic
from sangar.core.arrays import Series
from sangar.core.errors import ConfigurationError
from sangar.tracking.metrics.scoring import LabelledPositions

BEARING, ELEVATION, RANGE, RANGE_RATE = range(4)
"""Columns of a scan's detections."""

MOST_SCANS = 1_000_000
Positive = Annotated[float, msgspec.Meta(gt=0.0)]

ScanDetections = Float64[NDArray[np.float64], "M 4"]


SIGMA_KEYS = {"azimuth_rad": "az", "elevation_rad": "el", "range_m": "r", "range_rate_mps": "rr"}


class SceneSigma(msgspec.Struct, frozen=True, rename=SIGMA_KEYS):
    """One sigma of each measured number."""

    azimuth_rad: Positive
    elevation_rad: Positive
    range_m: Positive
    range_rate_mps: Positive


class SceneMeta(
    msgspec.Struct,
    frozen=True,
    rename={
        "target_count": "n",
        "scan_count": "scans",
        "period_s": "dt",
        "detection_probability": "pd",
        "clutter_count_mean": "clutter_mean",
        "clutter_range_m": "clutter_r",
        "clutter_elevation_rad": "clutter_el",
        "clutter_range_rate_mps": "clutter_rr",
    },
):
    """What a tracker may know of a scene.

    Attributes:
        target_count: true targets over the whole scene.
        scan_count: scans of the radar.
        period_s: time between two scans; the detections of one all carry its time.
        detection_probability: the same for every target and scan.
        sigma: noise of the measurements.
        clutter_count_mean: false detections per scan, Poisson.
        clutter_range_m: least and greatest range of clutter.
        clutter_elevation_rad: the same in elevation; bearing is all around.
        clutter_range_rate_mps: the same in range rate.
    """

    target_count: Annotated[int, msgspec.Meta(ge=0)]
    scan_count: Annotated[int, msgspec.Meta(ge=1, le=MOST_SCANS)]
    period_s: Positive
    detection_probability: Annotated[float, msgspec.Meta(gt=0.0, lt=1.0)]
    sigma: SceneSigma
    clutter_count_mean: Annotated[float, msgspec.Meta(ge=0.0)]
    clutter_range_m: tuple[float, float]
    clutter_elevation_rad: tuple[float, float]
    clutter_range_rate_mps: tuple[float, float]

    def __post_init__(self) -> None:
        for low, high in (self.clutter_range_m, self.clutter_elevation_rad, self.clutter_range_rate_mps):
            if not low < high:
                raise ValueError(f"the clutter's limits {low} and {high} enclose nothing")

    @property
    def clutter_density(self) -> float:
        """False detections per scan and unit of the measured volume (rad · rad · m · m/s)."""
        volume = 2.0 * np.pi
        for low, high in (self.clutter_elevation_rad, self.clutter_range_m, self.clutter_range_rate_mps):
            volume *= high - low
        return self.clutter_count_mean / volume


class Scene(NamedTuple):
    """A scene, scan by scan.

    Attributes:
        name: how reports call it.
        meta: what a tracker may know.
        detections: per scan, (M, 4) bearing, elevation, range, range rate.
        truths: per scan, the living targets; to score with, never to track with.
    """

    name: str
    meta: SceneMeta
    detections: tuple[ScanDetections, ...]
    truths: tuple[LabelledPositions, ...]


def azimuth_from_bearing_rad(bearing_rad: Series) -> Series:
    """Azimuth clockwise from north, 0 to 2 pi, of a bearing counted anticlockwise from east."""
    azimuth_rad: Series = np.mod(np.pi / 2.0 - bearing_rad, 2.0 * np.pi)
    return azimuth_rad


def generate_scene(target_count: int, seed: int = SEED) -> Scene:
    """The common scene of `target_count` targets; the same for everyone who has this NumPy.

    Another seed gives another scene of the same kind, named after it.

    Raises:
        ConfigurationError: there is no scene without a target.
    """
    if target_count < 1:
        raise ConfigurationError("sizes", "", f"{target_count} targets make no scene", "give 1 or more")
    name = f"air{target_count}" if seed == SEED else f"air{target_count}-seed{seed}"
    return scene_from_arrays(name, generate_air_traffic(target_count, seed))


def load_scene(path: Path) -> Scene:
    """Read a scene file.

    Raises:
        ConfigurationError: the file cannot be read or is no scene.
    """
    source = str(path)
    try:
        arrays = _read_archive(path)
    except OSError as error:
        raise ConfigurationError(
            source, "", f"cannot be read ({error.strerror or error})", "give a scene file"
        ) from error
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ConfigurationError(source, "", f"is no NumPy archive ({error})", "give a .npz scene file") from error
    missing = sorted(set(SceneArrays.__required_keys__) - set(arrays))
    if missing:
        raise ConfigurationError(source, missing[0], "the array is missing", "give a .npz scene file with all arrays")
    return scene_from_arrays(path.stem, SceneArrays(**arrays), source)  # type: ignore[typeddict-item]


def _read_archive(path: Path) -> dict[str, NDArray[np.generic]]:
    with path.open("rb") as file:
        if not zipfile.is_zipfile(file):
            raise zipfile.BadZipFile("no archive")
        file.seek(0)
        with np.load(file, allow_pickle=False) as archive:
            return {name: np.asarray(archive[name]) for name in SceneArrays.__annotations__ if name in archive.files}


def scene_from_arrays(name: str, arrays: SceneArrays, source: str = "scene") -> Scene:
    """Cut a scene's arrays into scans.

    Raises:
        ConfigurationError: an array has another shape or holds what is no number, or the meta text is no scene's.
    """
    try:
        meta = msgspec.json.decode(str(arrays["meta"]).encode(), type=SceneMeta)
    except msgspec.MsgspecError as error:
        raise ConfigurationError(source, "meta", str(error), "write it as the scene's format says") from error
    _check_array(source, "det", arrays["det"], 4)
    _check_array(source, "truth", arrays["truth"], 8)
    if arrays["det_scan"].shape != arrays["det"].shape[:1]:
        raise ConfigurationError(source, "det_scan", "is not one number per detection", "give (M,) beside det (M, 4)")
    _check_scans(source, "det_scan", arrays["det_scan"], meta)
    _check_scans(source, "truth", arrays["truth"][:, 0], meta)
    scans = range(meta.scan_count)
    truth = [arrays["truth"][arrays["truth"][:, 0] == scan] for scan in scans]
    return Scene(
        name=name,
        meta=meta,
        detections=tuple(arrays["det"][arrays["det_scan"] == scan].astype(np.float64) for scan in scans),
        truths=tuple(LabelledPositions(rows[:, 1].astype(np.int64), rows[:, 2:5].astype(np.float64)) for rows in truth),
    )


def _check_array(source: str, name: str, array: NDArray[np.generic], columns: int) -> None:
    if array.ndim != 2 or array.shape[1] != columns or not np.issubdtype(array.dtype, np.number):
        problem = f"is {array.dtype} of shape {array.shape}"
        raise ConfigurationError(source, name, problem, f"give numbers in {columns} columns")
    if not np.isfinite(array.astype(np.float64)).all():
        raise ConfigurationError(source, name, "holds what is no finite number", "leave such rows out")


def _check_scans(source: str, name: str, scans: NDArray[np.generic], meta: SceneMeta) -> None:
    outside = ~np.isin(scans, np.arange(meta.scan_count))
    if outside.any():
        problem = f"names scan {scans[outside][0]}, and the scene has scans 0 to {meta.scan_count - 1}"
        raise ConfigurationError(source, name, problem, "leave such rows out or raise `scans` in meta")
