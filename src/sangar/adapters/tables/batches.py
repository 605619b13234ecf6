"""Cutting a sorted detections table into batches, as a live sensor would have sent them."""

from collections.abc import Iterator

from sangar.adapters.tables.detections import DetectionTable
from sangar.core.arrays import Series
from sangar.pipeline.ports import Batch

SECTORS_PER_TURN = 16
"""A rotating radar sends its plots sector by sector; so many sectors make a turn."""


def batches_of(table: DetectionTable, period_s: Series) -> Iterator[Batch]:
    """Batches in order of time.

    Consecutive rows of one sensor belong together when their times lie within a sixteenth of the sensor's period of
    the first; rows of the same time always do.

    Args:
        table: detections in order of time.
        period_s: (S,) time between two looks of each sensor of the site.
    """
    detections, sensor = table.detections, table.sensor
    time_s = detections["time_s"]
    first = 0
    for row in range(1, len(detections) + 1):
        if row < len(detections) and sensor[row] == sensor[first]:
            window_s = period_s[sensor[first]] / SECTORS_PER_TURN
            if time_s[row] - time_s[first] <= window_s:
                continue
        yield Batch(float(time_s[row - 1]), int(sensor[first]), detections[first:row])
        first = row
