"""Evidence from running sums: steadiness and echoes, against plain NumPy."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sangar.core.identities import Evidence, allocate_identities
from sangar.core.targets import TargetClass
from sangar.identification.kernels.class_evidence import update_posterior
from sangar.identification.kernels.running_evidence import gather_echo, weigh_echo
from sangar.identification.settings import IdentificationSettings
from tests.unit.engagement.hand_made_world import make_world, put_track

PARAMETERS = IdentificationSettings().parameters()


def fly(velocities):
    """A belief after a second of each of these velocities."""
    world, belief = make_world(), allocate_identities(1)[0]
    for second, (east_mps, north_mps) in enumerate(velocities):
        put_track(world, 0, [0.0, 0.0, 80.0, east_mps, north_mps, 0.0], float(second))
        update_posterior(belief, world.tracks.rows[0], np.inf if second == 0 else 1.0, PARAMETERS)
    return belief


def for_bird(belief, evidence):
    return belief["evidence"][evidence, TargetClass.BIRD] - belief["evidence"][evidence, TargetClass.ROTARY_DRONE]


def test_a_wandering_course_speaks_for_a_bird_more_than_a_steady_one():
    angle = np.cumsum(np.random.default_rng(3).normal(0.0, 0.7, 60))
    wandering = fly(12.0 * np.column_stack([np.sin(angle), np.cos(angle)]))
    assert for_bird(wandering, Evidence.COURSE) > 0.1
    assert for_bird(wandering, Evidence.COURSE) > for_bird(fly([(12.0, 0.0)] * 60), Evidence.COURSE) + 0.1


def test_an_unsteady_speed_speaks_for_a_bird_and_a_steady_one_against():
    speed = np.random.default_rng(4).normal(12.0, 3.5, 60)
    assert for_bird(fly([(value, 0.0) for value in speed]), Evidence.STEADINESS) > 0.3
    assert for_bird(fly([(12.0, 0.0)] * 60), Evidence.STEADINESS) < -0.3


def test_standing_still_speaks_for_a_multirotor():
    assert for_bird(fly([(0.4, 0.2)] * 20), Evidence.SPEED) < -3.0


def test_the_sums_are_weighed_by_time_and_fade():
    dice = np.random.default_rng(5)
    velocity = dice.normal(0.0, 10.0, (40, 2))
    belief = fly(velocity)
    age_s = np.arange(39)[::-1]
    weight = (1.0 - np.exp(-1.0 / PARAMETERS.memory_s)) * np.exp(-age_s / PARAMETERS.memory_s)
    assert_allclose(belief["motion_weight"], weight.sum(), rtol=1e-12)
    assert_allclose(belief["velocity_sum"], weight @ velocity[1:], rtol=1e-9)
    assert_allclose(belief["speed_square"], weight @ (velocity[1:] ** 2).sum(axis=1), rtol=1e-9)


def test_a_young_track_says_nothing_of_steadiness():
    belief = fly([(12.0, 0.0)])
    assert not belief["evidence"][[Evidence.STEADINESS, Evidence.COURSE]].any()


def hear(levels, step_s=1.0):
    belief = allocate_identities(1)[0]
    for number, level in enumerate(levels):
        gather_echo(belief, number * step_s, level, PARAMETERS.memory_s)
    weigh_echo(belief, (len(levels) - 1) * step_s, PARAMETERS.memory_s)
    return belief


@pytest.mark.parametrize(
    ("level_dbsm", "expected"),
    [(-26.0, TargetClass.BIRD), (16.0, TargetClass.AEROPLANE)],
)
def test_the_level_of_the_echo_speaks_for_the_class_with_that_level(level_dbsm, expected):
    levels = level_dbsm + np.random.default_rng(6).normal(0.0, 5.6, 60)
    assert hear(levels)["evidence"][Evidence.ECHO, 1:].argmax() + 1 == expected


def test_the_more_restless_the_echo_the_more_it_speaks_for_a_bird():
    dice = np.random.default_rng(7)
    calm, restless = (hear(-20.0 + sigma * dice.standard_normal(80)) for sigma in (3.0, 9.0))
    assert for_bird(restless, Evidence.FLICKER) > for_bird(calm, Evidence.FLICKER)


def test_twenty_echoes_a_second_say_no_more_than_two():
    levels = -25.0 + np.random.default_rng(8).normal(0.0, 5.6, 1200)
    often, seldom = hear(levels, 0.05), hear(levels[::10], 0.5)
    assert often["echo_count"] == pytest.approx(seldom["echo_count"], rel=0.05)


def test_old_echoes_are_forgotten():
    belief = hear([-25.0] * 30)
    weigh_echo(belief, 200.0, PARAMETERS.memory_s)
    assert not belief["evidence"][Evidence.ECHO].any()
