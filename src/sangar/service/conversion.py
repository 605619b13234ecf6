"""What the conversions have in common: the table they write, and the answer they give."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from sangar.adapters.tables.files import check_suffix
from sangar.core.errors import ConfigurationError


def check_out(out: Path, *read: Path) -> None:
    """Check where a table is to be written, before anything long is done.

    Raises:
        ConfigurationError: it is one of the files to read, or no kind of table.
    """
    if out.resolve() in {path.resolve() for path in read}:
        raise ConfigurationError("--out", "", "is a file to read", "name another file")
    check_suffix(out)


def counts_in_words(counts: Mapping[str, int]) -> list[str]:
    """A line for each count that is not nothing."""
    return [f"  {name.replace('_', ' ')}: {count}" for name, count in counts.items() if count]


def say(answer: Mapping[str, object], lines: Sequence[str], *, as_json: bool) -> None:
    """Print what a conversion came to, for a program or for a person."""
    sys.stdout.write((msgspec.json.encode(answer).decode() if as_json else "\n".join(lines)) + "\n")
