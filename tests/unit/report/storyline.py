"""A small raid told by hand: two drones, one stopped, one bird track; every number chosen, nothing computed."""

from typing import Any

import numpy as np

from sangar.core.actions import ACTION
from sangar.core.detections import DETECTION
from sangar.core.events import EVENT, UPDATE, EventKind
from sangar.core.targets import StandardIdentity, TargetClass, TrackStatus, ZoneState
from sangar.core.track_reports import NO_REPORTS
from sangar.journal.payloads import ThreatTruth, Truth, run_header
from sangar.journal.run import RecordedRun, RecordedStep
from sangar.journal.verify import Condition, Verdict
from sangar.report.material import Material, gather
from sangar.scenario.scenario import Scenario
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings

SITE_TEXT = """
[site]
name = "Fort <Test> & Co"
latitude_deg = 33.8
longitude_deg = 42.4
altitude_m = 180.0
[[sensor]]
id = "radar-1"
kind = "radar"
east_m = 0.0
north_m = 0.0
up_m = 10.0
[[zone]]
id = "living"
name = "Living $area$ <b>"
polygon_m = [[-400.0, -400.0], [400.0, -400.0], [400.0, 0.0], [-400.0, 0.0]]
shelter_time_s = 15.0
people = 300
[[zone]]
id = "ramp"
name = "Ramp"
polygon_m = [[-400.0, 200.0], [400.0, 200.0], [400.0, 500.0], [-400.0, 500.0]]
people = 40
[perimeter]
polygon_m = [[-900.0, -900.0], [900.0, -900.0], [900.0, 900.0], [-900.0, 900.0]]
"""
SCENARIO_TEXT = """
name = "Two drones <script>alert(1)</script>"
description = "Told by hand."
sources = ["A public statement, 4 January 2022"]
start_utc = 2022-01-04T01:30:00Z
duration_s = 120.0
[[threat]]
id = "drone-1"
kind = "fixed_wing_drone"
route_m = [[0.0, 6000.0, 300.0], [0.0, 0.0, 300.0]]
speed_mps = 50.0
[[threat]]
id = "drone-2"
kind = "fixed_wing_drone"
route_m = [[6000.0, 0.0, 300.0], [0.0, 0.0, 300.0]]
speed_mps = 50.0
[[effector]]
id = "gun-1"
kind = "gun"
east_m = 0.0
north_m = 300.0
up_m = 5.0
"""
NOTHING = {"track": 0, "area": -1, "engagement": -1, "effector": -1, "old": -1, "new": -1, "row": -1}


def event(kind: int, time_s: float, **columns: float) -> np.ndarray:
    record = np.zeros(1, EVENT)
    for name in ("probability", "due_s", "east_m", "north_m", "up_m"):
        record[name] = np.nan
    for name, value in {**NOTHING, "kind": int(kind), "time_s": time_s, **columns}.items():
        record[name] = value
    return record


def zone(time_s: float, area: int, old: ZoneState, new: ZoneState, track: int = 0) -> np.ndarray:
    return event(
        EventKind.ZONE_CHANGED, time_s, area=area, old=int(old), new=int(new), track=track, due_s=time_s + 30.0
    )


def story_events() -> np.ndarray:
    return np.concatenate(
        [
            event(EventKind.TRACK_CONFIRMED, 10.0, track=1),
            event(EventKind.CLASS_CHANGED, 14.0, track=1, new=int(TargetClass.FIXED_WING_DRONE), probability=0.91),
            event(EventKind.TRACK_CONFIRMED, 16.0, track=2),
            event(EventKind.TRACK_CONFIRMED, 18.0, track=5),
            event(
                EventKind.IDENTITY_CHANGED,
                20.0,
                track=1,
                old=int(StandardIdentity.SUSPECT),
                new=int(StandardIdentity.HOSTILE),
            ),
            zone(22.0, 0, ZoneState.CLEAR, ZoneState.WATCH, 1),
            zone(30.0, 0, ZoneState.WATCH, ZoneState.WARNING, 1),
            event(EventKind.ENGAGEMENT_PROPOSED, 40.0, engagement=0, effector=0, track=1, due_s=60.0),
            event(EventKind.ENGAGEMENT_DECIDED, 43.0, engagement=0, track=1, new=2, old=1),
            event(
                EventKind.ENGAGEMENT_FIRED,
                44.0,
                engagement=0,
                effector=0,
                track=1,
                due_s=50.0,
                east_m=0.0,
                north_m=2000.0,
                up_m=300.0,
            ),
            event(EventKind.ENGAGEMENT_ENDED, 51.0, engagement=0, track=1, new=1),
            zone(52.0, 0, ZoneState.WARNING, ZoneState.SHELTER_NOW, 2),
            event(EventKind.TRACK_DROPPED, 56.0, track=1, new=0),
            zone(70.0, 1, ZoneState.CLEAR, ZoneState.WARNING, 5),
            zone(75.0, 1, ZoneState.WARNING, ZoneState.ALL_CLEAR),
            zone(110.0, 0, ZoneState.SHELTER_NOW, ZoneState.ALL_CLEAR),
        ]
    )


def path(first_s: float, last_s: float, start_m, velocity_mps) -> tuple[np.ndarray, np.ndarray]:
    time_s = np.arange(first_s, last_s + 0.5)
    return time_s, np.asarray(start_m) + np.outer(time_s, velocity_mps)


def updates_of(track: int, time_s: np.ndarray, position_m: np.ndarray, identity: StandardIdentity) -> np.ndarray:
    rows = np.zeros(len(time_s), UPDATE)
    rows["time_s"], rows["track"], rows["identity"] = time_s, track, int(identity)
    rows["status"] = int(TrackStatus.CONFIRMED)
    rows["status"][0] = int(TrackStatus.TENTATIVE)
    rows["mean"][:, :3] = position_m
    return rows


def story_updates() -> np.ndarray:
    offset_m = np.array([20.0, -15.0, 10.0])
    first = path(8.0, 50.0, (0.0, 6000.0, 300.0), (0.0, -50.0, 0.0))
    second = path(12.0, 110.0, (6000.0, 0.0, 300.0), (-50.0, 0.0, 0.0))
    bird = path(15.0, 80.0, (-2000.0, -500.0, 60.0), (8.0, 3.0, 0.0))
    rows = np.concatenate(
        [
            updates_of(1, first[0], first[1] + offset_m, StandardIdentity.HOSTILE),
            updates_of(2, second[0], second[1] - offset_m, StandardIdentity.HOSTILE),
            updates_of(5, *bird, StandardIdentity.UNKNOWN),
        ]
    )
    return rows[np.argsort(rows["time_s"], kind="stable")]


def threat(name: str, flown: tuple[np.ndarray, np.ndarray], **end: Any) -> ThreatTruth:
    return ThreatTruth(
        id=name,
        kind="fixed_wing_drone",
        time_s=flown[0].tolist(),
        position_m=[tuple(place) for place in flown[1].tolist()],
        **end,
    )


def story_truth() -> Truth:
    first = path(0.0, 50.0, (0.0, 6000.0, 300.0), (0.0, -50.0, 0.0))
    second = path(0.0, 120.0, (6000.0, 0.0, 300.0), (-50.0, 0.0, 0.0))
    return Truth(
        [
            threat("drone-1", first, stopped_s=50.0, ended_s=50.0, perimeter_distance_m=2600.0),
            threat("drone-2", second, leaked=True, ended_s=120.0),
        ]
    )


def story_run() -> RecordedRun:
    steps = [
        RecordedStep(
            number, float(record["time_s"][0]), 0, np.zeros(0, DETECTION), NO_REPORTS, np.zeros(0, ACTION), record
        )
        for number, record in enumerate(np.split(story_events(), len(story_events())))
    ]
    header = run_header(site=SITE_TEXT, scenario=SCENARIO_TEXT, seed=1, policy="Consent after 3 s <i>")
    verdict = Verdict(condition=Condition.WHOLE, entries=9, head_sha256="ab" * 32, reason="every entry is sound")
    return RecordedRun(header, steps, story_truth(), b"{}", verdict)


def story_material() -> Material:
    site = parse_settings(SITE_TEXT, Site, "site")
    scenario = parse_settings(SCENARIO_TEXT, Scenario, "scenario")
    return gather(story_run(), site, scenario, story_updates())
