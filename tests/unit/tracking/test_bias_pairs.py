"""One comparison: exact where there is no noise, and its derivative that of finite differences."""

import numpy as np
import pytest

from sangar.tracking.kernels.registration.bias_pairs import compare, tells_place
from tests.unit.tracking.comparisons import (
    ALTITUDE_M,
    CAMERA,
    MODE_C,
    RADAR,
    REPORT,
    SETTINGS,
    difference,
    fresh_table,
    make_comparison,
    noise_of,
    random_states,
    two_sensors,
)
from tests.unit.tracking.oracles import make_detections, measure, only

STEPS = np.tile([0.1, 1e-5, 1e-5, 1e-4], 2)
BIASES = np.array([[35.0, -0.002, 0.001, 0.03], [-20.0, 0.003, 0.002, -0.05]])
KINDS = [(RADAR, RADAR), (RADAR, CAMERA), (RADAR, REPORT), (REPORT, RADAR), (MODE_C, RADAR), (MODE_C, MODE_C)]


def compared(comparison, sensors, estimate=None):
    """Innovation, gradient and noise of a comparison under an estimate of both sensors' biases."""
    table = fresh_table(sensors)
    if estimate is not None:
        table.sensors["estimate"] = np.reshape(estimate, (2, 4))
    velocity = np.concatenate([np.full(3, np.nan), comparison.state[3:]])
    count = compare(comparison.old, comparison.new, comparison.other, velocity, sensors, table, SETTINGS, ALTITUDE_M)
    bench = table.bench[0]
    noise = np.tril(bench["noise"][:count, :count])
    return bench["innovation"][:count].copy(), bench["gradient"][:count].copy(), noise + np.tril(noise, -1).T


@pytest.fixture
def sensors():
    return two_sensors()


@pytest.fixture(params=range(6))
def state(request):
    return random_states(np.random.default_rng(request.param), 1)[0]


@pytest.mark.parametrize("columns", KINDS)
def test_sensors_without_bias_agree(state, sensors, columns):
    innovation, _, _ = compared(make_comparison(state, sensors, np.zeros((2, 4)), columns), sensors)
    expected = len(set(columns[1]) - {4})
    assert innovation.size == expected
    assert np.abs(innovation[0]) < (0.5 if columns[0] == MODE_C else 0.01)  # metres; heights are of a round Earth
    assert innovation[1:] == pytest.approx(np.zeros(expected - 1), abs=1e-3)


@pytest.mark.parametrize("columns", [(RADAR, RADAR), (RADAR, CAMERA), (REPORT, RADAR)])
def test_sensors_with_known_biases_agree(state, sensors, columns):
    innovation, _, _ = compared(make_comparison(state, sensors, BIASES, columns), sensors, BIASES)
    assert innovation == pytest.approx(np.zeros(innovation.size), abs=1e-6)


@pytest.mark.parametrize("columns", KINDS)
def test_the_gradient_is_that_of_finite_differences(state, sensors, columns):
    comparison = make_comparison(state, sensors, np.zeros((2, 4)), columns)
    _, gradient, _ = compared(comparison, sensors)
    for place, step in enumerate(STEPS):
        moved = np.zeros(8)
        moved[place] = step
        ahead, behind = compared(comparison, sensors, moved)[0], compared(comparison, sensors, -moved)[0]
        slope = -(ahead - behind) / (2.0 * step)  # what is taken away of a bias is no longer in the difference
        assert gradient[:, place] == pytest.approx(slope, rel=2e-3, abs=2e-3 * max(1.0, np.abs(slope).max()))


def test_innovation_and_noise_are_those_of_plain_numpy(state, sensors):
    comparison = make_comparison(state, sensors, BIASES, (RADAR, RADAR), np.random.default_rng(3))
    innovation, _, noise = compared(comparison, sensors)
    assert innovation == pytest.approx(difference(np.zeros(8), comparison, sensors), rel=1e-9, abs=1e-9)
    expected = noise_of(comparison, sensors)
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    assert noise / scale == pytest.approx(expected / scale, abs=1e-3)


def test_a_clock_that_is_off_by_many_looks_is_not_compared(state, sensors):
    comparison = make_comparison(state, sensors, np.zeros((2, 4)), (RADAR, RADAR))
    estimate = np.zeros(8)
    estimate[7] = 4.0
    assert compared(comparison, sensors, estimate)[0].size == 0


@pytest.mark.parametrize(
    ("columns", "told"),
    [(RADAR, True), (MODE_C, True), (REPORT, True), (CAMERA, False), ((0, 1), False), ((5, 6), False), ((1,), False)],
)
def test_a_place_needs_a_height(state, sensors, columns, told):
    assert tells_place(make_detections(only(measure(state, sensors[0]), columns), np.ones(8))[0]["measured"]) == told
