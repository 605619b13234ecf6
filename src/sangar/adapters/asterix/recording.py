"""A recording of ASTERIX data blocks, read into the columns of a detections table."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import polars as pl

from sangar.adapters.asterix import category_010, category_034, category_048
from sangar.adapters.asterix.blocks import Block, Framing, split_blocks
from sangar.adapters.asterix.category_010 import CycleStart, decode_surface_messages
from sangar.adapters.asterix.category_034 import ServiceMessage, decode_service_messages
from sangar.adapters.asterix.category_048 import decode_target_reports
from sangar.adapters.asterix.pcap import is_capture, read_capture
from sangar.adapters.asterix.plots import tabulate_plots, usable_reports
from sangar.adapters.asterix.sensors import RecordedSensor, recorded_sensors
from sangar.adapters.asterix.target_report import TargetReport
from sangar.core.errors import ConfigurationError, WireError
from sangar.core.frames import SiteFrame

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
        service_messages: category 034 records, and those of category 010 that report no target.
        reports: category 048 records, and category 010 target reports.
        without_source: of these, reports that do not say which sensor they are from; left out.
        test_reports: of these, simulated or test targets; left out.
        field_monitors: of these, fixed transponders for calibration; left out.
        without_position: of these, reports that do not say where; left out.
        without_time: of these, reports without time of day; left out.
        extrapolated: of these, reports of type "no detection", or marked as coasting, with a position: the sensor's
            own tracker expected the target there and saw nothing; left out, for a guess is no measurement.
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
    """A recording: the plots in columns of a detections table, the sensors, the counts."""

    plots: pl.DataFrame
    sensors: tuple[RecordedSensor, ...]
    counts: RecordingCounts


class _Messages(NamedTuple):
    """What the blocks of a recording said, in order."""

    reports: list[TargetReport]
    services: list[ServiceMessage]
    cycles: list[CycleStart]
    seen: Counter[str]


def read_recording(path: Path, progress: Progress | None = None, place: SiteFrame | None = None) -> Recording:
    """Read a file of concatenated data blocks (`.ast`, `.raw`) or a pcap capture of ASTERIX over UDP.

    Args:
        path: the file.
        progress: told how far the reading is.
        place: the sources' reference point, for those that tell positions in metres from it.

    Raises:
        ConfigurationError: the file cannot be read, holds no target report with a position, or its positions need a
            reference point that was not given.
    """
    blocks, lost_octets, other_packets = read_blocks(path)
    messages = _Messages([], [], [], Counter())
    for number, block in enumerate(blocks):
        if progress is not None:
            progress(number, len(blocks))
        _decode_block(block, messages)
    seen = messages.seen
    plots = tuple(usable_reports(messages.reports, seen))
    _require(plots, blocks, place, path)
    counts = RecordingCounts(
        blocks=len(blocks),
        lost_octets=lost_octets,
        other_packets=other_packets,
        malformed_blocks=seen["malformed"],
        other_categories=seen["other category"],
        service_messages=len(messages.services) + len(messages.cycles) + seen["other message"],
        reports=len(messages.reports),
        without_source=seen["no source"],
        test_reports=seen["test"],
        field_monitors=seen["field monitor"],
        without_position=seen["no position"],
        without_time=seen["no time"],
        extrapolated=seen["extrapolated"],
        duplicates=seen["duplicate"],
        plots=len(plots),
    )
    table = tabulate_plots(plots, place)
    return Recording(table, recorded_sensors(table, messages.services, messages.cycles, place), counts)


def _require(plots: tuple[TargetReport, ...], blocks: tuple[Block, ...], place: SiteFrame | None, path: Path) -> None:
    """Refuse a recording without plots, or with positions about a point that nobody told."""
    if not plots:
        found = ", ".join(f"{category:03d}" for category in sorted({block.category for block in blocks})) or "none"
        raise ConfigurationError(
            str(path),
            "",
            f"no category 010 or 048 report with a position in it (categories found: {found})",
            "give a recording of a sensor's target reports, as .ast, .raw or pcap",
        )
    local = next((plot for plot in plots if not (plot.is_polar or plot.is_geodetic)), None)
    if place is None and local is not None:
        problem = f"sensor {local.source} tells positions in metres from a reference point that ASTERIX does not say"
        raise ConfigurationError(str(path), "", problem, "give it with --latitude, --longitude and --altitude")


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


def _decode_block(block: Block, messages: _Messages) -> None:
    try:
        if block.category == category_048.CATEGORY:
            messages.reports.extend(decode_target_reports(block.records))
        elif block.category == category_034.CATEGORY:
            messages.services.extend(decode_service_messages(block.records))
        elif block.category == category_010.CATEGORY:
            read = decode_surface_messages(block.records)
            messages.reports.extend(read.reports)
            messages.cycles.extend(read.cycles)
            messages.seen["other message"] += read.other_messages
        else:
            messages.seen["other category"] += 1
    except WireError:
        messages.seen["malformed"] += 1
