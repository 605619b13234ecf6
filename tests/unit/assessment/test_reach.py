"""How soon a flown body could be over an area, and how straight it has been coming."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

from sangar.assessment.kernels.reach import closing_share, down_after, shortest_way, soonest_after, straightness_after
from sangar.assessment.settings import AssessmentSettings
from sangar.models.kernels.ballistic import STANDARD_GRAVITY_MPS2
from tests.unit.engagement.hand_made_world import Square, make_world

PARAMETERS = AssessmentSettings().parameters(0.59, 180.0)
AREAS = make_world((Square(half_m=200.0),)).areas
CAMP = AREAS.rows[0]


def soonest(*state):
    return soonest_after(np.array(state), CAMP, AREAS.vertex_m, PARAMETERS)


@pytest.mark.parametrize(
    ("gap_m", "up_m", "speed_mps"), [(0.0, 300.0, 40.0), (6000.0, 7000.0, 210.0), (900.0, 60.0, 18.0)]
)
def test_the_way_down_takes_as_long_as_a_slide_without_friction(gap_m, up_m, speed_mps):
    """The same by integration of ds / v(s): along the straight way down only gravity's share acts."""
    way_m = np.hypot(gap_m, up_m)
    slide_s, _ = quad(
        lambda gone_m: 1.0 / np.sqrt(speed_mps**2 + 2.0 * STANDARD_GRAVITY_MPS2 * up_m / way_m * gone_m), 0.0, way_m
    )
    state = np.array([0.0, 0.0, up_m, speed_mps, 0.0, 0.0])
    assert down_after(state, gap_m, PARAMETERS) == pytest.approx(slide_s, rel=1e-6)


def test_what_is_down_already_takes_as_long_as_it_is_away():
    assert down_after(np.array([0.0, 0.0, 0.0, 30.0, 0.0, 0.0]), 600.0, PARAMETERS) == pytest.approx(20.0)


def best_arc(east_m, north_m, turn_m):
    """The same by search: every length of arc to either side, then straight on where the course then points there."""
    best = np.inf
    for side in (1.0, -1.0):
        centre = np.array([side * turn_m, 0.0])

        def off_course(arc_rad, side=side, centre=centre):
            place = centre + turn_m * np.array([-side * np.cos(arc_rad), np.sin(arc_rad)])
            course = np.array([side * np.sin(arc_rad), np.cos(arc_rad)])
            rest = np.array([east_m, north_m]) - place
            aim = (course @ rest) / np.linalg.norm(rest)
            return 1.0 - aim, turn_m * arc_rad + np.linalg.norm(rest)

        arcs = np.linspace(0.0, 2.0 * np.pi, 721)
        for start in arcs[np.argsort([off_course(arc)[0] for arc in arcs])[:4]]:
            found = minimize_scalar(
                lambda arc: off_course(arc)[0], bounds=(max(start - 0.02, 0.0), start + 0.02), method="bounded",
                options={"xatol": 1e-12},
            )  # fmt: skip
            if found.fun < 1e-9:
                best = min(best, off_course(found.x)[1])
    return best


def test_straight_ahead_the_way_is_straight():
    assert shortest_way(0.0, 1000.0, 0.0, 1.0, 150.0) == pytest.approx(1000.0)


def test_behind_it_is_half_a_turn_and_back():
    way_m = shortest_way(0.0, -1000.0, 0.0, 1.0, 100.0)
    assert 1000.0 + np.pi * 100.0 < way_m < 1000.0 + 2.0 * np.pi * 100.0


@pytest.mark.parametrize("seed", range(25))
def test_the_way_is_the_best_that_a_search_finds(seed):
    rng = np.random.default_rng(seed)
    turn_m = rng.uniform(20.0, 400.0)
    east_m, north_m = rng.uniform(-2000.0, 2000.0, 2)
    if np.hypot(abs(east_m) - turn_m, north_m) <= turn_m:
        assert shortest_way(east_m, north_m, 0.0, 1.0, turn_m) == pytest.approx(np.hypot(east_m, north_m))
    else:
        assert_allclose(shortest_way(east_m, north_m, 0.0, 1.0, turn_m), best_arc(east_m, north_m, turn_m), rtol=1e-4)


@pytest.mark.parametrize("seed", range(10))
def test_turning_the_world_changes_no_way(seed):
    rng = np.random.default_rng(seed)
    angle, (east_m, north_m) = rng.uniform(0.0, 2.0 * np.pi), rng.uniform(-2000.0, 2000.0, 2)
    turned = shortest_way(
        east_m * np.cos(angle) + north_m * np.sin(angle), north_m * np.cos(angle) - east_m * np.sin(angle),
        np.sin(angle), np.cos(angle), 120.0,
    )  # fmt: skip
    assert turned == pytest.approx(shortest_way(east_m, north_m, 0.0, 1.0, 120.0))


@pytest.mark.parametrize("seed", range(40))
def test_nobody_who_turns_as_he_may_is_there_sooner(seed):
    """Flights that steer at the camp, or at a corner of it, as hard as they may: none arrives before the bound."""
    rng = np.random.default_rng(seed)
    speed_mps, course = rng.uniform(15.0, 80.0), rng.uniform(0.0, 2.0 * np.pi)
    place, velocity = rng.uniform(-2500.0, 2500.0, 2), speed_mps * np.array([np.sin(course), np.cos(course)])
    bound_s = soonest(*place, 100.0, *velocity, 0.0)
    aim, step_s, time_s = rng.uniform(-200.0, 200.0, 2), 0.01, 0.0
    while np.abs(place).max() > 200.0 and time_s < 400.0:
        wanted = np.arctan2(*(aim - place)) - np.arctan2(*velocity)
        turn = np.clip((wanted + np.pi) % (2.0 * np.pi) - np.pi, -1.0, 1.0) * PARAMETERS.turn_limit_mps2 / speed_mps
        turn = np.clip(turn, -PARAMETERS.turn_limit_mps2 / speed_mps, PARAMETERS.turn_limit_mps2 / speed_mps) * step_s
        velocity = np.array([
            velocity[0] * np.cos(turn) + velocity[1] * np.sin(turn),
            velocity[1] * np.cos(turn) - velocity[0] * np.sin(turn),
        ])  # fmt: skip
        place, time_s = place + velocity * step_s, time_s + step_s
    assert bound_s <= time_s + 0.02


def test_a_hovering_body_may_fly_off_in_any_direction():
    assert soonest(1200.0, 0.0, 50.0, 0.0, 0.5, 0.0) == pytest.approx(1000.0 / PARAMETERS.least_speed_mps)


def test_over_the_area_it_is_there():
    assert soonest(0.0, 0.0, 50.0, 10.0, 0.0, 0.0) == 0.0


def test_straightness_is_one_straight_in_and_fades_when_it_turns():
    share = closing_share(np.array([-3000.0, 0.0, 100.0, 40.0, 0.0, 0.0]), CAMP, AREAS.vertex_m)
    assert share == pytest.approx(1.0)
    away = closing_share(np.array([-3000.0, 0.0, 100.0, -40.0, 0.0, 0.0]), CAMP, AREAS.vertex_m)
    assert away == pytest.approx(-1.0)
    straightness = straightness_after(np.nan, np.inf, share, 20.0)
    for _ in range(20):
        straightness = straightness_after(straightness, 1.0, away, 20.0)
    assert straightness == pytest.approx(-1.0 + 2.0 * np.exp(-1.0))


def test_a_body_that_circles_the_area_is_not_coming():
    straightness, angles = np.nan, np.linspace(0.0, 4.0 * np.pi, 400)
    for angle in angles:
        out = np.array([np.cos(angle), np.sin(angle)])
        state = np.array([*(1500.0 * out), 100.0, -30.0 * out[1], 30.0 * out[0], 0.0])
        straightness = straightness_after(straightness, 1.0, closing_share(state, CAMP, AREAS.vertex_m), 20.0)
    assert abs(straightness) < 0.15
