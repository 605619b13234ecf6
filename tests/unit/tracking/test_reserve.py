"""Thousands of birds fill no table: what comes later is found, and those give way that would be here last."""

import numpy as np
import pytest

from benchmarks.false_tracks import SURVEILLANCE, sensor_row
from sangar.bench.sangar_tracker import picture_at
from sangar.core.events import EventKind
from sangar.core.targets import DropReason, TrackStatus
from sangar.core.tracks import HIGH_WATER, TABLE_FULL_COUNT
from sangar.tracking.kernels.management.reserve import time_away_s
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker
from tests.unit.tracking.sightings import flown, sighted
from tests.unit.tracking.sky import PARAMETERS

DEFENDED = (0.0, 0.0, 1000.0)
ROWS, BIRDS, COME_S, END_S = 256, 320, 12, 36
SETTINGS = TrackingSettings(track_limit=ROWS)


def bodies(random):
    """Birds all over the place from 3 km on, and five drones that come in; states (n, 6) when each comes."""
    azimuth, range_m = random.uniform(0.0, 2.0 * np.pi, BIRDS), random.uniform(3000.0, 20_000.0, BIRDS)
    course = random.uniform(0.0, 2.0 * np.pi, BIRDS)
    level = np.zeros(BIRDS)
    place = np.stack([range_m * np.sin(azimuth), range_m * np.cos(azimuth), level + 300.0])
    birds = np.concatenate([place, [10.0 * np.sin(course), 10.0 * np.cos(course), level]]).T
    towards = np.arange(5) * 2.0 * np.pi / 5 + 0.3
    outward = np.stack([np.sin(towards), np.cos(towards)], axis=1)
    drones = np.hstack([6000.0 * outward, np.full((5, 1), 200.0), -50.0 * outward, np.zeros((5, 1))])
    return birds, drones


@pytest.fixture(scope="module")
def night():
    """The tracker after all have come, the drones' places, and all ends of tracks with how far away those were."""
    random = np.random.default_rng(4)
    birds, drones = bodies(random)
    tracker, ends, first_row = Tracker(sensor_row(SURVEILLANCE), SETTINGS, defended=DEFENDED), [], 0
    now = drones
    for second in range(END_S):
        now = flown(drones, float(second - COME_S))
        here = np.concatenate([flown(birds, float(second)), now]) if second >= COME_S else flown(birds, float(second))
        here = here[random.random(len(here)) < SURVEILLANCE.detection_probability]
        tracker.process(float(second), 0, sighted(here, float(second), random, first_row))
        first_row += len(here)
        ends.append(tracker.events[tracker.events["kind"] == EventKind.TRACK_DROPPED].copy())
    return tracker, now[:, :3], np.concatenate(ends)


def test_what_comes_when_every_row_could_be_a_birds_is_found(night):
    tracker, drones_m, _ = night
    shown = picture_at(tracker.tracks, END_S - 1.0).positions_m
    apart_m = np.linalg.norm(drones_m[:, None] - shown[None], axis=2)
    assert (apart_m.min(axis=1) < 300.0).all()


def test_an_eighth_of_the_rows_is_left_to_those_not_confirmed(night):
    tracker, _, _ = night
    confirmed = tracker.tracks.rows["status"] >= TrackStatus.CONFIRMED
    assert ROWS - ROWS // 8 <= np.count_nonzero(confirmed) <= ROWS - ROWS // 16
    assert len(tracker.tracks.rows) == ROWS


def test_each_end_is_told_and_counted_and_it_is_far_away(night):
    tracker, _, ends = night
    crowded = ends[ends["new"] == DropReason.CROWDED]
    assert len(crowded) > 10
    assert tracker.tracks.counters[TABLE_FULL_COUNT] >= len(crowded)
    left = tracker.tracks.rows[: tracker.tracks.counters[HIGH_WATER]]
    left = left[left["status"] >= TrackStatus.CONFIRMED]
    assert np.median(np.hypot(crowded["east_m"], crowded["north_m"])) > np.median(
        np.hypot(left["mean"][:, 0], left["mean"][:, 1])
    )


def test_time_away_is_from_the_edge_of_the_defended_place_at_the_bodys_speed():
    track = np.zeros(1, Tracker(sensor_row(SURVEILLANCE)).tracks.rows.dtype)[0]
    track["mean"] = [3000.0, 4000.0, 0.0, 0.0, 0.0, 20.0]
    near = PARAMETERS._replace(defended_east_m=0.0, defended_north_m=0.0, defended_radius_m=1000.0)
    assert time_away_s(track, near) == pytest.approx(4000.0 / 20.0)
    assert time_away_s(track, PARAMETERS) == pytest.approx(5000.0 / 20.0)
    track["mean"] = [300.0, 400.0, 0.0, 0.0, 0.0, 0.0]
    assert time_away_s(track, near) == 0.0
