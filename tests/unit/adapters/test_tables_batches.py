import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangar.adapters.tables.batches import batches_of
from sangar.adapters.tables.detections import DetectionCounts, DetectionTable
from sangar.core.detections import DETECTION

PERIOD_S = np.array([1.6, 0.0])  # a sixteenth of the first is 0.1 s; the second gives single looks


def table(*rows):
    detections = np.zeros(len(rows), DETECTION)
    detections["time_s"] = [time_s for time_s, _ in rows]
    detections["row"] = np.arange(len(rows))
    counts = DetectionCounts(len(rows), len(rows), 0, 0, 0, 0, 0, 0)
    return DetectionTable(detections, np.array([sensor for _, sensor in rows], np.int64), counts)


def cut(*rows):
    return [
        (batch.time_s, batch.sensor, batch.detections["row"].tolist()) for batch in batches_of(table(*rows), PERIOD_S)
    ]


def test_a_sector_of_a_radar_is_one_batch_with_the_time_of_its_newest_detection():
    assert cut((1.0, 0), (1.05, 0), (1.09, 0), (1.2, 0)) == [(1.09, 0, [0, 1, 2]), (1.2, 0, [3])]


def test_the_window_counts_from_the_first_detection_and_does_not_creep():
    assert cut((1.0, 0), (1.08, 0), (1.16, 0)) == [(1.08, 0, [0, 1]), (1.16, 0, [2])]


def test_another_sensor_starts_another_batch():
    assert cut((1.0, 0), (1.01, 1), (1.02, 0)) == [(1.0, 0, [0]), (1.01, 1, [1]), (1.02, 0, [2])]


def test_detections_of_one_time_stay_together_whatever_the_period():
    assert cut((1.0, 1), (1.0, 1), (1.0001, 1)) == [(1.0, 1, [0, 1]), (1.0001, 1, [2])]


def test_one_detection_is_one_batch():
    assert cut((1.0, 0)) == [(1.0, 0, [0])]


@given(st.lists(st.tuples(st.floats(0.0, 5.0), st.integers(0, 1)), min_size=1, max_size=60))
def test_batches_hold_every_detection_once_in_order_of_time(rows):
    rows = sorted(rows)
    batches = cut(*rows)
    assert [row for _, _, taken in batches for row in taken] == list(range(len(rows)))
    assert [time_s for time_s, _, _ in batches] == sorted(time_s for time_s, _, _ in batches)
    for time_s, sensor, taken in batches:
        times_s = [rows[row][0] for row in taken]
        assert times_s[-1] == time_s
        assert times_s[-1] - times_s[0] <= PERIOD_S[sensor] / 16 + 1e-12
        assert {rows[row][1] for row in taken} == {sensor}


def test_the_period_must_be_known_for_the_sensor():
    with pytest.raises(IndexError):
        cut((1.0, 5), (1.1, 5))
