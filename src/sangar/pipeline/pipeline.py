"""The pipeline: the world of a run and the compiled step over it. Live, replay, demonstration and study use this."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.actions import NO_ACTIONS
from sangar.core.events import EVENTS, IMPACTS, OVERFLOW, UPDATES, allocate_outputs
from sangar.pipeline.kernels.step import step
from sangar.pipeline.ports import Batch
from sangar.pipeline.world import World, allocate_world, step_parameters
from sangar.scenario.site import Site
from sangar.tracking.workspace import BATCH_CAPACITY


class StepResult(NamedTuple):
    """What one step said; copies, safe to keep.

    Attributes:
        events: records of `EVENT`.
        updates: records of `UPDATE`, rows of the tracks table; empty where none are wanted.
        impacts: records of `IMPACT`, rows of the impacts table; empty where none are wanted.
    """

    events: NDArray[np.void]
    updates: NDArray[np.void]
    impacts: NDArray[np.void]


def _writable(records: NDArray[np.void]) -> NDArray[np.void]:
    """The records as compiled code takes them: it is compiled for writable, contiguous arrays only."""
    return np.require(records, requirements=["C", "A", "W"])


class Pipeline:
    """A site's defence: sense, track, identify, assess, warn (and engage, simulated only).

    Attributes:
        world: the tables of the run; read them, do not write them.
        lost_outputs: records that found no room in the output logs; 0 in a healthy run.
    """

    world: World

    def __init__(
        self,
        site: Site,
        *,
        effectors: NDArray[np.void] | None = None,
        track_capacity: int | None = None,
        wants_rows: bool = True,
    ) -> None:
        """Lay out the tables; nothing is allocated while batches are stepped but the copies handed out.

        Args:
            site: the site file.
            effectors: records of `EFFECTOR` of an exercise or study; None in a live system.
            track_capacity: rows of the track table; what the site's tracking policy says where left out.
            wants_rows: whether tracks and impacts tables are kept.
        """
        rows = site.policy.tracking.track_limit if track_capacity is None else track_capacity
        self.world = allocate_world(site, effectors, rows, BATCH_CAPACITY)
        self._parameters = step_parameters(site)
        told = 2 * rows if wants_rows else 0
        self._outputs = allocate_outputs(4096 + 4 * rows, told, told)
        self.lost_outputs = 0

    def step(self, batch: Batch, actions: NDArray[np.void] = NO_ACTIONS) -> StepResult:
        """Run the step over one batch and the actions that came with it.

        A batch larger than the workspace goes in as several of the same time.

        Raises:
            ValueError: the batch names a sensor the site does not have.
        """
        if not -1 <= batch.sensor < len(self.world.sensors):
            raise ValueError(f"sensor row {batch.sensor} is not one of the site's {len(self.world.sensors)} sensors")
        self._outputs.written[:] = 0
        for first in range(0, max(1, len(batch.detections), len(batch.reports)), BATCH_CAPACITY):
            part, reports = (
                _writable(records[first : first + BATCH_CAPACITY]) for records in (batch.detections, batch.reports)
            )
            parameters, asked = self._parameters, _writable(actions) if first == 0 else NO_ACTIONS
            step(self.world, float(batch.time_s), int(batch.sensor), part, reports, asked, parameters, self._outputs)
        return self._take()

    def _take(self) -> StepResult:
        written, outputs = self._outputs.written, self._outputs
        self.lost_outputs += int(written[OVERFLOW])
        return StepResult(
            outputs.events[: written[EVENTS]].copy(),
            outputs.updates[: written[UPDATES]].copy(),
            outputs.impacts[: written[IMPACTS]].copy(),
        )
