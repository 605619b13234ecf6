"""Nanoseconds at the edge, seconds inside, and nothing lost between."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sangar.core.time import site_seconds, text_from_utc_ns, utc_ns, utc_ns_from_text

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_NS = 1_641_258_600 * 10**9
TEN_YEARS_S = 10 * 366 * 86400
LONG_AGO, FAR_AHEAD = datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("2200-01-01")


@pytest.mark.parametrize(
    ("text", "expected_ns"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.000001+00:00", 1000),
        ("1969-12-31T23:59:59.5Z", -500_000_000),
        ("2022-01-04T01:30:00+00:00", 1_641_259_800 * 10**9),
        ("2022-01-04T05:00:00+03:30", 1_641_259_800 * 10**9),
        ("2022-01-03T20:30:00-05:00", 1_641_259_800 * 10**9),
        ("2016-12-31T23:59:59Z", 1_483_228_799 * 10**9),
    ],
)
def test_an_instant_is_read(text, expected_ns):
    assert utc_ns_from_text(text) == expected_ns


@given(st.datetimes(LONG_AGO, FAR_AHEAD), st.integers(-14 * 60, 14 * 60))
def test_every_microsecond_of_every_offset_is_kept(moment, offset_minutes):
    offset = timedelta(minutes=offset_minutes)
    sign, minutes = "-" if offset_minutes < 0 else "+", abs(offset_minutes)
    text = f"{moment.isoformat()}{sign}{minutes // 60:02d}:{minutes % 60:02d}"
    since_epoch = moment.replace(tzinfo=UTC) - offset - EPOCH
    assert utc_ns_from_text(text) == since_epoch // timedelta(microseconds=1) * 1000


def test_an_instant_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="names no offset from UTC"):
        utc_ns_from_text("2022-01-04T01:30:00")


@pytest.mark.parametrize("text", ["", "yesterday", "2022-13-01T00:00:00Z", "25:00"])
def test_what_is_no_instant_is_refused(text):
    with pytest.raises(ValueError, match=r"[Ii]nvalid|month"):
        utc_ns_from_text(text)


@pytest.mark.parametrize(
    ("instant_ns", "expected"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_641_259_800_123_999_999, "2022-01-04T01:30:00.123Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
    ],
)
def test_milliseconds_are_cut_never_rounded_into_the_next_second(instant_ns, expected):
    assert text_from_utc_ns(instant_ns) == expected


@given(st.integers(0, 4_000_000_000_000))
def test_text_gives_the_same_millisecond_back(milliseconds):
    assert utc_ns_from_text(text_from_utc_ns(milliseconds * 10**6)) == milliseconds * 10**6


@given(st.integers(0, 4 * 10**6 * 10**9))
def test_nanoseconds_survive_the_way_inside_and_back(nanoseconds):
    """Exact below 2**52 ns, 52 days: there a double still tells neighbours in nanoseconds apart."""
    assert utc_ns(site_seconds(EPOCH_NS + nanoseconds, EPOCH_NS), EPOCH_NS) == EPOCH_NS + nanoseconds


@given(st.integers(0, TEN_YEARS_S * 10**9))
def test_over_ten_years_the_way_inside_and_back_costs_less_than_a_hundred_nanoseconds(nanoseconds):
    there_and_back_ns = utc_ns(site_seconds(EPOCH_NS + nanoseconds, EPOCH_NS), EPOCH_NS)
    assert abs(there_and_back_ns - EPOCH_NS - nanoseconds) < 100


def test_two_detections_a_microsecond_apart_are_still_apart_in_site_seconds():
    late_ns = EPOCH_NS + 86_400 * 10**9
    assert site_seconds(late_ns + 1000, EPOCH_NS) - site_seconds(late_ns, EPOCH_NS) == pytest.approx(1e-6, rel=1e-4)
