"""Incidents: from the events of a run, what is to be said of which zone, and which threat it is about.

One threat is one incident, whichever tracks follow it: a track that ended as the same body as another (MERGED), and one
that was recognised as a lost one (TRACK_REACQUIRED), go on under the number of the first. The book is a function of
the events and their times alone, so a journal gives the same alerts again.
"""

import math
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Generic

import numpy as np
from numpy.typing import NDArray

from sangar.core.areas import AreaMap
from sangar.core.events import EventKind
from sangar.core.targets import DropReason, TargetClass, ZoneState
from sangar.models.kernels.polygon import distance
from sangar.warning.settings import WarningSettings
from sangar.warning.words.alert import Alert, M, ThreatKind, Transition
from sangar.warning.words.lineage import Lineage

NEWS_WORTH_S = 10.0
"""Told people hear of a new time when it differs from the told one by more than this."""

FORGOTTEN_AFTER_S = 3600.0
"""A body that ended longer ago, and stands for nothing in any zone, is forgotten: a run may last for months."""

_RAISED = {
    ZoneState.WATCH: Transition.WATCH,
    ZoneState.WARNING: Transition.WARNING,
    ZoneState.SHELTER_NOW: Transition.SHELTER_NOW,
}
_TOLD = (Transition.WARNING, Transition.SHELTER_NOW, Transition.UPDATE)
_KINDS = {
    TargetClass.ROCKET_ARTILLERY_MORTAR: ThreatKind.ROCKET_OR_MORTAR,
    TargetClass.FIXED_WING_DRONE: ThreatKind.DRONE,
    TargetClass.ROTARY_DRONE: ThreatKind.DRONE,
}


@dataclass
class _Threat:
    """What the events told of one body."""

    kind: ThreatKind = ThreatKind.UNKNOWN
    fall: NDArray[np.void] | np.void | None = None  # its last IMPACT_PREDICTED
    end: DropReason | None = None
    is_stopped: bool = False


@dataclass
class _Stand(Generic[M]):
    """What was last said of a zone, and the tracks it was said of."""

    alert: Alert[M]
    tracks: list[int] = field(default_factory=list)


class IncidentBook(Generic[M]):
    """Turns events into alerts of one mode."""

    def __init__(self, mode: M, areas: AreaMap, settings: WarningSettings) -> None:
        """An empty book for a site with these areas."""
        self._mode, self._areas, self._settings = mode, areas, settings
        self._lineage = Lineage()
        self._threats: dict[int, _Threat] = {}
        self._incidents: dict[int, int] = {}
        self._count = 0
        self._ended: deque[tuple[float, int]] = deque()
        self._stands: dict[int, _Stand[M]] = {}

    def take(self, events: NDArray[np.void], time_s: float) -> list[Alert[M]]:
        """The alerts that these events make, in order, and the renewals that are due.

        Args:
            events: records of `core.events.EVENT`, in the order the step wrote them.
            time_s: now; not before the events.
        """
        said = [alert for event in events for alert in self._take(event)]
        self._forget(time_s)
        for zone, stand in self._stands.items():
            if stand.alert.transition in _TOLD and time_s >= stand.alert.expires_s - self._settings.quiet_s:
                said.append(self._say(zone, Transition.UPDATE, stand.alert, time_s, stand.alert.due_s))
        return said

    def _take(self, event: np.void) -> list[Alert[M]]:
        kind = int(event["kind"])
        if kind == EventKind.ZONE_CHANGED:
            return self._zone_changed(event)
        if int(event["track"]) < 1:
            return []
        self._note(kind, event)
        if kind in (EventKind.IMPACT_PREDICTED, EventKind.ARRIVAL_PREDICTED):
            return self._time_changed(event)
        return []

    def _note(self, kind: int, event: np.void) -> None:
        """Remember what an event tells of a body."""
        track = int(event["track"])
        if kind == EventKind.TRACK_DROPPED and event["new"] == DropReason.MERGED and event["old"] > 0:
            self._join(track, int(event["old"]))
            return
        if kind == EventKind.TRACK_REACQUIRED and event["old"] > 0:
            self._join(int(event["old"]), track)
        threat = self._threat(track)
        if kind == EventKind.TRACK_DROPPED:
            threat.end = DropReason(int(event["new"]))
            self._ended.append((float(event["time_s"]), track))
        elif kind == EventKind.TRACK_REACQUIRED:
            threat.end = None
        elif kind == EventKind.CLASS_CHANGED:
            threat.kind = _KINDS.get(TargetClass(int(event["new"])), ThreatKind.UNKNOWN)
        elif kind == EventKind.IMPACT_PREDICTED:
            threat.kind, threat.fall = ThreatKind.ROCKET_OR_MORTAR, event.copy()
        elif kind == EventKind.ENGAGEMENT_ENDED:
            threat.is_stopped = threat.is_stopped or bool(event["new"] == 1)

    def _join(self, ended: int, goes_on: int) -> None:
        """Let one body's two tracks be one, under the older incident."""
        numbers = [
            self._incidents[root] for root in map(self._lineage.root, (ended, goes_on)) if root in self._incidents
        ]
        kinds = [self._threat(track).kind for track in (goes_on, ended)]
        root = self._lineage.root(ended)
        self._lineage.join(ended, goes_on)
        if root != self._lineage.root(goes_on):
            del self._threats[root]
            self._incidents.pop(root, None)
        if numbers:
            self._incidents[self._lineage.root(goes_on)] = min(numbers)
        known = [kind for kind in kinds if kind != ThreatKind.UNKNOWN]
        self._threat(goes_on).kind = known[0] if known else ThreatKind.UNKNOWN

    def _forget(self, time_s: float) -> None:
        """Let go of bodies that ended long ago."""
        while self._ended and time_s - self._ended[0][0] > FORGOTTEN_AFTER_S:
            root = self._lineage.root(self._ended.popleft()[1])
            if root not in self._threats or self._threats[root].end is None:
                continue  # it came back
            if any(root == self._lineage.root(track) for stand in self._stands.values() for track in stand.tracks):
                self._ended.append((time_s, root))
                continue
            del self._threats[root]
            self._incidents.pop(root, None)
            self._lineage.forget(root)

    def _threat(self, track: int) -> _Threat:
        return self._threats.setdefault(self._lineage.root(track), _Threat())

    def _incident(self, track: int, stand: _Stand[M] | None) -> int:
        """Number of the incident of a track's body; of a zone that names none, the one that stands there."""
        if track < 1 and stand is not None:
            return stand.alert.incident
        root = self._lineage.root(track)
        if root not in self._incidents or track < 1:
            self._count += 1
            self._incidents[root] = self._count
        return self._incidents[root]

    def _zone_changed(self, event: np.void) -> list[Alert[M]]:
        zone, state, time_s = int(event["area"]), ZoneState(int(event["new"])), float(event["time_s"])
        stand = self._stands.get(zone)
        if state in _RAISED:
            return [self._raise(zone, _RAISED[state], event, stand)]
        if stand is None:
            return []
        said = []  # a WATCH that came to nothing was told to nobody
        if state == ZoneState.ALL_CLEAR:
            said.append(self._say(zone, self._ending(zone, stand), stand.alert, time_s, math.nan))
        del self._stands[zone]
        return said

    def _raise(self, zone: int, transition: Transition, event: np.void, stand: _Stand[M] | None) -> Alert[M]:
        track, time_s, due_s = int(event["track"]), float(event["time_s"]), float(event["due_s"])
        alert = Alert(
            mode=self._mode,
            transition=transition,
            kind=self._threat(track).kind if track > 0 else ThreatKind.UNKNOWN,
            zone=zone,
            incident=self._incident(track, stand),
            time_s=time_s,
            due_s=due_s,
            expires_s=self._expiry(transition, time_s, due_s),
        )
        tracks = stand.tracks if stand else []
        self._stands[zone] = _Stand(alert, [*tracks, track] if track > 0 else tracks)
        return alert

    def _time_changed(self, event: np.void) -> list[Alert[M]]:
        """An update for zones told of this body, where what they were told of the time is no longer so."""
        root, time_s, due_s = self._lineage.root(int(event["track"])), float(event["time_s"]), float(event["due_s"])
        said = []
        for zone, stand in self._stands.items():
            is_meant = (
                event["area"] in (-1, zone) and self._lineage.root(stand.tracks[-1] if stand.tracks else 0) == root
            )
            if is_meant and stand.alert.transition in _TOLD and abs(due_s - stand.alert.due_s) > NEWS_WORTH_S:
                said.append(self._say(zone, Transition.UPDATE, stand.alert, time_s, due_s))
        return said

    def _say(self, zone: int, transition: Transition, before: Alert[M], time_s: float, due_s: float) -> Alert[M]:
        """A further message on what stands in a zone; it stands from now on."""
        stand = self._stands[zone]
        kind = self._threat(stand.tracks[-1]).kind if stand.tracks else before.kind
        expires_s = self._expiry(transition, time_s, due_s)
        due_s = due_s if due_s > time_s else math.nan
        stand.alert = replace(before, transition=transition, kind=kind, time_s=time_s, due_s=due_s, expires_s=expires_s)
        return stand.alert

    def _expiry(self, transition: Transition, time_s: float, due_s: float) -> float:
        settings = self._settings
        if transition in (*_TOLD, Transition.WATCH):
            until_s = max(time_s, due_s) if math.isfinite(due_s) else time_s
            return until_s + settings.lost_hold_s + settings.quiet_s
        return time_s + settings.all_clear_s

    def _ending(self, zone: int, stand: _Stand[M]) -> Transition:
        """How it ended here: nothing came (cancel), it was lost from sight (expired), or it is over (all clear)."""
        threats = [self._threat(track) for track in stand.tracks]
        if any(
            threat.is_stopped or (threat.end == DropReason.IMPACTED and self._fell(zone, threat)) for threat in threats
        ):
            return Transition.ALL_CLEAR
        if any(threat.end in (DropReason.LOST, DropReason.NUMERICAL, DropReason.CROWDED) for threat in threats):
            return Transition.EXPIRED
        return Transition.CANCEL if threats else Transition.ALL_CLEAR

    def _fell(self, zone: int, threat: _Threat) -> bool:
        """Whether a body's last predicted impact area (95 %) reached the zone."""
        if threat.fall is None:
            return True
        row, fall = self._areas.rows[zone], threat.fall
        gap_m = distance(self._areas.vertex_m, row["first"], row["last"], fall["east_m"], fall["north_m"])
        return bool(gap_m <= fall["ellipse_major_m"])
