"""Settings of the warning: what silence and false alarms cost, whom to believe how far, and how long states last."""

from typing import Annotated, NamedTuple

import msgspec

from sangar.core.quantities import NotNegative, Positive, Share


class WarningParameters(NamedTuple):
    """The warning's settings as compiled code takes them. Meanings stand in `WarningSettings`."""

    warning_probability: float
    watch_probability: float
    release_share: float
    pending_hostility: float
    unknown_hostility: float
    assumed_friend_hostility: float
    friend_hostility: float
    neutral_hostility: float
    suspect_hostility: float
    hostile_hostility: float
    ring_m: float
    ring_ceiling_m: float
    escalation_s: float
    judgement_hold_s: float
    trust_hold_s: float
    two_source_wait_s: float
    identity_wait_s: float
    impact_wait_s: float
    bird_certainty: float
    inbound_share: float
    lead_s: float
    margin_s: float
    lost_hold_s: float
    quiet_s: float
    blind_hold_s: float
    all_clear_s: float


class WarningSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which zone is told what, and when.

    A zone is warned when the probability of harm times `cost_of_silence` exceeds `cost_of_false_alarm`; both are per
    person, so the number of people cancels. The hostilities weigh the harm a track could do by how far its identity is
    believed; none can be zero, because no claim of friendship may silence a warning altogether.

    Attributes:
        cost_of_silence: cost of harm to people who were not warned; any unit.
        cost_of_false_alarm: cost of a warning that was not needed; the same unit.
        watch_share: WATCH begins at this share of the probability that warns.
        release_share: a threat is over below this share of the probability that began WATCH or warned (hysteresis).
        pending_hostility: probability that a PENDING track means harm; ballistic bodies not claimed by anyone count 1.
        unknown_hostility: the same of an UNKNOWN track.
        assumed_friend_hostility: the same of an ASSUMED FRIEND.
        friend_hostility: the same of a FRIEND (lost, captured or imitated).
        neutral_hostility: the same of a NEUTRAL track.
        suspect_hostility: the same of a SUSPECT track.
        hostile_hostility: the same of a HOSTILE track.
        ring_m: an undecided track this near a zone puts the zone on WATCH whatever it seems to be ...
        ring_ceiling_m: ... if it flies below this height above the site and is not leaving ...
        escalation_s: ... and on WARNING if it heads in once it has stayed undecided for this long.
        judgement_hold_s: a person's judgement that a track is harmless holds this long while it heads in, low,
            inside the ring; then the crew is asked and the track counts as undecided.
        trust_hold_s: a rule that takes a track for harmless on trust (a friendly corridor, a cooperative claim) holds
            this long while it heads in likewise; then the same.
        two_source_wait_s: a warning of a flown body seen by one sensor waits this long for a second, where time allows;
            0 for never.
        identity_wait_s: a flown body that is new and undecided calls nobody for this long, where time allows; 0 for
            never.
        impact_wait_s: a warning of what may fall waits this long for its impact to be known better, where time allows;
            0 for never.
        bird_certainty: an undecided track at least this probably a bird reaches the crew (WATCH), not the siren.
        inbound_share: heading in means that this share of its speed brings it nearer; leaving, that it takes it away.
        lead_s: harm expected later than this is worth WATCH, not yet WARNING.
        margin_s: added to a zone's shelter time: for the alert to reach people and for them to react.
        lost_hold_s: longest time a zone is kept warned, waiting for the due time of a threat that was lost from sight.
        quiet_s: how long a threat must have been over before the zone is told so.
        blind_hold_s: longest time a zone is kept warned because the sensors that watch it fell silent or are not used.
        all_clear_s: how long ALL CLEAR stands before the zone is CLEAR again.
    """

    cost_of_silence: Positive = 20.0
    cost_of_false_alarm: Positive = 1.0
    watch_share: Annotated[float, msgspec.Meta(gt=0.0, lt=1.0)] = 0.4
    release_share: Share = 0.5
    pending_hostility: Share = 0.5
    unknown_hostility: Share = 0.5
    assumed_friend_hostility: Share = 0.04
    friend_hostility: Share = 0.03
    neutral_hostility: Share = 0.005
    suspect_hostility: Share = 0.9
    hostile_hostility: Share = 1.0
    ring_m: NotNegative = 1500.0
    ring_ceiling_m: Positive = 1000.0
    escalation_s: NotNegative = 10.0
    judgement_hold_s: NotNegative = 10.0
    trust_hold_s: NotNegative = 10.0
    two_source_wait_s: NotNegative = 5.0
    identity_wait_s: NotNegative = 8.0
    impact_wait_s: NotNegative = 8.0
    bird_certainty: Share = 0.95
    inbound_share: Share = 0.5
    lead_s: Positive = 90.0
    margin_s: NotNegative = 10.0
    lost_hold_s: NotNegative = 60.0
    quiet_s: NotNegative = 30.0
    blind_hold_s: NotNegative = 600.0
    all_clear_s: NotNegative = 60.0

    def __post_init__(self) -> None:
        """Refuse costs that would warn of nothing."""
        if self.cost_of_false_alarm >= self.cost_of_silence:
            raise ValueError("cost_of_false_alarm must be smaller than cost_of_silence")

    def parameters(self) -> WarningParameters:
        """The same as compiled code takes it, costs turned into probabilities."""
        warning_probability = self.cost_of_false_alarm / self.cost_of_silence
        derived = ("warning_probability", "watch_probability")
        return WarningParameters(
            warning_probability=warning_probability,
            watch_probability=warning_probability * self.watch_share,
            **{name: float(getattr(self, name)) for name in WarningParameters._fields if name not in derived},
        )
