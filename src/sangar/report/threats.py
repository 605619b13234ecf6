"""Which track was which threat: tracks laid beside the truth of an exercise, by distance alone."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.targets import TrackStatus
from sangar.journal.payloads import ThreatTruth, Truth

MATCH_GATE_M = 250.0
"""A track whose median distance from every threat is larger than this followed something else."""
FEWEST_UPDATES = 3


class TrackMatch(NamedTuple):
    """A confirmed track and the threat it followed.

    Attributes:
        track: id of the track.
        threat: row of the threat in the truth; -1 where it followed none.
        first_s: time of the track's first update.
        last_s: time of its last.
        median_error_m: median distance from the threat; NaN for none.
    """

    track: int
    threat: int
    first_s: float
    last_s: float
    median_error_m: float


def match_tracks(updates: NDArray[np.void], truth: Truth) -> list[TrackMatch]:
    """Every track that was ever confirmed, with the threat it followed.

    Args:
        updates: records of `core.events.UPDATE`, site ENU, in order of time.
        truth: the threats' paths.
    """
    confirmed = np.unique(updates["track"][updates["status"] >= TrackStatus.CONFIRMED])
    return [_match(int(track), updates[updates["track"] == track], truth) for track in confirmed]


def _match(track: int, rows: NDArray[np.void], truth: Truth) -> TrackMatch:
    first_s, last_s = float(rows["time_s"][0]), float(rows["time_s"][-1])
    errors_m = [_median_error_m(rows, threat) for threat in truth.threats]
    best = int(np.argmin(errors_m)) if errors_m else -1
    if best < 0 or errors_m[best] > MATCH_GATE_M:
        return TrackMatch(track, -1, first_s, last_s, float("nan"))
    return TrackMatch(track, best, first_s, last_s, errors_m[best])


def _median_error_m(rows: NDArray[np.void], threat: ThreatTruth) -> float:
    time_s, position_m = np.asarray(threat.time_s), np.asarray(threat.position_m).reshape(-1, 3)
    if not len(time_s):
        return float("inf")
    together = rows[(rows["time_s"] >= time_s[0]) & (rows["time_s"] <= time_s[-1])]
    if len(together) < FEWEST_UPDATES:
        return float("inf")
    true_m = np.stack([np.interp(together["time_s"], time_s, position_m[:, axis]) for axis in range(3)], axis=1)
    return float(np.median(np.linalg.norm(together["mean"][:, :3] - true_m, axis=1)))
