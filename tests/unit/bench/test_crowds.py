"""The scenes that are made to be hard: what is in them, and that joint association is worth having there."""

from functools import partial

import numpy as np
import pytest

from sangar.bench.crowds import COARSE_RADAR, SCANS, Crowd, close_formation, crossing_groups, crowd_scene, wanderers
from sangar.bench.sangar_tracker import largest_scan, picture_at, scene_records, scene_site, table_capacity
from sangar.pipeline.layout import sensor_table
from sangar.tracking.metrics.scoring import score_tracks
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker

CLUTTERED = Crowd("clutter", wanderers, 0.7, 600.0, COARSE_RADAR)
SWARM = Crowd("formation", partial(close_formation, spacing_m=15.0), 0.9, 50.0)
CROSSING = Crowd("crossing", partial(crossing_groups, spacing_m=60.0, angle_rad=0.35), 0.9, 50.0)
CUTOFF_M = 60.0


def score(scene, association):
    settings = TrackingSettings(
        association=association,
        initial_speed_mps=25.0,
        initial_climb_mps=5.0,
        manoeuvre_noise_m2ps3=10.0,
        false_tracks_per_hour=1000.0,
    )
    tracker = Tracker(
        sensor_table(scene_site(scene.meta)),
        settings,
        track_capacity=table_capacity(scene),
        batch_capacity=largest_scan(scene),
    )
    pictures = []
    for number, records in enumerate(scene_records(scene)):
        tracker.process(number * scene.meta.period_s, 0, records)
        pictures.append(picture_at(tracker.tracks, number * scene.meta.period_s))
    return score_tracks(pictures, scene.truths, 10, CUTOFF_M)


@pytest.mark.parametrize("crowd", [CLUTTERED, SWARM, CROSSING], ids=lambda crowd: crowd.name)
def test_a_scene_is_what_its_crowd_says_and_the_same_for_the_same_seed(crowd):
    scene, again = crowd_scene(crowd, 4), crowd_scene(crowd, 4)
    assert len(scene.detections) == len(scene.truths) == SCANS
    for one, other in zip(scene.detections, again.detections, strict=True):
        np.testing.assert_array_equal(one, other)
    there = np.mean([len(truth.labels) for truth in scene.truths])
    expected = crowd.detection_probability * there + crowd.clutter_count_mean
    counts = [len(detections) for detections in scene.detections]
    assert abs(np.mean(counts) - expected) < 5.0 * np.sqrt(expected / SCANS)


def test_two_groups_cross_in_the_middle():
    scene = crowd_scene(CROSSING, 0)
    apart_m = [
        np.linalg.norm(truth.positions_m[:20].mean(axis=0) - truth.positions_m[20:].mean(axis=0))
        for truth in scene.truths
    ]
    assert abs(int(np.argmin(apart_m)) - SCANS // 2) <= 2
    assert min(apart_m) < 20.0


@pytest.mark.slow
@pytest.mark.parametrize("crowd", [CLUTTERED, SWARM], ids=lambda crowd: crowd.name)
def test_joint_association_comes_closer_to_the_truth_where_it_is_hard_to_say(crowd):
    scenes = [crowd_scene(crowd, seed) for seed in range(4)]
    nearest, joint = ([score(scene, how) for scene in scenes] for how in ("nearest", "joint"))
    gain_m = [one.gospa_mean_m - other.gospa_mean_m for one, other in zip(nearest, joint, strict=True)]
    assert np.mean(gain_m) > 2.0
    assert sum(each.identity_switches for each in joint) < sum(each.identity_switches for each in nearest)


def test_joint_association_gives_the_same_bits_twice():
    scene = crowd_scene(SWARM, 1)
    assert score(scene, "joint") == score(scene, "joint")
