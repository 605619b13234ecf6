"""Reports that were delivered before: the same sensor, time and numbers to the last bit.

Each report leaves one number, a weighted sum of what it measured. Buckets of seven remember the newest of them, so a
repeat is recognised until seven newer reports have fallen into its bucket: seconds later in a full sky, minutes later
otherwise. The memory is fixed, and a flood only makes it shorter.

Two different reports of one sensor have one sum about once in 10^11 among those remembered.
"""

import numpy as np

from sangar.core.detections import MEASURED_COUNT
from sangar.core.jit import kernel
from sangar.core.prefetch import prefetch
from sangar.core.tracks import BUCKET_SIZE, DUPLICATE_COUNT

GOLDEN_SHARE = 0.6180339887498949
SENSOR_WEIGHT, TIME_WEIGHT = 314159.26535897932, 2718.281828459045
WEIGHTS = (
    1.4142135623730951,  # range, m
    1732050.8075688772,  # azimuth, rad
    2236067.9774997896,  # elevation, rad
    264.57513110645908,  # range rate, m/s
    3.3166247903553998,  # altitude, m
    3.6055512754639891,  # east, m
    4.1231056256176606,  # north, m
    4.3588989435406735,  # up, m
)
"""Irrational, and so large that a sensor's finest step in any of the numbers changes the sum."""
AHEAD = 8
"""Detections between asking for a bucket and looking into it."""


@kernel
def _print_of(detection, sensor_row):
    """The number a report leaves."""
    measured = detection["measured"]
    first, second = SENSOR_WEIGHT * (sensor_row + 1), TIME_WEIGHT * detection["time_s"]
    for c in range(0, MEASURED_COUNT, 2):  # two sums: each waits for its last addition only
        even, odd = measured[c], measured[c + 1]
        first += 0.0 if np.isnan(even) else WEIGHTS[c] * even
        second += 0.0 if np.isnan(odd) else WEIGHTS[c + 1] * odd
    return first + second


@kernel
def _bucket_of(mark, prints):
    """Which bucket remembers a number."""
    share = mark * GOLDEN_SHARE
    return int((share - np.floor(share)) * prints.shape[0])


@kernel
def _was_delivered(mark, bucket):
    """Whether this number is remembered in its bucket; it is from now on."""
    marks, is_known = bucket["marks"], False
    for k in range(BUCKET_SIZE):  # all of them, without a branch
        is_known |= marks[k] == mark
    if is_known:
        return True
    marks[bucket["next"]] = mark
    bucket["next"] = bucket["next"] + 1 if bucket["next"] + 1 < BUCKET_SIZE else 0
    return False


@kernel
def mark_repeats(batch, sensor_row, prints, columns):
    """Mark in `columns` which detections were delivered before.

    A bucket may lie anywhere in the memory: it is asked for a few detections before it is looked into.

    Args:
        batch: (n,) records of `DETECTION`, as the sensor sent them.
        sensor_row: the sensor that measured them.
        prints: records of `BUCKET` of the track table.
        columns: records of `COLUMN`.
    """
    count = batch.shape[0]
    for n in range(count + AHEAD):
        if n < count:
            mark = _print_of(batch[n], sensor_row)
            columns[n]["mark"] = mark
            if np.isfinite(mark):
                prefetch(prints[_bucket_of(mark, prints)])
        d = n - AHEAD
        if d >= 0:
            mark = columns[d]["mark"]
            is_known = np.isfinite(mark) and _was_delivered(mark, prints[_bucket_of(mark, prints)])
            columns[d]["repeated"] = 1 if is_known else 0


@kernel
def leave_out_repeats(count, counters, columns):
    """Take the mark of the admitted from what was delivered before, and count it."""
    for d in range(count):
        if columns[d]["admitted"] == 1 and columns[d]["repeated"] == 1:
            columns[d]["admitted"] = 0
            counters[DUPLICATE_COUNT] += 1
