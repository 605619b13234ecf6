"""Who has a row of a full table: by the odds, by lot among equals, and no sensor takes another's."""

import numpy as np
import pytest
from scipy import stats

from benchmarks.floods import run_flood
from sangar.core.kernels.lots import lot
from sangar.core.targets import TrackStatus
from sangar.core.tracks import BATCH, LIVE, NEXT_ID, TABLE_FULL_COUNT, allocate_tracks
from sangar.tracking.kernels.management.crowding import _standing, row_for
from sangar.tracking.kernels.management.rows import enrol

CAPACITY = 200
BATCH_OF_TRACKS, BATCH_AT_HAND = 1, 2


@pytest.fixture
def tracks():
    table = allocate_tracks(CAPACITY)
    for _ in range(CAPACITY):
        start(table, 0.0)
    return table


def start(table, log_odds, sensor=0):
    """Start a tentative track if there is a row for it; returns that, or None."""
    i = row_for(table, log_odds, sensor)
    if i < 0:
        return None
    row = table.rows[i]
    row["status"], row["hits"], row["score"], row["sensor"] = int(TrackStatus.TENTATIVE), 1, log_odds, sensor
    row["missed"], row["batch"] = 0.0, BATCH_OF_TRACKS
    enrol(table, row)
    return row


def test_the_draws_are_even_and_one_says_nothing_of_the_next():
    drawn = np.array([lot(np.int64(number)) for number in range(20_000)]) / 2.0**32
    assert stats.kstest(drawn, "uniform").pvalue > 0.01
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 0.02


def test_standing_is_the_log_odds_and_a_draw_from_gumbels_distribution():
    drawn = np.array([_standing(3.0, np.int64(number)) for number in range(20_000)])
    assert stats.kstest(drawn - 3.0, "gumbel_r").pvalue > 0.01


def test_among_equals_who_comes_late_has_the_same_chance(tracks):
    for _ in range(19 * CAPACITY):
        start(tracks, 0.0)
    place_in_line = (tracks.rows["id"] - 1) / (20 * CAPACITY)
    assert stats.kstest(place_in_line, "uniform").pvalue > 0.01
    assert tracks.counters[[LIVE, NEXT_ID, TABLE_FULL_COUNT]].tolist() == [CAPACITY, 20 * CAPACITY + 1, 19 * CAPACITY]


def test_the_likelier_has_the_row(tracks):
    assert start(tracks, 12.0) is not None
    assert start(tracks, -12.0) is None
    tracks.rows["missed"][:] = 20.0
    assert start(tracks, -12.0) is not None


def test_who_is_confirmed_or_was_just_seen_never_gives_way(tracks):
    tracks.rows["status"] = int(TrackStatus.CONFIRMED)
    assert start(tracks, 100.0) is None
    tracks.rows["status"], tracks.rows["hits"] = int(TrackStatus.TENTATIVE), 2
    tracks.counters[BATCH] = BATCH_OF_TRACKS
    assert start(tracks, 100.0) is None
    tracks.counters[BATCH] = BATCH_AT_HAND
    assert start(tracks, 100.0) is not None


def test_a_flooded_sensor_takes_no_row_of_another_but_gives_its_own(tracks):
    quiet, flooded = 1, 0
    assert all(start(tracks, -50.0, quiet) is not None for _ in range(10))
    for _ in range(20 * CAPACITY):
        start(tracks, 5.0, flooded)
    assert np.count_nonzero(tracks.rows["sensor"] == quiet) == 10


@pytest.mark.parametrize("beside", [False, True])
def test_in_a_flood_bodies_are_found_all_round_and_another_sensor_sees_as_before(beside):
    calm, flood = (
        np.mean([run_flood(clutter, 300, seed, beside=beside).found[-1] for seed in range(4)], axis=0)
        for clutter in (0, 1200)
    )
    quarter = len(flood) // 4
    assert flood.mean() >= calm.mean() - 0.1
    assert flood[-quarter:].mean() >= 0.8


def test_a_flood_is_tracked_the_same_bits_again():
    first, again = (run_flood(1000, 256, 3) for _ in range(2))
    np.testing.assert_array_equal(first.found, again.found)
    assert (first.false_count, first.crowded) == (again.false_count, again.crowded)
