"""The words and names that sentences, reports and screens are made of."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sangar.core.actions import STANDING_POLICY
from sangar.core.targets import DropReason, StandardIdentity, TargetClass, ZoneState
from sangar.pipeline.layout import area_names
from sangar.scenario.scenario import Scenario
from sangar.scenario.site import Site

CLASS_WORDS = {
    TargetClass.ROCKET_ARTILLERY_MORTAR: "rocket or mortar",
    TargetClass.FIXED_WING_DRONE: "fixed-wing drone",
    TargetClass.ROTARY_DRONE: "rotary drone",
    TargetClass.BIRD: "bird",
    TargetClass.AEROPLANE: "aeroplane",
    TargetClass.HELICOPTER: "helicopter",
    TargetClass.OTHER: "something else",
}
ZONE_WORDS = {
    ZoneState.CLEAR: "clear",
    ZoneState.WATCH: "watch",
    ZoneState.WARNING: "warning",
    ZoneState.SHELTER_NOW: "take shelter now",
    ZoneState.ALL_CLEAR: "all clear",
}
DROP_WORDS = {
    DropReason.LOST: "no longer seen",
    DropReason.IMPACTED: "reached the ground",
    DropReason.NUMERICAL: "its arithmetic failed",
    DropReason.MERGED: "the same body as track {old}",
    DropReason.CROWDED: "far away, gave way to others: the table of tracks was full",
}


class Names(NamedTuple):
    """What people call the rows of the tables.

    Attributes:
        areas: of the area map.
        sensors: of the sensor table.
        effectors: of the effector table.
        rules: of the table of identity rules.
        kinds: of the sensors, as the site file spells them.
    """

    areas: Sequence[str]
    sensors: Sequence[str]
    effectors: Sequence[str]
    rules: Sequence[str] = ()
    kinds: Sequence[str] = ()


def names_of(site: Site, scenario: Scenario | None) -> Names:
    """Names from the site and scenario files."""
    effectors = [] if scenario is None else [effector.id for effector in scenario.effectors]
    sensors, rules = [sensor.id for sensor in site.sensors], [rule.name for rule in site.rules]
    return Names(area_names(site), sensors, effectors, rules, [sensor.kind for sensor in site.sensors])


def identity_word(number: int) -> str:
    """A standard identity in words, capital letters as on a display."""
    return StandardIdentity(number).name.replace("_", " ")


def clock_text(time_s: float) -> str:
    """Minutes and seconds since the start, `01:23.4`; `-` where there is no time."""
    if not np.isfinite(time_s):
        return "-"
    minutes, tenths = divmod(round(time_s * 10.0), 600)
    return f"{minutes:02d}:{tenths / 10.0:04.1f}"


def person_word(number: int) -> str:
    """Who decided, in words."""
    return "the standing policy" if number == STANDING_POLICY else f"person {number}"


def bearing_word(east_m: float, north_m: float) -> str:
    """Distance and compass direction from the site's centre, `3.2 km NW`."""
    distance_m = float(np.hypot(east_m, north_m))
    if not np.isfinite(distance_m):
        return "an unknown place"
    points = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
    point = points[round(float(np.degrees(np.arctan2(east_m, north_m))) / 45.0) % 8]
    return f"{distance_m:.0f} m {point}" if distance_m < 1000.0 else f"{distance_m / 1000.0:.1f} km {point}"


def place_word(event: np.void) -> str:
    """Where an event is, from the centre."""
    return f"{bearing_word(float(event['east_m']), float(event['north_m']))} of the centre"


def named(names: Sequence[str], row: int) -> str:
    """Name of a row; its number where it has none."""
    return names[row] if 0 <= row < len(names) else f"number {row}"


def percent_word(probability: float) -> str:
    """A probability as a reader takes it in."""
    return f"{100.0 * float(probability):.0f} %" if np.isfinite(probability) else "unrated"
