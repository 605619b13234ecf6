"""What a zone is told: the ladder CLEAR, WATCH, WARNING, SHELTER NOW, and the way down through ALL CLEAR.

    CLEAR --> WATCH --> WARNING --> SHELTER NOW      up at once, any number of rungs
      ^         |           |            |
      |<--quiet-+           +---quiet----+--> ALL CLEAR --time--> CLEAR      (a new warning leaves ALL CLEAR at once)

Nobody is told less until the threat has been over for `quiet_s`: people sent to shelter stay there until an explicit
ALL CLEAR, which is never left out after WARNING or SHELTER NOW. WATCH is for the crew: it does not cut an ALL CLEAR
short, and what is worth no more than WATCH does not keep people in shelter.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.targets import ZoneState

CLEAR = np.int64(ZoneState.CLEAR)
WATCH = np.int64(ZoneState.WATCH)
WARNING = np.int64(ZoneState.WARNING)
SHELTER_NOW = np.int64(ZoneState.SHELTER_NOW)
ALL_CLEAR = np.int64(ZoneState.ALL_CLEAR)


@kernel
def called_for(all_harm, soon_harm, urgent_harm, parameters):
    """The state the threat of this moment calls for, history aside."""
    if urgent_harm >= parameters.warning_probability:
        return SHELTER_NOW
    if soon_harm >= parameters.warning_probability:
        return WARNING
    if all_harm >= parameters.watch_probability:
        return WATCH
    return CLEAR


@kernel
def quiet_from(threatened_s, due_s, is_lost, parameters):
    """Time from which quiet counts; for a threat lost from sight not before it was due (`lost_hold_s` at most)."""
    if is_lost and np.isfinite(due_s):
        return max(threatened_s, min(due_s, threatened_s + parameters.lost_hold_s))
    return threatened_s


@kernel
def next_state(state, since_s, quiet_s, called, is_threatened, time_s, parameters):
    """The zone's state after this moment.

    Args:
        state: `ZoneState` so far, held since `since_s`.
        since_s: when it was entered.
        quiet_s: time from which quiet counts.
        called: the state called for.
        is_threatened: whether the threat is still above the level at which this state is released.
        time_s: now, seconds since the site's epoch.
        parameters: `WarningParameters`.
    """
    if state == ALL_CLEAR:
        if called >= WARNING or time_s - since_s >= parameters.all_clear_s:
            return called
        return ALL_CLEAR
    if called > state:
        return called
    if state == CLEAR or is_threatened or time_s - quiet_s < parameters.quiet_s:
        return state
    return CLEAR if state == WATCH else ALL_CLEAR
