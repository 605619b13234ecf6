"""Which detections of a batch may be used, and where they stand as their sensor sees them.

Reports come from outside: a number may be anything a wire can carry. What is admitted here has a place and a time that
the rest of the tracker can index, sort and subtract.
"""

import numpy as np

from sangar.core.detections import AZIMUTH, EAST, ELEVATION, MEASURED_COUNT, NORTH, RANGE, UP
from sangar.core.jit import kernel
from sangar.core.tracks import DETECTION_COUNT, LATE_COUNT, REJECTED_COUNT

LARGEST_NUMBER = 1.0e7
"""No range, position, height, speed or angle a sensor can mean is larger; squares of squares of it stay finite."""

SPAN_S = 1.0
"""How far the times of one batch may be apart, beyond a turn of the sensor."""

SMALLEST_SIGMA = 1.0e-5
"""A sensor that claims to be surer than this would make a covariance that rounds to zero."""


NEARLY_LEVEL = 1.0 - 1.0e-9
"""Cosine of a tilt, 3 seconds of arc, below which a sensor's own elevations are true ones."""


@kernel
def true_elevation_rad(measured, sensor):
    """A measured elevation above the true horizon; a camera that looks down has its own far below."""
    local, level = sensor["local_from_site"], sensor["level_from_site"]
    elevation, azimuth = measured[ELEVATION], measured[AZIMUTH]
    upright = local[2, 0] * level[2, 0] + local[2, 1] * level[2, 1] + local[2, 2] * level[2, 2]
    if np.isnan(elevation) or np.isnan(azimuth) or upright > NEARLY_LEVEL:
        return elevation
    right = local[0, 0] * level[2, 0] + local[0, 1] * level[2, 1] + local[0, 2] * level[2, 2]
    forward = local[1, 0] * level[2, 0] + local[1, 1] * level[2, 1] + local[1, 2] * level[2, 2]
    sine = np.cos(elevation) * (right * np.sin(azimuth) + forward * np.cos(azimuth)) + upright * np.sin(elevation)
    return np.arcsin(max(min(sine, 1.0), -1.0))


@kernel
def is_sound(detection, sensor):
    """Whether a detection's numbers can be used: a time, something measured, credible sigmas, inside the coverage."""
    if not np.isfinite(detection["time_s"]):
        return False
    found = 0
    measured, sigma = detection["measured"], detection["sigma"]
    for c in range(MEASURED_COUNT):
        if np.isnan(measured[c]):
            continue
        if not (abs(measured[c]) <= LARGEST_NUMBER and SMALLEST_SIGMA <= sigma[c] < np.inf):
            return False
        found += 1
    if found == 0 or detection["snr_db"] < sensor["minimum_snr_db"]:
        return False
    if measured[RANGE] < sensor["minimum_range_m"] or measured[RANGE] > sensor["maximum_range_m"]:
        return False
    elevation = true_elevation_rad(measured, sensor)
    low, high = sensor["minimum_elevation_rad"], sensor["maximum_elevation_rad"]
    return not (elevation < low or elevation > high)


@kernel
def _place_in_view(measured, sensor, column):
    """Write azimuth, slant range and sine of elevation as the sensor sees them; NaN for what is not told.

    A position without a height is taken at the sensor's own height for its azimuth, and tells no slant range.
    """
    column["azimuth_rad"], column["range_m"] = measured[AZIMUTH], measured[RANGE]
    column["rise"] = np.sin(measured[ELEVATION])
    if np.isnan(measured[EAST]) or np.isnan(measured[NORTH]):
        return
    position_m, rotation = sensor["position_m"], sensor["local_from_site"]
    east, north = measured[EAST] - position_m[0], measured[NORTH] - position_m[1]
    up = 0.0 if np.isnan(measured[UP]) else measured[UP] - position_m[2]
    d_e = rotation[0, 0] * east + rotation[0, 1] * north + rotation[0, 2] * up
    d_n = rotation[1, 0] * east + rotation[1, 1] * north + rotation[1, 2] * up
    column["azimuth_rad"] = np.arctan2(d_e, d_n)
    column["range_m"] = np.nan if np.isnan(measured[UP]) else np.sqrt(east * east + north * north + up * up)


@kernel
def admit(batch, time_s, sensor, counters, columns):
    """Mark the usable detections in `columns`, write their azimuth and range, count the others.

    A detection far newer than its batch would start a track in the future, where nothing can end it; one older than a
    turn of the sensor is of another look, and whoever sends it should send it as one.
    """
    oldest_s = time_s - sensor["period_s"] - SPAN_S
    for d in range(batch.shape[0]):
        counters[DETECTION_COUNT] += 1
        column = columns[d]
        column["taken"], column["admitted"] = 0, 0
        _place_in_view(batch[d]["measured"], sensor, column)
        has_place = not (np.isnan(column["azimuth_rad"]) or column["range_m"] < 0.0)
        if not (has_place and is_sound(batch[d], sensor)) or batch[d]["time_s"] > time_s + SPAN_S:
            counters[REJECTED_COUNT] += 1
        elif batch[d]["time_s"] < oldest_s:
            counters[LATE_COUNT] += 1
        else:
            column["admitted"] = 1
