"""Channels: where alerts go. Each carries messages of one mode, for good."""

from dataclasses import dataclass
from typing import Generic

from sangar.warning.words.alert import Alert, M


@dataclass(frozen=True)
class BoundChannel(Generic[M]):
    """A channel of the site file, bound to the mode the file gives it.

    Attributes:
        mode: the only mode it carries.
        who: whom it reaches, in words.
        is_for_crew: whether it reaches the crew, who are told what others need not act on.
    """

    mode: M
    who: str
    is_for_crew: bool

    def takes(self, alert: Alert[M]) -> bool:
        """Whether an alert is meant for those it reaches.

        Raises:
            ModeError: the alert is of another mode; that is never a matter of choice.
        """
        alert.mode.require(self.mode, f"channel {self.who!r}")
        return self.is_for_crew or not alert.is_for_crew
