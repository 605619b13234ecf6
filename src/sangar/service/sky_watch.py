"""Keeps up, while a run goes on, with the zones over which the sky may be called clear: who looks, and since when.

The step says who is silent; this says what that means. Fair weather is assumed. It is worked out anew when the sensors'
state changes, and then every few seconds until the longest way in that is asked about lies behind the change.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sangar.assessment.clear_sky import clear_sky
from sangar.assessment.settings import ClearSkySettings
from sangar.core.areas import AreaKind
from sangar.core.sensors import PUT_RIGHT
from sangar.pipeline.world import World

REFRESH_S = 5.0


class SkyWatch:
    """Which zones nobody can vouch for."""

    def __init__(self, settings: ClearSkySettings) -> None:
        """Ready for the first look at a run's tables."""
        self._settings = settings
        self._heard_s = np.zeros((0, 2))
        self._at_work = np.zeros(0, np.bool_)
        self._changed_s = self._judged_s = -math.inf
        self._unassured: frozenset[int] = frozenset()

    def unassured(self, world: World, time_s: float) -> frozenset[int]:
        """Rows of the zones over which something unnoticed may be, as far as `highest_missed` says.

        Args:
            world: the tables of the run.
            time_s: now, seconds since the site's epoch; not before the last call.
        """
        if self._take_in(world.sensors, time_s) or self._is_due(time_s):
            self._judged_s = time_s
            self._unassured = frozenset(self._judge(world, time_s))
        return self._unassured

    def _take_in(self, sensors: NDArray[np.void], time_s: float) -> bool:
        """Note since when and until when each sensor has been at work; whether that changed."""
        if len(self._heard_s) != len(sensors):
            self._heard_s = np.full((len(sensors), 2), (math.inf, -math.inf))
            self._at_work = np.zeros(len(sensors), np.bool_)
        is_left_out = (sensors["left_out"] > 0) & (sensors["left_out"] < PUT_RIGHT)
        is_heard = (sensors["is_silent"] == 0) & (sensors["is_mistimed"] == 0) & np.isfinite(sensors["believed_s"])
        at_work = is_heard & ~is_left_out
        begun, ended = at_work & ~self._at_work, self._at_work & ~at_work
        self._heard_s[begun] = np.column_stack([sensors["believed_s"][begun], np.full(begun.sum(), math.inf)])
        self._heard_s[ended, 1] = sensors["believed_s"][ended]
        self._at_work = at_work
        if begun.any() or ended.any():
            self._changed_s = time_s
        return bool(begun.any() or ended.any())

    def _is_due(self, time_s: float) -> bool:
        way_s = self._settings.way_m / self._settings.speed_mps
        return time_s >= self._judged_s + REFRESH_S and self._judged_s < self._changed_s + way_s

    def _judge(self, world: World, time_s: float) -> list[int]:
        fair = np.ones(len(world.sensors))
        return [
            row
            for row in np.flatnonzero(world.areas.rows["kind"] == AreaKind.ZONE).tolist()
            if not clear_sky(
                world.sensors, fair, self._heard_s, world.areas.rows[row], time_s, self._settings
            ).is_assured
        ]
