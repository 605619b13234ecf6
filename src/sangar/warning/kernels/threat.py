"""The threat to one zone: what all tracks together could do to its people, and how soon.

Each track counts with h = (probability that it means harm) x (probability that it could do harm here); together

    p = 1 - prod over tracks (1 - h)

for all of them, for those due soon, and for those due before people can be in shelter. Every one of the three can only
grow when a track is added, comes nearer in time or looks worse, and so can the warning.

A track nobody has judged, low and near the zone, puts a floor under p whatever the assessment says: enough for WATCH
unless it is leaving, and enough for WARNING when it heads in and has stayed undecided for `escalation_s`. The floors
are not multiplied: twenty unjudged tracks are no more certain than one. What the rules call SUSPECT or HOSTILE keeps
the floor: suspicion must not weigh less than doubt.

What nobody has judged means harm with the probability that the site states for its identity, and no more than that it
is no bird. One that is almost certainly a bird (`bird_certainty`) is worth WATCH at most: it reaches the crew, who can
judge it, and not the siren. It too is a floor, and so is a bird that the rules judge NEUTRAL, or will once it is old
enough: a flock weighs no more than one bird. "More likely a bird than not" is no reason to stay silent: at Tower 22 the
drone was taken for something harmless.

Where there is time to spare some things are waited for (`patience`); what is held to WATCH meanwhile is a floor as
well, so more evidence for the track (a second sensor, an earlier confirmation) only raises it. An escalated track, and
one a person judged, wait for nothing; a thrown body waits for its impact only.

Source: expected-cost decision (Wald 1950; DeGroot 1970, Optimal Statistical Decisions, chapter 8), independence of
tracks assumed.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.targets import StandardIdentity, TrackStatus
from sangar.core.tracks import HIGH_WATER
from sangar.warning.kernels.patience import waits_for_identity, waits_for_impact, waits_for_second
from sangar.warning.kernels.ring import undecided_floor
from sangar.warning.kernels.standing import hostility, standing

CONFIRMED = np.int64(TrackStatus.CONFIRMED)
HOSTILE = np.int64(StandardIdentity.HOSTILE)

TIE = 1e-9  # nearer than this two tracks weigh the same, and the one of the lower row is named


@kernel
def _assessed(track, assessment, threat):
    """(Probability that a track does harm in an area, when that is due, whether it is thrown), by its assessment."""
    if assessment["track"] != track["id"]:
        return 0.0, np.inf, False
    is_thrown = assessment["ballistic"] == 1
    if not threat["harm"] > 0.0:
        return 0.0, np.inf, is_thrown
    return min(threat["harm"], 1.0), threat["due_s"], is_thrown


@kernel
def weigh(track, belief, assessment, threat, area, vertex_m, time_s, parameters):
    """What one track weighs for one zone.

    Args:
        track, belief, assessment: records of `TRACK`, `IDENTITY`, `ASSESSMENT` of one row.
        threat: record of the assessment's threat to the zone.
        area: record of the zone; vertex_m: corners of all areas.
        time_s: now.
        parameters: `WarningParameters`.

    Returns:
        weight: probability that it means harm and does it here, after what may wait is taken out.
        floor: under the whole threat, not multiplied with others.
        due_s: when its harm is due; inf for unknown.
        is_thrown: whether it is thrown, and counts as due soon.
        early: weight of what waits for its impact to be known better, 0 for none.
    """
    identity, set_by, is_judged, bird = standing(track, belief, time_s, parameters)
    harm, due_s, is_thrown = _assessed(track, assessment, threat)
    if is_thrown and identity == HOSTILE:
        is_judged = True  # where it falls is all there is to know
    floor = 0.0 if is_judged else undecided_floor(track, area, vertex_m, time_s, parameters)
    is_escalated = floor == parameters.warning_probability
    weight = harm * hostility(identity, bird, is_thrown, is_escalated, parameters)
    shelter_s, due_in_s = area["shelter_time_s"] + parameters.margin_s, due_s - time_s
    may_wait, is_flown = not is_escalated and set_by == 0, not is_thrown
    is_early = may_wait and waits_for_impact(track, assessment, due_in_s, shelter_s, time_s, parameters)
    early = weight if is_early else 0.0
    if (
        may_wait
        and is_flown
        and waits_for_identity(track, belief, assessment, identity, due_in_s, shelter_s, time_s, parameters)
    ):
        return 0.0, floor, due_s, is_thrown, early
    is_doubtful = bird >= parameters.bird_certainty
    is_doubtful |= may_wait and waits_for_second(track, due_in_s, shelter_s, time_s, parameters)
    if is_early or (is_flown and is_doubtful):
        return 0.0, min(max(floor, weight), parameters.watch_probability), due_s, is_thrown, early
    return weight, floor, due_s, is_thrown, early


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
    spared_all, spared_soon, spared_urgent, whole_floor = 1.0, 1.0, 1.0, 0.0
    heaviest, due_s, heaviest_due_s, heaviest_track = 0.0, np.inf, np.inf, 0
    earliest, early_due_s, early_track = parameters.warning_probability, np.inf, 0
    for i in range(tracks.counters[HIGH_WATER]):
        track = tracks.rows[i]
        if track["status"] < CONFIRMED:
            continue
        assessment, threat = assessments.rows[i], assessments.threats[i, a]
        weight, floor, track_due_s, is_thrown, early = weigh(
            track, identities[i], assessment, threat, area, areas.vertex_m, time_s, parameters
        )
        if early >= earliest:
            earliest, early_due_s, early_track = early, track_due_s, track["id"]
        wait_s = track_due_s - time_s
        spared_all *= 1.0 - weight
        if is_thrown or not wait_s > parameters.lead_s or wait_s == np.inf:
            spared_soon *= 1.0 - weight
        if is_thrown or wait_s <= shelter_s:
            spared_urgent *= 1.0 - weight
        whole_floor, weight = max(whole_floor, floor), max(weight, floor)
        if weight >= parameters.watch_probability:
            due_s = min(due_s, track_due_s)
        if weight > heaviest + TIE:
            heaviest, heaviest_due_s, heaviest_track = weight, track_due_s, track["id"]
    all_harm, soon_harm = max(1.0 - spared_all, whole_floor), max(1.0 - spared_soon, whole_floor)
    due_s = min(due_s, heaviest_due_s)
    return all_harm, soon_harm, 1.0 - spared_urgent, due_s, heaviest_track, early_track, early_due_s
