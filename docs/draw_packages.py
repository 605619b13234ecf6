"""Draw the packages and the arrow of imports, from the very contract that checks it (pyproject.toml).

    python docs/draw_packages.py

Writes docs/pictures/packages.svg.
"""

import tomllib
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

ROOT = Path(__file__).resolve().parent.parent
PICTURE = Path(__file__).parent / "pictures" / "packages.svg"
TELLS = {
    "cli": "commands",
    "cli_convert": "commands that convert recordings",
    "service": "composition: demo, track, replay, report",
    "bench": "peers side by side",
    "report": "after-action report",
    "adapters": "one wire format each",
    "journal": "append-only record",
    "simulation": "truth, sensors, simulated effectors",
    "pipeline": "ports, world, the one compiled step",
    "scenario": "site and scenario files",
    "tracking": "filters, association, life",
    "identification": "what, and whose",
    "assessment": "impact, arrival, harm",
    "warning": "who is told what",
    "engagement": "simulated, with consent",
    "models": "motion, measurement, geometry",
    "core": "time, frames, tables, events",
}


def layers() -> list[list[str]]:
    """The layers of the import contract, highest first, without packages that do not exist yet."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    rows = [[name.strip(" ()") for name in row.split("|")] for row in contracts[0]["layers"]]
    present = [[name for name in row if any((ROOT / "src/sangar").glob(f"{name}*"))] for row in rows]
    return [row for row in present if row]


def draw() -> None:
    """Draw one box a package, one row a layer."""
    rows = layers()
    mpl.rcParams.update({"svg.hashsalt": "sangar", "svg.fonttype": "none", "font.family": "sans-serif"})
    figure = Figure(figsize=(9.5, 0.72 * len(rows) + 0.5))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0.0, 10.0)
    axes.set_ylim(-0.3, len(rows) + 0.1)
    for level, row in enumerate(rows):
        width = 9.0 / len(row)
        for place, name in enumerate(row):
            left, bottom = 0.7 + place * width, len(rows) - 1 - level
            shape = FancyBboxPatch(
                (left, bottom + 0.1),
                width - 0.15,
                0.72,
                boxstyle="round,pad=0.02",
                facecolor="#f4ece2",
                edgecolor="#7a3b00",
            )
            axes.add_patch(shape)
            middle = left + (width - 0.15) / 2.0
            axes.text(middle, bottom + 0.58, name, ha="center", va="center", fontsize=10, weight="bold")
            axes.text(middle, bottom + 0.29, TELLS[name], ha="center", va="center", fontsize=6.5 if len(row) > 3 else 8)
    axes.annotate(
        "",
        xy=(0.35, 0.1),
        xytext=(0.35, len(rows) - 0.15),
        arrowprops={"arrowstyle": "-|>", "color": "#7a3b00", "lw": 2},
    )
    axes.text(0.18, len(rows) / 2.0, "may import", rotation=90, ha="center", va="center", fontsize=9, color="#7a3b00")
    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE, format="svg", metadata={"Date": None})


if __name__ == "__main__":
    draw()
