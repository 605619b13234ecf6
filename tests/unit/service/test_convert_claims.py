"""`sangar convert adsb` and `remote-id`: recordings in, tables out that a tracking run reads as claims."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from sangar.adapters.tables.track_reports import read_track_reports
from sangar.core.claims import ClaimedCategory
from sangar.core.errors import ConfigurationError
from sangar.service.convert_claims import ConvertClaimsRequest, convert_claims
from tests.claim_scenes import ADS_B, REMOTE_ID, site_of
from tests.unit.adapters.test_adsb import TRACE
from tests.unit.adapters.test_remote_id import STANDING, capture


def recording(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_aircraft_become_claims_a_site_can_read(tmp_path, capsys):
    file, out = recording(tmp_path, "a.json", json.dumps(TRACE).encode()), tmp_path / "claims.parquet"
    assert convert_claims(ConvertClaimsRequest(kind="ads_b", file=file, out=out, sensor="adsb-1")) == 0
    said = capsys.readouterr().out
    assert "2 claims of 1 claimants" in said
    assert 'kind = "ads_b" with id = "adsb-1"' in said
    assert "on ground: 1" in said
    table = read_track_reports(out, site_of())
    assert table.sensor.tolist() == [ADS_B, ADS_B]
    assert table.reports["identity"].tolist() == [ClaimedCategory.NOT_TOLD, ClaimedCategory.LARGE]
    assert table.reports["number"].tolist() == [0xAC671B, 0xAC671B]
    assert np.sqrt(table.reports["covariance"][1, 0]) == pytest.approx(5.0)
    assert np.sqrt(table.reports["covariance"][0, 0]) == pytest.approx(50.0), "what the kind of source is worth"


def test_drones_become_claims_and_the_counts_come_as_json_too(tmp_path, capsys):
    file, out = recording(tmp_path, "a.pcapng", capture(STANDING)), tmp_path / "claims.csv"
    request = ConvertClaimsRequest(kind="remote_id", file=file, out=out, sensor="rid-1", json=True)
    assert convert_claims(request) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["claimants"], answer["counts"]["claims"]) == (1, 1)
    table = read_track_reports(out, site_of())
    assert table.sensor.tolist() == [REMOTE_ID]
    assert table.reports["identity"].tolist() == [ClaimedCategory.UNMANNED]
    assert np.isnan(table.reports["mean"][0, 2]), "it tells no height"


def test_a_category_that_is_none_stops_with_a_sentence(tmp_path):
    row = {"time_s": 1.0, "track": 1, "sensor": "adsb-1", "latitude_deg": 33.8, "longitude_deg": 42.4}
    out = tmp_path / "claims.csv"
    pl.DataFrame([{**row, "category": "balloon"}]).write_csv(out)
    with pytest.raises(ConfigurationError, match="'balloon' in row 0 is not one of not_told, light"):
        read_track_reports(out, site_of())
