"""The live view: everything a person must know fits on 80 by 24, in words, whatever the names in the files are."""

import io
import math

import pytest
from rich.console import Console

from sangar.core.events import EventKind
from sangar.core.targets import StandardIdentity, TargetClass, ZoneState
from sangar.report.words import Names
from sangar.service.news import news_lines
from sangar.service.picture import Picture, SensorLine, TrackLine, ZoneLine
from sangar.service.terminal import Setting, screen
from tests.unit.report.storyline import event, story_events

SETTING = Setting("Ain al-Asad, 4 January 2022", 240.0, 1_641_258_000_000_000_000, "Consent after three seconds", 4.0)
HOSTILE = TrackLine(
    12,
    TargetClass.FIXED_WING_DRONE,
    0.94,
    StandardIdentity.HOSTILE,
    5300.0,
    17.0,
    256.0,
    43.0,
    173.0,
    160.0,
    False,
    True,
)
BIRD = TrackLine(
    3, TargetClass.BIRD, 0.6, StandardIdentity.UNKNOWN, 900.0, 201.0, 40.0, 11.0, math.inf, 155.0, False, False
)
ZONES = [
    ZoneLine("North camp", ZoneState.SHELTER_NOW, 900, 130.0),
    ZoneLine("Flight line", ZoneState.WARNING, 400, 190.0),
    ZoneLine("[red]West gate[/red] with a name far too long for its column", ZoneState.WATCH, 60, math.inf),
    ZoneLine("South camp", ZoneState.ALL_CLEAR, 600, math.inf),
]
SENSORS = [
    SensorLine("radar-north", 119.5, False),
    SensorLine("camera-north", 102.0, True),
    SensorLine("acoustic-north", -math.inf, True),
]
NAMES = Names(["North camp", "Flight line"], ["radar-north"], ["gun-1"])


def drawn(picture: Picture, width: int = 80, height: int = 24) -> list[str]:
    text = io.StringIO()
    console = Console(file=text, width=width, height=height, color_system=None, force_terminal=False)
    console.print(screen(SETTING, picture, news_lines(story_events(), NAMES), width, height))
    return text.getvalue().splitlines()


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return drawn(Picture(120.0, [HOSTILE, BIRD], ZONES, SENSORS))


@pytest.mark.parametrize(("width", "height"), [(80, 24), (100, 30), (132, 43), (200, 60)])
def test_the_screen_fills_its_terminal_and_no_more(width, height):
    drawing = drawn(Picture(120.0, [HOSTILE] * 40, ZONES * 5, SENSORS * 5), width, height)
    assert len(drawing) == height
    assert max(len(line) for line in drawing) <= width


def test_the_first_line_says_exercise_and_the_time(lines):
    assert lines[0].startswith(" EXERCISE - SIMULATED")
    assert "02:00 of 04:00" in lines[0]
    assert "01:02:00 UTC" in lines[0]


def test_the_last_line_says_who_decides(lines):
    assert "Effectors are simulated. Who decides: Consent after three seconds" in lines[-1]


def test_zone_states_are_words_and_people_are_counted(lines):
    text = "\n".join(lines)
    for word in ("SHELTER NOW", "WARNING", "WATCH", "ALL CLEAR", "ZONE (1300 warned)"):
        assert word in text
    assert "[red]West gate[/red]" in text


def test_a_track_shows_what_whose_where_how_fast_and_when(lines):
    (line,) = [line for line in lines if line.startswith(" 12")]
    assert line.split() == ["12", "lost?", "HOSTILE", "f-wing", "drone", "94%", "5.3", "017", "256", "43", "53", "s"]
    (bird,) = [line for line in lines if line.startswith(" 3 ")]
    assert bird.split() == ["3", "UNKNOWN", "bird", "60%", "0.9", "201", "40", "11", ">", "35", "s"]


def test_of_a_track_that_comes_to_nobody_it_says_how_soon_it_could(lines):
    (bird,) = [line for line in lines if "bird" in line]
    assert bird.rstrip().endswith("> 35 s")
    late = BIRD._replace(soonest_s=120.0 + 601.0)
    (line,) = [line for line in drawn(Picture(120.0, [late], ZONES, SENSORS)) if "bird" in line]
    assert line.rstrip().endswith(" -")


def test_a_silent_sensor_stands_first_and_says_for_how_long(lines):
    assert "SILENT 18s" in lines[2]
    assert "never heard" in lines[3]


def test_more_tracks_than_lines_are_counted_not_hidden():
    text = "\n".join(drawn(Picture(120.0, [HOSTILE] * 40, ZONES, SENSORS)))
    assert "TRACK (+3" in text


def test_when_zones_do_not_fit_the_gravest_are_shown():
    zones = [ZoneLine(f"Quiet {n}", ZoneState.CLEAR, 1, math.inf) for n in range(30)]
    text = "\n".join(drawn(Picture(120.0, [], [*zones, ZoneLine("Last", ZoneState.SHELTER_NOW, 5, 130.0)], SENSORS)))
    assert "Last" in text


def test_the_news_holds_back_what_only_refines():
    refinements = [EventKind.ARRIVAL_PREDICTED, EventKind.IMPACT_PREDICTED, EventKind.TRACK_COASTING]
    for kind in refinements:
        assert news_lines(event(kind, 1.0, track=1, area=0), NAMES) == []
    assert len(news_lines(event(EventKind.SENSOR_SILENT, 1.0, new=0), NAMES)) == 1


def test_a_sky_that_nobody_vouches_for_is_not_called_clear():
    zones = [
        ZoneLine("Watched", ZoneState.CLEAR, 1, math.inf),
        ZoneLine("Unwatched", ZoneState.CLEAR, 1, math.inf, is_assured=False),
        ZoneLine("Warned", ZoneState.WARNING, 1, 130.0, is_assured=False),
    ]
    lines = {
        line.split()[0]: line
        for line in drawn(Picture(120.0, [], zones, SENSORS))
        if "atched" in line or "Warned" in line
    }
    assert "NOT ASSURED" in lines["Unwatched"]
    assert "clear" in lines["Watched"]
    assert "WARNING" in lines["Warned"]
