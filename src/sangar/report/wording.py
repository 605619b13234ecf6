"""Events in words a tired person reads once and understands."""

from collections.abc import Callable

import numpy as np

from sangar.core.effectors import EngagementState
from sangar.core.events import EventKind
from sangar.core.targets import DropReason, TargetClass, ZoneState
from sangar.report.claim_sentences import claim_changed
from sangar.report.sensor_sentences import (
    sensor_clock_right,
    sensor_clock_wrong,
    sensor_heard,
    sensor_left_out,
    sensor_put_right,
    sensor_silent,
    sensor_taken_back,
)
from sangar.report.words import (
    CLASS_WORDS,
    DROP_WORDS,
    ZONE_WORDS,
    Names,
    clock_text,
    identity_word,
    named,
    percent_word,
    person_word,
    place_word,
)


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
    return f"Track {event['track']} is judged: {word} ({percent_word(event['probability'])})."


def _identity_changed(event: np.void, names: Names) -> str:
    rule = int(event["area"])
    why = f" (rule: {names.rules[rule]})" if 0 <= rule < len(names.rules) else ""
    is_now, was = identity_word(int(event["new"])), identity_word(int(event["old"]))
    return f"Track {event['track']} is now {is_now}, was {was}{why}."


def _impact(event: np.void, _names: Names) -> str:
    return (
        f"Track {event['track']} will hit the ground at {clock_text(float(event['due_s']))}, "
        f"{place_word(event)} (95 % within {float(event['ellipse_major_m']):.0f} m)."
    )


def _arrival(event: np.void, names: Names) -> str:
    return (
        f"Track {event['track']} is expected at {named(names.areas, event['area'])} "
        f"at {clock_text(float(event['due_s']))} ({percent_word(event['probability'])})."
    )


def _zone(event: np.void, names: Names) -> str:
    state = ZoneState(int(event["new"]))
    said = f"{named(names.areas, event['area'])}: {ZONE_WORDS[state].upper()}"
    if state in (ZoneState.CLEAR, ZoneState.ALL_CLEAR):
        return f"{said}."
    cause = f", track {event['track']}" if event["track"] > 0 else ""
    due = f", expected at {clock_text(float(event['due_s']))}" if np.isfinite(event["due_s"]) else ""
    return f"{said}{cause}{due}."


def _proposed(event: np.void, names: Names) -> str:
    return f"Proposed: {named(names.effectors, event['effector'])} (simulated) against track {event['track']}."


def _decided(event: np.void, names: Names) -> str:
    verb = "Consent to" if event["new"] == EngagementState.CONSENTED else "Refusal of"
    return (
        f"{verb} engagement {event['engagement']} against track {event['track']}, by {person_word(int(event['old']))}."
    )


def _fired(event: np.void, names: Names) -> str:
    effector = named(names.effectors, event["effector"])
    return f"Simulated shot by {effector} at track {event['track']}, to meet it at {clock_text(float(event['due_s']))}."


def _ended(event: np.void, names: Names) -> str:
    effect = "effect reported" if event["new"] == 1 else "no effect"
    return f"Engagement {event['engagement']} of track {event['track']} ended: {effect}."


def _coasting(event: np.void, _names: Names) -> str:
    return f"Track {event['track']} is not seen at present; its course is carried on."


def _reacquired(event: np.void, _names: Names) -> str:
    if event["old"] > 0:
        return f"Track {event['track']} is found again (called {event['old']} until it was recognised)."
    return f"Track {event['track']} is seen again."


def _judgement_expired(event: np.void, names: Names) -> str:
    by_whom = person_word(int(event["new"])) if event["new"] > 0 else "the rules"
    judged = f"judged {identity_word(int(event['old']))} by {by_whom}"
    area = named(names.areas, event["area"])
    return f"Track {event['track']}, {judged}, heads for {area}: JUDGE IT AGAIN; until then it counts as undecided."


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
    EventKind.SENSOR_SILENT: sensor_silent,
    EventKind.SENSOR_HEARD: sensor_heard,
    EventKind.SENSOR_CLOCK_WRONG: sensor_clock_wrong,
    EventKind.SENSOR_CLOCK_RIGHT: sensor_clock_right,
    EventKind.SENSOR_LEFT_OUT: sensor_left_out,
    EventKind.SENSOR_TAKEN_BACK: sensor_taken_back,
    EventKind.SENSOR_PUT_RIGHT: sensor_put_right,
    EventKind.JUDGEMENT_EXPIRED: _judgement_expired,
    EventKind.CLAIM_CHANGED: claim_changed,
    EventKind.TRACK_COASTING: _coasting,
    EventKind.TRACK_REACQUIRED: _reacquired,
}
