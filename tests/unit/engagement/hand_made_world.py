"""Small worlds of core tables made by hand, for the tests of identification, warning and engagement."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.areas import AreaKind, AreaMap, allocate_areas, allocate_zones
from sangar.core.assessments import AssessmentTable, allocate_assessments
from sangar.core.effectors import EngagementTable, allocate_effectors, allocate_engagements
from sangar.core.events import EVENTS, Outputs, allocate_outputs
from sangar.core.identities import allocate_identities
from sangar.core.sensors import allocate_sensors
from sangar.core.targets import StandardIdentity, TrackStatus
from sangar.core.tracks import HIGH_WATER, TrackTable, allocate_tracks
from sangar.pipeline.layout import rule_table
from sangar.scenario.site import Reference, Site
from sangar.warning.kernels.warn import warn
from sangar.warning.settings import WarningParameters

TRACK_CAPACITY = 8
SITE_WITHOUT_RULES = Site(reference=Reference(name="by hand", latitude_deg=0.0, longitude_deg=0.0))


class HandMadeWorld(NamedTuple):
    """All tables of a step."""

    tracks: TrackTable
    identities: NDArray[np.void]
    areas: AreaMap
    rules: NDArray[np.void]
    zones: NDArray[np.void]
    assessments: AssessmentTable
    sensors: NDArray[np.void]
    effectors: NDArray[np.void]
    engagements: EngagementTable
    outputs: Outputs


class Square(NamedTuple):
    """A square area by its centre and half side."""

    east_m: float = 0.0
    north_m: float = 0.0
    half_m: float = 500.0
    kind: AreaKind = AreaKind.ZONE
    shelter_time_s: float = 20.0


def make_world(
    squares: tuple[Square, ...] = (Square(),), effectors: int = 0, ledger: int = 32, events: int = 1000
) -> HandMadeWorld:
    """A world with square areas, no tracks, a radar that sees all, and effectors that reach 3 km at 500 m/s."""
    areas = allocate_areas(len(squares), 4 * len(squares))
    for a, square in enumerate(squares):
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * square.half_m + [square.east_m, square.north_m]
        areas.vertex_m[4 * a : 4 * a + 4] = corners
        row = areas.rows[a]
        row["kind"], row["first"], row["last"] = square.kind, 4 * a, 4 * a + 4
        row["centre_m"], row["radius_m"] = (square.east_m, square.north_m), square.half_m * np.sqrt(2.0)
        row["shelter_time_s"] = square.shelter_time_s
    guns = allocate_effectors(effectors)
    guns["minimum_range_m"], guns["maximum_range_m"], guns["speed_mps"] = 100.0, 3000.0, 500.0
    guns["reaction_s"], guns["cycle_s"], guns["rounds"] = 1.0, 2.0, 5
    return HandMadeWorld(
        allocate_tracks(TRACK_CAPACITY),
        allocate_identities(TRACK_CAPACITY),
        areas,
        rule_table(SITE_WITHOUT_RULES),
        allocate_zones(len(squares)),
        allocate_assessments(TRACK_CAPACITY, len(squares)),
        allocate_sensors(1),
        guns,
        allocate_engagements(ledger),
        allocate_outputs(events, 0, 0),
    )


def put_track(world: HandMadeWorld, i: int, state: list[float], time_s: float = 0.0, logit: float = -5.0) -> None:
    """Put track number i + 1 into row i: position and velocity, born and confirmed the first time it is put."""
    row = world.tracks.rows[i]
    if row["status"] == TrackStatus.FREE:
        row["id"], row["birth_s"], row["confirmed_s"], row["found_s"] = i + 1, time_s, time_s, time_s
    row["status"], row["time_s"], row["mean"], row["thrown_logit"] = TrackStatus.CONFIRMED, time_s, state, logit
    row["covariance"] = packed_diagonal([10.0, 10.0, 10.0, 1.0, 1.0, 1.0])
    row["thrown"] = [*state, np.log(7e-5), 0.0]
    world.tracks.counters[HIGH_WATER] = max(world.tracks.counters[HIGH_WATER], i + 1)


def warn_at(world: HandMadeWorld, time_s: float, parameters: WarningParameters) -> None:
    """Judge every zone at a time."""
    warn(
        world.tracks, world.identities, world.assessments, world.areas, world.zones, world.sensors, time_s, parameters,
        world.outputs,
    )  # fmt: skip


def drop_track(world: HandMadeWorld, i: int) -> None:
    """Free row i."""
    world.tracks.rows[i]["status"] = TrackStatus.FREE


def hold_as(world: HandMadeWorld, i: int, identity: StandardIdentity, set_by: int = 0) -> None:
    """Let the identity table say this of row i."""
    belief = world.identities[i]
    belief["track"], belief["identity"], belief["set_by"] = world.tracks.rows[i]["id"], identity, set_by


def threaten(world: HandMadeWorld, i: int, a: int, harm: float, due_s: float, is_ballistic: bool = False) -> None:
    """Let the assessment say that track row i threatens area a, by its impact where it is ballistic."""
    row = world.assessments.rows[i]
    row["impact_s"] = due_s if is_ballistic else np.nan
    row["track"], row["ballistic"] = world.tracks.rows[i]["id"], int(is_ballistic)
    threat = world.assessments.threats[i, a]
    threat["harm"], threat["due_s"], threat["approach_m"] = harm, due_s, 0.0


def take_events(world: HandMadeWorld) -> NDArray[np.void]:
    """The events written since the last call."""
    written = world.outputs.events[: world.outputs.written[EVENTS]].copy()
    world.outputs.written[:] = 0
    return written


def packed_diagonal(sigmas: list[float]) -> NDArray[np.float64]:
    """Packed covariance with these sigmas and no correlation."""
    full = np.diag(np.square(sigmas))
    return full[np.tril_indices(len(sigmas))]


def turned(world: HandMadeWorld, angle_rad: float, shift_m: tuple[float, float]) -> HandMadeWorld:
    """The same world turned about up (counter-clockwise) and moved; heights stay."""
    matrix = np.array([[np.cos(angle_rad), -np.sin(angle_rad)], [np.sin(angle_rad), np.cos(angle_rad)]])
    other = HandMadeWorld(*(_copied(table) for table in world))
    other.areas.vertex_m[:] = world.areas.vertex_m @ matrix.T + shift_m
    other.areas.rows["centre_m"] = world.areas.rows["centre_m"] @ matrix.T + shift_m
    whole = np.eye(6)
    for first in (0, 3):
        whole[first : first + 2, first : first + 2] = matrix
    lower = np.tril_indices(6)
    for old, new in zip(world.tracks.rows, other.tracks.rows, strict=True):
        new["mean"] = whole @ old["mean"]
        new["mean"][:2] += shift_m
        new["thrown"][:6] = whole @ old["thrown"][:6]
        new["thrown"][:2] += shift_m
        full = np.zeros((6, 6))
        full[lower] = old["covariance"]
        full = full + np.tril(full, -1).T
        new["covariance"] = (whole @ full @ whole.T)[lower]
    other.effectors["position_m"][:, :2] = world.effectors["position_m"][:, :2] @ matrix.T + shift_m
    other.effectors["sector_from_rad"] = world.effectors["sector_from_rad"] - angle_rad
    other.effectors["sector_to_rad"] = world.effectors["sector_to_rad"] - angle_rad
    return other


def _copied(table):
    if isinstance(table, np.ndarray):
        return table.copy()
    return type(table)(*(_copied(part) for part in table))
