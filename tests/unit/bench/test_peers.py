"""The peers reproduce the figures that were published with the common scenes."""

import json
import os
import shutil
import subprocess
import sys

import msgspec
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import linear_sum_assignment

from sangar.bench.contenders import CONTENDERS, EKF_YARDSTICK, IMM_YARDSTICK, STONE_SOUP, enter
from sangar.bench.isolation import compete
from sangar.bench.peers.polar import cartesian, constant_velocity, constant_velocity_noise, observe
from sangar.bench.peers.sparse_assignment import assign
from sangar.bench.rows import make_row
from sangar.bench.scenes import generate_scene
from sangar.core.errors import ConfigurationError

PUBLISHED = {(EKF_YARDSTICK, 10): (112.5, 4), (EKF_YARDSTICK, 50): (240.7, 18)} | {
    (IMM_YARDSTICK, 10): (90.2, 1),
    (IMM_YARDSTICK, 50): (202.3, 3),
}
SCRIPTS = {EKF_YARDSTICK: "ref_numpy", IMM_YARDSTICK: "ref_numpy_imm"}


def row_of(tracker, size, scans=None):
    scene = generate_scene(size)
    scans = scans or scene.meta.scan_count
    return make_row(tracker, scene, compete(tracker, scene, scans, lambda _: None), scans)


@pytest.mark.parametrize(("tracker", "size"), PUBLISHED)
def test_a_yardstick_has_its_published_accuracy(tracker, size):
    row = row_of(tracker, size)
    assert (round(row.gospa_mean_m, 1), row.identity_switches) == PUBLISHED[tracker, size]


@pytest.mark.parametrize(("tracker", "size"), PUBLISHED)
def test_a_yardstick_is_the_script_it_was_written_from(tracker, size, common_scripts, load_common, tmp_path):
    for name in ("common.py", f"{SCRIPTS[tracker]}.py"):
        shutil.copy(common_scripts / name, tmp_path / name)  # the script writes its results beside itself
    np.savez(tmp_path / "scene.npz", **load_common("gen").make(size, 120, 20220103))
    command = [sys.executable, tmp_path / f"{SCRIPTS[tracker]}.py", tmp_path / "scene.npz"]
    answer = subprocess.run(command, capture_output=True, check=True, text=True, env=dict(os.environ), timeout=120)
    theirs, ours = json.loads(answer.stdout), row_of(tracker, size)
    assert_allclose(
        [ours.gospa_mean_m, ours.localisation_rms_m, ours.missed_fraction, ours.false_per_scan],
        [theirs["gospa_mean"], theirs["rms_loc"], theirs["missed_frac"], theirs["false_per_scan"]],
        rtol=1e-9,
    )
    assert ours.identity_switches == theirs["id_switches"]
    assert ours.distinct_confirmed == theirs["distinct_confirmed"]


@pytest.mark.slow
def test_stone_soup_has_its_published_accuracy():
    pytest.importorskip("stonesoup", reason="Stone Soup is not installed (extra: bench)")
    row = row_of(STONE_SOUP, 10, scans=30)
    assert round(row.gospa_mean_m, 1) == 69.7


def test_the_measurement_model_inverts_to_positions_and_differentiates_right():
    random = np.random.default_rng(4)
    state = np.c_[random.uniform(-2e4, 2e4, (20, 2)), random.uniform(100, 3e3, 20), random.normal(0, 80, (20, 3))]
    measured, jacobian = observe(state)
    assert_allclose(cartesian(measured)[0], state[:, :3], rtol=1e-12)
    step = 1e-3
    for axis in range(6):
        ahead, behind = state.copy(), state.copy()
        ahead[:, axis] += step
        behind[:, axis] -= step
        assert_allclose(
            (observe(ahead)[0] - observe(behind)[0]) / (2 * step), jacobian[:, :, axis], atol=2e-9, rtol=1e-5
        )


def test_process_noise_of_two_half_periods_is_that_of_the_whole():
    half, transition = constant_velocity_noise(20.0, 2.0, 0.5), constant_velocity(0.5)
    assert_allclose(transition @ half @ transition.T + half, constant_velocity_noise(20.0, 2.0, 1.0))
    assert_allclose(transition @ transition, constant_velocity(1.0))


@pytest.mark.parametrize("tracker", [EKF_YARDSTICK, IMM_YARDSTICK])
def test_a_scene_at_half_the_pace_and_speed_is_tracked_as_well(tracker):
    scene = generate_scene(10)
    slow = scene._replace(meta=msgspec.structs.replace(scene.meta, period_s=2.0))
    halved = [scan * [1.0, 1.0, 1.0, 0.5] for scan in scene.detections]
    run = compete(tracker, slow._replace(detections=tuple(halved)), 60, lambda _: None)
    row = make_row(tracker, scene, run, 60)
    assert row.missed_fraction < 0.05
    assert row.localisation_rms_m < 60.0


@pytest.mark.parametrize("seed", range(20))
def test_assignment_by_groups_is_the_optimal_assignment(seed):
    random = np.random.default_rng(seed)
    track_count, detection_count, missed_cost = 12, 15, 20.0
    gated = random.random((track_count, detection_count)) < 0.15
    cost = np.where(gated, random.uniform(0, missed_cost, gated.shape), 1e6)
    tracks, detections = np.nonzero(gated)
    chosen, taken = assign(tracks, detections, cost[gated], missed_cost)
    assert len(set(chosen)) == len(set(taken)) == len(chosen)
    whole = np.hstack([cost, np.where(np.eye(track_count) > 0, missed_cost, 1e6)])
    best = whole[linear_sum_assignment(whole)].sum()
    assert_allclose(cost[chosen, taken].sum() + missed_cost * (track_count - len(chosen)), best)


def test_a_tracker_nobody_knows_is_refused_with_the_names_there_are():
    with pytest.raises(ConfigurationError, match=EKF_YARDSTICK):
        enter("unknown", generate_scene(1))
    assert STONE_SOUP in CONTENDERS
