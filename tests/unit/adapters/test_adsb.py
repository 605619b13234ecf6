"""ADS-B recordings in JSON: units end at the edge, accuracy codes become sigmas, nonsense is counted."""

import gzip
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangar.adapters.adsb.recording import read_adsb
from sangar.core.errors import ConfigurationError

START_S = 1_738_703_622.0
POINT = [8.96, 16.795675, -88.045513, 32000, 482.0, 90.0, 0, -600, None, "adsb_icao", 33825, 32, 280, 0.0]
TRACE = {
    "icao": "ac671b",
    "timestamp": START_S,
    "trace": [
        [0.0, 16.777359, -88.036868, 32000, 478.6, 327.8, 1, 0, None, "adsb_icao", 33825, 32, 280, 0.0],
        POINT,
        [26.89, 16.833336, -88.05998, 32000, 483.3, 340.7, 0, 0,
         {"flight": "DAL1812 ", "nac_p": 10, "nac_v": 2, "category": "A3"}, "adsb_icao", None, 32, 279, -0.9],
        [40.0, 16.9, -88.1, "ground", 10.0, 340.7, 0, 0, None, "adsb_icao", None, None, None, None],
        [50.0, None, None, 32000, None, None, 0, None, None],
        ["x", 1, 2], 7,
    ],
}  # fmt: skip


def read(tmp_path, content, lines=False, squeezed=False):
    text = "\n".join(json.dumps(part) for part in content) if lines else json.dumps(content)
    data = text.encode()
    file = tmp_path / "a.json"
    file.write_bytes(gzip.compress(data) if squeezed else data)
    return read_adsb(file, "adsb-1")


@pytest.mark.parametrize("squeezed", [False, True])
def test_a_trace_becomes_claims_in_si_units(tmp_path, squeezed):
    read_back = read(tmp_path, TRACE, squeezed=squeezed)
    assert read_back.counts._asdict() == {
        "states": 7, "malformed": 2, "without_place": 2, "on_ground": 1, "repeated": 0, "claims": 2,
    }  # fmt: skip
    first, second = read_back.claims.rows(named=True)
    assert first["time_s"] == pytest.approx((START_S + 8.96) % 86_400.0)
    assert (first["track"], first["category"], first["identifier"]) == (0xAC671B, "not_told", None)
    assert first["altitude_m"] == pytest.approx(33825 * 0.3048)
    assert (first["east_mps"], first["up_mps"]) == pytest.approx((482.0 * 1852.0 / 3600.0, -600 * 0.3048 / 60.0))
    assert abs(first["north_mps"]) < 1e-9
    assert (second["category"], second["identifier"]) == ("large", "DAL1812")
    assert (second["sigma_east_m"], second["sigma_north_mps"]) == (5.0, 1.5)
    assert second["altitude_m"] == pytest.approx(32000 * 0.3048)


AIRCRAFT = {
    "now": START_S,
    "aircraft": [
        {"hex": "4bb853", "lat": 41.0, "lon": 28.0, "alt_baro": 3000, "gs": 100.0, "track": 180.0, "seen_pos": 2.5},
        {"hex": "~2bb853", "lat": 41.0, "lon": 28.0, "seen_pos": 90.0},
        {"hex": "4bb854", "flight": "NOBODY"},
        {"hex": "xyz", "lat": 41.0, "lon": 28.0},
        {"hex": "4bb855", "lat": 95.0, "lon": 28.0},
        5,
    ],
}


def test_aircraft_json_tells_how_old_its_positions_are(tmp_path):
    read_back = read(tmp_path, AIRCRAFT)
    assert read_back.counts._asdict() == {
        "states": 6, "malformed": 2, "without_place": 3, "on_ground": 0, "repeated": 0, "claims": 1,
    }  # fmt: skip
    (row,) = read_back.claims.rows(named=True)
    assert row["time_s"] == pytest.approx((START_S - 2.5) % 86_400.0)
    assert row["north_mps"] == pytest.approx(-100.0 * 1852.0 / 3600.0)
    assert row["altitude_m"] == pytest.approx(3000 * 0.3048)


def test_one_aircraft_a_line(tmp_path):
    lines = [{"now": START_S + k, "hex": "4bb853", "lat": 41.0 + 0.01 * k, "lon": 28.0} for k in range(3)]
    read_back = read(tmp_path, [*lines, {"not": "one"}], lines=True)
    assert (read_back.counts.claims, read_back.counts.malformed) == (3, 1)


@pytest.mark.parametrize("is_by_column", [False, True])
def test_state_vectors_by_row_and_by_column(tmp_path, is_by_column):
    rows = [
        {"timestamp": 1000.0 * (START_S + k), "icao24": "0101de", "latitude": 48.0, "longitude": 2.0 + 0.01 * k,
         "altitude": 400.0, "groundspeed": 100.0, "track": 0.0, "vertical_rate": None,
         "last_position": 1000.0 * (START_S + k - 0.5 * (k < 2)), "callsign": "MSR799"}
        for k in range(3)
    ]  # fmt: skip
    rows[2]["last_position"] = rows[1]["last_position"]
    content = {name: {str(k): row[name] for k, row in enumerate(rows)} for name in rows[0]} if is_by_column else rows
    read_back = read(tmp_path, content)
    assert (read_back.counts.claims, read_back.counts.repeated) == (2, 1)
    assert read_back.claims["time_s"][0] == pytest.approx((START_S - 0.5) % 86_400.0)
    assert read_back.claims["up_mps"][0] is None


def test_who_is_under_way_and_says_the_same_again_says_nothing_new(tmp_path):
    row = {
        "icao24": "0101de",
        "latitude": 48.0,
        "longitude": 2.0,
        "altitude": 400.0,
        "groundspeed": 100.0,
        "track": 0.0,
    }
    rows = [{**row, "timestamp": 1000.0 * (START_S + k)} for k in range(5)]
    rows.append({**row, "timestamp": 1000.0 * (START_S + 5), "latitude": 48.001})
    read_back = read(tmp_path, rows)
    assert (read_back.counts.claims, read_back.counts.repeated) == (2, 4)


@pytest.mark.parametrize("content", [{}, [], [1], {"trace": []}, {"aircraft": []}, "text", {"timestamp": {"0": 1}}])
def test_what_is_no_recording_stops_with_a_sentence(tmp_path, content):
    with pytest.raises(ConfigurationError, match=r"a\.json"):
        read(tmp_path, content)


foreign = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(2**40), 2**40)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(foreign, max_size=6), st.sampled_from(["trace", "aircraft", "rows"]))
def test_foreign_json_is_read_or_refused(tmp_path_factory, entries, form):
    good_row = {"hex": "4bb853", "lat": 41.0, "lon": 28.0}
    content = {
        "trace": {**TRACE, "trace": [*entries, POINT]},
        "aircraft": {**AIRCRAFT, "aircraft": [*entries, good_row]},
        "rows": [{"timestamp": 0, "icao24": "a", "latitude": 1.0, "longitude": 1.0}, *entries],
    }[form]
    read_back = read(tmp_path_factory.mktemp("foreign"), content)
    assert read_back.counts.claims >= 1
    assert all(math.isfinite(value) for value in read_back.claims["latitude_deg"])


@pytest.mark.parametrize("place", range(len(POINT)))
def test_a_number_of_four_hundred_digits_is_none(tmp_path, place):
    absurd = [10**400 if column == place else value for column, value in enumerate(POINT)]
    read_back = read(tmp_path, {**TRACE, "trace": [absurd, POINT]})
    assert read_back.counts.claims >= 1
    assert all(math.isfinite(value) for value in read_back.claims["latitude_deg"])


def test_a_timestamp_of_four_hundred_digits_is_refused_in_words(tmp_path):
    with pytest.raises(ConfigurationError):
        read(tmp_path, {**TRACE, "timestamp": 10**400})
