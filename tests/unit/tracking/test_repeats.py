"""Reports delivered twice: recognised, counted, and of no effect."""

import numpy as np
import pytest

from sangar.core.detections import AZIMUTH, ELEVATION, RANGE
from sangar.core.tracks import DUPLICATE_COUNT, LIVE, allocate_tracks
from tests.unit.tracking.oracles import make_sensor
from tests.unit.tracking.sky import NOTHING, make_sky, seen

SENSOR = make_sensor()
BODIES = np.array([[3000.0, 4000.0, 500.0, -50.0, 10.0, 0.0], [-6000.0, 2000.0, 900.0, 40.0, 40.0, 0.0]])


def at(time_s):
    return seen(np.column_stack([BODIES[:, :3] + time_s * BODIES[:, 3:], BODIES[:, 3:]]), SENSOR, time_s=time_s)


def duplicates(sky):
    return int(sky.tracks.counters[DUPLICATE_COUNT])


def test_a_look_delivered_twice_changes_nothing_but_the_count():
    once, twice = make_sky(SENSOR), make_sky(SENSOR)
    for t in range(8):
        once.look(float(t), at(float(t)))
        twice.look(float(t), at(float(t)))
        twice.look(float(t), at(float(t))[::-1].copy())
    assert twice.live()["mean"].tobytes() == once.live()["mean"].tobytes()
    assert twice.live()["hits"].tolist() == [8, 8]
    assert duplicates(twice) == 16


def test_a_detection_twice_in_one_batch_starts_one_track():
    sky = make_sky(SENSOR)
    sky.look(0.0, np.concatenate([at(0.0), at(0.0)]))
    assert (sky.tracks.counters[LIVE], duplicates(sky)) == (2, 2)


def test_clutter_delivered_again_after_its_track_died_starts_none():
    sky = make_sky(SENSOR)
    sky.look(0.0, at(0.0))
    for t in range(1, 5):
        sky.look(float(t), NOTHING)
    sky.look(0.0, at(0.0))
    assert (sky.tracks.counters[LIVE], duplicates(sky)) == (0, 2)


@pytest.mark.parametrize("column", [RANGE, AZIMUTH, ELEVATION])
def test_the_finest_step_of_a_sensor_makes_another_report(column):
    sky = make_sky(SENSOR)
    sky.look(0.0, at(0.0)[:1])
    nudged = at(0.0)[:1]
    nudged["measured"][0, column] += {RANGE: 0.01, AZIMUTH: 1e-6, ELEVATION: 1e-6}[column]
    sky.look(0.0, nudged)
    assert duplicates(sky) == 0


def test_the_same_numbers_of_another_sensor_or_another_time_are_another_report():
    sky = make_sky(SENSOR)
    sky = sky._replace(sensors=np.array([SENSOR, SENSOR], SENSOR.dtype))
    sky.look(0.0, at(0.0))
    sky.look(0.0, at(0.0), 1)
    later = at(0.0)
    later["time_s"] += 1e-6
    sky.look(1e-6, later)
    assert duplicates(sky) == 0


def test_a_flood_forgets_the_oldest_and_holds_no_more_memory():
    sky = make_sky(SENSOR, capacity=64)
    memory = sky.tracks.prints.nbytes
    random = np.random.default_rng(5)
    first = at(0.0)
    sky.look(0.0, first)
    room = sky.tracks.prints["marks"].size
    for t in range(1, 3 + 4 * room // 4000):
        flood = np.repeat(first[:1], 4000)
        flood["time_s"] = t
        flood["measured"][:, RANGE] = random.uniform(1e3, 1e4, 4000)
        sky.look(float(t), flood)
    sky.look(float(t), first)
    assert duplicates(sky) == 0
    assert sky.tracks.prints.nbytes == memory


def test_five_seconds_of_a_full_sky_are_remembered():
    """A table of tracks is some four times the detections of a scan; the repeats of five scans are all known."""
    table = allocate_tracks(4096)
    sky = make_sky(SENSOR, capacity=8, candidates=100)._replace(tracks=table._replace(rows=table.rows[:8]))
    random = np.random.default_rng(7)
    looks = []
    for t in range(5):
        records = np.repeat(at(0.0)[:1], 1000)
        records["time_s"] = t
        records["measured"][:, RANGE] = random.uniform(1e3, 1e4, 1000)
        records["measured"][:, AZIMUTH] = random.uniform(-3.0, 3.0, 1000)
        looks.append(records)
        sky.look(float(t), records)
    assert duplicates(sky) == 0
    for t, records in enumerate(looks):
        sky.look(float(t), records)
    assert duplicates(sky) >= 0.999 * 5000
