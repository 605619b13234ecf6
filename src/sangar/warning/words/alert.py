"""An alert: what is to be said of one zone, before it is put into any language.

The mode is part of an alert's type: `Alert[Exercise]` goes into `Wording[Exercise]` and nothing else. A type checker
refuses the mix before the program runs, `Mode.require` when it runs. Why: on 13 January 2018 one screen and one wording
served drill and emergency in Hawaii (FCC, April 2018, DOC-350119A1).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar

from sangar.core.errors import SangarError


class ModeError(SangarError):
    """An alert of one mode was to be worded or sent as one of another."""


class Mode:
    """What a message is: one of `Live`, `Exercise`, `Test`; nothing else, and never left open."""

    name: ClassVar[str] = ""

    def require(self, other: "Mode", what: str) -> None:
        """Refuse to join two things of different modes.

        Raises:
            ModeError: they differ.
        """
        if type(self) is not type(other) or not self.name:
            problem = f"{what} is bound to mode {other.name!r}"
            raise ModeError(f"an alert of mode {self.name!r} cannot be used here: {problem}")


class Live(Mode):
    """People are in danger."""

    name = "live"


class Exercise(Mode):
    """Threats are simulated or played; people act as if they were real."""

    name = "exercise"


class Test(Mode):
    """The way of an alert is tried; nobody has to do anything."""

    __test__ = False  # the test runner takes classes of this name for its own
    name = "test"


MODES: dict[str, Mode] = {mode.name: mode for mode in (Live(), Exercise(), Test())}
"""The modes by the name that files spell."""

M = TypeVar("M", bound=Mode)


class Transition(StrEnum):
    """What has changed for the zone."""

    WATCH = "watch"
    WARNING = "warning"
    SHELTER_NOW = "shelter_now"
    UPDATE = "update"
    CANCEL = "cancel"
    ALL_CLEAR = "all_clear"
    EXPIRED = "expired"


class ThreatKind(StrEnum):
    """What comes, as far as it matters to those who must act."""

    ROCKET_OR_MORTAR = "rocket_or_mortar"
    DRONE = "drone"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Alert(Generic[M]):
    """One thing to be said.

    Attributes:
        mode: live, exercise or test.
        transition: what has changed.
        kind: what the threat is.
        zone: row of the zone in the site file.
        incident: number of the incident, from 1: one threat, however many sensors, tracks and messages.
        time_s: when it was decided, seconds since the site's epoch.
        due_s: when harm is expected; NaN where that is not known, or is over.
        expires_s: from when the message no longer holds unless it is renewed.
    """

    mode: M
    transition: Transition
    kind: ThreatKind
    zone: int
    incident: int
    time_s: float
    due_s: float
    expires_s: float

    @property
    def is_for_crew(self) -> bool:
        """Whether it is told to the crew only: people are not told of what they need not act on."""
        return self.transition == Transition.WATCH
