"""A raid: the truth, what the site's sensors make of it, and what simulated shots do to it.

Everything is a function of the files and the seed; what the defence does changes only who is still in the air.
"""

import heapq
import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.arrays import PositionsEnuM
from sangar.core.detections import AZIMUTH, DETECTION
from sangar.pipeline.layout import effector_table
from sangar.pipeline.ports import Batch
from sangar.scenario.scenario import Scenario, check_scenario
from sangar.scenario.site import Site
from sangar.simulation.bodies import make_bodies
from sangar.simulation.claimants import Claimants, speakers_of
from sangar.simulation.effects import EffectSchedule
from sangar.simulation.kernels.flight import bodies_at
from sangar.simulation.kernels.look import look
from sangar.simulation.outcome import ThreatOutcome, perimeter_distance_m
from sangar.simulation.sensors import sensor_models
from sangar.simulation.tables import BODY, Bodies

GOLDEN_SHARE = 0.6180339887498949
"""Looks of the sensors are spread over their periods by this share, so that no two coincide."""
TICK_PERIOD_S = 1.0
NO_SENSOR = -1
NO_DETECTIONS = np.zeros(0, DETECTION)
ROOM_SIGMAS = 12.0
"""Room for false alarms above their mean, in standard deviations."""


class Truth(NamedTuple):
    """What is really in the air at one time, B rows: threats, traffic, birds.

    Attributes:
        ids: names from the scenario.
        target_class: (B,) `TargetClass`.
        position_m: (B, 3) site ENU; meaningless where not alive.
        velocity_mps: (B, 3).
        alive: (B,) in the air at that time.
    """

    ids: tuple[str, ...]
    target_class: NDArray[np.int64]
    position_m: NDArray[np.float64]
    velocity_mps: NDArray[np.float64]
    alive: NDArray[np.bool_]


class Raid:
    """One run of a scenario at a site.

    Args:
        site: where.
        scenario: what happens.
        seed: in place of the scenario's own; None takes that.
        bodies: flights made elsewhere (by another model of flight), in place of those the scenario describes and in
            its order; None makes these.

    Attributes:
        effectors: the simulated effectors, as the step's world needs them.
        seed: the seed in use.

    Raises:
        ConfigurationError: the scenario does not go with the site.
    """

    def __init__(self, site: Site, scenario: Scenario, seed: int | None, bodies: Bodies | None = None) -> None:
        check_scenario(scenario, site, scenario.name)
        self.seed = scenario.seed if seed is None else seed
        self.effectors = effector_table(scenario, site)
        self._site = site
        self._scenario = scenario
        self._bodies = make_bodies(site, scenario, self.seed) if bodies is None else bodies
        self._sensors = sensor_models(site, self._bodies)
        self._claimants = Claimants(site, speakers_of(scenario, site), self.seed)
        self._effects = EffectSchedule(scenario.effectors, self.seed)
        self._stopped_s = np.full(len(self._bodies.ids), np.inf)
        self._stopped_by = np.full(len(self._bodies.ids), -1, np.int64)
        self._scratch = np.zeros((4, 8))
        self._row = 0

    def batches(self) -> Iterator[Batch]:
        """Looks of all sensors in the order of time; one batch for each, every detection stamped with its time.

        Where no sensor speaks for a second the site's own clock ticks (sensor -1): time passes for a blind site too.
        Observe the events of one batch before asking for the next: who has been stopped is not seen again.
        """
        heard_s = 0.0
        for time_s, sensor, instant in heapq.merge(self._ticks(), *map(self._looks, range(len(self._site.sensors)))):
            if sensor >= 0:
                heard_s = time_s
            elif time_s - heard_s < TICK_PERIOD_S:
                continue
            self._judge(time_s)
            if sensor < 0:
                yield Batch(time_s, sensor, NO_DETECTIONS)
            elif self._site.sensors[sensor].is_cooperative:
                yield Batch(time_s, sensor, NO_DETECTIONS, self._claimants.heard(time_s, sensor, self._states(time_s)))
            else:
                yield Batch(time_s, sensor, self._look(time_s, sensor, instant))

    def observe(self, events: NDArray[np.void]) -> None:
        """Take the step's events; simulated shots take effect at their intercept time."""
        self._effects.observe(events)

    def actions_due(self, time_s: float) -> NDArray[np.void]:
        """Reports of simulated effects up to that time, each handed out once; records of `core.actions.ACTION`."""
        self._judge(time_s)
        return self._effects.reports_due(time_s)

    def truth_at(self, time_s: float) -> Truth:
        """What is really in the air at a time (stopped bodies are gone from the time they were stopped)."""
        states = self._states(time_s)
        alive = states["is_present"].astype(np.bool_)
        return Truth(self._bodies.ids, self._bodies.target_class, states["position_m"], states["velocity_mps"], alive)

    def outcome(self) -> list[ThreatOutcome]:
        """What became of each threat within the scenario's duration, in the file's order."""
        return [self._threat_outcome(row) for row in range(self._bodies.threat_count)]

    def _ticks(self) -> Iterator[tuple[float, int, int]]:
        for instant in range(1, math.ceil(self._scenario.duration_s / TICK_PERIOD_S)):
            yield instant * TICK_PERIOD_S, NO_SENSOR, instant

    def _looks(self, row: int) -> Iterator[tuple[float, int, int]]:
        sensor = self._site.sensors[row]
        period_s = sensor.look_period_s
        phase_s = period_s * ((row + 1) * GOLDEN_SHARE % 1.0)
        silences = [(fault.from_s, fault.to_s) for fault in self._scenario.faults if fault.sensor == sensor.id]
        count = max(0, math.ceil((self._scenario.duration_s - phase_s) / period_s))
        for instant in range(count):
            time_s = phase_s + instant * period_s
            if not any(from_s <= time_s < to_s for from_s, to_s in silences):
                yield time_s, row, instant

    def _look(self, time_s: float, sensor: int, instant: int) -> NDArray[np.void]:
        model, sees = self._sensors.rows[sensor], self._sensors.sees[sensor]
        mean = float(model["false_alarms"])
        room = len(self._bodies.ids) + math.ceil(mean + ROOM_SIGMAS * math.sqrt(mean) + ROOM_SIGMAS)
        detections = np.zeros(room, DETECTION)
        count = look(
            *(model, sees, instant, time_s, self.seed, self._states(time_s)),
            *(self._site.reference.altitude_m, self._scratch, detections),
        )
        seen = detections[:count]
        seen = seen[np.argsort(seen["measured"][:, AZIMUTH], kind="stable")]  # as the beam passes, true or false
        seen["row"] = np.arange(self._row, self._row + count)
        self._row += count
        return seen

    def _states(self, time_s: float) -> NDArray[np.void]:
        """Records of `BODY` at a time; stopped bodies are gone from the time they were stopped."""
        states = np.zeros(len(self._bodies.ids), BODY)
        states["rcs_dbsm"] = self._bodies.rcs_dbsm
        bodies_at(self._bodies.trajectories, time_s, states)
        states["is_present"] &= time_s < self._stopped_s
        return states

    def _judge(self, time_s: float) -> None:
        for stop in self._effects.judge(time_s, self._living_threats):
            self._stopped_s[stop.body] = stop.time_s
            self._stopped_by[stop.body] = stop.effector

    def _living_threats(self, time_s: float) -> tuple[NDArray[np.int64], PositionsEnuM]:
        truth = self.truth_at(time_s)
        rows = np.flatnonzero(truth.alive[: self._bodies.threat_count])
        return rows, truth.position_m[rows]

    def _threat_outcome(self, row: int) -> ThreatOutcome:
        threat = self._scenario.threats[row]
        end_s = float(self._bodies.trajectories.rows[row]["end_s"])
        stopped_s, stopped_by = float(self._stopped_s[row]), int(self._stopped_by[row])
        is_stopped = math.isfinite(stopped_s)
        leaked = not is_stopped and end_s <= self._scenario.duration_s
        last_m = self._states(stopped_s if is_stopped else min(end_s, self._scenario.duration_s))["position_m"][row]
        return ThreatOutcome(
            id=threat.id,
            kind=threat.kind,
            stopped_s=stopped_s if is_stopped else None,
            stopped_m=last_m if is_stopped else None,
            stopped_by=stopped_by if is_stopped else None,
            perimeter_distance_m=perimeter_distance_m(self._site, last_m) if is_stopped else math.nan,
            leaked=leaked,
            leaked_s=end_s if leaked else None,
            impact_m=last_m if leaked and threat.is_ballistic else None,
        )
