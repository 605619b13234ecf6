"""The disk as the journal sees it: two calls that can fail."""

import os
from typing import Protocol


class Disk(Protocol):
    """Writing and making durable; a fake that fails on order stands in for it in fault tests."""

    def write(self, descriptor: int, octets: bytes) -> int:
        """Write some of the octets at the end; how many were taken. Raises OSError (disk full, I/O error)."""
        ...

    def sync(self, descriptor: int) -> None:
        """Return when everything written is on the medium. Raises OSError."""
        ...


class OperatingSystemDisk:
    """The real one: write(2) and fdatasync(2)."""

    def write(self, descriptor: int, octets: bytes) -> int:
        """Write some of the octets at the end; how many were taken."""
        return os.write(descriptor, octets)

    def sync(self, descriptor: int) -> None:
        """Return when everything written is on the medium."""
        os.fdatasync(descriptor)
