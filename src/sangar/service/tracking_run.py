"""Recorded batches through the pipeline's step, and what came of them."""

import math
from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track as with_progress

from sangar.core.arrays import Series
from sangar.core.claims import REPLACED_COUNT, UNUSABLE_COUNT
from sangar.core.events import EVENT, IMPACT, UPDATE, EventKind
from sangar.core.tracks import (
    BEARING_OVERFLOW_COUNT,
    CANDIDATE_OVERFLOW_COUNT,
    CONTRADICTED_COUNT,
    DUPLICATE_COUNT,
    ECHO_COUNT,
    LATE_COUNT,
    LATE_USED_COUNT,
    LEFT_OUT_COUNT,
    LINKS_FULL_COUNT,
    MISTIMED_COUNT,
    NUMERICAL_DROP_COUNT,
    REJECTED_COUNT,
    TABLE_FULL_COUNT,
)
from sangar.pipeline.pipeline import Pipeline
from sangar.pipeline.ports import Batch
from sangar.scenario.site import Site
from sangar.service.sensors import sensor_metrics

DEGRADATIONS = {
    "not_usable": REJECTED_COUNT,
    "too_late": LATE_COUNT,
    "late_used": LATE_USED_COUNT,
    "duplicates": DUPLICATE_COUNT,
    "time_not_believed": MISTIMED_COUNT,
    "track_table_full": TABLE_FULL_COUNT,
    "candidate_overflow": CANDIDATE_OVERFLOW_COUNT,
    "bearing_overflow": BEARING_OVERFLOW_COUNT,
    "left_out": LEFT_OUT_COUNT,
    "further_echoes": ECHO_COUNT,
    "numerical_drops": NUMERICAL_DROP_COUNT,
    "reports_contradicting": CONTRADICTED_COUNT,
    "report_links_full": LINKS_FULL_COUNT,
}
"""What the step counts when it had to leave something out or came to know it late, and where."""

ENDINGS = (EventKind.TRACK_DROPPED,)
"""After these a row may be given to another track."""

PAUSE_S = 2.0
"""A recording in which nobody reports for longer than this has a pause."""


class TrackingRun(NamedTuple):
    """What a run gave.

    Attributes:
        events: records of `EVENT`, in order.
        updates: records of `UPDATE`, in order.
        impacts: records of `IMPACT`, in order.
        latency_s: (B,) time each batch took in the step.
        degradations: what the step had to leave out.
        sensors: biases of every sensor as they stand in `metrics.json`.
        identities: newest record of `IDENTITY` of every track that was judged, by its id.
    """

    events: NDArray[np.void]
    updates: NDArray[np.void]
    impacts: NDArray[np.void]
    latency_s: Series
    degradations: dict[str, int]
    sensors: list[dict[str, object]]
    identities: dict[int, np.void]


def with_pauses(batches: Iterable[Batch]) -> Iterator[Batch]:
    """The batches of a sorted table, and a tick of time at the end of every pause between them.

    A table in order of time says that nothing was reported in between; a feed of sensors alone would leave open whether
    time has passed or the first sensor that speaks again has a wrong clock.
    """
    newest_s = math.inf
    for batch in batches:
        resumed_s = float(batch.detections["time_s"][0]) if len(batch.detections) else batch.time_s
        if resumed_s - newest_s > PAUSE_S:
            yield Batch(resumed_s, -1, batch.detections[:0])
        newest_s = batch.time_s
        yield batch


def track_batches(site: Site, batches: Iterable[Batch], console: Console | None = None) -> TrackingRun:
    """Run the pipeline's step over batches in order of time; `console` shows the progress."""
    pipeline = Pipeline(site)
    if console is not None:
        batches = with_progress(batches, "tracking", console=console, transient=True)
    results, latency_s = [], []
    identities: dict[int, np.void] = {}
    for batch in batches:
        started_s = perf_counter()
        results.append(pipeline.step(batch))
        latency_s.append(perf_counter() - started_s)
        if np.isin(results[-1].events["kind"], ENDINGS).any():
            _keep_identities(pipeline, identities)  # the row of a track that ended is used again
    _keep_identities(pipeline, identities)
    counters = pipeline.world.tracks.counters
    return TrackingRun(
        events=np.concatenate([np.zeros(0, EVENT), *(result.events for result in results)]),
        updates=np.concatenate([np.zeros(0, UPDATE), *(result.updates for result in results)]),
        impacts=np.concatenate([np.zeros(0, IMPACT), *(result.impacts for result in results)]),
        latency_s=np.array(latency_s),
        degradations={
            **{name: int(counters[place]) for name, place in DEGRADATIONS.items()},
            "lost_outputs": pipeline.lost_outputs,
            "claims_not_usable": int(pipeline.world.claims.counters[UNUSABLE_COUNT]),
            "claimants_put_out": int(pipeline.world.claims.counters[REPLACED_COUNT]),
        },
        sensors=sensor_metrics(site, pipeline.world.registration.sensors),
        identities=identities,
    )


def _keep_identities(pipeline: Pipeline, identities: dict[int, np.void]) -> None:
    table = pipeline.world.identities
    for row in np.flatnonzero(table["track"] > 0).tolist():
        identities[int(table[row]["track"])] = table[row].copy()
