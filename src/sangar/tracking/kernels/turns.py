"""Whose turn it is: a sensor sees a body once in a look.

Where a batch holds a whole look that needs no saying: a body has one detection in it at most. A receiver of
transponders reports body by body, a turning radar sector by sector; then a track may have had its detection of this
look in an earlier batch, and what comes now is another's. Of two vehicles side by side one track would take the reports
of both, turn by turn, and the other starve. So where two confirmed tracks could have a detection, one that had its turn
in this look and one that this sensor saw in its last few looks but not yet in this one, it costs the former

    ln 1 / P(a second detection of a body in one look)

more. What nobody else could have is left to whom it fits, at the price it had.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.targets import TrackStatus
from sangar.tracking.kernels.hearing import last_seen_s
from sangar.tracking.kernels.late import is_late

CONFIRMED = np.int64(TrackStatus.CONFIRMED)

TURN_SHARE = 0.95
"""A body is due after this share of a period: what crosses a turning radar's view comes a few hundredths early."""
DUE_LOOKS = 4.5
"""A sensor that has missed a body in so many looks is not about to see it now."""
SECOND_COST = 4.605170185988092
"""One body in a hundred is reported twice in a look, ln 100."""

HAD_ITS_TURN, IS_DUE = 1, 2


@kernel
def turn_of(track, time_s, sensor, sensor_row):
    """Whether a confirmed track had its detection of this look, or is due to have it; 0 where neither can be said."""
    if track["status"] < CONFIRMED or is_late(track, time_s):
        return 0
    looks = (time_s - last_seen_s(track, sensor_row)) / sensor["period_s"]
    if looks < TURN_SHARE:
        return HAD_ITS_TURN
    return IS_DUE if looks < DUE_LOOKS else 0


@kernel
def _note_turns(count, tracks, time_s, sensor, sensor_row, work):
    """Write every row's turn, forget which of their detections were wanted; False where there is nothing to settle."""
    had, due = False, False
    for r in range(count):
        row = work.rows[r]
        row["turn"] = turn_of(tracks.rows[row["track"]], time_s, sensor, sensor_row)
        had, due = had or row["turn"] == HAD_ITS_TURN, due or row["turn"] == IS_DUE
        for k in range(row["first"], row["last"]):
            work.columns[work.pairs[k]["detection"]]["wanted"] = 0
    return had and due


@kernel
def let_others_have_theirs(count, tracks, time_s, sensor, sensor_row, work):
    """Make dearer what tracks that had their turn would take from those that are due.

    Args:
        count: rows of the assignment.
        tracks, time_s, sensor, sensor_row, work: as `track_batch` takes them; costs of pairs are changed.
    """
    if count < 2 or not _note_turns(count, tracks, time_s, sensor, sensor_row, work):
        return
    for r in range(count):
        row = work.rows[r]
        for k in range(row["first"], row["last"] if row["turn"] == IS_DUE else row["first"]):
            work.columns[work.pairs[k]["detection"]]["wanted"] = 1
    for r in range(count):
        row = work.rows[r]
        for k in range(row["first"], row["last"] if row["turn"] == HAD_ITS_TURN else row["first"]):
            work.pairs[k]["cost"] += SECOND_COST * work.columns[work.pairs[k]["detection"]]["wanted"]
