"""The tracker is as sure as it may be: errors match the covariances it states (NEES, NIS), and these stay positive.

Chi-square bounds are those of independent runs. Errors of one run hang together in time, so each run gives one number,
at one moment. The filters are linearised and the bounds therefore taken at 99 %; they are still narrow enough to catch
a covariance that is wrong by half.

Source: Bar-Shalom, Li & Kirubarajan (2001), Estimation with Applications to Tracking and Navigation, section 5.4.
"""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2

from sangar.assessment.kernels.impact import predict_impact
from sangar.assessment.settings import AssessmentSettings
from sangar.core.assessments import allocate_assessments
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER, THROWN_SIZE, allocate_tracks
from sangar.models.kernels.ballistic import advance
from sangar.models.kernels.measurement import predict_measurement
from sangar.models.workbench import allocate_workbench
from sangar.tracking.kernels.filtering.kalman import update
from sangar.tracking.kernels.filtering.prediction import predict
from sangar.tracking.kernels.filtering.thrown import predict_thrown
from sangar.tracking.purity import wilson_interval
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker
from sangar.tracking.workspace import HYPOTHESIS
from tests.unit.tracking.oracles import joint_update, measure, slopes, wrapped
from tests.unit.tracking.sightings import flown, full_matrix, radar_table, sighted

RUNS = 60
SETTINGS = TrackingSettings(steady_noise_m2ps3=0.5, manoeuvre_noise_m2ps3=0.5)
"""Both motion models alike, and true: then the mixture is one Kalman filter, whose consistency is exact in theory."""
PARAMETERS = SETTINGS.parameters(0.0, 0.0)


def random_walk_step(state: NDArray[np.float64], dt_s: float, generator: np.random.Generator) -> NDArray[np.float64]:
    """A body (1, 6) with the very acceleration noise that the settings state."""
    block = np.array([[dt_s**3 / 3.0, dt_s**2 / 2.0], [dt_s**2 / 2.0, dt_s]])
    shaken = np.linalg.cholesky(block) @ generator.normal(size=(2, 3))
    shaken *= np.sqrt(SETTINGS.steady_noise_m2ps3 * np.array([1.0, 1.0, SETTINGS.vertical_noise_ratio]))
    moved: NDArray[np.float64] = flown(state, dt_s) + np.concatenate([shaken[0], shaken[1]])
    return moved


def normalised_square(error: NDArray[np.float64], covariance: NDArray[np.float64]) -> float:
    return float(error @ np.linalg.solve(covariance, error))


def followed_body(seed: int, looks: int = 25) -> tuple[float, float, int]:
    """(NEES at the end, NIS of one more look, tracks) of one seeded run of the whole tracker."""
    generator = np.random.default_rng(seed)
    tracker, sensors = Tracker(radar_table(), SETTINGS, track_capacity=8, batch_capacity=8), radar_table()
    state = np.array([[3000.0, 6000.0, 900.0, -60.0, -80.0, 0.0]]) + generator.normal(size=6) * [500, 500, 50, 9, 9, 3]
    for t in range(looks):
        tracker.process(float(t), 0, sighted(state, float(t), generator))
        last, state = state, random_walk_step(state, 1.0, generator)
    rows = tracker.tracks.rows[: tracker.tracks.counters[HIGH_WATER]]
    rows = rows[rows["status"] >= TrackStatus.CONFIRMED]
    nees = normalised_square(last[0] - rows[0]["mean"], full_matrix(rows[0]["covariance"], 6))
    predicted = np.zeros(1, HYPOTHESIS)[0]
    predict(rows[0], float(looks), PARAMETERS, predicted, allocate_workbench()[0])
    return nees, surprise(predicted, sighted(state, float(looks), generator)[0], sensors[0]), len(rows)


def surprise(predicted: np.void, detection: np.void, sensor: np.void) -> float:
    """Squared distance of a detection from a predicted track; its motion models are alike."""
    mean, covariance = predicted["state"][0], full_matrix(predicted["state_covariance"][0], 6)
    residual, jacobian = wrapped(detection["measured"] - measure(mean, sensor))[:4], slopes(mean, sensor)[:4]
    return float(joint_update(mean, covariance, residual, jacobian, detection["sigma"][:4])[2])


@pytest.fixture(scope="module")
def runs() -> NDArray[np.float64]:
    """(RUNS, 3) of `followed_body`."""
    return np.array([followed_body(seed) for seed in range(RUNS)])


def assert_within_chi_square(squares: NDArray[np.float64], freedoms: int) -> None:
    low, high = chi2.ppf([0.005, 0.995], len(squares) * freedoms) / len(squares)
    assert low < squares.mean() < high


def test_errors_of_a_tracked_body_are_as_large_as_stated(runs):
    assert (runs[:, 2] == 1).all(), "one body, one track"
    assert_within_chi_square(runs[:, 0], 6)


def test_innovations_are_as_large_as_stated(runs):
    assert_within_chi_square(runs[:, 1], 4)


def test_the_bounds_would_catch_a_covariance_that_is_wrong_by_half(runs):
    for factor in (1.5, 1.0 / 1.5):
        with pytest.raises(AssertionError):
            assert_within_chi_square(runs[:, 0] * factor, 6)


LATITUDE_RAD = 0.6
THROWN = TrackingSettings(thrown_noise_m2ps3=0.01).parameters(LATITUDE_RAD, 0.0)
DRAG_SIGMA, DRIFT_SIGMA = TrackingSettings().drag_prior_sigma, TrackingSettings().drift_prior_mps


def thrown_state(seed: int) -> NDArray[np.float64]:
    """A mortar bomb just seen: position, velocity, ln k and drift, drawn from the filter's own prior."""
    generator = np.random.default_rng(seed)
    mean = np.array([-2500.0, 3500.0, 300.0, 90.0, -130.0, 150.0, np.log(THROWN.drag_prior_1pm), 0.0])
    return mean + generator.normal(size=8) * [50.0, 50.0, 50.0, 10.0, 10.0, 10.0, DRAG_SIGMA, DRIFT_SIGMA]


def filtered_shot(seed: int, looks: int = 40) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """True state, filter's state, filter's packed covariance (all eight states) after so many looks, 0.25 s apart."""
    generator, bench, sensor = np.random.default_rng(1000 + seed), allocate_workbench()[0], radar_table()[0]
    truth, state = thrown_state(seed), thrown_state(0)
    state[:] = [-2500.0, 3500.0, 300.0, 90.0, -130.0, 150.0, np.log(THROWN.drag_prior_1pm), 0.0]
    prior = np.array([50.0, 50.0, 50.0, 10.0, 10.0, 10.0, DRAG_SIGMA, DRIFT_SIGMA])
    covariance = np.diag(prior**2)[np.tril_indices(8)]
    for _ in range(looks):
        advance(truth, np.exp(truth[6]), truth[7], 0.25, LATITUDE_RAD, 0.0, bench["stages"])
        predict_thrown(state, covariance, 0.25, THROWN, bench["matrix"], bench["product"], bench["stages"])
        seen = sighted(truth[None, :6], 0.0, generator)[0]
        work = bench["predicted"], bench["jacobian"]
        predict_measurement(state, 0.0, seen["measured"], sensor, 0.0, *work)
        update(state, covariance, THROWN_SIZE, seen["measured"], seen["sigma"], *work, np.inf, bench["vectors"])
    return truth, state, covariance


@pytest.fixture(scope="module")
def shots() -> list[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]]:
    """Two hundred seeded shots."""
    return [filtered_shot(seed) for seed in range(1, 201)]


def test_errors_of_a_thrown_body_are_no_larger_than_stated(shots):
    """The filter allows for wind that these shots do not have, so it may be a little too careful, never too sure."""
    squares = np.array([normalised_square(truth - state, full_matrix(packed, 8)) for truth, state, packed in shots])
    high = chi2.ppf(0.995, len(squares) * 8) / len(squares)
    assert 4.0 < squares.mean() < high


def test_drag_is_learnt_in_flight(shots):
    errors = np.array([truth[6] - state[6] for truth, state, _ in shots])
    assert np.sqrt(np.mean(errors**2)) < 0.6 * DRAG_SIGMA


def fallen(state: NDArray[np.float64]) -> NDArray[np.float64]:
    """East and north where the true body falls: a hundred steps a second, the last one cut at the ground."""
    body, stages = state.copy(), allocate_workbench()[0]["stages"]
    while body[2] > 0.0 or body[5] > 0.0:
        before = body.copy()
        advance(body, np.exp(body[6]), body[7], 0.01, LATITUDE_RAD, 0.0, stages)
    share = before[2] / (before[2] - body[2])
    place: NDArray[np.float64] = before[:2] + share * (body[:2] - before[:2])
    return place


def test_true_impacts_lie_in_the_stated_ellipse(shots):
    """Two hundred shots, each followed for ten seconds; the share of true impacts with its Wilson interval."""
    parameters, bench = AssessmentSettings().parameters(LATITUDE_RAD, 0.0), allocate_workbench()[0]
    track, assessment = allocate_tracks(1).rows[0], allocate_assessments(1, 0).rows[0]
    inside = 0
    for truth, state, packed in shots:
        track["thrown"], track["thrown_covariance"] = state, packed
        predict_impact(assessment, track, parameters, bench)
        east, cross, north = assessment["impact_covariance_m2"]
        gap = fallen(truth) - assessment["impact_m"][:2]
        inside += normalised_square(gap, np.array([[east, cross], [cross, north]])) <= chi2.ppf(0.95, 2)
    share = wilson_interval(inside, len(shots))
    assert share.high >= 0.95
    assert share.low > 0.88


def test_covariances_stay_positive_definite_through_a_long_run():
    """Twelve bodies that turn, and vanish at times, for two minutes: every matrix has a Cholesky factor."""
    generator, tracker = np.random.default_rng(4), Tracker(radar_table(), track_capacity=64, batch_capacity=64)
    angle = np.linspace(0.0, 2.0 * np.pi, 12, endpoint=False)
    places = [4000.0 * np.cos(angle), 4000.0 * np.sin(angle), np.full(12, 600.0)]
    states = np.column_stack([*places, *generator.normal(0.0, [40.0, 40.0, 2.0], (12, 3)).T])
    checked = 0
    for t in range(120):
        states = flown(states, 1.0)
        states[:, 3:5] += generator.normal(0.0, 4.0, (12, 2))
        seen = states[generator.random(12) < 0.85]
        tracker.process(float(t), 0, sighted(seen, float(t), generator))
        rows = tracker.tracks.rows[: tracker.tracks.counters[HIGH_WATER]]
        for row in rows[rows["status"] != TrackStatus.FREE]:
            for packed in (row["covariance"], *row["state_covariance"]):
                np.linalg.cholesky(full_matrix(packed, 6))
            if row["thrown_logit"] > -7.0 and row["hits"] > 1:
                np.linalg.cholesky(full_matrix(row["thrown_covariance"], 8))
            checked += 1
    assert checked > 120 * 10
