"""The live view: the screen of a terminal, drawn anew while a run goes on."""

import math
import time
from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.live import Live

from sangar.pipeline.world import World
from sangar.report.alerts import Announcement
from sangar.report.words import Names
from sangar.service.news import NewsLine, news_lines
from sangar.service.picture import take_picture
from sangar.service.sky_watch import SkyWatch
from sangar.service.terminal import Setting, screen
from sangar.warning.words.alert import Exercise

REDRAW_PERIOD_S = 0.1
KEPT_NEWS = 200


class LiveView:
    """Keeps the screen up to date while a run goes on."""

    def __init__(self, console: Console, setting: Setting, names: Names, watch: SkyWatch) -> None:
        """Show on the given console once entered as a context."""
        self._console, self._setting, self._names, self._watch = console, setting, names, watch
        self._news: deque[NewsLine] = deque(maxlen=KEPT_NEWS)
        self._live = Live(console=console, screen=True, auto_refresh=False)
        self._drawn_s = -math.inf

    def __enter__(self) -> Self:
        """Take over the screen."""
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the screen back."""
        self._live.__exit__(kind, error, trace)

    def tell(self, events: NDArray[np.void]) -> None:
        """Add to the news."""
        self._news.extend(news_lines(events, self._names))

    def alert(self, announcements: Sequence[Announcement[Exercise]]) -> None:
        """Add the words of each alert, in its first language, to the news; the rest stands in the report."""
        for announcement in announcements:
            if announcement.messages:
                text = announcement.messages[0].text.replace("\n", "  ")
                self._news.append(NewsLine(announcement.alert.time_s, text, "bold"))

    def show(self, world: World, time_s: float) -> None:
        """Draw the screen anew, unless it was drawn a moment ago."""
        now_s = time.monotonic()
        if now_s < self._drawn_s + REDRAW_PERIOD_S:
            return
        self._drawn_s = now_s
        width, height = self._console.size
        picture = take_picture(world, self._names, time_s, self._watch.unassured(world, time_s))
        self._live.update(screen(self._setting, picture, list(self._news), width, height), refresh=True)
