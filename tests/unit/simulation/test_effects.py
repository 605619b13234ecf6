"""Simulated shots: judged once at their time, by distance and by chance, and reported a second later."""

import math

import numpy as np
import pytest

from sangar.core.actions import ActionKind
from sangar.core.events import EVENT, EventKind
from sangar.scenario.scenario import Effector
from sangar.simulation.effects import REPORT_DELAY_S, EffectSchedule

GUN = Effector(id="g", kind="gun", east_m=0.0, north_m=0.0, up_m=0.0, kill_probability=1.0, lethal_distance_m=20.0)
WEAK = Effector(id="w", kind="gun", east_m=0.0, north_m=0.0, up_m=0.0, kill_probability=0.35, lethal_distance_m=20.0)
NEVER = Effector(id="n", kind="gun", east_m=0.0, north_m=0.0, up_m=0.0, kill_probability=0.0)


def _fired(engagement=0, effector=0, due_s=10.0, place_m=(100.0, 200.0, 50.0)):
    event = np.zeros(1, EVENT)
    event["kind"] = EventKind.ENGAGEMENT_FIRED
    event["engagement"], event["effector"], event["track"], event["due_s"] = engagement, effector, 7, due_s
    event["east_m"], event["north_m"], event["up_m"] = place_m
    return event


def _standing(*places_m):
    return lambda _: (np.arange(len(places_m)), np.array(places_m, dtype=float).reshape(-1, 3))


def test_a_shot_does_nothing_before_its_time():
    schedule = EffectSchedule((GUN,), 1)
    schedule.observe(_fired())
    assert schedule.judge(9.99, _standing((100.0, 200.0, 50.0))) == []
    assert len(schedule.reports_due(100.0)) == 0


def test_a_threat_at_the_intercept_point_is_stopped_at_the_intercept_time():
    schedule = EffectSchedule((GUN,), 1)
    schedule.observe(_fired())
    stops = schedule.judge(12.0, _standing((900.0, 0.0, 0.0), (110.0, 205.0, 45.0)))
    assert [(stop.body, stop.time_s, stop.effector) for stop in stops] == [(1, 10.0, 0)]


def test_a_threat_beyond_the_lethal_distance_is_missed():
    schedule = EffectSchedule((GUN,), 1)
    schedule.observe(_fired())
    assert schedule.judge(12.0, _standing((100.0, 220.1, 50.0))) == []
    assert schedule.reports_due(20.0)["kind"][0] == ActionKind.EFFECT_MISS


def test_an_effect_is_reported_once_and_a_second_later():
    schedule = EffectSchedule((GUN,), 1)
    schedule.observe(_fired(engagement=3))
    schedule.judge(10.0, _standing((100.0, 200.0, 50.0)))
    assert len(schedule.reports_due(10.0 + REPORT_DELAY_S - 0.01)) == 0
    report = schedule.reports_due(10.0 + REPORT_DELAY_S)
    assert [int(report[0][name]) for name in ("kind", "engagement", "track", "person")] == [
        ActionKind.EFFECT_HIT,
        3,
        7,
        0,
    ]
    assert len(schedule.reports_due(99.0)) == 0


def test_one_threat_is_stopped_by_one_shot_only():
    schedule = EffectSchedule((GUN,), 1)
    schedule.observe(np.concatenate([_fired(0), _fired(1, due_s=10.5)]))
    stops = schedule.judge(11.0, _standing((100.0, 200.0, 50.0)))
    assert len(stops) == 1
    kinds = schedule.reports_due(20.0)["kind"].tolist()
    assert kinds == [ActionKind.EFFECT_HIT, ActionKind.EFFECT_MISS]


def test_nobody_in_the_air_is_a_miss():
    schedule = EffectSchedule((GUN,), 1)
    schedule.observe(_fired())
    assert schedule.judge(11.0, _standing()) == []


def test_the_stated_chance_is_met_over_many_shots():
    schedule, count = EffectSchedule((WEAK,), 5), 3000
    for engagement in range(count):
        schedule.observe(_fired(engagement))
        schedule.judge(11.0, _standing((100.0, 200.0, 50.0)))
    hits = (schedule.reports_due(99.0)["kind"] == ActionKind.EFFECT_HIT).mean()
    assert abs(hits - 0.35) < 4.0 * math.sqrt(0.35 * 0.65 / count)


def test_a_chance_of_nothing_never_hits():
    schedule = EffectSchedule((NEVER,), 5)
    for engagement in range(50):
        schedule.observe(_fired(engagement))
    assert schedule.judge(11.0, _standing((100.0, 200.0, 50.0))) == []


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind != EventKind.ENGAGEMENT_FIRED])
def test_no_other_event_makes_a_shot(kind):
    schedule, event = EffectSchedule((GUN,), 1), _fired()
    event["kind"] = kind
    schedule.observe(event)
    assert schedule.judge(99.0, _standing((100.0, 200.0, 50.0))) == []
    assert len(schedule.reports_due(200.0)) == 0


def test_the_order_of_observing_does_not_matter():
    def reports(order):
        schedule = EffectSchedule((WEAK,), 9)
        for engagement in order:
            schedule.observe(_fired(engagement, due_s=10.0 + 0.1 * engagement))
        schedule.judge(30.0, lambda _: (np.arange(1), np.array([[100.0, 200.0, 50.0]])))
        return schedule.reports_due(99.0)

    kinds = reports(range(20))["kind"].tolist()
    assert kinds == reports(reversed(range(20)))["kind"].tolist()
    assert kinds.count(ActionKind.EFFECT_HIT) == 1
