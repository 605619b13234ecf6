"""Bodies that stand close together and are reported one by one: each keeps its track."""

import numpy as np
import pytest

from sangar.core.targets import TrackStatus
from sangar.core.tracks import LIVE, TABLE_FULL_COUNT
from tests.unit.tracking.oracles import make_sensor
from tests.unit.tracking.sky import make_sky, seen

PERIOD_S = 4.0
RADAR = make_sensor(period_s=PERIOD_S, clutter_density=1e-9)


def ring(count, speed_mps=0.0):
    """Bodies 1.8 km around the radar, 6 degrees (190 m) apart, in the order its beam passes them."""
    azimuth = np.radians(6.0 * np.arange(count) + 30.0)
    east, north = np.sin(azimuth), np.cos(azimuth)
    still = np.zeros(count)
    return np.column_stack(
        [1800.0 * east, 1800.0 * north, 40.0 + still, speed_mps * north, -speed_mps * east, still]
    ), azimuth


def sweep(sky, states, azimuth, turns, order):
    """Every body in a batch of its own, when the beam passes it; the ids that took each, turn by turn."""
    taken = []
    for turn in range(turns):
        row = []
        for body in order:
            time_s = PERIOD_S * (turn + azimuth[body] / (2.0 * np.pi))
            moved = states[body].copy()
            moved[:3] += moved[3:] * time_s
            sky.look(time_s, seen(moved, sky.sensors[0], time_s=time_s, first_row=100 * turn + int(body)))
            live = sky.live()
            row.append(live["id"][live["row"] == 100 * turn + body].tolist())
        taken.append(row)
    return taken


@pytest.mark.parametrize("speed_mps", [0.0, 20.0])
def test_bodies_in_sectors_of_their_own_keep_to_their_tracks(speed_mps):
    states, azimuth = ring(8, speed_mps)
    sky = make_sky(RADAR)
    taken = sweep(sky, states, azimuth, 12, range(8))
    confirmed = sky.live()["id"][sky.live()["status"] == TrackStatus.CONFIRMED]
    assert len(confirmed) == 8
    for body in range(8):
        own = {number for row in taken[4:] for number in row[body] if number in confirmed}
        assert len(own) == 1


def test_a_body_that_appears_later_takes_no_neighbours_track():
    states, azimuth = ring(4)
    sky = make_sky(RADAR)
    sweep(sky, states, azimuth, 1, [1, 2, 3])
    later = sweep(sky, states, azimuth + 2.0 * np.pi, 10, [0, 1, 2, 3])
    assert [len({row[body][-1] for row in later[3:]}) for body in range(4)] == [1, 1, 1, 1]
    assert int((sky.live()["status"] == TrackStatus.CONFIRMED).sum()) == 4


def test_an_early_claim_leaves_the_track_and_the_detection_as_they_were():
    states, azimuth = ring(2)
    sky = make_sky(RADAR)
    sweep(sky, states, azimuth, 1, [1])
    sky.look(3.0, seen(states[0], sky.sensors[0], time_s=3.0, first_row=7))
    live = sky.live()
    assert live["hits"].tolist() == [1, 2, 1]
    assert live["row"].tolist() == [1, 7, 7]
    assert len(set(live["id"].tolist())) == 3
    assert sky.tracks.counters[LIVE] == 3


def test_a_claim_in_due_time_is_the_tracks_own():
    states, azimuth = ring(1)
    sky = make_sky(RADAR)
    sweep(sky, states, azimuth, 2, [0])
    assert sky.live()["hits"].tolist() == [2]


def test_a_full_table_makes_no_copies():
    states, azimuth = ring(2)
    sky = make_sky(RADAR, capacity=1)
    sweep(sky, states, azimuth, 1, [1])
    sky.look(3.0, seen(states[0], sky.sensors[0], time_s=3.0))
    assert sky.live()["hits"].tolist() == [1]
    assert sky.tracks.counters[TABLE_FULL_COUNT] == 1
