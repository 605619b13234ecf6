"""One target report of a recording, whichever category it came in."""

from math import isnan
from typing import NamedTuple

from sangar.adapters.asterix.specification import Record, number_of, quantity_of

METRES_PER_NAUTICAL_MILE = 1852.0
METRES_PER_FLIGHT_LEVEL = 100.0 * 0.3048
RADIANS_PER_DEGREE = 3.141592653589793 / 180.0
NAN = float("nan")


class TargetReport(NamedTuple):
    """One target report; a number that it does not tell is NaN, a text None.

    Attributes:
        source: system area code and system identification code, "SAC-SIC".
        time_of_day_s: UTC seconds since midnight.
        detection_type: how the target was seen, in the words of its category; "" where that is not told.
        is_test: a simulated or test target.
        is_field_monitor: a fixed transponder for calibration.
        is_extrapolated: not seen; the sensor's own tracker expected it there.
        is_on_ground: on the airfield's surface, so that its height is the surface's.
        range_m: slant range.
        azimuth_rad: clockwise from true north.
        latitude_deg, longitude_deg: WGS84.
        east_m, north_m: from the source's reference point, which ASTERIX does not tell.
        sigma_east_m, sigma_north_m: 1 sigma of the position, as the source states it.
        altitude_m: pressure altitude; NaN also where not validated or garbled.
        sigma_altitude_m: its 1 sigma as a height above the ellipsoid, where the site's own figure is not meant.
        mode_s_address: six hexadecimal digits, for scoring only.
        callsign: for scoring only.
        mode3a: four octal digits, for scoring only.
        radar_track: the source's own track number, for scoring only.
        target_type: "aircraft", "vehicle" or "helicopter", as the source says, for people only.
    """

    source: str
    time_of_day_s: float
    detection_type: str
    is_test: bool = False
    is_field_monitor: bool = False
    is_extrapolated: bool = False
    is_on_ground: bool = False
    range_m: float = NAN
    azimuth_rad: float = NAN
    latitude_deg: float = NAN
    longitude_deg: float = NAN
    east_m: float = NAN
    north_m: float = NAN
    sigma_east_m: float = NAN
    sigma_north_m: float = NAN
    altitude_m: float = NAN
    sigma_altitude_m: float = NAN
    mode_s_address: str | None = None
    callsign: str | None = None
    mode3a: str | None = None
    radar_track: int | None = None
    target_type: str | None = None

    @property
    def is_polar(self) -> bool:
        """Whether range and azimuth were measured."""
        return not (isnan(self.range_m) or isnan(self.azimuth_rad))

    @property
    def is_geodetic(self) -> bool:
        """Whether latitude and longitude are told, and can be."""
        return abs(self.latitude_deg) <= 90.0 and abs(self.longitude_deg) <= 180.0

    @property
    def is_local(self) -> bool:
        """Whether the position is told in metres from the source's reference point."""
        return not (isnan(self.east_m) or isnan(self.north_m))

    @property
    def has_position(self) -> bool:
        """Whether the report says where."""
        return self.is_polar or self.is_geodetic or self.is_local


def validated_altitude_m(record: Record) -> float:
    """Pressure altitude of item 090, which categories 010 and 048 lay out alike; NaN where not validated or garbled."""
    if number_of(record, "090", "V") or number_of(record, "090", "G"):
        return NAN
    return quantity_of(record, "090", "FL", "FL") * METRES_PER_FLIGHT_LEVEL
