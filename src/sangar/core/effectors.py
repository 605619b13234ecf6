"""Simulated effectors and the ledger of engagements. Simulated only: no table here can reach a real effector."""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class EffectorKind(IntEnum):
    """How a simulated effector works."""

    GUN = 0
    INTERCEPTOR = 1


class EngagementState(IntEnum):
    """Where an engagement is: from option to outcome. Nothing is fired that was not CONSENTED first."""

    FREE = 0
    PROPOSED = 1
    CONSENTED = 2
    FIRED = 3
    REFUSED = 4
    LAPSED = 5
    ENDED = 6


EFFECTOR = np.dtype(
    [
        ("kind", np.int64),  # EffectorKind
        ("position_m", np.float64, (3,)),  # site ENU
        ("minimum_range_m", np.float64),  # nothing nearer is engaged
        ("maximum_range_m", np.float64),  # nothing farther
        ("speed_mps", np.float64),  # mean speed of the round or interceptor
        ("reaction_s", np.float64),  # from consent to the first round leaving
        ("kill_probability", np.float64),  # of one engagement (burst or interceptor), simulated
        ("cycle_s", np.float64),  # from one shot to readiness for the next
        ("rounds", np.int64),  # engagements left. Changes in a run
        ("ready_s", np.float64),  # time from which it can fire again. Changes in a run
        ("sector_from_rad", np.float64),  # permitted firing sector, clockwise from true north; from = to: all round
        ("sector_to_rad", np.float64),
    ],
    align=True,
)
"""One simulated effector."""

ENGAGEMENT = np.dtype(
    [
        ("state", np.int64),  # EngagementState
        ("effector", np.int64),  # row of the effector
        ("track", np.int64),  # id of the track
        ("proposed_s", np.float64),  # when the option was offered
        ("decided_s", np.float64),  # when a person (or a stated standing policy) decided; NaN before
        ("decided_by", np.int64),  # number of that person; 0 for none yet
        ("fired_s", np.float64),  # when the simulated shot leaves; NaN before
        ("intercept_s", np.float64),  # when it is to meet the track; NaN before
        ("intercept_m", np.float64, (3,)),  # where; site ENU
    ],
    align=True,
)
"""One engagement, from option to outcome."""


class EngagementTable(NamedTuple):
    """The ledger of a run, filled in order of proposal.

    Attributes:
        rows: (K,) records of `ENGAGEMENT`.
        counters: (3,) rows used, actions refused, proposals without room.
    """

    rows: NDArray[np.void]
    counters: NDArray[np.int64]


USED, REFUSED_ACTION_COUNT, NO_ROOM_COUNT = range(3)
"""Positions in `EngagementTable.counters`."""


def allocate_effectors(count: int) -> NDArray[np.void]:
    """A table of `count` effectors with no range and no rounds; the caller fills the columns."""
    effectors = np.zeros(count, EFFECTOR)
    effectors["speed_mps"] = 1.0
    effectors["ready_s"] = -np.inf
    return effectors


def allocate_engagements(capacity: int) -> EngagementTable:
    """An empty ledger of `capacity` rows."""
    rows = np.zeros(capacity, ENGAGEMENT)
    for name in ("proposed_s", "decided_s", "fired_s", "intercept_s", "intercept_m"):
        rows[name] = np.nan
    return EngagementTable(rows, np.zeros(3, np.int64))
