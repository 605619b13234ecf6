"""A radar that measures no height: an honest height, a sharp range, and a camera that tells the rest."""

from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import truncnorm

from sangar.core.detections import AZIMUTH, DETECTION, ELEVATION, RANGE
from sangar.core.sensors import allocate_sensors
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER
from sangar.tracking.kernels.filtering.flat import bend_of_range, keep_in_beam, unmeasured_height, write_arc
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker
from tests.unit.tracking.oracles import make_sensor, pack

SETTINGS = TrackingSettings(initial_speed_mps=30.0, initial_climb_mps=5.0)
PARAMETERS = SETTINGS.parameters(0.59, 180.0)
BEAM_RAD = 0.35


@pytest.mark.parametrize("range_m", [300.0, 3000.0])
@pytest.mark.parametrize("top_rad", [0.1, 0.35, 1.0])
def test_an_unmeasured_height_is_the_usual_one_cut_to_beam_and_ground(range_m, top_rad):
    sensor = make_sensor(minimum_elevation_rad=-0.02, maximum_elevation_rad=top_rad)
    usual_m = PARAMETERS.unknown_height_m
    low_m, high_m = 0.0, range_m * np.sin(top_rad)
    cut = truncnorm((low_m - usual_m) / usual_m, (high_m - usual_m) / usual_m, usual_m, usual_m)
    mean_m, sigma_m = unmeasured_height(range_m, sensor, PARAMETERS)
    assert mean_m == pytest.approx(cut.mean(), rel=1e-3)
    assert sigma_m == pytest.approx(cut.std(), rel=1e-3)


def test_where_the_beam_says_little_or_is_not_stated_the_usual_height_is_taken():
    usual_m = PARAMETERS.unknown_height_m
    assert unmeasured_height(60000.0, make_sensor(maximum_elevation_rad=0.35), PARAMETERS) == (usual_m, usual_m)
    assert unmeasured_height(300.0, make_sensor(), PARAMETERS) == (usual_m, usual_m)


def test_the_range_of_a_body_somewhere_on_an_arc_is_longer_than_that_of_its_middle():
    """The terms of second order, against many bodies along the straight line."""
    random, sensor = np.random.default_rng(1), make_sensor((10.0, -20.0, 5.0))
    place_m, arc = np.array([800.0, 500.0, 200.0, 0.0, 0.0, 0.0]), np.zeros(3)
    range_m = write_arc(place_m, sensor, arc)
    assert range_m == pytest.approx(np.linalg.norm(place_m[:3] - sensor["position_m"]))
    assert arc @ (place_m[:3] - sensor["position_m"]) == pytest.approx(0.0, abs=1e-9)
    assert arc[2] > 0.9
    covariance = np.zeros((6, 6))
    covariance[:3, :3] = 120.0**2 * np.outer(arc, arc)
    shift_m, variance = bend_of_range(pack(covariance), arc, range_m)
    bodies_m = place_m[:3] + 120.0 * random.standard_normal((200_000, 1)) * arc - sensor["position_m"]
    ranges_m = np.linalg.norm(bodies_m, axis=1)
    assert ranges_m.mean() - range_m == pytest.approx(shift_m, rel=0.03)
    assert ranges_m.var() == pytest.approx(variance, rel=0.06)


def test_a_height_is_no_vaguer_than_the_beam_and_a_sharper_one_is_left_alone():
    sensor, gain = make_sensor(minimum_elevation_rad=-0.02, maximum_elevation_rad=BEAM_RAD), np.zeros(8)
    beam_m, sigma_m = unmeasured_height(1000.0, sensor, PARAMETERS)
    for height_sigma_m, is_cut in ((3.0 * sigma_m, True), (0.5 * sigma_m, False)):
        state, covariance = (
            np.array([900.0, 0.0, 400.0, 0.0, 0.0, 0.0]),
            np.diag([25.0, 25.0, height_sigma_m**2, 4, 4, 1]),
        )
        packed = pack(covariance)
        keep_in_beam(state, packed, 1000.0, sensor, PARAMETERS, gain)
        assert np.sqrt(packed[5]) == pytest.approx(sigma_m if is_cut else height_sigma_m)
        assert (beam_m < state[2] < 400.0) if is_cut else state[2] == 400.0


def drone_at(t):
    east_m = 900.0 + 180.0 * np.sin(0.11 * t) + 20.0 * np.sin(0.6 * t)
    north_m = 500.0 + 150.0 * np.cos(0.13 * t) + 10.0 * np.sin(0.5 * t)
    return np.array([east_m, north_m, 110.0 + 25.0 * np.sin(0.2 * t)])


class Flight(NamedTuple):
    """Errors of place (E, 3) and of distance from the radar (E,) in metres, and NEES (E,)."""

    errors_m: NDArray[np.float64]
    range_errors_m: NDArray[np.float64]
    nees: NDArray[np.float64]


def look(sensor, time_s, random):
    batch = np.zeros(int(random.random() < 0.9), DETECTION)
    batch["time_s"], batch["measured"], batch["sigma"], batch["snr_db"] = time_s, np.nan, np.nan, np.nan
    east, north, up = drone_at(time_s) - sensor["position_m"]
    level, noise = np.hypot(east, north), random.standard_normal(2)
    if sensor["starts_tracks"]:
        batch["measured"][:, [RANGE, AZIMUTH]] = (
            np.hypot(level, up) + 5.0 * noise[0],
            np.arctan2(east, north) + 5e-3 * noise[1],
        )
        batch["sigma"][:, [RANGE, AZIMUTH]] = 5.0, 5e-3
    else:
        bearing = np.arctan2(east, north) + 1e-3 * noise[0], np.arctan2(up, level) + 1e-3 * noise[1]
        batch["measured"][:, [AZIMUTH, ELEVATION]], batch["sigma"][:, [AZIMUTH, ELEVATION]] = bearing, 1e-3
    return batch


def fly(seed, cameras, top_rad=BEAM_RAD):
    """A drone at 110 m, a kilometre from a radar without heights; ten pictures a second."""
    sensors = allocate_sensors(1 + cameras)
    sensors["position_m"][1:] = (400.0, 0.0, 5.0)
    sensors["period_s"] = [1.0, *[0.1] * cameras]
    sensors["minimum_range_m"], sensors["maximum_range_m"] = 10.0, 5000.0
    sensors["minimum_elevation_rad"], sensors["maximum_elevation_rad"][0] = -0.02, top_rad
    sensors["clutter_density"] = [1e-6, *[1e-3] * cameras]
    sensors["starts_tracks"] = [1, *[0] * cameras]
    tracker, random = Tracker(sensors, SETTINGS, track_capacity=16, batch_capacity=8), np.random.default_rng(seed)
    errors_m, range_errors_m, nees = [], [], []
    for n in range(600):
        for s in range(1 + cameras):
            if s > 0 or n % 10 == 0:
                tracker.process(0.1 * n, s, look(sensors[s], 0.1 * n, random))
        if n > 150 and n % 10 == 0:
            rows = tracker.tracks.rows[: tracker.tracks.counters[HIGH_WATER]]
            (track,) = rows[rows["status"] >= TrackStatus.CONFIRMED]
            ahead = np.hstack([np.eye(3), (0.1 * n - track["time_s"]) * np.eye(3)])
            covariance = np.zeros((6, 6))
            covariance[np.tril_indices(6)] = track["covariance"]
            covariance += np.tril(covariance, -1).T
            there_m, true_m = ahead @ track["mean"], drone_at(0.1 * n)
            errors_m.append(there_m - true_m)
            range_errors_m.append(np.linalg.norm(there_m) - np.linalg.norm(true_m))
            nees.append(errors_m[-1] @ np.linalg.solve(ahead @ covariance @ ahead.T, errors_m[-1]))
    return Flight(np.array(errors_m), np.array(range_errors_m), np.array(nees))


@pytest.mark.parametrize("top_rad", [0.2, 0.6, 1.05])
def test_alone_it_tells_a_sharp_range_and_knows_how_little_it_knows_of_the_height(top_rad):
    flights = [fly(seed, 0, top_rad) for seed in range(4)]
    assert np.sqrt(np.mean(np.square([flight.range_errors_m for flight in flights]))) < 12.0
    nees = np.concatenate([flight.nees for flight in flights])
    assert np.mean(nees > 7.81) < 0.15
    assert np.median(nees) < 3.5


def test_beside_a_camera_it_knows_the_height_too():
    flights = [fly(seed, 1) for seed in range(3)]
    errors_m = np.concatenate([flight.errors_m for flight in flights])
    assert np.sqrt(np.mean(errors_m[:, 2] ** 2)) < 3.0
    assert np.sqrt(np.mean(np.sum(errors_m[:, :2] ** 2, axis=1))) < 12.0
    assert np.mean(np.concatenate([flight.nees for flight in flights]) > 7.81) < 0.12
