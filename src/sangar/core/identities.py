"""The identity table: what each track is and whose it is, row for row beside the track table."""

import numpy as np
from numpy.typing import NDArray

from sangar.core.targets import CLASS_COUNT

IDENTITY = np.dtype(
    [
        ("track", np.int64),  # id of the track this row speaks of; another id: the row is stale and starts anew
        ("posterior", np.float64, (CLASS_COUNT,)),  # probability of each TargetClass; sums to 1
        ("judged_s", np.float64),  # time of the newest evidence
        ("identity", np.int64),  # StandardIdentity
        ("identity_since_s", np.float64),  # when it became that
        ("inbound_s", np.float64),  # since when it has been heading in; inf while it is not
        ("announced_class", np.int64),  # class last announced by an event, -1 for none
        ("set_by", np.int64),  # number of the person who set the identity by hand, 0 when the rules did
    ],
    align=True,
)
"""One track's identity."""


def allocate_identities(capacity: int) -> NDArray[np.void]:
    """A table of `capacity` rows that speak of no track yet."""
    identities = np.zeros(capacity, IDENTITY)
    identities["posterior"] = 1.0 / CLASS_COUNT
    identities["judged_s"] = -np.inf
    identities["identity_since_s"] = -np.inf
    identities["inbound_s"] = np.inf
    identities["announced_class"] = -1
    return identities
