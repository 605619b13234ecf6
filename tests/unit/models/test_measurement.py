"""Measurement predictions and their Jacobian, for every component, against geometry and finite differences."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sangar.core.detections import MEASURED_COUNT
from sangar.core.frames import SiteFrame
from sangar.models.kernels.measurement import predict_measurement, residual
from tests.unit.tracking.oracles import make_sensor, measure, only, slopes, turn

SENSORS = {
    "at the origin": make_sensor(),
    "displaced": make_sensor((3000.0, -1500.0, 40.0)),
    "displaced, turned and tilted": make_sensor((-8000.0, 2500.0, 120.0), turn(0.7, 0.02)),
}
SITE_ALTITUDE_M = 181.5
EVERYTHING = np.zeros(MEASURED_COUNT)


def predict(state, sensor, shift_s=0.0, measured=EVERYTHING):
    predicted, jacobian = np.full(8, np.nan), np.full((8, 6), np.nan)
    predict_measurement(state, shift_s, measured, sensor, SITE_ALTITUDE_M, predicted, jacobian)
    return predicted, jacobian


def states(count=60):
    random = np.random.default_rng(7)
    places = random.uniform([-2e4, -2e4, 50.0], [2e4, 2e4, 9000.0], (count, 3))
    return np.hstack([places, random.normal(scale=150.0, size=(count, 3))])


@pytest.mark.parametrize("shift_s", [0.0, -0.25, 1.5])
@pytest.mark.parametrize("sensor", SENSORS.values(), ids=SENSORS.keys())
def test_predictions_are_the_geometry(sensor, shift_s):
    for state in states():
        predicted, _ = predict(state, sensor, shift_s)
        assert_allclose(predicted, measure(state, sensor, SITE_ALTITUDE_M, shift_s), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("shift_s", [0.0, -0.25, 1.5])
@pytest.mark.parametrize("sensor", SENSORS.values(), ids=SENSORS.keys())
def test_the_jacobian_is_the_slope_of_the_prediction(sensor, shift_s):
    for state in states():
        _, jacobian = predict(state, sensor, shift_s)
        assert_allclose(jacobian, slopes(state, sensor, SITE_ALTITUDE_M, shift_s), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("component", range(MEASURED_COUNT))
def test_only_what_was_measured_is_written(component):
    measured = only(EVERYTHING, [component])
    predicted, jacobian = predict(states()[0], SENSORS["displaced, turned and tilted"], 0.5, measured)
    assert np.flatnonzero(~np.isnan(predicted)).tolist() == [component]
    assert np.flatnonzero(~np.isnan(jacobian).any(axis=1)).tolist() == [component]


def test_straight_above_the_sensor_nothing_breaks():
    predicted, jacobian = predict(np.array([0.0, 0.0, 500.0, 20.0, 0.0, -5.0]), SENSORS["at the origin"])
    assert np.isfinite(predicted).all()
    assert np.isfinite(jacobian).all()
    assert_allclose(predicted[[0, 2, 3]], [500.0, np.pi / 2, -5.0], rtol=1e-4)


@pytest.mark.parametrize("latitude_deg", [0.0, 33.8, 60.0])
@pytest.mark.parametrize(("distance_m", "within_m"), [(20e3, 0.2), (70e3, 2.2), (100e3, 4.5)])
def test_altitude_follows_the_ellipsoid_as_closely_as_stated(latitude_deg, distance_m, within_m):
    frame = SiteFrame(latitude_deg, 42.4, SITE_ALTITUDE_M)
    for azimuth in np.linspace(0.0, 2 * np.pi, 9):
        for up_m in (0.0, 10_000.0):
            place = np.array([[distance_m * np.sin(azimuth), distance_m * np.cos(azimuth), up_m]])
            predicted, _ = predict(np.append(place[0], [0.0, 0.0, 0.0]), SENSORS["at the origin"])
            assert abs(predicted[4] - frame.geodetic_from_enu(place)[0, 2]) < within_m


@pytest.mark.parametrize(
    ("measured", "predicted", "component", "wanted"),
    [
        (3.1, -3.1, 1, 6.2 - 2 * np.pi),
        (-3.1, 3.1, 1, 2 * np.pi - 6.2),
        (0.2, 9 * np.pi, 1, 0.2 - np.pi),
        (5.0, -5.0, 0, 10.0),
    ],
)
def test_only_an_azimuth_wraps(measured, predicted, component, wanted):
    assert_allclose(np.exp(1j * residual(measured, predicted, component)), np.exp(1j * wanted), atol=1e-12)
    if component == 0:
        assert residual(measured, predicted, component) == wanted
    else:
        assert -np.pi <= residual(measured, predicted, component) < np.pi
