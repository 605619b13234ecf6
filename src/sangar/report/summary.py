"""The summary of a run: the eight figures every demonstration, exercise, replay and trial ends with."""

import math
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from sangar.journal.payloads import Truth
from sangar.report.threats import TrackMatch
from sangar.report.warnings import WarningSpell, standing_since_s, warning_spells

BALLISTIC_KINDS = ("rocket", "mortar")


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """`summary.json`. Times are seconds since the site's epoch; null where a thing did not happen.

    Attributes:
        threats: how many there were.
        stopped: of them, ended by a simulated effector.
        leaked: of them, reached the point they were sent to.
        zones_warned: ids of the zones told to be ready for shelter or to take it, in order of warning.
        first_detection_s: first detection that became part of a threat's track.
        first_warning_s: first warning of any zone.
        warning_time_s: per threat, how long a warning had stood when the threat ended (stopped, impacted or arrived).
        false_warnings: spells of warning begun for a track that followed no threat.
    """

    threats: int
    stopped: int
    leaked: int
    zones_warned: list[str]
    first_detection_s: float | None
    first_warning_s: float | None
    warning_time_s: dict[str, float | None]
    false_warnings: int


def summarise(
    events: NDArray[np.void], matches: Sequence[TrackMatch], truth: Truth, zone_ids: Sequence[str]
) -> Summary:
    """Summary of an exercise.

    Args:
        events: records of `core.events.EVENT` of the whole run, in order.
        matches: which track followed which threat.
        truth: the threats and their ends.
        zone_ids: of the first rows of the area map.
    """
    spells = warning_spells(events)
    threat_tracks = {match.track for match in matches if match.threat >= 0}
    return Summary(
        threats=len(truth.threats),
        stopped=sum(threat.stopped_s is not None for threat in truth.threats),
        leaked=sum(threat.leaked for threat in truth.threats),
        zones_warned=list(dict.fromkeys(zone_ids[spell.area] for spell in spells)),
        first_detection_s=min((match.first_s for match in matches if match.threat >= 0), default=None),
        first_warning_s=min((spell.from_s for spell in spells), default=None),
        warning_time_s={threat.id: _warning_time_s(spells, threat.ended_s) for threat in truth.threats},
        false_warnings=sum(spell.first_track not in threat_tracks for spell in spells),
    )


def _warning_time_s(spells: list[WarningSpell], ended_s: float | None) -> float | None:
    if ended_s is None:
        return None
    since_s = standing_since_s(spells, ended_s)
    return None if math.isnan(since_s) else ended_s - since_s


def summary_json(summary: Summary) -> bytes:
    """The summary as JSON text, indented for people."""
    return msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n"


def three_sentences(summary: Summary, truth: Truth, zone_names: Mapping[str, str]) -> list[str]:
    """What happened, in three sentences: the threats, the warning, the end."""
    return [_threats_sentence(summary, truth), _warning_sentence(summary, zone_names), _end_sentence(summary, truth)]


def _threats_sentence(summary: Summary, truth: Truth) -> str:
    kinds: dict[str, int] = {}
    for threat in truth.threats:
        kinds[threat.kind] = kinds.get(threat.kind, 0) + 1
    listed = " and ".join(
        _counted(number, kind.replace("_", "-", 1).replace("_", " ")) for kind, number in kinds.items()
    )
    if summary.first_detection_s is None:
        return f"{listed or 'Nothing'} came; no track was made of it."
    return f"{listed} came; the first was detected {summary.first_detection_s:.1f} s after the start."


def _warning_sentence(summary: Summary, zone_names: Mapping[str, str]) -> str:
    if summary.first_warning_s is None:
        return "No zone was warned."
    times_s = [time_s for time_s in summary.warning_time_s.values() if time_s is not None]
    verb = "was" if len(summary.zones_warned) == 1 else "were"
    named = ", ".join(zone_names.get(zone, zone) for zone in summary.zones_warned)
    said = (
        f"{_counted(len(summary.zones_warned), 'zone')} ({named}) {verb} warned from {summary.first_warning_s:.1f} s on"
    )
    if times_s:
        said += f", {min(times_s):.0f} s or more before a threat ended"
    false = (
        "no false warning" if not summary.false_warnings else _counted(summary.false_warnings, "false warning").lower()
    )
    return f"{said}; {false}."


def _end_sentence(summary: Summary, truth: Truth) -> str:
    fallen = [threat for threat in truth.threats if threat.leaked and threat.kind in BALLISTIC_KINDS]
    arrived = summary.leaked - len(fallen)
    parts = []
    if summary.stopped or len(fallen) < summary.threats:
        parts.append(f"{summary.stopped} of {summary.threats} stopped by simulated effectors{_stopped_where(truth)}")
        parts.append("none reached its end point" if not arrived else f"{arrived} reached the end point")
    if fallen:
        inside = sum((threat.perimeter_distance_m or 0.0) < 0.0 for threat in fallen)
        parts.append(f"{_counted(len(fallen), '')}fell to the ground, {inside or 'none'} of them inside the perimeter")
    return f"{'; '.join(parts) or 'Nothing came to an end'}."


def _stopped_where(truth: Truth) -> str:
    distances_m = [threat.perimeter_distance_m for threat in truth.threats if threat.stopped_s is not None]
    known_m = [distance_m for distance_m in distances_m if distance_m is not None]
    if not known_m:
        return ""
    inside = sum(distance_m <= 0.0 for distance_m in known_m)
    return (
        f", {inside} of them inside the perimeter"
        if inside
        else f", {min(known_m):.0f} m or more outside the perimeter"
    )


def _counted(number: int, noun: str) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    amount = words[number] if number < len(words) else str(number)
    text = f"{amount} {noun}{'s' if noun and number != 1 else ''}"
    return text[0].upper() + text[1:]
