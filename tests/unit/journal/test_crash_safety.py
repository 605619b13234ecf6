"""Killing the writer, filling the disk, failing the medium: nothing acknowledged is lost, nothing fails in silence."""

import errno
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from sangar.core.errors import PortError
from sangar.journal.entry import JournalDamageError
from sangar.journal.payloads import StepInput, decode_payload, run_header
from sangar.journal.segments import read_entries
from sangar.journal.verify import Condition, verify_journal
from sangar.journal.writer import JournalWriter

SCRIBE = Path(__file__).with_name("scribe.py")
HEADER = run_header(site="", scenario="", seed=None, policy="")
INPUT = 2


class FailingDisk:
    """A disk that fails on order: the n-th write or sync raises, or a write takes only part of what it was given."""

    def __init__(self, *, write_fails_at: int = -1, sync_fails_at: int = -1, part: int = 0) -> None:
        self.write_fails_at, self.sync_fails_at, self.part = write_fails_at, sync_fails_at, part
        self.writes = self.syncs = 0

    def write(self, descriptor: int, octets: bytes) -> int:
        self.writes += 1
        if self.writes == self.write_fails_at:
            os.write(descriptor, octets[: len(octets) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return os.write(descriptor, octets[: self.part] if self.part else octets)

    def sync(self, descriptor: int) -> None:
        self.syncs += 1
        if self.syncs == self.sync_fails_at:
            raise OSError(errno.EIO, os.strerror(errno.EIO))


def numbers_in(folder: Path) -> list[int]:
    entries = (placed.entry for placed in read_entries(folder))
    return [int(decode_payload(StepInput, entry.payload).time_s) for entry in entries if entry.kind == INPUT]


def kill_a_writer(folder: Path, first: int, delay_s: float) -> int:
    """Let a writer run, kill -9 it; the count it had acknowledged (its last whole line)."""
    command = [sys.executable, str(SCRIBE), str(folder), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline()]
        time.sleep(delay_s)
        process.kill()
        acknowledged += process.stdout.read().splitlines(keepends=True)
    whole = [line for line in acknowledged if line.endswith(b"\n")]
    return int(whole[-1])


def test_a_dozen_kills_lose_nothing_that_was_acknowledged(tmp_path):
    folder, dice, acknowledged = tmp_path / "a.journal", Random(20220104), 0
    for kill in range(12):
        acknowledged = kill_a_writer(folder, acknowledged, dice.uniform(0.0, 0.15))
        writer, notice = JournalWriter.resume(folder, segment_limit_octets=200_000)
        writer.abandon()
        assert notice.cut_octets >= 0
        numbers = numbers_in(folder)
        assert numbers == list(range(len(numbers))), f"gap after kill {kill}"
        assert len(numbers) >= acknowledged
        acknowledged = len(numbers)
    assert verify_journal(folder).condition == Condition.OPEN


@pytest.mark.parametrize("cut", [1, 7, 30, 47, 48, 49, 200])
def test_a_torn_tail_is_reported_cut_and_kept_aside(tmp_path, cut):
    folder = tmp_path / "a.journal"
    writer = JournalWriter.create(folder, HEADER)
    for number in range(3):
        writer.append(StepInput(float(number), 0, bytes(300), b""))
        writer.commit()
    writer.abandon()
    segment = folder / "000000.seg"
    octets = segment.read_bytes()
    segment.write_bytes(octets[:-cut])
    verdict = verify_journal(folder)
    assert (verdict.condition, verdict.entry) == (Condition.TORN, 3)
    resumed, notice = JournalWriter.resume(folder)
    assert notice.cut_octets == len(octets) - cut - verdict.offset
    (aside,) = folder.glob("*.torn")
    assert aside.read_bytes() == octets[verdict.offset : len(octets) - cut]
    resumed.append(StepInput(9.0, 0, b"", b""))
    resumed.close()
    assert verify_journal(folder).condition == Condition.WHOLE
    assert numbers_in(folder) == [0, 1, 9]


def test_zeros_after_the_last_entry_are_a_torn_tail(tmp_path):
    folder = tmp_path / "a.journal"
    JournalWriter.create(folder, HEADER).abandon()
    with (folder / "000000.seg").open("ab") as file:
        file.write(bytes(4096))
    writer, notice = JournalWriter.resume(folder)
    assert notice.cut_octets == 4096
    writer.abandon()


def test_damage_before_sound_entries_is_never_cut(tmp_path):
    folder = tmp_path / "a.journal"
    writer = JournalWriter.create(folder, HEADER)
    for number in range(4):
        writer.append(StepInput(float(number), 0, bytes(100), b""))
    writer.commit()
    writer.abandon()
    segment = folder / "000000.seg"
    octets = bytearray(segment.read_bytes())
    octets[len(octets) // 2] ^= 0xFF
    segment.write_bytes(octets)
    with pytest.raises(JournalDamageError):
        JournalWriter.resume(folder)
    assert segment.read_bytes() == bytes(octets)


def test_short_writes_are_carried_on_until_all_is_written(tmp_path):
    writer = JournalWriter.create(tmp_path / "a.journal", HEADER, disk=FailingDisk(part=5))
    writer.append(StepInput(1.0, 0, bytes(1000), b""))
    writer.close()
    assert verify_journal(tmp_path / "a.journal").condition == Condition.WHOLE


@pytest.mark.parametrize(
    "disk", [FailingDisk(write_fails_at=3), FailingDisk(sync_fails_at=3)], ids=["full", "io-error"]
)
def test_a_refusing_disk_is_an_error_at_once_and_for_good(tmp_path, disk):
    folder = tmp_path / "a.journal"
    writer = JournalWriter.create(folder, HEADER, disk=disk)
    writer.append(StepInput(1.0, 0, b"", b""))
    writer.commit()
    writer.append(StepInput(2.0, 0, b"", b""))
    with pytest.raises(PortError, match="the disk refused"):
        writer.commit()
    with pytest.raises(PortError, match="nothing more can be recorded"):
        writer.append(StepInput(3.0, 0, b"", b""))
    assert numbers_in(folder) == [1]
    assert verify_journal(folder).condition == Condition.OPEN


def test_a_disk_that_takes_nothing_is_an_error_not_an_endless_loop(tmp_path):
    class Stuck(FailingDisk):
        def write(self, descriptor: int, octets: bytes) -> int:
            return 0

    with pytest.raises(PortError, match="takes no more"):
        JournalWriter.create(tmp_path / "a.journal", HEADER, disk=Stuck())


def test_the_operating_systems_own_limit_is_an_error_and_keeps_what_was_acknowledged(tmp_path):
    folder = tmp_path / "a.journal"
    writer = JournalWriter.create(folder, HEADER)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    acknowledged = 0
    try:
        with pytest.raises(PortError, match="File too large"):  # noqa: PT012
            for number in range(100):
                writer.append(StepInput(float(number), 0, bytes(900), b""))
                writer.commit()
                acknowledged = number + 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert 0 < acknowledged < 100
    assert numbers_in(folder) == list(range(acknowledged))
