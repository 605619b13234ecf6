import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangar.adapters.tables.detections import detections_of, read_detections, write_detections
from sangar.core.detections import ALTITUDE, AZIMUTH, EAST, ELEVATION, NO_CLASS, NORTH, RANGE, RANGE_RATE, UP
from sangar.core.errors import ConfigurationError, PortError
from sangar.core.targets import TargetClass
from tests.unit.adapters.table_samples import plots, small_site

FILE = Path("plots.csv")
NAN = float("nan")


@pytest.fixture
def site(tmp_path):
    return small_site(tmp_path)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_table_reads_back_as_it_was_written(tmp_path, site, suffix):
    file = tmp_path / f"plots{suffix}"
    write_detections(plots(snr_db=[10.5, None, 12.0]), file)
    table = read_detections(file, site)
    assert table.detections["time_s"].tolist() == [1.0, 2.0, 3.0]
    assert table.detections["row"].tolist() == [0, 1, 2]
    assert table.detections["measured"][:, RANGE].tolist() == [5000.0, 4990.0, 4980.0]
    assert np.isnan(table.detections["measured"][:, [RANGE_RATE, ALTITUDE, EAST, NORTH, UP]]).all()
    np.testing.assert_array_equal(table.detections["snr_db"], [10.5, NAN, 12.0])
    assert np.isnan(table.detections["rcs_dbsm"]).all()
    assert table.sensor.tolist() == [0, 0, 0]
    assert table.counts.accepted == table.counts.rows == 3
    assert not list(tmp_path.glob("*.unfinished"))


def test_accuracy_comes_from_the_site_in_radians(site):
    sigma = detections_of(plots(), FILE, site).detections["sigma"][0]
    assert sigma[RANGE] == 7.0
    assert sigma[AZIMUTH] == pytest.approx(math.radians(0.5))
    assert sigma[ELEVATION] == pytest.approx(math.radians(1.0))
    assert sigma[RANGE_RATE] == 2.0
    assert sigma[ALTITUDE] == 40.0


def test_a_rows_own_sigma_goes_before_the_sites(site):
    table = detections_of(plots(sigma_range_m=[1.5, None, 2.5], sigma_azimuth_rad=[0.001, 0.002, 0.003]), FILE, site)
    assert table.detections["sigma"][:, RANGE].tolist() == [1.5, 7.0, 2.5]
    assert table.detections["sigma"][:, AZIMUTH].tolist() == [0.001, 0.002, 0.003]
    assert table.counts.sigma_replaced == 0


def test_a_sigma_that_cannot_be_is_replaced_and_counted(site):
    table = detections_of(plots(sigma_range_m=[0.0, -3.0, float("inf")]), FILE, site)
    assert table.detections["sigma"][:, RANGE].tolist() == [7.0, 7.0, 7.0]
    assert table.counts.sigma_replaced == 3
    assert table.counts.accepted == 3


def test_rows_that_cannot_be_used_are_rejected_and_counted_each_for_one_reason(site):
    table = detections_of(
        plots(
            time_s=[1.0, NAN, float("inf"), None, 5.0, 6.0, 7.0, 8.0, 9.0],
            sensor=["north"] * 6 + [None, "north", "north"],
            range_m=[5000.0, 1.0, 1.0, 1.0, None, NAN, 100.0, float("inf"), -5.0],
            azimuth_rad=[0.1, 0.1, 0.1, 0.1, None, NAN, 0.1, 0.1, 0.1],
            elevation_rad=[0.1, 0.1, 0.1, 0.1, None, NAN, 0.1, 0.1, 0.1],
        ),
        FILE,
        site,
    )
    assert table.detections["row"].tolist() == [0]
    counts = table.counts
    assert (counts.without_time, counts.without_measurement, counts.without_sensor, counts.out_of_bounds) == (
        3,
        2,
        1,
        2,
    )
    assert counts.rejected == 8


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("azimuth_rad", 90.0),
        ("elevation_rad", 45.0),
        ("range_rate_mps", 1e6),
        ("altitude_m", -5000.0),
        ("range_m", 1e9),
    ],
)
def test_a_number_no_sensor_can_measure_rejects_its_row(site, column, value):
    table = detections_of(plots(**{column: [value, None, None]}), FILE, site)
    assert table.counts.out_of_bounds == 1
    assert 0 not in table.detections["row"]


def test_time_going_backwards_is_sorted_and_counted(site):
    table = detections_of(plots(time_s=[3.0, 1.0, 2.0]), FILE, site)
    assert table.detections["time_s"].tolist() == [1.0, 2.0, 3.0]
    assert table.detections["row"].tolist() == [1, 2, 0]
    assert table.counts.out_of_order == 2


def test_rows_of_one_time_keep_their_order_within_a_sensor(site):
    table = detections_of(
        plots(
            time_s=[1.0] * 4,
            sensor=["tower", "north", "tower", "north"],
            range_m=[None, 1.0, None, 2.0],
            azimuth_rad=[1.0] * 4,
            elevation_rad=[None] * 4,
        ),
        FILE,
        site,
    )
    assert table.detections["row"].tolist() == [1, 3, 0, 2]
    assert table.sensor.tolist() == [0, 0, 1, 1]
    assert table.counts.out_of_order == 0


def test_a_position_report_becomes_east_north_up_of_the_site(site):
    position_m = np.array([[3000.0, -4000.0, 250.0]])
    latitude_deg, longitude_deg, altitude_m = site.frame.geodetic_from_enu(position_m)[0]
    report = {"time_s": 1.0, "sensor": "adsb", "latitude_deg": latitude_deg, "longitude_deg": longitude_deg}
    table = detections_of(pl.DataFrame([report | {"altitude_m": altitude_m}]), FILE, site)
    measured, sigma = table.detections["measured"][0], table.detections["sigma"][0]
    np.testing.assert_allclose(measured[[EAST, NORTH, UP]], position_m[0], atol=1e-6)
    assert np.isnan(measured[[RANGE, AZIMUTH, ELEVATION, ALTITUDE]]).all()
    assert sigma[[EAST, NORTH, UP]].tolist() == [12.0, 12.0, 25.0]

    flat = detections_of(pl.DataFrame([report]), FILE, site).detections["measured"][0]
    assert np.isnan(flat[UP])
    np.testing.assert_allclose(flat[[EAST, NORTH]], position_m[0, :2], atol=0.2)


def test_half_a_position_is_no_measurement(site):
    table = detections_of(plots(latitude_deg=[33.7, None, None], range_m=[None, 1.0, 2.0], azimuth_rad=[None, 1.0, 1.0],
                                elevation_rad=[None, 0.0, 0.0]), FILE, site)  # fmt: skip
    assert table.counts.without_measurement == 1


def test_a_latitude_off_the_globe_rejects_its_row(site):
    table = detections_of(plots(latitude_deg=[133.7, None, None], longitude_deg=[42.0, None, None]), FILE, site)
    assert table.counts.out_of_bounds == 1


@pytest.mark.parametrize("column", ["time_s", "sensor"])
def test_a_missing_column_is_named_with_what_there_is(site, column):
    with pytest.raises(ConfigurationError) as caught:
        detections_of(plots().drop(column), FILE, site)
    assert caught.value.path == column
    assert str(caught.value).startswith(f"plots.csv: {column}: the column is missing (columns there: ")
    assert "'range_m'" in str(caught.value)


def test_an_unknown_sensor_is_named_with_those_the_site_has(site):
    with pytest.raises(ConfigurationError, match=r"'south' in row 1 .*it has: north, tower, adsb.*add it to the site"):
        detections_of(plots(sensor=["north", "south", "north"]), FILE, site)


def test_a_hostile_sensor_name_cannot_reach_the_terminal(site):
    with pytest.raises(ConfigurationError) as caught:
        detections_of(plots(sensor=["\x1b[2J\u202e" + "x" * 500, "north", "north"]), FILE, site)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def test_a_sensor_named_by_a_number_may_stand_as_a_number(tmp_path):
    file = tmp_path / "numbered.toml"
    file.write_text(
        '[site]\nname = "x"\nlatitude_deg = 1.0\nlongitude_deg = 2.0\n'
        '[[sensor]]\nid = "7"\nkind = "radar"\neast_m = 0.0\nnorth_m = 0.0\nup_m = 0.0\n'
    )
    from sangar.scenario.site import load_site

    table = detections_of(plots(sensor=[7, 7, 7]), FILE, load_site(file))
    assert table.counts.accepted == 3


def test_a_class_report_is_a_word_and_one_that_cannot_be_weighed_is_counted(site):
    table = detections_of(plots(class_report=["bird", None, "rotary_drone"]), FILE, site)
    assert table.detections["class_report"].tolist() == [TargetClass.BIRD, NO_CLASS, TargetClass.ROTARY_DRONE]
    assert table.counts.class_not_used == 2
    assert detections_of(plots(), FILE, site).detections["class_report"].tolist() == [NO_CLASS] * 3


def test_a_class_report_that_is_no_class_is_named_with_its_row(site):
    with pytest.raises(ConfigurationError, match="'drone' in row 1 is not one of"):
        detections_of(plots(class_report=["bird", "drone", "bird"]), FILE, site)


def test_text_in_a_column_of_numbers_is_named_with_its_row(site):
    with pytest.raises(ConfigurationError, match=r"range_m: 'far' in row 1 is not a number"):
        detections_of(plots(range_m=["5000.0", "far", ""]), FILE, site)


def test_numbers_written_as_text_are_numbers(site):
    table = detections_of(plots(range_m=["5000.0", " 4990 ", ""]), FILE, site)
    np.testing.assert_array_equal(table.detections["measured"][:, RANGE], [5000.0, 4990.0, NAN])


def test_a_column_of_another_type_is_refused(site):
    with pytest.raises(ConfigurationError, match=r"range_m: holds Boolean, not numbers"):
        detections_of(plots(range_m=[True, False, True]), FILE, site)


def test_a_table_without_one_usable_row_is_refused_with_the_reasons(site):
    with pytest.raises(
        ConfigurationError, match=r"not one row can be used \(rows 3, out_of_bounds 3\); check the units"
    ):
        detections_of(plots(azimuth_rad=[90.0, 91.0, 92.0]), FILE, site)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("plots.xlsx", b"x", "suffix '.xlsx' is not a table's"),
        ("plots.csv", None, "does not exist"),
        ("plots.csv", b"time_s,sensor\n", "has no rows"),
        ("plots.csv", b"", "cannot be read as csv"),
        ("plots.parquet", b"PAR1 not really", "cannot be read as parquet"),
        ("plots.csv", b"time_s,sensor\n1.0,\xff\xfe\x00\n", "cannot be read as csv"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path, site, name, content, problem):
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        read_detections(file, site)
    assert problem in str(caught.value)
    assert caught.value.mend


def test_a_folder_is_no_table(tmp_path, site):
    folder = tmp_path / "plots.parquet"
    folder.mkdir()
    with pytest.raises(ConfigurationError, match="is not a file"):
        read_detections(folder, site)


def test_a_table_that_cannot_be_written_is_a_port_error(tmp_path):
    (tmp_path / "taken").write_text("a file where a folder should be")
    with pytest.raises(PortError, match="cannot be written"):
        write_detections(plots(), tmp_path / "taken" / "plots.csv")


cells = st.one_of(st.none(), st.floats(), st.floats(-10.0, 10.0))


@given(
    st.lists(st.tuples(cells, st.sampled_from(["north", "tower", None]), cells, cells, cells), min_size=1, max_size=30)
)
def test_every_row_is_accepted_or_counted_once_and_what_is_accepted_is_sound(tmp_path_factory, rows):
    site = small_site(tmp_path_factory.getbasetemp())
    schema = {"time_s": pl.Float64, "sensor": pl.String, "range_m": pl.Float64, "azimuth_rad": pl.Float64,
              "sigma_range_m": pl.Float64}  # fmt: skip
    try:
        table = detections_of(pl.DataFrame(rows, schema=schema, orient="row"), FILE, site)
    except ConfigurationError as error:
        assert "not one row can be used" in str(error)  # noqa: PT017
        return
    counts = table.counts
    reasons = counts.without_time + counts.without_sensor + counts.without_measurement + counts.out_of_bounds
    assert counts.accepted + reasons == counts.rows == len(rows)
    measured, sigma = table.detections["measured"], table.detections["sigma"]
    assert np.isfinite(table.detections["time_s"]).all()
    assert (np.diff(table.detections["time_s"]) >= 0.0).all()
    assert (np.isfinite(measured) | np.isnan(measured)).all()
    assert (~np.isnan(measured)).any(axis=1).all()
    assert (np.isfinite(sigma) & (sigma > 0.0)).all()
    assert len(set(table.detections["row"].tolist())) == counts.accepted
