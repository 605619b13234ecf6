"""What a tracking run reads: detections of sensors, reports of other trackers, and both in order of time."""

from collections.abc import Iterator
from heapq import merge
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sangar.adapters.tables.batches import batches_of
from sangar.adapters.tables.detections import NO_DETECTIONS, DetectionTable, detections_of
from sangar.adapters.tables.files import read_table
from sangar.adapters.tables.track_reports import ReportTable, read_track_reports, report_batches
from sangar.adapters.tables.truth import Labels, labels_of
from sangar.core.errors import ConfigurationError
from sangar.pipeline.ports import Batch
from sangar.scenario.site import Site


class Inputs(NamedTuple):
    """What a run was given.

    Attributes:
        detections: of sensors; empty where only track reports were given.
        labels: which target each detection came from, where the table says so.
        reports: of other trackers, None where none were given.
    """

    detections: DetectionTable
    labels: Labels | None
    reports: ReportTable | None


def read_inputs(site: Site, detections: Path | None, track_reports: Path | None) -> Inputs:
    """Read one table or both.

    Raises:
        ConfigurationError: neither is given, or one is wrong.
    """
    if detections is None and track_reports is None:
        problem = "neither detections nor track reports are given"
        raise ConfigurationError("--detections", "", problem, "give one of --detections and --track-reports, or both")
    reports = None if track_reports is None else read_track_reports(track_reports, site)
    if detections is None:
        return Inputs(NO_DETECTIONS, None, reports)
    table = read_table(detections)
    return Inputs(detections_of(table, detections, site), labels_of(table), reports)


def batches_in_order(site: Site, detections: DetectionTable, reports: ReportTable | None) -> Iterator[Batch]:
    """Batches of both tables in order of time."""
    period_s = np.array([sensor.look_period_s for sensor in site.sensors])
    others = iter(()) if reports is None else report_batches(reports)
    return merge(batches_of(detections, period_s), others, key=lambda batch: batch.time_s)
