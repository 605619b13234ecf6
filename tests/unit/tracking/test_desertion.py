"""A body goes on where most of its sensors see it, under its number; two bodies stay two."""

from typing import NamedTuple

import numpy as np
import pytest

from sangar.core.detections import DETECTION
from sangar.core.targets import TrackStatus
from sangar.core.tracks import DESERTED_COUNT, HIGH_WATER, allocate_tracks
from sangar.tracking.kernels.management.desertion import settle_desertions
from sangar.tracking.tracker import Tracker
from sangar.tracking.workspace import COLUMN
from tests.unit.tracking.oval import SETTINGS, look, sensors_around

PERIOD_S = 0.04
MOVES_OFF_S = 8.0


class Flight(NamedTuple):
    """What became of a flight: the tracks confirmed at each second (id, position); how many changed hands."""

    shown: list[list[tuple[int, np.ndarray]]]
    deserted: int

    def numbers(self):
        return {number for tracks in self.shown for number, _ in tracks}


def starts_to_move(time_s):
    """It hovers, then flies off at 8 m/s² up to 16 m/s, nearly along the line of two of the cameras."""
    flown_s = max(time_s - MOVES_OFF_S, 0.0)
    gone_m = 4.0 * flown_s * flown_s if flown_s < 2.0 else 16.0 * flown_s - 16.0
    east, north = np.cos(np.radians(10.0)), np.sin(np.radians(10.0))
    return np.array([-10.0 + gone_m * east, -10.0 + gone_m * north, 40.0 + 2.0 * flown_s])


def fly(views, seconds, seed, radar=None):
    """Track what each of four cameras sees, `views(sensor row, time)`: keywords of `look`, one for each body."""
    sensors, dice = sensors_around(4), np.random.default_rng(seed)
    sensors["period_s"] = PERIOD_S
    sensors["position_m"] *= 0.24
    if radar is not None:
        sensors["starts_tracks"][radar] = 1
    tracker, shown = Tracker(sensors, SETTINGS), []
    for n in range(int(seconds / PERIOD_S)):
        for s in range(4):
            time_s = PERIOD_S * n + 0.2 * PERIOD_S * s
            batch = np.concatenate([look(sensors[s], time_s, dice, **view) for view in views(s, time_s)])
            tracker.process(time_s, s, batch)
        if n % int(1.0 / PERIOD_S) == 0:
            rows = tracker.tracks.rows[: tracker.tracks.counters[HIGH_WATER]]
            sure = rows[rows["status"] >= TrackStatus.CONFIRMED]
            shown.append([(int(row["id"]), row["mean"][:3].copy()) for row in sure])
    return Flight(shown, int(tracker.tracks.counters[DESERTED_COUNT]))


def late(row):
    return lambda s, _: [{"place": starts_to_move, "late_s": 2.0 if s == row else 0.0}]


def test_a_body_keeps_its_number_where_three_cameras_see_it_and_one_is_late():
    """Whether the late one drags the track away is chance, so of several flights some must have come to that."""
    flights = [fly(late(row), 14.0, seed) for seed in range(3) for row in (0, 2)]
    for flight in flights:
        assert len(flight.numbers()) == 1
        for second in (3, 4, 5, 6, 7, 8, 10, 11, 12, 13):
            ((_, place),) = flight.shown[second]
            assert np.linalg.norm(place - starts_to_move(float(second))) < 1.5
    assert sum(flight.deserted for flight in flights) > 0


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("hidden_from", [(), (1,), (1, 2)])
def test_one_that_rises_beside_another_takes_nothing_from_it(seed, hidden_from):
    """Whoever sees it sees the other as well."""

    def rises(time_s):
        return starts_to_move(time_s) + np.array([12.0, 0.0, min(3.0 * (time_s - 4.0), 15.0) - 15.0])

    def views(s, time_s):
        second = [{"place": rises}] if time_s > 4.0 and s not in hidden_from else []
        return [{"place": starts_to_move}, *second]

    flight = fly(views, 16.0, seed)
    assert flight.deserted == 0
    assert len(flight.numbers()) == 2 or len(hidden_from) == 2, "two cameras may not be enough"
    first = flight.shown[3][0][0]
    assert all(first in [number for number, _ in tracks] for tracks in flight.shown[3:])


@pytest.mark.slow
@pytest.mark.parametrize("hidden_from", [(), (1,), (1, 2)])
@pytest.mark.parametrize("apart_m", [1.5, 3.0, 6.0, 12.0])
def test_at_any_distance_what_rises_beside_a_body_takes_nothing_from_it(apart_m, hidden_from):
    def rises(time_s):
        return starts_to_move(time_s) + np.array([apart_m, 0.0, min(3.0 * (time_s - 4.0), 15.0) - 15.0])

    for seed in range(12):
        flight = fly(
            lambda s, t: [{"place": starts_to_move}, *([{"place": rises}] if t > 4.0 and s not in hidden_from else [])],
            13.0,
            seed,
        )
        assert flight.deserted == 0
        first = flight.shown[3][0][0]
        assert all(first in [number for number, _ in tracks] for tracks in flight.shown[3:])


def test_what_coasts_is_left_to_recall():
    """All four lose it at once and begin it anew: a track that nobody sees has not been deserted."""
    sensors, tracks, parameters = sensors_around(4), allocate_tracks(4, 4), SETTINGS.parameters(0.0, 0.0)
    for row, (status, birth_s, seen_s) in enumerate(
        [(TrackStatus.COASTING, 0.0, 8.5), (TrackStatus.TENTATIVE, 9.0, 10.0)]
    ):
        track = tracks.rows[row]
        track["id"], track["status"], track["birth_s"], track["score"] = row + 1, status, birth_s, 90.0
        track["mean"][:3], track["covariance"][[0, 2, 5]] = (10.0, 10.0, 60.0), 1.0
        track["time_s"], track["seen_s"] = seen_s, seen_s
    tracks.counters[HIGH_WATER] = 2
    sensors["period_s"] = PERIOD_S
    columns, batch = np.zeros(1, COLUMN), np.zeros(1, DETECTION)
    columns["admitted"], columns["taken"], columns["track"] = 1, 1, 1
    settle_desertions(tracks, batch, 10.0, sensors, 0, parameters, columns)
    assert tracks.counters[DESERTED_COUNT] == 0
    tracks.rows["status"][0] = TrackStatus.CONFIRMED
    settle_desertions(tracks, batch, 10.0, sensors, 0, parameters, columns)
    assert tracks.counters[DESERTED_COUNT] == 1
    assert columns["track"].tolist() == [0]


def test_two_that_part_stay_two_when_one_camera_follows_the_one_and_three_the_other():
    """Nobody sees both, but no body gets from the one to the other."""

    def other(time_s):
        return starts_to_move(time_s) + np.array([20.0, 15.0, 5.0])

    def views(s, time_s):
        return [{"place": starts_to_move}] if s == 1 or time_s < 5.0 else [{"place": other}]

    flight = fly(views, 7.0, 4)
    assert flight.deserted == 0
    assert len(flight.numbers()) == 2


def test_nothing_is_taken_from_a_track_that_a_radar_sees():
    """It tells where the body is; whoever disagrees with it sees another."""
    flight = fly(late(0), 14.0, 2, radar=0)
    assert flight.deserted == 0
