"""Compile (or load from the cache) everything that runs live, before anything depends on it.

A cold compilation takes tens of seconds, more than a hundred scans of a radar: it must never happen while people wait
for a warning. After `warm_up` a call with other argument types raises TypeError instead of compiling.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numba.core import event

from sangar.core.detections import DETECTION
from sangar.core.jit import cache_folder, kernel_count
from sangar.pipeline.kernels.step import step
from sangar.pipeline.pipeline import Pipeline
from sangar.pipeline.ports import Batch
from sangar.scenario.site import Reference, Site

PROGRESS_INTERVAL_S = 2.0


class _CompileProgress(event.Listener):
    """Reports how many kernels have been compiled, at most every two seconds."""

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report, self._said_s = report, time.perf_counter()
        self._compiled: set[object] = set()

    def on_start(self, event: object) -> None:
        """A kernel's compilation begins; nothing to say yet."""

    def on_end(self, event: Any) -> None:  # noqa: ANN401 - an object of Numba's, untyped
        """A kernel has been compiled; Numba's own helpers do not count."""
        if not event.data["dispatcher"].py_func.__module__.startswith("sangar."):
            return
        self._compiled.add(event.data["dispatcher"])
        now_s = time.perf_counter()
        if now_s - self._said_s >= PROGRESS_INTERVAL_S:
            self._said_s = now_s
            self._report(f"Compiling for this machine, once: {len(self._compiled)} of {kernel_count()}")


def is_warm() -> bool:
    """Whether the compiled step lies in the cache."""
    return any(cache_folder().rglob("step.step-*.nbi"))


def warm_up(report: Callable[[str], None]) -> float:
    """Make the step ready to run; returns the seconds it took.

    Args:
        report: called with a line of progress while kernels are being compiled; not called when they are cached.
    """
    started_s = time.perf_counter()
    if is_warm() or not hasattr(step, "signatures"):
        _run_once()
    else:
        report(f"Compiling {kernel_count()} kernels for this machine, once (up to a minute) ...")
        with event.install_listener("numba:compile", _CompileProgress(report)):
            _run_once()
    if hasattr(step, "disable_compile"):
        step.disable_compile()
    return time.perf_counter() - started_s


def _run_once() -> None:
    """One step over an empty site: it has the very types of every other site."""
    site = Site(reference=Reference(name="warm-up", latitude_deg=0.0, longitude_deg=0.0))
    Pipeline(site, track_capacity=4).step(Batch(0.0, -1, np.zeros(0, DETECTION)))
