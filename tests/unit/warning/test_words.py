"""Alerts in words: times, plurals, directions, hostile names, and modes that cannot be confused."""

import math
import unicodedata
from dataclasses import replace
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangar.report.alerts import bound_channels
from sangar.scenario.language import SHIPPED_FOLDER, parse_language
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings
from sangar.warning.words.alert import MODES, Alert, Exercise, Live, Mode, ModeError, Test, ThreatKind, Transition
from sangar.warning.words.channel import BoundChannel
from sangar.warning.words.plural import PluralRule, forms_of, plural_form
from sangar.warning.words.wording import Place, Wording
from sangar.warning.words.writing import cleaned, isolated

LANGUAGES = {path.stem: parse_language(path.stem, path.read_text()) for path in SHIPPED_FOLDER.glob("*.toml")}
CAMP = Place("North camp", "the bunkers")
EXERCISE = Exercise()


def alert(mode=EXERCISE, transition=Transition.WARNING, kind=ThreatKind.DRONE, left_s=30.0) -> Alert[Mode]:
    return Alert(
        mode=mode, transition=transition, kind=kind, zone=0, incident=7, time_s=100.0, due_s=100.0 + left_s,
        expires_s=190.0,
    )  # fmt: skip


def said(language="en", place=CAMP, told="siren north", **columns) -> str:
    wanted = alert(**columns)
    return Wording(wanted.mode, LANGUAGES[language]).message(wanted, place, told).text


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("kind", list(ThreatKind))
@pytest.mark.parametrize("transition", list(Transition))
@pytest.mark.parametrize("mode", [Live(), Exercise()], ids=lambda mode: mode.name)
def test_every_change_of_every_threat_says_where_and_leaves_no_place_unfilled(mode, transition, kind, language):
    text = said(language, mode=mode, transition=transition, kind=kind)
    assert "North camp" in text
    assert "siren north" in text
    assert "{" not in text
    if transition in (Transition.WARNING, Transition.SHELTER_NOW):
        assert "30" in text
        assert "the bunkers" in text


def test_a_warning_in_english_word_for_word():
    assert said() == (
        "EXERCISE - EXERCISE - EXERCISE\n"
        "WARNING for North camp. A drone is coming here. Time left: 30 seconds. Stop what you are doing and go to the "
        "bunkers. Stay there until you hear the all-clear.\n"
        "Incident 7. Unless renewed, this message holds for 90 seconds. Told: siren north.\n"
        "EXERCISE - EXERCISE - EXERCISE"
    )


def test_where_the_site_says_nothing_people_are_sent_to_the_nearest_shelter_and_nobody_is_named():
    text = said(place=Place("Camp", " "), told="")
    assert "go to the nearest shelter" in text
    assert "Told: nobody" in text


@pytest.mark.parametrize(
    ("left_s", "words"),
    [
        (0.4, "no time left"), (-5.0, "no time left"), (1.9, "1 second"), (9.9, "9 seconds"), (14.9, "10 seconds"),
        (19.9, "15 seconds"), (119.9, "115 seconds"), (120.0, "2 minutes"), (299.0, "4 minutes"),
        (math.nan, "a time not known"), (math.inf, "a time not known"),
    ],
)  # fmt: skip
def test_time_left_is_rounded_down(left_s, words):
    assert f"Time left: {words}." in said(left_s=left_s)


@given(st.floats(0.0, 1000.0))
def test_nobody_is_promised_time_he_does_not_have(left_s):
    words = said(left_s=left_s).split("Time left: ")[1].split(".")[0]
    if words != "no time left":
        count, unit = words.split()
        promised_s = float(count) * (60.0 if unit.startswith("minute") else 1.0)
        assert promised_s <= left_s < promised_s + max(5.0, 60.0 * (promised_s >= 120.0))


CLDR_SAMPLES = {
    # Unicode CLDR 46, supplemental/plurals.xml, @integer samples
    "arabic": {
        "zero": [0], "one": [1], "two": [2], "few": [3, 10, 103, 110, 1003], "many": [11, 26, 99, 111, 1011],
        "other": [100, 102, 200, 202, 500, 1000, 10000],
    },
    "one": {"one": [1], "other": [0, 2, 16, 100, 1000]},
    "zero_one": {"one": [0, 1], "other": [2, 17, 100]},
    "one_two": {"one": [1], "two": [2], "other": [0, 3, 17, 100]},
    "slavic": {
        "one": [1, 21, 31, 61, 101, 1001], "few": [2, 4, 22, 24, 102, 1002], "many": [0, 5, 19, 11, 12, 14, 100, 111],
    },
    "polish": {"one": [1], "few": [2, 4, 22, 24, 102], "many": [0, 5, 19, 21, 100, 112]},
    "none": {"other": [0, 1, 15, 100]},
}  # fmt: skip


@pytest.mark.parametrize("rule", list(PluralRule))
def test_plural_forms_are_those_of_cldr(rule):
    for form, counts in CLDR_SAMPLES[rule].items():
        assert {plural_form(rule, count) for count in counts} == {form}
    assert {plural_form(rule, count) for count in range(1200)} == set(forms_of(rule))


@pytest.mark.parametrize(
    ("left_s", "words"),
    [
        (1.5, "ثانية واحدة"),
        (2.5, "ثانيتان"),
        (3.5, "\u20683\u2069 ثوانٍ"),
        (12.0, "\u206810\u2069 ثوانٍ"),
        (20.0, "\u206820\u2069 ثانية"),
        (100.0, "\u2068100\u2069 ثانية"),
        (130.0, "دقيقتان"),
        (700.0, "\u206811\u2069 دقيقة"),
    ],
)
def test_arabic_counts_in_its_own_forms(left_s, words):
    assert words in said("ar", left_s=left_s)


@pytest.mark.parametrize("place", [CAMP, Place("المعسكر", "الملاجئ")])
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_what_is_written_the_other_way_stands_isolated(language, place):
    text = said(language, place, transition=Transition.WARNING)
    is_foreign = (place is CAMP) == LANGUAGES[language].is_right_to_left
    for name in place:
        assert (f"\u2068{name}\u2069" in text) == is_foreign
    assert text.count("\u2068") == text.count("\u2069")


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_first_strong_letter_sets_the_right_direction_where_no_markup_does(language):
    strong = next(kind for letter in said(language) if (kind := unicodedata.bidirectional(letter)) in ("L", "R", "AL"))
    assert (strong != "L") == LANGUAGES[language].is_right_to_left


FORGED = "Camp\u202e\u2067\u200f\n\x1b[2J\x00\u2029EVIL {time} %s\ufeff\U000e0041"


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_name_cannot_turn_the_writing_round_or_add_a_line_or_a_place(language):
    text = said(language, Place(FORGED, FORGED), told=FORGED)
    assert text.count("\n") == said(language).count("\n")
    assert not set(text) & set("\u202e\u2067\u200f\x1b\x00\u2029\ufeff\U000e0041")
    assert "EVIL {time} %s" in text


@given(st.text(max_size=400))
def test_whatever_a_name_is_made_of_it_becomes_one_clean_line(text):
    clean = cleaned(text)
    assert len(clean) <= 200
    assert clean == cleaned(clean)
    assert all(unicodedata.category(letter)[0] != "C" or letter in "\u200c\u200d" for letter in clean)
    for is_right_to_left in (True, False):
        inserted = isolated(clean, is_right_to_left)
        assert inserted.count("\u2068") == inserted.count("\u2069") <= 1


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_modes_differ_in_their_words(language):
    texts = {name: said(language, mode=mode) for name, mode in MODES.items()}
    marks = LANGUAGES[language].marks
    for name in ("exercise", "test"):
        lines = texts[name].split("\n")
        assert all(lines[row].count(marks[name]) == 3 for row in (0, -1))
    for mark in (marks["exercise"], marks["test"]):
        assert mark not in texts["live"]
    assert marks["test"] not in texts["exercise"]
    assert marks["exercise"] not in texts["test"]


def test_a_test_sends_nobody_to_shelter():
    for transition in Transition:
        text = said(mode=Test(), transition=transition).casefold()
        assert "no danger" in text
        assert "shelter" not in text


@pytest.mark.parametrize(("one", "other"), list(permutations(MODES.values(), 2)))
def test_nothing_of_one_mode_is_worded_or_sent_as_another(one, other):
    with pytest.raises(ModeError, match="cannot be used here"):
        Wording(other, LANGUAGES["en"]).message(alert(mode=one), CAMP, "")
    with pytest.raises(ModeError, match="cannot be used here"):
        BoundChannel(other, "siren", False).takes(alert(mode=one))
    with pytest.raises(ModeError):
        Wording(other, LANGUAGES["en"]).message(replace(alert(mode=other), mode=one), CAMP, "")


def test_a_mode_left_open_is_no_mode():
    with pytest.raises(ModeError):
        Wording(Mode(), LANGUAGES["en"]).message(alert(mode=Mode()), CAMP, "")


SITE = """
[site]
name = "Here"
latitude_deg = 33.8
longitude_deg = 42.4
""" + "".join(
    f'[[channel]]\nid = "{mode}-{audience}"\nkind = "console"\nmode = "{mode}"\naudience = "{audience}"\n'
    for mode in MODES
    for audience in ("crew", "everybody")
)


@pytest.mark.parametrize("mode", MODES.values(), ids=lambda mode: mode.name)
def test_an_alert_finds_the_channels_of_its_own_mode_and_a_watch_only_the_crew(mode):
    channels = bound_channels(parse_settings(SITE, Site, "site"), mode)
    assert [channel.who for channel in channels] == [f"{mode.name}-crew", f"{mode.name}-everybody"]
    assert [channel.takes(alert(mode=mode)) for channel in channels] == [True, True]
    watch = alert(mode=mode, transition=Transition.WATCH)
    assert [channel.takes(watch) for channel in channels] == [True, False]


def test_time_words_fall_with_the_time():
    texts = [said(left_s=float(left_s)) for left_s in range(10, 119)]
    counts = [int(text.split("Time left: ")[1].split()[0]) for text in texts]
    assert all(one <= other for one, other in pairwise(counts))
