"""What we tell another tracker of our tracks.

A track that only the receiver itself has reported to us is never told back to it: two systems that each keep a track
alive because the other reports it would keep it for ever.
"""

import numpy as np
from numpy.typing import NDArray

from sangar.core.targets import TrackStatus
from sangar.core.track_reports import TRACK_REPORT, ReportStatus
from sangar.core.tracks import HIGH_WATER, SENSOR_BITS, TrackTable


def reports_for(tracks: TrackTable, receiver: int | None = None) -> NDArray[np.void]:
    """Records of `TRACK_REPORT` of our confirmed tracks, each at the time its state stands at, in site ENU.

    Args:
        tracks: our tracks.
        receiver: row of the receiver in our sensor table where it also reports to us; None where it does not.
    """
    rows = tracks.rows[: tracks.counters[HIGH_WATER]]
    told = rows["status"] >= TrackStatus.CONFIRMED
    if receiver is not None:
        told &= rows["sensors"] != np.int64(1 << min(receiver, SENSOR_BITS - 1))
    rows = rows[told]
    reports = np.zeros(len(rows), TRACK_REPORT)
    reports["row"] = np.arange(len(rows))
    reports["number"] = rows["id"]
    for name in ("time_s", "mean", "covariance"):
        reports[name] = rows[name]
    coasting = rows["status"] == TrackStatus.COASTING
    reports["status"] = np.where(coasting, ReportStatus.COASTING, ReportStatus.CONFIRMED)
    return reports
