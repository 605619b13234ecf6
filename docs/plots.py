"""The look of the documentation's plots: colours that everyone can tell apart, SVG that is the same every time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sangar.report.drawing import STYLE

PICTURES = Path(__file__).parent / "pictures"
BLUE, RED, GREEN, ORANGE, INK, GREY = "#0072b2", "#d55e00", "#009e73", "#e69f00", "#1c2126", "#b4bac0"
"""Okabe and Ito's colours; lines that must be told apart differ in their dashes as well."""

_STYLE: Any = {
    **STYLE,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "lines.linewidth": 1.6,
}


@contextmanager
def style() -> Iterator[None]:
    """Whatever is drawn inside has the documentation's look."""
    with mpl.rc_context(_STYLE):
        yield


def panels(
    count: int = 1, height_in: float = 3.2, *, widths: Sequence[float] | None = None, shared: bool = False
) -> tuple[Figure, list[Axes]]:
    """A figure as wide as a page, with so many axes side by side; `widths` are relative, `shared` are both scales."""
    figure = Figure(figsize=(7.6 if count > 1 else 6.0, height_in), layout="constrained")
    axes = figure.subplots(1, count, squeeze=False, width_ratios=widths, sharex=shared, sharey=shared)
    return figure, list(axes[0])


def save(figure: Figure, name: str) -> None:
    """Write docs/pictures/NAME.svg."""
    PICTURES.mkdir(exist_ok=True)
    figure.savefig(PICTURES / f"{name}.svg", format="svg", metadata={"Date": None, "Creator": None}, facecolor="white")
