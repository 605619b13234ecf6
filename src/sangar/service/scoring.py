"""Scores of a tracking run against what is known of the truth: positions, or the name of each detection's target."""

import itertools
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from sangar.adapters.tables.truth import Labels, TruthTable
from sangar.core.arrays import Indices
from sangar.core.events import EventKind
from sangar.core.targets import TrackStatus
from sangar.core.tracks import STATE_SIZE
from sangar.tracking.metrics.clear_mot import clear_mot
from sangar.tracking.metrics.ospa_of_tracks import WINDOW_SCANS, OspaParameters, ospa_of_run, ospa_of_tracks
from sangar.tracking.metrics.scoring import CUTOFF_M, LabelledPositions, score_tracks
from sangar.tracking.metrics.siap import siap
from sangar.tracking.purity import PurityScore, Share, score_purity

POSITION = STATE_SIZE // 2


class TrackLife(NamedTuple):
    """The life of one confirmed track.

    Attributes:
        track: its id.
        confirmed_s: when it was confirmed; seconds since the site's epoch.
        last_detection_s: newest detection it used.
        dropped_s: when it ended for good, None when it lived to the end of the recording.
        detections: how many it used.
    """

    track: int
    confirmed_s: float
    last_detection_s: float
    dropped_s: float | None
    detections: int


def track_lives(events: NDArray[np.void], updates: NDArray[np.void]) -> list[TrackLife]:
    """Lives of the confirmed tracks, in order of confirmation.

    Args:
        events: records of `EVENT`.
        updates: records of `UPDATE`.
    """
    confirmed = events[events["kind"] == EventKind.TRACK_CONFIRMED]
    dropped_s = {track: times_s[-1] for track, times_s in _drops_s(events).items()}
    for event in events[events["kind"] == EventKind.TRACK_REACQUIRED]:
        if dropped_s.get(int(event["track"]), np.inf) <= event["time_s"]:
            del dropped_s[int(event["track"])]
    seen = updates[updates["row"] >= 0]
    newest_s: dict[int, float] = {}
    count: dict[int, int] = {}
    for track, time_s in zip(seen["track"].tolist(), seen["time_s"].tolist(), strict=True):
        newest_s[track] = max(newest_s.get(track, time_s), time_s)
        count[track] = count.get(track, 0) + 1
    return [
        TrackLife(track, time_s, newest_s.get(track, time_s), dropped_s.get(track), count.get(track, 0))
        for track, time_s in zip(confirmed["track"].tolist(), confirmed["time_s"].tolist(), strict=True)
    ]


def _drops_s(events: NDArray[np.void]) -> dict[int, list[float]]:
    """When each track was dropped; more than once where it was found again."""
    times_s: dict[int, list[float]] = {}
    for event in events[events["kind"] == EventKind.TRACK_DROPPED]:
        times_s.setdefault(int(event["track"]), []).append(float(event["time_s"]))
    return times_s


def associations(events: NDArray[np.void], updates: NDArray[np.void], lives: list[TrackLife], rows: int) -> Indices:
    """Id of the confirmed track that took each row of the detections table, 0 where none did; (rows,).

    A lost track found again had another number until it was recognised; what it took under that one counts as its own.
    """
    found = events[(events["kind"] == EventKind.TRACK_REACQUIRED) & (events["old"] > 0)]
    taken = updates[updates["row"] >= 0]
    number = taken["track"].copy()
    for before, track in zip(found["old"].tolist(), found["track"].tolist(), strict=True):
        number[taken["track"] == before] = track
    of_lives = np.isin(number, [life.track for life in lives])
    track = np.zeros(rows, np.int64)
    track[taken["row"][of_lives]] = number[of_lives]
    return track


def purity_metrics(track: Indices, labels: Labels) -> dict[str, object]:
    """Purity and tracks per target as they stand in `metrics.json`."""
    score: PurityScore = score_purity(track, labels.target)
    return {
        "labels": labels.column,
        **{
            name: share_metrics(value) if isinstance(value, Share) else value for name, value in score._asdict().items()
        },
    }


def share_metrics(share: Share) -> dict[str, object]:
    """A share with its number of cases and its 95 % interval."""
    return {"value": share.value, "n": share.n, "low_95": share.low, "high_95": share.high}


class ScoredScans(NamedTuple):
    """Tracks and truth at the same moments.

    Attributes:
        times_s: (S,) the times of the truth table.
        estimates: the confirmed tracks, moved there along their last velocity.
        truths: who was there.
        repeated_rows: rows of the truth table left out: their target had one of that time already.
    """

    times_s: NDArray[np.float64]
    estimates: list[LabelledPositions]
    truths: list[LabelledPositions]
    repeated_rows: int


def truth_metrics(
    events: NDArray[np.void], updates: NDArray[np.void], truth: TruthTable, cutoff_m: float = CUTOFF_M
) -> dict[str, dict[str, object]]:
    """The measures against true positions as they stand in `metrics.json`: GOSPA, OSPA(2), SIAP and CLEAR MOT."""
    scans = scored_scans(events, updates, truth)
    return {
        "gospa": {
            "n_scans": len(scans.times_s),
            "cutoff_m": cutoff_m,
            "order": 2,
            "rejected_truth_rows": truth.rejected,
            "repeated_truth_rows": scans.repeated_rows,
            **_fields(score_tracks(scans.estimates, scans.truths, cutoff_m=cutoff_m)),
        },
        "ospa2": _ospa_metrics(scans, OspaParameters(cutoff_m)),
        "siap": {"cutoff_m": cutoff_m, **_fields(siap(scans.estimates, scans.truths, scans.times_s, cutoff_m))},
        "clear_mot": {"cutoff_m": cutoff_m, **_fields(clear_mot(scans.estimates, scans.truths, cutoff_m))},
    }


def scored_scans(events: NDArray[np.void], updates: NDArray[np.void], truth: TruthTable) -> ScoredScans:
    """The run at every time of the truth table.

    True velocities are the differences of the true positions over time, central where there are neighbours.
    """
    order = np.lexsort((truth.target, truth.time_s))
    time_s, target = truth.time_s[order], truth.target[order]
    again = np.concatenate([[False], (np.diff(time_s) == 0.0) & (np.diff(target) == 0)])
    rows = order[~again]
    velocity_mps = _velocities_mps(truth, rows)
    moments_s, first = np.unique(truth.time_s[rows], return_index=True)
    truths = [
        LabelledPositions(truth.target[rows[a:b]], truth.position_m[rows[a:b]], velocity_mps[a:b])
        for a, b in itertools.pairwise([*first.tolist(), rows.size])
    ]
    return ScoredScans(moments_s, _estimates_at(moments_s, events, updates), truths, int(again.sum()))


def _velocities_mps(truth: TruthTable, rows: Indices) -> NDArray[np.float64]:
    """Velocity of these rows of the truth, NaN where a target has one row."""
    velocity_mps = np.full((rows.size, POSITION), np.nan)
    for target in np.unique(truth.target[rows]).tolist():
        own = np.flatnonzero(truth.target[rows] == target)
        if own.size > 1:
            velocity_mps[own] = np.gradient(truth.position_m[rows[own]], truth.time_s[rows[own]], axis=0)
    return velocity_mps


def _ospa_metrics(scans: ScoredScans, parameters: OspaParameters) -> dict[str, object]:
    sliding_m = ospa_of_tracks(scans.estimates, scans.truths, WINDOW_SCANS, parameters)
    return {
        "window_scans": WINDOW_SCANS,
        **parameters._asdict(),
        "mean_m": float(sliding_m.mean()),
        "largest_m": float(sliding_m.max()),
        "whole_run_m": ospa_of_run(scans.estimates, scans.truths, parameters),
    }


def _fields(score: msgspec.Struct) -> dict[str, object]:
    return {name: getattr(score, name) for name in score.__struct_fields__}


def _estimates_at(
    moments_s: NDArray[np.float64], events: NDArray[np.void], updates: NDArray[np.void]
) -> list[LabelledPositions]:
    confirmed = updates[updates["status"] >= int(TrackStatus.CONFIRMED)]
    confirmed = confirmed[np.argsort(confirmed["time_s"], kind="stable")]
    ends_s = _drops_s(events)
    present: dict[int, np.void] = {}
    estimates, at = [], 0
    for moment_s in moments_s.tolist():
        while at < len(confirmed) and confirmed[at]["time_s"] <= moment_s:
            present[int(confirmed[at]["track"])] = confirmed[at]
            at += 1
        for track in list(present):
            if any(present[track]["time_s"] <= end_s < moment_s for end_s in ends_s.get(track, ())):
                del present[track]
        estimates.append(_moved_to(moment_s, present))
    return estimates


def _moved_to(moment_s: float, present: dict[int, np.void]) -> LabelledPositions:
    means = np.array([update["mean"] for update in present.values()]).reshape(-1, STATE_SIZE)
    ahead_s = moment_s - np.array([update["time_s"] for update in present.values()])
    velocities_mps = means[:, POSITION:]
    positions_m = means[:, :POSITION] + ahead_s[:, None] * velocities_mps
    return LabelledPositions(np.array(list(present), dtype=np.int64), positions_m, velocities_mps)
