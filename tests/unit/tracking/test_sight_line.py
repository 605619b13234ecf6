"""A body that one sensor of bearings follows alone: nothing is learnt of its distance."""

import numpy as np
import pytest

from sangar.tracking.kernels.filtering.sight_line import learn_no_range
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker
from tests.unit.tracking.test_bearing_birth import bearings, cameras, live

SETTINGS = TrackingSettings(initial_speed_mps=30.0, steady_noise_m2ps3=2.0, manoeuvre_noise_m2ps3=20.0)
PERIOD_S = 0.05
LOWER = np.tril_indices(6)


def unpacked(packed):
    lower = np.zeros((6, 6))
    lower[LOWER] = packed
    return lower + np.tril(lower, -1).T


def test_it_is_the_update_with_the_gain_along_the_ray_left_out():
    """Against Joseph's form with the smaller gain, for two numbers at once."""
    dice = np.random.default_rng(4)
    root = dice.standard_normal((6, 6))
    before, covariance = 10.0 * dice.standard_normal(6), root @ root.T + np.eye(6)
    position_m, row, noise = 50.0 * dice.standard_normal(3), dice.standard_normal((2, 6)), np.diag([0.3, 0.7])
    innovation = dice.standard_normal(2)
    gain = covariance @ row.T @ np.linalg.inv(row @ covariance @ row.T + noise)
    ray = (before[:3] - position_m) / np.linalg.norm(before[:3] - position_m)
    across = np.eye(6) - np.kron(np.eye(2), np.outer(ray, ray))
    smaller = across @ gain
    left = np.eye(6) - smaller @ row
    after, packed = before + gain @ innovation, (covariance - gain @ row @ covariance)[LOWER]
    learn_no_range(before, covariance[LOWER].copy(), after, packed, position_m, np.zeros(3))
    assert after == pytest.approx(before + smaller @ innovation)
    assert unpacked(packed) == pytest.approx(left @ covariance @ left.T + smaller @ noise @ smaller.T)


def standing_then_climbing(time_s):
    """A climb, which seen by one camera looks like an approach."""
    return np.array([10.0, 45.0, 3.0 + 4.0 * max(time_s - 8.0, 0.0)])


def fly_on(tracker, sensors, from_s, seconds, dice, blind=()):
    """Looks of all sensors in turn from a time on; returns the time of the last."""
    for n in range(int(seconds / PERIOD_S)):
        for s in range(len(sensors)):
            time_s = from_s + PERIOD_S * (n + 0.3 * s)
            batch = bearings(sensors[s], standing_then_climbing(time_s), time_s, dice)
            tracker.process(time_s, s, batch[:0] if s in blind else batch)
    return time_s


def followed_by_one(seconds, seed):
    """Two cameras for six seconds, then the first alone; (tracker, sensors, time)."""
    sensors, dice = cameras(2), np.random.default_rng(seed)
    sensors["position_m"], sensors["period_s"] = [[0.0, 0.0, 0.0], [50.0, 0.0, 0.0]], PERIOD_S
    tracker = Tracker(sensors, SETTINGS)
    fly_on(tracker, sensors, 0.0, 6.0, dice)
    return tracker, sensors, fly_on(tracker, sensors, 6.0, seconds, dice, blind=(1,))


def along_ray(tracker, sensors, time_s):
    """(Error, 1 sigma) along the first camera's ray of the one track."""
    track = live(tracker)[0]
    ahead = np.hstack([np.eye(3), (time_s - track["time_s"]) * np.eye(3)])
    error_m = ahead @ track["mean"] - standing_then_climbing(time_s)
    ray = standing_then_climbing(time_s) - sensors["position_m"][0]
    ray = ray / np.linalg.norm(ray)
    return ray @ error_m, np.sqrt(ray @ ahead @ unpacked(track["covariance"]) @ ahead.T @ ray)


def test_a_body_followed_by_one_camera_keeps_an_honest_distance():
    """Twelve seconds alone, with a climb: mean of squared errors over stated variances, n = 20."""
    squares, sigmas = [], []
    for seed in range(20):
        tracker, sensors, time_s = followed_by_one(12.0, seed)
        assert len(live(tracker)) == 1
        error_m, sigma_m = along_ray(tracker, sensors, time_s)
        squares.append((error_m / sigma_m) ** 2)
        sigmas.append(sigma_m)
    assert np.mean(squares) < 1.7  # 97.5 % of chi-square with 20 degrees of freedom over 20
    assert np.min(sigmas) > 15.0  # of 2 m²/s³ in twelve seconds: sqrt(2 · 12³ / 3) = 34 m


def test_its_uncertainty_grows_until_a_second_camera_sees_it_again():
    sigmas = [along_ray(*followed_by_one(seconds, 3))[1] for seconds in (2.0, 5.0, 10.0)]
    assert sigmas[0] < sigmas[1] < sigmas[2]
    tracker, sensors, time_s = followed_by_one(10.0, 3)
    now_s = fly_on(tracker, sensors, time_s + PERIOD_S, 1.0, np.random.default_rng(8))
    rows = live(tracker)
    assert len(rows) == 1
    assert np.linalg.norm(rows[0]["mean"][:3] - standing_then_climbing(now_s)) < 5.0
