"""What a track is: class probabilities from the way it moves."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from sangar.core.targets import TargetClass
from sangar.identification.kernels import class_evidence
from sangar.identification.kernels.class_evidence import kinematic_log_likelihood, update_posterior
from sangar.identification.settings import IdentificationSettings
from sangar.warning.settings import WarningSettings
from tests.unit.engagement.hand_made_world import make_world, put_track

PARAMETERS = IdentificationSettings().parameters()
FLOWN = [c for c in TargetClass if c != TargetClass.ROCKET_ARTILLERY_MORTAR]


def watch(speed_mps, height_m, seconds=60.0, step_s=1.0, logit=-6.0, climb_mps=0.0):
    world = make_world()
    put_track(world, 0, [0.0, 0.0, height_m, speed_mps, 0.0, climb_mps], logit=logit)
    posterior = np.full(7, 1 / 7)
    update_posterior(posterior, world.tracks.rows[0], np.inf, PARAMETERS)
    for _ in range(round(seconds / step_s)):
        update_posterior(posterior, world.tracks.rows[0], step_s, PARAMETERS)
    return posterior


@pytest.mark.parametrize("target_class", FLOWN)
def test_the_likelihood_is_the_product_of_the_stated_densities(target_class):
    speed, height, climb = (38.0, 4.0), (250.0, 30.0), (1.5, 0.8)
    expected = 0.0
    for (value, sigma), typical, spread in (
        (speed, class_evidence.TYPICAL_SPEED_MPS, class_evidence.SPEED_SPREAD),
        (height, class_evidence.TYPICAL_HEIGHT_M, class_evidence.HEIGHT_SPREAD),
    ):
        scale = np.hypot(spread[target_class], sigma / value)
        expected += stats.norm.logpdf(np.log(value), np.log(typical[target_class]), scale)
    expected += stats.norm.logpdf(climb[0], 0.0, np.hypot(class_evidence.CLIMB_SIGMA_MPS[target_class], climb[1]))
    found = kinematic_log_likelihood(int(target_class), speed, height, climb)
    assert_allclose(found, expected + 1.5 * np.log(2 * np.pi), rtol=1e-12)


def test_the_posterior_follows_bayes_with_forgetting():
    world = make_world()
    rng = np.random.default_rng(1)
    prior = np.log(np.array(class_evidence.PRIOR_WEIGHT)[1:])
    posterior, log_weights = np.full(7, 1 / 7), np.log(np.full(6, 1 / 6))
    for step in range(30):
        elapsed_s = np.inf if step == 0 else rng.uniform(0.05, 8.0)
        state = [0, 0, rng.uniform(50, 900), *rng.normal(0, 30, 2), rng.normal(0, 2)]
        put_track(world, 0, state, logit=rng.normal(-1, 2))
        track = world.tracks.rows[0]
        update_posterior(posterior, track, elapsed_s, PARAMETERS)

        velocity = track["mean"][3:5]
        speed = max(float(np.hypot(*velocity)), 1.0)
        speed_sigma = float(np.hypot(*velocity)) / speed  # the hand-made velocities have a sigma of 1 m/s
        features = ((speed, speed_sigma), (track["mean"][2], 10.0), (track["mean"][5], 1.0))
        heard = np.array([kinematic_log_likelihood(int(c), *features) for c in FLOWN])
        held = np.maximum(log_weights, np.log(1e-9)) - prior
        log_weights = prior + np.exp(-elapsed_s / PARAMETERS.memory_s) * held
        log_weights = log_weights + min(1.0, elapsed_s / PARAMETERS.evidence_interval_s) * heard
        log_weights -= np.logaddexp.reduce(log_weights)
        log_weights = np.log(np.maximum(np.exp(log_weights - log_weights.max()), 1e-9))
        log_weights -= np.logaddexp.reduce(log_weights)
        thrown = 1 / (1 + np.exp(-track["thrown_logit"]))
        assert_allclose(posterior[0], thrown, rtol=1e-12)
        assert_allclose(posterior[1:], (1 - thrown) * np.exp(log_weights), rtol=1e-6, atol=1e-12)


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
    assert posterior[TargetClass.BIRD] < PARAMETERS.neutral_probability
    assert posterior[TargetClass.ROTARY_DRONE] < PARAMETERS.neutral_probability


def test_no_way_of_flying_alone_makes_a_bird_certain_enough_to_keep_the_siren_silent():
    certain = WarningSettings().bird_certainty
    heights_m = (20.0, 50.0, 120.0, 400.0)
    flights = [(speed_mps, height_m) for speed_mps in np.arange(2.0, 32.0, 3.0) for height_m in heights_m]
    surest = max(watch(*flight, seconds=300.0)[TargetClass.BIRD] for flight in flights)
    assert 0.5 < surest < min(certain, PARAMETERS.neutral_probability)


def test_twenty_looks_a_second_say_no_more_than_one():
    assert_allclose(watch(45.0, 200.0, step_s=0.05), watch(45.0, 200.0, step_s=1.0), atol=0.03)


def test_an_unmeasured_velocity_says_little():
    world = make_world()
    put_track(world, 0, [0.0, 0.0, 200.0, 45.0, 0.0, 0.0])
    sharp, vague = np.full(7, 1 / 7), np.full(7, 1 / 7)
    update_posterior(sharp, world.tracks.rows[0], np.inf, PARAMETERS)
    world.tracks.rows[0]["covariance"] *= 1e4
    update_posterior(vague, world.tracks.rows[0], np.inf, PARAMETERS)
    assert vague[1:].max() < sharp[1:].max() - 0.2


@pytest.mark.parametrize("field", ["mean", "covariance", "thrown_logit"])
def test_a_state_that_is_no_number_leaves_the_posterior_alone(field):
    world = make_world()
    put_track(world, 0, [0.0, 0.0, 200.0, 45.0, 0.0, 0.0])
    world.tracks.rows[0][field] = np.nan
    posterior = np.full(7, 1 / 7)
    update_posterior(posterior, world.tracks.rows[0], 1.0, PARAMETERS)
    assert_allclose(posterior, 1 / 7)
