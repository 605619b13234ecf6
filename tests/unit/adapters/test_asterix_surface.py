"""Category 010: records put together by hand from the standard's bit layout, and what becomes of them in a table."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangar.adapters.asterix.category_010 import decode_surface_messages
from sangar.adapters.asterix.recording import read_recording
from sangar.core.errors import ConfigurationError, WireError
from sangar.core.frames import SiteFrame
from tests.unit.adapters.asterix_samples import CALLSIGN_SNG1, block

AIRFIELD = SiteFrame(41.3, 2.1, 50.0)


def surface_record(items: dict[int, str]) -> bytes:
    """A record of items given by their field reference number, in hexadecimal digits."""
    groups = [[number for number in items if 7 * k < number <= 7 * k + 7] for k in range((max(items) + 6) // 7)]
    octets = [sum(1 << (7 - (number - 1) % 7) for number in group) for group in groups]
    field_specification = bytes(octet | 1 for octet in octets[:-1]) + bytes(octets[-1:])
    return field_specification + bytes.fromhex("".join(items[number] for number in sorted(items)))


def time_of_day(time_of_day_s: float) -> str:
    """Item 140."""
    return f"{round(time_of_day_s * 128):06X}"


VEHICLE = {
    1: "146B",  # 010: SAC 20, SIC 107
    2: "01",  # 000: target report
    3: "2D04",  # 020: Mode S multilateration, channel 1, ground bit, extended; ground vehicle
    4: "384040",  # 140: 28800.5 s
    7: "FF100180",  # 042: X -240 m, Y 384 m
    10: "05CF",  # 161: track 1487
    13: "ABCDEF",  # 220
    14: "00" + CALLSIGN_SNG1,  # 245
}
AIRLINER = VEHICLE | {3: "2902", 7: "03E80000", 13: "00ABCD", 17: "0190"}  # airborne aircraft, 1 km east, level 100
ECHO = {1: "1407", 2: "01", 3: "60", 4: "384040", 6: "04234000", 7: "042B0000", 10: "0559", 11: "00"}  # 1059 m, 90 deg
CYCLE = {1: "1407", 2: "02", 4: "384040"}


def read(tmp_path, *records, place=AIRFIELD):
    file = tmp_path / "surface.ast"
    file.write_bytes(b"".join(block(10, surface_record(record)) for record in records))
    return read_recording(file, place=place)


def test_a_multilateration_report_reads_as_the_standard_lays_it_out():
    ((report,), cycles, others) = decode_surface_messages(surface_record(VEHICLE))
    assert (report.source, report.time_of_day_s) == ("20-107", 28800.5)
    assert (report.detection_type, report.target_type) == ("multilateration-mode-s", "vehicle")
    assert (report.east_m, report.north_m) == (-240.0, 384.0)
    told = (report.is_polar, report.is_geodetic, report.is_test, report.is_field_monitor)
    assert not any(told)
    assert report.is_on_ground
    assert (report.mode_s_address, report.callsign, report.radar_track) == ("ABCDEF", "SNG1", 1487)
    assert (cycles, others) == ([], 0)


def test_a_surface_radars_report_reads_as_the_standard_lays_it_out():
    ((report,), _, _) = decode_surface_messages(surface_record(ECHO))
    assert report.detection_type == "surface-radar"
    assert report.range_m == 1059.0
    assert report.azimuth_rad == pytest.approx(math.pi / 2.0, abs=1e-12)
    assert report.is_on_ground
    assert (report.mode_s_address, report.callsign, report.target_type) == (None, None, None)


def test_a_position_on_the_globe_is_read_in_degrees():
    at_place = VEHICLE | {5: "20000000" + "08000000"}  # 041: a quarter of 180 degrees, a sixteenth
    ((report,), _, _) = decode_surface_messages(surface_record(at_place))
    assert (report.latitude_deg, report.longitude_deg) == (45.0, 11.25)


def test_each_plot_has_its_position_in_one_form_the_nearest_to_what_was_measured(tmp_path):
    on_globe = VEHICLE | {4: time_of_day(28801.0), 5: "1D555555" + "01555555"}
    plots = read(tmp_path, ECHO, VEHICLE, on_globe).plots
    assert plots["range_m"].is_nan().to_list() == [False, True, True]
    assert plots["latitude_deg"].is_nan().to_list() == [True, False, False]
    east_m, north_m, _ = AIRFIELD.enu_from_geodetic(
        np.array([[plots["latitude_deg"][1], plots["longitude_deg"][1], 50.0]])
    )[0]
    assert (east_m, north_m) == pytest.approx((-240.0, 384.0), abs=0.01)
    assert plots["latitude_deg"][2] == pytest.approx(0x1D555555 * 180.0 / 2**31)


def test_what_is_on_the_ground_has_the_height_of_the_surface(tmp_path):
    plots = read(tmp_path, VEHICLE, ECHO, AIRLINER).plots
    assert plots["altitude_m"].to_list() == [50.0, 50.0, pytest.approx(3048.0)]
    assert plots["sigma_altitude_m"].to_list() == [30.0, 30.0, 100.0]


def test_pressure_altitudes_told_on_the_ground_mend_those_of_what_flies(tmp_path):
    taxiing = [VEHICLE | {4: time_of_day(28700.0 + k), 17: "0019"} for k in range(30)]  # level 6.25: 190.5 m
    plots = read(tmp_path, *taxiing, AIRLINER).plots
    assert plots["altitude_m"][-1] == pytest.approx(3048.0 - (190.5 - 50.0))
    assert plots["sigma_altitude_m"][-1] == 30.0


def test_a_flight_level_that_is_not_validated_is_not_used(tmp_path):
    plots = read(tmp_path, AIRLINER | {17: "8190"}).plots
    assert plots["altitude_m"].is_nan().all()


def test_positions_about_an_unknown_point_are_refused_with_the_mend(tmp_path):
    with pytest.raises(ConfigurationError, match=r"20-107 tells positions in metres .* give it with --latitude"):
        read(tmp_path, VEHICLE, place=None)


def test_a_surface_radar_needs_no_point(tmp_path):
    recording = read(tmp_path, ECHO, place=None)
    assert recording.plots["range_m"].to_list() == [1059.0]
    assert recording.sensors[0].measures == ("range", "azimuth")


def test_the_sensors_cycle_kind_and_reach_are_found_in_the_recording(tmp_path):
    cycles = [CYCLE | {4: time_of_day(28800.0 + 1.5 * k)} for k in range(4)]
    radar, multilateration = read(tmp_path, *cycles, ECHO, VEHICLE).sensors
    assert (radar.sensor, radar.period_s, radar.is_surface) == ("20-7", 1.5, True)
    assert radar.measures == ("range", "azimuth", "altitude")
    assert multilateration.measures == ("position",)
    assert multilateration.maximum_range_m == pytest.approx(math.hypot(240.0, 384.0), abs=0.01)


def test_everything_left_out_is_counted(tmp_path):
    counts = read(
        tmp_path,
        VEHICLE,
        VEHICLE,  # again
        VEHICLE | {13: "ABCDEE", 10: "05D0"},  # another target at the same place and time is no doubling
        ECHO | {3: "6120"},  # a monitor again, of the radar
        ECHO | {3: "6140"},  # test target
        VEHICLE | {3: "2D20"},  # field monitor
        ECHO | {11: "20", 4: time_of_day(28802.0)},  # coasting
        {number: text for number, text in ECHO.items() if number not in (6, 7)},
        {number: text for number, text in ECHO.items() if number != 4},
        CYCLE,
        CYCLE | {2: "03"},
    ).counts
    assert (counts.reports, counts.service_messages, counts.malformed_blocks) == (9, 2, 0)
    assert (counts.duplicates, counts.test_reports, counts.field_monitors) == (1, 1, 2)
    assert (counts.extrapolated, counts.without_position, counts.without_time, counts.plots) == (1, 1, 1, 2)


@pytest.mark.parametrize("cut", range(1, len(surface_record(VEHICLE))))
def test_a_record_cut_anywhere_is_a_wire_error_that_keeps_the_octets(cut):
    octets = surface_record(VEHICLE)[:cut]
    with pytest.raises(WireError) as caught:
        decode_surface_messages(octets)
    assert caught.value.data == octets


@given(st.binary(min_size=1, max_size=200))
def test_noise_is_either_read_or_refused_but_never_breaks_the_reader(noise):
    try:
        reports, cycles, others = decode_surface_messages(noise)
    except WireError:
        return
    assert len(reports) + len(cycles) + others > 0


@given(st.lists(st.binary(min_size=2, max_size=60), min_size=1, max_size=6))
def test_noise_in_blocks_never_breaks_the_recording(tmp_path_factory, noise):
    file = tmp_path_factory.mktemp("noise") / "noise.ast"
    file.write_bytes(b"".join(block(10, octets) for octets in noise) + block(10, surface_record(VEHICLE)))
    recording = read_recording(file, place=AIRFIELD)
    assert recording.plots.height >= 1
    assert recording.plots["time_s"].is_finite().all()
