"""Ports: what the pipeline needs of the world, and gives to it, in its own words.

Adapters, the simulation, the journal and the service implement these; none of them knows another.
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from sangar.core.track_reports import NO_REPORTS


class Batch(NamedTuple):
    """One look of one sensor, or one report.

    Attributes:
        time_s: newest detection, or the time of the look when it saw nothing; seconds since the site's epoch.
        sensor: row of the sensor table.
        detections: records of `core.detections.DETECTION`; empty when the sensor looked and saw nothing.
        reports: records of `core.track_reports.TRACK_REPORT`, where the sensor is another tracker.
    """

    time_s: float
    sensor: int
    detections: NDArray[np.void]
    reports: NDArray[np.void] = NO_REPORTS


class Clock(Protocol):
    """Where time comes from."""

    def now_s(self) -> float:
        """Seconds since the site's epoch."""
        ...

    def wait_until(self, time_s: float) -> None:
        """Return when that time has come."""
        ...


class SensorFeed(Protocol):
    """Where detections come from."""

    def batches(self) -> Iterator[Batch]:
        """Looks in the order of their times.

        Raises:
            PortError: the feed failed and cannot go on.
        """
        ...


class AlertSink(Protocol):
    """A way to reach people."""

    def issue(self, events: NDArray[np.void]) -> None:
        """Tell people what these records of `core.events.EVENT` mean for them.

        Raises:
            PortError: the alert certainly did not leave.
        """
        ...


class DecisionDesk(Protocol):
    """Where people decide about proposals (or a stated standing policy does, in a study or a demonstration)."""

    def observe(self, events: NDArray[np.void]) -> None:
        """Lay new proposals before the person."""
        ...

    def actions_due(self, time_s: float) -> NDArray[np.void]:
        """Decisions made up to that time and not handed out before; records of `core.actions.ACTION`."""
        ...


class Recorder(Protocol):
    """What keeps the record."""

    def record_input(self, batch: Batch, actions: NDArray[np.void]) -> None:
        """Keep what is about to go into the step; returns when it is durable.

        Raises:
            PortError: it could not be kept.
        """
        ...

    def record_output(self, events: NDArray[np.void]) -> None:
        """Keep what the step said.

        Raises:
            PortError: it could not be kept.
        """
        ...
