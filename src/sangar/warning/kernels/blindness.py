"""Whether the site has gone blind round a zone: then nobody can say that a threat there is over.

`PLACES` places are asked about, all round, `ring_m` out from the zone and `LOOKOUT_HEIGHT_M` up. A place is watched
where a sensor that finds positions has it in its coverage, or two that find bearings; the zone, where most of them are.
It is blind when it would be watched if all of its sensors were heard and right, and is not.

A zone that no sensor was ever to watch is not called blind: its warnings come from what is seen elsewhere.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.models.kernels.coverage import finds_whoever_comes, is_in_view, is_left_out

PLACES = 36
LOOKOUT_HEIGHT_M = 200.0
DISTINCT_BEARINGS = 2


@kernel
def _is_at_work(sensor):
    """Whether a sensor is heard, and what it says is used."""
    return sensor["is_silent"] == 0 and sensor["is_mistimed"] == 0 and not is_left_out(sensor)


@kernel
def _is_watched(sensors, east_m, north_m, is_any):
    """Whether sensors look at a place: any of the site's, or only those at work."""
    bearings = 0
    for s in range(sensors.shape[0]):
        sensor = sensors[s]
        if not finds_whoever_comes(sensor["kind"]) or not (is_any or _is_at_work(sensor)):
            continue
        if is_in_view(sensor, east_m, north_m, LOOKOUT_HEIGHT_M, 0.0):
            if sensor["starts_tracks"] == 1:
                return True
            bearings += 1
    return bearings >= DISTINCT_BEARINGS


@kernel
def _is_zone_watched(sensors, area, ring_m, is_any):
    """Whether sensors look at most places round a zone."""
    watched, out_m = 0, area["radius_m"] + ring_m
    for k in range(PLACES):
        azimuth_rad = 2.0 * np.pi * k / PLACES
        east_m = area["centre_m"][0] + out_m * np.sin(azimuth_rad)
        north_m = area["centre_m"][1] + out_m * np.cos(azimuth_rad)
        watched += _is_watched(sensors, east_m, north_m, is_any)
    return 2 * watched > PLACES


@kernel
def is_blind(sensors, area, ring_m):
    """Whether a zone that the site's sensors should watch is not watched now.

    Args:
        sensors: (S,) records of `SENSOR`.
        area: record of `AREA`.
        ring_m: how far out from the zone it matters.
    """
    return not _is_zone_watched(sensors, area, ring_m, False) and _is_zone_watched(sensors, area, ring_m, True)
