"""Bearings that no track took, remembered for a moment: two of them, from two sensors, can start a track.

A fixed ring for each sensor, allocated once. What is older than the tracker's memory, or has been used, is passed over;
a flood overwrites the oldest.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.detections import DETECTION

BEARINGS_KEPT = 64
"""Bearings remembered of each sensor."""

SIGHT = np.dtype(
    [
        ("time_s", np.float64),  # when it was measured; -inf where nothing is kept
        ("direction", np.float64, (3,)),  # unit vector in site axes; level where there is no elevation
        ("right", np.float64, (3,)),  # unit vector across it, level as the sensor stands
        ("sigma_rad", np.float64),  # the larger of its sigmas, on the sky
        ("has_elevation", np.int64),  # 1 for a ray, 0 for a vertical plane
        ("used", np.int64),  # 1 once a track was started from it
    ],
    align=True,
)
"""Where one remembered bearing points."""


class BearingMemory(NamedTuple):
    """The rings of all sensors: sensor s has entries s · `BEARINGS_KEPT` up to the next one's.

    Attributes:
        detections: (S · 64,) records of `DETECTION`.
        sights: (S · 64,) records of `SIGHT`, row for row beside them.
        written: (S,) how many each sensor's ring has ever taken.
    """

    detections: NDArray[np.void]
    sights: NDArray[np.void]
    written: NDArray[np.int64]


def allocate_bearings(sensor_count: int) -> BearingMemory:
    """Empty rings for so many sensors; with none, no track starts from bearings."""
    sights = np.zeros(sensor_count * BEARINGS_KEPT, SIGHT)
    sights["time_s"] = -np.inf
    return BearingMemory(
        np.zeros(sensor_count * BEARINGS_KEPT, DETECTION), sights, np.zeros(sensor_count, dtype=np.int64)
    )
