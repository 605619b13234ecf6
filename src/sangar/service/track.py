"""`sangar track`: a detections table through the pipeline, out as tracks, impacts, metrics and a summary."""

import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track as with_progress

from sangar.adapters.tables.detections import DetectionTable
from sangar.adapters.tables.tracks import write_impacts, write_tracks
from sangar.adapters.tables.truth import Labels, TruthTable, read_truth
from sangar.core.arrays import Series
from sangar.core.errors import ConfigurationError, PortError
from sangar.core.events import EVENT, IMPACT, UPDATE, EventKind
from sangar.core.targets import ZoneState
from sangar.core.tracks import (
    BEARING_OVERFLOW_COUNT,
    CANDIDATE_OVERFLOW_COUNT,
    CONTRADICTED_COUNT,
    DUPLICATE_COUNT,
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
from sangar.pipeline.warmup import warm_up
from sangar.scenario.site import Site, load_site
from sangar.service.inputs import batches_in_order, read_inputs
from sangar.service.scoring import TrackLife, associations, purity_metrics, track_lives, truth_metrics
from sangar.service.sensors import sensor_lines, sensor_metrics

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
    "numerical_drops": NUMERICAL_DROP_COUNT,
    "reports_contradicting": CONTRADICTED_COUNT,
    "report_links_full": LINKS_FULL_COUNT,
}
"""What the step counts when it had to leave something out or came to know it late, and where."""

PAUSE_S = 2.0
"""A recording in which nobody reports for longer than this has a pause."""


class TrackRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to track.

    Attributes:
        site: site file.
        detections: detections table, Parquet or CSV.
        track_reports: table of other trackers' reports, Parquet or CSV; one of the two tables must be there.
        out: folder for `tracks.parquet`, `impacts.parquet`, `metrics.json`, `summary.json`.
        truth: truth table to measure against.
        json: print the metrics as JSON.
    """

    site: Path
    out: Path
    detections: Path | None = None
    track_reports: Path | None = None
    truth: Path | None = None
    json: bool = False


class TrackingRun(NamedTuple):
    """What a run gave.

    Attributes:
        events: records of `EVENT`, in order.
        updates: records of `UPDATE`, in order.
        impacts: records of `IMPACT`, in order.
        latency_s: (B,) time each batch took in the step.
        degradations: what the step had to leave out.
        sensors: biases of every sensor as they stand in `metrics.json`.
    """

    events: NDArray[np.void]
    updates: NDArray[np.void]
    impacts: NDArray[np.void]
    latency_s: Series
    degradations: dict[str, int]
    sensors: list[dict[str, object]]


def run_track(request: TrackRequest) -> int:
    """Track a recording and write what came of it; returns the exit code.

    Raises:
        ConfigurationError: a file or an argument is wrong.
        PortError: a file cannot be written.
    """
    site = load_site(request.site)
    detections, labels, reports = read_inputs(site, request.detections, request.track_reports)
    truth = None if request.truth is None else read_truth(request.truth, site.frame)
    _prepare_folder(request.out)
    console = Console(file=sys.stderr)
    warm_up(lambda line: console.print(line, markup=False, highlight=False))
    batches = list(with_pauses(batches_in_order(site, detections, reports)))
    run = track_batches(site, batches, console if console.is_terminal else None)
    lives = track_lives(run.events, run.updates)
    metrics = _metrics(run, lives, detections, labels, truth)
    if reports is not None:
        metrics["track_reports"] = {"accepted": len(reports.reports), "rejected": reports.rejected}
    write_tracks(run.updates, site.frame, request.out / "tracks.parquet")
    write_impacts(run.impacts, site.frame, request.out / "impacts.parquet")
    _write_json(request.out / "metrics.json", metrics)
    _write_json(request.out / "summary.json", _summary(run, lives, detections, site))
    if request.json:
        sys.stdout.write(msgspec.json.encode({"out": str(request.out), **metrics}).decode() + "\n")
    else:
        sys.stdout.write(_in_words(request.out, metrics, run.sensors))
    return 0


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
    for batch in batches:
        started_s = perf_counter()
        results.append(pipeline.step(batch))
        latency_s.append(perf_counter() - started_s)
    counters = pipeline.world.tracks.counters
    return TrackingRun(
        events=np.concatenate([np.zeros(0, EVENT), *(result.events for result in results)]),
        updates=np.concatenate([np.zeros(0, UPDATE), *(result.updates for result in results)]),
        impacts=np.concatenate([np.zeros(0, IMPACT), *(result.impacts for result in results)]),
        latency_s=np.array(latency_s),
        degradations={
            **{name: int(counters[place]) for name, place in DEGRADATIONS.items()},
            "lost_outputs": pipeline.lost_outputs,
        },
        sensors=sensor_metrics(site, pipeline.world.registration.sensors),
    )


def _metrics(
    run: TrackingRun,
    lives: list[TrackLife],
    detections: DetectionTable,
    labels: Labels | None,
    truth: TruthTable | None,
) -> dict[str, object]:
    latency_ms = 1000.0 * run.latency_s
    quantiles = dict(zip(("p50", "p95", "p99", "max"), np.quantile(latency_ms, (0.5, 0.95, 0.99, 1.0)), strict=True))
    metrics: dict[str, object] = {
        "detections": {**detections.counts._asdict(), "rejected": detections.counts.rejected},
        "degradations": run.degradations,
        "batches": len(run.latency_s),
        "updates": len(run.updates),
        "impact_predictions": len(run.impacts),
        "confirmed_tracks": len(lives),
        "latency_ms": {"n": len(latency_ms), **{name: float(value) for name, value in quantiles.items()}},
        "sensors": run.sensors,
    }
    if labels is not None:
        metrics["purity"] = purity_metrics(associations(run.events, run.updates, lives, detections.counts.rows), labels)
    if truth is not None:
        metrics |= truth_metrics(run.events, run.updates, truth)
    return metrics


def _summary(run: TrackingRun, lives: list[TrackLife], detections: DetectionTable, site: Site) -> dict[str, object]:
    """The summary; what a recording cannot tell (who was a threat, what was stopped) is null."""
    zones = run.events[run.events["kind"] == EventKind.ZONE_CHANGED]
    told = zones[np.isin(zones["new"], (ZoneState.WARNING, ZoneState.SHELTER_NOW))]
    time_s = detections.detections["time_s"]
    return {
        "site": site.reference.name,
        "threats": None,
        "stopped": None,
        "leaked": None,
        "zones_warned": [site.zones[area].id for area in np.unique(told["area"]).tolist()],
        "first_detection_s": float(time_s[0]) if time_s.size else None,
        "last_detection_s": float(time_s[-1]) if time_s.size else None,
        "first_warning_s": float(told["time_s"][0]) if told.size else None,
        "warning_time_s": None,
        "false_warnings": None,
        "tracks": [life._asdict() for life in lives],
    }


def _prepare_folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise ConfigurationError("--out", "", f"{out} is a file", "name a folder")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PortError(f"{out}: cannot be made ({error})") from error


def _write_json(path: Path, value: dict[str, object]) -> None:
    try:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
    except OSError as error:
        raise PortError(f"{path}: cannot be written ({error})") from error


def _in_words(out: Path, metrics: dict[str, object], sensors: list[dict[str, object]]) -> str:
    """The metrics for people: one line for each group, and nothing that is zero."""
    lines = [f"{out}: {metrics['confirmed_tracks']} confirmed tracks, {metrics['updates']} updates"]
    for group in (
        "detections",
        "track_reports",
        "degradations",
        "latency_ms",
        "purity",
        "gospa",
        "ospa2",
        "siap",
        "clear_mot",
    ):
        values = metrics.get(group)
        if isinstance(values, dict):
            shown = ", ".join(f"{name} {_short(value)}" for name, value in values.items() if value not in (0, None))
            lines.append(f"  {group}: {shown or 'none'}")
    lines += [f"  {line}" for line in sensor_lines(sensors)]
    return "\n".join(lines) + "\n"


def _short(value: object) -> str:
    if isinstance(value, dict):
        return f"{value['value']:.4f} [{value['low_95']:.4f}, {value['high_95']:.4f}] (n = {value['n']})"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
