"""Joint probabilistic association beside one detection per track, on scenes made to be hard.

    python benchmarks/joint_association.py [--seeds 10] [--scenes clutter-300 crossing-30 ...]

Every scene is drawn anew from each seed and tracked twice, with `association = "nearest"` and `"joint"`, all else
alike.
Printed are the means over the seeds, and of the paired differences the mean with its 95 % interval (Student's t).
GOSPA and OSPA(2) have a cutoff of 60 m, OSPA(2) a window of 10 scans; the first 10 scans are left out of both.
"""

import argparse
import time
from functools import partial
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from sangar.bench.crowds import COARSE_RADAR, Crowd, close_formation, crossing_groups, crowd_scene, wanderers
from sangar.bench.sangar_tracker import largest_scan, picture_at, scene_records, scene_site, table_capacity
from sangar.bench.scenes import Scene
from sangar.pipeline.layout import sensor_table
from sangar.tracking.metrics.ospa_of_tracks import OspaParameters, ospa_of_tracks
from sangar.tracking.metrics.scoring import score_tracks
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker

FIRST_SEED = 1000
"""Not those on which the constants of the joint association were chosen (0 to 7)."""
CUTOFF_M = 60.0
SKIPPED_SCANS = 10
CROSSING_RAD = float(np.deg2rad(20.0))

CROWDS = (
    Crowd("clutter-100", wanderers, 0.7, 100.0, COARSE_RADAR),
    Crowd("clutter-300", wanderers, 0.7, 300.0, COARSE_RADAR),
    Crowd("clutter-600", wanderers, 0.7, 600.0, COARSE_RADAR),
    Crowd("clutter-1000", wanderers, 0.7, 1000.0, COARSE_RADAR),
    Crowd("crossing-30", partial(crossing_groups, spacing_m=30.0, angle_rad=CROSSING_RAD), 0.9, 50.0),
    Crowd("crossing-60", partial(crossing_groups, spacing_m=60.0, angle_rad=CROSSING_RAD), 0.9, 50.0),
    Crowd("crossing-100", partial(crossing_groups, spacing_m=100.0, angle_rad=CROSSING_RAD), 0.9, 50.0),
    Crowd("formation-15", partial(close_formation, spacing_m=15.0), 0.9, 50.0),
    Crowd("formation-30", partial(close_formation, spacing_m=30.0), 0.9, 50.0),
    Crowd("formation-60", partial(close_formation, spacing_m=60.0), 0.9, 50.0),
)
"""Wanderers with that much clutter a scan; two groups that cross, a group side by side, with that spacing in metres."""


class Outcome(NamedTuple):
    """What came of one run; `score_tracks` says what the measures are."""

    gospa_m: float
    localisation_m: float
    missed_percent: float
    false_per_scan: float
    switches: float
    numbers: float
    ospa2_m: float
    cpu_ms: float


def drone_settings(association: Literal["nearest", "joint"]) -> TrackingSettings:
    """Settings of a site that watches for drones: they are slow, and no rocket is among them.

    Tracks are confirmed readily, so that what is compared is the association: a joint one gains evidence more slowly,
    since it grants that a detection may be another's, and waits longer where hardly a false track is allowed.
    """
    return TrackingSettings(
        association=association,
        initial_speed_mps=25.0,
        initial_climb_mps=5.0,
        manoeuvre_noise_m2ps3=10.0,
        thrown_prior=1e-4,
        false_tracks_per_hour=1000.0,
        candidate_limit=1 << 19,
    )


def track_scene(scene: Scene, association: Literal["nearest", "joint"]) -> Outcome:
    """Track a scene and score it; processor time of the tracker's calls alone."""
    tracker = Tracker(
        sensor_table(scene_site(scene.meta)),
        drone_settings(association),
        track_capacity=table_capacity(scene),
        batch_capacity=largest_scan(scene),
    )
    pictures, cpu_s = [], 0.0
    for number, records in enumerate(scene_records(scene)):
        started_s = time.process_time()
        tracker.process(number * scene.meta.period_s, 0, records)
        cpu_s += time.process_time() - started_s
        pictures.append(picture_at(tracker.tracks, number * scene.meta.period_s))
    score = score_tracks(pictures, scene.truths, SKIPPED_SCANS, CUTOFF_M)
    ospa2_m = ospa_of_tracks(pictures, scene.truths, parameters=OspaParameters(cutoff_m=CUTOFF_M))[SKIPPED_SCANS:]
    return Outcome(
        gospa_m=score.gospa_mean_m,
        localisation_m=score.localisation_rms_m,
        missed_percent=100.0 * score.missed_fraction,
        false_per_scan=score.false_per_scan,
        switches=score.identity_switches,
        numbers=score.distinct_confirmed,
        ospa2_m=float(ospa2_m.mean()),
        cpu_ms=1e3 * cpu_s / scene.meta.scan_count,
    )


def half_width(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half the 95 % interval of the mean of each column."""
    count = len(values)
    factor = student.ppf(0.975, count - 1) / np.sqrt(count) if count > 1 else np.nan
    width: NDArray[np.float64] = factor * values.std(axis=0, ddof=1 if count > 1 else 0)
    return width


def report(name: str, nearest: NDArray[np.float64], joint: NDArray[np.float64]) -> str:
    """Three lines of a scene: both, and their difference."""
    rows = [("nearest", nearest.mean(axis=0)), ("joint", joint.mean(axis=0))]
    lines = [f"{name:<14}{who:<12}" + "".join(f"{value:>15.2f}" for value in values) for who, values in rows]
    apart, width = (joint - nearest).mean(axis=0), half_width(joint - nearest)
    differences = "".join(f"{f'{a:+.2f} ± {w:.2f}':>15}" for a, w in zip(apart, width, strict=True))
    return "\n".join([*lines, f"{'':<14}{'difference':<12}{differences}"])


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10, help="how many times each scene is drawn")
    parser.add_argument("--scenes", nargs="*", help="only these", choices=[crowd.name for crowd in CROWDS])
    arguments = parser.parse_args()
    chosen = [crowd for crowd in CROWDS if not arguments.scenes or crowd.name in arguments.scenes]
    for association in ("nearest", "joint"):
        track_scene(crowd_scene(CROWDS[-1], 0), association)  # compile
    print(f"n = {arguments.seeds} seeds")
    print(f"{'scene':<14}{'':<12}" + "".join(f"{name:>15}" for name in Outcome._fields))
    for crowd in chosen:
        scenes = [crowd_scene(crowd, seed) for seed in range(FIRST_SEED, FIRST_SEED + arguments.seeds)]
        nearest = np.array([track_scene(scene, "nearest") for scene in scenes])
        joint = np.array([track_scene(scene, "joint") for scene in scenes])
        print(report(crowd.name, nearest, joint), flush=True)


if __name__ == "__main__":
    main()
