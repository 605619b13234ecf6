"""What readsb writes: the trace of one aircraft, `aircraft.json`, and one aircraft a line.

In a trace, accuracy and category come with some points only and hold until the next.

Source: readsb, README-json.md (fields and units).
"""

from collections.abc import Iterator
from typing import Any

from sangar.adapters.adsb.claims import FOOT_M, FOOT_PER_MINUTE_MPS, KNOT_MPS, LARGEST_AGE_S, State, number, scaled

STALE = 1
"""Flag of a trace point whose position is old."""
TIME, LATITUDE, LONGITUDE, ALTITUDE, SPEED, TRACK, FLAGS, CLIMB, DETAILS = range(9)
ELLIPSOID_ALTITUDE = 10
NO_ICAO_ADDRESS = "~"


def is_trace(content: object) -> bool:
    """Whether JSON content is the trace of one aircraft."""
    return isinstance(content, dict) and isinstance(content.get("trace"), list)


def is_aircraft(content: object) -> bool:
    """Whether JSON content is an `aircraft.json`, or one aircraft of the line port."""
    return isinstance(content, dict) and (isinstance(content.get("aircraft"), list) or "hex" in content)


def trace_states(content: dict[str, Any]) -> Iterator[State | None]:
    """States of a trace; None for a point that is none."""
    address, start_s = _address(content.get("icao")), number(content.get("timestamp"))
    details: dict[str, Any] = {}
    for point in content["trace"]:
        if address is None or start_s is None or not isinstance(point, list) or len(point) <= FLAGS:
            yield None
            continue
        if len(point) > DETAILS and isinstance(point[DETAILS], dict):
            details = details | point[DETAILS]
        after_s, flags = number(point[TIME]), point[FLAGS]
        if after_s is None or not isinstance(flags, int):
            yield None
            continue
        is_old = bool(flags & STALE)
        told = details | {
            "lat": None if is_old else point[LATITUDE],
            "lon": None if is_old else point[LONGITUDE],
            "alt_baro": point[ALTITUDE],
            "alt_geom": point[ELLIPSOID_ALTITUDE] if len(point) > ELLIPSOID_ALTITUDE else None,
            "gs": point[SPEED],
            "track": point[TRACK],
            "baro_rate": point[CLIMB] if len(point) > CLIMB else None,
        }
        yield _state(told, address, start_s + after_s)


def aircraft_states(content: dict[str, Any]) -> Iterator[State | None]:
    """States of an `aircraft.json`, or of one line; None for an entry that is none."""
    now_s = number(content.get("now"))
    entries = content["aircraft"] if isinstance(content.get("aircraft"), list) else [content]
    for entry in entries:
        address = _address(entry.get("hex")) if isinstance(entry, dict) else None
        if address is None or now_s is None:
            yield None
            continue
        age_s = number(entry.get("seen_pos")) or 0.0
        told = entry if age_s <= LARGEST_AGE_S else {**entry, "lat": None}
        yield _state(told, address, now_s - age_s)


def _address(value: object) -> str | None:
    """Hexadecimal digits of a 24-bit address; None for what is none. A `~` marks addresses that are not ICAO's."""
    text = value.removeprefix(NO_ICAO_ADDRESS) if isinstance(value, str) else ""
    is_hexadecimal = 0 < len(text) <= 6 and all(letter in "0123456789abcdefABCDEF" for letter in text)
    return text.lower() if is_hexadecimal else None


def _state(told: dict[str, Any], address: str, time_s: float) -> State:
    geometric_m, pressure_m = scaled(told.get("alt_geom"), FOOT_M), scaled(told.get("alt_baro"), FOOT_M)
    return State(
        time_s=time_s,
        address=address,
        latitude_deg=number(told.get("lat")),
        longitude_deg=number(told.get("lon")),
        altitude_m=pressure_m if geometric_m is None else geometric_m,
        speed_mps=scaled(told.get("gs"), KNOT_MPS),
        track_deg=number(told.get("track")),
        climb_mps=scaled(told.get("baro_rate"), FOOT_PER_MINUTE_MPS),
        nac_p=_code(told.get("nac_p")),
        nac_v=_code(told.get("nac_v")),
        category=told.get("category") if isinstance(told.get("category"), str) else None,
        callsign=told.get("flight") if isinstance(told.get("flight"), str) else None,
        is_on_ground=told.get("alt_baro") == "ground",
    )


def _code(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
