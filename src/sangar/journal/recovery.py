"""Recovery after a crash: find the last sound entry and cut what a broken-off write left behind it.

Only a tail is cut, only in the last segment, and only where nothing sound follows; the cut octets are kept beside the
segment. Anything else that is wrong is damage, and damage is never tidied away.
"""

import os
from pathlib import Path
from typing import NamedTuple

from sangar.core.errors import ConfigurationError, PortError
from sangar.journal.entry import FIRST_LINK, EntryKind, JournalDamageError
from sangar.journal.segments import read_entries, read_octets, segments


class Recovery(NamedTuple):
    """Where writing goes on.

    Attributes:
        entries: sound entries kept.
        head: digest of the last of them.
        segments: segment files there are.
        cut_octets: length of the torn tail that was cut; 0 where the journal ended cleanly.
    """

    entries: int
    head: bytes
    segments: int
    cut_octets: int


def recover(folder: Path) -> Recovery:
    """Make an unclosed journal fit for appending; the torn tail goes to a `.torn` file beside its segment.

    Raises:
        ConfigurationError: the folder is no journal, was closed, or crashed before its header was durable.
        JournalDamageError: it is damaged elsewhere than in its tail; nothing was changed.
        PortError: the disk refuses.
    """
    entries, head, kind, cut_octets = 0, FIRST_LINK, 0, 0
    try:
        for placed in read_entries(folder):
            entries, head, kind = placed.number + 1, placed.entry.digest, placed.entry.kind
    except JournalDamageError as damage:
        if not damage.torn:
            raise
        if damage.number > 0:
            cut_octets = _cut(folder / damage.segment, damage.offset)
    if entries == 0:
        raise ConfigurationError(str(folder), "", "ends before its header was written", "start a new journal")
    if kind == EntryKind.CLOSING:
        raise ConfigurationError(str(folder), "", "was closed; a closed journal is final", "start a new journal")
    return Recovery(entries, head, len(segments(folder)), cut_octets)


def _cut(segment: Path, offset: int) -> int:
    tail = read_octets(segment)[offset:]
    try:
        aside = segment.with_suffix(f".{offset}.torn")
        with aside.open("wb") as file:
            file.write(tail)
            file.flush()
            os.fsync(file.fileno())
        with segment.open("rb+") as file:
            file.truncate(offset)
            os.fsync(file.fileno())
    except OSError as error:
        raise PortError(f"{segment}: its torn tail cannot be cut: {error.strerror}") from error
    return len(tail)
