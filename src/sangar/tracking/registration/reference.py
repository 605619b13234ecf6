"""A reference flight: where a body really was, at any time between the first and the last fix of its recorder."""

from functools import cached_property

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import Akima1DInterpolator

from sangar.core.arrays import PositionsEnuM, Series

LONGEST_GAP_S = 2.0
"""Between two fixes farther apart than this the body may have turned: the reference says nothing there."""

FEWEST_FIXES = 3


class ReferenceFlight(msgspec.Struct, frozen=True, dict=True):
    """The fixes of one body, each time once, in order of time.

    Between the fixes runs a modified Akima spline: smooth as flight is, without the overshoot that a cubic spline has
    beside a sharp turn.

    Attributes:
        time_s: (T,) seconds since the site's epoch, increasing.
        position_m: (T, 3) site ENU.

    Source:
        Akima (1970), A new method of interpolation and smooth curve fitting based on local procedures, J. ACM 17(4).
    """

    time_s: Series
    position_m: PositionsEnuM

    @cached_property
    def _path(self) -> Akima1DInterpolator:
        return Akima1DInterpolator(self.time_s, self.position_m, method="makima")

    @cached_property
    def _course(self) -> Akima1DInterpolator:
        return self._path.derivative()

    def covers(self, time_s: Series) -> NDArray[np.bool_]:
        """Whether the flight tells where the body was at each of these times (N,)."""
        after = np.searchsorted(self.time_s, time_s, side="left").clip(1, len(self.time_s) - 1)
        gap_s = self.time_s[after] - self.time_s[after - 1]
        inside = (time_s >= self.time_s[0]) & (time_s <= self.time_s[-1])
        covered: NDArray[np.bool_] = inside & (gap_s <= LONGEST_GAP_S)
        return covered

    def position_at(self, time_s: Series) -> PositionsEnuM:
        """Where the body was (N, 3) in site ENU; a time outside the flight is taken at its nearer end."""
        position_m: PositionsEnuM = self._path(self._inside(time_s))
        return position_m

    def velocity_at(self, time_s: Series) -> PositionsEnuM:
        """Its velocity (N, 3) in site ENU, m/s."""
        velocity_mps: PositionsEnuM = self._course(self._inside(time_s))
        return velocity_mps

    def _inside(self, time_s: Series) -> Series:
        inside: Series = np.clip(time_s, self.time_s[0], self.time_s[-1])
        return inside


def reference_flight(time_s: Series, position_m: PositionsEnuM) -> ReferenceFlight:
    """A flight of fixes in any order; of several at one time the first counts.

    Raises:
        ValueError: fewer than three fixes.
    """
    moments_s, first = np.unique(time_s, return_index=True)
    if moments_s.size < FEWEST_FIXES:
        raise ValueError(f"a flight needs at least {FEWEST_FIXES} fixes at different times, this has {moments_s.size}")
    return ReferenceFlight(moments_s, np.ascontiguousarray(position_m[first]))
