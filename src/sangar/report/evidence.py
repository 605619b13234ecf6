"""Why a track is taken for what it is: its evidence in words, each with its weight."""

import math
from typing import NamedTuple

import numpy as np

from sangar.core.identities import Evidence
from sangar.core.targets import TargetClass
from sangar.identification.kernels.class_table import DENSITIES
from sangar.identification.settings import IdentificationSettings
from sangar.report.words import CLASS_WORDS

LEAST_WEIGHT = 0.05
"""Evidence that weighs less, in nats, is not told."""

SAYINGS = {
    Evidence.SPEED: "its speed{speed}",
    Evidence.HEIGHT: "its height",
    Evidence.CLIMB: "its climb rate",
    Evidence.STEADINESS: "how steady its speed is",
    Evidence.COURSE: "how steady its course is",
    Evidence.ECHO: "the strength of its radar echo{echo}",
    Evidence.FLICKER: "the flicker of its radar echo",
    Evidence.REPORT: "what sensors say it is",
}


class Reason(NamedTuple):
    """One piece of evidence.

    Attributes:
        words: what was looked at and which way it speaks.
        weight_nats: toward the class named first over the next likeliest; below 0 where it speaks against it.
    """

    words: str
    weight_nats: float


def reasons(belief: np.void, settings: IdentificationSettings) -> list[Reason]:
    """Evidence for the likeliest class over the next likeliest, weightiest first; the weights sum to the log-odds.

    What is thrown is told from what flies by the tracker, not by this evidence: its part is what the sum leaves over.

    Args:
        belief: record of `IDENTITY`; one that nothing is known of has no reasons.
        settings: it was made with.
    """
    if not np.ptp(belief["posterior"]) > 0.0:
        return []
    evidence_share = settings.evidence_share
    next_best, best = (TargetClass(int(c)) for c in np.argsort(belief["posterior"], kind="stable")[-2:])
    compared = f"{CLASS_WORDS[best]} over {CLASS_WORDS[next_best]}"
    is_thrown_or_flown = TargetClass.ROCKET_ARTILLERY_MORTAR in (best, next_best)
    weights = {
        SAYINGS[kind].format(**_numbers(belief)): evidence_share
        * float(belief["evidence"][kind, best] - belief["evidence"][kind, next_best])
        for kind in ((Evidence.REPORT,) if is_thrown_or_flown else Evidence)
    }
    if is_thrown_or_flown:
        weights["whether it is thrown or flies"] = _log_odds(belief, best, next_best) - sum(weights.values())
    else:
        common = [
            settings.bird_weight if c == TargetClass.BIRD else DENSITIES[c].prior_weight for c in (best, next_best)
        ]
        weights["how common each is"] = math.log(common[0] / common[1])
    found = [
        Reason(f"{words}: {weight:+.1f} for {compared}", weight)
        for words, weight in weights.items()
        if abs(weight) >= LEAST_WEIGHT
    ]
    return sorted(found, key=lambda reason: -abs(reason.weight_nats))


def _log_odds(belief: np.void, best: TargetClass, next_best: TargetClass) -> float:
    least = np.finfo(np.float64).tiny
    return float(np.log(max(belief["posterior"][best], least)) - np.log(max(belief["posterior"][next_best], least)))


def _numbers(belief: np.void) -> dict[str, str]:
    """What the running sums hold, for the sentences."""
    speed, echo = "", ""
    if belief["motion_weight"] > 0.0:
        speed = f" of {belief['speed_sum'] / belief['motion_weight']:.0f} m/s"
    if belief["echo_count"] > 0.0:
        echo = f" of {belief['echo_sum'] / belief['echo_count']:.0f} dBsm"
    return {"speed": speed, "echo": echo}
