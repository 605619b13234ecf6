"""The desk of a demonstration: a stated standing policy decides in a person's place, and is recorded as such.

In live service no such desk exists: a person decides. Here nobody sits at the desk, so the policy's words stand in the
journal, on the screen and in the report, and each decision carries the number `STANDING_POLICY`, never a person's.
"""

import numpy as np
from numpy.typing import NDArray

from sangar.core.actions import ACTION, STANDING_POLICY, ActionKind
from sangar.core.events import EventKind


class StandingPolicyDesk:
    """Consents to every proposal after a stated time, as a person who looks and decides would need."""

    def __init__(self, decision_s: float) -> None:
        """Decide `decision_s` seconds after each proposal."""
        self._decision_s = decision_s
        self._waiting: list[tuple[float, int, int]] = []

    def observe(self, events: NDArray[np.void]) -> None:
        """Lay new proposals on the desk."""
        for event in events[events["kind"] == EventKind.ENGAGEMENT_PROPOSED]:
            decided_s = float(event["time_s"]) + self._decision_s
            self._waiting.append((decided_s, int(event["engagement"]), int(event["track"])))

    def actions_due(self, time_s: float) -> NDArray[np.void]:
        """Consents given up to a time, each once, in the order in which they were given."""
        due = sorted(waiting for waiting in self._waiting if waiting[0] <= time_s)
        self._waiting = [waiting for waiting in self._waiting if waiting[0] > time_s]
        actions = np.zeros(len(due), ACTION)
        for action, (decided_s, engagement, track) in zip(actions, due, strict=True):
            action["kind"] = ActionKind.CONSENT
            action["time_s"] = decided_s
            action["engagement"], action["track"] = engagement, track
            action["value"] = -1
            action["person"] = STANDING_POLICY
        return actions
