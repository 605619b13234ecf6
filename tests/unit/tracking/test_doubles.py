"""Two confirmed tracks of one body become one; two bodies never do."""

import numpy as np
import pytest
from scipy.stats import chi2

from sangar.core.detections import AZIMUTH, DETECTION, EAST, ELEVATION, NORTH, RANGE, UP
from sangar.core.doubles import DOUBLE_CAPACITY
from sangar.core.events import EventKind
from sangar.core.sensors import allocate_sensors
from sangar.core.targets import DropReason, SensorKind, TrackStatus
from sangar.core.tracks import DOUBLE_COUNT, HIGH_WATER, LIVE, MERGED_COUNT, TRACK
from sangar.tracking.kernels.management.doubles import AGREEMENT, COURSE_MPS, agree
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker
from tests.unit.tracking.oracles import pack

SETTINGS = TrackingSettings(initial_speed_mps=30.0, initial_climb_mps=5.0)
TRANSPONDERS, RADAR = 0, 1
SIGMA_M, SIGMA_RAD = 7.5, 2e-3
ASIDE = np.array([0.6, 0.8, 0.0])


def two_sensors():
    """One hears transponders, one is a radar; both look once a second, and the radar half a second later."""
    sensors = allocate_sensors(2)
    sensors["kind"] = [SensorKind.COOPERATIVE, SensorKind.RADAR]
    sensors["position_m"][RADAR] = [400.0, -300.0, 0.0]
    sensors["period_s"], sensors["detection_probability"], sensors["clutter_density"] = 1.0, 0.9, 1e-9
    sensors["clutter_density"][RADAR] = 1e-6
    sensors["minimum_range_m"], sensors["maximum_range_m"], sensors["minimum_elevation_rad"] = 0.0, 1e4, -0.1
    return sensors


def body(time_s, off_m=0.0):
    """A body that flies straight, or one that flies beside it."""
    return np.array([-1500.0, 2500.0, 200.0]) + time_s * np.array([20.0, -8.0, 0.0]) + off_m * ASIDE


def heard(places_m, time_s, dice):
    batch = np.zeros(len(places_m), DETECTION)
    batch["time_s"], batch["measured"], batch["sigma"], batch["snr_db"] = time_s, np.nan, np.nan, np.nan
    for axis, column in enumerate((EAST, NORTH, UP)):
        batch["measured"][:, column] = [place[axis] for place in places_m]
        batch["measured"][:, column] += SIGMA_M * dice.standard_normal(len(batch))
        batch["sigma"][:, column] = SIGMA_M
    return batch


def echoes(places_m, time_s, dice, sensor):
    batch = np.zeros(len(places_m), DETECTION)
    batch["time_s"], batch["measured"], batch["sigma"], batch["snr_db"] = time_s, np.nan, np.nan, np.nan
    for n, place in enumerate(places_m):
        east, north, up = place - sensor["position_m"]
        batch["measured"][n, RANGE] = np.sqrt(east**2 + north**2 + up**2) + SIGMA_M * dice.standard_normal()
        batch["measured"][n, AZIMUTH] = np.arctan2(east, north) + SIGMA_RAD * dice.standard_normal()
        batch["measured"][n, ELEVATION] = np.arctan2(up, np.hypot(east, north)) + SIGMA_RAD * dice.standard_normal()
    batch["sigma"][:, RANGE], batch["sigma"][:, [AZIMUTH, ELEVATION]] = SIGMA_M, SIGMA_RAD
    return batch


def run(seconds, heard_at, echoes_at, seed=0):
    """Track bodies that are heard and seen where two functions of time say; (tracker, events)."""
    sensors, dice = two_sensors(), np.random.default_rng(seed)
    said: list[np.void] = []
    tracker = Tracker(sensors, SETTINGS)

    def look(sensor, time_s, batch):
        tracker.process(time_s, sensor, batch)
        said.extend(event.copy() for event in tracker.events)

    for second in range(seconds):
        told = [place for place in heard_at(float(second)) if dice.random() < 0.9]
        look(TRANSPONDERS, float(second), heard(told, float(second), dice))
        time_s = second + 0.5
        seen = [place for place in echoes_at(time_s) if dice.random() < 0.9]
        look(RADAR, time_s, echoes(seen, time_s, dice, sensors[RADAR]))
    return tracker, said


def live(tracker):
    rows = tracker.tracks.rows[: tracker.tracks.counters[HIGH_WATER]]
    return rows[rows["status"] >= TrackStatus.CONFIRMED]


def reflected(time_s):
    """A body whose echo comes from elsewhere for ten seconds, and in the end from another part of it."""
    return [body(time_s, reflection_m(time_s))]


def reflection_m(time_s):
    return min(110.0, max(20.0, 110.0 - 6.0 * (time_s - 10.0)))


@pytest.mark.parametrize("seed", range(5))
def test_two_tracks_of_one_body_become_one_under_the_older_number(seed):
    before, _ = run(10, lambda t: [body(t)], reflected, seed)
    assert len(live(before)) == 2
    tracker, said = run(60, lambda t: [body(t)], reflected, seed)
    (track,) = live(tracker)
    older, younger = sorted(live(before)["id"].tolist())
    assert track["id"] == older
    assert track["birth_s"] == live(before)["birth_s"].min()
    merged = [(event["track"], event["old"]) for event in said if event["new"] == DropReason.MERGED]
    found = [(event["old"], event["track"]) for event in said if event["kind"] == EventKind.TRACK_REACQUIRED]
    assert (younger, older) in merged + found
    assert track["sensors"] == 0b11
    assert tracker.tracks.counters[[LIVE, MERGED_COUNT, DOUBLE_COUNT]].tolist() == [1, 1, 0]
    assert np.linalg.norm(track["mean"][:2] - body(59.5)[:2]) < 40.0


@pytest.mark.parametrize("off_m", [50.0, 30.0])
@pytest.mark.parametrize("heard_bodies", [1, 2])
@pytest.mark.parametrize("seed", range(3))
def test_bodies_in_formation_seen_as_two_are_never_made_one(off_m, heard_bodies, seed):
    def both(t):
        return [body(t), body(t, off_m)]

    tracker, _ = run(120, lambda t: both(t)[:heard_bodies], both, seed)
    assert tracker.tracks.counters[MERGED_COUNT] == 0
    assert len(live(tracker)) == 2


@pytest.mark.parametrize("seed", range(3))
def test_what_a_body_releases_keeps_its_track(seed):
    """The carrier is heard; the radar sees one echo until the two are 40 m apart."""

    def seen(time_s):
        off_m = 4.0 * max(0.0, time_s - 20.0)
        return [body(time_s), body(time_s, off_m)] if off_m > 40.0 else [body(time_s, 0.5 * off_m)]

    tracker, _ = run(80, lambda t: [body(t)], seen, seed)
    assert tracker.tracks.counters[MERGED_COUNT] == 0
    assert len(live(tracker)) == 2


def test_bodies_that_were_followed_one_by_one_and_meet_are_two():
    """One is heard and not seen by radar, one is seen and not heard; in the end they fly 15 m apart."""

    def comes_near(time_s):
        return [body(time_s, max(15.0, 15.0 + 5.0 * (90.0 - time_s)))]

    tracker, _ = run(130, lambda t: [body(t)], comes_near)
    assert tracker.tracks.counters[MERGED_COUNT] == 0


def test_more_pairs_than_there_is_room_for_are_left_alone():
    """Every body has two tracks; only so many pairs are watched at once, the others wait for room."""
    count = DOUBLE_CAPACITY + 4

    def row(time_s, off_m):
        return [body(time_s, off_m) + np.array([0.0, 0.0, 500.0 * n]) for n in range(count)]

    tracker, _ = run(60, lambda t: row(t, 0.0), lambda t: row(t, reflection_m(t)))
    assert 0 <= tracker.tracks.counters[DOUBLE_COUNT] <= DOUBLE_CAPACITY
    assert len(live(tracker)) == count
    assert tracker.tracks.counters[MERGED_COUNT] >= DOUBLE_CAPACITY // 2


def test_agreement_is_the_chi_square_test_of_the_difference():
    dice = np.random.default_rng(4)
    first, second = np.zeros(1, TRACK)[0], np.zeros(1, TRACK)[0]
    place_m, speed_mps, sigma_m, outcomes = 6.0, 2.0, 10.0, []
    spread = np.diag([place_m**2] * 3 + [speed_mps**2] * 3)
    first["covariance"], second["covariance"] = pack(spread), pack(spread)
    for _ in range(4000):
        lasting = np.r_[sigma_m * dice.standard_normal(3), COURSE_MPS * dice.standard_normal(3)]
        first["mean"] = np.sqrt(np.diag(spread)) * dice.standard_normal(6)
        second["mean"] = np.sqrt(np.diag(spread)) * dice.standard_normal(6) + lasting
        outcomes.append(agree(first, second, sigma_m))
    expected = chi2.cdf(AGREEMENT, 2) ** 2
    assert np.mean(outcomes) == pytest.approx(expected, abs=4.0 * np.sqrt(expected * (1.0 - expected) / 4000))


def test_estimates_of_different_times_are_compared_along_the_way():
    first, second = np.zeros(1, TRACK)[0], np.zeros(1, TRACK)[0]
    for track, time_s in ((first, 10.0), (second, 12.0)):
        track["time_s"] = time_s
        track["mean"][:3], track["mean"][3:] = body(time_s), [20.0, -8.0, 0.0]
        track["covariance"] = pack(np.diag([1.0] * 6))
    assert agree(first, second, 0.0)
    assert agree(second, first, 0.0)
    second["mean"][:3] = body(10.0)
    assert not agree(first, second, 0.0)
