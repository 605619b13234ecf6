"""A camera's pose from scratch: where rays to known positions meet, and when its clock began.

A ray l in the camera's axes and a position X it looks at satisfy l × (R (X - c)) = 0, linear in the entries of the
projection [R | -R c]: the direct linear transform, written for rays, so that a panoramic camera needs no picture plane.

Source:
    Hartley & Zisserman (2004), Multiple View Geometry in Computer Vision, algorithm 7.1; Markley (1988), Attitude
    determination using vector observations and the singular value decomposition, J. Astronautical Sciences 36(3).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.arrays import PositionsEnuM, Rotation, Series, Vector3
from sangar.tracking.registration.reference import ReferenceFlight

FEWEST_RAYS = 12
SCAN_RAYS = 150
"""Sightings used while the clock is searched for."""
FLAT = 1e-3
"""Least over largest extent of the positions; on a flatter flight the equations have more than one answer."""
REWEIGHTINGS = 5
GROUPS, GROUP_RAYS = 24, 8
RESECTED_RAYS = 600
"""So many, spread evenly, are enough for a first pose."""
SMALLEST_ANGLE_RAD = 1e-3
WORST_FIT = 0.35
"""Median angle in radians between rays and positions above which a pose explains nothing."""
LOOKED_AT_CLOSER, CLOSER_STEPS = 4, 17
LEAST_COVERED = 0.5
"""Of the sightings, how many must fall into the flight for a clock to be considered."""


class Pose(NamedTuple):
    """Where a camera stands and how.

    Attributes:
        own_from_site: (3, 3) turns site axes into right, forward, up.
        position_m: (3,) site ENU.
    """

    own_from_site: Rotation
    position_m: Vector3


def resect(rays: PositionsEnuM, position_m: PositionsEnuM) -> Pose | None:
    """The pose that the direct linear transform gives; None where the positions do not determine one.

    A few rays may look at something else. So the equations are solved for all rays and for small groups of them, each
    spread over the whole flight; the solution with the least median angle is made better by weighting every ray with
    one over its angle, again and again, which goes towards the least sum of angles.

    Args:
        rays: (N, 3) unit rays in right, forward, up.
        position_m: (N, 3) what each looks at; site ENU.
    """
    centre_m = position_m.mean(axis=0)
    extent_m = np.linalg.svd(position_m - centre_m, compute_uv=False)
    if len(rays) < FEWEST_RAYS or extent_m[2] < FLAT * extent_m[0]:
        return None
    scale_m = np.abs(position_m - centre_m).max()
    world = np.column_stack([(position_m - centre_m) / scale_m, np.ones(len(rays))])
    squares = _normal_equations(rays, world)
    strides = max(1, min(GROUPS, len(rays) // GROUP_RAYS))
    starts = np.stack(
        [squares.sum(axis=0), *(squares[k :: len(rays) // GROUP_RAYS].sum(axis=0) for k in range(strides))]
    )
    projections = np.linalg.eigh(starts)[1][:, :, 0].reshape(-1, 3, 4)
    angles = [_angles_rad(projection, rays, world) for projection in projections]
    angle_rad = min(angles, key=lambda each: float(np.median(each)))
    for _ in range(REWEIGHTINGS):
        weight = 1.0 / np.maximum(angle_rad, SMALLEST_ANGLE_RAD)
        weighted = np.tensordot(weight, squares, axes=1)
        projection = np.linalg.eigh(weighted)[1][:, 0].reshape(3, 4)
        angle_rad = _angles_rad(projection, rays, world)
    if np.median(np.einsum("nj,nj->n", rays, world @ projection.T)) < 0.0:
        projection = -projection
    left, values, right = np.linalg.svd(projection[:, :3])
    if np.linalg.det(left @ right) < 0.0 or values[2] < 1e-9 * values[0]:
        return None
    position = centre_m - scale_m * np.linalg.solve(projection[:, :3], projection[:, 3])
    return Pose(left @ right, position)


def _normal_equations(rays: PositionsEnuM, world: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of l × (P X) = 0 for each ray (N, 12, 12), with homogeneous positions (N, 4).

    With [l]ₓ the matrix of the cross product they are ([l]ₓᵀ [l]ₓ) ⊗ (X Xᵀ), and [l]ₓᵀ [l]ₓ = I - l lᵀ.
    """
    across = np.eye(3) - rays[:, :, None] * rays[:, None, :]
    squares: NDArray[np.float64] = np.einsum("nij,nk,nl->nikjl", across, world, world).reshape(-1, 12, 12)
    return squares


def _angles_rad(projection: NDArray[np.float64], rays: PositionsEnuM, world: NDArray[np.float64]) -> Series:
    """Sine of the angle between each ray and what the projection makes of its position."""
    seen = world @ projection.T
    length = np.maximum(np.linalg.norm(seen, axis=1), 1e-12)
    angles: Series = np.linalg.norm(np.cross(rays, seen), axis=1) / length
    return angles


def turn_onto(rays: PositionsEnuM, directions: PositionsEnuM) -> Rotation:
    """The rotation that best turns directions (N, 3) into rays (N, 3): Wahba's problem by singular values."""
    left, _, right = np.linalg.svd(rays.T @ directions)
    proper = np.diag([1.0, 1.0, np.linalg.det(left @ right)])
    rotation: Rotation = left @ proper @ right
    return rotation


def misfit_rad(pose: Pose, rays: PositionsEnuM, position_m: PositionsEnuM) -> float:
    """Median angle between the rays and where the positions stand."""
    seen = (position_m - pose.position_m) @ pose.own_from_site.T
    across = np.linalg.norm(np.cross(rays, seen), axis=1)
    return float(np.median(np.arctan2(across, np.einsum("nj,nj->n", rays, seen))))


def orientation_rad(own_from_local: Rotation) -> tuple[float, float, float]:
    """Azimuth, pitch and roll, as a site file states them, of axes right, forward, up against east, north, up."""
    right, forward, up = own_from_local
    azimuth = float(np.arctan2(forward[0], forward[1]))
    return azimuth, float(np.arcsin(np.clip(forward[2], -1.0, 1.0))), float(np.arctan2(-right[2], up[2]))


def first_pose(rays: PositionsEnuM, position_m: PositionsEnuM, known_m: Vector3 | None) -> Pose | None:
    """A pose to start from: by resection, or where the camera's place is known by turning alone."""
    if known_m is None:
        chosen = np.linspace(0, len(rays) - 1, min(len(rays), RESECTED_RAYS)).astype(np.int64)
        return resect(rays[chosen], position_m[chosen])
    away = position_m - known_m
    return Pose(turn_onto(rays, away / np.linalg.norm(away, axis=1, keepdims=True)), known_m)


def find_clock(
    time_s: Series, rays: PositionsEnuM, reference: ReferenceFlight, known_m: Vector3 | None, step_s: float = 0.25
) -> float | None:
    """What to add to the camera's times so that its rays fit the flight; None where nothing fits.

    Every offset at which half the sightings fall into the flight is tried, `step_s` apart, with a pose of its own; then
    the best few more closely, for a fast body moves far in a step.
    """
    chosen = np.linspace(0, len(time_s) - 1, min(len(time_s), SCAN_RAYS)).astype(np.int64)
    times_s, seen = time_s[chosen], rays[chosen]
    offsets_s = np.arange(reference.time_s[0] - times_s[-1], reference.time_s[-1] - times_s[0], step_s)
    if not offsets_s.size:
        return None

    def misfits(tried_s: Series) -> Series:
        return np.array([_misfit_at(offset_s, times_s, seen, reference, known_m) for offset_s in tried_s.tolist()])

    best_s = offsets_s[np.argsort(misfits(offsets_s), kind="stable")[:LOOKED_AT_CLOSER]]
    closer_s = (best_s[:, None] + np.linspace(-step_s, step_s, CLOSER_STEPS)).ravel()
    fits = misfits(closer_s)
    return float(closer_s[int(np.argmin(fits))]) if fits.min() <= WORST_FIT else None


def _misfit_at(
    offset_s: float,
    time_s: Series,
    rays: PositionsEnuM,
    reference: ReferenceFlight,
    known_m: NDArray[np.float64] | None,
) -> float:
    covered = reference.covers(time_s + offset_s)
    if covered.mean() < LEAST_COVERED:
        return float("inf")
    position_m = reference.position_at(time_s[covered] + offset_s)
    pose = first_pose(rays[covered], position_m, known_m)
    return float("inf") if pose is None else misfit_rad(pose, rays[covered], position_m)
