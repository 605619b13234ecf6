"""What a body may be that a claim names, and what the rules that come along make of a transponder that fits."""

import numpy as np
import pytest

from sangar.core.claims import ClaimedCategory, ClaimState
from sangar.core.targets import CLASS_COUNT, SensorKind, StandardIdentity, TargetClass
from sangar.identification.kernels.claim_bodies import LEAST_CONSISTENT, consistent_probability
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


def held_by_transponder(posterior, held=UNKNOWN, claim=ClaimState.MATCHED):
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
