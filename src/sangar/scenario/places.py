"""Places and areas of a settings file: in degrees on WGS84 or in metres on the site's plane, never both."""

from typing import Annotated

import msgspec
import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray
from shapely import Polygon
from shapely.validation import explain_validity

from sangar.core.arrays import Vector3
from sangar.core.frames import SiteFrame
from sangar.scenario.quantities import Altitude, Coordinate, Identifier, Latitude, Longitude, MisfitError

CornerTable = Float64[NDArray[np.float64], "V 2"]
"""(V, 2) corners of one polygon, east and north of the site; metres."""

FARTHEST_M = 500_000.0
"""A place farther than this from the site is a slip of the pen (latitude and longitude swapped, a sign lost)."""

CornersDeg = Annotated[tuple[tuple[Latitude, Longitude], ...], msgspec.Meta(min_length=3, max_length=1000)]
CornersM = Annotated[tuple[tuple[Coordinate, Coordinate], ...], msgspec.Meta(min_length=3, max_length=1000)]


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A point, either `latitude_deg, longitude_deg, altitude_m` or `east_m, north_m, up_m`.

    Attributes:
        latitude_deg: WGS84 latitude.
        longitude_deg: WGS84 longitude.
        altitude_m: height above the WGS84 ellipsoid.
        east_m: east of the site's reference point.
        north_m: north of it.
        up_m: above it.
    """

    latitude_deg: Latitude | None = None
    longitude_deg: Longitude | None = None
    altitude_m: Altitude | None = None
    east_m: Coordinate | None = None
    north_m: Coordinate | None = None
    up_m: Coordinate | None = None

    def __post_init__(self) -> None:
        geodetic = (self.latitude_deg, self.longitude_deg, self.altitude_m)
        local = (self.east_m, self.north_m, self.up_m)
        given = [sum(value is not None for value in triple) for triple in (geodetic, local)]
        if sorted(given) != [0, 3]:
            raise MisfitError(
                "",
                "the position is not complete" if max(given) < 3 else "the position is given twice",
                "write either latitude_deg, longitude_deg and altitude_m, or east_m, north_m and up_m",
            )

    def position_m(self, frame: SiteFrame) -> Vector3:
        """East, north, up in the site frame."""
        if self.east_m is not None and self.north_m is not None and self.up_m is not None:
            return np.array([self.east_m, self.north_m, self.up_m])
        geodetic = np.array([[self.latitude_deg, self.longitude_deg, self.altitude_m]], dtype=np.float64)
        position: Vector3 = frame.enu_from_geodetic(geodetic)[0]
        return position


class Area(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A polygon with a name, either `polygon_deg` or `polygon_m`.

    Attributes:
        id: short name for machines.
        polygon_deg: corners as pairs of latitude and longitude; the ring closes itself.
        polygon_m: corners as pairs of east and north of the site's reference point.
    """

    id: Identifier
    polygon_deg: CornersDeg | None = None
    polygon_m: CornersM | None = None

    def __post_init__(self) -> None:
        if (self.polygon_deg is None) == (self.polygon_m is None):
            raise MisfitError(
                "",
                "the area has no polygon" if self.polygon_deg is None else "the area has two polygons",
                "write either polygon_deg = [[latitude, longitude], ...] or polygon_m = [[east, north], ...]",
            )
        field = "polygon_deg" if self.polygon_m is None else "polygon_m"
        _check_ring(field, self.polygon_deg or self.polygon_m or ())

    def corners_m(self, frame: SiteFrame) -> CornerTable:
        """Corners on the site's plane, ring open; corners given in degrees lie at the site's own height."""
        if self.polygon_m is not None:
            corners = np.array(self.polygon_m)
        else:
            pairs = np.array(self.polygon_deg)
            heights = np.full((len(pairs), 1), frame.altitude_m)
            corners = frame.enu_from_geodetic(np.hstack([pairs, heights]))[:, :2]
        if len(corners) > 3 and np.array_equal(corners[0], corners[-1]):
            corners = corners[:-1]
        return np.ascontiguousarray(corners)


def _check_ring(field: str, corners: tuple[tuple[float, float], ...]) -> None:
    ring = Polygon(corners)
    if not ring.is_valid:
        raise MisfitError(
            field, f"is no simple polygon ({explain_validity(ring)})", "list the corners in order around it"
        )
    if ring.area == 0.0:
        raise MisfitError(field, "encloses no area", "give at least three corners that are not on one line")


def check_near(field: str, position_m: Float64[NDArray[np.float64], "..."]) -> None:
    """Check that a point (3,), route (N, 3) or polygon (V, 2) in the site frame is not absurdly far away.

    Raises:
        MisfitError: it is.
    """
    distance_m = float(np.max(np.linalg.norm(np.atleast_2d(position_m), axis=1)))
    if distance_m > FARTHEST_M:
        raise MisfitError(
            field,
            f"is {distance_m / 1000.0:.0f} km from the site",
            f"check the order (latitude first) and the signs; the limit is {FARTHEST_M / 1000.0:.0f} km",
        )
