"""Who takes part: Sangar, and the trackers it is measured beside, behind one face.

Each is imported only where it runs, so that none pays for another's memory or start.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Protocol

from sangar.bench.scenes import Scene
from sangar.core.errors import ConfigurationError
from sangar.tracking.metrics.scoring import LabelledPositions

SANGAR_TRACKER, SANGAR_STEP = "sangar-tracker", "sangar-step"
STONE_SOUP = "stonesoup-ekf-kd"
EKF_YARDSTICK, IMM_YARDSTICK = "ref-numpy-ekf-gnn", "ref-numpy-imm-gnn"


class Contender(Protocol):
    """A tracker set up for one scene; everything before the first scan is not timed."""

    def prepare(self, number: int) -> None:
        """Lay out one scan as this tracker reads it; not timed."""
        ...

    def scan(self, number: int) -> None:
        """Take in one scan; this call is timed. Scans come in order."""
        ...

    def confirmed(self) -> LabelledPositions:
        """The confirmed tracks after the last scan; not timed."""
        ...


def _sangar_tracker(scene: Scene) -> Contender:
    from sangar.bench.sangar_tracker import warm_tracker

    return warm_tracker(scene)


def _sangar_step(scene: Scene) -> Contender:
    from sangar.bench.sangar_step import warm_step

    return warm_step(scene)


def _stone_soup(scene: Scene) -> Contender:
    from sangar.bench.peers.stone_soup import StoneSoup

    return StoneSoup(scene)


def _ekf_yardstick(scene: Scene) -> Contender:
    from sangar.bench.peers.ekf import ekf_yardstick

    return ekf_yardstick(scene)


def _imm_yardstick(scene: Scene) -> Contender:
    from sangar.bench.peers.imm import imm_yardstick

    return imm_yardstick(scene)


CONTENDERS: dict[str, Callable[[Scene], Contender]] = {
    STONE_SOUP: _stone_soup,
    EKF_YARDSTICK: _ekf_yardstick,
    IMM_YARDSTICK: _imm_yardstick,
    SANGAR_TRACKER: _sangar_tracker,
    SANGAR_STEP: _sangar_step,
}
"""In the order they run: Stone Soup's scans are the window all are compared over."""


def enter(name: str, scene: Scene) -> Contender:
    """Set a contender up for a scene.

    Raises:
        ConfigurationError: nobody has this name.
    """
    if name not in CONTENDERS:
        raise ConfigurationError("tracker", "", f"{name!r} is unknown", f"choose one of {', '.join(CONTENDERS)}")
    return CONTENDERS[name](scene)


def is_stone_soup_here() -> bool:
    """Whether the extra `bench` is installed."""
    return find_spec("stonesoup") is not None
