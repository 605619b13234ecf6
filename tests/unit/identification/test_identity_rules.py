"""Rules as data: the ones that come along say what the coded rules before them said; each condition is a condition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sangar.core.claims import ClaimState
from sangar.core.identity_rules import EITHER, Likelihood, allocate_rules
from sangar.core.targets import CLASS_COUNT, SensorKind, StandardIdentity, TargetClass
from sangar.identification.kernels.identity_rules import judge
from sangar.identification.settings import IdentificationSettings
from sangar.pipeline.layout import rule_table
from sangar.scenario.site import Policy, Reference, Site

UNKNOWN, NEUTRAL, SUSPECT, HOSTILE = (
    StandardIdentity.UNKNOWN,
    StandardIdentity.NEUTRAL,
    StandardIdentity.SUSPECT,
    StandardIdentity.HOSTILE,
)
ODD = IdentificationSettings(
    observation_time_s=0.0, ballistic_probability=0.6, neutral_probability=0.3, suspect_probability=0.2,
    hostile_probability=0.2, bird_limit=0.7, suspect_time_s=60.0, hostile_time_s=400.0, persistence_s=0.0,
)  # fmt: skip


def table(identification):
    site = Site(
        reference=Reference(name="x", latitude_deg=0.0, longitude_deg=0.0), policy=Policy(identification=identification)
    )
    return rule_table(site)


TABLES = {stated: table(stated) for stated in (IdentificationSettings(), ODD)}


def coded_rules(held, posterior, age_s, suspected_s, reach_s, is_corridor, parameters):
    """The rules as they were written in code before they became data."""
    thrown, bird = posterior[TargetClass.ROCKET_ARTILLERY_MORTAR], posterior[TargetClass.BIRD]
    drone = posterior[TargetClass.FIXED_WING_DRONE] + posterior[TargetClass.ROTARY_DRONE]
    if thrown >= parameters.ballistic_probability:
        return HOSTILE
    is_held_against = held in (SUSPECT, HOSTILE)
    if not is_held_against and age_s < parameters.observation_time_s:
        return StandardIdentity.PENDING
    if bird >= parameters.neutral_probability:
        return NEUTRAL
    if held == NEUTRAL and bird >= 0.85 * parameters.neutral_probability:
        return NEUTRAL
    is_supported = drone >= 0.5 * parameters.suspect_probability or thrown >= 0.5 * parameters.ballistic_probability
    if held == HOSTILE and is_supported:
        return HOSTILE
    is_held_against = is_held_against and is_supported
    if is_corridor and not is_held_against:
        return StandardIdentity.ASSUMED_FRIEND
    is_inbound = reach_s <= parameters.suspect_time_s and drone >= parameters.suspect_probability
    if (
        is_inbound
        and drone >= parameters.hostile_probability
        and bird < parameters.bird_limit
        and reach_s <= parameters.hostile_time_s
        and suspected_s >= parameters.persistence_s
    ):
        return HOSTILE
    return SUSPECT if is_inbound or is_held_against else UNKNOWN


def limits(stated):
    """Numbers at which something changes, and beside them."""
    half = (0.5 * stated.suspect_probability, 0.5 * stated.ballistic_probability)
    whole = (
        stated.ballistic_probability, stated.neutral_probability, stated.suspect_probability,
        stated.hostile_probability, stated.bird_limit,
    )  # fmt: skip
    exact = [*half, *whole, 0.0, 1.0, np.nan]
    return st.one_of(st.sampled_from(exact), st.floats(0.0, 1.0))


def times(stated):
    exact = [0.0, stated.observation_time_s, stated.persistence_s, stated.hostile_time_s, stated.suspect_time_s]
    return st.one_of(st.sampled_from(exact), st.floats(0.0, 500.0))


@pytest.mark.parametrize("stated", list(TABLES), ids=["usual", "odd"])
@settings(max_examples=2000, deadline=None)
@given(data=st.data())
def test_the_rules_that_come_along_say_what_the_coded_ones_said(stated, data):
    draw, probability = data.draw, limits(stated)
    posterior = np.array([draw(probability) for _ in range(CLASS_COUNT)])
    held = draw(st.sampled_from(list(StandardIdentity)))
    age_s, reach_s = draw(times(stated)), draw(times(stated))
    reach_s = reach_s if reach_s <= stated.suspect_time_s else np.inf  # as `time_to_reach` says
    suspected_s, is_corridor = (draw(times(stated)) if held == SUSPECT else 0.0), draw(st.booleans())
    rules = TABLES[stated]
    k = judge(rules, int(held), posterior, age_s, suspected_s, reach_s, is_corridor, ClaimState.UNPROVEN, 0)
    wanted = coded_rules(held, posterior, age_s, suspected_s, reach_s, is_corridor, stated)
    assert StandardIdentity(rules[k]["identity"]) == wanted


def one_rule(**conditions):
    """A rule with these conditions that gives HOSTILE, and one that gives UNKNOWN to all others."""
    rules = allocate_rules(2)
    rules["identity"] = HOSTILE, UNKNOWN
    for name, value in conditions.items():
        rules[0][name] = value
    return rules


def holds(
    rules, held=UNKNOWN, chances=(), age_s=100.0, suspected_s=0.0, reach_s=np.inf, is_corridor=False, claim=(0, 0)
):
    posterior = np.full(CLASS_COUNT, 0.1)
    for place, chance in dict(chances).items():
        posterior[place] = chance
    return judge(rules, int(held), posterior, age_s, suspected_s, reach_s, is_corridor, *claim) == 0


@pytest.mark.parametrize(
    ("conditions", "met", "missed"),
    [
        ({"held": 1 << NEUTRAL}, {"held": NEUTRAL}, {"held": UNKNOWN}),
        ({"younger_than_s": 5.0}, {"age_s": 4.9}, {"age_s": 5.0}),
        ({"arrives_within_s": 60.0}, {"reach_s": 60.0}, {"reach_s": 60.1}),
        ({"suspected_for_s": 3.0}, {"suspected_s": 3.0}, {"suspected_s": 2.9}),
        ({"in_corridor": 1}, {"is_corridor": True}, {"is_corridor": False}),
        ({"in_corridor": 0}, {"is_corridor": False}, {"is_corridor": True}),
        ({"claim": 1 << ClaimState.LEFT}, {"claim": (ClaimState.LEFT, 0)}, {"claim": (ClaimState.MATCHED, 0)}),
        ({"claim": 1 << ClaimState.LEFT}, {"claim": (ClaimState.LEFT, 0)}, {"claim": (ClaimState.UNPROVEN, 0)}),
        (
            {"claim": 1 << ClaimState.MATCHED, "claim_kind": 1 << SensorKind.ADS_B},
            {"claim": (ClaimState.MATCHED, SensorKind.ADS_B)},
            {"claim": (ClaimState.MATCHED, SensorKind.REMOTE_ID)},
        ),
    ],
)
def test_each_condition_is_met_and_missed(conditions, met, missed):
    rules = one_rule(**conditions)
    assert holds(rules, **met)
    assert not holds(rules, **missed)


@pytest.mark.parametrize("which", list(Likelihood))
def test_each_probability_can_be_asked_from_both_sides(which):
    parts = {
        Likelihood.DRONE: (TargetClass.FIXED_WING_DRONE, TargetClass.ROTARY_DRONE),
        Likelihood.AIRCRAFT: (TargetClass.AEROPLANE, TargetClass.HELICOPTER),
    }.get(which, (TargetClass(min(which, CLASS_COUNT - 1)),))
    rules = one_rule(weighs=1)
    rules[0]["at_least"][which], rules[0]["below"][which] = 0.5, 0.75
    assert holds(rules, chances={part: 0.5 / len(parts) for part in parts})
    assert not holds(rules, chances={part: 0.49 / len(parts) for part in parts})
    assert not holds(rules, chances={part: 0.75 / len(parts) for part in parts})
    assert not holds(rules, chances={parts[0]: np.nan})


def test_a_rule_without_conditions_holds_for_anybody():
    assert holds(one_rule(in_corridor=EITHER), chances={0: np.nan}, age_s=0.0)
