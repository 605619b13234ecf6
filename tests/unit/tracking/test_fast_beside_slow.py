"""A radar that turns slowly beside one that looks oftener and does not see the body: who may end its track when."""

import numpy as np
import pytest

from sangar.core.sensors import allocate_sensors
from sangar.core.targets import TrackStatus
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker
from tests.unit.tracking.sightings import blank, flown, sighted

BODY = np.array([[3000.0, 4000.0, 500.0, -20.0, 10.0, 0.0]])
SLOW, FAST, PERIOD_S = 0, 1, 4


def flight(seen_looks: str, behind_s: float = 0.0, settings: TrackingSettings | None = None) -> Tracker:
    """One look of the slow radar for each letter, `x` where it sees the body; the fast one looks first each second."""
    sensors = allocate_sensors(2)
    sensors["period_s"] = [PERIOD_S, 1.0]
    sensors["minimum_range_m"][FAST] = 20_000.0
    tracker = Tracker(sensors, settings, track_capacity=16)
    for second in range(PERIOD_S * len(seen_looks)):
        tracker.process(float(second), FAST, blank(0, float(second)))
        look_s = second + behind_s
        if second % PERIOD_S == 0:
            is_seen = seen_looks[second // PERIOD_S] == "x"
            seen = sighted(flown(BODY, look_s), look_s, first_row=second) if is_seen else blank(0, look_s)
            tracker.process(look_s, SLOW, seen)
    return tracker


def live(tracker):
    rows = tracker.tracks.rows
    return rows[rows["status"] != TrackStatus.FREE]


@pytest.mark.parametrize("behind_s", [0.0, 0.3])
@pytest.mark.parametrize("seen_looks", ["xxx.x", "xx.x", "x.x", "xxxxx..x"])
def test_a_track_outlives_what_its_own_radar_would_forgive_whoever_looks_meanwhile(seen_looks, behind_s):
    tracker = flight(seen_looks, behind_s)
    assert live(tracker)["id"].tolist() == [1]
    assert live(tracker)["hits"][0] == seen_looks.count("x")


@pytest.mark.parametrize("seen_looks", ["x....", "xx...", "xxxxx......."])
def test_and_ends_when_its_own_radar_has_missed_it_often_enough(seen_looks):
    assert len(live(flight(seen_looks))) == 0


def test_no_grace_is_given_beyond_the_longest_time_without_a_detection():
    """Last seen at 24 s; where 10 s is the longest time the fast look at 34 s ends it. The slow one is at 36 s."""
    patient = TrackingSettings(confirmed_misses=1000, coast_limit_s=10.0)
    assert len(live(flight("xxxxxxx..", settings=patient))) == 0
    assert len(live(flight("xxxxxxx..", settings=TrackingSettings(confirmed_misses=1000, coast_limit_s=12.0)))) == 1
