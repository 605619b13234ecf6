"""What simulated flights say of themselves, as the site's cooperative sensors (ADS-B, Remote ID, own flights) hear it.

Each flight that speaks at all is heard by each such sensor once in its period, wherever it is: it says truly where it
is and how it moves, but for errors as large as the sensor's entry in the site file says, new each time.
"""

import numpy as np
from numpy.typing import NDArray

from sangar.core.track_reports import TRACK_REPORT, ReportStatus
from sangar.core.tracks import STATE_SIZE
from sangar.scenario.site import Site

SILENT = -1
"""In the place of a `ClaimedCategory`: it says nothing."""
DIAGONAL = np.array([i * (i + 3) // 2 for i in range(STATE_SIZE)])


class Claimants:
    """Flights that speak."""

    def __init__(self, site: Site, category: NDArray[np.int64], seed: int) -> None:
        """Set up the claimants.

        Args:
            site: whose sensors hear them.
            category: (B,) `ClaimedCategory` each flight says it is of, or `SILENT`.
            seed: of the errors.
        """
        self._site, self._category, self._dice, self._said = site, category, np.random.default_rng((seed, 4)), 0

    def heard(self, time_s: float, sensor: int, flying: NDArray[np.void]) -> NDArray[np.void]:
        """Records of `TRACK_REPORT` that a sensor hears at a time, of the (B,) records of `BODY` as they fly then."""
        speaks = np.flatnonzero((self._category != SILENT) & (flying["is_present"] == 1))
        sigma = np.array(self._site.sensors[sensor].report_sigma)
        truth = np.column_stack([flying["position_m"][speaks], flying["velocity_mps"][speaks]])
        reports = np.zeros(len(speaks), TRACK_REPORT)
        reports["row"] = self._said + np.arange(len(speaks))
        self._said += len(speaks)
        reports["number"], reports["identity"] = speaks + 1, self._category[speaks]
        reports["time_s"], reports["status"] = time_s, int(ReportStatus.CONFIRMED)
        reports["mean"] = truth + sigma * self._dice.standard_normal(truth.shape)
        reports["covariance"][:, DIAGONAL] = sigma**2
        return reports
