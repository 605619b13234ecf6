"""Frames: WGS84 geodetic, Earth-centred Earth-fixed, and the site's east-north-up tangent plane.

Everything inside Sangar is in one site frame. A sensor away from the site's centre has another "up" and another
"north": at 10 km east of a site at 35° N its true north is turned by 1.1 mrad, as much as a good radar's noise. So
reports are turned through ECEF, never flat-earth.

Source: EPSG method 9602 (geodetic to geocentric) and 9836 (geocentric to topocentric), through PROJ.
"""

from functools import cache, cached_property

import msgspec
import numpy as np
from pyproj import Transformer

from sangar.core.arrays import GeodeticDegM, PositionsEcefM, PositionsEnuM, Rotation, Vector3


def enu_from_ecef_rotation(latitude_deg: float, longitude_deg: float) -> Rotation:
    """Rotation that turns ECEF axes into the east, north, up axes of a place."""
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    sin_lat, cos_lat, sin_lon, cos_lon = np.sin(latitude), np.cos(latitude), np.sin(longitude), np.cos(longitude)
    return np.array(
        [
            [-sin_lon, cos_lon, 0.0],
            [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat],
            [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat],
        ]
    )


@cache
def _geodetic_to_ecef() -> Transformer:
    return Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=WGS84"
    )


def ecef_from_geodetic(geodetic_deg_m: GeodeticDegM) -> PositionsEcefM:
    """Earth-centred positions of WGS84 latitude, longitude (degrees) and ellipsoidal altitude (metres)."""
    x, y, z = _geodetic_to_ecef().transform(geodetic_deg_m[:, 1], geodetic_deg_m[:, 0], geodetic_deg_m[:, 2])
    return np.stack([np.asarray(x), np.asarray(y), np.asarray(z)], axis=1).astype(np.float64)


def geodetic_from_ecef(positions_ecef_m: PositionsEcefM) -> GeodeticDegM:
    """WGS84 latitude, longitude (degrees) and ellipsoidal altitude (metres) of Earth-centred positions."""
    x, y, z = positions_ecef_m.T
    inverse = _geodetic_to_ecef().transform(x, y, z, direction="INVERSE")
    longitude_deg, latitude_deg, altitude_m = (np.asarray(part, dtype=np.float64) for part in inverse)
    return np.stack([latitude_deg, longitude_deg, altitude_m], axis=1)


class SiteFrame(msgspec.Struct, frozen=True, dict=True):
    """The tangent plane at the site's reference point.

    Attributes:
        latitude_deg: WGS84 latitude of the origin.
        longitude_deg: WGS84 longitude of the origin.
        altitude_m: height of the origin above the WGS84 ellipsoid.
    """

    latitude_deg: float
    longitude_deg: float
    altitude_m: float

    @cached_property
    def _origin_ecef_m(self) -> Vector3:
        place = np.array([[self.latitude_deg, self.longitude_deg, self.altitude_m]])
        origin: Vector3 = ecef_from_geodetic(place)[0]
        return origin

    @cached_property
    def enu_from_ecef(self) -> Rotation:
        """Rotation from ECEF axes to the site's axes."""
        return enu_from_ecef_rotation(self.latitude_deg, self.longitude_deg)

    def enu_from_geodetic(self, geodetic_deg_m: GeodeticDegM) -> PositionsEnuM:
        """Site positions of WGS84 latitude, longitude (degrees) and ellipsoidal altitude (metres)."""
        return np.ascontiguousarray((ecef_from_geodetic(geodetic_deg_m) - self._origin_ecef_m) @ self.enu_from_ecef.T)

    def geodetic_from_enu(self, positions_m: PositionsEnuM) -> GeodeticDegM:
        """WGS84 latitude, longitude (degrees) and ellipsoidal altitude (metres) of site positions."""
        return geodetic_from_ecef(np.ascontiguousarray(positions_m @ self.enu_from_ecef + self._origin_ecef_m))

    def local_from_site_rotation(self, latitude_deg: float, longitude_deg: float) -> Rotation:
        """Rotation that turns site axes into the east, north, up axes of another place (a sensor's)."""
        rotation: Rotation = enu_from_ecef_rotation(latitude_deg, longitude_deg) @ self.enu_from_ecef.T
        return rotation
