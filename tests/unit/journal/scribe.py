"""Writes a journal without end, telling its parent of every acknowledged entry; made to be killed."""

import sys
from pathlib import Path

from sangar.journal.payloads import StepInput, run_header
from sangar.journal.writer import JournalWriter


def main(folder: Path) -> None:
    """Append numbered entries of varying size, commit each group, then acknowledge it on standard output."""
    header = run_header(site="", scenario="", seed=None, policy="")
    if folder.exists():
        writer, _ = JournalWriter.resume(folder, segment_limit_octets=200_000)
    else:
        writer = JournalWriter.create(folder, header, segment_limit_octets=200_000)
    number = int(sys.argv[2])
    while True:
        for _ in range(1 + number % 3):
            writer.append(StepInput(float(number), 0, bytes(number * 37 % 5000), b""))
            number += 1
        writer.commit()
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


main(Path(sys.argv[1]))
