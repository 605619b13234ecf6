"""CLEAR MOT: what share of the truth is missed, doubled or confused, and how far off the rest is."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from sangar.core.errors import ConfigurationError
from sangar.tracking.metrics.pairing import Costs, Pairs, cheapest_pairs, near_pairs
from sangar.tracking.metrics.scoring import (
    CUTOFF_M,
    LabelledPositions,
    Scans,
    require_numbered_once,
    require_scans,
)


class ClearMotScore(msgspec.Struct, frozen=True, kw_only=True):
    """CLEAR MOT of a run.

    Attributes:
        mota: multiple object tracking accuracy, 1 - (misses + false positives + mismatches) / truths; 1 is perfect, and
            there is no lowest; None without truth.
        motp_m: multiple object tracking precision: mean distance of the matches; None without a match.
        misses: truths without a track, all scans together.
        false_positives: tracks without a truth, all scans together.
        mismatches: how often a truth was matched with another track than it was matched with the last time.
        matches: truths with a track, all scans together.
        truths: true objects, all scans together.
    """

    mota: float | None
    motp_m: float | None
    misses: int
    false_positives: int
    mismatches: int
    matches: int
    truths: int


def clear_mot(estimates: Scans, truths: Scans, cutoff_m: float = CUTOFF_M) -> ClearMotScore:
    """Match the tracks of every scan with the truth, keeping what was matched before, and count the errors.

    In each scan, in this order:

    1. A truth stays with the track it was last matched with, as long as both are there and closer than the cutoff, even
       when another track is closer. Where two truths were last matched with one track, the later match holds.
    2. The others are matched one to one: as many as can be within the cutoff, and of these ways the one with the least
       sum of distances.
    3. A truth that is now matched with another track than the last time is a mismatch; a gap in between alters nothing.
       Truths left are misses, tracks left are false positives.

    A position that is not finite is near nothing.

    Args:
        estimates: the tracks at each scan.
        truths: the truth at each scan.
        cutoff_m: distance T at which a track no longer is one of that truth.

    Raises:
        ConfigurationError: different numbers of scans, none, a number twice in one, or no cutoff.

    Source:
        Bernardin & Stiefelhagen, "Evaluating multiple object tracking performance: the CLEAR MOT metrics", EURASIP
        Journal on Image and Video Processing 2008, section 2.1. That as many as can be are matched (2.)
        is the use of the MOT benchmarks; the paper says "minimum total distance" and leaves it open.
    """
    if not (0.0 < cutoff_m < np.inf):
        raise ConfigurationError(
            "clear_mot", "cutoff_m", f"{cutoff_m} is no cutoff", "give a positive number of metres"
        )
    require_scans(estimates, truths)
    require_numbered_once(estimates)
    require_numbered_once(truths)
    matching = _Matching(cutoff_m)
    distance_m = sum(matching.observe(here, there) for here, there in zip(estimates, truths, strict=True))
    truth_count = sum(len(truth.labels) for truth in truths)
    track_count = sum(len(estimate.labels) for estimate in estimates)
    misses, false_positives = truth_count - matching.matches, track_count - matching.matches
    errors = misses + false_positives + matching.mismatches
    return ClearMotScore(
        mota=1.0 - errors / truth_count if truth_count else None,
        motp_m=distance_m / matching.matches if matching.matches else None,
        misses=misses,
        false_positives=false_positives,
        mismatches=matching.mismatches,
        matches=matching.matches,
        truths=truth_count,
    )


class _Matching:
    """The correspondences, carried from scan to scan."""

    def __init__(self, cutoff_m: float) -> None:
        self.matches = 0
        self.mismatches = 0
        self._cutoff_m = cutoff_m
        self._scan = 0
        self._track: dict[int, int] = {}
        self._matched_in: dict[int, int] = {}

    def observe(self, estimate: LabelledPositions, truth: LabelledPositions) -> float:
        """Match one scan; returns the sum of the matches' distances."""
        rows, distances_m = near_pairs(estimate.positions_m, truth.positions_m, self._cutoff_m)
        labels = np.stack([estimate.labels[rows[:, 0]], truth.labels[rows[:, 1]]], axis=1)
        taken = self._kept(labels)
        free = ~np.isin(rows[:, 0], rows[taken, 0]) & ~np.isin(rows[:, 1], rows[taken, 1])
        taken[free] = _most_and_nearest(rows[free], distances_m[free], self._cutoff_m)
        self._remember(labels[taken])
        return float(distances_m[taken].sum())

    def _kept(self, labels: Pairs) -> NDArray[np.bool_]:
        """Which of the near pairs were a match before and are kept, the latest match of a track alone."""
        kept = np.zeros(len(labels), bool)
        latest: dict[int, tuple[int, int]] = {}
        for row, (track, truth) in enumerate(labels.tolist()):
            if self._track.get(truth) == track:
                latest[track] = max(latest.get(track, (-1, -1)), (self._matched_in[truth], row))
        kept[[row for _, row in latest.values()]] = True
        return kept

    def _remember(self, labels: Pairs) -> None:
        self._scan += 1
        self.matches += len(labels)
        for track, truth in labels.tolist():
            self.mismatches += self._track.get(truth, track) != track
            self._track[truth], self._matched_in[truth] = track, self._scan


def _most_and_nearest(rows: Pairs, distances_m: Costs, cutoff_m: float) -> NDArray[np.bool_]:
    """The largest matching with the least sum: to leave one pair out costs more than all distances together."""
    return cheapest_pairs(rows, distances_m, cutoff_m * (1.0 + len(np.unique(rows[:, 1]))))
