"""How a raid ended for each threat, told from truth: stopped where, or arrived."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from shapely import Point, Polygon

from sangar.core.arrays import Vector3
from sangar.scenario.site import Site


class ThreatOutcome(NamedTuple):
    """What became of one threat.

    Attributes:
        id: its name in the scenario.
        kind: what it was.
        stopped_s: when a simulated shot stopped it; None when none did.
        stopped_m: (3,) where, site ENU.
        stopped_by: row of the effector; None when none did.
        perimeter_distance_m: horizontal distance to the perimeter when stopped, positive outside; NaN without one.
        leaked: it reached its end point (or fell) within the run.
        leaked_s: when; None when it did not.
        impact_m: (3,) where a ballistic threat fell, site ENU; None for others.
    """

    id: str
    kind: str
    stopped_s: float | None
    stopped_m: NDArray[np.float64] | None
    stopped_by: int | None
    perimeter_distance_m: float
    leaked: bool
    leaked_s: float | None
    impact_m: NDArray[np.float64] | None


def perimeter_distance_m(site: Site, position_m: Vector3) -> float:
    """Horizontal distance from a point to the perimeter, negative inside; NaN where the site has none."""
    if site.perimeter is None:
        return math.nan
    fence = Polygon(site.perimeter.corners_m(site.frame))
    point = Point(position_m[0], position_m[1])
    away_m = float(fence.exterior.distance(point))
    return -away_m if fence.contains(point) else away_m
