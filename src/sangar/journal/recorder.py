"""The recorder of a run: one INPUT and one OUTPUT entry per step, durable before what the step said is shown."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from sangar.journal.entry import EntryKind
from sangar.journal.payloads import StepInput, StepOutput
from sangar.journal.writer import JournalWriter
from sangar.pipeline.ports import Batch


class JournalRecorder:
    """Implements the pipeline's `Recorder` port on a journal."""

    def __init__(self, writer: JournalWriter, group_steps: int = 1) -> None:
        """Record into the given journal.

        Args:
            writer: of a journal just created or resumed.
            group_steps: how many steps are made durable together. One, wherever somebody acts on what the step says;
                more only for runs that can be had again by running them again.
        """
        self._writer, self._group_steps, self._waiting = writer, group_steps, 0

    def record_input(self, batch: Batch, actions: NDArray[np.void]) -> None:
        """Keep what is about to go into the step; durable on return, with all before it, where its group is full.

        Raises:
            PortError: the disk refused; the step must not be taken as recorded.
        """
        octets = (records.tobytes() for records in (batch.detections, actions, batch.reports))
        given = StepInput(batch.time_s, batch.sensor, *octets)
        self._writer.append(given)
        self._waiting += 1
        if self._waiting >= self._group_steps:
            self._writer.commit()
            self._waiting = 0

    def record_output(self, events: NDArray[np.void]) -> None:
        """Keep what the step said; durable on return where it said anything, else with the next input.

        Raises:
            PortError: the disk refused.
        """
        self._writer.append(StepOutput(events.tobytes()))
        if len(events) and self._group_steps == 1:
            self._writer.commit()

    def finish(self, closing_payloads: Sequence[msgspec.Struct], summary: bytes) -> str:
        """Record what is known only at the end, then close the journal.

        Args:
            closing_payloads: the truth of an exercise, for instance.
            summary: the run's summary as JSON text.

        Returns:
            The journal's head, hexadecimal.

        Raises:
            PortError: the disk refused.
        """
        for payload in closing_payloads:
            self._writer.append(payload)
        self._writer.append_octets(EntryKind.SUMMARY, summary)
        return self._writer.close()
