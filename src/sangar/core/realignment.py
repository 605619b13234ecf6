"""What is tried out on a sensor that is left out, to put it right: three explanations of how it is wrong.

One record for each sensor. Paths are where the others' picture had some bodies in the last seconds, because a late
sensor tells of where a body was.
"""

import numpy as np
from numpy.typing import NDArray

from sangar.core.detections import DETECTION

EXPLANATIONS, FAULT_SIZE = 3, 4
TURNED, DELAYED, BOTH = range(EXPLANATIONS)
"""It points elsewhere, its times are late, or both."""
PATHS, PATH_LENGTH = 4, 32
"""Bodies it is held against at a time, and places remembered of each."""
PLACE_SIZE = 6
HELD_LOOKS, HELD_DETECTIONS = 64, 4
"""Looks of a sensor that is ahead of all others, kept until these have told where bodies were; larger ones are not."""

REALIGNMENT = np.dtype(
    [
        # Of each explanation: measured direction = turn · true direction (own axes), reported time = true time + delay
        ("turn", np.float64, (EXPLANATIONS, 3, 3)),
        ("delay_s", np.float64, (EXPLANATIONS,)),
        ("covariance", np.float64, (EXPLANATIONS, FAULT_SIZE, FAULT_SIZE)),  # turning further, rad, and delay, s
        ("cost", np.float64, (EXPLANATIONS,)),  # minus the log-likelihood of all looks, with forgetting
        ("fits", np.int64, (EXPLANATIONS,)),  # looks in a row that it explains ...
        ("since_s", np.float64, (EXPLANATIONS,)),  # ... from here on ...
        ("doubt", np.float64, (EXPLANATIONS,)),  # ... what looks that it did not explain say against it
        ("distance_sum", np.float64, (EXPLANATIONS,)),  # squared distances of its looks ...
        ("number_sum", np.float64, (EXPLANATIONS,)),  # ... and how many numbers they had, both with forgetting
        ("blur", np.float64, (EXPLANATIONS,)),  # variance that is left of the fault over the sensor's own
        ("sigma_rad", np.float64, (EXPLANATIONS,)),  # of the newest look
        ("direction_sum", np.float64, (EXPLANATIONS, 3)),  # of unit vectors to the bodies: how far apart they were
        ("directions", np.float64, (EXPLANATIONS,)),
        ("chosen", np.int64),  # the explanation in force, where the sensor is put right
        ("losses", np.int64),  # how often it was put right in vain
        ("looked_s", np.float64),  # newest look that was compared; -inf before
        ("watched_s", np.float64),  # where the sensor is put right: newest look that was judged
        ("rate_radps", np.float64),  # angular velocity of the body it was held against last
        ("path_track", np.int64, (PATHS,)),  # id of the body's track, 0 for none
        ("path_written", np.int64, (PATHS,)),  # places ever written: a ring
        ("path_s", np.float64, (PATHS, PATH_LENGTH)),
        ("path", np.float64, (PATHS, PATH_LENGTH, PLACE_SIZE)),  # position and velocity; site ENU, m and m/s
        ("path_covariance", np.float64, (PATHS, PATH_LENGTH, PLACE_SIZE)),  # of the position, packed
        ("held_first", np.int64),  # looks that wait to be compared: a ring, the first ...
        ("held_next", np.int64),  # ... and one past the last ever kept
        ("held_s", np.float64, (HELD_LOOKS,)),
        ("held_count", np.int64, (HELD_LOOKS,)),  # detections of each
        # Scratch: a body as a faulty sensor would see it
        ("place", np.float64, (PLACE_SIZE,)),
        ("place_covariance", np.float64, (PLACE_SIZE,)),
        ("expected", np.float64, (3,)),  # azimuth, elevation, range
        ("noise", np.float64, (3,)),  # variance of these from the body's own place; rad² on the sky, m²
        ("gradient", np.float64, (3, FAULT_SIZE)),  # derivative to the right, upwards and of range by turning and delay
        ("direction", np.float64, (3,)),
        ("step", np.float64, (FAULT_SIZE,)),
        ("product", np.float64, (FAULT_SIZE,)),
        ("spin", np.float64, (3, 3)),
    ],
    align=True,
)
"""One sensor's."""


def allocate_realignments(sensor_count: int) -> NDArray[np.void]:
    """Records of `REALIGNMENT`, nothing tried yet."""
    table = np.zeros(sensor_count, REALIGNMENT)
    table["looked_s"] = -np.inf
    return table


def allocate_held(sensor_count: int) -> NDArray[np.void]:
    """Records of `DETECTION` (S, HELD_LOOKS x HELD_DETECTIONS), one row a sensor: what waits to be compared."""
    return np.zeros((sensor_count, HELD_LOOKS * HELD_DETECTIONS), DETECTION)
