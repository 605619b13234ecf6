"""The map: the site as laid out, what was tracked over it, where things fell or were met."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse, Polygon
from matplotlib.transforms import Bbox, BboxBase
from numpy.typing import NDArray

from sangar.core.areas import AreaKind
from sangar.core.events import EventKind
from sangar.core.targets import StandardIdentity, TrackStatus, ZoneState
from sangar.report.colours import EFFECT, IDENTITY_COLOURS, INK, QUIET, ZONE_COLOURS
from sangar.report.drawing import svg_figure
from sangar.report.material import Material
from sangar.report.words import identity_word

_WIDTH_IN = 9.0
_WORST_FIRST = (ZoneState.SHELTER_NOW, ZoneState.WARNING, ZoneState.WATCH, ZoneState.CLEAR)


def map_svg(material: Material) -> str:
    """All that was tracked, as far out as it was, as an SVG element."""

    def draw(axes: Axes) -> tuple[float, float]:
        _draw_areas(axes, material)
        _draw_truth(axes, material)
        _draw_tracks(axes, material)
        _draw_impacts(axes, material.events)
        _draw_shots(axes, material)
        _draw_stations(axes, material)
        axes.legend(loc="upper left", bbox_to_anchor=(0.0, -0.09), ncols=4, frameon=False, fontsize=8)
        return _fit(axes, axes.dataLim)

    return svg_figure(draw)


def site_svg(material: Material) -> str:
    """The site itself with the names of zones, sensors and effectors, as an SVG element."""

    def draw(axes: Axes) -> tuple[float, float]:
        _draw_areas(axes, material)
        _draw_stations(axes, material)
        _draw_tracks(axes, material)
        _draw_impacts(axes, material.events)
        _draw_shots(axes, material)
        _name_areas(axes, material)
        _name_stations(axes, material)
        return _fit(axes, _site_bounds_km(material))

    return svg_figure(draw)


def _site_bounds_km(material: Material) -> BboxBase:
    inside = [row for row in material.areas.rows if row["kind"] != AreaKind.CORRIDOR]
    corners_m = [material.areas.vertex_m[row["first"] : row["last"]] for row in inside]
    stations_m = np.concatenate([material.sensor_m, material.effector_m])[:, :2]
    points_km = np.concatenate([np.zeros((1, 2)), *corners_m, stations_m]) / 1000.0
    return Bbox([points_km.min(axis=0), points_km.max(axis=0)])


def _fit(axes: Axes, bounds: BboxBase) -> tuple[float, float]:
    """Frame these bounds, a kilometre as long to the north as to the east; the figure's size in inches."""
    width_km, height_km = max(bounds.width, 0.5), max(bounds.height, 0.5)
    height_km = max(height_km, 0.45 * width_km)
    width_km = max(width_km, 1.05 * height_km)
    east_km, north_km = (bounds.x0 + bounds.x1) / 2.0, (bounds.y0 + bounds.y1) / 2.0
    axes.set_xlim(east_km - 0.54 * width_km, east_km + 0.54 * width_km)
    axes.set_ylim(north_km - 0.54 * height_km, north_km + 0.54 * height_km)
    axes.set_aspect("equal", adjustable="box")
    axes.set_xlabel("east of the site's centre, km")
    axes.set_ylabel("north, km")
    axes.grid(color="#e7eaed", linewidth=0.6)
    axes.set_axisbelow(True)
    return _WIDTH_IN, 1.0 + 0.93 * _WIDTH_IN * height_km / width_km


def worst_state(events: NDArray[np.void], area: int) -> ZoneState:
    """The gravest thing a zone was told in the run."""
    told = {
        int(event["new"]) for event in events[(events["kind"] == EventKind.ZONE_CHANGED) & (events["area"] == area)]
    }
    return next((state for state in _WORST_FIRST if state in told), ZoneState.CLEAR)


def _draw_areas(axes: Axes, material: Material) -> None:
    for area, row in enumerate(material.areas.rows):
        corners_km = material.areas.vertex_m[row["first"] : row["last"]] / 1000.0
        kind = AreaKind(int(row["kind"]))
        if kind == AreaKind.ZONE:
            colour = ZONE_COLOURS[worst_state(material.events, area)]
            axes.add_patch(Polygon(corners_km, facecolor=colour, edgecolor=INK, linewidth=0.7, alpha=0.75))
        elif kind == AreaKind.PERIMETER:
            axes.add_patch(Polygon(corners_km, fill=False, edgecolor=INK, linewidth=1.8, label="perimeter"))
        else:
            dashes = "--" if kind == AreaKind.CORRIDOR else "-"
            axes.add_patch(Polygon(corners_km, fill=False, edgecolor=QUIET, linewidth=0.8, linestyle=dashes))


def _draw_truth(axes: Axes, material: Material) -> None:
    for row, threat in enumerate(material.truth.threats):
        path_km = np.asarray(threat.position_m).reshape(-1, 3) / 1000.0
        label = "true path" if row == 0 else None
        axes.plot(path_km[:, 0], path_km[:, 1], color=QUIET, linewidth=0.9, linestyle=":", label=label)


def _draw_tracks(axes: Axes, material: Material) -> None:
    labelled: set[int] = set()
    updates = material.updates[material.updates["status"] >= TrackStatus.CONFIRMED]
    for track in np.unique(updates["track"]):
        rows = updates[updates["track"] == track]
        identity = StandardIdentity(int(rows["identity"].max()))
        path_km = rows["mean"][:, :2] / 1000.0
        label = None if identity in labelled else f"track, {identity_word(identity)}"
        labelled.add(identity)
        axes.plot(path_km[:, 0], path_km[:, 1], color=IDENTITY_COLOURS[identity], linewidth=1.6, label=label, zorder=3)
        axes.annotate(
            str(track), path_km[0], xytext=(3, 3), textcoords="offset points", fontsize=8, fontweight="bold",
            color=IDENTITY_COLOURS[identity],
        )  # fmt: skip


def _draw_impacts(axes: Axes, events: NDArray[np.void]) -> None:
    predictions = events[events["kind"] == EventKind.IMPACT_PREDICTED]
    for row, track in enumerate(np.unique(predictions["track"])):
        last = predictions[predictions["track"] == track][-1]
        centre_km = (float(last["east_m"]) / 1000.0, float(last["north_m"]) / 1000.0)
        ellipse = Ellipse(
            centre_km,
            width=2.0 * float(last["ellipse_major_m"]) / 1000.0,
            height=2.0 * float(last["ellipse_minor_m"]) / 1000.0,
            angle=90.0 - float(np.degrees(last["ellipse_azimuth_rad"])),
            fill=False,
            edgecolor=IDENTITY_COLOURS[StandardIdentity.HOSTILE],
            linewidth=0.9,
        )
        axes.add_patch(ellipse)
        label = "last predicted impact, 95 %" if row == 0 else None
        axes.plot(*centre_km, marker="+", color=ellipse.get_edgecolor(), markersize=7, linestyle="", label=label)


def _draw_shots(axes: Axes, material: Material) -> None:
    events = material.events
    effects = events[(events["kind"] == EventKind.ENGAGEMENT_ENDED) & (events["new"] == 1)]["engagement"]
    shown: set[bool] = set()
    for shot in events[events["kind"] == EventKind.ENGAGEMENT_FIRED]:
        hit = bool(np.isin(shot["engagement"], effects))
        label = None if hit in shown else f"simulated intercept, {'effect' if hit else 'no effect'}"
        shown.add(hit)
        axes.plot(
            float(shot["east_m"]) / 1000.0, float(shot["north_m"]) / 1000.0, linestyle="", label=label, zorder=6,
            marker="X" if hit else "o", markerfacecolor=EFFECT if hit else "none", markeredgecolor=EFFECT, markersize=8,
        )  # fmt: skip


def _draw_stations(axes: Axes, material: Material) -> None:
    stations = (
        (material.sensor_m, "^", INK, "sensor"),
        (material.effector_m, "s", EFFECT, "simulated effector"),
    )
    for position_m, marker, colour, label in stations:
        if not len(position_m):
            continue
        place_km = position_m[:, :2] / 1000.0
        axes.plot(place_km[:, 0], place_km[:, 1], marker, color=colour, markersize=6, label=label, zorder=4)


def _name_areas(axes: Axes, material: Material) -> None:
    for row, name in zip(material.areas.rows, material.names.areas, strict=True):
        if row["kind"] in (AreaKind.ZONE, AreaKind.ASSET):
            axes.annotate(name, row["centre_m"] / 1000.0, ha="center", va="center", fontsize=8, color=INK, zorder=5)


def _name_stations(axes: Axes, material: Material) -> None:
    for position_m, names, colour, down_pt in (
        (material.sensor_m, material.names.sensors, INK, 2),
        (material.effector_m, material.names.effectors, EFFECT, -9),
    ):
        for place_m, name in zip(position_m, names, strict=True):
            axes.annotate(
                name, place_m[:2] / 1000.0, xytext=(6, down_pt), textcoords="offset points", fontsize=7.5, color=colour
            )
