"""What a recording tells of the radars heard in it."""

from collections import defaultdict
from itertools import pairwise
from statistics import median
from typing import NamedTuple

import polars as pl

from sangar.adapters.asterix.category_034 import ServiceMessage

LONGEST_ROTATION_S = 30.0
"""No surveillance antenna turns more slowly; a longer gap between two plots of an aircraft is a missed turn."""


class RecordedSensor(NamedTuple):
    """A radar heard in a recording.

    Attributes:
        sensor: "SAC-SIC".
        plots: how many it gave.
        period_s: time of one antenna turn, from its service messages or, failing these, the median time between two
            plots of the same aircraft; NaN where neither is there.
        maximum_range_m: of its farthest plot.
    """

    sensor: str
    plots: int
    period_s: float
    maximum_range_m: float


def recorded_sensors(plots: pl.DataFrame, services: list[ServiceMessage]) -> tuple[RecordedSensor, ...]:
    """The radars of a recording in order of first appearance, from its plots and service messages."""
    turns: defaultdict[str, list[float]] = defaultdict(list)
    for message in services:
        if message.rotation_s > 0.0:
            turns[message.source].append(message.rotation_s)
    sensors = []
    for (sensor,), own in plots.group_by(["sensor"], maintain_order=True):
        period_s = median(turns[str(sensor)]) if turns[str(sensor)] else _revisit_s(own)
        farthest_m = max(own["range_m"].to_list())
        sensors.append(RecordedSensor(str(sensor), own.height, period_s, farthest_m))
    return tuple(sensors)


def _revisit_s(plots: pl.DataFrame) -> float:
    """Median time between two plots of the same aircraft, NaN where no aircraft was seen twice in a turn."""
    gaps = [
        later - earlier
        for _, own in plots.drop_nulls("mode_s_address").group_by(["mode_s_address"])
        for earlier, later in pairwise(sorted(own["time_s"].to_list()))
        if 0.5 < later - earlier < LONGEST_ROTATION_S
    ]
    return median(gaps) if gaps else float("nan")
