"""Simulated sensors see what they state: errors of the stated size, the stated chances, the stated false alarms."""

import math

import numpy as np
import pytest
from scipy import stats

from sangar.core.detections import ALTITUDE, AZIMUTH, DETECTION, EAST, ELEVATION, RANGE, RANGE_RATE, UP
from sangar.core.targets import TargetClass
from sangar.pipeline.layout import measured_volume, sensor_table
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings
from sangar.simulation.kernels.look import look, snr_of
from sangar.simulation.sensors import sensor_models
from sangar.simulation.tables import BODY, FLIGHT, Bodies, Trajectories

HEAD = '[site]\nname = "Here"\nlatitude_deg = 33.8\nlongitude_deg = 42.4\naltitude_m = 188\n'
RADAR = '[[sensor]]\nid = "r"\nkind = "radar"\neast_m = 0\nnorth_m = 0\nup_m = 0\n'
ACCURACY = "[sensor.accuracy]\nrange_m = 8\nazimuth_deg = 0.4\nelevation_deg = 0.3\nrange_rate_mps = 0.7\n"
QUIET = "[sensor.coverage]\nmin_elevation_deg = -5\nfalse_alarms_per_scan = 0\n"
LOOKS = 4000


def _bodies(*classes, cooperative=False):
    count = len(classes)
    nothing = Trajectories(np.zeros(count, FLIGHT), np.zeros((2 * count, 3)), np.zeros((2 * count, 3)))
    names = tuple(f"b{row}" for row in range(count))
    return Bodies(
        names, np.array(classes, np.int64), np.full(count, -10.0), count, np.full(count, cooperative), nothing
    )


def _look(
    text, place_m, *, velocity_mps=(0.0, 0.0, 0.0), looks=LOOKS, seed=1, kind=TargetClass.FIXED_WING_DRONE, rcs=-10.0
):
    """All detections of many looks at one body that stands still in the picture."""
    site = parse_settings(HEAD + text, Site, "site.toml")
    models = sensor_models(site, _bodies(kind))
    states = np.zeros(1, BODY)
    states[0] = (place_m, velocity_mps, rcs, 1)
    found, room = [], np.zeros(400, DETECTION)
    for instant in range(looks):
        count = look(
            models.rows[0], models.sees[0], instant, float(instant), seed, states, 188.0, np.zeros((4, 8)), room
        )
        found.append(room[:count].copy())
    return found


def _interval(probability, count):
    return 4.0 * math.sqrt(probability * (1.0 - probability) / count)


def test_the_errors_have_the_stated_size_and_no_bias():
    place_m = np.array([1500.0, 2000.0, 700.0])
    found = np.concatenate(_look(RADAR + ACCURACY + QUIET, place_m, velocity_mps=(-30.0, -20.0, 5.0)))
    range_m = np.linalg.norm(place_m)
    truth = {
        RANGE: (range_m, 8.0),
        AZIMUTH: (math.atan2(1500.0, 2000.0), math.radians(0.4)),
        ELEVATION: (math.asin(700.0 / range_m), math.radians(0.3)),
        RANGE_RATE: (np.dot(place_m, (-30.0, -20.0, 5.0)) / range_m, 0.7),
    }
    for column, (value, sigma) in truth.items():
        errors = (found["measured"][:, column] - value) / sigma
        assert abs(errors.mean()) < 4.0 / math.sqrt(len(errors))
        assert abs(errors.std() - 1.0) < 4.0 / math.sqrt(2.0 * len(errors))
        assert stats.kstest(errors, "norm").pvalue > 1e-3
        assert (found["sigma"][:, column] == sigma).all()
    assert np.isnan(found["measured"][:, [ALTITUDE, EAST, UP]]).all()


def test_errors_of_different_numbers_and_looks_are_uncorrelated():
    found = np.concatenate(_look(RADAR + ACCURACY + QUIET, (1500.0, 2000.0, 700.0)))["measured"][:, :4]
    limit = 4.0 / math.sqrt(len(found))
    correlation = np.corrcoef(found.T)
    assert np.abs(correlation - np.eye(4)).max() < limit
    assert abs(np.corrcoef(found[:-1, 0], found[1:, 0])[0, 1]) < limit


@pytest.mark.parametrize("stated", [0.5, 0.9])
def test_the_reference_target_at_the_largest_range_is_seen_with_the_stated_chance(stated):
    text = RADAR + ACCURACY + QUIET + f"max_range_m = 5000\ndetection_probability = {stated}\n"
    seen = sum(len(detections) for detections in _look(text, (0.0, 4999.99, 0.0)))
    assert abs(seen / LOOKS - stated) < _interval(stated, LOOKS)


@pytest.mark.parametrize(("range_m", "rcs_dbsm"), [(2500.0, -10.0), (4000.0, -20.0), (4999.0, 0.0)])
def test_nearer_and_larger_targets_are_seen_as_swerlings_formula_says(range_m, rcs_dbsm):
    text = RADAR + ACCURACY + QUIET + "max_range_m = 5000\ndetection_probability = 0.6\n"
    found = _look(text, (0.0, range_m, 0.0), rcs=rcs_dbsm)
    reference = math.log(1e-6) / math.log(0.6) - 1.0
    snr = reference * (5000.0 / range_m) ** 4 * 10 ** ((rcs_dbsm + 10.0) / 10.0)
    expected = 1e-6 ** (1.0 / (1.0 + snr))
    assert abs(sum(map(len, found)) / LOOKS - expected) < _interval(expected, LOOKS) + 1e-9


def test_the_signal_needed_for_a_swerling_one_target_is_the_published_one():
    site = parse_settings(HEAD + RADAR + "[sensor.coverage]\ndetection_probability = 0.9\n", Site, "")
    sensor = sensor_models(site, _bodies(TargetClass.BIRD)).rows[0]
    snr = snr_of(sensor, site.sensors[0].range_limits_m[1], -10.0)
    assert 10.0 * math.log10(snr) == pytest.approx(21.144, abs=0.01)  # Pd 0.9, Pfa 1e-6


def test_the_reported_cross_section_is_right_on_average():
    found = np.concatenate(_look(RADAR + ACCURACY + QUIET + "max_range_m = 20000\n", (0.0, 2000.0, 0.0), rcs=-15.0))
    mean = np.mean(10.0 ** (found["rcs_dbsm"] / 10.0))
    expected = 10.0**-1.5
    assert mean == pytest.approx(expected, rel=4.0 / math.sqrt(len(found)) + 0.01)
    assert found["snr_db"].min() >= 10.0 * math.log10(13.8155)


def test_false_alarms_come_at_the_stated_rate_all_over_the_coverage():
    text = RADAR + ACCURACY + "[sensor.coverage]\nfalse_alarms_per_scan = 2.5\nmin_range_m = 500\nmax_range_m = 8000\n"
    found = _look(text, (0.0, 90_000.0, 0.0), looks=2000)
    numbers = np.array([len(detections) for detections in found])
    assert abs(numbers.mean() - 2.5) < 4.0 * math.sqrt(2.5 / len(numbers))
    measured = np.concatenate(found)["measured"]
    limits = {RANGE: (500, 8000), AZIMUTH: (0, 2 * math.pi), ELEVATION: (0, math.pi / 3), RANGE_RATE: (-200, 200)}
    for column, (low, high) in limits.items():
        assert stats.kstest((measured[:, column] - low) / (high - low), "uniform").pvalue > 1e-3


def test_the_clutter_density_is_the_density_of_the_simulated_false_alarms():
    text = RADAR + ACCURACY + "[sensor.coverage]\nfalse_alarms_per_scan = 40\nmax_range_m = 8000\n"
    site = parse_settings(HEAD + text, Site, "")
    found = np.concatenate(_look(text, (0.0, 90_000.0, 0.0), looks=400))["measured"]
    box = (
        (found[:, RANGE] < 4000) & (found[:, AZIMUTH] < 1.0) & (found[:, ELEVATION] < 0.5) & (found[:, RANGE_RATE] > 0)
    )
    volume = (4000 - 100) * 1.0 * 0.5 * 200
    density = sensor_table(site)["clutter_density"][0]
    expected = density * volume * 400
    assert abs(box.sum() - expected) < 4.0 * math.sqrt(expected)
    assert density == pytest.approx(40 / measured_volume(site.sensors[0]))


def test_false_alarms_lie_only_in_the_sectors():
    sectors = "sectors = [{ from_deg = 350, to_deg = 20 }, { from_deg = 100, to_deg = 110 }]\n"
    text = RADAR + ACCURACY + "[sensor.coverage]\nfalse_alarms_per_scan = 20\n" + sectors
    azimuth_deg = np.degrees(np.concatenate(_look(text, (0.0, 90_000.0, 0.0), looks=100))["measured"][:, AZIMUTH])
    in_first, in_second = (azimuth_deg - 350) % 360 <= 30, (azimuth_deg >= 100) & (azimuth_deg <= 110)
    assert (in_first | in_second).all()
    assert abs(in_first.mean() - 0.75) < _interval(0.75, len(azimuth_deg))


OUT_OF_SIGHT = {
    "too far": (0.0, 10_500.0, 300.0),
    "too near": (0.0, 50.0, 5.0),
    "below the horizon mask": (0.0, 3000.0, -400.0),
    "above the beam": (0.0, 500.0, 2000.0),
}


@pytest.mark.parametrize("place_m", OUT_OF_SIGHT.values(), ids=OUT_OF_SIGHT.keys())
def test_what_is_outside_the_coverage_is_not_seen(place_m):
    assert sum(len(found) for found in _look(RADAR + ACCURACY + QUIET, place_m, looks=200)) == 0


@pytest.mark.parametrize(("bearing_deg", "is_seen"), [(5.0, True), (355.0, True), (30.0, False), (180.0, False)])
def test_a_sector_over_north_sees_both_its_sides(bearing_deg, is_seen):
    text = RADAR.replace("radar", "camera") + QUIET + "sectors = [{ from_deg = 350, to_deg = 20 }]\n"
    bearing = math.radians(bearing_deg)
    found = _look(text, (1000 * math.sin(bearing), 1000 * math.cos(bearing), 50.0), looks=50)
    assert (sum(map(len, found)) > 0) == is_seen


def test_a_camera_measures_angles_only_with_its_own_chance():
    text = RADAR.replace("radar", "camera") + QUIET + "detection_probability = 0.7\n"
    found = _look(text, (300.0, 400.0, 100.0))
    measured = np.concatenate(found)["measured"]
    assert abs(len(measured) / LOOKS - 0.7) < _interval(0.7, LOOKS)
    assert np.isfinite(measured[:, [AZIMUTH, ELEVATION]]).all()
    assert np.isnan(measured[:, [RANGE, RANGE_RATE, ALTITUDE, EAST]]).all()
    assert np.isnan(np.concatenate(found)["snr_db"]).all()


def test_a_turned_sensor_measures_in_its_own_axes_but_looks_where_the_file_says():
    turned = "orientation = { azimuth_deg = 90 }\n"
    coverage = QUIET + "sectors = [{ from_deg = 80, to_deg = 100 }]\n"
    found = np.concatenate(_look(RADAR + turned + ACCURACY + coverage, (2000.0, 0.0, 0.0), looks=500))
    azimuth_rad = (found["measured"][:, AZIMUTH] + math.pi) % (2 * math.pi) - math.pi
    assert abs(azimuth_rad.mean()) < 4.0 * math.radians(0.4) / math.sqrt(len(found))


@pytest.mark.parametrize(
    ("kind", "target", "is_seen"),
    [
        ("acoustic", TargetClass.BIRD, False),
        ("acoustic", TargetClass.FIXED_WING_DRONE, True),
        ("rf", TargetClass.ROTARY_DRONE, True),
        ("rf", TargetClass.FIXED_WING_DRONE, False),
        ("cooperative", TargetClass.FIXED_WING_DRONE, False),
    ],
)
def test_each_kind_perceives_what_it_can(kind, target, is_seen):
    found = _look(RADAR.replace('"radar"', f'"{kind}"') + QUIET, (300.0, 400.0, 100.0), looks=50, kind=target)
    assert (sum(map(len, found)) > 0) == is_seen


def test_a_cooperative_receiver_hears_traffic():
    site = parse_settings(HEAD + RADAR.replace('"radar"', '"cooperative"'), Site, "")
    models = sensor_models(site, _bodies(TargetClass.AEROPLANE, cooperative=True))
    assert models.sees[0, 0]


def test_a_reported_altitude_follows_the_curved_earth():
    text = RADAR + 'measures = ["range", "azimuth", "altitude"]\n[sensor.accuracy]\naltitude_m = 0.001\n'
    text += "[sensor.coverage]\nmax_range_m = 90000\nmin_elevation_deg = -5\nfalse_alarms_per_scan = 0\n"
    place_m = np.array([[30_000.0, 40_000.0, 3000.0]])
    found = np.concatenate(_look(text, place_m[0], looks=20))
    site = parse_settings(HEAD + text, Site, "")
    assert found["measured"][:, ALTITUDE] == pytest.approx(site.frame.geodetic_from_enu(place_m)[0, 2], abs=1.0)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not():
    def run(seed):
        return b"".join(found.tobytes() for found in _look(RADAR + ACCURACY, (0.0, 3000.0, 100.0), looks=50, seed=seed))

    assert run(5) == run(5)
    assert run(5) != run(6)
