"""Remote ID messages of 25 octets: where a drone says it is, and who it says it is.

Decoded are Basic ID, Location and the pack that carries several; the others are passed over. What a drone marks as
unknown, and what lies outside the field's range, becomes NaN: nothing is guessed.

Source: ASTM F3411-22a, Standard Specification for Remote ID and Tracking, 5.4.5 (message layouts and code tables).
"""

import math
import struct
from collections.abc import Iterator
from typing import NamedTuple

from sangar.core.errors import WireError

MESSAGE_OCTETS = 25
BASIC_ID, LOCATION, PACK = 0x0, 0x1, 0xF
KNOWN_KINDS = {0x0, 0x1, 0x2, 0x3, 0x4, 0x5}
MOST_IN_PACK = 9
GROUND_OBSTACLE = 15

HORIZONTAL_M = (math.nan, 18520.0, 7408.0, 3704.0, 1852.0, 926.0, 555.6, 185.2, 92.6, 30.0, 10.0, 3.0, 1.0)
VERTICAL_M = (math.nan, 150.0, 45.0, 25.0, 10.0, 3.0, 1.0)
SPEED_MPS = (math.nan, 10.0, 3.0, 1.0, 0.3)
"""95 % bounds of the accuracy codes from 0, which is unknown."""

LATITUDE_LIMIT, LONGITUDE_LIMIT = 900_000_000, 1_800_000_000
NO_ALTITUDE_M, NO_TIME = -1000.0, 0xFFFF
NO_DIRECTION_DEG, NO_SPEED, NO_CLIMB = 361, 255, 126
HOUR_TENTHS = 36_000


class BasicId(NamedTuple):
    """Who a drone says it is.

    Attributes:
        id_kind: 1 serial number, 2 registration, 3 UTM, 4 session.
        aircraft: code of the kind of aircraft; 15 is a ground obstacle.
        identifier: the text; only printable ASCII is kept.
    """

    id_kind: int
    aircraft: int
    identifier: str


class Location(NamedTuple):
    """Where a drone says it is; NaN for what it does not tell.

    Attributes:
        latitude_deg: WGS84.
        longitude_deg: WGS84.
        altitude_m: above the WGS84 ellipsoid.
        east_mps: velocity over the ground.
        north_mps: the same.
        up_mps: climb rate.
        horizontal_95_m: 95 % bound of the place over the ground.
        vertical_95_m: of the altitude.
        speed_95_mps: of the speed.
        past_hour_s: time of the position, after the full hour UTC.
    """

    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    east_mps: float
    north_mps: float
    up_mps: float
    horizontal_95_m: float
    vertical_95_m: float
    speed_95_mps: float
    past_hour_s: float


Message = BasicId | Location


def decode(data: bytes) -> list[Message]:
    """The messages of one transmission: one of 25 octets, or a pack.

    Raises:
        WireError: it follows neither layout.
    """
    return [decoded for message in _single(data) if (decoded := _decoded(message)) is not None]


def _single(data: bytes) -> Iterator[bytes]:
    """The messages of 25 octets in a transmission."""
    if len(data) < MESSAGE_OCTETS and (not data or data[0] >> 4 != PACK):
        raise WireError(f"{len(data)} octets are no Remote ID message", data)
    if data[0] >> 4 != PACK:
        yield data[:MESSAGE_OCTETS]
        return
    if len(data) < 3 or data[1] != MESSAGE_OCTETS or not 1 <= data[2] <= MOST_IN_PACK:
        raise WireError("a pack of messages of another size or number than the standard allows", data)
    if len(data) < 3 + data[2] * MESSAGE_OCTETS:
        raise WireError("a pack is cut off", data)
    for k in range(data[2]):
        message = data[3 + k * MESSAGE_OCTETS : 3 + (k + 1) * MESSAGE_OCTETS]
        if message[0] >> 4 == PACK:
            raise WireError("a pack inside a pack", data)
        yield message


def _decoded(message: bytes) -> Message | None:
    kind = message[0] >> 4
    if kind not in KNOWN_KINDS:
        raise WireError(f"message of kind {kind}, which the standard does not know", message)
    if kind == BASIC_ID:
        return _basic_id(message)
    return _location(message) if kind == LOCATION else None


def _basic_id(message: bytes) -> BasicId:
    text = message[2:22].split(b"\0", 1)[0]
    identifier = "".join(chr(octet) for octet in text if 0x20 <= octet < 0x7F).strip()
    return BasicId(message[1] >> 4, message[1] & 0xF, identifier)


def _location(message: bytes) -> Location:
    flags, turn, speed, climb, latitude, longitude, _, altitude, _, accuracy, more, tenths = struct.unpack_from(
        "<BBBbiiHHHBBH", message, 1
    )
    has_place = abs(latitude) <= LATITUDE_LIMIT and abs(longitude) <= LONGITUDE_LIMIT and (latitude or longitude)
    east_mps, north_mps = _velocity(flags, turn, speed)
    altitude_m = 0.5 * altitude + NO_ALTITUDE_M
    return Location(
        latitude_deg=latitude * 1e-7 if has_place else math.nan,
        longitude_deg=longitude * 1e-7 if has_place else math.nan,
        altitude_m=altitude_m if altitude_m > NO_ALTITUDE_M else math.nan,
        east_mps=east_mps,
        north_mps=north_mps,
        up_mps=0.5 * climb if abs(climb) < NO_CLIMB else math.nan,
        horizontal_95_m=_bound(HORIZONTAL_M, accuracy & 0xF),
        vertical_95_m=_bound(VERTICAL_M, accuracy >> 4),
        speed_95_mps=_bound(SPEED_MPS, more & 0xF),
        past_hour_s=0.1 * tenths if tenths <= HOUR_TENTHS else math.nan,
    )


def _velocity(flags: int, turn: int, speed: int) -> tuple[float, float]:
    """East and north of a speed code and a direction in degrees."""
    direction_deg = turn + (180 if flags & 0x2 else 0)
    if speed == NO_SPEED or direction_deg >= NO_DIRECTION_DEG:
        return math.nan, math.nan
    speed_mps = 0.75 * speed + 63.75 if flags & 0x1 else 0.25 * speed
    direction_rad = math.radians(direction_deg)
    return speed_mps * math.sin(direction_rad), speed_mps * math.cos(direction_rad)


def _bound(codes: tuple[float, ...], code: int) -> float:
    return codes[code] if code < len(codes) else math.nan
