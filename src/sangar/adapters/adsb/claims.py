"""The table of claims that recordings of ADS-B become: columns, units, and what the aircraft says of its accuracy.

Feet, knots and feet a minute end here. A pressure altitude is no height: it stands in for one where no other is told,
as uncertain as the site file says of the source.

Sources: RTCA DO-260B, 2.2.3.2.5.2 (emitter category) and 2.2.3.2.7.1.3 (NACp, NACv).
"""

import math
from typing import NamedTuple

import polars as pl

FOOT_M, KNOT_MPS = 0.3048, 1852.0 / 3600.0
FOOT_PER_MINUTE_MPS = FOOT_M / 60.0
DAY_S = 86_400.0
SAME_DEG, LEAST_MOVING_MPS = 1e-5, 10.0
LARGEST_AGE_S = 60.0
"""A state older than this says nothing of where somebody is."""

PLACE_95_M = (math.nan, 18520.0, 7408.0, 3704.0, 1852.0, 926.0, 555.6, 185.2, 92.6, 30.0, 10.0, 3.0)
VELOCITY_95_MPS = (math.nan, 10.0, 3.0, 1.0, 0.3)
"""95 % bounds of the codes NACp and NACv, from 0, which is unknown."""
SIGMA_OF_95 = 0.5

CATEGORIES = {
    "A1": "light", "A2": "large", "A3": "large", "A4": "large", "A5": "large", "A6": "large", "A7": "rotorcraft",
    "B1": "light", "B2": "light", "B4": "light", "B6": "unmanned", "C1": "surface", "C2": "surface", "C3": "surface",
    "C4": "surface", "C5": "surface",
}  # fmt: skip

COLUMNS: dict[str, type[pl.DataType]] = {
    "time_s": pl.Float64,
    "sensor": pl.String,
    "track": pl.Int64,
    "latitude_deg": pl.Float64,
    "longitude_deg": pl.Float64,
    "altitude_m": pl.Float64,
    "east_mps": pl.Float64,
    "north_mps": pl.Float64,
    "up_mps": pl.Float64,
    "sigma_east_m": pl.Float64,
    "sigma_north_m": pl.Float64,
    "sigma_east_mps": pl.Float64,
    "sigma_north_mps": pl.Float64,
    "category": pl.String,
    "identifier": pl.String,
}


class State(NamedTuple):
    """What one aircraft said; None for what it did not.

    Attributes:
        time_s: when the position holds; seconds since 1970, UTC.
        address: 24 bits, hexadecimal digits.
        latitude_deg: WGS84.
        longitude_deg: WGS84.
        altitude_m: above the ellipsoid where known, else by pressure.
        speed_mps: over the ground.
        track_deg: true course over the ground.
        climb_mps: rate of climb.
        nac_p: code of the position's accuracy.
        nac_v: code of the velocity's.
        category: emitter category, two characters.
        callsign: as sent.
        is_on_ground: whether it says it stands on the ground.
    """

    time_s: float
    address: str
    latitude_deg: float | None
    longitude_deg: float | None
    altitude_m: float | None = None
    speed_mps: float | None = None
    track_deg: float | None = None
    climb_mps: float | None = None
    nac_p: int | None = None
    nac_v: int | None = None
    category: str | None = None
    callsign: str | None = None
    is_on_ground: bool = False


class Counts(NamedTuple):
    """What a recording held.

    Attributes:
        states: aircraft states read.
        malformed: states that are none (left out).
        without_place: states without position, or with an old one (left out).
        on_ground: states on the ground (left out).
        repeated: states that repeat the time of the one before, or, under way, its place and velocity (left out).
        claims: rows of the table.
    """

    states: int
    malformed: int
    without_place: int
    on_ground: int
    repeated: int
    claims: int


class AdsbClaims(NamedTuple):
    """A recording.

    Attributes:
        claims: the table.
        counts: what was read and left out.
    """

    claims: pl.DataFrame
    counts: Counts


def number(value: object) -> float | None:
    """A finite number, else None: not a truth value, and not a whole number too large for one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:  # whole numbers of JSON have as many digits as their sender likes
        return None
    return found if math.isfinite(found) else None


def scaled(value: object, factor: float) -> float | None:
    """A finite number times a factor, else None."""
    told = number(value)
    return None if told is None else told * factor


def claims_of(states: list[State], malformed: int, sensor: str) -> AdsbClaims:
    """The table of a recording's states; times are seconds since midnight UTC of the first.

    Args:
        states: in any order.
        malformed: how many others could not be read.
        sensor: name of the receiver in the site file.
    """
    rows: list[dict[str, object]] = []
    without_place = on_ground = repeated = 0
    newest: dict[str, State] = {}
    ordered = sorted(states, key=lambda state: state.time_s)
    midnight_s = ordered[0].time_s - ordered[0].time_s % DAY_S if ordered else 0.0
    for state in ordered:
        if state.is_on_ground:
            on_ground += 1
        elif not _has_place(state):
            without_place += 1
        elif _is_repeated(state, newest.get(state.address)):
            repeated += 1
        else:
            newest[state.address] = state
            rows.append(_row(state, midnight_s, sensor))
    counts = Counts(len(states) + malformed, malformed, without_place, on_ground, repeated, len(rows))
    return AdsbClaims(pl.DataFrame(rows, schema=COLUMNS, orient="row"), counts)


def _is_repeated(state: State, before: State | None) -> bool:
    """Whether nothing new is said: archives fill up the seconds in which nothing was heard with what was heard last."""
    if before is None:
        return False
    if state.time_s == before.time_s:
        return True
    is_moving = state.speed_mps is not None and state.speed_mps >= LEAST_MOVING_MPS
    return is_moving and state[5:8] == before[5:8] and _is_near(state, before)


def _is_near(state: State, before: State) -> bool:
    """Whether two positions are the same to about a metre."""
    places = (state.latitude_deg, before.latitude_deg), (state.longitude_deg, before.longitude_deg)
    return all(now is not None and then is not None and abs(now - then) < SAME_DEG for now, then in places)


def _has_place(state: State) -> bool:
    latitude_deg, longitude_deg = state.latitude_deg, state.longitude_deg
    if latitude_deg is None or longitude_deg is None:
        return False
    return abs(latitude_deg) <= 90.0 and abs(longitude_deg) <= 180.0


def _row(state: State, midnight_s: float, sensor: str) -> dict[str, object]:
    place_m, velocity_mps = _sigma(PLACE_95_M, state.nac_p), _sigma(VELOCITY_95_MPS, state.nac_v)
    east_mps, north_mps = _velocity(state)
    return {
        "time_s": state.time_s - midnight_s,
        "sensor": sensor,
        "track": int(state.address, 16),
        "latitude_deg": state.latitude_deg,
        "longitude_deg": state.longitude_deg,
        "altitude_m": state.altitude_m,
        "east_mps": east_mps,
        "north_mps": north_mps,
        "up_mps": state.climb_mps,
        "sigma_east_m": place_m,
        "sigma_north_m": place_m,
        "sigma_east_mps": velocity_mps,
        "sigma_north_mps": velocity_mps,
        "category": CATEGORIES.get(state.category or "", "not_told"),
        "identifier": (state.callsign or "").strip() or None,
    }


def _velocity(state: State) -> tuple[float | None, float | None]:
    if state.speed_mps is None or state.track_deg is None:
        return None, None
    track_rad = math.radians(state.track_deg)
    return state.speed_mps * math.sin(track_rad), state.speed_mps * math.cos(track_rad)


def _sigma(codes: tuple[float, ...], code: int | None) -> float | None:
    bound = codes[code] if code is not None and 0 <= code < len(codes) else math.nan
    return None if math.isnan(bound) else SIGMA_OF_95 * bound
