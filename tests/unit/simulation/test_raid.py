"""A whole raid: time order, determinism, faults, what shots change and what they do not, and how it ended."""

import math

import numpy as np
import pytest

from sangar.core.actions import ActionKind
from sangar.core.events import EVENT, EventKind
from sangar.core.targets import TargetClass
from sangar.scenario.library import find_scenario, shipped_scenarios
from sangar.scenario.scenario import Scenario, load_scenario
from sangar.scenario.site import Site, load_site
from sangar.scenario.toml_file import parse_settings
from sangar.simulation.outcome import perimeter_distance_m
from sangar.simulation.raid import Raid
from sangar.simulation.warmup import warm_up

SITE = """
[site]
name = "Here"
latitude_deg = 33.8
longitude_deg = 42.4

[[sensor]]
id = "north"
kind = "radar"
east_m = 0.0
north_m = 500.0
up_m = 5.0

[[sensor]]
id = "camera"
kind = "camera"
east_m = 0.0
north_m = 0.0
up_m = 5.0
period_s = 0.4

[perimeter]
polygon_m = [[-1000, -1000], [1000, -1000], [1000, 1000], [-1000, 1000]]
"""
SCENARIO = """
name = "Exercise"
duration_s = 60
seed = 3

[[threat]]
id = "drone"
kind = "fixed_wing_drone"
speed_mps = 50
route_m = [[0, 2500, 200], [0, 0, 5]]

[[threat]]
id = "mortar"
kind = "mortar"
start_s = 5
launch = { east_m = 3000, north_m = 0, up_m = 0 }
aim = { east_m = 200, north_m = 100, up_m = 0 }

[[birds]]
id = "gulls"
count = 2
east_m = -800
north_m = 800
up_m = 60

[[fault]]
sensor = "north"
from_s = 20
to_s = 30

[[effector]]
id = "gun"
kind = "gun"
east_m = 0
north_m = 900
up_m = 0
kill_probability = 1.0
"""


def _raid(seed=None, text=SCENARIO):
    return Raid(parse_settings(SITE, Site, "site"), parse_settings(text, Scenario, "raid"), seed)


def _bytes(raid):
    return [(batch.time_s, batch.sensor, batch.detections.tobytes()) for batch in raid.batches()]


def _shot(raid, threat, due_s):
    truth = raid.truth_at(due_s)
    event = np.zeros(1, EVENT)
    event["kind"], event["due_s"], event["track"] = EventKind.ENGAGEMENT_FIRED, due_s, 1
    event["east_m"], event["north_m"], event["up_m"] = truth.position_m[threat]
    return event


def test_batches_come_in_the_order_of_time_one_for_each_look():
    batches = list(_raid().batches())
    times = np.array([batch.time_s for batch in batches])
    assert (np.diff(times) > 0.0).all()
    assert times[0] >= 0.0
    assert times[-1] < 60.0
    for row, period_s in enumerate((1.0, 0.4)):
        looks = np.array([batch.time_s for batch in batches if batch.sensor == row])
        gaps = np.diff(looks)
        assert np.median(gaps) == pytest.approx(period_s)
    for batch in batches:
        assert (batch.detections["time_s"] == batch.time_s).all()


def test_detections_are_numbered_through():
    rows = np.concatenate([batch.detections["row"] for batch in _raid().batches()])
    np.testing.assert_array_equal(rows, np.arange(len(rows)))


def test_detections_of_a_look_come_in_the_order_of_azimuth_not_of_truth():
    for batch in _raid().batches():
        assert (np.diff(batch.detections["measured"][:, 1]) >= 0.0).all()


def test_the_same_seed_gives_the_same_raid_and_another_another():
    assert _bytes(_raid(5)) == _bytes(_raid(5))
    assert _bytes(_raid(5)) != _bytes(_raid(6))


def test_the_scenarios_own_seed_is_taken_when_none_is_given():
    assert _raid().seed == 3
    assert _bytes(_raid()) == _bytes(_raid(3))


def test_a_silent_sensor_gives_no_looks_and_spoils_no_others():
    healthy = SCENARIO.replace("from_s = 20", "from_s = 58").replace("to_s = 30", "to_s = 59.9")
    faulty = {entry for entry in _bytes(_raid()) if entry[1] == 0}
    assert not [time_s for time_s, _, _ in faulty if 20.0 <= time_s < 30.0]
    assert len([time_s for time_s, _, _ in faulty if time_s < 20.0]) == 20
    before = [entry for entry in _bytes(_raid(text=healthy)) if entry[0] < 20.0]
    assert before == [entry for entry in _bytes(_raid()) if entry[0] < 20.0]


def test_truth_names_threats_first_and_knows_who_is_in_the_air():
    raid = _raid()
    early, late = raid.truth_at(2.0), raid.truth_at(10.0)
    assert early.ids == ("drone", "mortar", "gulls-1", "gulls-2")
    assert early.target_class.tolist() == [
        TargetClass.FIXED_WING_DRONE,
        TargetClass.ROCKET_ARTILLERY_MORTAR,
        TargetClass.BIRD,
        TargetClass.BIRD,
    ]
    assert early.alive.tolist() == [True, False, True, True]
    assert late.alive.tolist() == [True, True, True, True]
    assert early.position_m[0] == pytest.approx(
        [0.0, 2500.0 - 2.0 * 50.0 * math.cos(math.atan(195 / 2500)), 192.2], abs=0.5
    )


def test_a_raid_nobody_stops_leaks_and_the_mortar_falls_on_its_aim():
    raid = _raid()
    list(raid.batches())
    drone, mortar = raid.outcome()
    assert (drone.leaked, drone.stopped_s, drone.impact_m) == (True, None, None)
    assert drone.leaked_s == pytest.approx(math.hypot(2500.0, 195.0) / 50.0, abs=0.1)
    assert mortar.leaked
    assert mortar.impact_m == pytest.approx([200.0, 100.0, 0.0], abs=1.0)


def test_a_stopped_threat_is_gone_from_truth_and_from_the_sensors():
    raid = _raid()
    raid.observe(_shot(raid, 0, 15.0))
    rest = list(raid.batches())
    assert raid.truth_at(14.9).alive[0]
    assert not raid.truth_at(15.0).alive[0]
    outcome = raid.outcome()[0]
    assert (outcome.leaked, outcome.stopped_s, outcome.stopped_by) == (False, 15.0, 0)
    distance_m = outcome.stopped_m[1] - 1000.0
    assert outcome.perimeter_distance_m == pytest.approx(distance_m)
    assert outcome.perimeter_distance_m > 0.0
    untouched = _raid()
    assert _echoes_of_the_drone(untouched.batches(), untouched) > 10
    assert _echoes_of_the_drone(rest, untouched) == 0


def _echoes_of_the_drone(batches, raid):
    """Radar detections within 40 m of range and 3 m/s of range rate of where the drone would be, 15 s to 40 s."""
    count = 0
    for batch in batches:
        if batch.sensor == 0 and 15.0 <= batch.time_s < 40.0:
            truth = raid.truth_at(batch.time_s)
            away_m = truth.position_m[0] - np.array([0.0, 500.0, 5.0])
            range_m = np.linalg.norm(away_m)
            rate_mps = away_m @ truth.velocity_mps[0] / range_m
            measured = batch.detections["measured"]
            count += ((abs(measured[:, 0] - range_m) < 40.0) & (abs(measured[:, 3] - rate_mps) < 3.0)).sum()
    return count


def test_a_threat_stopped_inside_the_fence_has_a_negative_distance():
    raid = _raid()
    raid.observe(_shot(raid, 0, 40.0))
    list(raid.batches())
    assert raid.outcome()[0].perimeter_distance_m < 0.0


def test_stopping_one_body_changes_nothing_of_the_others():
    untouched, stopped = _raid(), _raid()
    stopped.observe(_shot(stopped, 0, 15.0))
    before, after = list(untouched.batches()), list(stopped.batches())
    for one, other in zip(before, after, strict=True):
        left = {record["measured"].tobytes() for record in other.detections}
        assert left <= {record["measured"].tobytes() for record in one.detections}


def test_the_effect_comes_back_as_an_action_a_second_after_the_intercept():
    raid = _raid()
    raid.observe(_shot(raid, 0, 15.0))
    assert len(raid.actions_due(15.9)) == 0
    actions = raid.actions_due(16.0)
    assert actions["kind"].tolist() == [ActionKind.EFFECT_HIT]
    assert actions["time_s"].tolist() == [16.0]


def test_birds_cannot_be_shot():
    raid = _raid()
    raid.observe(_shot(raid, 2, 15.0))
    assert raid.actions_due(30.0)["kind"].tolist() == [ActionKind.EFFECT_MISS]


def test_a_site_without_a_fence_has_no_distance():
    site = parse_settings(SITE[: SITE.index("[perimeter]")], Site, "site")
    raid = Raid(site, parse_settings(SCENARIO, Scenario, "raid"), None)
    raid.observe(_shot(raid, 0, 15.0))
    list(raid.batches())
    assert math.isnan(raid.outcome()[0].perimeter_distance_m)


def test_an_empty_scenario_has_looks_and_no_outcome():
    raid = _raid(text='name = "nothing"\nduration_s = 5\n')
    assert len(list(raid.batches())) == 5 + 13
    assert raid.outcome() == []


@pytest.mark.parametrize("name", shipped_scenarios())
def test_a_shipped_raid_would_reach_its_end_if_nobody_stopped_it(name):
    files = find_scenario(name)
    raid = Raid(load_site(files.site), load_scenario(files.scenario), None)
    detections = sum(len(batch.detections) for batch in raid.batches())
    assert detections > 500
    assert all(outcome.leaked for outcome in raid.outcome())


def test_the_rockets_of_the_fifth_of_january_fall_outside_the_fence():
    files = find_scenario("ain_al_asad_2022_01_05")
    site = load_site(files.site)
    raid = Raid(site, load_scenario(files.scenario), None)
    impacts_m = [outcome.impact_m for outcome in raid.outcome() if outcome.impact_m is not None]
    away_m = [perimeter_distance_m(site, impact_m) for impact_m in impacts_m]
    assert len(away_m) == 5
    assert min(away_m) > 100.0
    assert max(away_m) < 2000.0


def test_warming_up_runs_through():
    assert warm_up() > 0.0


def test_the_sites_clock_ticks_where_all_sensors_are_silent_for_a_second():
    faults = "".join(
        f'[[fault]]\nsensor = "{sensor.id}"\nfrom_s = 10.0\nto_s = 20.0\n' for sensor in _raid()._site.sensors
    )
    batches = list(_raid(text=SCENARIO + faults).batches())
    times_s = np.array([batch.time_s for batch in batches])
    assert (np.diff(times_s) >= 0.0).all()
    assert np.diff(times_s).max() < 2.0
    ticks = [batch for batch in batches if batch.sensor < 0]
    assert [tick.time_s for tick in ticks] == sorted({tick.time_s for tick in ticks})
    assert {*np.arange(12.0, 20.0)} <= {tick.time_s for tick in ticks}
    assert all(len(tick.detections) == 0 for tick in ticks)
