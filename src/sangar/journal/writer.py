"""Writing a journal: append entries, commit a group, and only then show what it says.

An entry is acknowledged when `commit` returns: by then fdatasync has put the whole group on the medium. When the disk
refuses (full, I/O error) the writer raises `PortError`, cuts back what was half written, and takes nothing more: after
a failed fdatasync nobody can say what the medium holds, so trying again would acknowledge what may be lost.
"""

import contextlib
import errno
import fcntl
import os
from pathlib import Path
from typing import NoReturn, Self

import msgspec

from sangar.core.errors import ConfigurationError, PortError
from sangar.journal.disk import Disk, OperatingSystemDisk
from sangar.journal.entry import FIRST_LINK, EntryKind, encode_entry
from sangar.journal.payloads import Closing, Header, Recovered, encode_payload
from sangar.journal.recovery import recover
from sangar.journal.segments import GIVE_A_JOURNAL, segment_name

SEGMENT_LIMIT_OCTETS = 64 * 1024 * 1024


class JournalWriter:
    """The one writer of a journal folder; not for use from several threads.

    Attributes:
        head: digest of the newest entry appended; the chain's end once committed.
        entries: entries appended so far.
    """

    def __init__(
        self, folder: Path, disk: Disk | None = None, segment_limit_octets: int = SEGMENT_LIMIT_OCTETS
    ) -> None:
        """Lock the folder for writing; use `create` or `resume` instead of calling this."""
        self.head, self.entries = FIRST_LINK, 0
        self._folder, self._disk, self._limit_octets = folder, disk or OperatingSystemDisk(), segment_limit_octets
        self._group: list[bytes] = []
        self._segment, self._descriptor, self._durable_octets = -1, -1, 0
        self._refusal = ""
        self._lock = _lock_folder(folder)

    @classmethod
    def create(
        cls, folder: Path, header: Header, disk: Disk | None = None, segment_limit_octets: int = SEGMENT_LIMIT_OCTETS
    ) -> Self:
        """Start a new journal; its header is durable on return.

        Raises:
            ConfigurationError: the folder holds something already.
            PortError: the disk refuses.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            occupied = any(folder.iterdir())
        except OSError as error:
            raise PortError(f"{folder}: cannot be made a journal: {error.strerror}") from error
        if occupied:
            raise ConfigurationError(str(folder), "", "holds something already", "name a new folder for the journal")
        writer = cls(folder, disk, segment_limit_octets)
        writer._open_segment(0)
        _sync_folder(folder.parent)
        writer.append(header)
        writer.commit()
        return writer

    @classmethod
    def resume(
        cls, folder: Path, disk: Disk | None = None, segment_limit_octets: int = SEGMENT_LIMIT_OCTETS
    ) -> tuple[Self, Recovered]:
        """Go on with a journal that was not closed: cut the torn tail (kept aside) and say so in an entry.

        Raises:
            ConfigurationError: the folder is no journal, or one that was closed.
            JournalDamageError: it is damaged elsewhere than in its tail; nothing was changed.
            PortError: another process writes it, or the disk refuses.
        """
        writer = cls(folder, disk, segment_limit_octets)
        try:
            found = recover(folder)
        except BaseException:
            writer._release()
            raise
        writer.head, writer.entries = found.head, found.entries
        writer._open_segment(found.segments - 1, os.O_WRONLY)
        notice = Recovered(segment_name(found.segments - 1), found.cut_octets)
        writer.append(notice)
        writer.commit()
        return writer, notice

    def append(self, payload: msgspec.Struct) -> None:
        """Add an entry to the group; it is not acknowledged before `commit` returns.

        Raises:
            PortError: the writer is closed, or failed earlier.
        """
        self._check_taking()
        kind, octets = encode_payload(payload)
        self.append_octets(kind, octets)

    def append_octets(self, kind: EntryKind, payload: bytes) -> None:
        """Add an entry whose payload is encoded already.

        Raises:
            PortError: the writer is closed, or failed earlier.
        """
        self._check_taking()
        entry, self.head = encode_entry(kind, payload, self.head)
        self._group.append(entry)
        self.entries += 1

    def commit(self) -> None:
        """Make the group durable; on return every entry appended is acknowledged.

        Raises:
            PortError: the disk refused; the group is not acknowledged and the writer takes nothing more.
        """
        self._check_taking()
        if not self._group:
            return
        octets = b"".join(self._group)
        if self._durable_octets and self._durable_octets + len(octets) > self._limit_octets:
            self._open_segment(self._segment + 1)
        try:
            _write_all(self._disk, self._descriptor, octets)
            self._disk.sync(self._descriptor)
        except OSError as error:
            self._fail(error)
        self._durable_octets += len(octets)
        self._group.clear()

    def close(self) -> str:
        """Write the closing entry and let the folder go; the head, hexadecimal. Entries cut off later will show.

        Raises:
            PortError: the disk refused, or the writer is closed or failed already.
        """
        self.append(Closing(self.entries))
        self.commit()
        self._release()
        self._refusal = "the journal is closed"
        return self.head.hex()

    def abandon(self) -> None:
        """Let the folder go without a closing entry; what was not committed is lost, and the journal stays open."""
        self._release()
        self._refusal = self._refusal or "the journal was abandoned"

    def _check_taking(self) -> None:
        if self._refusal:
            raise PortError(f"{self._folder}: nothing more can be recorded: {self._refusal}")

    def _open_segment(self, number: int, flags: int = os.O_WRONLY | os.O_CREAT | os.O_EXCL) -> None:
        path = self._folder / segment_name(number)
        try:
            descriptor = os.open(path, flags | os.O_APPEND | os.O_CLOEXEC, 0o640)
            if self._descriptor >= 0:
                os.close(self._descriptor)
            self._segment, self._descriptor = number, descriptor
            self._durable_octets = os.fstat(descriptor).st_size
            _sync_folder(self._folder)
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> NoReturn:
        self._refusal = error.strerror or str(error)
        with contextlib.suppress(OSError):  # best effort: what stays behind is a torn tail, which recovery cuts
            os.ftruncate(self._descriptor, self._durable_octets)
        self._release()
        raise PortError(f"{self._folder}: the disk refused a journal entry: {self._refusal}") from error

    def _release(self) -> None:
        for descriptor in (self._descriptor, self._lock):
            if descriptor >= 0:
                os.close(descriptor)
        self._descriptor = self._lock = -1


def _write_all(disk: Disk, descriptor: int, octets: bytes) -> None:
    while octets:
        taken = disk.write(descriptor, octets)
        if taken <= 0:
            raise OSError(errno.EIO, "the disk takes no more octets")
        octets = octets[taken:]


def _lock_folder(folder: Path) -> int:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise ConfigurationError(str(folder), "", "is no journal folder", GIVE_A_JOURNAL) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise PortError(f"{folder}: another process is writing this journal") from error
    return descriptor


def _sync_folder(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise PortError(f"{folder}: cannot be made durable: {error.strerror}") from error
