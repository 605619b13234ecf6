"""Ways of watching a run, and the two plain ones: line by line, and not at all."""

from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.text import Text

from sangar.pipeline.world import World
from sangar.report.alerts import Announcement
from sangar.report.words import Names, clock_text
from sangar.service.news import news_lines
from sangar.warning.words.alert import Exercise


class RunView(Protocol):
    """Someone who watches a run; entered before its first step, left after its last."""

    def __enter__(self) -> Self:
        """Begin watching."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop watching."""
        ...

    def tell(self, events: NDArray[np.void]) -> None:
        """Take news: records of `core.events.EVENT`."""
        ...

    def alert(self, announcements: Sequence[Announcement[Exercise]]) -> None:
        """Take what is said to people."""
        ...

    def show(self, world: World, time_s: float) -> None:
        """Take a look at the tables, if it is time to."""
        ...


class SilentView:
    """Watches nothing, for programs that read only the answer."""

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""

    def tell(self, events: NDArray[np.void]) -> None:
        """Say nothing."""

    def alert(self, announcements: Sequence[Announcement[Exercise]]) -> None:
        """Pass nothing on."""

    def show(self, world: World, time_s: float) -> None:
        """Show nothing."""


class PlainView(SilentView):
    """Prints one line for each thing a person must know: for logs, pipes and runs that do not wait."""

    def __init__(self, console: Console, names: Names) -> None:
        """Print on the given console."""
        self._console, self._names = console, names

    def tell(self, events: NDArray[np.void]) -> None:
        """Print the important ones."""
        for line in news_lines(events, self._names):
            self._console.print(Text(f"{clock_text(line.time_s)}  ") + Text(line.text, style=line.style))

    def alert(self, announcements: Sequence[Announcement[Exercise]]) -> None:
        """Print every alert, a line for each language, set in under the news."""
        for announcement in announcements:
            for message in announcement.messages:
                line = message.text.replace("\n", "  ")
                self._console.print(Text(f"    {line}", style="bold"), soft_wrap=True)
