"""The screen of a terminal of 80 by 24 or more. Words before colours; the gravest first; nothing moves but news."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sangar.core.targets import StandardIdentity, TargetClass, ZoneState
from sangar.core.time import text_from_utc_ns, utc_ns
from sangar.report.words import clock_text, identity_word
from sangar.service.news import NewsLine
from sangar.service.picture import Picture, SensorLine, TrackLine, ZoneLine

ZONE_SHOWN = {
    ZoneState.CLEAR: ("clear", "dim"),
    ZoneState.WATCH: ("WATCH", "bold black on yellow"),
    ZoneState.WARNING: ("WARNING", "bold black on dark_orange"),
    ZoneState.SHELTER_NOW: ("SHELTER NOW", "bold white on red"),
    ZoneState.ALL_CLEAR: ("ALL CLEAR", "bold black on green"),
}
NOT_ASSURED = ("NOT ASSURED", "bold black on dark_orange")
"""In place of "clear" where the sensors cannot vouch for it."""
IDENTITY_STYLES = {
    StandardIdentity.HOSTILE: "bold bright_red",
    StandardIdentity.SUSPECT: "bold dark_orange",
    StandardIdentity.UNKNOWN: "yellow",
    StandardIdentity.PENDING: "yellow",
    StandardIdentity.NEUTRAL: "green",
    StandardIdentity.ASSUMED_FRIEND: "bright_blue",
    StandardIdentity.FRIEND: "bright_blue",
}
SHORT_CLASSES = {
    TargetClass.ROCKET_ARTILLERY_MORTAR: "rocket/mortar",
    TargetClass.FIXED_WING_DRONE: "f-wing drone",
    TargetClass.ROTARY_DRONE: "rotary drone",
    TargetClass.BIRD: "bird",
    TargetClass.AEROPLANE: "aeroplane",
    TargetClass.HELICOPTER: "helicopter",
    TargetClass.OTHER: "unjudged",
}
GAP = 2
WORTH_SAYING_S = 600.0
"""That a body could not be here sooner is said up to so long a time."""
_HEADINGS = "bold white on grey23"


class Setting(NamedTuple):
    """What stays the same on the screen through a run.

    Attributes:
        title: name of the scenario.
        duration_s: how long it runs.
        epoch_ns: the instant of time 0, nanoseconds UTC since 1970.
        policy: the standing policy that decides, in words.
        speed: times real time.
    """

    title: str
    duration_s: float
    epoch_ns: int
    policy: str
    speed: float


def screen(setting: Setting, picture: Picture, news: Sequence[NewsLine], width: int, height: int) -> RenderableType:
    """The whole screen, exactly `height` lines of `width` columns."""
    zone_rows = max(3, min(len(picture.zones), (height - 8) // 3))
    track_rows = max(3, (height - 5 - zone_rows - 2) // 2)
    news_rows = height - 2 - (zone_rows + 1) - (track_rows + 1) - 1
    return Group(
        _header(setting, picture.time_s, width),
        _side_by_side(_zone_table(picture, zone_rows), _sensor_table(picture, zone_rows), width),
        _track_table(picture, track_rows, width),
        _news_table(news, news_rows, width),
        _footer(setting, width),
    )


def _header(setting: Setting, time_s: float, width: int) -> Text:
    utc = text_from_utc_ns(utc_ns(time_s, setting.epoch_ns))[11:19]
    right = f" {clock_text(time_s)[:5]} of {clock_text(setting.duration_s)[:5]}  {utc} UTC  x{setting.speed:g} "
    left = f" EXERCISE - SIMULATED  {setting.title}"
    room = width - len(right)
    return Text(left[:room].ljust(room) + right, style="bold white on purple4", no_wrap=True)


def _footer(setting: Setting, width: int) -> Text:
    text = f" Effectors are simulated. Who decides: {setting.policy}"
    if len(text) > width:
        text = f" {setting.policy}"
    return Text(text[:width].ljust(width), style="white on grey23", no_wrap=True, overflow="ellipsis")


def _side_by_side(left: Table, right: Table, width: int) -> Table:
    grid = Table.grid(padding=0)
    right_width = max(26, width // 3)
    grid.add_column(width=width - right_width - GAP)
    grid.add_column(width=GAP)
    grid.add_column(width=right_width)
    grid.add_row(left, "", right)
    return grid


def _table(width: int | None = None) -> Table:
    return Table(
        box=None,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        expand=True,
        width=width,
        header_style=_HEADINGS,
        show_edge=False,
    )


def _filled(table: Table, rows: int) -> Table:
    for _ in range(rows - table.row_count):
        table.add_row()
    return table


def _zone_table(picture: Picture, rows: int) -> Table:
    table = _table()
    table.add_column(_zone_heading(picture.zones), ratio=1, no_wrap=True, overflow="ellipsis")
    table.add_column("STATE", width=13, no_wrap=True)
    table.add_column("PEOPLE", width=6, justify="right")
    table.add_column("IN", width=6, justify="right")
    for zone in _gravest(picture.zones, rows):
        is_vouched_for = zone.is_assured or zone.state != ZoneState.CLEAR
        word, style = ZONE_SHOWN[zone.state] if is_vouched_for else NOT_ASSURED
        table.add_row(
            Text(f" {zone.name}"),
            Text(f" {word} ", style=style),
            f"{zone.people}",
            _time_left(zone.due_s, picture.time_s),
        )
    return _filled(table, rows)


def _zone_heading(zones: Sequence[ZoneLine]) -> str:
    warned = [zone for zone in zones if zone.state in (ZoneState.WARNING, ZoneState.SHELTER_NOW)]
    return f" ZONE ({sum(zone.people for zone in warned)} warned)" if warned else " ZONE"


def _gravest(zones: Sequence[ZoneLine], rows: int) -> Sequence[ZoneLine]:
    """All zones where there is room; else those with something to tell first."""
    if len(zones) <= rows:
        return zones
    gravity = (ZoneState.SHELTER_NOW, ZoneState.WARNING, ZoneState.WATCH, ZoneState.ALL_CLEAR, ZoneState.CLEAR)
    return sorted(zones, key=lambda zone: (gravity.index(zone.state), zone.is_assured))[:rows]


def _sensor_table(picture: Picture, rows: int) -> Table:
    table = _table()
    hidden = len(picture.sensors) - rows
    table.add_column(f"SENSOR{f' (+{hidden})' if hidden > 0 else ''}", ratio=1, no_wrap=True, overflow="ellipsis")
    table.add_column("STATE", width=11, no_wrap=True)
    for sensor in sorted(picture.sensors, key=lambda sensor: not (sensor.is_silent or sensor.is_mistimed))[:rows]:
        table.add_row(Text(sensor.name), _sensor_state(sensor, picture.time_s))
    return _filled(table, rows)


def _sensor_state(sensor: SensorLine, time_s: float) -> Text:
    if sensor.is_mistimed:
        return Text("WRONG TIME", style="bold black on dark_orange")
    if not sensor.is_silent:
        return Text("ok", style="green")
    silence = "never heard" if math.isinf(sensor.heard_s) else f"SILENT {time_s - sensor.heard_s:.0f}s"
    return Text(silence, style="bold black on dark_orange")


def _track_table(picture: Picture, rows: int, width: int) -> Table:
    table = _table(width)
    shown = picture.tracks[:rows]
    hidden = len(picture.tracks) - len(shown)
    table.add_column(f" TRACK{f' (+{hidden})' if hidden else ''}", no_wrap=True)
    table.add_column("IDENTITY", no_wrap=True, width=10)
    table.add_column("IS", no_wrap=True, ratio=1, overflow="ellipsis")
    for heading in ("RANGE km", "BRG", "HEIGHT m", "m/s", "IN"):
        table.add_column(heading, justify="right", no_wrap=True)
    for line in shown:
        table.add_row(*_track_cells(line, picture.time_s))
    if not shown:
        table.add_row(Text(" none", style="dim"))
    return _filled(table, rows)


def _track_cells(line: TrackLine, time_s: float) -> list[Text]:
    style = IDENTITY_STYLES[line.identity]
    chance = "" if math.isnan(line.class_probability) else f" {100.0 * line.class_probability:.0f}%"
    cells = (
        f" {line.number}{' lost?' if line.is_coasting else ''}",
        identity_word(line.identity).replace("ASSUMED FRIEND", "FRIEND ?"),
        f"{SHORT_CLASSES[line.target_class]}{chance}",
        f"{line.range_m / 1000.0:.1f}",
        f"{line.bearing_deg:03.0f}",
        f"{line.height_m:.0f}",
        f"{line.speed_mps:.0f}",
        _track_time_left(line, time_s),
    )
    return [Text(cell, style=style) for cell in cells]


def _track_time_left(line: TrackLine, time_s: float) -> str:
    """When it is due; of what is not under way to anybody, how soon it could be over a zone if it turned there."""
    if math.isfinite(line.due_s) or not line.soonest_s - time_s < WORTH_SAYING_S:
        return _time_left(line.due_s, time_s)
    return f"> {max(line.soonest_s - time_s, 0.0):.0f} s"


def _time_left(due_s: float, time_s: float) -> str:
    if not math.isfinite(due_s):
        return "-"
    return f"{due_s - time_s:.0f} s" if due_s > time_s else "now"


def _news_table(news: Sequence[NewsLine], rows: int, width: int) -> Table:
    table = _table(width)
    table.add_column(" TIME", width=8, no_wrap=True)
    table.add_column("NEWS, newest last", ratio=1, no_wrap=True, overflow="ellipsis")
    for line in news[-rows:]:
        table.add_row(Text(f" {clock_text(line.time_s)}", style="dim"), Text(line.text, style=line.style))
    return _filled(table, rows)
