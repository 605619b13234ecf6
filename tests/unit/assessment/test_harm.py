"""Who is in danger: shares of impacts and passes against many drawn ones, closest approach against Shapely."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import norm
from shapely import LineString, Point, Polygon, distance, points

from sangar.assessment.kernels.harm import approach_harm, closest_approach, impact_harm
from sangar.assessment.settings import AssessmentSettings
from sangar.core.areas import AreaMap, allocate_areas
from sangar.core.assessments import allocate_assessments
from sangar.core.tracks import allocate_tracks
from sangar.models.workbench import allocate_workbench

SETTINGS = AssessmentSettings()
PARAMETERS = SETTINGS.parameters(0.6, 0.0)
REACH_M = SETTINGS.lethal_radius_m
HORIZON_S = SETTINGS.horizon_s
CAMP = ((-300.0, -200.0), (300.0, -200.0), (300.0, 200.0), (-300.0, 200.0))
HOOK = ((0.0, 0.0), (900.0, 0.0), (900.0, 200.0), (250.0, 200.0), (250.0, 800.0), (0.0, 800.0))
"""An L: its inner corner is a place where distances to corners and to edges differ."""


class Ground(NamedTuple):
    """One area as the tables hold it and as Shapely does."""

    areas: AreaMap
    shape: Polygon


def ground(corners) -> Ground:
    areas, shape = allocate_areas(1, len(corners)), Polygon(corners)
    areas.vertex_m[:] = corners
    row, centre_m = areas.rows[0], np.array([shape.centroid.x, shape.centroid.y])
    row["last"], row["centre_m"] = len(corners), centre_m
    row["radius_m"] = np.linalg.norm(np.array(corners) - centre_m, axis=1).max()
    return Ground(areas, shape)


def harm_of_impact(place: Ground, impact_m, covariance) -> float:
    """`impact_harm` of an impact distributed so."""
    assessment = allocate_assessments(1, 0).rows[0]
    assessment["impact_m"] = [*impact_m, 0.0]
    assessment["impact_covariance_m2"] = np.asarray(covariance)[[0, 0, 1], [0, 1, 1]]
    return float(
        impact_harm(assessment, place.areas.rows[0], place.areas.vertex_m, PARAMETERS, allocate_workbench()[0])
    )


def share_by_strips(shape: Polygon, mean_m, covariance, strips: int = 1500) -> float:
    """The share within reach of a shape: Shapely's buffer cut into strips, SciPy's normal law along each of them."""
    near, east_sigma = shape.buffer(REACH_M, quad_segs=64), np.sqrt(covariance[0, 0])
    west, south, east, north = near.bounds
    low, high = max(west, mean_m[0] - 8.0 * east_sigma), min(east, mean_m[0] + 8.0 * east_sigma)
    if low >= high:
        return 0.0
    slope = covariance[0, 1] / covariance[0, 0]
    sigma = np.sqrt(covariance[1, 1] - slope * covariance[0, 1])
    total, width = 0.0, (high - low) / strips
    for x in low + width * (np.arange(strips) + 0.5):
        cut = near.intersection(LineString([(x, south - 1.0), (x, north + 1.0)]))
        for piece in getattr(cut, "geoms", [cut]):
            if not piece.is_empty:
                ends = (np.array([piece.bounds[1], piece.bounds[3]]) - mean_m[1] - slope * (x - mean_m[0])) / sigma
                ends = -ends[::-1] if ends[0] > 0.0 else ends  # the tail that keeps its digits
                total += width * norm.pdf(x, mean_m[0], east_sigma) * np.diff(norm.cdf(ends))[0]
    return float(total)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("corners", [CAMP, HOOK, HOOK[::-1]], ids=["camp", "hook", "hook the other way round"])
def test_the_share_of_impacts_near_the_area_is_right_in_its_tails_too(corners, seed):
    """Within 5 % of itself down to a share of 1e-6; below, it is no more than that."""
    generator, place = np.random.default_rng(seed), ground(corners)
    impact_m = generator.uniform(-1500.0, 2200.0, 2)
    root = generator.normal(size=(2, 2)) * generator.uniform(20.0, 400.0)
    covariance = root @ root.T
    share = share_by_strips(place.shape, impact_m, covariance)
    assert harm_of_impact(place, impact_m, covariance) == pytest.approx(share, rel=0.05, abs=1e-6)


@pytest.mark.parametrize("sigmas", [1.0, 2.35, 3.0, 3.7])
def test_an_area_at_the_edge_of_the_distribution_gets_its_probability(sigmas):
    """A camp so long that only one of its edges counts: the share is that of a half plane."""
    place = ground(((0.0, -90_000.0), (90_000.0, -90_000.0), (90_000.0, 90_000.0), (0.0, 90_000.0)))
    found = harm_of_impact(place, (-REACH_M - 200.0 * sigmas, 0.0), np.eye(2) * 200.0**2)
    assert found == pytest.approx(norm.sf(sigmas), rel=1e-3)


def test_the_share_is_that_of_many_drawn_impacts():
    generator, place = np.random.default_rng(4), ground(HOOK)
    drawn = generator.multivariate_normal((600.0, 600.0), [[250.0**2, 9e3], [9e3, 150.0**2]], 100_000)
    share = np.mean(distance(points(drawn), place.shape) <= REACH_M)
    found = harm_of_impact(place, (600.0, 600.0), np.array([[250.0**2, 9e3], [9e3, 150.0**2]]))
    assert found == pytest.approx(share, abs=5.0 * np.sqrt(share * (1.0 - share) / 100_000))


@given(st.floats(-3.0, 3.0), st.floats(-1e4, 1e4), st.floats(-1e4, 1e4), st.sampled_from([CAMP, HOOK]))
def test_turning_and_moving_the_world_changes_no_share(about_rad, east_m, north_m, corners):
    c, s = np.cos(about_rad), np.sin(about_rad)
    turn, shift_m = np.array([[c, -s], [s, c]]), np.array([east_m, north_m])
    there = ground([tuple(turn @ corner + shift_m) for corner in np.array(corners)])
    mean_m, covariance = np.array([700.0, 600.0]), np.array([[250.0**2, 9e3], [9e3, 150.0**2]])
    moved = harm_of_impact(there, turn @ mean_m + shift_m, turn @ covariance @ turn.T)
    assert moved == pytest.approx(harm_of_impact(ground(corners), mean_m, covariance), rel=1e-6)


@pytest.mark.parametrize(
    ("impact_m", "harm"), [((0.0, 0.0), 1.0), ((300.0 + REACH_M - 5.0, 0.0), 1.0), ((300.0 + REACH_M + 5.0, 0.0), 0.0)]
)
def test_a_certain_impact_is_all_or_nothing(impact_m, harm):
    assert harm_of_impact(ground(CAMP), impact_m, np.eye(2) * 0.01) == pytest.approx(harm, abs=1e-9)


def test_an_impact_far_away_harms_nobody():
    assert harm_of_impact(ground(CAMP), (50_000.0, 0.0), np.eye(2) * 1e4) == 0.0


def test_an_impact_without_any_spread_divides_by_nothing():
    assert harm_of_impact(ground(CAMP), (0.0, 0.0), np.zeros((2, 2))) == pytest.approx(1.0, abs=1e-9)


def approach(place: Ground, mean) -> tuple[float, float]:
    """`closest_approach` of a course."""
    gap_m, after_s = closest_approach(np.asarray(mean), place.areas.rows[0], place.areas.vertex_m, HORIZON_S)
    return float(gap_m), float(after_s)


coordinate = st.floats(-5000.0, 5000.0)
speed = st.floats(-150.0, 150.0)


@given(coordinate, coordinate, speed, speed, st.sampled_from([CAMP, HOOK]))
def test_closest_approach_is_the_distance_of_the_course_from_the_area(east_m, north_m, v_east, v_north, corners):
    place = ground(corners)
    if np.hypot(v_east, v_north) < 0.1:
        v_east = v_north = 0.0
    course = LineString([(east_m, north_m), (east_m + HORIZON_S * v_east, north_m + HORIZON_S * v_north)])
    gap_m, after_s = approach(place, [east_m, north_m, 100.0, v_east, v_north, 0.0])
    assert 0.0 <= after_s <= HORIZON_S
    assert gap_m == pytest.approx(course.distance(place.shape), abs=2e-3)
    then = Point(east_m + after_s * v_east, north_m + after_s * v_north)
    assert then.distance(place.shape) == pytest.approx(gap_m, abs=1e-5)


@pytest.mark.parametrize(("east_m", "after_s"), [(-1300.0, 10.0), (-301.0, 0.01), (0.0, 0.0)])
def test_arrival_is_when_the_edge_is_crossed_not_when_it_is_nearest_to_the_centre(east_m, after_s):
    assert approach(ground(CAMP), [east_m, 50.0, 100.0, 100.0, 0.0, 0.0]) == pytest.approx((0.0, after_s))


@pytest.mark.parametrize("about_rad", np.linspace(0.0, 6.0, 13))
def test_along_an_edge_the_first_corner_counts_whatever_way_the_map_is_turned(about_rad):
    """Both corners are equally near but for the last bit: which one counts must not hang on that bit."""
    c, s = np.cos(about_rad), np.sin(about_rad)
    matrix = np.array([[c, -s], [s, c]])
    place = ground([tuple(corner) for corner in np.array(CAMP) @ matrix.T])
    mean = [*(matrix @ [510.0, 220.0]), 100.0, *(matrix @ [0.0, -10.0]), 0.0]
    assert approach(place, mean) == pytest.approx((210.0, 2.0), abs=1e-2)


def test_what_flies_away_is_nearest_now():
    assert approach(ground(CAMP), [1300.0, 0.0, 100.0, 100.0, 0.0, 0.0]) == pytest.approx((1000.0, 0.0))


def track_on(mean, sigma_m: float = 20.0, sigma_mps: float = 1.0) -> np.void:
    """A track with this mean, and these sigmas on each axis."""
    track: np.void = allocate_tracks(1).rows[0]
    track["mean"] = mean
    track["covariance"] = np.diag(np.repeat([sigma_m**2, sigma_mps**2], 3))[np.tril_indices(6)]
    return track


def harm_of_approach(place: Ground, track: np.void) -> float:
    gap_m, after_s = approach(place, track["mean"])
    return float(approach_harm(track, place.areas.rows[0], gap_m, after_s, PARAMETERS))


def drawn_share(track: np.void, place: Ground, gap_m: float, after_s: float) -> float:
    """Share of drawn bodies whose course passes near the area, with the spreads drawn one by one.

    Across the course, for each of many bodies: the error of position, that of velocity times the time, and the turn.
    """
    generator, count = np.random.default_rng(8), 200_000
    mean, variances = track["mean"], track["covariance"]
    turn_m = min(0.5 * SETTINGS.turn_sigma_mps2 * after_s**2, 0.5 * np.hypot(mean[3], mean[4]) * after_s)
    across_m = generator.normal(size=count) * np.sqrt(variances[0])
    across_m += generator.normal(size=count) * np.sqrt(variances[9]) * after_s
    across_m += generator.normal(size=count) * turn_m
    centre_m = place.areas.rows[0]["centre_m"]
    miss_m = np.linalg.norm(mean[:2] + after_s * mean[3:5] - centre_m)
    half_m = max(place.areas.rows[0]["radius_m"], miss_m - gap_m) + REACH_M
    return float(np.mean(np.abs(across_m + miss_m) <= half_m))


COURSES: dict[str, NDArray[np.float64]] = {
    "straight at it": np.array([0.0, 3000.0, 100.0, 0.0, -60.0, 0.0]),
    "past it": np.array([900.0, 3000.0, 100.0, 0.0, -60.0, 0.0]),
    "far past it": np.array([2500.0, 4000.0, 100.0, 0.0, -60.0, 0.0]),
    "from afar": np.array([-9000.0, 500.0, 100.0, 90.0, 0.0, 0.0]),
    "slowly": np.array([-700.0, 0.0, 100.0, 4.0, 0.0, 0.0]),
}


@pytest.mark.parametrize("name", COURSES)
def test_the_chance_of_a_pass_is_that_of_many_drawn_courses(name):
    place, track = ground(CAMP), track_on(COURSES[name])
    gap_m, after_s = approach(place, track["mean"])
    expected = drawn_share(track, place, gap_m, after_s)
    assert harm_of_approach(place, track) == pytest.approx(expected, abs=0.006)


def test_a_body_over_the_area_is_danger_itself():
    assert harm_of_approach(ground(CAMP), track_on([10.0, 20.0, 100.0, 30.0, 0.0, 0.0])) == 1.0


def test_a_certain_pass_beyond_reach_harms_nobody_and_one_within_harms_surely():
    """Abeam in two seconds, known to a metre."""
    place = ground(CAMP)
    beyond = track_on([300.0 + REACH_M + 150.0, 220.0, 100.0, 0.0, -10.0, 0.0], 0.5, 0.1)
    within = track_on([300.0 + REACH_M - 15.0, 220.0, 100.0, 0.0, -10.0, 0.0], 0.5, 0.1)
    assert harm_of_approach(place, beyond) < 1e-3
    assert harm_of_approach(place, within) > 0.99


def test_harm_grows_as_the_body_comes_nearer_on_its_course():
    place = ground(CAMP)
    tracks = [track_on([0.0, far_m, 100.0, 0.0, -60.0, 0.0]) for far_m in range(8000, 300, -200)]
    harms = [harm_of_approach(place, track) for track in tracks]
    assert (np.diff(harms) >= -1e-12).all()
    assert harms[0] < 0.5
    assert harms[-1] > 0.99


@given(coordinate, coordinate, speed, speed, st.floats(0.1, 3000.0), st.floats(0.0, 300.0))
def test_harm_is_a_probability(east_m, north_m, v_east, v_north, sigma_m, sigma_mps):
    track = track_on([east_m, north_m, 100.0, v_east, v_north, 0.0], sigma_m, sigma_mps)
    assert 0.0 <= harm_of_approach(ground(HOOK), track) <= 1.0


@given(st.floats(-np.pi, np.pi))
def test_a_course_means_the_same_from_every_side_of_a_round_area(angle):
    """A polygon of 72 corners is as good as round."""
    ring = np.linspace(0.0, 2.0 * np.pi, 72, endpoint=False)
    place = ground([(400.0 * np.cos(a), 400.0 * np.sin(a)) for a in ring])
    c, s = np.cos(angle), np.sin(angle)
    turned = track_on([3000.0 * c, 3000.0 * s, 100.0, -50.0 * c, -50.0 * s, 0.0])
    straight = track_on([3000.0, 0.0, 100.0, -50.0, 0.0, 0.0])
    assert harm_of_approach(place, turned) == pytest.approx(harm_of_approach(place, straight), abs=2e-3)


def test_a_pass_that_is_sure_at_the_centre_is_the_central_share_of_a_normal_distribution():
    """By the formula of the page: miss 0, radius r, reach R, spread sigma: 2 Phi((r + R) / sigma) - 1."""
    place, track = ground(CAMP), track_on([0.0, 3000.0, 100.0, 0.0, -60.0, 0.0])
    area, after_s = place.areas.rows[0], 60.0
    track["mean"][:2] = 0.0, 3600.0
    sigma_m = np.sqrt(20.0**2 + 60.0**2 + min(0.25 * 3600.0, 0.5 * 60.0 * 60.0) ** 2)
    expected = 2.0 * norm.cdf((area["radius_m"] + REACH_M) / sigma_m) - 1.0
    assert approach_harm(track, area, 0.0, after_s, PARAMETERS) == pytest.approx(expected, rel=1e-9)
