"""What a track is: how often the identification is right, and whether it is as sure as it is right (simulated).

    python -m benchmarks.classes [--scenes 60] [--seconds 60] [--fit]

Seeded scenes of 24 bodies each (`benchmarks/class_bodies.py`) before one 3-D radar of a look a second, through the real
tracker and identification; a body is judged once, by the newest word on the track that took its last detection, after
10 s of track at least. Without and with a micro-Doppler classifier that is right in 85 % of its reports and takes a
drone for a bird, or a bird for a drone, in 4 % (Narayanan et al. 2023, Signals 4(2), 337-358, give 85 % and 96 %); its
mistakes last ten seconds. Two classes: of drones and birds, the likelier of the two. Five classes: rotary drone,
fixed-wing drone, bird, aeroplane or helicopter, rocket or mortar; "other" is always wrong. Calibration error: ten bins
of the stated probability of the class chosen. Test seeds begin at 10000; `--fit` prints the training seeds (from 0) for
several settings.
"""

import argparse
import math
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchmarks.class_bodies import STEP_S, Flown, scene
from sangar.core.detections import AZIMUTH, DETECTION, ELEVATION, NO_CLASS, RANGE, RANGE_RATE
from sangar.core.targets import TargetClass
from sangar.identification.settings import IdentificationSettings
from sangar.pipeline.pipeline import Pipeline
from sangar.pipeline.ports import Batch
from sangar.scenario.sensor_parts import Classes, ClassWord, Coverage
from sangar.scenario.sensors import Sensor
from sangar.scenario.site import Policy, Reference, Site
from sangar.tracking.purity import wilson_interval

BODIES, FIRST_TEST_SEED, REPORT_S, YOUNGEST_S = 24, 10_000, 10.0, 10.0
SIGMA = {RANGE: 10.0, AZIMUTH: math.radians(0.5), ELEVATION: math.radians(0.5), RANGE_RATE: 1.0}
GROUPS = ((2,), (1,), (3,), (4, 5), (0,), (6,))
"""Of `TargetClass`: rotary, fixed wing, bird, manned, thrown, other."""
REPORTED: tuple[ClassWord, ...] = ("rotary_drone", "fixed_wing_drone", "bird", "aeroplane", "rocket_artillery_mortar")
Matrix = NDArray[np.float64]

_ROTARY = (0.85, 0.05, 0.04, 0.03, 0.03)
_FIXED = (0.05, 0.85, 0.04, 0.03, 0.03)
_BIRD = (0.03, 0.01, 0.85, 0.055, 0.055)
_MANNED = (0.0375, 0.0375, 0.0375, 0.85, 0.0375)
_THROWN = (0.0375, 0.0375, 0.0375, 0.0375, 0.85)
CONFUSION: dict[str, tuple[float, ...]] = {
    "rotary_drone": _ROTARY, "fixed_wing_drone": _FIXED, "bird": _BIRD, "aeroplane": _MANNED,
    "helicopter": _MANNED, "rocket_artillery_mortar": _THROWN, "other": (0.2,) * 5,
}  # fmt: skip


class Verdicts(NamedTuple):
    """What was said of N bodies that were tracked.

    Attributes:
        truth: (N,) `TargetClass`.
        posterior: (N, 7).
        scene: (N,) which scene each was in.
        missed: bodies without a track of sufficient age.
    """

    truth: NDArray[np.int64]
    posterior: Matrix
    scene: NDArray[np.int64]
    missed: int


def site(settings: IdentificationSettings, *, has_classifier: bool) -> Site:
    """One radar at the reference point."""
    classes = Classes(reports=REPORTED, confusion=CONFUSION, interval_s=REPORT_S) if has_classifier else None
    radar = Sensor(
        id="radar", kind="radar", east_m=0.0, north_m=0.0, up_m=0.0,
        coverage=Coverage(min_range_m=50.0, max_range_m=20_000.0, max_elevation_deg=85.0, false_alarms_per_scan=0.5),
        classes=classes,
    )  # fmt: skip
    return Site(
        reference=Reference(name="classes", latitude_deg=34.0, longitude_deg=43.0),
        sensors=(radar,),
        policy=Policy(identification=settings),
    )


def look(
    bodies: list[Flown], words: NDArray[np.int64], time_s: float, number: int, dice: np.random.Generator
) -> NDArray[np.void]:
    """One look at the bodies; a detection's row tells look and body."""
    found = np.zeros(len(bodies), DETECTION)
    count = 0
    for b, body in enumerate(bodies):
        k = round((time_s - body.start_s) / STEP_S)
        if not 0 <= k < len(body.position_m) or dice.random() > 0.9:
            continue
        place, velocity, record = body.position_m[k], body.velocity_mps[k], found[count]
        range_m = float(np.linalg.norm(place))
        record["measured"], record["sigma"] = np.nan, np.nan
        truth = {
            RANGE: range_m, AZIMUTH: math.atan2(place[0], place[1]),
            ELEVATION: math.asin(place[2] / range_m), RANGE_RATE: float(place @ velocity) / range_m,
        }  # fmt: skip
        for column, sigma in SIGMA.items():
            record["measured"][column] = truth[column] + sigma * dice.standard_normal()
            record["sigma"][column] = sigma
        record["measured"][AZIMUTH] %= 2.0 * math.pi
        record["row"], record["time_s"], record["snr_db"] = number * len(bodies) + b, time_s, 20.0
        record["rcs_dbsm"] = body.echo_dbsm + body.flicker_db * dice.standard_normal()
        record["class_report"] = words[b]
        count += 1
    return found[:count]


def reports(bodies: list[Flown], dice: np.random.Generator) -> NDArray[np.int64]:
    """What a classifier says of each body for the next ten seconds."""
    said = [dice.choice(len(REPORTED), p=CONFUSION[body.target_class.name.lower()]) for body in bodies]
    return np.array([TargetClass[REPORTED[word].upper()] for word in said], dtype=np.int64)


def judge(seeds: range, seconds: float, settings: IdentificationSettings, *, has_classifier: bool) -> Verdicts:
    """Run scenes and gather what was said of every body that was tracked."""
    truth, posterior, number, missed = [], [], [], 0
    for seed in seeds:
        dice, saying = np.random.default_rng((seed, 1)), np.random.default_rng((seed, 2))
        bodies = scene(BODIES, seconds, dice)
        pipeline = Pipeline(site(settings, has_classifier=has_classifier))
        first_s: dict[int, float] = {}
        newest: dict[int, Matrix] = {}
        words = np.full(BODIES, NO_CLASS)
        for n in range(int(seconds) + 1):
            if has_classifier and n % round(REPORT_S) == 0:
                words = reports(bodies, saying)
            for row in pipeline.step(Batch(float(n), 0, look(bodies, words, float(n), n, dice))).updates:
                first_s.setdefault(int(row["track"]), float(row["time_s"]))
                is_old = row["time_s"] - first_s[int(row["track"])] >= YOUNGEST_S
                if is_old and np.isfinite(row["posterior"]).all():
                    newest[int(row["row"]) % BODIES] = row["posterior"].copy()
        for b, body in enumerate(bodies):
            if b in newest:
                truth.append(int(body.target_class))
                posterior.append(newest[b])
                number.append(seed)
        missed += BODIES - len(newest)
    return Verdicts(np.array(truth), np.array(posterior), np.array(number), missed)


def grouped(posterior: Matrix) -> Matrix:
    """(N, 6) probabilities of the five classes and of "other"."""
    return np.column_stack([posterior[:, list(group)].sum(axis=1) for group in GROUPS])


def five(verdicts: Verdicts) -> tuple[Matrix, NDArray[np.bool_]]:
    """Stated probability of the class chosen of five, and whether it was right."""
    shares = grouped(verdicts.posterior)
    chosen, group = shares.argmax(axis=1), {c: g for g, group in enumerate(GROUPS) for c in group}
    return shares.max(axis=1), chosen == np.array([group[c] for c in verdicts.truth])


def two(verdicts: Verdicts) -> tuple[Matrix, NDArray[np.bool_]]:
    """The same of drone or bird, over the bodies that are one of these."""
    either = np.isin(verdicts.truth, (1, 2, 3))
    posterior, is_bird = verdicts.posterior[either], verdicts.truth[either] == TargetClass.BIRD
    bird = posterior[:, 3] / posterior[:, 1:4].sum(axis=1)
    return np.maximum(bird, 1.0 - bird), (bird > 0.5) == is_bird


def calibration_error(stated: Matrix, right: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten even bins."""
    bins = np.minimum((stated * 10.0).astype(int), 9)
    gaps = [abs(stated[bins == k].sum() - right[bins == k].sum()) for k in range(10)]
    return float(sum(gaps) / len(stated))


def interval(stated: Matrix, right: NDArray[np.bool_]) -> tuple[float, float]:
    """95 % interval of the calibration error by resampling bodies; it leans upwards, as the error of noise does."""
    dice, n = np.random.default_rng(7), len(stated)
    draws = [calibration_error(stated[k], right[k]) for k in dice.integers(0, n, (1000, n))]
    low, high = np.quantile(draws, (0.025, 0.975))
    return float(low), float(high)


def line(name: str, stated: Matrix, right: NDArray[np.bool_]) -> str:
    """One row of the result."""
    share, (low, high) = wilson_interval(int(right.sum()), len(right)), interval(stated, right)
    return (
        f"{name:<28} {share.value:.3f} [{share.low:.3f}, {share.high:.3f}]  "
        f"{calibration_error(stated, right):.3f} [{low:.3f}, {high:.3f}]  {stated.mean():.3f}  n = {len(right)}"
    )


def report(name: str, verdicts: Verdicts) -> None:
    """Print both tasks, and the five-class answers by truth."""
    print(line(f"{name}, two classes", *two(verdicts)))
    print(line(f"{name}, five classes", *five(verdicts)))
    chosen = grouped(verdicts.posterior).argmax(axis=1)
    for target_class in TargetClass:
        own = chosen[verdicts.truth == target_class]
        if own.size:
            counts = " ".join(f"{count:4d}" for count in np.bincount(own, minlength=len(GROUPS)))
            print(f"    {target_class.name.lower():<24} {counts}")
    print(f"    bodies without a track of {YOUNGEST_S:.0f} s: {verdicts.missed}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--fit", action="store_true")
    asked = parser.parse_args()
    usual = IdentificationSettings()
    print("                             right [95 %]          calibration error     mean stated")
    if asked.fit:
        for interval_s in (5.0, 15.0):
            for share in (0.6, 0.8, 1.0):
                settings = msgspec.structs.replace(usual, evidence_share=share, evidence_interval_s=interval_s)
                for has_classifier in (False, True):
                    verdicts = judge(range(asked.scenes), asked.seconds, settings, has_classifier=has_classifier)
                    name = f"{interval_s:.0f} s {share:.1f} {'with' if has_classifier else 'without'}"
                    print(line(name + " 2", *two(verdicts)))
                    print(line(name + " 5", *five(verdicts)))
        return
    seeds = range(FIRST_TEST_SEED, FIRST_TEST_SEED + asked.scenes)
    report("without classifier", judge(seeds, asked.seconds, usual, has_classifier=False))
    report("with classifier", judge(seeds, asked.seconds, usual, has_classifier=True))


if __name__ == "__main__":
    main()
