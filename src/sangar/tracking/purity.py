"""How well tracks keep to one target: purity and tracks per target, from labelled detections.

Used where the truth is a name on each detection (a Mode S address) rather than a position.
"""

from typing import NamedTuple

import numpy as np

from sangar.core.arrays import Indices

FEWEST_DETECTIONS = 10
"""A target counts when it was detected at least so often."""

FEWEST_TAKEN = 3
"""A track counts for a target when it took at least so many of its detections."""

NORMAL_QUANTILE_95 = 1.959963984540054


class Share(NamedTuple):
    """A share of a number of cases with its 95 % Wilson interval.

    Attributes:
        value: the share, NaN of no cases.
        low: lower end.
        high: upper end.
        n: cases.
    """

    value: float
    low: float
    high: float
    n: int


class PurityScore(NamedTuple):
    """How well tracks and targets go together.

    Attributes:
        purity: share of associated, labelled detections that belong to their track's majority target.
        associated: share of labelled detections that a track took.
        with_one_track: share of the targets that have exactly one track that counts.
        tracks_per_target: mean number of tracks that count for a target; 1 is perfect.
        targets: how many targets count.
        targets_without_track: of these, with no track that counts.
        largest_tracks_per_target: of the worst target.
    """

    purity: Share
    associated: Share
    with_one_track: Share
    tracks_per_target: float
    targets: int
    targets_without_track: int
    largest_tracks_per_target: int


def wilson_interval(successes: int, n: int) -> Share:
    """Share of successes with its 95 % score interval; the whole range when there were no cases.

    The interval takes the cases for independent. Detections of one track are not: read it as a lower bound of the
    uncertainty.

    Source:
        Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22(158).
    """
    if n == 0:
        return Share(float("nan"), 0.0, 1.0, 0)
    share, z = successes / n, NORMAL_QUANTILE_95
    centre = (share + z * z / (2.0 * n)) / (1.0 + z * z / n)
    half = z / (1.0 + z * z / n) * np.sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n))
    low = 0.0 if successes == 0 else float(centre - half)  # exactly, where the subtraction would leave a rounding error
    high = 1.0 if successes == n else float(centre + half)
    return Share(share, low, high, n)


def score_purity(track: Indices, target: Indices) -> PurityScore:
    """Score associations.

    Args:
        track: (D,) id of the track that took each detection, 0 where none did.
        target: (D,) number of the target each detection came from, -1 where that is not known.
    """
    labelled = target >= 0
    taken = labelled & (track > 0)
    pairs, counts = np.unique(np.column_stack([track[taken], target[taken]]), axis=0, return_counts=True)
    majority: dict[int, int] = {}
    for (taker, _), count in zip(pairs.tolist(), counts.tolist(), strict=True):
        majority[taker] = max(majority.get(taker, 0), count)
    targets, detections = np.unique(target[labelled], return_counts=True)
    counted = targets[detections >= FEWEST_DETECTIONS]
    of_target = pairs[counts >= FEWEST_TAKEN][:, 1]
    tracks = np.array([int((of_target == number).sum()) for number in counted], dtype=np.int64)
    return PurityScore(
        purity=wilson_interval(sum(majority.values()), int(taken.sum())),
        associated=wilson_interval(int(taken.sum()), int(labelled.sum())),
        with_one_track=wilson_interval(int((tracks == 1).sum()), tracks.size),
        tracks_per_target=float(tracks.mean()) if tracks.size else float("nan"),
        targets=int(counted.size),
        targets_without_track=int((tracks == 0).sum()),
        largest_tracks_per_target=int(tracks.max()) if tracks.size else 0,
    )
