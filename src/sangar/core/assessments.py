"""The assessment table: where and when each track will hit or arrive, and who is in danger from it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ASSESSMENT = np.dtype(
    [
        ("track", np.int64),  # id of the track this row speaks of; another id: the row is stale
        ("assessed_s", np.float64),  # time of the track state it was computed from
        ("ballistic", np.int64),  # 1 where it is taken for ballistic and nothing else
        ("impact_m", np.float64, (3,)),  # predicted impact point, site ENU; NaN where none
        ("impact_covariance_m2", np.float64, (3,)),  # east-east, east-north, north-north
        ("impact_s", np.float64),  # predicted time of impact, seconds since the site's epoch; NaN where none
        ("impact_sigma_s", np.float64),
        ("announced_major_m", np.float64),  # major semi-axis of the 95 % ellipse last announced; 0 before
        ("thrown_s", np.float64),  # when it was taken for thrown last; -inf for never
        ("announced_s", np.float64),  # time of the prediction last announced by an event; -inf for none
    ],
    align=True,
)
"""One track's assessment."""

THREAT = np.dtype(
    [
        ("harm", np.float64),  # probability of harm in the area from this track
        ("due_s", np.float64),  # expected time of that harm; inf where none is expected
        ("approach_m", np.float64),  # predicted closest horizontal distance to the area; 0 inside
        ("soonest_s", np.float64),  # a flown body cannot be there before, whatever it does; inf for any other
        ("straightness", np.float64),  # share of its way that brought it nearer, fading; NaN for any other
    ],
    align=True,
)
"""What one track means for one area."""


class AssessmentTable(NamedTuple):
    """Assessments beside the track table.

    Attributes:
        rows: (N,) records of `ASSESSMENT`.
        threats: (N, A) records of `THREAT`: track by area.
    """

    rows: NDArray[np.void]
    threats: NDArray[np.void]


def allocate_assessments(capacity: int, areas: int) -> AssessmentTable:
    """A table for `capacity` tracks and `areas` areas, in which nothing threatens anything."""
    rows = np.zeros(capacity, ASSESSMENT)
    for name in ("impact_m", "impact_covariance_m2", "impact_s", "impact_sigma_s"):
        rows[name] = np.nan
    rows["assessed_s"] = rows["announced_s"] = rows["thrown_s"] = -np.inf
    threats = np.zeros((capacity, areas), THREAT)
    threats["due_s"] = threats["approach_m"] = threats["soonest_s"] = np.inf
    threats["straightness"] = np.nan
    return AssessmentTable(rows, threats)
