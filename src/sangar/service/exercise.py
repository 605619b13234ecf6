"""An exercise: simulated raid, the step, the desk and the record, joined batch by batch.

The order within a batch is what makes the record honest: what is about to go into the step is durable first, then the
step runs, then what it said is recorded, and only then does anybody see it.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.events import EVENT, UPDATE
from sangar.journal.payloads import ThreatTruth, Truth
from sangar.pipeline.layout import effector_table
from sangar.pipeline.pipeline import Pipeline, StepResult
from sangar.pipeline.ports import Batch, Clock, DecisionDesk, Recorder
from sangar.scenario.scenario import Scenario
from sangar.scenario.site import Site
from sangar.service.crew import ExerciseCrew
from sangar.simulation.outcome import ThreatOutcome, perimeter_distance_m
from sangar.simulation.raid import Raid

TRUTH_PERIOD_S = 1.0
"""How often the truth is sampled for the report; the path is drawn straight in between."""


class ExerciseStep(NamedTuple):
    """One batch and what came of it."""

    batch: Batch
    actions: NDArray[np.void]
    result: StepResult


class Exercise:
    """One run of a scenario.

    Attributes:
        raid: the simulated world.
        pipeline: the step and its tables.
    """

    def __init__(
        self, site: Site, scenario: Scenario, seed: int | None, desk: DecisionDesk, recorder: Recorder
    ) -> None:
        """Lay out a run; `seed` replaces the scenario's own."""
        self.raid = Raid(site, scenario, seed)
        self.pipeline = Pipeline(site, effectors=effector_table(scenario, site))
        self._site, self._scenario = site, scenario
        self._desk, self._recorder = desk, recorder
        self._crew = ExerciseCrew(scenario, self.raid.truth_at)
        self._events: list[NDArray[np.void]] = []
        self._updates: list[NDArray[np.void]] = []
        self._paths: dict[str, list[tuple[float, NDArray[np.float64]]]] = {threat.id: [] for threat in scenario.threats}
        self._sampled_s = -math.inf

    def steps(self, clock: Clock) -> Iterator[ExerciseStep]:
        """Run to the end, each batch when the clock has reached its time.

        Raises:
            PortError: the record could not be kept; the run stops there.
        """
        for batch in self.raid.batches():
            clock.wait_until(batch.time_s)
            yield self._step(batch)

    def events(self) -> NDArray[np.void]:
        """Records of `core.events.EVENT` so far."""
        return np.concatenate(self._events) if self._events else np.zeros(0, EVENT)

    def updates(self) -> NDArray[np.void]:
        """Records of `core.events.UPDATE` so far."""
        return np.concatenate(self._updates) if self._updates else np.zeros(0, UPDATE)

    def truth(self) -> Truth:
        """The threats' paths and ends; the step never saw them."""
        return Truth([self._threat_truth(outcome) for outcome in self.raid.outcome()])

    def _step(self, batch: Batch) -> ExerciseStep:
        said = self._crew.actions_due(batch.time_s, self.pipeline.world.tracks)
        actions = np.concatenate([self._desk.actions_due(batch.time_s), said, self.raid.actions_due(batch.time_s)])
        self._recorder.record_input(batch, actions)
        result = self.pipeline.step(batch, actions)
        self._recorder.record_output(result.events)
        self.raid.observe(result.events)
        self._desk.observe(result.events)
        self._events.append(result.events)
        self._updates.append(result.updates)
        self._sample_truth(batch.time_s)
        return ExerciseStep(batch, actions, result)

    def _sample_truth(self, time_s: float) -> None:
        if time_s < self._sampled_s + TRUTH_PERIOD_S:
            return
        self._sampled_s = time_s
        truth = self.raid.truth_at(time_s)
        for threat, position_m, alive in zip(truth.ids, truth.position_m, truth.alive, strict=True):
            if alive and threat in self._paths:
                self._paths[threat].append((time_s, position_m))

    def _threat_truth(self, outcome: ThreatOutcome) -> ThreatTruth:
        path = self._paths[outcome.id]
        ended_s = outcome.stopped_s if outcome.stopped_s is not None else outcome.leaked_s
        distance_m = outcome.perimeter_distance_m
        if outcome.impact_m is not None:
            distance_m = perimeter_distance_m(self._site, outcome.impact_m)
        return ThreatTruth(
            id=outcome.id,
            kind=outcome.kind,
            time_s=[time_s for time_s, _ in path],
            position_m=[(float(east), float(north), float(up)) for _, (east, north, up) in path],
            stopped_s=outcome.stopped_s,
            leaked=outcome.leaked,
            ended_s=ended_s,
            perimeter_distance_m=None if math.isnan(distance_m) else distance_m,
        )
