"""What a recording tells of the sensors heard in it."""

from collections import defaultdict
from itertools import pairwise
from statistics import median
from typing import NamedTuple

import numpy as np
import polars as pl

from sangar.adapters.asterix.category_010 import DETECTION_TYPES as SURFACE_TYPES
from sangar.adapters.asterix.category_010 import CycleStart
from sangar.adapters.asterix.category_034 import ServiceMessage
from sangar.core.frames import SiteFrame

LONGEST_ROTATION_S = 30.0
"""No surveillance antenna turns more slowly; a longer gap between two plots of an aircraft is a missed turn."""


class RecordedSensor(NamedTuple):
    """A sensor heard in a recording.

    Attributes:
        sensor: "SAC-SIC".
        plots: how many it gave.
        measures: "range", "azimuth" and, where told, "altitude" of a radar; "position" of a source of positions.
        is_surface: whether it watches an airfield's surface (category 010).
        period_s: time of one antenna turn or update cycle, from its service messages or, failing these, the median
            time between two plots of the same aircraft; NaN where neither is there.
        maximum_range_m: of its farthest plot; NaN of positions on the globe when nobody said where the sensor stands.
    """

    sensor: str
    plots: int
    measures: tuple[str, ...]
    is_surface: bool
    period_s: float
    maximum_range_m: float


def recorded_sensors(
    plots: pl.DataFrame, services: list[ServiceMessage], cycles: list[CycleStart], place: SiteFrame | None
) -> tuple[RecordedSensor, ...]:
    """The sensors of a recording in order of first appearance, from its plots and service messages."""
    turns: defaultdict[str, list[float]] = defaultdict(list)
    for message in services:
        if message.rotation_s > 0.0:
            turns[message.source].append(message.rotation_s)
    for source, gaps_s in _cycle_gaps(cycles).items():
        turns[source].extend(gaps_s)
    sensors = []
    for (sensor,), own in plots.group_by(["sensor"], maintain_order=True):
        period_s = median(turns[str(sensor)]) if turns[str(sensor)] else _revisit_s(own)
        is_surface = own["detection_type"].is_in(SURFACE_TYPES).any()
        measures, farthest_m = _measures(own), _farthest_m(own, place)
        sensors.append(RecordedSensor(str(sensor), own.height, measures, is_surface, period_s, farthest_m))
    return tuple(sensors)


def _cycle_gaps(cycles: list[CycleStart]) -> dict[str, list[float]]:
    """Times between two starts of an update cycle, of each source."""
    starts: defaultdict[str, list[float]] = defaultdict(list)
    for cycle in cycles:
        starts[cycle.source].append(cycle.time_of_day_s)
    return {
        source: [gap_s for gap_s in map(float, np.diff(times_s)) if 0.0 < gap_s < LONGEST_ROTATION_S]
        for source, times_s in starts.items()
    }


def _measures(plots: pl.DataFrame) -> tuple[str, ...]:
    """What a sensor measures, by the larger part of its plots."""
    if 2 * plots["range_m"].is_nan().sum() > plots.height:
        return ("position",)
    return ("range", "azimuth") if plots["altitude_m"].is_nan().all() else ("range", "azimuth", "altitude")


def _farthest_m(plots: pl.DataFrame, place: SiteFrame | None) -> float:
    """Distance of the farthest plot from the sensor, NaN where that is not known."""
    distances_m = plots["range_m"].to_numpy()
    if place is not None and "latitude_deg" in plots.columns:
        geodetic = plots.select("latitude_deg", "longitude_deg", pl.lit(place.altitude_m)).to_numpy()
        told = ~np.isnan(geodetic[:, 0])
        distances_m = np.concatenate(
            [distances_m, np.linalg.norm(place.enu_from_geodetic(geodetic[told])[:, :2], axis=1)]
        )
    known_m = distances_m[~np.isnan(distances_m)]
    return float(known_m.max()) if known_m.size else float("nan")


def _revisit_s(plots: pl.DataFrame) -> float:
    """Median time between two plots of the same aircraft, NaN where no aircraft was seen twice in a turn."""
    gaps = [
        later - earlier
        for _, own in plots.drop_nulls("mode_s_address").group_by(["mode_s_address"])
        for earlier, later in pairwise(sorted(own["time_s"].to_list()))
        if 0.5 < later - earlier < LONGEST_ROTATION_S
    ]
    return median(gaps) if gaps else float("nan")
