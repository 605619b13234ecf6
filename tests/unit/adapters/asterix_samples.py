"""ASTERIX octets put together by hand from the standard's bit layouts, not with the library under test."""

CALLSIGN_SNG1 = "4CE1F1820820"  # S N G 1 and four spaces, six bits each
PLOT_RECORD = bytes.fromhex(
    "FDD0"  # items 010 140 020 040 070 090 | 220 240 161
    "1481"  # 010: SAC 20, SIC 129
    "384040"  # 140: 28800.5 s in 1/128 s
    "A0"  # 020: single Mode S roll-call
    "0A004000"  # 040: 10 NM, 90 degrees
    "08D1"  # 070: 4321 octal, validated
    "0190"  # 090: flight level 100, validated
    "ABCDEF" + CALLSIGN_SNG1 + "0123"  # 220  # 161: 291
)
PLOT_SIZE = len(PLOT_RECORD)


def block(category: int, *records: bytes) -> bytes:
    """A data block."""
    body = b"".join(records)
    return bytes([category]) + (len(body) + 3).to_bytes(2, "big") + body


def plot(
    time_of_day_s: float = 28800.5, range_nm: float = 10.0, azimuth_deg: float = 90.0, descriptor: str = "A0"
) -> bytes:
    """A record of source 20-129 with time, type and position: items 010, 140, 020, 040."""
    return (
        bytes.fromhex("F01481")
        + round(time_of_day_s * 128).to_bytes(3, "big")
        + bytes.fromhex(descriptor)
        + round(range_nm * 256).to_bytes(2, "big")
        + round(azimuth_deg * 65536 / 360).to_bytes(2, "big")
    )


def plot_without_position(time_of_day_s: float = 28800.5) -> bytes:
    """A record with items 010, 140 and 020 only, of type "no detection"."""
    return bytes.fromhex("E01481") + round(time_of_day_s * 128).to_bytes(3, "big") + b"\x00"


def plot_without_time() -> bytes:
    """A record with items 010, 020 and 040 only."""
    return bytes.fromhex("B01481A00A004000")


def plot_without_source() -> bytes:
    """A record with items 140, 020 and 040 only."""
    return bytes.fromhex("70384040A00A004000")


def north_marker(time_of_day_s: float = 28801.0, rotation_s: float = 4.0) -> bytes:
    """A category 034 record: items 010, 000, 030, 041."""
    return (
        bytes.fromhex("E8148101")
        + round(time_of_day_s * 128).to_bytes(3, "big")
        + round(rotation_s * 128).to_bytes(2, "big")
    )


def capture(*payloads: bytes, link: int = 1, protocol: int = 17, fragment: int = 0, vlan: bool = False) -> bytes:
    """A classic pcap file, little endian, one UDP datagram a packet."""
    file = bytes.fromhex("D4C3B2A1 02000400 00000000 00000000 00000400") + link.to_bytes(4, "little")
    for payload in payloads:
        datagram = bytes.fromhex("12345678") + (len(payload) + 8).to_bytes(2, "big") + b"\x00\x00" + payload
        packet = b"\x45\x00" + (len(datagram) + 20).to_bytes(2, "big") + b"\x00\x00" + fragment.to_bytes(2, "big")
        packet += bytes([64, protocol]) + bytes(10) + datagram
        frame = bytes(12) + (b"\x81\x00\x00\x07" if vlan else b"") + b"\x08\x00" + packet
        file += bytes(8) + len(frame).to_bytes(4, "little") * 2 + frame
    return file
