"""Stone Soup as its users would set it up for these scenes: EKF, k-d tree gate, global nearest neighbour.

The k-d tree gate is the fastest of its gates that keeps the accuracy (the TPR tree leaves the measurement's noise out
of the gate, the exhaustive one is slower). Every rule is the yardsticks' own: same noise, same gate, three detections
to confirm, five misses to drop. It is imported where it is used: it is an extra that need not be installed.

Source:
    Stone Soup 1.9, https://github.com/dstl/Stone-Soup (MIT licence).
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sangar.bench.peers.ekf import PROCESS_NOISE_M2PS3
from sangar.bench.scenes import Scene, SceneMeta
from sangar.tracking.metrics.scoring import LabelledPositions

START = dt.datetime(2022, 1, 3)  # noqa: DTZ001 - Stone Soup compares naive times
GATE_SIGMA = 4.5
SEARCH_RADIUS = 400.0
POSITION = [0, 2, 4]
VELOCITY = [1, 3, 5]


class SoupState(Protocol):
    """What is read of a Stone Soup state."""

    mean: NDArray[np.object_]


class SoupTrack(Protocol):
    """What is read of a Stone Soup track."""

    id: str
    state: SoupState


Step = tuple[dt.datetime, set[SoupTrack]]


def _measurement_model(meta: SceneMeta) -> object:
    from stonesoup.models.measurement.nonlinear import CartesianToElevationBearingRangeRate

    sigma = meta.sigma
    variance = np.square([sigma.elevation_rad, sigma.azimuth_rad, sigma.range_m, sigma.range_rate_mps])
    return CartesianToElevationBearingRangeRate(
        ndim_state=6, mapping=np.array(POSITION), velocity_mapping=np.array(VELOCITY), noise_covar=np.diag(variance)
    )


def _frames(scene: Scene, model: object) -> list[tuple[dt.datetime, set[object]]]:
    from stonesoup.types.angle import Bearing, Elevation
    from stonesoup.types.array import StateVector
    from stonesoup.types.detection import Detection

    frames = []
    for number, scan in enumerate(scene.detections):
        instant = START + dt.timedelta(seconds=number * scene.meta.period_s)
        vectors = (StateVector([Elevation(row[1]), Bearing(row[0]), row[2], row[3]]) for row in scan)
        frames.append((instant, {Detection(each, timestamp=instant, measurement_model=model) for each in vectors}))
    return frames


def _filter(model: object) -> tuple[object, object]:
    """Predictor and updater."""
    from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
    from stonesoup.predictor.kalman import ExtendedKalmanPredictor
    from stonesoup.updater.kalman import ExtendedKalmanUpdater

    noise = PROCESS_NOISE_M2PS3
    motion = CombinedLinearGaussianTransitionModel([ConstantVelocity(each) for each in (noise, noise, noise / 10)])
    return ExtendedKalmanPredictor(motion), ExtendedKalmanUpdater(model)


def _associator(predictor: object, updater: object) -> object:
    from stonesoup.dataassociator.tree import DetectionKDTreeGNN2D
    from stonesoup.hypothesiser.distance import DistanceHypothesiser
    from stonesoup.measures import Mahalanobis

    hypothesiser = DistanceHypothesiser(predictor, updater, Mahalanobis(), missed_distance=GATE_SIGMA)
    return DetectionKDTreeGNN2D(hypothesiser, predictor=predictor, updater=updater, max_distance=SEARCH_RADIUS)


def _prior() -> object:
    from stonesoup.types.array import CovarianceMatrix, StateVector
    from stonesoup.types.state import GaussianState

    covariance = CovarianceMatrix(np.diag([0, 100.0**2, 0, 100.0**2, 0, 15.0**2]))
    return GaussianState(StateVector(np.zeros(6)), covariance, timestamp=START)


def _tracker(scene: Scene) -> Iterable[Step]:
    from stonesoup.deleter.time import UpdateTimeStepsDeleter
    from stonesoup.initiator.simple import MultiMeasurementInitiator
    from stonesoup.tracker.simple import MultiTargetTracker

    model = _measurement_model(scene.meta)
    predictor, updater = _filter(model)
    initiator = MultiMeasurementInitiator(
        prior_state=_prior(),
        deleter=UpdateTimeStepsDeleter(2),
        data_associator=_associator(predictor, updater),
        updater=updater,
        measurement_model=model,
        min_points=3,
    )
    tracker: Iterable[Step] = MultiTargetTracker(
        initiator=initiator,
        deleter=UpdateTimeStepsDeleter(5),
        detector=_frames(scene, model),
        data_associator=_associator(predictor, updater),
        updater=updater,
    )
    return tracker


class StoneSoup:
    """The tracker, one scan at a time."""

    def __init__(self, scene: Scene) -> None:
        self._steps: Iterator[Step] = iter(_tracker(scene))
        self._tracks: list[SoupTrack] = []
        self._label: dict[str, int] = {}

    def prepare(self, number: int) -> None:
        """Nothing: it reads all scans as its own objects beforehand."""

    def scan(self, number: int) -> None:
        """Take in the next scan; scans come in order by themselves."""
        _, tracks = next(self._steps)
        self._tracks = list(tracks)

    def confirmed(self) -> LabelledPositions:
        """The tracks it holds (its initiator keeps the unconfirmed ones to itself)."""
        labels = [self._label.setdefault(track.id, len(self._label)) for track in self._tracks]
        means = [np.asarray(track.state.mean, dtype=float).ravel()[POSITION] for track in self._tracks]
        positions_m: NDArray[np.float64] = np.array(means, dtype=float).reshape(-1, 3)
        return LabelledPositions(np.array(labels, dtype=np.int64), positions_m)
