"""The table of claims: what cooperative sources say of who is where, one record a claimant, allocated once.

A claim is somebody's word (a transponder's, a drone's own broadcast, a list of own flights), sent in the clear, and
may be wrong, late, forged or laid over somebody else's body. So claims stand apart from tracks: a claim makes no
track, feeds none and corrects none. It is compared with the tracks of sensors that see for themselves, and what comes
of that is evidence about whose a body is.

A claim arrives as a record of `core.track_reports.TRACK_REPORT`, `identity` holding its `ClaimedCategory`.
"""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.targets import SensorKind
from sangar.core.tracks import STATE_SIZE

CLAIM_CAPACITY = 1024
CANDIDATES_PER_CLAIM = 4
"""Bodies that are weighed for one claim at a time; a better one takes the place of the least likely."""

FIRST_COOPERATIVE = int(SensorKind.REMOTE_ID)
"""Sensor kinds from here on deliver claims; a later one is trusted before an earlier one."""


class ClaimedCategory(IntEnum):
    """What a claimant says it is."""

    NOT_TOLD = 0
    LIGHT = 1  # aeroplane below 7 t, glider, airship: ADS-B A1, B1, B2
    LARGE = 2  # aeroplane above 7 t: ADS-B A2 .. A6
    ROTORCRAFT = 3  # ADS-B A7
    UNMANNED = 4  # ADS-B B6, every Remote ID
    SURFACE = 5  # vehicle or obstacle: ADS-B C1 .. C5


class ClaimState(IntEnum):
    """What the sensors say of a claim; also what a track's claim says of the track."""

    UNPROVEN = 0  # of a track: no claim has to do with it
    MATCHED = 1  # a body flies as claimed
    WITHOUT_BODY = 2  # nothing is seen where it says it is, and it would be
    LEFT = 3  # the body that flew as claimed no longer does
    CONTRADICTED = 4  # a body flies there, but no such body as is claimed
    IMPLAUSIBLE = 5  # it says what cannot be: it jumps, stands still under way, goes back in time
    SHARED = 6  # of a track: a second body in the company of one that flies as claimed


class Misfit(IntEnum):
    """Why a claim is implausible."""

    NONE = 0
    JUMP = 1
    OTHERWISE = 2  # it does not move as it says it moves
    SPEED = 3
    TIME = 4


CLAIM = np.dtype(
    [
        ("source", np.int64),  # row of its sensor, -1 for a free record
        ("number", np.int64),  # the source's number of the claimant
        ("category", np.int64),  # ClaimedCategory
        ("state", np.int64),  # ClaimState
        ("since_s", np.float64),  # when that began
        ("first_s", np.float64),  # its first report
        ("heard_s", np.float64),  # time of the step that heard its newest
        ("time_s", np.float64),  # when its newest state holds
        ("mean", np.float64, (STATE_SIZE,)),  # position and velocity, site ENU; NaN where it does not tell
        ("variance", np.float64, (STATE_SIZE,)),  # of each
        # Plausibility, see claim_plausibility of the identification's kernels
        ("drift_m", np.float64, (2,)),  # where it went less where it said it would, fading
        ("path_m", np.float64),  # how far it went, fading
        ("misfits", np.float64),  # reports that cannot follow from the one before, fading
        ("misfit", np.int64),  # Misfit, the newest
        ("misfit_s", np.float64),  # when; -inf for never
        ("apart_m", np.float64, (2,)),  # where a report that cannot follow put it,
        ("apart_s", np.float64),  # and when; -inf for none
        # Matching, see claim_matching there
        ("candidate", np.int64, (CANDIDATES_PER_CLAIM,)),  # ids of tracks, 0 for none
        ("weight", np.float64, (CANDIDATES_PER_CLAIM,)),  # log-likelihood ratio: this body against one elsewhere; fades
        ("weighed_s", np.float64, (CANDIDATES_PER_CLAIM,)),  # when last
        ("track", np.int64),  # id of the body it is matched to, 0 for none
        ("parted_s", np.float64),  # when a body it was matched to was lost from sight, no fault told; -inf for never
        ("gap_m", np.float64),  # how far from it, over the ground, by the newest report
        ("other_s", np.float64),  # since when that body has looked otherwise than the state says; inf while it does not
        ("unseen", np.float64),  # logarithm of the chance that a body there was missed so far
        ("company", np.int64),  # id of a track that keeps near the matched body, 0 for none
        ("company_s", np.float64),  # since when
    ],
    align=True,
)
"""One claimant."""

CLAIM_COUNT, HEARD_COUNT, UNUSABLE_COUNT, REPLACED_COUNT = range(4)
"""Positions in `ClaimTable.counters`: one past the highest record used, reports heard, those that could not be
used (no place, a number that is none, a time that cannot be), claimants put out because the table was full."""


class ClaimTable(NamedTuple):
    """All claims.

    Attributes:
        rows: (C,) records of `CLAIM`; rows 0 .. counters[CLAIM_COUNT] - 1 may be in use.
        counters: (4,) see the names above.
    """

    rows: NDArray[np.void]
    counters: NDArray[np.int64]


def allocate_claims(capacity: int) -> ClaimTable:
    """A table without claims."""
    rows = np.zeros(capacity, CLAIM)
    rows["source"] = -1
    return ClaimTable(rows, np.zeros(4, np.int64))
