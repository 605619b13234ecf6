"""Deliver some of a radar's reports late, out of order and twice, and measure what that costs.

    python -m benchmarks.late_reports [--targets 100] [--seeds 3] [--orders 5] [--radars 1 2 3] [--together]

The common scenes (sangar.bench.scenes), watched by one radar or by several (benchmarks.radar_network), each of which
looks once a second: in turn, or `--together` all at the same times. Of every hundred reports of each radar ten come 2
to 5 s late, one by one and in any order among the looks; five come a second time, up to 5 s later. After every scan of
the first radar the confirmed tracks are scored against the truth of that scan, in the same way for the same reports:

* in order: every report comes with its look;
* late: as above;
* lost: what is late never comes; so does a tracker that wastes late reports;
* replay: after every scan all that has come by then is tracked anew, in order, from the beginning: the most that can be
  made of the reports by a tracker that knows nothing of lateness (one that does waits for what is under way). Its track
  numbers do not last, so it has no switches.

Each is scored twice: the picture of now, and the picture of five seconds ago as it is known now, when all that was late
has come (`Tracker.past`), against the truth of then.
"""

import argparse
import math
from collections.abc import Callable
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

from benchmarks.radar_network import PLACES_M, Look, WatchedScene, watched_scene
from sangar.bench.air_traffic import PERIOD_S, SEED
from sangar.bench.sangar_tracker import picture_at
from sangar.bench.scenes import Scene
from sangar.core.tracks import DUPLICATE_COUNT
from sangar.tracking.metrics.scoring import LabelledPositions, TrackingScore, score_tracks
from sangar.tracking.tracker import Tracker

LATE_SHARE, REPEATED_SHARE = 0.10, 0.05
LATE_S = (2.0, 5.0)
SKIPPED_SCANS = 5
GOAL_RATIO = 1.05
PAST_S = 5.0
IN_ORDER, LATE, LOST, REPLAY = KINDS = ("in order", "late", "lost", "replay")
NOW, PAST = READINGS = ("of now", "of 5 s ago")


class Delivery(NamedTuple):
    """What comes with one look and before the next.

    Attributes:
        timely: what comes of the look itself.
        stragglers: single reports of earlier looks that come after it, in order of arrival.
    """

    timely: Look
    stragglers: list[Look]


class Pictures(NamedTuple):
    """What is told after every scan.

    Attributes:
        now: the confirmed tracks at the time of each scan.
        past: where they were `PAST_S` before; of the first such scan first.
    """

    now: list[LabelledPositions]
    past: list[LabelledPositions]

    def add(self, tracker: Tracker, time_s: float) -> None:
        """Take down what a tracker tells after the scan of `time_s`."""
        self.now.append(picture_at(tracker.tracks, time_s))
        if time_s >= PAST_S:
            self.past.append(LabelledPositions(*tracker.past(time_s - PAST_S)))

    def scores(self, scene: Scene) -> dict[str, TrackingScore]:
        """Both readings against the truth."""
        return {
            NOW: score_tracks(self.now, scene.truths, SKIPPED_SCANS),
            PAST: score_tracks(self.past, scene.truths[: len(self.past)], SKIPPED_SCANS),
        }


class Run(NamedTuple):
    """One scene under one order of delivery.

    Attributes:
        scores: by kind and reading.
        late_reports, repeats, repeats_known: how many came late, how many twice, and how many of these were recognised.
    """

    scores: dict[str, dict[str, TrackingScore]]
    late_reports: int
    repeats: int
    repeats_known: int

    def ratio(self, kind: str, other: str, reading: str) -> float:
        """GOSPA of one kind over that of another."""
        return self.scores[kind][reading].gospa_mean_m / self.scores[other][reading].gospa_mean_m


def late_delivery(looks: list[Look], random: np.random.Generator) -> list[Delivery]:
    """Some reports of every look late and alone, some of them twice; one delivery to each look."""
    look_s = np.array([look.time_s for look in looks])
    arrivals: list[list[tuple[float, Look]]] = [[] for _ in looks]
    timely = []
    for look in looks:
        records, count = look.records, len(look.records)
        is_late = random.random(count) < LATE_SHARE
        delay_s = np.where(is_late, random.uniform(*LATE_S, count), 0.0)
        again_s = np.where(random.random(count) < REPEATED_SHARE, random.uniform(0.0, LATE_S[1], count), -1)
        timely.append(look._replace(records=random.permutation(records[~is_late])))
        for row in range(count):
            for after_s in (delay_s[row], delay_s[row] + again_s[row] if again_s[row] >= 0.0 else 0.0):
                arrival_s = look.time_s + after_s
                after = int(np.searchsorted(look_s, arrival_s, side="right")) - 1
                if after_s > 0.0 and arrival_s < look_s[-1] + PERIOD_S:
                    arrivals[after].append((arrival_s, look._replace(records=records[row : row + 1].copy())))
    in_turn = [[look for _, look in sorted(found, key=lambda one: one[0])] for found in arrivals]
    return [Delivery(first, rest) for first, rest in zip(timely, in_turn, strict=True)]


def replay(watched: WatchedScene, deliveries: list[Delivery]) -> Pictures:
    """The confirmed tracks after every scan, each time from all that has come by then, in order."""
    place = {(look.time_s, look.sensor): number for number, look in enumerate(watched.looks)}
    come: list[list[NDArray[np.void]]] = [[] for _ in deliveries]
    pictures = Pictures([], [])
    for number, delivery in enumerate(deliveries):
        come[number].append(delivery.timely.records)
        if watched.is_drawn_after(number):
            tracker = watched.tracker()
            for look, records in zip(watched.looks[: number + 1], come, strict=False):
                tracker.process(look.time_s, look.sensor, np.concatenate(records))
            pictures.add(tracker, watched.looks[number].time_s)
        for straggler in delivery.stragglers:
            come[place[straggler.time_s, straggler.sensor]].append(straggler.records)
    return pictures


def track(watched: WatchedScene, deliveries: list[Delivery]) -> tuple[Pictures, Tracker]:
    """The confirmed tracks after every scan."""
    tracker, pictures = watched.tracker(), Pictures([], [])
    for number, delivery in enumerate(deliveries):
        tracker.process(*delivery.timely)
        if watched.is_drawn_after(number):
            pictures.add(tracker, delivery.timely.time_s)
        for straggler in delivery.stragglers:
            tracker.process(*straggler)
    return pictures, tracker


def run_scene(watched: WatchedScene, order_seed: int) -> Run:
    """Score one scene under one order of delivery."""
    looks = watched.looks
    deliveries = late_delivery(looks, np.random.default_rng([order_seed, watched.scene.meta.target_count]))
    late_count = sum(len(look.records) for look in looks) - sum(len(each.timely.records) for each in deliveries)
    in_order, _ = track(watched, [Delivery(look, []) for look in looks])
    late, tracker = track(watched, deliveries)
    lost, _ = track(watched, [Delivery(delivery.timely, []) for delivery in deliveries])
    told = (in_order, late, lost, replay(watched, deliveries))
    scores = {kind: pictures.scores(watched.scene) for kind, pictures in zip(KINDS, told, strict=True)}
    return Run(scores, late_count, _repeats(deliveries), int(tracker.tracks.counters[DUPLICATE_COUNT]))


def _repeats(deliveries: list[Delivery]) -> int:
    """Reports that were delivered a second time."""
    rows = np.concatenate([look.records["row"] for each in deliveries for look in (each.timely, *each.stragglers)])
    return len(rows) - len(np.unique(rows))


def with_interval(values: list[float]) -> str:
    """Mean with its 95 % interval (Student's t over the runs)."""
    mean, count = float(np.mean(values)), len(values)
    half = math.nan if count < 2 else float(student_t.ppf(0.975, count - 1) * np.std(values, ddof=1) / math.sqrt(count))
    return f"{mean:.4f}  [{mean - half:.4f}, {mean + half:.4f}]  n = {count}"


PARTS: list[tuple[str, Callable[[TrackingScore], float], str]] = [
    ("GOSPA, m", lambda score: score.gospa_mean_m, "10.2f"),
    ("   localisation rms, m", lambda score: score.localisation_rms_m, "10.2f"),
    ("   missed fraction", lambda score: score.missed_fraction, "10.4f"),
    ("   false per scan", lambda score: score.false_per_scan, "10.3f"),
    ("identity switches", lambda score: score.identity_switches, "10.1f"),
    ("confirmed track numbers", lambda score: score.distinct_confirmed, "10.1f"),
]


def report_reading(reading: str, runs: list[Run]) -> list[str]:
    """The figures of one reading in a table, with what is wanted."""
    lines = [f"the picture {reading:<14}" + "".join(f"{kind:>10}" for kind in KINDS)]
    for name, part, form in PARTS:
        means = [float(np.mean([part(run.scores[kind][reading]) for run in runs])) for kind in KINDS]
        lines.append(f"{name:<26}" + "".join(f"{mean:{form}}" for mean in means))
    for kind, other in ((LATE, IN_ORDER), (LOST, IN_ORDER), (REPLAY, IN_ORDER), (LATE, REPLAY)):
        wanted = f"   wanted <= {GOAL_RATIO}" if kind == LATE else ""
        ratios = [run.ratio(kind, other, reading) for run in runs]
        lines.append(f"{f'GOSPA {kind} / {other}':<26}{with_interval(ratios)}{wanted}")
    return lines


def report(title: str, runs: list[Run]) -> str:
    """All figures of the scenes of one kind."""
    now = [run.scores for run in runs]
    more = [float(s[LATE][NOW].identity_switches - s[IN_ORDER][NOW].identity_switches) for s in now]
    past = [run.scores[LATE][PAST].gospa_mean_m / run.scores[IN_ORDER][NOW].gospa_mean_m for run in runs]
    lines = [
        f"{title}, {len(runs)} runs",
        f"{'late reports':<26}{sum(run.late_reports for run in runs)}",
        f"{'repeats, recognised':<26}{sum(r.repeats for r in runs)}, {sum(r.repeats_known for r in runs)}",
        "",
        *report_reading(NOW, runs),
        f"{'switches late - in order':<26}{with_interval(more)}",
        "",
        *report_reading(PAST, runs),
        f"{'late past / in order now':<26}{with_interval(past)}",
    ]
    return "\n".join(lines)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--targets", type=int, nargs="+", default=[100], help="sizes of the scenes")
    parser.add_argument(
        "--seeds", type=int, default=3, help="how many scenes of each size; the first is the common one"
    )
    parser.add_argument("--orders", type=int, default=5, help="how many orders of delivery of each scene")
    parser.add_argument("--radars", type=int, nargs="+", default=[1], choices=range(1, len(PLACES_M) + 1))
    parser.add_argument("--together", action="store_true", help="the radars look at the same times, not in turn")
    arguments = parser.parse_args()
    for target_count, radars in product(arguments.targets, arguments.radars):
        seeds = range(SEED, SEED + arguments.seeds)
        scenes = [watched_scene(target_count, seed, radars, not arguments.together) for seed in seeds]
        runs = [run_scene(scene, order) for scene in scenes for order in range(arguments.orders)]
        print(report(f"{target_count} targets, {radars} radars", runs), end="\n\n")


if __name__ == "__main__":
    main()
