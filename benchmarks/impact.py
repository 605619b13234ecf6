"""Where simulated shots will strike: error of the predicted impact, and what its ellipse holds, against age of track.

    python -m benchmarks.impact [--shots 40] [--seed 20000]

Mortar bombs and rockets of `benchmarks/shots.py` (a model of flight that is not the tracker's: wind, a rise of drag at
the speed of sound, air of other density, motors that burn, drift only of what spins), each alone, before

- one surveillance radar as the site file assumes it: a look a second, 10 m, 0.5 degrees, 1 m/s;
- two better ones 2 km apart: a look a second each, 8 m, 0.3 degrees, 0.7 m/s;
- a tracking radar of 20 looks a second, 10 m and 0.05 degrees, whose errors are alike for 0.25 s (a first-order Markov
  process); its site file says so, and the same is run with a file that does not.

The prediction in force some seconds after the first detection is compared with the true impact. Medians with their 95 %
interval (order statistics); a shot without a prediction counts as infinitely wrong. The predictions of one shot share
their errors, so the interval of what the ellipse holds is that of shots drawn again.
"""

import argparse
import math
from collections.abc import Iterator
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from rich.progress import track as with_progress

from benchmarks.shots import MUNITIONS, STEP_S, Shot, bodies_of, draw_order, fly, scenario_of
from sangar.core.detections import AZIMUTH, DETECTION, ELEVATION, NO_CLASS, RANGE
from sangar.pipeline.pipeline import Pipeline
from sangar.pipeline.ports import Batch
from sangar.scenario.sensor_parts import Accuracy, Coverage
from sangar.scenario.sensors import Sensor
from sangar.scenario.site import Reference, Site
from sangar.simulation.raid import Raid

AGES_S = (2.0, 3.0, 4.0, 5.0, 8.0, 12.0, 16.0, 20.0)
HELD_FROM_S = 2.0
AIM_SIGMA_M = 500.0
START_S = 2.0
ALIKE_S, LOOK_S = 0.25, 0.05
TRACKING_SIGMA = {RANGE: 10.0, AZIMUTH: math.radians(0.05), ELEVATION: math.radians(0.05)}
RESAMPLINGS = 4000
SHOT_SEED = 20_000
Matrix = NDArray[np.float64]


class Predictions(NamedTuple):
    """What was said of one shot.

    Attributes:
        munition: row of `MUNITIONS`.
        error_m: of the prediction in force at each of `AGES_S`, inf where there was none; NaN after the impact.
        held: of every prediction from `HELD_FROM_S` on, whether its 95 % ellipse holds the true impact.
    """

    munition: int
    error_m: tuple[float, ...]
    held: tuple[bool, ...]


def _site(*sensors: Sensor) -> Site:
    reference = Reference(name="Range", latitude_deg=33.8, longitude_deg=42.4, altitude_m=200.0)
    return Site(reference=reference, sensors=sensors)


def _radar(name: str, east_m: float, accuracy: Accuracy) -> Sensor:
    coverage = Coverage(
        max_range_m=10_000.0, reference_rcs_dbsm=-10.0, false_alarms_per_scan=0.5, min_elevation_deg=0.3
    )
    return Sensor(
        id=name, kind="radar", east_m=east_m, north_m=0.0, up_m=10.0, period_s=1.0, accuracy=accuracy, coverage=coverage
    )


def _tracking_radar(accuracy: Accuracy) -> Sensor:
    coverage = Coverage(max_range_m=20_000.0, false_alarms_per_scan=0.1, min_elevation_deg=0.5, max_elevation_deg=90.0)
    return Sensor(
        id="tracking",
        kind="radar",
        measures=("range", "azimuth", "elevation"),
        east_m=0.0,
        north_m=0.0,
        up_m=0.0,
        period_s=LOOK_S,
        accuracy=accuracy,
        coverage=coverage,
    )


USUAL = Accuracy(range_m=10.0, azimuth_deg=0.5, elevation_deg=0.5, range_rate_mps=1.0)
BETTER = Accuracy(range_m=8.0, azimuth_deg=0.3, elevation_deg=0.3, range_rate_mps=0.7)
ALIKE = Accuracy(range_m=10.0, azimuth_deg=0.05, elevation_deg=0.05, correlation_s=ALIKE_S)
UNSAID = msgspec.structs.replace(ALIKE, correlation_s=0.0)
SITES = {
    "one radar, 0.5 degrees": _site(_radar("one", 0.0, USUAL)),
    "two radars, 0.3 degrees": _site(_radar("one", -1000.0, BETTER), _radar("two", 1000.0, BETTER)),
    "tracking radar, alike errors stated": _site(_tracking_radar(ALIKE)),
    "tracking radar, alike errors not stated": _site(_tracking_radar(UNSAID)),
}


def tracking_looks(shot: Shot, impact_m: Matrix, seed: int) -> Iterator[Batch]:
    """What the tracking radar reports of one shot: errors that are alike for `ALIKE_S`, one look in twenty missed."""
    dice = np.random.default_rng(seed)
    launch_m = np.array([*(impact_m - shot.impact_m), 0.0])
    kept, sigma = math.exp(-LOOK_S / ALIKE_S), np.array(list(TRACKING_SIGMA.values()))
    error = sigma * dice.standard_normal(3)
    for k, place_m in enumerate(shot.position_m[:-1] + launch_m):
        error = kept * error + math.sqrt(1.0 - kept * kept) * sigma * dice.standard_normal(3)
        east_m, north_m, up_m = place_m
        away_m = float(np.linalg.norm(place_m))
        elevation_rad = math.asin(up_m / away_m)
        seen = elevation_rad > math.radians(0.5) and dice.random() < 0.95
        record = np.zeros(int(seen), DETECTION)
        if seen:
            record["time_s"], record["class_report"], record["row"] = START_S + k * LOOK_S, NO_CLASS, k
            record["measured"], record["sigma"], record["snr_db"], record["rcs_dbsm"] = np.nan, np.nan, 20.0, np.nan
            true = (away_m, math.atan2(east_m, north_m), elevation_rad)
            for column, value, off in zip(TRACKING_SIGMA, true, error, strict=True):
                record["measured"][0, column], record["sigma"][0, column] = value + off, TRACKING_SIGMA[column]
        yield Batch(START_S + k * LOOK_S, 0, record)


def predictions(site: Site, shot: Shot, impact_m: Matrix, seed: int) -> Predictions:
    """Run one shot through the step and compare what was predicted with what came."""
    if site.sensors[0].id == "tracking":
        batches = tracking_looks(shot, impact_m, seed)
    else:
        place, start = impact_m[None, :], [START_S]
        scenario = scenario_of([shot], place, start, START_S + shot.impact_s)
        batches = Raid(site, scenario, seed, bodies_of([shot], place, start)).batches()
    pipeline, said, first_s = Pipeline(site, track_capacity=64), [], math.inf
    for batch in batches:
        if math.isinf(first_s) and _sees(batch, shot, impact_m):
            first_s = batch.time_s
        said.append(pipeline.step(batch).impacts)
    return _compare(np.concatenate(said), shot, impact_m, first_s)


def _sees(batch: Batch, shot: Shot, impact_m: Matrix) -> bool:
    """Whether the look holds a detection of the shot (within 300 m in range of it), not only false alarms."""
    if not len(batch.detections):
        return False
    if len(batch.detections) == 1 and np.isnan(batch.detections["measured"][0, 3]):
        return True
    row = min(int((batch.time_s - START_S) / STEP_S), len(shot.position_m) - 1)
    if row < 0:
        return False
    place_m = shot.position_m[row, :2] + impact_m - shot.impact_m
    measured = batch.detections["measured"]
    level_m = measured[:, RANGE] * np.cos(measured[:, ELEVATION])
    east_m, north_m = level_m * np.sin(measured[:, AZIMUTH]), level_m * np.cos(measured[:, AZIMUTH])
    return bool((np.hypot(east_m - place_m[0], north_m - place_m[1]) < 2000.0).any())


def _compare(said: NDArray[np.void], shot: Shot, impact_m: Matrix, first_s: float) -> Predictions:
    lasts_s = START_S + shot.impact_s - first_s
    errors = []
    for age_s in AGES_S:
        known = said[said["time_s"] <= first_s + age_s]
        if age_s > lasts_s:
            errors.append(math.nan)
        elif not len(known):
            errors.append(math.inf)
        else:
            tracks, counts = np.unique(known["track"], return_counts=True)
            newest = known[known["track"] == tracks[np.argmax(counts)]][-1]
            errors.append(math.hypot(newest["east_m"] - impact_m[0], newest["north_m"] - impact_m[1]))
    late = said[(said["time_s"] >= first_s + HELD_FROM_S) & (said["time_s"] <= first_s + lasts_s)]
    sine, cosine = np.sin(late["ellipse_azimuth_rad"]), np.cos(late["ellipse_azimuth_rad"])
    east_m, north_m = impact_m[0] - late["east_m"], impact_m[1] - late["north_m"]
    along = (east_m * sine + north_m * cosine) / late["ellipse_major_m"]
    across = (east_m * cosine - north_m * sine) / late["ellipse_minor_m"]
    return Predictions(shot.munition, tuple(errors), tuple((along**2 + across**2 <= 1.0).tolist()))


def run(site: Site, shots: list[Shot], seed: int) -> list[Predictions]:
    """Every shot, alone, at a site; where each falls is drawn about the site's middle."""
    dice = np.random.default_rng(seed)
    impacts_m = AIM_SIGMA_M * dice.standard_normal((len(shots), 2))
    cases = list(zip(shots, impacts_m, range(seed, seed + len(shots)), strict=True))
    return [predictions(site, *case) for case in with_progress(cases, description="shots")]


def held_share(shots: list[Predictions]) -> tuple[float, float, float]:
    """Share of all predictions whose ellipse holds the impact, with the 95 % interval of shots drawn again."""
    counts = np.array([(sum(shot.held), len(shot.held)) for shot in shots], np.float64)
    drawn = np.random.default_rng(1).integers(0, len(counts), (RESAMPLINGS, len(counts)))
    held, said = counts[drawn].sum(axis=1).T
    low, high = np.quantile(held / said, [0.025, 0.975])
    return float(counts[:, 0].sum() / counts[:, 1].sum()), float(low), float(high)


def median_with_interval(values: list[float]) -> tuple[float, float, float, int]:
    """Median, the order statistics that hold the true one with 95 %, and how many values there were (NaN left out)."""
    known = np.sort([value for value in values if not math.isnan(value)])
    half = 0.98 * math.sqrt(len(known))
    low, high = max(int(0.5 * len(known) - half), 0), min(int(0.5 * len(known) + half), len(known) - 1)
    return float(known[len(known) // 2]), float(known[low]), float(known[high]), len(known)


def report(name: str, shots: list[Predictions]) -> str:
    """One site's table: medians by age, coverage by kind of shot."""
    lines = ["", name, "  median error in m by seconds since the first detection"]
    for place, age_s in enumerate(AGES_S):
        middle, low, high, count = median_with_interval([shot.error_m[place] for shot in shots])
        has = sum(math.isfinite(shot.error_m[place]) for shot in shots)
        lines.append(f"  {age_s:>4.0f} s {middle:>6.0f}  [{low:.0f}, {high:.0f}]  {has} of {count} predicted")
    lines.append("  95 % ellipses that hold the impact, from 2 s on; median error after 8 s")
    for row, munition in [*enumerate(MUNITIONS), (-1, None)]:
        own = [shot for shot in shots if row in (-1, shot.munition)]
        share, low, high = held_share(own)
        middle = median_with_interval([shot.error_m[AGES_S.index(8.0)] for shot in own])[0]
        title = "all" if munition is None else munition.name
        held = f"{100 * share:>6.1f} %  [{100 * low:.1f}, {100 * high:.1f}]"
        lines.append(f"  {title:<14}{held}  n = {len(own):<4}{middle:>5.0f} m")
    return "\n".join(lines)


def main() -> None:
    """Run all sites and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shots", type=int, default=40, help="of each kind")
    parser.add_argument("--seed", type=int, default=SHOT_SEED)
    arguments = parser.parse_args()
    dice = np.random.default_rng(arguments.seed)
    shots = fly(draw_order(np.repeat(np.arange(len(MUNITIONS)), arguments.shots), dice))
    for name, site in SITES.items():
        print(report(name, run(site, shots, arguments.seed)))


if __name__ == "__main__":
    main()
