"""The biases of a sensor that measures range, azimuth or positions, from a flight whose path is known.

    z = h(p(t - b_time)) + b + noise

is fitted by robust least squares over the biases b of what the sensor measures and of its clock. Detections' errors go
together for a while (glint, multipath), so the uncertainty is that of as many independent ones as weigh the same.

Source:
    Huber & Ronchetti (2009), Robust Statistics, section 7 (regression by M-estimates, scale by the median absolute
    deviation).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from sangar.core.arrays import Series
from sangar.core.detections import AZIMUTH, ELEVATION, RANGE
from sangar.core.registration import AZIMUTH_BIAS, BIAS_COUNT, ELEVATION_BIAS, RANGE_BIAS, TIME_BIAS
from sangar.tracking.registration.matching import (
    CLOCK_TRUST_S,
    TRUST,
    FlightDetections,
    Match,
    match_flight,
    trust_of,
)
from sangar.tracking.registration.reference import ReferenceFlight
from sangar.tracking.registration.residuals import correlation_length

PLACES = {RANGE: RANGE_BIAS, AZIMUTH: AZIMUTH_BIAS, ELEVATION: ELEVATION_BIAS}
"""Where a measured number's bias stands; positions have none of their own."""

FEWEST_DETECTIONS = 12
OUTLIER_SIGMAS = 5.0
PASSES = 3
SIGMA_OF_MAD = 1.4826
SMALLEST_SCATTER = 0.2
"""Of the stated sigma: a recording rounded coarsely must not be weighed without end."""

TIMES_BY_CHANCE = 3.0
LARGEST_SCATTER = 5.0
"""Detections that scatter so many times more than stated are no use until it is known why."""
CHANGE_SIGMAS = 6.0
HARMLESS_CLOCK_CHANGE_S = 0.05


class BiasFit(NamedTuple):
    """A registered sensor.

    Attributes:
        bias: (4,) range m, azimuth rad, elevation rad, time s: what the sensor adds. NaN where it has none.
        sigma: (4,) 1 sigma of each.
        scatter: (C,) 1 sigma of the detections about the fit, in the order of the sensor's columns.
        used: detections of the flight; refused: others that came near it.
        problem: why the sensor cannot be reconciled with the flight; None when it can.
    """

    bias: Series
    sigma: Series
    scatter: Series
    used: int
    refused: int
    problem: str | None = None


class _Solution(NamedTuple):
    """Biases of the columns, then of the clock; 1 sigma of each, NaN where it has none; scatter; who was used."""

    values: Series
    sigma: Series
    scatter: Series
    is_used: NDArray[np.bool_]


def fit_biases(detections: FlightDetections, reference: ReferenceFlight) -> BiasFit:
    """Fit a sensor's biases to a reference flight.

    Args:
        detections: all that the sensor reported; only what follows the flight is used.
        reference: the flight.
    """
    match = match_flight(detections, reference)
    if not _is_believable(match):
        return _failed(detections, match.rows.size)
    near, solution = _solution_of(detections, reference, match)
    problem = _problem(near, solution)
    if problem is None and _changes(detections, reference):
        problem = "its errors change during the flight more than they may: check where it stands and how it is levelled"
    bias, sigma = np.full(BIAS_COUNT, np.nan), np.full(BIAS_COUNT, np.nan)
    for place, column in enumerate(near.columns):
        if column in PLACES:
            bias[PLACES[column]], sigma[PLACES[column]] = solution.values[place], solution.sigma[place]
    bias[TIME_BIAS], sigma[TIME_BIAS] = solution.values[-1], solution.sigma[-1]
    used = int(solution.is_used.sum())
    return BiasFit(bias, sigma, solution.scatter, used, len(near.time_s) - used, problem)


def _is_believable(match: Match) -> bool:
    return match.rows.size >= FEWEST_DETECTIONS and match.rows.size >= TIMES_BY_CHANCE * match.chance_count


def _solution_of(
    detections: FlightDetections, reference: ReferenceFlight, match: Match
) -> tuple[FlightDetections, _Solution]:
    """The detections that match, and the fit to them."""
    near = detections.chosen(match.rows)
    return near, _solve(near, reference, np.append(match.bias * _has_bias(near), match.clock_bias_s))


def _failed(detections: FlightDetections, near: int) -> BiasFit:
    problem = (
        f"only {near} of {len(detections.time_s)} detections follow the flight, whatever its biases "
        f"(within {TRUST[RANGE]:.0f} m, {np.degrees(TRUST[AZIMUTH]):.0f}°, {CLOCK_TRUST_S:.0f} s)"
    )
    nothing = np.full(BIAS_COUNT, np.nan)
    return BiasFit(nothing, nothing, np.full(len(detections.columns), np.nan), 0, near, problem)


def _has_bias(detections: FlightDetections) -> NDArray[np.bool_]:
    return np.array([column in PLACES for column in detections.columns])


def _solve(near: FlightDetections, reference: ReferenceFlight, start: NDArray[np.float64]) -> _Solution:
    """Fit again and again, each time with the scatter and the detections that the last fit left."""
    free = np.append(_has_bias(near), True)
    trust = np.append(trust_of(near), CLOCK_TRUST_S)[free]
    stated = np.median(near.sigma, axis=0)
    values, scatter = start.copy(), stated
    is_used: NDArray[np.bool_] = np.ones(len(near.time_s), np.bool_)
    for _ in range(PASSES):
        kept = near.chosen(np.flatnonzero(is_used))
        values[free], covariance = _least_squares(kept, reference, values, free, scatter, trust)
        left = near.differences(reference, float(values[-1])) - values[:-1]
        scatter = np.maximum(SIGMA_OF_MAD * np.median(np.abs(left[is_used]), axis=0), SMALLEST_SCATTER * stated)
        is_used = np.all(np.abs(left) <= OUTLIER_SIGMAS * scatter, axis=1)
    used = np.flatnonzero(is_used)
    lengths = [correlation_length(near.time_s[used], left[used, place]) for place in range(len(near.columns))]
    sigma = np.full(len(free), np.nan)
    sigma[free] = np.sqrt(np.diag(covariance) * max(lengths))
    return _Solution(values, sigma, scatter, is_used)


def _least_squares(
    kept: FlightDetections,
    reference: ReferenceFlight,
    values: NDArray[np.float64],
    free: NDArray[np.bool_],
    scatter: NDArray[np.float64],
    trust: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The free biases and their covariance; what the flight does not tell stays as far off as it may be."""

    def residuals(scaled: NDArray[np.float64]) -> NDArray[np.float64]:
        moved = values.copy()
        moved[free] = scaled * trust
        left = kept.differences(reference, float(moved[-1])) - moved[:-1]
        return np.concatenate([(left / scatter).ravel(), scaled])

    found = least_squares(residuals, values[free] / trust, loss="soft_l1", f_scale=2.0)
    covariance = np.linalg.inv(found.jac.T @ found.jac) * np.outer(trust, trust)
    return found.x * trust, covariance


def _problem(near: FlightDetections, solution: _Solution) -> str | None:
    used, stated = int(solution.is_used.sum()), np.median(near.sigma, axis=0)
    if used < FEWEST_DETECTIONS:
        return f"only {used} detections follow the flight closely"
    if (solution.scatter > LARGEST_SCATTER * stated).any():
        worst = float(np.max(solution.scatter / stated))
        return f"its detections scatter {worst:.0f} times as far about the flight as its stated accuracy"
    return None


def _changes(detections: FlightDetections, reference: ReferenceFlight) -> bool:
    """Whether the first half of the flight and the second, each fitted alone, tell of two different sensors.

    A change counts when it is beyond chance and larger than the stated accuracy: smaller ones do no harm.
    """
    covered = detections.chosen(np.flatnonzero(reference.covers(detections.time_s)))
    middle_s = 0.5 * (covered.time_s[0] + covered.time_s[-1])
    solutions = []
    for half in (covered.time_s <= middle_s, covered.time_s > middle_s):
        own = covered.chosen(np.flatnonzero(half))
        match = match_flight(own, reference)
        if not _is_believable(match):
            return False
        solutions.append(_solution_of(own, reference, match)[1])
    first, second = solutions
    change = np.abs(first.values - second.values)
    chance = np.hypot(first.sigma, second.sigma)
    harmless = np.append(np.median(detections.sigma, axis=0), HARMLESS_CLOCK_CHANGE_S)
    return bool(((change > CHANGE_SIGMAS * chance) & (change > harmless)).any())
