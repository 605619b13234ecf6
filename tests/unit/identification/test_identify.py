"""Whose a track is: the standing rules, and what people say."""

import numpy as np
import pytest

from sangar.core.actions import ACTION, NO_ACTIONS, ActionKind
from sangar.core.areas import AreaKind
from sangar.core.events import OVERFLOW, EventKind
from sangar.core.targets import StandardIdentity, TargetClass, TrackStatus
from sangar.identification.kernels.identify import apply_identity_actions, identify
from sangar.identification.kernels.identity_rules import time_to_reach
from sangar.identification.settings import IdentificationSettings
from tests.unit.engagement.hand_made_world import Square, drop_track, make_world, put_track, take_events

SETTINGS = IdentificationSettings()
PARAMETERS = SETTINGS.parameters()
BASE = Square(kind=AreaKind.PERIMETER, half_m=1000.0)
CORRIDOR = Square(east_m=5000.0, half_m=800.0, kind=AreaKind.CORRIDOR)


def fly(world, start, velocity, seconds, logit=-6.0, begins_s=0.0):
    """Fly one straight track, judged once a second; the events."""
    for second in range(seconds + 1):
        position = np.add(start, np.multiply(velocity, second))
        put_track(world, 0, [*position, *velocity], begins_s + second, logit)
        identify(world.tracks, world.identities, world.areas, world.rules, begins_s + second, PARAMETERS, world.outputs)
    return take_events(world)


def identities_in(events):
    return [StandardIdentity(event["new"]) for event in events if event["kind"] == EventKind.IDENTITY_CHANGED]


def say(world, identity, track=1, person=7, time_s=100.0):
    action = np.zeros(1, ACTION)
    action["kind"], action["track"], action["value"], action["person"] = (
        ActionKind.SET_IDENTITY,
        track,
        identity,
        person,
    )
    apply_identity_actions(world.identities, world.tracks, action, time_s, world.outputs)


def test_an_inbound_drone_is_pending_then_suspect_then_hostile():
    events = fly(make_world((BASE,)), [4000.0, 0.0, 300.0], [-45.0, 0.0, 0.0], 10)
    assert identities_in(events) == [StandardIdentity.SUSPECT, StandardIdentity.HOSTILE]
    when = {event["new"]: event["time_s"] for event in events if event["kind"] == EventKind.IDENTITY_CHANGED}
    assert when[StandardIdentity.SUSPECT] == SETTINGS.observation_time_s
    assert when[StandardIdentity.HOSTILE] == SETTINGS.observation_time_s + SETTINGS.persistence_s


def test_a_far_inbound_drone_is_only_suspect():
    world = make_world((BASE,))
    fly(world, [10_000.0, 0.0, 300.0], [-45.0, 0.0, 0.0], 20)
    assert world.identities[0]["identity"] == StandardIdentity.SUSPECT


def test_a_passing_drone_is_unknown():
    world = make_world((BASE,))
    fly(world, [4000.0, 0.0, 300.0], [0.0, 45.0, 0.0], 20)
    assert world.identities[0]["identity"] == StandardIdentity.UNKNOWN


def test_a_departing_drone_that_never_came_in_is_unknown():
    world = make_world((BASE,))
    fly(world, [2000.0, 0.0, 300.0], [45.0, 0.0, 0.0], 20)
    assert world.identities[0]["identity"] == StandardIdentity.UNKNOWN


def test_a_hostile_drone_that_turns_away_stays_hostile():
    world = make_world((BASE,))
    fly(world, [4000.0, 0.0, 300.0], [-45.0, 0.0, 0.0], 10)
    fly(world, [3500.0, 0.0, 300.0], [45.0, 0.0, 0.0], 20, begins_s=11.0)
    assert world.identities[0]["identity"] == StandardIdentity.HOSTILE


def test_a_rocket_is_hostile_at_once():
    events = fly(make_world((BASE,)), [4000.0, 0.0, 300.0], [-150.0, 0.0, 80.0], 0, logit=4.0)
    assert identities_in(events) == [StandardIdentity.HOSTILE]


def test_a_body_no_longer_taken_for_a_rocket_is_judged_again():
    world = make_world((BASE,))
    fly(world, [9000.0, 0.0, 3000.0], [0.0, 150.0, 0.0], 1, logit=4.0)
    fly(world, [9000.0, 200.0, 3000.0], [0.0, 150.0, 0.0], 5, logit=-6.0, begins_s=2.0)
    assert world.identities[0]["identity"] == StandardIdentity.UNKNOWN


def test_a_slow_body_that_may_be_a_bird_is_never_called_hostile_by_the_rules():
    world = make_world((BASE,))
    fly(world, [1900.0, 0.0, 100.0], [-12.0, 0.0, 0.0], 60)
    assert world.identities[0]["identity"] in (StandardIdentity.SUSPECT, StandardIdentity.UNKNOWN)


def test_who_keeps_to_an_open_corridor_is_assumed_friend_until_leaving_it():
    world = make_world((BASE, CORRIDOR))
    fly(world, [5500.0, 0.0, 300.0], [0.0, 45.0, 0.0], 10)
    assert world.identities[0]["identity"] == StandardIdentity.ASSUMED_FRIEND
    fly(world, [5500.0, 900.0, 300.0], [0.0, 45.0, 0.0], 3, begins_s=11.0)
    assert world.identities[0]["identity"] == StandardIdentity.UNKNOWN


@pytest.mark.parametrize(
    ("limit", "value"), [("floor_m", 400.0), ("ceiling_m", 200.0), ("opens_s", 1000.0), ("closes_s", -1.0)]
)
def test_a_corridor_helps_only_inside_its_heights_and_times(limit, value):
    world = make_world((BASE, CORRIDOR))
    world.areas.rows[1][limit] = value
    fly(world, [5500.0, 0.0, 300.0], [0.0, 45.0, 0.0], 10)
    assert world.identities[0]["identity"] == StandardIdentity.UNKNOWN


def test_a_rocket_in_a_corridor_is_hostile():
    world = make_world((BASE, CORRIDOR))
    fly(world, [5500.0, 0.0, 300.0], [0.0, 45.0, 0.0], 10, logit=4.0)
    assert world.identities[0]["identity"] == StandardIdentity.HOSTILE


def test_a_suspect_does_not_become_a_friend_by_entering_a_corridor():
    world = make_world((BASE, CORRIDOR))
    fly(world, [7000.0, 0.0, 300.0], [-45.0, 0.0, 0.0], 10)
    assert world.identities[0]["identity"] == StandardIdentity.SUSPECT
    fly(world, [5700.0, 0.0, 300.0], [-45.0, 0.0, 0.0], 3, begins_s=11.0)
    assert world.identities[0]["identity"] == StandardIdentity.SUSPECT


def test_what_a_person_says_stands_until_handed_back():
    world = make_world((BASE,))
    fly(world, [4000.0, 0.0, 300.0], [-45.0, 0.0, 0.0], 3)
    say(world, StandardIdentity.FRIEND)
    events = fly(world, [3800.0, 0.0, 300.0], [-45.0, 0.0, 0.0], 10, begins_s=4.0)
    assert identities_in(events) == [StandardIdentity.FRIEND]
    assert world.identities[0]["set_by"] == 7
    say(world, -1)
    fly(world, [3300.0, 0.0, 300.0], [-45.0, 0.0, 0.0], 6, begins_s=15.0)
    assert world.identities[0]["identity"] == StandardIdentity.HOSTILE


@pytest.mark.parametrize(
    ("identity", "track", "person"), [(9, 1, 7), (-2, 1, 7), (3, 2, 7), (3, 0, 7), (3, 1, 0), (3, 1, -4)]
)
def test_senseless_sayings_change_nothing(identity, track, person):
    world = make_world((BASE,))
    fly(world, [4000.0, 0.0, 300.0], [-45.0, 0.0, 0.0], 3)
    before = world.identities.copy()
    say(world, identity, track, person)
    assert before.tobytes() == world.identities.tobytes()


def test_nobody_can_say_anything_of_a_dropped_track():
    world = make_world((BASE,))
    fly(world, [4000.0, 0.0, 300.0], [-45.0, 0.0, 0.0], 3)
    drop_track(world, 0)
    say(world, StandardIdentity.FRIEND)
    assert world.identities[0]["identity"] == StandardIdentity.SUSPECT


def test_a_new_track_in_an_old_row_starts_anew():
    world = make_world((BASE,))
    fly(world, [4000.0, 0.0, 300.0], [-45.0, 0.0, 0.0], 10)
    drop_track(world, 0)
    put_track(world, 0, [8000.0, 0.0, 300.0, 0.0, 45.0, 0.0], 20.0)
    world.tracks.rows[0]["id"] = 2
    identify(world.tracks, world.identities, world.areas, world.rules, 20.0, PARAMETERS, world.outputs)
    assert world.identities[0]["track"] == 2
    assert world.identities[0]["identity"] == StandardIdentity.PENDING


def test_unconfirmed_tracks_are_not_judged():
    world = make_world((BASE,))
    put_track(world, 0, [4000.0, 0.0, 300.0, -45.0, 0.0, 0.0])
    world.tracks.rows[0]["status"] = TrackStatus.TENTATIVE
    identify(world.tracks, world.identities, world.areas, world.rules, 0.0, PARAMETERS, world.outputs)
    assert world.identities[0]["track"] == 0


def test_the_class_is_announced_once():
    events = fly(make_world((BASE,)), [4000.0, 0.0, 300.0], [-40.0, 0.0, 0.0], 20)
    told = [event for event in events if event["kind"] == EventKind.CLASS_CHANGED]
    assert [(event["old"], event["new"]) for event in told] == [(-1, TargetClass.FIXED_WING_DRONE)]
    assert told[0]["probability"] >= PARAMETERS.announce_probability


def test_without_newer_data_nothing_is_judged_again():
    world = make_world((BASE,))
    fly(world, [4000.0, 0.0, 300.0], [-45.0, 0.0, 0.0], 3)
    before = world.identities.copy()
    identify(world.tracks, world.identities, world.areas, world.rules, 90.0, PARAMETERS, world.outputs)
    assert before.tobytes() == world.identities.tobytes()


def test_a_full_log_is_counted_and_the_class_announced_later():
    world = make_world((BASE,), events=0)
    put_track(world, 0, [4000.0, 0.0, 300.0, -40.0, 0.0, 0.0])
    identify(world.tracks, world.identities, world.areas, world.rules, 0.0, PARAMETERS, world.outputs)
    assert world.outputs.written[OVERFLOW] == 1
    assert world.identities[0]["announced_class"] == -1


def test_no_actions_are_fine():
    world = make_world((BASE,))
    apply_identity_actions(world.identities, world.tracks, NO_ACTIONS, 0.0, world.outputs)
    assert world.outputs.written.sum() == 0


@pytest.mark.parametrize(
    ("state", "expected_s"),
    [
        ([3000.0, 0.0, 300.0, -50.0, 0.0, 0.0], 40.0),
        ([500.0, 0.0, 300.0, 50.0, 0.0, 0.0], 0.0),
        ([3000.0, 0.0, 300.0, 50.0, 0.0, 0.0], np.inf),
        ([3000.0, 0.0, 300.0, -10.0, 49.0, 0.0], np.inf),
        ([90_000.0, 0.0, 300.0, -50.0, 0.0, 0.0], np.inf),
        ([3000.0, 0.0, 300.0, 0.0, 0.0, 0.0], np.inf),
    ],
)
def test_time_to_reach_the_perimeter(state, expected_s):
    found_s = time_to_reach(make_world((BASE,)).areas, np.array(state), PARAMETERS)
    assert found_s == pytest.approx(expected_s, rel=1e-6)


def test_how_long_a_track_has_been_in_sight_leaves_out_the_time_when_it_was_not():
    world = make_world((BASE,))
    fly(world, [9000.0, 0.0, 300.0], [-45.0, 0.0, 0.0], 5)
    assert world.identities[0]["watched_s"] == 5.0
    fly(world, [9000.0, 0.0, 300.0], [-45.0, 0.0, 0.0], 3, begins_s=60.0)
    assert world.identities[0]["watched_s"] == 8.0
    fly(world, [9000.0, 0.0, 300.0], [-45.0, 0.0, 0.0], 0, begins_s=75.0)
    assert world.identities[0]["watched_s"] == 20.0  # 12 s apart: a slow radar's looks
