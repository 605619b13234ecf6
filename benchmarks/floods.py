"""When a sensor is flooded with false detections: are bodies still found, wherever they come from?

    python -m benchmarks.floods [--clutter 0 1000 4000] [--rows 4096] [--runs 10] [--beside]

A 4-D radar (the one of benchmarks.false_tracks, one look a second, 40 false detections a look stated) is flooded from
10 s on: rain, chaff or a jammer make so many false detections a look, uniform in the space it measures. Its looks come
sorted by azimuth, as a turning radar delivers them. From 20 s on twenty drones come in from 12 km all round at 40 to
60 m/s, seen with probability 0.9. With `--beside` they fly nearer than the flooded radar sees; another of its kind that
looks every four seconds and is not flooded sees them. A body is found when a confirmed track stands within 500 m of it.

The table of tracks is soon full: what matters is who gets a row. Printed are the shares of bodies found 10 and 20 s
after they came, those of the first and of the last quarter of the circle, confirmed tracks of nothing at the end, how
many went without a row in each look of the flood, and the processor time of a look over that without a flood.
"""

import argparse
import time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.false_tracks import SURVEILLANCE, TURN, false_detections, radar_records, sensor_row
from benchmarks.late_reports import with_interval
from sangar.bench.sangar_tracker import picture_at
from sangar.core.detections import AZIMUTH
from sangar.core.tracks import TABLE_FULL_COUNT
from sangar.tracking.tracker import Tracker

FLOOD_FROM_S, COME_S, END_S = 10, 20, 40
BODIES, START_M, HEIGHT_M, SPEED_MPS = 20, 12_000.0, 300.0, (40.0, 60.0)
DETECTED, FOUND_M = 0.9, 500.0
READ_AFTER_S = (10, 20)
FLOODED, SLOW = 0, 1
SLOW_PERIOD_S = 4
BEYOND_M = 13_000.0


class Flood(NamedTuple):
    """One run.

    Attributes:
        found: (len(READ_AFTER_S), BODIES) whether each body had a confirmed track then; in order of azimuth.
        false_count: confirmed tracks of nothing at the end.
        crowded: who went without a row, a look of the flood.
        look_s: processor time of a look of the flood.
    """

    found: NDArray[np.bool_]
    false_count: int
    crowded: float
    look_s: float


def _records(measured: NDArray[np.float64], time_s: float) -> NDArray[np.void]:
    """Detections (n, 4) of range, azimuth, elevation and range rate as records, in the order of a turning radar."""
    records = radar_records(SURVEILLANCE, measured, time_s)
    records["measured"][:, AZIMUTH] %= TURN
    return records[np.argsort(records["measured"][:, AZIMUTH])]


def _bodies(random: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places (BODIES, 3) in metres and velocities in m/s, site ENU, of drones that come straight in."""
    azimuth_rad = (np.arange(BODIES) + random.random(BODIES)) * TURN / BODIES
    outward = np.stack([np.sin(azimuth_rad), np.cos(azimuth_rad), np.zeros(BODIES)], axis=1)
    return START_M * outward + [0.0, 0.0, HEIGHT_M], -outward * random.uniform(*SPEED_MPS, (BODIES, 1))


def _seen(
    place_m: NDArray[np.float64], velocity_mps: NDArray[np.float64], random: np.random.Generator
) -> NDArray[np.float64]:
    """What the radar measures (n, 4) of the bodies it sees."""
    is_seen = random.random(BODIES) < DETECTED
    place_m, velocity_mps = place_m[is_seen], velocity_mps[is_seen]
    range_m = np.linalg.norm(place_m, axis=1)
    rate_mps = np.sum(place_m * velocity_mps, axis=1) / range_m
    azimuth_rad = np.arctan2(place_m[:, 0], place_m[:, 1])
    exact = np.stack([range_m, azimuth_rad, np.arcsin(place_m[:, 2] / range_m), rate_mps], axis=1)
    return exact + random.normal(size=exact.shape) * SURVEILLANCE.sigma


def _sensors(nearest_m: float) -> NDArray[np.void]:
    """The radar that is flooded, which sees from so far on, and a slower one."""
    sensors = np.concatenate([sensor_row(SURVEILLANCE), sensor_row(SURVEILLANCE._replace(period_s=SLOW_PERIOD_S))])
    sensors["row"] = [FLOODED, SLOW]
    sensors["minimum_range_m"][FLOODED] = nearest_m
    return sensors


def _apart_m(tracker: Tracker, time_s: float, place_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distances (bodies, confirmed tracks) in metres."""
    shown = picture_at(tracker.tracks, time_s).positions_m
    return np.array([np.linalg.norm(shown - place, axis=1) for place in place_m])


def run_flood(clutter: int, rows: int, seed: int, *, beside: bool = False) -> Flood:
    """Bodies come in while so many false detections a look fill a table of so many rows."""
    random = np.random.default_rng(seed)
    tracker = Tracker(_sensors(BEYOND_M if beside else 0.0), track_capacity=rows)
    start_m, velocity_mps = _bodies(random)
    found, spent_s, place_m = [], 0.0, start_m
    for second in range(END_S + 1):
        time_s, is_flooded = float(second), second >= FLOOD_FROM_S and clutter > 0
        measured = false_detections(
            SURVEILLANCE, random.poisson(clutter if is_flooded else SURVEILLANCE.false_alarms), random
        )
        place_m = start_m + velocity_mps * (second - COME_S)
        bodies = _seen(place_m, velocity_mps, random) if second >= COME_S else np.empty((0, 4))
        looks = [(FLOODED, measured if beside else np.concatenate([measured, bodies]))]
        if second % SLOW_PERIOD_S == 0:
            quiet = false_detections(SURVEILLANCE, random.poisson(SURVEILLANCE.false_alarms), random)
            looks.append((SLOW, np.concatenate([quiet, bodies]) if beside else quiet))
        for sensor, seen in looks:
            records, begun_s = _records(seen, time_s), time.process_time()
            tracker.process(time_s, sensor, records)
            spent_s += (time.process_time() - begun_s) * (second >= FLOOD_FROM_S)
        if second - COME_S in READ_AFTER_S:
            found.append((_apart_m(tracker, time_s, place_m) < FOUND_M).any(axis=1))
    false_count = int((_apart_m(tracker, float(END_S), place_m) >= FOUND_M).all(axis=0).sum())
    flood_looks = END_S + 1 - FLOOD_FROM_S
    crowded = int(tracker.tracks.counters[TABLE_FULL_COUNT]) / flood_looks
    return Flood(np.array(found), false_count, crowded, spent_s / flood_looks)


def report(clutter: int, runs: list[Flood], calm_s: float) -> str:
    """A row of the table."""
    found = np.mean([run.found for run in runs], axis=0)
    quarter = BODIES // 4
    late = [float(run.found[-1].mean()) for run in runs]
    parts = [f"{clutter:>8}{found[0].mean():>8.3f}   {with_interval(late):<34}"]
    parts.append(f"{found[-1][:quarter].mean():>9.3f}{found[-1][-quarter:].mean():>9.3f}")
    parts.append(f"{np.mean([run.false_count for run in runs]):>9.1f}{np.mean([run.crowded for run in runs]):>9.0f}")
    parts.append(f"{np.mean([run.look_s for run in runs]) / calm_s:>9.1f}")
    return "".join(parts)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clutter", type=int, nargs="+", default=[0, 500, 1000, 2000, 4000, 8000])
    parser.add_argument("--rows", type=int, nargs="+", default=[4096], help="rows of the track table")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--beside", action="store_true", help="another radar sees the bodies, and is not flooded")
    arguments = parser.parse_args()
    seeds, beside = range(arguments.runs), arguments.beside
    run_flood(0, 1024, 0)  # compiles
    for rows in arguments.rows:
        print(f"{rows} rows, {BODIES} bodies, {arguments.runs} runs; shares of bodies with a confirmed track after")
        print(
            f"{'false':>8}{'10 s':>8}   {'20 s':<34}{'first q.':>9}{'last q.':>9}{'untrue':>9}{'crowded':>9}{'time':>9}"
        )
        calm_s = float(np.mean([run_flood(0, rows, seed, beside=beside).look_s for seed in seeds]))
        for clutter in arguments.clutter:
            print(
                report(clutter, [run_flood(clutter, rows, seed, beside=beside) for seed in seeds], calm_s), flush=True
            )
        print()


if __name__ == "__main__":
    main()
