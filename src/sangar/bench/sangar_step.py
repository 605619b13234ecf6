"""Sangar's whole step as a contender: tracked, identified, assessed and warned of, one batch per scan."""

import numpy as np

from sangar.bench.sangar_tracker import WARMING_SCANS, picture_at, scan_records, scene_site, table_capacity
from sangar.bench.scenes import Scene
from sangar.core.detections import DETECTION
from sangar.pipeline.pipeline import Pipeline
from sangar.pipeline.ports import Batch
from sangar.tracking.metrics.scoring import LabelledPositions


class SangarStep:
    """The pipeline, with Sangar's default settings and the rows of the tracks table it writes."""

    def __init__(self, scene: Scene) -> None:
        self._pipeline = Pipeline(scene_site(scene.meta), track_capacity=table_capacity(scene))
        self._scene = scene
        self._batch = Batch(0.0, 0, np.zeros(0, DETECTION))

    def prepare(self, number: int) -> None:
        """Make the batch of one scan."""
        self._batch = Batch(number * self._scene.meta.period_s, 0, scan_records(self._scene, number))

    def scan(self, number: int) -> None:
        """Run one scan through the step."""
        self._pipeline.step(self._batch)

    def confirmed(self) -> LabelledPositions:
        """The confirmed and coasting tracks at the time of the last scan."""
        return picture_at(self._pipeline.world.tracks, self._batch.time_s)


def warm_step(scene: Scene) -> SangarStep:
    """The contender, after its kernels have been compiled or loaded by another instance."""
    trial = SangarStep(scene)
    for number in range(min(WARMING_SCANS, scene.meta.scan_count)):
        trial.prepare(number)
        trial.scan(number)
    return SangarStep(scene)
