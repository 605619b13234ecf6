"""How long one batch takes, ten thousand times over, and whether memory grows meanwhile.

    python benchmarks/latency.py [--targets 200] [--batches 10000]

Scenes like the common ones (sangar.bench.scenes), of another seed each; every scan comes as two batches, the half sky
of the east and that of the west, so a batch of 200 targets has some hundred detections beside about 200 tracks. Each
batch is timed alone, wall clock and processor, for the tracker and for the whole step (tracked, identified, assessed,
warned of). The first scans of a scene, in which tracks are yet to form, are not counted.

Yardstick, in the same run: one matrix product of 100 x 100 by NumPy, timed as often.

Memory: what Python holds is compared before and after the counted batches; the kernels cannot allocate at all, they are
compiled without a run time to do it with (docs/decisions/0006-kernels-own-no-memory.md).
"""

import argparse
import gc
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.bench.sangar_tracker import largest_scan, scan_records, scene_site, table_capacity
from sangar.bench.scenes import Scene, generate_scene
from sangar.core.detections import AZIMUTH
from sangar.core.targets import TrackStatus
from sangar.pipeline.layout import sensor_table
from sangar.pipeline.pipeline import Pipeline
from sangar.pipeline.ports import Batch
from sangar.tracking.tracker import Tracker

FORMING_SCANS = 10
FIRST_SEED = 1
QUANTILES = (50.0, 99.0, 99.9, 100.0)
GOAL_P99_MS = 1.0
TURNS = 20


class Times(NamedTuple):
    """What was measured of each batch.

    Attributes:
        wall_ms, cpu_ms: time it took.
        detections, tracks: how many were in it, and how many tracks stood when it came.
    """

    wall_ms: list[float]
    cpu_ms: list[float]
    detections: list[float]
    tracks: list[float]


def halves(scene: Scene, number: int) -> Iterator[Batch]:
    """One scan as the batch of the east and the batch of the west."""
    records = scan_records(scene, number)
    is_east = records["measured"][:, AZIMUTH] < np.pi
    for side in (is_east, ~is_east):
        yield Batch(number * scene.meta.period_s, 0, records[side])


def tracker_of(scene: Scene) -> tuple[Callable[[Batch], object], NDArray[np.void]]:
    """A fresh tracker for a scene: how a batch goes in, and its rows."""
    site = scene_site(scene.meta)
    tracker = Tracker(
        sensor_table(site),
        site.policy.tracking,
        track_capacity=table_capacity(scene),
        batch_capacity=largest_scan(scene),
    )
    return lambda batch: tracker.process(batch.time_s, batch.sensor, batch.detections), tracker.tracks.rows


def step_of(scene: Scene) -> tuple[Callable[[Batch], object], NDArray[np.void]]:
    """A fresh pipeline for a scene: how a batch goes in, and its rows."""
    pipeline = Pipeline(scene_site(scene.meta), track_capacity=table_capacity(scene))
    return pipeline.step, pipeline.world.tracks.rows


def run_scene(scene: Scene, kind: Callable[[Scene], tuple[Callable[[Batch], object], NDArray[np.void]]]) -> Times:
    """Time every batch of a scene once its tracks have formed."""
    take, rows = kind(scene)
    times = Times([], [], [], [])
    for number in range(scene.meta.scan_count):
        for batch in halves(scene, number):
            standing = int(np.count_nonzero(rows["status"] != int(TrackStatus.FREE)))
            wall_s, cpu_s = time.perf_counter(), time.process_time()
            take(batch)
            cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
            if number >= FORMING_SCANS:
                times.wall_ms.append(1e3 * wall_s)
                times.cpu_ms.append(1e3 * cpu_s)
                times.detections.append(float(len(batch.detections)))
                times.tracks.append(float(standing))
    return times


def run_batches(
    targets: int, batches: int, kind: Callable[..., tuple[Callable[[Batch], object], NDArray[np.void]]]
) -> Times:
    """Time so many batches, of as many scenes as it takes."""
    runs: list[Times] = []
    seed = FIRST_SEED
    run_scene(generate_scene(targets, 0), kind)  # compiled or loaded, and every table touched
    gc.disable()
    while sum(len(run.wall_ms) for run in runs) < batches:
        runs.append(run_scene(generate_scene(targets, seed), kind))
        gc.collect()
        seed += 1
    gc.enable()
    return Times(*([value for run in runs for value in run[column]][:batches] for column in range(len(Times._fields))))


def later(batch: Batch, shift_s: float) -> Batch:
    """The same batch at another time."""
    detections = batch.detections.copy()
    detections["time_s"] += shift_s
    return Batch(batch.time_s + shift_s, batch.sensor, detections)


def python_growth(targets: int) -> tuple[int, int]:
    """Bytes of Python memory gained over the later half of many batches by the tracker, and how many batches.

    One scene over and over; the first half fills what Python keeps for its own reuse, under the same watch.
    """
    scene = generate_scene(targets, FIRST_SEED)
    take, _ = tracker_of(scene)
    batches = [batch for number in range(scene.meta.scan_count) for batch in halves(scene, number)]
    length_s, held = scene.meta.scan_count * scene.meta.period_s, []
    tracemalloc.start()
    for part in range(2):
        for turn in range(TURNS):
            for batch in batches:
                take(later(batch, (part * TURNS + turn) * length_s))
        gc.collect()
        held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    return held[1] - held[0], TURNS * len(batches)


def yardstick_ms(count: int) -> list[float]:
    """Wall time of so many products of two 100 x 100 matrices."""
    left = np.random.default_rng(1).random((100, 100))
    taken = []
    for _ in range(count):
        before_s = time.perf_counter()
        left @ left
        taken.append(1e3 * (time.perf_counter() - before_s))
    return taken


def show(name: str, wall_ms: list[float], cpu_ms: list[float] | None) -> None:
    """Print the quantiles of one row."""
    wall = " ".join(f"{value:9.3f}" for value in np.percentile(wall_ms, QUANTILES))
    cpu = " ".join(f"{value:9.3f}" for value in np.percentile(cpu_ms, QUANTILES)) if cpu_ms else ""
    print(f"{name:<24}{len(wall_ms):>7}  {wall}  {cpu}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--targets", type=int, default=200)
    parser.add_argument("--batches", type=int, default=10_000)
    chosen = parser.parse_args()
    tracker = run_batches(chosen.targets, chosen.batches, tracker_of)
    step = run_batches(chosen.targets, chosen.batches, step_of)
    titles = "".join(f"{'max' if q == QUANTILES[-1] else f'p{q:g}':>10}" for q in QUANTILES)
    for what, counts in (("detections in a batch", tracker.detections), ("tracks beside it", tracker.tracks)):
        print(f"{what}: {np.mean(counts):.0f}, {min(counts):.0f} to {max(counts):.0f}")
    print(f"{'ms':<24}{'n':>7} {titles} wall{titles[5:]} processor")
    show("tracker", tracker.wall_ms, tracker.cpu_ms)
    show("whole step", step.wall_ms, step.cpu_ms)
    show("yardstick: 100³ product", yardstick_ms(chosen.batches), None)
    p99 = float(np.percentile(tracker.wall_ms, 99.0))
    print(f"\ntracker p99 {p99:.3f} ms, wanted {GOAL_P99_MS:g}: {'met' if p99 <= GOAL_P99_MS else 'missed'}")
    gained, count = python_growth(chosen.targets)
    print(f"Python memory gained over {count} batches: {gained} bytes")


if __name__ == "__main__":
    main()
