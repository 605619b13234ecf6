"""What a claim says of a body, kept with the body's identity.

Of several claims that concern one body the more trusted source is heard (`SensorKind`, later over earlier). Whatever
speaks against the body stays: only a match of one's own flights takes it away, for a claim that fits again proves
nothing to somebody who saw it not fit. What the sensors said against it they may take back: a contradiction.
"""

import numpy as np

from sangar.core.claims import ClaimState
from sangar.core.jit import kernel
from sangar.core.targets import SensorKind

UNPROVEN, MATCHED = np.int64(ClaimState.UNPROVEN), np.int64(ClaimState.MATCHED)
CONTRADICTED = np.int64(ClaimState.CONTRADICTED)
OWN_FLIGHT = np.int64(SensorKind.OWN_FLIGHT)


@kernel
def is_fresh(belief, time_s, timeout_s):
    """Whether the claim a body flies by was heard lately; what speaks against it does not age."""
    return belief["claim_state"] != MATCHED or time_s - belief["claim_heard_s"] <= timeout_s


@kernel
def is_of(belief, claim):
    """Whether what was noted of a body is of this claim."""
    return belief["claim_source"] == claim["source"] and belief["claim_number"] == claim["number"]


@kernel
def state_with(belief, claim):
    """The state in which a claim has a body: MATCHED, unless the body was told to be none such as it claims."""
    return CONTRADICTED if is_of(belief, claim) and belief["claim_state"] == CONTRADICTED else MATCHED


@kernel
def is_heard_over(belief, claim, kind, state, time_s, timeout_s):
    """Whether a claim's word on a body stands over what was noted before."""
    before = belief["claim_state"]
    if before == UNPROVEN or not is_fresh(belief, time_s, timeout_s):
        return True
    is_same = is_of(belief, claim)
    if before == MATCHED:
        return is_same or kind >= belief["claim_kind"]
    if state == MATCHED:
        return before == CONTRADICTED if is_same else kind == OWN_FLIGHT
    return kind >= belief["claim_kind"]


@kernel
def note_claim(belief, claim, kind, state, weight, time_s, timeout_s):
    """Note what a claim (record of `CLAIM`) of a source of a kind says of a body."""
    if not is_heard_over(belief, claim, kind, state, time_s, timeout_s):
        return
    if not is_of(belief, claim) or belief["claim_state"] != state:
        belief["claim_since_s"] = time_s
    belief["claim_state"], belief["claim_kind"] = state, kind
    belief["claim_source"], belief["claim_number"] = claim["source"], claim["number"]
    belief["claim_heard_s"] = time_s
    belief["claim_weight"], belief["claim_gap_m"] = weight, claim["gap_m"]
