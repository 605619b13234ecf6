"""A batch as the sensor would have sent it without the fault that it was found to have.

    m' = Rᵀ m,  t' = t - τ,  sigma'² = sigma² + n g P gᵀ

with P the covariance of the fault and g how it moves a bearing. What is left of the fault is the same in every bearing
of a second: it counts as often as there are bearings in one, n, but no more than four times, for it is learnt on.
"""

import numpy as np

from sangar.core.detections import AZIMUTH, ELEVATION, MEASURED_COUNT
from sangar.core.jit import kernel
from sangar.tracking.kernels.registration.faults import (
    DELAY,
    LASTING,
    LASTING_S,
    axes_across,
    fault_variance,
    write_turn_gradient,
)


@kernel
def _write_gradient(own, m, level):
    """How a bearing moves to the right and upwards as the sensor turns further, and with its delay at most."""
    right, up = axes_across(m, level, 1.0)
    for c in range(2):
        write_turn_gradient(own, c, m, right if c == 0 else up, 1.0)
        own["gradient"][c, DELAY] = own["rate_radps"]


@kernel
def _remove_turn(detection, own, repeats, corrected):
    """Turn one bearing back, and widen its noise."""
    measured, sigma = corrected["measured"], corrected["sigma"]
    elevation = 0.0 if np.isnan(detection["measured"][ELEVATION]) else detection["measured"][ELEVATION]
    level = max(np.cos(elevation), 1e-3)
    azimuth = detection["measured"][AZIMUTH]
    m = (level * np.sin(azimuth), level * np.cos(azimuth), np.sin(elevation))
    h = own["chosen"]
    turn = own["turn"][h]
    e = turn[0, 0] * m[0] + turn[1, 0] * m[1] + turn[2, 0] * m[2]
    n = turn[0, 1] * m[0] + turn[1, 1] * m[1] + turn[2, 1] * m[2]
    u = turn[0, 2] * m[0] + turn[1, 2] * m[1] + turn[2, 2] * m[2]
    measured[AZIMUTH] = np.arctan2(e, n)
    _write_gradient(own, m, level)
    sigma[AZIMUTH] = np.sqrt(sigma[AZIMUTH] ** 2 + repeats * fault_variance(own, h, 0) / (level * level))
    if not np.isnan(detection["measured"][ELEVATION]):
        measured[ELEVATION] = np.arctan2(u, np.hypot(e, n))
        sigma[ELEVATION] = np.sqrt(sigma[ELEVATION] ** 2 + repeats * fault_variance(own, h, 1))


@kernel
def copy_detection(detection, out):
    """Copy a record of `DETECTION`."""
    out["row"], out["time_s"] = detection["row"], detection["time_s"]
    out["snr_db"], out["rcs_dbsm"] = detection["snr_db"], detection["rcs_dbsm"]
    out["class_report"] = detection["class_report"]
    for c in range(MEASURED_COUNT):
        out["measured"][c], out["sigma"][c] = detection["measured"][c], detection["sigma"][c]


@kernel
def remove_fault(batch, own, sensor, corrected):
    """Write the batch without the fault in force; returns by how much its sensor is late, s.

    Args:
        batch: (n,) records of `DETECTION`.
        own: the sensor's record of `REALIGNMENT`; sensor: its record of `SENSOR`.
        corrected: (n or more,) records of `DETECTION`, out.
    """
    delay_s = own["delay_s"][own["chosen"]]
    repeats = min(max(LASTING_S / sensor["period_s"], 1.0), LASTING)
    for d in range(batch.shape[0]):
        detection, out = batch[d], corrected[d]
        copy_detection(detection, out)
        out["time_s"] -= delay_s
        if not np.isnan(detection["measured"][AZIMUTH]):
            _remove_turn(detection, own, repeats, out)
    return delay_s
