"""`sangar replay`: does the step say today what the journal says it said then, to the last bit?"""

from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from sangar.journal.run import read_run
from sangar.report.wording import sentence
from sangar.report.words import Names, clock_text, names_of
from sangar.service.rerun import parse_header, rerun


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What a replay found.

    Attributes:
        identical: every event is the same to the last bit.
        steps: how many were run again.
        events: how many events the journal holds.
        step: the first step that differs; -1 for none.
        difference: the first difference in words; empty for none.
        head_sha256: head of the journal, hexadecimal.
    """

    identical: bool
    steps: int
    events: int
    step: int = -1
    difference: str = ""
    head_sha256: str


def compare(journal: Path) -> Comparison:
    """Run a journal again and compare its events.

    Raises:
        ConfigurationError: the folder is no journal, or its texts are no longer accepted.
        PortError: the journal is damaged.
    """
    run = read_run(journal)
    site, scenario = parse_header(run.header)
    names = names_of(site, scenario)
    steps = events = 0
    for recorded, result in rerun(run, site, scenario):
        steps, events = steps + 1, events + len(recorded.events)
        if recorded.events.tobytes() != result.events.tobytes():
            return Comparison(
                identical=False,
                steps=steps,
                events=events,
                step=recorded.number,
                difference=_difference(recorded.events, result.events, names, recorded.time_s),
                head_sha256=run.verdict.head_sha256,
            )
    return Comparison(identical=True, steps=steps, events=events, head_sha256=run.verdict.head_sha256)


def _difference(then: NDArray[np.void], now: NDArray[np.void], names: Names, time_s: float) -> str:
    at = f"at {clock_text(time_s)}"
    for old, new in zip(then, now, strict=False):
        if old.tobytes() == new.tobytes():
            continue
        names_differing = [name for name in old.dtype.names or () if old[name].tobytes() != new[name].tobytes()]
        listed = ", ".join(f"{name} was {old[name]!r}, is {new[name]!r}" for name in names_differing)
        return f'{at}, in "{sentence(old, names)}": {listed}'
    return f"{at}: {len(then)} events then, {len(now)} now"


def run_replay(journal: Path, json: bool) -> int:
    """Run a journal again and say whether it came out the same; 0 when it did, 1 when not.

    Raises:
        ConfigurationError: the folder is no journal, or its texts are no longer accepted.
        PortError: the journal is damaged.
    """
    comparison = compare(journal)
    if json:
        print(msgspec.json.encode(comparison).decode())
        return 0 if comparison.identical else 1
    console = Console(highlight=False, markup=False, soft_wrap=True)
    if comparison.identical:
        console.print(f"Identical: {comparison.steps} steps run again gave the same {comparison.events} events.")
        return 0
    console.print(f"Different in step {comparison.step}, {comparison.difference}")
    return 1
