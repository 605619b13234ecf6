"""The benchmark command: who runs over which scans, in a process of its own, and what is printed."""

import io
import json
import os

import numpy as np
import pytest
from rich.console import Console

from sangar.bench.air_traffic import generate_air_traffic
from sangar.bench.comparison import comparison_tables
from sangar.bench.contenders import CONTENDERS, EKF_YARDSTICK, IMM_YARDSTICK, SANGAR_STEP, SANGAR_TRACKER, STONE_SOUP
from sangar.bench.isolation import ONE_THREAD, compete, compete_apart, largest_memory_mib
from sangar.bench.rows import make_row
from sangar.bench.scenes import generate_scene
from sangar.bench.tracking import BenchRequest, entries, run
from sangar.core.errors import ConfigurationError, PortError


@pytest.mark.parametrize(("size", "window"), [(10, 30), (100, 30), (500, 15)])
def test_every_tracker_is_measured_over_the_scans_stone_soup_runs(size, window):
    scene = generate_scene(size)
    planned = dict(entries(scene, BenchRequest(), with_stone_soup=True))
    assert planned[STONE_SOUP] == (window,)
    assert planned[SANGAR_TRACKER] == planned[EKF_YARDSTICK] == (window, scene.meta.scan_count)
    assert set(planned) == set(CONTENDERS)


def test_a_limit_on_the_scans_holds_for_all():
    planned = dict(entries(generate_scene(10), BenchRequest(scans=12), with_stone_soup=True))
    assert set(planned.values()) == {(12,)}


def test_without_peers_sangar_runs_alone():
    planned = dict(entries(generate_scene(10), BenchRequest(peers=False), with_stone_soup=True))
    assert planned == {SANGAR_TRACKER: (120,), SANGAR_STEP: (120,)}


def test_without_stone_soup_the_others_run_over_all_scans():
    planned = dict(entries(generate_scene(10), BenchRequest(), with_stone_soup=False))
    assert STONE_SOUP not in planned
    assert planned[IMM_YARDSTICK] == (120,)


def test_a_crowd_too_large_for_stone_soup_runs_without_it():
    scene = generate_scene(10)
    crowd = scene._replace(meta=type(scene.meta)(**{**_fields(scene.meta), "target_count": 10_000}))
    assert STONE_SOUP not in dict(entries(crowd, BenchRequest(), with_stone_soup=True))


def _fields(struct):
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


def test_a_tracker_in_its_own_process_has_the_accuracy_it_has_in_this_one():
    scene = generate_scene(10)
    progress: list[int] = []
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    apart = compete_apart(EKF_YARDSTICK, scene, (20, 60), progress.append)
    here = compete(EKF_YARDSTICK, scene, 60, lambda _: None)
    for row, scans in zip(apart, (20, 60), strict=True):
        assert row.gospa_mean_m == make_row(EKF_YARDSTICK, scene, here, scans).gospa_mean_m
        assert row.scans_run == scans
        assert row.cpu_total_s > 0
        assert row.rss_mib < largest_memory_mib() + 200
    assert progress[0] == 1
    assert {name: os.environ.get(name) for name in ONE_THREAD} == before


def test_a_tracker_that_dies_is_reported_and_not_waited_for():
    with pytest.raises(PortError, match="exit code 1"):
        compete_apart("nobody", generate_scene(3), (5,), lambda _: None)


def test_sangar_runs_a_scene_file_and_prints_a_row_for_each_of_its_two_faces(tmp_path, capsys):
    np.savez(tmp_path / "five.npz", **generate_air_traffic(5))
    assert run(BenchRequest(scenes=(tmp_path / "five.npz",), json=True, peers=False, scans=25)) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["scene"], row["tracker"]) for row in rows] == [("five", SANGAR_TRACKER), ("five", SANGAR_STEP)]
    assert all(row["scans_run"] == 25 and np.isfinite(row["gospa_mean"]) for row in rows)


@pytest.mark.parametrize("request_", [BenchRequest(scans=0), BenchRequest(sizes=(0,))])
def test_a_request_for_nothing_is_refused(request_):
    with pytest.raises(ConfigurationError, match="1 or more"):
        run(request_)


def printed(rows):
    page = io.StringIO()
    Console(file=page, width=80).print(*comparison_tables(rows))
    return page.getvalue()


def test_the_table_sets_every_tracker_beside_stone_soup_over_the_same_scans():
    scene = generate_scene(10)
    result = compete(EKF_YARDSTICK, scene, 60, lambda _: None)
    slow = result._replace(cpu_s=result.cpu_s * 100)
    rows = [
        make_row(STONE_SOUP, scene, slow, 20),
        make_row(EKF_YARDSTICK, scene, result, 20),
        make_row(EKF_YARDSTICK, scene, result, 60),
    ]
    page = printed(rows)
    assert "the first 20 scans, then all 60" in page
    lines = {line.split()[0]: line.split() for line in page.splitlines() if "gnn" in line or "-kd" in line}
    memory = f"{rows[1].rss_mib:.0f}"
    assert lines[STONE_SOUP][2:] == ["1.0", f"{rows[0].gospa_mean_m:.1f}", memory]
    assert lines[EKF_YARDSTICK][2:] == [
        "100.0",
        f"{rows[1].gospa_mean_m:.1f}",
        f"{rows[2].detections_per_cpu_s:,.0f}",
        f"{rows[2].gospa_mean_m:.1f}",
        str(rows[2].identity_switches),
        memory,
    ]


def test_without_stone_soup_the_table_has_no_ratio():
    scene = generate_scene(10)
    row = make_row(EKF_YARDSTICK, scene, compete(EKF_YARDSTICK, scene, 20, lambda _: None), 20)
    cells = next(line.split() for line in printed([row]).splitlines() if EKF_YARDSTICK in line)
    assert cells[2] == f"{row.gospa_mean_m:.1f}"


def test_no_scenes_make_no_tables():
    assert printed([]).strip() == ""
