"""How far sensors see in bad weather: the share of its range that each kind has left.

* Cameras see no farther than the meteorological visibility (Koschmieder 1924: where contrast has sunk to 5 %).
* Radars lose 2 γ r dB to rain on the way out and back, γ = k R^α dB/km, against 40 lg (r / r₀) of the radar equation.
  k and α are those of 10 GHz, horizontal (ITU-R P.838-3, 2005); lower bands lose less.
* Microphones hear less in wind: above 5 m/s in proportion, an assumption.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.targets import SensorKind

RAIN_FACTOR, RAIN_EXPONENT = 0.01217, 1.2571
QUIET_WIND_MPS = 5.0
LEAST_SHARE = 1e-3
HALVINGS = 50


class Weather(NamedTuple):
    """The weather over a site.

    Attributes:
        visibility_m: meteorological visibility.
        rain_mm_per_h: rain rate.
        wind_mps: wind at the microphones.
    """

    visibility_m: float = np.inf
    rain_mm_per_h: float = 0.0
    wind_mps: float = 0.0


def _in_rain(range_m: float, rain_mm_per_h: float) -> float:
    """Share r / r₀ of a radar's range where 40 lg (r / r₀) + 2 γ r = 0, by bisection."""
    loss_db = 2.0 * RAIN_FACTOR * rain_mm_per_h**RAIN_EXPONENT * range_m / 1000.0  # over the whole range
    low, high = LEAST_SHARE, 1.0
    for _ in range(HALVINGS):
        share = 0.5 * (low + high)
        if 40.0 * np.log10(share) + loss_db * share > 0.0:
            high = share
        else:
            low = share
    return high


def reach_shares(sensors: NDArray[np.void], weather: Weather) -> NDArray[np.float64]:
    """The share of its range that each sensor has left.

    Args:
        sensors: (S,) records of `core.sensors.SENSOR`.
        weather: the weather.

    Returns:
        (S,) shares, above 0 up to 1.
    """
    shares = np.ones(len(sensors))
    for row, sensor in enumerate(sensors):
        range_m = float(sensor["maximum_range_m"])
        if sensor["kind"] == SensorKind.CAMERA:
            shares[row] = weather.visibility_m / range_m
        elif sensor["kind"] == SensorKind.ACOUSTIC and weather.wind_mps > QUIET_WIND_MPS:
            shares[row] = QUIET_WIND_MPS / weather.wind_mps
        elif sensor["kind"] == SensorKind.RADAR and weather.rain_mm_per_h > 0.0 and np.isfinite(range_m):
            shares[row] = _in_rain(range_m, weather.rain_mm_per_h)
    return np.clip(shares, LEAST_SHARE, 1.0)
