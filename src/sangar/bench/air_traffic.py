"""Generator of the common scenes: air targets that fly straight, turn and climb around one radar.

Whoever runs this with the same NumPy gets the same bits, so figures taken with other trackers on these scenes compare.
The order in which random numbers are drawn is therefore part of the format: do not change it.
"""

import json
from collections.abc import Iterator
from copy import copy
from typing import NamedTuple, NotRequired, TypedDict

import numpy as np
from jaxtyping import Float64, Int64
from numpy.typing import NDArray

from sangar.core.arrays import PositionsEnuM, Series

SEED = 20220103
SIGMA = {"az": 1.5e-3, "el": 1.5e-3, "r": 10.0, "rr": 1.0}
"""rad, rad, m, m/s"""
DETECTION_PROBABILITY = 0.9
PERIOD_S = 1.0
RADAR_RANGE_M = 40e3
BEAM_TOP_RAD = float(np.deg2rad(30.0))
LONG_SCENE_SCANS, SCENE_SCANS, LONG_SCENE_TARGETS = 120, 60, (10, 50, 100)


class SceneArrays(TypedDict):
    """A scene file's arrays; what they hold stands in `sangar.bench.scenes`.

    Attributes:
        det_truth: (M,) the target of each detection, -1 for clutter; never given to a tracker.
    """

    det: NDArray[np.float64]
    det_scan: NDArray[np.int32]
    det_truth: NotRequired[NDArray[np.int32]]
    truth: NDArray[np.float64]
    meta: str


class AirTraffic:
    """The targets: where they are, how they fly, and the dice."""

    def __init__(self, target_count: int, scan_count: int, seed: int) -> None:
        random = self.random = np.random.default_rng([seed, target_count])
        # 80 % are there from the start, the rest appear later; 10 % disappear before the end
        self.birth = np.where(
            random.random(target_count) < 0.8, 0, random.integers(1, int(scan_count * 0.6), target_count)
        )
        self.death = np.where(
            random.random(target_count) < 0.9,
            scan_count,
            np.minimum(scan_count, self.birth + random.integers(20, scan_count, target_count)),
        )
        range_m = 25e3 * np.sqrt(random.uniform((2 / 25) ** 2, 1, target_count))
        bearing_rad = random.uniform(-np.pi, np.pi, target_count)
        self.position_m = np.c_[
            range_m * np.cos(bearing_rad), range_m * np.sin(bearing_rad), random.uniform(150, 3000, target_count)
        ]
        self.speed_mps = random.uniform(30, 200, target_count)
        self.heading_rad = random.uniform(-np.pi, np.pi, target_count)
        self.climb_mps = np.zeros(target_count)
        self.turn_radps = np.zeros(target_count)
        self.segment_left_s = random.uniform(5, 25, target_count)

    def velocity_mps(self) -> PositionsEnuM:
        """(N, 3) velocities east, north, up."""
        velocity_mps: PositionsEnuM = np.c_[
            self.speed_mps * np.cos(self.heading_rad), self.speed_mps * np.sin(self.heading_rad), self.climb_mps
        ]
        return velocity_mps

    def living(self, scan: int) -> Int64[NDArray[np.int64], "K"]:
        """Numbers of the targets that are there at a scan."""
        return np.flatnonzero((self.birth <= scan) & (scan < self.death))

    def change_modes(self) -> None:
        """Let those whose segment is over begin another, before the next period is flown: on whole scans only."""
        self.segment_left_s -= PERIOD_S
        ended = self.segment_left_s <= 0
        if ended.any():
            self._begin_segments(ended)
        self.climb_mps = np.where((self.position_m[:, 2] < 120) & (self.climb_mps < 0), 0, self.climb_mps)

    def fly(self, duration_s: float) -> None:
        """Fly on within one period: straight lines and coordinated turns, exact."""
        turn = self.turn_radps
        chord_s = np.where(
            np.abs(turn) > 1e-9, 2 * np.sin(turn * duration_s / 2) / np.where(turn == 0, 1, turn), duration_s
        )
        course_rad = self.heading_rad + turn * duration_s / 2
        self.position_m = (
            self.position_m
            + np.c_[
                self.speed_mps * chord_s * np.cos(course_rad),
                self.speed_mps * chord_s * np.sin(course_rad),
                self.climb_mps * duration_s,
            ]
        )
        self.heading_rad = self.heading_rad + turn * duration_s

    def flown(self, duration_s: float) -> "AirTraffic":
        """The same targets so much later in the period, with the same dice; these stay where they are."""
        later = copy(self)
        later.fly(duration_s)
        return later

    def _begin_segments(self, ended: NDArray[np.bool_]) -> None:
        count, random = ended.sum(), self.random
        self.segment_left_s[ended] = random.uniform(8, 25, count)
        turns = random.random(count) < 0.4
        lateral_mps2 = random.uniform(2, 15, count)
        rate_radps = np.minimum(lateral_mps2 / self.speed_mps[ended], np.deg2rad(12))
        self.turn_radps[ended] = np.where(turns, np.sign(random.normal(size=count)) * rate_radps, 0)
        self.climb_mps[ended] = np.where(random.random(count) < 0.3, random.uniform(-5, 5, count), 0)


def polar(position_m: PositionsEnuM, velocity_mps: PositionsEnuM) -> Float64[NDArray[np.float64], "N 4"]:
    """(N, 4) true bearing atan2(north, east), elevation, range and range rate, seen from the origin."""
    range_m = np.linalg.norm(position_m, axis=1)
    range_rate_mps: Series = np.sum(position_m * velocity_mps, 1) / range_m
    seen: Float64[NDArray[np.float64], "N 4"] = np.c_[
        np.arctan2(position_m[:, 1], position_m[:, 0]), np.arcsin(position_m[:, 2] / range_m), range_m, range_rate_mps
    ]
    return seen


class Look(NamedTuple):
    """What one radar sees of the traffic in one scan.

    Attributes:
        plots: (M, 4) bearing, elevation, range, range rate in random order.
        origin: (M,) row of each plot's body among those that could be seen, -1 for clutter.
    """

    plots: Float64[NDArray[np.float64], "M 4"]
    origin: Int64[NDArray[np.int64], "M"]


def look_at(true_plots: Float64[NDArray[np.float64], "K 4"], clutter_mean: float, random: np.random.Generator) -> Look:
    """One scan of a radar to which K bodies are truly where `true_plots` says, as `polar` tells it."""
    seen = random.random(len(true_plots)) < DETECTION_PROBABILITY
    plots = true_plots[seen] + random.normal(size=(seen.sum(), 4)) * list(SIGMA.values())
    false_count = random.poisson(clutter_mean)
    clutter = np.c_[
        random.uniform(-np.pi, np.pi, false_count),
        random.uniform(0, BEAM_TOP_RAD, false_count),
        random.uniform(1e3, RADAR_RANGE_M, false_count),
        random.uniform(-200, 200, false_count),
    ]
    plots = np.r_[plots, clutter]
    plots[:, 0] = (plots[:, 0] + np.pi) % (2 * np.pi) - np.pi
    order = random.permutation(len(plots))
    return Look(plots[order], np.r_[np.flatnonzero(seen), np.full(false_count, -1)][order])


class Scan(NamedTuple):
    """One scan of the common scene's radar.

    Attributes:
        targets: (K,) who is there.
        truth: (K, 8) scan, target, position and velocity.
        plots: (M, 4) what the radar reports.
        origin: (M,) the target of each plot, -1 for clutter.
    """

    targets: Int64[NDArray[np.int64], "K"]
    truth: Float64[NDArray[np.float64], "K 8"]
    plots: Float64[NDArray[np.float64], "M 4"]
    origin: Int64[NDArray[np.int64], "M"]


def scan_count_of(target_count: int) -> int:
    """Scans of the common scene of so many targets: 120 for 10, 50 and 100, else 60."""
    return LONG_SCENE_SCANS if target_count in LONG_SCENE_TARGETS else SCENE_SCANS


def clutter_mean_of(target_count: int) -> float:
    """False detections per scan, Poisson."""
    return 20 + 0.2 * target_count


def watch(traffic: AirTraffic) -> Iterator[Scan]:
    """What the radar at the origin reports, scan by scan.

    Between two scans `traffic` has its modes of the coming period: whoever asks `traffic.flown` for another moment of
    it, without throwing its dice, changes nothing.
    """
    target_count = len(traffic.birth)
    for scan in range(scan_count_of(target_count)):
        targets = traffic.living(scan)
        position_m, velocity_mps = traffic.position_m[targets], traffic.velocity_mps()[targets]
        plots, rows = look_at(polar(position_m, velocity_mps), clutter_mean_of(target_count), traffic.random)
        truth = np.c_[np.full(len(targets), scan), targets, position_m, velocity_mps]
        traffic.change_modes()
        yield Scan(targets, truth, plots, np.where(rows < 0, -1, np.r_[targets, -1][rows]))
        traffic.fly(PERIOD_S)


def generate_air_traffic(target_count: int, seed: int = SEED) -> SceneArrays:
    """The arrays of the common scene of `target_count` targets; another seed gives another scene of the same kind."""
    scans = list(watch(AirTraffic(target_count, scan_count_of(target_count), seed)))
    numbers = np.repeat(np.arange(len(scans)), [len(scan.plots) for scan in scans])
    return SceneArrays(
        det=np.concatenate([scan.plots for scan in scans]),
        det_scan=numbers.astype(np.int32),
        det_truth=np.concatenate([scan.origin for scan in scans]).astype(np.int32),
        truth=np.concatenate([scan.truth for scan in scans]),
        meta=_meta(target_count, len(scans), clutter_mean_of(target_count), seed),
    )


def _meta(target_count: int, scan_count: int, clutter_mean: float, seed: int) -> str:
    return json.dumps(
        {
            "n": target_count,
            "scans": scan_count,
            "dt": PERIOD_S,
            "pd": DETECTION_PROBABILITY,
            "sigma": SIGMA,
            "clutter_mean": clutter_mean,
            "clutter_r": [1e3, RADAR_RANGE_M],
            "clutter_el": [0, BEAM_TOP_RAD],
            "clutter_rr": [-200, 200],
            "seed": seed,
        }
    )
