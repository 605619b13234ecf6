"""Tracks started from bearings: real bodies, ghosts, floods."""

import numpy as np
import pytest

from sangar.core.detections import AZIMUTH, DETECTION, ELEVATION
from sangar.core.sensors import allocate_sensors
from sangar.core.targets import TrackStatus
from sangar.core.tracks import BEARING_OVERFLOW_COUNT, HIGH_WATER, LIVE
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker

PLACES_M = np.array([[-500.0, 0.0, 0.0], [500.0, 0.0, 0.0], [0.0, -500.0, 0.0]])
SIGMA_RAD = 2e-3
SETTINGS = TrackingSettings(initial_speed_mps=30.0, initial_climb_mps=5.0, manoeuvre_noise_m2ps3=20.0)


def cameras(count=3):
    sensors = allocate_sensors(count)
    sensors["position_m"] = PLACES_M[:count]
    sensors["period_s"], sensors["detection_probability"] = 0.2, 0.8
    sensors["minimum_range_m"], sensors["maximum_range_m"] = 10.0, 3000.0
    sensors["minimum_elevation_rad"] = -0.1
    sensors["clutter_density"] = 0.05
    sensors["starts_tracks"] = 0
    return sensors


def bearings(sensor, bodies_m, time_s, dice=None, has_elevation=True):
    away = np.atleast_2d(bodies_m) - sensor["position_m"]
    batch = np.zeros(len(away), DETECTION)
    batch["time_s"], batch["measured"], batch["sigma"], batch["snr_db"] = time_s, np.nan, SIGMA_RAD, np.nan
    noise = SIGMA_RAD * (dice.standard_normal((2, len(away))) if dice else np.zeros((2, len(away))))
    batch["measured"][:, AZIMUTH] = np.arctan2(away[:, 0], away[:, 1]) + noise[0]
    if has_elevation:
        batch["measured"][:, ELEVATION] = np.arctan2(away[:, 2], np.hypot(away[:, 0], away[:, 1])) + noise[1]
    return batch


def live(tracker, status=TrackStatus.TENTATIVE):
    rows = tracker.tracks.rows[: tracker.tracks.counters[HIGH_WATER]]
    return rows[rows["status"] >= status]


def fly(tracker, sensors, bodies_at, seconds, dice, blind=(), has_elevation=True):
    """Looks of all sensors in turn; `blind` sensors look and see nothing."""
    for n in range(int(seconds / 0.2)):
        for s in range(len(sensors)):
            time_s = 0.2 * n + 0.06 * s
            batch = bearings(sensors[s], bodies_at(time_s), time_s, dice, has_elevation)
            tracker.process(time_s, s, batch[:0] if s in blind else batch)
    return time_s


def test_two_cameras_start_a_track_where_the_body_is():
    sensors, dice = cameras(2), np.random.default_rng(1)
    tracker = Tracker(sensors, SETTINGS)
    time_s = fly(tracker, sensors, lambda t: np.array([20.0 * t, 300.0, 80.0]), 6.0, dice)
    tracks = live(tracker, TrackStatus.CONFIRMED)
    assert len(tracks) == 1
    assert tracks[0]["mean"] == pytest.approx([20.0 * time_s, 300.0, 80.0, 20.0, 0.0, 0.0], abs=4.0)
    covariance = np.zeros((6, 6))
    covariance[np.tril_indices(6)] = tracks[0]["covariance"]
    assert np.all(np.diag(covariance)[:3] < 9.0)


def test_one_sensor_alone_starts_nothing():
    sensors = cameras(1)
    tracker = Tracker(sensors, SETTINGS)
    fly(tracker, sensors, lambda t: np.array([20.0 * t, 300.0, 80.0]), 6.0, None)
    assert tracker.tracks.counters[LIVE] == 0


def test_rays_that_pass_each_other_start_nothing():
    """Each camera sees another body, and the two rays miss each other by forty metres."""
    sensors = cameras(2)
    tracker = Tracker(sensors, SETTINGS)
    for n in range(30):
        tracker.process(0.2 * n, 0, bearings(sensors[0], [0.0, 300.0, 60.0], 0.2 * n))
        tracker.process(0.2 * n + 0.05, 1, bearings(sensors[1], [0.0, 300.0, 100.0], 0.2 * n + 0.05))
    assert tracker.tracks.counters[LIVE] == 0


def test_bearings_at_a_flat_angle_start_nothing():
    sensors = cameras(2)
    tracker = Tracker(sensors, SETTINGS)
    fly(tracker, sensors, lambda t: np.array([2500.0, 30.0, 80.0]), 4.0, None)
    assert tracker.tracks.counters[LIVE] == 0


def test_a_ghost_that_the_third_sensor_never_sees_is_not_confirmed():
    """Two direction finders see two bodies each of which the other misses: their crossing is nobody."""
    sensors, dice = cameras(3), np.random.default_rng(2)
    tracker = Tracker(sensors, SETTINGS)
    fly(tracker, sensors, lambda t: np.array([50.0, 300.0, 80.0]), 8.0, dice, blind=(2,))
    assert len(live(tracker, TrackStatus.CONFIRMED)) == 0
    sensors["looked_s"] = -np.inf
    blindless = Tracker(sensors.copy(), SETTINGS)
    fly(blindless, sensors, lambda t: np.array([50.0, 300.0, 80.0]), 8.0, dice)
    assert len(live(blindless, TrackStatus.CONFIRMED)) == 1


def test_two_witnesses_are_enough_where_the_third_sensor_does_not_look():
    sensors, dice = cameras(3), np.random.default_rng(2)
    sensors["maximum_range_m"][2] = 300.0
    tracker = Tracker(sensors, SETTINGS)
    fly(tracker, sensors, lambda t: np.array([50.0, 300.0, 80.0]), 8.0, dice, blind=(2,))
    assert len(live(tracker, TrackStatus.CONFIRMED)) == 1


@pytest.mark.parametrize("has_elevation", [True, False])
def test_several_bodies_are_each_one_track(has_elevation):
    sensors, dice = cameras(3), np.random.default_rng(3)

    def bodies_at(t):
        return np.array(
            [[15.0 * t - 50.0, 250.0, 80.0], [100.0, 20.0 * t - 150.0, 50.0], [-200.0, -100.0 - 10.0 * t, 120.0]]
        )

    tracker = Tracker(sensors, SETTINGS)
    time_s = fly(tracker, sensors, bodies_at, 10.0, dice, has_elevation=has_elevation)
    tracks = live(tracker, TrackStatus.CONFIRMED)
    axes = 3 if has_elevation else 2
    apart_m = np.linalg.norm((tracks["mean"][:, None, :3] - bodies_at(time_s)[None])[..., :axes], axis=2)
    assert len(tracks) == 3
    assert np.all(apart_m.min(axis=0) < 12.0)


def test_a_flood_of_bearings_is_cut_off_and_counted():
    sensors, dice = cameras(3), np.random.default_rng(4)
    tracker = Tracker(sensors, SETTINGS, track_capacity=64, batch_capacity=2048)
    for n in range(12):
        batch = np.zeros(2048, DETECTION)
        batch["time_s"], batch["measured"], batch["sigma"], batch["snr_db"] = 0.07 * n, np.nan, SIGMA_RAD, np.nan
        batch["measured"][:, AZIMUTH] = dice.uniform(-np.pi, np.pi, 2048)
        batch["measured"][:, ELEVATION] = dice.uniform(0.0, 1.0, 2048)
        tracker.process(0.07 * n, n % 3, batch)
    assert tracker.tracks.counters[BEARING_OVERFLOW_COUNT] == 12
    assert len(live(tracker, TrackStatus.CONFIRMED)) == 0


def test_bearings_that_are_no_numbers_are_refused():
    sensors = cameras(2)
    tracker = Tracker(sensors, SETTINGS)
    for n in range(10):
        batch = bearings(sensors[n % 2], [[0.0, 300.0, 60.0]] * 3, 0.1 * n)
        batch["measured"][0, AZIMUTH], batch["measured"][1, ELEVATION], batch["time_s"][2] = np.inf, np.inf, 1e12
        tracker.process(0.1 * n, n % 2, batch)
    assert tracker.tracks.counters[LIVE] == 0


def test_a_body_followed_by_one_camera_is_found_again_by_a_second_close_to_it():
    """Along the first camera's ray the place drifts by many metres; to the second, close by, that is half the sky.

    A gradient at the drifted mean says nothing of so wide an angle: the update must be linearised where the ray leads.
    """
    sensors, dice = cameras(3), np.random.default_rng(5)
    sensors["position_m"] = [[-80.0, 0.0, 0.0], [0.0, -15.0, 0.0], [0.0, -80.0, 0.0]]
    body_m = np.array([0.0, 0.0, 9.0])
    tracker = Tracker(sensors, SETTINGS)
    time_s = fly(tracker, sensors, lambda t: body_m, 6.0, dice, blind=(1,))
    track = live(tracker)[0:1]
    assert len(track) == 1
    stray_m = np.array([12.0, 0.0, 1.35])  # along the first camera's ray
    row = tracker.tracks.rows[0]
    row["mean"][:3] += stray_m
    row["state"][:, :3] += stray_m
    spread = np.diag([64.0, 0.3, 0.9, 4.0, 4.0, 1.0])
    spread[0, 2] = spread[2, 0] = 7.2
    row["covariance"] = row["state_covariance"] = spread[np.tril_indices(6)]
    tracker.process(time_s + 0.1, 1, bearings(sensors[1], body_m, time_s + 0.1))
    assert np.linalg.norm(tracker.tracks.rows[0]["mean"][:3] - body_m) < 1.5
