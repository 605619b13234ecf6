"""Events: what the step says. Fixed-size records, so a run's events can be compared, hashed and replayed bit by bit."""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.targets import CLASS_COUNT
from sangar.core.tracks import STATE_PACKED, STATE_SIZE


class EventKind(IntEnum):
    """What happened. Append, never renumber: the journal holds these."""

    TRACK_CONFIRMED = 0
    TRACK_DROPPED = 1  # new: DropReason; old: the track that goes on for it (MERGED), else -1
    CLASS_CHANGED = 2  # old, new: TargetClass (old -1 at first); probability: of the new class
    IDENTITY_CHANGED = 3  # old, new: StandardIdentity; area: row of the rule that holds now, -1 where a person says so
    IMPACT_PREDICTED = 4  # position: impact point; due_s: time of impact; ellipse: 95 %
    ARRIVAL_PREDICTED = 5  # area; due_s: time of arrival; probability: of harm there
    ZONE_CHANGED = 6  # area; old, new: ZoneState; track that weighs most; due_s; probability: of harm
    ENGAGEMENT_PROPOSED = 7  # engagement, effector, track; due_s: predicted intercept; position: where
    ENGAGEMENT_DECIDED = 8  # new: EngagementState CONSENTED or REFUSED; old: number of the person
    ENGAGEMENT_FIRED = 9  # position: predicted intercept point; due_s: its time
    ENGAGEMENT_ENDED = 10  # new: 1 effect reported, 0 none
    SENSOR_SILENT = 11  # new: sensor row
    SENSOR_HEARD = 12  # new: sensor row
    TRACK_REACQUIRED = (
        13  # a coasting track was seen again; old: number it had when it was lost and found again, else -1
    )
    TRACK_COASTING = 14
    SENSOR_CLOCK_WRONG = 15  # new: sensor row; due_s: the time it claims
    SENSOR_CLOCK_RIGHT = 16  # new: sensor row
    SENSOR_LEFT_OUT = 17  # new: sensor row; old: Disagreement; ellipse_azimuth_rad: offset; due_s: seconds late
    SENSOR_TAKEN_BACK = 18  # new: sensor row
    # new: sensor row; old: Disagreement; ellipse_azimuth_rad: turned by; due_s: seconds late; NaN where it is not so;
    # and their 1 sigma: ellipse_major_m of the angle, in rad, ellipse_minor_m of the delay, in s
    SENSOR_PUT_RIGHT = 19
    # a track judged harmless heads in; area; old: StandardIdentity; new: the person who did, 0 for a rule on trust
    JUDGEMENT_EXPIRED = 20
    # what the sensors say of a cooperative claim: old, new: ClaimState; track: the body it is about, 0 for none; area:
    # sensor row of the source; row: its number of the claimant; position, due_s: claimed place and when; probability:
    # that this body is meant and not another near; ellipse_major_m: how far from it; engagement: Misfit (IMPLAUSIBLE)
    CLAIM_CHANGED = 21


EVENT = np.dtype(
    [
        ("kind", np.int64),
        ("time_s", np.float64),
        ("track", np.int64),  # track id, 0 for none
        ("area", np.int64),  # row of the area map, -1 for none
        ("engagement", np.int64),  # row of the engagement ledger, -1 for none
        ("effector", np.int64),  # row of the effector table, -1 for none
        ("old", np.int64),
        ("new", np.int64),
        ("probability", np.float64),
        ("due_s", np.float64),
        ("east_m", np.float64),
        ("north_m", np.float64),
        ("up_m", np.float64),
        ("ellipse_major_m", np.float64),  # semi-axes of the 95 % ellipse
        ("ellipse_minor_m", np.float64),
        ("ellipse_azimuth_rad", np.float64),  # of the major axis, clockwise from north
        ("row", np.int64),  # detection that led to it, -1 for none
    ],
    align=True,
)
"""One event; NaN where a number does not apply."""

UPDATE = np.dtype(
    [
        ("time_s", np.float64),
        ("track", np.int64),
        ("status", np.int64),
        ("row", np.int64),  # detection that updated it, -1 while coasting
        ("mean", np.float64, (STATE_SIZE,)),
        ("covariance", np.float64, (STATE_PACKED,)),
        ("existence", np.float64),
        ("posterior", np.float64, (CLASS_COUNT,)),
        ("identity", np.int64),
    ],
    align=True,
)
"""One row of the tracks table: a track after one update."""

IMPACT = np.dtype(
    [
        ("time_s", np.float64),
        ("track", np.int64),
        ("east_m", np.float64),
        ("north_m", np.float64),
        ("up_m", np.float64),
        ("ellipse_major_m", np.float64),
        ("ellipse_minor_m", np.float64),
        ("ellipse_azimuth_rad", np.float64),
        ("time_to_impact_s", np.float64),
        ("impact_sigma_s", np.float64),
    ],
    align=True,
)
"""One row of the impacts table: one prediction."""


class Outputs(NamedTuple):
    """What one call of the step wrote; the caller reads it and sets `written` back to zero.

    Attributes:
        events: (E,) records of `EVENT`.
        updates: (U,) records of `UPDATE`; capacity 0 when nobody wants them.
        impacts: (I,) records of `IMPACT`; capacity 0 when nobody wants them.
        written: (4,) events, updates, impacts written; then how many of all three found no room.
    """

    events: NDArray[np.void]
    updates: NDArray[np.void]
    impacts: NDArray[np.void]
    written: NDArray[np.int64]


EVENTS, UPDATES, IMPACTS, OVERFLOW = range(4)
"""Positions in `Outputs.written`."""


def allocate_outputs(events: int, updates: int, impacts: int) -> Outputs:
    """Empty logs of these capacities."""
    return Outputs(np.zeros(events, EVENT), np.zeros(updates, UPDATE), np.zeros(impacts, IMPACT), np.zeros(4, np.int64))
