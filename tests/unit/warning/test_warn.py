"""Which zone is told what, when, and when it is over."""

import msgspec
import numpy as np
import pytest

from sangar.core.areas import AreaKind
from sangar.core.events import EVENTS, OVERFLOW, EventKind
from sangar.core.sensors import LEFT_OUT_BY_STEP, PUT_RIGHT, allocate_sensors
from sangar.core.targets import SensorKind, StandardIdentity, TargetClass, TrackStatus, ZoneState
from sangar.pipeline.world import step_parameters
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings
from sangar.warning.kernels.threat import zone_threat
from sangar.warning.kernels.zone_state import next_state
from sangar.warning.settings import WarningSettings
from tests.small_fort import SITE
from tests.unit.engagement.hand_made_world import (
    Square,
    drop_track,
    hold_as,
    make_world,
    put_track,
    take_events,
    threaten,
    warn_at,
)

SETTINGS = WarningSettings(identity_wait_s=0.0)  # what waits to be identified: test_patience.py
PARAMETERS = SETTINGS.parameters()
FAR = [8000.0, 0.0, 300.0, -45.0, 0.0, 0.0]


def judge(world, *times_s):
    """Warn at these times; the zone states told, in order."""
    for time_s in times_s:
        warn_at(world, time_s, PARAMETERS)
    return [ZoneState(event["new"]) for event in take_events(world)]


def threatened_world(harm, due_s, identity=StandardIdentity.HOSTILE, is_ballistic=False):
    world = make_world()
    put_track(world, 0, FAR)
    hold_as(world, 0, identity)
    threaten(world, 0, 0, harm, due_s, is_ballistic)
    return world


def test_an_empty_sky_warns_nobody():
    assert judge(make_world(), 0.0, 10.0, 1000.0) == []


def test_a_late_threat_is_watched_then_warned_of_then_sheltered_from():
    world = threatened_world(0.5, 200.0)
    assert judge(world, 0.0) == [ZoneState.WATCH]
    assert judge(world, 100.0) == []
    assert judge(world, 200.0 - SETTINGS.lead_s) == [ZoneState.WARNING]
    assert judge(world, 169.9) == []
    assert judge(world, 170.0) == [ZoneState.SHELTER_NOW]  # 20 s to shelter and a margin of 10 s


def test_the_event_says_why():
    world = threatened_world(0.5, 20.0)
    warn_at(world, 3.0, PARAMETERS)
    (event,) = take_events(world)
    told = {name: event[name] for name in ("kind", "time_s", "track", "area", "old", "new", "probability", "due_s")}
    assert told == {
        "kind": EventKind.ZONE_CHANGED,
        "time_s": 3.0,
        "track": 1,
        "area": 0,
        "old": ZoneState.CLEAR,
        "new": ZoneState.SHELTER_NOW,
        "probability": 0.5,
        "due_s": 20.0,
    }


def test_a_rocket_sends_people_to_shelter_at_once_however_late_it_is_due():
    """Once its impact has been looked at for as long as there was time to."""
    world = threatened_world(0.5, 60.0, is_ballistic=True)
    assert judge(world, 0.0) == [ZoneState.WATCH]
    assert judge(world, SETTINGS.impact_wait_s) == [ZoneState.SHELTER_NOW]


def test_an_unjudged_rocket_counts_as_much_as_a_hostile_one():
    assert judge(threatened_world(0.06, 20.0, StandardIdentity.PENDING, is_ballistic=True), 0.0) == [
        ZoneState.SHELTER_NOW
    ]


@pytest.mark.parametrize(
    ("harm", "expected"), [(0.0499, [ZoneState.WATCH]), (0.0501, [ZoneState.SHELTER_NOW]), (0.019, [])]
)
def test_five_per_cent_warns_and_two_per_cent_watches(harm, expected):
    assert judge(threatened_world(harm, 10.0), 0.0) == expected


def test_the_costs_set_the_probability_that_warns():
    parameters = WarningSettings(cost_of_silence=10.0, cost_of_false_alarm=2.0).parameters()
    assert parameters.warning_probability == pytest.approx(0.2)
    assert parameters.watch_probability == pytest.approx(0.08)


def test_costs_that_would_never_warn_are_refused():
    with pytest.raises(msgspec.ValidationError, match="cost_of_false_alarm must be smaller"):
        msgspec.convert({"cost_of_silence": 1.0, "cost_of_false_alarm": 1.0}, WarningSettings)


def test_small_threats_add_up():
    world = make_world()
    for i in range(4):
        put_track(world, i, FAR)
        hold_as(world, i, StandardIdentity.HOSTILE)
        threaten(world, i, 0, 0.015, 10.0)
    assert judge(world, 0.0) == [ZoneState.SHELTER_NOW]
    assert world.zones[0]["harm"] == pytest.approx(1 - 0.985**4)


@pytest.mark.parametrize("identity", [StandardIdentity.FRIEND, StandardIdentity.ASSUMED_FRIEND])
def test_a_friend_heading_for_people_is_watched_not_warned_of(identity):
    assert judge(threatened_world(0.95, 10.0, identity), 0.0) == [ZoneState.WATCH]


def test_many_friends_at_once_are_not_believed():
    world = make_world()
    for i in range(3):
        put_track(world, i, FAR)
        hold_as(world, i, StandardIdentity.FRIEND)
        threaten(world, i, 0, 0.95, 10.0)
    assert judge(world, 0.0) == [ZoneState.SHELTER_NOW]


def test_no_setting_can_silence_a_friend_altogether():
    with pytest.raises(msgspec.ValidationError, match="friend_hostility"):
        msgspec.convert({"friend_hostility": 0.0}, WarningSettings)


def test_an_unknown_on_a_collision_course_warns_without_being_hostile():
    assert judge(threatened_world(0.2, 60.0, StandardIdentity.UNKNOWN), 0.0) == [ZoneState.WARNING]


def test_an_undecided_track_near_people_escalates_by_itself():
    world = make_world()
    put_track(world, 0, [1500.0, 0.0, 100.0, -10.0, 0.0, 0.0])
    assert judge(world, 0.0) == [ZoneState.WATCH]
    assert judge(world, 5.0, 9.9) == []
    assert judge(world, 10.0) == [ZoneState.WARNING]


@pytest.mark.parametrize(
    "state",
    [
        [1500.0, 0.0, 100.0, 10.0, 0.0, 0.0],  # flies away
        [1500.0, 0.0, 2500.0, -10.0, 0.0, 0.0],  # high
        [2200.0, 0.0, 100.0, -10.0, 0.0, 0.0],  # outside the ring
    ],
)
def test_an_undecided_track_that_leaves_or_is_high_or_far_does_not_escalate(state):
    world = make_world()
    put_track(world, 0, state)
    assert judge(world, 0.0, 10.0) == []


@pytest.mark.parametrize("velocity_mps", [(0.0, 10.0), (0.0, 0.0), (0.3, 0.1)])
def test_an_undecided_track_that_passes_or_hovers_near_people_is_watched_not_warned_of(velocity_mps):
    world = make_world()
    put_track(world, 0, [1500.0, 0.0, 100.0, *velocity_mps, 0.0])
    assert judge(world, 0.0, 10.0, 20.0) == [ZoneState.WATCH]


def test_an_undecided_track_over_people_escalates_whichever_way_it_moves():
    world = make_world()
    put_track(world, 0, [0.0, 0.0, 100.0, 1.0, 0.0, 0.0])
    assert judge(world, 0.0, 10.0) == [ZoneState.WATCH, ZoneState.WARNING]


@pytest.mark.parametrize(
    ("identity", "set_by"), [(StandardIdentity.NEUTRAL, 0), (StandardIdentity.FRIEND, 3), (StandardIdentity.UNKNOWN, 3)]
)
def test_a_decided_track_does_not_escalate(identity, set_by):
    world = make_world()
    put_track(world, 0, [1500.0, 0.0, 100.0, -10.0, 0.0, 0.0])
    hold_as(world, 0, identity, set_by)
    assert judge(world, 0.0, 30.0) == []


def test_many_undecided_tracks_are_no_more_certain_than_one():
    world = make_world()
    for i in range(6):
        put_track(world, i, [1500.0, 10.0 * i, 100.0, -10.0, 0.0, 0.0])
    assert judge(world, 0.0) == [ZoneState.WATCH]


def test_the_way_down_goes_through_an_explicit_all_clear():
    world = threatened_world(0.5, 20.0)
    assert judge(world, 0.0) == [ZoneState.SHELTER_NOW]
    threaten(world, 0, 0, 0.0, np.inf)  # it turned away
    assert judge(world, 1.0, 29.9) == []
    assert judge(world, 30.0) == [ZoneState.ALL_CLEAR]
    assert judge(world, 89.9) == []
    assert judge(world, 90.0) == [ZoneState.CLEAR]
    assert world.zones[0]["track"] == 0


def test_a_watch_that_came_to_nothing_ends_without_all_clear():
    world = threatened_world(0.03, 20.0)
    assert judge(world, 0.0) == [ZoneState.WATCH]
    threaten(world, 0, 0, 0.0, np.inf)
    assert judge(world, 30.0) == [ZoneState.CLEAR]


def test_a_new_threat_during_all_clear_warns_again_at_once():
    world = threatened_world(0.5, 20.0)
    judge(world, 0.0)
    threaten(world, 0, 0, 0.0, np.inf)
    assert judge(world, 30.0) == [ZoneState.ALL_CLEAR]
    threaten(world, 0, 0, 0.5, 50.0)
    assert judge(world, 31.0) == [ZoneState.SHELTER_NOW]


def test_people_sent_to_shelter_are_not_told_less_while_half_of_what_warned_remains():
    world = threatened_world(0.5, 20.0)
    judge(world, 0.0)
    threaten(world, 0, 0, 0.026, 500.0)
    assert judge(world, 1.0, 100.0, 300.0) == []
    assert world.zones[0]["state"] == ZoneState.SHELTER_NOW


def test_what_is_worth_a_watch_does_not_keep_people_in_shelter_nor_cut_the_all_clear_short():
    world = threatened_world(0.5, 20.0)
    judge(world, 0.0)
    threaten(world, 0, 0, 0.024, 500.0)
    assert judge(world, 30.0) == [ZoneState.ALL_CLEAR]
    assert judge(world, 31.0, 89.9) == []
    assert judge(world, 90.0) == [ZoneState.WATCH]


def seen_by(sensors, due_s=80.0, is_ballistic=False, set_by=0):
    """A track just confirmed, 30 s to shelter and margin, seen by the sensors of this bit mask."""
    world = threatened_world(0.5, due_s, StandardIdentity.SUSPECT, is_ballistic)
    hold_as(world, 0, StandardIdentity.SUSPECT, set_by)
    world.tracks.rows[0]["sensors"] = sensors
    return world


def test_one_sensors_word_waits_for_a_second_where_there_is_time():
    world = seen_by(0b100)
    assert judge(world, 0.0, 4.9) == [ZoneState.WATCH]
    assert judge(world, 5.0) == [ZoneState.WARNING]


def test_a_second_sensor_ends_the_wait_at_once():
    world = seen_by(0b100)
    assert judge(world, 0.0) == [ZoneState.WATCH]
    world.tracks.rows[0]["sensors"] = 0b101
    assert judge(world, 0.5) == [ZoneState.WARNING]


def test_what_was_lost_and_is_found_again_waits_as_long_whoever_saw_it_before():
    world = seen_by(0b101)
    world.tracks.rows[0]["confirmed_s"] = -100.0
    assert judge(world, 0.0, 4.9) == [ZoneState.WATCH]
    assert judge(world, 5.0) == [ZoneState.WARNING]


@pytest.mark.parametrize(
    ("world", "expected"),
    [
        (seen_by(0b1, due_s=34.9), ZoneState.WARNING),  # 30 s to shelter and 5 s to wait: none to spare
        (seen_by(0b1, due_s=30.0), ZoneState.SHELTER_NOW),
        (seen_by(0b1, due_s=np.inf), ZoneState.WARNING),
        (seen_by(0b1, due_s=30.0, is_ballistic=True), ZoneState.SHELTER_NOW),
        (seen_by(0b1, set_by=3), ZoneState.WARNING),  # a person is a second source
        (seen_by(1 << 62), ZoneState.WARNING),  # a bit that several sensors share
    ],
)
def test_one_sensor_suffices_where_there_is_no_time_or_more_than_the_sensor_speaks_for_it(world, expected):
    assert judge(world, 0.0) == [expected]


def test_the_wait_for_a_second_sensor_does_not_delay_the_escalation():
    parameters = WarningSettings(two_source_wait_s=60.0, escalation_s=10.0).parameters()
    world = make_world()
    put_track(world, 0, [1500.0, 0.0, 100.0, -10.0, 0.0, 0.0])
    world.tracks.rows[0]["sensors"] = 1
    for time_s in (0.0, 10.0):
        warn_at(world, time_s, parameters)
    assert [event["new"] for event in take_events(world)] == [ZoneState.WATCH, ZoneState.WARNING]


def test_a_site_with_one_sensor_does_not_wait_for_a_second():
    site = parse_settings(SITE, Site, "site")
    assert step_parameters(site).warning.two_source_wait_s == 0.0
    second = SITE.replace(
        "[[zone]]", '[[sensor]]\nid = "r2"\nkind = "radar"\neast_m = 0\nnorth_m = 0\nup_m = 5\n[[zone]]'
    )
    assert step_parameters(parse_settings(second, Site, "site")).warning.two_source_wait_s == 5.0


def test_a_thrown_body_waits_for_its_impact_to_be_known_better_where_there_is_time():
    world = seen_by(0b11, due_s=80.0, is_ballistic=True)
    assert judge(world, 0.0, 7.9) == [ZoneState.WATCH]
    assert judge(world, 8.0) == [ZoneState.SHELTER_NOW]


def test_a_thrown_body_that_comes_due_sooner_after_all_ends_the_wait_at_once():
    """30 s to shelter and margin."""
    world = seen_by(0b11, due_s=80.0, is_ballistic=True)
    assert judge(world, 0.0) == [ZoneState.WATCH]
    threaten(world, 0, 0, 0.5, 31.0, is_ballistic=True)
    assert judge(world, 0.5) == []
    assert judge(world, 1.0) == [ZoneState.SHELTER_NOW]


@pytest.mark.parametrize(
    "world",
    [
        seen_by(0b11, due_s=30.0, is_ballistic=True),
        seen_by(0b11, due_s=np.inf, is_ballistic=True),
        seen_by(0b11, is_ballistic=True, set_by=3),
    ],
    ids=["no time", "time unknown", "judged by a person"],
)
def test_a_thrown_body_does_not_wait_without_time_or_once_judged(world):
    assert judge(world, 0.0) == [ZoneState.SHELTER_NOW]


def waiting_world():
    """A thrown body due at 80 s, five seconds ago confirmed, whose warning waits."""
    world = threatened_world(0.5, 80.0, is_ballistic=True)
    world.assessments.rows[0]["impact_s"] = 80.0
    assert judge(world, 0.0, 5.0) == [ZoneState.WATCH]
    return world


def test_a_thrown_body_that_is_lost_while_its_warning_waits_is_warned_of_at_once_and_sheltered_from_when_it_is_due():
    world = waiting_world()
    drop_track(world, 0)
    assert judge(world, 6.0) == [ZoneState.WARNING]
    assert world.zones[0]["track"] == 1
    assert judge(world, 49.9) == []
    assert judge(world, 50.0) == [ZoneState.SHELTER_NOW]
    assert judge(world, 95.0) == []
    assert judge(world, 96.0) == [ZoneState.ALL_CLEAR]  # held for 60 s from when it was lost, quiet for 30 s


def test_one_that_is_lost_when_it_no_longer_threatens_warns_nobody():
    world = waiting_world()
    threaten(world, 0, 0, 0.0, np.inf)
    assert judge(world, 6.0) == []
    drop_track(world, 0)
    assert judge(world, 7.0, 20.0, 60.0, 120.0) == [ZoneState.CLEAR]


def test_with_a_full_log_one_that_was_lost_is_told_of_at_the_next_step():
    world = waiting_world()
    drop_track(world, 0)
    world.outputs.written[EVENTS] = len(world.outputs.events)
    warn_at(world, 6.0, PARAMETERS)
    world.outputs.written[:] = 0
    assert judge(world, 7.0) == [ZoneState.WARNING]


def test_several_that_wait_weigh_no_more_than_one():
    world = make_world()
    for i in range(5):
        put_track(world, i, FAR)
        hold_as(world, i, StandardIdentity.SUSPECT)
        threaten(world, i, 0, 0.3, 80.0, is_ballistic=True)
    found = zone_threat(world.tracks, world.identities, world.assessments, world.areas, 0, 1.0, PARAMETERS)
    assert found[0] == PARAMETERS.watch_probability


def birdlike_world(count, harm, is_ballistic=False, bird=0.95):
    world = make_world()
    for i in range(count):
        put_track(world, i, [600.0, 10.0 * i, 60.0, -12.0, 0.0, 0.0])
        hold_as(world, i, StandardIdentity.UNKNOWN)
        world.identities[i]["posterior"] = (1.0 - bird) / 6.0
        world.identities[i]["posterior"][TargetClass.BIRD] = bird
        threaten(world, i, 0, harm, 10.0, is_ballistic)
    return world


@pytest.mark.parametrize("count", [1, 8])
def test_certain_birds_reach_the_crew_not_the_siren(count):
    assert judge(birdlike_world(count, 1.0), 0.0, 10.0, 60.0) == [ZoneState.WATCH]


def test_a_certain_bird_too_young_to_judge_calls_nobody():
    world = birdlike_world(1, 1.0)
    hold_as(world, 0, StandardIdentity.PENDING)
    assert judge(world, 0.0, 1.0) == []
    hold_as(birdlike := birdlike_world(1, 1.0, bird=0.94), 0, StandardIdentity.PENDING)
    assert judge(birdlike, 0.0) == [ZoneState.SHELTER_NOW]


def test_a_flock_that_the_rules_judge_neutral_calls_no_more_than_one_bird():
    world = birdlike_world(8, 1.0, bird=0.99)
    for i in range(8):
        hold_as(world, i, StandardIdentity.NEUTRAL)
    assert judge(world, 0.0, 10.0, 60.0) == []
    for i in range(8):
        world.identities[i]["posterior"][TargetClass.BIRD] = 0.5
    assert judge(world, 70.0) != []  # NEUTRAL for another reason: they add up


def test_what_is_only_more_likely_a_bird_than_not_warns_like_any_undecided_track():
    world = birdlike_world(1, 1.0, bird=0.7)
    assert judge(world, 0.0)[-1] == ZoneState.SHELTER_NOW


@pytest.mark.parametrize(
    ("identity", "bird", "means_harm"),
    [
        (StandardIdentity.UNKNOWN, 0.2, 0.5),
        (StandardIdentity.UNKNOWN, 0.7, 0.3),
        (StandardIdentity.PENDING, 0.9, 0.1),
        (StandardIdentity.NEUTRAL, 0.9, 0.005),
        (StandardIdentity.SUSPECT, 0.7, 0.9),
        (StandardIdentity.HOSTILE, 0.9, 1.0),
    ],
)
def test_an_undecided_body_means_harm_with_no_more_than_the_probability_that_it_is_no_bird(identity, bird, means_harm):
    world = birdlike_world(1, 0.4, bird=bird)
    hold_as(world, 0, identity)
    found = zone_threat(world.tracks, world.identities, world.assessments, world.areas, 0, 1.0, PARAMETERS)
    assert found[2] == pytest.approx(0.4 * means_harm)  # urgent: the floor of the ring is not in it


def test_what_has_stayed_undecided_for_too_long_weighs_whole_however_likely_it_is_a_bird():
    world = birdlike_world(1, 0.4, bird=0.9)
    judge(world, 0.0, 20.0)
    found = zone_threat(world.tracks, world.identities, world.assessments, world.areas, 0, 20.0, PARAMETERS)
    assert found[2] == pytest.approx(0.4)


def test_a_certain_bird_that_a_person_calls_suspect_warns():
    world = birdlike_world(1, 1.0)
    hold_as(world, 0, StandardIdentity.SUSPECT, set_by=7)
    assert judge(world, 0.0) == [ZoneState.SHELTER_NOW]


def test_a_thrown_body_is_never_taken_for_a_bird():
    assert judge(birdlike_world(1, 0.5, is_ballistic=True), 0.0) == [ZoneState.SHELTER_NOW]


def test_a_probability_that_wavers_round_the_threshold_does_not_make_the_siren_waver():
    world = threatened_world(0.021, 500.0)
    told = judge(world, 0.0)
    for time_s in np.arange(1.0, 200.0):
        threaten(world, 0, 0, 0.019 if time_s % 2 else 0.021, 500.0)
        told += judge(world, time_s)
    assert told == [ZoneState.WATCH]


def test_a_threat_lost_from_sight_keeps_the_zone_warned_until_it_was_due():
    world = threatened_world(0.5, 20.0)
    judge(world, 0.0)
    drop_track(world, 0)
    assert judge(world, 35.0, 49.9) == []
    assert judge(world, 50.0) == [ZoneState.ALL_CLEAR]  # due at 20 s, quiet for 30 s


def test_a_threat_lost_from_sight_sends_people_to_shelter_when_it_would_be_that_near():
    world = threatened_world(0.5, 80.0)
    assert judge(world, 0.0) == [ZoneState.WARNING]
    drop_track(world, 0)
    assert judge(world, 49.9) == []
    assert judge(world, 50.0) == [ZoneState.SHELTER_NOW]  # 20 s to shelter and a margin of 10 s
    assert judge(world, 89.9) == []
    assert judge(world, 90.0) == [ZoneState.ALL_CLEAR]  # held for 60 s, quiet for 30 s


def test_a_watch_whose_threat_is_lost_shelters_nobody():
    world = threatened_world(0.03, 80.0)
    assert judge(world, 0.0) == [ZoneState.WATCH]
    drop_track(world, 0)
    assert judge(world, 50.0, 60.0, 70.0, 80.0) == []


def test_a_threat_lost_from_sight_is_not_waited_for_longer_than_the_limit():
    world = threatened_world(0.5, 85.0)
    assert judge(world, 0.0) == [ZoneState.WARNING]
    drop_track(world, 0)
    limit_s = SETTINGS.lost_hold_s + SETTINGS.quiet_s
    assert judge(world, limit_s - 0.1) == []
    assert judge(world, limit_s) == [ZoneState.ALL_CLEAR]


def told_blind(**columns):
    """When a zone that was sheltered at 0 s is told ALL CLEAR, with these columns of its one radar changed at 10 s."""
    world = threatened_world(0.5, 20.0)
    judge(world, 0.0)
    drop_track(world, 0)
    for name, value in columns.items():
        world.sensors[name] = value
    for time_s in np.arange(10.0, 1000.0):
        if judge(world, time_s) == [ZoneState.ALL_CLEAR]:
            return time_s
    return np.inf


def test_a_blind_site_gives_no_all_clear_for_a_time():
    assert told_blind() == 50.0
    assert told_blind(is_silent=1) == SETTINGS.blind_hold_s
    assert told_blind(is_mistimed=1) == SETTINGS.blind_hold_s
    assert told_blind(left_out=LEFT_OUT_BY_STEP) == SETTINGS.blind_hold_s
    assert told_blind(left_out=PUT_RIGHT) == 50.0  # it is used


def test_a_zone_that_was_never_watched_is_not_kept_waiting_by_silence():
    assert told_blind(is_silent=1, maximum_range_m=1000.0) == 50.0  # the ring lies 2.2 km out
    for kind in (SensorKind.COOPERATIVE, SensorKind.TRACKER, SensorKind.ADS_B):
        assert told_blind(is_silent=1, kind=kind) == 50.0


def test_sight_that_comes_back_ends_the_waiting():
    world = threatened_world(0.5, 20.0)
    judge(world, 0.0)
    drop_track(world, 0)
    world.sensors["is_silent"] = 1
    assert judge(world, 100.0, 200.0) == []
    world.sensors["is_silent"] = 0
    assert judge(world, 201.0) == [ZoneState.ALL_CLEAR]


@pytest.mark.parametrize(("watched_deg", "is_kept"), [(200.0, False), (160.0, True)])
def test_a_zone_is_watched_where_most_of_its_surroundings_are(watched_deg, is_kept):
    world = threatened_world(0.5, 20.0)
    world = world._replace(sensors=allocate_sensors(2))
    world.sensors[1]["sector_count"], world.sensors[1]["sector_width_rad"][0] = 1, np.radians(watched_deg)
    judge(world, 0.0)
    drop_track(world, 0)
    world.sensors["is_silent"] = [1, 0]
    assert (judge(world, 100.0) == []) == is_kept


def test_one_sensor_of_bearings_watches_nothing_and_two_do():
    world = threatened_world(0.5, 20.0)
    world = world._replace(sensors=allocate_sensors(3))
    world.sensors["starts_tracks"] = [1, 0, 0]
    judge(world, 0.0)
    drop_track(world, 0)
    world.sensors["is_silent"] = [1, 1, 0]
    assert judge(world, 100.0) == []
    world.sensors["is_silent"] = [1, 0, 0]
    assert judge(world, 101.0) == [ZoneState.ALL_CLEAR]


def test_a_coasting_track_still_counts_without_detections():
    world = threatened_world(0.5, 200.0)
    world.tracks.rows[0]["status"] = TrackStatus.COASTING
    assert judge(world, 0.0, 120.0) == [ZoneState.WATCH, ZoneState.WARNING]


def test_tentative_tracks_and_stale_assessments_do_not_count():
    world = threatened_world(0.5, 20.0)
    world.tracks.rows[0]["status"] = TrackStatus.TENTATIVE
    assert judge(world, 0.0) == []
    world.tracks.rows[0]["status"] = TrackStatus.CONFIRMED
    world.tracks.rows[0]["id"] = 99
    assert judge(world, 1.0) == []


def test_numbers_that_are_none_do_not_reach_the_zone():
    world = threatened_world(np.nan, np.nan)
    world.tracks.rows[0]["mean"] = np.nan
    assert judge(world, 0.0) == []
    assert world.zones[0]["harm"] == 0.0


def test_each_zone_is_judged_for_itself_and_other_areas_not_at_all():
    squares = (Square(), Square(east_m=5000.0), Square(kind=AreaKind.ASSET), Square(kind=AreaKind.CORRIDOR))
    world = make_world(squares)
    put_track(world, 0, FAR)
    hold_as(world, 0, StandardIdentity.HOSTILE)
    for a in (1, 2, 3):
        threaten(world, 0, a, 0.5, 20.0)
    judge(world, 0.0)
    assert list(world.zones["state"]) == [ZoneState.CLEAR, ZoneState.SHELTER_NOW, ZoneState.CLEAR, ZoneState.CLEAR]


def test_with_a_full_log_nobody_is_taken_for_told():
    world = threatened_world(0.5, 20.0)
    full = world._replace(outputs=world.outputs._replace(events=world.outputs.events[:0]))
    judge(full, 0.0)
    assert full.zones[0]["state"] == ZoneState.CLEAR
    assert judge(world, 0.1) == [ZoneState.SHELTER_NOW]


def test_a_full_log_is_counted():
    world = threatened_world(0.5, 20.0)
    full = world._replace(outputs=world.outputs._replace(events=world.outputs.events[:0]))
    warn_at(full, 0.0, PARAMETERS)
    assert full.outputs.written[OVERFLOW] == 1


def test_the_threat_is_what_numpy_says():
    rng = np.random.default_rng(4)
    weights = {
        StandardIdentity.PENDING: 0.5,
        StandardIdentity.UNKNOWN: 0.5,
        StandardIdentity.ASSUMED_FRIEND: 0.04,
        StandardIdentity.FRIEND: 0.03,
        StandardIdentity.NEUTRAL: 0.005,
        StandardIdentity.SUSPECT: 0.9,
        StandardIdentity.HOSTILE: 1.0,
    }
    for _ in range(50):
        world = make_world()
        harm, due_s = rng.uniform(0, 0.4, 6), rng.uniform(0, 200, 6)
        held = rng.choice(list(weights), 6)
        for i in range(6):
            put_track(world, i, FAR)
            hold_as(world, i, StandardIdentity(held[i]))
            threaten(world, i, 0, harm[i], due_s[i])
        found = zone_threat(world.tracks, world.identities, world.assessments, world.areas, 0, 0.0, PARAMETERS)
        h = harm * [weights[StandardIdentity(identity)] for identity in held]
        expected = [1 - np.prod(1 - h[due_s <= limit_s]) for limit_s in (np.inf, 90.0, 30.0)]
        np.testing.assert_allclose(found[:3], expected, rtol=1e-9, atol=1e-12)
        assert found[3] == due_s[(h >= 0.02) | (h == h.max())].min()
        assert found[4] == h.argmax() + 1


@pytest.mark.parametrize("state", list(ZoneState))
@pytest.mark.parametrize("called", list(ZoneState)[:4])
def test_nothing_but_quiet_leads_down_and_never_past_all_clear(state, called):
    for time_s in (100.0, 1e6):
        is_threatened = called > ZoneState.CLEAR
        after = ZoneState(next_state(int(state), 90.0, 99.0, int(called), is_threatened, time_s, PARAMETERS))
        if state in (ZoneState.WARNING, ZoneState.SHELTER_NOW):
            assert after >= state
            assert (after == ZoneState.ALL_CLEAR) == (not is_threatened and time_s == 1e6)
        if called >= ZoneState.WARNING and state in (ZoneState.CLEAR, ZoneState.ALL_CLEAR):
            assert after == called
        if state == ZoneState.CLEAR:
            assert after == called
