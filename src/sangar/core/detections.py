"""Detections: what sensors report, one record each, in the sensor's own terms.

A record carries up to eight measured numbers; NaN marks what was not measured, and each has its own sigma. This one
layout holds a 3-D radar plot with Doppler, a 2-D radar plot with flight level, a camera's bearing and elevation, an
acoustic bearing and a position report alike, so the tracker has one measurement model, not eight.
"""

import numpy as np

RANGE, AZIMUTH, ELEVATION, RANGE_RATE, ALTITUDE, EAST, NORTH, UP = range(8)
"""Positions in `measured` and `sigma`. Azimuth clockwise from the sensor's true north, elevation above its horizon,
range rate positive when receding, altitude above the WGS84 ellipsoid; east, north, up in the site frame."""

MEASURED_COUNT = 8
MEASURED_NAMES = (
    "range_m",
    "azimuth_rad",
    "elevation_rad",
    "range_rate_mps",
    "altitude_m",
    "east_m",
    "north_m",
    "up_m",
)

NO_CLASS = -1
"""In `class_report`: the sensor does not say what it saw."""

DETECTION = np.dtype(
    [
        ("row", np.int64),  # row of the detections table, or the report's sequence number
        ("time_s", np.float64),  # when it was measured; seconds since the site's epoch
        ("measured", np.float64, (MEASURED_COUNT,)),
        ("sigma", np.float64, (MEASURED_COUNT,)),  # 1 sigma, same units; all positive where measured
        ("snr_db", np.float64),
        ("rcs_dbsm", np.float64),
        ("class_report", np.int64),  # TargetClass the sensor takes it for, NO_CLASS where it says nothing
    ],
    align=True,
)
"""One detection. A batch (one scan of one sensor, or one report) is an array of these."""
