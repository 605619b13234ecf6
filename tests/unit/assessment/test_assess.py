"""The assessment stage: what each track means for each area, and what is said of it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sangar.assessment.kernels.assess import ARRIVAL_INTERVAL_S, IMPACT_INTERVAL_S, assess
from sangar.assessment.kernels.harm import approach_harm, closest_approach, impact_harm
from sangar.assessment.kernels.reach import closing_share, soonest_after
from sangar.assessment.settings import AssessmentSettings
from sangar.core.areas import AreaKind
from sangar.core.events import EVENTS, IMPACTS, OVERFLOW, EventKind, allocate_outputs
from sangar.core.targets import TrackStatus
from sangar.models.workbench import allocate_workbench
from tests.unit.engagement.hand_made_world import Square, make_world
from tests.unit.tracking.oracles import pack

PARAMETERS = AssessmentSettings().parameters(0.59, 180.0)
BENCH = allocate_workbench()[0]
CAMP = Square(half_m=300.0)
DEPOT = Square(east_m=5000.0, half_m=200.0, kind=AreaKind.ASSET)
CORRIDOR = Square(half_m=900.0, kind=AreaKind.CORRIDOR)
INBOUND = [-3000.0, 0.0, 300.0, 50.0, 0.0, 0.0]
BOMB = [-1950.0, 0.0, 600.0, 120.0, 0.0, 60.0]
AT_SUMMIT = [-1950.0, 0.0, 800.0, 120.0, 0.0, 5.0]


@pytest.fixture
def world():
    return make_world((CAMP, DEPOT, CORRIDOR))._replace(outputs=allocate_outputs(64, 0, 64))


def put(world, mean, logit, time_s=10.0, row=0, track_id=7, status=TrackStatus.CONFIRMED):
    track = world.tracks.rows[row]
    covariance = np.diag([15.0, 15.0, 15.0, 2.0, 2.0, 2.0, 0.1, 3.0]) ** 2
    track["id"], track["status"], track["time_s"], track["thrown_logit"] = track_id, status, time_s, logit
    track["mean"], track["covariance"] = mean, pack(covariance[:6, :6])
    track["thrown"], track["thrown_covariance"], track["row"] = [*mean, -9.5, 0.0], pack(covariance), 3
    world.tracks.counters[1] = max(world.tracks.counters[1], row + 1)
    return track


def judge(world):
    """One round of assessment; its events."""
    world.outputs.written[:] = 0
    assess(world.tracks, world.assessments, world.areas, PARAMETERS, world.outputs, allocate_workbench()[0])
    return world.outputs.events[: world.outputs.written[EVENTS]].copy()


def test_a_flown_track_gets_its_approach_to_every_area_but_corridors(world):
    track = put(world, INBOUND, -6.0)
    events = judge(world)
    threats = world.assessments.threats[0]
    for a in (0, 1):
        gap_m, after_s = closest_approach(
            track["mean"], world.areas.rows[a], world.areas.vertex_m, PARAMETERS.horizon_s
        )
        assert threats[a]["approach_m"] == gap_m
        assert threats[a]["due_s"] == 10.0 + after_s
        assert_allclose(threats[a]["harm"], approach_harm(track, world.areas.rows[a], gap_m, after_s, PARAMETERS))
        after_s = soonest_after(track["mean"], world.areas.rows[a], world.areas.vertex_m, PARAMETERS)
        assert threats[a]["soonest_s"] == 10.0 + after_s
        assert threats[a]["straightness"] == closing_share(track["mean"], world.areas.rows[a], world.areas.vertex_m)
    assert (threats[2]["harm"], threats[2]["due_s"]) == (0.0, np.inf)
    assert np.isnan(world.assessments.rows[0]["impact_s"])
    assert events["kind"].tolist() == [EventKind.ARRIVAL_PREDICTED]
    assert (events[0]["area"], events[0]["due_s"], events[0]["row"]) == (0, threats[0]["due_s"], 3)


def test_a_ballistic_track_gets_an_impact_and_the_harm_it_does(world):
    put(world, BOMB, 5.0)
    events = judge(world)
    row, threats = world.assessments.rows[0], world.assessments.threats[0]
    assert row["ballistic"] == 1
    for a in (0, 1):
        assert_allclose(
            threats[a]["harm"], impact_harm(row, world.areas.rows[a], world.areas.vertex_m, PARAMETERS, BENCH)
        )
        assert threats[a]["due_s"] == row["impact_s"]
    assert threats[0]["harm"] > 0.5
    assert threats[1]["harm"] < 1e-9
    assert threats[2]["harm"] == 0.0
    assert events["kind"].tolist() == [EventKind.IMPACT_PREDICTED]
    assert_allclose([events[0]["east_m"], events[0]["north_m"]], row["impact_m"][:2])
    assert events[0]["ellipse_major_m"] >= events[0]["ellipse_minor_m"] > 0.0
    impact = world.outputs.impacts[0]
    assert world.outputs.written[IMPACTS] == 1
    assert (impact["track"], impact["time_to_impact_s"]) == (7, row["impact_s"] - 10.0)


@pytest.mark.parametrize(("logit", "ballistic"), [(2.1, 0), (2.3, 1)])
def test_the_probability_decides_between_flown_and_thrown(world, logit, ballistic):
    """log(0.9 / 0.1) = 2.197; at its summit its climb says nothing."""
    put(world, AT_SUMMIT, logit)
    judge(world)
    assert world.assessments.rows[0]["ballistic"] == ballistic


def test_what_may_be_thrown_has_an_impact_already_and_harms_as_either_would(world):
    """Logit -1: ballistic with probability 0.27; at its summit its climb says nothing."""
    put(world, AT_SUMMIT, 5.0)
    judge(world)
    thrown = world.assessments.threats[0]["harm"].copy()
    track = put(world, AT_SUMMIT, -1.0, track_id=8)
    judge(world)
    gap_m, after_s = closest_approach(track["mean"], world.areas.rows[0], world.areas.vertex_m, PARAMETERS.horizon_s)
    flown = approach_harm(track, world.areas.rows[0], gap_m, after_s, PARAMETERS)
    row, likely = world.assessments.rows[0], 1.0 / (1.0 + np.e)
    assert row["ballistic"] == 0
    assert np.isfinite([*row["impact_m"], row["impact_s"]]).all()
    assert_allclose(world.assessments.threats[0]["harm"][0], likely * thrown[0] + (1.0 - likely) * flown)


def test_an_ellipse_that_has_shrunk_is_said_at_once(world):
    track = put(world, BOMB, 5.0)
    first = judge(world)
    track["time_s"] += PARAMETERS.interval_s
    assert len(judge(world)) == 0
    track["time_s"] += PARAMETERS.interval_s
    track["thrown_covariance"] *= 0.25
    (again,) = judge(world)
    assert again["kind"] == EventKind.IMPACT_PREDICTED
    assert again["ellipse_major_m"] < 0.75 * first[0]["ellipse_major_m"]


@pytest.mark.parametrize("status", [TrackStatus.FREE, TrackStatus.TENTATIVE])
def test_what_is_not_confirmed_is_not_assessed(world, status):
    put(world, INBOUND, -6.0, status=status)
    assert len(judge(world)) == 0
    assert world.assessments.rows[0]["track"] == 0


def test_a_track_is_assessed_anew_only_after_the_interval(world):
    track = put(world, INBOUND, -6.0)
    judge(world)
    track["time_s"] += 0.9 * PARAMETERS.interval_s
    judge(world)
    assert world.assessments.rows[0]["assessed_s"] == 10.0
    track["time_s"] = 10.0 + PARAMETERS.interval_s
    judge(world)
    assert world.assessments.rows[0]["assessed_s"] == 10.0 + PARAMETERS.interval_s


@pytest.mark.parametrize(
    ("mean", "logit", "interval_s"), [(INBOUND, -6.0, ARRIVAL_INTERVAL_S), (BOMB, 5.0, IMPACT_INTERVAL_S)]
)
def test_a_prediction_is_said_again_only_after_a_while(world, mean, logit, interval_s):
    track, said = put(world, mean, logit), []
    for k in range(60):
        track["time_s"] = 10.0 + 0.25 * k
        said += [10.0 + 0.25 * k] * len(judge(world))
    assert said[0] == 10.0
    assert_allclose(np.diff(said), interval_s)


def test_a_harmless_course_is_not_worth_saying(world):
    put(world, [-3000.0, 3000.0, 300.0, -50.0, 50.0, 0.0], -6.0)
    assert len(judge(world)) == 0


def test_a_new_track_in_an_old_row_starts_with_nothing_of_the_old_one(world):
    put(world, BOMB, 5.0)
    judge(world)
    put(world, [-3000.0, 3000.0, 300.0, -50.0, 50.0, 0.0], -6.0, time_s=10.05, track_id=8)
    judge(world)
    row = world.assessments.rows[0]
    assert (row["track"], row["ballistic"], row["assessed_s"]) == (8, 0, 10.05)
    assert np.isnan(row["impact_m"]).all()
    assert world.assessments.threats[0]["harm"].max() < 0.05


def test_a_body_that_turns_out_to_fly_loses_its_impact(world):
    track = put(world, BOMB, 5.0)
    judge(world)
    track["thrown_logit"], track["time_s"] = -9.0, 11.0
    judge(world)
    row = world.assessments.rows[0]
    assert row["ballistic"] == 0
    assert np.isnan([*row["impact_m"], *row["impact_covariance_m2"], row["impact_s"], row["impact_sigma_s"]]).all()


def test_full_logs_are_counted(world):
    small = world._replace(outputs=allocate_outputs(0, 0, 1))
    for row in range(3):
        put(small, BOMB, 5.0, row=row, track_id=row + 1)
    judge(small)
    assert small.outputs.written[IMPACTS] == 1
    assert small.outputs.written[OVERFLOW] == 2 + 3


def test_how_straight_it_comes_is_remembered_for_a_time_and_forgotten_with_the_track(world):
    put(world, INBOUND, -6.0)
    judge(world)
    put(world, [*INBOUND[:3], -50.0, 0.0, 0.0], -6.0, time_s=20.0)
    judge(world)
    faded = np.exp(-10.0 / PARAMETERS.straightness_memory_s)
    assert_allclose(world.assessments.threats[0, 0]["straightness"], -1.0 + 2.0 * faded, rtol=1e-3)
    put(world, [*INBOUND[:3], -50.0, 0.0, 0.0], -6.0, time_s=20.5, track_id=8)
    judge(world)
    assert_allclose(world.assessments.threats[0, 0]["straightness"], -1.0, rtol=1e-3)


def test_what_is_thrown_cannot_turn(world):
    put(world, BOMB, 9.0)
    judge(world)
    threat = world.assessments.threats[0, 0]
    assert threat["soonest_s"] == np.inf
    assert np.isnan(threat["straightness"])
