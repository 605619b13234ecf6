"""The ledger of engagements: decisions of people, reports of simulated effects, and what time ends.

    PROPOSED --consent by a person--> CONSENTED --reaction--> FIRED --report or time--> ENDED
    PROPOSED or CONSENTED --refusal by a person--> REFUSED
    PROPOSED or CONSENTED --time, or the target gone or no longer hostile--> LAPSED

Only `fire` (module `engage`) makes a row FIRED, and only from CONSENTED; only `apply_decision` makes it CONSENTED.
An ENGAGEMENT_DECIDED event with new = LAPSED and person 0 says that time, not a person, decided.
"""

import numpy as np

from sangar.core.actions import ActionKind
from sangar.core.effectors import REFUSED_ACTION_COUNT, USED, EngagementState
from sangar.core.events import EventKind
from sangar.core.jit import kernel
from sangar.core.kernels.event_log import new_event
from sangar.core.kernels.track_rows import row_of
from sangar.engagement.kernels.targets import is_hostile

CONSENT = np.int64(ActionKind.CONSENT)
REFUSE = np.int64(ActionKind.REFUSE)
EFFECT_HIT = np.int64(ActionKind.EFFECT_HIT)
EFFECT_MISS = np.int64(ActionKind.EFFECT_MISS)
PROPOSED = np.int64(EngagementState.PROPOSED)
CONSENTED = np.int64(EngagementState.CONSENTED)
FIRED = np.int64(EngagementState.FIRED)
REFUSED = np.int64(EngagementState.REFUSED)
LAPSED = np.int64(EngagementState.LAPSED)
ENDED = np.int64(EngagementState.ENDED)
ENGAGEMENT_DECIDED = np.int64(EventKind.ENGAGEMENT_DECIDED)
ENGAGEMENT_ENDED = np.int64(EventKind.ENGAGEMENT_ENDED)


@kernel
def tell(row, k, kind, time_s, outputs):
    """Write an event about ledger row `k`: effector, track, predicted intercept; its index, -1 when the log is full."""
    index = new_event(outputs, kind, time_s, row["track"])
    if index >= 0:
        event = outputs.events[index]
        event["engagement"] = k
        event["effector"] = row["effector"]
        event["due_s"] = row["intercept_s"]
        event["east_m"] = row["intercept_m"][0]
        event["north_m"] = row["intercept_m"][1]
        event["up_m"] = row["intercept_m"][2]
    return index


@kernel
def decide(row, k, state, person, decided_s, time_s, outputs):
    """Close or release a row by decision: CONSENTED or REFUSED by a person, LAPSED by nobody (person 0)."""
    row["state"] = state
    row["decided_s"] = decided_s
    row["decided_by"] = person
    index = tell(row, k, ENGAGEMENT_DECIDED, time_s, outputs)
    if index >= 0:
        outputs.events[index]["old"] = person
        outputs.events[index]["new"] = state


@kernel
def end(row, k, has_effect, time_s, outputs):
    """Close a fired row."""
    row["state"] = ENDED
    index = tell(row, k, ENGAGEMENT_ENDED, time_s, outputs)
    if index >= 0:
        outputs.events[index]["new"] = 1 if has_effect else 0


@kernel
def decision_time_s(row, action, time_s):
    """When a decision was made: as the action says, but neither before the proposal nor after now."""
    if not np.isfinite(action["time_s"]):
        return time_s
    return min(max(action["time_s"], row["proposed_s"]), time_s)


@kernel
def apply_decision(tracks, row, k, action, time_s, parameters, outputs):
    """Take in a consent or a refusal; whether it was valid."""
    if action["person"] < 1:
        return False
    decided_s = decision_time_s(row, action, time_s)
    if action["kind"] == REFUSE:
        if row["state"] not in (PROPOSED, CONSENTED):
            return False
        decide(row, k, REFUSED, action["person"], decided_s, time_s, outputs)
        return True
    is_in_time = decided_s - row["proposed_s"] <= parameters.proposal_lifetime_s
    if row["state"] != PROPOSED or not is_in_time or row_of(tracks, row["track"]) < 0:
        return False
    decide(row, k, CONSENTED, action["person"], decided_s, time_s, outputs)
    return True


@kernel
def apply_action(tracks, engagements, action, time_s, parameters, outputs):
    """Take in one action about an engagement; whether it was valid."""
    k = action["engagement"]
    if k < 0 or k >= engagements.counters[USED]:
        return False
    row = engagements.rows[k]
    if action["track"] != 0 and action["track"] != row["track"]:
        return False
    if action["kind"] in (CONSENT, REFUSE):
        return apply_decision(tracks, row, k, action, time_s, parameters, outputs)
    if row["state"] != FIRED:
        return False
    end(row, k, action["kind"] == EFFECT_HIT, time_s, outputs)
    return True


@kernel
def apply_actions(tracks, engagements, actions, time_s, parameters, outputs):
    """Take in what people decided and what simulated effectors reported.

    A consent counts only for a living proposal, from a person (number 1 or more), and, where the action names a track,
    for that track. A refusal also withdraws a consent that has not been used. An effect counts only for what was fired.
    Anything else changes nothing and is counted; the journal still holds it.
    """
    for n in range(actions.shape[0]):
        if actions[n]["kind"] in (CONSENT, REFUSE, EFFECT_HIT, EFFECT_MISS):
            if not apply_action(tracks, engagements, actions[n], time_s, parameters, outputs):
                engagements.counters[REFUSED_ACTION_COUNT] += 1


@kernel
def expire(tracks, identities, engagements, time_s, parameters, outputs):
    """End what time or the target has ended: old proposals, unused consents, shots nobody reports on."""
    for k in range(engagements.counters[USED]):
        row = engagements.rows[k]
        if row["state"] == FIRED and time_s - row["intercept_s"] > parameters.effect_timeout_s:
            end(row, k, False, time_s, outputs)
        if row["state"] not in (PROPOSED, CONSENTED):
            continue
        since_s, lifetime_s = row["proposed_s"], parameters.proposal_lifetime_s
        if row["state"] == CONSENTED:
            since_s, lifetime_s = row["decided_s"], parameters.consent_lifetime_s
        is_gone = not is_hostile(tracks, identities, row_of(tracks, row["track"]))
        if is_gone or time_s - since_s > lifetime_s:
            decide(row, k, LAPSED, 0, time_s, time_s, outputs)
