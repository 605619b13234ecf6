"""Category 034, service messages of a radar head: north markers, sector crossings, the antenna's speed.

Source: EUROCONTROL-SPEC-0149-2b (CAT034 Monoradar Service Messages), edition 1.29.
"""

from typing import NamedTuple

from sangar.adapters.asterix.specification import number_of, parse_records, quantity_of, source_of
from sangar.adapters.asterix.target_report import RADIANS_PER_DEGREE

CATEGORY = 34
NORTH_MARKER, SECTOR_CROSSING = 1, 2


class ServiceMessage(NamedTuple):
    """One service message.

    Attributes:
        source: "SAC-SIC".
        kind: I034/000: 1 north marker, 2 sector crossing, 3 geographical filtering, 4 jamming strobe, ...
        time_of_day_s: UTC seconds since midnight, NaN where absent (I034/030).
        azimuth_rad: of the antenna, clockwise from true north, NaN where absent (I034/020).
        rotation_s: time of one antenna turn, NaN where absent (I034/041).
    """

    source: str
    kind: int
    time_of_day_s: float
    azimuth_rad: float
    rotation_s: float


def decode_service_messages(records: bytes) -> list[ServiceMessage]:
    """The service messages of one data block.

    Raises:
        WireError: the octets do not follow the specification.
    """
    return [
        ServiceMessage(
            source=source_of(record),
            kind=number_of(record, "000") or 0,
            time_of_day_s=quantity_of(record, "030", "", "s"),
            azimuth_rad=quantity_of(record, "020", "", "°") * RADIANS_PER_DEGREE,
            rotation_s=quantity_of(record, "041", "", "s"),
        )
        for record in parse_records(CATEGORY, records)
    ]
