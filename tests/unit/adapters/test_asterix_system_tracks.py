"""Category 062: system tracks put together by hand from the standard's bit layouts, and whole recordings of them."""

import json
import math

import pytest

from sangar.adapters.asterix.category_062 import decode_system_tracks
from sangar.adapters.asterix.system_tracks import COLUMNS, read_system_tracks
from sangar.core.errors import ConfigurationError, WireError
from tests.unit.adapters.asterix_samples import block, capture

LATITUDE, LONGITUDE = round(41 * 2**25 / 180), round(2 * 2**25 / 180)


def record(status="00", accuracy="", time_of_day_s=100.0, source="1964"):
    """Items 010, 070, 105, 185, 040, 080, 220 and, where accuracies are given, 500.

    Field specification: 010 - 015 070 105 100 185 | 210 060 245 380 040 080 290 | 200 295 136 130 135 220 390 |
    270 300 110 120 510 500 340.
    """
    fspec = "9B0D0504" if accuracy else "9B0D04"
    text = fspec + source + round(time_of_day_s * 128).to_bytes(3, "big").hex()
    text += LATITUDE.to_bytes(4, "big").hex() + LONGITUDE.to_bytes(4, "big").hex()
    text += (400).to_bytes(2, "big").hex() + (-200).to_bytes(2, "big", signed=True).hex()  # 100 and -50 m/s
    text += "0123" + status + (-96).to_bytes(2, "big", signed=True).hex()  # track 291; -600 ft/min
    return bytes.fromhex(text + accuracy)


def test_position_velocity_and_climb_are_in_si_units():
    (track,) = decode_system_tracks(record())
    assert (track.source, track.number, track.status) == ("25-100", 291, "confirmed")
    assert track.time_of_day_s == 100.0
    assert track.latitude_deg == pytest.approx(41.0, abs=1e-4)
    assert track.longitude_deg == pytest.approx(2.0, abs=1e-4)
    assert (track.east_mps, track.north_mps) == (100.0, -50.0)
    assert track.up_mps == pytest.approx(-600 * 0.3048 / 60)
    assert math.isnan(track.sigma_east_m)
    assert math.isnan(track.altitude_m)


@pytest.mark.parametrize(
    ("status", "word"),
    [("02", "tentative"), ("00", "confirmed"), ("0140", "ended"), ("01010180", "coasting"), ("03010100", "tentative")],
)
def test_the_status_is_what_the_source_says(status, word):
    assert decode_system_tracks(record(status))[0].status == word


def test_a_simulated_track_is_known_for_one():
    assert decode_system_tracks(record("0180"))[0].is_test


def test_accuracies_are_one_sigma_in_si_units():
    # 500: APC 50 m, 60 m in half metres; AGA 16 x 6.25 ft; ATV 8, 12 in quarters of a metre per second
    accuracy = "94" + "0064" + "0078" + "10" + "08" + "0C"
    (track,) = decode_system_tracks(record(accuracy=accuracy))
    assert (track.sigma_east_m, track.sigma_north_m) == (50.0, 60.0)
    assert (track.sigma_east_mps, track.sigma_north_mps) == (2.0, 3.0)


def test_a_cut_record_is_a_wire_error():
    with pytest.raises(WireError):
        decode_system_tracks(record()[:-3])


def test_a_capture_becomes_a_table_and_what_is_left_out_is_counted(tmp_path):
    file = tmp_path / "system.pcap"
    blocks = (
        block(62, record(), record("0180")),
        block(65, b"\x80\x01\x01"),
        block(62, record()[:-3]),
        block(62, bytes.fromhex("910C" + "1964" + "003200" + "0123" + "00")),
    )
    file.write_bytes(capture(*blocks))
    recording = read_system_tracks(file)
    assert recording.reports.columns == list(COLUMNS)
    assert recording.counts.reports == 1
    assert recording.counts.test_tracks == 1
    assert recording.counts.other_categories == 1
    assert recording.counts.malformed_blocks == 1
    assert recording.counts.without_position == 1


def test_midnight_does_not_turn_time_back(tmp_path):
    file = tmp_path / "system.ast"
    file.write_bytes(block(62, record(time_of_day_s=86399.0), record(time_of_day_s=1.0)))
    assert read_system_tracks(file).reports["time_s"].to_list() == [86399.0, 86401.0]


def test_a_recording_without_system_tracks_says_what_it_holds(tmp_path):
    file = tmp_path / "radar.ast"
    file.write_bytes(block(34, bytes.fromhex("E01481010000000000")))
    with pytest.raises(ConfigurationError, match="no category 062 record"):
        read_system_tracks(file)


def test_recorded_tracks_are_what_another_decoder_says(recorded):
    """`cat_062_065.pcap` of the Croatian decoder's samples, with the JSON lines that decoder wrote."""
    lines = recorded("asterix/cat_062_065_json.txt").read_text().splitlines()
    expected = [line["CAT062"] for line in map(json.loads, lines) if line["cat"] == 62]
    reports = read_system_tracks(recorded("asterix/cat_062_065.pcap")).reports
    assert reports.height == len(expected) == 2
    for report, other in zip(reports.iter_rows(named=True), expected, strict=True):
        assert report["track"] == other["I040"]["TrkN"]
        assert report["time_s"] == pytest.approx(other["I070"]["ToT"])
        assert report["latitude_deg"] == pytest.approx(other["I105"]["Lat"], abs=1e-6)
        assert report["longitude_deg"] == pytest.approx(other["I105"]["Lon"], abs=1e-6)
        assert report["east_mps"] == pytest.approx(other["I185"]["Vx"])
        assert report["north_mps"] == pytest.approx(other["I185"]["Vy"])
        assert report["altitude_m"] == pytest.approx(0.3048 * other["I130"]["Alt"])
        assert report["mode_s_address"] == other["I380"]["ADR"]["ADR"]
        assert report["callsign"] == other["I380"]["ID"]["ACID"].strip()
        assert report["mode3a"] == other["I060"]["Mode3A"]
        assert report["status"] == "confirmed"


def test_recorded_blocks_of_two_categories_are_told_apart(recorded):
    recording = read_system_tracks(recorded("asterix/cat062cat065.raw"))
    assert recording.counts.reports == 2
    assert recording.counts.other_categories == 1


def test_an_edition_this_is_not_written_for_gives_no_impossible_place(recorded):
    try:
        reports = read_system_tracks(recorded("asterix/asterix.pcap")).reports
    except ConfigurationError:
        return
    assert (reports["latitude_deg"].drop_nans().abs() <= 90.0).all()
