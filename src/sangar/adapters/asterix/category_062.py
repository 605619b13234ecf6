"""Category 062, system track messages: what a multi-sensor tracker says of its tracks, turned to SI units.

Deviations, on purpose:

* Position is I062/105 (WGS84). A record that has only I062/100 (plane of a projection that the message does not name)
  has no position here.
* Height is I062/130, above the ellipsoid, where it is there; else the barometric I062/135 or 136, a pressure altitude
  that is off by up to some 300 m with the weather, and is marked as such.
* I062/185 is a velocity in the source's own plane; its axes are taken for east and north at the source's reference
  point.
* I062/500 (accuracies) is taken as 1 sigma of each number. Without it nothing is said of accuracy.
* Who it is (I062/060, 245, 380) is kept for people and for scoring; the tracker never sees it.

Source: EUROCONTROL-SPEC-0149-9 (CAT062 SDPS Track Messages), edition 1.20.
"""

from math import isnan
from typing import NamedTuple

from sangar.adapters.asterix.specification import (
    Record,
    address_of,
    number_of,
    parse_records,
    quantity_of,
    source_of,
    text_of,
)

CATEGORY = 62
METRES_PER_FOOT = 0.3048
FEET_PER_FLIGHT_LEVEL = 100.0
SECONDS_PER_MINUTE = 60.0
METRES_PER_DEGREE_OF_LATITUDE = 111_132.0
PRESSURE_ALTITUDE_SIGMA_M = 100.0
"""1 sigma of a pressure altitude taken for a height above the ellipsoid."""

NAN = float("nan")


class SystemTrack(NamedTuple):
    """One system track message. NaN where an item is absent.

    Attributes:
        source: system area code and system identification code, "SAC-SIC" (I062/010).
        number: the source's track number (I062/040), None where absent.
        time_of_day_s: UTC seconds since midnight the state holds at (I062/070).
        status: `tentative`, `confirmed`, `coasting` or `ended` (I062/080 CNF, CST, TSE).
        is_test: a simulated track (I062/080 SIM).
        latitude_deg, longitude_deg: WGS84 (I062/105).
        altitude_m: height above the ellipsoid (I062/130), else a pressure altitude.
        sigma_altitude_m: what I062/500 says of it, and of a pressure altitude at least 100 m.
        east_mps, north_mps: velocity in the source's plane (I062/185).
        up_mps: rate of climb (I062/220).
        sigma_east_m, sigma_north_m: accuracy of the position (I062/500 APC, else APW).
        sigma_east_mps, sigma_north_mps, sigma_up_mps: accuracy of the velocity (I062/500 ATV, ARC).
        mode_s_address: six hexadecimal digits, for scoring only (I062/380 ADR).
        callsign: for scoring only (I062/380 ID, else 245).
        mode3a: four octal digits, for scoring only (I062/060).
    """

    source: str
    number: int | None
    time_of_day_s: float
    status: str
    is_test: bool
    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    sigma_altitude_m: float
    east_mps: float
    north_mps: float
    up_mps: float
    sigma_east_m: float
    sigma_north_m: float
    sigma_east_mps: float
    sigma_north_mps: float
    sigma_up_mps: float
    mode_s_address: str | None
    callsign: str | None
    mode3a: str | None

    @property
    def has_position(self) -> bool:
        """Whether a WGS84 position is told, and is one: an older edition read with a newer's eyes is not."""
        return abs(self.latitude_deg) <= 90.0 and abs(self.longitude_deg) <= 180.0


def decode_system_tracks(records: bytes) -> list[SystemTrack]:
    """The system tracks of one data block.

    Raises:
        WireError: the octets do not follow the specification.
    """
    return [_system_track(record) for record in parse_records(CATEGORY, records)]


def _system_track(record: Record) -> SystemTrack:
    altitude_m, sigma_altitude_m = _height(record)
    sigma_east_m, sigma_north_m = _place_sigma(record)
    return SystemTrack(
        source=source_of(record),
        number=number_of(record, "040"),
        time_of_day_s=quantity_of(record, "070", "", "s"),
        status=_status(record),
        is_test=bool(number_of(record, "080", "SIM")),
        latitude_deg=quantity_of(record, "105", "LAT", "°"),
        longitude_deg=quantity_of(record, "105", "LON", "°"),
        altitude_m=altitude_m,
        sigma_altitude_m=sigma_altitude_m,
        east_mps=quantity_of(record, "185", "VX", "m/s"),
        north_mps=quantity_of(record, "185", "VY", "m/s"),
        up_mps=quantity_of(record, "220", "", "ft/min") * METRES_PER_FOOT / SECONDS_PER_MINUTE,
        sigma_east_m=sigma_east_m,
        sigma_north_m=sigma_north_m,
        sigma_east_mps=quantity_of(record, "500", "ATV.X", "m/s"),
        sigma_north_mps=quantity_of(record, "500", "ATV.Y", "m/s"),
        sigma_up_mps=quantity_of(record, "500", "ARC", "ft/min") * METRES_PER_FOOT / SECONDS_PER_MINUTE,
        mode_s_address=address_of(record, "380", "ADR"),
        callsign=text_of(record, "380", "ID") or text_of(record, "245", "CHR"),
        mode3a=text_of(record, "060", "MODE3A"),
    )


def _status(record: Record) -> str:
    if number_of(record, "080", "TSE"):
        return "ended"
    if number_of(record, "080", "CST"):
        return "coasting"
    return "tentative" if number_of(record, "080", "CNF") else "confirmed"


def _height(record: Record) -> tuple[float, float]:
    """Height above the ellipsoid and what is said of its accuracy; a pressure altitude where there is no better."""
    height_m = quantity_of(record, "130", "", "ft") * METRES_PER_FOOT
    if not isnan(height_m):
        return height_m, quantity_of(record, "500", "AGA", "ft") * METRES_PER_FOOT
    level = quantity_of(record, "135", "CTB", "FL")
    level = quantity_of(record, "136", "", "FL") if isnan(level) else level
    return level * FEET_PER_FLIGHT_LEVEL * METRES_PER_FOOT, PRESSURE_ALTITUDE_SIGMA_M


def _place_sigma(record: Record) -> tuple[float, float]:
    """Accuracy of the position towards east and north."""
    east_m, north_m = quantity_of(record, "500", "APC.X", "m"), quantity_of(record, "500", "APC.Y", "m")
    if isnan(east_m):
        # a degree of longitude is shorter than one of latitude: this errs on the cautious side
        east_m = quantity_of(record, "500", "APW.LON", "°") * METRES_PER_DEGREE_OF_LATITUDE
        north_m = quantity_of(record, "500", "APW.LAT", "°") * METRES_PER_DEGREE_OF_LATITUDE
    return east_m, north_m
