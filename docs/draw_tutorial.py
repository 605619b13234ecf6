"""Draw the pictures of the tutorial "From one target to a swarm" from what its own code computes.

    python -m docs.draw_tutorial

Writes docs/pictures/tutorial-*.svg. Same seeds, same pictures.
"""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse
from numpy.typing import NDArray

from docs.plots import BLUE, GREEN, GREY, INK, RED, panels, save, style
from docs.tutorial_code import SWARM_TUTORIAL, run
from sangar.core.targets import TrackStatus
from sangar.tracking.metrics.gospa import gospa
from sangar.tracking.metrics.scoring import Scans

Names = dict[str, Any]
SHOWN_LOOKS = 3
SHOWN_TRACKS = 80
CHI_SQUARE_95 = 5.99
"""Of two degrees of freedom."""


def draw_turn(names: Names) -> None:
    """The path, and the error along it with both models and with one."""
    figure, (sky, error) = panels(2, widths=[1.0, 1.6])
    path_m = names["turning_m"] / 1e3
    sky.plot(path_m[:, 0], path_m[:, 1], color=INK)
    sky.plot(*path_m[names["parts"]["turning"], :2].T, color=GREY, linewidth=4.0, zorder=0)
    sky.plot(*path_m[-1, :2], marker="<", color=INK)
    sky.set(xlabel="east, km", ylabel="north, km", title="The path (wide: turning)", aspect="equal", ylim=(1.5, 3.7))
    for (name, (error_m, sigma_m)), colour in zip(names["turned"].items(), (BLUE, RED), strict=True):
        looks = np.arange(5, len(path_m))
        error.plot(looks, names["rms"](error_m[:, 5:], axis=0), color=colour, label=f"{name}: error")
        error.plot(looks, names["rms"](sigma_m[:, 5:], axis=0), color=colour, linestyle="--", label="its stated sigma")
    error.axvspan(20.0, 51.4, color=GREY, alpha=0.3, linewidth=0.0)
    error.set(xlabel="time, s", ylabel="horizontal, rms of 40 flights, m", yscale="log", ylim=(4.0, 1500.0))
    error.set_yticks([5.0, 10.0, 20.0, 50.0, 100.0], ["5", "10", "20", "50", "100"])
    error.legend(loc="upper right", ncols=2, title="grey: turning")
    save(figure, "tutorial-turn")


def draw_clutter(names: Names) -> None:
    """A few looks of the sky with the drone's track, and the evidence of tracks over time."""
    figure, (sky, evidence) = panels(2, 3.4)
    false = np.vstack(names["clutter"][-SHOWN_LOOKS:])
    level_km = false[:, 0] * np.cos(false[:, 2]) / 1e3
    east_km, north_km = level_km * np.sin(false[:, 1]), level_km * np.cos(false[:, 1])
    sky.plot(east_km, north_km, ".", color=GREY, markersize=2.5, label=f"false alarms of {SHOWN_LOOKS} looks")
    path_m = [rows["mean"][rows["status"] >= TrackStatus.CONFIRMED] for rows in names["history"]]
    sky.plot(*(np.vstack(path_m)[:, :2].T / 1e3), color=BLUE, linewidth=2.5, label="the confirmed track")
    sky.plot(0.0, 0.0, "^", color=INK, label="radar")
    sky.set(xlabel="east, km", ylabel="north, km", xlim=(-6.0, 6.0), ylim=(-5.0, 7.0), aspect="equal")
    sky.legend(loc="upper left", facecolor="white", framealpha=0.9, frameon=True, edgecolor="none")
    draw_evidence(evidence, names)
    save(figure, "tutorial-clutter")


def draw_evidence(axes: Axes, names: Names) -> None:
    """How the evidence of tracks grew: the drone's, and that of clutter's which got a second detection."""
    confirmation, begun = names["tracker"].tracks.confirmation[0], np.log(0.1)
    lines: dict[int, list[tuple[float, float]]] = {}
    for time_s, rows in zip(names["times_s"], names["history"], strict=True):
        for track in rows[rows["hits"] > 1]:
            lines.setdefault(int(track["id"]), []).append((time_s, track["score"] - track["missed"] - begun))
    (drone,) = names["believed"]
    clutter = [line for number, line in lines.items() if number != drone and len(line) > 1]
    for number, line in enumerate(clutter[:: max(1, len(clutter) // SHOWN_TRACKS)]):
        axes.plot(*np.transpose(line), color=GREY, linewidth=0.8, label=None if number else "some tracks of clutter")
    axes.plot(*np.transpose(lines[drone]), color=BLUE, label="the drone's")
    axes.axhline(confirmation["evidence"][0], color=RED, linestyle="--", label="confirms")
    axes.set(
        xlabel="time, s", ylabel="evidence, log-likelihood ratio", title="Evidence that it is a body", ylim=(-8.0, 22.0)
    )
    axes.legend(loc="upper right")


def draw_two_radars(names: Names) -> None:
    """Errors of forty runs, and the stated 95 % ellipse of the first, by west, east and both."""
    figure, axes = panels(3, 2.9, shared=True)
    for ax, (name, ends), colour in zip(axes, names["ends"].items(), (RED, GREEN, BLUE), strict=True):
        errors_m = np.array([track["mean"][:2] - position_m[:2] for track, position_m in ends])
        ax.plot(*errors_m.T, ".", color=colour, label="errors, 40 runs")
        ax.add_patch(_ellipse(np.mean([track["covariance"] for track, _ in ends], axis=0), colour))
        ax.axhline(0.0, color=GREY, linewidth=0.6, zorder=0)
        ax.axvline(0.0, color=GREY, linewidth=0.6, zorder=0)
        ax.set(title=f"{name} radar" if name != "both" else "both radars", xlabel="error east, m", aspect="equal")
    axes[0].set(ylabel="error north, m", xlim=(-32.0, 32.0), ylim=(-32.0, 32.0))
    save(figure, "tutorial-two-radars")


def _ellipse(packed: NDArray[np.float64], colour: str) -> Ellipse:
    """The ellipse that holds the truth with 95 %, from a packed covariance."""
    lengths, axes = np.linalg.eigh(np.array([[packed[0], packed[1]], [packed[1], packed[2]]]))
    width_m, height_m = 2.0 * np.sqrt(CHI_SQUARE_95 * lengths)
    angle_deg = float(np.degrees(np.arctan2(axes[1, 0], axes[0, 0])))
    return Ellipse((0.0, 0.0), width_m, height_m, angle=angle_deg, fill=False, edgecolor=colour, linestyle="--")


def draw_swarm(names: Names) -> None:
    """The two groups before and while they cross, and GOSPA look by look."""
    figure, (sky, error) = panels(2)
    for number, (colour, marker, name) in enumerate(((BLUE, "o", "one group"), (RED, "s", "the other"))):
        for look in (10, 30, 50):
            true = names["scenes"][0].truths[look]
            place_m = true.positions_m[true.labels // 20 == number]
            label = name if look == 10 else None
            sky.plot(place_m[:, 0], place_m[:, 1], marker, color=colour, markersize=2.5, label=label)
    for look, east_m in ((10, -500.0), (30, 0.0), (50, 500.0)):
        sky.text(east_m, 2205.0, f"look {look}", ha="center")
    sky.set(xlabel="east, m", ylabel="north, m", ylim=(2190.0, 2800.0), title="Where they fly")
    sky.legend(loc="upper center", ncols=2)
    for (how, runs), colour, dashes in zip(names["flown"].items(), (RED, BLUE), ("--", "-"), strict=True):
        error.plot(np.arange(10, 60), _gospa_by_look(names, runs)[10:], color=colour, linestyle=dashes, label=how)
    error.set(xlabel="look (one a second)", ylabel="GOSPA, mean of ten runs, m", title="The error", ylim=(50.0, 130.0))
    error.legend()
    save(figure, "tutorial-swarm")


def _gospa_by_look(names: Names, runs: list[Scans]) -> NDArray[np.float64]:
    pairs = [zip(run, scene.truths, strict=True) for run, scene in zip(runs, names["scenes"], strict=True)]
    means_m: NDArray[np.float64] = np.mean(
        [[gospa(s.positions_m, t.positions_m, names["CUTOFF_M"]).distance_m for s, t in pair] for pair in pairs], axis=0
    )
    return means_m


def main() -> None:
    """Run the tutorial and draw."""
    with style():
        names = run(SWARM_TUTORIAL).names
        save(names["figure"], "tutorial-straight")
        for draw in (draw_turn, draw_clutter, draw_two_radars, draw_swarm):
            draw(names)


if __name__ == "__main__":
    main()
