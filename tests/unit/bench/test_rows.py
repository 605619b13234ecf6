"""Rows carry the keys and the values of the common scoring script."""

import json

import msgspec
import numpy as np
import pytest
from numpy.testing import assert_allclose

from sangar.bench.rows import KEYS, BenchRow, Run, make_row
from sangar.bench.scenes import generate_scene
from sangar.tracking.metrics.scoring import LabelledPositions

COMMON_KEYS = {
    *("tracker", "n", "scans_run", "scans", "det_per_scan", "cpu_total_s", "wall_total_s", "cpu_ms_scan_median"),
    *("cpu_ms_scan_mean", "cpu_ms_scan_p95", "wall_ms_scan_median", "det_per_cpu_s", "rss_mb", "gospa_mean"),
    *("gospa_per_sqrt_truth", "rms_loc", "missed_frac", "false_per_scan", "mean_confirmed", "mean_truth"),
    *("id_switches", "distinct_confirmed"),
}
SCENE = generate_scene(50)


def rough_run(scans, seed=5):
    """A tracker that sees most targets roughly, some twice, invents some, and changes its mind about numbers."""
    random = np.random.default_rng(seed)
    estimates = []
    for truth in SCENE.truths[:scans]:
        seen = random.random(len(truth.labels)) < 0.9
        labels = np.where(random.random(len(truth.labels)) < 0.95, truth.labels, truth.labels + 1000)[seen]
        places = truth.positions_m[seen] + random.normal(0.0, 60.0, (seen.sum(), 3))
        invented = random.uniform(-2e4, 2e4, (random.poisson(3), 3))
        twice = places[:2] + 50.0
        positions_m = np.vstack([places, invented, twice])
        numbers = np.concatenate([labels, 5000 + np.arange(len(invented) + len(twice))]).astype(np.int64)
        estimates.append(LabelledPositions(numbers, positions_m))
    cpu_s = random.uniform(1e-3, 2e-3, scans)
    return Run(tuple(estimates), cpu_s, cpu_s * 1.5, 90.0)


def test_a_row_has_the_common_keys():
    row = json.loads(msgspec.json.encode(make_row("rough", SCENE, rough_run(20), 20)))
    assert set(row) == COMMON_KEYS | {"scene"}
    assert set(KEYS) <= set(BenchRow.__struct_fields__)


def test_a_row_has_the_values_of_the_common_scoring(load_common):
    common = load_common("common")
    for scans in (8, 30, 120):
        run = rough_run(scans)
        arrays = [np.c_[np.full(len(truth.labels), 0), truth.labels, truth.positions_m] for truth in SCENE.truths]
        estimates = [(estimate.labels.tolist(), estimate.positions_m) for estimate in run.estimates]
        theirs = common.evaluate(arrays[:scans], estimates, skip=min(10, scans // 2))
        ours = msgspec.to_builtins(make_row("rough", SCENE, run, scans))
        assert {key: ours[key] for key in theirs} == pytest.approx(theirs, rel=1e-12)


def test_the_times_are_those_of_the_scans_of_the_window():
    run = rough_run(40)
    row = make_row("rough", SCENE, run, 15)
    detections = sum(len(scan) for scan in SCENE.detections[:15])
    assert_allclose(row.cpu_total_s, run.cpu_s[:15].sum())
    assert_allclose(row.detections_per_cpu_s, detections / run.cpu_s[:15].sum())
    assert_allclose(row.wall_median_ms, 1e3 * np.median(run.wall_s[:15]))
    assert_allclose(row.detections_per_scan, detections / 15)
    assert (row.scans_run, row.scan_count, row.target_count, row.rss_mib) == (15, 120, 50, 90.0)
