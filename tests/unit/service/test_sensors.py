import math

import numpy as np
import pytest

from sangar.core.registration import REGISTERED
from sangar.service.sensors import sensor_lines, sensor_metrics
from tests.unit.service.reference_flight import proving_ground


@pytest.fixture
def registered():
    records = np.zeros(4, REGISTERED)
    records["sigma"] = 1.0
    records["pairs"][0], records["refused"][0] = 120, 3
    records["estimate"][0] = [40.0, math.radians(0.2), math.radians(-0.1), 0.08]
    records["sigma"][0] = [1.0, math.radians(0.01), math.radians(0.02), 0.006]
    return records


def test_each_sensor_has_the_biases_of_what_it_measures(registered):
    radar, camera, finder, reports = sensor_metrics(proving_ground(), registered)
    assert list(radar["bias"]) == ["range_m", "azimuth_rad", "elevation_rad", "time_s"]
    assert list(camera["bias"]) == ["azimuth_rad", "elevation_rad", "time_s"]
    assert list(finder["bias"]) == ["azimuth_rad", "time_s"]
    assert list(reports["bias"]) == ["time_s"]
    assert radar["bias"]["range_m"]["estimate"] == 40.0
    assert radar["comparisons"] == 120


def test_people_read_one_line_for_each_sensor_that_was_compared(registered):
    (line,) = sensor_lines(sensor_metrics(proving_ground(), registered))
    assert line == ("radar: range +40 ± 1 m, azimuth +0.2 ± 0.01 °, elevation -0.1 ± 0.02 °, time +80 ± 6 ms (n = 120)")


def test_a_sensor_left_out_says_why(registered):
    metrics = sensor_metrics(proving_ground(), registered)
    metrics[1]["left_out"] = "its mast fell"
    assert "camera: left out, its mast fell" in sensor_lines(metrics)
