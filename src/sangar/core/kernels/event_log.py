"""Writing events from compiled code."""

import numpy as np

from sangar.core.events import EVENTS, OVERFLOW
from sangar.core.jit import kernel


@kernel
def new_event(outputs, kind, time_s, track):
    """Claim the next event record and blank it; -1 when the log is full (counted)."""
    index = outputs.written[EVENTS]
    if index >= outputs.events.shape[0]:
        outputs.written[OVERFLOW] += 1
        return -1
    outputs.written[EVENTS] = index + 1
    event = outputs.events[index]
    event["kind"] = kind
    event["time_s"] = time_s
    event["track"] = track
    event["area"] = -1
    event["engagement"] = -1
    event["effector"] = -1
    event["old"] = -1
    event["new"] = -1
    event["probability"] = np.nan
    event["due_s"] = np.nan
    event["east_m"] = np.nan
    event["north_m"] = np.nan
    event["up_m"] = np.nan
    event["ellipse_major_m"] = np.nan
    event["ellipse_minor_m"] = np.nan
    event["ellipse_azimuth_rad"] = np.nan
    event["row"] = -1
    return index
