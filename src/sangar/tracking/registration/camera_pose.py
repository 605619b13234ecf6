"""Registration of a camera, or of any sensor of bearings, from a flight whose path is known.

A first pose by resection (or by turning alone where the place is known), then a robust least-squares refinement of
turn, place, clock and, where the lens is known, of lens and shutter. What a short flight cannot tell is held by wide
priors, so that every case has one answer.

Source:
    Triggs, McLauchlan, Hartley & Fitzgibbon (2000), Bundle adjustment: a modern synthesis, sections 3 and 9 (robust
    loss, priors on inner parameters).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from sangar.core.arrays import Vector3
from sangar.tracking.registration.reference import ReferenceFlight
from sangar.tracking.registration.resection import FEWEST_RAYS, find_clock, first_pose
from sangar.tracking.registration.residuals import Spread, spread_of
from sangar.tracking.registration.sightings import (
    BEND,
    CENTRE,
    CLOCK,
    CORRECTION_COUNT,
    DRIFT,
    FOCAL,
    PLACE,
    SHUTTER,
    TURN,
    CameraModel,
    Corrections,
    Sightings,
)

FITTED_SIGHTINGS = 2000
"""So many, spread evenly, are fitted: more carry no news, for their errors go together."""
FIRST_GUESS_RAD = 5e-3
"""1 sigma the first pass assumes of a sighting; the second takes what the first left over."""
SMALLEST_NOISE_RAD = 1e-5
OUTLIER_SIGMAS, FAR_OFF_SIGMAS = 5.0, 10.0
LEAST_USED = 0.5
"""Fewer fitting sightings than this share, and the pose is not believed."""
MOST_LEFT = 0.5
"""Of how far the sightings spread on the sky; a model that leaves more has found nothing."""
LARGEST_CORRECTION_SIGMAS = 5.0
LARGEST_EVALUATIONS = 60
CLOCK_TRUST_S = 5.0
"""How far a stated clock is believed to be off."""


class Trust(NamedTuple):
    """How far from what is stated each number may be, 1 sigma; zero holds it.

    Attributes:
        turn_rad: about each axis, from the first pose: free.
        place_m: of each coordinate, from the stated place.
        clock_s: from the found or stated clock.
        drift_ratio: seconds in a second.
        shutter_s: reading time of the picture.
        focal_ratio: relative.
        centre_ratio: of the optical axis, in focal lengths.
        bend_ratio: of k1 and k2.
    """

    turn_rad: float = 3.0
    place_m: float = 1000.0
    clock_s: float = CLOCK_TRUST_S
    drift_ratio: float = 1e-3
    shutter_s: float = 0.03
    focal_ratio: float = 0.03
    centre_ratio: float = 0.03
    bend_ratio: float = 0.05

    def sigmas(self, has_lens: bool) -> Corrections:
        """1 sigma of every correction; those of a lens are held where there is none."""
        sigmas = np.zeros(CORRECTION_COUNT)
        sigmas[TURN], sigmas[PLACE], sigmas[CLOCK], sigmas[DRIFT] = (
            self.turn_rad,
            self.place_m,
            self.clock_s,
            self.drift_ratio,
        )
        if has_lens:
            sigmas[SHUTTER], sigmas[FOCAL], sigmas[CENTRE], sigmas[BEND] = (
                self.shutter_s,
                self.focal_ratio,
                self.centre_ratio,
                self.bend_ratio,
            )
        return sigmas


class CameraFit(NamedTuple):
    """A registered camera.

    Attributes:
        model: where it stands, points, and how its clock and lens are.
        sigma: (14,) 1 sigma of the model's numbers in the order of `sightings`, NaN where held.
        spread: how far the sightings lie from the model.
        used: sightings within five sigma of the model, and
        refused: the others that fall into the flight.
        problem: why the sensor cannot be used, None when it can; all else is then meaningless.
    """

    model: CameraModel
    sigma: Corrections
    spread: Spread
    used: int
    refused: int
    problem: str | None = None


NO_MODEL = CameraModel(np.eye(3), np.zeros(3), 0.0)


def _failed(problem: str, refused: int) -> CameraFit:
    nothing = Spread(np.full(2, np.nan), np.full(2, np.nan))
    return CameraFit(NO_MODEL, np.full(CORRECTION_COUNT, np.nan), nothing, 0, refused, problem)


def register_camera(
    sightings: Sightings,
    reference: ReferenceFlight,
    *,
    known_m: Vector3 | None = None,
    clock_s: float | None = None,
    trust: Trust | None = None,
) -> CameraFit:
    """Fit a camera to a reference flight.

    Args:
        sightings: what it saw of the flight; a few may be something else.
        reference: the flight.
        known_m: (3,) where it stands, site ENU; found when None.
        clock_s: what to add to its times, to within some seconds; searched for when None.
        trust: how far each number may be from what is stated.
    """
    if len(sightings.time_s) < FEWEST_RAYS:
        return _failed(f"only {len(sightings.time_s)} detections, at least {FEWEST_RAYS} are needed", 0)
    if clock_s is None:
        clock_s = find_clock(sightings.time_s, sightings.rays, reference, known_m)
        if clock_s is None:
            return _failed("its detections fit the flight at no time", len(sightings.time_s))
    covered = sightings.chosen(np.flatnonzero(reference.covers(sightings.time_s + clock_s)))
    if len(covered.time_s) < FEWEST_RAYS:
        return _failed(f"only {len(covered.time_s)} detections while the flight was recorded", len(sightings.time_s))
    pose = first_pose(covered.rays, reference.position_at(covered.time_s + clock_s), known_m)
    if pose is None:
        return _failed("the flight is too flat or too short to tell where it stands", len(covered.time_s))
    middle_s = float(covered.time_s.mean())
    first = CameraModel(pose.own_from_site, pose.position_m, clock_s, 0.0, middle_s, 0.0, sightings.lens)
    return _refine(first, covered, reference, (trust or Trust()).sigmas(sightings.lens is not None))


def _refine(first: CameraModel, covered: Sightings, reference: ReferenceFlight, prior: Corrections) -> CameraFit:
    fitted = covered.chosen(_spread_evenly(len(covered.time_s)))
    kept = fitted
    corrections, noise_rad = np.zeros(CORRECTION_COUNT), FIRST_GUESS_RAD
    for held in (slice(SHUTTER, None), slice(0, 0), slice(0, 0)):  # first the pose, then the lens with it
        trusted = prior.copy()
        trusted[held] = 0.0
        corrections, covariance = _least_squares(first, kept, reference, trusted, corrections, noise_rad)
        misses = first.corrected(corrections).misses_rad(fitted, reference)
        noise_rad = max(1.4826 * float(np.nanmedian(np.abs(misses))), SMALLEST_NOISE_RAD)
        # what is far off is something else: left in, it would bend the lens, for a narrower picture misses less
        kept = fitted.chosen(np.flatnonzero(np.abs(misses).max(axis=1) < FAR_OFF_SIGMAS * noise_rad))
    model = first.corrected(corrections)
    misses = model.misses_rad(covered, reference)
    is_used = np.abs(misses).max(axis=1) < OUTLIER_SIGMAS * noise_rad
    spread = spread_of(covered.time_s[is_used], misses[is_used])
    sigma = np.full(CORRECTION_COUNT, np.nan)
    # the sightings' errors go together: so many count as one
    sigma[prior > 0.0] = np.sqrt(np.diag(covariance) * _together(spread, len(fitted.time_s), len(covered.time_s)))
    used, refused = int(is_used.sum()), int((~is_used).sum())
    problem = None
    if used < LEAST_USED * (used + refused):
        problem = f"only {used} of {used + refused} detections fit the flight within {OUTLIER_SIGMAS:.0f} sigma"
    elif np.linalg.norm(spread.rms_rad) > MOST_LEFT * _extent_rad(covered):
        problem = f"its detections miss the flight by {np.degrees(np.linalg.norm(spread.rms_rad)):.1f} degrees"
    return CameraFit(model, sigma, spread, used, refused, problem)


def _extent_rad(sightings: Sightings) -> float:
    """How far the sightings spread about their middle, root mean square."""
    middle = sightings.rays.mean(axis=0)
    return float(np.sqrt(np.mean(np.sum((sightings.rays - middle) ** 2, axis=1))))


def _least_squares(
    first: CameraModel,
    fitted: Sightings,
    reference: ReferenceFlight,
    prior: Corrections,
    start: Corrections,
    noise_rad: float,
) -> tuple[Corrections, NDArray[np.float64]]:
    """Corrections and the covariance of those that are free."""
    free = prior > 0.0

    def residuals(moved: NDArray[np.float64]) -> NDArray[np.float64]:
        corrections = np.zeros(CORRECTION_COUNT)
        corrections[free] = moved
        misses = first.corrected(corrections).misses_rad(fitted, reference)
        return np.concatenate([np.nan_to_num(misses, nan=np.pi).ravel() / noise_rad, moved / prior[free]])

    reach = LARGEST_CORRECTION_SIGMAS * prior[free]
    found = least_squares(
        residuals,
        start[free],
        bounds=(-reach, reach),
        loss="soft_l1",
        f_scale=2.0,
        x_scale="jac",
        max_nfev=LARGEST_EVALUATIONS,
    )
    corrections = np.zeros(CORRECTION_COUNT)
    corrections[free] = found.x
    return corrections, np.linalg.pinv(found.jac.T @ found.jac)


def _spread_evenly(count: int) -> NDArray[np.int64]:
    return np.linspace(0, count - 1, min(count, FITTED_SIGHTINGS)).astype(np.int64)


def _together(spread: Spread, fitted: int, covered: int) -> float:
    """By how much the fit's variances grow because neighbouring errors go together; at least 1."""
    every = covered / fitted
    return float(max(1.0, np.nanmax(spread.white_rad / spread.rms_rad) ** 2 / every))
