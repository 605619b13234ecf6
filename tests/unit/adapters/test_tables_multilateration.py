"""Recorded arrival times become a detections table; what cannot be used is counted."""

import json

import numpy as np
import polars as pl
import pytest

from sangar.adapters.tables.detections import detections_of
from sangar.adapters.tables.multilateration import COLUMNS, read_multilateration
from sangar.core.errors import ConfigurationError
from sangar.core.frames import enu_from_ecef_rotation
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings
from sangar.service.convert_arrivals import ConvertArrivalsRequest, convert_multilateration
from sangar.tracking.multilateration import Multilateration
from tests.unit.tracking.test_multilateration import EVERYONE, RECEIVERS_DEG_M, RECEIVERS_M, heard, place

SITE = """
[site]
name = "Here"
latitude_deg = 47.5
longitude_deg = 8.8

[[sensor]]
id = "multilateration"
kind = "cooperative"
east_m = 0.0
north_m = 0.0
up_m = 0.0
"""


def measurements(times_s, serials=None):
    serials = 100 + EVERYONE if serials is None else serials
    return json.dumps([[int(serial), round(time_s * 1e9), 50] for serial, time_s in zip(serials, times_s, strict=True)])


@pytest.fixture
def files(tmp_path):
    receivers = pl.DataFrame(RECEIVERS_DEG_M, schema=["latitude", "longitude", "height"], orient="row")
    receivers = receivers.with_columns(pl.Series("serial", 100 + EVERYONE), good=pl.lit("TRUE"))
    receivers.write_csv(tmp_path / "receivers.csv")
    rows = [
        {"measurements": measurements(heard(place())), "geoAltitude": 9500.0, "aircraft": "a"},
        {"measurements": measurements(heard(place())), "geoAltitude": None, "aircraft": "b"},
        {"measurements": "[[101, 5", "geoAltitude": 9500.0, "aircraft": "c"},
        {"measurements": None, "geoAltitude": 9500.0, "aircraft": "c"},
        {"measurements": measurements(heard(place())[:2], [100, 101]), "geoAltitude": 9500.0, "aircraft": "d"},
        {"measurements": measurements(heard(place()), [7] * 6), "geoAltitude": 9500.0, "aircraft": "d"},
        {"measurements": measurements(np.linspace(0.0, 1.0, 6)), "geoAltitude": 9500.0, "aircraft": "e"},
    ]
    pl.DataFrame(rows).write_csv(tmp_path / "heard.csv")
    return tmp_path


def test_transmissions_become_positions_and_the_rest_is_counted(files):
    recording = read_multilateration(files / "heard.csv", files / "receivers.csv")
    assert recording.positions.columns == list(COLUMNS)
    assert recording.counts.positions == 2
    assert (recording.counts.unreadable, recording.counts.too_few_receivers, recording.counts.no_fit) == (2, 2, 1)
    assert recording.positions["latitude_deg"].to_list() == pytest.approx([47.5, 47.5], abs=1e-4)
    assert recording.positions["time_s"].to_list() == pytest.approx([heard(place()).min()] * 2)


def test_three_sigmas_hide_no_correlation(files):
    row = read_multilateration(files / "heard.csv", files / "receivers.csv").positions.row(0, named=True)
    fix = Multilateration(RECEIVERS_M).locate(EVERYONE, heard(place()), 9500.0)
    assert fix is not None
    rotation = enu_from_ecef_rotation(row["latitude_deg"], row["longitude_deg"])
    stated = np.diag([row[name] ** 2 for name in ("sigma_east_m", "sigma_north_m", "sigma_altitude_m")])
    assert np.linalg.eigvalsh(stated - rotation @ fix.covariance_m2 @ rotation.T).min() > -1e-6


def test_the_table_is_a_detections_table_with_its_own_sigmas(files):
    positions = read_multilateration(files / "heard.csv", files / "receivers.csv").positions
    table = detections_of(positions, files / "positions", parse_settings(SITE, Site, "site"))
    assert table.counts.accepted == 2
    np.testing.assert_allclose(
        table.detections["sigma"][0, 5:8], positions.select("sigma_east_m", "sigma_north_m", "sigma_altitude_m").row(0)
    )


def test_receivers_that_are_not_good_are_not_used(files):
    receivers = pl.read_csv(files / "receivers.csv").with_columns(good=pl.lit("FALSE"))
    receivers.write_csv(files / "bad.csv")
    with pytest.raises(ConfigurationError, match="no receiver with a place"):
        read_multilateration(files / "heard.csv", files / "bad.csv")


def test_a_file_of_which_nothing_can_be_used_says_so(files):
    pl.DataFrame({"measurements": ["[]"]}).write_csv(files / "empty.csv")
    with pytest.raises(ConfigurationError, match="not one of 1 transmissions"):
        read_multilateration(files / "empty.csv", files / "receivers.csv")


def test_the_command_writes_the_table_and_says_what_was_left_out(files, capsys):
    request = {"file": files / "heard.csv", "receivers": files / "receivers.csv", "out": files / "out.parquet"}
    assert convert_multilateration(ConvertArrivalsRequest(**request)) == 0
    said = capsys.readouterr().out
    assert "2 positions by 6 receivers" in said
    assert "no fit: 1" in said
    assert pl.read_parquet(files / "out.parquet").height == 2
    assert convert_multilateration(ConvertArrivalsRequest(**request, json=True)) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["positions"] == 2


def test_the_command_does_not_write_over_what_it_reads(files):
    request = {"file": files / "heard.csv", "receivers": files / "receivers.csv", "out": files / "receivers.csv"}
    with pytest.raises(ConfigurationError, match="is a file to read"):
        convert_multilateration(ConvertArrivalsRequest(**request))
