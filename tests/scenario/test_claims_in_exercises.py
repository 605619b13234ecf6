"""An exercise in which bodies speak: the friend who comes home is known, and who comes in its company is told."""

import re

import pytest

from sangar.core.claims import ClaimState
from sangar.core.events import EventKind
from sangar.core.targets import StandardIdentity, ZoneState
from sangar.journal.run import read_run
from sangar.scenario.library import find_scenario
from sangar.service.demo import DemoRequest, run_demo
from sangar.service.replay import compare

REGISTRY = '\n[[sensor]]\nid = "registry"\nkind = "own_flight"\neast_m = 0.0\nnorth_m = 0.0\nup_m = 5.0\n'
COMES_HOME = '\n[[claimant]]\nsensor = "registry"\nbody = "returning-drone"\ncategory = "unmanned"\nnumber = 7\n'


@pytest.fixture(scope="module")
def journal(tmp_path_factory):
    """Tower 22 without the crew's words, with a list of own flights in which the friend stands."""
    folder, files = tmp_path_factory.mktemp("speaking"), find_scenario("tower_22_2024_01_28")
    (folder / "tower.site.toml").write_text(files.site.read_text(encoding="utf-8") + REGISTRY, encoding="utf-8")
    text = re.sub(r"\[\[judgement\]\](\n.+)+", "", files.scenario.read_text(encoding="utf-8"))
    text = text.replace('site = "tower_22.site.toml"', 'site = "tower.site.toml"') + COMES_HOME
    text = text.replace("start_s = 16.0", "start_s = 5.0")  # 225 m behind, where the incident's file says 720 m
    (folder / "home.toml").write_text(text, encoding="utf-8")
    run_demo(DemoRequest(scenario=str(folder / "home.toml"), out=folder / "out", fast=True, json=True))
    return folder / "out" / "raid.journal"


def test_the_friend_is_known_and_who_follows_it_home_is_told_and_warned_of(journal):
    events = read_run(journal).all_events()
    claims = events[events["kind"] == EventKind.CLAIM_CHANGED]
    (matched,) = claims[claims["new"] == ClaimState.MATCHED]
    shared = claims[claims["new"] == ClaimState.SHARED]
    follower = int(shared["track"][0])
    assert follower != matched["track"]
    identities = events[events["kind"] == EventKind.IDENTITY_CHANGED]
    assert StandardIdentity.ASSUMED_FRIEND in identities["new"][identities["track"] == matched["track"]]
    assert identities["new"][identities["track"] == follower][-1] in (
        StandardIdentity.SUSPECT,
        StandardIdentity.HOSTILE,
    )
    zones = events[events["kind"] == EventKind.ZONE_CHANGED]
    told = zones[(zones["new"] == ZoneState.WARNING) | (zones["new"] == ZoneState.SHELTER_NOW)]
    assert told["time_s"][0] < 150.0  # it arrives at 177 s


def test_what_was_said_stands_in_the_journal_and_replays_to_the_last_bit(journal):
    found = compare(journal)
    assert found.steps > 300
    assert found.identical, found.difference
