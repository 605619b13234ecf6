"""`sangar verify`: is a journal whole and unchanged?"""

from pathlib import Path

import msgspec
from rich.console import Console

from sangar.journal.verify import Condition, Verdict, verify_journal


def run_verify(journal: Path, json: bool) -> int:
    """Verify a journal; 0 when it is whole, 1 when it is damaged, torn or was never closed.

    Raises:
        ConfigurationError: the folder is no journal.
        PortError: a segment cannot be read.
    """
    verdict = verify_journal(journal)
    if json:
        print(msgspec.json.encode(verdict).decode())
    else:
        console = Console(highlight=False, markup=False, soft_wrap=True)
        for line in verdict_lines(verdict):
            console.print(line)
    return 0 if verdict.condition == Condition.WHOLE else 1


def verdict_lines(verdict: Verdict) -> list[str]:
    """A verdict in words: the condition, the first bad entry, what to compare the head with."""
    sound = f"{verdict.entries} sound entries, head {verdict.head_sha256 or 'none'}"
    if verdict.condition == Condition.WHOLE:
        return [
            f"Whole: {sound}.",
            "Compare the head with one noted elsewhere (a report, a summary) to exclude a forgery.",
        ]
    if verdict.condition == Condition.OPEN:
        return [f"Not closed: {sound}.", f"{verdict.reason[0].upper()}{verdict.reason[1:]}."]
    word = "Torn tail" if verdict.condition == Condition.TORN else "Damaged"
    where = f"entry {verdict.entry} (segment {verdict.segment}, octet {verdict.offset})"
    return [f"{word}: {where} {verdict.reason}.", f"Before it: {sound}."]
