"""Run a quiet sky through the step, and note every call on the crew and every warning: none was needed."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from sangar.core.areas import AreaKind
from sangar.core.events import EventKind
from sangar.core.targets import TargetClass, TrackStatus, ZoneState
from sangar.pipeline.pipeline import Pipeline
from sangar.pipeline.world import World
from sangar.simulation.quiet_sky import QuietSky

NEAR_M = 300.0
"""A track this near a body, at most, is of that body; else of clutter, or of several bodies mixed up."""
NOBODY = -1
TOLD = (ZoneState.WARNING, ZoneState.SHELTER_NOW)
"""What people are told, not the crew alone."""


class Call(NamedTuple):
    """One time a zone was told more than before.

    Attributes:
        time_s: when; seconds since the run began.
        zone: row of the zone.
        old, new: `ZoneState`.
        cause: `TargetClass` of the body behind it, `NOBODY` where there is none.
        is_thrown: whether the track was taken for a thrown body.
        bird_probability: what the identification gave for a bird.
        age_s: since the track was confirmed.
        speed_mps: ground speed of the track.
        up_m: its height above the site.
    """

    time_s: float
    zone: int
    old: int
    new: int
    cause: int
    is_thrown: bool
    bird_probability: float
    age_s: float
    speed_mps: float
    up_m: float


class QuietRun(NamedTuple):
    """What a quiet sky led to.

    Attributes:
        duration_s: simulated.
        looks, detections: how many.
        tracks: confirmed.
        false_tracks: confirmed with no body near.
        not_clear_s: summed over the zones, how long they stood at WATCH or above.
        calls: in the order of time.
    """

    duration_s: float
    looks: int
    detections: int
    tracks: int
    false_tracks: int
    not_clear_s: float
    calls: tuple[Call, ...]

    @property
    def crew_calls(self) -> int:
        """How often a zone that was CLEAR was not any more: the crew has to look."""
        return sum(call.old in (ZoneState.CLEAR, ZoneState.ALL_CLEAR) for call in self.calls)

    @property
    def warnings(self) -> int:
        """How often people of a zone who had not been warned were."""
        return sum(call.new in TOLD and call.old not in TOLD for call in self.calls)


class Rate(NamedTuple):
    """A rate of rare events with its 95 % interval (Garwood 1936, exact for Poisson counts).

    Attributes:
        value: events over time.
        low, high: ends of the interval.
        seen: how many.
    """

    value: float
    low: float
    high: float
    seen: int


def poisson_rate(seen: int, duration_s: float, per_s: float) -> Rate:
    """The rate, per so many seconds, of events of which so many were seen in a time."""
    units = duration_s / per_s
    low = 0.5 * chi2.ppf(0.025, 2 * seen) / units if seen else 0.0
    return Rate(seen / units, float(low), float(0.5 * chi2.ppf(0.975, 2 * seen + 2) / units), seen)


class _Notes:
    """What is gathered of one pipeline."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.zones = np.flatnonzero(world.areas.rows["kind"] == AreaKind.ZONE)
        self.calls: list[Call] = []
        self.tracks = self.false_tracks = 0
        self.not_clear_s = 0.0

    def take(self, events: NDArray[np.void], elapsed_s: float, sky: QuietSky) -> None:
        """Note what one step said."""
        state = self.world.zones["state"][self.zones]
        self.not_clear_s += elapsed_s * float(((state == ZoneState.WATCH) | np.isin(state, TOLD)).sum())
        for event in events[np.isin(events["kind"], (EventKind.ZONE_CHANGED, EventKind.TRACK_CONFIRMED))]:
            row = _row_of(event["track"], self.world)
            if event["kind"] == EventKind.TRACK_CONFIRMED:
                self.tracks += 1
                self.false_tracks += _cause(row, self.world, sky) == NOBODY
            elif _is_call(event):
                self.calls.append(_call(event, row, self.world, sky))


def run_quiet(
    pipelines: Sequence[Pipeline],
    sky: QuietSky,
    first_s: float = 0.0,
    watch: Callable[[float], None] | None = None,
) -> list[QuietRun]:
    """Run a sky to its end through several pipelines side by side; what each made of it.

    Args:
        pipelines: fresh ones, of the same sensors, of whatever settings.
        sky: what is seen.
        first_s: what comes before is left out: tracks that begin with the run are all new at once.
        watch: told the time of every look, for progress.
    """
    notes = [_Notes(pipeline.world) for pipeline in pipelines]
    looks, detections, before_s = 0, 0, first_s
    for batch in sky.batches():
        events = [pipeline.step(batch).events for pipeline in pipelines]
        if batch.time_s < first_s:
            continue
        looks, detections = looks + 1, detections + len(batch.detections)
        for note, said in zip(notes, events, strict=True):
            note.take(said, batch.time_s - before_s, sky)
        before_s = batch.time_s
        if watch is not None:
            watch(batch.time_s)
    return [
        QuietRun(
            before_s - first_s, looks, detections, note.tracks, note.false_tracks, note.not_clear_s, tuple(note.calls)
        )
        for note in notes
    ]


def _is_call(event: np.void) -> bool:
    """Whether a zone is told more than it was: ALL CLEAR is told less, and what follows on it is as after CLEAR."""
    told = ZoneState.CLEAR if event["old"] == ZoneState.ALL_CLEAR else event["old"]
    return bool(event["new"] != ZoneState.ALL_CLEAR and event["new"] > told)


def _row_of(track: int, world: World) -> int:
    """Row of a living track; -1 for none."""
    rows = np.flatnonzero((world.tracks.rows["id"] == track) & (world.tracks.rows["status"] != TrackStatus.FREE))
    return int(rows[0]) if rows.size else -1


def _cause(row: int, world: World, sky: QuietSky) -> int:
    """`TargetClass` of the body a track is of; `NOBODY` where none is near."""
    present = sky.bodies["is_present"] == 1
    if row < 0 or not present.any():
        return NOBODY
    away_m = np.linalg.norm(sky.bodies["position_m"] - world.tracks.rows[row]["mean"][:3], axis=1)
    away_m[~present] = np.inf
    nearest = int(away_m.argmin())
    return int(sky.target_class[nearest]) if away_m[nearest] <= NEAR_M else NOBODY


def _call(event: np.void, row: int, world: World, sky: QuietSky) -> Call:
    track, belief = world.tracks.rows[row], world.identities[row]
    return Call(
        time_s=float(event["time_s"]),
        zone=int(event["area"]),
        old=int(event["old"]),
        new=int(event["new"]),
        cause=_cause(row, world, sky),
        is_thrown=bool(world.assessments.rows[row]["ballistic"] == 1),
        bird_probability=float(belief["posterior"][TargetClass.BIRD]),
        age_s=float(event["time_s"] - track["confirmed_s"]),
        speed_mps=float(np.hypot(track["mean"][3], track["mean"][4])),
        up_m=float(track["mean"][2]),
    )
