"""What a body may be that a claim names, and what the rules that come along make of a transponder that fits."""

import numpy as np
import pytest

from sangar.core.claims import CLAIM, ClaimedCategory, ClaimState
from sangar.core.identities import IDENTITY
from sangar.core.targets import CLASS_COUNT, SensorKind, StandardIdentity, TargetClass
from sangar.core.tracks import TRACK
from sangar.identification.kernels.claim_bodies import LEAST_CONSISTENT, consistent_probability, is_other_than_told
from sangar.identification.kernels.claimed_identity import note_claim, state_with
from sangar.identification.kernels.identity_rules import judge
from sangar.pipeline.layout import rule_table
from sangar.scenario.site import Reference, Site

LIGHT, LARGE, ROTORCRAFT, UNMANNED = (
    ClaimedCategory.LIGHT,
    ClaimedCategory.LARGE,
    ClaimedCategory.ROTORCRAFT,
    ClaimedCategory.UNMANNED,
)
THROWN, FIXED, ROTARY, BIRD, AEROPLANE, HELICOPTER, OTHER = TargetClass
UNKNOWN, NEUTRAL, SUSPECT = StandardIdentity.UNKNOWN, StandardIdentity.NEUTRAL, StandardIdentity.SUSPECT
MATCHED, CONTRADICTED = ClaimState.MATCHED, ClaimState.CONTRADICTED
RULES = rule_table(Site(reference=Reference(name="x", latitude_deg=0.0, longitude_deg=0.0)))


def believed(**shares):
    posterior = np.zeros(CLASS_COUNT)
    for name, share in shares.items():
        posterior[TargetClass[name]] = share
    assert posterior.sum() == pytest.approx(1.0)
    return posterior


@pytest.mark.parametrize(
    ("category", "may_be"),
    [
        (LIGHT, {AEROPLANE, HELICOPTER, OTHER, BIRD}),
        (LARGE, {AEROPLANE, HELICOPTER, OTHER, BIRD}),
        (ROTORCRAFT, {AEROPLANE, HELICOPTER, OTHER, BIRD, ROTARY}),
        (UNMANNED, {FIXED, ROTARY, BIRD, HELICOPTER, OTHER}),
        (ClaimedCategory.NOT_TOLD, set(TargetClass)),
    ],
)
def test_what_a_claimed_category_may_be(category, may_be):
    for target_class in TargetClass:
        certain = np.eye(CLASS_COUNT)[target_class]
        assert (consistent_probability(category, certain) >= LEAST_CONSISTENT) == (target_class in may_be)


def held_by_transponder(posterior, held=UNKNOWN, claim=MATCHED):
    rule = RULES[judge(RULES, held, posterior, 60.0, 0.0, np.inf, False, claim, SensorKind.ADS_B)]
    return rule["identity"], rule["on_trust"]


def test_a_matched_transponder_makes_neutral_what_may_be_an_aircraft_and_is_hardly_a_drone_or_thrown():
    assert held_by_transponder(believed(AEROPLANE=0.5, BIRD=0.5)) == (NEUTRAL, 1)
    assert held_by_transponder(believed(AEROPLANE=0.7, OTHER=0.2, FIXED_WING_DRONE=0.1)) == (NEUTRAL, 1)
    assert held_by_transponder(believed(AEROPLANE=0.05, BIRD=0.7, OTHER=0.25))[0] == UNKNOWN
    assert held_by_transponder(believed(AEROPLANE=0.78, FIXED_WING_DRONE=0.22))[0] == UNKNOWN
    assert held_by_transponder(believed(AEROPLANE=0.7, ROCKET_ARTILLERY_MORTAR=0.3))[0] == UNKNOWN
    assert held_by_transponder(believed(AEROPLANE=1.0), claim=ClaimState.UNPROVEN)[0] == UNKNOWN


def test_who_flew_as_its_transponder_says_stays_neutral_while_it_is_likely_no_drone():
    assert held_by_transponder(believed(BIRD=0.6, FIXED_WING_DRONE=0.4), NEUTRAL) == (NEUTRAL, 1)
    assert held_by_transponder(believed(BIRD=0.4, FIXED_WING_DRONE=0.6), NEUTRAL)[0] == UNKNOWN


@pytest.mark.parametrize("held", [SUSPECT, StandardIdentity.HOSTILE])
def test_a_transponder_clears_nobody_who_is_suspected(held):
    doubtful = believed(AEROPLANE=0.5, BIRD=0.1, ROTARY_DRONE=0.19, OTHER=0.21)
    assert held_by_transponder(doubtful, held)[1] == 0


@pytest.fixture
def claimed():
    """A light aircraft's claim, the track that flies by it at 60 m/s, and what is believed of that."""
    claim, track, belief = np.zeros(1, CLAIM)[0], np.zeros(1, TRACK)[0], np.zeros(1, IDENTITY)[0]
    claim["category"], claim["state"], claim["other_s"], claim["track"] = LIGHT, MATCHED, np.inf, 7
    claim["source"], claim["number"] = 2, 0x4BB853
    track["id"], track["mean"], belief["track"] = 7, [5000.0, 0.0, 500.0, -60.0, 0.0, 0.0], 7
    return claim, track, belief


def looked_otherwise(claimed, posterior, *times_s):
    claim, track, belief = claimed
    belief["posterior"] = posterior
    return [is_other_than_told(claim, track, belief, time_s) for time_s in times_s]


DRONE, AIRCRAFT = believed(FIXED_WING_DRONE=0.97, AEROPLANE=0.03), believed(AEROPLANE=0.96, FIXED_WING_DRONE=0.04)


def test_a_body_that_is_none_such_as_is_claimed_for_five_seconds_is_told(claimed):
    assert looked_otherwise(claimed, DRONE, 0.0, 4.9, 5.0) == [False, False, True]


def test_what_looks_as_claimed_meanwhile_begins_anew(claimed):
    assert looked_otherwise(claimed, DRONE, 0.0, 4.0) == [False, False]
    assert looked_otherwise(claimed, AIRCRAFT, 4.5) == [False]
    assert looked_otherwise(claimed, DRONE, 5.0, 9.9, 10.0) == [False, False, True]


def test_the_sensors_take_back_what_they_said_against_it_once_they_are_sure_of_the_contrary(claimed):
    claimed[0]["state"] = CONTRADICTED
    assert looked_otherwise(claimed, believed(AEROPLANE=0.94, FIXED_WING_DRONE=0.06), 0.0, 60.0) == [False, False]
    assert looked_otherwise(claimed, AIRCRAFT, 70.0, 74.9, 75.0) == [False, False, True]


def test_an_airliner_too_slow_to_be_one_is_not_taken_back(claimed):
    claim, track, _ = claimed
    claim["category"], claim["state"], track["mean"][3] = LARGE, CONTRADICTED, -30.0
    assert looked_otherwise(claimed, AIRCRAFT, 0.0, 60.0) == [False, False]


def note(claimed, state, kind=SensorKind.ADS_B):
    claim, _, belief = claimed
    note_claim(belief, claim, kind, state, 12.0, 100.0, 20.0)
    return belief["claim_state"]


def test_what_was_told_against_a_body_is_taken_back_by_the_same_claim_only_if_the_sensors_said_it(claimed):
    assert note(claimed, CONTRADICTED) == CONTRADICTED
    assert note(claimed, MATCHED) == MATCHED
    assert note(claimed, ClaimState.LEFT) == ClaimState.LEFT
    assert note(claimed, MATCHED) == ClaimState.LEFT


def test_another_claimant_does_not_take_it_back(claimed):
    note(claimed, CONTRADICTED)
    claimed[0]["number"] += 1
    assert note(claimed, MATCHED) == CONTRADICTED
    assert note(claimed, MATCHED, SensorKind.OWN_FLIGHT) == MATCHED


def test_a_claim_that_falls_silent_and_comes_again_has_its_body_as_it_was_told_to_be(claimed):
    claim, _, belief = claimed
    assert state_with(belief, claim) == MATCHED
    note(claimed, CONTRADICTED)
    assert state_with(belief, claim) == CONTRADICTED
    claim["number"] += 1
    assert state_with(belief, claim) == MATCHED
