"""UDP payloads of a network capture in the classic pcap format (Ethernet, IPv4).

ASTERIX travels as UDP datagrams, so recordings often come as captures. Fragments, other protocols and other link
layers are counted, not guessed at.

Source: draft-ietf-opsawg-pcap (file format); RFC 791 (IPv4); RFC 768 (UDP); IEEE 802.1Q (VLAN tag).
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from sangar.core.errors import WireError

BYTE_ORDERS = {
    b"\xd4\xc3\xb2\xa1": "<",  # microseconds, little endian
    b"\x4d\x3c\xb2\xa1": "<",  # nanoseconds
    b"\xa1\xb2\xc3\xd4": ">",
    b"\xa1\xb2\x3c\x4d": ">",
}
FILE_HEADER_OCTETS, PACKET_HEADER_OCTETS = 24, 16
LINK_ETHERNET = 1
ETHERNET_OCTETS, VLAN_OCTETS, UDP_OCTETS = 14, 4, 8
TYPE_IPV4, TYPE_VLAN = 0x0800, 0x8100
PROTOCOL_UDP = 17
MORE_FRAGMENTS_OR_OFFSET = 0x3FFF


class Capture(NamedTuple):
    """What a capture held.

    Attributes:
        payloads: of its UDP datagrams, in order.
        other_packets: packets that carry no whole IPv4 UDP datagram.
        lost_octets: the rest after a cut-off packet.
    """

    payloads: tuple[bytes, ...]
    other_packets: int
    lost_octets: int


def is_capture(data: bytes) -> bool:
    """Whether the octets begin like a classic pcap file."""
    return data[:4] in BYTE_ORDERS


def read_capture(data: bytes) -> Capture:
    """Take the UDP payloads out of a pcap file.

    Raises:
        WireError: the file's header is cut off, or its link layer is not Ethernet.
    """
    if not is_capture(data) or len(data) < FILE_HEADER_OCTETS:
        raise WireError("no whole pcap file header", data[:FILE_HEADER_OCTETS])
    order = BYTE_ORDERS[data[:4]]
    (link,) = struct.unpack_from(order + "I", data, 20)
    if link & 0xFFFF != LINK_ETHERNET:
        raise WireError(f"link layer {link & 0xFFFF} of the capture is not Ethernet", data[:FILE_HEADER_OCTETS])
    payloads: list[bytes] = []
    other = 0
    taken = FILE_HEADER_OCTETS
    for frame, taken in _frames(data, order):  # noqa: B007  (`taken` is read after the loop)
        payload = _udp_payload(frame)
        if payload is None:
            other += 1
        else:
            payloads.append(payload)
    return Capture(tuple(payloads), other, len(data) - taken)


def _frames(data: bytes, order: str) -> Iterator[tuple[bytes, int]]:
    """Each captured frame with the place where the next packet begins."""
    at = FILE_HEADER_OCTETS
    while at + PACKET_HEADER_OCTETS <= len(data):
        (captured,) = struct.unpack_from(order + "I", data, at + 8)
        end = at + PACKET_HEADER_OCTETS + captured
        if end > len(data):
            return
        yield data[at + PACKET_HEADER_OCTETS : end], end
        at = end


def _udp_payload(frame: bytes) -> bytes | None:
    """The payload of an Ethernet frame with one whole IPv4 UDP datagram, else None."""
    kind_at = ETHERNET_OCTETS - 2
    if frame[kind_at : kind_at + 2] == TYPE_VLAN.to_bytes(2, "big"):
        kind_at += VLAN_OCTETS
    packet = frame[kind_at + 2 :]
    if frame[kind_at : kind_at + 2] != TYPE_IPV4.to_bytes(2, "big") or len(packet) < 20:
        return None
    header_octets = (packet[0] & 0x0F) * 4
    fragment = int.from_bytes(packet[6:8], "big") & MORE_FRAGMENTS_OR_OFFSET
    datagram = packet[header_octets : int.from_bytes(packet[2:4], "big")]
    if packet[9] != PROTOCOL_UDP or fragment or len(datagram) < UDP_OCTETS:
        return None
    return datagram[UDP_OCTETS : int.from_bytes(datagram[4:6], "big")]
