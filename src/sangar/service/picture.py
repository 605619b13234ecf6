"""The picture at one moment: what the tables say, in the lines a person reads."""

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from sangar.core.areas import AreaKind
from sangar.core.targets import StandardIdentity, TargetClass, TrackStatus, ZoneState
from sangar.core.tracks import HIGH_WATER
from sangar.pipeline.world import World
from sangar.report.words import Names

SILENT_PERIODS = 3.0
"""A sensor not heard for so many of its periods is shown as late, before the step declares it silent."""

NEGLIGIBLE_HARM = 0.05
"""An arrival is shown where harm is at least so probable."""


class TrackLine(NamedTuple):
    """One confirmed track.

    Attributes:
        number: its id.
        target_class: most probable class.
        class_probability: its probability.
        identity: whose it is.
        range_m: horizontal distance from the site's centre.
        bearing_deg: from the centre, clockwise from north.
        height_m: above the site.
        speed_mps: over ground and up, together.
        due_s: time of impact or arrival; inf where none is expected.
        soonest_s: the earliest it could be over a zone, if it turned there now; inf for what is thrown.
        is_ballistic: whether `due_s` is an impact.
        is_coasting: not seen at present.
    """

    number: int
    target_class: TargetClass
    class_probability: float
    identity: StandardIdentity
    range_m: float
    bearing_deg: float
    height_m: float
    speed_mps: float
    due_s: float
    soonest_s: float
    is_ballistic: bool
    is_coasting: bool


class ZoneLine(NamedTuple):
    """One zone.

    Attributes:
        name: what people call it.
        state: what they were told.
        people: how many are there.
        due_s: earliest expected harm; inf for none.
        is_assured: whether something unnoticed over it is improbable enough to call its sky clear.
    """

    name: str
    state: ZoneState
    people: int
    due_s: float
    is_assured: bool = True


class SensorLine(NamedTuple):
    """One sensor.

    Attributes:
        name: its id.
        heard_s: newest batch; -inf for never.
        is_silent: whether it is not heard as it should be.
        is_mistimed: whether its clock is wrong, and its reports are not used.
    """

    name: str
    heard_s: float
    is_silent: bool
    is_mistimed: bool = False


class Picture(NamedTuple):
    """Everything the view shows at one moment.

    Attributes:
        time_s: the moment, seconds since the start.
        tracks: gravest first.
        zones: in the site's order.
        sensors: in the site's order.
    """

    time_s: float
    tracks: Sequence[TrackLine]
    zones: Sequence[ZoneLine]
    sensors: Sequence[SensorLine]


def take_picture(world: World, names: Names, time_s: float, unassured: Collection[int] = ()) -> Picture:
    """Read the tables at a moment.

    Args:
        world: the tables of the run.
        names: what to call things.
        time_s: the moment, seconds since the start.
        unassured: rows of the zones over which something unnoticed may be (`SkyWatch`).
    """
    zones = _zone_lines(world, names, unassured)
    return Picture(time_s, _track_lines(world), zones, _sensor_lines(world, names, time_s))


def _track_lines(world: World) -> list[TrackLine]:
    rows = world.tracks.rows[: int(world.tracks.counters[HIGH_WATER])]
    confirmed = np.flatnonzero(rows["status"] >= TrackStatus.CONFIRMED)
    lines = [_track_line(world, int(row)) for row in confirmed]
    return sorted(lines, key=lambda line: (-line.identity, line.due_s, line.range_m))


def _track_line(world: World, row: int) -> TrackLine:
    track, assessment, identity = world.tracks.rows[row], world.assessments.rows[row], world.identities[row]
    east_m, north_m, up_m, *velocity_mps = track["mean"].tolist()
    is_judged, is_assessed = (bool(table["track"] == track["id"]) for table in (identity, assessment))
    posterior = identity["posterior"]
    likeliest = int(np.argmax(posterior))
    is_ballistic = is_assessed and bool(assessment["ballistic"])
    due_s = math.inf
    if is_assessed:
        due_s = float(assessment["impact_s"]) if is_ballistic else _arrival_s(world, row)
    threats, zones = world.assessments.threats[row], world.areas.rows["kind"] == AreaKind.ZONE
    return TrackLine(
        number=int(track["id"]),
        target_class=TargetClass(likeliest) if is_judged else TargetClass.OTHER,
        class_probability=float(posterior[likeliest]) if is_judged else math.nan,
        identity=StandardIdentity(int(identity["identity"])) if is_judged else StandardIdentity.PENDING,
        range_m=math.hypot(east_m, north_m),
        bearing_deg=math.degrees(math.atan2(east_m, north_m)) % 360.0,
        height_m=up_m,
        speed_mps=math.hypot(*velocity_mps),
        due_s=due_s,
        soonest_s=float(threats["soonest_s"][zones].min(initial=math.inf)) if is_assessed else math.inf,
        is_ballistic=is_ballistic,
        is_coasting=bool(track["status"] == TrackStatus.COASTING),
    )


def _arrival_s(world: World, row: int) -> float:
    threats = world.assessments.threats[row]
    due_s = threats["due_s"][threats["harm"] >= NEGLIGIBLE_HARM]
    return float(due_s.min()) if len(due_s) else math.inf


def _zone_lines(world: World, names: Names, unassured: Collection[int]) -> list[ZoneLine]:
    areas, zones = world.areas.rows, world.zones
    rows = np.flatnonzero(areas["kind"] == AreaKind.ZONE).tolist()
    return [
        ZoneLine(
            names.areas[row],
            ZoneState(int(zones[row]["state"])),
            int(areas[row]["people"]),
            float(zones[row]["due_s"]),
            row not in unassured,
        )
        for row in rows
    ]


def _sensor_lines(world: World, names: Names, time_s: float) -> list[SensorLine]:
    lines = []
    for name, sensor in zip(names.sensors, world.sensors, strict=True):
        heard_s = float(sensor["last_heard_s"])
        late = time_s - max(heard_s, 0.0) > SILENT_PERIODS * float(sensor["period_s"])
        lines.append(SensorLine(name, heard_s, late or bool(sensor["is_silent"]), bool(sensor["is_mistimed"])))
    return lines
