"""What a map of clutter is good for where a part of the sky is twenty times as full of it as the site file says.

    python benchmarks/clutter_map.py [--hours 4] [--runs 3]

A 3-D radar turns every four seconds; false alarms as stated everywhere, and twenty times as dense in a sector of thirty
degrees between 8 and 20 km (a motorway, a wind farm). Twenty bodies at a time fly straight across the whole view, each
for five minutes. A confirmed track more than 1500 m from every body at its confirmation is false. A body is tracked in
a look when a confirmed track stands within 1000 m of it. The first half hour is not counted. Off: one density, as
stated. On: the map. Known: one density, but the site file states the clutter of the whole view as it is on average.
"""

import argparse
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.detections import AZIMUTH, DETECTION, ELEVATION, RANGE
from sangar.core.sensors import CLUTTER_AZIMUTH_CELLS, CLUTTER_RANGE_CELLS, allocate_sensors
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker

PERIOD_S, FALSE_ALARMS, DETECTED = 4.0, 100.0, 0.9
LOW, HIGH = np.array([500.0, 0.0, 0.0]), np.array([60_000.0, 2.0 * math.pi, math.radians(30.0)])
SIGMA = np.array([30.0, math.radians(0.3), math.radians(0.5)])
REGION_LOW, REGION_HIGH = np.array([8000.0, 1.0, 0.0]), np.array([20_000.0, 1.0 + math.pi / 6.0, math.radians(30.0)])
DENSER = 20.0
BODIES, LIFE_S, SETTLING_S = 20, 300.0, 1800.0
FALSE_M, TRACKED_M = 1500.0, 1000.0
COLUMNS = [RANGE, AZIMUTH, ELEVATION]
Matrix = NDArray[np.float64]


class Score(NamedTuple):
    """What came of one run.

    Attributes:
        inside, outside: false tracks in the dense region and elsewhere.
        tracked, looks: looks in which a body was tracked, and looks at bodies in all.
        confirmed_s: for each body that was ever tracked, how long after its appearance it first was.
    """

    inside: int
    outside: int
    tracked: int
    looks: int
    confirmed_s: list[float]


def region_share() -> float:
    """Share of the measured space that the dense region takes."""
    return float(np.prod((REGION_HIGH - REGION_LOW) / (HIGH - LOW)))


def view(places: Matrix) -> Matrix:
    """Range, azimuth, elevation (n, 3) of places (n, 3)."""
    range_m = np.linalg.norm(places, axis=1)
    azimuth = np.arctan2(places[:, 0], places[:, 1]) % (2.0 * np.pi)
    return np.column_stack([range_m, azimuth, np.arcsin(places[:, 2] / range_m)])


def is_inside(places: Matrix) -> NDArray[np.bool_]:
    """Whether places (n, 3) lie in the dense region."""
    seen = view(places)
    return np.asarray(((seen >= REGION_LOW) & (seen <= REGION_HIGH)).all(axis=1))


def sensor_row(stated: float, map_is_on: bool) -> NDArray[np.void]:
    """The radar as the tracker knows it."""
    sensors = allocate_sensors(1)
    sensors["period_s"], sensors["detection_probability"], sensors["false_alarms"] = PERIOD_S, DETECTED, stated
    sensors["clutter_density"] = stated / np.prod(HIGH - LOW)
    sensors["minimum_range_m"], sensors["maximum_range_m"] = LOW[0], HIGH[0]
    cells = CLUTTER_AZIMUTH_CELLS * CLUTTER_RANGE_CELLS
    sensors["cell_clutter_hz"] = stated / cells / PERIOD_S if map_is_on else 0.0
    return sensors


def clutter(random: np.random.Generator) -> Matrix:
    """False detections of one look, (n, 3)."""
    even = LOW + random.random((random.poisson(FALSE_ALARMS), 3)) * (HIGH - LOW)
    count = random.poisson((DENSER - 1.0) * FALSE_ALARMS * region_share())
    return np.concatenate([even, REGION_LOW + random.random((count, 3)) * (REGION_HIGH - REGION_LOW)])


def new_body(random: np.random.Generator) -> Matrix:
    """Position and velocity (6,) of a body somewhere in the view."""
    ground_m, bearing, course = random.uniform(3000.0, 40_000.0), *random.uniform(0.0, 2.0 * np.pi, 2)
    speed = random.uniform(50.0, 200.0)
    place = [ground_m * np.sin(bearing), ground_m * np.cos(bearing), random.uniform(500.0, 3000.0)]
    return np.array([*place, speed * np.sin(course), speed * np.cos(course), 0.0])


def report(bodies: Matrix, time_s: float, random: np.random.Generator) -> NDArray[np.void]:
    """One look: the bodies that are seen, and the clutter."""
    seen = bodies[random.random(len(bodies)) < DETECTED]
    measured = view(seen[:, :3]) + SIGMA * random.normal(size=(len(seen), 3))
    everything = np.concatenate([measured, clutter(random)])
    records = np.zeros(len(everything), DETECTION)
    records["time_s"], records["measured"], records["sigma"], records["snr_db"] = time_s, np.nan, np.nan, 15.0
    records["measured"][:, COLUMNS] = everything
    records["sigma"][:, COLUMNS] = SIGMA
    return records


def run(stated: float, map_is_on: bool, hours: float, seed: int) -> Score:
    """Track so many hours."""
    tracker = Tracker(sensor_row(stated, map_is_on), TrackingSettings(), track_capacity=4096)
    random = np.random.default_rng(seed)
    bodies = np.array([new_body(random) for _ in range(BODIES)])
    born_s, first_s = random.uniform(-LIFE_S, 0.0, BODIES), np.full(BODIES, np.nan)
    inside = outside = tracked = looks = 0
    confirmed_s: list[float] = []
    for time_s in np.arange(0.0, SETTLING_S + 3600.0 * hours, PERIOD_S).tolist():
        for b in np.flatnonzero(time_s - born_s > LIFE_S):
            bodies[b], born_s[b], first_s[b] = new_body(random), time_s, np.nan
        tracker.process(time_s, 0, report(bodies, time_s, random))
        rows = tracker.tracks.rows[: tracker.tracks.counters[HIGH_WATER]]
        known = rows[rows["status"] >= TrackStatus.CONFIRMED]
        gap_m = np.linalg.norm(known["mean"][:, None, :3] - bodies[None, :, :3], axis=2)
        is_tracked = (gap_m < TRACKED_M).any(axis=0)
        if time_s >= SETTLING_S:
            fresh = (known["confirmed_s"] == time_s) & ~(gap_m < FALSE_M).any(axis=1)
            within = is_inside(known["mean"][fresh, :3])
            inside, outside = inside + int(within.sum()), outside + int((~within).sum())
            tracked, looks = tracked + int(is_tracked.sum()), looks + BODIES
            now = is_tracked & np.isnan(first_s) & (born_s >= SETTLING_S)
            confirmed_s += (time_s - born_s[now]).tolist()
            first_s[now] = time_s
        bodies[:, :3] += PERIOD_S * bodies[:, 3:]
    return Score(inside, outside, tracked, looks, confirmed_s)


def mean_interval(values: list[float]) -> str:
    """Mean with its 95 % interval."""
    half = 1.96 * float(np.std(values)) / math.sqrt(len(values))
    return f"{np.mean(values):.2f} +- {half:.2f}"


def with_count(count: int, hours: float) -> str:
    """A rate an hour, with the count it comes from."""
    return f"{count / hours:.2f} (n = {count})"


def line(name: str, scores: list[Score], hours: float) -> str:
    """One line of the table."""
    inside, outside = (sum(counts) for counts in zip(*((s.inside, s.outside) for s in scores), strict=True))
    watched = hours * len(scores)
    shares = [100.0 * score.tracked / score.looks for score in scores]
    waits = [wait for score in scores for wait in score.confirmed_s]
    return (
        f"{name:<8}{with_count(inside, watched):>22}{with_count(outside, watched):>22}"
        f"{np.mean(shares):>10.2f} % [{min(shares):.2f}, {max(shares):.2f}]{mean_interval(waits):>18}  n = {len(waits)}"
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--hours", type=float, default=4.0, help="hours of each run")
    parser.add_argument("--runs", type=int, default=3, help="runs with seeds of their own")
    arguments = parser.parse_args()
    average = FALSE_ALARMS * (1.0 + (DENSER - 1.0) * region_share())
    print(f"stated {FALSE_ALARMS:g} false alarms a look, in truth {average:.0f}; allowed 1 false track an hour")
    print(
        f"{'map':<8}{'false inside, 1/h':>22}{'false elsewhere, 1/h':>22}"
        f"{'bodies tracked':>28}{'confirmed after, s':>22}"
    )
    for name, stated, map_is_on in (
        ("off", FALSE_ALARMS, False),
        ("known", average, False),
        ("on", FALSE_ALARMS, True),
    ):
        scores = [run(stated, map_is_on, arguments.hours, seed) for seed in range(arguments.runs)]
        print(line(name, scores, arguments.hours), flush=True)


if __name__ == "__main__":
    main()
