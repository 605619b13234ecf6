import json
import math
from typing import Any

import polars as pl
import pytest

from sangar.adapters.tables.detections import read_detections
from sangar.core.errors import ConfigurationError, PortError
from sangar.scenario.site import load_site
from sangar.service.convert import ConvertRequest, convert_asterix
from sangar.service.convert_tracks import ConvertTracksRequest, convert_asterix_tracks
from tests.unit.adapters.asterix_samples import PLOT_RECORD, block, north_marker, plot
from tests.unit.adapters.test_asterix_system_tracks import record

PLACE: dict[str, Any] = {"latitude_deg": 41.3, "longitude_deg": 2.1, "altitude_m": 100.0}


@pytest.fixture
def recording(tmp_path):
    file = tmp_path / "radar.ast"
    file.write_bytes(
        block(48, PLOT_RECORD)
        + block(34, north_marker(rotation_s=4.0))
        + block(48, plot(time_of_day_s=28801.0, range_nm=50.0, azimuth_deg=180.0))
        + block(48, plot(descriptor="00"))
    )
    return file


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_recording_becomes_a_table_and_a_site_that_fit_together(tmp_path, recording, suffix):
    out, site_out = tmp_path / f"plots{suffix}", tmp_path / "made" / "site.toml"
    assert convert_asterix(ConvertRequest(file=recording, out=out, site_out=site_out, **PLACE)) == 0
    site = load_site(site_out)
    (sensor,) = site.sensors
    assert (sensor.id, sensor.look_period_s) == ("20-129", 4.0)
    assert sensor.range_limits_m[1] >= 50.0 * 1852.0
    table = read_detections(out, site)
    assert table.counts.accepted == 2
    assert table.detections["measured"][1, 1] == pytest.approx(math.pi)


def test_the_answer_for_programs_tells_what_was_left_out(tmp_path, recording, capsys):
    convert_asterix(ConvertRequest(file=recording, out=tmp_path / "plots.csv", json=True))
    answer = json.loads(capsys.readouterr().out)
    assert answer["counts"]["plots"] == 2
    assert answer["counts"]["extrapolated"] == 1
    assert answer["detection_types"] == {"mode-s-roll-call": 2}
    assert answer["mode_s_addresses"] == 1
    assert answer["site_out"] is None


def test_the_answer_for_people_names_the_file_the_radar_and_what_was_left_out(tmp_path, recording, capsys):
    convert_asterix(ConvertRequest(file=recording, out=tmp_path / "plots.csv"))
    said = capsys.readouterr().out
    assert "plots.csv: 2 detections of 1 radar" in said
    assert "20-129: 2 plots of range and azimuth and altitude, one turn in 4.00 s" in said
    assert "extrapolated: 1" in said


def test_a_radar_whose_turn_is_unknown_gets_a_usable_site(tmp_path, capsys):
    file, site_out = tmp_path / "one.ast", tmp_path / "site.toml"
    file.write_bytes(block(48, plot()))
    request = ConvertRequest(file=file, out=tmp_path / "plots.csv", site_out=site_out, json=True, **PLACE)
    assert convert_asterix(request) == 0
    assert load_site(site_out).sensors[0].look_period_s == 5.0
    assert json.loads(capsys.readouterr().out)["sensors"][0]["period_s"] is None


@pytest.mark.parametrize("missing", list(PLACE))
def test_a_site_without_the_radars_position_is_refused_before_the_work(tmp_path, recording, missing):
    place = {name: value for name, value in PLACE.items() if name != missing}
    request = ConvertRequest(file=recording, out=tmp_path / "plots.csv", site_out=tmp_path / "site.toml", **place)
    with pytest.raises(ConfigurationError, match=r"--\w+: is needed for a site file.*give the sensor's position"):
        convert_asterix(request)
    assert not (tmp_path / "plots.csv").exists()


@pytest.mark.parametrize(("name", "value"), [("latitude_deg", 95.0), ("longitude_deg", float("nan"))])
def test_a_position_off_the_globe_is_refused(tmp_path, recording, name, value):
    request = ConvertRequest(
        file=recording, out=tmp_path / "plots.csv", site_out=tmp_path / "site.toml", **(PLACE | {name: value})
    )
    with pytest.raises(ConfigurationError, match="is not between"):
        convert_asterix(request)


def test_the_recording_is_never_overwritten(tmp_path, recording):
    with pytest.raises(ConfigurationError, match="is a file to read"):
        convert_asterix(ConvertRequest(file=recording, out=recording))


def test_a_table_of_an_unknown_kind_is_refused(tmp_path, recording):
    with pytest.raises(ConfigurationError, match=r"use one of \.parquet, \.csv"):
        convert_asterix(ConvertRequest(file=recording, out=tmp_path / "plots.txt"))


def test_a_site_that_cannot_be_written_is_a_port_error(tmp_path, recording):
    request = ConvertRequest(
        file=recording, out=tmp_path / "plots.csv", site_out=recording / "below" / "site.toml", **PLACE
    )
    with pytest.raises(PortError, match="cannot be written"):
        convert_asterix(request)


def test_a_converted_table_keeps_identities_apart_from_what_is_measured(tmp_path, recording):
    convert_asterix(ConvertRequest(file=recording, out=tmp_path / "plots.parquet"))
    table = pl.read_parquet(tmp_path / "plots.parquet")
    assert table["mode_s_address"].to_list() == ["ABCDEF", None]
    assert table["radar_track"].to_list() == [291, None]


def test_system_tracks_become_a_table_of_reports(tmp_path, capsys):
    file, out = tmp_path / "system.ast", tmp_path / "reports.parquet"
    file.write_bytes(block(62, record()))
    assert convert_asterix_tracks(ConvertTracksRequest(file=file, out=out)) == 0
    assert "1 reports of 1 tracks of 25-100" in capsys.readouterr().out
    assert pl.read_parquet(out)["track"].to_list() == [291]
    assert convert_asterix_tracks(ConvertTracksRequest(file=file, out=out, json=True)) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["reports"] == 1


def test_system_tracks_are_not_written_over_their_recording(tmp_path):
    file = tmp_path / "system.csv"
    with pytest.raises(ConfigurationError, match="is a file to read"):
        convert_asterix_tracks(ConvertTracksRequest(file=file, out=file))
