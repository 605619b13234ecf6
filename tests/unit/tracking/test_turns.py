"""Bodies side by side whose sensor reports them one by one: each has its turn, once in a look."""

import math

import numpy as np
import pytest

from sangar.core.detections import EAST, NORTH, UP
from sangar.core.targets import SensorKind, TrackStatus
from sangar.tracking.kernels.association.turns import HAD_ITS_TURN, IS_DUE, let_others_have_theirs, turn_of
from tests.unit.tracking.oracles import make_detections, make_sensor, only
from tests.unit.tracking.sky import make_sky, put_track

RECEIVER = make_sensor(period_s=1.0, clutter_density=1e-15, kind=SensorKind.COOPERATIVE)
SIGMA_M = 7.5
PLACE = np.array([900.0, -700.0, 5.0])


def heard(place_m, time_s, row):
    measured = np.full(8, np.nan)
    measured[[EAST, NORTH, UP]] = place_m
    return make_detections(only(measured[None], (EAST, NORTH, UP)), np.full(8, SIGMA_M), time_s, row)


def drive(seed, phases_s, gap_m, seconds=120):
    """Two vehicles meet, stand side by side for most of the time, and part; the sky in the end."""
    sky, dice = make_sky(RECEIVER, initial_speed_mps=30.0), np.random.default_rng(seed)
    for second in range(seconds):
        for n in np.argsort(phases_s).tolist():
            time_s = second + phases_s[n]
            away_m = max(gap_m, 5.0 * abs(time_s - seconds / 2.0) - 100.0)
            place_m = PLACE + (n - 0.5) * np.array([away_m, 0.0, 0.0]) + SIGMA_M * dice.standard_normal(3)
            sky.look(time_s, heard(place_m, time_s, 1000 * n + second))
    return sky


@pytest.mark.parametrize("phases_s", [(0.0, 0.3), (0.5, 0.3)])
@pytest.mark.parametrize("seed", range(6))
def test_of_two_vehicles_side_by_side_neither_track_takes_the_others_reports(phases_s, seed):
    sky = drive(seed, phases_s, gap_m=12.0, seconds=80)
    first, second = sky.live()
    assert first["status"] == second["status"] == TrackStatus.CONFIRMED
    assert min(first["hits"], second["hits"]) > 75


@pytest.mark.parametrize(
    ("status", "seen_ago_s", "turn"),
    [
        (TrackStatus.CONFIRMED, 0.3, HAD_ITS_TURN),
        (TrackStatus.CONFIRMED, 0.97, IS_DUE),
        (TrackStatus.COASTING, 3.0, IS_DUE),
        (TrackStatus.CONFIRMED, 5.0, 0),
        (TrackStatus.CONFIRMED, np.inf, 0),
        (TrackStatus.TENTATIVE, 0.3, 0),
        (TrackStatus.TENTATIVE, 1.0, 0),
    ],
)
def test_a_track_has_its_turn_once_in_a_look(status, seen_ago_s, turn):
    sky = make_sky(RECEIVER)
    track = put_track(sky, np.zeros(6), np.eye(6), status=status)
    track["seen_s"][0] = 10.0 - seen_ago_s
    assert turn_of(track, 10.0, RECEIVER, 0) == turn
    track["time_s"] = 11.0  # the batch is late for it
    assert turn_of(track, 10.0, RECEIVER, 0) == 0


def cost_after(ago_s, looked_s, delay_s=0.0):
    """Costs of four pairs, detection 1 wanted by both of two tracks that were seen so long before it."""
    sky, batch = make_sky(RECEIVER), np.concatenate([heard(PLACE, 10.0 + delay_s, row) for row in range(3)])
    sky.sensors["looked_s"] = looked_s
    for n, row in enumerate(sky.work.rows[:2]):
        put_track(sky, np.zeros(6), np.eye(6), time_s=9.0)["seen_s"][0] = 10.0 + delay_s - ago_s[n]
        row["track"], row["first"], row["last"] = n, (0, 2)[n], (2, 4)[n]
    pairs = sky.work.pairs
    pairs["detection"][:4], pairs["cost"][:4] = [0, 1, 1, 2], [-9.0, -8.0, -7.0, -6.0]
    let_others_have_theirs(2, sky.tracks, batch, 10.0, sky.sensors[0], 0, sky.work)
    return pairs["cost"][:4].tolist()


@pytest.mark.parametrize("ago_s", [(0.3, 1.0), (0.3, 0.4), (1.0, 1.1), (0.3, np.inf)])
def test_only_what_a_due_track_could_have_is_dearer_and_only_for_one_that_had_its_turn(ago_s):
    dearer = math.log(100.0) if ago_s == (0.3, 1.0) else 0.0
    assert cost_after(ago_s, looked_s=9.7) == pytest.approx([-9.0, -8.0 + dearer, -7.0, -6.0])


def test_a_turn_counts_from_the_detections_own_time():
    # a batch is named after its first detection here: half a second later the body seen a period before is due
    assert cost_after((0.3, 1.0), looked_s=9.7, delay_s=0.5)[1] == pytest.approx(-8.0 + math.log(100.0))


def test_a_batch_that_holds_a_whole_look_needs_no_turns():
    assert cost_after((0.3, 1.0), looked_s=9.0) == [-9.0, -8.0, -7.0, -6.0]
