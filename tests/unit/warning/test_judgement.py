"""How long a person's word that a track is harmless holds."""

import numpy as np
import pytest

from sangar.core.actions import ACTION, NO_ACTIONS, ActionKind
from sangar.core.events import EventKind
from sangar.core.targets import StandardIdentity, TrackStatus, ZoneState
from sangar.warning.kernels.judgement import hold_judgements
from sangar.warning.settings import WarningSettings
from tests.unit.engagement.hand_made_world import Square, hold_as, make_world, put_track, take_events, threaten, warn_at

SETTINGS = WarningSettings()
PARAMETERS = SETTINGS.parameters()
IN = [1500.0, 0.0, 100.0, -10.0, 0.0, 0.0]
OUT = [1500.0, 0.0, 100.0, 10.0, 0.0, 0.0]
HARMLESS = [
    StandardIdentity.UNKNOWN,
    StandardIdentity.ASSUMED_FRIEND,
    StandardIdentity.FRIEND,
    StandardIdentity.NEUTRAL,
]


def judged_world(identity=StandardIdentity.NEUTRAL, state=IN, set_by=3):
    world = make_world((Square(),))
    put_track(world, 0, state)
    hold_as(world, 0, identity, set_by)
    return world


def step(world, *times_s, actions=NO_ACTIONS):
    """Hold and warn at these times; the kinds of events and, of zones, the states."""
    for time_s in times_s:
        hold_judgements(world.tracks, world.identities, world.areas, actions, time_s, PARAMETERS, world.outputs)
        warn_at(world, time_s, PARAMETERS)
    return [
        ZoneState(event["new"]) if event["kind"] == EventKind.ZONE_CHANGED else EventKind(event["kind"])
        for event in take_events(world)
    ]


def word(identity=StandardIdentity.NEUTRAL, person=3, track=1):
    action = np.zeros(1, ACTION)
    action["kind"], action["track"], action["person"], action["value"] = (
        ActionKind.SET_IDENTITY, track, person, identity,
    )  # fmt: skip
    return action


@pytest.mark.parametrize("identity", HARMLESS)
def test_what_was_judged_harmless_and_heads_in_is_asked_about_once_and_escalates(identity):
    world = judged_world(identity)
    assert step(world, 0.0, 9.9) == []
    assert step(world, 10.0) == [EventKind.JUDGEMENT_EXPIRED, ZoneState.WARNING]
    assert step(world, 11.0, 20.0) == []


def test_the_question_names_the_track_the_zone_the_word_and_who_said_it():
    world = judged_world(StandardIdentity.FRIEND)
    for time_s in (0.0, 10.0):
        hold_judgements(world.tracks, world.identities, world.areas, NO_ACTIONS, time_s, PARAMETERS, world.outputs)
    (event,) = take_events(world)
    assert (event["track"], event["area"], event["old"], event["new"]) == (1, 0, StandardIdentity.FRIEND, 3)


def test_its_harm_counts_in_full_again():
    world = judged_world()
    threaten(world, 0, 0, 0.5, 30.0)
    assert step(world, 0.0, 9.9) == []
    assert step(world, 10.0) == [EventKind.JUDGEMENT_EXPIRED, ZoneState.SHELTER_NOW]
    assert world.zones[0]["harm"] == pytest.approx(0.5)


@pytest.mark.parametrize("state", [OUT, [1500.0, 0.0, 2500.0, -10.0, 0.0, 0.0], [2200.0, 0.0, 100.0, -10.0, 0.0, 0.0]])
def test_the_word_holds_while_the_track_leaves_or_is_high_or_far(state):
    assert step(judged_world(state=state), 0.0, 10.0) == []


@pytest.mark.parametrize("identity", [StandardIdentity.SUSPECT, StandardIdentity.HOSTILE])
def test_a_word_against_a_track_does_not_run_out(identity):
    assert step(judged_world(identity), 0.0, 10.0, 30.0) == []


def test_a_rules_judgement_is_the_rules_affair():
    assert step(judged_world(set_by=0), 0.0, 10.0, 30.0) == []


def test_a_word_said_again_holds_as_long_again():
    world = judged_world()
    assert step(world, 0.0, 9.0) == []
    assert step(world, 9.5, actions=word()) == []
    assert step(world, 10.0, 19.9) == []
    assert step(world, 20.0) == [EventKind.JUDGEMENT_EXPIRED, ZoneState.WARNING]
    assert step(world, 21.0, actions=word()) == []
    assert world.identities[0]["inbound_s"] == np.inf


@pytest.mark.parametrize("action", [word(person=0), word(track=2)])
def test_neither_a_machine_nor_a_word_on_another_track_renews_it(action):
    world = judged_world()
    assert step(world, 0.0) == []
    assert step(world, 10.0, actions=action) == [EventKind.JUDGEMENT_EXPIRED, ZoneState.WARNING]


def test_turning_away_in_time_starts_the_count_anew():
    world = judged_world()
    assert step(world, 0.0, 9.0) == []
    put_track(world, 0, OUT, 9.5)
    assert step(world, 9.5) == []
    put_track(world, 0, IN, 10.0)
    assert step(world, 10.0, 19.9) == []
    assert step(world, 20.0) == [EventKind.JUDGEMENT_EXPIRED, ZoneState.WARNING]


def test_with_a_full_log_the_track_escalates_all_the_same_and_the_question_follows():
    world = judged_world()
    full = world._replace(outputs=world.outputs._replace(events=world.outputs.events[:0]))
    for time_s in (0.0, 10.0):
        hold_judgements(full.tracks, full.identities, full.areas, NO_ACTIONS, time_s, PARAMETERS, full.outputs)
    assert step(world, 10.1) == [EventKind.JUDGEMENT_EXPIRED, ZoneState.WARNING]


def test_the_next_track_in_the_row_inherits_nothing():
    world = judged_world()
    step(world, 0.0, 10.0)
    world.tracks.rows[0]["status"] = TrackStatus.TENTATIVE
    step(world, 11.0)
    assert world.identities[0]["inbound_s"] == np.inf


def trusted_world(identity, on_trust=1, state=IN):
    """A track that a rule, not a person, holds as harmless."""
    world = judged_world(identity, state, set_by=0)
    world.identities[0]["on_trust"] = on_trust
    return world


@pytest.mark.parametrize("identity", [StandardIdentity.ASSUMED_FRIEND, StandardIdentity.NEUTRAL])
def test_what_a_rule_holds_as_harmless_on_trust_runs_out_likewise(identity):
    world = trusted_world(identity)
    assert step(world, 0.0, 9.9) == []
    assert step(world, 10.0) == [EventKind.JUDGEMENT_EXPIRED, ZoneState.WARNING]


def test_trust_has_a_time_of_its_own():
    world, patient = trusted_world(StandardIdentity.NEUTRAL), WarningSettings(trust_hold_s=30.0).parameters()
    for time_s in (0.0, 29.9, 30.0):
        hold_judgements(world.tracks, world.identities, world.areas, NO_ACTIONS, time_s, patient, world.outputs)
        assert bool(len(take_events(world))) == (time_s == 30.0)


def test_what_the_sensors_themselves_say_does_not_run_out():
    assert step(trusted_world(StandardIdentity.NEUTRAL, on_trust=0), 0.0, 10.0, 20.0) == []


def test_trust_in_who_leaves_does_not_run_out():
    assert step(trusted_world(StandardIdentity.ASSUMED_FRIEND, state=OUT), 0.0, 10.0, 20.0) == []


def test_a_person_who_judges_what_was_trusted_is_asked_again_only_after_a_hold():
    world = trusted_world(StandardIdentity.ASSUMED_FRIEND)
    step(world, 0.0, 10.0)
    hold_as(world, 0, StandardIdentity.NEUTRAL, 3)
    assert EventKind.JUDGEMENT_EXPIRED not in step(world, 11.0, actions=word())
    assert EventKind.JUDGEMENT_EXPIRED not in step(world, 12.0, 21.9)
    assert EventKind.JUDGEMENT_EXPIRED in step(world, 22.0)
