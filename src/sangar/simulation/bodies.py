"""The bodies of a scenario set in motion: samples of every flight, made once before the raid begins."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.arrays import Vector3
from sangar.core.errors import ConfigurationError
from sangar.core.targets import TargetClass
from sangar.scenario.bodies import BODIES, Birds, Flight, Threat, Traffic
from sangar.scenario.scenario import Scenario
from sangar.scenario.site import Site
from sangar.simulation.kernels.flight import fly_route, fly_wandering
from sangar.simulation.launching import fly_ballistic
from sangar.simulation.tables import FLIGHT, Bodies, Trajectories

ROUTE_STEP_S = 0.25
THROWN_STEP_S = 0.05
LARGEST_SAMPLE_COUNT = 20_000_000
"""Samples of truth kept in memory: about one gigabyte."""


class FlownPath(NamedTuple):
    """One body's samples of truth.

    Attributes:
        position_m: (K, 3) site ENU, K >= 2.
        velocity_mps: (K, 3).
        start_s: time of the first sample.
        step_s: time between samples.
        end_s: when the flight ends by itself; inf where it does not within the run.
    """

    position_m: NDArray[np.float64]
    velocity_mps: NDArray[np.float64]
    start_s: float
    step_s: float
    end_s: float


class _Cast(NamedTuple):
    """One body to be set in motion."""

    id: str
    target_class: TargetClass
    rcs_dbsm: float
    cooperative: bool
    path: FlownPath


def make_bodies(site: Site, scenario: Scenario, seed: int) -> Bodies:
    """Set everything that flies in a scenario in motion.

    Raises:
        ConfigurationError: a rocket cannot reach its aim, or the raid is too long and crowded to keep in memory.
    """
    _check_size(scenario)
    cast = [*_threats(site, scenario), *_traffic(site, scenario), *_birds(site, scenario, seed)]
    return Bodies(
        ids=tuple(body.id for body in cast),
        target_class=np.array([body.target_class for body in cast], np.int64),
        rcs_dbsm=np.array([body.rcs_dbsm for body in cast], np.float64),
        threat_count=len(scenario.threats),
        cooperative=np.array([body.cooperative for body in cast], np.bool_),
        trajectories=join_paths([body.path for body in cast]),
    )


def _check_size(scenario: Scenario) -> None:
    flights = len(scenario.traffic) + len(scenario.threats) + sum(birds.count for birds in scenario.birds)
    if flights * scenario.duration_s / ROUTE_STEP_S > LARGEST_SAMPLE_COUNT:
        problem = f"{flights} bodies for {scenario.duration_s:.0f} s are too many to simulate at once"
        raise ConfigurationError(scenario.name, "duration_s", problem, "shorten the scenario or thin it out")


def _threats(site: Site, scenario: Scenario) -> Iterator[_Cast]:
    for row, threat in enumerate(scenario.threats):
        assumed = BODIES[threat.kind]
        if threat.is_ballistic:
            path = _thrown(site, scenario, row)
        else:
            path = _routed(site, scenario, threat, threat.turn_mps2 or assumed.turn_mps2)
        yield _Cast(threat.id, assumed.target_class, _rcs_dbsm(threat), False, path)


def _traffic(site: Site, scenario: Scenario) -> Iterator[_Cast]:
    for flight in scenario.traffic:
        assumed = BODIES[flight.kind]
        path = _routed(site, scenario, flight, flight.turn_mps2 or assumed.turn_mps2)
        yield _Cast(flight.id, assumed.target_class, _rcs_dbsm(flight), True, path)


def _birds(site: Site, scenario: Scenario, seed: int) -> Iterator[_Cast]:
    number = 0
    for birds in scenario.birds:
        centre_m = birds.position_m(site.frame)
        for bird in range(birds.count):
            path = _wandering(birds, centre_m, scenario.duration_s, seed, number)
            yield _Cast(f"{birds.id}-{bird + 1}", TargetClass.BIRD, birds.rcs_dbsm, False, path)
            number += 1


def _rcs_dbsm(flight: Threat | Traffic) -> float:
    return BODIES[flight.kind].rcs_dbsm if flight.rcs_dbsm is None else flight.rcs_dbsm


def _routed(site: Site, scenario: Scenario, flight: Flight, turn_mps2: float) -> FlownPath:
    count = max(2, math.ceil((scenario.duration_s - flight.start_s) / ROUTE_STEP_S) + 2)
    position_m, velocity_mps = np.zeros((count, 3)), np.zeros((count, 3))
    waypoint_m = np.ascontiguousarray(flight.waypoints_m(site.frame), dtype=np.float64)
    used, arrival_s = fly_route(
        waypoint_m, float(flight.speed_mps or 0.0), turn_mps2, ROUTE_STEP_S, position_m, velocity_mps, np.zeros((3, 3))
    )
    return FlownPath(position_m[:used], velocity_mps[:used], flight.start_s, ROUTE_STEP_S, flight.start_s + arrival_s)


def _thrown(site: Site, scenario: Scenario, row: int) -> FlownPath:
    threat = scenario.threats[row]
    if threat.launch is None or threat.aim is None:
        raise ConfigurationError(scenario.name, f"threat[{row}]", "has no launch or no aim", "add it")
    flown = fly_ballistic(
        launch_m=threat.launch.position_m(site.frame),
        aim_m=threat.aim.position_m(site.frame),
        elevation_rad=math.radians(threat.elevation_deg),
        drag_1pm=BODIES[threat.kind].drag_1pm if threat.drag_1pm is None else threat.drag_1pm,
        place=(math.radians(site.reference.latitude_deg), site.reference.altitude_m),
        step_s=THROWN_STEP_S,
    )
    if flown is None:
        problem = f"no launch speed at {threat.elevation_deg} degrees reaches the aim"
        raise ConfigurationError(scenario.name, f"threat[{row}].aim", problem, "move it nearer or lower the drag")
    return FlownPath(
        flown.position_m, flown.velocity_mps, threat.start_s, THROWN_STEP_S, threat.start_s + flown.impact_s
    )


def _wandering(birds: Birds, centre_m: Vector3, duration_s: float, seed: int, number: int) -> FlownPath:
    count = math.ceil(duration_s / ROUTE_STEP_S) + 2
    position_m, velocity_mps = np.zeros((count, 3)), np.zeros((count, 3))
    turn_mps2 = BODIES["birds"].turn_mps2
    fly_wandering(
        centre_m, birds.radius_m, birds.speed_mps, turn_mps2, ROUTE_STEP_S, seed, number, position_m, velocity_mps,
        np.zeros((3, 3)),
    )  # fmt: skip
    return FlownPath(position_m, velocity_mps, 0.0, ROUTE_STEP_S, math.inf)


def join_paths(paths: list[FlownPath]) -> Trajectories:
    """Samples of all flights, body after body, as compiled code takes them."""
    rows = np.zeros(len(paths), FLIGHT)
    first = 0
    for entry, path in zip(rows, paths, strict=True):
        entry["first"], entry["last"] = first, first + len(path.position_m)
        entry["start_s"], entry["step_s"], entry["end_s"] = path.start_s, path.step_s, path.end_s
        first += len(path.position_m)
    return Trajectories(
        rows=rows,
        position_m=np.concatenate([np.zeros((0, 3)), *(path.position_m for path in paths)]),
        velocity_mps=np.concatenate([np.zeros((0, 3)), *(path.velocity_mps for path in paths)]),
    )
