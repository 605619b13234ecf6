"""Sangar's whole step as a contender: tracked, identified, assessed and warned of, one batch per scan."""

from sangar.bench.sangar_tracker import WARMING_SCANS, picture_at, scene_records, scene_site, table_capacity
from sangar.bench.scenes import Scene
from sangar.pipeline.pipeline import Pipeline
from sangar.pipeline.ports import Batch
from sangar.tracking.metrics.scoring import LabelledPositions


class SangarStep:
    """The pipeline, with Sangar's default settings and the rows of the tracks table it writes."""

    def __init__(self, scene: Scene) -> None:
        self._pipeline = Pipeline(scene_site(scene.meta), track_capacity=table_capacity(scene))
        self._time_s = 0.0
        self._batches = [
            Batch(number * scene.meta.period_s, 0, records) for number, records in enumerate(scene_records(scene))
        ]

    def scan(self, number: int) -> None:
        """Run one scan through the step."""
        self._time_s = self._batches[number].time_s
        self._pipeline.step(self._batches[number])

    def confirmed(self) -> LabelledPositions:
        """The confirmed and coasting tracks at the time of the last scan."""
        return picture_at(self._pipeline.world.tracks, self._time_s)


def warm_step(scene: Scene) -> SangarStep:
    """The contender, after its kernels have been compiled or loaded by another instance."""
    trial = SangarStep(scene)
    for number in range(min(WARMING_SCANS, scene.meta.scan_count)):
        trial.scan(number)
    return SangarStep(scene)
