"""What simulated flights say of themselves, as the site's cooperative sensors (ADS-B, Remote ID, own flights) hear it.

Who speaks is heard once in a sensor's period, wherever it is: it says where its body is and how that moves, shifted by
its lie if it tells one, but for errors as large as the sensor's entry in the site file says, new each time.
"""

import numpy as np
from numpy.typing import NDArray

from sangar.core.track_reports import TRACK_REPORT, ReportStatus
from sangar.core.tracks import STATE_SIZE
from sangar.scenario.scenario import Scenario
from sangar.scenario.site import Site

SILENT = -1
"""In the place of a `ClaimedCategory`: it says nothing."""
ANY_SENSOR = -1
DIAGONAL = np.array([i * (i + 3) // 2 for i in range(STATE_SIZE)])

SPEAKER = np.dtype(
    [
        ("body", np.int64),  # row of the body whose way it tells
        ("sensor", np.int64),  # row of the sensor that hears it, ANY_SENSOR for all
        ("number", np.int64),  # its address or flight number
        ("category", np.int64),  # ClaimedCategory it says it is of
        ("offset_m", np.float64, (3,)),  # how far from the body it says to be
        ("from_s", np.float64),  # it speaks from then ...
        ("to_s", np.float64),  # ... until then
    ],
    align=True,
)
"""One who says where it is."""


def truthful(category: NDArray[np.int64]) -> NDArray[np.void]:
    """Records of `SPEAKER`: each of (B,) flights speaks truly to all sensors, those of category `SILENT` do not."""
    speaks = np.flatnonzero(category != SILENT)
    speakers = np.zeros(len(speaks), SPEAKER)
    speakers["body"], speakers["number"], speakers["category"] = speaks, speaks + 1, category[speaks]
    speakers["sensor"], speakers["from_s"], speakers["to_s"] = ANY_SENSOR, -np.inf, np.inf
    return speakers


def speakers_of(scenario: Scenario, site: Site) -> NDArray[np.void]:
    """Records of `SPEAKER`: the scenario's claimants, bodies counted as threats first and then traffic."""
    bodies = [flight.id for flight in (*scenario.threats, *scenario.traffic)]
    speakers = np.zeros(len(scenario.claimants), SPEAKER)
    for row, (entry, claimant) in enumerate(zip(speakers, scenario.claimants, strict=True)):
        entry["body"], entry["sensor"] = bodies.index(claimant.body), site.sensor_rows[claimant.sensor]
        entry["number"] = row + 1 if claimant.number is None else claimant.number
        entry["category"], entry["offset_m"] = claimant.claimed_category, claimant.offset_m
        entry["from_s"], entry["to_s"] = claimant.from_s, np.inf if claimant.to_s is None else claimant.to_s
    return speakers


class Claimants:
    """Those who speak."""

    def __init__(self, site: Site, speakers: NDArray[np.void], seed: int) -> None:
        """Set up the claimants.

        Args:
            site: whose sensors hear them.
            speakers: records of `SPEAKER`.
            seed: of the errors.
        """
        self._site, self._speakers, self._dice, self._said = site, speakers, np.random.default_rng((seed, 4)), 0

    def heard(self, time_s: float, sensor: int, flying: NDArray[np.void]) -> NDArray[np.void]:
        """Records of `TRACK_REPORT` that a sensor hears at a time, of the (B,) records of `BODY` as they fly then."""
        everybody = self._speakers
        speaks = (flying["is_present"][everybody["body"]] == 1) & (everybody["from_s"] <= time_s)
        speaks &= (time_s < everybody["to_s"]) & np.isin(everybody["sensor"], (ANY_SENSOR, sensor))
        speakers = everybody[speaks]
        bodies, sigma = flying[speakers["body"]], np.array(self._site.sensors[sensor].report_sigma)
        told = np.column_stack([bodies["position_m"] + speakers["offset_m"], bodies["velocity_mps"]])
        reports = np.zeros(len(speakers), TRACK_REPORT)
        reports["row"] = self._said + np.arange(len(speakers))
        self._said += len(speakers)
        reports["number"], reports["identity"] = speakers["number"], speakers["category"]
        reports["time_s"], reports["status"] = time_s, int(ReportStatus.CONFIRMED)
        reports["mean"] = told + sigma * self._dice.standard_normal(told.shape)
        reports["covariance"][:, DIAGONAL] = sigma**2
        return reports
