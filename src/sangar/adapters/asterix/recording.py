"""A recording of ASTERIX data blocks, read into the columns of a detections table."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from math import isnan
from pathlib import Path
from typing import NamedTuple

import polars as pl

from sangar.adapters.asterix import category_034, category_048
from sangar.adapters.asterix.blocks import Block, Framing, split_blocks
from sangar.adapters.asterix.category_034 import ServiceMessage, decode_service_messages
from sangar.adapters.asterix.category_048 import DETECTION_TYPES, TargetReport, decode_target_reports
from sangar.adapters.asterix.pcap import is_capture, read_capture
from sangar.adapters.asterix.sensors import RecordedSensor, recorded_sensors
from sangar.core.errors import ConfigurationError, WireError

SECONDS_PER_DAY = 86_400.0
COLUMNS: dict[str, type[pl.DataType]] = {
    "time_s": pl.Float64,
    "sensor": pl.String,
    "range_m": pl.Float64,
    "azimuth_rad": pl.Float64,
    "altitude_m": pl.Float64,
    "detection_type": pl.String,
    "mode_s_address": pl.String,
    "callsign": pl.String,
    "mode3a": pl.String,
    "radar_track": pl.Int64,
}
"""The columns a recording gives; those from `detection_type` on are for people and for scoring."""

Progress = Callable[[int, int], None]
"""Told how many of how many blocks are read."""


class RecordingCounts(NamedTuple):
    """What a recording held and what was left out, so that nothing is lost unseen.

    Attributes:
        blocks: data blocks found.
        lost_octets: octets that belong to no block.
        other_packets: packets of a capture that carry no UDP datagram.
        malformed_blocks: blocks that do not follow their category's specification; left out whole.
        other_categories: blocks of categories not read here.
        service_messages: category 034 records.
        reports: category 048 records.
        without_source: of these, reports that do not say which radar they are from; left out.
        test_reports: of these, simulated or test targets; left out.
        field_monitors: of these, fixed transponders for calibration; left out.
        without_position: of these, reports without range and azimuth; left out.
        without_time: of these, reports without time of day; left out.
        extrapolated: of these, reports of type "no detection" with a position: the radar's own tracker expected the
            aircraft there and saw nothing; left out, for a guess is no measurement.
        duplicates: of these, reports that came a second time (a doubled network feed); left out.
        plots: rows of the table.
    """

    blocks: int
    lost_octets: int
    other_packets: int
    malformed_blocks: int
    other_categories: int
    service_messages: int
    reports: int
    without_source: int
    test_reports: int
    field_monitors: int
    without_position: int
    without_time: int
    extrapolated: int
    duplicates: int
    plots: int


class Recording(NamedTuple):
    """A recording: the plots in columns of a detections table, the radars, the counts."""

    plots: pl.DataFrame
    sensors: tuple[RecordedSensor, ...]
    counts: RecordingCounts


class DayCounter:
    """Turns time of day, which starts again at midnight, into seconds since midnight of the first day."""

    def __init__(self) -> None:
        self._newest_s: float | None = None

    def unwrap(self, time_of_day_s: float) -> float:
        """The time nearest to the last one that shows this time of day."""
        if self._newest_s is None:
            self._newest_s = time_of_day_s
        else:
            self._newest_s = time_of_day_s + SECONDS_PER_DAY * round((self._newest_s - time_of_day_s) / SECONDS_PER_DAY)
        return self._newest_s


def read_recording(path: Path, progress: Progress | None = None) -> Recording:
    """Read a file of concatenated data blocks (`.ast`, `.raw`) or a pcap capture of ASTERIX over UDP.

    Raises:
        ConfigurationError: the file cannot be read, or holds no target report with a position.
    """
    blocks, lost_octets, other_packets = read_blocks(path)
    reports: list[TargetReport] = []
    services: list[ServiceMessage] = []
    seen: Counter[str] = Counter()
    for number, block in enumerate(blocks):
        if progress is not None:
            progress(number, len(blocks))
        _decode_block(block, reports, services, seen)
    plots = tuple(_usable(reports, seen))
    if not plots:
        found = ", ".join(f"{category:03d}" for category in sorted({block.category for block in blocks})) or "none"
        raise ConfigurationError(
            str(path),
            "",
            f"no category 048 report with a position in it (categories found: {found})",
            "give a recording of a radar's target reports, as .ast, .raw or pcap",
        )
    counts = RecordingCounts(
        blocks=len(blocks),
        lost_octets=lost_octets,
        other_packets=other_packets,
        malformed_blocks=seen["malformed"],
        other_categories=seen["other category"],
        service_messages=len(services),
        reports=len(reports),
        without_source=seen["no source"],
        test_reports=seen["test"],
        field_monitors=seen["field monitor"],
        without_position=seen["no position"],
        without_time=seen["no time"],
        extrapolated=seen["extrapolated"],
        duplicates=seen["duplicate"],
        plots=len(plots),
    )
    table = _table(plots)
    return Recording(table, recorded_sensors(table, services), counts)


def read_blocks(path: Path) -> tuple[tuple[Block, ...], int, int]:
    """Blocks of a file, octets lost, and packets of a capture that were passed over."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            str(path), "", f"cannot be read ({error.strerror})", "give an ASTERIX recording"
        ) from error
    if not is_capture(data):
        blocks, lost_octets = split_blocks(data)
        return blocks, lost_octets, 0
    try:
        capture = read_capture(data)
    except WireError as error:
        raise ConfigurationError(str(path), "", str(error), "capture on an Ethernet interface, as pcap") from error
    framings: list[Framing] = [split_blocks(payload) for payload in capture.payloads]
    lost_octets = capture.lost_octets + sum(framing.lost_octets for framing in framings)
    return tuple(block for framing in framings for block in framing.blocks), lost_octets, capture.other_packets


def _decode_block(
    block: Block, reports: list[TargetReport], services: list[ServiceMessage], seen: Counter[str]
) -> None:
    try:
        if block.category == category_048.CATEGORY:
            reports.extend(decode_target_reports(block.records))
        elif block.category == category_034.CATEGORY:
            services.extend(decode_service_messages(block.records))
        else:
            seen["other category"] += 1
    except WireError:
        seen["malformed"] += 1


def _usable(reports: Iterable[TargetReport], seen: Counter[str]) -> Iterator[TargetReport]:
    """The reports the tracker can use; the others are counted in `seen`."""
    known: set[tuple[str, float, float, float]] = set()
    for report in reports:
        key = (report.source, report.time_of_day_s, report.range_m, report.azimuth_rad)
        reason = _reason_against(report) or ("duplicate" if key in known else "")
        if reason:
            seen[reason] += 1
        else:
            known.add(key)
            yield report


def _reason_against(report: TargetReport) -> str:
    """Why the tracker cannot use a report; empty when it can."""
    reasons = {
        "no source": not report.source,
        "test": report.is_test,
        "field monitor": report.is_field_monitor,
        "no position": not report.has_position,
        "no time": isnan(report.time_of_day_s),
        "extrapolated": report.detection_type == DETECTION_TYPES[0],
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _table(plots: tuple[TargetReport, ...]) -> pl.DataFrame:
    days = DayCounter()
    columns = {
        "time_s": [days.unwrap(plot.time_of_day_s) for plot in plots],
        "sensor": [plot.source for plot in plots],
        **{name: [getattr(plot, name) for plot in plots] for name in list(COLUMNS)[2:]},
    }
    return pl.DataFrame(columns, schema=COLUMNS)
