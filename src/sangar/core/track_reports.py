"""Track reports: what another tracker says of the tracks it has made, one record each, in the site's frame.

A detection's error is new each time; a track's error lives on. The error of a reported track is correlated with its
own of a second ago and, where the other tracker is fed by the same sensors or by us, with ours. So reports travel apart
from detections, with position, velocity and their full covariance, and are fused in another way.
"""

from enum import IntEnum

import numpy as np

from sangar.core.tracks import STATE_PACKED, STATE_SIZE


class ReportStatus(IntEnum):
    """What the source says of its track."""

    TENTATIVE = 0
    CONFIRMED = 1
    COASTING = 2  # the source sees nothing either: a guess is no measurement
    ENDED = 3  # the last report of this number


TRACK_REPORT = np.dtype(
    [
        ("row", np.int64),  # row of the table of reports, or the report's sequence number
        ("number", np.int64),  # the source's own number of the track
        ("time_s", np.float64),  # when the state holds; seconds since the site's epoch
        ("status", np.int64),  # ReportStatus
        # StandardIdentity the source claims, PENDING for no claim; of a cooperative source the ClaimedCategory
        ("identity", np.int64),
        ("mean", np.float64, (STATE_SIZE,)),  # position and velocity, site ENU; NaN where the source does not tell
        ("covariance", np.float64, (STATE_PACKED,)),  # packed; rows of what is not told are not read
    ],
    align=True,
)
"""One report. A batch of a source's reports is an array of these."""

NO_REPORTS = np.zeros(0, TRACK_REPORT)
"""What comes with a look of a sensor that is no tracker."""
