"""Runs in which targets are handed from track to track, and what Stone Soup's measures say of them."""

import datetime as dt
from typing import NamedTuple

import numpy as np

from sangar.tracking.metrics.scoring import LabelledPositions

EPOCH = dt.datetime(2022, 1, 3, tzinfo=dt.UTC)
POSITION, VELOCITY = (0, 1, 2), (3, 4, 5)
APART_M = 2000.0
"""Between the lanes of the targets: ten times the cutoff, so that nobody can be taken for somebody else."""


class Scene(NamedTuple):
    """Tracks and truth of some scans."""

    estimates: list[LabelledPositions]
    truths: list[LabelledPositions]
    times_s: np.ndarray
    cutoff_m: float


class Path(NamedTuple):
    """One body from scan `start` to before `stop`, in the lane of a target, so far off it."""

    lane: int
    start: int
    stop: int
    off_m: np.ndarray


def handed_over(random, longest_gap, with_doubles, scan_count=30, target_count=6):
    """Targets that come and go, each followed by tracks of its own one after the other, and false tracks.

    A track lives three scans at least and never comes back. With doubles some targets have a second track for a while.
    """
    times_s = 1000.0 + np.cumsum(random.uniform(0.5, 2.0, scan_count))
    targets, tracks = [], []
    for lane in range(target_count):
        start, stop = int(random.integers(0, 8)), int(random.integers(scan_count - 8, scan_count + 1))
        targets.append(Path(lane, start, stop, np.zeros(3)))
        at = start + 2
        while at + 3 <= stop:
            end = int(min(stop, at + random.integers(3, 10)))
            tracks.append(Path(lane, at, end, random.normal(0.0, 30.0, 3)))
            at = end + int(random.integers(0, longest_gap + 1))
        if with_doubles and lane % 2:
            tracks.append(Path(lane, start + 5, start + 11, random.normal(0.0, 30.0, 3)))
    tracks += [Path(target_count + lane, 4, 4 + 5 * lane, np.zeros(3)) for lane in (1, 2)]
    return Scene(shown(tracks, times_s), shown(targets, times_s), times_s, 200.0)


def shown(paths, times_s):
    scans = []
    for scan, time_s in enumerate(times_s):
        there = [number for number, path in enumerate(paths) if path.start <= scan < path.stop]
        places = [
            np.array([40.0 * time_s, APART_M * paths[number].lane, 0.0]) + paths[number].off_m for number in there
        ]
        speeds = [np.array([40.0, 0.0, 0.0]) + paths[number].off_m / 10.0 for number in there]
        positions_m, velocities_mps = np.reshape(places, (-1, 3)), np.reshape(speeds, (-1, 3))
        scans.append(LabelledPositions(np.array(there, dtype=np.int64) + 1, positions_m, velocities_mps))
    return scans


def of_stone_soup(generator, estimates, truths, times_s, cutoff_m):
    """Value of each metric of a Stone Soup generator, by title; tracks belong to the truth nearest at each time."""
    from stonesoup.dataassociator.tracktotrack import TrackToTruth
    from stonesoup.measures import Euclidean
    from stonesoup.metricgenerator.manager import MultiManager
    from stonesoup.types.groundtruth import GroundTruthPath
    from stonesoup.types.track import Track

    nearest = TrackToTruth(
        association_threshold=cutoff_m,
        consec_pairs_confirm=1,
        consec_misses_end=1,
        measure=Euclidean(mapping=POSITION),
    )
    manager = MultiManager([generator], nearest)
    tracks = {Track(states) for states in states_of(estimates, times_s)}
    paths = {GroundTruthPath(states) for states in states_of(truths, times_s)}
    manager.add_data({"tracks": tracks, "groundtruth_paths": paths})
    (metrics,) = manager.generate_metrics().values()
    return {title: metric.value for title, metric in metrics.items()}


def states_of(scans, times_s):
    """The states of each number, in order of time."""
    from stonesoup.types.state import State

    states: dict[int, list[State]] = {}
    for time_s, scan in zip(times_s, scans, strict=True):
        instant = EPOCH + dt.timedelta(seconds=float(time_s))
        for label, *kinematics in zip(scan.labels.tolist(), scan.positions_m, scan.velocities_mps, strict=True):
            states.setdefault(label, []).append(State(np.concatenate(kinematics), timestamp=instant))
    return list(states.values())
