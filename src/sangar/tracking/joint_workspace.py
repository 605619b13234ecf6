"""Scratch memory of the joint association, beside that of every batch (`workspace`)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.tracks import MODE_COUNT, STATE_PACKED, STATE_SIZE, THROWN_PACKED, THROWN_SIZE

JOINT_COLUMN = np.dtype([("wanted", np.int64), ("claimed", np.float64)], align=True)
"""Scratch of one detection in the joint association: how many rows want it, and the sum of their claims."""

JOINT_ROW = np.dtype(
    [
        ("existence", np.float64),  # of its track
        ("alone", np.float64),  # probability that it has no detection
        ("left", np.float64),  # the same after its shares in others' detections were cut
        ("assigned", np.int64),  # detection that the most likely assignment gives it
        ("contested", np.int64),  # list of the rows that want what others want
    ],
    align=True,
)
"""Scratch of one row."""

JOINT_PAIR = np.dtype(
    [
        ("weight", np.float64),  # likelihood ratio to "not seen"
        ("claim", np.float64),  # messages, see `joint_shares`
        ("leave", np.float64),
        ("others", np.float64),
        ("share", np.float64),  # probability of the pairing
    ],
    align=True,
)
"""Scratch of one candidate pair."""

BLEND = np.dtype(
    [
        ("weight", np.float64, (MODE_COUNT,)),  # flown: of each motion model
        ("state", np.float64, (MODE_COUNT, STATE_SIZE)),  # weighted sums, states as differences from the prediction's
        ("state_covariance", np.float64, (MODE_COUNT, STATE_PACKED)),
        ("thrown_weight", np.float64),  # ballistic
        ("thrown_origin", np.float64, (THROWN_SIZE,)),
        ("thrown", np.float64, (THROWN_SIZE,)),
        ("thrown_covariance", np.float64, (THROWN_PACKED,)),
        ("difference", np.float64, (THROWN_SIZE,)),
    ],
    align=True,
)
"""One track as the sum of what it would be under each of its detections."""


class JointWorkspace(NamedTuple):
    """Scratch of the joint association.

    Attributes:
        columns: (D,) records of `JOINT_COLUMN`.
        rows: (N,) records of `JOINT_ROW`.
        pairs: (C,) records of `JOINT_PAIR`.
        blend: (1,) record of `BLEND`.
    """

    columns: NDArray[np.void]
    rows: NDArray[np.void]
    pairs: NDArray[np.void]
    blend: NDArray[np.void]


def allocate_joint(track_capacity: int, batch_capacity: int, candidate_capacity: int) -> JointWorkspace:
    """Scratch of the joint association; memory that is never touched costs nothing."""
    return JointWorkspace(
        columns=np.zeros(batch_capacity, JOINT_COLUMN),
        rows=np.zeros(track_capacity, JOINT_ROW),
        pairs=np.zeros(candidate_capacity, JOINT_PAIR),
        blend=np.zeros(1, BLEND),
    )
