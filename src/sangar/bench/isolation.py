"""Run a contender in a process of its own: its memory, its threads and its imports are nobody else's."""

import contextlib
import multiprocessing
import os
import resource
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from sangar.bench.contenders import enter
from sangar.bench.rows import BenchRow, Run, make_row
from sangar.bench.scenes import Scene
from sangar.core.errors import PortError

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
NOTICE_S = 0.2
"""Progress is told no more often than this."""


def compete(name: str, scene: Scene, scans: int, advance: Callable[[int], None]) -> Run:
    """Run a contender over the first scans of a scene, in this process, timing only its own call.

    Args:
        name: one of `sangar.bench.contenders.CONTENDERS`.
        scene: what it runs on.
        scans: how many.
        advance: told the number of scans done, now and then.
    """
    contender = enter(name, scene)
    estimates, cpu_s, wall_s, told_s = [], np.zeros(scans), np.zeros(scans), -np.inf
    for number in range(scans):
        contender.prepare(number)
        wall_before_s, cpu_before_s = time.perf_counter(), time.process_time()
        contender.scan(number)
        cpu_s[number] = time.process_time() - cpu_before_s
        wall_s[number] = time.perf_counter() - wall_before_s
        estimates.append(contender.confirmed())
        if time.perf_counter() - told_s > NOTICE_S:
            told_s = time.perf_counter()
            advance(number + 1)
    return Run(tuple(estimates), cpu_s, wall_s, largest_memory_mib())


def largest_memory_mib() -> float:
    """Largest resident memory of this process so far.

    Linux keeps `ru_maxrss` over an exec, so a child begins with its parent's: the kernel's own line is asked first.
    """
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def compete_apart(name: str, scene: Scene, windows: tuple[int, ...], advance: Callable[[int], None]) -> list[BenchRow]:
    """Run a contender in a fresh process with one thread; a row over each of the windows (first so many scans).

    Raises:
        PortError: the process ended before it was done; what it complained of stands on the error output.
    """
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_answer, args=(there, name, scene, windows), name=name)
    with _environment(ONE_THREAD):
        process.start()
    there.close()
    try:
        rows = _listen(here, advance)
    finally:
        here.close()  # a contender that is still running ends when it next tells its progress
        process.join()
    if rows is None:
        raise PortError(f"{name} on {scene.name} ended with exit code {process.exitcode} before it was done")
    return rows


def _answer(there: Connection, name: str, scene: Scene, windows: tuple[int, ...]) -> None:
    run = compete(name, scene, max(windows), there.send)
    there.send([make_row(name, scene, run, scans) for scans in windows])
    there.close()


def _listen(here: Connection, advance: Callable[[int], None]) -> list[BenchRow] | None:
    """The rows, or None when the other side closed without any."""
    with contextlib.suppress(EOFError):
        while True:
            message = here.recv()
            if not isinstance(message, int):
                rows: list[BenchRow] = message
                return rows
            advance(message)
    return None


@contextlib.contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """The variables, for processes started meanwhile."""
    before = {key: os.environ.get(key) for key in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                del os.environ[key]
            else:
                os.environ[key] = value
