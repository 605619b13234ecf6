"""The rules that say whose a track is, as a file states them: read, checked, and the ones that come along.

The first rule whose conditions all hold decides. A rule set that could hide a thrown body, make a friend, or leave a
track without an identity is refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from sangar.core.claims import ClaimState
from sangar.core.identity_rules import Likelihood
from sangar.core.targets import SensorKind, StandardIdentity
from sangar.identification.settings import IdentificationSettings
from sangar.scenario.quantities import Line, MisfitError
from sangar.scenario.toml_file import read_settings

SHIPPED_FILE = Path(__file__).parent / "identity_rules.toml"
MOST_RULES = 64
LEAST_CERTAIN = 0.99
"""Bodies at least this probably thrown must be caught by the first rules."""

IdentityWord = Literal["pending", "unknown", "assumed_friend", "friend", "neutral", "suspect", "hostile"]
LikelihoodWord = Literal[
    "rocket_artillery_mortar",
    "fixed_wing_drone",
    "rotary_drone",
    "bird",
    "aeroplane",
    "helicopter",
    "other",
    "drone",
    "aircraft",
]
SettingWord = Literal[
    "observation_time_s",
    "ballistic_probability",
    "neutral_probability",
    "suspect_probability",
    "hostile_probability",
    "bird_limit",
    "suspect_time_s",
    "hostile_time_s",
    "persistence_s",
]
ClaimWord = Literal["matched", "left", "contradicted", "implausible", "shared"]
SourceWord = Literal["remote_id", "ads_b", "own_flight"]
AGAINST = ("suspect", "hostile")
HARMLESS = ("assumed_friend", "neutral")
THROWN: LikelihoodWord = "rocket_artillery_mortar"


class ShareOfSetting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """So much of a setting of `[policy.identification]`.

    Attributes:
        setting: its name.
        share: times this.
    """

    setting: SettingWord
    share: Annotated[float, msgspec.Meta(gt=0.0, le=10.0)]


Limit = Annotated[float, msgspec.Meta(ge=0.0, le=1e9)] | SettingWord | ShareOfSetting
"""A number, the name of a setting of `[policy.identification]`, or a share of one."""


class IdentityRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One rule: an identity, and the conditions that must all hold; one without conditions always holds.

    Attributes:
        name: what the journal and the crew are told when it decides.
        identity: what the track is then held as; never `friend`, which only a person makes.
        held: it was held as one of these so far.
        at_least: the probability of each class named is at least this; `drone` and `aircraft` are sums of two classes.
        below: and of these is below this.
        younger_than_s: it was first detected less than this ago.
        arrives_within_s: it heads for the perimeter, a zone or an asset, and would be there within this.
        suspected_for_s: it has been SUSPECT for at least this long; 0 also where it is not.
        in_corridor: it is inside a friendly corridor, between floor and ceiling, while it is open; false: it is not.
        claim: what is found of the cooperative claim that concerns it: it flies as claimed (`matched`), did so and left
            (`left`), is no such body as is claimed (`contradicted`), flew by a claim that cannot be (`implausible`), or
            keeps company with one that flies as claimed (`shared`).
        claim_kind: that claim comes from a source of one of these kinds.
    """

    name: Line
    identity: IdentityWord
    held: tuple[IdentityWord, ...] = ()
    at_least: dict[LikelihoodWord, Limit] = msgspec.field(default_factory=dict)
    below: dict[LikelihoodWord, Limit] = msgspec.field(default_factory=dict)
    younger_than_s: Limit | None = None
    arrives_within_s: Limit | None = None
    suspected_for_s: Limit | None = None
    in_corridor: bool | None = None
    claim: tuple[ClaimWord, ...] = ()
    claim_kind: tuple[SourceWord, ...] = ()

    def __post_init__(self) -> None:
        if self.identity == "friend":
            raise MisfitError("identity", "'friend' is for people alone to say", "write 'assumed_friend'")
        if self.claim_kind and not self.claim:
            raise MisfitError("claim_kind", "says nothing without claim", 'add claim = ["matched"] or another state')
        for field in ("at_least", "below"):
            for word, limit in getattr(self, field).items():
                if isinstance(limit, float) and limit > 1.0:
                    raise MisfitError(f"{field}.{word}", f"{limit} is no probability", "write one between 0 and 1")

    @property
    def is_on_trust(self) -> bool:
        """Whether it makes a track harmless for what others say: such an identity runs out."""
        return self.identity in HARMLESS and (self.in_corridor is True or bool(self.claim))

    @property
    def is_without_conditions(self) -> bool:
        """Whether it always holds."""
        return all(not getattr(self, field) for field in _CONDITIONS if field != "in_corridor") and (
            self.in_corridor is None
        )

    @property
    def is_of_thrown_alone(self) -> bool:
        """Whether the probability of a thrown body is all it asks, and it holds against it."""
        others = (field for field in _CONDITIONS if field not in {"at_least", "in_corridor"})
        asks_more = any(getattr(self, field) for field in others) or self.in_corridor is not None
        return self.identity in AGAINST and set(self.at_least) == {THROWN} and not asks_more


_CONDITIONS = tuple(field for field in IdentityRule.__struct_fields__ if field not in {"name", "identity"})

Rules = Annotated[tuple[IdentityRule, ...], msgspec.Meta(min_length=1, max_length=MOST_RULES)]


class RulesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The file of rules that comes along.

    Attributes:
        rules: `[[identity_rule]]`, in the order they are tried.
    """

    rules: Rules = msgspec.field(name="identity_rule")


@cache
def shipped_rules() -> tuple[IdentityRule, ...]:
    """The rules of a site that states none of its own."""
    return read_settings(SHIPPED_FILE, RulesFile).rules


def value_of(threshold: Limit, settings: IdentificationSettings) -> float:
    """A limit as a number."""
    if isinstance(threshold, ShareOfSetting):
        return threshold.share * float(getattr(settings, threshold.setting))
    return float(getattr(settings, threshold)) if isinstance(threshold, str) else float(threshold)


def check_rules(rules: Sequence[IdentityRule], settings: IdentificationSettings) -> None:
    """Refuse a rule set that leaves a gap.

    Raises:
        MisfitError: a name is given twice, the last rule has conditions or another has none, a thrown body may be
            held as anything but SUSPECT or HOSTILE, or a time lies beyond what is looked ahead.
    """
    named: set[str] = set()
    for row, rule in enumerate(rules):
        place, is_last = f"identity_rule[{row}]", row == len(rules) - 1
        if rule.name in named:
            raise MisfitError(f"{place}.name", f"{rule.name!r} is already the name of a rule above", "rename one")
        named.add(rule.name)
        if is_last and not rule.is_without_conditions:
            problem = "has conditions: a track that does not meet them would have no identity"
            raise MisfitError(place, problem, "end with a rule of name and identity alone")
        if rule.is_without_conditions and not is_last:
            raise MisfitError(place, "always holds, so no rule after it is ever tried", "move it to the end")
        limit = rule.arrives_within_s
        if isinstance(limit, float) and limit > settings.suspect_time_s:
            problem = f"is more than suspect_time_s = {settings.suspect_time_s}, which is as far as is looked ahead"
            mend = "lower it, or raise policy.identification.suspect_time_s"
            raise MisfitError(f"{place}.arrives_within_s", problem, mend)
    _refuse_hidden_threats(rules, settings)


def _refuse_hidden_threats(rules: Sequence[IdentityRule], settings: IdentificationSettings) -> None:
    """Until a rule has caught what is thrown, no rule may give anything but SUSPECT or HOSTILE."""
    for row, rule in enumerate(rules):
        if rule.is_of_thrown_alone and value_of(rule.at_least[THROWN], settings) <= LEAST_CERTAIN:
            return
        if rule.identity not in AGAINST:
            problem = f"could hold a thrown body as {StandardIdentity[rule.identity.upper()].name}"
            mend = f"put a rule before it that asks at_least = {{ {THROWN} = 0.9 }} alone and gives 'hostile'"
            raise MisfitError(f"identity_rule[{row}]", problem, mend)


def limits_of(words: Mapping[LikelihoodWord, Limit], settings: IdentificationSettings) -> Iterator[tuple[int, float]]:
    """Place in a record's limits, and the number, of each probability a rule asks."""
    for word, limit in words.items():
        yield int(Likelihood[word.upper()]), value_of(limit, settings)


def claim_mask_of(words: Sequence[ClaimWord]) -> int:
    """Bit mask of claim states."""
    return sum(1 << int(ClaimState[word.upper()]) for word in set(words))


def kind_mask_of(words: Sequence[SourceWord]) -> int:
    """Bit mask of kinds of sources."""
    return sum(1 << int(SensorKind[word.upper()]) for word in set(words))


def mask_of(words: Sequence[IdentityWord]) -> int:
    """Bit mask of standard identities."""
    return sum(1 << int(StandardIdentity[word.upper()]) for word in set(words))
