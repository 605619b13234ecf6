"""Settings of the identification: class evidence and the rules for standard identities."""

from typing import Annotated, NamedTuple

import msgspec

from sangar.core.quantities import NotNegative, Positive, Probability, Share


class IdentificationParameters(NamedTuple):
    """The identification's settings as compiled code takes them. Meanings stand in `IdentificationSettings`."""

    evidence_interval_s: float
    memory_s: float
    evidence_share: float
    report_memory_s: float
    bird_weight: float
    announce_probability: float
    suspect_time_s: float
    inbound_share: float
    claim_timeout_s: float
    claim_body_wait_s: float
    claim_company_m: float
    claim_company_s: float


class IdentificationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a track is and whose it is. Probabilities and times of the rules are limits that the rules name.

    Attributes:
        evidence_interval_s: looks nearer together than this tell the same thing twice and count in proportion.
        memory_s: evidence about the class fades with this time constant.
        report_memory_s: what sensors say of the class fades with this one: they err anew each time, and what a body is
            does not change.
        bird_weight: how many times as common birds are, where and while the site looks, as any one other class that
            flies; `sangar alarm-budget` finds out which serves the site.
        evidence_share: weight of all class evidence; below 1 where probabilities would be surer than they are right.
        announce_probability: a class is announced when it is at least this probable.
        observation_time_s: how long a track is PENDING before the rules judge it; a ballistic body does not wait.
        ballistic_probability: a body at least this probably ballistic is HOSTILE.
        neutral_probability: a track at least this probably a bird is NEUTRAL.
        suspect_probability: a track at least this probably a drone, heading in, is SUSPECT.
        hostile_probability: a track at least this probably a drone, persistently heading in, is HOSTILE ...
        bird_limit: ... unless it is at least this probably a bird: then it stays SUSPECT and a person decides.
        suspect_time_s: heading in means reaching the perimeter, a zone or an asset within this time ...
        hostile_time_s: ... and for HOSTILE within this time.
        persistence_s: how long it must have been SUSPECT before the rules call it HOSTILE.
        inbound_share: least share of the speed that must point at the area (0.5: within 60 degrees).
        claim_timeout_s: a cooperative claim that is silent for longer says nothing more for the body that flew by it.
        claim_body_wait_s: a claim is without a body no sooner than this after its first report.
        claim_company_m: a second body that keeps this near to one that flies as claimed, on the same course, ...
        claim_company_s: ... for this long, without a claim of its own, is told.
    """

    evidence_interval_s: Positive = 5.0
    memory_s: Positive = 15.0
    report_memory_s: Positive = 60.0
    bird_weight: Positive = 3.0
    evidence_share: Share = 0.8
    announce_probability: Annotated[float, msgspec.Meta(gt=0.5, lt=1.0)] = 0.6
    observation_time_s: NotNegative = 2.0
    ballistic_probability: Probability = 0.9
    neutral_probability: Probability = 0.95
    suspect_probability: Probability = 0.4
    hostile_probability: Probability = 0.5
    bird_limit: Probability = 0.2
    suspect_time_s: Positive = 300.0
    hostile_time_s: Positive = 90.0
    persistence_s: NotNegative = 5.0
    inbound_share: Probability = 0.5
    claim_timeout_s: Positive = 15.0
    claim_body_wait_s: NotNegative = 15.0
    claim_company_m: Positive = 500.0
    claim_company_s: NotNegative = 10.0

    def __post_init__(self) -> None:
        """Refuse a HOSTILE that asks for less than a SUSPECT."""
        if self.hostile_probability < self.suspect_probability:
            raise ValueError("hostile_probability must not be below suspect_probability")

    def parameters(self) -> IdentificationParameters:
        """The same numbers as compiled code takes them."""
        return IdentificationParameters(
            **{name: float(getattr(self, name)) for name in IdentificationParameters._fields}
        )
