"""OSPA(2) by hand, against its textbook form, and against Stone Soup's OSPA where that is the same."""

import datetime as dt
from itertools import permutations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sangar.core.errors import ConfigurationError
from sangar.tracking.metrics.ospa_of_tracks import OspaParameters, ospa_of_run, ospa_of_tracks
from sangar.tracking.metrics.scoring import LabelledPositions

CUTOFF_M = 100.0
PLAIN = OspaParameters(CUTOFF_M)


def bodies(*rows):
    """Label and east of each body."""
    labels = np.array([label for label, _ in rows], dtype=np.int64)
    return LabelledPositions(labels, np.array([[east, 0.0, 0.0] for _, east in rows]).reshape(-1, 3))


def random_run(random, scan_count, body_count, extent_m=300.0):
    """Bodies that jump about and are not always there."""
    scans = []
    for _ in range(scan_count):
        labels = np.flatnonzero(random.random(body_count) < 0.7)
        scans.append(LabelledPositions(labels + 1, random.uniform(0.0, extent_m, (len(labels), 3))))
    return scans


def paths_of(scans):
    """Label to scan to position."""
    paths: dict[int, dict[int, np.ndarray]] = {}
    for number, scan in enumerate(scans):
        for label, position_m in zip(scan.labels.tolist(), scan.positions_m, strict=True):
            paths.setdefault(label, {})[number] = position_m
    return list(paths.values())


def path_distance(one, other, cutoff, exponent):
    together = one.keys() | other.keys()
    apart = [
        min(cutoff, np.linalg.norm(one[scan] - other[scan])) if scan in one and scan in other else cutoff
        for scan in together
    ]
    return (sum(distance**exponent for distance in apart) / len(together)) ** (1 / exponent)


def textbook_ospa2(estimates, truths, parameters):
    """Every assignment of the smaller set of paths to the larger is tried."""
    fewer, more = sorted([paths_of(estimates), paths_of(truths)], key=len)
    if not more:
        return 0.0
    cutoff, order, exponent = parameters
    between = [[path_distance(one, other, cutoff, exponent) ** order for other in more] for one in fewer]
    best = min(
        sum(row[column] for row, column in zip(between, columns, strict=True))
        for columns in permutations(range(len(more)), len(fewer))
    )
    return ((best + cutoff**order * (len(more) - len(fewer))) / len(more)) ** (1 / order)


def test_a_track_ten_metres_off_that_starts_one_scan_late_is_what_one_counts_by_hand():
    truths = [bodies((1, 0.0))] * 4
    estimates = [bodies(), *[bodies((9, 10.0))] * 3]
    assert ospa_of_run(estimates, truths, PLAIN) == (100.0 + 3 * 10.0) / 4
    assert_allclose(ospa_of_tracks(estimates, truths, 2, PLAIN), [100.0, (100.0 + 10.0) / 2, 10.0, 10.0])


def test_a_path_told_under_two_numbers_costs_what_a_good_position_hides():
    truths = [bodies((1, 0.0))] * 4
    estimates = [*[bodies((5, 0.0))] * 3, bodies((6, 0.0))]
    # Two paths: number 5 has the truth three scans of four, number 6 has nobody.
    assert ospa_of_run(estimates, truths, PLAIN) == (100.0 / 4 + 100.0) / 2
    assert_allclose(ospa_of_tracks(estimates, truths, 1, PLAIN), 0.0)


def test_two_tracks_that_swap_their_targets_are_half_wrong():
    truths = [bodies((1, 0.0), (2, 1000.0))] * 4
    estimates = [*[bodies((5, 0.0), (6, 1000.0))] * 2, *[bodies((5, 1000.0), (6, 0.0))] * 2]
    assert ospa_of_run(estimates, truths, PLAIN) == 50.0


def test_the_exponents_stand_where_the_formula_has_them():
    truths = [bodies((1, 0.0)), bodies((1, 0.0), (2, 900.0))]
    estimates = [bodies((5, 30.0)), bodies((5, 40.0))]
    base_m = np.sqrt((30.0**2 + 40.0**2) / 2)
    expected = ((base_m**3 + 100.0**3) / 2) ** (1 / 3)
    assert_allclose(ospa_of_run(estimates, truths, OspaParameters(100.0, 3.0, 2.0)), expected, rtol=1e-14)


def test_nothing_against_nothing_is_zero_and_nothing_against_something_the_cutoff():
    assert ospa_of_run([bodies()] * 3, [bodies()] * 3, PLAIN) == 0.0
    assert ospa_of_run([bodies()] * 3, [bodies((1, 0.0))] * 3, PLAIN) == CUTOFF_M
    assert ospa_of_run([bodies((1, 0.0))] * 3, [bodies()] * 3, PLAIN) == CUTOFF_M


def test_a_position_that_is_not_finite_is_near_nothing():
    truths = [bodies((1, 0.0))] * 2
    assert ospa_of_run([bodies((5, 0.0)), bodies((5, np.nan))], truths, PLAIN) == 50.0


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize(("order", "base_order"), [(1.0, 1.0), (2.0, 1.0), (1.0, 2.0), (2.0, 3.0)])
def test_every_window_has_the_textbook_answer(seed, order, base_order):
    random = np.random.default_rng([seed, 2020])
    parameters = OspaParameters(200.0, order, base_order)
    estimates, truths = random_run(random, 6, int(random.integers(0, 5))), random_run(random, 6, 4)
    expected = [
        textbook_ospa2(estimates[max(0, last - 2) : last + 1], truths[max(0, last - 2) : last + 1], parameters)
        for last in range(6)
    ]
    assert_allclose(ospa_of_tracks(estimates, truths, 3, parameters), expected, rtol=1e-12)
    assert_allclose(ospa_of_run(estimates, truths, parameters), textbook_ospa2(estimates, truths, parameters))


def test_a_window_of_one_scan_is_stone_soups_ospa():
    """Of order 1 only: Stone Soup assigns by the distance, not by its power, and so misses the minimum above."""
    metric = pytest.importorskip("stonesoup.metricgenerator.ospametric", reason="Stone Soup is not installed")
    state = pytest.importorskip("stonesoup.types.state")
    instant = dt.datetime(2022, 1, 3, tzinfo=dt.UTC)
    oracle = metric.OSPAMetric(p=1, c=CUTOFF_M)
    random = np.random.default_rng(0)
    estimates, truths = random_run(random, 40, 12), random_run(random, 40, 10)
    theirs = [
        oracle.compute_OSPA_distance(
            *([state.State(row, timestamp=instant) for row in scan.positions_m] for scan in pair)
        ).value
        for pair in zip(estimates, truths, strict=True)
    ]
    assert_allclose(ospa_of_tracks(estimates, truths, 1, PLAIN), theirs, rtol=1e-12)


def test_the_base_distance_is_the_mean_of_stone_soups_ospa_of_single_bodies():
    metric = pytest.importorskip("stonesoup.metricgenerator.ospametric", reason="Stone Soup is not installed")
    state = pytest.importorskip("stonesoup.types.state")
    instant = dt.datetime(2022, 1, 3, tzinfo=dt.UTC)
    oracle = metric.OSPAMetric(p=1, c=CUTOFF_M)
    random = np.random.default_rng(1)
    estimates, truths = random_run(random, 30, 1, 100.0), random_run(random, 30, 1, 100.0)
    theirs = [
        oracle.compute_OSPA_distance(
            *([state.State(row, timestamp=instant) for row in scan.positions_m] for scan in pair)
        ).value
        for pair in zip(estimates, truths, strict=True)
        if any(len(scan.labels) for scan in pair)
    ]
    assert_allclose(ospa_of_run(estimates, truths, PLAIN), np.mean(theirs), rtol=1e-12)


@pytest.mark.parametrize(
    "parameters",
    [
        *(PLAIN._replace(cutoff_m=cutoff_m) for cutoff_m in (0.0, np.inf, np.nan)),
        PLAIN._replace(order=0.5),
        PLAIN._replace(base_order=0.0),
        PLAIN._replace(base_order=np.inf),
    ],
)
def test_parameters_that_make_no_metric_are_refused(parameters):
    with pytest.raises(ConfigurationError, match="give a"):
        ospa_of_run([bodies()], [bodies()], parameters)


def test_a_window_of_no_scans_a_number_twice_and_runs_that_do_not_match_are_refused():
    with pytest.raises(ConfigurationError, match="no window"):
        ospa_of_tracks([bodies()], [bodies()], 0)
    with pytest.raises(ConfigurationError, match="two bodies have one number"):
        ospa_of_run([bodies((1, 0.0), (1, 5.0))], [bodies()])
    with pytest.raises(ConfigurationError, match="as many of each"):
        ospa_of_run([bodies()], [bodies()] * 2)
