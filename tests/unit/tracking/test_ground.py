"""What the ground says of a thrown body whose height no sensor measures."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import norm, truncnorm

from sangar.core.detections import ALTITUDE, AZIMUTH, EAST, ELEVATION, NORTH, RANGE, UP
from sangar.core.events import EventKind
from sangar.core.targets import DropReason
from sangar.tracking.kernels.filtering.ground import (
    UNDER_GROUND_M,
    above_ground_density,
    keep_above_ground,
    tells_height,
)
from tests.unit.tracking.oracles import covariance_like, full, make_sensor, pack
from tests.unit.tracking.sky import NOTHING, make_sky, put_track, seen

GROUND_M = 20.0
SIGMAS = np.array([60.0, 50.0, 700.0, 9.0, 8.0, 70.0, 0.4, 4.0])
PLAN_RADAR, PLACES = (RANGE, AZIMUTH), (EAST, NORTH)


def explanation(height_m, speed_mps=200.0):
    state = np.array([1000.0, 500.0, height_m, speed_mps, 0.0, -150.0, math.log(7e-5), 0.0])
    return state, covariance_like(np.random.default_rng(3), SIGMAS)


@pytest.mark.parametrize("height_m", [900.0, 100.0, 0.0, -400.0, -2000.0])
def test_what_is_left_above_the_ground_has_the_moments_of_the_truncated_gaussian(height_m):
    state, covariance = explanation(height_m)
    kept, packed = state.copy(), pack(covariance)
    sigma_m, floor_m = math.sqrt(covariance[2, 2]), GROUND_M - UNDER_GROUND_M
    log_share = keep_above_ground(kept, packed, GROUND_M, np.zeros(16))
    oracle = truncnorm((floor_m - height_m) / sigma_m, np.inf, loc=height_m, scale=sigma_m)
    slope = covariance[2] / covariance[2, 2]  # of every state on the height: the rest follows by regression
    assert log_share == pytest.approx(norm.logsf(floor_m, height_m, sigma_m), rel=1e-9)
    assert_allclose(kept, state + slope * (oracle.mean() - height_m), rtol=1e-6)
    wanted = covariance + np.outer(slope, slope) * (oracle.var() - covariance[2, 2])
    assert_allclose(full(packed), wanted, rtol=1e-5, atol=1e-5)


def test_a_height_clear_of_the_ground_and_one_hopelessly_below_it():
    state, covariance = explanation(20000.0)
    kept, packed = state.copy(), pack(covariance)
    assert keep_above_ground(kept, packed, GROUND_M, np.zeros(16)) == 0.0
    assert_allclose(kept, state)
    state[2] = -1e6
    log_share = keep_above_ground(state, packed, GROUND_M, np.zeros(16))
    assert np.isfinite(log_share)
    assert log_share < -30.0


@pytest.mark.parametrize(("speed_mps", "counted"), [(5.0, -9.0), (200.0, -4.0)])
def test_only_a_body_slow_over_the_ground_gains_nothing_by_a_better_fit(speed_mps, counted):
    state, covariance = explanation(100.0, speed_mps)
    log_share = keep_above_ground(state.copy(), pack(covariance), GROUND_M, np.zeros(16))
    found = above_ground_density(-4.0, -9.0, state, pack(covariance), GROUND_M, np.zeros(16))
    assert found == pytest.approx(counted + log_share)


@pytest.mark.parametrize("column", [ELEVATION, ALTITUDE, UP])
def test_which_numbers_tell_a_height(column):
    measured = np.full(8, np.nan)
    measured[[RANGE, AZIMUTH, EAST, NORTH]] = 1.0
    assert not tells_height(measured)
    measured[column] = 1.0
    assert tells_height(measured)


@pytest.mark.parametrize("period_s", [1.0, 4.0])
@pytest.mark.parametrize(("up_m", "speed_mps"), [(-5.0, 0.0), (-5.0, 3.0), (120.0, 0.0)])
@pytest.mark.parametrize("columns", [PLACES, PLAN_RADAR])
def test_a_body_that_stands_or_creeps_is_never_thought_thrown_nor_in_the_ground(columns, up_m, speed_mps, period_s):
    sensor = make_sensor(period_s=period_s, clutter_density=1e-6)
    sky, random = make_sky(sensor), np.random.default_rng(1)
    events: list[int] = []
    for k in range(int(300.0 / period_s)):
        time_s = k * period_s
        state = np.array([3000.0 + speed_mps * time_s, 2000.0, up_m, speed_mps, 0.0, 0.0])
        events.extend(sky.look(time_s, seen(state, sensor, random, columns, time_s, k))["kind"])
        assert sky.live()[0]["thrown_logit"] < 0.0
    assert EventKind.TRACK_DROPPED not in events
    assert list(sky.live()["id"]) == [1]


@pytest.mark.parametrize(("sigma_m", "is_dropped"), [(10.0, True), (2000.0, False)])
def test_a_body_is_in_the_ground_only_where_its_height_is_known_as_well_as_that(sigma_m, is_dropped):
    sky = make_sky(make_sensor(period_s=1.0))
    deviations = [10.0, 10.0, sigma_m, 2.0, 2.0, 1.0]
    track = put_track(sky, [1000.0, 500.0, 40.0, 100.0, 0.0, -150.0], np.diag(deviations) ** 2)
    track["thrown"] = [*track["mean"], math.log(7e-5), 0.0]
    track["thrown_covariance"][:21] = track["covariance"]
    track["thrown_covariance"][[27, 35]] = 0.16, 25.0
    track["thrown_logit"] = 6.0
    events = sky.look(0.8, NOTHING)
    assert (DropReason.IMPACTED in events["new"][events["kind"] == EventKind.TRACK_DROPPED]) == is_dropped
    assert len(sky.live()) == (0 if is_dropped else 1)
