"""Where a thrown body falls: against SciPy's integrator, and against many bodies drawn from the track's covariance."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.stats import chi2

from sangar.assessment.kernels.impact import ellipse_95, predict_impact
from sangar.assessment.settings import AssessmentSettings
from sangar.core.assessments import allocate_assessments
from sangar.core.tracks import allocate_tracks
from sangar.models.kernels.ballistic import advance
from sangar.models.workbench import allocate_workbench

LATITUDE_RAD, ALTITUDE_M, GROUND_M = 0.59, 188.0, -20.0
PARAMETERS = AssessmentSettings(ground_m=GROUND_M).parameters(LATITUDE_RAD, ALTITUDE_M)
STEADY = PARAMETERS._replace(thrown_noise_m2ps3=0.0, drag_noise_hz=0.0)
MORTAR = np.array([-2000.0, 3000.0, 900.0, 90.0, -120.0, 40.0, np.log(9e-5), 4.0])
ROCKET = np.array([8000.0, -6000.0, 3500.0, -260.0, 200.0, 90.0, np.log(6e-5), -3.0])
STEEP = np.array([100.0, 0.0, 600.0, 5.0, 3.0, -80.0, np.log(2e-4), 0.0])
LOW = np.array([0.0, 2500.0, 120.0, 30.0, -210.0, -25.0, np.log(7e-5), 6.0])
FLIGHTS = {"mortar": MORTAR, "rocket": ROCKET, "steep": STEEP, "low": LOW}


def predicted(state, covariance=None, parameters=PARAMETERS):
    """The assessment of a track with this ballistic state (8,) at time 100 s; covariance: the identity if not given."""
    track, assessment = allocate_tracks(1).rows[0], allocate_assessments(1, 0).rows[0]
    track["time_s"], track["thrown"] = 100.0, state
    track["thrown_covariance"] = (np.eye(8) if covariance is None else covariance)[np.tril_indices(8)]
    predict_impact(assessment, track, parameters, allocate_workbench()[0])
    return assessment


def slope(_, state, drag_1pm, drift_mps):
    """Drag in the standard atmosphere, drift, normal gravity, the Earth's rotation."""
    altitude_m, velocity = ALTITUDE_M + state[2], state[3:]
    density = (1.0 - 0.0065 * altitude_m / 288.15) ** 4.25588
    gravity = 9.780327 * (1.0 + 0.0053024 * np.sin(LATITUDE_RAD) ** 2) - 3.086e-6 * altitude_m
    turning = 7.292115e-5 * np.array([0.0, np.cos(LATITUDE_RAD), np.sin(LATITUDE_RAD)])
    drag = -drag_1pm * density * np.linalg.norm(velocity) * velocity
    drift = drift_mps * 9.80665 * np.cross(velocity, [0.0, 0.0, 1.0]) / (velocity @ velocity + 60.0**2)
    return np.concatenate([velocity, drag + drift - [0.0, 0.0, gravity] - 2.0 * np.cross(turning, velocity)])


class HitGround:
    """The event that ends a flight, as SciPy wants it: a function with two attributes."""

    terminal, direction = True, -1

    def __call__(self, _, state, *__):
        return state[2] - GROUND_M


def fallen(state: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Seconds to the ground and the state (6,) there, by SciPy."""
    arguments = (np.exp(state[6]), state[7])
    limits = {"rtol": 1e-9, "atol": 1e-6}
    flight = solve_ivp(slope, (0.0, 300.0), state[:6], "DOP853", events=HitGround(), args=arguments, **limits)
    return float(flight.t_events[0][0]), flight.y_events[0][0]


@pytest.mark.parametrize("name", FLIGHTS)
def test_place_and_time_of_impact_are_those_of_a_fine_integration(name):
    after_s, there = fallen(FLIGHTS[name])
    assessment = predicted(FLIGHTS[name])
    np.testing.assert_allclose(assessment["impact_m"][:2], there[:2], atol=0.5)
    last_step_m = 0.5 * 9.81 * PARAMETERS.integration_step_s**2  # the last step goes straight at the ground
    assert assessment["impact_m"][2] == pytest.approx(GROUND_M, abs=last_step_m)
    assert assessment["impact_s"] == pytest.approx(100.0 + after_s, abs=0.01)


def uncertain(scale: float) -> NDArray[np.float64]:
    """A correlated covariance (8, 8): some metres, some metres per second, some per cent of drag, some drift."""
    generator = np.random.default_rng(5)
    root = np.eye(8) + 0.3 * generator.normal(size=(8, 8))
    spread = scale * np.array([8.0, 8.0, 8.0, 1.5, 1.5, 1.5, 0.05, 2.0])
    return (root @ root.T) * np.outer(spread, spread)


def gradient_of_fall(state: NDArray[np.float64]) -> NDArray[np.float64]:
    """Derivatives (3, 8) of east, north and time of impact, by differences of whole flights."""
    steps = np.array([1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 0.01, 0.1])
    columns = []
    for i in range(8):
        ends = [fallen(state + sign * steps[i] * np.eye(8)[i]) for sign in (1.0, -1.0)]
        columns.append([*(ends[0][1][:2] - ends[1][1][:2]), ends[0][0] - ends[1][0]] / (2.0 * steps[i]))
    return np.column_stack(columns)


@pytest.mark.parametrize("name", FLIGHTS)
def test_the_covariance_on_the_ground_is_the_linearised_one(name):
    """To three per cent of sigma: the transition matrix leaves out the density's change with height."""
    covariance, gradient = uncertain(1.0), gradient_of_fall(FLIGHTS[name])
    expected = gradient @ covariance @ gradient.T
    assessment = predicted(FLIGHTS[name], covariance, STEADY)
    found = assessment["impact_covariance_m2"]
    np.testing.assert_allclose(np.sqrt(found[[0, 2]]), np.sqrt(np.diag(expected)[:2]), rtol=0.03)
    scale = np.sqrt(expected[0, 0] * expected[1, 1])
    assert found[1] / scale == pytest.approx(expected[0, 1] / scale, abs=0.03)
    assert assessment["impact_sigma_s"] == pytest.approx(np.sqrt(expected[2, 2]), rel=0.03)


def test_ninety_five_of_a_hundred_bodies_fall_into_the_ellipse():
    """A thousand bodies drawn from the track's own covariance; within five standard errors of 0.95."""
    covariance = uncertain(0.5)
    assessment = predicted(MORTAR, covariance, STEADY)
    east, cross, north = assessment["impact_covariance_m2"]
    draws = np.random.default_rng(3).multivariate_normal(MORTAR, covariance, 1000)
    gaps = np.array([fallen(draw)[1][:2] for draw in draws]) - assessment["impact_m"][:2]
    squared = np.einsum("ni,ij,nj->n", gaps, np.linalg.inv([[east, cross], [cross, north]]), gaps)
    share = np.mean(squared <= chi2.ppf(0.95, 2))
    assert share == pytest.approx(0.95, abs=5.0 * np.sqrt(0.95 * 0.05 / len(draws)))


def test_what_may_still_happen_on_the_way_widens_it():
    """Drag wanders and gusts push a body known to the inch: four hundred such flights, to a tenth of sigma."""
    gusty = PARAMETERS._replace(thrown_noise_m2ps3=0.5, drag_noise_hz=0.01)
    random, step_s, ends = np.random.default_rng(8), 0.25, []
    for _ in range(400):
        state = MORTAR.copy()
        while state[2] > GROUND_M or state[5] > 0.0:
            before = state[:3].copy()
            advance(state, np.exp(state[6]), state[7], step_s, LATITUDE_RAD, ALTITUDE_M, np.zeros((5, 6)))
            state[3:6] += random.normal(0.0, np.sqrt(0.5 * step_s), 3)
            state[6] += random.normal(0.0, np.sqrt(0.01 * step_s))
        share = (before[2] - GROUND_M) / (before[2] - state[2])
        ends.append(before + share * (state[:3] - before))
    assessment = predicted(MORTAR, 1e-6 * np.eye(8), gusty)
    found = np.sqrt(assessment["impact_covariance_m2"][[0, 2]])
    np.testing.assert_allclose(found, np.std(ends, axis=0)[:2], rtol=0.1)


def test_a_smaller_step_changes_the_place_by_centimetres():
    fine = AssessmentSettings(ground_m=GROUND_M, integration_step_s=0.02).parameters(LATITUDE_RAD, ALTITUDE_M)
    gap = predicted(ROCKET)["impact_m"][:2] - predicted(ROCKET, parameters=fine)["impact_m"][:2]
    assert np.linalg.norm(gap) < 0.5


def test_a_body_that_falls_below_the_ground_at_once_has_its_impact_there_and_now():
    under = MORTAR.copy()
    under[2], under[5] = GROUND_M - 1.0, -30.0
    assessment = predicted(under)
    assert assessment["impact_s"] == 100.0
    np.testing.assert_array_equal(assessment["impact_m"], under[:3])


@pytest.mark.parametrize("component", [2, 5, 6, 7])
def test_a_body_that_never_falls_has_no_impact(component):
    """Its height, climb, drag or drift is not a number."""
    state = MORTAR.copy()
    state[component] = np.nan
    assessment = predicted(state)
    assert np.isnan(assessment["impact_s"])
    assert np.isnan(assessment["impact_m"]).all()
    assert np.isnan(assessment["impact_covariance_m2"]).all()
    assert np.isnan(assessment["impact_sigma_s"])


def test_the_track_itself_is_left_alone():
    track = allocate_tracks(1).rows[0]
    track["thrown"], track["thrown_covariance"] = MORTAR, uncertain(1.0)[np.tril_indices(8)]
    before = track.tobytes()
    predict_impact(allocate_assessments(1, 0).rows[0], track, PARAMETERS, allocate_workbench()[0])
    assert track.tobytes() == before


def random_plane(seed: int) -> NDArray[np.float64]:
    """A covariance (2, 2)."""
    root = np.random.default_rng(seed).normal(size=(2, 2)) * [[100.0], [30.0]]
    return root @ root.T


@pytest.mark.parametrize("seed", range(20))
def test_the_ellipse_has_the_axes_of_the_covariance(seed):
    covariance = random_plane(seed)
    values, vectors = np.linalg.eigh(covariance)
    major_m, minor_m, azimuth_rad = ellipse_95(covariance[[0, 0, 1], [0, 1, 1]])
    np.testing.assert_allclose([minor_m, major_m], np.sqrt(chi2.ppf(0.95, 2) * values), rtol=1e-6)
    direction = np.array([np.sin(azimuth_rad), np.cos(azimuth_rad)])
    assert abs(direction @ vectors[:, 1]) == pytest.approx(1.0, abs=1e-9)


def test_a_line_is_an_ellipse_without_width():
    assert ellipse_95(np.array([4.0, 4.0, 4.0])) == pytest.approx(
        (np.sqrt(5.991464547 * 8.0), 0.0, np.pi / 4), abs=1e-6
    )


@pytest.mark.parametrize(("covariance", "azimuth_rad"), [([9.0, 0.0, 1.0], np.pi / 2), ([1.0, 0.0, 9.0], 0.0)])
def test_azimuth_counts_from_north(covariance, azimuth_rad):
    assert ellipse_95(np.array(covariance))[2] == pytest.approx(azimuth_rad)
