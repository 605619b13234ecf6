"""The report as a page: complete, escaped, self-contained, the same every time."""

from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from sangar.core.events import EventKind
from sangar.core.targets import DropReason, StandardIdentity, TargetClass, ZoneState
from sangar.report.document import decision_lines, report_html, threat_line
from sangar.report.map_figure import map_svg, site_svg, worst_state
from sangar.report.timeline_figure import timeline_svg
from sangar.report.wording import sentence
from sangar.report.words import Names, bearing_word, clock_text
from tests.unit.report.storyline import event, story_events, story_material


class Page(HTMLParser):
    """Collects tags with their attributes, text, and unclosed elements."""

    VOID = frozenset({"meta", "br", "link", "img", "use", "path"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def text() -> str:
    return report_html(story_material())


@pytest.fixture(scope="module")
def page(text) -> Page:
    return Page(text)


def test_the_page_is_well_formed(page):
    assert page.open == []


def test_the_page_fetches_nothing_from_anywhere(page):
    for tag, attributes in page.tags:
        assert tag not in {"script", "iframe", "object", "embed", "img", "link"}
        for name in ("src", "href", "xlink:href", "action", "data"):
            assert (attributes.get(name) or "#").startswith("#")


def test_text_from_files_is_escaped_wherever_it_stands(text):
    assert "<script>alert" not in text
    assert "Living $area$ <b>" not in text
    assert "<i>" not in text
    assert "Living $area$ &lt;b&gt;" in text
    assert "Fort &lt;Test&gt; &amp; Co" in text


def test_the_page_says_it_is_an_exercise_and_what_its_limits_are(page):
    words = " ".join(page.words)
    for said in ("EXERCISE", "illustrative", "no real effector can be commanded", "standing policy", "ab" * 32):
        assert said in words
    assert "A public statement, 4 January 2022" in words


def test_the_same_material_gives_the_same_page(text):
    assert report_html(story_material()) == text


@pytest.mark.parametrize("draw", [site_svg, timeline_svg], ids=["site", "timeline"])
def test_the_figures_are_valid_svg_that_names_what_it_shows(draw):
    svg = draw(story_material())
    root = ET.fromstring(svg.replace("xlink:href", "href"))
    words = " ".join("".join(element.itertext()) for element in root.iter() if element.tag.endswith("text"))
    assert "Ramp" in words
    assert "Living $area$ <b>" in words


def test_the_map_numbers_every_track():
    root = ET.fromstring(map_svg(story_material()).replace("xlink:href", "href"))
    words = {"".join(element.itertext()).strip() for element in root.iter() if element.tag.endswith("text")}
    assert {"1", "2", "5", "perimeter"} <= words


def test_the_map_fills_a_zone_by_the_gravest_thing_it_was_told():
    assert worst_state(story_events(), 0) == ZoneState.SHELTER_NOW
    assert worst_state(story_events(), 1) == ZoneState.WARNING
    assert worst_state(story_events(), 2) == ZoneState.CLEAR


def test_each_threat_has_its_line():
    first, second = (threat_line(story_material(), row) for row in range(2))
    assert first == (
        "drone-1", "fixed wing drone", "1", "00:08.0", "00:10.0", "20.0 s",
        "stopped (simulated) at 00:50.0, 2600 m outside the perimeter",
    )  # fmt: skip
    assert second[2:] == ("2", "00:12.0", "00:16.0", "none", "reached its end point at 02:00.0")


def test_each_decision_says_who_took_it():
    (line,) = decision_lines(story_material())
    assert line == (
        0, "gun-1", 1, "00:40.0", "00:43.0", "the standing policy", "00:44.0", "effect reported at 00:51.0"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("time_s", "text"), [(0.0, "00:00.0"), (59.96, "01:00.0"), (83.44, "01:23.4"), (3725.0, "62:05.0"), (np.inf, "-")]
)
def test_times_read_as_minutes_and_seconds(time_s, text):
    assert clock_text(time_s) == text


@pytest.mark.parametrize(
    ("east_m", "north_m", "text"),
    [(0.0, 800.0, "800 m N"), (-3000.0, 3000.0, "4.2 km NW"), (10.0, -900.0, "900 m S"), (-500.0, 1.0, "500 m W")],
)
def test_places_read_as_distance_and_compass_point(east_m, north_m, text):
    assert bearing_word(east_m, north_m) == text


NAMES = Names(["Living area", "Ramp"], ["radar-1"], ["gun-1"])
SENTENCES = [
    (event(EventKind.TRACK_CONFIRMED, 1.0, track=3), "Track 3 confirmed."),
    (event(EventKind.TRACK_DROPPED, 1.0, track=3, new=DropReason.IMPACTED), "Track 3 ended: reached the ground."),
    (
        event(EventKind.TRACK_DROPPED, 1.0, track=3, new=DropReason.MERGED, old=2),
        "Track 3 ended: the same body as track 2.",
    ),
    (
        event(EventKind.CLASS_CHANGED, 1.0, track=3, new=TargetClass.BIRD, probability=0.876),
        "Track 3 is judged: bird (88 %).",
    ),
    (
        event(EventKind.IDENTITY_CHANGED, 1.0, track=3, old=StandardIdentity.PENDING, new=StandardIdentity.HOSTILE),
        "Track 3 is now HOSTILE, was PENDING.",
    ),
    (
        event(EventKind.IMPACT_PREDICTED, 1.0, track=3, due_s=61.0, east_m=0.0, north_m=-500.0, ellipse_major_m=90.0),
        "Track 3 will hit the ground at 01:01.0, 500 m S of the centre (95 % within 90 m).",
    ),
    (
        event(EventKind.ARRIVAL_PREDICTED, 1.0, track=3, area=1, due_s=30.0, probability=0.5),
        "Track 3 is expected at Ramp at 00:30.0 (50 %).",
    ),
    (
        event(EventKind.ZONE_CHANGED, 1.0, area=0, new=ZoneState.SHELTER_NOW, track=3, due_s=31.0),
        "Living area: TAKE SHELTER NOW, track 3, expected at 00:31.0.",
    ),
    (event(EventKind.ZONE_CHANGED, 1.0, area=0, new=ZoneState.ALL_CLEAR), "Living area: ALL CLEAR."),
    (event(EventKind.SENSOR_SILENT, 1.0, new=0), "Sensor radar-1 is SILENT."),
    (event(EventKind.SENSOR_HEARD, 1.0, new=7), "Sensor number 7 is heard."),
    (
        event(EventKind.SENSOR_CLOCK_WRONG, 1.0, new=0, due_s=61.0),
        "Sensor radar-1 is not used: its clock is WRONG (60 s ahead).",
    ),
    (event(EventKind.SENSOR_CLOCK_RIGHT, 1.0, new=0), "The clock of sensor radar-1 is right again."),
    (
        event(EventKind.ENGAGEMENT_DECIDED, 1.0, engagement=0, track=3, new=4, old=12),
        "Refusal of engagement 0 against track 3, by person 12.",
    ),
]


@pytest.mark.parametrize(("record", "text"), SENTENCES, ids=[text for _, text in SENTENCES])
def test_every_event_is_a_sentence(record, text):
    assert sentence(record[0], NAMES) == text


def test_every_kind_of_event_has_words():
    for kind in EventKind:
        record = event(kind, 1.0, track=1, area=0, engagement=0, effector=0, old=0, new=1)
        assert not sentence(record[0], NAMES).startswith("event of kind")
    assert sentence(event(99, 1.0)[0], NAMES) == "event of kind 99"
