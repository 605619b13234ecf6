"""`sangar track`: a detections table through the pipeline, out as tracks, impacts, metrics and a summary."""

import sys
from pathlib import Path

import msgspec
import numpy as np
from rich.console import Console

from sangar.adapters.tables.detections import DetectionTable
from sangar.adapters.tables.tracks import write_impacts, write_tracks
from sangar.adapters.tables.truth import Labels, TruthTable, read_truth
from sangar.core.errors import ConfigurationError, PortError
from sangar.core.events import EventKind
from sangar.core.targets import StandardIdentity, TargetClass, ZoneState
from sangar.pipeline.warmup import warm_up
from sangar.report.evidence import reasons
from sangar.report.whose import reasons_whose
from sangar.report.words import names_of
from sangar.scenario.site import Site, load_site
from sangar.service.inputs import batches_in_order, read_inputs
from sangar.service.scoring import TrackLife, associations, purity_metrics, track_lives, truth_metrics
from sangar.service.sensors import sensor_lines
from sangar.service.tracking_run import TrackingRun, track_batches, with_pauses


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
        "tracks": [life._asdict() | _identity(run, life, site) for life in lives],
    }


def _identity(run: TrackingRun, life: TrackLife, site: Site) -> dict[str, object]:
    """What a track was taken for at last, and why, in words with their weights; nothing where it was not judged."""
    belief = run.identities.get(life.track)
    if belief is None:
        return {"class": None, "probability": None, "evidence": [], "identity": None, "whose": []}
    likeliest = int(np.argmax(belief["posterior"]))
    return {
        "class": TargetClass(likeliest).name.lower(),
        "probability": float(belief["posterior"][likeliest]),
        "evidence": [reason.words for reason in reasons(belief, site.policy.identification)],
        "identity": StandardIdentity(int(belief["identity"])).name.lower(),
        "whose": reasons_whose(belief, names_of(site, None)),
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
