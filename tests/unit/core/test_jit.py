"""The compile cache is keyed by every source that compiled code may draw on."""

import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from sangar.core.jit import KEPT_CACHES, cache_folder, kernel, kernel_count, source_digest

FOLDER = "import sangar.core.jit as jit, numba; print(jit.cache_folder(), numba.config.CACHE_DIR, jit.source_digest())"


def folders(**environment: str) -> list[str]:
    """(The cache folder, what Numba was told, the digest of the sources) of another interpreter."""
    given = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"} | environment
    done = subprocess.run([sys.executable, "-c", FOLDER], check=True, capture_output=True, text=True, env=given)
    return done.stdout.split()


def test_the_folder_is_named_after_the_sources_and_is_there(tmp_path: Path):
    folder, told, digest = folders(SANGAR_CACHE_DIR=str(tmp_path))
    assert folder == told
    assert Path(folder).is_dir()
    assert Path(folder).parent == tmp_path / "sangar" / "kernels"
    assert digest[:16] in Path(folder).name


def test_a_folder_somebody_chose_for_numba_is_left_alone(tmp_path: Path):
    assert folders(NUMBA_CACHE_DIR=str(tmp_path / "own"), SANGAR_CACHE_DIR=str(tmp_path))[1] == str(tmp_path / "own")


def test_a_place_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    folder, *_ = folders(SANGAR_CACHE_DIR=str(tmp_path / "file"))
    assert Path(folder).is_dir()


def test_caches_of_older_sources_are_tidied_away_but_for_a_few(tmp_path: Path):
    for k in range(KEPT_CACHES + 3):
        old = tmp_path / "sangar" / "kernels" / f"old-{k}"
        old.mkdir(parents=True)
        os.utime(old, (1000.0 + k, 1000.0 + k))
    folders(SANGAR_CACHE_DIR=str(tmp_path))
    kept = sorted(path.name for path in (tmp_path / "sangar" / "kernels").iterdir() if path.name.startswith("old-"))
    assert kept == [f"old-{k}" for k in range(3, KEPT_CACHES + 3)]


def test_the_digest_is_that_of_these_sources():
    assert len(source_digest()) == 64
    assert cache_folder().is_dir()


@kernel
def quotient(above, below):
    """NumPy's rules of division."""
    return above / below


def test_a_kernel_divides_as_numpy_does_and_is_counted():
    before = kernel_count()
    with np.errstate(divide="ignore"):
        assert quotient(np.float64(1.0), np.float64(0.0)) == np.inf
    assert kernel_count() == before
    assert before > 0


@kernel
def counted(count):
    """Make an array of its own, which no kernel may."""
    return np.zeros(count).shape[0]


def test_a_kernel_that_allocates_does_not_compile():
    with pytest.raises(numba.core.errors.NumbaError, match=r"NRT required|returning of array passed into"):
        counted(np.int64(3))
