"""The timeline: who was seen when, what each zone was told when, what was decided when."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from sangar.core.areas import AreaKind
from sangar.core.events import EventKind
from sangar.core.targets import ZoneState
from sangar.report.colours import EFFECT, INK, QUIET, ZONE_COLOURS
from sangar.report.drawing import svg_figure
from sangar.report.material import Material
from sangar.report.threats import TrackMatch
from sangar.report.words import ZONE_WORDS

_SHOT_MARKS = {
    EventKind.ENGAGEMENT_PROPOSED: ("|", "proposed"),
    EventKind.ENGAGEMENT_DECIDED: ("d", "decided"),
    EventKind.ENGAGEMENT_FIRED: (">", "simulated shot"),
    EventKind.ENGAGEMENT_ENDED: ("X", "engagement ended"),
}
_Lane = tuple[str, Callable[[Axes, float], None]]


def timeline_svg(material: Material) -> str:
    """The timeline as an SVG element: one lane per threat, other track, zone and effector."""
    lanes = _track_lanes(material) + _zone_lanes(material) + _effector_lanes(material)

    def draw(axes: Axes) -> tuple[float, float]:
        for lane, (_, draw_lane) in enumerate(lanes):
            draw_lane(axes, float(lane))
        axes.set_yticks(range(len(lanes)), [name for name, _ in lanes])
        axes.set_ylim(len(lanes) - 0.4, -0.6)
        axes.set_xlim(0.0, max(material.end_s, 1.0))
        axes.set_xlabel("seconds after the start of the exercise")
        axes.grid(axis="x", color="#e7eaed", linewidth=0.6)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        _legend(axes)
        return 9.0, 1.5 + 0.34 * len(lanes)

    return svg_figure(draw)


def _legend(axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    once = dict(zip(labels, handles, strict=True))
    axes.legend(once.values(), once.keys(), loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=4, frameon=False)


def _track_lanes(material: Material) -> list[_Lane]:
    lanes: list[_Lane] = []
    for row, threat in enumerate(material.truth.threats):
        followed = [match for match in material.matches if match.threat == row]
        flown = (threat.time_s[0], threat.time_s[-1]) if threat.time_s else None
        numbers = ", ".join(str(match.track) for match in followed)
        name = f"{threat.id} (track {numbers})" if followed else f"{threat.id} (no track)"
        lanes.append((name, _track_lane(material.events, followed, flown)))
    others = [match for match in material.matches if match.threat < 0]
    if others:
        lanes.append((f"{len(others)} other tracks" if len(others) > 1 else "1 other track",
                      _track_lane(material.events, others, None)))  # fmt: skip
    return lanes


def _track_lane(
    events: NDArray[np.void], matches: list[TrackMatch], flown: tuple[float, float] | None
) -> Callable[[Axes, float], None]:
    def draw(axes: Axes, lane: float) -> None:
        if flown is not None:
            axes.plot(flown, (lane, lane), color=QUIET, linewidth=1.0, linestyle=":", label="in flight")
        for match in matches:
            axes.plot(
                (match.first_s, match.last_s), (lane, lane), color=INK, linewidth=4.0, alpha=0.35, label="tracked"
            )
            confirmed = events[(events["kind"] == EventKind.TRACK_CONFIRMED) & (events["track"] == match.track)]
            axes.plot(
                confirmed["time_s"], np.full(len(confirmed), lane), "o", color=INK, markersize=5, label="confirmed"
            )

    return draw


def _zone_lanes(material: Material) -> list[_Lane]:
    zones = np.flatnonzero(material.areas.rows["kind"] == AreaKind.ZONE).tolist()
    return [(material.names.areas[area], _zone_lane(material, area)) for area in zones]


def _zone_lane(material: Material, area: int) -> Callable[[Axes, float], None]:
    changes = material.events[(material.events["kind"] == EventKind.ZONE_CHANGED) & (material.events["area"] == area)]
    times_s = [0.0, *changes["time_s"].tolist(), material.end_s]
    states = [ZoneState.CLEAR, *(ZoneState(int(state)) for state in changes["new"])]

    def draw(axes: Axes, lane: float) -> None:
        for state, from_s, to_s in zip(states, times_s, times_s[1:], strict=False):
            label = f"zone: {ZONE_WORDS[state]}"
            axes.barh(lane, to_s - from_s, left=from_s, height=0.62, color=ZONE_COLOURS[state], label=label)

    return draw


def _effector_lanes(material: Material) -> list[_Lane]:
    return [(name, _effector_lane(material.events, row)) for row, name in enumerate(material.names.effectors)]


def _effector_lane(events: NDArray[np.void], effector: int) -> Callable[[Axes, float], None]:
    proposals = events[(events["kind"] == EventKind.ENGAGEMENT_PROPOSED) & (events["effector"] == effector)]
    own = events[np.isin(events["engagement"], proposals["engagement"]) & (events["engagement"] >= 0)]

    def draw(axes: Axes, lane: float) -> None:
        for kind, (marker, label) in _SHOT_MARKS.items():
            at_s = own["time_s"][own["kind"] == kind]
            axes.plot(at_s, np.full(len(at_s), lane), marker, color=EFFECT, markersize=7, label=label)

    return draw
