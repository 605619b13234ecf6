"""A run as its journal tells it: header, steps, truth of an exercise, summary."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.actions import ACTION
from sangar.core.detections import DETECTION
from sangar.core.errors import PortError
from sangar.core.events import EVENT
from sangar.core.track_reports import TRACK_REPORT
from sangar.journal.entry import EntryKind
from sangar.journal.payloads import Header, StepInput, StepOutput, Truth, check_layouts, decode_payload, records
from sangar.journal.segments import PlacedEntry, read_entries
from sangar.journal.verify import Condition, Verdict, verify_journal


class RecordedStep(NamedTuple):
    """One call of the step: what went in, what came out.

    Attributes:
        number: which step of the run, from 0.
        time_s: of the batch, seconds since the site's epoch.
        sensor: row of the sensor table.
        detections: DETECTION records.
        reports: TRACK_REPORT records.
        actions: ACTION records.
        events: EVENT records.
    """

    number: int
    time_s: float
    sensor: int
    detections: NDArray[np.void]
    reports: NDArray[np.void]
    actions: NDArray[np.void]
    events: NDArray[np.void]


class RecordedRun(NamedTuple):
    """Everything a journal holds.

    Attributes:
        header: what the run was.
        steps: in order.
        truth: of the simulated threats; None in live service or where the run broke off.
        summary: the summary's JSON text; empty where the run broke off.
        verdict: what verifying found.
    """

    header: Header
    steps: list[RecordedStep]
    truth: Truth | None
    summary: bytes
    verdict: Verdict

    def all_events(self) -> NDArray[np.void]:
        """EVENT records of the whole run, in order."""
        if not self.steps:
            return np.zeros(0, EVENT)
        return np.concatenate([step.events for step in self.steps])


def read_header(folder: Path) -> Header:
    """The header alone.

    Raises:
        ConfigurationError: the folder is no journal.
        PortError: the header cannot be read.
    """
    for placed in read_entries(folder):
        return decode_payload(Header, placed.entry.payload)
    raise PortError(f"{folder}: the journal is empty")


def read_run(folder: Path) -> RecordedRun:
    """A whole journal. One that was never closed, or ends in a torn tail, is read up to its last sound entry.

    Raises:
        ConfigurationError: the folder is no journal.
        PortError: it is damaged (the sentence names the first bad entry), or written by a version with other records.
    """
    verdict = verify_journal(folder)
    if verdict.condition == Condition.DAMAGED:
        raise PortError(f"{folder}: entry {verdict.entry} (segment {verdict.segment}): {verdict.reason}")
    reading = _Reading()
    for placed in read_entries(folder):
        if placed.number == verdict.entries:
            break
        reading.take(placed)
        if placed.number + 1 == verdict.entries:
            break
    if reading.header is None:
        raise PortError(f"{folder}: the journal is empty")
    return RecordedRun(reading.header, reading.steps, reading.truth, reading.summary, verdict)


class _Reading:
    """Collects the entries of a run."""

    def __init__(self) -> None:
        self.header: Header | None = None
        self.steps: list[RecordedStep] = []
        self.truth: Truth | None = None
        self.summary = b""
        self._given: StepInput | None = None

    def take(self, placed: PlacedEntry) -> None:
        """Add one entry; kinds of later versions are passed over."""
        kind, payload = placed.entry.kind, placed.entry.payload
        if kind == EntryKind.HEADER:
            self.header = decode_payload(Header, payload)
            check_layouts(self.header)
        elif kind == EntryKind.INPUT:
            self._given = decode_payload(StepInput, payload)
        elif kind == EntryKind.OUTPUT:
            self._answer(decode_payload(StepOutput, payload), placed)
        elif kind == EntryKind.TRUTH:
            self.truth = decode_payload(Truth, payload)
        elif kind == EntryKind.SUMMARY:
            self.summary = payload

    def _answer(self, output: StepOutput, placed: PlacedEntry) -> None:
        if self._given is None:
            raise PortError(f"entry {placed.number}: an output without the input it answers")
        given, self._given = self._given, None
        step = RecordedStep(
            len(self.steps),
            given.time_s,
            given.sensor,
            records(given.detections, DETECTION),
            records(given.reports, TRACK_REPORT),
            records(given.actions, ACTION),
            records(output.events, EVENT),
        )
        self.steps.append(step)
