"""The detections table: checked, completed from the site file, sorted, and turned into records of the core.

Nothing else of the table reaches the tracker: columns of names, addresses or classes stay here.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sangar.adapters.tables.files import (
    number_column,
    printable,
    read_table,
    require_columns,
    text_column,
    word_column,
    write_table,
)
from sangar.core.arrays import Indices, Series
from sangar.core.detections import (
    ALTITUDE,
    AZIMUTH,
    DETECTION,
    EAST,
    ELEVATION,
    MEASURED_COUNT,
    NO_CLASS,
    NORTH,
    RANGE,
    RANGE_RATE,
    UP,
)
from sangar.core.errors import ConfigurationError
from sangar.core.frames import SiteFrame
from sangar.core.targets import TargetClass
from sangar.scenario.site import Site

REQUIRED = ("time_s", "sensor")

MEASURED_COLUMNS = {
    "range_m": RANGE,
    "azimuth_rad": AZIMUTH,
    "elevation_rad": ELEVATION,
    "range_rate_mps": RANGE_RATE,
    "altitude_m": ALTITUDE,
}
"""Measured columns and their places in a record; `latitude_deg` and `longitude_deg` become east and north."""

SIGMA_COLUMNS = {
    "sigma_range_m": (RANGE,),
    "sigma_azimuth_rad": (AZIMUTH,),
    "sigma_elevation_rad": (ELEVATION,),
    "sigma_range_rate_mps": (RANGE_RATE,),
    "sigma_altitude_m": (ALTITUDE, UP),
    "sigma_horizontal_m": (EAST, NORTH),
    "sigma_east_m": (EAST,),
    "sigma_north_m": (NORTH,),
}
"""Optional columns that say better than the site file how accurate a row is (1 sigma)."""

CLASSES = {target_class.name.lower(): int(target_class) for target_class in TargetClass}
"""The words of the optional column `class_report`."""

BOUNDS = {
    RANGE: (0.0, 1e6),
    AZIMUTH: (-2.0 * np.pi, 2.0 * np.pi),
    ELEVATION: (-np.pi / 2.0, np.pi / 2.0),
    RANGE_RATE: (-1e5, 1e5),
    ALTITUDE: (-1e3, 1e6),
}
"""No sensor measures outside these; a row that does is damaged, or in other units."""


class DetectionCounts(NamedTuple):
    """What became of the rows of a detections table.

    Attributes:
        rows: in the file.
        accepted: given to the tracker.
        without_time: time empty or not finite; rejected.
        without_sensor: sensor empty; rejected.
        without_measurement: nothing measured; rejected.
        out_of_bounds: a measured number no sensor can give; rejected.
        out_of_order: accepted rows older than one before them; sorted in.
        sigma_replaced: sigma cells not finite or not positive; the site's accuracy taken.
        class_not_used: class reports of sensors of which the site file says not how good theirs are.
    """

    rows: int
    accepted: int
    without_time: int
    without_sensor: int
    without_measurement: int
    out_of_bounds: int
    out_of_order: int
    sigma_replaced: int
    class_not_used: int = 0

    @property
    def rejected(self) -> int:
        """Rows the tracker does not get."""
        return self.rows - self.accepted


class DetectionTable(NamedTuple):
    """Detections in order of time.

    Attributes:
        detections: (D,) records of `DETECTION`; `row` is the row of the file, from 0.
        sensor: (D,) row of the site's sensor table.
        counts: what was rejected and mended.
    """

    detections: NDArray[np.void]
    sensor: Indices
    counts: DetectionCounts


NO_DETECTIONS = DetectionTable(
    np.zeros(0, DETECTION), np.zeros(0, np.int64), DetectionCounts(*[0] * len(DetectionCounts._fields))
)
"""A table of no rows."""


def read_detections(path: Path, site: Site) -> DetectionTable:
    """Read a detections table for a site.

    Raises:
        ConfigurationError: no such table, a required column missing, a column of the wrong type, a sensor the site
            does not know, or not one usable row.
    """
    return detections_of(read_table(path), path, site)


def write_detections(table: pl.DataFrame, path: Path) -> None:
    """Write a detections table.

    Raises:
        ConfigurationError: the suffix is unknown, or a required column is missing.
        PortError: the file cannot be written.
    """
    require_columns(table, path, REQUIRED)
    write_table(table, path)


def detections_of(table: pl.DataFrame, path: Path, site: Site) -> DetectionTable:
    """The detections of a table already in memory; `path` names it in errors. Raises as `read_detections`."""
    require_columns(table, path, REQUIRED)
    time_s = number_column(table, path, "time_s")
    named = text_column(table, "sensor")
    sensor = _sensor_rows(named, path, site)
    records, out_of_bounds = _measured(table, path, site.frame)
    sigma_replaced = _fill_sigma(records, table, path, sensor, site)
    records["time_s"] = time_s
    records["snr_db"] = _finite_or_nan(number_column(table, path, "snr_db"))
    records["rcs_dbsm"] = _finite_or_nan(number_column(table, path, "rcs_dbsm"))
    records["class_report"] = word_column(table, path, "class_report", CLASSES, NO_CLASS)

    timeless = ~np.isfinite(time_s)
    homeless = ~timeless & (sensor < 0)
    wild = ~timeless & ~homeless & out_of_bounds
    empty = ~timeless & ~homeless & ~wild & np.isnan(records["measured"]).all(axis=1)
    kept = np.flatnonzero(~(timeless | homeless | wild | empty))
    counts = DetectionCounts(
        rows=table.height,
        accepted=kept.size,
        without_time=int(timeless.sum()),
        without_sensor=int(homeless.sum()),
        without_measurement=int(empty.sum()),
        out_of_bounds=int(wild.sum()),
        out_of_order=_out_of_order(time_s[kept]),
        sigma_replaced=sigma_replaced,
        class_not_used=_class_not_used(records, sensor, site),
    )
    if kept.size == 0:
        reasons = ", ".join(f"{name} {count}" for name, count in counts._asdict().items() if count)
        raise ConfigurationError(
            str(path), "", f"not one row can be used ({reasons})", "check the units: metres, radians, seconds, degrees"
        )
    order = kept[np.lexsort((sensor[kept], time_s[kept]))]
    return DetectionTable(records[order], sensor[order], counts)


def _sensor_rows(named: NDArray[np.object_], path: Path, site: Site) -> Indices:
    """Row of the sensor table of each detection, -1 where the cell is empty."""
    known = site.sensor_rows
    for name in dict.fromkeys(named):
        if name is not None and name not in known:
            row = int(np.flatnonzero(named == name)[0])
            there = ", ".join(known) or "none"
            problem = f"{printable(name)} in row {row} is no sensor of the site (it has: {there})"
            raise ConfigurationError(str(path), "sensor", problem, "add it to the site file or correct the id")
    return np.array([-1 if name is None else known[name] for name in named], dtype=np.int64)


def _measured(table: pl.DataFrame, path: Path, frame: SiteFrame) -> tuple[NDArray[np.void], NDArray[np.bool_]]:
    """Records with `row` and `measured` filled, and which of them carry impossible numbers."""
    records = np.zeros(table.height, DETECTION)
    records["row"] = np.arange(table.height)
    measured = np.full((table.height, MEASURED_COUNT), np.nan)
    wild = np.zeros(table.height, np.bool_)
    for name, place in MEASURED_COLUMNS.items():
        measured[:, place] = number_column(table, path, name)
        low, high = BOUNDS[place]
        wild |= ~(np.isnan(measured[:, place]) | ((measured[:, place] >= low) & (measured[:, place] <= high)))
    latitude_deg, longitude_deg = (number_column(table, path, name) for name in ("latitude_deg", "longitude_deg"))
    wild |= (np.abs(latitude_deg) > 90.0) | (np.abs(longitude_deg) > 360.0)
    _place_reports(measured, latitude_deg, longitude_deg, wild, frame)
    records["measured"] = measured
    return records, wild


def _place_reports(
    measured: NDArray[np.float64],
    latitude_deg: Series,
    longitude_deg: Series,
    wild: NDArray[np.bool_],
    frame: SiteFrame,
) -> None:
    """Turn latitude, longitude (and altitude, where given) into east, north (and up) of the site.

    A report without altitude is placed at the height of the site's reference point, and its up is left unmeasured.
    """
    placed = np.flatnonzero(~np.isnan(latitude_deg) & ~np.isnan(longitude_deg) & ~wild)
    altitude_m = measured[placed, ALTITUDE]
    high = ~np.isnan(altitude_m)
    geodetic = np.column_stack(
        [latitude_deg[placed], longitude_deg[placed], np.where(high, altitude_m, frame.altitude_m)]
    )
    position_m = frame.enu_from_geodetic(geodetic)
    measured[placed, EAST : UP + 1] = position_m
    measured[placed[~high], UP] = np.nan
    measured[placed, ALTITUDE] = np.nan  # it is in up now; one number must not count twice


def _fill_sigma(records: NDArray[np.void], table: pl.DataFrame, path: Path, sensor: Indices, site: Site) -> int:
    """Fill `sigma` from the table's own columns, else from the site; returns how many cells had to be replaced."""
    of_site = np.array([[1.0] * MEASURED_COUNT, *(entry.sigma for entry in site.sensors)])
    sigma = of_site[sensor + 1]
    replaced = 0
    for name, places in SIGMA_COLUMNS.items():
        stated = number_column(table, path, name)
        usable = np.isfinite(stated) & (stated > 0.0)
        replaced += int((~usable & ~np.isnan(stated)).sum())
        for place in places:
            sigma[usable, place] = stated[usable]
    records["sigma"] = sigma
    return replaced


def _class_not_used(records: NDArray[np.void], sensor: Indices, site: Site) -> int:
    """How many class reports come from sensors that have no table of their mistakes."""
    is_known = np.array([False, *(entry.classes is not None for entry in site.sensors)])
    return int(((records["class_report"] != NO_CLASS) & ~is_known[sensor + 1]).sum())


def _finite_or_nan(column: Series) -> Series:
    return np.where(np.isfinite(column), column, np.nan)


def _out_of_order(time_s: Series) -> int:
    newest_s = np.maximum.accumulate(time_s) if time_s.size else time_s
    return int((time_s < newest_s).sum())
