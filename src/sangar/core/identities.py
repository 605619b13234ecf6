"""The identity table: what each track is and whose it is, row for row beside the track table."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sangar.core.targets import CLASS_COUNT


class Evidence(IntEnum):
    """What speaks for or against a class. The tracks table names its weights after these: append, never renumber."""

    SPEED = 0
    HEIGHT = 1
    CLIMB = 2
    STEADINESS = 3  # how much the speed varies
    COURSE = 4  # how much the course varies
    ECHO = 5  # mean radar cross-section
    FLICKER = 6  # how much the cross-section varies from look to look
    REPORT = 7  # what sensors say it is


EVIDENCE_COUNT = len(Evidence)
REPORTERS_PER_TRACK = 4
"""Sensors whose last class report on a track is remembered; one more takes the place of the longest silent."""

IDENTITY = np.dtype(
    [
        ("track", np.int64),  # id of the track this row speaks of; another id: the row is stale and starts anew
        ("posterior", np.float64, (CLASS_COUNT,)),  # probability of each TargetClass; sums to 1
        ("judged_s", np.float64),  # time of the newest evidence
        ("watched_s", np.float64),  # how long it has been in sight since it was confirmed, gaps left out
        # log-likelihood of each class by each kind of evidence, the best class at 0; fades
        ("evidence", np.float64, (EVIDENCE_COUNT, CLASS_COUNT)),
        # Running sums of its own velocity, by time and fading: how full, speed, velocity, speed², velocity variance
        ("motion_weight", np.float64),
        ("speed_sum", np.float64),
        ("velocity_sum", np.float64, (2,)),
        ("speed_square", np.float64),
        ("velocity_variance", np.float64),
        # Running sums of its radar cross-section in dBsm, fading: looks, level, level²; and when it was last heard
        ("echo_count", np.float64),
        ("echo_sum", np.float64),
        ("echo_square", np.float64),
        ("echo_s", np.float64),
        ("report_row", np.int64, (REPORTERS_PER_TRACK,)),  # sensors that said what it is, -1 for none,
        ("report_s", np.float64, (REPORTERS_PER_TRACK,)),  # and when each last did
        ("identity", np.int64),  # StandardIdentity
        ("identity_since_s", np.float64),  # when it became that
        ("inbound_s", np.float64),  # since when it has been heading in; inf while it is not
        ("announced_class", np.int64),  # class last announced by an event, -1 for none
        ("set_by", np.int64),  # number of the person who set the identity by hand, 0 when the rules did
        ("rule", np.int64),  # row of the rule that gave it, -1 for none
        ("on_trust", np.int64),  # 1 where that rule relies on what others say, not on what the sensors see
        # What a cooperative claim says of it (identification/kernels/claimed_identity.py)
        ("claim_state", np.int64),  # ClaimState; UNPROVEN where no claim has to do with it
        ("claim_kind", np.int64),  # SensorKind of the source
        ("claim_source", np.int64),  # its sensor row
        ("claim_number", np.int64),  # its number of the claimant
        ("claim_since_s", np.float64),  # since when it is so
        ("claim_heard_s", np.float64),  # when the claim was last heard
        ("claim_weight", np.float64),  # log-likelihood ratio: the claim is of this body, against another near
        ("claim_gap_m", np.float64),  # how far the claim put it from where the sensors do, newest
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
    identities["report_row"] = -1
    identities["report_s"] = identities["echo_s"] = -np.inf
    identities["inbound_s"] = np.inf
    identities["announced_class"] = identities["rule"] = -1
    return identities
