"""Actions: what people (and, in exercises, simulated effectors) tell the step. Recorded like detections."""

from enum import IntEnum

import numpy as np


class ActionKind(IntEnum):
    """What an action says. Append, never renumber: the journal holds these."""

    CONSENT = 0
    REFUSE = 1
    EFFECT_HIT = 2
    EFFECT_MISS = 3
    SET_IDENTITY = 4


ACTION = np.dtype(
    [
        ("kind", np.int64),
        ("time_s", np.float64),
        ("engagement", np.int64),  # row of the engagement ledger, -1 where none is meant
        ("track", np.int64),  # track id, 0 where none is meant
        ("value", np.int64),  # SET_IDENTITY: the StandardIdentity, or -1 to hand back to the rules
        ("person", np.int64),  # number of the person; 1 is the standing policy, 0 a machine's report
    ],
    align=True,
)
"""One action."""

STANDING_POLICY = 1
"""The number under which a stated standing policy decides in a study or a demonstration."""

NO_ACTIONS = np.zeros(0, ACTION)
"""What most batches come with."""
