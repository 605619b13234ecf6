"""Which detections of a sensor are of the reference flight, and by how much its clock may be off.

A detection table holds clutter and other bodies too. With clock and biases right, what a sensor measured minus what it
should have measured of the flight piles up in one place; clutter lies anywhere. So every clock within reach is tried,
the differences are counted in cells of three sigma, and the fullest cell wins.

Source: Duda & Hart (1972), Use of the Hough transformation to detect lines and curves in pictures, Comm. ACM 15(1), for
the counting of votes.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from sangar.core.arrays import Indices, PositionsEnuM, Rotation, Series, Vector3
from sangar.core.detections import AZIMUTH, EAST, ELEVATION, NORTH, RANGE, UP
from sangar.tracking.registration.reference import ReferenceFlight

COMPARED = (RANGE, AZIMUTH, ELEVATION, EAST, NORTH, UP)
"""Numbers of a detection that are compared with the flight."""

TRUST = {RANGE: 1000.0, AZIMUTH: 0.2, ELEVATION: 0.1, EAST: 1000.0, NORTH: 1000.0, UP: 1000.0}
"""How far a sensor may be off: 1 km, 11° in azimuth, 6° in elevation. What is farther off is mounted wrongly."""

CLOCK_TRUST_S = 10.0
CLOCK_STEP_S = 0.1
CELL_SIGMAS = 3.0
NEAR_CELLS = 1.5
ALMOST_ALL = 0.95
TRUST_SIGMAS = 5.0
LARGEST_CELL_SHARE = 0.98

Differences = Float64[NDArray[np.float64], "N C"]


class FlightDetections(NamedTuple):
    """One sensor's detections, and where it stands.

    Attributes:
        time_s: (N,) as reported, in order.
        measured: (N, C) those of `columns`.
        sigma: (N, C) as stated.
        columns: (C,) which of `COMPARED` the sensor measures.
        position_m: (3,) where it stands; site ENU.
        own_from_site: (3, 3) turns site axes into its own.
    """

    time_s: Series
    measured: Differences
    sigma: Differences
    columns: tuple[int, ...]
    position_m: Vector3
    own_from_site: Rotation

    def chosen(self, rows: Indices) -> "FlightDetections":
        """Some of the detections."""
        return self._replace(time_s=self.time_s[rows], measured=self.measured[rows], sigma=self.sigma[rows])

    def expected(self, position_m: PositionsEnuM) -> Differences:
        """What the sensor should measure (N, C) of bodies at these places (N, 3)."""
        local = (position_m - self.position_m) @ self.own_from_site.T
        ground_m = np.hypot(local[:, 0], local[:, 1])
        every = {
            RANGE: np.hypot(ground_m, local[:, 2]),
            AZIMUTH: np.arctan2(local[:, 0], local[:, 1]),
            ELEVATION: np.arctan2(local[:, 2], ground_m),
            **{EAST + axis: position_m[:, axis] for axis in range(3)},
        }
        return np.column_stack([every[column] for column in self.columns])

    def differences(self, reference: ReferenceFlight, clock_bias_s: float) -> Differences:
        """Measured minus expected (N, C), the clock's bias taken away."""
        apart = self.measured - self.expected(reference.position_at(self.time_s - clock_bias_s))
        for place, column in enumerate(self.columns):
            if column == AZIMUTH:
                apart[:, place] = np.angle(np.exp(1j * apart[:, place]))
        return apart


class Match(NamedTuple):
    """Detections of the flight.

    Attributes:
        rows: which.
        clock_bias_s: reported minus true time, to within a step of the search.
        bias: (C,) median difference of these detections.
        chance_count: how many detections of other things lie there too, if they lie there as densely as around it.
    """

    rows: Indices
    clock_bias_s: float
    bias: Series
    chance_count: float


def trust_of(detections: FlightDetections) -> Series:
    """How far off (C,) the sensor may be in each number: a coarse one farther than others."""
    usual = np.array([TRUST[column] for column in detections.columns])
    trust: Series = np.maximum(usual, TRUST_SIGMAS * np.median(detections.sigma, axis=0))
    return trust


def match_flight(detections: FlightDetections, reference: ReferenceFlight) -> Match:
    """The clock and the biases at which most detections follow the flight."""
    steps = round(CLOCK_TRUST_S / CLOCK_STEP_S)
    clocks_s = CLOCK_STEP_S * np.arange(-steps, steps + 1)
    matches = [_match_at(detections, reference, float(clock_s)) for clock_s in clocks_s]
    most = max(len(match.rows) for match in matches)
    near = [match for match in matches if len(match.rows) >= ALMOST_ALL * most]
    return min(near, key=lambda match: (_scatter(detections, reference, match), abs(match.clock_bias_s)))


def _scatter(detections: FlightDetections, reference: ReferenceFlight, match: Match) -> float:
    """Median distance from the median difference, in sigma."""
    if not match.rows.size:
        return np.inf
    chosen = detections.chosen(match.rows)
    apart = (chosen.differences(reference, match.clock_bias_s) - match.bias) / chosen.sigma
    return float(np.median(np.sqrt(np.sum(apart**2, axis=1))))


def _match_at(detections: FlightDetections, reference: ReferenceFlight, clock_bias_s: float) -> Match:
    trust = trust_of(detections)
    apart = detections.differences(reference, clock_bias_s)
    covered = reference.covers(detections.time_s - clock_bias_s)
    rows = np.flatnonzero(covered & (np.abs(apart) <= trust).all(axis=1))
    if not rows.size:
        return Match(rows, clock_bias_s, np.full(len(trust), np.nan), 0.0)
    size = CELL_SIGMAS * np.median(detections.sigma[rows], axis=0)
    cells, counts = np.unique(np.round(apart[rows] / size), axis=0, return_counts=True)
    centre = cells[int(np.argmax(counts))] * size
    near = rows[(np.abs(apart[rows] - centre) <= NEAR_CELLS * size).all(axis=1)]
    share = min(LARGEST_CELL_SHARE, float(np.prod(np.minimum(1.0, NEAR_CELLS * size / trust))))
    chance_count = (rows.size - near.size) * share / (1.0 - share)
    return Match(near, clock_bias_s, np.median(apart[near], axis=0), chance_count)
