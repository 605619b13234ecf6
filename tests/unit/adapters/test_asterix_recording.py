import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangar.adapters.asterix.pcap import read_capture
from sangar.adapters.asterix.plots import DayCounter
from sangar.adapters.asterix.recording import read_recording
from sangar.core.errors import ConfigurationError, WireError
from tests.unit.adapters.asterix_samples import (
    PLOT_RECORD,
    block,
    capture,
    north_marker,
    plot,
    plot_without_position,
    plot_without_source,
    plot_without_time,
)


def recording(tmp_path, data, progress=None):
    file = tmp_path / "radar.ast"
    file.write_bytes(data)
    return read_recording(file, progress)


def test_a_recording_becomes_columns_of_a_detections_table(tmp_path):
    plots = recording(tmp_path, block(48, PLOT_RECORD)).plots
    assert plots.columns[:5] == ["time_s", "sensor", "range_m", "azimuth_rad", "altitude_m"]
    (row,) = plots.rows(named=True)
    assert (row["time_s"], row["sensor"], row["mode_s_address"]) == (28800.5, "20-129", "ABCDEF")
    assert row["range_m"] == pytest.approx(18_520.0)


def test_everything_left_out_is_counted(tmp_path):
    data = (
        block(48, PLOT_RECORD)
        + block(34, north_marker())
        + block(48, plot(descriptor="B0"))  # simulated
        + block(48, plot(descriptor="A2"))  # field monitor
        + block(48, plot(descriptor="00"))  # "no detection" with a position
        + block(48, plot_without_position())
        + block(48, plot_without_time())
        + block(48, PLOT_RECORD)  # again
        + block(48, PLOT_RECORD[:-3])  # damaged
        + block(48, plot_without_source())
        + block(62, b"\x80\x01\x02")
    )
    counts = recording(tmp_path, data)._asdict()["counts"]
    assert counts._asdict() == {
        "blocks": 11,
        "lost_octets": 0,
        "other_packets": 0,
        "malformed_blocks": 1,
        "other_categories": 1,
        "service_messages": 1,
        "reports": 8,
        "without_source": 1,
        "test_reports": 1,
        "field_monitors": 1,
        "without_position": 1,
        "without_time": 1,
        "extrapolated": 1,
        "duplicates": 1,
        "plots": 1,
    }


def test_time_goes_on_over_midnight(tmp_path):
    data = b"".join(block(48, plot(time_of_day_s=time_s, range_nm=20.0)) for time_s in (86398.0, 86399.5, 1.0, 3.0))
    assert recording(tmp_path, data).plots["time_s"].to_list() == [86398.0, 86399.5, 86401.0, 86403.0]


def test_a_report_from_just_before_midnight_that_comes_late_stays_before_it(tmp_path):
    data = b"".join(block(48, plot(time_of_day_s=time_s)) for time_s in (86399.5, 0.5, 86399.75, 1.0))
    assert recording(tmp_path, data).plots["time_s"].to_list() == [86399.5, 86400.5, 86399.75, 86401.0]


@given(st.floats(0.0, 86399.0), st.lists(st.floats(-600.0, 3600.0), max_size=50))
def test_time_of_day_unwraps_to_the_time_it_came_from(start_s, steps_s):
    days, time_s = DayCounter(), start_s
    assert days.unwrap(start_s % 86400.0) == start_s % 86400.0
    for step_s in steps_s:
        time_s += step_s
        assert days.unwrap(time_s % 86400.0) == pytest.approx(time_s, abs=1e-6)


def test_the_radars_period_comes_from_its_service_messages(tmp_path):
    data = block(48, PLOT_RECORD) + block(34, north_marker(rotation_s=5.0))
    (sensor,) = recording(tmp_path, data).sensors
    assert (sensor.sensor, sensor.plots, sensor.period_s) == ("20-129", 1, 5.0)
    assert sensor.maximum_range_m == pytest.approx(18_520.0)


def test_failing_these_it_comes_from_the_revisits_of_an_aircraft(tmp_path):
    at = PLOT_RECORD.index(bytes.fromhex("384040"))
    data = b""
    for turn in (0, 1, 2, 4):  # the fourth turn was missed
        time_s = 28800.5 + 6.0 * turn
        data += block(48, PLOT_RECORD[:at] + round(time_s * 128).to_bytes(3, "big") + PLOT_RECORD[at + 3 :])
    (sensor,) = recording(tmp_path, data).sensors
    assert sensor.period_s == 6.0


def test_progress_is_told_of_every_block(tmp_path):
    told = []
    recording(tmp_path, block(48, PLOT_RECORD) * 3, lambda done, total: told.append((done, total)))
    assert told == [(0, 3), (1, 3), (2, 3)]


@pytest.mark.parametrize("data", [b"", b"GIF89a not a radar at all", block(62, b"\x80\x01\x02") * 3])
def test_a_file_without_target_reports_is_refused_with_the_mend(tmp_path, data):
    with pytest.raises(ConfigurationError, match=r"radar\.ast: no category 010 or 048 report .*give a recording"):
        recording(tmp_path, data)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_recording(tmp_path / "nothing.ast")


@pytest.mark.parametrize("vlan", [False, True])
def test_a_capture_gives_the_same_plots_as_the_blocks_alone(tmp_path, vlan):
    alone = recording(tmp_path, block(48, PLOT_RECORD) + block(48, plot()))
    captured = recording(tmp_path, capture(block(48, PLOT_RECORD), block(48, plot()), vlan=vlan))
    assert captured.plots.equals(alone.plots)
    assert captured.counts == alone.counts


def test_fragments_and_other_protocols_of_a_capture_are_counted_not_read():
    assert read_capture(capture(b"abc", protocol=6)) == ((), 1, 0)
    assert read_capture(capture(b"abc", fragment=0x2000)) == ((), 1, 0)
    assert read_capture(capture(b"abc", fragment=0x0001)) == ((), 1, 0)
    assert read_capture(capture(b"abc", fragment=0x4000)).payloads == (b"abc",)  # "don't fragment" is no fragment


def test_a_capture_cut_off_keeps_its_whole_packets():
    whole = capture(b"abc", b"defg")
    cut = read_capture(whole[:-2])
    assert cut.payloads == (b"abc",)
    assert cut.lost_octets == (len(whole) - len(capture(b"abc"))) - 2


def test_a_capture_of_another_link_layer_is_refused(tmp_path):
    with pytest.raises(WireError, match="link layer 105"):
        read_capture(capture(b"abc", link=105))
    with pytest.raises(ConfigurationError, match="capture on an Ethernet interface"):
        recording(tmp_path, capture(b"abc", link=105))


@given(st.binary(max_size=600))
def test_noise_behind_a_capture_header_never_breaks_the_reader(noise):
    read = read_capture(capture() + noise)
    assert read.lost_octets <= len(noise)
