"""What a camera saw of a reference flight, and where it would have seen it: the measurement model of registration.

    t = t_camera + b + d (t_camera - t_middle) + s (v / height - 1/2),  l ∝ R (p(t) - c)

with clock offset b, clock drift d, and the time s in which a rolling shutter reads the picture from top to bottom.
"""

from typing import NamedTuple, Self

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation as Turn

from sangar.core.arrays import PositionsEnuM, Rotation, Series, Vector3
from sangar.tracking.registration.lens import Lens, Pixels, rays_of
from sangar.tracking.registration.reference import ReferenceFlight

Corrections = Float64[NDArray[np.float64], "P"]
"""Numbers that are fitted, in the order below."""

TURN, PLACE, CLOCK, DRIFT, SHUTTER, FOCAL, CENTRE, BEND = (
    slice(0, 3),
    slice(3, 6),
    6,
    7,
    8,
    9,
    slice(10, 12),
    slice(12, 14),
)
CORRECTION_COUNT = 14


class Sightings(NamedTuple):
    """Detections of the reference flight in one camera, in order of time.

    Attributes:
        time_s: (N,) by the camera's clock.
        rays: (N, 3) unit rays in right, forward, up; by the lens as it was stated.
        pixels: (N, 2) where in the picture, or None where the camera tells bearings only.
        lens: the stated lens, or None.
    """

    time_s: Series
    rays: PositionsEnuM
    pixels: Pixels | None = None
    lens: Lens | None = None

    def chosen(self, rows: NDArray[np.generic]) -> Self:
        """Some of the sightings."""
        pixels = None if self.pixels is None else self.pixels[rows]
        return self._replace(time_s=self.time_s[rows], rays=self.rays[rows], pixels=pixels)


class CameraModel(NamedTuple):
    """Everything that turns a detection in a picture into a bearing at a time.

    Attributes:
        own_from_site: (3, 3) turns site axes into right, forward, up.
        position_m: (3,) site ENU.
        clock_s: to add to the camera's times.
        drift_ratio: seconds the clock loses in a second.
        middle_s: camera time about which it drifts.
        shutter_s: time the picture is read in, top to bottom.
        lens: as corrected, or None.
    """

    own_from_site: Rotation
    position_m: Vector3
    clock_s: float
    drift_ratio: float = 0.0
    middle_s: float = 0.0
    shutter_s: float = 0.0
    lens: Lens | None = None

    def corrected(self, corrections: Corrections) -> "CameraModel":
        """The model with corrections added: turned by a rotation vector in its own axes, moved, and so on."""
        turn = Turn.from_rotvec(corrections[TURN]).as_matrix()
        return CameraModel(
            own_from_site=turn @ self.own_from_site,
            position_m=self.position_m + corrections[PLACE],
            clock_s=self.clock_s + float(corrections[CLOCK]),
            drift_ratio=self.drift_ratio + float(corrections[DRIFT]),
            middle_s=self.middle_s,
            shutter_s=self.shutter_s + float(corrections[SHUTTER]),
            lens=None if self.lens is None else _corrected_lens(self.lens, corrections),
        )

    def times_s(self, sightings: Sightings) -> Series:
        """True times (N,) of the sightings."""
        time_s = sightings.time_s + self.clock_s + self.drift_ratio * (sightings.time_s - self.middle_s)
        if self.lens is not None and sightings.pixels is not None:
            time_s = time_s + self.shutter_s * (sightings.pixels[:, 1] / self.lens.size_px[1] - 0.5)
        return time_s

    def rays(self, sightings: Sightings) -> PositionsEnuM:
        """Unit rays (N, 3) of the sightings in right, forward, up."""
        if self.lens is None or sightings.pixels is None:
            return sightings.rays
        return rays_of(self.lens, sightings.pixels)

    def misses_rad(self, sightings: Sightings, reference: ReferenceFlight) -> Float64[NDArray[np.float64], "N 2"]:
        """By how much each ray misses the flight, to the right and upwards (N, 2)."""
        rays = self.rays(sightings)
        seen = (reference.position_at(self.times_s(sightings)) - self.position_m) @ self.own_from_site.T
        seen /= np.linalg.norm(seen, axis=1, keepdims=True)
        right = np.column_stack([rays[:, 1], -rays[:, 0], np.zeros(len(rays))])
        right /= np.maximum(np.linalg.norm(right, axis=1, keepdims=True), 1e-9)
        up = np.cross(right, rays)
        forward = np.einsum("nj,nj->n", rays, seen)
        return -np.column_stack(
            [
                np.arctan2(np.einsum("nj,nj->n", right, seen), forward),
                np.arctan2(np.einsum("nj,nj->n", up, seen), forward),
            ]
        )


def _corrected_lens(lens: Lens, corrections: Corrections) -> Lens:
    scale = 1.0 + float(corrections[FOCAL])
    centre_px = np.array(lens.centre_px) + corrections[CENTRE] * lens.focal_px[0]
    k1, k2, p1, p2, k3 = lens.distortion
    bend = corrections[BEND]
    return Lens(
        focal_px=(lens.focal_px[0] * scale, lens.focal_px[1] * scale),
        centre_px=(float(centre_px[0]), float(centre_px[1])),
        distortion=(k1 + float(bend[0]), k2 + float(bend[1]), p1, p2, k3),
        size_px=lens.size_px,
    )
