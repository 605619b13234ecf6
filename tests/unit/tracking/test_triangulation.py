"""Where bearings meet, against an independent least-squares solution of the angles."""

import numpy as np
import pytest
from scipy.optimize import least_squares

from sangar.core.bearings import SIGHT
from sangar.core.detections import AZIMUTH, DETECTION, ELEVATION
from sangar.core.sensors import allocate_sensors
from sangar.tracking.kernels.bearings_only.bearings import write_sight
from sangar.tracking.kernels.bearings_only.triangulation import NEAREST_M, triangulate

FIRST_M, SECOND_M, BODY_M = (
    np.array([-200.0, 30.0, 4.0]),
    np.array([350.0, -80.0, 12.0]),
    np.array([120.0, 480.0, 90.0]),
)


def angles(place_m, sensor_m):
    e, n, u = place_m - sensor_m
    return np.array([np.arctan2(e, n), np.arctan2(u, np.hypot(e, n))])


def sight(sensor_m, bearing, sigma_rad=1e-3, has_elevation=True):
    detection = np.zeros(1, DETECTION)[0]
    detection["measured"][:], detection["sigma"][:] = np.nan, sigma_rad
    detection["measured"][AZIMUTH] = bearing[0]
    if has_elevation:
        detection["measured"][ELEVATION] = bearing[1]
    sensor = allocate_sensors(1)[0]
    sensor["position_m"] = sensor_m
    record = np.zeros(1, SIGHT)[0]
    write_sight(detection, sensor, record)
    return record


def meet(first, second, height_m=100.0):
    fix = np.zeros(3)
    return fix, triangulate(FIRST_M, first, SECOND_M, second, height_m, fix)


@pytest.mark.parametrize(("first_elevation", "second_elevation"), [(True, True), (True, False), (False, True)])
def test_exact_bearings_meet_where_the_body_is(first_elevation, second_elevation):
    first = sight(FIRST_M, angles(BODY_M, FIRST_M), has_elevation=first_elevation)
    second = sight(SECOND_M, angles(BODY_M, SECOND_M), has_elevation=second_elevation)
    fix, (near, _, sine, miss_m) = meet(first, second)
    assert fix == pytest.approx(BODY_M, abs=1e-6)
    assert miss_m == pytest.approx(0.0, abs=1e-6)
    assert sine > 0.5
    if first_elevation:
        assert near == pytest.approx(np.linalg.norm(BODY_M - FIRST_M))


def test_two_planes_meet_below_and_above_and_the_height_is_a_guess():
    first = sight(FIRST_M, angles(BODY_M, FIRST_M), has_elevation=False)
    second = sight(SECOND_M, angles(BODY_M, SECOND_M), has_elevation=False)
    fix, _ = meet(first, second, height_m=70.0)
    assert fix[:2] == pytest.approx(BODY_M[:2], abs=1e-6)
    assert fix[2] == pytest.approx(78.0)


def test_noisy_rays_meet_where_least_squares_of_the_angles_says():
    dice = np.random.default_rng(3)
    for _ in range(20):
        sigma = 2e-3
        bearings = [angles(BODY_M, place) + sigma * dice.standard_normal(2) for place in (FIRST_M, SECOND_M)]

        def misses(place, seen=bearings):
            expected = [angles(place, FIRST_M), angles(place, SECOND_M)]
            weight = [[np.cos(seen[0][1]), 1.0], [np.cos(seen[1][1]), 1.0]]
            return ((np.array(expected) - np.array(seen)) * weight).ravel()

        best = least_squares(misses, BODY_M, xtol=1e-14).x
        fix, _ = meet(sight(FIRST_M, bearings[0], sigma), sight(SECOND_M, bearings[1], sigma))
        assert np.linalg.norm(fix - best) < 0.05 * np.linalg.norm(best - BODY_M) + 0.02


def test_bearings_that_part_do_not_meet():
    away = angles(2.0 * FIRST_M - BODY_M, FIRST_M)
    for has_elevation in (True, False):
        first = sight(FIRST_M, away, has_elevation=has_elevation)
        second = sight(SECOND_M, angles(BODY_M, SECOND_M), has_elevation=has_elevation)
        _, (near, far, _, _) = meet(first, second)
        assert min(near, far) < NEAREST_M


def test_parallel_bearings_give_numbers():
    for has_elevation in (True, False):
        first = sight(FIRST_M, (0.3, 0.1), has_elevation=has_elevation)
        fix, (_, _, sine, _) = meet(first, sight(SECOND_M, (0.3, 0.1), has_elevation=has_elevation))
        assert sine < 1e-5
        assert np.isfinite(fix).all()
