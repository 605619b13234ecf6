"""A batch as the sensor would have sent it without its biases; the sensor's own numbers are left as they are.

    z' = z - b,  t' = t - b_time,  sigma'² = sigma² + sigma_b²

with sigma_b what is left of the bias' uncertainty *relative to the other sensors*: what all sensors have in common
(a clock that all share, say) shifts the picture but tears nothing apart, and widening the noise by it would only cost
accuracy.
"""

import numpy as np

from sangar.core.detections import AZIMUTH, ELEVATION, MEASURED_COUNT, RANGE, RANGE_RATE
from sangar.core.jit import kernel
from sangar.core.registration import AZIMUTH_BIAS, BIAS_COUNT, ELEVATION_BIAS, RANGE_BIAS, TIME_BIAS


@kernel
def _copy_without(detection, bias, spread, corrected):
    """Write one detection without its bias; what was not measured stays NaN."""
    corrected["row"] = detection["row"]
    corrected["time_s"] = detection["time_s"] - bias[TIME_BIAS]
    corrected["snr_db"], corrected["rcs_dbsm"] = detection["snr_db"], detection["rcs_dbsm"]
    corrected["class_report"] = detection["class_report"]
    measured, sigma = corrected["measured"], corrected["sigma"]
    for c in range(MEASURED_COUNT):
        measured[c], sigma[c] = detection["measured"][c], detection["sigma"][c]
    measured[RANGE] -= bias[RANGE_BIAS]
    measured[AZIMUTH] -= bias[AZIMUTH_BIAS]
    measured[ELEVATION] -= bias[ELEVATION_BIAS]
    moved_m = 0.0 if np.isnan(measured[RANGE_RATE]) else measured[RANGE_RATE] * spread[TIME_BIAS]
    sigma[RANGE] = np.sqrt(sigma[RANGE] ** 2 + spread[RANGE_BIAS] ** 2 + moved_m**2)
    sigma[AZIMUTH] = np.sqrt(sigma[AZIMUTH] ** 2 + spread[AZIMUTH_BIAS] ** 2)
    sigma[ELEVATION] = np.sqrt(sigma[ELEVATION] ** 2 + spread[ELEVATION_BIAS] ** 2)


@kernel
def has_bias(registered):
    """Whether anything is to be taken from the reports of a sensor, given as a record of `REGISTERED`."""
    for k in range(BIAS_COUNT):
        if registered["bias"][k] != 0.0 or registered["spread"][k] != 0.0:
            return True
    return False


@kernel
def remove_bias(batch, registered, corrected):
    """Write the batch without the biases in force; the batch itself stays as it was reported.

    Args:
        batch: (n,) records of `DETECTION`.
        registered: record of `REGISTERED` of its sensor.
        corrected: (n or more,) records of `DETECTION`, out.
    """
    for d in range(batch.shape[0]):
        _copy_without(batch[d], registered["bias"], registered["spread"], corrected[d])
