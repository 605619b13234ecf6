"""When whom was warned: the spells during which a zone was told to take shelter or to be ready to."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.events import EventKind
from sangar.core.targets import ZoneState

WARNED = (ZoneState.WARNING, ZoneState.SHELTER_NOW)


class WarningSpell(NamedTuple):
    """One spell of warning of one zone.

    Attributes:
        area: row of the area map.
        from_s: when the zone was warned.
        to_s: when the warning was lifted; inf where the run ended before.
        shelter_s: when it was told to take shelter now; NaN for never.
        first_track: id of the track for which it began; 0 where none was named.
        tracks: ids of the tracks named while it stood.
    """

    area: int
    from_s: float
    to_s: float
    shelter_s: float
    first_track: int
    tracks: frozenset[int]


def warning_spells(events: NDArray[np.void]) -> list[WarningSpell]:
    """Spells of all zones, in the order in which they began."""
    changes = events[events["kind"] == EventKind.ZONE_CHANGED]
    spells: list[WarningSpell] = []
    standing: dict[int, WarningSpell] = {}
    for change in changes:
        area, time_s, warned = int(change["area"]), float(change["time_s"]), int(change["new"]) in WARNED
        spell = standing.pop(area, None)
        if warned:
            spell = spell or WarningSpell(area, time_s, np.inf, np.nan, int(change["track"]), frozenset())
            standing[area] = _continued(spell, change)
        elif spell is not None:
            spells.append(spell._replace(to_s=time_s))
    return sorted([*spells, *standing.values()], key=lambda spell: (spell.from_s, spell.area))


def _continued(spell: WarningSpell, change: np.void) -> WarningSpell:
    named = frozenset({int(change["track"])}) if change["track"] > 0 else frozenset()
    shelter_s = spell.shelter_s
    if change["new"] == ZoneState.SHELTER_NOW and np.isnan(shelter_s):
        shelter_s = float(change["time_s"])
    return spell._replace(shelter_s=shelter_s, tracks=spell.tracks | named)


def standing_since_s(spells: list[WarningSpell], time_s: float) -> float:
    """Since when, without a break, some zone has been under warning at a time; NaN where none is."""
    since_s = np.inf
    for spell in sorted(spells, key=lambda spell: spell.from_s, reverse=True):
        if spell.from_s <= min(time_s, since_s) <= spell.to_s:
            since_s = min(since_s, spell.from_s)
    return since_s if np.isfinite(since_s) else float("nan")
