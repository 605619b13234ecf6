"""Remote ID: messages as drones sent them, read as the reference says; what is none is refused or counted.

The octets are of a real capture (Parrot ANAFI, MIT). What they mean was read off with two programs that are not ours:
positions, identifiers and times with dronecot 2.3.10, velocities with opendroneid-core-c (the former takes directions
without their east-west flag, speeds at three times their value and negative climb rates as positive).
"""

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangar.adapters.remote_id.messages import BasicId, Location, decode
from sangar.adapters.remote_id.recording import read_remote_id
from sangar.adapters.remote_id.wifi import Frame, frames, transmission
from sangar.core.errors import ConfigurationError, WireError

STANDING = bytes.fromhex("f0190110105400009ff3211ce320340500000000d00700004b240000")
LOCATION = bytearray(STANDING[3:])


def changed(**octets):
    """The location of the capture with some octets set, by their place."""
    message = bytearray(LOCATION)
    for place, value in octets.items():
        message[int(place[1:])] = value
    return decode(bytes(message))[0]


def test_a_real_transmission_means_what_another_decoder_says():
    (place,) = decode(STANDING)
    assert isinstance(place, Location)
    assert (place.latitude_deg, place.longitude_deg) == pytest.approx((47.1987103, 8.7302371), abs=1e-9)
    assert (place.east_mps, place.north_mps, place.up_mps) == (0.0, 0.0, 0.0)
    assert math.isnan(place.altitude_m)
    assert math.isnan(place.horizontal_95_m)
    assert place.past_hour_s == pytest.approx(15 * 60 + 29.1)


@pytest.mark.parametrize(
    ("octets", "speed_mps", "direction_deg"),
    [
        ({"o1": 0x12, "o2": 170, "o3": 4}, 1.0, 350.0),
        ({"o1": 0x12, "o2": 170, "o3": 8}, 2.0, 350.0),
        ({"o1": 0x10, "o2": 4, "o3": 4}, 1.0, 4.0),
        ({"o1": 0x11, "o2": 90, "o3": 0}, 63.75, 90.0),
        ({"o1": 0x11, "o2": 90, "o3": 254}, 254.25, 90.0),
    ],
)
def test_speed_and_direction_follow_their_flags(octets, speed_mps, direction_deg):
    place = changed(**octets)
    assert math.hypot(place.east_mps, place.north_mps) == pytest.approx(speed_mps)
    assert math.degrees(math.atan2(place.east_mps, place.north_mps)) % 360.0 == pytest.approx(direction_deg)


def test_climb_rates_have_a_sign():
    assert changed(o4=2).up_mps == 1.0
    assert changed(o4=254).up_mps == -1.0


@pytest.mark.parametrize(
    ("octets", "field"),
    [
        ({"o3": 255}, "east_mps"),
        ({"o2": 181, "o1": 0x12}, "north_mps"),
        ({"o4": 126}, "up_mps"),
        ({"o15": 0, "o16": 0}, "altitude_m"),
        ({"o19": 0x0D}, "horizontal_95_m"),
        ({"o21": 0xFF, "o22": 0xFF}, "past_hour_s"),
        ({f"o{k}": 0 for k in range(5, 13)}, "latitude_deg"),
        ({"o8": 0x7F}, "latitude_deg"),
    ],
)
def test_what_is_marked_unknown_or_out_of_range_is_not_told(octets, field):
    assert math.isnan(getattr(changed(**octets), field))


def test_accuracies_and_altitude_follow_their_tables():
    place = changed(o15=0x00, o16=0x0C, o19=0x5A, o20=0x03)
    assert (place.altitude_m, place.vertical_95_m, place.horizontal_95_m) == (536.0, 3.0, 10.0)
    assert place.speed_95_mps == 1.0


def test_a_basic_id_keeps_printable_text_only():
    message = bytes([0x02, 0x12]) + b"1588E040\x1b\x07445AC" + bytes(25)
    assert decode(message[:25]) == [BasicId(1, 2, "1588E040445AC")]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x10", STANDING[:20], bytes(24), bytes([0x60]) + bytes(24), b"\xf0\x19",
        bytes([0xF0, 24, 1]) + bytes(25), bytes([0xF0, 25, 0]), bytes([0xF0, 25, 10]) + bytes(250),
        bytes([0xF0, 25, 2]) + bytes(25), bytes([0xF0, 25, 1, 0xF0]) + bytes(24),
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused(data):
    with pytest.raises(WireError):
        decode(data)


@given(st.binary(max_size=300))
def test_any_octets_are_read_or_refused(data):
    try:
        messages = decode(data)
    except WireError:
        return
    for message in messages:
        if isinstance(message, Location):
            assert not abs(message.latitude_deg) > 90.0
            assert not abs(message.longitude_deg) > 180.0


def capture(*payloads, link=127):
    """A pcapng file with one beacon for each payload, a second apart."""
    blocks = [block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)), block(1, struct.pack("<HHI", link, 0, 0))]
    for k, payload in enumerate(payloads):
        ticks = (1_680_365_730 + k) * 1_000_000
        element = bytes([221, 5 + len(payload)]) + bytes((0xFA, 0x0B, 0xBC, 0x0D, k)) + payload
        beacon = b"\x80" + bytes(9) + bytes(range(1, 7)) + bytes(8 + 12) + b"\x00\x02ab" + element
        data = b"\x00\x00\x08\x00" + bytes(4) + beacon
        head = struct.pack("<IIIII", 0, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data))
        blocks.append(block(6, head + data + bytes(-len(data) % 4)))
    return b"".join(blocks)


def block(kind, body):
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def test_a_capture_becomes_claims_and_what_is_none_is_counted(tmp_path):
    file = tmp_path / "a.pcapng"
    file.write_bytes(
        capture(STANDING, STANDING, b"\xf0\x18\x01", STANDING[:3] + bytes([0x20]) + bytes(24)) + b"\x06\x00"
    )
    read = read_remote_id(file, "rid-1")
    assert read.counts._asdict() == {
        "frames": 4, "other_frames": 0, "malformed": 1, "without_place": 1, "repeated": 1, "claims": 1,
    }  # fmt: skip
    row = read.claims.row(0, named=True)
    assert (row["sensor"], row["track"], row["category"]) == ("rid-1", 0x010203040506, "unmanned")
    assert (row["altitude_m"], row["sigma_east_m"]) == (None, None)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04" + bytes(40), capture(STANDING, link=1), capture()])
def test_what_is_no_such_capture_stops_with_a_sentence(tmp_path, data):
    file = tmp_path / "a.pcapng"
    file.write_bytes(data)
    with pytest.raises(ConfigurationError, match=r"a\.pcapng"):
        read_remote_id(file, "rid-1")


@given(st.binary(max_size=400))
def test_any_frame_is_read_or_passed_over(data):
    transmission(Frame(0.0, data))


@given(st.binary(max_size=200), st.integers(0, 200))
def test_a_damaged_capture_ends_quietly(junk, at):
    whole = capture(STANDING, STANDING)
    try:
        list(frames(whole[:28] + whole[28 : 28 + at] + junk))
    except WireError:
        return
