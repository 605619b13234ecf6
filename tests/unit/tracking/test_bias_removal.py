import numpy as np
import pytest

from sangar.core.detections import AZIMUTH, DETECTION, ELEVATION, RANGE, RANGE_RATE
from sangar.core.registration import BIAS_COUNT, REGISTERED
from sangar.tracking.kernels.registration.bias_removal import has_bias, remove_bias
from tests.unit.tracking.oracles import make_detections

MEASURED = np.array([5000.0, 0.3, 0.1, -80.0, np.nan, np.nan, np.nan, np.nan])
SIGMA = np.array([10.0, 0.002, 0.003, 1.0, 1.0, 1.0, 1.0, 1.0])


@pytest.fixture
def registered():
    return np.zeros(1, REGISTERED)[0]


def corrected(batch, registered):
    used = np.zeros(len(batch), DETECTION)
    remove_bias(batch, registered, used)
    return used


@pytest.mark.parametrize("field", ["bias", "spread"])
@pytest.mark.parametrize("k", range(BIAS_COUNT))
def test_a_sensor_has_a_bias_where_any_of_its_numbers_says_so(registered, field, k):
    assert not has_bias(registered)
    registered[field][k] = -1e-9
    assert has_bias(registered)


def test_biases_are_taken_away_and_the_report_itself_stays(registered):
    registered["bias"] = [40.0, 0.003, -0.002, 0.08]
    batch = make_detections(np.tile(MEASURED, (3, 1)), SIGMA, 7.0, first_row=5)
    before = batch.tobytes()
    used = corrected(batch, registered)
    assert len(used) == 3
    assert used["measured"][2, [RANGE, AZIMUTH, ELEVATION, RANGE_RATE]] == pytest.approx([4960.0, 0.297, 0.102, -80.0])
    assert used["time_s"] == pytest.approx(6.92)
    assert used["row"].tolist() == [5, 6, 7]
    assert np.isnan(used["measured"][0, 4:]).all()
    assert batch.tobytes() == before


def test_what_is_not_measured_is_not_invented(registered):
    registered["bias"] = [40.0, 0.003, -0.002, 0.08]
    bearing = np.full(8, np.nan)
    bearing[AZIMUTH] = 1.0
    used = corrected(make_detections(bearing, SIGMA), registered)
    assert np.isnan(np.delete(used["measured"][0], AZIMUTH)).all()


def test_noise_is_widened_by_what_is_left_of_the_uncertainty(registered):
    registered["spread"] = [24.0, 0.0015, 0.004, 0.1]
    used = corrected(make_detections(MEASURED, SIGMA), registered)
    assert used["measured"][0, :4] == pytest.approx(MEASURED[:4])
    along_m = 80.0 * 0.1  # a clock's error moves the body along its range rate
    assert used["sigma"][0, RANGE] == pytest.approx(np.sqrt(10.0**2 + 24.0**2 + along_m**2))
    assert used["sigma"][0, AZIMUTH] == pytest.approx(0.0025)
    assert used["sigma"][0, ELEVATION] == pytest.approx(0.005)
