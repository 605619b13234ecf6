"""Quiet days: what is counted, and that a site told how common birds are keeps quiet and still warns of drones."""

import msgspec
import numpy as np
import pytest
from scipy import stats

from sangar.core.targets import TargetClass, ZoneState
from sangar.pipeline.pipeline import Pipeline
from sangar.scenario.library import find_site
from sangar.scenario.sensor_parts import Classes
from sangar.scenario.site import load_site
from sangar.simulation.intruders import intruders, warned_before
from sangar.simulation.quiet_days import Call, QuietRun, poisson_rate, run_quiet
from sangar.simulation.quiet_sky import QuietSky, no_flights

CONFUSION: dict[str, tuple[float, ...]] = {
    c.name.lower(): (0.05, 0.95) if c == TargetClass.BIRD else (0.95, 0.05) for c in TargetClass
}
CLASSES = Classes(reports=("rotary_drone", "bird"), confusion=CONFUSION)


def tower(bird_weight):
    """The shipped site with a classifier at both radars."""
    site, replace = load_site(find_site("tower_22")), msgspec.structs.replace
    identification = replace(site.policy.identification, bird_weight=bird_weight)
    return replace(
        site,
        sensors=tuple(replace(sensor, classes=CLASSES) for sensor in site.sensors),
        policy=replace(site.policy, identification=identification),
    )


def call(old, new):
    return Call(0.0, 0, old, new, TargetClass.BIRD, False, 0.9, 1.0, 10.0, 50.0)


def test_who_was_not_warned_is_counted_once():
    clear, watch, warning, shelter, over = ZoneState
    steps = [(clear, watch), (watch, warning), (warning, shelter), (over, shelter), (clear, warning), (over, watch)]
    run = QuietRun(1.0, 1, 1, 1, 0, 0.0, tuple(call(*step) for step in steps))
    assert run.warnings == 3
    assert run.crew_calls == 4


@pytest.mark.parametrize("count", [0, 1, 7, 100])
def test_the_interval_of_a_rate_is_exact(count):
    rate = poisson_rate(count, 7200.0, 3600.0)
    assert rate.value == count / 2.0
    assert stats.poisson.cdf(count, 2.0 * rate.high) == pytest.approx(0.025)
    if count:
        assert stats.poisson.sf(count - 1, 2.0 * rate.low) == pytest.approx(0.025)
    else:
        assert rate.low == 0.0


def test_the_more_common_birds_are_said_to_be_the_fewer_calls_they_make():
    sites = [tower(weight) for weight in (0.01, 3000.0)]
    sky = QuietSky(sites[0], 900.0, 1000.0, no_flights(), 11)
    jumpy, calm = run_quiet([Pipeline(site, wants_rows=False) for site in sites], sky, 300.0)
    assert jumpy.tracks == calm.tracks > 50
    assert jumpy.not_clear_s > 20.0
    assert calm.not_clear_s < 0.2 * jumpy.not_clear_s
    assert calm.warnings == 0


@pytest.mark.parametrize("kind", [TargetClass.ROTARY_DRONE, TargetClass.FIXED_WING_DRONE])
def test_where_birds_are_common_drones_are_warned_of_all_the_same(kind):
    site = tower(3000.0)
    coming = intruders(site, kind, 8, np.random.default_rng(5))
    before_s = warned_before(Pipeline(site, wants_rows=False), site, coming, 5)
    assert (before_s >= site.zones[0].shelter_time_s + site.policy.warning.margin_s).all()


def test_intruders_end_over_their_zone_and_one_comes_after_the_other():
    site = load_site(find_site("ain_al_asad"))
    coming = intruders(site, TargetClass.ROTARY_DRONE, 20, np.random.default_rng(2))
    rows = coming.flights.trajectories.rows
    assert (rows["start_s"][1:] > rows["end_s"][:-1]).all()
    assert (coming.arrives_s < rows["end_s"]).all()
    for row, zone in zip(rows, coming.zone, strict=True):
        middle_m = site.zones[zone].corners_m(site.frame).mean(axis=0)
        path_m = coming.flights.trajectories.position_m[row["first"] : row["last"], :2] - middle_m
        assert np.hypot(*path_m.T).min() < 20.0
        assert np.hypot(*path_m[0]) > 5000.0


@pytest.mark.slow
def test_six_hours_of_birds_warn_nobody_where_the_site_can_tell_them():
    site = tower(3000.0)
    sky = QuietSky(site, 6 * 3600.0, 1000.0, no_flights(), 12)
    (run,) = run_quiet([Pipeline(site, wants_rows=False)], sky, 600.0)
    assert run.warnings <= 1
    assert run.crew_calls <= 6
