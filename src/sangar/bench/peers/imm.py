"""Interacting multiple models (a steady and a manoeuvring one) over arrays of tracks.

Source:
    Blom & Bar-Shalom, "The interacting multiple model algorithm for systems with Markovian switching coefficients",
    IEEE Transactions on Automatic Control 33(8), 1988.
"""

import numpy as np
from numpy.typing import NDArray

from sangar.bench.peers.polar import (
    Births,
    Covariances,
    States,
    constant_velocity,
    constant_velocity_noise,
    innovation,
    measurement_noise,
    observe,
)
from sangar.bench.peers.yardstick import Bank, Expectation, Yardstick
from sangar.bench.scenes import ScanDetections, Scene, SceneMeta

PROCESS_NOISE_M2PS3 = ((0.5, 0.125), (100.0, 10.0))
"""Horizontal and vertical noise of the two models."""
SWITCHING = np.array([[0.95, 0.05], [0.05, 0.95]])
"""Probability of each model a scan later, given the model now."""
MODE_COUNT = len(PROCESS_NOISE_M2PS3)


class ImmFilter:
    """The bank is (states, covariances, mode probabilities), the second axis of each the mode."""

    def __init__(self, meta: SceneMeta) -> None:
        self._noise = measurement_noise(meta)
        self._transition = constant_velocity(meta.period_s)
        self._process_noise = np.stack(
            [constant_velocity_noise(*intensity, meta.period_s) for intensity in PROCESS_NOISE_M2PS3]
        )

    def empty(self) -> Bank:
        """No tracks."""
        return np.empty((0, MODE_COUNT, 6)), np.empty((0, MODE_COUNT, 6, 6)), np.empty((0, MODE_COUNT))

    def born(self, births: Births) -> Bank:
        """Tracks that begin, every mode alike and as likely."""
        count = len(births.state)
        return (
            np.repeat(births.state[:, None], MODE_COUNT, 1),
            np.repeat(births.covariance[:, None], MODE_COUNT, 1),
            np.full((count, MODE_COUNT), 1 / MODE_COUNT),
        )

    def predict(self, bank: Bank) -> Bank:
        """One period later: mix, then predict each mode."""
        if len(bank[0]) == 0:
            return bank
        state, covariance, mode = bank
        predicted_mode = mode @ SWITCHING
        weight = mode[:, :, None] * SWITCHING[None] / predicted_mode[:, None, :]
        mixed = np.einsum("nij,nid->njd", weight, state)
        spread = state[:, :, None] - mixed[:, None]
        mixed_covariance = np.einsum(
            "nij,nijab->njab", weight, covariance[:, :, None] + spread[..., :, None] * spread[..., None, :]
        )
        predicted = self._transition @ mixed_covariance @ self._transition.T + self._process_noise[None]
        return mixed @ self._transition.T, 0.5 * (predicted + np.swapaxes(predicted, -1, -2)), predicted_mode

    def whole(self, bank: Bank) -> tuple[States, Covariances]:
        """Moment-matched state and covariance."""
        state, covariance, mode = bank
        mean = np.einsum("nj,njd->nd", mode, state)
        spread = state - mean[:, None]
        outer = spread[..., :, None] * spread[..., None, :]
        return mean, np.einsum("nj,njab->nab", mode, covariance + outer)

    def update(self, bank: Bank, tracks: NDArray[np.int64], measured: ScanDetections, expected: Expectation) -> None:
        """Take in one detection per track: update each mode, then reweigh the modes by their likelihood."""
        _, _, mode = bank
        log_likelihood = np.empty((len(tracks), MODE_COUNT))
        for which in range(MODE_COUNT):
            log_likelihood[:, which] = self._update_mode(bank, which, tracks, measured)
        likelihood = np.exp(log_likelihood - log_likelihood.max(1, keepdims=True))
        joint = mode[tracks] * likelihood
        mode[tracks] = joint / joint.sum(1, keepdims=True)

    def _update_mode(
        self, bank: Bank, which: int, tracks: NDArray[np.int64], measured: ScanDetections
    ) -> NDArray[np.float64]:
        """Update one mode in place; log-likelihood of the detections in it, up to a constant."""
        state, covariance, _ = bank
        predicted, jacobian = observe(state[tracks, which])
        difference = innovation(measured, predicted)
        cross_covariance = covariance[tracks, which] @ jacobian.transpose(0, 2, 1)
        innovation_covariance = jacobian @ cross_covariance + self._noise
        information = np.linalg.inv(innovation_covariance)
        squared_distance = np.einsum("ni,nij,nj->n", difference, information, difference)
        log_likelihood: NDArray[np.float64] = (
            -0.5 * squared_distance - 0.5 * np.linalg.slogdet(innovation_covariance)[1]
        )
        gain = cross_covariance @ information
        state[tracks, which] += np.einsum("nij,nj->ni", gain, difference)
        covariance[tracks, which] -= gain @ cross_covariance.transpose(0, 2, 1)
        return log_likelihood


def imm_yardstick(scene: Scene) -> Yardstick:
    """The yardstick with a steady and a manoeuvring model."""
    return Yardstick(scene, ImmFilter(scene.meta))
