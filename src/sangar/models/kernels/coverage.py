"""Where a sensor sees: its range, elevation and sectors, seen from the level ground it stands on.

Works on any record with the fields `position_m`, `level_from_site`, `minimum_range_m` … `sector_count`: the tracker's
sensors and the simulation's alike, so that both agree on what is in view.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.sensors import PUT_RIGHT
from sangar.core.targets import SensorKind

TWO_PI = 2.0 * np.pi
RADAR, CAMERA, ACOUSTIC = np.int64(SensorKind.RADAR), np.int64(SensorKind.CAMERA), np.int64(SensorKind.ACOUSTIC)


@kernel
def finds_whoever_comes(kind):
    """Whether a kind of sensor finds a body that gives nothing away.

    Not a transponder's or a radio's receiver, nor a source of claims; nor another tracker: nobody says what it can see.
    """
    return kind in (RADAR, CAMERA, ACOUSTIC)


@kernel
def is_left_out(sensor):
    """Whether what a sensor of the tracker's table says is not used."""
    return 0 < sensor["left_out"] < PUT_RIGHT


@kernel
def in_sector(sensor, azimuth_rad, margin_rad):
    """Whether a true bearing lies in one of the sensor's sectors, the margin inside its edges; always if it has none.

    A sector all round has no edges, and so no margin.
    """
    if sensor["sector_count"] == 0:
        return True
    for j in range(sensor["sector_count"]):
        width_rad = sensor["sector_width_rad"][j]
        inset_rad = margin_rad if width_rad < TWO_PI else 0.0
        turn = (azimuth_rad - sensor["sector_from_rad"][j]) % TWO_PI
        if inset_rad <= turn <= width_rad - inset_rad:
            return True
    return False


@kernel
def in_coverage(sensor, east_m, north_m, up_m, margin_m):
    """Whether a place, east, north and up of the sensor on its level ground, lies in its coverage.

    Args:
        sensor: record with the coverage's fields.
        east_m, north_m, up_m: the place.
        margin_m: how far inside every edge it must lie; 0 for the coverage itself.
    """
    ground_m = np.sqrt(east_m * east_m + north_m * north_m)
    range_m = np.sqrt(ground_m * ground_m + up_m * up_m)
    if range_m < sensor["minimum_range_m"] + margin_m or range_m > sensor["maximum_range_m"] - margin_m:
        return False
    elevation_rad = np.arctan2(up_m, ground_m)
    margin_rad = margin_m / max(range_m, 1.0)
    if elevation_rad < sensor["minimum_elevation_rad"] + margin_rad:
        return False
    if elevation_rad > sensor["maximum_elevation_rad"] - margin_rad:
        return False
    return in_sector(sensor, np.arctan2(east_m, north_m), margin_m / max(ground_m, 1.0))


@kernel
def is_in_view(sensor, east_m, north_m, up_m, margin_m):
    """Whether a place in the site's axes lies in a sensor's coverage, `margin_m` inside every edge."""
    position_m, rotation = sensor["position_m"], sensor["level_from_site"]
    s_e, s_n, s_u = east_m - position_m[0], north_m - position_m[1], up_m - position_m[2]
    return in_coverage(
        sensor,
        rotation[0, 0] * s_e + rotation[0, 1] * s_n + rotation[0, 2] * s_u,
        rotation[1, 0] * s_e + rotation[1, 1] * s_n + rotation[1, 2] * s_u,
        rotation[2, 0] * s_e + rotation[2, 1] * s_n + rotation[2, 2] * s_u,
        margin_m,
    )
