"""Is the filter as sure as it may be: normalised errors against their chi-square bounds, over many seeded runs.

Source: Bar-Shalom, Li & Kirubarajan (2001), section 5.4: the average of N normalised errors squared of dimension d,
times N, is chi-square with N d degrees of freedom. Approximate here: the measurement is not linear in the state (a
few hundredths at these ranges), and the averages of neighbouring scans are not independent.
"""

import math

import numpy as np
import pytest
from scipy.stats import chi2

from sangar.models.kernels.ballistic import advance
from sangar.models.kernels.measurement import predict_measurement
from sangar.models.workbench import allocate_workbench
from sangar.tracking.kernels.filtering.kalman import update
from sangar.tracking.kernels.filtering.prediction import predict
from sangar.tracking.kernels.filtering.thrown import predict_thrown
from sangar.tracking.workspace import HYPOTHESIS
from tests.unit.tracking.oracles import (
    constant_velocity,
    full,
    joint_update,
    make_sensor,
    measure,
    moment_match,
    pack,
    slopes,
    wrapped,
)
from tests.unit.tracking.sky import NOTHING, make_sky, seen

RUNS = 60
SCANS = 25
SETTLED = 3
NOISE_M2PS3 = 0.5
RADAR = make_sensor(period_s=1.0, clutter_density=1e-9)


def bounds(dimension, runs=RUNS):
    """Two-sided 95 % bounds of an average over the runs."""
    return chi2.ppf([0.025, 0.975], runs * dimension) / runs


def normalised(error, covariance):
    return error @ np.linalg.solve(covariance, error)


def surprise(predicted, detection):
    """Squared distance of a detection from a predicted track, its models taken together."""
    mean, covariance = moment_match(
        predicted["mode"], predicted["state"], np.stack([*map(full, predicted["state_covariance"])])
    )
    residual = wrapped(detection["measured"] - measure(mean, RADAR, 180.0))[:4]
    return joint_update(mean, covariance, residual, slopes(mean, RADAR, 180.0)[:4], detection["sigma"][:4])[2]


def flights(random, settings):
    """NEES (scans,) and NIS (scans,) of one target that moves as the model says."""
    sky, predicted, bench = make_sky(RADAR, **settings), np.zeros(1, HYPOTHESIS)[0], allocate_workbench()[0]
    transition, process = constant_velocity(1.0, NOISE_M2PS3, 0.1 * NOISE_M2PS3)
    truth = np.array([*random.uniform(3e3, 9e3, 2), random.uniform(500.0, 1500.0), *random.normal(0, [60, 60, 5])])
    errors, surprises = np.full(SCANS, np.nan), np.full(SCANS, np.nan)
    for scan in range(SCANS):
        truth = random.multivariate_normal(transition @ truth, process)
        detection = seen(truth, RADAR, random, time_s=float(scan))
        if scan:
            predict(sky.live()[0], float(scan), sky.parameters, predicted, bench)
            surprises[scan] = surprise(predicted, detection[0])
        sky.look(float(scan), detection)
        assert len(sky.live()) == 1
        track = sky.live()[0]
        errors[scan] = normalised(track["mean"] - truth, full(track["covariance"]))
    return errors, surprises


def averages(settings):
    runs = [flights(np.random.default_rng(seed), settings) for seed in range(RUNS)]
    return np.mean(runs, axis=0)[:, SETTLED:]


@pytest.fixture(scope="module")
def one_model():
    """Both motion models the same, and the ballistic explanation out of the way: a plain extended Kalman filter."""
    same = {"steady_noise_m2ps3": NOISE_M2PS3, "manoeuvre_noise_m2ps3": NOISE_M2PS3, "thrown_prior": 1e-6}
    return averages({**same, "gate": 1e3})


def share_within(values, limits):
    return np.mean((values >= limits[0]) & (values <= limits[1]))


def test_the_state_errors_of_a_target_that_obeys_the_model_are_as_large_as_the_covariance_says(one_model):
    errors, _ = one_model
    assert share_within(errors, bounds(6)) >= 0.8
    low, high = bounds(6)
    assert low <= errors.mean() <= high


def test_the_innovations_of_a_target_that_obeys_the_model_are_as_large_as_their_covariance_says(one_model):
    _, surprises = one_model
    assert share_within(surprises, bounds(4)) >= 0.8
    low, high = bounds(4)
    assert low <= surprises.mean() <= high


def test_with_both_models_the_filter_is_never_surer_than_it_may_be():
    """The manoeuvring model makes it a little less sure of a steady target than it could be, never more."""
    errors, surprises = averages({"gate": 1e3})
    assert errors.mean() <= bounds(6)[1]
    assert surprises.mean() <= bounds(4)[1]
    assert errors.mean() >= 2.0


def bomb(random):
    """NEES (scans,) of the ballistic filter for a mortar bomb whose drag is drawn from the prior and wanders."""
    sky = make_sky(RADAR, thrown_noise_m2ps3=0.2)
    parameters, noise = sky.parameters, sky.parameters.thrown_noise_m2ps3
    truth = np.array([3000.0, 2000.0, 150.0, -110.0, -60.0, 200.0, 0.0, 0.0])
    truth[6] = random.normal(math.log(parameters.drag_prior_1pm), parameters.drag_prior_sigma)
    truth[7] = random.normal(0.0, parameters.drift_prior_mps)
    sigmas = [20.0, 20.0, 20.0, 15.0, 15.0, 15.0, parameters.drag_prior_sigma, parameters.drift_prior_mps]
    start = np.diag(sigmas) ** 2
    state = truth.copy()
    state[:6] = random.multivariate_normal(truth[:6], start[:6, :6])
    state[6], state[7] = math.log(parameters.drag_prior_1pm), 0.0
    packed, bench = pack(start), allocate_workbench()[0]
    _, process = constant_velocity(0.5, noise, noise)
    errors = np.empty(60)
    for scan in range(60):
        advance(
            truth, math.exp(truth[6]), truth[7], 0.5, parameters.latitude_rad, parameters.altitude_m, np.zeros((5, 6))
        )
        truth[:6] = random.multivariate_normal(truth[:6], process)
        truth[6] += random.normal(0.0, math.sqrt(0.5 * parameters.drag_noise_hz))
        predict_thrown(state, packed, 0.5, parameters, bench["matrix"], bench["product"], bench["stages"])
        detection = seen(truth, RADAR, random)[0]
        predict_measurement(
            state, 0.0, detection["measured"], RADAR, parameters.altitude_m, bench["predicted"], bench["jacobian"]
        )
        update(
            state,
            packed,
            8,
            detection["measured"],
            detection["sigma"],
            bench["predicted"],
            bench["jacobian"],
            np.inf,
            bench["vectors"],
        )
        errors[scan] = normalised(state - truth, full(packed))
    return errors


def test_the_ballistic_filter_is_as_sure_of_position_velocity_drag_and_drift_as_it_may_be():
    errors = np.mean([bomb(np.random.default_rng(seed)) for seed in range(RUNS)], axis=0)
    low, high = bounds(8)
    assert share_within(errors, (low, high)) >= 0.8
    assert low <= errors.mean() <= high


def test_a_hundred_and_twenty_scans_of_a_full_sky_leave_every_covariance_positive_definite():
    random = np.random.default_rng(31)
    sky = make_sky(RADAR, capacity=256)
    states = np.hstack(
        [random.uniform([-2e4, -2e4, 200], [2e4, 2e4, 3e3], (40, 3)), random.normal(0, [90, 90, 8], (40, 3))]
    )
    for scan in range(120):
        states[:, :3] += states[:, 3:]
        states[:, 3:] += random.normal(0, 2.0, (40, 3)) * (scan % 3 == 0)
        clutter = np.hstack([random.uniform([-2e4, -2e4, 0], [2e4, 2e4, 3e3], (15, 3)), np.zeros((15, 3))])
        sky.look(float(scan), seen(np.vstack([states[random.random(40) < 0.85], clutter]), RADAR, random, time_s=scan))
        for track in sky.live():
            for packed in (*track["state_covariance"], track["covariance"]):
                np.linalg.cholesky(full(packed))
    assert (sky.live()["status"] >= 2).sum() >= 36
    sky.look(500.0, NOTHING)
    assert len(sky.live()) == 0
