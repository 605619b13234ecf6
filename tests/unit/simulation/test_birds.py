"""Birds over a site: as many as said, at birds' speeds, in and out of the circle."""

import numpy as np
import pytest

from sangar.simulation.birds import (
    EDGE_M,
    FASTEST_MPS,
    LOWEST_M,
    SLOWEST_MPS,
    BirdPopulation,
    Neighbourhood,
)

WHERE = Neighbourhood(500.0, -300.0, 5000.0)


def population(per_hour, seed=1):
    return BirdPopulation(per_hour, WHERE, np.random.default_rng(seed))


def test_as_many_come_in_an_hour_as_said():
    birds = population(2000.0)
    before = birds.count
    for second in range(1, 3601, 2):
        birds.advance(float(second))
    assert abs(birds.count - before - 2000) < 5 * np.sqrt(2.0 * 2000)  # flocks scatter more than single birds


def test_the_number_in_the_air_has_settled_when_a_run_begins():
    birds, counts = population(2000.0), []
    counts.append(len(birds.birds))
    for minute in range(1, 61):
        birds.advance(60.0 * minute)
        counts.append(len(birds.birds))
    assert np.mean(counts[:20]) == pytest.approx(np.mean(counts[40:]), rel=0.35)


def test_no_bird_leaves_the_circle_or_flies_below_ground():
    birds = population(2000.0)
    for second in range(1, 600):
        birds.advance(float(second))
        away_m = np.hypot(birds.birds["position_m"][:, 0] - 500.0, birds.birds["position_m"][:, 1] + 300.0)
        assert away_m.max() <= WHERE.radius_m + EDGE_M
        assert birds.birds["position_m"][:, 2].min() >= LOWEST_M


def test_airspeeds_are_those_of_birds_and_the_path_is_what_the_velocity_says():
    birds = population(2000.0)
    assert birds.birds["airspeed_mps"].min() >= SLOWEST_MPS
    assert birds.birds["airspeed_mps"].max() <= FASTEST_MPS
    assert np.median(birds.birds["airspeed_mps"]) == pytest.approx(13.0, abs=1.0)
    before = {int(bird["number"]): bird["position_m"].copy() for bird in birds.birds}
    birds.advance(0.5)
    for bird in birds.birds:
        if int(bird["number"]) in before and bird["position_m"][2] > LOWEST_M:
            moved_m = bird["position_m"] - before[int(bird["number"])]
            np.testing.assert_allclose(moved_m, 0.5 * bird["velocity_mps"], atol=1e-9)


def test_the_same_seed_gives_the_same_birds():
    first, second = population(500.0, 7), population(500.0, 7)
    for time_s in (1.0, 2.5, 30.0):
        first.advance(time_s)
        second.advance(time_s)
    assert first.birds.tobytes() == second.birds.tobytes()
    assert first.birds.tobytes() != population(500.0, 8).birds.tobytes()


def test_where_no_birds_are_said_there_are_none():
    birds = population(0.0)
    birds.advance(3600.0)
    assert len(birds.birds) == 0
