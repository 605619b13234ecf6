"""Scenes of claims and bodies: a radar sees bodies whose paths are known, cooperative sources say who is where.

The radar's looks are simulated with noise; what a claimant says is laid by the scene, or read from a recording.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.actions import NO_ACTIONS
from sangar.core.claims import ClaimedCategory, ClaimState
from sangar.core.detections import DETECTION
from sangar.core.events import EventKind
from sangar.core.targets import StandardIdentity, TrackStatus
from sangar.core.track_reports import TRACK_REPORT, ReportStatus
from sangar.core.tracks import STATE_PACKED
from sangar.models.kernels.packed import at
from sangar.pipeline.pipeline import Pipeline
from sangar.pipeline.ports import Batch
from sangar.pipeline.world import World
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings
from tests.unit.tracking.sightings import sighted

RADAR, REMOTE_ID, ADS_B, OWN_FLIGHT = range(4)
SITE = """
[site]
name = "A camp that hears claims"
latitude_deg = 33.8
longitude_deg = 42.4
[[sensor]]
id = "radar-1"
kind = "radar"
east_m = 0.0
north_m = 0.0
up_m = 0.0
coverage = { max_range_m = 60000.0, min_elevation_deg = -1.0, max_elevation_deg = 80.0 }
[[sensor]]
id = "rid-1"
kind = "remote_id"
east_m = 0.0
north_m = 0.0
up_m = 0.0
[[sensor]]
id = "adsb-1"
kind = "ads_b"
east_m = 0.0
north_m = 0.0
up_m = 0.0
[[sensor]]
id = "registry"
kind = "own_flight"
east_m = 0.0
north_m = 0.0
up_m = 0.0
[[zone]]
id = "camp"
name = "Camp"
polygon_m = [[-300.0, -300.0], [300.0, -300.0], [300.0, 300.0], [-300.0, 300.0]]
shelter_time_s = 10.0
people = 80
"""

State = Sequence[float] | NDArray[np.float64]
Path = Callable[[float], State | None]
"""Position and velocity (6) at a time; None where nothing is."""


def straight(start: Sequence[float], velocity: Sequence[float]) -> Path:
    """A body at constant velocity."""
    return lambda time_s: [*np.add(start, np.multiply(velocity, time_s)), *velocity]


class Claim(NamedTuple):
    """Who claims what.

    Attributes:
        source: row of the sensor.
        path: where it says it is; NaN for what it does not tell, None for silence.
        number: of the claimant.
        category: what it says it is.
        sigma: 1 sigma of horizontal place, height (m) and velocity (m/s), as it says.
        late_s: how old the state is when it comes.
        every_s: how often it comes.
    """

    source: int
    path: Path
    number: int = 0x4BB853
    category: ClaimedCategory = ClaimedCategory.NOT_TOLD
    sigma: tuple[float, float, float] = (15.0, 30.0, 3.0)
    late_s: float = 0.0
    every_s: float = 1.0


class Told(NamedTuple):
    """What a scene gave.

    Attributes:
        events: records of `EVENT`.
        identities: per second, identity of each living confirmed track by its id.
        world: the tables at the end.
        updates: records of `UPDATE`.
    """

    events: NDArray[np.void]
    identities: list[dict[int, StandardIdentity]]
    world: World
    updates: NDArray[np.void]

    def claim_events(self, state: ClaimState) -> list[np.void]:
        """Events of a claim's coming into a state, in order."""
        return [e for e in self.events if e["kind"] == EventKind.CLAIM_CHANGED and e["new"] == state]

    def first_s(self, state: ClaimState) -> float:
        """When a claim first came into a state; inf for never."""
        return min((float(e["time_s"]) for e in self.claim_events(state)), default=np.inf)

    def ever(self, track: int) -> set[StandardIdentity]:
        """All identities a track had at the end of a second."""
        return {second[track] for second in self.identities if track in second}

    def last(self, track: int) -> StandardIdentity:
        """The newest identity of a track."""
        return [second[track] for second in self.identities if track in second][-1]


def report(claim: Claim, time_s: float) -> NDArray[np.void]:
    """The record of what a claimant says at a time; empty for silence."""
    state = claim.path(time_s - claim.late_s)
    records = np.zeros(0 if state is None else 1, TRACK_REPORT)
    for record in records:
        record["number"], record["time_s"] = claim.number, time_s - claim.late_s
        record["status"], record["identity"] = ReportStatus.CONFIRMED, claim.category
        record["mean"] = np.asarray(state, dtype=np.float64)
        covariance = np.zeros(STATE_PACKED)
        place_m, height_m, velocity_mps = claim.sigma
        for d, sigma in enumerate((place_m, place_m, height_m, velocity_mps, velocity_mps, velocity_mps)):
            covariance[at(d, d)] = sigma * sigma
        record["covariance"] = covariance
    return records


def site_of(text: str = SITE) -> Site:
    """The site of the scenes."""
    return parse_settings(text, Site, "scene.site.toml")


def play(
    bodies: Sequence[Path], claims: Sequence[Claim], seconds: float, seed: int = 1, site: Site | None = None
) -> Told:
    """Run a scene: one look of the radar a second, and every claim when it is due, half a second later."""
    generator, nothing = np.random.default_rng(seed), np.zeros(0, DETECTION)
    pipeline = Pipeline(site or site_of(), track_capacity=64)
    results, identities = [], []
    for second in range(int(seconds) + 1):
        time_s = float(second)
        seen = [state for body in bodies if (state := body(time_s)) is not None]
        states = np.array(seen, dtype=np.float64).reshape(-1, 6)
        results.append(pipeline.step(Batch(time_s, RADAR, sighted(states, time_s, generator))))
        for claim in claims:
            if time_s % claim.every_s == 0.0:
                said = report(claim, time_s + 0.5)
                results.append(pipeline.step(Batch(time_s + 0.5, claim.source, nothing, said), NO_ACTIONS))
        rows, beliefs = pipeline.world.tracks.rows, pipeline.world.identities
        living = [
            i for i in np.flatnonzero(rows["status"] >= TrackStatus.CONFIRMED) if beliefs[i]["track"] == rows[i]["id"]
        ]
        identities.append({int(rows[i]["id"]): StandardIdentity(beliefs[i]["identity"]) for i in living})
    events = np.concatenate([result.events for result in results])
    return Told(events, identities, pipeline.world, np.concatenate([result.updates for result in results]))
