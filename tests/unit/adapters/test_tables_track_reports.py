"""The table of track reports: into the site's frame, with what accuracy, and what is refused."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose
from pyproj import Transformer

from sangar.adapters.tables.track_reports import report_batches, track_reports_of
from sangar.adapters.tables.tracks import COVARIANCE_COLUMNS
from sangar.core.errors import ConfigurationError
from sangar.core.targets import StandardIdentity
from sangar.core.track_reports import ReportStatus
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings
from tests.unit.tracking.oracles import covariance_like, full, pack

SITE_TEXT = """
[site]
name = "Fort"
latitude_deg = 41.0
longitude_deg = 2.0
altitude_m = 50.0

[[sensor]]
id = "radar"
kind = "radar"
east_m = 0.0
north_m = 0.0
up_m = 0.0

[[sensor]]
id = "neighbour"
kind = "tracker"
latitude_deg = 42.5
longitude_deg = 4.0
altitude_m = 300.0
{accuracy}
"""
PATH = Path("reports.csv")
ROW = {"time_s": 5.0, "track": 12, "latitude_deg": 41.2, "longitude_deg": 2.3, "altitude_m": 1500.0}
VELOCITY = {"east_mps": 120.0, "north_mps": -40.0, "up_mps": 3.0}


def site(accuracy=""):
    return parse_settings(SITE_TEXT.format(accuracy=accuracy), Site, "site")


def read(*rows, accuracy="", **more):
    return track_reports_of(pl.DataFrame([{**row, **more} for row in rows]), PATH, site(accuracy))


def ecef_velocity(latitude_deg, longitude_deg, velocity_mps):
    """A local east, north, up velocity in Earth-centred axes, by PROJ's topocentric conversion."""
    inverse = Transformer.from_pipeline(
        f"+proj=pipeline +step +inv +proj=topocentric +ellps=WGS84 +lon_0={longitude_deg} +lat_0={latitude_deg} +h_0=0"
    )
    start, end = (np.array(inverse.transform(*point)) for point in (np.zeros(3), np.asarray(velocity_mps)))
    return end - start


def test_position_is_turned_into_the_sites_frame():
    (record,) = read(ROW).reports
    expected = site().frame.enu_from_geodetic(np.array([[41.2, 2.3, 1500.0]]))[0]
    assert_allclose(record["mean"][:3], expected)
    assert np.isnan(record["mean"][3:]).all()
    assert record["number"] == 12
    assert record["status"] == ReportStatus.CONFIRMED
    assert record["identity"] == StandardIdentity.PENDING


def test_velocity_is_turned_from_the_sources_axes_through_the_earths():
    (record,) = read({**ROW, **VELOCITY}).reports
    here = ecef_velocity(42.5, 4.0, list(VELOCITY.values()))
    axes = np.column_stack([ecef_velocity(41.0, 2.0, axis) for axis in np.eye(3)])
    assert_allclose(record["mean"][3:], np.linalg.solve(axes, here), atol=1e-6)
    assert abs(record["mean"][4] - VELOCITY["north_mps"]) > 1.0, "two degrees of longitude turn north by a degree"


def test_a_covariance_is_turned_too_and_otherwise_as_stated():
    stated = covariance_like(np.random.default_rng(1), np.array([50.0, 60.0, 70.0, 5.0, 6.0, 7.0]))
    (record,) = read({**ROW, **VELOCITY, **dict(zip(COVARIANCE_COLUMNS, pack(stated), strict=True))}).reports
    read_back = full(record["covariance"])
    assert_allclose(np.linalg.eigvalsh(read_back[:3, :3]), np.linalg.eigvalsh(stated[:3, :3]), rtol=1e-9)
    assert_allclose(np.linalg.eigvalsh(read_back), np.linalg.eigvalsh(stated), rtol=1e-9)


def test_where_nothing_is_said_of_accuracy_the_site_says_it():
    (record,) = read({**ROW, **VELOCITY}).reports
    assert_allclose(np.sqrt(np.diag(full(record["covariance"]))), [50.0, 50.0, 50.0, 10.0, 10.0, 10.0], rtol=1e-6)


def test_nobody_is_believed_to_be_better_than_the_site_file_states():
    accuracy = "accuracy = { horizontal_m = 30.0, altitude_m = 40.0, velocity_mps = 4.0 }"
    stated = {"sigma_east_m": 1.0, "sigma_north_m": 90.0, "sigma_altitude_m": 1.0, "sigma_up_mps": 0.0}
    (record,) = read({**ROW, **VELOCITY, **stated}, accuracy=accuracy).reports
    sigma = np.sqrt(np.diag(full(record["covariance"])))
    assert_allclose(sigma, [30.0, 90.0, 40.0, 4.0, 4.0, 4.0], rtol=0.05)


def test_a_report_without_height_has_none():
    (record,) = read({**ROW, "altitude_m": None}).reports
    assert np.isnan(record["mean"][2])
    assert np.isfinite(record["mean"][:2]).all()


def test_level_velocity_stays_without_a_climb():
    (record,) = read({**ROW, "east_mps": 100.0, "north_mps": 0.0}).reports
    assert np.isnan(record["mean"][5])
    assert np.hypot(*record["mean"][3:5]) == pytest.approx(100.0, rel=1e-3)


def test_rows_without_time_number_or_place_are_counted():
    table = read(ROW, {**ROW, "time_s": None}, {**ROW, "track": None}, {**ROW, "latitude_deg": 95.0})
    assert len(table.reports) == 1
    assert table.rejected == 3


def test_an_end_needs_no_place():
    (record,) = read({**ROW, "latitude_deg": None, "longitude_deg": None, "status": "ended"}).reports
    assert record["status"] == ReportStatus.ENDED


def test_batches_are_in_order_of_time_and_apart_by_source():
    rows = [{**ROW, "time_s": time_s, "track": k} for k, time_s in enumerate((3.0, 1.0, 1.02, 2.0))]
    batches = list(report_batches(read(*rows)))
    assert [batch.time_s for batch in batches] == [1.02, 2.0, 3.0]
    assert [len(batch.reports) for batch in batches] == [2, 1, 1]
    assert {batch.sensor for batch in batches} == {1}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({**ROW, "sensor": "radar"}, "reports no tracks to the site"),
        ({**ROW, "sensor": None}, "reports no tracks to the site"),
        ({**ROW, "status": "alive"}, "is not one of"),
        ({**ROW, "identity": "FRIEND"}, "is not one of"),
        ({**ROW, "time_s": None}, "not one row"),
        ({"time_s": 1.0, "track": 1}, "the column is missing"),
        ({**ROW, "track": "A7"}, "is not a number"),
    ],
)
def test_what_cannot_be_meant_stops_with_a_sentence(row, problem):
    with pytest.raises(ConfigurationError, match=problem):
        read(row)


def test_a_site_without_a_tracker_says_so():
    text = SITE_TEXT.format(accuracy="").split("[[sensor]]")
    with pytest.raises(ConfigurationError, match="not one source of reports but 0"):
        track_reports_of(pl.DataFrame([ROW]), PATH, parse_settings("[[sensor]]".join(text[:2]), Site, "site"))
