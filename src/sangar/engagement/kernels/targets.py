"""Which tracks may be engaged, and which must be kept safe."""

import numpy as np

from sangar.core.areas import AreaKind
from sangar.core.effectors import USED, EngagementState
from sangar.core.jit import kernel
from sangar.core.targets import StandardIdentity, TargetClass, TrackStatus
from sangar.core.tracks import HIGH_WATER
from sangar.engagement.kernels.intercept import flown_position

CONFIRMED = np.int64(TrackStatus.CONFIRMED)
ASSUMED_FRIEND = np.int64(StandardIdentity.ASSUMED_FRIEND)
FRIEND = np.int64(StandardIdentity.FRIEND)
NEUTRAL = np.int64(StandardIdentity.NEUTRAL)
HOSTILE = np.int64(StandardIdentity.HOSTILE)
BIRD = np.int64(TargetClass.BIRD)
CORRIDOR = np.int64(AreaKind.CORRIDOR)
PROPOSED = np.int64(EngagementState.PROPOSED)
FIRED = np.int64(EngagementState.FIRED)
REFUSED = np.int64(EngagementState.REFUSED)
ENDED = np.int64(EngagementState.ENDED)


@kernel
def is_hostile(tracks, identities, i):
    """Whether row `i` (-1 for none) is a living track held as HOSTILE; no other identity is ever engaged."""
    if i < 0 or tracks.rows[i]["status"] < CONFIRMED:
        return False
    return identities[i]["track"] == tracks.rows[i]["id"] and identities[i]["identity"] == HOSTILE


@kernel
def is_thrown(tracks, assessments, i):
    """Whether the assessment treats the track of row `i` as a ballistic body."""
    return assessments.rows[i]["track"] == tracks.rows[i]["id"] and assessments.rows[i]["ballistic"] == 1


@kernel
def threat_due_s(tracks, assessments, areas, i, parameters):
    """Earliest time at which the track threatens an area; NaN when it threatens none enough to be engaged."""
    if assessments.rows[i]["track"] != tracks.rows[i]["id"]:
        return np.nan
    if is_thrown(tracks, assessments, i) and not parameters.engages_ballistic:
        return np.nan
    due_s = np.nan
    for a in range(areas.rows.shape[0]):
        threat = assessments.threats[i, a]
        if areas.rows[a]["kind"] != CORRIDOR and threat["harm"] >= parameters.harm_probability:
            if not due_s <= threat["due_s"]:
                due_s = threat["due_s"]
    return due_s


@kernel
def is_open_to_proposal(track, engagements, time_s, parameters):
    """Whether a track may be proposed once more: few enough under way, seen after a shot, no fresh refusal."""
    under_way = 0
    for k in range(engagements.counters[USED]):
        row = engagements.rows[k]
        if row["track"] != track["id"]:
            continue
        if PROPOSED <= row["state"] <= FIRED:
            under_way += 1
        elif row["state"] == ENDED and track["time_s"] <= row["intercept_s"] + parameters.look_again_s:
            return False
        elif row["state"] == REFUSED and time_s - row["decided_s"] < parameters.refusal_hold_s:
            return False
    return under_way < parameters.engagements_per_track


@kernel
def is_free(effectors, engagements, e):
    """Whether an effector has a round and no other engagement waiting for a decision or for its shot."""
    if effectors[e]["rounds"] < 1:
        return False
    for k in range(engagements.counters[USED]):
        row = engagements.rows[k]
        if row["effector"] == e and PROPOSED <= row["state"] < FIRED:
            return False
    return True


@kernel
def is_friend_near(tracks, identities, hit_s, east_m, north_m, up_m, parameters):
    """Whether a track to be kept safe will be within `friendly_safety_m` of a place at a time.

    Kept safe: FRIEND, ASSUMED FRIEND, and NEUTRAL unless it is more probably a bird than not.
    """
    for i in range(tracks.counters[HIGH_WATER]):
        track, belief = tracks.rows[i], identities[i]
        if track["status"] < CONFIRMED or belief["track"] != track["id"]:
            continue
        is_kept_safe = belief["identity"] in (FRIEND, ASSUMED_FRIEND)
        if belief["identity"] == NEUTRAL and belief["posterior"][BIRD] < 0.5:
            is_kept_safe = True
        if not is_kept_safe:
            continue
        east, north, up = flown_position(track["mean"], hit_s - track["time_s"])
        gap_m = np.sqrt((east - east_m) ** 2 + (north - north_m) ** 2 + (up - up_m) ** 2)
        if not gap_m > parameters.friendly_safety_m:
            return True
    return False
