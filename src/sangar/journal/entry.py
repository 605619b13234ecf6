"""One entry of a journal segment: its octets, and what can be wrong with them.

    magic "SGJE" | payload length u32 | CRC-32 u32 | kind u16 | layout u16 | SHA-256 of the entry before | payload

All little-endian. The CRC covers everything but itself and finds accidents; the chain of SHA-256 over whole entries
finds a change made on purpose anywhere but in the last entry, whose digest (the head) is printed in every report.
"""

import hashlib
import struct
import zlib
from enum import IntEnum
from typing import NamedTuple

from sangar.core.errors import PortError

MAGIC = b"SGJE"
LAYOUT = 1
FIRST_LINK = bytes(32)
"""What the first entry carries in place of the digest of the entry before."""

_BEFORE_CRC = struct.Struct("<4sI")
_AFTER_CRC = struct.Struct("<HH32s")
_CRC = struct.Struct("<I")
HEAD_SIZE = _BEFORE_CRC.size + _CRC.size + _AFTER_CRC.size
LARGEST_PAYLOAD = 256 * 1024 * 1024


class EntryKind(IntEnum):
    """What an entry holds. Append, never renumber."""

    HEADER = 1
    INPUT = 2
    OUTPUT = 3
    TRUTH = 4
    SUMMARY = 5
    RECOVERED = 6
    CLOSING = 7


class Entry(NamedTuple):
    """One sound entry.

    Attributes:
        kind: `EntryKind` as a number (a later version may know more).
        payload: its content.
        digest: SHA-256 of the whole entry; the link the next one carries.
        size: octets it takes in the segment.
    """

    kind: int
    payload: bytes
    digest: bytes
    size: int


class JournalDamageError(PortError):
    """A journal does not say what was written into it.

    Attributes:
        segment: name of the segment file.
        offset: where in it the first bad entry begins, octets.
        number: which entry of the journal that is, from 0.
        reason: what is wrong.
        torn: True where nothing sound follows, as after a crash in the middle of a write.
    """

    def __init__(self, segment: str, offset: int, number: int, reason: str, *, torn: bool = False) -> None:
        self.segment, self.offset, self.number, self.reason, self.torn = segment, offset, number, reason, torn
        super().__init__(f"entry {number} (segment {segment}, octet {offset}): {reason}")


class MalformedEntryError(ValueError):
    """The octets at a place are no sound entry; the message says why."""


def encode_entry(kind: EntryKind, payload: bytes, link: bytes) -> tuple[bytes, bytes]:
    """Octets of an entry and their SHA-256.

    Raises:
        PortError: the payload is larger than an entry may be.
    """
    if len(payload) > LARGEST_PAYLOAD:
        raise PortError(f"a journal entry of {len(payload)} octets is larger than the {LARGEST_PAYLOAD} allowed")
    before = _BEFORE_CRC.pack(MAGIC, len(payload))
    after = _AFTER_CRC.pack(kind, LAYOUT, link)
    octets = before + _CRC.pack(_checksum(before, after, payload)) + after + payload
    return octets, hashlib.sha256(octets).digest()


def decode_entry(data: bytes, offset: int, link: bytes | None) -> Entry:
    """The entry that begins at `offset`.

    Args:
        data: a segment's octets.
        offset: where the entry begins.
        link: digest of the entry before; None leaves the chain unchecked.

    Raises:
        MalformedEntryError: it is cut short, does not begin with the magic, fails its CRC, or breaks the chain.
    """
    start = offset + HEAD_SIZE
    if start > len(data):
        raise MalformedEntryError(f"cut short: {len(data) - offset} octets where an entry's head has {HEAD_SIZE}")
    before = data[offset : offset + _BEFORE_CRC.size]
    magic, length = _BEFORE_CRC.unpack(before)
    if magic != MAGIC:
        raise MalformedEntryError(f"begins with {magic.hex()} instead of the magic {MAGIC.hex()}")
    if length > LARGEST_PAYLOAD:
        raise MalformedEntryError(f"claims {length} octets of payload, more than an entry may have")
    if start + length > len(data):
        raise MalformedEntryError(f"cut short: {len(data) - start} of {length} octets of payload")
    (checksum,) = _CRC.unpack_from(data, offset + _BEFORE_CRC.size)
    after, payload = data[start - _AFTER_CRC.size : start], data[start : start + length]
    if checksum != _checksum(before, after, payload):
        raise MalformedEntryError("its CRC does not match its content")
    kind, layout, claimed = _AFTER_CRC.unpack(after)
    if layout != LAYOUT:
        raise MalformedEntryError(f"is of layout {layout}; this version reads layout {LAYOUT}")
    if link is not None and claimed != link:
        raise MalformedEntryError("does not follow the entry before it (hash chain broken)")
    digest = hashlib.sha256(data[offset : start + length]).digest()
    return Entry(kind, payload, digest, HEAD_SIZE + length)


def sound_entry_follows(data: bytes, offset: int) -> bool:
    """True where some intact entry begins at or after `offset`: then what is bad before it is no torn tail."""
    while (offset := data.find(MAGIC, offset)) >= 0:
        try:
            decode_entry(data, offset, None)
        except MalformedEntryError:
            offset += 1
        else:
            return True
    return False


def _checksum(before: bytes, after: bytes, payload: bytes) -> int:
    return zlib.crc32(payload, zlib.crc32(after, zlib.crc32(before)))
