"""A thousand raids of rockets and mortar bombs on a site of twelve zones: who is warned, how early, how widely.

    python -m benchmarks.raids [--raids 1000] [--seed 70000] [--quiet]

Raids are independent. Each is one salvo of 1 to 8 shots of one kind (`benchmarks/shots.py`: a model of flight that is
not the tracker's), at one elevation and bearing, in one wind:

- kinds by `WEIGHTS`; ranges and elevations as `MUNITIONS` says, a third of the salvos at 45 degrees, from all round;
- seven salvos in ten are aimed at a point of a zone, the others anywhere within 500 m of the site;
- shots scatter by 1.5 % of the range (1 sigma, each axis); mortars fire every 3 to 8 s, rockets every 0.5 to 2 s.

The site is 4 by 3 km: twelve zones of 700 by 700 m, 300 m apart (49 % of it), people in shelter within 15 s, two 3-D
radars at opposite corners with a look a second, 8 m, 0.3 degrees, 0.7 m/s, seeing 0.1 m2 at 10 km nine times in ten (a
60 mm bomb, some 0.006 m2, at 5 km), none below 0.3 degrees, half a false alarm a look each. In one raid of five one
radar is silent throughout. Every setting is the default; with `--quiet` the tracker is as slow to believe in a body as
that of `benchmarks/quiet_month.py`. The step is the one of the live system.

A shot counts as warned when its zone has been told WARNING or SHELTER NOW for 5 s or more, without a break, when it
falls. Shots that fall outside every zone are counted apart. Shots of a raid are not independent: the interval over
shots is that of raids drawn again, or Wilson's over raids where none was missed.
"""

import argparse
import math
import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from rich.progress import track as with_progress

from benchmarks.quiet_month import TRACKING as QUIET_TRACKING
from benchmarks.shots import MUNITIONS, Order, Shot, bodies_of, draw_order, fly, scenario_of
from sangar.core.events import EVENT, EventKind
from sangar.core.targets import ZoneState
from sangar.pipeline.pipeline import Pipeline
from sangar.scenario.areas import Perimeter, Zone
from sangar.scenario.scenario import Fault
from sangar.scenario.sensor_parts import Accuracy, Coverage
from sangar.scenario.sensors import Sensor
from sangar.scenario.site import Reference, Site
from sangar.simulation.raid import Raid
from sangar.tracking.purity import wilson_interval

FIRST_SEED = 70_000
WEIGHTS = (0.15, 0.25, 0.25, 0.05, 0.2, 0.1)
LARGEST_SALVO = 8
PAUSE_S = {"mortar": (3.0, 8.0), "rocket": (0.5, 2.0)}
SCATTER = 0.015
AIMED, SILENT = 0.7, 0.2
OVERSHOOT_M = 500.0
START_S, AFTER_S = 5.0, 3.0
FLOWN_AT_ONCE = 50
HALF_EAST_M, HALF_NORTH_M, CELL_M, HALF_ZONE_M = 2000.0, 1500.0, 1000.0, 350.0
EARLY_S, FAR_M, WANTED_S = 5.0, 3000.0, 20.0
GOAL_WARNED, GOAL_AREA, GOAL_LONG, GOAL_P99_MS = 0.995, 0.2, 0.95, 100.0
RESAMPLINGS = 4000
TOLD = (int(ZoneState.WARNING), int(ZoneState.SHELTER_NOW))
Matrix = NDArray[np.float64]


class Salvo(NamedTuple):
    """One raid.

    Attributes:
        seed: of the sensors' errors.
        shots: its flights.
        impacts_m: (N, 2) where they fall.
        starts_s: (N,) when they are launched.
        silent: id of the radar that says nothing, or None.
    """

    seed: int
    shots: list[Shot]
    impacts_m: Matrix
    starts_s: Matrix
    silent: str | None


class Fall(NamedTuple):
    """One shot, and what its zone had been told.

    Attributes:
        munition: row of `MUNITIONS`.
        zone: row of the zone it fell in, -1 for none.
        warned_s: how long that zone had been told without a break; 0 where it was not.
        seen_s: seconds from its launch to that warning; NaN where there was none, negative where it stood already.
        flight_s: of the shot.
        range_m: from launch to impact.
        at_45: whether it was launched at 45 degrees.
        is_first: whether it is the first of its raid.
    """

    munition: int
    zone: int
    warned_s: float
    seen_s: float
    flight_s: float
    range_m: float
    at_45: bool
    is_first: bool


class Outcome(NamedTuple):
    """What came of one raid.

    Attributes:
        seed: of the raid.
        falls: its shots.
        zones_warned: how many zones were told to shelter at any time.
        has_silent: whether a radar was silent.
        step_s: wall-clock seconds of each step; `warning_step_s` of those that warned a zone.
        warning_step_s: see there.
    """

    seed: int
    falls: list[Fall]
    zones_warned: int
    has_silent: bool
    step_s: list[float]
    warning_step_s: list[float]


def twelve_zones() -> Site:
    """The site the raids fall on."""
    accuracy = Accuracy(range_m=8.0, azimuth_deg=0.3, elevation_deg=0.3, range_rate_mps=0.7)
    coverage = Coverage(
        max_range_m=10_000.0,
        detection_probability=0.9,
        reference_rcs_dbsm=-10.0,
        false_alarms_per_scan=0.5,
        min_elevation_deg=0.3,
        max_elevation_deg=70.0,
    )
    corners = {"radar-north-west": (-1800.0, 1400.0), "radar-south-east": (1800.0, -1400.0)}
    sensors = tuple(
        Sensor(id=name, kind="radar", east_m=east_m, north_m=north_m, up_m=12.0, accuracy=accuracy, coverage=coverage)
        for name, (east_m, north_m) in corners.items()
    )
    return Site(
        reference=Reference(name="Twelve zones", latitude_deg=33.8, longitude_deg=42.4, altitude_m=200.0),
        sensors=sensors,
        zones=tuple(
            Zone(
                id=f"zone-{row + 1}", name=f"Zone {row + 1}", polygon_m=square(*centre), shelter_time_s=15.0, people=100
            )
            for row, centre in enumerate(zone_centres())
        ),
        perimeter=Perimeter(polygon_m=((-2e3, -1.5e3), (2e3, -1.5e3), (2e3, 1.5e3), (-2e3, 1.5e3))),
    )


def zone_centres() -> list[tuple[float, float]]:
    """East and north of each zone's middle."""
    return [
        (-HALF_EAST_M + CELL_M * (column + 0.5), -HALF_NORTH_M + CELL_M * (row + 0.5))
        for row in range(3)
        for column in range(4)
    ]


def square(east_m: float, north_m: float) -> tuple[tuple[float, float], ...]:
    """Corners of a zone."""
    half_m = HALF_ZONE_M
    return tuple((east_m + e * half_m, north_m + n * half_m) for e, n in ((-1, -1), (1, -1), (1, 1), (-1, 1)))


def zone_of(impact_m: Matrix) -> int:
    """Row of the zone that holds a point, -1 for none."""
    for row, (east_m, north_m) in enumerate(zone_centres()):
        if max(abs(impact_m[0] - east_m), abs(impact_m[1] - north_m)) <= HALF_ZONE_M:
            return row
    return -1


def salvos(raids: int, first_seed: int) -> Iterator[Salvo]:
    """Draw the raids, each from a seed of its own, and fly them some at a time."""
    for first in range(first_seed, first_seed + raids, FLOWN_AT_ONCE):
        seeds = range(first, min(first + FLOWN_AT_ONCE, first_seed + raids))
        dice = [np.random.default_rng(seed) for seed in seeds]
        orders = [_order(one) for one in dice]
        shots = iter(fly(Order(*(np.concatenate(field) for field in zip(*orders, strict=True)))))
        for seed, one, order in zip(seeds, dice, orders, strict=True):
            yield _place(seed, [next(shots) for _ in order.munition], one)


def _order(dice: np.random.Generator) -> Order:
    """One salvo's flights: one kind, one elevation, one wind; each body has its own drag, and nearly one bearing."""
    count, kind = int(dice.integers(1, LARGEST_SALVO + 1)), int(dice.choice(len(WEIGHTS), p=WEIGHTS))
    order = draw_order(np.full(count, kind), dice)
    alike = {name: np.repeat(getattr(order, name)[:1], count, axis=0) for name in SHARED}
    return order._replace(**alike)


SHARED = ("elevation_rad", "azimuth_rad", "range_m", "wind_mps")


def _place(seed: int, shots: list[Shot], dice: np.random.Generator) -> Salvo:
    """Where and when the shots fall."""
    count, kind = len(shots), MUNITIONS[shots[0].munition].kind
    if dice.random() < AIMED:
        centre_m = np.array(zone_centres()[dice.integers(12)])
        aim_m = centre_m + dice.uniform(-HALF_ZONE_M, HALF_ZONE_M, 2)
    else:
        half_m = np.array([HALF_EAST_M, HALF_NORTH_M]) + OVERSHOOT_M
        aim_m = dice.uniform(-half_m, half_m)
    reach_m = math.hypot(*shots[0].impact_m)
    pauses_s = np.concatenate([[START_S + dice.random()], dice.uniform(*PAUSE_S[kind], count - 1)])
    silent = ("radar-north-west", "radar-south-east")[dice.integers(2)] if dice.random() < SILENT else None
    impacts_m = aim_m + SCATTER * reach_m * dice.standard_normal((count, 2))
    return Salvo(seed, shots, impacts_m, np.cumsum(pauses_s), silent)


def run_raid(site: Site, salvo: Salvo) -> Outcome:
    """One raid through the step."""
    starts_s = salvo.starts_s.tolist()
    ends_s = [start_s + shot.impact_s for start_s, shot in zip(starts_s, salvo.shots, strict=True)]
    duration_s = max(ends_s) + AFTER_S
    scenario = scenario_of(salvo.shots, salvo.impacts_m, starts_s, duration_s)
    if salvo.silent is not None:
        scenario = msgspec.structs.replace(
            scenario, faults=(Fault(sensor=salvo.silent, from_s=0.0, to_s=duration_s + 1.0),)
        )
    raid = Raid(site, scenario, salvo.seed, bodies_of(salvo.shots, salvo.impacts_m, starts_s))
    pipeline, told = Pipeline(site, track_capacity=128, wants_rows=False), []
    step_s, warning_step_s = [], []
    for batch in raid.batches():
        began_s = time.perf_counter()
        events = pipeline.step(batch).events
        step_s.append(time.perf_counter() - began_s)
        told.append(events[events["kind"] == EventKind.ZONE_CHANGED])
        if np.isin(told[-1]["new"], TOLD).any():
            warning_step_s.append(step_s[-1])
    changes = np.concatenate([np.zeros(0, EVENT), *told])
    falls = [_fall(salvo, row, end_s, changes) for row, end_s in enumerate(ends_s)]
    warned = len(set(changes["area"][np.isin(changes["new"], TOLD)].tolist()))
    return Outcome(salvo.seed, falls, warned, salvo.silent is not None, step_s, warning_step_s)


def _fall(salvo: Salvo, row: int, end_s: float, changes: NDArray[np.void]) -> Fall:
    shot, zone = salvo.shots[row], zone_of(salvo.impacts_m[row])
    since_s = math.inf
    for change in changes[(changes["area"] == zone) & (changes["time_s"] <= end_s)]:
        is_told = int(change["new"]) in TOLD
        since_s = min(since_s, float(change["time_s"])) if is_told else math.inf
    is_warned = math.isfinite(since_s)
    return Fall(
        munition=shot.munition,
        zone=zone,
        warned_s=end_s - since_s if is_warned else 0.0,
        seen_s=since_s - float(salvo.starts_s[row]) if is_warned else math.nan,
        flight_s=shot.impact_s,
        range_m=math.hypot(*shot.impact_m),
        at_45=abs(math.degrees(shot.elevation_rad) - 45.0) < 1e-6,
        is_first=row == 0,
    )


def share_with_interval(falls: list[list[bool]]) -> str:
    """Share of shots for which something holds, shots by raid, with the 95 % interval of raids drawn again."""
    counts = np.array([(sum(of_raid), len(of_raid)) for of_raid in falls if of_raid], np.float64)
    if not len(counts):
        return "none (n = 0)"
    total, count = counts.sum(axis=0)
    if total in (0.0, count):
        _, low, high, _ = wilson_interval(len(counts) if total else 0, len(counts))
    else:
        drawn = np.random.default_rng(1).integers(0, len(counts), (RESAMPLINGS, len(counts)))
        good, every = counts[drawn].sum(axis=1).T
        low, high = np.quantile(good / every, [0.025, 0.975])
    share = f"{100 * total / count:6.2f} %  [{100 * low:.2f}, {100 * high:.2f}]"
    return f"{share}  {int(total)} of {int(count)} shots in {len(counts)} raids"


def _by_raid(outcomes: list[Outcome], keep: Iterable[Fall], least_s: float) -> list[list[bool]]:
    kept = {id(fall) for fall in keep}
    return [[fall.warned_s >= least_s for fall in one.falls if id(fall) in kept] for one in outcomes]


def report(outcomes: list[Outcome]) -> str:
    """The figures beside what is wanted."""
    falls = [fall for one in outcomes for fall in one.falls]
    inside = [fall for fall in falls if fall.zone >= 0]
    far = [fall for fall in inside if fall.at_45 and fall.range_m >= FAR_M]
    alone = [fall for fall in far if fall.is_first]
    zone_share = (2.0 * HALF_ZONE_M) ** 2 / (4.0 * HALF_EAST_M * HALF_NORTH_M)
    areas = np.array([one.zones_warned * zone_share for one in outcomes])
    half = 1.96 * areas.std() / math.sqrt(len(areas))
    whole = [all(fall.warned_s >= EARLY_S for fall in one.falls if fall.zone >= 0) for one in outcomes]
    _, low, high, _ = wilson_interval(sum(whole), len(whole))
    steps_ms = 1e3 * np.array([step for one in outcomes for step in one.step_s])
    warning_ms = 1e3 * np.array([step for one in outcomes for step in one.warning_step_s])
    idle = [one.zones_warned for one in outcomes if all(fall.zone < 0 for fall in one.falls)]
    warned, wanted = share_with_interval(_by_raid(outcomes, inside, EARLY_S)), f"wanted >= {100 * GOAL_WARNED}"
    long, wanted_long = share_with_interval(_by_raid(outcomes, alone, WANTED_S)), f"wanted >= {100 * GOAL_LONG:.0f}"
    median_ms, p99_ms, p99_warning_ms = np.median(steps_ms), np.quantile(steps_ms, 0.99), np.quantile(warning_ms, 0.99)
    area = f"{100 * areas.mean():.1f} %  +- {100 * half:.1f}   wanted <= {100 * GOAL_AREA:.0f}"
    zones = (
        f"{areas.mean() / zone_share:.2f} zones a raid; where nothing fell in one {np.mean(idle):.2f} (n = {len(idle)})"
    )
    title = f"warned >= {WANTED_S:.0f} s, 45 degrees from >= {FAR_M / 1e3:.0f} km"
    slow = f"of those that warn: p99 {p99_warning_ms:.2f} ms, longest {warning_ms.max():.1f} ms (n = {len(warning_ms)})"
    lines = [
        f"{len(outcomes)} raids, {len(falls)} shots, {len(inside)} of them in a zone",
        f"in zones warned >= {EARLY_S:.0f} s before  {warned}   {wanted}",
        f"raids with every such shot warned  {100 * np.mean(whole):.1f} %  [{100 * low:.1f}, {100 * high:.1f}]",
        f"warned area of the site, mean  {area}",
        f"  largest {100 * areas.max():.0f} %; {zones}",
        f"{title}, first shots  {long}   {wanted_long}",
        f"  all such shots  {share_with_interval(_by_raid(outcomes, far, WANTED_S))}",
        f"step, wall clock: median {median_ms:.2f} ms, p99 {p99_ms:.2f} ms   wanted p99 <= {GOAL_P99_MS:.0f}",
        f"  {slow}",
        "",
        "first shots in a zone     n  flight s   launch to warning, s (median, p95)  unwarned",
    ]
    for row, munition in enumerate(MUNITIONS):
        own = [fall for fall in inside if fall.munition == row and fall.is_first]
        if not own:
            continue
        seen = np.array([fall.seen_s if fall.warned_s > 0.0 else math.inf for fall in own])
        middle, late = np.quantile(seen, [0.5, 0.95], method="lower")
        flight_s = float(np.median([fall.flight_s for fall in own]))
        never = sum(fall.warned_s < EARLY_S for fall in own)
        lines.append(f"{munition.name:<22}{len(own):>5}{flight_s:>10.1f}{middle:>27.1f}{late:>11.1f}{never:>10}")
    for has_silent, title in ((False, "both radars"), (True, "one radar silent")):
        own_raids = [one for one in outcomes if one.has_silent == has_silent]
        lines.append(f"{title:<18}{share_with_interval(_by_raid(own_raids, inside, EARLY_S))}")
    return "\n".join(lines)


def run(raids: int, first_seed: int, *, is_quiet: bool = False) -> list[Outcome]:
    """Every raid of a range of seeds; on a site that is as slow to believe in a body as that of the quiet month."""
    site, drawn, replace = twelve_zones(), salvos(raids, first_seed), msgspec.structs.replace
    if is_quiet:
        site = replace(site, policy=replace(site.policy, tracking=replace(site.policy.tracking, **QUIET_TRACKING)))
    return [run_raid(site, salvo) for salvo in with_progress(drawn, description="raids", total=raids)]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--raids", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=FIRST_SEED)
    parser.add_argument("--quiet", action="store_true", help="with the tracking settings of benchmarks/quiet_month.py")
    arguments = parser.parse_args()
    print(report(run(arguments.raids, arguments.seed, is_quiet=arguments.quiet)))


if __name__ == "__main__":
    main()
