"""The standing rules for standard identities: friendly corridors, heading in, and what is kept of an earlier judgement.

Sources: standard identities of STANAG 1241; the rules are this system's own, stated in the explanation of
identification. Rules never make a FRIEND: only a person does.
"""

import numpy as np

from sangar.core.areas import AreaKind
from sangar.core.jit import kernel
from sangar.core.targets import StandardIdentity, TargetClass
from sangar.models.kernels.polygon import distance, inside

CORRIDOR = np.int64(AreaKind.CORRIDOR)
PENDING = np.int64(StandardIdentity.PENDING)
UNKNOWN = np.int64(StandardIdentity.UNKNOWN)
ASSUMED_FRIEND = np.int64(StandardIdentity.ASSUMED_FRIEND)
NEUTRAL = np.int64(StandardIdentity.NEUTRAL)
SUSPECT = np.int64(StandardIdentity.SUSPECT)
HOSTILE = np.int64(StandardIdentity.HOSTILE)
RAM = np.int64(TargetClass.ROCKET_ARTILLERY_MORTAR)
FIXED_WING = np.int64(TargetClass.FIXED_WING_DRONE)
ROTARY = np.int64(TargetClass.ROTARY_DRONE)
BIRD = np.int64(TargetClass.BIRD)


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
        step_s = min(1.0, 0.5 * gap_m / max(speed_mps, 1e-9))
        after_m = distance(areas.vertex_m, first, last, mean[0] + mean[3] * step_s, mean[1] + mean[4] * step_s)
        closing_mps = (gap_m - after_m) / step_s
        if closing_mps >= parameters.inbound_share * speed_mps and closing_mps > 0.0:
            soonest_s = min(soonest_s, gap_m / closing_mps)
    return soonest_s if soonest_s <= parameters.suspect_time_s else np.inf


@kernel
def judge(held, posterior, age_s, suspected_s, reach_s, is_corridor, parameters):
    """The identity the rules give a track that is held as `held`.

    Args:
        held: the `StandardIdentity` so far.
        posterior: (7,) class probabilities.
        age_s: time since the track's first detection.
        suspected_s: how long it has been SUSPECT; 0 when it is not.
        reach_s: time until it reaches what is defended; inf when it does not head there.
        is_corridor: whether it keeps to a friendly corridor.
        parameters: `IdentificationParameters`.
    """
    drone = posterior[FIXED_WING] + posterior[ROTARY]
    if posterior[RAM] >= parameters.ballistic_probability:
        return HOSTILE
    is_held_against = held in (SUSPECT, HOSTILE)
    if not is_held_against and age_s < parameters.observation_time_s:
        return PENDING
    if posterior[BIRD] >= parameters.neutral_probability:
        return NEUTRAL
    is_supported = (
        drone >= 0.5 * parameters.suspect_probability or posterior[RAM] >= 0.5 * parameters.ballistic_probability
    )
    if held == HOSTILE and is_supported:
        return HOSTILE
    is_held_against = is_held_against and is_supported
    if is_corridor and not is_held_against:
        return ASSUMED_FRIEND
    is_inbound = reach_s <= parameters.suspect_time_s and drone >= parameters.suspect_probability
    if (
        is_inbound
        and drone >= parameters.hostile_probability
        and posterior[BIRD] < parameters.bird_limit
        and reach_s <= parameters.hostile_time_s
        and suspected_s >= parameters.persistence_s
    ):
        return HOSTILE
    if is_inbound or is_held_against:
        return SUSPECT
    return UNKNOWN
