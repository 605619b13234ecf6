"""A tracker in plain NumPy and SciPy: what well-written array code reaches without a compiler.

Gate candidates come from a k-d tree in Cartesian space, the assignment is optimal over the gated pairs, confirmed
tracks choose first, a track is confirmed at three detections and dropped after five misses (two while unconfirmed).
The filter is exchangeable: one motion model (`ekf.py`) or two (`imm.py`).
"""

from typing import NamedTuple, Protocol

import numpy as np
from jaxtyping import Int64
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sangar.bench.peers.polar import (
    Births,
    Covariances,
    States,
    births,
    cartesian,
    innovation,
    measurement_noise,
    observe,
)
from sangar.bench.peers.sparse_assignment import assign
from sangar.bench.scenes import RANGE, ScanDetections, Scene
from sangar.tracking.metrics.scoring import LabelledPositions

GATE = 20.0
"""Largest squared Mahalanobis distance; 4.5 sigma."""
CONFIRMATION_HITS, CONFIRMED_MISSES, TENTATIVE_MISSES = 3, 5, 2

Bank = tuple[NDArray[np.float64], ...]
"""A filter's arrays over all tracks; the first axis of each is the track."""


class Expectation(NamedTuple):
    """What the radar should see of each track: measurement h, Jacobian H, cross covariance P Hᵀ and S⁻¹."""

    measurement: NDArray[np.float64]
    jacobian: NDArray[np.float64]
    cross_covariance: NDArray[np.float64]
    information: NDArray[np.float64]


class ArrayFilter(Protocol):
    """A Kalman filter over arrays of tracks."""

    def empty(self) -> Bank:
        """No tracks."""
        ...

    def born(self, births: Births) -> Bank:
        """Tracks that begin."""
        ...

    def predict(self, bank: Bank) -> Bank:
        """One period later."""
        ...

    def whole(self, bank: Bank) -> tuple[States, Covariances]:
        """Moment-matched state and covariance of every track."""
        ...

    def update(self, bank: Bank, tracks: NDArray[np.int64], measured: ScanDetections, expected: Expectation) -> None:
        """Take the detection `measured[i]` into track `tracks[i]`, in place."""
        ...


def expect(states: States, covariances: Covariances, noise: NDArray[np.float64]) -> Expectation:
    """What the radar should see, with innovation covariance S = H P Hᵀ + R."""
    measurement, jacobian = observe(states)
    cross_covariance = covariances @ jacobian.transpose(0, 2, 1)
    information = np.asarray(np.linalg.inv(jacobian @ cross_covariance + noise), dtype=np.float64)
    return Expectation(measurement, jacobian, cross_covariance, information)


class Yardstick:
    """The tracker; tracks are rows of arrays that grow and shrink."""

    def __init__(self, scene: Scene, array_filter: ArrayFilter) -> None:
        self._detections, self._sigma = scene.detections, scene.meta.sigma
        self._noise = measurement_noise(scene.meta)
        self._filter = array_filter
        self._bank = array_filter.empty()
        self._label = np.empty(0, np.int64)
        self._hits = np.empty(0, np.int64)
        self._misses = np.empty(0, np.int64)
        self._is_confirmed = np.empty(0, bool)
        self._next_label = 0

    def prepare(self, number: int) -> None:
        """Nothing: it reads the scene's arrays as they are."""

    def scan(self, number: int) -> None:
        """Take in one scan of the scene."""
        detections = self._detections[number]
        positions, jacobian = cartesian(detections)
        self._bank = self._filter.predict(self._bank)
        used, hit = np.zeros(len(detections), bool), np.zeros(len(self._label), bool)
        if len(self._label) and len(detections):
            self._associate(detections, positions, used, hit)
        self._judge(hit)
        self._start(np.flatnonzero(~used), detections, positions, jacobian)

    def confirmed(self) -> LabelledPositions:
        """The confirmed tracks as they stand."""
        state, _ = self._filter.whole(self._bank)
        return LabelledPositions(self._label[self._is_confirmed], state[self._is_confirmed, :3].copy())

    def _associate(
        self,
        detections: ScanDetections,
        positions: NDArray[np.float64],
        used: NDArray[np.bool_],
        hit: NDArray[np.bool_],
    ) -> None:
        states, covariances = self._filter.whole(self._bank)
        expected = expect(states, covariances, self._noise)
        tracks, candidates = self._near(states, covariances, expected, positions)
        miss = innovation(detections[candidates], expected.measurement[tracks])
        squared_distance = np.einsum("ni,nij,nj->n", miss, expected.information[tracks], miss)
        gated = squared_distance < GATE
        for confirmed in (True, False):
            mine = gated & (self._is_confirmed[tracks] == confirmed) & ~used[candidates]
            chosen, detection = assign(tracks[mine], candidates[mine], squared_distance[mine], GATE)
            hit[chosen], used[detection] = True, True
            if len(chosen):
                self._filter.update(self._bank, chosen, detections[detection], expected)

    def _near(
        self, states: States, covariances: Covariances, expected: Expectation, positions: NDArray[np.float64]
    ) -> tuple[Int64[NDArray[np.int64], "K"], Int64[NDArray[np.int64], "K"]]:
        """Pairs of tracks and detections that may pass the gate, by distance."""
        spread_m = np.sqrt(np.linalg.eigvalsh(covariances[:, :3, :3])[:, -1])
        noise_m = np.maximum(self._sigma.azimuth_rad * expected.measurement[:, RANGE], self._sigma.range_m)
        near = cKDTree(positions).query_ball_point(states[:, :3], 4.5 * spread_m + 5 * noise_m)
        count = np.fromiter(map(len, near), np.int64, len(near))
        detections = np.fromiter((row for rows in near for row in rows), np.int64, count.sum())
        return np.repeat(np.arange(len(states)), count), detections

    def _judge(self, hit: NDArray[np.bool_]) -> None:
        """Confirm, and drop what was missed too often."""
        self._hits += hit
        self._misses = np.where(hit, 0, self._misses + 1)
        self._is_confirmed |= self._hits >= CONFIRMATION_HITS
        kept = np.where(self._is_confirmed, self._misses < CONFIRMED_MISSES, self._misses < TENTATIVE_MISSES)
        self._bank = tuple(array[kept] for array in self._bank)
        self._label, self._hits = self._label[kept], self._hits[kept]
        self._misses, self._is_confirmed = self._misses[kept], self._is_confirmed[kept]

    def _start(
        self,
        rows: NDArray[np.int64],
        detections: ScanDetections,
        positions: NDArray[np.float64],
        jacobian: NDArray[np.float64],
    ) -> None:
        """Every detection no track took begins one."""
        if len(rows) == 0:
            return
        begun = self._filter.born(births(detections[rows], positions[rows], jacobian[rows], self._noise))
        self._bank = tuple(np.concatenate([old, new]) for old, new in zip(self._bank, begun, strict=True))
        self._label = np.r_[self._label, self._next_label + np.arange(len(rows))]
        self._next_label += len(rows)
        self._hits = np.r_[self._hits, np.ones(len(rows), np.int64)]
        self._misses = np.r_[self._misses, np.zeros(len(rows), np.int64)]
        self._is_confirmed = np.r_[self._is_confirmed, np.zeros(len(rows), bool)]
