"""What is new and far calls nobody before it could be identified; what is near, or old, or judged does."""

import numpy as np
import pytest

from sangar.core.targets import StandardIdentity, ZoneState
from sangar.warning.settings import WarningSettings
from tests.unit.engagement.hand_made_world import hold_as, make_world, put_track, take_events, threaten, warn_at

SETTINGS = WarningSettings()
PARAMETERS = SETTINGS.parameters()
FAR = [8000.0, 0.0, 3000.0, -150.0, 0.0, 0.0]
LOW_IN_THE_RING = [1400.0, 0.0, 100.0, -10.0, 0.0, 0.0]
SHELTERED_S = 30.0
"""20 s to shelter, and 10 s of margin."""


def judge(world, *times_s):
    for time_s in times_s:
        warn_at(world, time_s, PARAMETERS)
    return [ZoneState(event["new"]) for event in take_events(world)]


def coming(due_s=80.0, identity=StandardIdentity.UNKNOWN, set_by=0, state=FAR, is_ballistic=False):
    """A body confirmed at time 0 by two sensors that does harm with probability 0.5."""
    world = make_world()
    put_track(world, 0, state)
    world.tracks.rows[0]["sensors"] = 0b11
    hold_as(world, 0, identity, set_by)
    threaten(world, 0, 0, 0.5, due_s, is_ballistic)
    return world


@pytest.mark.parametrize("identity", [StandardIdentity.PENDING, StandardIdentity.SUSPECT, StandardIdentity.HOSTILE])
def test_a_new_body_far_away_calls_nobody_before_it_could_be_identified(identity):
    world = coming(identity=identity)
    assert judge(world, 0.0, 7.9) == []
    assert judge(world, 8.0) == [ZoneState.WARNING]


@pytest.mark.parametrize("spare_s", [1.0, 6.0, 15.9])
def test_half_of_the_time_to_spare_is_left_to_the_people(spare_s):
    world = coming(due_s=SHELTERED_S + spare_s)
    assert judge(world, 0.0, 0.5 * spare_s - 0.1) == []
    assert judge(world, 0.5 * spare_s) == [ZoneState.WARNING]


def test_one_that_turns_out_harmless_meanwhile_calls_nobody_at_all():
    world = coming()
    assert judge(world, 0.0, 4.0) == []
    hold_as(world, 0, StandardIdentity.NEUTRAL)
    assert judge(world, 6.0, 20.0) == []


@pytest.mark.parametrize(
    ("world", "expected"),
    [
        (coming(due_s=SHELTERED_S), ZoneState.SHELTER_NOW),  # none to spare
        (coming(due_s=np.inf), ZoneState.WARNING),
        (coming(identity=StandardIdentity.SUSPECT, set_by=3), ZoneState.WARNING),
        (coming(state=LOW_IN_THE_RING), ZoneState.WATCH),
    ],
)
def test_what_leaves_no_time_or_a_person_judged_or_is_in_the_ring_calls_at_once(world, expected):
    assert judge(world, 0.0) == [expected]


def test_what_others_vouch_for_weighs_as_the_site_trusts_them_and_does_not_wait():
    """Else a claim could make a new body weigh less than the trust stated, 0.04 of what it could do."""
    world = coming(identity=StandardIdentity.ASSUMED_FRIEND)
    threaten(world, 0, 0, 1.0, 80.0)
    assert judge(world, 0.0) == [ZoneState.WATCH]


def test_what_is_thrown_waits_for_its_impact_only():
    world = coming(due_s=80.0, is_ballistic=True)
    assert judge(world, 0.0) == [ZoneState.WATCH]
    assert judge(world, SETTINGS.impact_wait_s) == [ZoneState.SHELTER_NOW]


def found_again(watched_s):
    """A body that was seen for so long, was out of sight, and is found again at 60 s, due at 200 s."""
    world = coming(due_s=200.0)
    world.identities[0]["watched_s"] = watched_s
    world.tracks.rows[0]["time_s"] = world.tracks.rows[0]["found_s"] = 60.0
    return world


def test_who_comes_up_now_and_then_is_not_new_each_time():
    world = found_again(7.0)
    assert judge(world, 60.0, 60.9) == []
    assert judge(world, 61.0) == [ZoneState.WATCH]  # as what is found again: it may be another body


def test_who_was_seen_for_a_second_has_not_been_identified_a_minute_later():
    world = found_again(1.0)
    assert judge(world, 60.0, 66.9) == []
    assert judge(world, 67.0) == [ZoneState.WATCH]


def test_time_out_of_sight_counts_as_long_as_the_track_is_carried_on():
    world = coming()
    world.identities[0]["watched_s"] = 2.0
    assert judge(world, 5.9) == []
    assert judge(world, 6.0) == [ZoneState.WARNING]


def test_what_was_taken_for_thrown_and_flies_has_the_time_anew():
    world = coming()
    world.tracks.rows[0]["confirmed_s"] = world.tracks.rows[0]["found_s"] = -100.0
    world.identities[0]["watched_s"], world.assessments.rows[0]["thrown_s"] = 100.0, -1.0
    assert judge(world, 0.0, 6.9) == []
    assert judge(world, 7.0) == [ZoneState.WARNING]


def test_a_site_may_do_without_the_wait():
    world = coming()
    warn_at(world, 0.0, WarningSettings(identity_wait_s=0.0).parameters())
    assert [event["new"] for event in take_events(world)] == [ZoneState.WARNING]
