"""A recording of category 062, read into the columns of a table of track reports."""

from collections import Counter
from collections.abc import Iterator
from math import isnan
from pathlib import Path
from typing import NamedTuple

import polars as pl

from sangar.adapters.asterix import category_062
from sangar.adapters.asterix.category_062 import SystemTrack, decode_system_tracks
from sangar.adapters.asterix.plots import DayCounter
from sangar.adapters.asterix.recording import read_blocks
from sangar.core.errors import ConfigurationError, WireError

NUMBERS = (
    "latitude_deg",
    "longitude_deg",
    "altitude_m",
    "east_mps",
    "north_mps",
    "up_mps",
    "sigma_east_m",
    "sigma_north_m",
    "sigma_altitude_m",
    "sigma_east_mps",
    "sigma_north_mps",
    "sigma_up_mps",
)
NAMES = ("mode_s_address", "callsign", "mode3a")
COLUMNS: dict[str, type[pl.DataType]] = {
    "time_s": pl.Float64,
    "sensor": pl.String,
    "track": pl.Int64,
    "status": pl.String,
    **dict.fromkeys(NUMBERS, pl.Float64),
    **dict.fromkeys(NAMES, pl.String),
}
"""The columns a recording gives; the last three are for people and for scoring."""


class SystemTrackCounts(NamedTuple):
    """What a recording held and what was left out.

    Attributes:
        blocks: data blocks found.
        lost_octets: octets that belong to no block.
        other_packets: packets of a capture that carry no UDP datagram.
        malformed_blocks: blocks of category 062 that do not follow its specification; left out whole.
        other_categories: blocks of other categories.
        messages: category 062 records.
        without_source: of these, records that do not say who they are from, or which track; left out.
        test_tracks: of these, simulated tracks; left out.
        without_position: of these, records without a WGS84 position; left out.
        without_time: of these, records without time of track; left out.
        reports: rows of the table.
    """

    blocks: int
    lost_octets: int
    other_packets: int
    malformed_blocks: int
    other_categories: int
    messages: int
    without_source: int
    test_tracks: int
    without_position: int
    without_time: int
    reports: int


class SystemTracks(NamedTuple):
    """A recording: the reports in columns of a table, and the counts."""

    reports: pl.DataFrame
    counts: SystemTrackCounts


def read_system_tracks(path: Path) -> SystemTracks:
    """Read a file of concatenated data blocks or a pcap capture of ASTERIX over UDP.

    Raises:
        ConfigurationError: the file cannot be read, or holds no system track with a position.
    """
    blocks, lost_octets, other_packets = read_blocks(path)
    messages: list[SystemTrack] = []
    seen: Counter[str] = Counter()
    for block in blocks:
        if block.category != category_062.CATEGORY:
            seen["other category"] += 1
            continue
        try:
            messages.extend(decode_system_tracks(block.records))
        except WireError:
            seen["malformed"] += 1
    usable = tuple(_usable(messages, seen))
    if not usable:
        found = ", ".join(f"{category:03d}" for category in sorted({block.category for block in blocks})) or "none"
        problem = f"no category 062 record with a position in it (categories found: {found})"
        raise ConfigurationError(str(path), "", problem, "give a recording of system tracks, as .ast, .raw or pcap")
    counts = SystemTrackCounts(
        blocks=len(blocks),
        lost_octets=lost_octets,
        other_packets=other_packets,
        malformed_blocks=seen["malformed"],
        other_categories=seen["other category"],
        messages=len(messages),
        without_source=seen["no source"],
        test_tracks=seen["test"],
        without_position=seen["no position"],
        without_time=seen["no time"],
        reports=len(usable),
    )
    return SystemTracks(_table(usable), counts)


def _usable(messages: list[SystemTrack], seen: Counter[str]) -> Iterator[SystemTrack]:
    """The messages the tracker can use; the others are counted in `seen`. An end needs no position."""
    for message in messages:
        reasons = {
            "no source": not message.source or message.number is None,
            "test": message.is_test,
            "no position": not message.has_position and message.status != "ended",
            "no time": isnan(message.time_of_day_s),
        }
        reason = next((reason for reason, holds in reasons.items() if holds), "")
        if reason:
            seen[reason] += 1
        else:
            yield message


def _table(messages: tuple[SystemTrack, ...]) -> pl.DataFrame:
    days = DayCounter()
    columns = {
        "time_s": [days.unwrap(message.time_of_day_s) for message in messages],
        "sensor": [message.source for message in messages],
        "track": [message.number for message in messages],
        "status": [message.status for message in messages],
        **{name: [getattr(message, name) for message in messages] for name in (*NUMBERS, *NAMES)},
    }
    return pl.DataFrame(columns, schema=COLUMNS)
