"""One row of the benchmark: a tracker, a scene, the scans it ran over, and what came out."""

from typing import NamedTuple

import msgspec
import numpy as np

from sangar.bench.scenes import Scene
from sangar.core.arrays import Series
from sangar.tracking.metrics.scoring import LabelledPositions, score_tracks

SKIPPED_SCANS = 10
"""GOSPA leaves these out (fewer in a short run): no tracker can have confirmed anything yet."""

KEYS = {
    "scene": "scene",
    "target_count": "n",
    "scan_count": "scans",
    "detections_per_scan": "det_per_scan",
    "cpu_median_ms": "cpu_ms_scan_median",
    "cpu_mean_ms": "cpu_ms_scan_mean",
    "cpu_percentile_95_ms": "cpu_ms_scan_p95",
    "wall_median_ms": "wall_ms_scan_median",
    "detections_per_cpu_s": "det_per_cpu_s",
    "rss_mib": "rss_mb",
    "gospa_mean_m": "gospa_mean",
    "gospa_per_sqrt_truth_m": "gospa_per_sqrt_truth",
    "localisation_rms_m": "rms_loc",
    "missed_fraction": "missed_frac",
    "confirmed_per_scan": "mean_confirmed",
    "truth_per_scan": "mean_truth",
    "identity_switches": "id_switches",
}
"""The keys under which other trackers' figures on these scenes are kept; the rest are the field names."""


class Run(NamedTuple):
    """What a tracker did over the first scans of a scene.

    Attributes:
        estimates: the confirmed tracks after each scan.
        cpu_s: (K,) processor time of each scan's call, all threads.
        wall_s: (K,) time on the clock.
        rss_mib: largest memory the tracker's process ever held.
    """

    estimates: tuple[LabelledPositions, ...]
    cpu_s: Series
    wall_s: Series
    rss_mib: float


class BenchRow(msgspec.Struct, frozen=True, kw_only=True, rename=KEYS):
    """One row; `score_tracks` says what the measures are.

    Attributes:
        tracker: name of the tracker.
        scene: name of the scene.
        target_count: true targets of the scene.
        scans_run: scans this row is over; only rows with the same number compare (GOSPA grows with range and time).
        scan_count: scans of the scene.
        detections_per_scan: mean.
        cpu_total_s: processor time over all scans.
        wall_total_s: time on the clock.
        cpu_median_ms: processor time of a scan, and its mean and 95th percentile.
        wall_median_ms: time on the clock of a scan.
        detections_per_cpu_s: detections over processor time.
        rss_mib: largest memory of the tracker's process; the scene (some 20 MiB at most) and the interpreter are in it.
    """

    tracker: str
    scene: str
    target_count: int
    scans_run: int
    scan_count: int
    detections_per_scan: float
    cpu_total_s: float
    wall_total_s: float
    cpu_median_ms: float
    cpu_mean_ms: float
    cpu_percentile_95_ms: float
    wall_median_ms: float
    detections_per_cpu_s: float
    rss_mib: float
    gospa_mean_m: float
    gospa_per_sqrt_truth_m: float
    localisation_rms_m: float
    missed_fraction: float
    false_per_scan: float
    confirmed_per_scan: float
    truth_per_scan: float
    identity_switches: int
    distinct_confirmed: int


def make_row(tracker: str, scene: Scene, run: Run, scans: int) -> BenchRow:
    """The row over the first `scans` scans of a run."""
    score = score_tracks(run.estimates[:scans], scene.truths[:scans], min(SKIPPED_SCANS, scans // 2))
    cpu_s, wall_s = run.cpu_s[:scans], run.wall_s[:scans]
    detections = sum(len(each) for each in scene.detections[:scans])
    return BenchRow(
        tracker=tracker,
        scene=scene.name,
        target_count=scene.meta.target_count,
        scans_run=scans,
        scan_count=scene.meta.scan_count,
        detections_per_scan=detections / scans,
        cpu_total_s=float(cpu_s.sum()),
        wall_total_s=float(wall_s.sum()),
        cpu_median_ms=float(np.median(cpu_s) * 1e3),
        cpu_mean_ms=float(cpu_s.mean() * 1e3),
        cpu_percentile_95_ms=float(np.percentile(cpu_s, 95) * 1e3),
        wall_median_ms=float(np.median(wall_s) * 1e3),
        detections_per_cpu_s=detections / max(float(cpu_s.sum()), 1e-9),
        rss_mib=run.rss_mib,
        **msgspec.structs.asdict(score),
    )
