"""Figures as SVG text: same input, same octets; no state shared with other users of matplotlib."""

import io
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "sangar",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "sans-serif"],
    "font.size": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
"""What all of Sangar's pictures have in common."""


def svg_figure(draw: Callable[[Axes], tuple[float, float]]) -> str:
    """An SVG element with what `draw` puts on one set of axes; `draw` returns width and height in inches.

    Names from site files reach `draw` as they are: mathematics in text is off, and SVG text is escaped.
    """
    with mpl.rc_context({**STYLE, "text.parse_math": False}):
        figure = Figure(layout="constrained")
        figure.set_size_inches(draw(figure.add_subplot()))
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    whole = text.getvalue()
    return whole[whole.index("<svg") : whole.index("<metadata>")] + whole[whole.index("</metadata>") + 11 :]
