"""Clear-sky assurance, zone by zone: how likely is it that something nobody noticed is over it?"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.assessment.kernels.clear_sky import missed_all_round
from sangar.assessment.settings import ClearSkySettings


class ClearSky(NamedTuple):
    """How clear the sky over one zone is.

    Attributes:
        probability: that an unnoticed intruder is over the zone now.
        missed_share: of intruders that come unnoticed, over all directions and heights.
        worst_missed_share: the same from the worst direction,
        worst_azimuth_rad: which is this one, clockwise from north.
        worst_height_m: the height at which most come unnoticed.
        is_assured: whether the sky may be called clear (as far as no track says otherwise).
    """

    probability: float
    missed_share: float
    worst_missed_share: float
    worst_azimuth_rad: float
    worst_height_m: float
    is_assured: bool


DIRECTIONS = 36


def clear_sky(
    sensors: NDArray[np.void],
    reach_share: NDArray[np.float64],
    heard_s: NDArray[np.float64],
    area: np.void,
    time_s: float,
    settings: ClearSkySettings,
) -> ClearSky:
    """How clear the sky over one area is.

    Args:
        sensors: (S,) records of `core.sensors.SENSOR`.
        reach_share: (S,) share of its range that each sensor has in this weather (`assessment.weather`).
        heard_s: (S, 2) since when and until when each sensor has been heard, seconds; until -inf for never.
        area: record of `core.areas.AREA`.
        time_s: now.
        settings: the intruder.
    """
    heights_m = np.asarray(settings.heights_m)
    missed = np.empty((DIRECTIONS, len(heights_m)))
    missed_all_round(
        sensors,
        reach_share,
        heard_s,
        area["centre_m"],
        heights_m,
        settings.way_m,
        settings.speed_mps,
        time_s,
        settings.hits,
        settings.blind_share,
        np.zeros((3, settings.hits + 1)),
        missed,
    )
    by_direction, by_height = missed.mean(axis=1), missed.mean(axis=0)
    worst = int(by_direction.argmax())
    over_zone_s = 2.0 * float(area["radius_m"]) / settings.speed_mps
    expected = settings.arrivals_per_hour * over_zone_s / 3600.0
    share = float(missed.mean())
    return ClearSky(
        probability=-math.expm1(-expected * share),
        missed_share=share,
        worst_missed_share=float(by_direction[worst]),
        worst_azimuth_rad=2.0 * math.pi * worst / DIRECTIONS,
        worst_height_m=float(heights_m[by_height.argmax()]),
        is_assured=bool(by_direction[worst] <= settings.highest_missed),
    )
