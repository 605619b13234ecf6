"""What a zone is told, from the first detection to the all-clear: awkward cases, and two incidents that went wrong."""

import msgspec
import pytest

from docs.warning_sequences import CASES, PAGE, run, run_case, table, written_table
from sangar.core.targets import ZoneState
from sangar.scenario.library import find_scenario
from sangar.scenario.scenario import load_scenario
from sangar.scenario.site import load_site
from sangar.warning.words.alert import Transition

CLEAR, WATCH, WARNING, SHELTER, ALL_CLEAR = ZoneState
CANCEL, EXPIRED = Transition.CANCEL, Transition.EXPIRED
SEQUENCES = {
    "one drone flies in": ([WATCH, WARNING, SHELTER, ALL_CLEAR, CLEAR], EXPIRED),
    "two drones, one zone, a minute apart": ([WATCH, WARNING, SHELTER, ALL_CLEAR, CLEAR], EXPIRED),
    "a drone turns away 1.5 km before the zone and leaves": ([WATCH, WARNING, ALL_CLEAR, CLEAR], CANCEL),
    "both radars die 60 s before a drone arrives, for four minutes": (
        [WATCH, WARNING, SHELTER, ALL_CLEAR, CLEAR],
        EXPIRED,
    ),
    "a mortar bomb falls 40 m outside the zone's edge": ([WATCH, SHELTER, ALL_CLEAR, CLEAR], CANCEL),
    "a mortar bomb falls 700 m outside the zone's edge": ([], None),
    "a drone dives below the radars' horizon 2.5 km away and comes in low": (
        [WATCH, WARNING, SHELTER, ALL_CLEAR, CLEAR],
        EXPIRED,
    ),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_the_zone_goes_through_these_states_and_hears_how_it_ended(case):
    told = run_case(case)
    states, ending = SEQUENCES[case.what]
    assert [one.state for one in told][: len(states)] == states
    endings = [one.message for one in told if one.state == ALL_CLEAR]
    assert endings == ([ending] if ending else [])
    assert all(one.time_s > case.arrives_s for one in told if one.state == ALL_CLEAR and ending == EXPIRED)


def test_the_page_shows_what_the_cases_give():
    assert written_table(PAGE.read_text(encoding="utf-8")) == table()


def told_at(name, **changes):
    """What the first zone of an incident is told, with these settings of the warning changed."""
    files = find_scenario(name)
    site, scenario = load_site(files.site), load_scenario(files.scenario)
    warning = msgspec.structs.replace(site.policy.warning, **changes)
    policy = msgspec.structs.replace(site.policy, warning=warning)
    return site, scenario, run(msgspec.structs.replace(site, policy=policy), scenario)


ARRIVES_S = {"tower_22_2024_01_28": 188.0, "yavne_2024_12_09": 163.0}
"""When the drone reaches its end point, from the file's route and speed."""


@pytest.mark.parametrize("name", list(ARRIVES_S))
def test_people_are_warned_in_time_though_the_crew_took_the_drone_for_harmless(name):
    site, scenario, told = told_at(name)
    assert scenario.judgements[-1].identity in ("friend", "neutral")
    warned_s = [one.time_s for one in told if one.state in (WARNING, SHELTER)]
    assert warned_s
    assert ARRIVES_S[name] - warned_s[0] >= site.zones[0].shelter_time_s + site.policy.warning.margin_s


@pytest.mark.parametrize("name", list(ARRIVES_S))
def test_without_the_escalation_they_are_not(name):
    _, _, told = told_at(name, escalation_s=1e6, judgement_hold_s=1e6)
    assert not [one for one in told if one.state in (WARNING, SHELTER)]
