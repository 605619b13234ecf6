"""What an installation stands on: versions, folders, compiled kernels, recorded data; and what is wrong with it."""

import os
import platform
import sys
import tempfile
from importlib import metadata
from pathlib import Path

import msgspec

from sangar import __version__
from sangar.core.jit import cache_folder

LIBRARIES = ("numpy", "scipy", "numba", "polars", "pyproj", "msgspec", "libasterix")


class Finding(msgspec.Struct, frozen=True):
    """One line of the doctor's list.

    Attributes:
        subject: what was looked at.
        found: what is the case.
        mend: what to do about it; empty when all is well or nothing need be done.
    """

    subject: str
    found: str
    mend: str = ""


def _versions() -> list[Finding]:
    python = f"{platform.python_version()} ({platform.machine()}, {platform.system()})"
    libraries = [Finding(name, metadata.version(name)) for name in LIBRARIES]
    return [Finding("sangar", __version__), Finding("python", python), *libraries]


def _kernels() -> Finding:
    folder = Path(os.environ.get("NUMBA_CACHE_DIR") or cache_folder())
    compiled = sum(1 for _ in folder.rglob("*.nbi"))
    hint = "none yet: the first run compiles, or `sangar warmup` now"
    return Finding("compiled kernels", f"{compiled or hint}, in {folder}")


def _output(out: Path) -> Finding:
    nearest = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):
            return Finding("output folder", f"{out} can be written")
    except OSError as error:
        return Finding("output folder", f"{out}: {error.strerror}", "choose another with --out")


def _recorded_data() -> Finding:
    folder = Path(os.environ.get("SANGAR_DATA", "../shared/data"))
    if folder.is_dir():
        return Finding("recorded data", str(folder.resolve()))
    return Finding(
        "recorded data", "none (set SANGAR_DATA to its folder; only validation tests and benchmarks want it)"
    )


def examine(out: Path) -> list[Finding]:
    """Look at everything a run depends on.

    Args:
        out: folder that runs are to write into; need not exist yet.
    """
    return [*_versions(), _kernels(), _output(out), _recorded_data()]


def run_doctor(out: Path, json: bool) -> int:
    """Print the findings; 1 when one of them needs mending, else 0."""
    findings = examine(out)
    if json:
        sys.stdout.write(msgspec.json.encode({"findings": findings}).decode() + "\n")
    else:
        width = max(len(finding.subject) for finding in findings)
        for finding in findings:
            mend = f"  -> {finding.mend}" if finding.mend else ""
            print(f"{finding.subject:{width}}  {finding.found}{mend}")
    return 1 if any(finding.mend for finding in findings) else 0
