"""The crew of an exercise: says of bodies what the scenario file lets it say, right or wrong.

People at a screen point at tracks, not at bodies: each word goes to the confirmed track nearest to where the body is,
and waits until there is one.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sangar.core.actions import ACTION, NO_ACTIONS, ActionKind
from sangar.core.targets import StandardIdentity, TrackStatus
from sangar.core.tracks import TrackTable
from sangar.scenario.scenario import Judgement, Scenario
from sangar.simulation.raid import Truth

NEAR_M = 300.0
"""A track farther than this from the body is not the one that is meant."""


class ExerciseCrew:
    """Judges tracks as the scenario says."""

    def __init__(self, scenario: Scenario, truth_at: Callable[[float], Truth]) -> None:
        """Ready for the first step; `truth_at` tells where the bodies are."""
        self._waiting = sorted(scenario.judgements, key=lambda judgement: judgement.at_s)
        self._truth_at = truth_at

    def actions_due(self, time_s: float, tracks: TrackTable) -> NDArray[np.void]:
        """What the crew says now, as records of `core.actions.ACTION`."""
        due = [judgement for judgement in self._waiting if judgement.at_s <= time_s]
        if not due:
            return NO_ACTIONS
        truth = self._truth_at(time_s)
        said = [(judgement, track) for judgement in due if (track := _track_of(judgement, truth, tracks, time_s)) > 0]
        actions = np.zeros(len(said), ACTION)
        for action, (judgement, track) in zip(actions, said, strict=True):
            action["kind"], action["time_s"], action["engagement"] = ActionKind.SET_IDENTITY, time_s, -1
            action["track"], action["value"] = track, StandardIdentity[judgement.identity.upper()]
            action["person"] = judgement.person
            self._waiting.remove(judgement)
        return actions


def _track_of(judgement: Judgement, truth: Truth, tracks: TrackTable, time_s: float) -> int:
    """Id of the confirmed track nearest to a body; 0 where none is near."""
    body = truth.ids.index(judgement.body)
    rows = tracks.rows[tracks.rows["status"] >= TrackStatus.CONFIRMED]
    if not truth.alive[body] or not len(rows):
        return 0
    ahead_s = np.maximum(time_s - rows["time_s"], 0.0)[:, None]
    distance_m = np.linalg.norm(rows["mean"][:, :3] + rows["mean"][:, 3:] * ahead_s - truth.position_m[body], axis=1)
    nearest = int(np.argmin(distance_m))
    return int(rows["id"][nearest]) if distance_m[nearest] <= NEAR_M else 0
