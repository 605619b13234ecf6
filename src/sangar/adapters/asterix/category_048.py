"""Category 048, monoradar target reports, turned to SI units.

Deviations, on purpose:

* I048/090 (flight level) counts only where the transponder's code is validated (V = 0) and not garbled (G = 0). It is
  a pressure altitude on the standard atmosphere, not a height above the ellipsoid: with the weather it is off by up
  to some 300 m. All aircraft near one radar share the error, so it troubles the height, not the tracking.
* I048/070, 161, 220 and 240 say who the aircraft is. They are kept for scoring; the tracker never sees them.

Source: EUROCONTROL-SPEC-0149-4 (CAT048 Monoradar Target Reports), edition 1.32.
"""

from math import isnan
from typing import NamedTuple

from sangar.adapters.asterix.specification import Record, number_of, parse_records, quantity_of, source_of, text_of

CATEGORY = 48
METRES_PER_NAUTICAL_MILE = 1852.0
METRES_PER_FLIGHT_LEVEL = 100.0 * 0.3048
RADIANS_PER_DEGREE = 3.141592653589793 / 180.0

DETECTION_TYPES = (
    "none",
    "psr",
    "ssr",
    "ssr+psr",
    "mode-s-all-call",
    "mode-s-roll-call",
    "mode-s-all-call+psr",
    "mode-s-roll-call+psr",
)
"""I048/020 TYP in words; the number is the position."""

NAN = float("nan")


class TargetReport(NamedTuple):
    """One target report.

    Attributes:
        source: system area code and system identification code, "SAC-SIC".
        time_of_day_s: UTC seconds since midnight, NaN where absent (I048/140).
        detection_type: one of `DETECTION_TYPES` (I048/020 TYP), "" where absent.
        is_test: a simulated or test target (I048/020 SIM, TST).
        is_field_monitor: a fixed transponder for calibration (I048/020 RAB).
        range_m: slant range, NaN where absent (I048/040 RHO).
        azimuth_rad: clockwise from true north, NaN where absent (I048/040 THETA).
        altitude_m: pressure altitude, NaN where absent, not validated or garbled (I048/090).
        mode_s_address: six hexadecimal digits, for scoring only (I048/220).
        callsign: for scoring only (I048/240).
        mode3a: four octal digits, for scoring only (I048/070).
        radar_track: the radar's own track number, for scoring only (I048/161).
    """

    source: str
    time_of_day_s: float
    detection_type: str
    is_test: bool
    is_field_monitor: bool
    range_m: float
    azimuth_rad: float
    altitude_m: float
    mode_s_address: str | None
    callsign: str | None
    mode3a: str | None
    radar_track: int | None

    @property
    def has_position(self) -> bool:
        """Whether range and azimuth were measured."""
        return not (isnan(self.range_m) or isnan(self.azimuth_rad))


def decode_target_reports(records: bytes) -> list[TargetReport]:
    """The target reports of one data block.

    Raises:
        WireError: the octets do not follow the specification.
    """
    return [_target_report(record) for record in parse_records(CATEGORY, records)]


def _target_report(record: Record) -> TargetReport:
    address = number_of(record, "220")
    kind = number_of(record, "020", "TYP")
    return TargetReport(
        source=source_of(record),
        time_of_day_s=quantity_of(record, "140", "", "s"),
        detection_type="" if kind is None else DETECTION_TYPES[kind],
        is_test=bool(number_of(record, "020", "SIM") or number_of(record, "020", "TST")),
        is_field_monitor=bool(number_of(record, "020", "RAB")),
        range_m=quantity_of(record, "040", "RHO", "NM") * METRES_PER_NAUTICAL_MILE,
        azimuth_rad=quantity_of(record, "040", "THETA", "°") * RADIANS_PER_DEGREE,
        altitude_m=_validated_altitude_m(record),
        mode_s_address=None if address is None else f"{address:06X}",
        callsign=text_of(record, "240"),
        mode3a=text_of(record, "070", "MODE3A"),
        radar_track=number_of(record, "161", "TRN"),
    )


def _validated_altitude_m(record: Record) -> float:
    if number_of(record, "090", "V") or number_of(record, "090", "G"):
        return NAN
    return quantity_of(record, "090", "FL", "FL") * METRES_PER_FLIGHT_LEVEL
