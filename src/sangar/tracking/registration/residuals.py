"""How far a registered sensor's detections lie from its model, and how much of that is noise the tracker may average.

A detector's errors go together from one picture to the next (it sits on the same edge of the same wing), and what is
left of the lens does so for seconds. A filter that takes sixty such errors a second for independent believes itself far
too much. The sigma of independent errors that weigh as much is

    σ_white = σ √(1 + 2 Σ ρ(k))

with the autocorrelation ρ of the misses at a lag of k detections.

Source:
    Sokal (1997), Monte Carlo methods in statistical mechanics, section 3 (integrated autocorrelation time and its
    self-consistent window).
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from sangar.core.arrays import Series

Misses = Float64[NDArray[np.float64], "N 2"]
"""(N, 2) by how much rays miss, to the right and upwards; radians."""

WINDOW = 5.0
"""The sum ends where the lag passes so many correlation lengths."""
LONGEST_GAP_PERIODS = 3.0
"""Detections farther apart than this many usual periods do not continue a series."""


class Spread(NamedTuple):
    """Errors of one sensor's bearings, azimuth (as an angle on the sky) and elevation.

    Attributes:
        rms_rad: (2,) root mean square of the misses.
        white_rad: (2,) sigma of independent errors that weigh as much in a filter.
    """

    rms_rad: NDArray[np.float64]
    white_rad: NDArray[np.float64]


def spread_of(time_s: Series, misses_rad: Misses) -> Spread:
    """Errors from the misses of a sensor's detections, in order of time."""
    if len(time_s) == 0:
        return Spread(np.full(2, np.nan), np.full(2, np.nan))
    rms_rad = np.sqrt(np.mean(misses_rad**2, axis=0))
    lengths = np.array([correlation_length(time_s, misses_rad[:, axis]) for axis in range(2)])
    return Spread(rms_rad, rms_rad * np.sqrt(lengths))


def correlation_length(time_s: Series, miss: Series) -> float:
    """Integrated autocorrelation 1 + 2 Σ ρ(k) of a series with gaps, in detections; at least 1."""
    if len(time_s) < 3:
        return 1.0
    step_s = np.diff(time_s)
    run = np.concatenate([[0], np.cumsum(step_s > LONGEST_GAP_PERIODS * np.median(step_s))])
    power = float(np.mean(miss * miss))
    length, lag = 1.0, 1
    while lag < min(WINDOW * length, len(miss) - 1):
        same = run[lag:] == run[:-lag]
        if not same.any() or power <= 0.0:
            break
        length += 2.0 * float(np.mean((miss[lag:] * miss[:-lag])[same])) / power
        lag += 1
    return max(1.0, length)
