"""Looks of a sensor that is ahead of all others wait until these have told where bodies were at their times."""

from sangar.core.jit import kernel
from sangar.core.realignment import HELD_DETECTIONS, HELD_LOOKS
from sangar.tracking.kernels.registration.fault_removal import copy_detection

NONE = -1
SPACING_S = 0.1
"""Looks closer together than this are not all kept: the ring reaches back six seconds."""


@kernel
def hold_look(own, held, time_s, look):
    """Keep a look, the oldest gives way.

    Args:
        own: record of `REALIGNMENT`; held: (256,) records of `DETECTION` of its sensor.
        time_s: of the look.
        look: (n,) records of `DETECTION`; one with more than four is not kept.
    """
    count, newest = look.shape[0], (own["held_next"] - 1) % HELD_LOOKS
    is_first = own["held_next"] == own["held_first"]
    if count > HELD_DETECTIONS or (not is_first and time_s - own["held_s"][newest] < SPACING_S):
        return
    k = own["held_next"] % HELD_LOOKS
    for d in range(count):
        copy_detection(look[d], held[k * HELD_DETECTIONS + d])
    own["held_s"][k], own["held_count"][k] = time_s, count
    own["held_next"] += 1
    own["held_first"] = max(own["held_first"], own["held_next"] - HELD_LOOKS)


@kernel
def next_due(own, until_s):
    """Place of the oldest look, if it is not newer than `until_s`, else NONE; it is given up with this."""
    k = own["held_first"] % HELD_LOOKS
    if own["held_first"] == own["held_next"] or own["held_s"][k] > until_s:
        return NONE
    own["held_first"] += 1
    return k


@kernel
def forget_looks(own):
    """Keep none."""
    own["held_first"] = own["held_next"]
