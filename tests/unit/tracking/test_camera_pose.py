"""Registration of made-up cameras whose true pose, clock and lens are known."""

import numpy as np
import pytest

from sangar.pipeline.layout import own_from_local
from sangar.scenario.sensor_parts import Orientation
from sangar.tracking.registration.camera_pose import Trust, register_camera
from sangar.tracking.registration.lens import Lens, pixels_of, rays_from_bearings, rays_of
from sangar.tracking.registration.reference import reference_flight
from sangar.tracking.registration.resection import find_clock, orientation_rad, resect
from sangar.tracking.registration.residuals import correlation_length, spread_of
from sangar.tracking.registration.sightings import CLOCK, PLACE, TURN, Sightings

STATED = Lens((1500.0, 1500.0), (960.0, 540.0), (-0.05, 0.02, 0.0, 0.0, 0.0), (1920, 1080))
TRUE = Lens((1530.0, 1530.0), (951.0, 547.0), (-0.04, 0.01, 0.0, 0.0, 0.0), (1920, 1080))
PLACE_M = np.array([80.0, -40.0, 2.0])
CLOCK_S, SHUTTER_S, NOISE_PX = 13.37, 0.02, 0.5
OWN_FROM_SITE = own_from_local(Orientation(azimuth_deg=-65.0, pitch_deg=14.0, roll_deg=3.0))


def flight(flatness=1.0):
    time_s = np.arange(0.0, 240.0, 0.2)
    east, north = 45.0 * np.sin(time_s / 17.0), 40.0 * np.sin(time_s / 11.0 + 0.4)
    up = 30.0 + flatness * 15.0 * np.sin(time_s / 7.0)
    return reference_flight(time_s, np.column_stack([east, north, up]))


def sightings(reference, seed=1, outliers=0.0):
    rng = np.random.default_rng(seed)
    time_s = np.arange(20.0, 200.0, 0.04)
    row = np.full(len(time_s), 540.0)
    for _ in range(5):  # the row tells the time and the time the row
        true_s = time_s + CLOCK_S + SHUTTER_S * (row / 1080.0 - 0.5)
        pixels = pixels_of(TRUE, (reference.position_at(true_s) - PLACE_M) @ OWN_FROM_SITE.T)
        row = np.nan_to_num(pixels[:, 1], nan=540.0)
    pixels += NOISE_PX * rng.standard_normal(pixels.shape)
    wild = rng.random(len(pixels)) < outliers
    pixels[wild] = rng.uniform([0, 0], [1920, 1080], (int(wild.sum()), 2))
    inside = (pixels[:, 0] > 0) & (pixels[:, 0] < 1920) & (pixels[:, 1] > 0) & (pixels[:, 1] < 1080)
    return Sightings(time_s[inside], rays_of(STATED, pixels[inside]), pixels[inside], STATED)


@pytest.mark.parametrize("outliers", [0.0, 0.1])
def test_pose_clock_lens_and_shutter_are_found_from_nothing(outliers):
    reference = flight()
    fit = register_camera(sightings(reference, outliers=outliers), reference)
    assert fit.problem is None
    assert np.linalg.norm(fit.model.position_m - PLACE_M) < 0.3
    assert (
        np.arccos((np.trace(fit.model.own_from_site @ OWN_FROM_SITE.T) - 1.0) / 2.0) < 8e-3
    )  # the optical axis moves with it
    assert fit.model.clock_s == pytest.approx(CLOCK_S, abs=0.01)
    assert fit.model.shutter_s == pytest.approx(SHUTTER_S, abs=0.015)
    assert fit.model.lens is not None
    assert fit.model.lens.focal_px[0] == pytest.approx(1530.0, rel=5e-3)
    assert fit.spread.rms_rad == pytest.approx(NOISE_PX / 1530.0, rel=0.15)
    assert np.abs(fit.model.misses_rad(sightings(reference, seed=2), reference)).mean() < 4e-4


def test_stated_sigmas_cover_the_errors():
    reference = flight()
    errors = []
    for seed in range(4):
        fit = register_camera(sightings(reference, seed=seed), reference, clock_s=CLOCK_S + 0.1)
        errors.append(
            np.r_[fit.model.position_m - PLACE_M, fit.model.clock_s - CLOCK_S]
            / np.r_[fit.sigma[PLACE], fit.sigma[CLOCK]]
        )
    assert 0.4 < np.sqrt(np.mean(np.square(errors))) < 2.0


def test_a_sensor_of_bearings_with_a_known_place_needs_only_its_turn_and_clock():
    reference = flight(flatness=0.0)
    time_s = np.arange(5.0, 100.0, 0.5)
    seen = (reference.position_at(time_s + 0.3) - PLACE_M) @ OWN_FROM_SITE.T
    rng = np.random.default_rng(3)
    azimuth = np.arctan2(seen[:, 0], seen[:, 1]) + 2e-3 * rng.standard_normal(len(time_s))
    elevation = np.arctan2(seen[:, 2], np.hypot(seen[:, 0], seen[:, 1])) + 2e-3 * rng.standard_normal(len(time_s))
    fit = register_camera(
        Sightings(time_s, rays_from_bearings(azimuth, elevation)),
        reference,
        known_m=PLACE_M,
        clock_s=0.0,
        trust=Trust(place_m=0.0, drift_ratio=0.0),
    )
    assert fit.problem is None
    assert np.degrees(orientation_rad(fit.model.own_from_site)) == pytest.approx([-65.0, 14.0, 3.0], abs=0.1)
    assert fit.model.clock_s == pytest.approx(0.3, abs=0.05)
    assert np.isnan(fit.sigma[PLACE]).all()
    assert np.isfinite(fit.sigma[TURN]).all()


def test_a_flight_at_one_height_does_not_tell_the_place():
    reference = flight(flatness=0.0)
    fit = register_camera(sightings(reference), reference, clock_s=CLOCK_S)
    assert fit.problem is not None
    assert "flat" in fit.problem


def test_a_camera_that_saw_something_else_is_refused_with_a_reason():
    rng = np.random.default_rng(4)
    time_s = np.arange(0.0, 100.0, 0.1)
    rays = rays_from_bearings(rng.uniform(-0.5, 0.5, len(time_s)), rng.uniform(0.0, 0.5, len(time_s)))
    fit = register_camera(Sightings(time_s, rays), flight(), clock_s=0.0)
    assert fit.problem is not None
    few = register_camera(Sightings(time_s[:5], rays[:5]), flight())
    assert few.problem is not None
    assert "5" in few.problem


def test_the_clock_is_found_by_scanning():
    reference = flight()
    seen = sightings(reference)
    found = find_clock(seen.time_s, seen.rays, reference, None)
    assert found == pytest.approx(CLOCK_S, abs=0.1)


def test_resection_is_exact_without_noise():
    reference = flight()
    position_m = reference.position_at(np.linspace(10.0, 200.0, 40))
    seen = (position_m - PLACE_M) @ OWN_FROM_SITE.T
    pose = resect(seen / np.linalg.norm(seen, axis=1, keepdims=True), position_m)
    assert pose is not None
    assert np.allclose(pose.position_m, PLACE_M, atol=1e-4)
    assert np.allclose(pose.own_from_site, OWN_FROM_SITE, atol=1e-6)


def test_correlation_length_of_a_known_process():
    """A first-order process with correlation r from one sample to the next has 1 + 2 r / (1 - r)."""
    rng, r = np.random.default_rng(5), 0.9
    series = np.zeros(200_000)
    kicks = rng.normal(size=len(series)).astype(np.float64)
    for k in range(1, len(series)):
        series[k] = r * series[k - 1] + kicks[k]
    time_s = np.linspace(0.0, 0.02 * (len(series) - 1), len(series), dtype=np.float64)
    assert correlation_length(time_s, series) == pytest.approx(19.0, rel=0.1)
    assert correlation_length(time_s, kicks) == pytest.approx(1.0, abs=0.05)
    spread = spread_of(time_s, np.column_stack([series, kicks]).astype(np.float64))
    assert spread.white_rad[0] / spread.rms_rad[0] == pytest.approx(np.sqrt(19.0), rel=0.06)
