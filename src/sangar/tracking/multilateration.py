"""Multilateration: the times at which several receivers heard one transmission become a position with its covariance.

Receivers are never quite where they are said to be, their cables and clocks never quite accounted for. A transmission
heard by more receivers than are needed shows it: each receiver's residuals have a mean. It is learned as the
transmissions go by and taken off the later ones, so no transmission is corrected by what it says itself.
"""

from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from sangar.core.arrays import PositionsEcefM, Series
from sangar.core.quantities import NotNegative, Positive
from sangar.tracking.kernels.arrivals import UNKNOWNS, locate

SPEED_OF_LIGHT_MPS = 299_792_458.0
RECEIVER_CAPACITY = 32
FEWEST_RECEIVERS = 3

ARRIVALS = np.dtype(
    [
        ("huber", np.float64),
        ("state", np.float64, (4,)),
        ("best", np.float64, (4,)),
        ("trial", np.float64, (4,)),
        ("step", np.float64, (4,)),
        ("gradient", np.float64, (4,)),
        ("normal", np.float64, (4, 4)),
        ("matrix", np.float64, (4, 4)),
        ("roots", np.float64, (2, 3)),
        ("residual", np.float64, (RECEIVER_CAPACITY + 1,)),
        ("jacobian", np.float64, (RECEIVER_CAPACITY + 1, 4)),
    ],
    align=True,
)
"""Scratch of one transmission."""


class MultilaterationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How arrival times become positions.

    Attributes:
        refractive_index: of the air, on the mean of the paths.
        arrival_sigma_m: 1 sigma of an arrival time, as a length of path.
        altitude_sigma_m: 1 sigma of a told altitude.
        robust_sigmas: residuals beyond this many sigma are weighted down (Huber).
        largest_cost_ratio: a fit whose robust cost for each redundant measurement is larger is no position.
        prior_weight: how many receptions of a receiver weigh as much as the belief that it has no offset; 0
            learns nothing.
        largest_offset_m: no receiver is believed to be off by more.
    """

    refractive_index: Positive = 1.0003
    arrival_sigma_m: Positive = 20.0
    altitude_sigma_m: Positive = 15.0
    robust_sigmas: Positive = 1.5
    largest_cost_ratio: Positive = 4.0
    prior_weight: NotNegative = 10.0
    largest_offset_m: NotNegative = 300.0


class Fix(NamedTuple):
    """Where a transmission came from.

    Attributes:
        position_ecef_m: (3,) place.
        covariance_m2: (3, 3) of it, ECEF axes; honest where nothing is redundant too, but then nothing was checked.
        cost_ratio: robust cost for each redundant measurement; NaN where none is redundant.
        redundant_count: measurements beyond those needed.
        starts: from how many places it was sought.
    """

    position_ecef_m: NDArray[np.float64]
    covariance_m2: NDArray[np.float64]
    cost_ratio: float
    redundant_count: int
    starts: int


class Multilateration:
    """Positions from arrival times at known receivers, which it learns the offsets of.

    Attributes:
        offset_m: (R,) how much later than it should each receiver hears, as a length of path.
        receptions: (R,) transmissions that taught it.
    """

    offset_m: Series
    receptions: Series

    def __init__(self, receivers_ecef_m: PositionsEcefM, settings: MultilaterationSettings | None = None) -> None:
        """Know where the receivers stand; begin without offsets."""
        self._receivers_m = np.ascontiguousarray(receivers_ecef_m)
        self._settings = settings or MultilaterationSettings()
        self.offset_m = np.zeros(len(receivers_ecef_m))
        self.receptions = np.zeros(len(receivers_ecef_m))
        self._bench = np.zeros(1, ARRIVALS)
        self._bench["huber"] = self._settings.robust_sigmas

    def locate(self, receivers: NDArray[np.int64], arrival_s: Series, altitude_m: float = float("nan")) -> Fix | None:
        """Where one transmission came from; None where that cannot be said, or does not fit.

        Args:
            receivers: (n,) which heard it; each at most once, others are left out.
            arrival_s: (n,) when, on one clock.
            altitude_m: height above the ellipsoid, where the transmission tells it.
        """
        _, once = np.unique(receivers, return_index=True)
        usable = np.sort(once[np.isfinite(arrival_s[once])])[:RECEIVER_CAPACITY]
        heard = receivers[usable]
        if heard.size < FEWEST_RECEIVERS:
            return None
        settings, place, covariance = self._settings, np.zeros(3), np.zeros((3, 3))
        since_s = arrival_s[usable] - arrival_s[usable].min()
        path_m = since_s * (SPEED_OF_LIGHT_MPS / settings.refractive_index) - self.offset_m[heard]
        cost, redundant, starts = locate(
            self._receivers_m[heard],
            path_m,
            np.full(heard.size, settings.arrival_sigma_m),
            float(altitude_m),
            settings.altitude_sigma_m,
            place,
            covariance,
            self._bench[0],
        )
        ratio = cost / redundant if redundant > 0 else float("nan")
        if not np.isfinite(cost) or ratio > settings.largest_cost_ratio:
            return None
        if redundant > 0:
            self._learn(heard, redundant, redundant + UNKNOWNS)
        return Fix(place, covariance, float(ratio), int(redundant), int(starts))

    def _learn(self, heard: NDArray[np.int64], redundant: int, measurements: int) -> None:
        """Move the offsets of the receivers by the residuals of a fit they share.

        A fit hides an offset in the position; of n measurements of which r are redundant, the residuals show on the
        mean r / n of it.
        """
        settings = self._settings
        if settings.prior_weight <= 0.0:
            return
        residual_m = self._bench[0]["residual"][: heard.size] * settings.arrival_sigma_m
        limit_m = settings.robust_sigmas * settings.arrival_sigma_m
        self.receptions[heard] += 1.0
        gain = measurements / redundant / (self.receptions[heard] + settings.prior_weight)
        moved_m = self.offset_m[heard] + gain * np.clip(residual_m, -limit_m, limit_m)
        self.offset_m[heard] = np.clip(moved_m, -settings.largest_offset_m, settings.largest_offset_m)
