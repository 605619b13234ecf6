"""Scores of a tracking run against what is known of the truth: positions, or the name of each detection's target."""

import itertools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.adapters.tables.truth import Labels, TruthTable
from sangar.core.arrays import Indices
from sangar.core.events import EventKind
from sangar.core.targets import TrackStatus
from sangar.core.tracks import STATE_SIZE
from sangar.tracking.metrics.scoring import CUTOFF_M, LabelledPositions, score_tracks
from sangar.tracking.purity import PurityScore, Share, score_purity

POSITION = STATE_SIZE // 2


class TrackLife(NamedTuple):
    """The life of one confirmed track.

    Attributes:
        track: its id.
        confirmed_s: when it was confirmed; seconds since the site's epoch.
        last_detection_s: newest detection it used.
        dropped_s: when it ended, None when it lived to the end of the recording.
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
    dropped = events[events["kind"] == EventKind.TRACK_DROPPED]
    dropped_s = dict(zip(dropped["track"].tolist(), dropped["time_s"].tolist(), strict=True))
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


def associations(updates: NDArray[np.void], lives: list[TrackLife], rows: int) -> Indices:
    """Id of the confirmed track that took each row of the detections table, 0 where none did; (rows,)."""
    taken = updates[(updates["row"] >= 0) & np.isin(updates["track"], [life.track for life in lives])]
    track = np.zeros(rows, np.int64)
    track[taken["row"]] = taken["track"]
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


def gospa_metrics(
    events: NDArray[np.void], updates: NDArray[np.void], truth: TruthTable, cutoff_m: float = CUTOFF_M
) -> dict[str, object]:
    """GOSPA with its parts and identity switches as they stand in `metrics.json`.

    At every time of the truth table the confirmed tracks are moved there along their last velocity.
    """
    moments, first = np.unique(truth.time_s, return_index=True)
    bounds = [*first.tolist(), truth.time_s.size]
    truths = [
        LabelledPositions(truth.target[start:stop], truth.position_m[start:stop])
        for start, stop in itertools.pairwise(bounds)
    ]
    score = score_tracks(_estimates_at(moments, events, updates), truths, cutoff_m=cutoff_m)
    parts: dict[str, object] = {name: getattr(score, name) for name in score.__struct_fields__}
    return {
        "n_scans": int(moments.size),
        "cutoff_m": cutoff_m,
        "order": 2,
        "rejected_truth_rows": truth.rejected,
        **parts,
    }


def _estimates_at(
    moments_s: NDArray[np.float64], events: NDArray[np.void], updates: NDArray[np.void]
) -> list[LabelledPositions]:
    confirmed = updates[updates["status"] >= int(TrackStatus.CONFIRMED)]
    confirmed = confirmed[np.argsort(confirmed["time_s"], kind="stable")]
    dropped = events[events["kind"] == EventKind.TRACK_DROPPED]
    ends_s = dict(zip(dropped["track"].tolist(), dropped["time_s"].tolist(), strict=True))
    present: dict[int, np.void] = {}
    estimates, at = [], 0
    for moment_s in moments_s.tolist():
        while at < len(confirmed) and confirmed[at]["time_s"] <= moment_s:
            present[int(confirmed[at]["track"])] = confirmed[at]
            at += 1
        for track in [track for track in present if ends_s.get(track, np.inf) < moment_s]:
            del present[track]
        estimates.append(_moved_to(moment_s, present))
    return estimates


def _moved_to(moment_s: float, present: dict[int, np.void]) -> LabelledPositions:
    positions_m = np.zeros((len(present), POSITION))
    for row, update in enumerate(present.values()):
        mean = update["mean"]
        positions_m[row] = mean[:POSITION] + (moment_s - update["time_s"]) * mean[POSITION:]
    return LabelledPositions(np.array(list(present), dtype=np.int64), positions_m)
