"""A sky with a radar and another tracker, and that tracker's reports."""

import numpy as np

from sangar.core.events import EVENTS
from sangar.core.targets import SensorKind
from sangar.core.track_reports import TRACK_REPORT, ReportStatus
from sangar.core.tracks import STATE_PACKED
from sangar.tracking.kernels.fusion.reports import fuse_batch
from tests.unit.tracking.oracles import make_sensor, pack
from tests.unit.tracking.sky import Sky, make_sky

SOURCE = 1
"""Row of the other tracker; the radar is row 0."""

COVARIANCE = np.diag(np.array([30.0, 30.0, 40.0, 4.0, 4.0, 4.0]) ** 2)


def sky_with_source(hears_us=False, capacity=64, period_s=1.0, **settings) -> Sky:
    """An empty sky over a radar and another tracker."""
    sky = make_sky(capacity=capacity, **settings)
    source = make_sensor(kind=int(SensorKind.TRACKER), hears_us=int(hears_us), period_s=period_s)
    return sky._replace(sensors=np.array([sky.sensors[0], source], sky.sensors.dtype))


def report(number, time_s, mean, covariance=COVARIANCE, status=ReportStatus.CONFIRMED):
    """One report, as an array of one record."""
    record = np.zeros(1, TRACK_REPORT)
    record["row"], record["number"], record["time_s"], record["status"] = 0, number, time_s, int(status)
    record["mean"], record["covariance"] = mean, pack(np.asarray(covariance, dtype=np.float64))
    assert record["covariance"].shape == (1, STATE_PACKED)
    return record


def hear(sky: Sky, time_s: float, *reports):
    """Fuse one batch of reports; the events it led to."""
    batch = np.concatenate([np.zeros(0, TRACK_REPORT), *reports])
    sky.outputs.written[:] = 0
    fuse_batch(sky.tracks, time_s, batch, sky.sensors, SOURCE, sky.parameters, sky.outputs, sky.work)
    return sky.outputs.events[: sky.outputs.written[EVENTS]].copy()
