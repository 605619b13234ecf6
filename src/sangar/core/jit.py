"""The one decorator of compiled code, and the cache folder its machine code lives in.

Numba notices a change in a kernel's own file, but not in a module whose constant was frozen into it
(numba/numba#1833): a stale kernel would answer with yesterday's constant. So the cache folder is keyed by a hash of
every source file that compiled code may draw on, the Numba version and the Python version; another source, another
folder. An architecture test holds the kernels to importing from these files only.

No `fastmath`: replay must give the same bits on another processor, and reassociated sums do not.

No reference counts: kernels own no memory, they are lent arrays that the caller holds (see decision 6).
"""

import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

from sangar.core.whole_program import Kernel

KERNEL_SOURCES = (
    "core/**/*.py",
    "models/**/*.py",
    "*/kernels/**/*.py",
    "*/settings.py",
    "*/*workspace.py",
    "*/world.py",
)
"""Glob patterns, from the package's root, of what a kernel may import from."""

KEPT_CACHES = 3
"""How many folders of older sources stay beside the present one (a rollback then starts warm)."""

WITHOUT_RUN_TIME: dict[str, Any] = {"_nrt": False}
"""An inner option of Numba's that its type stubs leave out."""

_Function = TypeVar("_Function", bound=Callable[..., object])


@cache
def source_digest() -> str:
    """Hexadecimal SHA-256 of the source files that compiled code draws on, in path order."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for path in sorted({path for pattern in KERNEL_SOURCES for path in root.glob(pattern)}):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _cache_root() -> Path:
    chosen = os.environ.get("SANGAR_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    return Path(chosen) / "sangar" if chosen else Path.home() / ".cache" / "sangar"


def _usable_folder() -> Path:
    tag = f"py{sys.version_info.major}{sys.version_info.minor}-numba{numba.__version__}-{source_digest()[:16]}"
    for root in (_cache_root(), Path(tempfile.gettempdir()) / f"sangar-{os.getuid()}"):
        folder = root / "kernels" / tag
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="sangar-kernels-"))


def _forget_old_caches(present: Path) -> None:
    others = [folder for folder in present.parent.iterdir() if folder.is_dir() and folder != present]
    for folder in sorted(others, key=lambda item: item.stat().st_mtime, reverse=True)[KEPT_CACHES:]:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def cache_folder() -> Path:
    """Folder of the compiled kernels for exactly these sources; made when absent."""
    folder = _usable_folder()
    with contextlib.suppress(OSError):  # another process may be tidying too
        _forget_old_caches(folder)
    return folder


if "NUMBA_CACHE_DIR" not in os.environ:  # someone who sets it (a container image) means it
    numba.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]  # made at run time by numba


_kernels: list[str] = []


def kernel_count() -> int:
    """How many kernels the modules imported so far hold."""
    return len(_kernels)


def kernel(function: _Function) -> _Function:
    """Compile a scalar-loop function: cached on disk, without the interpreter's lock, with NumPy's division rules.

    Without Numba's run time as well: a kernel that would allocate does not compile, and none counts references.
    """
    _kernels.append(function.__name__)
    if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]  # made at run time by numba
        return function
    return cast(_Function, Kernel(function, nogil=True, error_model="numpy", **WITHOUT_RUN_TIME))
