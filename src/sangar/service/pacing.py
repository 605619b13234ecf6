"""Clocks of a demonstration: real time, quicker time, no waiting at all."""

import time


class ScaledClock:
    """Scenario time that runs a number of times faster than the wall; starts when made. A `Clock` port."""

    def __init__(self, speed: float) -> None:
        """Run `speed` times real time."""
        self._speed, self._began_s = speed, time.monotonic()

    def now_s(self) -> float:
        """Scenario seconds since the clock was made."""
        return (time.monotonic() - self._began_s) * self._speed

    def wait_until(self, time_s: float) -> None:
        """Sleep until scenario time has reached that; not at all when it has."""
        ahead_s = time_s - self.now_s()
        if ahead_s > 0.0:
            time.sleep(ahead_s / self._speed)


class UnpacedClock:
    """Scenario time that is always where it is wanted. A `Clock` port."""

    def __init__(self) -> None:
        """Start at zero."""
        self._now_s = 0.0

    def now_s(self) -> float:
        """The latest time waited for."""
        return self._now_s

    def wait_until(self, time_s: float) -> None:
        """Jump there."""
        self._now_s = max(self._now_s, time_s)
