"""False alarms: days of birds and clutter over a site, through the same step as live; no warning was needed.

    python -m benchmarks.quiet_month [--days 30] [--first-day 0] [--birds 1000] [--traffic] [--no-classifier]
                                     [--bird-weight 10000] [--site tower_22] [--drones 100]

Each day is a piece of its own with its own seed, and prints a line; any days may be run, and are summed at the end with
95 % intervals (exact Poisson). A needless call is a zone that leaves CLEAR (to WATCH or above: the crew has to look); a
false warning one whose people are told WARNING or SHELTER NOW.

The site is a shipped one, its radars as they are (0.3 false alarms a look each, uniform); of settings it states five:
the tracker's budgets of false tracks, 0.02 an hour, and 0.0005 an hour of those that come fast (one in two of these
would shelter people at once); that no track is confirmed at less than 150 to 1 (`confirmation_score`); `bird_weight`;
and that what is new and far has 20 s to be identified (`identity_wait_s`), for a classifier's mistake lasts 10 s. With
a classifier both radars name classes as `benchmarks/classes.py` says.

`--traffic` adds aircraft recorded round Paris (`benchmarks/recorded_traffic.py`) and a receiver that hears what they
say of themselves (ADS-B), and no flight plan or corridor; it needs `SANGAR_DATA`. `--drones` lets so many drones of
each kind come alone, for what the same settings cost.
"""

import argparse
import sys
import time
from collections import Counter

import msgspec
import numpy as np

from benchmarks.classes import CONFUSION, REPORT_S, REPORTED
from sangar.core.targets import TargetClass, ZoneState
from sangar.pipeline.pipeline import Pipeline
from sangar.scenario.library import find_site
from sangar.scenario.sensor_parts import Classes
from sangar.scenario.sensors import Sensor
from sangar.scenario.site import Site, load_site
from sangar.simulation.intruders import HABITS, intruders, warned_before
from sangar.simulation.quiet_days import TOLD, Call, QuietRun, poisson_rate, run_quiet
from sangar.simulation.quiet_sky import QuietSky, no_flights
from sangar.tracking.purity import wilson_interval

DAY_S, SETTLING_S = 86_400.0, 600.0
TRACKING = {"false_tracks_per_hour": 0.02, "urgent_false_tracks_per_hour": 0.0005, "confirmation_score": 5.0}
IDENTITY_WAIT_S = 20.0
FIRST_SEED = 50_000


def quiet_site(name: str, bird_weight: float, *, has_classifier: bool, hears_claims: bool = False) -> Site:
    """The site with what its owner would state of it."""
    site, replace = load_site(find_site(name)), msgspec.structs.replace
    classes = Classes(reports=REPORTED, confusion=CONFUSION, interval_s=REPORT_S) if has_classifier else None
    sensors = tuple(replace(s, classes=classes) if s.kind == "radar" else s for s in site.sensors)
    policy = replace(
        site.policy,
        warning=replace(site.policy.warning, identity_wait_s=IDENTITY_WAIT_S),
        tracking=replace(site.policy.tracking, **TRACKING),
        identification=replace(site.policy.identification, bird_weight=bird_weight),
    )
    receiver = (Sensor(id="adsb", kind="ads_b", east_m=0.0, north_m=0.0, up_m=10.0),) if hears_claims else ()
    return replace(site, sensors=sensors + receiver, policy=policy)


def one_day(site: Site, day: int, birds: float, hours: float, *, has_traffic: bool) -> QuietRun:
    """One day, or a part of it, of its own seed."""
    duration_s, flights = SETTLING_S + 3600.0 * hours, no_flights()
    if has_traffic:
        from benchmarks.recorded_traffic import load_legs, traffic

        legs, lasts_s = load_legs()
        flights = traffic(legs, lasts_s, duration_s, np.random.default_rng((FIRST_SEED + day, 3)))
    sky = QuietSky(site, duration_s, birds, flights, FIRST_SEED + day)
    return run_quiet([Pipeline(site, wants_rows=False)], sky, SETTLING_S)[0]


def described(call: Call) -> str:
    """One call, for who wants to know why."""
    cause = "nobody" if call.cause < 0 else TargetClass(call.cause).name.lower()
    thrown = ", taken for thrown" if call.is_thrown else ""
    return (
        f"    {call.time_s:7.0f} s zone {call.zone} {ZoneState(call.new).name}: {cause}{thrown}, "
        f"bird {call.bird_probability:.4f}, {call.age_s:.0f} s old, {call.speed_mps:.0f} m/s, {call.up_m:.0f} m up"
    )


def report(runs: list[QuietRun]) -> None:
    """The sums with their intervals."""
    duration_s = sum(run.duration_s for run in runs)
    days = duration_s / DAY_S
    month = poisson_rate(sum(run.warnings for run in runs), duration_s, 30.0 * DAY_S)
    day = poisson_rate(sum(run.crew_calls for run in runs), duration_s, DAY_S)
    false = poisson_rate(sum(run.false_tracks for run in runs), duration_s, 3600.0)
    print(
        f"{days:.2f} days, {sum(run.detections for run in runs)} detections, {sum(run.tracks for run in runs)} tracks"
    )
    print(f"false warnings: {month.seen}; {month.value:.2f} [{month.low:.2f}, {month.high:.2f}] in 30 days")
    print(f"needless calls: {day.seen}; {day.value:.2f} [{day.low:.2f}, {day.high:.2f}] a day")
    print(f"tracks of nobody: {false.value:.2f} [{false.low:.2f}, {false.high:.2f}] an hour")
    print(f"zones not clear: {sum(run.not_clear_s for run in runs) / days / DAY_S:.2%} of the time")
    calls = [call for run in runs for call in run.calls]
    for what, chosen in (("warnings", [c for c in calls if c.new in TOLD and c.old not in TOLD]), ("all calls", calls)):
        causes = Counter("nobody" if c.cause < 0 else TargetClass(c.cause).name.lower() for c in chosen)
        print(f"causes of {what}: {dict(causes)}")


def drones(site: Site, count: int) -> None:
    """What the same settings cost."""
    for kind in HABITS:
        coming = intruders(site, kind, count, np.random.default_rng((FIRST_SEED, int(kind))))
        before_s = warned_before(Pipeline(site, wants_rows=False), site, coming, FIRST_SEED)
        needed_s = np.array([z.shelter_time_s for z in site.zones])[coming.zone] + site.policy.warning.margin_s
        share = wilson_interval(int((before_s >= needed_s).sum()), count)
        never, early = int(np.isnan(before_s).sum()), before_s[np.isfinite(before_s)]
        quantiles = np.quantile(early, (0.05, 0.5)) if early.size else (np.nan, np.nan)
        print(
            f"{kind.name.lower()}: in time {share.value:.2f} [{share.low:.2f}, {share.high:.2f}] of {count}, "
            f"never {never}; median {quantiles[1]:.0f} s before arrival, 5 % less than {quantiles[0]:.0f} s"
        )


def main() -> None:
    """Run the days asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--first-day", type=int, default=0)
    parser.add_argument("--hours", type=float, default=24.0, help="of each day")
    parser.add_argument("--birds", type=float, default=1000.0, help="an hour")
    parser.add_argument("--site", default="tower_22")
    parser.add_argument("--bird-weight", type=float, default=10_000.0)
    parser.add_argument("--classifier", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--traffic", action="store_true")
    parser.add_argument("--drones", type=int, default=0)
    asked = parser.parse_args()
    site = quiet_site(asked.site, asked.bird_weight, has_classifier=asked.classifier, hears_claims=asked.traffic)
    if asked.drones:
        drones(site, asked.drones)
    runs, began_s = [], time.process_time()
    for day in range(asked.first_day, asked.first_day + asked.days):
        run = one_day(site, day, asked.birds, asked.hours, has_traffic=asked.traffic)
        runs.append(run)
        spent_s = time.process_time() - began_s
        print(
            f"day {day}: {run.warnings} false warnings, {run.crew_calls} needless calls; {spent_s:.0f} s of processor"
        )
        for call in run.calls:
            print(described(call))
        sys.stdout.flush()
    if runs:
        report(runs)


if __name__ == "__main__":
    main()
