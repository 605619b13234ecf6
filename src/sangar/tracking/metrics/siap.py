"""SIAP attributes: what the operators of a single integrated air picture ask of it.

Is everything in it, once, and nothing else; how far off is it; and does a target keep its number.
"""

from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from sangar.core.arrays import Series
from sangar.core.errors import ConfigurationError
from sangar.tracking.metrics.pairing import near_pairs
from sangar.tracking.metrics.scoring import (
    CUTOFF_M,
    LabelledPositions,
    Scans,
    require_numbered_once,
    require_scans,
)


class SiapScore(msgspec.Struct, frozen=True, kw_only=True):
    """The SIAP attributes of a run. None where there is nothing to divide by.

    Attributes:
        completeness: truths with a track over truths, C; 0 to 1, 1 is perfect.
        ambiguity: tracks that belong to a truth over truths with a track, A; 1 is perfect.
        spuriousness: tracks that belong to no truth over tracks, S; 0 to 1, 0 is perfect.
        position_accuracy_m: mean distance of the tracks from the truths they belong to, PA.
        velocity_accuracy_mps: the same of the velocities, VA, where both are known.
        track_number_change_rate_hz: changes of a truth's track number over the time that truths were tracked, R.
        longest_track_segment_share: time of the longest unbroken track of each truth over the time the truths lived,
            LS; 0 to 1, 1 is perfect.
    """

    completeness: float | None
    ambiguity: float | None
    spuriousness: float | None
    position_accuracy_m: float | None
    velocity_accuracy_mps: float | None
    track_number_change_rate_hz: float | None
    longest_track_segment_share: float | None


class _Assignments(NamedTuple):
    """Which track belonged to which truth in which scan; (A,) each."""

    scan: NDArray[np.int64]
    track: NDArray[np.int64]
    truth: NDArray[np.int64]
    position_error_m: NDArray[np.float64]
    velocity_error_mps: NDArray[np.float64]


def siap(estimates: Scans, truths: Scans, times_s: Series, cutoff_m: float = CUTOFF_M) -> SiapScore:
    """The SIAP attributes over all scans.

    In each scan a track belongs to the truth nearest to it, if that is closer than the cutoff. So a truth may have
    several tracks, and a track has one truth or none. With J truths, JT of them with a track, N tracks and NA of them
    that belong to a truth, summed over the scans:

        C = JT / J,    A = NA / JT,    S = (N - NA) / N,    PA, VA = sum of the errors / NA,
        R = sum_j (NU_j - 1) / sum_j TT_j,    LS = sum_j TL_j / sum_j T_j,

    where for the truth j: NU_j - 1 is the least number of changes from one track number to another with which the scans
    it has a track in can be told (a gap is no change by itself, coming back under another number is), TT_j the time
    between neighbouring scans that one and the same track spans, TL_j the longest time one track belongs to it in
    unbroken sequence, and T_j the time from its first scan to its last.

    Args:
        estimates: the tracks at each scan.
        truths: the truth at each scan.
        times_s: (S,) time of each scan, ascending.
        cutoff_m: distance at which a track no longer is one of that truth.

    Raises:
        ConfigurationError: different numbers of scans, none, a number twice in one, times that do not ascend or no
            cutoff.

    Source:
        Votruba, Nisley, Rothrock & Zombro, "Single Integrated Air Picture (SIAP) metrics implementation", SIAP SE TF
        Technical Report 2001-003, October 2001; formulae as in Stone Soup's `SIAPMetrics`.
    """
    _require_siap_input(estimates, truths, times_s, cutoff_m)
    found = _assignments(estimates, truths, cutoff_m)
    truth_count = sum(len(truth.labels) for truth in truths)
    track_count = sum(len(estimate.labels) for estimate in estimates)
    tracked = len(np.unique(np.stack([found.scan, found.truth], axis=1), axis=0))
    known_mps = found.velocity_error_mps[np.isfinite(found.velocity_error_mps)]
    tracked_s, longest_s = _continuity_s(found, times_s)
    return SiapScore(
        completeness=_ratio(tracked, truth_count),
        ambiguity=_ratio(len(found.scan), tracked),
        spuriousness=_ratio(track_count - len(found.scan), track_count),
        position_accuracy_m=_ratio(found.position_error_m.sum(), len(found.scan)),
        velocity_accuracy_mps=_ratio(known_mps.sum(), len(known_mps)),
        track_number_change_rate_hz=_ratio(_number_changes(found), tracked_s),
        longest_track_segment_share=_ratio(longest_s, _lifetimes_s(truths, times_s)),
    )


def _require_siap_input(estimates: Scans, truths: Scans, times_s: Series, cutoff_m: float) -> None:
    if not (0.0 < cutoff_m < np.inf):
        raise ConfigurationError("siap", "cutoff_m", f"{cutoff_m} is no cutoff", "give a positive number of metres")
    require_scans(estimates, truths)
    require_numbered_once(estimates)
    require_numbered_once(truths)
    if len(times_s) != len(truths) or not (np.isfinite(times_s).all() and (np.diff(times_s) > 0.0).all()):
        raise ConfigurationError("siap", "times_s", "not one time a scan, ascending", "sort them and drop what repeats")


def _ratio(part: float, whole: float) -> float | None:
    return float(part / whole) if whole else None


def _assignments(estimates: Scans, truths: Scans, cutoff_m: float) -> _Assignments:
    scans = [
        _assign(scan, estimate, truth, cutoff_m)
        for scan, (estimate, truth) in enumerate(zip(estimates, truths, strict=True))
    ]
    return _Assignments(*(np.concatenate(column) for column in zip(*scans, strict=True)))


def _assign(scan: int, estimate: LabelledPositions, truth: LabelledPositions, cutoff_m: float) -> _Assignments:
    """Each track with the truth nearest to it within the cutoff."""
    rows, distances_m = near_pairs(estimate.positions_m, truth.positions_m, cutoff_m)
    nearest_first = np.lexsort((distances_m, rows[:, 0]))
    _, first = np.unique(rows[nearest_first, 0], return_index=True)
    nearest = nearest_first[first]
    here, there = rows[nearest].T
    return _Assignments(
        np.full(len(nearest), scan, np.int64),
        estimate.labels[here],
        truth.labels[there],
        distances_m[nearest],
        _velocity_errors_mps(estimate, truth, here, there),
    )


def _velocity_errors_mps(
    estimate: LabelledPositions, truth: LabelledPositions, here: NDArray[np.int64], there: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Difference of the velocities of each assignment, NaN where one is not known."""
    if estimate.velocities_mps is None or truth.velocities_mps is None:
        return np.full(len(here), np.nan)
    differences_mps = estimate.velocities_mps[here] - truth.velocities_mps[there]
    errors_mps: NDArray[np.float64] = np.sqrt(np.square(differences_mps).sum(axis=1))
    return errors_mps


def _number_changes(found: _Assignments) -> int:
    """Fewest changes of track number with which the tracked scans of each truth can be told, summed over the truths."""
    tracks: dict[int, dict[int, set[int]]] = {}
    for scan, truth, track in zip(found.scan.tolist(), found.truth.tolist(), found.track.tolist(), strict=True):
        tracks.setdefault(truth, {}).setdefault(scan, set()).add(track)
    return sum(_fewest_changes(list(in_scan.values())) for in_scan in tracks.values())


def _fewest_changes(tracks_in_scan: list[set[int]]) -> int:
    """The same of one truth.

    The tracks that have been there in every scan since the last change go on; when none is left, a change cannot be put
    off any longer, and putting it off was never worse.
    """
    changes, going_on = 0, tracks_in_scan[0]
    for tracks in tracks_in_scan[1:]:
        both = going_on & tracks
        changes += not both
        going_on = both or tracks
    return changes


def _continuity_s(found: _Assignments, times_s: Series) -> tuple[float, float]:
    """Time tracked, TT, and time of the longest unbroken tracks, TL, each summed over the truths."""
    order = np.lexsort((found.scan, found.track, found.truth))
    scan, track, truth = found.scan[order], found.track[order], found.truth[order]
    goes_on = (np.diff(scan) == 1) & (np.diff(track) == 0) & (np.diff(truth) == 0)
    spans = np.unique(np.stack([scan[:-1][goes_on], truth[:-1][goes_on]], axis=1), axis=0)
    tracked_s = float((times_s[spans[:, 0] + 1] - times_s[spans[:, 0]]).sum())
    starts = np.flatnonzero(np.concatenate([[True], ~goes_on]))[: len(scan)]
    ends = np.concatenate([starts[1:] - 1, [len(scan) - 1]])[: len(starts)]
    longest_s: dict[int, float] = {}
    for body, duration_s in zip(
        truth[starts].tolist(), (times_s[scan[ends]] - times_s[scan[starts]]).tolist(), strict=True
    ):
        longest_s[body] = max(longest_s.get(body, 0.0), duration_s)
    return tracked_s, sum(longest_s.values())


def _lifetimes_s(truths: Scans, times_s: Series) -> float:
    """Time from the first scan of each truth to its last, summed over the truths."""
    first_s: dict[int, float] = {}
    last_s: dict[int, float] = {}
    for time_s, truth in zip(times_s.tolist(), truths, strict=True):
        for label in truth.labels.tolist():
            first_s.setdefault(label, time_s)
            last_s[label] = time_s
    return sum(last_s[label] - first_s[label] for label in first_s)
