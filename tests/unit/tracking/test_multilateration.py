"""Positions from arrival times: against exact geometry, PROJ and SciPy; and what wrong receivers do to them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from pyproj import Transformer
from scipy.optimize import approx_fprime
from scipy.stats import chi2

from sangar.core.frames import ecef_from_geodetic, enu_from_ecef_rotation
from sangar.models.kernels.ellipsoid import height_and_up
from sangar.tracking.kernels.arrivals import close_form
from sangar.tracking.multilateration import (
    ARRIVALS,
    RECEIVER_CAPACITY,
    SPEED_OF_LIGHT_MPS,
    Multilateration,
    MultilaterationSettings,
)

INDEX = MultilaterationSettings().refractive_index
RECEIVERS_DEG_M = np.array(
    [
        [47.2, 8.1, 450.0],
        [47.9, 8.9, 700.0],
        [47.4, 9.6, 520.0],
        [46.9, 9.0, 1600.0],
        [48.2, 9.8, 600.0],
        [47.0, 7.4, 500.0],
    ]
)
RECEIVERS_M = ecef_from_geodetic(RECEIVERS_DEG_M)
EVERYONE = np.arange(len(RECEIVERS_M))


def place(latitude_deg=47.5, longitude_deg=8.8, altitude_m=9500.0):
    return ecef_from_geodetic(np.array([[latitude_deg, longitude_deg, altitude_m]]))[0]


def heard(position_m, receivers=EVERYONE, late_m=0.0, sent_s=1234.5):
    """Arrival times at receivers; `late_m` is added to the paths."""
    path_m = np.linalg.norm(RECEIVERS_M[receivers] - position_m, axis=1) + late_m
    return sent_s + path_m * INDEX / SPEED_OF_LIGHT_MPS


def exact_system(**settings):
    return Multilateration(RECEIVERS_M, MultilaterationSettings(prior_weight=0.0, **settings))


def test_height_and_up_are_those_of_proj():
    random = np.random.default_rng(1)
    geodetic = np.column_stack(
        [random.uniform(-89, 89, 50), random.uniform(-180, 180, 50), random.uniform(-500, 2e4, 50)]
    )
    to_ecef = Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart"
    )
    for latitude_deg, longitude_deg, altitude_m in geodetic:
        x, y, z = to_ecef.transform(longitude_deg, latitude_deg, altitude_m)
        height_m, *up = height_and_up(x, y, z)
        assert height_m == pytest.approx(altitude_m, abs=1e-3)
        assert_allclose(up, enu_from_ecef_rotation(latitude_deg, longitude_deg)[2], atol=1e-9)


@pytest.mark.parametrize("longitude_deg", [7.0, 8.8, 11.5])
@pytest.mark.parametrize("altitude_told", [True, False])
def test_exact_times_give_the_exact_place(longitude_deg, altitude_told):
    there = place(longitude_deg=longitude_deg)
    fix = exact_system().locate(EVERYONE, heard(there), 9500.0 if altitude_told else float("nan"))
    assert fix is not None
    assert np.linalg.norm(fix.position_ecef_m - there) < (0.01 if altitude_told else 5.0)
    assert fix.redundant_count == 2 + altitude_told


def test_three_receivers_and_an_altitude_are_enough_and_not_checked():
    three = EVERYONE[:3]
    fix = exact_system().locate(three, heard(place(), three), 9500.0)
    assert fix is not None
    assert np.linalg.norm(fix.position_ecef_m - place()) < 0.01
    assert np.isnan(fix.cost_ratio)


def test_one_of_the_closed_forms_roots_is_the_place():
    roots, path_m = np.zeros((2, 3)), np.linalg.norm(RECEIVERS_M - place(), axis=1)
    close_form(RECEIVERS_M, path_m + 5e4, roots, np.zeros(1, ARRIVALS)[0])
    assert np.linalg.norm(roots - place(), axis=1).min() < 50.0


def test_the_covariance_is_the_inverse_of_the_information():
    """Information of n path lengths with unknown instant, and of the height, by numerical differences."""
    there = place()
    fix = exact_system(arrival_sigma_m=17.0, altitude_sigma_m=12.0).locate(EVERYONE, heard(there), 9500.0)

    def measured(state):
        path_m = np.linalg.norm(RECEIVERS_M - (there + state[:3]), axis=1) + state[3]
        return np.append(path_m / 17.0, height_and_up(*(there + state[:3]))[0] / 12.0)

    jacobian = approx_fprime(np.zeros(4), measured, 1.0)
    expected = np.linalg.inv(jacobian.T @ jacobian)[:3, :3]
    assert_allclose(fix.covariance_m2, expected, rtol=1e-3, atol=1e-3 * np.abs(expected).max())


def test_errors_are_as_large_as_stated():
    random, system = np.random.default_rng(3), exact_system(robust_sigmas=50.0, largest_cost_ratio=1e3)
    squares = []
    for _ in range(300):
        there = place(random.uniform(47.0, 48.0), random.uniform(8.0, 9.5), random.uniform(3000.0, 11000.0))
        altitude_m = height_and_up(*there)[0] + 15.0 * random.normal()
        fix = system.locate(EVERYONE, heard(there, late_m=20.0 * random.normal(size=6)), altitude_m)
        error = fix.position_ecef_m - there
        squares.append(error @ np.linalg.solve(fix.covariance_m2, error))
    low, high = chi2.ppf([0.005, 0.995], 3 * len(squares)) / len(squares)
    assert low < np.mean(squares) < high


def test_a_receiver_that_is_far_off_pulls_nothing_along():
    late_m = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 30_000.0])
    fix = exact_system(largest_cost_ratio=1e9).locate(EVERYONE, heard(place(), late_m=late_m), 9500.0)
    assert np.linalg.norm(fix.position_ecef_m - place()) < 100.0


def test_times_that_fit_no_place_give_none():
    late_m = 50_000.0 * np.random.default_rng(2).normal(size=6)
    assert exact_system().locate(EVERYONE, heard(place(), late_m=late_m), 9500.0) is None


def test_what_is_too_little_or_no_number_gives_none():
    system, times_s = exact_system(), heard(place())
    assert system.locate(EVERYONE[:2], times_s[:2], 9500.0) is None
    assert system.locate(EVERYONE[:3], times_s[:3]) is None
    assert system.locate(EVERYONE, np.full(6, np.nan), 9500.0) is None
    assert system.locate(np.zeros(6, np.int64), times_s, 9500.0) is None
    assert system.locate(EVERYONE[:0], times_s[:0], 9500.0) is None


def test_a_time_that_is_none_and_a_receiver_named_twice_are_left_out():
    times_s = heard(place())
    times_s[2] = np.nan
    numbers, doubled = np.append(EVERYONE, 1), np.append(times_s, times_s[1] + 1e-3)
    fix = exact_system().locate(numbers, doubled, 9500.0)
    assert fix.redundant_count == 2
    assert np.linalg.norm(fix.position_ecef_m - place()) < 0.01


def test_more_receivers_than_there_is_room_for_are_cut():
    random = np.random.default_rng(4)
    many = ecef_from_geodetic(
        np.column_stack([random.uniform(46, 49, 80), random.uniform(6, 11, 80), random.uniform(0, 900, 80)])
    )
    arrival_s = np.linalg.norm(many - place(), axis=1) * INDEX / SPEED_OF_LIGHT_MPS
    fix = Multilateration(many).locate(np.arange(80), arrival_s, 9500.0)
    assert fix is not None
    assert fix.redundant_count == RECEIVER_CAPACITY + 1 - 4
    assert np.linalg.norm(fix.position_ecef_m - place()) < 0.1


def test_a_receivers_offset_is_learned_and_taken_off():
    random, offset_m = np.random.default_rng(5), np.array([0.0, 60.0, 0.0, 0.0, -40.0, 0.0])
    learning, exact = Multilateration(RECEIVERS_M), exact_system()
    errors_m: dict[str, list[float]] = {"learning": [], "exact": []}
    for k in range(400):
        there = place(random.uniform(46.8, 48.2), random.uniform(7.6, 9.8), random.uniform(3000.0, 11000.0))
        times_s = heard(there, late_m=offset_m + 10.0 * random.normal(size=6))
        for name, system in (("learning", learning), ("exact", exact)):
            fix = system.locate(EVERYONE, times_s, height_and_up(*there)[0])
            if k >= 200 and fix is not None:
                errors_m[name].append(float(np.linalg.norm(fix.position_ecef_m - there)))
    assert np.median(errors_m["learning"]) < 0.6 * np.median(errors_m["exact"])
    common = learning.offset_m - offset_m
    assert_allclose(common - common.mean(), 0.0, atol=20.0)


def test_a_single_liar_cannot_teach_more_than_the_limit():
    system = Multilateration(RECEIVERS_M, MultilaterationSettings(largest_offset_m=30.0, largest_cost_ratio=1e9))
    for _ in range(200):
        system.locate(EVERYONE, heard(place(), late_m=np.array([0, 0, 0, 0, 0, 5000.0])), 9500.0)
    assert np.abs(system.offset_m).max() <= 30.0
