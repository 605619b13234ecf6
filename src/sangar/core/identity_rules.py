"""The table of identity rules: which identity a track is given, and under which conditions; one record a rule, fixed.

The rules are tried in order, and the first whose conditions all hold decides. They come from a file (the site's, or the
one that comes along), so that whoever answers for a site can read them and change them.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sangar.core.targets import CLASS_COUNT


class Likelihood(IntEnum):
    """What a rule may ask the probability of: each `TargetClass` by its own number, then sums of them."""

    ROCKET_ARTILLERY_MORTAR = 0
    FIXED_WING_DRONE = 1
    ROTARY_DRONE = 2
    BIRD = 3
    AEROPLANE = 4
    HELICOPTER = 5
    OTHER = 6
    DRONE = CLASS_COUNT  # fixed-wing or rotary
    AIRCRAFT = CLASS_COUNT + 1  # aeroplane or helicopter


LIKELIHOOD_COUNT = len(Likelihood)
EITHER = -1
"""In a condition of yes or no: it does not matter."""

IDENTITY_RULE = np.dtype(
    [
        ("identity", np.int64),  # StandardIdentity it gives
        ("held", np.int64),  # bit mask of StandardIdentity: held as one of these so far; 0 for any
        ("weighs", np.int64),  # 1 where a probability is asked
        ("at_least", np.float64, (LIKELIHOOD_COUNT,)),  # each probability at least this; NaN where it does not matter
        ("below", np.float64, (LIKELIHOOD_COUNT,)),  # and below this
        ("younger_than_s", np.float64),  # time since its first detection below this; inf where it does not matter
        ("arrives_within_s", np.float64),  # reaches what is defended within this; NaN where it does not matter
        ("suspected_for_s", np.float64),  # SUSPECT for at least this long; -inf where it does not matter
        ("in_corridor", np.int64),  # 1 inside a friendly corridor, 0 outside, EITHER
        ("claim", np.int64),  # bit mask of ClaimState of the claim that concerns it; 0 for any, or none
        ("claim_kind", np.int64),  # bit mask of SensorKind of that claim's source; 0 for any
        ("on_trust", np.int64),  # 1 where it relies on what others say, not on what the sensors see: it runs out
    ],
    align=True,
)
"""One rule."""


def allocate_rules(count: int) -> NDArray[np.void]:
    """A table of `count` rules without conditions that give PENDING; fill the columns."""
    rules = np.zeros(count, IDENTITY_RULE)
    rules["at_least"] = rules["below"] = rules["arrives_within_s"] = np.nan
    rules["younger_than_s"], rules["suspected_for_s"] = np.inf, -np.inf
    rules["in_corridor"] = EITHER
    return rules
