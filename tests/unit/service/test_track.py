import json
import math

import numpy as np
import polars as pl
import pytest

from sangar.adapters.tables.batches import batches_of
from sangar.adapters.tables.detections import read_detections
from sangar.adapters.tables.files import write_table
from sangar.core.detections import DETECTION
from sangar.core.errors import ConfigurationError, PortError
from sangar.core.targets import TargetClass, TrackStatus
from sangar.pipeline.pipeline import Pipeline
from sangar.pipeline.ports import Batch
from sangar.scenario.site import load_site
from sangar.service.track import TrackRequest, run_track
from sangar.service.tracking_run import track_batches, with_pauses
from sangar.tracking.workspace import BATCH_CAPACITY

SITE = """
[site]
name = "Test"
latitude_deg = 33.7
longitude_deg = 42.4

[[sensor]]
id = "radar"
kind = "radar"
measures = ["range", "azimuth", "elevation"]
east_m = 0.0
north_m = 0.0
up_m = 0.0
period_s = 1.0
accuracy = { range_m = 10.0, azimuth_deg = 0.2, elevation_deg = 0.2 }
coverage = { max_range_m = 20000.0, detection_probability = 0.95, false_alarms_per_scan = 0.1 }
"""

SCANS = 60
FIRST_M = {"alpha": (-6000.0, 4000.0, 300.0), "bravo": (5000.0, -7000.0, 500.0)}
VELOCITY_MPS = {"alpha": (45.0, 5.0, 0.0), "bravo": (-30.0, 40.0, 1.0)}


def position_m(target, time_s):
    return np.add(FIRST_M[target], np.multiply(VELOCITY_MPS[target], time_s))


@pytest.fixture
def recording(tmp_path):
    """Two drones on straight courses, seen by one radar with its stated noise, labels and truth beside."""
    random = np.random.default_rng(7)
    plots, truth = [], []
    for scan in range(SCANS):
        for target in FIRST_M:
            east_m, north_m, up_m = position_m(target, float(scan))
            range_m = math.hypot(east_m, north_m, up_m)
            plots.append(
                {
                    "time_s": float(scan),
                    "sensor": "radar",
                    "range_m": range_m + 10.0 * random.standard_normal(),
                    "azimuth_rad": math.atan2(east_m, north_m) + math.radians(0.2) * random.standard_normal(),
                    "elevation_rad": math.asin(up_m / range_m) + math.radians(0.2) * random.standard_normal(),
                    "target": target,
                }
            )
            if scan >= 10:
                row = {"time_s": float(scan), "target": target, "east_m": east_m, "north_m": north_m, "up_m": up_m}
                truth.append(row)
    files = {name: tmp_path / f"{name}.parquet" for name in ("plots", "truth")}
    write_table(pl.DataFrame(plots), files["plots"])
    write_table(pl.DataFrame(truth), files["truth"])
    (tmp_path / "site.toml").write_text(SITE, encoding="utf-8")
    return tmp_path


def request(folder, **changes):
    standard = {"site": folder / "site.toml", "detections": folder / "plots.parquet", "out": folder / "out"}
    return TrackRequest(**(standard | changes))


def read(folder, name):
    return json.loads((folder / "out" / name).read_text())


def test_two_drones_give_two_pure_tracks_close_to_the_truth(recording):
    assert run_track(request(recording, truth=recording / "truth.parquet")) == 0
    metrics = read(recording, "metrics.json")
    assert metrics["confirmed_tracks"] == 2
    assert metrics["purity"]["labels"] == "target"
    assert metrics["purity"]["purity"]["value"] == 1.0
    assert metrics["purity"]["purity"]["n"] >= 2 * (SCANS - 5)
    assert metrics["purity"]["tracks_per_target"] == 1.0
    assert metrics["gospa"]["n_scans"] == SCANS - 10
    assert metrics["gospa"]["missed_fraction"] == metrics["gospa"]["false_per_scan"] == 0.0
    assert metrics["gospa"]["identity_switches"] == 0
    assert metrics["gospa"]["localisation_rms_m"] < 50.0  # the noise across is some 25 m
    assert metrics["ospa2"]["largest_m"] < 100.0
    assert metrics["siap"]["completeness"] == metrics["siap"]["longest_track_segment_share"] == 1.0
    assert metrics["siap"]["spuriousness"] == metrics["siap"]["track_number_change_rate_hz"] == 0.0
    assert metrics["siap"]["velocity_accuracy_mps"] < 20.0
    assert (metrics["clear_mot"]["mota"], metrics["clear_mot"]["truths"]) == (1.0, 2 * (SCANS - 10))
    assert metrics["latency_ms"]["n"] == metrics["batches"] == SCANS


def test_the_tracks_table_follows_the_truth_and_names_the_detection_of_each_row(recording):
    run_track(request(recording))
    tracks = pl.read_parquet(recording / "out" / "tracks.parquet")
    plots = pl.read_parquet(recording / "plots.parquet")
    seen = tracks.drop_nulls("detection").filter(pl.col("status") == "confirmed")
    assert seen.height >= 2 * (SCANS - 5)
    for row in seen.rows(named=True):
        plot = plots.row(row["detection"], named=True)
        assert plot["time_s"] == row["time_s"]
        away_m = np.linalg.norm(
            position_m(plot["target"], row["time_s"]) - [row["east_m"], row["north_m"], row["up_m"]]
        )
        assert away_m < 150.0
    classes = tracks.select(name for name in tracks.columns if name.startswith("p_"))
    judged = classes.filter(tracks["status"] != "tentative")
    np.testing.assert_allclose(judged.sum_horizontal().to_numpy(), 1.0, atol=1e-9)
    assert classes.filter(tracks["status"] == "tentative").null_count().sum_horizontal().item() == 4 * classes.width


def test_the_command_says_what_the_pipeline_says_when_stepped_by_hand(recording):
    run_track(request(recording))
    site = load_site(recording / "site.toml")
    table = read_detections(recording / "plots.parquet", site)
    pipeline = Pipeline(site)
    updates = np.concatenate([pipeline.step(batch).updates for batch in batches_of(table, np.array([1.0]))])
    written = pl.read_parquet(recording / "out" / "tracks.parquet")
    np.testing.assert_array_equal(written["east_m"].to_numpy(), updates["mean"][:, 0])
    np.testing.assert_array_equal(written["existence"].to_numpy(), updates["existence"])


def test_the_same_recording_gives_the_same_bytes_twice(recording):
    run_track(request(recording))
    run_track(request(recording, out=recording / "again"))
    first, again = (pl.read_parquet(recording / folder / "tracks.parquet") for folder in ("out", "again"))
    assert first.equals(again, null_equal=True)


def test_the_tracker_does_not_see_who_the_targets_are(recording):
    run_track(request(recording))
    with_labels = pl.read_parquet(recording / "out" / "tracks.parquet")
    plots = pl.read_parquet(recording / "plots.parquet")
    write_table(plots.drop("target"), recording / "plots.parquet")
    run_track(request(recording))
    assert pl.read_parquet(recording / "out" / "tracks.parquet").equals(with_labels, null_equal=True)
    assert "purity" not in read(recording, "metrics.json")


def test_a_damaged_table_is_tracked_and_the_damage_is_counted(recording):
    plots = pl.read_parquet(recording / "plots.parquet")
    damage = pl.DataFrame(
        {
            "time_s": [float("nan"), 5.0, 6.0],
            "sensor": ["radar"] * 3,
            "range_m": [1000.0, None, 4000.0],
            "azimuth_rad": [0.1, None, 200.0],
            "elevation_rad": [0.1, None, 0.1],
            "target": [None] * 3,
        },
        schema=plots.schema,
    )
    write_table(pl.concat([plots[60:], damage, plots[:60]]), recording / "plots.parquet")
    assert run_track(request(recording)) == 0
    metrics = read(recording, "metrics.json")
    counts = metrics["detections"]
    assert (counts["without_time"], counts["without_measurement"], counts["out_of_bounds"]) == (1, 1, 1)
    assert (counts["rejected"], counts["out_of_order"], counts["accepted"]) == (3, 60, 120)
    assert metrics["confirmed_tracks"] == 2


def test_the_summary_tells_the_lives_of_the_tracks_and_leaves_open_what_nobody_knows(recording):
    run_track(request(recording))
    summary = read(recording, "summary.json")
    assert (summary["first_detection_s"], summary["last_detection_s"]) == (0.0, SCANS - 1.0)
    assert summary["threats"] is summary["stopped"] is None
    assert summary["zones_warned"] == []
    for life in summary["tracks"]:
        assert life["class"] in {target_class.name.lower() for target_class in TargetClass}
        assert 0.0 < life["probability"] <= 1.0
        assert all(" over " in words for words in life["evidence"])
        assert life["confirmed_s"] < 10.0
        assert life["last_detection_s"] >= SCANS - 3.0
        assert life["dropped_s"] is None
        assert life["detections"] >= SCANS - 10


def test_a_track_that_flew_away_has_an_end(recording):
    plots = pl.read_parquet(recording / "plots.parquet")
    gone = plots.filter((pl.col("target") == "bravo") | (pl.col("time_s") < 20.0))
    write_table(gone, recording / "plots.parquet")
    run_track(request(recording))
    lives = sorted(read(recording, "summary.json")["tracks"], key=lambda life: life["last_detection_s"])
    assert lives[0]["last_detection_s"] == pytest.approx(19.0, abs=2.0)
    assert 20.0 < lives[0]["dropped_s"] < SCANS
    tracks = pl.read_parquet(recording / "out" / "tracks.parquet").filter(pl.col("track") == lives[0]["track"])
    assert tracks["time_s"].to_numpy().max() <= lives[0]["dropped_s"]
    assert set(tracks["status"].to_list()) <= {status.name.lower() for status in TrackStatus}


def test_the_answer_for_programs_is_the_metrics(recording, capsys):
    run_track(request(recording, json=True))
    answer = json.loads(capsys.readouterr().out)
    out = answer.pop("out")
    assert out == str(recording / "out")
    assert answer == read(recording, "metrics.json")


def test_the_answer_for_people_is_short_and_has_the_interval(recording, capsys):
    run_track(request(recording))
    said = capsys.readouterr().out
    assert "2 confirmed tracks" in said
    assert "purity 1.0000 [" in said
    assert "(n = " in said
    assert len(said.splitlines()) < 10


def test_an_unknown_sensor_stops_the_run_before_anything_is_written(recording):
    plots = pl.read_parquet(recording / "plots.parquet").with_columns(sensor=pl.lit("other"))
    write_table(plots, recording / "plots.parquet")
    with pytest.raises(ConfigurationError, match="'other' in row 0 is no sensor of the site"):
        run_track(request(recording))
    assert not (recording / "out").exists()


def test_a_file_in_the_place_of_the_folder_is_refused(recording):
    (recording / "out").write_text("in the way")
    with pytest.raises(ConfigurationError, match="is a file; name a folder"):
        run_track(request(recording))
    with pytest.raises(PortError, match="cannot be made"):
        run_track(request(recording, out=recording / "out" / "below"))


def test_a_truth_table_without_the_target_column_is_refused(recording):
    write_table(pl.DataFrame({"time_s": [1.0], "east_m": [0.0], "north_m": [0.0], "up_m": [0.0]}), recording / "t.csv")
    with pytest.raises(ConfigurationError, match=r"t\.csv: target: the column is missing"):
        run_track(request(recording, truth=recording / "t.csv"))


def test_a_pause_ends_with_a_tick_so_that_the_first_report_after_it_is_used():
    def batch(time_s):
        records = np.zeros(1, DETECTION)
        records["time_s"] = time_s
        return Batch(time_s, 0, records)

    paused = list(with_pauses([batch(0.0), batch(1.0), batch(3600.0), batch(3601.0)]))
    assert [(one.time_s, one.sensor, len(one.detections)) for one in paused] == [
        (0.0, 0, 1),
        (1.0, 0, 1),
        (3600.0, -1, 0),
        (3600.0, 0, 1),
        (3601.0, 0, 1),
    ]


NEIGHBOUR = """
[[sensor]]
id = "neighbour"
kind = "tracker"
latitude_deg = 33.7
longitude_deg = 42.4
altitude_m = 0.0
"""


def test_the_tracks_of_one_site_are_the_reports_of_another(recording, tmp_path, capsys):
    first, second, site = tmp_path / "first", tmp_path / "second", tmp_path / "neighbour.toml"
    run_track(request(recording, out=first))
    site.write_text(SITE.split("[[sensor]]", maxsplit=1)[0] + NEIGHBOUR)
    run_track(TrackRequest(site=site, track_reports=first / "tracks.parquet", out=second))
    metrics = json.loads((second / "metrics.json").read_text())
    assert metrics["confirmed_tracks"] == 2
    assert metrics["track_reports"]["rejected"] == 0
    theirs, ours = (pl.read_parquet(folder / "tracks.parquet") for folder in (first, second))
    last = theirs["time_s"].max()
    there = theirs.filter(pl.col("time_s") == last).sort("east_m")
    here = ours.filter(pl.col("time_s") == last).sort("east_m")
    np.testing.assert_allclose(here["east_m"], there["east_m"], atol=5.0)
    np.testing.assert_allclose(here["cov_east_east_m2"], there["cov_east_east_m2"], rtol=0.1)
    assert here["detection"].null_count() == here.height


def test_detections_and_reports_make_one_picture(recording, tmp_path, capsys):
    first, both, site = tmp_path / "first", tmp_path / "both", tmp_path / "both.toml"
    run_track(request(recording, out=first))
    site.write_text(SITE + NEIGHBOUR)
    tables = {"detections": request(recording).detections, "track_reports": first / "tracks.parquet"}
    run_track(TrackRequest(site=site, out=both, **tables))
    assert json.loads((both / "metrics.json").read_text())["confirmed_tracks"] == 2


def test_a_run_needs_something_to_track(recording, tmp_path):
    with pytest.raises(ConfigurationError, match="neither detections nor track reports"):
        run_track(request(recording, detections=None))


def test_a_batch_larger_than_the_tables_is_tracked_in_parts(tmp_path):
    site_file = tmp_path / "site.toml"
    site_file.write_text(SITE, encoding="utf-8")
    records = np.zeros(BATCH_CAPACITY + 5, DETECTION)
    records["measured"] = np.nan  # nothing measured: each is rejected and counted
    run = track_batches(load_site(site_file), [Batch(0.0, 0, records)])
    assert run.degradations["not_usable"] == len(records)
