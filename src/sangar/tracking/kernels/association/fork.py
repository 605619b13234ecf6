"""Claims that come too early: a one-detection track offered a detection before its own could have come.

After one detection a body may be anywhere that its speed allows, and whatever is seen there looks like its second.
Where one batch holds all that a sensor sees in a look that does no harm: the track's own detection is in the batch too
and fits better. A rotating radar sends a look in sectors, other sensors report body by body; then the track's own
detection may be in a later batch, and a claim made before the track is due takes another body's. Among bodies that
stand close together that goes on for ever: each robbed track leaves its detection to begin another.

So an early claim comes after all others, and is made by a copy. The copy takes the detection and becomes a track of
two; the original stays as it was and waits for its own; and the detection begins a track of its own as if nobody had
claimed it. The next look tells which of the three was right, the others are missed and end.

Source: track splitting, Smith & Buechler (1975), A branching algorithm for discriminating and tracking multiple
objects, IEEE Trans. Automatic Control 20(1), kept to the second detection.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.tracking.kernels.management.rows import enrol, free_row
from sangar.tracking.kernels.out_of_sequence.late import is_late

DUE_SHARE = 0.998
"""A track is due after this share of its sensor's period; the rest is for clocks that count in 128ths of a second.
An antenna that turns a little fast makes copies that were not needed, and the next look ends them."""


@kernel
def is_early(track, time_s, sensor_row, sensor):
    """Whether a batch up to `time_s` ends before the sensor that began a one-detection track could see it again."""
    if track["hits"] > 1 or track["sensor"] != sensor_row or is_late(track, time_s):
        return False
    return time_s - track["time_s"] < DUE_SHARE * sensor["period_s"]


@kernel
def hold_back(count, tracks, time_s, sensor_row, sensor, rows):
    """Take the candidates of early tracks out of the assignment: what is due must not lose to what is not."""
    for r in range(count):
        row = rows[r]
        row["held"] = row["first"]
        if is_early(tracks.rows[row["track"]], time_s, sensor_row, sensor):
            row["held"], row["last"] = row["last"], row["first"]


@kernel
def claim_early(row, pairs, columns):
    """Give a row held back the best of its candidates that no due track took; False when there is none."""
    lowest = np.inf
    row["last"] = row["held"]
    for k in range(row["first"], row["last"]):
        d = pairs[k]["detection"]
        if columns[d]["taken"] == 0 and pairs[k]["cost"] < lowest:
            lowest = pairs[k]["cost"]
            row["column"] = d
    return lowest < np.inf


@kernel
def branch(tracks, i):
    """Copy track i to a free row under a number of its own; returns the row, -1 when the table is full."""
    j = free_row(tracks)
    if j >= 0:
        tracks.rows[j] = tracks.rows[i]
        tracks.rows[j]["place"] = j
        enrol(tracks, tracks.rows[j])
    return j
