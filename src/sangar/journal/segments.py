"""The folder of a journal: segments 000000.seg, 000001.seg, … read in order, entry by entry."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sangar.core.errors import ConfigurationError, PortError
from sangar.journal.entry import (
    FIRST_LINK,
    Entry,
    EntryKind,
    JournalDamageError,
    MalformedEntryError,
    decode_entry,
    sound_entry_follows,
)

GIVE_A_JOURNAL = "give the path of a *.journal folder"
_SEGMENT = re.compile(r"(\d{6})\.seg")


class PlacedEntry(NamedTuple):
    """An entry and where it stands.

    Attributes:
        number: which entry of the journal, from 0.
        segment: name of its segment file.
        offset: where in it the entry begins, octets.
        entry: the entry.
    """

    number: int
    segment: str
    offset: int
    entry: Entry


def segment_name(number: int) -> str:
    """File name of a segment."""
    return f"{number:06d}.seg"


def segments(folder: Path) -> list[Path]:
    """Segment files of a journal in order.

    Raises:
        ConfigurationError: the folder is no journal.
    """
    try:
        found = sorted(path for path in folder.iterdir() if _SEGMENT.fullmatch(path.name))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ConfigurationError(str(folder), "", "is no journal folder", GIVE_A_JOURNAL) from error
    except OSError as error:
        raise PortError(f"{folder}: cannot be listed: {error.strerror}") from error
    if not found:
        raise ConfigurationError(str(folder), "", "holds no journal segment", GIVE_A_JOURNAL)
    return found


def read_octets(path: Path) -> bytes:
    """All octets of a segment.

    Raises:
        PortError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise PortError(f"{path}: cannot be read: {error.strerror}") from error


def read_entries(folder: Path) -> Iterator[PlacedEntry]:
    """Every entry from the first on, each checked: CRC, chain, header first, nothing after the closing entry.

    Raises:
        ConfigurationError: the folder is no journal.
        JournalDamageError: the first entry that is not as it was written; `torn` marks a tail cut by a crash.
        PortError: a segment cannot be read.
    """
    number, link, closed = 0, FIRST_LINK, False
    paths = segments(folder)
    for position, path in enumerate(paths):
        if path.name != segment_name(position):
            raise JournalDamageError(segment_name(position), 0, number, "the segment is missing")
        data, offset = read_octets(path), 0
        while offset < len(data):
            try:
                entry = _expected_entry(data, offset, link, number, closed)
            except MalformedEntryError as error:
                torn = path == paths[-1] and not closed and not sound_entry_follows(data, offset)
                raise JournalDamageError(path.name, offset, number, str(error), torn=torn) from error
            yield PlacedEntry(number, path.name, offset, entry)
            number, link, closed = number + 1, entry.digest, entry.kind == EntryKind.CLOSING
            offset += entry.size


def _expected_entry(data: bytes, offset: int, link: bytes, number: int, closed: bool) -> Entry:
    if closed:
        raise MalformedEntryError("stands after the closing entry")
    entry = decode_entry(data, offset, link)
    if (entry.kind == EntryKind.HEADER) != (number == 0):
        raise MalformedEntryError("a journal has one header, as its first entry")
    return entry
