"""What a track is: class probabilities from the way it moves."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from sangar.core.identities import Evidence, allocate_identities
from sangar.core.targets import TargetClass
from sangar.identification.kernels.class_evidence import (
    LARGEST_WEIGHT,
    climb_log_likelihood,
    height_log_likelihood,
    speed_log_likelihood,
    update_posterior,
)
from sangar.identification.kernels.class_table import DENSITIES, HOVER_SPEED_MPS, HOVER_SPREAD
from sangar.identification.settings import IdentificationSettings
from sangar.warning.settings import WarningSettings
from tests.unit.engagement.hand_made_world import make_world, put_track

SETTINGS = IdentificationSettings()
PARAMETERS = SETTINGS.parameters()
FLOWN = [c for c in TargetClass if c != TargetClass.ROCKET_ARTILLERY_MORTAR]


def watch(speed_mps, height_m, seconds=60.0, step_s=1.0, logit=-6.0, climb_mps=0.0):
    world = make_world()
    put_track(world, 0, [0.0, 0.0, height_m, speed_mps, 0.0, climb_mps], logit=logit)
    belief = allocate_identities(1)[0]
    update_posterior(belief, world.tracks.rows[0], np.inf, PARAMETERS)
    for _ in range(round(seconds / step_s)):
        update_posterior(belief, world.tracks.rows[0], step_s, PARAMETERS)
    return belief["posterior"]


@pytest.mark.parametrize("target_class", FLOWN)
def test_the_likelihoods_are_the_stated_densities(target_class):
    row, speed, height, climb = DENSITIES[target_class], (3.0, 1.5), (250.0, 30.0), (1.5, 0.8)
    constant = 0.5 * np.log(2 * np.pi)
    error = speed[1] / speed[0]
    cruise = stats.norm.pdf(np.log(speed[0]), np.log(row.speed_mps), np.hypot(row.speed_spread, error))
    hover = stats.norm.pdf(np.log(speed[0]), np.log(HOVER_SPEED_MPS), np.hypot(HOVER_SPREAD, error))
    mixed = np.log(row.hover_share * hover + (1.0 - row.hover_share) * cruise)
    assert_allclose(speed_log_likelihood(int(target_class), speed), mixed + constant, rtol=1e-9)
    expected = stats.norm.logpdf(np.log(height[0]), np.log(row.height_m), np.hypot(row.height_spread, 30.0 / 250.0))
    assert_allclose(height_log_likelihood(int(target_class), height), expected + constant, rtol=1e-9)
    expected = stats.norm.logpdf(climb[0], 0.0, np.hypot(row.climb_sigma_mps, climb[1]))
    assert_allclose(climb_log_likelihood(int(target_class), climb), expected + constant, rtol=1e-9)


def test_evidence_is_gathered_with_forgetting_and_the_posterior_is_bayes():
    world, belief = make_world(), allocate_identities(1)[0]
    rng = np.random.default_rng(1)
    prior = np.array([row.prior_weight for row in DENSITIES])[1:]
    gathered = np.zeros(6)
    for step in range(30):
        elapsed_s = np.inf if step == 0 else rng.uniform(0.05, 8.0)
        state = [0, 0, rng.uniform(50, 900), *rng.normal(0, 30, 2), rng.normal(0, 2)]
        put_track(world, 0, state, logit=rng.normal(-1, 2))
        track = world.tracks.rows[0]
        update_posterior(belief, track, elapsed_s, PARAMETERS)

        heard = np.array([height_log_likelihood(int(c), (track["mean"][2], 10.0)) for c in FLOWN])
        gathered = np.exp(-elapsed_s / PARAMETERS.memory_s) * gathered
        gathered = gathered + min(1.0, elapsed_s / PARAMETERS.evidence_interval_s) * heard
        gathered = np.maximum(gathered - gathered.max(), -LARGEST_WEIGHT)
        assert_allclose(belief["evidence"][Evidence.HEIGHT, 1:], gathered, rtol=1e-9, atol=1e-12)
        weights = prior * np.exp(PARAMETERS.evidence_share * belief["evidence"][:, 1:].sum(axis=0))
        thrown = 1 / (1 + np.exp(-track["thrown_logit"]))
        assert_allclose(belief["posterior"][0], thrown, rtol=1e-9)
        assert_allclose(belief["posterior"][1:], (1 - thrown) * weights / weights.sum(), rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize(
    ("speed_mps", "height_m", "expected"),
    [
        (45.0, 300.0, TargetClass.FIXED_WING_DRONE),
        (30.0, 200.0, TargetClass.FIXED_WING_DRONE),
        (70.0, 150.0, TargetClass.HELICOPTER),
        (220.0, 9000.0, TargetClass.AEROPLANE),
    ],
)
def test_typical_flight_is_recognised(speed_mps, height_m, expected):
    posterior = watch(speed_mps, height_m)
    assert posterior.argmax() == expected
    assert posterior[expected] >= PARAMETERS.announce_probability


def test_a_thrown_body_is_a_rocket_whatever_its_speed():
    assert watch(180.0, 800.0, logit=8.0)[TargetClass.ROCKET_ARTILLERY_MORTAR] > 0.99


@pytest.mark.parametrize("speed_mps", [8.0, 11.0, 13.0, 16.0, 20.0])
def test_birds_and_multirotors_stay_in_doubt(speed_mps):
    posterior = watch(speed_mps, 100.0, seconds=600.0)
    assert posterior[TargetClass.BIRD] < SETTINGS.neutral_probability
    assert posterior[TargetClass.ROTARY_DRONE] < SETTINGS.neutral_probability


def test_no_way_of_flying_alone_makes_a_bird_certain_enough_to_keep_the_siren_silent():
    certain = WarningSettings().bird_certainty
    heights_m = (20.0, 50.0, 120.0, 400.0)
    flights = [(speed_mps, height_m) for speed_mps in np.arange(2.0, 32.0, 3.0) for height_m in heights_m]
    surest = max(watch(*flight, seconds=300.0)[TargetClass.BIRD] for flight in flights)
    assert 0.5 < surest < min(certain, SETTINGS.neutral_probability)


def test_twenty_looks_a_second_say_no_more_than_one():
    assert_allclose(watch(45.0, 200.0, step_s=0.05), watch(45.0, 200.0, step_s=1.0), atol=0.03)


def belief_after(speed_mps, logit=-6.0, **settings):
    """The posterior of a body at 80 m after a minute."""
    parameters, belief = IdentificationSettings(**settings).parameters(), allocate_identities(1)[0]
    world = make_world()
    put_track(world, 0, [0.0, 0.0, 80.0, speed_mps, 0.0, 0.0], logit=logit)
    for elapsed_s in (np.inf, *(1.0,) * 60):
        update_posterior(belief, world.tracks.rows[0], elapsed_s, parameters)
    return belief["posterior"]


def test_where_birds_are_more_common_the_odds_of_a_bird_grow_by_as_much():
    usual, many = belief_after(14.0), belief_after(14.0, bird_weight=300.0)
    odds = [p[TargetClass.BIRD] / p[TargetClass.ROTARY_DRONE] for p in (usual, many)]
    assert odds[1] / odds[0] == pytest.approx(300.0 / DENSITIES[TargetClass.BIRD].prior_weight)


def test_where_birds_are_common_what_flies_like_one_is_less_easily_taken_for_thrown():
    usual, many = belief_after(14.0, logit=-2.0), belief_after(14.0, logit=-2.0, bird_weight=3000.0)
    assert usual[TargetClass.ROCKET_ARTILLERY_MORTAR] > 0.1
    assert many[TargetClass.ROCKET_ARTILLERY_MORTAR] < 0.001
    shot = belief_after(200.0, logit=8.0, bird_weight=3000.0)
    assert shot[TargetClass.ROCKET_ARTILLERY_MORTAR] > 0.9


def test_an_unmeasured_velocity_says_little():
    world = make_world()
    put_track(world, 0, [0.0, 0.0, 200.0, 45.0, 0.0, 0.0])
    sharp, vague = allocate_identities(2)
    update_posterior(sharp, world.tracks.rows[0], np.inf, PARAMETERS)
    world.tracks.rows[0]["covariance"] *= 1e4
    update_posterior(vague, world.tracks.rows[0], np.inf, PARAMETERS)
    assert vague["posterior"][1:].max() < sharp["posterior"][1:].max() - 0.2


@pytest.mark.parametrize("field", ["mean", "covariance", "thrown_logit"])
def test_a_state_that_is_no_number_leaves_the_posterior_alone(field):
    world = make_world()
    put_track(world, 0, [0.0, 0.0, 200.0, 45.0, 0.0, 0.0])
    world.tracks.rows[0][field] = np.nan
    identities = allocate_identities(1)
    before = identities.tobytes()
    update_posterior(identities[0], world.tracks.rows[0], 1.0, PARAMETERS)
    assert identities.tobytes() == before
