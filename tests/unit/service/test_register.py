"""The command from files to files: what was put in is found, what cannot be is said."""

import json
import math
import tomllib

import numpy as np
import polars as pl
import pytest

from sangar.core.errors import ConfigurationError
from sangar.scenario.site import load_site
from sangar.service.register import RegisterRequest, run_register
from tests.unit.service.reference_flight import (
    CAMERA_AXES_DEG,
    CAMERA_LATE_S,
    FINDER_BIAS_RAD,
    RADAR_BIAS,
    REPORTS_LATE_S,
    SITE,
    camera_plots,
    finder_plots,
    position_reports,
    proving_ground,
    radar_plots,
    write_flight,
)


def register(folder, *tables, json=False, **options):
    """Run the command; exit code and the new site."""
    site, detections, reference = write_flight(folder, *tables, **options)
    out = folder / "new.toml"
    code = run_register(RegisterRequest(site=site, detections=detections, reference=reference, out=out, json=json))
    return code, load_site(out)


@pytest.fixture
def all_sensors():
    site, random = proving_ground(), np.random.default_rng(11)
    return [make(site, random) for make in (radar_plots, camera_plots, finder_plots, position_reports)]


def test_every_sensors_error_is_found_to_within_four_sigma(tmp_path, all_sensors):
    code, site = register(tmp_path, *all_sensors)
    radar, camera, finder, reports = site.sensors
    assert code == 0
    assert (np.abs(np.array(radar.bias.values) - RADAR_BIAS) <= 4.0 * np.array(radar.bias_sigma)).all()
    assert radar.bias_sigma[0] < 2.0
    assert radar.bias_sigma[3] < 0.1
    turned = camera.orientation
    assert (turned.azimuth_deg, turned.pitch_deg, turned.roll_deg) == pytest.approx(CAMERA_AXES_DEG, abs=0.05)
    assert camera.bias.time_s == pytest.approx(CAMERA_LATE_S, abs=0.02)
    assert finder.bias.values[1] == pytest.approx(FINDER_BIAS_RAD, abs=4.0 * finder.bias_sigma[1])
    assert reports.bias.time_s == pytest.approx(REPORTS_LATE_S, abs=4.0 * reports.bias_sigma[3])


def test_the_new_file_keeps_what_people_wrote(tmp_path, all_sensors):
    register(tmp_path, *all_sensors)
    text = (tmp_path / "new.toml").read_text(encoding="utf-8")
    for line in SITE.splitlines():
        if not line.startswith("orientation"):
            assert line in text.splitlines()
    old, new = tomllib.loads(SITE), tomllib.loads(text)
    assert new["zone"] == old["zone"]
    assert [sensor.pop("bias", None) is None for sensor in new["sensor"]] == [False] * 4


def test_registering_what_is_registered_finds_the_same_again(tmp_path, all_sensors):
    register(tmp_path, *all_sensors)
    again = tmp_path / "again.toml"
    request = RegisterRequest(
        site=tmp_path / "new.toml",
        detections=tmp_path / "plots.parquet",
        reference=tmp_path / "flight.csv",
        out=again,
    )
    assert run_register(request) == 0
    first, second = load_site(tmp_path / "new.toml"), load_site(again)
    assert np.array(second.sensors[0].bias.values) == pytest.approx(np.array(first.sensors[0].bias.values), rel=1e-2)
    assert again.read_text(encoding="utf-8").count("[sensor.bias]") == 4


def test_a_sensor_that_follows_no_flight_is_left_out_with_the_reason(tmp_path, all_sensors, capsys):
    random = np.random.default_rng(5)
    wrong = all_sensors[0].with_columns(azimuth_rad=pl.Series(random.uniform(-3.0, 3.0, all_sensors[0].height)))
    code, site = register(tmp_path, wrong, *all_sensors[1:])
    assert code == 1
    reason = site.sensors[0].left_out
    assert reason is not None
    assert "follow the flight" in reason
    assert [sensor.left_out for sensor in site.sensors[1:]] == [None] * 3
    assert f"radar: LEFT OUT; {reason}" in capsys.readouterr().out


def test_a_sensor_whose_error_changes_under_way_is_left_out(tmp_path, all_sensors):
    steady = all_sensors[0]
    moved = steady.with_columns(range_m=pl.col("range_m") + pl.when(pl.col("time_s") > 120.0).then(60.0).otherwise(0.0))
    code, site = register(tmp_path, moved, *all_sensors[1:])
    assert code == 1
    assert site.sensors[0].left_out is not None


def test_a_sensor_without_detections_is_kept_as_it_is(tmp_path, all_sensors, capsys):
    code, site = register(tmp_path, all_sensors[0])
    assert code == 0
    assert site.sensors[1:] == proving_ground().sensors[1:]
    assert "camera: kept as it is; no detections in the table" in capsys.readouterr().out


def test_a_flight_of_another_day_fits_no_sensor_and_nothing_is_written(tmp_path, all_sensors):
    site, detections, reference = write_flight(tmp_path, *all_sensors[:2])
    pl.read_csv(reference).with_columns(pl.col("time_s") + 86_400.0).write_csv(reference)
    request = RegisterRequest(site=site, detections=detections, reference=reference, out=tmp_path / "new.toml")
    with pytest.raises(ConfigurationError, match="no sensor saw this flight"):
        run_register(request)
    assert not (tmp_path / "new.toml").exists()


def test_a_flight_of_another_place_fits_no_sensor(tmp_path, all_sensors):
    site, detections, reference = write_flight(tmp_path, *all_sensors[:2])
    flight = pl.read_csv(reference)
    flight.with_columns(east_m=-0.3 * pl.col("north_m"), north_m=2.0 * pl.col("east_m") - 9000.0).write_csv(reference)
    request = RegisterRequest(site=site, detections=detections, reference=reference, out=tmp_path / "new.toml")
    with pytest.raises(ConfigurationError, match="fits no sensor"):
        run_register(request)


def test_the_site_file_itself_is_never_overwritten(tmp_path, all_sensors):
    site, detections, reference = write_flight(tmp_path, all_sensors[0])
    with pytest.raises(ConfigurationError, match="is the site file itself"):
        run_register(RegisterRequest(site=site, detections=detections, reference=reference, out=site))
    assert site.read_text(encoding="utf-8") == SITE


def test_programs_get_numbers(tmp_path, all_sensors, capsys):
    register(tmp_path, *all_sensors, json=True)
    answer = json.loads(capsys.readouterr().out)
    radar, camera = answer["sensors"][:2]
    assert radar["bias"]["range_m"]["value"] == pytest.approx(40.0, abs=5.0)
    assert camera["orientation_deg"][0] == pytest.approx(33.0, abs=0.1)
    assert math.isfinite(radar["bias"]["time_s"]["sigma"])
    assert radar["left_out"] is None


@pytest.mark.parametrize("columns", [["time_s"], ["east_m", "north_m", "up_m"]])
def test_a_reference_without_its_columns_is_refused(tmp_path, all_sensors, columns):
    site, detections, reference = write_flight(tmp_path, all_sensors[0])
    pl.read_csv(reference).drop(columns).write_csv(reference)
    with pytest.raises(ConfigurationError, match="the column is missing"):
        run_register(RegisterRequest(site=site, detections=detections, reference=reference, out=tmp_path / "new.toml"))


def test_a_reference_of_two_bodies_is_refused(tmp_path, all_sensors):
    site, detections, reference = write_flight(tmp_path, all_sensors[0])
    flight = pl.read_csv(reference)
    pl.concat([flight, flight.with_columns(target=pl.lit("other"))]).write_csv(reference)
    with pytest.raises(ConfigurationError, match="has 2 targets"):
        run_register(RegisterRequest(site=site, detections=detections, reference=reference, out=tmp_path / "new.toml"))
