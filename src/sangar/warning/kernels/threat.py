"""The threat to one zone: what all tracks together could do to its people, and how soon.

Each track counts with h = (probability that it means harm) x (probability that it could do harm here); together

    p = 1 - prod over tracks (1 - h)

for all of them, for those due soon, and for those due before people can be in shelter. Every one of the three can only
grow when a track is added, comes nearer in time or looks worse, and so can the warning.

A track nobody has judged, low and near the zone, puts a floor under p whatever the assessment says: enough for WATCH
unless it is leaving, and enough for WARNING when it heads in and has stayed undecided for `escalation_s`. The floors
are not multiplied: twenty unjudged tracks are no more certain than one. What the rules call SUSPECT or HOSTILE keeps
the floor: suspicion must not weigh less than doubt.

A track nobody has judged that is almost certainly a bird (`bird_certainty`) is worth WATCH at most: it reaches the
crew, who can judge it, and not the siren. It too is a floor, and so is a bird that the rules judge NEUTRAL, or will
once it is old enough: a flock weighs no more than one bird. "More likely a bird than not" is no reason to stay silent:
at Tower 22 the drone was taken for something harmless.

A flown body that only one sensor sees may be no body: while there is time to spare, what it would do is held to WATCH
for `two_source_wait_s` after it was confirmed. There is time to spare when harm is due later than the wait, the
zone's shelter time and the margin together. A thrown body, an escalated one, one a person judged, and harm due at an
unknown time do not wait. What was lost and is found again waits as long from then, for it may be another body, or none.
It too is a floor, so more evidence for the track (a second sensor, an earlier confirmation) only raises it.

A person's judgement, and trust in what others say, count while `judgement.hold_judgements` lets them.

Source: expected-cost decision (Wald 1950; DeGroot 1970, Optimal Statistical Decisions, chapter 8), independence of
tracks assumed.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.targets import StandardIdentity, TargetClass, TrackStatus
from sangar.core.tracks import HIGH_WATER, SENSOR_BITS
from sangar.models.kernels.polygon import closing_speed, distance

CONFIRMED = np.int64(TrackStatus.CONFIRMED)
PENDING = np.int64(StandardIdentity.PENDING)
UNKNOWN = np.int64(StandardIdentity.UNKNOWN)
ASSUMED_FRIEND = np.int64(StandardIdentity.ASSUMED_FRIEND)
FRIEND = np.int64(StandardIdentity.FRIEND)
NEUTRAL = np.int64(StandardIdentity.NEUTRAL)
SUSPECT = np.int64(StandardIdentity.SUSPECT)
HOSTILE = np.int64(StandardIdentity.HOSTILE)
BIRD = np.int64(TargetClass.BIRD)

TIE = 1e-9  # nearer than this two tracks weigh the same, and the one of the lower row is named
LONGEST_COAST_S = 60.0
SHARED_SENSOR_BIT = np.int64(1) << np.int64(SENSOR_BITS - 1)
HOVER_SPEED_MPS = 1.0  # slower than this it goes nowhere, and its course is noise


@kernel
def claimed_hostility(identity, parameters):
    """Probability that a track held as `identity` means harm."""
    if identity == PENDING:
        return parameters.pending_hostility
    if identity == UNKNOWN:
        return parameters.unknown_hostility
    if identity == ASSUMED_FRIEND:
        return parameters.assumed_friend_hostility
    if identity == FRIEND:
        return parameters.friend_hostility
    if identity == NEUTRAL:
        return parameters.neutral_hostility
    if identity == SUSPECT:
        return parameters.suspect_hostility
    return parameters.hostile_hostility


@kernel
def hostility(identity, is_ballistic, is_escalated, parameters):
    """Probability that a track means harm; 1 for a body thrown by nobody's friend, or undecided for too long."""
    is_claimed_harmless = identity in (ASSUMED_FRIEND, FRIEND, NEUTRAL)
    if (is_ballistic or is_escalated) and not is_claimed_harmless:
        return 1.0
    return claimed_hostility(identity, parameters)


@kernel
def hold_of(belief, parameters):
    """How long a track's identity holds while it heads in: inf where it rests on what the sensors see."""
    if belief["identity"] >= SUSPECT:
        return np.inf
    if belief["set_by"] != 0:
        return parameters.judgement_hold_s
    return parameters.trust_hold_s if belief["on_trust"] == 1 else np.inf


@kernel
def closing_share(area, vertex_m, mean, coasted_s, parameters):
    """Share of a track's speed that brings it nearer to a zone: 1 straight in or over it, -1 straight out.

    NaN when the track is not in the ring round the zone, or flies above the ring's ceiling.
    """
    ahead_s = min(max(coasted_s, 0.0), LONGEST_COAST_S)
    east_m, north_m = mean[0] + mean[3] * ahead_s, mean[1] + mean[4] * ahead_s
    to_east, to_north = area["centre_m"][0] - east_m, area["centre_m"][1] - north_m
    centre_m = np.sqrt(to_east * to_east + to_north * to_north)
    if not (centre_m - area["radius_m"] <= parameters.ring_m and mean[2] <= parameters.ring_ceiling_m):
        return np.nan
    first, last = area["first"], area["last"]
    gap_m = distance(vertex_m, first, last, east_m, north_m)
    if gap_m == 0.0:
        return 1.0
    if gap_m > parameters.ring_m:
        return np.nan
    speed_mps = max(np.sqrt(mean[3] * mean[3] + mean[4] * mean[4]), HOVER_SPEED_MPS)
    return closing_speed(vertex_m, first, last, gap_m, east_m, north_m, mean[3], mean[4]) / speed_mps


@kernel
def undecided_floor(track, area, vertex_m, time_s, parameters):
    """Floor under the probability of harm from a track nobody has judged: 0, enough for WATCH, or for WARNING."""
    share = closing_share(area, vertex_m, track["mean"], time_s - track["time_s"], parameters)
    if not share > -parameters.inbound_share:
        return 0.0
    if share >= parameters.inbound_share and time_s - track["confirmed_s"] >= parameters.escalation_s:
        return parameters.warning_probability
    return parameters.watch_probability


@kernel
def waits_for_second(track, due_in_s, shelter_s, time_s, parameters):
    """Whether the warning of a flown body may wait for a second sensor to see it."""
    sensors, limit_s = track["sensors"], parameters.two_source_wait_s
    is_single = sensors > 0 and sensors < SHARED_SENSOR_BIT and sensors & (sensors - 1) == 0
    is_in_doubt = is_single or track["found_s"] > track["confirmed_s"]
    return is_in_doubt and time_s - track["found_s"] < limit_s and shelter_s + limit_s < due_in_s < np.inf


@kernel
def waits_for_impact(track, assessment, due_in_s, shelter_s, time_s, parameters):
    """Whether the warning of what may fall can wait for its impact to be known better: people have time to spare."""
    is_young = time_s - track["confirmed_s"] < parameters.impact_wait_s
    return is_young and np.isfinite(assessment["impact_s"]) and shelter_s < due_in_s < np.inf


@kernel
def standing(track, belief, time_s, parameters):
    """What a track counts as here: identity, by whom, whether it is judged, whether it is almost certainly a bird."""
    if belief["track"] != track["id"]:
        return PENDING, np.int64(0), False, False
    identity, set_by, hold_s = belief["identity"], belief["set_by"], hold_of(belief, parameters)
    if hold_s < np.inf and time_s - belief["inbound_s"] >= hold_s:
        identity, set_by = UNKNOWN, np.int64(0)
    is_judged = set_by != 0 or UNKNOWN < identity < SUSPECT
    may_be_bird = set_by == 0 and (identity <= UNKNOWN or identity == NEUTRAL)
    is_birdlike = may_be_bird and belief["posterior"][BIRD] >= parameters.bird_certainty
    if is_birdlike and identity == PENDING:
        return NEUTRAL, set_by, True, True
    return identity, set_by, is_judged, is_birdlike


@kernel
def zone_threat(tracks, identities, assessments, areas, a, time_s, parameters):
    """The threat of all living tracks to the zone of row `a`.

    Returns:
        all_harm: probability of harm, whenever due.
        soon_harm: of harm due within `lead_s`, at an unknown time, or by a ballistic body.
        urgent_harm: of harm due before the people can be in shelter, or by a ballistic body.
        due_s: earliest time at which harm worth a WATCH is expected; inf for none.
        track: id of the track that weighs most; 0 for none.
        early_track: id of the heaviest that would warn but waits for its impact to be known better; 0 for none.
        early_due_s: when harm by that one is expected.
    """
    area = areas.rows[a]
    shelter_s = area["shelter_time_s"] + parameters.margin_s
    spared_all, spared_soon, spared_urgent, floor = 1.0, 1.0, 1.0, 0.0
    heaviest, due_s, heaviest_due_s, heaviest_track = 0.0, np.inf, np.inf, 0
    early, early_due_s, early_track = parameters.warning_probability, np.inf, 0
    for i in range(tracks.counters[HIGH_WATER]):
        track, belief = tracks.rows[i], identities[i]
        if track["status"] < CONFIRMED:
            continue
        identity, set_by, is_judged, is_birdlike = standing(track, belief, time_s, parameters)
        harm, track_due_s, is_ballistic = 0.0, np.inf, False
        if assessments.rows[i]["track"] == track["id"] and assessments.threats[i, a]["harm"] > 0.0:
            harm, track_due_s = min(assessments.threats[i, a]["harm"], 1.0), assessments.threats[i, a]["due_s"]
            is_ballistic = assessments.rows[i]["ballistic"] == 1
        is_thrown = assessments.rows[i]["track"] == track["id"] and assessments.rows[i]["ballistic"] == 1
        if is_thrown and identity == HOSTILE:
            is_judged = True  # where it falls is all there is to know
        track_floor = 0.0 if is_judged else undecided_floor(track, area, areas.vertex_m, time_s, parameters)
        is_escalated = track_floor == parameters.warning_probability
        weight = harm * hostility(identity, is_ballistic, is_escalated, parameters)
        wait_s = track_due_s - time_s
        is_held_back, is_early = is_birdlike, False
        if not is_escalated and set_by == 0:
            is_held_back |= waits_for_second(track, wait_s, shelter_s, time_s, parameters)
            is_early = waits_for_impact(track, assessments.rows[i], wait_s, shelter_s, time_s, parameters)
        if is_early and weight >= early:
            early, early_due_s, early_track = weight, track_due_s, track["id"]
        if is_early or (is_held_back and not is_ballistic):
            track_floor = min(max(track_floor, weight), parameters.watch_probability)
            weight = 0.0
        spared_all *= 1.0 - weight
        if is_ballistic or not wait_s > parameters.lead_s or wait_s == np.inf:
            spared_soon *= 1.0 - weight
        if is_ballistic or wait_s <= shelter_s:
            spared_urgent *= 1.0 - weight
        floor, weight = max(floor, track_floor), max(weight, track_floor)
        if weight >= parameters.watch_probability:
            due_s = min(due_s, track_due_s)
        if weight > heaviest + TIE:
            heaviest, heaviest_due_s, heaviest_track = weight, track_due_s, track["id"]
    all_harm, soon_harm = max(1.0 - spared_all, floor), max(1.0 - spared_soon, floor)
    due_s = min(due_s, heaviest_due_s)
    return all_harm, soon_harm, 1.0 - spared_urgent, due_s, heaviest_track, early_track, early_due_s
