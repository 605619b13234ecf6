"""Which of the standing rules for standard identities holds for a track, and what they ask: corridors, heading in.

Sources: standard identities of STANAG 1241; the rules are data (`core.identity_rules`), stated in the explanation of
identification. Rules never make a FRIEND: only a person does.
"""

import numpy as np

from sangar.core.areas import AreaKind
from sangar.core.identity_rules import EITHER, LIKELIHOOD_COUNT, Likelihood
from sangar.core.jit import kernel
from sangar.core.targets import TargetClass
from sangar.models.kernels.polygon import closing_speed, distance, inside

CORRIDOR = np.int64(AreaKind.CORRIDOR)
FIXED_WING, ROTARY = np.int64(TargetClass.FIXED_WING_DRONE), np.int64(TargetClass.ROTARY_DRONE)
AEROPLANE, HELICOPTER = np.int64(TargetClass.AEROPLANE), np.int64(TargetClass.HELICOPTER)
DRONE, AIRCRAFT = np.int64(Likelihood.DRONE), np.int64(Likelihood.AIRCRAFT)


@kernel
def is_in_corridor(areas, mean, time_s):
    """Whether a state lies inside a friendly corridor, between its floor and ceiling, while it is open."""
    for a in range(areas.rows.shape[0]):
        area = areas.rows[a]
        if area["kind"] != CORRIDOR:
            continue
        if not (area["floor_m"] <= mean[2] <= area["ceiling_m"] and area["opens_s"] <= time_s <= area["closes_s"]):
            continue
        if inside(areas.vertex_m, area["first"], area["last"], mean[0], mean[1]):
            return True
    return False


@kernel
def time_to_reach(areas, mean, parameters):
    """Seconds until a state reaches the perimeter, a zone or an asset at its present closing speed.

    0 inside; inf when it points at none of them (less than `inbound_share` of its speed closes the distance), or
    reaches none within `suspect_time_s`.
    """
    speed_mps = np.sqrt(mean[3] * mean[3] + mean[4] * mean[4])
    reach_m = speed_mps * parameters.suspect_time_s
    soonest_s = np.inf
    for a in range(areas.rows.shape[0]):
        area = areas.rows[a]
        if area["kind"] == CORRIDOR:
            continue
        to_east, to_north = area["centre_m"][0] - mean[0], area["centre_m"][1] - mean[1]
        if np.sqrt(to_east * to_east + to_north * to_north) - area["radius_m"] > reach_m:
            continue
        first, last = area["first"], area["last"]
        gap_m = distance(areas.vertex_m, first, last, mean[0], mean[1])
        if gap_m == 0.0:
            return 0.0
        closing_mps = closing_speed(areas.vertex_m, first, last, gap_m, mean[0], mean[1], mean[3], mean[4])
        if closing_mps >= parameters.inbound_share * speed_mps and closing_mps > 0.0:
            soonest_s = min(soonest_s, gap_m / closing_mps)
    return soonest_s if soonest_s <= parameters.suspect_time_s else np.inf


@kernel
def likelihood(posterior, which):
    """One of the probabilities a rule may ask: of a class, or of a sum of two."""
    if which == DRONE:
        return posterior[FIXED_WING] + posterior[ROTARY]
    if which == AIRCRAFT:
        return posterior[AEROPLANE] + posterior[HELICOPTER]
    return posterior[which]


@kernel
def are_likelihoods_met(rule, posterior):
    """Whether all probabilities a rule asks are as it asks."""
    for k in range(LIKELIHOOD_COUNT):
        least, limit = rule["at_least"][k], rule["below"][k]
        if not np.isnan(least) and not likelihood(posterior, k) >= least:
            return False
        if not np.isnan(limit) and not likelihood(posterior, k) < limit:
            return False
    return True


@kernel
def judge(rules, held, posterior, age_s, suspected_s, reach_s, is_corridor, claim_state, claim_kind):
    """Row of the first rule that holds for a track; the last, which always does, where no other does.

    Args:
        rules: (R,) records of `IDENTITY_RULE`, R at least 1.
        held: the `StandardIdentity` so far.
        posterior: (7,) class probabilities.
        age_s: time since the track's first detection.
        suspected_s: how long it has been SUSPECT; 0 when it is not.
        reach_s: time until it reaches what is defended; inf when it does not head there.
        is_corridor: whether it keeps to a friendly corridor.
        claim_state: `ClaimState` of the claim that concerns it; UNPROVEN for none.
        claim_kind: `SensorKind` of that claim's source; not read for UNPROVEN.
    """
    last = rules.shape[0] - 1
    for k in range(last):
        rule = rules[k]
        if rule["held"] != 0 and rule["held"] & (np.int64(1) << held) == 0:
            continue
        if rule["claim"] != 0:
            if rule["claim"] & (np.int64(1) << claim_state) == 0:
                continue
            if rule["claim_kind"] != 0 and rule["claim_kind"] & (np.int64(1) << claim_kind) == 0:
                continue
        if rule["in_corridor"] != EITHER and (rule["in_corridor"] == 1) != is_corridor:
            continue
        if not (age_s < rule["younger_than_s"] and suspected_s >= rule["suspected_for_s"]):
            continue
        if not np.isnan(rule["arrives_within_s"]) and not reach_s <= rule["arrives_within_s"]:
            continue
        if rule["weighs"] == 0 or are_likelihoods_met(rule, posterior):
            return k
    return last
