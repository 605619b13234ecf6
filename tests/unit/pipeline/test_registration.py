"""Two radars that disagree, through the whole step: found, taken away, and sure of it as it may be."""

import numpy as np
import pytest
from scipy.stats import chi2

from benchmarks.registration import CASES, NOTHING, looks, run, two_radars
from sangar.core.tracks import DUPLICATE_COUNT
from sangar.pipeline.pipeline import Pipeline

EAST_OFF, BOTH_OFF, _, ONE_SIDE, APART = CASES


def after_a_minute(case, seed, biases=None):
    """The registration table after a minute."""
    site = two_radars(learns=True)
    pipeline = Pipeline(site, track_capacity=256, wants_rows=False)
    for batch in looks(site, case, case.biases if biases is None else biases, seed, 60.0):
        pipeline.step(batch)
    return pipeline.world.registration


@pytest.mark.parametrize("case", [EAST_OFF, BOTH_OFF], ids=lambda case: case.name)
def test_biases_are_found_to_within_a_fifth_after_a_minute(case):
    table = after_a_minute(case, 4)
    wanted = case.biases.ravel() != 0.0
    errors = np.abs(table.sensors["bias"].ravel() - case.biases.ravel())
    assert (errors[wanted] <= 0.2 * np.abs(case.biases.ravel()[wanted])).all()


def test_the_same_batches_teach_the_same_bits():
    first, second = (after_a_minute(EAST_OFF, 1) for _ in range(2))
    assert first.sensors.tobytes() == second.sensors.tobytes()
    assert first.covariance.tobytes() == second.covariance.tobytes()


def test_without_a_common_target_nothing_is_claimed():
    table = after_a_minute(APART, 2)
    assert not table.sensors["pairs"].any()
    assert not table.sensors["estimate"].any()
    assert table.sensors["sigma"][1] == pytest.approx([50.0, 0.005, 0.005, 0.1], rel=1e-5)


def test_targets_to_one_side_leave_more_uncertainty_than_targets_all_round():
    one_side, all_round = after_a_minute(ONE_SIDE, 3), after_a_minute(EAST_OFF, 3)
    assert (one_side.sensors["sigma"][:, :3] > 2.5 * all_round.sensors["sigma"][:, :3]).all()


def test_a_site_that_is_right_is_left_alone():
    """A test a second at six sigma: of twenty minutes at most one may be unlucky."""
    moved = [bool(after_a_minute(EAST_OFF, seed, NOTHING).sensors["bias"].any()) for seed in range(20)]
    assert sum(moved) <= 1


def test_learning_off_leaves_the_site_file_in_force():
    biased = run(EAST_OFF, EAST_OFF.biases, 0, 62.0, learns=False)
    assert biased.pairs == 0
    assert not biased.estimate.any()


def test_a_report_delivered_again_is_known_though_the_bias_taken_off_has_changed():
    """What is compared are the numbers that the sensor sent."""
    site = two_radars(learns=False)
    pipeline, counters = Pipeline(site, track_capacity=256, wants_rows=False), []
    for batch in looks(site, EAST_OFF, EAST_OFF.biases, 5, 6.0):
        pipeline.step(batch)
    registered, tracks = pipeline.world.registration.sensors, pipeline.world.tracks
    for bias_m in (0.0, 25.0):
        registered["bias"][batch.sensor, 0] = bias_m
        pipeline.step(batch)
        counters.append(int(tracks.counters[DUPLICATE_COUNT]))
    assert counters == [len(batch.detections), 2 * len(batch.detections)]


@pytest.mark.slow
@pytest.mark.parametrize("case", [EAST_OFF, BOTH_OFF, ONE_SIDE], ids=lambda case: case.name)
def test_errors_are_as_large_as_the_covariance_says(case):
    """Normalised errors squared of all eight biases, over forty seeds: chi-square, and at most half too cautious."""
    seeds, squares = 40, []
    for seed in range(seeds):
        table = after_a_minute(case, seed)
        error = (table.sensors["estimate"] - case.biases).ravel()
        free = np.arange(8) != 3  # the clock that is right to a millisecond has no error to speak of
        covariance = table.covariance[np.ix_(free, free)]
        squares.append(error[free] @ np.linalg.solve(covariance, error[free]))
    low, high = chi2.ppf([0.005, 0.995], 7 * seeds) / seeds
    assert 0.5 * low < np.mean(squares) < high
