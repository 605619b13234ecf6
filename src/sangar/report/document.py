"""The report as one HTML file: no script, nothing fetched from anywhere, every text from files escaped."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from numpy.typing import NDArray

from sangar.core.effectors import EngagementState
from sangar.core.events import EventKind
from sangar.core.time import text_from_utc_ns, utc_ns
from sangar.journal.payloads import ThreatTruth
from sangar.report.alerts import Announcement
from sangar.report.map_figure import map_svg, site_svg
from sangar.report.material import Material
from sangar.report.summary import BALLISTIC_KINDS, three_sentences
from sangar.report.timeline_figure import timeline_svg
from sangar.report.warnings import WarningSpell, warning_spells
from sangar.report.wording import is_important, sentence
from sangar.report.words import clock_text, person_word
from sangar.warning.words.alert import Exercise
from sangar.warning.words.wording import Message


class ThreatLine(NamedTuple):
    """One threat in the table of threats, ready to print."""

    id: str
    kind: str
    tracks: str
    detected: str
    confirmed: str
    warning_time: str
    end: str


class WarningLine(NamedTuple):
    """One spell of warning, ready to print."""

    zone: str
    people: int
    warned: str
    shelter: str
    lifted: str
    tracks: str


class AlertLine(NamedTuple):
    """One alert in words, ready to print."""

    time: str
    zone: str
    incident: int
    said: str
    messages: Sequence[Message]


class DecisionLine(NamedTuple):
    """One engagement, ready to print."""

    number: int
    effector: str
    track: int
    proposed: str
    decided: str
    by: str
    fired: str
    outcome: str


class TimelineLine(NamedTuple):
    """One event in words."""

    time: str
    utc: str
    text: str
    is_warning: bool


def report_html(material: Material) -> str:
    """The whole report."""
    environment = Environment(
        loader=PackageLoader("sangar.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    zone_names = {zone.id: zone.name for zone in material.site.zones}
    return environment.get_template("report.html.j2").render(
        header=material.header,
        verdict=material.verdict,
        site=material.site.reference,
        scenario=material.scenario,
        summary=material.summary,
        sentences=three_sentences(material.summary, material.truth, zone_names),
        start=text_from_utc_ns(material.scenario.epoch_ns),
        end=clock_text(material.end_s),
        clock_text=clock_text,
        zone_names=zone_names,
        map=Markup(map_svg(material)),  # noqa: S704  made here; matplotlib escapes the texts in it
        site_map=Markup(site_svg(material)),  # noqa: S704
        timeline=Markup(timeline_svg(material)),  # noqa: S704
        threats=[threat_line(material, row) for row in range(len(material.truth.threats))],
        warnings=[warning_line(material, spell) for spell in warning_spells(material.events)],
        alerts=[alert_line(announcement) for announcement in material.announcements],
        decisions=decision_lines(material),
        events=timeline_lines(material),
        event_count=len(material.events),
        false_tracks=sum(match.threat < 0 for match in material.matches),
    )


def threat_line(material: Material, row: int) -> ThreatLine:
    """A threat: when it was seen, how long people were warned, how it ended."""
    threat = material.truth.threats[row]
    followed = [match for match in material.matches if match.threat == row]
    confirmed = material.events[material.events["kind"] == EventKind.TRACK_CONFIRMED]
    confirmed_s = confirmed["time_s"][np.isin(confirmed["track"], [match.track for match in followed])]
    warning_time_s = material.summary.warning_time_s[threat.id]
    return ThreatLine(
        id=threat.id,
        kind=threat.kind.replace("_", " "),
        tracks=", ".join(str(match.track) for match in followed) or "none",
        detected=clock_text(min((match.first_s for match in followed), default=np.nan)),
        confirmed=clock_text(float(confirmed_s.min()) if len(confirmed_s) else np.nan),
        warning_time="none" if warning_time_s is None else f"{warning_time_s:.1f} s",
        end=threat_end(threat),
    )


def threat_end(threat: ThreatTruth) -> str:
    """How a threat ended, in words."""
    distance_m = threat.perimeter_distance_m
    where = ""
    if distance_m is not None:
        where = f", {abs(distance_m):.0f} m {'outside' if distance_m > 0.0 else 'inside'} the perimeter"
    if threat.stopped_s is not None:
        return f"stopped (simulated) at {clock_text(threat.stopped_s)}{where}"
    if threat.ended_s is None:
        return "still flying when the exercise ended"
    verb = "fell to the ground" if threat.kind in BALLISTIC_KINDS else "reached its end point"
    return f"{verb} at {clock_text(threat.ended_s)}{where}"


def warning_line(material: Material, spell: WarningSpell) -> WarningLine:
    """A spell of warning: which zone, from when to when, because of what."""
    return WarningLine(
        zone=material.names.areas[spell.area],
        people=int(material.areas.rows["people"][spell.area]),
        warned=clock_text(spell.from_s),
        shelter=clock_text(spell.shelter_s),
        lifted=clock_text(spell.to_s) if np.isfinite(spell.to_s) else "still standing at the end",
        tracks=", ".join(str(track) for track in sorted(spell.tracks)) or "-",
    )


def alert_line(announcement: Announcement[Exercise]) -> AlertLine:
    """What people were told, in every language."""
    alert = announcement.alert
    said = alert.transition.replace("_", " ")
    return AlertLine(clock_text(alert.time_s), announcement.zone, alert.incident, said, announcement.messages)


def decision_lines(material: Material) -> list[DecisionLine]:
    """Every engagement that was proposed, with who decided and what came of it."""
    events = material.events
    proposals = events[events["kind"] == EventKind.ENGAGEMENT_PROPOSED]
    return [_decision_line(material, proposal, events) for proposal in proposals]


def _decision_line(material: Material, proposal: np.void, events: NDArray[np.void]) -> DecisionLine:
    own = events[events["engagement"] == proposal["engagement"]]
    decided, fired, ended = (
        own[own["kind"] == kind]
        for kind in (EventKind.ENGAGEMENT_DECIDED, EventKind.ENGAGEMENT_FIRED, EventKind.ENGAGEMENT_ENDED)
    )
    return DecisionLine(
        number=int(proposal["engagement"]),
        effector=_effector_name(material.names.effectors, int(proposal["effector"])),
        track=int(proposal["track"]),
        proposed=clock_text(float(proposal["time_s"])),
        decided=clock_text(_first_s(decided)),
        by=person_word(int(decided["old"][0])) if len(decided) else "nobody",
        fired=clock_text(_first_s(fired)),
        outcome=_outcome(decided, fired, ended),
    )


def _outcome(decided: NDArray[np.void], fired: NDArray[np.void], ended: NDArray[np.void]) -> str:
    if not len(decided):
        return "lapsed undecided"
    if decided["new"][0] == EngagementState.REFUSED:
        return "refused"
    if not len(fired):
        return "consented, not fired"
    if not len(ended):
        return "outcome open at the end"
    return f"{'effect' if ended['new'][0] == 1 else 'no effect'} reported at {clock_text(_first_s(ended))}"


def _first_s(events: NDArray[np.void]) -> float:
    return float(events["time_s"][0]) if len(events) else float("nan")


def _effector_name(names: Sequence[str], row: int) -> str:
    return names[row] if 0 <= row < len(names) else f"number {row}"


def timeline_lines(material: Material) -> list[TimelineLine]:
    """The important events in words, in order."""
    epoch_ns = material.scenario.epoch_ns
    return [
        TimelineLine(
            time=clock_text(float(event["time_s"])),
            utc=text_from_utc_ns(utc_ns(float(event["time_s"]), epoch_ns))[11:21],
            text=sentence(event, material.names),
            is_warning=bool(event["kind"] == EventKind.ZONE_CHANGED),
        )
        for event in material.events
        if is_important(event)
    ]
