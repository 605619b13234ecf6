import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangar.adapters.asterix.category_034 import NORTH_MARKER, decode_service_messages
from sangar.adapters.asterix.category_048 import decode_target_reports
from sangar.core.errors import WireError
from tests.unit.adapters.asterix_samples import (
    PLOT_RECORD,
    north_marker,
    plot,
    plot_without_position,
    plot_without_time,
)


def test_a_target_report_reads_as_the_standard_lays_it_out():
    (report,) = decode_target_reports(PLOT_RECORD)
    assert report.source == "20-129"
    assert report.time_of_day_s == 28800.5
    assert report.detection_type == "mode-s-roll-call"
    assert report.range_m == pytest.approx(18_520.0, abs=1e-9)
    assert report.azimuth_rad == pytest.approx(math.pi / 2.0, abs=1e-12)
    assert report.altitude_m == pytest.approx(3048.0, abs=1e-9)
    assert (report.mode_s_address, report.callsign, report.mode3a, report.radar_track) == (
        "ABCDEF",
        "SNG1",
        "4321",
        291,
    )
    assert not report.is_test
    assert not report.is_field_monitor


@pytest.mark.parametrize("flags", ["8", "4", "C"], ids=["not validated", "garbled", "both"])
def test_a_flight_level_that_is_not_validated_or_garbled_is_not_used(flags):
    octets = PLOT_RECORD.hex().upper().replace("08D10190", f"08D1{flags}190")
    (report,) = decode_target_reports(bytes.fromhex(octets))
    assert math.isnan(report.altitude_m)


def test_a_negative_flight_level_is_below_the_standard_pressure_surface():
    octets = PLOT_RECORD.hex().upper().replace("08D10190", "08D13FFC")  # -4 quarters of a flight level, 14 bits
    (report,) = decode_target_reports(bytes.fromhex(octets))
    assert report.altitude_m == pytest.approx(-30.48, abs=1e-9)


def test_what_is_absent_is_not_a_number_and_no_text():
    (report,) = decode_target_reports(plot())
    assert math.isnan(report.altitude_m)
    assert (report.mode_s_address, report.callsign, report.mode3a, report.radar_track) == (None, None, None, None)
    (timeless,) = decode_target_reports(plot_without_time())
    assert math.isnan(timeless.time_of_day_s)
    assert timeless.has_position
    (nowhere,) = decode_target_reports(plot_without_position())
    assert not nowhere.has_position


def test_simulated_and_test_targets_and_field_monitors_are_told_apart():
    simulated, test, monitor = (decode_target_reports(plot(descriptor=octets))[0] for octets in ("B0", "A180", "A2"))
    assert (simulated.is_test, simulated.is_field_monitor) == (True, False)
    assert (test.is_test, test.is_field_monitor) == (True, False)
    assert (monitor.is_test, monitor.is_field_monitor) == (False, True)


def test_several_records_share_a_block():
    reports = decode_target_reports(plot(azimuth_deg=45.0) + plot(azimuth_deg=180.0))
    assert [report.azimuth_rad for report in reports] == pytest.approx([math.pi / 4.0, math.pi])


def test_a_north_marker_tells_the_antennas_turn():
    (message,) = decode_service_messages(north_marker(rotation_s=4.0))
    assert message.kind == NORTH_MARKER
    assert (message.source, message.time_of_day_s, message.rotation_s) == ("20-129", 28801.0, 4.0)
    assert math.isnan(message.azimuth_rad)


@pytest.mark.parametrize("cut", range(1, len(PLOT_RECORD)))
def test_a_record_cut_anywhere_is_a_wire_error_that_keeps_the_octets(cut):
    with pytest.raises(WireError) as caught:
        decode_target_reports(PLOT_RECORD[:cut])
    assert caught.value.data == PLOT_RECORD[:cut]


@given(st.binary(min_size=1, max_size=200))
def test_noise_is_either_read_or_refused_but_never_breaks_the_reader(noise):
    for decode in (decode_target_reports, decode_service_messages):
        try:
            records = decode(noise)
        except WireError:
            continue
        assert records
