"""Putting an alert into words: the templates of one language and one mode, and what is filled into them."""

import math
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, NamedTuple

from sangar.warning.words.alert import Alert, M, Test, ThreatKind, Transition
from sangar.warning.words.plural import PluralForm, PluralRule, plural_form
from sangar.warning.words.writing import cleaned, isolated

MINUTES_FROM_S = 120.0
STEPS_FROM_S = 10.0
STEP_S = 5.0


class Language(NamedTuple):
    """All words of one language; read and checked by `sangar.scenario.language`.

    Attributes:
        code: BCP 47 tag, `en`, `ar`.
        is_right_to_left: direction of the writing.
        plural: how counted things are chosen.
        seconds: template per plural form, with `{count}`.
        minutes: the same.
        phrases: `now`, `unknown_time`, `anywhere`, `nobody`: what stands where there is no number, place or channel.
        marks: the word that tells a mode from the others, per mode; empty for live.
        before: what begins a message, per mode.
        after: what ends it, per mode.
        sentences: per transition and kind of threat.
        footer: last line of every message.
        test: the whole of a test message.
    """

    code: str
    is_right_to_left: bool
    plural: PluralRule
    seconds: Mapping[PluralForm, str]
    minutes: Mapping[PluralForm, str]
    phrases: Mapping[str, str]
    marks: Mapping[str, str]
    before: Mapping[str, str]
    after: Mapping[str, str]
    sentences: Mapping[Transition, Mapping[ThreatKind, str]]
    footer: str
    test: str


class Place(NamedTuple):
    """What a message says of its zone, in one language.

    Attributes:
        zone: its name.
        shelter: where its people are to go; empty where the site file does not say.
    """

    zone: str
    shelter: str


class Message(NamedTuple):
    """A message ready to be read; its lines are parted by line feeds.

    Attributes:
        language: BCP 47 tag.
        is_right_to_left: direction of the writing.
        text: the words.
    """

    language: str
    is_right_to_left: bool
    text: str


@dataclass(frozen=True)
class Wording(Generic[M]):
    """The words of one language for one mode; made by `scenario.language`, which checks them."""

    mode: M
    language: Language

    def message(self, alert: Alert[M], place: Place, told: str) -> Message:
        """An alert in words.

        Args:
            alert: of this wording's mode.
            place: of its zone.
            told: who receives it: roles or channels.

        Raises:
            ModeError: the alert is of another mode.
        """
        alert.mode.require(self.mode, "this wording")
        language = self.language
        sentence = language.sentences[alert.transition][alert.kind]
        body = language.test if isinstance(self.mode, Test) else sentence
        values = {
            "zone": self._inserted(place.zone),
            "shelter": self._inserted(place.shelter) if place.shelter.strip() else language.phrases["anywhere"],
            "time": self._time_words(alert.due_s - alert.time_s),
            "validity": self._time_words(alert.expires_s - alert.time_s),
            "incident": self._inserted(str(alert.incident)),
            "told": self._inserted(told) if told.strip() else language.phrases["nobody"],
        }
        lines = (language.before[self.mode.name], body, language.footer, language.after[self.mode.name])
        return Message(
            language.code, language.is_right_to_left, "\n".join(filled(line, values) for line in lines if line)
        )

    def _inserted(self, text: str) -> str:
        return isolated(cleaned(text), self.language.is_right_to_left)

    def _time_words(self, left_s: float) -> str:
        """Time left, rounded down: nobody is promised a second he does not have."""
        if not math.isfinite(left_s):
            return self.language.phrases["unknown_time"]
        if left_s < 1.0:
            return self.language.phrases["now"]
        if left_s >= MINUTES_FROM_S:
            return self._counted(self.language.minutes, int(left_s // 60.0))
        rounded_s = left_s // STEP_S * STEP_S if left_s >= STEPS_FROM_S else left_s
        return self._counted(self.language.seconds, int(rounded_s))

    def _counted(self, forms: Mapping[PluralForm, str], count: int) -> str:
        form = forms[plural_form(self.language.plural, count)]
        return filled(form, {"count": isolated(str(count), self.language.is_right_to_left)})


def filled(template: str, values: Mapping[str, str]) -> str:
    """A checked template with its places filled; what is filled in is never read as a template."""
    parts = string.Formatter().parse(template)
    return "".join(text + (values[name] if name else "") for text, name, _, _ in parts)
