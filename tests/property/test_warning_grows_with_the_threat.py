"""More evidence for a threat never means less warning, at one moment and through a whole raid."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sangar.core.targets import StandardIdentity, ZoneState
from sangar.warning.kernels.threat import zone_threat
from sangar.warning.settings import WarningSettings
from tests.unit.engagement.hand_made_world import hold_as, make_world, put_track, threaten, warn_at

PARAMETERS = WarningSettings().parameters()
TOLD = {ZoneState.WARNING: 1, ZoneState.SHELTER_NOW: 2}
BY_HOSTILITY = [
    StandardIdentity.NEUTRAL,
    StandardIdentity.FRIEND,
    StandardIdentity.ASSUMED_FRIEND,
    StandardIdentity.UNKNOWN,
    StandardIdentity.SUSPECT,
    StandardIdentity.HOSTILE,
]

harms = st.sampled_from([0.0, 0.01, 0.03, 0.06, 0.3, 0.9]) | st.floats(0.0, 1.0)
threats = st.tuples(harms, st.floats(0.0, 200.0), st.integers(0, len(BY_HOSTILITY) - 1), st.floats(600.0, 4000.0))
moments = st.lists(st.tuples(st.floats(0.5, 60.0), st.lists(threats, min_size=3, max_size=3)), min_size=1, max_size=12)


def rank(state):
    return TOLD.get(state, 0)  # WATCH is for the crew, ALL CLEAR warns of nothing


def put(world, i, threat, time_s):
    harm, wait_s, hostility, east_m = threat
    put_track(world, i, [east_m, 0.0, 200.0, -20.0, 0.0, 0.0], time_s)
    hold_as(world, i, BY_HOSTILITY[hostility])
    threaten(world, i, 0, harm, time_s + wait_s)


def judge(world, time_s):
    warn_at(world, time_s, PARAMETERS)
    world.outputs.written[:] = 0
    return rank(ZoneState(world.zones[0]["state"]))


@given(moments)
def test_one_more_track_never_lowers_the_state_of_a_zone(raid):
    fewer, more = make_world(), make_world()
    time_s = 0.0
    for elapsed_s, seen in raid:
        time_s += elapsed_s
        for i, threat in enumerate(seen):
            put(more, i, threat, time_s)
            if i > 0:
                put(fewer, i, threat, time_s)
        assert judge(more, time_s) >= judge(fewer, time_s)


@given(moments, st.floats(0.0, 1.0), st.integers(0, 5), st.floats(0.0, 1.0))
def test_a_worse_sooner_more_hostile_threat_never_lowers_the_state_of_a_zone(raid, growth, steps, haste):
    mild, grave = make_world(), make_world()
    time_s = 0.0
    for elapsed_s, seen in raid:
        time_s += elapsed_s
        for i, (harm, wait_s, hostility, east_m) in enumerate(seen):
            put(mild, i, (harm, wait_s, hostility, east_m), time_s)
            worse = (harm + growth * (1.0 - harm), wait_s * haste, min(hostility + steps, 5), east_m)
            if BY_HOSTILITY[hostility] == StandardIdentity.UNKNOWN:
                worse = (*worse[:2], hostility, east_m)  # judging an undecided track may rightly end its escalation
            put(grave, i, worse, time_s)
        assert judge(grave, time_s) >= judge(mild, time_s)


@given(moments, st.integers(1, 15), st.integers(0, 15), st.floats(0.0, 9.0))
def test_one_more_sensor_or_an_earlier_confirmation_never_lowers_the_state_of_a_zone(raid, sensors, joined, earlier_s):
    fewer, more = make_world(), make_world()
    time_s = 0.0
    for elapsed_s, seen in raid:
        time_s += elapsed_s
        for i, threat in enumerate(seen):
            for world, mask in ((fewer, sensors), (more, sensors | joined)):
                put(world, i, threat, time_s)
                world.tracks.rows[i]["sensors"] = mask
            for name in ("confirmed_s", "found_s"):
                more.tracks.rows[i][name] = fewer.tracks.rows[i][name] - earlier_s
        assert judge(more, time_s) >= judge(fewer, time_s)


def harm_of(identity, harm, east_m, set_by=0, held_s=0.0):
    """Probability of harm by one track of this identity, other than which nothing differs, and one more beside it."""
    world = make_world()
    for i, (own_harm, place_m) in enumerate([(harm, east_m), (0.02, 8000.0)]):
        put_track(world, i, [place_m, 0.0, 200.0, -20.0, 0.0, 0.0], 0.0)
        hold_as(world, i, identity if i == 0 else StandardIdentity.HOSTILE, set_by if i == 0 else 0)
        threaten(world, i, 0, own_harm, 60.0)
    world.identities[0]["inbound_s"] = held_s
    found = zone_threat(world.tracks, world.identities, world.assessments, world.areas, 0, 20.0, PARAMETERS)
    return found[0]


@given(harms, st.floats(600.0, 4000.0), st.sampled_from([StandardIdentity.FRIEND, StandardIdentity.ASSUMED_FRIEND]))
def test_a_friend_claim_lowers_the_harm_by_no_more_than_the_sites_stated_trust(harm, east_m, claimed):
    trust = {2: PARAMETERS.assumed_friend_hostility, 3: PARAMETERS.friend_hostility}[int(claimed)]
    for set_by in (0, 7):
        assert harm_of(claimed, harm, east_m, set_by, np.inf) >= 1.0 - (1.0 - 0.02) * (1.0 - trust * harm) - 1e-12


@given(harms, st.floats(600.0, 4000.0), st.integers(0, 4))
def test_a_judgement_that_has_run_out_lowers_nothing(harm, east_m, claimed):
    undecided = harm_of(StandardIdentity.UNKNOWN, harm, east_m)
    assert harm_of(StandardIdentity(claimed), harm, east_m, 7, 20.0 - PARAMETERS.judgement_hold_s) == undecided


@given(moments)
def test_people_told_to_shelter_hear_nothing_else_before_all_clear(raid):
    world = make_world()
    time_s, before = 0.0, ZoneState.CLEAR
    for elapsed_s, seen in raid:
        time_s += elapsed_s
        for i, threat in enumerate(seen):
            put(world, i, threat, time_s)
        judge(world, time_s)
        after = ZoneState(world.zones[0]["state"])
        if before == ZoneState.SHELTER_NOW:
            assert after in (ZoneState.SHELTER_NOW, ZoneState.ALL_CLEAR)
        if before == ZoneState.WARNING:
            assert after in (ZoneState.WARNING, ZoneState.SHELTER_NOW, ZoneState.ALL_CLEAR)
        assert np.isfinite(world.zones[0]["harm"])
        if world.zones[0]["harm"] >= PARAMETERS.watch_probability:
            assert after != ZoneState.CLEAR
        before = after
