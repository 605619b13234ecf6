"""Why a track is held as whose it is: by which rule or person, and what claims have to do with it, in words."""

import numpy as np

from sangar.core.claims import ClaimState
from sangar.core.targets import StandardIdentity
from sangar.report.claim_sentences import claim_word
from sangar.report.words import Names, clock_text, person_word

CLAIM_SAYINGS = {
    ClaimState.MATCHED: "flies as the {claim} says",
    ClaimState.LEFT: "no longer flies as the {claim} says",
    ClaimState.CONTRADICTED: "is no such body as the {claim} says, though it flies there",
    ClaimState.IMPLAUSIBLE: "flew by the {claim}, which cannot be",
    ClaimState.SHARED: "keeps company with the body that flies as the {claim} says",
}


def reasons_whose(belief: np.void, names: Names) -> list[str]:
    """Sentences: who or what gave the identity and since when; what the claim that concerns it says.

    Args:
        belief: record of `IDENTITY`.
        names: of the run's tables.
    """
    since = clock_text(float(belief["identity_since_s"]))
    said = [
        f"{StandardIdentity(int(belief['identity'])).name.replace('_', ' ')} since {since}, {_giver(belief, names)}"
    ]
    state = ClaimState(int(belief["claim_state"]))
    if state == ClaimState.UNPROVEN:
        return said
    claim = claim_word(int(belief["claim_source"]), int(belief["claim_number"]), names)
    words = f"{CLAIM_SAYINGS[state].format(claim=claim)}, since {clock_text(float(belief['claim_since_s']))}"
    gap_m, weight_nats = float(belief["claim_gap_m"]), float(belief["claim_weight"])
    if state != ClaimState.SHARED and np.isfinite(gap_m) and np.isfinite(weight_nats):
        words += f": {gap_m:.0f} m from it, {weight_nats:+.1f} for this body over another"
    return [*said, words]


def _giver(belief: np.void, names: Names) -> str:
    if belief["set_by"] != 0:
        return f"by {person_word(int(belief['set_by']))}"
    rule = int(belief["rule"])
    named = f"by the rule {names.rules[rule]!r}" if 0 <= rule < len(names.rules) else "by the rules"
    return f"{named}, on trust" if belief["on_trust"] == 1 else named
