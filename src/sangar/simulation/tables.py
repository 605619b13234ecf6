"""The simulation's own tables: what its kernels know of sensors, flights and bodies."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.detections import MEASURED_COUNT
from sangar.core.sensors import SECTOR_CAPACITY

SENSOR_MODEL = np.dtype(
    [
        ("number", np.int64),  # its row; each sensor has random numbers of its own
        ("kind", np.int64),  # SensorKind
        ("position_m", np.float64, (3,)),  # site ENU
        ("level_from_site", np.float64, (3, 3)),  # turns site axes into east, north, up of the sensor's place
        ("own_from_level", np.float64, (3, 3)),  # turns those into the sensor's own axes
        ("measures", np.int64, (MEASURED_COUNT,)),  # 1 where it measures that number
        ("sigma", np.float64, (MEASURED_COUNT,)),  # 1 sigma of each
        ("detection_probability", np.float64),  # radar: reference target at the largest range; others: any
        ("reference_rcs_dbsm", np.float64),  # the reference target
        ("false_alarms", np.float64),  # mean number in one look
        ("minimum_range_m", np.float64),  # blind below
        ("maximum_range_m", np.float64),  # instrumented range
        ("minimum_elevation_rad", np.float64),  # horizon mask, true
        ("maximum_elevation_rad", np.float64),  # top of the beam, true
        ("sector_from_rad", np.float64, (SECTOR_CAPACITY,)),  # first true bearing of each sector
        ("sector_width_rad", np.float64, (SECTOR_CAPACITY,)),  # its opening
        ("sector_count", np.int64),  # sectors used; 0 means all round
        ("range_rate_span_mps", np.float64),  # false range rates lie anywhere in this span about zero
        ("altitude_span_m", np.float64),  # false altitudes lie anywhere from zero to this
    ],
    align=True,
)
"""One simulated sensor: its true performance."""

FLIGHT = np.dtype(
    [
        ("first", np.int64),  # its samples are rows first .. last - 1
        ("last", np.int64),
        ("start_s", np.float64),  # time of the first sample, seconds since the site's epoch
        ("step_s", np.float64),  # time between samples
        ("end_s", np.float64),  # when it ends by itself: arrival or impact; inf where not within the run
    ],
    align=True,
)
"""One flight, as it goes if nobody stops it."""

BODY = np.dtype(
    [
        ("position_m", np.float64, (3,)),  # site ENU
        ("velocity_mps", np.float64, (3,)),
        ("rcs_dbsm", np.float64),  # mean radar cross-section
        ("is_present", np.int64),  # 1 in the air
    ],
    align=True,
)
"""One body at one time."""


class SensorModels(NamedTuple):
    """Simulated sensors, S rows in the site's order, B bodies.

    Attributes:
        rows: (S,) records of `SENSOR_MODEL`.
        sees: (S, B) whether a sensor can perceive a body at all.
    """

    rows: NDArray[np.void]
    sees: NDArray[np.bool_]


class Trajectories(NamedTuple):
    """Samples of where the bodies go, B bodies, K samples in all.

    Attributes:
        rows: (B,) records of `FLIGHT`.
        position_m: (K, 3) site ENU, body after body.
        velocity_mps: (K, 3).
    """

    rows: NDArray[np.void]
    position_m: NDArray[np.float64]
    velocity_mps: NDArray[np.float64]


class Bodies(NamedTuple):
    """What flies in a raid, B rows: threats first, then traffic, then birds.

    Attributes:
        ids: names from the scenario; birds of one flock are numbered.
        target_class: (B,) `TargetClass`.
        rcs_dbsm: (B,) mean radar cross-section.
        threat_count: how many of the first rows are threats.
        cooperative: (B,) reports its own position.
        trajectories: where they go.
    """

    ids: tuple[str, ...]
    target_class: NDArray[np.int64]
    rcs_dbsm: NDArray[np.float64]
    threat_count: int
    cooperative: NDArray[np.bool_]
    trajectories: Trajectories
