"""State vectors as archives export them from data frames: columns of equal length, or a list of rows.

Times are milliseconds since 1970, UTC; `last_position`, where there is one, says when the position was heard.
"""

from collections.abc import Iterator
from typing import Any

from sangar.adapters.adsb.claims import FOOT_M, FOOT_PER_MINUTE_MPS, KNOT_MPS, LARGEST_AGE_S, State, number, scaled

NEEDED = ("timestamp", "icao24", "latitude", "longitude")


def is_state_vectors(content: object) -> bool:
    """Whether JSON content is such an export."""
    first = content[0] if isinstance(content, list) and content else content
    return isinstance(first, dict) and all(name in first for name in NEEDED)


def states(content: Any) -> Iterator[State | None]:  # noqa: ANN401 - foreign JSON
    """States in the order of the export; None for a row that is none."""
    for row in _rows(content):
        address, now_ms = row.get("icao24"), number(row.get("timestamp"))
        is_address = isinstance(address, str) and 0 < len(address) <= 6 and _is_hexadecimal(address)
        if not is_address or now_ms is None:
            yield None
            continue
        heard_ms = number(row.get("last_position"))
        time_s = (now_ms if heard_ms is None else min(heard_ms, now_ms)) / 1000.0
        is_old = now_ms / 1000.0 - time_s > LARGEST_AGE_S
        yield State(
            time_s=time_s,
            address=str(address).lower(),
            latitude_deg=None if is_old else number(row.get("latitude")),
            longitude_deg=None if is_old else number(row.get("longitude")),
            altitude_m=scaled(row.get("altitude"), FOOT_M),
            speed_mps=scaled(row.get("groundspeed"), KNOT_MPS),
            track_deg=number(row.get("track")),
            climb_mps=scaled(row.get("vertical_rate"), FOOT_PER_MINUTE_MPS),
            callsign=row.get("callsign") if isinstance(row.get("callsign"), str) else None,
            is_on_ground=row.get("onground") is True,
        )


def _rows(content: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - foreign JSON
    if isinstance(content, list):
        yield from (row if isinstance(row, dict) else {} for row in content)
        return
    columns = {name: values for name, values in content.items() if isinstance(values, dict)}
    for key in columns.get("timestamp", {}):
        yield {name: values.get(key) for name, values in columns.items()}


def _is_hexadecimal(text: str) -> bool:
    return all(letter in "0123456789abcdefABCDEF" for letter in text)
