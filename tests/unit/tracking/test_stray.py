"""A grossly wrong bearing neither ends a track nor pulls it far, where the sensor is known for such."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sangar.core.targets import TrackStatus
from tests.unit.tracking.oracles import make_sensor
from tests.unit.tracking.sky import make_sky, seen

FLYER = np.array([2000.0, 9000.0, 800.0, 60.0, 0.0, 0.0])
KNOWN_FOR_IT = make_sensor(period_s=1.0, clutter_density=1e-9, stray_share=0.02, stray_azimuth_rad=0.02)
NOT_KNOWN = make_sensor(period_s=1.0, clutter_density=1e-9)
AZIMUTH = 1
OFF_RAD = 0.035  # 17 sigma: 320 m at this range


def at(time_s):
    moved = FLYER.copy()
    moved[:3] += moved[3:] * time_s
    return moved


def fly(sensor, strays, until_s=30, **settings):
    """A flyer seen every second, its bearing wrong at some of them; the sky afterwards."""
    sky, random = make_sky(sensor, **settings), np.random.default_rng(4)
    for second in range(until_s):
        plots = seen(at(second), sky.sensors[0], random, time_s=float(second), first_row=second)
        if second in strays:
            plots["measured"][:, AZIMUTH] += OFF_RAD if second % 2 else -OFF_RAD
        sky.look(float(second), plots)
    return sky


def test_a_stray_is_taken_and_hardly_moves_the_track():
    sky = fly(KNOWN_FOR_IT, {20}, until_s=21)
    (track,) = sky.live()
    assert track["row"] == 20
    assert np.hypot(*(track["mean"][:2] - at(20.0)[:2])) < 60.0


def test_without_being_told_of_strays_the_same_detection_begins_a_track_of_its_own():
    sky = fly(NOT_KNOWN, {20}, until_s=21)
    assert sorted(sky.live()["row"].tolist()) == [19, 20]


@pytest.mark.parametrize("sensor", [KNOWN_FOR_IT, NOT_KNOWN])
@pytest.mark.parametrize("association", ["nearest", "joint"])
def test_strays_in_a_row_break_only_the_track_of_a_sensor_not_known_for_them(sensor, association):
    sky = fly(sensor, set(range(14, 24)), until_s=24, association=association)
    numbers = sky.live()["id"].tolist()
    assert (numbers == [1]) if sensor["stray_share"] > 0.0 else (len(numbers) > 1)


def test_a_sensor_known_for_strays_tracks_ordinary_detections_as_before():
    known, unknown = fly(KNOWN_FOR_IT, set()), fly(NOT_KNOWN, set())
    assert_allclose(known.live()["mean"], unknown.live()["mean"], rtol=0.0, atol=1e-9)


def test_a_track_of_one_detection_takes_no_strays():
    sky = fly(KNOWN_FOR_IT, {1}, until_s=2)
    assert (sky.live()["status"] == TrackStatus.TENTATIVE).all()
    assert len(sky.live()) >= 1
