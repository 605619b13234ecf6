"""The table of track reports: what other trackers said of their tracks, or claimants of themselves, one row a report.

A tracks table of another Sangar is one. Positions are WGS84; velocities and covariances stand in the source's own east,
north and up, whose origin is the place the site file gives the source, and are turned into the site's.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sangar.adapters.tables.files import number_column, printable, read_table, require_columns, text_column, word_column
from sangar.adapters.tables.tracks import COVARIANCE_COLUMNS
from sangar.core.arrays import Indices, Rotation
from sangar.core.claims import ClaimedCategory
from sangar.core.detections import DETECTION
from sangar.core.errors import ConfigurationError
from sangar.core.targets import StandardIdentity
from sangar.core.track_reports import TRACK_REPORT, ReportStatus
from sangar.core.tracks import STATE_SIZE
from sangar.pipeline.ports import Batch
from sangar.scenario.site import Site

REQUIRED = ("time_s", "track", "latitude_deg", "longitude_deg")
VELOCITY_COLUMNS = ("east_mps", "north_mps", "up_mps")
SIGMA_COLUMNS = (
    "sigma_east_m",
    "sigma_north_m",
    "sigma_altitude_m",
    "sigma_east_mps",
    "sigma_north_mps",
    "sigma_up_mps",
)
"""What the source says of its accuracy where it gives no covariance; empty cells are filled from the site file."""

STATUSES = {status.name.lower(): int(status) for status in ReportStatus}
CATEGORIES = {category.name.lower(): int(category) for category in ClaimedCategory}
"""What a claimant of a cooperative source says it is, in the column `category`."""
IDENTITIES = {identity.name.lower(): int(identity) for identity in StandardIdentity}
BATCH_SPAN_S = 0.05
"""Reports of one source that lie within so much time go in together."""

LOWER = np.tril_indices(STATE_SIZE)


class ReportTable(NamedTuple):
    """Track reports in order of time.

    Attributes:
        reports: (R,) records of `TRACK_REPORT`; `row` is the row of the file, from 0.
        sensor: (R,) row of the site's sensor table.
        rejected: rows without time, number or place, or with impossible ones.
    """

    reports: NDArray[np.void]
    sensor: Indices
    rejected: int


def read_track_reports(path: Path, site: Site) -> ReportTable:
    """Read a table of track reports for a site.

    Raises:
        ConfigurationError: no such table, a column missing or of the wrong type, a source the site does not know or
            that is no tracker, or not one usable row.
    """
    return track_reports_of(read_table(path), path, site)


def track_reports_of(table: pl.DataFrame, path: Path, site: Site) -> ReportTable:
    """The reports of a table already in memory; `path` names it in errors. Raises as `read_track_reports`."""
    require_columns(table, path, REQUIRED)
    sensor = _sources(table, path, site)
    time_s, number = number_column(table, path, "time_s"), number_column(table, path, "track")
    records = np.zeros(table.height, TRACK_REPORT)
    records["row"] = np.arange(table.height)
    records["time_s"] = time_s
    records["status"] = word_column(table, path, "status", STATUSES, int(ReportStatus.CONFIRMED))
    records["identity"] = word_column(table, path, "identity", IDENTITIES, int(StandardIdentity.PENDING))
    is_claim = np.array([entry.is_cooperative for entry in site.sensors])[sensor]
    categories = word_column(table, path, "category", CATEGORIES, int(ClaimedCategory.NOT_TOLD))
    records["identity"] = np.where(is_claim, categories, records["identity"])
    has_place = _fill_states(records, table, path, sensor, site)
    has_number = np.isfinite(number) & (np.abs(number) < 2.0**53)
    records["number"][has_number] = number[has_number].astype(np.int64)
    ends = records["status"] == ReportStatus.ENDED
    kept = np.flatnonzero(np.isfinite(time_s) & has_number & (has_place | ends))
    if kept.size == 0:
        problem = "not one row has time, track number and place"
        raise ConfigurationError(str(path), "", problem, "check the units: seconds, degrees, metres")
    order = kept[np.lexsort((sensor[kept], time_s[kept]))]
    return ReportTable(records[order], sensor[order], table.height - kept.size)


def report_batches(table: ReportTable) -> Iterator[Batch]:
    """Batches in order of time: consecutive rows of one source that lie close together."""
    time_s, first, nothing = table.reports["time_s"], 0, np.zeros(0, DETECTION)
    for row in range(1, len(table.reports) + 1):
        is_same = row < len(table.reports) and table.sensor[row] == table.sensor[first]
        if is_same and time_s[row] - time_s[first] <= BATCH_SPAN_S:
            continue
        yield Batch(float(time_s[row - 1]), int(table.sensor[first]), nothing, table.reports[first:row])
        first = row


def _sources(table: pl.DataFrame, path: Path, site: Site) -> Indices:
    """Row of the sensor table of each report; the site's one tracker where the table has no such column."""
    trackers = {
        sensor.id: row for row, sensor in enumerate(site.sensors) if sensor.kind == "tracker" or sensor.is_cooperative
    }
    there = ", ".join(trackers) or "none"
    if "sensor" not in table.columns:
        if len(trackers) != 1:
            problem = f"the column is missing and the site has not one source of reports but {len(trackers)} ({there})"
            raise ConfigurationError(str(path), "sensor", problem, "add the column, or one sensor of kind 'tracker'")
        return np.full(table.height, next(iter(trackers.values())), dtype=np.int64)
    named = text_column(table, "sensor")
    for row, name in enumerate(named):
        if name not in trackers:
            problem = f"{printable(str(name))} in row {row} reports no tracks to the site (what does: {there})"
            mend = "add it to the site file with kind 'tracker', or of a cooperative kind"
            raise ConfigurationError(str(path), "sensor", problem, mend)
    return np.array([trackers[name] for name in named], dtype=np.int64)


def _fill_states(
    records: NDArray[np.void], table: pl.DataFrame, path: Path, sensor: Indices, site: Site
) -> NDArray[np.bool_]:
    """Fill mean and covariance in the site's frame; returns which rows have a place."""
    geodetic = np.column_stack([number_column(table, path, n) for n in ("latitude_deg", "longitude_deg", "altitude_m")])
    has_place = (np.abs(geodetic[:, 0]) <= 90.0) & (np.abs(geodetic[:, 1]) <= 360.0)
    has_height = np.isfinite(geodetic[:, 2])
    geodetic[~has_height, 2] = site.frame.altitude_m
    mean = np.full((table.height, STATE_SIZE), np.nan)
    mean[has_place, :3] = site.frame.enu_from_geodetic(np.ascontiguousarray(geodetic[has_place]))
    mean[~has_height, 2] = np.nan
    velocity_mps = np.column_stack([number_column(table, path, name) for name in VELOCITY_COLUMNS])
    covariance = _covariances(table, path, sensor, site)
    for row in np.unique(sensor):
        turned, own = _site_from_source(site, int(row)), sensor == row
        mean[own, 3:] = _turned(velocity_mps[own], turned)
        block = np.kron(np.eye(2), turned)
        covariance[own] = block @ covariance[own] @ block.T
    records["mean"], records["covariance"] = mean, covariance[:, LOWER[0], LOWER[1]]
    return np.asarray(has_place)


def _site_from_source(site: Site, row: int) -> Rotation:
    """Rotation that turns the source's east, north, up into the site's."""
    position_m = site.sensors[row].position_m(site.frame)
    place = site.frame.geodetic_from_enu(np.ascontiguousarray(position_m[None, :]))[0]
    rotation: Rotation = site.frame.local_from_site_rotation(float(place[0]), float(place[1])).T
    return rotation


def _turned(velocity_mps: NDArray[np.float64], rotation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Velocities turned; one that has no climb rate is turned as level flight and has none after it."""
    level = np.isnan(velocity_mps[:, 2])
    turned: NDArray[np.float64] = np.where(np.isnan(velocity_mps) & [False, False, True], 0.0, velocity_mps)
    turned = turned @ rotation.T
    turned[level, 2] = np.nan
    return turned


def _covariances(table: pl.DataFrame, path: Path, sensor: Indices, site: Site) -> NDArray[np.float64]:
    """(R, 6, 6) what the source says of its accuracy, and never less than the site file states."""
    usual = np.array([entry.report_sigma for entry in site.sensors])[sensor]
    least = np.array([entry.report_floor for entry in site.sensors])[sensor]
    sigma = np.column_stack([number_column(table, path, name) for name in SIGMA_COLUMNS])
    sigma = np.where(np.isfinite(sigma) & (sigma > 0.0), sigma, usual)
    covariance = np.zeros((table.height, STATE_SIZE, STATE_SIZE))
    covariance[:, range(STATE_SIZE), range(STATE_SIZE)] = sigma * sigma
    packed = np.column_stack([number_column(table, path, name) for name in COVARIANCE_COLUMNS])
    stated = np.isfinite(packed).all(axis=1)
    for (i, j), column in zip(zip(*LOWER, strict=True), packed.T, strict=True):
        covariance[stated, i, j] = covariance[stated, j, i] = column[stated]
    variance = covariance[:, range(STATE_SIZE), range(STATE_SIZE)]
    covariance[:, range(STATE_SIZE), range(STATE_SIZE)] += np.maximum(0.0, least * least - variance)
    return covariance
