"""Events in words a tired person reads once and understands."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from sangar.core.actions import STANDING_POLICY
from sangar.core.claims import ClaimState, Misfit
from sangar.core.effectors import EngagementState
from sangar.core.events import EventKind
from sangar.core.targets import Disagreement, DropReason, StandardIdentity, TargetClass, ZoneState
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
}


MISFIT_WORDS = {
    Misfit.NONE: "does not fit itself",
    Misfit.JUMP: "jumps",
    Misfit.OTHERWISE: "does not move as it says it moves",
    Misfit.SPEED: "is faster than anything of its kind",
    Misfit.TIME: "goes back in time",
}
CLAIM_SENTENCES = {
    ClaimState.UNPROVEN: "the {claim} is not proven.",
    ClaimState.MATCHED: "track {track} flies as the {claim} says, {gap} m from it.",
    ClaimState.WITHOUT_BODY: "the {claim} has NO BODY: nothing is seen {place}, where it says it is.",
    ClaimState.LEFT: "track {track} LEFT its claim: it no longer flies as the {claim} says, {gap} m from it.",
    ClaimState.CONTRADICTED: "track {track} is NOT WHAT IT CLAIMS: no such body flies as it does where the {claim} is.",
    ClaimState.SHARED: "track {track} is a SECOND BODY in the company of the one that flies as the {claim} says.",
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


def is_important(event: np.void) -> bool:
    """Whether a person must see the event; the others refine what was said before."""
    return int(event["kind"]) not in _REFINEMENTS


_REFINEMENTS = {
    EventKind.IMPACT_PREDICTED,
    EventKind.ARRIVAL_PREDICTED,
    EventKind.TRACK_COASTING,
    EventKind.TRACK_REACQUIRED,
}


def sentence(event: np.void, names: Names) -> str:
    """One event as one sentence, without its time."""
    writer = _WRITERS.get(int(event["kind"]))
    return writer(event, names) if writer else f"event of kind {int(event['kind'])}"


def _confirmed(event: np.void, _names: Names) -> str:
    return f"Track {event['track']} confirmed."


def _dropped(event: np.void, _names: Names) -> str:
    why = DROP_WORDS[DropReason(int(event["new"]))].format(old=event["old"])
    return f"Track {event['track']} ended: {why}."


def _class_changed(event: np.void, _names: Names) -> str:
    word = CLASS_WORDS[TargetClass(int(event["new"]))]
    return f"Track {event['track']} is judged: {word} ({_percent(event['probability'])})."


def _identity_changed(event: np.void, names: Names) -> str:
    rule = int(event["area"])
    why = f" (rule: {names.rules[rule]})" if 0 <= rule < len(names.rules) else ""
    is_now, was = identity_word(int(event["new"])), identity_word(int(event["old"]))
    return f"Track {event['track']} is now {is_now}, was {was}{why}."


def _impact(event: np.void, _names: Names) -> str:
    return (
        f"Track {event['track']} will hit the ground at {clock_text(float(event['due_s']))}, "
        f"{_place(event)} (95 % within {float(event['ellipse_major_m']):.0f} m)."
    )


def _arrival(event: np.void, names: Names) -> str:
    return (
        f"Track {event['track']} is expected at {_named(names.areas, event['area'])} "
        f"at {clock_text(float(event['due_s']))} ({_percent(event['probability'])})."
    )


def _zone(event: np.void, names: Names) -> str:
    state = ZoneState(int(event["new"]))
    said = f"{_named(names.areas, event['area'])}: {ZONE_WORDS[state].upper()}"
    if state in (ZoneState.CLEAR, ZoneState.ALL_CLEAR):
        return f"{said}."
    cause = f", track {event['track']}" if event["track"] > 0 else ""
    due = f", expected at {clock_text(float(event['due_s']))}" if np.isfinite(event["due_s"]) else ""
    return f"{said}{cause}{due}."


def _proposed(event: np.void, names: Names) -> str:
    return f"Proposed: {_named(names.effectors, event['effector'])} (simulated) against track {event['track']}."


def _decided(event: np.void, names: Names) -> str:
    verb = "Consent to" if event["new"] == EngagementState.CONSENTED else "Refusal of"
    return (
        f"{verb} engagement {event['engagement']} against track {event['track']}, by {person_word(int(event['old']))}."
    )


def _fired(event: np.void, names: Names) -> str:
    effector = _named(names.effectors, event["effector"])
    return f"Simulated shot by {effector} at track {event['track']}, to meet it at {clock_text(float(event['due_s']))}."


def _ended(event: np.void, names: Names) -> str:
    effect = "effect reported" if event["new"] == 1 else "no effect"
    return f"Engagement {event['engagement']} of track {event['track']} ended: {effect}."


def _silent(event: np.void, names: Names) -> str:
    return f"Sensor {_named(names.sensors, event['new'])} is SILENT."


def _clock_wrong(event: np.void, names: Names) -> str:
    ahead_s = float(event["due_s"]) - float(event["time_s"])
    how = f"{abs(ahead_s):.0f} s {'ahead' if ahead_s > 0.0 else 'behind'}" if np.isfinite(ahead_s) else "no time"
    return f"Sensor {_named(names.sensors, event['new'])} is not used: its clock is WRONG ({how})."


def _clock_right(event: np.void, names: Names) -> str:
    return f"The clock of sensor {_named(names.sensors, event['new'])} is right again."


def _left_out(event: np.void, names: Names) -> str:
    late_s = float(event["due_s"])
    how = "its detections stand elsewhere than it could err"
    if event["old"] == Disagreement.ELSEWHERE:
        how = f"it points {np.degrees(event['ellipse_azimuth_rad']):.1f}° elsewhere"
    elif event["old"] == Disagreement.LATE:
        how = f"its detections are {abs(late_s):.1f} s {'late' if late_s > 0.0 else 'early'}"
    return f"Sensor {_named(names.sensors, event['new'])} is LEFT OUT, it does not agree with the others: {how}."


def _put_right(event: np.void, names: Names) -> str:
    faults = []
    if np.isfinite(event["ellipse_azimuth_rad"]):
        angle_deg, sigma_deg = np.degrees(event["ellipse_azimuth_rad"]), np.degrees(event["ellipse_major_m"])
        faults.append(f"turned by {angle_deg:.1f}° ± {max(sigma_deg, 0.05):.1f}")
    if np.isfinite(event["due_s"]):
        late_s, sigma_s = float(event["due_s"]), float(event["ellipse_minor_m"])
        how = "late" if late_s > 0.0 else "early"
        faults.append(f"{abs(late_s):.2f} s ± {max(sigma_s, 0.005):.2f} {how}")
    name, what = _named(names.sensors, event["new"]), " and ".join(faults)
    where = "where it tells in time" if event["due_s"] > 0.0 else "again"
    return f"Sensor {name} is used {where}, CORRECTED: it is {what}. It has to be put right at its place."


def _taken_back(event: np.void, names: Names) -> str:
    return f"Sensor {_named(names.sensors, event['new'])} agrees with the others again and is used."


def _heard(event: np.void, names: Names) -> str:
    return f"Sensor {_named(names.sensors, event['new'])} is heard."


def _coasting(event: np.void, _names: Names) -> str:
    return f"Track {event['track']} is not seen at present; its course is carried on."


def _reacquired(event: np.void, _names: Names) -> str:
    if event["old"] > 0:
        return f"Track {event['track']} is found again (called {event['old']} until it was recognised)."
    return f"Track {event['track']} is seen again."


def _judgement_expired(event: np.void, names: Names) -> str:
    by_whom = person_word(int(event["new"])) if event["new"] > 0 else "the rules"
    judged = f"judged {identity_word(int(event['old']))} by {by_whom}"
    area = _named(names.areas, event["area"])
    return f"Track {event['track']}, {judged}, heads for {area}: JUDGE IT AGAIN; until then it counts as undecided."


def claim_word(source: int, number: int, names: Names) -> str:
    """Which claim, `claim 4bb853 of adsb-1`: addresses in hexadecimal digits, own flights as they are numbered."""
    kind = names.kinds[source] if 0 <= source < len(names.kinds) else ""
    shown = str(number) if kind == "own_flight" else f"{number:x}"
    return f"claim {shown} of {_named(names.sensors, source)}"


def _claim_changed(event: np.void, names: Names) -> str:
    claim = claim_word(int(event["area"]), int(event["row"]), names)
    state, track, gap_m = ClaimState(int(event["new"])), int(event["track"]), float(event["ellipse_major_m"])
    if state == ClaimState.IMPLAUSIBLE:
        flown_by = f" Track {track} flew by it." if track > 0 else ""
        return f"The {claim} CANNOT BE: it {MISFIT_WORDS[Misfit(int(event['engagement']))]}.{flown_by}"
    said = CLAIM_SENTENCES[state].format(claim=claim, track=track, gap=f"{gap_m:.0f}", place=_place(event))
    return said[0].upper() + said[1:]


_WRITERS: dict[int, Callable[[np.void, Names], str]] = {
    EventKind.TRACK_CONFIRMED: _confirmed,
    EventKind.TRACK_DROPPED: _dropped,
    EventKind.CLASS_CHANGED: _class_changed,
    EventKind.IDENTITY_CHANGED: _identity_changed,
    EventKind.IMPACT_PREDICTED: _impact,
    EventKind.ARRIVAL_PREDICTED: _arrival,
    EventKind.ZONE_CHANGED: _zone,
    EventKind.ENGAGEMENT_PROPOSED: _proposed,
    EventKind.ENGAGEMENT_DECIDED: _decided,
    EventKind.ENGAGEMENT_FIRED: _fired,
    EventKind.ENGAGEMENT_ENDED: _ended,
    EventKind.SENSOR_SILENT: _silent,
    EventKind.SENSOR_HEARD: _heard,
    EventKind.SENSOR_CLOCK_WRONG: _clock_wrong,
    EventKind.SENSOR_CLOCK_RIGHT: _clock_right,
    EventKind.SENSOR_LEFT_OUT: _left_out,
    EventKind.SENSOR_TAKEN_BACK: _taken_back,
    EventKind.SENSOR_PUT_RIGHT: _put_right,
    EventKind.JUDGEMENT_EXPIRED: _judgement_expired,
    EventKind.CLAIM_CHANGED: _claim_changed,
    EventKind.TRACK_COASTING: _coasting,
    EventKind.TRACK_REACQUIRED: _reacquired,
}


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


def _place(event: np.void) -> str:
    return f"{bearing_word(float(event['east_m']), float(event['north_m']))} of the centre"


def _named(names: Sequence[str], row: int) -> str:
    return names[row] if 0 <= row < len(names) else f"number {row}"


def _percent(probability: float) -> str:
    return f"{100.0 * float(probability):.0f} %" if np.isfinite(probability) else "unrated"
