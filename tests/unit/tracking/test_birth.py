"""A new track stands where its detection points, and is as sure of it as the sensor is."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sangar.core.events import allocate_outputs
from sangar.core.tracks import HIGH_WATER, LIVE, NEXT_ID, NUMERICAL_DROP_COUNT, TABLE_FULL_COUNT
from sangar.models.workbench import allocate_workbench
from sangar.tracking.kernels.filtering.thrown import start_thrown_of
from sangar.tracking.kernels.management.birth import begin, is_debris, place
from sangar.tracking.kernels.management.life import LOST, drop
from tests.unit.tracking.oracles import full, joint_update, make_sensor, measure, only, slopes, turn, wrapped
from tests.unit.tracking.sky import NOISE, PARAMETERS, make_sky, seen

SENSORS = {"at the origin": make_sensor(), "displaced, turned, tilted": make_sensor((2e3, -9e2, 30.0), turn(2.5, 0.01))}
TARGET = np.array([4000.0, -2500.0, 700.0, 80.0, -60.0, 5.0])


def begun(sky, detection):
    begin(sky.tracks, detection, 0, sky.sensors[0], sky.parameters, allocate_workbench()[0])
    return sky.tracks.rows[0]


@pytest.mark.parametrize("columns", [(0, 1, 2), (5, 6, 7), (0, 1, 2, 5, 6, 7)])
@pytest.mark.parametrize("sensor", SENSORS.values(), ids=SENSORS.keys())
def test_a_detection_with_a_height_points_to_its_target(sensor, columns):
    position = np.empty(3)
    exact = only(measure(TARGET, sensor, PARAMETERS.altitude_m), columns)
    assert place(exact, sensor, PARAMETERS, position) == 1
    assert_allclose(position, TARGET[:3], atol=1e-6)


def test_a_flight_level_gives_the_height():
    position = np.empty(3)
    far = np.array([60e3, 30e3, 9000.0, 0.0, 0.0, 0.0])
    exact = only(measure(far, SENSORS["at the origin"], PARAMETERS.altitude_m), (0, 1, 4))
    assert place(exact, SENSORS["at the origin"], PARAMETERS, position) == 1
    assert_allclose(position, far[:3], atol=15.0)


def test_a_place_without_a_height_gets_the_unknown_height():
    position = np.empty(3)
    exact = only(measure(TARGET, SENSORS["at the origin"], PARAMETERS.altitude_m), (5, 6))
    assert place(exact, SENSORS["at the origin"], PARAMETERS, position) == 0
    assert position[2] == PARAMETERS.unknown_height_m


def test_a_range_without_a_height_gets_the_unknown_height_as_far_as_the_beam_and_the_ground_allow():
    position, sensor = np.empty(3), make_sensor(minimum_elevation_rad=-0.05, maximum_elevation_rad=0.2)
    exact = only(measure(TARGET, sensor, PARAMETERS.altitude_m), (0, 1))
    assert place(exact, sensor, PARAMETERS, position) == 0
    assert 0.0 < position[2] < exact[0] * np.sin(0.2)
    assert np.linalg.norm(position) == pytest.approx(exact[0])


@pytest.mark.parametrize("columns", [(1,), (1, 2), (0,), (4,), (6,)])
def test_a_detection_that_points_nowhere_starts_nothing(columns):
    sky = make_sky()
    begun(sky, seen(TARGET, sky.sensors[0], columns=columns)[0])
    assert sky.tracks.counters[LIVE] == sky.tracks.counters[HIGH_WATER] == 0


@pytest.mark.parametrize("columns", [(0, 1, 2, 3), (0, 1, 2), (5, 6, 7)])
@pytest.mark.parametrize("sensor", SENSORS.values(), ids=SENSORS.keys())
def test_the_first_estimate_is_the_detection_and_the_prior_of_speed(sensor, columns):
    """Both explanations: the joint update of a vague position at the place, and the speeds a body may have."""
    sky = make_sky(sensor)
    detection = seen(TARGET, sensor, np.random.default_rng(2), columns, 7.0)[0]
    track, at = begun(sky, detection), np.zeros(6)
    start_thrown_of(track, PARAMETERS, allocate_workbench()[0])
    place(detection["measured"], sensor, sky.parameters, at[:3])
    chosen = list(columns)
    flown = (PARAMETERS.initial_speed_mps, PARAMETERS.initial_speed_mps, PARAMETERS.initial_climb_mps)
    for name, speeds in (("state", flown), ("thrown", 3 * (PARAMETERS.initial_thrown_mps,))):
        prior = np.diag([1e4, 1e4, 1e4, *speeds]) ** 2
        residual = wrapped(detection["measured"] - measure(at, sensor, PARAMETERS.altitude_m))[chosen]
        jacobian = slopes(at, sensor, PARAMETERS.altitude_m)[chosen]
        state, covariance, _, _ = joint_update(at, prior, residual, jacobian, NOISE[chosen])
        found = track[name][0] if name == "state" else track[name][:6]
        packed = track["state_covariance"][0] if name == "state" else track["thrown_covariance"][:21]
        scale = np.sqrt(np.diag(covariance))
        assert_allclose((found - state) / scale, 0.0, atol=1e-4)
        assert_allclose((full(packed) - covariance) / np.outer(scale, scale), 0.0, atol=1e-3)


def test_a_range_rate_tells_the_speed_along_the_line_of_sight():
    sky = make_sky()
    track = begun(sky, seen(TARGET, sky.sensors[0])[0])
    start_thrown_of(track, PARAMETERS, allocate_workbench()[0])
    towards = TARGET[:3] / np.linalg.norm(TARGET[:3])
    assert_allclose(track["thrown"][3:6] @ towards, TARGET[3:] @ towards, rtol=1e-3)
    assert_allclose(towards @ full(track["thrown_covariance"])[3:6, 3:6] @ towards, 1.0, rtol=0.01)


def test_a_new_track_is_tentative_and_has_its_own_number():
    sky = make_sky()
    detections = seen([TARGET, TARGET + 1000.0], sky.sensors[0], time_s=7.0, first_row=42)
    for record in detections:
        begun(sky, record)
    rows = sky.live()
    assert rows["id"].tolist() == [1, 2]
    assert rows["row"].tolist() == [42, 43]
    assert (rows["status"] == 1).all()
    assert (rows["birth_s"] == 7.0).all()
    assert (rows["hits"] == 1).all()
    assert np.isnan(rows["confirmed_s"]).all()


def test_a_free_row_is_used_again_under_a_new_number():
    sky = make_sky()
    for k in range(3):
        begun(sky, seen(TARGET + k * 1000.0, sky.sensors[0])[0])
    drop(sky.tracks, sky.tracks.rows[1], 1.0, LOST, allocate_outputs(4, 0, 0))
    begun(sky, seen(TARGET + 9000.0, sky.sensors[0])[0])
    assert sky.live()["id"].tolist() == [1, 4, 3]
    assert sky.tracks.counters[[HIGH_WATER, LIVE, NEXT_ID]].tolist() == [3, 3, 5]


def test_a_full_table_is_counted():
    sky = make_sky(capacity=2)
    for k in range(5):
        begun(sky, seen(TARGET + k * 1000.0, sky.sensors[0])[0])
    assert len(sky.live()) == 2
    assert sky.tracks.counters[TABLE_FULL_COUNT] == 3


def test_a_height_that_cannot_be_puts_the_track_as_low_or_as_high_as_the_range_allows():
    sensor, position = SENSORS["at the origin"], np.empty(3)
    for altitude_m, up_m in ((1e6, 0.95 * 5000.0), (-1e6, -0.95 * 5000.0)):
        measured = np.array([5000.0, 1.0, np.nan, np.nan, altitude_m, np.nan, np.nan, np.nan])
        assert place(measured, sensor, PARAMETERS, position) == 1
        assert_allclose(position[2], up_m)
        assert_allclose(np.linalg.norm(position), 5000.0)


def test_a_sensor_that_claims_to_be_never_wrong_starts_nothing_and_is_counted():
    sky = make_sky()
    record = seen(TARGET, sky.sensors[0])
    record["sigma"] = 1e-200
    begun(sky, record[0])
    assert len(sky.live()) == 0
    assert sky.tracks.counters[NUMERICAL_DROP_COUNT] == 1


def test_debris_is_near_a_fresh_impact_and_low():
    sky = make_sky(scar_radius_m=500.0, scar_height_m=300.0, scar_time_s=10.0)
    sky.tracks.scars[5]["position_m"], sky.tracks.scars[5]["time_s"] = [1000.0, 0.0, 0.0], 50.0

    def debris(east_m, up_m, time_s):
        return is_debris(np.array([east_m, 0.0, up_m]), time_s, sky.tracks.scars, sky.parameters)

    assert debris(1499.0, 299.0, 60.0)
    assert not debris(1501.0, 299.0, 60.0)
    assert not debris(1499.0, 301.0, 60.0)
    assert not debris(1499.0, 299.0, 60.1)
