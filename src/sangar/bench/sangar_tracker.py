"""Sangar's tracking stage as a contender: the compiled kernel over one batch per scan."""

import numpy as np
from numpy.typing import NDArray

from sangar.bench.scenes import (
    BEARING,
    RANGE,
    RANGE_RATE,
    ScanDetections,
    Scene,
    SceneMeta,
    azimuth_from_bearing_rad,
)
from sangar.bench.scenes import ELEVATION as SCENE_ELEVATION
from sangar.core import detections as column
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER, TrackTable
from sangar.pipeline.layout import measured_volume, sensor_table
from sangar.scenario.sensor_parts import Accuracy, Coverage
from sangar.scenario.sensors import Sensor
from sangar.scenario.site import Reference, Site
from sangar.tracking.metrics.scoring import LabelledPositions
from sangar.tracking.tracker import Tracker

WARMING_SCANS = 5
"""Enough for tracks to be started, associated and confirmed, so that every kernel has run."""
REACH_RATIO = 2.0
"""Targets fly out of the clutter's range; the radar of a scene sees twice as far."""


def scene_site(meta: SceneMeta) -> Site:
    """A site with one radar at its origin that measures as the scene says; all else is Sangar's defaults."""
    sigma = meta.sigma

    def radar(false_alarms_per_scan: float) -> Sensor:
        return Sensor(
            id="radar",
            kind="radar",
            measures=("range", "azimuth", "elevation", "range_rate"),
            east_m=0.0,
            north_m=0.0,
            up_m=0.0,
            period_s=meta.period_s,
            accuracy=Accuracy(
                range_m=sigma.range_m,
                azimuth_deg=float(np.degrees(sigma.azimuth_rad)),
                elevation_deg=float(np.degrees(sigma.elevation_rad)),
                range_rate_mps=sigma.range_rate_mps,
            ),
            coverage=Coverage(
                min_range_m=0.0,
                max_range_m=REACH_RATIO * meta.clutter_range_m[1],
                min_elevation_deg=-90.0,
                max_elevation_deg=90.0,
                detection_probability=meta.detection_probability,
                false_alarms_per_scan=false_alarms_per_scan,
            ),
        )

    # The coverage is wider than the clutter, so the count is scaled: what the tracker uses is the density
    false_alarms = meta.clutter_density * measured_volume(radar(1.0))
    return Site(reference=Reference(name="scene", latitude_deg=0.0, longitude_deg=0.0), sensors=(radar(false_alarms),))


def detection_records(scan: ScanDetections, time_s: float, first_row: int, meta: SceneMeta) -> NDArray[np.void]:
    """One scan as records of `DETECTION`, rows counted from `first_row`."""
    records = np.zeros(len(scan), column.DETECTION)
    records["row"] = first_row + np.arange(len(scan))
    records["time_s"] = time_s
    for name in ("measured", "sigma", "snr_db", "rcs_dbsm"):
        records[name] = np.nan
    records["class_report"] = column.NO_CLASS
    measured, sigma = records["measured"], records["sigma"]
    measured[:, column.RANGE], sigma[:, column.RANGE] = scan[:, RANGE], meta.sigma.range_m
    measured[:, column.AZIMUTH] = azimuth_from_bearing_rad(np.ascontiguousarray(scan[:, BEARING]))
    sigma[:, column.AZIMUTH] = meta.sigma.azimuth_rad
    measured[:, column.ELEVATION], sigma[:, column.ELEVATION] = scan[:, SCENE_ELEVATION], meta.sigma.elevation_rad
    measured[:, column.RANGE_RATE], sigma[:, column.RANGE_RATE] = scan[:, RANGE_RATE], meta.sigma.range_rate_mps
    return records


def scan_records(scene: Scene, number: int) -> NDArray[np.void]:
    """One scan of a scene as records, rows counted from the scene's first detection."""
    first_row = sum(len(scan) for scan in scene.detections[:number])
    return detection_records(scene.detections[number], number * scene.meta.period_s, first_row, scene.meta)


def scene_records(scene: Scene) -> list[NDArray[np.void]]:
    """Every scan of a scene as records."""
    return [scan_records(scene, number) for number in range(scene.meta.scan_count)]


def table_capacity(scene: Scene) -> int:
    """Rows of the track table: clutter starts tracks that live two scans more, and confirmed ones stand beside them."""
    return 256 + 4 * largest_scan(scene)


def largest_scan(scene: Scene) -> int:
    """Detections of the fullest scan."""
    return max((len(scan) for scan in scene.detections), default=0)


def picture_at(tracks: TrackTable, time_s: float) -> LabelledPositions:
    """The confirmed and coasting tracks, flown on from their newest detection to `time_s`.

    A coasting track stands in the table where it was last updated: the step predicts it when a batch comes and throws
    the prediction away. Whoever shows or scores the picture at one moment brings every track to that moment.
    """
    rows = tracks.rows[: int(tracks.counters[HIGH_WATER])]
    shown = rows[rows["status"] >= int(TrackStatus.CONFIRMED)]
    ahead_s = (time_s - shown["time_s"])[:, None]
    return LabelledPositions(shown["id"].copy(), shown["mean"][:, :3] + ahead_s * shown["mean"][:, 3:6])


class SangarTracker:
    """The tracking stage alone, with Sangar's default settings."""

    def __init__(self, scene: Scene) -> None:
        site = scene_site(scene.meta)
        self._time_s, self._period_s = 0.0, scene.meta.period_s
        self._scene, self._records = scene, np.zeros(0, column.DETECTION)
        self._tracker = Tracker(
            sensor_table(site),
            site.policy.tracking,
            track_capacity=table_capacity(scene),
            batch_capacity=max(largest_scan(scene), 1),
        )

    def prepare(self, number: int) -> None:
        """Make the records of one scan: those of a large scene would fill more memory than the tracker."""
        self._records = scan_records(self._scene, number)

    def scan(self, number: int) -> None:
        """Track one scan."""
        self._time_s = number * self._period_s
        self._tracker.process(self._time_s, 0, self._records)

    def confirmed(self) -> LabelledPositions:
        """The confirmed and coasting tracks at the time of the last scan."""
        return picture_at(self._tracker.tracks, self._time_s)


def warm_tracker(scene: Scene) -> SangarTracker:
    """The contender, after its kernels have been compiled or loaded by another instance."""
    trial = SangarTracker(scene)
    for number in range(min(WARMING_SCANS, scene.meta.scan_count)):
        trial.prepare(number)
        trial.scan(number)
    return SangarTracker(scene)
