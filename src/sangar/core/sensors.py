"""The sensor table: what the tracker must know of each sensor, one record each, fixed for a run but where it says not.

Tables are arrays of fixed-size records, allocated once. A row travels through compiled code as one pointer; a table of
two dozen separate arrays made every kernel take hundreds of arguments and forty seconds to compile (docs/decisions).
In compiled code write `sensor = sensors[s]` and `sensor["period_s"]`; with NumPy, `sensors["period_s"]` is a column.
"""

import numpy as np
from numpy.typing import NDArray

from sangar.core.targets import CLASS_COUNT

SECTOR_CAPACITY = 16
LEFT_OUT_BY_SITE, LEFT_OUT_BY_STEP, PUT_RIGHT = 1, 2, 3
"""In `left_out`: by the site file; it does not agree with the others; used all the same, its fault taken away."""
CLUTTER_AZIMUTH_CELLS, CLUTTER_RANGE_CELLS = 36, 24
"""Cells of a sensor's map of clutter: ten degrees by a twenty-fourth of its largest range."""

USUAL_BIAS_SIGMA = (50.0, 0.005, 0.005, 0.1)
"""How far off a sensor is taken to be where nobody says: 50 m, 5 mrad, 5 mrad, 0.1 s (1 sigma)."""

SENSOR = np.dtype(
    [
        ("row", np.int64),  # its own in the table
        ("kind", np.int64),  # SensorKind
        ("position_m", np.float64, (3,)),  # site ENU
        ("local_from_site", np.float64, (3, 3)),  # turns site axes into the sensor's own east, north, up
        ("level_from_site", np.float64, (3, 3)),  # turns them into the true east, north, up of the sensor's place
        ("period_s", np.float64),  # time between two looks at the same place
        ("detection_probability", np.float64),  # inside its coverage
        ("clutter_density", np.float64),  # false detections a look, per unit of measured volume (m · rad · rad · m/s)
        ("false_alarms", np.float64),  # the same over all of its coverage: false detections a look
        ("stray_share", np.float64),  # share of detections whose azimuth is grossly wrong; 0 where that is not known of
        ("stray_azimuth_rad", np.float64),  # 1 sigma of those
        ("looks_alike", np.float64),  # looks that tell no more than one, their errors being alike; 1 where each is new
        ("echo_extent_m", np.float64),  # how far apart the plots of one body may lie in one look; 0 where it gives one
        ("minimum_snr_db", np.float64),  # weaker detections are not used; -inf uses all
        ("minimum_range_m", np.float64),  # blind below
        ("maximum_range_m", np.float64),  # instrumented range
        ("minimum_elevation_rad", np.float64),  # horizon mask, true
        ("maximum_elevation_rad", np.float64),  # top of the beam, true
        ("sector_from_rad", np.float64, (SECTOR_CAPACITY,)),  # first true bearing of each sector
        ("sector_width_rad", np.float64, (SECTOR_CAPACITY,)),  # its opening
        ("sector_count", np.int64),  # sectors used; 0 means all round
        ("starts_tracks", np.int64),  # 1 where one detection gives a position and so may start a track
        ("looked_s", np.float64),  # newest look the tracker has had of it; -inf before the first. Changes in a run
        ("weighed_s", np.float64),  # newest look weighed for the confirmation of tracks; -inf before. Changes in a run
        ("bias", np.float64, (4,)),  # what it adds, as the site file says: range m, azimuth rad, elevation rad, time s
        ("bias_sigma", np.float64, (4,)),  # 1 sigma of each
        ("left_out", np.int64),  # 0 used, else see the names above. Changes in a run
        ("hears_us", np.int64),  # 1 where a tracker is sent our picture, so its reports may be our own voice
        # What its class reports are worth; 0 for a sensor that makes none
        ("report_interval_s", np.float64),  # reports on one track nearer together than this tell the same thing again
        ("report_log_chance", np.float64, (CLASS_COUNT, CLASS_COUNT)),  # ln P(reported class, row | true class, column)
        ("cell_clutter_hz", np.float64),  # false detections a second that are stated for each cell; 0 for no map
        # Detections that no confirmed track took, counted with forgetting, and when last. Changes in a run
        ("clutter_count", np.float64, (CLUTTER_AZIMUTH_CELLS, CLUTTER_RANGE_CELLS)),
        ("clutter_s", np.float64, (CLUTTER_AZIMUTH_CELLS, CLUTTER_RANGE_CELLS)),
        ("lag_s", np.float64),  # how far its looks usually come behind those of others. Changes in a run
        ("lead_s", np.float64),  # how far it is rightly ahead of all others: they come late. Changes in a run
        ("late_share", np.float64),  # share of its detections that came after a newer look. Changes in a run
        # How it agrees with the others' picture (tracking/kernels/registration/reconciliation.py). Changes in a run
        ("judged_s", np.float64),  # when it was last held against it; -inf before
        ("disagreement", np.float64),  # log-odds against it, gathered, not below 0
        ("offsets", np.float64),  # of its detections from where the picture says, with forgetting: how many,
        ("offset_sum", np.float64, (2,)),  # their sum, to the right and upwards; rad,
        ("offset_square", np.float64),  # sum of squares; rad²,
        ("offset_rate", np.float64),  # sum of products with the bodies' angular velocity; rad²/s,
        ("rate_square", np.float64),  # sum of squares of that; rad²/s²
        ("last_heard_s", np.float64),  # newest batch; -inf before the first. Changes in a run
        ("is_silent", np.int64),  # 1 once its silence has been announced. Changes in a run
        # What is known of its clock (pipeline/kernels/clock.py). Changes in a run
        ("believed_s", np.float64),  # newest time believed; -inf before the first
        ("claimed_s", np.float64),  # newest time not believed
        ("claims", np.int64),  # batches not believed in a row; 0 for a sensor that is believed
        ("unopposed_s", np.float64),  # the claim since which no other clock spoke against it; NaN when one just did
        ("is_opposed", np.int64),  # 1 once another clock has spoken against these claims
        ("is_mistimed", np.int64),  # 1 once its clock has been announced as wrong
    ],
    align=True,
)
"""One sensor."""


def allocate_sensors(count: int) -> NDArray[np.void]:
    """A table of `count` radars at the origin with an unlimited view; fill the columns that differ."""
    sensors = np.zeros(count, SENSOR)
    sensors["row"] = np.arange(count)
    sensors["local_from_site"] = sensors["level_from_site"] = np.eye(3)
    sensors["period_s"] = 1.0
    sensors["detection_probability"] = 0.9
    sensors["looks_alike"] = 1.0
    sensors["clutter_density"] = 1e-9
    sensors["false_alarms"] = 1.0
    sensors["minimum_snr_db"] = -np.inf
    sensors["maximum_range_m"] = np.inf
    sensors["minimum_elevation_rad"] = -np.pi / 2
    sensors["maximum_elevation_rad"] = np.pi / 2
    sensors["starts_tracks"] = 1
    sensors["looked_s"] = sensors["weighed_s"] = sensors["judged_s"] = -np.inf
    sensors["last_heard_s"] = sensors["believed_s"] = -np.inf
    sensors["bias_sigma"] = USUAL_BIAS_SIGMA
    return sensors
