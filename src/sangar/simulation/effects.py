"""What simulated shots do: each is judged once, at its intercept time, and reported a moment later.

Simulated only: a shot exists because an ENGAGEMENT_FIRED event of the step was observed, and its effect is a number in
this process.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.actions import ACTION, ActionKind
from sangar.core.arrays import PositionsEnuM
from sangar.core.events import EventKind
from sangar.scenario.scenario import Effector
from sangar.simulation.kernels.random import uniforms

EFFECT = 0
"""Stream of random numbers of the effectors."""
REPORT_DELAY_S = 1.0
"""From the intercept to the report of its effect."""


class Shot(NamedTuple):
    """A simulated shot on its way."""

    engagement: int
    effector: int
    track: int
    intercept_s: float
    intercept_m: NDArray[np.float64]


class Stop(NamedTuple):
    """A body stopped by a shot."""

    body: int
    time_s: float
    effector: int


class EffectSchedule:
    """Shots under way and reports not yet handed out.

    Args:
        effectors: the scenario's simulated effectors, in the order of the effector table.
        seed: of the run.
    """

    def __init__(self, effectors: tuple[Effector, ...], seed: int) -> None:
        self._effectors = effectors
        self._seed = seed
        self._shots: list[Shot] = []
        self._reports: list[NDArray[np.void]] = []

    def observe(self, events: NDArray[np.void]) -> None:
        """Take the step's events; shots fired are kept until their intercept time."""
        for event in events[events["kind"] == EventKind.ENGAGEMENT_FIRED]:
            place = np.array([event["east_m"], event["north_m"], event["up_m"]], np.float64)
            self._shots.append(
                Shot(
                    int(event["engagement"]), int(event["effector"]), int(event["track"]), float(event["due_s"]), place
                )
            )

    def judge(self, time_s: float, living_at: Callable[[float], tuple[NDArray[np.int64], PositionsEnuM]]) -> list[Stop]:
        """Judge the shots whose intercept time has come, in its order; returns what they stopped.

        Args:
            time_s: now.
            living_at: rows and positions of the threats alive at a time; asked once for each shot, so that a
                threat one shot has stopped is no longer there for the next.
        """
        due = sorted(shot for shot in self._shots if shot.intercept_s <= time_s)
        self._shots = [shot for shot in self._shots if shot.intercept_s > time_s]
        stops: list[Stop] = []
        for shot in due:
            rows, positions_m = living_at(shot.intercept_s)
            alive = ~np.isin(rows, [stop.body for stop in stops])
            body = self._body_hit(shot, rows[alive], positions_m[alive])
            if body is not None:
                stops.append(Stop(body, shot.intercept_s, shot.effector))
            self._reports.append(_report(shot, body is not None))
        return stops

    def _body_hit(self, shot: Shot, rows: NDArray[np.int64], positions_m: PositionsEnuM) -> int | None:
        if len(rows) == 0:
            return None
        effector = self._effectors[shot.effector]
        distance_m = np.linalg.norm(positions_m - shot.intercept_m, axis=1)
        nearest = int(np.argmin(distance_m))
        chance, _ = uniforms(self._seed, EFFECT, shot.engagement, 0, 0)
        is_hit = distance_m[nearest] <= effector.lethal_distance_m and chance < effector.kill_probability
        return int(rows[nearest]) if is_hit else None

    def reports_due(self, time_s: float) -> NDArray[np.void]:
        """Effect reports whose time has come, each handed out once; records of `core.actions.ACTION`."""
        due = [report for report in self._reports if report["time_s"] <= time_s]
        self._reports = [report for report in self._reports if report["time_s"] > time_s]
        return np.array(sorted(due, key=lambda report: (report["time_s"], report["engagement"])), ACTION)


def _report(shot: Shot, is_hit: bool) -> NDArray[np.void]:
    report = np.zeros((), ACTION)
    report["kind"] = ActionKind.EFFECT_HIT if is_hit else ActionKind.EFFECT_MISS
    report["time_s"] = shot.intercept_s + REPORT_DELAY_S
    report["engagement"], report["track"] = shot.engagement, shot.track
    return report
