"""Whether a sensor's times run ahead of everybody else's: its clock is wrong, or all the others come late.

One clock that is two seconds ahead moves the tracks it sees two seconds ahead: the others' bearings all come late for
them, and it alone says how they go on, which one camera cannot. A sensor of bearings that is ahead of all others, look
after look, is not used and left out. Its looks wait (`held_looks`) until the others have told where bodies were, and
are then compared: it is put right where its clock explains them, and used as it stands where they fit and the others
are late. A radar is not left out for being ahead, for it knows where bodies are, only for being wrong; its looks wait
then too.

How far the others come behind is learnt from their own looks (`lag_s`), so a pause in what they send makes nobody lead.
"""

import numpy as np

from sangar.core.jit import kernel

LEAD_S = 0.5
LONGEST_LEAD_S = 5.0
"""A sensor that is farther behind is taken for silent; what is farther ahead is not believed (`pipeline`'s clock)."""
FEWEST_BEHIND = 2
"""Of two clocks that differ nobody can say which one is wrong."""


@kernel
def lead_of(sensors, sensor_row, time_s):
    """By how much a time is ahead of the newest look of all others, in s; not below 0, 0 where there is none."""
    newest_s = -np.inf
    for s in range(sensors.shape[0]):
        if s != sensor_row:
            newest_s = max(newest_s, sensors[s]["looked_s"])
    return max(time_s - newest_s, 0.0) if newest_s > -np.inf else 0.0


@kernel
def leads_all(sensors, sensor_row, time_s):
    """Whether a sensor of bearings, or any that is left out, is ahead of all others by more than is known to be right.

    One that looks so seldom that it could be in step with either says nothing.

    Args:
        sensors: records of `SENSOR`; sensor_row: which of them.
        time_s: of its batch.
    """
    own, behind = sensors[sensor_row], 0
    if own["starts_tracks"] == 1 and own["left_out"] == 0:
        return False
    for s in range(sensors.shape[0]):
        gap_s, period_s = time_s - own["lead_s"] - sensors[s]["looked_s"], sensors[s]["period_s"]
        if s == sensor_row or gap_s > LONGEST_LEAD_S + period_s:
            continue
        if gap_s <= LEAD_S or (own["left_out"] == 0 and sensors[s]["lag_s"] <= LEAD_S + own["lead_s"]):
            return False
        if gap_s > LEAD_S + period_s:
            behind += 1
    return behind >= FEWEST_BEHIND
