"""`sangar alarm-budget`: how sure must the site be of a bird, so that it is not warned for nothing too often?

One quiet sky runs through several defences side by side that differ in `bird_weight` alone: how common birds are taken
to be, which is how much evidence it takes to call something anything else. Drones that come alone through the same
settings tell what a setting costs. The setting proposed is the cheapest within the budget, and is run once more, on
other seeds.
"""

import math
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress

from sangar.core.errors import ConfigurationError
from sangar.core.targets import SensorKind, TargetClass
from sangar.pipeline.pipeline import Pipeline
from sangar.scenario.library import find_site
from sangar.scenario.site import Site, load_site
from sangar.simulation.intruders import intruders, warned_before
from sangar.simulation.quiet_days import QuietRun, Rate, poisson_rate, run_quiet
from sangar.simulation.quiet_sky import QuietSky, no_flights

BIRD_WEIGHTS = (3.0, 30.0, 300.0, 3000.0, 30000.0)
HOUR_S, DAY_S = 3600.0, 86_400.0
MONTH_S = 30.0 * DAY_S
SETTLING_S = 600.0
"""The first minutes of a run are not counted: all its tracks are new."""
NONE_SEEN = 3.69
"""Upper end of the 95 % interval of a Poisson mean of which nothing was seen."""
HEADINGS = (
    "bird_weight   false warnings a month            calls a day  not clear    multirotors     fixed-wing     cost"
)
LARGEST_NOT_CLEAR_SHARE = 0.1
"""A zone that is on WATCH or above more of the time than this is not watched over: nobody looks at it any more."""
NEWS_S = 30.0
"""Progress is shown every so many simulated seconds."""
CHECK_SEED, DRONE_SEED = 1_000_003, 2_000_003
KINDS = (TargetClass.ROTARY_DRONE, TargetClass.FIXED_WING_DRONE)


class AlarmBudgetRequest(NamedTuple):
    """What was asked.

    Attributes:
        site: a site file, or the name of a shipped one.
        warnings_per_month: false warnings of people that are borne, of the whole site.
        calls_per_day: needless calls on the crew that are borne.
        birds_per_hour: that come into the coverage.
        duration_s: of quiet sky to simulate, and again to check.
        drones: of each kind that are let come.
        drones_per_month: how many are expected; None: as the site's clear-sky policy supposes.
        seed: of the simulation.
        json: whether a program reads the answer.
    """

    site: str
    warnings_per_month: float
    calls_per_day: float
    birds_per_hour: float
    duration_s: float
    drones: int
    drones_per_month: float | None
    seed: int
    json: bool


class Setting(NamedTuple):
    """What one `bird_weight` led to.

    Attributes:
        bird_weight: it.
        warnings_per_month, calls_per_day: of the quiet sky.
        not_clear_share: of the time, that a zone stood at WATCH or above; a warning that stands is counted once.
        drones_warned: share of each kind warned of in time for shelter, in the order of `KINDS`.
        earliness_s: median time of these warnings before arrival, NaN of none.
        cost_per_month: what false and missing warnings cost together, in the unit of the site's policy.
    """

    bird_weight: float
    warnings_per_month: Rate
    calls_per_day: Rate
    not_clear_share: float
    drones_warned: tuple[float, ...]
    earliness_s: tuple[float, ...]
    cost_per_month: float


def run_alarm_budget(request: AlarmBudgetRequest) -> int:
    """Find the setting, check it, and say so; 0 when the budget is kept in the check, else 1.

    Raises:
        ConfigurationError: the site file is wrong, or nothing can be warned there.
    """
    path = find_site(request.site)
    site = load_site(path)
    if not site.zones:
        raise ConfigurationError(str(path), "zone", "is missing", "add a [[zone]]: people are warned by zone")
    if not any(sensor.sensor_kind == SensorKind.RADAR for sensor in site.sensors):
        raise ConfigurationError(
            str(path), "sensor", "holds no radar", "birds are simulated as radars see them: add one"
        )
    settings = _measure(site, request)
    chosen = choose(settings, request)
    check = _quiet(site, (chosen.bird_weight,), request, request.seed + CHECK_SEED, "checking")[0]
    kept = is_within(_per_month(check), _per_day(check), request)
    if request.json:
        entries = [_entry(setting) for setting in settings]
        answer = {"settings": entries, "chosen": chosen.bird_weight, "check": _checked(check), "kept": kept}
        print(msgspec.json.encode(answer).decode())
    else:
        _show(settings, chosen, check, request, site)
    return 0 if kept else 1


def choose(settings: list[Setting], request: AlarmBudgetRequest) -> Setting:
    """The cheapest setting within the budget; where none is, the cheapest of all whose zones are mostly clear."""
    usable = [s for s in settings if s.not_clear_share <= LARGEST_NOT_CLEAR_SHARE] or settings
    within = [s for s in usable if is_within(s.warnings_per_month, s.calls_per_day, request)]
    return min(within or usable, key=lambda setting: setting.cost_per_month)


def is_within(warnings: Rate, calls: Rate, request: AlarmBudgetRequest) -> bool:
    """Whether rates, as estimated, keep to the budget."""
    return warnings.value <= request.warnings_per_month and calls.value <= request.calls_per_day


def with_bird_weight(site: Site, weight: float) -> Site:
    """The site with another `bird_weight`."""
    identification = msgspec.structs.replace(site.policy.identification, bird_weight=weight)
    return msgspec.structs.replace(site, policy=msgspec.structs.replace(site.policy, identification=identification))


def _quiet(
    site: Site, weights: tuple[float, ...], request: AlarmBudgetRequest, seed: int, doing: str
) -> list[QuietRun]:
    duration_s = SETTLING_S + request.duration_s
    sky = QuietSky(site, duration_s, request.birds_per_hour, no_flights(), seed)
    pipelines = [Pipeline(with_bird_weight(site, weight), wants_rows=False) for weight in weights]
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(doing, total=duration_s)

        def show(time_s: float) -> None:
            if time_s % NEWS_S < 1.0:
                progress.update(bar, completed=time_s)

        return run_quiet(pipelines, sky, SETTLING_S, show)


def _measure(site: Site, request: AlarmBudgetRequest) -> list[Setting]:
    runs = _quiet(site, BIRD_WEIGHTS, request, request.seed, "quiet sky")
    settings = []
    for weight, run in zip(BIRD_WEIGHTS, runs, strict=True):
        early = [_before(site, weight, kind, request) for kind in KINDS]
        settings.append(_setting(site, weight, run, early, request))
    return settings


def _before(site: Site, weight: float, kind: TargetClass, request: AlarmBudgetRequest) -> NDArray[np.float64]:
    """Seconds before its arrival that each drone was warned of; NaN where it was not in time for shelter."""
    coming = intruders(site, kind, request.drones, np.random.default_rng((request.seed + DRONE_SEED, int(kind))))
    before_s = warned_before(Pipeline(with_bird_weight(site, weight), wants_rows=False), site, coming, request.seed)
    shelter_s = np.array([site.zones[zone].shelter_time_s for zone in coming.zone])
    return np.where(before_s >= shelter_s, before_s, np.nan)


def _setting(
    site: Site, weight: float, run: QuietRun, early: list[NDArray[np.float64]], request: AlarmBudgetRequest
) -> Setting:
    warned = tuple(float(np.isfinite(before_s).mean()) for before_s in early)
    policy, per_month = site.policy.warning, request.drones_per_month
    if per_month is None:
        per_month = site.policy.clear_sky.arrivals_per_hour * MONTH_S / HOUR_S
    missed = per_month * (1.0 - sum(warned) / len(warned))
    false = _per_month(run)
    return Setting(
        bird_weight=weight,
        warnings_per_month=false,
        calls_per_day=_per_day(run),
        not_clear_share=run.not_clear_s / run.duration_s / len(site.zones),
        drones_warned=warned,
        earliness_s=tuple(float(np.nanmedian(b)) if np.isfinite(b).any() else math.nan for b in early),
        cost_per_month=policy.cost_of_silence * missed + policy.cost_of_false_alarm * false.value,
    )


def _per_month(run: QuietRun) -> Rate:
    return poisson_rate(run.warnings, run.duration_s, MONTH_S)


def _per_day(run: QuietRun) -> Rate:
    return poisson_rate(run.crew_calls, run.duration_s, DAY_S)


def _entry(setting: Setting) -> dict[str, object]:
    entry = setting._asdict()
    return entry | {name: entry[name]._asdict() for name in ("warnings_per_month", "calls_per_day")}


def _checked(run: QuietRun) -> dict[str, object]:
    return {"warnings_per_month": _per_month(run)._asdict(), "calls_per_day": _per_day(run)._asdict()}


def _rate(rate: Rate) -> str:
    return f"{rate.value:.2g} [{rate.low:.2g}, {rate.high:.2g}]"


def _show(settings: list[Setting], chosen: Setting, check: QuietRun, request: AlarmBudgetRequest, site: Site) -> None:
    console = Console(highlight=False, markup=False, soft_wrap=True)
    console.print(
        f"{request.birds_per_hour:g} birds an hour, {request.duration_s / HOUR_S:g} h of quiet sky; in brackets 95 %."
    )
    console.print(HEADINGS)
    for setting in settings:
        console.print(_line(setting))
    console.print(
        "Drones: share warned of in time for shelter, median time before arrival. Cost: of both mistakes, a month."
    )
    if is_within(chosen.warnings_per_month, chosen.calls_per_day, request):
        console.print("Proposed, the cheapest within the budget:")
    else:
        console.print("NO SETTING KEEPS THE BUDGET. The cheapest of all:")
    console.print(f"    [policy.identification]\n    bird_weight = {chosen.bird_weight:g}")
    month, day = _per_month(check), _per_day(check)
    console.print(
        f"Checked on other seeds: {_rate(month)} false warnings a month, {_rate(day)} calls on the crew a day."
    )
    allowed = request.warnings_per_month
    if month.high > allowed > 0.0:
        hours = NONE_SEEN * MONTH_S / HOUR_S / allowed
        console.print(
            f"That {allowed:g} a month is kept is not shown at 95 %: it takes {hours:.0f} h without one to show."
        )
    if not any(sensor.classes for sensor in site.sensors):
        console.print("No sensor of the site tells classes ([sensor.classes]); one that does lowers both figures most.")


def _line(setting: Setting) -> str:
    pairs = zip(setting.drones_warned, setting.earliness_s, strict=True)
    drones = " ".join(f"{share:>6.0%} {early:>5.0f} s" for share, early in pairs)
    rates = f"{_rate(setting.warnings_per_month):>24} {_rate(setting.calls_per_day):>22}"
    return (
        f"{setting.bird_weight:>11g} {rates} {setting.not_clear_share:>10.1%} {drones} {setting.cost_per_month:>8.0f}"
    )
