import numpy as np
import polars as pl
import pytest

from sangar.adapters.tables.tracks import COVARIANCE_COLUMNS, impacts_table, tracks_table, write_impacts, write_tracks
from sangar.core.events import IMPACT, UPDATE
from sangar.core.targets import StandardIdentity, TargetClass, TrackStatus
from tests.unit.adapters.table_samples import small_site


@pytest.fixture
def frame(tmp_path):
    return small_site(tmp_path).frame


def updates():
    records = np.zeros(2, UPDATE)
    records["time_s"] = [1.0, 2.0]
    records["track"] = [7, 7]
    records["status"] = [TrackStatus.CONFIRMED, TrackStatus.COASTING]
    records["row"] = [42, -1]
    records["mean"] = np.arange(12.0).reshape(2, 6)
    records["covariance"] = np.arange(42.0).reshape(2, 21)
    records["existence"] = 0.75
    records["posterior"][:, TargetClass.FIXED_WING_DRONE] = 1.0
    records["identity"] = [StandardIdentity.PENDING, StandardIdentity.HOSTILE]
    return records


def test_the_tracks_table_has_the_columns_of_the_contract(frame):
    table = tracks_table(updates(), frame)
    assert table.columns[:13] == [
        "time_s", "track", "status", "detection", "east_m", "north_m", "up_m", "east_mps", "north_mps", "up_mps",
        "latitude_deg", "longitude_deg", "altitude_m",
    ]  # fmt: skip
    assert table["status"].to_list() == ["confirmed", "coasting"]
    assert table["identity"].to_list() == ["pending", "hostile"]
    assert table["p_fixed_wing_drone"].to_list() == [1.0, 1.0]
    assert table["p_rocket_artillery_mortar"].to_list() == [0.0, 0.0]


def test_the_detection_is_null_while_coasting(frame):
    assert tracks_table(updates(), frame)["detection"].to_list() == [42, None]


def test_covariance_columns_follow_the_packed_lower_triangle(frame):
    axes = ["east", "north", "up", "veast", "vnorth", "vup"]
    full = np.zeros((6, 6))
    table = tracks_table(updates(), frame)
    for name in COVARIANCE_COLUMNS:
        _, row, column, unit = name.split("_")
        assert unit == ["m2", "m2ps", "m2ps2"][(row[0] == "v") + (column[0] == "v")]
        full[axes.index(row), axes.index(column)] = table[name][0]
    rows, columns = np.tril_indices(6)
    np.testing.assert_array_equal(full[rows, columns], np.arange(21.0))


def test_positions_stand_in_both_frames(frame):
    table = tracks_table(updates(), frame)
    geodetic = table.select("latitude_deg", "longitude_deg", "altitude_m").to_numpy()
    np.testing.assert_allclose(frame.enu_from_geodetic(geodetic), updates()["mean"][:, :3], atol=1e-6)


def test_the_impacts_table_has_the_columns_of_the_contract(frame):
    impacts = np.zeros(1, IMPACT)
    impacts["time_s"], impacts["track"], impacts["east_m"], impacts["time_to_impact_s"] = 1.0, 3, 500.0, 12.5
    table = impacts_table(impacts, frame)
    assert table.columns == [
        "time_s", "track", "east_m", "north_m", "up_m", "latitude_deg", "longitude_deg", "altitude_m",
        "ellipse_major_m", "ellipse_minor_m", "ellipse_azimuth_rad", "time_to_impact_s", "impact_sigma_s",
    ]  # fmt: skip
    assert table["time_to_impact_s"].to_list() == [12.5]
    np.testing.assert_allclose(table["altitude_m"][0], 180.0, atol=0.03)


def test_a_run_without_tracks_or_impacts_still_writes_tables_with_their_columns(tmp_path, frame):
    write_tracks(np.zeros(0, UPDATE), frame, tmp_path / "tracks.parquet")
    write_impacts(np.zeros(0, IMPACT), frame, tmp_path / "impacts.csv")
    tracks, impacts = pl.read_parquet(tmp_path / "tracks.parquet"), pl.read_csv(tmp_path / "impacts.csv")
    assert (tracks.height, impacts.height) == (0, 0)
    assert tracks.columns == tracks_table(updates(), frame).columns
    assert tracks.schema == tracks_table(updates(), frame).schema
