"""Fusing another tracker's tracks makes ours better and never surer than it may be; a naive filter fails both ways."""

import numpy as np
import pytest

from benchmarks.fusion import SCENES, run

RUNS = range(11, 15)
STATES = 6


@pytest.fixture(scope="module")
def scores():
    """Mean squared position error and NEES of some runs of every scene and method."""
    return {
        (scene, method): np.array([run(scene, method, seed) for seed in RUNS]).mean(axis=0)
        for scene in SCENES
        for method in ("alone", "naive", "sangar")
    }


@pytest.mark.parametrize("scene", SCENES)
def test_fused_tracks_are_not_surer_than_they_may_be(scores, scene):
    assert scores[scene, "sangar"][1] < max(1.1 * STATES, 1.001 * scores[scene, "alone"][1])


@pytest.mark.parametrize("scene", SCENES)
def test_reports_taken_for_measurements_make_a_filter_far_too_sure(scores, scene):
    assert scores[scene, "naive"][1] > 3.0 * STATES


@pytest.mark.parametrize("scene", [scene for scene in SCENES if scene != "only what we send"])
def test_what_another_sees_makes_our_tracks_better(scores, scene):
    assert scores[scene, "sangar"][0] < 0.5 * scores[scene, "alone"][0]
    assert scores[scene, "sangar"][0] < scores[scene, "naive"][0]


def test_our_own_tracks_coming_back_make_nothing_worse_and_nobody_surer(scores):
    """They tell nothing; but they move a track to their own time, and so the moments at which its turn is learnt."""
    echoed, alone = scores["only what we send", "sangar"], scores["only what we send", "alone"]
    assert echoed[0] < 1.02 * alone[0]
    assert echoed[1] == pytest.approx(alone[1], rel=0.01)
