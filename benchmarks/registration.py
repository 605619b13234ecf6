"""Two radars that disagree, and targets that both see: are their biases found, and is the picture whole again?

    python benchmarks/registration.py [--seeds 20] [--duration 120]

Two staring radars, 10 km apart, look once a second, the second 0.4 s after the first; 20 targets of 40 to 220 m/s fly
and turn in a square of 16 km. Both radars: 15 m, 2 mrad, 3 mrad, 1 m/s (1 sigma), detection probability 0.9, two false
alarms a look. What each radar adds to the truth is stated with each case. The first radar's clock is said to be right
to 1 ms (satellite time); that fixes the one thing that common targets cannot tell, the time of all. All other biases
are said to be nothing known: 0 with 1 sigma of 50 m, 5 mrad, 5 mrad, 100 ms.

The yardstick is the same flights and the same noise without any bias, with nothing learnt.
"""

import argparse
import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from sangar.bench.sangar_tracker import picture_at
from sangar.core.detections import AZIMUTH, DETECTION, ELEVATION, RANGE, RANGE_RATE
from sangar.core.registration import TIME_BIAS
from sangar.pipeline.pipeline import Pipeline
from sangar.pipeline.ports import Batch
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings
from sangar.tracking.metrics.scoring import LabelledPositions, score_tracks

TARGETS = 20
LARGEST_TURN_MPS2 = 9.8
PERIOD_S = 1.0
SECOND_LOOKS_AFTER_S = 0.4
DETECTED = 0.9
FALSE_ALARMS = 2.0
REACH_M = 30_000.0
SIGMA = np.array([15.0, 0.002, 0.003, 1.0])
SETTLED_S = 60.0
CUTOFF_M = 200.0
NORMAL_QUANTILE_95 = 1.96
GOAL_SHARE = 0.2
QUANTITIES = (("range m", 1.0), ("azimuth mrad", 1e3), ("elevation mrad", 1e3), ("time ms", 1e3))

Biases = Float64[NDArray[np.float64], "2 4"]

SITE = """\
[site]
name = "Two radars"
latitude_deg = 40.0
longitude_deg = 0.0
{policy}
[[sensor]]
id = "west"
kind = "radar"
east_m = -4000.0
north_m = -3000.0
up_m = 10.0
{common}
[sensor.bias]
time_sigma_s = 0.001
{bias}

[[sensor]]
id = "east"
kind = "radar"
east_m = 4000.0
north_m = 3000.0
up_m = 20.0
{common}
[sensor.bias]
{bias}
"""

COMMON = """\
accuracy = { range_m = 15.0, azimuth_deg = 0.114592, elevation_deg = 0.171887, range_rate_mps = 1.0 }

[sensor.coverage]
min_range_m = 0.0
max_range_m = 30000.0
min_elevation_deg = -5.0
max_elevation_deg = 90.0
detection_probability = 0.9
false_alarms_per_scan = 2.0
"""

BIAS = """\
range_sigma_m = 50.0
azimuth_sigma_deg = 0.286479
elevation_sigma_deg = 0.286479
"""


class Case(NamedTuple):
    """One disagreement.

    Attributes:
        name: how the table calls it.
        biases: of both radars: range m, azimuth rad, elevation rad, time s.
        sky: where the targets fly: "all round", "one side" or "apart" (each radar sees its own half only).
    """

    name: str
    biases: Biases
    sky: str = "all round"


NOTHING = np.zeros((2, 4))
CASES = (
    Case("east +40 m +3 mrad +3 mrad +80 ms", np.array([[0.0] * 4, [40.0, 0.003, 0.003, 0.08]])),
    Case(
        "west -40 m -3 mrad, east +40 m +3 mrad +80 ms", np.array([[-40.0, -0.003, 0.0, 0.0], [40.0, 0.003, 0.0, 0.08]])
    ),
    Case("both +40 m +3 mrad, east +80 ms", np.array([[40.0, 0.003, 0.0, 0.0], [40.0, 0.003, 0.0, 0.08]])),
    Case("targets to one side", np.array([[0.0] * 4, [40.0, 0.003, 0.003, 0.08]]), "one side"),
    Case("no common target", np.array([[0.0] * 4, [40.0, 0.003, 0.003, 0.08]]), "apart"),
)


class Flights(NamedTuple):
    """Turning flight at constant height: where everybody is at any time.

    Attributes:
        centre_m: (T, 3) of each circle. radius_m: (T,), signed: positive turns left. speed_mps, phase_rad: (T,).
    """

    centre_m: Float64[NDArray[np.float64], "T 3"]
    radius_m: Float64[NDArray[np.float64], "T"]
    speed_mps: Float64[NDArray[np.float64], "T"]
    phase_rad: Float64[NDArray[np.float64], "T"]

    def states_at(self, time_s: float) -> Float64[NDArray[np.float64], "T 6"]:
        """Positions and velocities, site ENU."""
        angle = self.phase_rad + self.speed_mps / self.radius_m * time_s
        around = np.column_stack([np.cos(angle), np.sin(angle), np.zeros_like(angle)])
        along = np.column_stack([-np.sin(angle), np.cos(angle), np.zeros_like(angle)])
        states: Float64[NDArray[np.float64], "T 6"] = np.hstack(
            [self.centre_m + self.radius_m[:, None] * around, self.speed_mps[:, None] * along]
        )
        return states


def flights(random: np.random.Generator, sky: str) -> Flights:
    """Twenty flights; half of them nearly straight, half turning with up to 1 g."""
    speed_mps = random.uniform(40.0, 220.0, TARGETS)
    turn_mps2 = np.where(np.arange(TARGETS) % 2 == 0, random.uniform(1.0, LARGEST_TURN_MPS2, TARGETS), 0.05)
    radius_m = speed_mps**2 / turn_mps2 * random.choice([-1.0, 1.0], TARGETS)
    box = {"all round": ((-8e3, 8e3), (-8e3, 8e3)), "one side": ((-1e3, 1e3), (14e3, 18e3))}
    east, north = box.get(sky, ((-8e3, 8e3), (-8e3, 8e3)))
    start_m = np.column_stack(
        [random.uniform(*east, TARGETS), random.uniform(*north, TARGETS), random.uniform(200.0, 3000.0, TARGETS)]
    )
    phase_rad = random.uniform(-np.pi, np.pi, TARGETS)
    outward = np.column_stack([np.cos(phase_rad), np.sin(phase_rad), np.zeros(TARGETS)])
    return Flights(start_m - radius_m[:, None] * outward, radius_m, speed_mps, phase_rad)


def two_radars(learns: bool) -> Site:
    """The site, with online registration or without."""
    policy = "" if learns else "[policy.registration]\nlearns = false\n"
    return parse_settings(SITE.format(policy=policy, common=COMMON, bias=BIAS), Site, "benchmark")


def looks(site: Site, case: Case, biases: Biases, seed: int, duration_s: float) -> list[Batch]:
    """What both radars report, in the order of their looks; the noise does not depend on the biases."""
    random = np.random.default_rng(seed)
    flown = flights(random, case.sky)
    batches = []
    for number in range(2 * int(duration_s / PERIOD_S)):
        sensor = number % 2
        time_s = (number // 2) * PERIOD_S + sensor * SECOND_LOOKS_AFTER_S
        states = flown.states_at(time_s)
        if case.sky == "apart":
            states = states[sensor::2]
        plots = _plots(states, site.sensors[sensor].position_m(site.frame), _axes(site, sensor), random)
        plots[:, :3] += biases[sensor, :3]
        batches.append(_batch(time_s + biases[sensor, TIME_BIAS], sensor, plots, 1000 * number))
    return sorted(batches, key=lambda batch: batch.time_s)


def _axes(site: Site, sensor: int) -> Float64[NDArray[np.float64], "3 3"]:
    latitude_deg, longitude_deg, _ = site.frame.geodetic_from_enu(site.sensors[sensor].position_m(site.frame)[None])[0]
    return site.frame.local_from_site_rotation(float(latitude_deg), float(longitude_deg))


def _plots(
    states: NDArray[np.float64],
    position_m: NDArray[np.float64],
    axes: NDArray[np.float64],
    random: np.random.Generator,
) -> Float64[NDArray[np.float64], "N 4"]:
    """Range, azimuth, elevation, range rate of who was detected, and of false alarms."""
    local = (states[:, :3] - position_m) @ axes.T
    range_m = np.linalg.norm(local, axis=1)
    exact = np.column_stack(
        [
            range_m,
            np.arctan2(local[:, 0], local[:, 1]),
            np.arcsin(local[:, 2] / range_m),
            np.sum(local * (states[:, 3:] @ axes.T), axis=1) / range_m,
        ]
    )
    noisy = exact + SIGMA * random.normal(size=exact.shape)
    false = random.uniform([500, -np.pi, 0.0, -200], [REACH_M, np.pi, 0.5, 200], (random.poisson(FALSE_ALARMS), 4))
    return np.vstack([noisy[random.random(len(noisy)) < DETECTED], false])


def _batch(time_s: float, sensor: int, plots: NDArray[np.float64], row: int) -> Batch:
    records = np.zeros(len(plots), DETECTION)
    records["row"], records["time_s"] = row + np.arange(len(plots)), time_s
    for name in ("measured", "sigma", "snr_db", "rcs_dbsm"):
        records[name] = np.nan
    columns = [RANGE, AZIMUTH, ELEVATION, RANGE_RATE]
    records["measured"][:, columns], records["sigma"][:, columns] = plots, SIGMA
    return Batch(time_s, sensor, records)


class Run(NamedTuple):
    """What came of one run.

    Attributes:
        estimate: (2, 4) of both radars at `SETTLED_S`. sigma: (2, 4), as stated by the estimate itself.
        relative: (4,) east's estimate minus west's. relative_sigma: (4,).
        gospa_m: mean from `SETTLED_S` on. gospa_whole_m: mean over the whole run.
        tracks: distinct confirmed tracks over the whole run.
        pairs: comparisons used up to `SETTLED_S`. refused: and refused.
    """

    estimate: Biases
    sigma: Biases
    relative: Float64[NDArray[np.float64], "4"]
    relative_sigma: Float64[NDArray[np.float64], "4"]
    gospa_m: float
    gospa_whole_m: float
    tracks: int
    pairs: int
    refused: int


def run(case: Case, biases: Biases, seed: int, duration_s: float, learns: bool) -> Run:
    """Track one scene and score the picture at every whole second."""
    site = two_radars(learns)
    pipeline, flown = (
        Pipeline(site, track_capacity=256, wants_rows=False),
        flights(np.random.default_rng(seed), case.sky),
    )
    table = pipeline.world.registration
    estimates, truths, found = [], [], None
    moments = iter(np.arange(1.0, duration_s))
    moment_s = next(moments)
    for batch in looks(site, case, biases, seed, duration_s):
        while batch.time_s > moment_s:
            estimates.append(picture_at(pipeline.world.tracks, moment_s))
            truths.append(LabelledPositions(np.arange(TARGETS), flown.states_at(moment_s)[:, :3].copy()))
            if moment_s == SETTLED_S:
                found = (table.sensors.copy(), table.covariance.copy())
            moment_s = next(moments, math.inf)
        pipeline.step(batch)
    assert found is not None
    registered, covariance = found
    difference = np.hstack([-np.eye(4), np.eye(4)])
    settled = score_tracks(estimates, truths, int(SETTLED_S), CUTOFF_M)
    whole = score_tracks(estimates, truths, 5, CUTOFF_M)
    return Run(
        registered["estimate"].copy(),
        registered["sigma"].copy(),
        registered["estimate"][1] - registered["estimate"][0],
        np.sqrt(np.diag(difference @ covariance @ difference.T)),
        settled.gospa_mean_m,
        whole.gospa_mean_m,
        whole.distinct_confirmed,
        int(registered["pairs"][0]),
        int(registered["refused"][0]),
    )


def interval(values: list[float]) -> str:
    """Mean with its 95 % interval."""
    half = NORMAL_QUANTILE_95 * np.std(values, ddof=1) / math.sqrt(len(values)) if len(values) > 1 else math.nan
    return f"{np.mean(values):8.2f} ± {half:.2f}"


def bias_lines(case: Case, runs: list[Run]) -> list[str]:
    """What was found after a minute against what was put in, radar by radar and east against west."""
    rows = [
        ("west", case.biases[0], [run.estimate[0] for run in runs], [run.sigma[0] for run in runs]),
        ("east", case.biases[1], [run.estimate[1] for run in runs], [run.sigma[1] for run in runs]),
        ("east - west", case.biases[1] - case.biases[0], [r.relative for r in runs], [r.relative_sigma for r in runs]),
    ]
    lines = []
    for name, true, found, stated in rows:
        for place, (quantity, factor) in enumerate(QUANTITIES):
            errors = factor * (np.array(found)[:, place] - true[place])
            sigma = factor * np.array(stated)[:, place]
            within = np.abs(errors) <= GOAL_SHARE * abs(factor * true[place]) if true[place] else None
            lines.append(
                f"  {name:<12}{quantity:<16}{factor * true[place]:>7.1f}"
                f"{interval(list(errors + factor * true[place])):>18}{np.sqrt(np.mean(errors**2)):>9.2f}"
                f"{np.mean(sigma):>9.2f}{np.sqrt(np.mean((errors / sigma) ** 2)):>9.2f}"
                + ("" if within is None else f"{int(within.sum()):>8} of {len(runs)}")
            )
    return lines


def report(case: Case, seeds: int, duration_s: float) -> str:
    """The table of one case."""
    ideal = [run(case, NOTHING, seed, duration_s, learns=False) for seed in range(seeds)]
    untouched = [run(case, NOTHING, seed, duration_s, learns=True) for seed in range(seeds)]
    biased = [run(case, case.biases, seed, duration_s, learns=False) for seed in range(seeds)]
    learnt = [run(case, case.biases, seed, duration_s, learns=True) for seed in range(seeds)]
    pairs, refused = np.mean([r.pairs for r in learnt]), np.mean([r.refused for r in learnt])
    columns = f"{'true':>5}{'found':>18}{'rms err':>9}{'stated':>9}{'err/std':>9}"
    ratios = f"{'from 60 s':>18}{'ratio':>17}{'whole run':>18}{'ratio':>17}"
    lines = [
        f"{case.name}: n = {seeds} runs of {duration_s:.0f} s; {pairs:.0f} comparisons a minute, {refused:.1f} refused",
        f"  after {SETTLED_S:.0f} s{'':<20}{columns}  within 20 %",
        *bias_lines(case, learnt),
        f"  {'GOSPA in m, against without bias':<40}{ratios}   tracks",
    ]
    for name, runs in (
        ("without bias, nothing learnt", ideal),
        ("without bias, learning", untouched),
        ("biased, nothing learnt", biased),
        ("biased, learning", learnt),
    ):
        late = [r.gospa_m / i.gospa_m for r, i in zip(runs, ideal, strict=True)]
        whole = [r.gospa_whole_m / i.gospa_whole_m for r, i in zip(runs, ideal, strict=True)]
        lines.append(
            f"  {name:<40}{interval([r.gospa_m for r in runs]):>18}{interval(late):>17}"
            f"{interval([r.gospa_whole_m for r in runs]):>18}{interval(whole):>17}"
            f"{np.mean([r.tracks for r in runs]):>9.1f}"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20, help="runs of each case")
    parser.add_argument("--duration", type=float, default=120.0, help="seconds of each run")
    parser.add_argument("--case", type=int, action="append", help="only this case, from 0; repeatable")
    arguments = parser.parse_args()
    for number in arguments.case or range(len(CASES)):
        print(report(CASES[number], arguments.seeds, arguments.duration))


if __name__ == "__main__":
    main()
