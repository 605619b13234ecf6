"""Simulated engagements: proposed, decided by a person, fired, ended."""

import numpy as np
import pytest

from sangar.core.actions import ACTION, ActionKind
from sangar.core.areas import AreaKind
from sangar.core.effectors import NO_ROOM_COUNT, REFUSED_ACTION_COUNT, USED, EngagementState
from sangar.core.events import EventKind
from sangar.core.targets import StandardIdentity, TargetClass
from sangar.engagement.kernels.engage import engage
from sangar.engagement.settings import EngagementSettings
from tests.unit.engagement.hand_made_world import (
    Square,
    drop_track,
    hold_as,
    make_world,
    put_track,
    take_events,
    threaten,
)

SETTINGS = EngagementSettings()
INBOUND = [2500.0, 0.0, 300.0, -45.0, 0.0, 0.0]


def act(kind, engagement=0, person=0, track=0, time_s=np.nan):
    actions = np.zeros(1, ACTION)
    actions["kind"], actions["engagement"], actions["person"] = kind, engagement, person
    actions["track"], actions["time_s"] = track, time_s
    return actions


def step(world, time_s, actions=None, settings=SETTINGS):
    """One step; the kinds of the events it wrote."""
    engage(
        world.tracks, world.identities, world.assessments, world.areas, world.effectors, world.engagements,
        np.zeros(0, ACTION) if actions is None else actions, time_s, settings.parameters(), world.outputs,
    )  # fmt: skip
    return [EventKind(event["kind"]) for event in take_events(world)]


def put_hostile(world, i=0, state=INBOUND, time_s=0.0, due_s=60.0):
    put_track(world, i, state, time_s)
    hold_as(world, i, StandardIdentity.HOSTILE)
    threaten(world, i, 0, 0.8, due_s)


def threatened_world(effectors=1, **options):
    world = make_world(effectors=effectors, **options)
    put_hostile(world)
    return world


def state_of(world, k=0):
    return EngagementState(world.engagements.rows[k]["state"])


def test_from_proposal_over_consent_to_effect():
    world = threatened_world()
    assert step(world, 0.0) == [EventKind.ENGAGEMENT_PROPOSED]
    assert step(world, 1.0) == []
    assert step(world, 2.0, act(ActionKind.CONSENT, person=7)) == [EventKind.ENGAGEMENT_DECIDED]
    assert step(world, 2.9) == []  # reaction
    assert step(world, 3.0) == [EventKind.ENGAGEMENT_FIRED]
    assert world.effectors[0]["rounds"] == 4
    assert world.effectors[0]["ready_s"] == 5.0
    row = world.engagements.rows[0]
    assert (row["decided_by"], row["fired_s"]) == (7, 3.0)
    flight_s = row["intercept_s"] - 3.0
    np.testing.assert_allclose(np.linalg.norm(row["intercept_m"]), 500.0 * flight_s, rtol=1e-9)
    np.testing.assert_allclose(row["intercept_m"], [2500.0 - 45.0 * row["intercept_s"], 0.0, 300.0], rtol=1e-9)
    assert step(world, 7.5, act(ActionKind.EFFECT_HIT)) == [EventKind.ENGAGEMENT_ENDED]
    assert state_of(world) == EngagementState.ENDED


def test_the_events_tell_who_what_where_and_when():
    world = threatened_world()
    parameters = SETTINGS.parameters()
    for time_s, actions in ((0.0, np.zeros(0, ACTION)), (2.0, act(ActionKind.CONSENT, person=7, track=1, time_s=1.5))):
        engage(
            world.tracks, world.identities, world.assessments, world.areas, world.effectors, world.engagements,
            actions, time_s, parameters, world.outputs,
        )  # fmt: skip
    proposed, decided = take_events(world)
    assert (proposed["engagement"], proposed["effector"], proposed["track"]) == (0, 0, 1)
    assert proposed["due_s"] == world.engagements.rows[0]["intercept_s"]
    assert np.isfinite([proposed["east_m"], proposed["north_m"], proposed["up_m"]]).all()
    assert (decided["old"], decided["new"], decided["time_s"]) == (7, EngagementState.CONSENTED, 2.0)
    assert world.engagements.rows[0]["decided_s"] == 1.5


@pytest.mark.parametrize("identity", [identity for identity in StandardIdentity if identity != identity.HOSTILE])
def test_only_hostile_tracks_are_proposed(identity):
    world = threatened_world()
    hold_as(world, 0, identity)
    assert step(world, 0.0) == []


def test_a_hostile_track_that_threatens_nothing_is_not_proposed():
    world = threatened_world()
    threaten(world, 0, 0, SETTINGS.harm_probability - 0.01, 60.0)
    assert step(world, 0.0) == []


def test_reaching_a_corridor_is_no_threat():
    world = make_world((Square(kind=AreaKind.CORRIDOR),), effectors=1)
    put_hostile(world)
    assert step(world, 0.0) == []


def test_a_stale_assessment_or_identity_proposes_nothing():
    world = threatened_world()
    world.tracks.rows[0]["id"] = 42
    assert step(world, 0.0) == []


def test_ballistic_bodies_are_proposed_only_where_the_settings_say_so():
    world = make_world(effectors=1)
    put_hostile(world, state=[1500.0, 0.0, 900.0, -80.0, 0.0, 20.0])
    threaten(world, 0, 0, 0.8, 20.0, is_ballistic=True)
    assert step(world, 0.0) == []
    assert step(world, 0.1, settings=EngagementSettings(engages_ballistic=True)) == [EventKind.ENGAGEMENT_PROPOSED]


def test_an_undecided_proposal_lapses_and_is_offered_again():
    world = threatened_world()
    step(world, 0.0)
    assert step(world, 15.1) == [EventKind.ENGAGEMENT_DECIDED, EventKind.ENGAGEMENT_PROPOSED]
    assert (state_of(world, 0), state_of(world, 1)) == (EngagementState.LAPSED, EngagementState.PROPOSED)
    assert world.engagements.rows[0]["decided_by"] == 0


def test_a_refused_track_is_left_alone_for_a_while():
    world = threatened_world()
    step(world, 0.0)
    assert step(world, 1.0, act(ActionKind.REFUSE, person=7)) == [EventKind.ENGAGEMENT_DECIDED]
    assert step(world, 30.9) == []
    assert step(world, 31.0) == [EventKind.ENGAGEMENT_PROPOSED]


def test_a_consent_can_be_withdrawn_before_the_shot():
    world = threatened_world()
    step(world, 0.0)
    step(world, 1.0, act(ActionKind.CONSENT, person=7))
    step(world, 1.5, act(ActionKind.REFUSE, person=8))
    assert step(world, 2.0) == []
    assert (state_of(world), world.engagements.rows[0]["decided_by"]) == (EngagementState.REFUSED, 8)
    assert world.effectors[0]["rounds"] == 5


@pytest.mark.parametrize(
    "action",
    [
        act(ActionKind.CONSENT, person=0),
        act(ActionKind.CONSENT, person=-1),
        act(ActionKind.CONSENT, engagement=1, person=7),
        act(ActionKind.CONSENT, engagement=-1, person=7),
        act(ActionKind.CONSENT, track=2, person=7),
        act(ActionKind.REFUSE, person=0),
        act(ActionKind.EFFECT_HIT),
        act(ActionKind.EFFECT_MISS, engagement=99),
    ],
)
def test_invalid_actions_change_nothing_and_are_counted(action):
    world = threatened_world()
    step(world, 0.0)
    assert step(world, 1.0, action) == []
    assert state_of(world) == EngagementState.PROPOSED
    assert world.engagements.counters[REFUSED_ACTION_COUNT] == 1


def test_a_late_consent_is_refused():
    world = threatened_world()
    step(world, 0.0)
    step(world, 15.5, act(ActionKind.CONSENT, person=7))
    assert state_of(world) == EngagementState.LAPSED
    assert world.engagements.counters[REFUSED_ACTION_COUNT] == 1


def test_consent_for_a_dead_track_is_refused():
    world = threatened_world()
    step(world, 0.0)
    drop_track(world, 0)
    step(world, 1.0, act(ActionKind.CONSENT, person=7))
    assert state_of(world) == EngagementState.LAPSED
    assert world.engagements.counters[REFUSED_ACTION_COUNT] == 1


def test_a_shot_is_called_off_when_the_track_is_declared_a_friend():
    world = threatened_world()
    step(world, 0.0)
    step(world, 1.0, act(ActionKind.CONSENT, person=7))
    hold_as(world, 0, StandardIdentity.FRIEND, set_by=7)
    assert step(world, 2.0) == [EventKind.ENGAGEMENT_DECIDED]
    assert state_of(world) == EngagementState.LAPSED


@pytest.mark.parametrize("identity", [StandardIdentity.FRIEND, StandardIdentity.ASSUMED_FRIEND])
def test_nothing_is_proposed_or_fired_with_a_friend_near_the_intercept(identity):
    world = threatened_world()
    put_track(world, 1, [2300.0, 300.0, 300.0, -45.0, 0.0, 0.0])
    hold_as(world, 1, identity)
    assert step(world, 0.0) == []
    drop_track(world, 1)
    assert step(world, 0.5) == [EventKind.ENGAGEMENT_PROPOSED]
    step(world, 1.0, act(ActionKind.CONSENT, person=7))
    put_track(world, 1, [2300.0, 300.0, 300.0, -45.0, 0.0, 0.0])
    assert step(world, 2.0) == []
    drop_track(world, 1)
    assert step(world, 2.1) == [EventKind.ENGAGEMENT_FIRED]


def test_a_neutral_aircraft_is_kept_safe_and_a_neutral_bird_is_not_waited_for():
    world = threatened_world()
    put_track(world, 1, [2300.0, 300.0, 300.0, -45.0, 0.0, 0.0])
    hold_as(world, 1, StandardIdentity.NEUTRAL)
    assert step(world, 0.0) == []
    world.identities[1]["posterior"] = 0.0
    world.identities[1]["posterior"][TargetClass.BIRD] = 1.0
    assert step(world, 0.1) == [EventKind.ENGAGEMENT_PROPOSED]


def test_an_unused_consent_lapses():
    world = threatened_world()
    step(world, 0.0)
    step(world, 1.0, act(ActionKind.CONSENT, person=7))
    world.effectors[0]["ready_s"] = 100.0
    assert step(world, 21.0) == []
    assert EventKind.ENGAGEMENT_DECIDED in step(world, 21.1)
    assert state_of(world) == EngagementState.LAPSED


def test_without_a_report_the_engagement_ends_by_itself():
    world = threatened_world()
    step(world, 0.0)
    step(world, 1.0, act(ActionKind.CONSENT, person=7))
    step(world, 2.0)
    deadline_s = world.engagements.rows[0]["intercept_s"] + SETTINGS.effect_timeout_s
    assert step(world, deadline_s) == []
    assert step(world, deadline_s + 0.01) == [EventKind.ENGAGEMENT_ENDED]


def test_after_a_miss_the_track_is_proposed_again_once_it_has_been_seen():
    world = threatened_world()
    step(world, 0.0)
    step(world, 1.0, act(ActionKind.CONSENT, person=7))
    step(world, 2.0)
    hit_s = world.engagements.rows[0]["intercept_s"]
    assert step(world, hit_s + 0.1, act(ActionKind.EFFECT_MISS)) == [EventKind.ENGAGEMENT_ENDED]
    assert step(world, hit_s + 2.0) == []
    put_hostile(world, state=[2000.0, 0.0, 300.0, -45.0, 0.0, 0.0], time_s=hit_s + SETTINGS.look_again_s + 0.1)
    assert step(world, hit_s + 2.1) == [EventKind.ENGAGEMENT_PROPOSED]


def test_an_effector_without_rounds_is_not_offered():
    world = threatened_world()
    world.effectors[0]["rounds"] = 0
    assert step(world, 0.0) == []


def test_two_effectors_take_two_tracks_the_sooner_threat_first_by_the_sooner_shot():
    world = make_world(effectors=2)
    world.effectors[1]["position_m"] = [1000.0, 0.0, 0.0]
    put_hostile(world, 0, [2900.0, 50.0, 300.0, -45.0, 0.0, 0.0], due_s=70.0)
    put_hostile(world, 1, INBOUND, due_s=50.0)
    assert step(world, 0.0) == [EventKind.ENGAGEMENT_PROPOSED] * 2
    assert [(row["track"], row["effector"]) for row in world.engagements.rows[:2]] == [(2, 1), (1, 0)]


def test_one_track_gets_as_many_engagements_at_once_as_the_settings_allow():
    world = threatened_world(effectors=3)
    assert len(step(world, 0.0)) == 1
    assert len(step(world, 0.1, settings=EngagementSettings(engagements_per_track=2))) == 1
    effectors = world.engagements.rows[:2]["effector"]
    assert effectors[0] != effectors[1]


def test_a_full_ledger_stops_proposing_and_is_counted():
    world = threatened_world(ledger=1)
    step(world, 0.0)
    step(world, 15.1)
    assert step(world, 15.2) == []
    assert world.engagements.counters[USED] == 1
    assert world.engagements.counters[NO_ROOM_COUNT] == 2


def test_with_a_full_event_log_nothing_is_proposed_or_fired():
    world = threatened_world()
    deaf = world._replace(outputs=world.outputs._replace(events=world.outputs.events[:0]))
    step(deaf, 0.0)
    assert world.engagements.counters[USED] == 0
    step(world, 0.1)
    step(world, 1.0, act(ActionKind.CONSENT, person=7))
    step(deaf, 2.0)
    assert state_of(world) == EngagementState.CONSENTED
    assert step(world, 2.1) == [EventKind.ENGAGEMENT_FIRED]


def test_a_site_without_effectors_is_fine():
    world = threatened_world(effectors=0)
    assert step(world, 0.0, act(ActionKind.CONSENT, person=7)) == []
