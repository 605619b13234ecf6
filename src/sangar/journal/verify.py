"""Verifying a journal: is everything in it as it was written, and is it all there?

A chain of hashes without a key proves order and content up to its head. Two things it cannot see by itself: entries
cut off the end of a journal that was never closed, and a whole chain made anew. Hence the closing entry, and the head
printed in reports and summaries: compare it with a head noted elsewhere.
"""

from enum import StrEnum
from pathlib import Path

import msgspec

from sangar.core.errors import PortError
from sangar.journal.entry import EntryKind, JournalDamageError
from sangar.journal.payloads import Closing, decode_payload
from sangar.journal.segments import PlacedEntry, read_entries


class Condition(StrEnum):
    """What a journal was found to be."""

    WHOLE = "whole"
    OPEN = "open"
    TORN = "torn"
    DAMAGED = "damaged"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What verifying found.

    Attributes:
        condition: whole (closed, all sound), open (sound, never closed), torn (tail cut in a write), or damaged.
        entries: how many entries are sound, from the first.
        head_sha256: digest of the last sound entry, hexadecimal; empty for none.
        segment: where the first bad entry stands; empty for none.
        offset: where in that segment; -1 for none.
        entry: its number; -1 for none.
        reason: one sentence.
    """

    condition: Condition
    entries: int
    head_sha256: str
    segment: str = ""
    offset: int = -1
    entry: int = -1
    reason: str


_OPEN_REASON = (
    "every entry is sound but the journal was never closed: a run is still writing it, or it ended without closing, "
    "or entries were cut off its end"
)


def verify_journal(folder: Path) -> Verdict:
    """Read every entry and say what was found; the first bad entry is named.

    Raises:
        ConfigurationError: the folder is no journal.
        PortError: a segment cannot be read.
    """
    entries, head, closed = 0, b"", False
    try:
        for placed in read_entries(folder):
            _check_closing(placed)
            entries, head, closed = placed.number + 1, placed.entry.digest, placed.entry.kind == EntryKind.CLOSING
    except JournalDamageError as damage:
        return Verdict(
            condition=Condition.TORN if damage.torn else Condition.DAMAGED,
            entries=entries,
            head_sha256=head.hex(),
            segment=damage.segment,
            offset=damage.offset,
            entry=damage.number,
            reason=damage.reason,
        )
    return Verdict(
        condition=Condition.WHOLE if closed else Condition.OPEN,
        entries=entries,
        head_sha256=head.hex(),
        reason="every entry is as it was written, up to the closing entry" if closed else _OPEN_REASON,
    )


def _check_closing(placed: PlacedEntry) -> None:
    if placed.entry.kind != EntryKind.CLOSING:
        return
    try:
        counted = decode_payload(Closing, placed.entry.payload).entries
    except PortError as error:
        raise JournalDamageError(placed.segment, placed.offset, placed.number, str(error)) from error
    if counted != placed.number:
        reason = f"the closing entry counts {counted} entries before it, there are {placed.number}"
        raise JournalDamageError(placed.segment, placed.offset, placed.number, reason)
