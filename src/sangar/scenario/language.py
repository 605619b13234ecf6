"""Language files: the words of alerts as data, one TOML file a language, checked before anybody needs them.

`en` and `ar` come with Sangar; a file `alerts.<code>.toml` beside the site file adds a language, or replaces one.
"""

import re
import string
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from sangar.core.errors import ConfigurationError
from sangar.scenario.quantities import LanguageCode, Line, MisfitError
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings, read_text
from sangar.warning.words.alert import MODES, ThreatKind, Transition
from sangar.warning.words.plural import PluralForm, PluralRule, forms_of
from sangar.warning.words.wording import Language
from sangar.warning.words.writing import cleaned

SHIPPED_FOLDER = Path(__file__).parent / "alert_texts"

_PLACES = {"zone", "shelter", "time"}
_NEEDED = {
    Transition.WATCH: {"zone", "time"},
    Transition.WARNING: {"zone", "time", "shelter"},
    Transition.SHELTER_NOW: {"zone", "time", "shelter"},
    Transition.UPDATE: {"zone", "time"},
    Transition.CANCEL: {"zone"},
    Transition.ALL_CLEAR: {"zone"},
    Transition.EXPIRED: {"zone"},
}
_OVER = (Transition.CANCEL, Transition.ALL_CLEAR, Transition.EXPIRED)


class KindSentences(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is said of one change, per kind of threat."""

    rocket_or_mortar: Line
    drone: Line
    unknown: Line


class Sentences(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is said of every change."""

    watch: KindSentences
    warning: KindSentences
    shelter_now: KindSentences
    update: KindSentences
    cancel: KindSentences
    all_clear: KindSentences
    expired: KindSentences


class ModeWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What stands round a message of one mode.

    Attributes:
        mark: the word that tells the mode; it must be part of `before` and `after`.
        before: first line of every message.
        after: last line.
    """

    mark: Line
    before: Line
    after: Line


class Modes(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The modes that must not be taken for real. A live message carries no mark: nothing may weaken it."""

    exercise: ModeWords
    test: ModeWords


class Phrases(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What stands where there is no number and no place.

    Attributes:
        now: for no time left.
        unknown_time: for a time nobody knows.
        anywhere: where to go when the site file does not say.
        nobody: who is told when the site file has no channel for it.
    """

    now: Line
    unknown_time: Line
    anywhere: Line
    nobody: Line


class LanguageFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole language file.

    Attributes:
        code: BCP 47 tag.
        name: the language's name in itself.
        right_to_left: direction of the writing.
        plural: rule by which counted things take their form.
        seconds: form of "20 seconds" per plural category, with `{count}`.
        minutes: the same of minutes.
        phrases: what stands where there is no number and no place.
        modes: what tells exercises and tests from alerts.
        sentences: what is said, per change and kind of threat; `{zone}`, `{time}` and `{shelter}` are filled in.
        footer: last line of the message proper, with `{incident}`, `{validity}` and `{told}`.
        test: the whole of a test message, with `{zone}`: nobody is told to do anything in a test.
    """

    code: LanguageCode
    name: Line
    right_to_left: bool
    plural: PluralRule
    seconds: dict[PluralForm, Line]
    minutes: dict[PluralForm, Line]
    phrases: Phrases
    modes: Modes
    sentences: Sentences
    footer: Line
    test: Line

    def __post_init__(self) -> None:
        self._check_plurals("seconds", self.seconds)
        self._check_plurals("minutes", self.minutes)
        _check_places("footer", self.footer, {"incident", "validity", "told"}, {"incident", "validity", "told", "zone"})
        _check_places("test", self.test, {"zone"}, {"zone"})
        for transition, kind, text in self._said():
            allowed = {"zone"} if transition in _OVER else _PLACES
            _check_places(f"sentences.{transition}.{kind}", text, _NEEDED[transition], allowed)
        for field, text in self._texts():
            self._check_script(field, text)
        self._check_modes()

    def language(self) -> Language:
        """The words as alerts are put into them."""
        modes = msgspec.structs.asdict(self.modes)
        said: dict[Transition, dict[ThreatKind, str]] = {transition: {} for transition in Transition}
        for transition, kind, text in self._said():
            said[transition][kind] = text
        return Language(
            code=self.code,
            is_right_to_left=self.right_to_left,
            plural=self.plural,
            seconds=self.seconds,
            minutes=self.minutes,
            phrases=msgspec.structs.asdict(self.phrases),
            marks={name: modes[name].mark if name in modes else "" for name in MODES},
            before={name: modes[name].before if name in modes else "" for name in MODES},
            after={name: modes[name].after if name in modes else "" for name in MODES},
            sentences=said,
            footer=self.footer,
            test=self.test,
        )

    def _said(self) -> list[tuple[Transition, ThreatKind, str]]:
        return [
            (transition, kind, getattr(getattr(self.sentences, transition), kind))
            for transition in Transition
            for kind in ThreatKind
        ]

    def _texts(self) -> list[tuple[str, str]]:
        said = [(f"sentences.{transition}.{kind}", text) for transition, kind, text in self._said()]
        phrases = [(f"phrases.{name}", text) for name, text in msgspec.structs.asdict(self.phrases).items()]
        return [*said, *phrases, ("footer", self.footer), ("test", self.test)]

    def _check_plurals(self, field: str, forms: Mapping[PluralForm, str]) -> None:
        for form in forms_of(self.plural):
            if form not in forms:
                problem = f"is missing, and plural rule '{self.plural}' needs it"
                raise MisfitError(f"{field}.{form}", problem, f'add it ({form} = "{{count}} ...")')
        for form, text in forms.items():
            is_spelt_out = form in (PluralForm.ZERO, PluralForm.ONE, PluralForm.TWO)  # "two seconds" may be one word
            _check_places(f"{field}.{form}", text, set() if is_spelt_out else {"count"}, {"count"})

    def _check_script(self, field: str, text: str) -> None:
        """A sentence without a letter of the language's direction was never translated."""
        bare = "".join(literal for literal, _, _, _ in string.Formatter().parse(text))
        wanted = {"R", "AL"} if self.right_to_left else {"L"}
        if not any(unicodedata.bidirectional(letter) in wanted for letter in bare):
            problem = f"holds no letter written {'right to left' if self.right_to_left else 'left to right'}"
            raise MisfitError(field, problem, "translate it, or correct right_to_left")

    def _check_modes(self) -> None:
        words = msgspec.structs.asdict(self.modes)
        marks = {name: mode.mark.casefold() for name, mode in words.items()}
        for name, mode in words.items():
            for place in ("before", "after"):
                if marks[name] not in getattr(mode, place).casefold():
                    problem = f"does not hold the mark {mode.mark!r}"
                    raise MisfitError(f"modes.{name}.{place}", problem, "begin and end every message with it")
        if marks["exercise"] in marks["test"] or marks["test"] in marks["exercise"]:
            raise MisfitError("modes.test.mark", "cannot be told from that of an exercise", "choose another word")
        for field, text in self._texts():
            if field != "test" and any(mark in text.casefold() for mark in marks.values()):
                problem = "holds the mark of an exercise or a test, and is used in live alerts too"
                raise MisfitError(field, problem, "say it without that word")
        if marks["exercise"] in self.test.casefold():
            raise MisfitError("test", "holds the mark of an exercise", "say it without that word")


def _check_places(field: str, text: str, needed: set[str], allowed: set[str]) -> None:
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise MisfitError(field, f"has a brace too many or too few ({error})", "write places as {zone}") from error
    names = {name for _, name, _, _ in parts if name is not None}
    if any(spec or conversion for _, _, spec, conversion in parts):
        raise MisfitError(field, "has a place with ':' or '!'", "write the name alone, as {zone}")
    for name in sorted(names - allowed):
        known = ", ".join(f"{{{other}}}" for other in sorted(allowed))
        raise MisfitError(field, f"has a place {{{name}}} that nothing fills", f"use only: {known}")
    for name in sorted(needed - names):
        raise MisfitError(field, f"lacks {{{name}}}", "people need to know it; put it in")


def read_language_texts(codes: tuple[str, ...], folder: Path) -> dict[str, str]:
    """The texts of the language files a site asks for: its own beside the site file, else those that come with Sangar.

    Args:
        codes: of the languages.
        folder: of the site file.

    Raises:
        ConfigurationError: a file is missing or unreadable.
    """
    return {code: read_text(_file_of(code, folder)) for code in codes}


def _file_of(code: str, folder: Path) -> Path:
    own, shipped = folder / f"alerts.{code}.toml", SHIPPED_FOLDER / f"{code}.toml"
    for path in (own, shipped):
        if path.is_file():
            return path
    known = ", ".join(sorted(path.stem for path in SHIPPED_FOLDER.glob("*.toml")))
    raise ConfigurationError(
        str(own), "", "does not exist", f"write it, or choose a language that comes along: {known}"
    )


def parse_language(code: str, text: str, source: str = "") -> Language:
    """A language from the text of its file.

    Raises:
        ConfigurationError: something in it is wrong or missing.
    """
    source = source or f"alerts.{code}.toml"
    file = parse_settings(text, LanguageFile, source)
    if file.code != code:
        raise ConfigurationError(source, "code", f"is {file.code!r}, not {code!r}", "name file and code alike")
    return file.language()


def site_languages(site: Site, texts: Mapping[str, str]) -> list[Language]:
    """The languages of a site's alerts, in its order, from the texts of their files.

    Raises:
        ConfigurationError: a text is wrong, or the site file writes the mark of an exercise or a test into a name.
    """
    languages = [parse_language(code, texts[code]) for code in site.alerts.languages if code in texts]
    marks = {mark for language in languages for mark in language.marks.values() if mark}
    for field, text in _site_texts(site):
        for mark in marks:
            if re.search(rf"(?<!\w){re.escape(mark)}(?!\w)", cleaned(text), re.IGNORECASE):
                problem = f"holds {mark!r}, which tells exercises and tests from alerts"
                raise ConfigurationError("site file", field, problem, "choose another name")
    return languages


def _site_texts(site: Site) -> Iterator[tuple[str, str]]:
    """What a site file puts into alerts, with its place."""
    for row, zone in enumerate(site.zones):
        yield f"zone[{row}].name", zone.name
        yield from ((f"zone[{row}].names.{code}", text) for code, text in zone.names.items())
        yield from ((f"zone[{row}].shelter.{code}", text) for code, text in zone.shelter.items())
    for row, channel in enumerate(site.channels):
        yield f"channel[{row}].who", channel.who or channel.id
