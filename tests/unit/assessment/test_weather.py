"""What weather leaves of a sensor's range."""

import numpy as np
import pytest
from scipy.optimize import brentq

from sangar.assessment.weather import Weather, reach_shares
from sangar.core.sensors import allocate_sensors
from sangar.core.targets import SensorKind


def sensor(kind: SensorKind, range_m: float):
    sensors = allocate_sensors(1)
    sensors["kind"], sensors["maximum_range_m"] = kind, range_m
    return sensors


def test_in_clear_weather_nothing_is_lost():
    for kind in SensorKind:
        assert reach_shares(sensor(kind, 5000.0), Weather()) == [1.0]


def test_a_camera_sees_as_far_as_the_visibility():
    assert reach_shares(sensor(SensorKind.CAMERA, 3000.0), Weather(visibility_m=1200.0)) == [pytest.approx(0.4)]


def test_a_radar_in_rain_obeys_the_radar_equation():
    """At the new range the echo, weakened by rain there and back, is as strong as it was at the old one without."""
    rain = 25.0
    decibel_per_km = 0.01217 * rain**1.2571
    range_km = brentq(lambda r: 40.0 * np.log10(r / 20.0) + 2.0 * decibel_per_km * r, 0.1, 20.0)
    assert reach_shares(sensor(SensorKind.RADAR, 20_000.0), Weather(rain_mm_per_h=rain)) == [
        pytest.approx(range_km / 20.0, rel=1e-9)
    ]


def test_microphones_suffer_from_wind_only():
    ears = sensor(SensorKind.ACOUSTIC, 1500.0)
    assert reach_shares(ears, Weather(wind_mps=4.0, rain_mm_per_h=50.0, visibility_m=50.0)) == [1.0]
    assert reach_shares(ears, Weather(wind_mps=10.0)) == [0.5]
