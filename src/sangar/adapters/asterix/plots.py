"""Target reports of a recording, sifted and laid out as rows of a detections table."""

from collections import Counter
from collections.abc import Iterable, Iterator
from math import isnan
from statistics import median

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sangar.adapters.asterix.target_report import NAN, TargetReport
from sangar.core.frames import SiteFrame

SECONDS_PER_DAY = 86_400.0
SURFACE_SIGMA_M = 30.0
"""1 sigma of the height of a target on the ground, taken to be the sensor's: towers and slopes lie within that."""

FEWEST_ON_GROUND = 30
"""Pressure altitudes of so many reports from the ground tell the day's weather."""

NUMBERS = ("sigma_east_m", "sigma_north_m")
NAMES = ("detection_type", "mode_s_address", "callsign", "mode3a", "radar_track", "target_type")
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

PLACED_COLUMNS: dict[str, type[pl.DataType]] = {
    "latitude_deg": pl.Float64,
    "longitude_deg": pl.Float64,
    "sigma_altitude_m": pl.Float64,
    "sigma_east_m": pl.Float64,
    "sigma_north_m": pl.Float64,
    "target_type": pl.String,
}
"""Further columns, left out where no row has anything in them."""


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


def usable_reports(reports: Iterable[TargetReport], seen: Counter[str]) -> Iterator[TargetReport]:
    """The reports the tracker can use; the others are counted in `seen`."""
    known: set[tuple[object, ...]] = set()
    for report in reports:
        place = (report.range_m, report.azimuth_rad, *_geodetic(report), report.east_m, report.north_m)
        key = (report.source, report.time_of_day_s, report.radar_track, tuple(None if isnan(n) else n for n in place))
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
        "extrapolated": report.is_extrapolated,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def tabulate_plots(plots: tuple[TargetReport, ...], place: SiteFrame | None) -> pl.DataFrame:
    """Rows of a detections table, each with its position in one form only.

    Args:
        plots: reports that have a position.
        place: the reference point of those that tell metres from it; needed where one does. What is on the ground is
            taken to be at its height, and what it tells of pressure altitudes mends those of what flies.
    """
    days, positions, weather_m = DayCounter(), _positions(plots, place), _weather_m(plots, place)
    heights = [_height(plot, place, weather_m) for plot in plots]
    columns: dict[str, Iterable[object]] = {
        "time_s": [days.unwrap(plot.time_of_day_s) for plot in plots],
        "sensor": [plot.source for plot in plots],
        "range_m": [plot.range_m if plot.is_polar else NAN for plot in plots],
        "azimuth_rad": [plot.azimuth_rad if plot.is_polar else NAN for plot in plots],
        "latitude_deg": positions[:, 0],
        "longitude_deg": positions[:, 1],
        "altitude_m": [height_m for height_m, _ in heights],
        "sigma_altitude_m": [sigma_m for _, sigma_m in heights],
        **{name: [getattr(plot, name) for plot in plots] for name in (*NUMBERS, *NAMES)},
    }
    further = {name: kind for name, kind in PLACED_COLUMNS.items() if _tells(columns[name])}
    schema = {**COLUMNS, **further}
    return pl.DataFrame({name: columns[name] for name in schema}, schema=schema)


def _tells(column: Iterable[object]) -> bool:
    """Whether there is anything in a column but NaN and None."""
    return any(not (value is None or (isinstance(value, float) and isnan(value))) for value in column)


def _geodetic(report: TargetReport) -> tuple[float, float]:
    """Latitude and longitude, NaN where they are not the position that is taken."""
    if report.is_polar or not report.is_geodetic:
        return NAN, NAN
    return report.latitude_deg, report.longitude_deg


def _weather_m(plots: tuple[TargetReport, ...], place: SiteFrame | None) -> float:
    """By how much pressure altitudes are too high that day, read off from what stands on the ground; NaN if unknown."""
    told_m = [plot.altitude_m for plot in plots if plot.is_on_ground and not isnan(plot.altitude_m)]
    return NAN if place is None or len(told_m) < FEWEST_ON_GROUND else median(told_m) - place.altitude_m


def _height(report: TargetReport, place: SiteFrame | None, weather_m: float) -> tuple[float, float]:
    """Height and its sigma, NaN where not known and where the site's sigma is meant."""
    if report.is_on_ground:
        return (NAN, NAN) if place is None else (place.altitude_m, SURFACE_SIGMA_M)
    if isnan(report.altitude_m) or isnan(report.sigma_altitude_m):
        return report.altitude_m, NAN
    if isnan(weather_m):
        return report.altitude_m, report.sigma_altitude_m
    return report.altitude_m - weather_m, SURFACE_SIGMA_M


def _positions(plots: tuple[TargetReport, ...], place: SiteFrame | None) -> NDArray[np.float64]:
    """(P, 2) latitude and longitude of the reports that are not polar, NaN of the others."""
    positions = np.array([_geodetic(plot) for plot in plots]).reshape(-1, 2)
    local = [row for row, plot in enumerate(plots) if not (plot.is_polar or plot.is_geodetic)]
    if place is not None and local:
        offsets_m = np.array([(plots[row].east_m, plots[row].north_m, 0.0) for row in local])
        positions[local] = place.geodetic_from_enu(offsets_m)[:, :2]
    return positions
