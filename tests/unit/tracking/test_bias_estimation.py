"""Many comparisons: the estimate against SciPy's, its fading, its prior, and comparisons that cannot be believed."""

import numpy as np
import pytest

from sangar.core.registration import NEW_PAIRS, SOLVED_S, TIME_BIAS
from sangar.tracking.kernels.registration.bias_estimation import add_information, solve, squared_distance
from sangar.tracking.kernels.registration.bias_pairs import compare
from sangar.tracking.settings import RegistrationSettings
from tests.unit.tracking.comparisons import (
    ALTITUDE_M,
    PRIOR,
    RADAR,
    SETTINGS,
    fresh_table,
    least_squares_biases,
    make_comparison,
    random_states,
    two_sensors,
)

BIASES = np.array([[0.0, 0.0, 0.0, 0.0], [40.0, 0.003, -0.002, 0.08]])


def learn(comparisons, sensors, table, settings=SETTINGS, count=40):
    """Add comparisons and solve, again and again, so that the last are taken about the estimate itself."""
    solve(0.0, sensors, table, settings)
    for number in range(count):
        table.information[:], table.vector[:] = 0.0, 0.0
        for comparison in comparisons:
            use(comparison, sensors, table, settings)
        solve(2.0 * number + 2.0, sensors, table, settings)


def use(comparison, sensors, table, settings=SETTINGS):
    """One comparison, as the tracker uses it, without its gate; its squared distance."""
    velocity = np.concatenate([np.zeros(3), comparison.state[3:]])
    count = compare(comparison.old, comparison.new, comparison.other, velocity, sensors, table, settings, ALTITUDE_M)
    distance = squared_distance(count, table.covariance, table.bench[0])
    assert add_information(count, table)
    table.sensors["pairs"] += 1
    table.solution[NEW_PAIRS] += 1.0
    return distance


@pytest.fixture
def sensors():
    return two_sensors()


def some(sensors, seed, count=40, biases=BIASES):
    random = np.random.default_rng(seed)
    return [make_comparison(state, sensors, biases, (RADAR, RADAR), random) for state in random_states(random, count)]


@pytest.mark.parametrize("seed", range(4))
def test_the_estimate_is_that_of_scipys_least_squares(sensors, seed):
    settings = RegistrationSettings(memory_s=1e12, wander_m2ps3=1e-9).parameters()
    comparisons, table = some(sensors, seed), fresh_table(sensors)
    learn(comparisons, sensors, table, settings, 6)
    biases, covariance = least_squares_biases(comparisons, sensors)
    sigma = np.sqrt(np.diag(covariance))
    assert (np.abs(table.sensors["estimate"].ravel() - biases) < 0.1 * sigma).all()
    assert table.sensors["sigma"].ravel() == pytest.approx(sigma, rel=0.02)
    correlation = covariance / np.outer(sigma, sigma)
    assert table.covariance / np.outer(sigma, sigma) == pytest.approx(correlation, abs=0.05)


def test_nothing_compared_leaves_the_site_file_in_force(sensors):
    sensors["bias"][1] = [25.0, 0.001, 0.0, 0.01]
    table = fresh_table(sensors)
    for time_s in (0.0, 100.0, 200.0):
        solve(time_s, sensors, table, SETTINGS)
    assert table.sensors["bias"] == pytest.approx(sensors["bias"])
    assert table.sensors["estimate"] == pytest.approx(sensors["bias"])
    assert table.sensors["sigma"] == pytest.approx(np.tile(PRIOR, (2, 1)))


def test_the_time_of_all_sensors_together_stays_unknown(sensors):
    table = fresh_table(sensors)
    learn(some(sensors, 1, 60), sensors, table, count=2)
    both = table.covariance[np.ix_([TIME_BIAS, 4 + TIME_BIAS], [TIME_BIAS, 4 + TIME_BIAS])]
    assert np.sqrt(both.sum()) / 2.0 == pytest.approx(0.1 / np.sqrt(2.0), rel=0.01)  # of their mean: the prior's
    assert np.sqrt(both[0, 0] + both[1, 1] - 2.0 * both[0, 1]) < 0.02  # of their difference: well known
    assert table.sensors["relative_sigma"][:, TIME_BIAS] == pytest.approx(0.0, abs=0.02)


def test_what_is_no_longer_seen_fades_to_the_site_file(sensors):
    settings = RegistrationSettings(memory_s=100.0).parameters()
    table = fresh_table(sensors)
    learn(some(sensors, 2), sensors, table, settings, 2)
    near = np.abs(table.sensors["estimate"][1]).copy()
    for time_s in np.arange(100.0, 3000.0, 70.0):
        solve(time_s, sensors, table, settings)
    assert (np.abs(table.sensors["estimate"][1]) < 0.01 * near).all()
    assert table.sensors["sigma"] == pytest.approx(np.tile(PRIOR, (2, 1)), rel=1e-3)


def test_an_estimate_comes_in_force_only_after_enough_comparisons(sensors):
    comparisons, table = some(sensors, 3, 30), fresh_table(sensors)
    solve(0.0, sensors, table, SETTINGS)
    for number, comparison in enumerate(comparisons, 1):
        use(comparison, sensors, table)
        solve(2.0 * number, sensors, table, SETTINGS)
        in_force = number >= SETTINGS.fewest_pairs
        assert bool(table.sensors["bias"].any()) == in_force
        assert bool(table.sensors["spread"].any()) == in_force


def test_two_different_bodies_are_far_from_what_is_expected(sensors):
    random, table = np.random.default_rng(5), fresh_table(sensors)
    one, two = (make_comparison(state, sensors, BIASES, (RADAR, RADAR)) for state in random_states(random, 2))
    assert use(one, sensors, table) < SETTINGS.pair_gate
    assert use(one._replace(other=two.other), sensors, table) > 10.0 * SETTINGS.pair_gate


def test_sensors_noisier_than_they_say_are_less_sure(sensors):
    table = fresh_table(sensors)
    learn(some(sensors, 6), sensors, table, count=2)
    honest = table.sensors["sigma"].copy()
    table.sensors["distance_sum"], table.sensors["number_sum"] = 400.0, 100.0
    table.solution[NEW_PAIRS] = 1.0
    solve(table.solution[SOLVED_S] + 2.0, sensors, table, SETTINGS)
    assert table.sensors["sigma"][:, 1] == pytest.approx(2.0 * honest[:, 1], rel=0.01)
