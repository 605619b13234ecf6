"""The news of a run: the important events, a line each."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.events import EventKind
from sangar.core.targets import ZoneState
from sangar.report.wording import is_important, sentence
from sangar.report.words import Names

_DECISIONS = {
    EventKind.ENGAGEMENT_PROPOSED,
    EventKind.ENGAGEMENT_DECIDED,
    EventKind.ENGAGEMENT_FIRED,
    EventKind.ENGAGEMENT_ENDED,
}


class NewsLine(NamedTuple):
    """One line of the log."""

    time_s: float
    text: str
    style: str


_SENSOR_FAULTS = (
    EventKind.SENSOR_SILENT,
    EventKind.SENSOR_CLOCK_WRONG,
    EventKind.SENSOR_LEFT_OUT,
    EventKind.SENSOR_PUT_RIGHT,
)


def news_style(event: np.void) -> str:
    """How an event's line is shown."""
    kind = int(event["kind"])
    if kind == EventKind.ZONE_CHANGED:
        return "bold bright_red" if event["new"] == ZoneState.SHELTER_NOW else "bold"
    if kind == EventKind.JUDGEMENT_EXPIRED:
        return "bold"
    if kind in _SENSOR_FAULTS:
        return "bold dark_orange"
    return "magenta" if kind in _DECISIONS else ""


def news_lines(events: NDArray[np.void], names: Names) -> list[NewsLine]:
    """The important events in words."""
    return [
        NewsLine(float(event["time_s"]), sentence(event, names), news_style(event))
        for event in events
        if is_important(event)
    ]
