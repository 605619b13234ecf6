"""How many tracks does clutter alone confirm in an hour, and how many were allowed?

    python benchmarks/false_tracks.py [--hours 40] [--sensor NAME ...]

Clutter only: a Poisson number of false detections in every look, uniform in the space the sensor measures, tracked
with default settings but for the rates that are set, routine and urgent alike (urgent: fast, and on its way to a circle
of 5 km round the radar). The 4-D radar's clutter hardly ever makes three detections in a row that fit; it is measured
with two allowed, and as it stands by default. The first half hour, in which the tracker still learns how readily
clutter confirms tracks, is not counted. The interval is the exact 95 % one of a Poisson count (Garwood 1936).
"""

import argparse
import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from sangar.core.detections import AZIMUTH, DETECTION, ELEVATION, RANGE, RANGE_RATE
from sangar.core.sensors import CLUTTER_AZIMUTH_CELLS, CLUTTER_RANGE_CELLS, allocate_sensors
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker

HOUR_S = 3600.0
SETTLING_S = 1800.0
DEFENDED = (0.0, 0.0, 5000.0)
CAPACITY = 4096


class Radar(NamedTuple):
    """A radar in nothing but clutter.

    Attributes:
        name: of the case.
        period_s: time between looks.
        false_alarms: mean number in a look.
        low, high: bounds of range, azimuth, elevation, range rate; NaN where it does not measure one.
        sigma: 1 sigma of each.
        detection_probability: as stated to the tracker.
        rates_1ph: rates to set.
        hits: fewest detections of a confirmed track.
    """

    name: str
    period_s: float
    false_alarms: float
    low: tuple[float, float, float, float]
    high: tuple[float, float, float, float]
    sigma: tuple[float, float, float, float]
    detection_probability: float
    rates_1ph: tuple[float, ...]
    hits: int = 3


NONE = math.nan
TURN = 2.0 * math.pi
SURVEILLANCE = Radar(
    name="4-D surveillance, 1 s, 40 a look",
    period_s=1.0,
    false_alarms=40.0,
    low=(1000.0, 0.0, 0.0, -200.0),
    high=(40_000.0, TURN, math.radians(30.0), 200.0),
    sigma=(10.0, math.radians(0.5), math.radians(0.5), 1.0),
    detection_probability=0.9,
    rates_1ph=(10.0,),
)
RADARS = (
    SURVEILLANCE,
    SURVEILLANCE._replace(name="the same, two detections suffice", rates_1ph=(0.3, 1.0, 10.0), hits=2),
    Radar(
        name="2-D rotating, 4 s, 100 a turn",
        period_s=4.0,
        false_alarms=100.0,
        low=(500.0, 0.0, NONE, NONE),
        high=(60_000.0, TURN, NONE, NONE),
        sigma=(30.0, math.radians(0.2), NONE, NONE),
        detection_probability=0.9,
        rates_1ph=(1.0, 10.0, 60.0),
    ),
    Radar(
        name="3-D rotating, 4 s, 150 a turn",
        period_s=4.0,
        false_alarms=150.0,
        low=(500.0, 0.0, 0.0, NONE),
        high=(60_000.0, TURN, math.radians(30.0), NONE),
        sigma=(30.0, math.radians(0.3), math.radians(0.5), NONE),
        detection_probability=0.9,
        rates_1ph=(1.0, 10.0, 60.0),
    ),
    Radar(
        name="3-D tracking, 20 Hz, 3 a look",
        period_s=0.05,
        false_alarms=3.0,
        low=(100.0, 0.0, 0.0, NONE),
        high=(20_000.0, math.radians(60.0), math.radians(30.0), NONE),
        sigma=(15.0, math.radians(0.1), math.radians(0.1), NONE),
        detection_probability=0.9,
        rates_1ph=(10.0,),
    ),
)
COLUMNS = [RANGE, AZIMUTH, ELEVATION, RANGE_RATE]


def sensor_row(radar: Radar) -> NDArray[np.void]:
    """The radar as the tracker knows it."""
    sensors = allocate_sensors(1)
    spans = np.subtract(radar.high, radar.low)
    sensors["period_s"] = radar.period_s
    sensors["detection_probability"] = radar.detection_probability
    sensors["false_alarms"] = radar.false_alarms
    sensors["clutter_density"] = radar.false_alarms / np.prod(spans[np.isfinite(spans)])
    cells = CLUTTER_AZIMUTH_CELLS * CLUTTER_RANGE_CELLS * (spans[0] / radar.high[0]) * (spans[1] / TURN)
    sensors["cell_clutter_hz"] = radar.false_alarms / cells / radar.period_s
    sensors["minimum_range_m"], sensors["maximum_range_m"] = radar.low[0], radar.high[0]
    return sensors


def false_detections(radar: Radar, count: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Range, azimuth, elevation and range rate (count, 4), uniform in the space the radar measures."""
    low, high = np.array(radar.low), np.array(radar.high)
    drawn: NDArray[np.float64] = low + random.random((count, 4)) * (high - low)
    return drawn


def radar_records(radar: Radar, measured: NDArray[np.float64], time_s: float) -> NDArray[np.void]:
    """Such detections (n, 4) of one look as records."""
    records = np.zeros(len(measured), DETECTION)
    records["time_s"] = time_s
    records["measured"], records["sigma"] = np.nan, np.nan
    records["measured"][:, COLUMNS], records["sigma"][:, COLUMNS] = measured, radar.sigma
    records["snr_db"] = 15.0
    return records


def clutter(radar: Radar, hours: float, random: np.random.Generator) -> Iterator[tuple[float, NDArray[np.void]]]:
    """The time and the false detections of every look."""
    for look in range(int(hours * HOUR_S / radar.period_s)):
        measured = false_detections(radar, random.poisson(radar.false_alarms), random)
        yield look * radar.period_s, radar_records(radar, measured, look * radar.period_s)


def false_tracks(radar: Radar, settings: TrackingSettings, hours: float, seed: int) -> NDArray[np.int64]:
    """Tracks confirmed in so many hours of clutter after the settling: (2,) routine, urgent."""
    tracker = Tracker(sensor_row(radar), settings, track_capacity=CAPACITY, defended=DEFENDED)
    random, confirmed = np.random.default_rng(seed), np.zeros(2, np.int64)
    for time_s, records in clutter(radar, hours + SETTLING_S / HOUR_S, random):
        tracker.process(time_s, 0, records)
        if time_s >= SETTLING_S:
            rows = tracker.tracks.rows[: tracker.tracks.counters[HIGH_WATER]]
            fresh = (rows["status"] >= TrackStatus.CONFIRMED) & (rows["confirmed_s"] == time_s)
            confirmed += np.bincount(rows["is_urgent"][fresh], minlength=2)
    return confirmed


def poisson_interval(count: int) -> tuple[float, float]:
    """Exact 95 % interval of the mean of a Poisson count."""
    low = 0.0 if count == 0 else float(stats.chi2.ppf(0.025, 2 * count)) / 2.0
    return low, float(stats.chi2.ppf(0.975, 2 * count + 2)) / 2.0


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--hours", type=float, default=40.0, help="hours of clutter for each line")
    parser.add_argument("--sensor", action="append", default=[], help="only the cases whose name has this; repeatable")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers")
    arguments = parser.parse_args()
    print(
        f"{'sensor':<34}{'set, 1/h':>9}{'kind':>9}{'found, 1/h':>12}  "
        f"{'95 % interval':<18}{'n':>5}{'hours':>7}{'ratio':>7}"
    )
    for radar in RADARS:
        if arguments.sensor and not any(word in radar.name for word in arguments.sensor):
            continue
        for rate_1ph in radar.rates_1ph:
            settings = TrackingSettings(
                false_tracks_per_hour=rate_1ph, urgent_false_tracks_per_hour=rate_1ph, confirmation_hits=radar.hits
            )
            counts = false_tracks(radar, settings, arguments.hours, arguments.seed)
            for kind, count in zip(("routine", "urgent"), counts.tolist(), strict=True):
                print(line(radar, rate_1ph, kind, count, arguments.hours), flush=True)


def line(radar: Radar, rate_1ph: float, kind: str, count: int, hours: float) -> str:
    """One line of the table."""
    low, high = (bound / hours for bound in poisson_interval(count))
    found = count / hours
    interval = f"[{low:.2f}, {high:.2f}]"
    return (
        f"{radar.name:<34}{rate_1ph:>9g}{kind:>9}{found:>12.2f}  {interval:<18}{count:>5}{hours:>7g}"
        f"{found / rate_1ph:>7.2f}"
    )


if __name__ == "__main__":
    main()
