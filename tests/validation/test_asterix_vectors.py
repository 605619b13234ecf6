"""Values of another decoder's golden text, report by report, against ours."""

import gzip
import math
import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from sangar.adapters.asterix.blocks import split_blocks
from sangar.adapters.asterix.category_034 import decode_service_messages
from sangar.adapters.asterix.category_048 import DETECTION_TYPES, decode_target_reports
from sangar.adapters.asterix.pcap import read_capture

ITEM = re.compile(r"^Item (\d{3}) : ", re.MULTILINE)
FLIGHT_LEVEL_M = 30.48
NAUTICAL_MILE_M = 1852.0
DECODERS: dict[int, Callable[[bytes], list[Any]]] = {34: decode_service_messages, 48: decode_target_reports}


@pytest.fixture(scope="module")
def golden(request):
    """Category and the text of each item, for each record of the golden text."""
    path = request.getfixturevalue("recorded")("asterix/cat_034_048.expected.txt.gz")
    records = []
    for block in gzip.decompress(path.read_bytes()).decode().split("Data Block ")[1:]:
        category = int(found(r"Category: (\d+)", block))
        for record in block.split("Data Record ")[1:]:
            parts = ITEM.split(record)
            records.append((category, dict(zip(parts[1::2], parts[2::2], strict=True))))
    return records


@pytest.fixture(scope="module")
def ours(request):
    capture = read_capture(request.getfixturevalue("recorded")("asterix/cat_034_048.pcap").read_bytes())
    decoded: defaultdict[int, list[Any]] = defaultdict(list)
    for payload in capture.payloads:
        framing = split_blocks(payload)
        assert framing.lost_octets == 0
        for block in framing.blocks:
            decoded[block.category].extend(DECODERS[block.category](block.records))
    return decoded


def found(pattern, text):
    """The first group of a pattern that must be there."""
    match = re.search(pattern, text)
    assert match is not None
    return match[1]


def number(items, item, pattern):
    """A number of the golden text, NaN where the item is absent."""
    return float(found(pattern, items[item])) if item in items else math.nan


def text(items, item, pattern):
    return found(pattern, items[item]).strip() if item in items else None


def test_all_records_are_there(golden, ours):
    categories = [category for category, _ in golden]
    assert (len(ours[48]), len(ours[34])) == (categories.count(48), categories.count(34)) == (128, 34)


def test_target_reports_agree_with_the_other_decoder(golden, ours):
    expected = [items for category, items in golden if category == 48]
    for items, report in zip(expected, ours[48], strict=True):
        area, identification = (number(items, "010", name + r" Code: (\d+)") for name in ("Area", "Identification"))
        assert report.source == f"{area:.0f}-{identification:.0f}"
        same(report.time_of_day_s, number(items, "140", r"\(([\d.]+) s\)"), 1e-6)
        same(report.range_m / NAUTICAL_MILE_M, number(items, "040", r"RHO: \d+ \(([\d.]+) NM"), 1e-6)
        same(math.degrees(report.azimuth_rad), number(items, "040", r"THETA: \d+ \(([\d.]+) deg"), 1e-6)
        if re.search(r"[VG]: 1", items.get("090", "")) is None:
            same(report.altitude_m / FLIGHT_LEVEL_M, number(items, "090", r"\((-?[\d.]+) FL"), 1e-9)
        else:
            assert math.isnan(report.altitude_m)
        kind = number(items, "020", r"TYP: (\d)")
        assert report.detection_type == ("" if math.isnan(kind) else DETECTION_TYPES[int(kind)])
        assert report.mode_s_address == text(items, "220", r"AircraftAddress: (\w+)")
        assert report.callsign == (text(items, "240", r"identification: (.*)") or None)
        assert report.mode3a == text(items, "070", r"reply code: (\d+)")
        track = number(items, "161", r"Track Number: (\d+)")
        assert report.radar_track == (None if math.isnan(track) else int(track))


def test_service_messages_agree_with_the_other_decoder(golden, ours):
    expected = [items for category, items in golden if category == 34]
    for items, message in zip(expected, ours[34], strict=True):
        assert message.kind == number(items, "000", r"Message Type: (\d+)")
        same(message.time_of_day_s, number(items, "030", r"\(([\d.]+) s\)"), 1e-6)
        same(math.degrees(message.azimuth_rad), number(items, "020", r"\(([\d.]+) deg\)"), 1e-6)
        same(message.rotation_s, number(items, "041", r"\(([\d.]+) s\)"), 1e-6)


def same(mine, theirs, tolerance):
    """Equal within the digits of the text, or absent in both."""
    assert math.isnan(mine) == math.isnan(theirs)
    assert math.isnan(mine) or mine == pytest.approx(theirs, abs=tolerance)
