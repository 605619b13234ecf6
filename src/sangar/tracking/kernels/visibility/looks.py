"""Looks that missed a track: what not seeing a body says against it.

A sensor that looks at a place every period and misses a body that is there with chance 1 - Pd speaks against the body,
each time, with ln(1 / (1 - Pd)). It does so only where it should have seen it: it has seen this body before (a body
without a transponder misses no transponder's look), and the body should stand inside its coverage, by more than its
own uncertainty. A sensor that reports nothing at all, not even an empty look, is not looking. And what has not come may
still come, where some of a sensor's reports are late: then Pd is the chance to be seen and told in time.

Source: Blackman & Popoli (1999), Design and Analysis of Modern Tracking Systems, section 6.2.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.targets import TrackStatus
from sangar.core.tracks import SENSOR_BITS
from sangar.models.kernels.coverage import is_in_view

CONFIRMED = np.int64(TrackStatus.CONFIRMED)

USUAL_LOOK = 2.302585092994046
"""What one missed look says against a body where Pd is 0.9, ln 10: the settings count missed looks in this unit."""

MOST_TELLING_PD = 0.95
"""A missed look never tells more than one of this detection probability: fades come in rows, they are not dice."""

SLACK_LOOKS = 1e-3
"""A look this much early, as a share of the period, is a look all the same."""


@kernel
def sensor_bit(sensor_row):
    """The bit of a sensor in a track's `sensors`; the last ones of a very large site share one."""
    return 1 << min(sensor_row, SENSOR_BITS - 1)


@kernel
def _looks_until(track, time_s, period_s):
    """Looks of a sensor at a track since its newest detection."""
    return np.floor(max(time_s - track["time_s"], 0.0) / period_s + SLACK_LOOKS)


@kernel
def _should_be_seen(track, time_s, sensor):
    """Whether a track's body stands in the sensor's coverage now, by more than its uncertainty; a straight line on."""
    dt_s = time_s - track["time_s"]
    mean, covariance = track["mean"], track["covariance"]
    place = covariance[0] + covariance[2] + covariance[5]
    cross = covariance[6] + covariance[11] + covariance[17]
    speed = covariance[9] + covariance[14] + covariance[20]
    sigma_m = np.sqrt(max((place + 2.0 * dt_s * cross + dt_s * dt_s * speed) / 3.0, 0.0))
    return is_in_view(sensor, mean[0] + dt_s * mean[3], mean[1] + dt_s * mean[4], mean[2] + dt_s * mean[5], sigma_m)


@kernel
def _is_first_look(track, time_s, previous_s, sensor):
    """Whether this is a whole look of its own less than a period after another sensor saw a confirmed track.

    Where nothing is late it is passed over, and what was missed is counted from the period's end: enough is missed soon
    enough. A sensor some of whose reports are late says less with each look, so all of its looks are needed.
    """
    is_since = -np.inf < previous_s < track["time_s"]
    is_whole = time_s - previous_s >= sensor["period_s"] * (1.0 - SLACK_LOOKS)
    return sensor["late_share"] > 0.0 and track["status"] >= CONFIRMED and is_since and is_whole


@kernel
def count_missed(track, time_s, previous_s, sensor, sensor_row):
    """Add to a track's `missed` what the looks of one sensor say that came since its last batch.

    Args:
        track: record of `TRACK` that this batch did not update.
        time_s: time of the batch.
        previous_s: time of the sensor's batch before it; -inf for none.
        sensor: record of `SENSOR`; sensor_row: its row.
    """
    if track["sensors"] & sensor_bit(sensor_row) == 0:
        return
    period_s = sensor["period_s"]
    looks = _looks_until(track, time_s, period_s) - _looks_until(track, previous_s, period_s)
    if _is_first_look(track, time_s, previous_s, sensor):
        looks = max(looks, 1.0)
    if looks > 0.0 and _should_be_seen(track, time_s, sensor):
        in_time = sensor["detection_probability"] * (1.0 - sensor["late_share"])
        track["missed"] -= looks * np.log(1.0 - min(in_time, MOST_TELLING_PD))
