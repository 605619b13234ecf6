"""One threat is one incident; what follows what; how a warning ends in words."""

import numpy as np
import pytest

from sangar.core.events import EventKind
from sangar.core.targets import DropReason, TargetClass, ZoneState
from sangar.warning.settings import WarningSettings
from sangar.warning.words.alert import Exercise, ThreatKind, Transition
from sangar.warning.words.incidents import FORGOTTEN_AFTER_S, IncidentBook
from sangar.warning.words.lineage import Lineage
from tests.unit.engagement.hand_made_world import Square, make_world
from tests.unit.report.storyline import event

AREAS = make_world((Square(), Square(east_m=5000.0))).areas
WATCH, WARNING, SHELTER = ZoneState.WATCH, ZoneState.WARNING, ZoneState.SHELTER_NOW


def zone(time_s, new, track=0, area=0, due_s=np.nan, old=ZoneState.CLEAR):
    return event(EventKind.ZONE_CHANGED, time_s, area=area, old=int(old), new=int(new), track=track, due_s=due_s)


def dropped(time_s, track, reason, goes_on=-1):
    return event(EventKind.TRACK_DROPPED, time_s, track=track, new=int(reason), old=goes_on)


def fall(time_s, track, due_s, east_m=0.0, major_m=200.0):
    return event(
        EventKind.IMPACT_PREDICTED, time_s, track=track, due_s=due_s, east_m=east_m, north_m=0.0,
        ellipse_major_m=major_m,
    )  # fmt: skip


def told(*events, until_s=0.0):
    """Transition, kind and incident of each alert that these events make, taken one by one."""
    book = IncidentBook(Exercise(), AREAS, WarningSettings())
    said = [alert for one in events for alert in book.take(one, float(one["time_s"][0]))]
    said += book.take(np.zeros(0, events[0].dtype), until_s)
    return [(alert.transition, alert.kind, alert.incident, alert.zone) for alert in said]


def transitions(*events, until_s=0.0):
    return [line[0] for line in told(*events, until_s=until_s)]


def test_one_body_is_one_incident_in_every_zone_and_another_body_is_another():
    lines = told(zone(0.0, WARNING, 1), zone(1.0, WARNING, 1, area=1), zone(2.0, SHELTER, 2))
    assert [line[2] for line in lines] == [1, 1, 2]


def test_a_track_that_merged_or_was_recognised_keeps_its_incident():
    lines = told(
        zone(0.0, WATCH, 3),
        dropped(1.0, 3, DropReason.MERGED, 9),
        zone(2.0, WARNING, 9),
        dropped(3.0, 9, DropReason.LOST),
        event(EventKind.TRACK_REACQUIRED, 5.0, track=9, old=12),
        zone(6.0, SHELTER, 12),
    )
    assert [line[2] for line in lines] == [1, 1, 1]


def test_two_incidents_that_prove_to_be_one_body_go_on_as_the_older():
    lines = told(
        zone(0.0, WATCH, 1), zone(0.5, WATCH, 2, area=1), dropped(1.0, 1, DropReason.MERGED, 2), zone(2.0, WARNING, 2)
    )
    assert [line[2] for line in lines] == [1, 2, 1]


@pytest.mark.parametrize(
    ("target_class", "kind"),
    [
        (TargetClass.ROTARY_DRONE, ThreatKind.DRONE),
        (TargetClass.FIXED_WING_DRONE, ThreatKind.DRONE),
        (TargetClass.ROCKET_ARTILLERY_MORTAR, ThreatKind.ROCKET_OR_MORTAR),
        (TargetClass.BIRD, ThreatKind.UNKNOWN),  # nobody is told a bird is coming to strike
    ],
)
def test_the_words_name_the_threat_by_its_class(target_class, kind):
    classed = event(EventKind.CLASS_CHANGED, 0.0, track=1, new=int(target_class))
    assert told(classed, zone(1.0, WARNING, 1))[0][1] == kind


def test_what_has_an_impact_point_falls():
    assert told(fall(0.0, 1, 20.0), zone(0.0, SHELTER, 1))[0][1] == ThreatKind.ROCKET_OR_MORTAR


SHELTERED = zone(0.0, SHELTER, 1, due_s=20.0)


def ended(*ends, first=SHELTERED):
    return transitions(first, *ends, zone(50.0, ZoneState.ALL_CLEAR))[-1]


def test_the_end_is_told_by_what_became_of_the_threat():
    assert ended() == Transition.CANCEL  # still flying, elsewhere
    assert ended(dropped(20.0, 1, DropReason.IMPACTED)) == Transition.ALL_CLEAR
    assert ended(dropped(20.0, 1, DropReason.LOST)) == Transition.EXPIRED
    assert ended(event(EventKind.ENGAGEMENT_ENDED, 9.0, track=1, new=1)) == Transition.ALL_CLEAR


def test_a_bomb_whose_impact_area_left_the_zone_is_cancelled_not_over():
    fell = dropped(20.0, 1, DropReason.IMPACTED)
    assert ended(fall(10.0, 1, 20.0, east_m=650.0, major_m=200.0), fell) == Transition.ALL_CLEAR  # 150 m from the zone
    assert ended(fall(10.0, 1, 20.0, east_m=650.0, major_m=100.0), fell) == Transition.CANCEL


def test_of_two_threats_the_one_that_came_decides_how_the_end_is_told():
    second = zone(1.0, SHELTER, 2)
    assert ended(second, dropped(20.0, 2, DropReason.IMPACTED)) == Transition.ALL_CLEAR


def test_people_hear_of_another_time_only_when_it_is_news():
    first = zone(0.0, WARNING, 1, due_s=60.0)
    arrivals = [
        event(EventKind.ARRIVAL_PREDICTED, time_s, track=track, area=area, due_s=due_s)
        for time_s, track, area, due_s in [(1.0, 1, 0, 66.0), (2.0, 1, 1, 90.0), (3.0, 2, 0, 90.0), (4.0, 1, 0, 71.0)]
    ]
    assert transitions(first, *arrivals) == [Transition.WARNING, Transition.UPDATE]


def test_a_warning_that_stands_is_renewed_before_it_runs_out():
    settings = WarningSettings()
    book = IncidentBook(Exercise(), AREAS, settings)
    (first,) = book.take(zone(0.0, WARNING, 1, due_s=20.0), 0.0)
    assert first.expires_s == 20.0 + settings.lost_hold_s + settings.quiet_s
    nothing = zone(0.0, WARNING)[:0]
    expires_s = first.expires_s
    for time_s in np.arange(0.0, 600.0, 0.5):
        for alert in book.take(nothing, time_s):
            assert alert.transition == Transition.UPDATE
            assert alert.incident == first.incident
            assert time_s < expires_s
            expires_s = alert.expires_s
        assert time_s < expires_s


def test_what_was_told_only_to_the_crew_needs_no_all_clear():
    assert transitions(zone(0.0, WATCH, 1), zone(9.0, ZoneState.CLEAR), until_s=900.0) == [Transition.WATCH]


def test_a_watch_is_not_renewed_to_the_people():
    assert transitions(zone(0.0, WATCH, 1), until_s=900.0) == [Transition.WATCH]


def test_the_same_events_in_other_batches_give_the_same_alerts():
    story = [
        zone(0.0, WATCH, 3),
        zone(2.0, WARNING, 9),
        dropped(3.0, 9, DropReason.LOST),
        zone(70.0, ZoneState.ALL_CLEAR),
    ]
    book = IncidentBook(Exercise(), AREAS, WarningSettings())
    at_once = book.take(np.concatenate(story), 70.0)
    assert [(alert.transition, alert.kind, alert.incident, alert.zone) for alert in at_once] == told(*story)


def test_a_lineage_follows_every_join_whatever_the_order():
    rng = np.random.default_rng(3)
    for _ in range(50):
        lineage, groups = Lineage(), {track: {track} for track in range(1, 13)}
        for ended_track, goes_on in rng.integers(1, 13, (10, 2)):
            lineage.join(int(ended_track), int(goes_on))
            joined = groups[ended_track] | groups[goes_on]
            for track in joined:
                groups[track] = joined
        for one, body in groups.items():
            for other in groups:
                assert (lineage.root(one) == lineage.root(other)) == (other in body)


def test_a_lineage_forgets_a_body_whole_and_no_other():
    lineage = Lineage()
    for ended_track, goes_on in ((1, 2), (2, 3), (4, 3), (5, 6)):
        lineage.join(ended_track, goes_on)
    lineage.forget(3)
    assert [lineage.root(track) for track in (1, 2, 4, 5)] == [1, 2, 4, 6]


def many_bodies(book, first, count):
    """Bodies that come, are followed by a second track, and end; one after another, a minute each."""
    for k in range(count):
        track, time_s = first + 2 * k, 60.0 * k
        book.take(event(EventKind.CLASS_CHANGED, time_s, track=track, old=-1, new=int(TargetClass.BIRD)), time_s)
        book.take(dropped(time_s + 10.0, track, DropReason.MERGED, track + 1), time_s + 10.0)
        book.take(dropped(time_s + 20.0, track + 1, DropReason.LOST), time_s + 20.0)


def test_a_month_of_birds_does_not_fill_the_memory():
    book = IncidentBook(Exercise(), AREAS, WarningSettings())
    many_bodies(book, 1, 1000)
    kept = 2 * (FORGOTTEN_AFTER_S / 60.0 + 1)
    assert len(book._threats) <= kept
    assert len(book._lineage._next) <= kept


def test_what_a_zone_was_warned_of_is_not_forgotten_while_the_warning_stands():
    book = IncidentBook(Exercise(), AREAS, WarningSettings())
    book.take(zone(0.0, WARNING, 1), 0.0)
    book.take(dropped(5.0, 1, DropReason.LOST), 5.0)
    many_bodies(book, 2, 200)
    (end,) = [one for one in book.take(zone(12000.0, ZoneState.ALL_CLEAR), 12000.0) if one.zone == 0]
    assert (end.transition, end.incident) == (Transition.EXPIRED, 1)
