"""Which detections may be used."""

import numpy as np
import pytest

from sangar.core.detections import DETECTION
from sangar.core.tracks import DETECTION_COUNT, LATE_COUNT, REJECTED_COUNT
from sangar.pipeline.layout import own_from_local
from sangar.scenario.sensor_parts import Orientation
from sangar.tracking.kernels.association.admission import admit, is_sound, true_elevation_rad
from tests.unit.tracking.oracles import make_detections, make_sensor, only, turn
from tests.unit.tracking.sky import NOISE, make_sky

SENSOR = make_sensor(
    minimum_range_m=100.0,
    maximum_range_m=20e3,
    minimum_elevation_rad=0.0,
    maximum_elevation_rad=1.0,
    minimum_snr_db=10.0,
)
GOOD = np.array([5000.0, 1.0, 0.2, -50.0, 900.0, 3000.0, 4000.0, 800.0])
NAN = np.nan


def detection(measured=GOOD, columns=(0, 1, 2, 3), **fields):
    record = make_detections(only(np.array(measured, float), columns), NOISE, 10.0)
    for name, value in fields.items():
        record[name] = value
    return record


def with_number(column, value):
    measured = GOOD.copy()
    measured[column] = value
    return detection(measured)


@pytest.mark.parametrize("columns", [(0, 1, 2, 3), (1,), (5, 6), (4, 1), range(8)])
def test_an_ordinary_detection_is_sound(columns):
    assert is_sound(detection(columns=columns)[0], SENSOR)


UNSOUND = {
    "no number": detection(columns=()),
    "no time": detection(time_s=NAN),
    "an infinite range": with_number(0, np.inf),
    "an infinite azimuth": with_number(1, -np.inf),
    "a range beyond the Earth": with_number(0, 1.1e7),
    "a position beyond the Earth": detection([NAN] * 5 + [1e200, 0.0, 0.0], (5, 6, 7)),
    "a speed no body has": with_number(3, -1e8),
    "no sigma": detection(sigma=NAN),
    "a sigma of zero": detection(sigma=0.0),
    "a negative sigma": detection(sigma=-1.0),
    "a sigma of nearly zero": detection(sigma=1e-6),
    "an infinite sigma": detection(sigma=np.inf),
    "too weak an echo": detection(snr_db=9.9),
    "too near": with_number(0, 99.0),
    "too far": with_number(0, 20_001.0),
    "behind the sensor": with_number(0, -5000.0),
    "under the mask": with_number(2, -0.01),
    "over the beam": with_number(2, 1.01),
}


@pytest.mark.parametrize("record", UNSOUND.values(), ids=UNSOUND.keys())
def test_a_detection_that_cannot_be_used_is_not_sound(record):
    assert not is_sound(record[0], SENSOR)


def admitted(records, time_s=10.0, sensor=SENSOR):
    sky = make_sky(sensor)
    admit(records, time_s, sensor, sky.tracks.counters, sky.work.columns)
    return sky.work.columns[: len(records)], sky.tracks.counters


def test_every_detection_is_admitted_or_counted():
    records = np.concatenate([*UNSOUND.values(), detection(), detection(time_s=8.1), detection(time_s=7.9)])
    columns, counters = admitted(records)
    assert columns["admitted"].tolist() == [0] * len(UNSOUND) + [1, 1, 0]
    assert counters[DETECTION_COUNT] == len(records)
    assert counters[REJECTED_COUNT] == len(UNSOUND)
    assert counters[LATE_COUNT] == 1


def test_a_detection_from_the_future_is_refused():
    columns, counters = admitted(np.concatenate([detection(time_s=10.9), detection(time_s=1e9)]))
    assert columns["admitted"].tolist() == [1, 0]
    assert counters[REJECTED_COUNT] == 1


def test_a_detection_without_a_direction_is_refused():
    columns, _ = admitted(np.concatenate([detection(columns=(0,)), detection(columns=(4,)), detection(columns=(1,))]))
    assert columns["admitted"].tolist() == [0, 0, 1]


def test_a_position_is_seen_in_the_sensors_own_axes():
    sensor = make_sensor((1000.0, 0.0, 50.0), turn(0.5))
    columns, _ = admitted(detection([NAN] * 5 + [1000.0, 2000.0, 1050.0], (5, 6, 7)), sensor=sensor)
    np.testing.assert_allclose(columns[0]["azimuth_rad"], -0.5)
    np.testing.assert_allclose(columns[0]["range_m"], np.hypot(2000.0, 1000.0))


def test_a_position_without_a_height_has_no_slant_range():
    columns, _ = admitted(detection(columns=(5, 6)))
    assert columns[0]["admitted"] == 1
    assert np.isnan(columns[0]["range_m"])


def test_an_empty_batch_is_no_trouble():
    _, counters = admitted(np.zeros(0, DETECTION))
    assert counters[DETECTION_COUNT] == 0


def test_no_number_however_wild_is_admitted_with_a_place_that_cannot_be_sorted():
    wild = np.array([1e308, -1e308, 1e200, -1e200, 1e7, -1e7, 1e-300, -1e-300, 0.0, np.pi, -np.pi, np.inf, NAN])
    sensor, random = make_sensor(minimum_range_m=-np.inf), np.random.default_rng(1)
    sky = make_sky(sensor)
    for columns in ((0, 1), (1,), (5, 6), (0, 1, 2, 3), (5, 6, 7), range(8)):
        batch = make_detections(only(random.choice(wild, (600, 8)), columns), np.ones(8))
        admit(batch, 0.0, sensor, sky.tracks.counters, sky.work.columns)
        taken = sky.work.columns[:600][sky.work.columns["admitted"][:600] == 1]
        assert len(taken) > 0
        assert np.isfinite(taken["azimuth_rad"]).all()
        assert not ((taken["range_m"] < 0) | np.isinf(taken["range_m"])).any()
        sky.look(1.0, batch)
        assert np.isfinite(sky.live()["covariance"]).all()


@pytest.mark.parametrize(("own_elevation_deg", "is_seen"), [(-20.0, True), (-40.0, False), (50.0, False), (30.0, True)])
def test_a_tilted_cameras_elevations_are_held_against_the_true_horizon(own_elevation_deg, is_seen):
    """Raised by 30 degrees it sees a body 20 degrees below its axis 10 degrees above the horizon."""
    camera = SENSOR.copy()
    camera["local_from_site"] = own_from_local(Orientation(azimuth_deg=40.0, pitch_deg=30.0, roll_deg=0.0))
    camera["minimum_elevation_rad"], camera["maximum_elevation_rad"] = np.radians(-5.0), np.radians(70.0)
    record = detection(columns=(1, 2))
    record["measured"][0, 1], record["measured"][0, 2] = 0.0, np.radians(own_elevation_deg)
    assert is_sound(record[0], camera) == is_seen
    assert true_elevation_rad(record[0]["measured"], camera) == pytest.approx(np.radians(30.0 + own_elevation_deg))
