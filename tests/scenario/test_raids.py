"""Raids by a model of flight of their own: whoever is hit was warned, and not everybody was."""

import math

import numpy as np
import pytest

from benchmarks.raids import EARLY_S, report, run, twelve_zones, zone_centres, zone_of
from benchmarks.shots import LATITUDE_RAD, SITE_ALTITUDE_M, STEP_S, Order, fly
from sangar.simulation.kernels.flight import fly_thrown

RAIDS, SEED = 12, 4000


@pytest.fixture(scope="module")
def outcomes():
    return run(RAIDS, SEED)


def test_every_shot_that_falls_in_a_zone_was_warned_of_in_time(outcomes):
    inside = [fall for one in outcomes for fall in one.falls if fall.zone >= 0]
    assert len(inside) > 20
    assert all(fall.warned_s >= EARLY_S for fall in inside)


def test_most_zones_are_left_in_peace(outcomes):
    assert np.mean([one.zones_warned for one in outcomes]) < 0.6 * len(twelve_zones().zones)


def test_the_same_seed_gives_the_same_raid(outcomes):
    again = run(2, SEED)
    assert [one.falls for one in again] == [one.falls for one in outcomes[:2]]


def test_the_report_counts_every_shot(outcomes):
    first = report(outcomes).splitlines()[0]
    assert first.startswith(f"{RAIDS} raids, {sum(len(one.falls) for one in outcomes)} shots")


def test_zones_hold_their_own_middles_and_not_the_streets_between():
    assert [zone_of(np.array(centre)) for centre in zone_centres()] == list(range(12))
    assert zone_of(np.array([0.0, 0.0])) == -1


def test_where_the_physics_is_the_same_both_models_of_flight_agree():
    """A slow bomb without wind, motor and drift, steeply north-east: the compiled model falls within three metres."""
    drag_1pm, elevation_rad, azimuth_rad = 8e-5, math.radians(60.0), math.radians(40.0)
    one = np.ones(1)
    order = Order(
        munition=np.zeros(1, np.int64),
        elevation_rad=elevation_rad * one,
        azimuth_rad=azimuth_rad * one,
        range_m=3500.0 * one,
        drag_1pm=drag_1pm * one,
        drift_mps=0.0 * one,
        wind_mps=np.zeros((1, 2)),
    )
    (shot,) = fly(order)
    start = np.concatenate([shot.position_m[0], shot.velocity_mps[0]])
    position_m, velocity_mps = np.zeros((4000, 3)), np.zeros((4000, 3))
    used, impact_s = fly_thrown(
        start, drag_1pm, 0.0, LATITUDE_RAD, SITE_ALTITUDE_M, STEP_S, position_m, velocity_mps, np.zeros((6, 6))
    )
    assert np.linalg.norm(start[3:]) < 260.0
    assert impact_s == pytest.approx(shot.impact_s, abs=0.02)
    share = (impact_s - (used - 2) * STEP_S) / STEP_S
    there_m = (1.0 - share) * position_m[used - 2, :2] + share * position_m[used - 1, :2]
    np.testing.assert_allclose(there_m, shot.impact_m, atol=3.0)
