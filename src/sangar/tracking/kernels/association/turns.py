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
from sangar.tracking.kernels.out_of_sequence.late import is_late
from sangar.tracking.kernels.visibility.hearing import last_seen_s

CONFIRMED = np.int64(TrackStatus.CONFIRMED)

TURN_SHARE = 0.95
"""A body is due after this share of a period: what crosses a turning radar's view comes a few hundredths early."""
DUE_LOOKS = 4.5
"""A sensor that has missed a body in so many looks is not about to see it now."""
SECOND_COST = 4.605170185988092
"""One body in a hundred is reported twice in a look, ln 100."""

HAD_ITS_TURN, IS_DUE = 1, 2


@kernel
def turn_of(track, detection_s, sensor, sensor_row):
    """Whether a confirmed track had its detection of a look already, or is due to have it; 0 where neither is known."""
    if track["status"] < CONFIRMED or is_late(track, detection_s):
        return 0
    looks = (detection_s - last_seen_s(track, sensor_row)) / sensor["period_s"]
    if looks < TURN_SHARE:
        return HAD_ITS_TURN
    return IS_DUE if looks < DUE_LOOKS else 0


@kernel
def let_others_have_theirs(count, tracks, batch, time_s, sensor, sensor_row, work):
    """Make dearer what tracks that had their turn would take from those that are due.

    Args:
        count: rows of the assignment.
        tracks, batch, time_s, sensor, sensor_row, work: as `track_batch` takes them; costs of pairs are changed.
    """
    if count < 2 or time_s - sensor["looked_s"] >= TURN_SHARE * sensor["period_s"]:
        return  # the batch holds a whole look
    for d in range(batch.shape[0]):
        work.columns[d]["wanted"] = 0
    for asked in (IS_DUE, HAD_ITS_TURN):
        for r in range(count):
            row = work.rows[r]
            track = tracks.rows[row["track"]]
            for k in range(row["first"], row["last"]):
                d = work.pairs[k]["detection"]
                if turn_of(track, batch[d]["time_s"], sensor, sensor_row) != asked:
                    continue
                if asked == IS_DUE:
                    work.columns[d]["wanted"] = 1
                else:
                    work.pairs[k]["cost"] += SECOND_COST * work.columns[d]["wanted"]
