"""Engage, simulated only: propose, take a person's decision, fire the simulated shot, see its end."""

import numpy as np

from sangar.core.effectors import NO_ROOM_COUNT, USED, EngagementState
from sangar.core.events import EventKind
from sangar.core.jit import kernel
from sangar.core.kernels.track_rows import row_of
from sangar.core.tracks import HIGH_WATER
from sangar.engagement.kernels.intercept import intercept
from sangar.engagement.kernels.ledger import apply_actions, expire, tell
from sangar.engagement.kernels.targets import (
    is_free,
    is_friend_near,
    is_hostile,
    is_open_to_proposal,
    is_thrown,
    threat_due_s,
)

PROPOSED = np.int64(EngagementState.PROPOSED)
CONSENTED = np.int64(EngagementState.CONSENTED)
FIRED = np.int64(EngagementState.FIRED)
ENGAGEMENT_PROPOSED = np.int64(EventKind.ENGAGEMENT_PROPOSED)
ENGAGEMENT_FIRED = np.int64(EventKind.ENGAGEMENT_FIRED)


@kernel
def set_intercept(row, hit_s, east_m, north_m, up_m):
    """Note in a ledger row where and when it is to meet its track."""
    row["intercept_s"] = hit_s
    row["intercept_m"][0] = east_m
    row["intercept_m"][1] = north_m
    row["intercept_m"][2] = up_m


@kernel
def best_option(tracks, identities, assessments, areas, effectors, engagements, time_s, parameters):
    """The effector and track to propose next: the soonest threat first, for it the soonest intercept.

    Returns:
        e, i: rows of effector and track; -1, -1 when nothing can be proposed.
        hit_s, east_m, north_m, up_m: the intercept if decided within `decision_time_s`.
    """
    best = (-1, -1, np.inf, 0.0, 0.0, 0.0)
    best_due_s = np.inf
    for i in range(tracks.counters[HIGH_WATER]):
        if not is_hostile(tracks, identities, i):
            continue
        track = tracks.rows[i]
        due_s = threat_due_s(tracks, assessments, areas, i, parameters)
        is_later = best[0] >= 0 and due_s > best_due_s
        if np.isnan(due_s) or is_later or not is_open_to_proposal(track, engagements, time_s, parameters):
            continue
        is_ballistic = is_thrown(tracks, assessments, i)
        for e in range(effectors.shape[0]):
            if not is_free(effectors, engagements, e):
                continue
            effector = effectors[e]
            launch_s = max(time_s + parameters.decision_time_s + effector["reaction_s"], effector["ready_s"])
            is_feasible, hit_s, east_m, north_m, up_m = intercept(track, effector, is_ballistic, launch_s, parameters)
            is_better = best[0] < 0 or due_s < best_due_s or hit_s < best[2]
            if not (is_feasible and is_better and hit_s - time_s <= parameters.horizon_s):
                continue
            if is_friend_near(tracks, identities, hit_s, east_m, north_m, up_m, parameters):
                continue
            best = (e, i, hit_s, east_m, north_m, up_m)
            best_due_s = due_s
    return best


@kernel
def propose(tracks, identities, assessments, areas, effectors, engagements, time_s, parameters, outputs):
    """Propose what can be proposed, one engagement per free effector at most.

    A full ledger stops proposing; every step that could have proposed more is counted.
    """
    for _ in range(effectors.shape[0]):
        e, i, hit_s, east_m, north_m, up_m = best_option(
            tracks, identities, assessments, areas, effectors, engagements, time_s, parameters
        )
        if e < 0:
            return
        k = engagements.counters[USED]
        if k >= engagements.rows.shape[0]:
            engagements.counters[NO_ROOM_COUNT] += 1
            return
        row = engagements.rows[k]
        row["effector"] = e
        row["track"] = tracks.rows[i]["id"]
        set_intercept(row, hit_s, east_m, north_m, up_m)
        if tell(row, k, ENGAGEMENT_PROPOSED, time_s, outputs) < 0:
            return  # nobody would learn of it; offered again at the next step
        row["state"] = PROPOSED
        row["proposed_s"] = time_s
        row["decided_s"] = np.nan
        row["decided_by"] = 0
        row["fired_s"] = np.nan
        engagements.counters[USED] = k + 1


@kernel
def fire(tracks, identities, assessments, effectors, engagements, time_s, parameters, outputs):
    """Fire what a person has consented to, as soon as it can be done safely: ready, feasible, no friend near."""
    for k in range(engagements.counters[USED]):
        row = engagements.rows[k]
        if row["state"] != CONSENTED:
            continue
        i, effector = row_of(tracks, row["track"]), effectors[row["effector"]]
        is_ready = time_s >= row["decided_s"] + effector["reaction_s"] and time_s >= effector["ready_s"]
        if not (is_ready and effector["rounds"] > 0 and is_hostile(tracks, identities, i)):
            continue
        is_ballistic = is_thrown(tracks, assessments, i)
        is_feasible, hit_s, east_m, north_m, up_m = intercept(
            tracks.rows[i], effector, is_ballistic, time_s, parameters
        )
        if not is_feasible or is_friend_near(tracks, identities, hit_s, east_m, north_m, up_m, parameters):
            continue
        set_intercept(row, hit_s, east_m, north_m, up_m)
        if tell(row, k, ENGAGEMENT_FIRED, time_s, outputs) < 0:
            continue  # a shot nobody hears of is not fired; tried again at the next step
        row["state"] = FIRED
        row["fired_s"] = time_s
        effector["rounds"] -= 1
        effector["ready_s"] = time_s + effector["cycle_s"]


@kernel
def engage(tracks, identities, assessments, areas, effectors, engagements, actions, time_s, parameters, outputs):
    """One step of all engagements: decisions and reports in, then what time ends, shots, new proposals.

    Args:
        tracks: the `TrackTable`.
        identities: (N,) records of `IDENTITY`.
        assessments: the `AssessmentTable`.
        areas: the `AreaMap`.
        effectors: (E,) records of `EFFECTOR`, simulated; rounds and ready times change.
        engagements: the `EngagementTable`, the ledger.
        actions: records of `ACTION` that came since the last step.
        time_s: now, seconds since the site's epoch.
        parameters: `EngagementParameters`.
        outputs: the step's `Outputs`.
    """
    apply_actions(tracks, engagements, actions, time_s, parameters, outputs)
    expire(tracks, identities, engagements, time_s, parameters, outputs)
    fire(tracks, identities, assessments, effectors, engagements, time_s, parameters, outputs)
    if effectors.shape[0] > 0:
        propose(tracks, identities, assessments, areas, effectors, engagements, time_s, parameters, outputs)
