"""The eight figures and the three sentences, against a story whose every number is known by hand."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangar.core.events import EVENT
from sangar.core.targets import ZoneState
from sangar.journal.payloads import ThreatTruth, Truth
from sangar.report.summary import summarise, summary_json, three_sentences
from sangar.report.threats import match_tracks
from sangar.report.warnings import standing_since_s, warning_spells
from tests.unit.report.storyline import story_events, story_material, story_truth, story_updates, zone


def test_the_figures_are_those_of_the_story():
    summary = story_material().summary
    assert json.loads(summary_json(summary)) == {
        "threats": 2,
        "stopped": 1,
        "leaked": 1,
        "zones_warned": ["living", "ramp"],
        "first_detection_s": 8.0,
        "first_warning_s": 30.0,
        "warning_time_s": {"drone-1": 20.0, "drone-2": None},
        "false_warnings": 1,
    }


def test_tracks_are_matched_by_distance_alone():
    matches = {match.track: match for match in match_tracks(story_updates(), story_truth())}
    assert {track: match.threat for track, match in matches.items()} == {1: 0, 2: 1, 5: -1}
    assert matches[1].median_error_m == pytest.approx(math.sqrt(20.0**2 + 15.0**2 + 10.0**2))
    assert (matches[2].first_s, matches[2].last_s) == (12.0, 110.0)


def test_the_sentences_say_what_happened():
    material = story_material()
    sentences = three_sentences(material.summary, material.truth, {"living": "Living", "ramp": "Ramp"})
    assert sentences == [
        "Two fixed-wing drones came; the first was detected 8.0 s after the start.",
        "Two zones (Living, Ramp) were warned from 30.0 s on, 20 s or more before a threat ended; one false warning.",
        "1 of 2 stopped by simulated effectors, 2600 m or more outside the perimeter; 1 reached the end point.",
    ]


def test_a_run_without_events_has_a_summary_too():
    summary = summarise(np.zeros(0, EVENT), [], Truth([]), [])
    assert (summary.threats, summary.first_warning_s, summary.false_warnings) == (0, None, 0)
    assert len(three_sentences(summary, Truth([]), {})) == 3


def test_a_spell_lasts_until_the_zone_is_told_otherwise():
    living, ramp = warning_spells(story_events())
    assert (living.area, living.from_s, living.shelter_s, living.to_s) == (0, 30.0, 52.0, 110.0)
    assert living.tracks == frozenset({1, 2})
    assert (ramp.area, ramp.from_s, ramp.to_s) == (1, 70.0, 75.0)
    assert math.isnan(ramp.shelter_s)


STATES = st.sampled_from(list(ZoneState))


@given(st.lists(st.tuples(st.integers(0, 2), STATES), max_size=25), st.floats(-1.0, 30.0))
def test_standing_since_is_what_walking_backwards_second_by_second_finds(changes, time_s):
    state = dict.fromkeys(range(3), ZoneState.CLEAR)
    events, warned = [], []
    for second, (area, new) in enumerate(changes):
        events.append(zone(float(second), area, state[area], new))
        state[area] = new
        warned.append(any(s in (ZoneState.WARNING, ZoneState.SHELTER_NOW) for s in state.values()))
    spells = warning_spells(np.concatenate(events) if events else np.zeros(0, EVENT))
    if math.floor(time_s) == time_s:
        time_s += 0.5
    moment = min(math.floor(time_s), len(warned) - 1)
    expected = math.nan
    while moment >= 0 and warned[moment]:
        expected, moment = float(moment), moment - 1
    assert standing_since_s(spells, time_s) == pytest.approx(expected, nan_ok=True)


def test_the_last_sentence_tells_of_rockets_that_fell():
    fallen = [
        ThreatTruth(
            id=f"rocket-{n}",
            kind="rocket",
            time_s=[],
            position_m=[],
            leaked=True,
            ended_s=50.0,
            perimeter_distance_m=out_m,
        )
        for n, out_m in enumerate((300.0, 20.0, -5.0))
    ]
    truth = Truth(fallen)
    summary = summarise(np.zeros(0, EVENT), [], truth, [])
    assert three_sentences(summary, truth, {})[2] == "Three fell to the ground, 1 of them inside the perimeter."
