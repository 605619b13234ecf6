import numpy as np
import polars as pl
import pytest

from sangar.adapters.tables.files import write_table
from sangar.adapters.tables.truth import labels_of, read_labels, read_truth
from sangar.core.errors import ConfigurationError
from tests.unit.adapters.table_samples import plots, small_site

TRUTH = {"time_s": [2.0, 1.0, None], "target": ["b", "a", "a"], "east_m": [1.0, 2.0, 3.0], "north_m": [4.0, 5.0, 6.0],
         "up_m": [7.0, 8.0, 9.0]}  # fmt: skip


@pytest.fixture
def frame(tmp_path):
    return small_site(tmp_path).frame


def test_truth_comes_sorted_with_numbered_targets_and_counts_what_it_left_out(tmp_path, frame):
    write_table(pl.DataFrame(TRUTH), tmp_path / "truth.csv")
    truth = read_truth(tmp_path / "truth.csv", frame)
    assert truth.time_s.tolist() == [1.0, 2.0]
    assert [truth.names[number] for number in truth.target] == ["a", "b"]
    assert truth.position_m.tolist() == [[2.0, 5.0, 8.0], [1.0, 4.0, 7.0]]
    assert truth.rejected == 1


def test_truth_in_degrees_lands_where_truth_in_metres_does(tmp_path, frame):
    local = np.array([[1.0, 4.0, 7.0], [2000.0, 5.0, 800.0]])
    latitude_deg, longitude_deg, altitude_m = frame.geodetic_from_enu(local).T
    table = pl.DataFrame(
        {"time_s": [1.0, 2.0], "target": [17, 18], "latitude_deg": latitude_deg, "longitude_deg": longitude_deg,
         "altitude_m": altitude_m}
    )  # fmt: skip
    write_table(table, tmp_path / "truth.parquet")
    truth = read_truth(tmp_path / "truth.parquet", frame)
    np.testing.assert_allclose(truth.position_m, local, atol=1e-6)
    assert truth.names == ("17", "18")


@pytest.mark.parametrize("column", ["time_s", "target", "north_m"])
def test_a_missing_column_is_named(tmp_path, frame, column):
    write_table(pl.DataFrame(TRUTH).drop(column), tmp_path / "truth.csv")
    with pytest.raises(ConfigurationError, match="the column is missing"):
        read_truth(tmp_path / "truth.csv", frame)


def test_truth_without_one_whole_row_is_refused(tmp_path, frame):
    write_table(pl.DataFrame(TRUTH).with_columns(time_s=float("nan")), tmp_path / "truth.csv")
    with pytest.raises(ConfigurationError, match="not one row has time, target and position"):
        read_truth(tmp_path / "truth.csv", frame)


def test_labels_are_taken_from_the_target_or_the_mode_s_address(tmp_path):
    assert labels_of(plots()) is None
    by_address = labels_of(plots(mode_s_address=["ABCDEF", None, "123456"]))
    assert by_address is not None
    assert (by_address.column, by_address.names, by_address.target.tolist()) == (
        "mode_s_address", ("ABCDEF", "123456"), [0, -1, 1],
    )  # fmt: skip
    write_table(plots(mode_s_address=["ABCDEF", None, "123456"], target=["x", "x", "y"]), tmp_path / "plots.csv")
    by_target = read_labels(tmp_path / "plots.csv")
    assert by_target is not None
    assert (by_target.column, by_target.target.tolist()) == ("target", [0, 0, 1])
