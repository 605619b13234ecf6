"""Category 010, monosensor surface movement data, turned to SI units: airport surface radars and multilateration.

Deviations, on purpose:

* A position is taken in one form only, the one nearest to what was measured: polar (I010/040), else WGS84 (I010/041),
  else metres from the reference point (I010/042), which the message does not tell and the user must.
* What is on the ground, by its transponder (I010/020 GBS) or because a surface radar saw it, has the height of the
  surface. In the air I010/090 (flight level) counts where validated and not garbled; it is a pressure altitude.
  I010/091 (height above the local plane) and the velocities I010/200 and 202 are not read.
* I010/060, 161, 220 and 245 say who the target is. They are kept for scoring; the tracker never sees them.

Source: EUROCONTROL-SPEC-0149-7 (CAT010 Transmission of Monosensor Surface Movement Data), edition 1.1.
"""

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
from sangar.adapters.asterix.target_report import RADIANS_PER_DEGREE, TargetReport, validated_altitude_m

CATEGORY = 10
TARGET_REPORT, START_OF_CYCLE = 1, 2

DETECTION_TYPES = (
    "multilateration-ssr",
    "multilateration-mode-s",
    "ads-b",
    "surface-radar",
    "magnetic-loop",
    "multilateration-hf",
    "undefined",
    "other",
)
"""I010/020 TYP in words; the number is the position. "Surface radar" is the standard's PSR."""

SURFACE_RADAR = 3
PRESSURE_ALTITUDE_SIGMA_M = 100.0
"""1 sigma of a pressure altitude taken for a height above the ellipsoid."""

TARGET_TYPES = (None, "aircraft", "vehicle", "helicopter")
"""I010/020 TOT in words."""


class CycleStart(NamedTuple):
    """A message that a source's update cycle begins; `time_of_day_s` is NaN where absent."""

    source: str
    time_of_day_s: float


class SurfaceMessages(NamedTuple):
    """One data block: the target reports, the starts of update cycles, and how many other messages there were."""

    reports: list[TargetReport]
    cycles: list[CycleStart]
    other_messages: int


def decode_surface_messages(records: bytes) -> SurfaceMessages:
    """The messages of one data block.

    Raises:
        WireError: the octets do not follow the specification.
    """
    read = SurfaceMessages([], [], 0)
    for record in parse_records(CATEGORY, records):
        kind = number_of(record, "000")
        if kind == TARGET_REPORT:
            read.reports.append(_target_report(record))
        elif kind == START_OF_CYCLE:
            read.cycles.append(CycleStart(source_of(record), quantity_of(record, "140", "", "s")))
        else:
            read = read._replace(other_messages=read.other_messages + 1)
    return read


def _target_report(record: Record) -> TargetReport:
    kind = number_of(record, "020", "TYP")
    is_on_ground = kind == SURFACE_RADAR or bool(number_of(record, "020", "GBS"))
    return TargetReport(
        source=source_of(record),
        time_of_day_s=quantity_of(record, "140", "", "s"),
        detection_type="" if kind is None else DETECTION_TYPES[kind],
        is_test=bool(number_of(record, "020", "SIM") or number_of(record, "020", "TST")),
        is_field_monitor=bool(number_of(record, "020", "RAB")),
        is_extrapolated=bool(number_of(record, "170", "CST")),
        is_on_ground=is_on_ground,
        range_m=quantity_of(record, "040", "RHO", "m"),
        azimuth_rad=quantity_of(record, "040", "TH", "°") * RADIANS_PER_DEGREE,
        latitude_deg=quantity_of(record, "041", "LAT", "°"),
        longitude_deg=quantity_of(record, "041", "LON", "°"),
        east_m=quantity_of(record, "042", "X", "m"),
        north_m=quantity_of(record, "042", "Y", "m"),
        sigma_east_m=quantity_of(record, "500", "DEVX", "m"),
        sigma_north_m=quantity_of(record, "500", "DEVY", "m"),
        altitude_m=validated_altitude_m(record),
        sigma_altitude_m=PRESSURE_ALTITUDE_SIGMA_M,
        mode_s_address=address_of(record, "220"),
        callsign=text_of(record, "245", "CHR"),
        mode3a=text_of(record, "060", "MODE3A"),
        radar_track=number_of(record, "161", "TRK"),
        target_type=TARGET_TYPES[number_of(record, "020", "TOT") or 0],
    )
