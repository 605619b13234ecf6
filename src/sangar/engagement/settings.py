"""Settings of the simulated engagement: what may be proposed, how long a proposal stands, what is kept safe."""

from typing import Annotated, NamedTuple

import msgspec

from sangar.core.quantities import NotNegative, Positive, Probability


class EngagementParameters(NamedTuple):
    """The engagement's settings as compiled code takes them. Meanings stand in `EngagementSettings`."""

    harm_probability: float
    engages_ballistic: bool
    engagements_per_track: int
    decision_time_s: float
    proposal_lifetime_s: float
    consent_lifetime_s: float
    refusal_hold_s: float
    effect_timeout_s: float
    look_again_s: float
    friendly_safety_m: float
    horizon_s: float


class EngagementSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When an engagement by a simulated effector is proposed, and when it is not.

    Attributes:
        harm_probability: only a HOSTILE track at least this likely to harm some area is engaged.
        engages_ballistic: whether rockets, artillery and mortar rounds are engaged too.
        engagements_per_track: how many engagements of one track may be under way at once.
        decision_time_s: time a person is expected to take; a proposal must still be feasible after it.
        proposal_lifetime_s: an undecided proposal lapses after this time.
        consent_lifetime_s: a consent not used by then (out of range, a friend near, not ready) lapses.
        refusal_hold_s: a track whose engagement was refused is not proposed again for this time.
        effect_timeout_s: an engagement without a report this long after its intercept time has ended without effect.
        look_again_s: a track must be seen this long after an engagement's intercept time to be proposed again.
        friendly_safety_m: no friendly or neutral track may be this near the intercept point when it is reached.
        horizon_s: intercepts farther ahead than this are not considered.
    """

    harm_probability: Probability = 0.2
    engages_ballistic: bool = False
    engagements_per_track: Annotated[int, msgspec.Meta(ge=1)] = 1
    decision_time_s: NotNegative = 3.0
    proposal_lifetime_s: Positive = 15.0
    consent_lifetime_s: Positive = 20.0
    refusal_hold_s: NotNegative = 30.0
    effect_timeout_s: Positive = 5.0
    look_again_s: NotNegative = 1.0
    friendly_safety_m: NotNegative = 500.0
    horizon_s: Positive = 60.0

    def parameters(self) -> EngagementParameters:
        """The same as compiled code takes it."""
        return EngagementParameters(
            harm_probability=float(self.harm_probability),
            engages_ballistic=self.engages_ballistic,
            engagements_per_track=self.engagements_per_track,
            decision_time_s=float(self.decision_time_s),
            proposal_lifetime_s=float(self.proposal_lifetime_s),
            consent_lifetime_s=float(self.consent_lifetime_s),
            refusal_hold_s=float(self.refusal_hold_s),
            effect_timeout_s=float(self.effect_timeout_s),
            look_again_s=float(self.look_again_s),
            friendly_safety_m=float(self.friendly_safety_m),
            horizon_s=float(self.horizon_s),
        )
