"""Time: integer nanoseconds UTC at the edge, float64 seconds since the site's epoch in the mathematics.

Float64 seconds since 1970 resolve only 0.24 µs and invite the clock into the mathematics; seconds since the start of
the recording or of the day keep nanoseconds for seven weeks.
"""

from datetime import UTC, datetime

NANOSECONDS_PER_SECOND = 1_000_000_000


def utc_ns_from_text(text: str) -> int:
    """Nanoseconds since 1970 UTC of an ISO 8601 instant that names its offset.

    Raises:
        ValueError: the text is no instant, or names no offset from UTC.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} names no offset from UTC (write e.g. 2022-01-04T01:30:00+00:00)")
    whole = instant.astimezone(UTC)
    return int(whole.replace(microsecond=0).timestamp()) * NANOSECONDS_PER_SECOND + whole.microsecond * 1000


def text_from_utc_ns(utc_ns: int) -> str:
    """ISO 8601 text, UTC, milliseconds, of nanoseconds since 1970."""
    seconds, rest_ns = divmod(utc_ns, NANOSECONDS_PER_SECOND)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest_ns // 1_000_000:03d}Z"


def site_seconds(utc_ns: int, epoch_ns: int) -> float:
    """Seconds since the site's epoch; exact subtraction first, so nanoseconds survive."""
    return (utc_ns - epoch_ns) / NANOSECONDS_PER_SECOND


def utc_ns(time_s: float, epoch_ns: int) -> int:
    """Nanoseconds since 1970 UTC of a time in seconds since the site's epoch."""
    return epoch_ns + round(time_s * NANOSECONDS_PER_SECOND)
