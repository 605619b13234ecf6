"""The registration table: what each sensor adds to the truth, as learnt from targets that several sensors see.

A bias is what the sensor adds: measured = true + bias, reported time = true time + bias. The biases of all sensors
stand in one vector, four numbers each, because a common target only tells of their differences: what is known of one
hangs on what is known of the others.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.detections import DETECTION, MEASURED_COUNT

RANGE_BIAS, AZIMUTH_BIAS, ELEVATION_BIAS, TIME_BIAS = range(4)
"""Positions in a sensor's biases: metres, radians, radians, seconds."""
BIAS_COUNT = 4
BIAS_NAMES = ("range_m", "azimuth_rad", "elevation_rad", "time_s")

MOST_REGISTERED = 32
"""Only the first so many sensors of a site are compared: the solution's cost grows with the cube of their number."""

SIGHTING_SLOTS = 8
"""Of so many sensors a track remembers the newest detection."""

PAIR_ROWS, PAIR_COLUMNS = 6, 2 * BIAS_COUNT
"""A comparison has at most six numbers (three angles and ranges, three coordinates) and concerns two sensors."""

SOLVED_S, NEW_PAIRS, IS_CONTRADICTED = range(3)
"""Positions in `solution`: time of the last one; comparisons since; 1 once they spoke against the site file."""

SIGHTING = np.dtype(
    [
        ("track", np.int64),  # id of the track that took it; 0 for none
        ("sensor", np.int64),
        ("time_s", np.float64),  # as reported
        ("measured", np.float64, (MEASURED_COUNT,)),  # as reported
        ("sigma", np.float64, (MEASURED_COUNT,)),
    ],
    align=True,
)
"""The newest detection of a track by one sensor."""

REGISTERED = np.dtype(
    [
        ("bias", np.float64, (BIAS_COUNT,)),  # in force: what is subtracted before tracking
        ("estimate", np.float64, (BIAS_COUNT,)),  # newest estimate; in force once enough comparisons stand behind it
        ("sigma", np.float64, (BIAS_COUNT,)),  # 1 sigma of the estimate
        ("relative_sigma", np.float64, (BIAS_COUNT,)),  # the same if the other sensors' biases were known
        ("spread", np.float64, (BIAS_COUNT,)),  # by which the noise is widened; 0 until the estimate is in force
        ("pairs", np.int64),  # comparisons with other sensors that were used
        ("refused", np.int64),  # comparisons too far from what was expected
        ("distance_sum", np.float64),  # squared distances of the comparisons from what was expected, fading ...
        ("number_sum", np.float64),  # ... and how many numbers they had; the ratio is 1 where the sigmas are honest
        ("quota", np.int64),  # comparisons it may still begin before the next solution
        ("ignored", np.int64),  # detections not used because the sensor is left out
    ],
    align=True,
)
"""What is known of one sensor's biases."""

PAIRING = np.dtype(
    [
        ("position_m", np.float64, (2, 3)),  # of the two sightings compared with
        ("slope", np.float64, (2, 3, 3)),  # derivative of these positions by the numbers they were made of
        ("spread", np.float64, (2, 3)),  # 1 sigma of these numbers
        ("state", np.float64, (6,)),
        ("predicted", np.float64, (MEASURED_COUNT,)),
        ("jacobian", np.float64, (MEASURED_COUNT, 6)),
        ("row", np.int64, (PAIR_COLUMNS,)),  # place in the vector of all biases
        ("component", np.int64, (PAIR_ROWS,)),  # which number of the detection each difference is of
        ("innovation", np.float64, (PAIR_ROWS,)),
        ("whitened", np.float64, (PAIR_ROWS,)),
        ("column", np.float64, (PAIR_ROWS,)),
        ("gradient", np.float64, (PAIR_ROWS, PAIR_COLUMNS)),  # derivative of the innovation by the biases
        ("noise", np.float64, (PAIR_ROWS, PAIR_ROWS)),
        ("whole", np.float64, (PAIR_ROWS, PAIR_ROWS)),  # noise and the biases' uncertainty together
        ("product", np.float64, (PAIR_ROWS, PAIR_COLUMNS)),
        ("position_noise", np.float64, (3, 3)),
    ],
    align=True,
)
"""Scratch of one comparison."""


class RegistrationTable(NamedTuple):
    """Biases of S sensors, those of the first `MOST_REGISTERED` learnt; D = 4 min(S, `MOST_REGISTERED`).

    There are N tracks with K slots each, and batches of up to B detections.

    Attributes:
        sensors: (S,) records of `REGISTERED`.
        information: (D, D) what comparisons have told, without the prior; inverse of a covariance.
        vector: (D,) the same for the estimate: information times bias.
        covariance: (D, D) of all biases at the last solution.
        factor: (D, D) scratch.
        sightings: (N, K) records of `SIGHTING`, row for row beside the tracks.
        corrected: (B,) records of `DETECTION`: scratch for the batch without its biases.
        bench: (1,) record of `PAIRING`.
        solution: (3,) see the names above.
    """

    sensors: NDArray[np.void]
    information: NDArray[np.float64]
    vector: NDArray[np.float64]
    covariance: NDArray[np.float64]
    factor: NDArray[np.float64]
    sightings: NDArray[np.void]
    corrected: NDArray[np.void]
    bench: NDArray[np.void]
    solution: NDArray[np.float64]


def allocate_registration(
    sensors: NDArray[np.void], track_capacity: int, batch_capacity: int, *, learns: bool = True
) -> RegistrationTable:
    """A table at its prior, for these records of `SENSOR`.

    Without a slot for sightings nothing is learnt: where `learns` is false, and where one sensor stands alone.
    """
    count = min(len(sensors), MOST_REGISTERED)
    slots = min(count, SIGHTING_SLOTS) if count > 1 and learns else 0
    size = BIAS_COUNT * count
    registered = np.zeros(len(sensors), REGISTERED)
    registered["bias"] = registered["estimate"] = sensors["bias"]
    registered["sigma"] = registered["relative_sigma"] = sensors["bias_sigma"]
    return RegistrationTable(
        sensors=registered,
        information=np.zeros((size, size)),
        vector=np.zeros(size),
        covariance=np.diag(np.square(sensors["bias_sigma"][:count]).ravel()),
        factor=np.zeros((size, size)),
        sightings=np.zeros((track_capacity, slots), SIGHTING),
        corrected=np.zeros(batch_capacity, DETECTION),
        bench=np.zeros(1, PAIRING),
        solution=np.array([-np.inf, 0.0, 0.0]),
    )
