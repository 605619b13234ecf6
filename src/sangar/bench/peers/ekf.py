"""Extended Kalman filter with one motion model over arrays of tracks."""

import numpy as np
from numpy.typing import NDArray

from sangar.bench.peers.polar import Births, Covariances, States, constant_velocity, constant_velocity_noise, innovation
from sangar.bench.peers.yardstick import Bank, Expectation, Yardstick
from sangar.bench.scenes import ScanDetections, Scene

PROCESS_NOISE_M2PS3 = 20.0
"""Horizontal; a tenth of it vertical. The same for every one-model tracker of the benchmark."""


class EkfFilter:
    """Constant velocity with white acceleration noise; the bank is (state, covariance)."""

    def __init__(self, period_s: float) -> None:
        self._transition = constant_velocity(period_s)
        self._process_noise = constant_velocity_noise(PROCESS_NOISE_M2PS3, PROCESS_NOISE_M2PS3 / 10, period_s)

    def empty(self) -> Bank:
        """No tracks."""
        return np.empty((0, 6)), np.empty((0, 6, 6))

    def born(self, births: Births) -> Bank:
        """Tracks that begin."""
        return births.state, births.covariance

    def predict(self, bank: Bank) -> Bank:
        """One period later: F x and F P Fᵀ + Q, made symmetric (without it long runs drift)."""
        state, covariance = bank
        covariance = self._transition @ covariance @ self._transition.T + self._process_noise
        return state @ self._transition.T, 0.5 * (covariance + covariance.transpose(0, 2, 1))

    def whole(self, bank: Bank) -> tuple[States, Covariances]:
        """State and covariance."""
        state, covariance = bank
        return state, covariance

    def update(self, bank: Bank, tracks: NDArray[np.int64], measured: ScanDetections, expected: Expectation) -> None:
        """Take in one detection per track: x + K y, P - K H P."""
        state, covariance = bank
        difference = innovation(measured, expected.measurement[tracks])
        gain = expected.cross_covariance[tracks] @ expected.information[tracks]
        state[tracks] += np.einsum("nij,nj->ni", gain, difference)
        covariance[tracks] -= gain @ expected.cross_covariance[tracks].transpose(0, 2, 1)


def ekf_yardstick(scene: Scene) -> Yardstick:
    """The yardstick with one motion model."""
    return Yardstick(scene, EkfFilter(scene.meta.period_s))
