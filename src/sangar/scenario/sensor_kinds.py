"""What is assumed of each kind of sensor when the site file is silent.

Round numbers of published performance, not of any one product: an X-band surveillance radar that sees a small drone
to several kilometres, a panoramic camera, a small microphone array, a direction finder, a cooperative receiver of
position reports, another tracker, and cooperative sources, whose claims make no track. A site that knows better says
so in its file.
"""

import math
from typing import Literal, NamedTuple

from sangar.core.detections import ALTITUDE, AZIMUTH, EAST, ELEVATION, NORTH, RANGE, RANGE_RATE, UP

Kind = Literal["radar", "camera", "acoustic", "rf", "cooperative", "tracker", "remote_id", "ads_b", "own_flight"]
Measured = Literal["range", "azimuth", "elevation", "range_rate", "altitude", "position"]

COLUMNS: dict[Measured, tuple[int, ...]] = {
    "range": (RANGE,),
    "azimuth": (AZIMUTH,),
    "elevation": (ELEVATION,),
    "range_rate": (RANGE_RATE,),
    "altitude": (ALTITUDE,),
    "position": (EAST, NORTH, UP),
}
"""Which numbers of a detection each word stands for."""

RANGE_RATE_SPAN_MPS = 400.0
"""False alarms are taken to lie anywhere within 200 m/s of zero range rate."""
ALTITUDE_SPAN_M = 15_000.0
"""False reports of altitude or position are taken to lie anywhere up to this height."""
COOPERATIVE_KINDS: tuple[Kind, ...] = ("remote_id", "ads_b", "own_flight")
"""Their reports are claims (`core.claims`)."""
CLAIMED_TIME_S = 0.5
"""1 sigma of the time of a claim where nobody says: of the age of a position when it is sent, and its way to us."""
CLAIMED_VELOCITY_MPS = 3.0
"""1 sigma of each component of a claimed velocity where the claimant does not say how sure it is."""
REPORTED_VELOCITY_MPS = 10.0
"""1 sigma of each component of a velocity that another tracker reports without saying how sure it is."""


class KindDefaults(NamedTuple):
    """What is assumed of one kind of sensor; 1 sigma accuracies in SI units and radians."""

    measures: tuple[Measured, ...]
    period_s: float
    range_m: float
    azimuth_rad: float
    elevation_rad: float
    range_rate_mps: float
    altitude_m: float
    horizontal_m: float
    minimum_range_m: float
    maximum_range_m: float
    detection_probability: float
    false_alarms_per_scan: float
    minimum_elevation_deg: float
    maximum_elevation_deg: float


DEFAULTS: dict[Kind, KindDefaults] = {
    "radar": KindDefaults(
        ("range", "azimuth", "elevation", "range_rate"),
        *(1.0, 10.0, math.radians(0.5), math.radians(0.5), 1.0, 30.0, 10.0),
        *(100.0, 10_000.0, 0.9, 1.0, 0.0, 60.0),
    ),
    "camera": KindDefaults(
        ("azimuth", "elevation"),
        *(0.5, 50.0, math.radians(0.1), math.radians(0.1), 5.0, 30.0, 10.0),
        *(20.0, 3000.0, 0.8, 0.5, -5.0, 60.0),
    ),
    "acoustic": KindDefaults(
        ("azimuth", "elevation"),
        *(1.0, 100.0, math.radians(5.0), math.radians(8.0), 10.0, 30.0, 50.0),
        *(5.0, 1500.0, 0.7, 0.2, 0.0, 90.0),
    ),
    "rf": KindDefaults(
        ("azimuth",),
        *(1.0, 100.0, math.radians(3.0), math.radians(5.0), 10.0, 30.0, 50.0),
        *(20.0, 5000.0, 0.8, 0.1, -10.0, 90.0),
    ),
    "cooperative": KindDefaults(
        ("position",),
        *(1.0, 10.0, math.radians(0.1), math.radians(0.1), 1.0, 20.0, 10.0),
        *(0.0, 100_000.0, 0.95, 1e-3, -5.0, 90.0),
    ),
    "tracker": KindDefaults(
        ("position",),
        *(1.0, 10.0, math.radians(0.1), math.radians(0.1), 10.0, 50.0, 50.0),
        *(0.0, 500_000.0, 0.95, 0.0, -90.0, 90.0),
    ),
    "remote_id": KindDefaults(
        ("position",),
        *(1.0, 10.0, math.radians(0.1), math.radians(0.1), 10.0, 30.0, 10.0),
        *(0.0, 500_000.0, 0.95, 0.0, -90.0, 90.0),
    ),
    "ads_b": KindDefaults(
        ("position",),
        *(1.0, 10.0, math.radians(0.1), math.radians(0.1), 10.0, 100.0, 50.0),
        *(0.0, 500_000.0, 0.95, 0.0, -90.0, 90.0),
    ),
    "own_flight": KindDefaults(
        ("position",),
        *(1.0, 10.0, math.radians(0.1), math.radians(0.1), 10.0, 30.0, 10.0),
        *(0.0, 500_000.0, 0.95, 0.0, -90.0, 90.0),
    ),
}
