"""Fuse another tracker's tracks with our own, in the ways that go wrong, and see how sure the result may be.

    python benchmarks/fusion.py [--runs 20] [--seed 1]

Twenty bodies fly for 90 s in view of our radar (a turn every 4 s, 6 mrad). Another tracker, a second Sangar, sends its
tracks: a radar of its own 15 km away (every second, 8 mrad) feeds it; or that and our radar's plots too; or it has
nothing but what we send it, and sends that back; or both systems feed each other. Bodies manoeuvre with exactly the
noise the trackers assume, so a consistent estimate has a NEES (normalised estimation error squared) of 6.

`alone` leaves the reports out; `naive` takes each for an independent position measurement, with the accuracy it states;
`sangar` fuses them as tracks.
"""

import argparse
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.detections import AZIMUTH, DETECTION, EAST, ELEVATION, NORTH, RANGE, UP
from sangar.core.sensors import allocate_sensors
from sangar.core.targets import SensorKind, TrackStatus
from sangar.core.tracks import HIGH_WATER, STATE_SIZE
from sangar.tracking.outgoing import reports_for
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker

BODIES, DURATION_S, SETTLED_S, EVERY_S = 20, 90, 30, 6
SETTINGS = TrackingSettings(steady_noise_m2ps3=0.5, manoeuvre_noise_m2ps3=0.5)
RADAR_A, RADAR_B, OTHER = 0, 1, 2
SIGMA = {RADAR_A: (15.0, 0.006, 0.006), RADAR_B: (20.0, 0.008, 0.008)}
PLACE_M = {RADAR_A: (0.0, 0.0, 0.0), RADAR_B: (15_000.0, 0.0, 0.0)}
PERIOD_S = {RADAR_A: 4, RADAR_B: 1}
LOWER = np.tril_indices(STATE_SIZE)

SCENES = {
    "own radar": (RADAR_B,),
    "own radar and ours": (RADAR_A, RADAR_B),
    "only what we send": (),
    "own radar, and fed by us": (RADAR_B,),
}
"""What feeds the other tracker besides our reports."""

FED_BY_US = ("only what we send", "own radar, and fed by us")


class Score(NamedTuple):
    """Errors of one run: mean squared position error in m², mean NEES, share of bodies with a track."""

    position_m2: float
    nees_ratio: float
    tracked_share: float


def sensor_table(is_naive: bool, hears_us: bool) -> NDArray[np.void]:
    """Radar A, radar B and the other tracker, as either system knows them."""
    sensors = allocate_sensors(3)
    for radar in (RADAR_A, RADAR_B):
        sensors[radar]["position_m"], sensors[radar]["period_s"] = PLACE_M[radar], PERIOD_S[radar]
        sensors[radar]["detection_probability"] = 0.95
    sensors[OTHER]["kind"] = SensorKind.COOPERATIVE if is_naive else SensorKind.TRACKER
    sensors[OTHER]["detection_probability"], sensors[OTHER]["hears_us"] = 0.95, hears_us
    sensors[OTHER]["period_s"] = PERIOD_S[RADAR_A]
    return sensors


def moved(states: NDArray[np.float64], generator: np.random.Generator) -> NDArray[np.float64]:
    """The bodies a second later, shaken as the trackers assume."""
    block = np.linalg.cholesky(np.array([[1.0 / 3.0, 0.5], [0.5, 1.0]]))
    shaken = np.einsum("ij,bjk->bik", block, generator.normal(size=(len(states), 2, 3)))
    shaken *= np.sqrt(SETTINGS.steady_noise_m2ps3 * np.array([1.0, 1.0, SETTINGS.vertical_noise_ratio]))
    later: NDArray[np.float64] = states + np.hstack([states[:, 3:] + shaken[:, 0], shaken[:, 1]])
    return later


def plots(states: NDArray[np.float64], radar: int, time_s: float, generator: np.random.Generator) -> NDArray[np.void]:
    """What a radar sees of the bodies."""
    east, north, up = (states[:, :3] - PLACE_M[radar]).T
    ground = np.hypot(east, north)
    exact = np.column_stack([np.hypot(ground, up), np.arctan2(east, north), np.arctan2(up, ground)])
    seen = np.zeros(len(states), DETECTION)
    seen["time_s"], seen["measured"], seen["sigma"], seen["snr_db"] = time_s, np.nan, 1.0, 20.0
    seen["measured"][:, [RANGE, AZIMUTH, ELEVATION]] = exact + generator.normal(size=exact.shape) * SIGMA[radar]
    seen["sigma"][:, [RANGE, AZIMUTH, ELEVATION]] = SIGMA[radar]
    return seen


def as_positions(reports: NDArray[np.void]) -> NDArray[np.void]:
    """Reports taken for independent position measurements."""
    places = np.zeros(len(reports), DETECTION)
    places["time_s"], places["measured"], places["sigma"], places["snr_db"] = reports["time_s"], np.nan, 1.0, 20.0
    places["measured"][:, [EAST, NORTH, UP]] = reports["mean"][:, :3]
    places["sigma"][:, [EAST, NORTH, UP]] = np.sqrt(reports["covariance"][:, [0, 2, 5]])
    return places


def give(tracker: Tracker, time_s: float, reports: NDArray[np.void], method: str) -> None:
    """Hand one system's reports to the other."""
    if method == "sangar":
        tracker.fuse(time_s, OTHER, reports)
    elif method == "naive":
        fresh = reports[reports["time_s"] >= time_s - 0.5]
        tracker.process(time_s, OTHER, as_positions(fresh))


def errors(tracker: Tracker, states: NDArray[np.float64], time_s: float) -> list[tuple[float, float]]:
    """(Squared position error, NEES) of the confirmed track nearest to each body, where there is one within 2 km."""
    rows = tracker.tracks.rows[: tracker.tracks.counters[HIGH_WATER]]
    rows = rows[rows["status"] >= TrackStatus.CONFIRMED]
    found = []
    for state in states if len(rows) else ():
        row = rows[np.argmin(np.linalg.norm(rows["mean"][:, :3] - state[:3], axis=1))]
        error = state - row["mean"]
        if np.linalg.norm(error[:3]) > 2000.0 or abs(row["time_s"] - time_s) > 0.5:
            continue
        covariance = np.zeros((STATE_SIZE, STATE_SIZE))
        covariance[LOWER] = row["covariance"]
        covariance += np.tril(covariance, -1).T
        found.append((float(error[:3] @ error[:3]), float(error @ np.linalg.solve(covariance, error))))
    return found


def run(scene: str, method: str, seed: int) -> Score:
    """One run of one scene with one way of fusing."""
    generator, fed_by_us = np.random.default_rng(seed), scene in FED_BY_US
    ours = Tracker(sensor_table(method == "naive", fed_by_us), SETTINGS, track_capacity=128, batch_capacity=128)
    theirs = Tracker(sensor_table(method == "naive", fed_by_us), SETTINGS, track_capacity=128, batch_capacity=128)
    states = np.column_stack(
        [
            3000.0 * (np.arange(BODIES) % 5) - 1000.0,
            3000.0 * (np.arange(BODIES) // 5) + 8000.0,
            generator.uniform(1500.0, 2500.0, BODIES),
            generator.normal(0.0, 40.0, (BODIES, 2)),
            np.zeros(BODIES),
        ]
    )
    collected: list[tuple[float, float]] = []
    looked = 0
    for second in range(DURATION_S):
        time_s = float(second)
        seen = {radar: plots(states, radar, time_s, generator) for radar in (RADAR_A, RADAR_B)}
        due = [radar for radar in (RADAR_A, RADAR_B) if second % PERIOD_S[radar] == 0]
        if RADAR_A in due:
            ours.process(time_s, RADAR_A, seen[RADAR_A])
        for radar in due:
            if radar in SCENES[scene]:
                theirs.process(time_s, radar, seen[radar])
        if fed_by_us and method != "alone":
            give(theirs, time_s, reports_for(ours.tracks), method)
        give(ours, time_s, reports_for(theirs.tracks), method)  # a careless one: our own tracks come back too
        if second >= SETTLED_S and second % PERIOD_S[RADAR_A] == 0:
            collected += errors(ours, states, time_s)
            looked += BODIES
        states = moved(states, generator)
    if not collected:
        return Score(float("nan"), float("nan"), 0.0)
    squares = np.array(collected)
    return Score(float(squares[:, 0].mean()), float(squares[:, 1].mean()), len(collected) / looked)


def interval(values: NDArray[np.float64], statistic: Callable[[NDArray[np.float64]], float], seed: int) -> str:
    """A statistic of independent runs with its 95 % bootstrap interval."""
    generator = np.random.default_rng(seed)
    drawn = [statistic(generator.choice(values, len(values))) for _ in range(1000)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return f"{statistic(values):9.2f} [{low:8.2f}, {high:8.2f}]"


def root_mean(squares: NDArray[np.float64]) -> float:
    """Root of the mean."""
    return float(np.sqrt(squares.mean()))


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(f"{asked.runs} runs of {BODIES} bodies; position RMSE and NEES with 95 % intervals over the runs")
    for scene in SCENES:
        print(f"the other tracker has: {scene}")
        for method in ("alone", "naive", "sangar"):
            scores = np.array([run(scene, method, asked.seed + k) for k in range(asked.runs)])
            line = f"  {method:7} RMSE {interval(scores[:, 0], root_mean, asked.seed)} m   NEES "
            line += interval(scores[:, 1], lambda values: float(values.mean()), asked.seed)
            print(f"{line}   tracked {scores[:, 2].mean():.3f}", flush=True)


if __name__ == "__main__":
    main()
