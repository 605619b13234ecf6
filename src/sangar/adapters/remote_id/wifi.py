"""Remote ID in the beacons of a Wi-Fi capture (pcapng with radiotap headers).

Frames of other kinds, and beacons without Remote ID, are counted. A drone sends its serial number in some beacons
only, so transmissions are joined by the transmitter's address.

Sources: IETF draft-ietf-opsawg-pcapng (blocks); radiotap.org (header); IEEE 802.11-2020, 9.3.3.3 (beacon) and 9.4.2
(elements); ASTM F3411-22a, 5.4.8 (Remote ID in the vendor element FA-0B-BC, type 0x0D).
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from sangar.core.errors import WireError

SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
BYTE_ORDER_MAGIC = 0x1A2B3C4D
LINK_RADIOTAP = 127
RESOLUTION_OPTION = 9
BEACON = 0x80
BEACON_HEADER_OCTETS = 24 + 12
VENDOR_ELEMENT = 221
REMOTE_ID_VENDOR = bytes((0xFA, 0x0B, 0xBC, 0x0D))


class Transmission(NamedTuple):
    """What one beacon carried.

    Attributes:
        received_s: when it was captured; seconds since 1970, UTC by the clock of whoever captured it.
        address: the transmitter's, 48 bits.
        payload: the Remote ID message or pack.
    """

    received_s: float
    address: int
    payload: bytes


class Frame(NamedTuple):
    """One captured frame.

    Attributes:
        received_s: when.
        data: from the radiotap header on.
    """

    received_s: float
    data: bytes


def frames(data: bytes) -> Iterator[Frame]:
    """The frames of a capture in order; ends quietly where it is cut off.

    Raises:
        WireError: the octets are no pcapng, or a link layer is not Wi-Fi with radiotap.
    """
    order, ticks_hz = _byte_order(data), [1e6]
    at, interfaces = 0, 0
    while at + 12 <= len(data):
        kind, length = struct.unpack_from(order + "II", data, at)
        if length < 12 or length % 4 or at + length > len(data):
            return
        body = data[at + 8 : at + length - 4]
        if kind == INTERFACE and len(body) >= 8:
            ticks_hz = [*ticks_hz[:interfaces], _ticks_hz(body, order)]
            interfaces += 1
        elif kind == PACKET and len(body) >= 20:
            row, high, low, captured, _ = struct.unpack_from(order + "IIIII", body)
            if row < interfaces:
                yield Frame(((high << 32) | low) / ticks_hz[row], body[20 : 20 + captured])
        at += length


def _byte_order(data: bytes) -> str:
    if len(data) < 12 or struct.unpack_from("<I", data)[0] != SECTION:
        raise WireError("no pcapng capture", data[:12])
    for order in "<>":
        if struct.unpack_from(order + "I", data, 8)[0] == BYTE_ORDER_MAGIC:
            return order
    raise WireError("a pcapng section of unknown byte order", data[:12])


def _ticks_hz(body: bytes, order: str) -> float:
    """Ticks a second of an interface's time stamps; a link layer that cannot be read is refused."""
    (link,) = struct.unpack_from(order + "H", body)
    if link != LINK_RADIOTAP:
        raise WireError(f"link layer {link} of the capture is not Wi-Fi with radiotap headers", body[:8])
    at = 8
    while at + 4 <= len(body):
        option, length = struct.unpack_from(order + "HH", body, at)
        if option == RESOLUTION_OPTION and length == 1 and at + 5 <= len(body):
            code = body[at + 4]
            return 2.0 ** (code & 0x7F) if code & 0x80 else 10.0 ** min(code, 18)
        at += 4 + length + (-length) % 4
    return 1e6


def transmission(frame: Frame) -> Transmission | None:
    """The Remote ID of a beacon; None for any other frame."""
    data = frame.data
    if len(data) < 4:
        return None
    (skipped,) = struct.unpack_from("<H", data, 2)
    beacon = data[skipped:]
    if len(beacon) < BEACON_HEADER_OCTETS or beacon[0] != BEACON:
        return None
    for content in _elements(beacon[BEACON_HEADER_OCTETS:]):
        if content.startswith(REMOTE_ID_VENDOR):
            payload = content[len(REMOTE_ID_VENDOR) + 1 :]  # after a counter of messages
            return Transmission(frame.received_s, int.from_bytes(beacon[10:16], "big"), payload)
    return None


def _elements(data: bytes) -> Iterator[bytes]:
    """Contents of the vendor elements of a beacon."""
    at = 0
    while at + 2 <= len(data) and at + 2 + data[at + 1] <= len(data):
        if data[at] == VENDOR_ELEMENT:
            yield data[at + 2 : at + 2 + data[at + 1]]
        at += 2 + data[at + 1]
