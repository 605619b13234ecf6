"""Recorded arrival times, solved into the columns of a detections table.

A row of the transmissions file is one transmission: `aircraft`, `geoAltitude` and `baroAltitude` (m) as the aircraft
tells them, and `measurements`, a JSON text of [receiver, arrival time in nanoseconds, signal strength]. A row of the
receivers file is one receiver: `serial`, `latitude`, `longitude` (degrees), `height` (m above the ellipsoid), `good`.
The aircraft's own `latitude` and `longitude` are never read.

Source: Schäfer, Strohmeier, Leonardi & Lenders (2021), LocaRDS: a localization reference data set, Sensors 21(16).
"""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from sangar.adapters.tables.files import number_column, read_table, require_columns, text_column
from sangar.core.arrays import Series
from sangar.core.errors import ConfigurationError
from sangar.core.frames import ecef_from_geodetic, enu_from_ecef_rotation, geodetic_from_ecef
from sangar.tracking.multilateration import Fix, Multilateration, MultilaterationSettings

NANOSECONDS_PER_SECOND = 1e9
COLUMNS: dict[str, type[pl.DataType]] = {
    "time_s": pl.Float64,
    "sensor": pl.String,
    "latitude_deg": pl.Float64,
    "longitude_deg": pl.Float64,
    "altitude_m": pl.Float64,
    "sigma_east_m": pl.Float64,
    "sigma_north_m": pl.Float64,
    "sigma_altitude_m": pl.Float64,
    "target": pl.String,
    "receivers": pl.Int64,
    "cost_ratio": pl.Float64,
    "transmission": pl.Int64,
}
"""The columns a recording gives; those from `target` on are for people and for scoring."""

SENSOR = "multilateration"
FEWEST_MEASUREMENTS = 4
"""Three coordinates and the instant of sending: a told altitude is one measurement."""


class MultilaterationCounts(NamedTuple):
    """What a recording held and what was left out.

    Attributes:
        transmissions: rows of the file.
        unreadable: of these, rows whose measurements or time cannot be read.
        too_few_receivers: of these, rows heard by fewer good receivers than a place needs.
        no_fit: of these, rows whose arrival times fit no place.
        positions: rows of the table.
        receivers: that heard something.
    """

    transmissions: int
    unreadable: int
    too_few_receivers: int
    no_fit: int
    positions: int
    receivers: int


class MultilaterationRecording(NamedTuple):
    """The positions in columns of a detections table, and the counts."""

    positions: pl.DataFrame
    counts: MultilaterationCounts


class _Receivers(NamedTuple):
    """Receivers by their serial number; (R, 3) where they stand."""

    row: dict[int, int]
    position_ecef_m: NDArray[np.float64]


def read_multilateration(
    transmissions: Path, receivers: Path, settings: MultilaterationSettings | None = None
) -> MultilaterationRecording:
    """Read arrival times and solve each transmission for its place, in the order of the file.

    Raises:
        ConfigurationError: a file or column is missing or wrong, or not one place comes of it.
    """
    known = _read_receivers(receivers)
    table = read_table(transmissions)
    require_columns(table, transmissions, ("measurements",))
    altitude_m = number_column(table, transmissions, "geoAltitude")
    pressure_m = number_column(table, transmissions, "baroAltitude")
    altitude_m = np.where(np.isnan(altitude_m), pressure_m, altitude_m)
    target = text_column(table, "aircraft") if "aircraft" in table.columns else [None] * table.height
    system, seen = Multilateration(known.position_ecef_m, settings), Counter[str]()
    rows = []
    for row, text in enumerate(text_column(table, "measurements")):
        heard = _heard(text, known)
        if heard is None:
            seen["unreadable"] += 1
            continue
        numbers, arrival_s = heard
        if np.unique(numbers).size + np.isfinite(altitude_m[row]) < FEWEST_MEASUREMENTS:
            seen["few"] += 1
            continue
        fix = system.locate(numbers, arrival_s, float(altitude_m[row]))
        if fix is None:
            seen["no fit"] += 1
            continue
        rows.append((float(arrival_s.min()), SENSOR, *_place(fix), target[row], len(numbers), fix.cost_ratio, row))
    if not rows:
        problem = f"not one of {table.height} transmissions has a place"
        mend = "check that the receivers' file belongs to it and that times are nanoseconds"
        raise ConfigurationError(str(transmissions), "measurements", problem, mend)
    counts = MultilaterationCounts(
        transmissions=table.height,
        unreadable=seen["unreadable"],
        too_few_receivers=seen["few"],
        no_fit=seen["no fit"],
        positions=len(rows),
        receivers=int((system.receptions > 0).sum()),
    )
    return MultilaterationRecording(pl.DataFrame(rows, schema=COLUMNS, orient="row").sort("time_s"), counts)


def _read_receivers(path: Path) -> _Receivers:
    table = read_table(path)
    names = ("serial", "latitude", "longitude", "height")
    require_columns(table, path, names)
    numbers = np.column_stack([number_column(table, path, name) for name in names])
    sound = np.isfinite(numbers).all(axis=1) & (np.abs(numbers[:, 1]) <= 90.0) & (np.abs(numbers[:, 2]) <= 360.0)
    if "good" in table.columns:
        sound &= np.array([str(word).lower() != "false" for word in text_column(table, "good")])
    if not sound.any():
        raise ConfigurationError(
            str(path), "", "holds no receiver with a place", "give serial, latitude, longitude, height"
        )
    kept = numbers[sound]
    row = {int(serial): place for place, serial in enumerate(kept[:, 0])}
    return _Receivers(row, ecef_from_geodetic(np.ascontiguousarray(kept[:, 1:])))


def _heard(text: str | None, known: _Receivers) -> tuple[NDArray[np.int64], Series] | None:
    """Rows of the known receivers in a transmission's measurements, and their arrival times; None if unreadable."""
    try:
        listed = msgspec.json.decode(text or "", type=list[tuple[float, float, float | None]])
    except msgspec.DecodeError:
        return None
    heard = [(known.row[int(serial)], arrival_ns) for serial, arrival_ns, _ in listed if int(serial) in known.row]
    numbers = np.array([number for number, _ in heard], dtype=np.int64)
    arrival_s = np.array([arrival_ns for _, arrival_ns in heard], dtype=np.float64) / NANOSECONDS_PER_SECOND
    return numbers, arrival_s


def _place(fix: Fix) -> tuple[float, float, float, float, float, float]:
    """Latitude, longitude, altitude, and sigmas towards east, north and up that hide no correlation.

    A diagonal matrix whose elements are the sums of the absolute values in each row is not smaller than the covariance
    in any direction (Gershgorin): what cannot be said in three sigmas makes them larger.
    """
    latitude_deg, longitude_deg, altitude_m = geodetic_from_ecef(fix.position_ecef_m[None, :])[0]
    rotation = enu_from_ecef_rotation(float(latitude_deg), float(longitude_deg))
    covariance = rotation @ fix.covariance_m2 @ rotation.T
    sigma_m = np.sqrt(np.abs(covariance).sum(axis=1))
    east_m, north_m, up_m = (float(part) for part in sigma_m)
    return float(latitude_deg), float(longitude_deg), float(altitude_m), east_m, north_m, up_m
