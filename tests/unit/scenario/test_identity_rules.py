"""Identity rules of a site file: what is read, what is refused and with which sentence."""

import numpy as np
import pytest

from sangar.core.errors import ConfigurationError
from sangar.core.identity_rules import EITHER, Likelihood
from sangar.core.targets import StandardIdentity
from sangar.pipeline.layout import rule_table
from sangar.scenario.identity_rules import check_rules, shipped_rules
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings

PLACE = '[site]\nname = "Camp"\nlatitude_deg = 33.8\nlongitude_deg = 42.4\n'
THROWN = 'name = "thrown"\nat_least = { rocket_artillery_mortar = 0.9 }\nidentity = "hostile"'
REST = 'name = "rest"\nidentity = "unknown"'


def read(*rules: str, policy: str = ""):
    return parse_settings(PLACE + policy + "".join(f"[[identity_rule]]\n{rule}\n" for rule in rules), Site, "camp.toml")


def refusal(*rules: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(*rules)
    return str(caught.value)


def test_a_site_without_rules_has_the_ones_that_come_along():
    site = read()
    assert site.rules == shipped_rules()
    check_rules(site.rules, site.policy.identification)
    assert len(rule_table(site)) == len(site.rules)


def test_rules_of_the_site_replace_them_all():
    table = rule_table(read(THROWN, REST))
    assert table["identity"].tolist() == [StandardIdentity.HOSTILE, StandardIdentity.UNKNOWN]


def test_every_condition_finds_its_place_in_the_table():
    rule = (
        'name = "all"\nidentity = "neutral"\nheld = ["pending", "unknown", "unknown"]\nat_least = { drone = 0.25 }\n'
        'below = { bird = "bird_limit" }\nyounger_than_s = 30\narrives_within_s = "hostile_time_s"\n'
        'suspected_for_s = { setting = "persistence_s", share = 2.0 }\nin_corridor = true\n'
    )
    entry = rule_table(read(THROWN, rule, REST, policy="[policy.identification]\npersistence_s = 7.0\n"))[1]
    assert entry["held"] == (1 << StandardIdentity.PENDING) | (1 << StandardIdentity.UNKNOWN)
    assert (entry["at_least"][Likelihood.DRONE], entry["below"][Likelihood.BIRD]) == (0.25, 0.2)
    assert np.isnan(entry["at_least"]).sum() == np.isnan(entry["below"]).sum() == len(Likelihood) - 1
    assert (entry["younger_than_s"], entry["arrives_within_s"], entry["suspected_for_s"]) == (30.0, 90.0, 14.0)
    assert (entry["in_corridor"], entry["on_trust"], entry["weighs"]) == (1, 1, 1)


def test_only_what_makes_harmless_by_a_corridor_is_on_trust():
    friend = 'name = "c"\nin_corridor = true\nidentity = "assumed_friend"'
    suspect = 'name = "d"\nin_corridor = true\nidentity = "suspect"'
    outside = 'name = "e"\nin_corridor = false\nidentity = "neutral"'
    table = rule_table(read(THROWN, friend, suspect, outside, REST))
    assert table["on_trust"].tolist() == [0, 1, 0, 0, 0]
    assert table["in_corridor"].tolist() == [EITHER, 1, 1, 0, EITHER]


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ((THROWN, 'name = "f"\nidentity = "friend"', REST), "identity_rule[1].identity: 'friend' is for people alone"),
        ((THROWN, 'name = "f"\nidentity = "enemy"', REST), "identity_rule[1].identity: 'enemy' is not a choice"),
        ((THROWN, REST.replace("rest", "thrown")), "'thrown' is already the name of a rule above"),
        ((THROWN,), "identity_rule[0]: has conditions: a track that does not meet them would have no identity"),
        ((THROWN, 'name = "r"\nin_corridor = false\nidentity = "unknown"'), "identity_rule[1]: has conditions"),
        ((THROWN, REST, 'name = "s"\nidentity = "suspect"'), "identity_rule[1]: always holds"),
        ((REST,), "identity_rule[0]: could hold a thrown body as UNKNOWN"),
        ((THROWN.replace("0.9", "0.999"), REST), "could hold a thrown body as UNKNOWN"),
        ((THROWN + "\nyounger_than_s = 9.0", REST), "could hold a thrown body as UNKNOWN"),
        (('name = "b"\nat_least = { bird = 0.9 }\nidentity = "neutral"', THROWN, REST), "[0]: could hold a thrown"),
        ((THROWN + "\nin_corridor = false", REST), "could hold a thrown body as UNKNOWN"),
        ((THROWN.replace("0.9", "1.5"), REST), "at_least.rocket_artillery_mortar: 1.5 is no probability"),
        ((THROWN, 'name = "i"\narrives_within_s = 301.0\nidentity = "suspect"', REST), "is more than suspect_time_s"),
        ((THROWN, 'name = "i"\narrives_within_s = "soon"\nidentity = "suspect"', REST), "'soon' is not a choice"),
        ((THROWN, 'name = "i"\nat_least = { owl = 0.5 }\nidentity = "neutral"', REST), "invalid enum value 'owl'"),
        ((THROWN, 'name = "i"\nsped = 3.0\nidentity = "neutral"', REST), "identity_rule[1].sped: is not a known field"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_its_place(rules, sentence):
    assert sentence in refusal(*rules)


def test_an_empty_list_of_rules_is_refused():
    with pytest.raises(ConfigurationError, match="identity_rule"):
        parse_settings(PLACE.replace("[site]", "identity_rule = []\n[site]"), Site, "camp.toml")
