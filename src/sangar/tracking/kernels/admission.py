"""Which detections of a batch may be used, and where they stand as their sensor sees them."""

import numpy as np

from sangar.core.detections import AZIMUTH, EAST, ELEVATION, MEASURED_COUNT, NORTH, RANGE
from sangar.core.jit import kernel
from sangar.core.tracks import DETECTION_COUNT, REJECTED_COUNT


@kernel
def is_sound(detection, sensor):
    """Whether a detection's numbers can be used: a time, something measured, positive sigmas, inside the coverage."""
    if not np.isfinite(detection["time_s"]):
        return False
    found = 0
    measured, sigma = detection["measured"], detection["sigma"]
    for c in range(MEASURED_COUNT):
        if np.isnan(measured[c]):
            continue
        if not np.isfinite(measured[c]) or not np.isfinite(sigma[c]) or sigma[c] <= 0.0:
            return False
        found += 1
    if found == 0 or detection["snr_db"] < sensor["minimum_snr_db"]:
        return False
    if measured[RANGE] < sensor["minimum_range_m"] or measured[RANGE] > sensor["maximum_range_m"]:
        return False
    elevation = measured[ELEVATION]
    low, high = sensor["minimum_elevation_rad"], sensor["maximum_elevation_rad"]
    return not (elevation < low or elevation > high)


@kernel
def admit(batch, sensor, counters, columns):
    """Mark the sound detections in `columns`, write their azimuth and range, count the others."""
    for d in range(batch.shape[0]):
        counters[DETECTION_COUNT] += 1
        column, measured = columns[d], batch[d]["measured"]
        column["taken"] = 0
        column["admitted"] = 0
        column["azimuth_rad"] = measured[AZIMUTH]
        column["range_m"] = measured[RANGE]
        if not np.isnan(measured[EAST]) and not np.isnan(measured[NORTH]):
            east = measured[EAST] - sensor["position_m"][0]
            north = measured[NORTH] - sensor["position_m"][1]
            column["azimuth_rad"] = np.arctan2(east, north)
            column["range_m"] = np.sqrt(east * east + north * north)
        if is_sound(batch[d], sensor) and not np.isnan(column["azimuth_rad"]):
            column["admitted"] = 1
        else:
            counters[REJECTED_COUNT] += 1
