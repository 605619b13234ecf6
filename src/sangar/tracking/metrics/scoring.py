"""One score of a whole run: GOSPA with its parts over the scans, and identity switches."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from jaxtyping import Float64, Int64
from numpy.typing import NDArray

from sangar.core.errors import ConfigurationError
from sangar.tracking.metrics.gospa import gospa
from sangar.tracking.metrics.switches import IdentitySwitches

CUTOFF_M = 200.0
"""GOSPA's cutoff in the tracking benchmark: some three sigma of cross-range noise at 40 km."""


class LabelledPositions(NamedTuple):
    """Numbered bodies at one moment: the truth's, or a tracker's confirmed tracks.

    Attributes:
        labels: (N,) the number of each; stable over time.
        positions_m: (N, 3) site ENU.
        velocities_mps: (N, 3) site ENU, not finite where not known; None when nobody asks for them.
    """

    labels: Int64[NDArray[np.int64], "N"]
    positions_m: Float64[NDArray[np.float64], "N 3"]
    velocities_mps: Float64[NDArray[np.float64], "N 3"] | None = None


Scans = Sequence[LabelledPositions]
"""What there was at each scan, in order of time."""


class TrackingScore(msgspec.Struct, frozen=True, kw_only=True):
    """How close the confirmed tracks were to the truth over a run.

    Attributes:
        gospa_mean_m: mean of the scans' GOSPA.
        gospa_per_sqrt_truth_m: mean of the scans' GOSPA over the root of the number of true objects.
        localisation_rms_m: root mean square distance of the pairs.
        missed_fraction: truths without a track over all truths.
        false_per_scan: tracks without a truth, mean of the scans.
        confirmed_per_scan: confirmed tracks, mean of the scans.
        truth_per_scan: true objects, mean of the scans.
        identity_switches: over all scans, the skipped ones too.
        distinct_confirmed: different track numbers ever confirmed.
    """

    gospa_mean_m: float
    gospa_per_sqrt_truth_m: float
    localisation_rms_m: float
    missed_fraction: float
    false_per_scan: float
    confirmed_per_scan: float
    truth_per_scan: float
    identity_switches: int
    distinct_confirmed: int


def require_scans(estimates: Scans, truths: Scans, skipped_scans: int = 0) -> None:
    """Refuse runs that cannot be compared.

    Raises:
        ConfigurationError: the two run over different numbers of scans, or none is left to score.
    """
    if len(estimates) != len(truths) or len(truths) <= skipped_scans:
        problem = f"{len(estimates)} scans of tracks, {len(truths)} of truth, {skipped_scans} skipped"
        raise ConfigurationError("score", "", problem, "give as many of each, and more than are skipped")


def require_numbered_once(scans: Scans) -> None:
    """Refuse scans in which two bodies have one number: what follows numbers over time cannot tell them apart.

    Raises:
        ConfigurationError: a number stands twice in one scan.
    """
    for number, scan in enumerate(scans):
        if len(np.unique(scan.labels)) < len(scan.labels):
            raise ConfigurationError("score", f"scans[{number}]", "two bodies have one number", "give each its own")


def score_tracks(
    estimates: Scans,
    truths: Scans,
    skipped_scans: int = 0,
    cutoff_m: float = CUTOFF_M,
) -> TrackingScore:
    """Score the confirmed tracks of every scan against the truth of that scan, with GOSPA of order 2.

    Args:
        estimates: what the tracker held confirmed after each scan.
        truths: what was there at each scan.
        skipped_scans: the first scans, left out of everything but the switches (no tracker can have confirmed yet).
        cutoff_m: GOSPA's cutoff.

    Raises:
        ConfigurationError: the two run over different numbers of scans, or none is left to score.
    """
    require_scans(estimates, truths, skipped_scans)
    switches, results = IdentitySwitches(), []
    for estimate, truth in zip(estimates, truths, strict=True):
        result = gospa(estimate.positions_m, truth.positions_m, cutoff_m)
        switches.observe((int(truth.labels[there]), int(estimate.labels[here])) for here, there in result.pairs)
        results.append(result)
    scored = results[skipped_scans:]
    distance_m = np.array([result.distance_m for result in scored])
    truth_count = np.array([len(truth.labels) for truth in truths[skipped_scans:]])
    confirmed_count = np.array([len(estimate.labels) for estimate in estimates[skipped_scans:]])
    pair_count = sum(len(result.pairs) for result in scored)
    return TrackingScore(
        gospa_mean_m=float(distance_m.mean()),
        gospa_per_sqrt_truth_m=float((distance_m / np.sqrt(np.maximum(truth_count, 1))).mean()),
        localisation_rms_m=float(np.sqrt(sum(result.localisation for result in scored) / max(pair_count, 1))),
        missed_fraction=sum(result.missed for result in scored) / max(int(truth_count.sum()), 1),
        false_per_scan=sum(result.false for result in scored) / len(scored),
        confirmed_per_scan=float(confirmed_count.mean()),
        truth_per_scan=float(truth_count.mean()),
        identity_switches=switches.count,
        distinct_confirmed=len({int(label) for estimate in estimates for label in estimate.labels}),
    )
