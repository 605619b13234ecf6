"""Category 048, monoradar target reports, turned to SI units.

Deviations, on purpose:

* I048/090 (flight level) counts only where the transponder's code is validated (V = 0) and not garbled (G = 0). It is
  a pressure altitude on the standard atmosphere, not a height above the ellipsoid: with the weather it is off by up
  to some 300 m. All aircraft near one radar share the error, so it troubles the height, not the tracking.
* I048/070, 161, 220 and 240 say who the aircraft is. They are kept for scoring; the tracker never sees them.

Source: EUROCONTROL-SPEC-0149-4 (CAT048 Monoradar Target Reports), edition 1.32.
"""

from sangar.adapters.asterix.specification import (
    Record,
    address_of,
    number_of,
    parse_records,
    quantity_of,
    source_of,
    text_of,
)
from sangar.adapters.asterix.target_report import (
    METRES_PER_NAUTICAL_MILE,
    RADIANS_PER_DEGREE,
    TargetReport,
    validated_altitude_m,
)

CATEGORY = 48

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


def decode_target_reports(records: bytes) -> list[TargetReport]:
    """The target reports of one data block.

    Raises:
        WireError: the octets do not follow the specification.
    """
    return [_target_report(record) for record in parse_records(CATEGORY, records)]


def _target_report(record: Record) -> TargetReport:
    kind = number_of(record, "020", "TYP")
    return TargetReport(
        source=source_of(record),
        time_of_day_s=quantity_of(record, "140", "", "s"),
        detection_type="" if kind is None else DETECTION_TYPES[kind],
        is_test=bool(number_of(record, "020", "SIM") or number_of(record, "020", "TST")),
        is_field_monitor=bool(number_of(record, "020", "RAB")),
        is_extrapolated=kind == 0,
        range_m=quantity_of(record, "040", "RHO", "NM") * METRES_PER_NAUTICAL_MILE,
        azimuth_rad=quantity_of(record, "040", "THETA", "°") * RADIANS_PER_DEGREE,
        altitude_m=validated_altitude_m(record),
        mode_s_address=address_of(record, "220"),
        callsign=text_of(record, "240"),
        mode3a=text_of(record, "070", "MODE3A"),
        radar_track=number_of(record, "161", "TRN"),
    )
