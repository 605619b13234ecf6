"""The tracker alone: what does not fit its tables is refused before compiled code sees it."""

import numpy as np
import pytest

from sangar.core.detections import DETECTION
from sangar.core.sensors import allocate_sensors
from sangar.core.track_reports import TRACK_REPORT
from sangar.core.tracks import DETECTION_COUNT
from sangar.tracking.tracker import Tracker
from tests.unit.tracking.sightings import blank


@pytest.fixture
def tracker():
    return Tracker(allocate_sensors(2), track_capacity=4, batch_capacity=8)


def test_a_full_batch_is_tracked_and_a_larger_one_refused(tracker):
    tracker.process(0.0, 0, blank(8, 0.0))
    with pytest.raises(ValueError, match="a batch of 9 is larger than batch_capacity = 8"):
        tracker.process(1.0, 0, blank(9, 1.0))
    assert tracker.tracks.counters[DETECTION_COUNT] == 8


def test_a_batch_of_reports_larger_than_the_capacity_is_refused(tracker):
    with pytest.raises(ValueError, match="a batch of 9 is larger"):
        tracker.fuse(0.0, 0, np.zeros(9, TRACK_REPORT))


@pytest.mark.parametrize("sensor", [-1, 2])
def test_a_sensor_that_is_not_there_is_refused(tracker, sensor):
    with pytest.raises(ValueError, match=f"sensor {sensor} is not one of 2"):
        tracker.process(0.0, sensor, np.zeros(0, DETECTION))
