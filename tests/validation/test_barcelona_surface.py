"""Two hours of a real airport's surface sensors: every record against a plain decoder, and how well they track."""

import math

import pytest

from benchmarks.barcelona_surface import FOLDER, run_surface
from sangar.adapters.asterix.blocks import split_blocks
from sangar.adapters.asterix.category_010 import decode_surface_messages

pytestmark = pytest.mark.slow

# Octets of each item by its field reference number, from the tables of EUROCONTROL-SPEC-0149-7; 0 goes on by its lowest
# bit.
OCTETS = (2, 1, 0, 3, 8, 4, 4, 4, 4, 2, 0, 2, 3, 7, 0, 1, 2, 2, 0, 1, 1, 4, 0, 1, 2)
SOURCE, KIND, TIME, POLAR, LOCAL, TRACK, ADDRESS = 1, 2, 4, 6, 7, 10, 13
RECORDINGS = {
    # blocks and target reports, as the notes on the recordings count them
    "201002-lebl-080001_mlat.ast": (116_308, 101_790),
    "201002-lebl-080001_smr.ast": (52_659, 38_309),
}


def plain_items(record: bytes) -> dict[int, bytes]:
    """Items of a record by their field reference number."""
    present, at = [], 0
    while True:
        present += [7 * at + bit + 1 for bit in range(7) if record[at] & (0x80 >> bit)]
        at += 1
        if not record[at - 1] & 1:
            break
    items = {}
    for number in present:
        end = at + OCTETS[number - 1]
        if end == at:
            end += 1
            while record[end - 1] & 1:
                end += 1
        items[number], at = record[at:end], end
    assert at == len(record)
    return items


@pytest.mark.parametrize("name", RECORDINGS)
def test_every_record_reads_as_a_plain_decoder_reads_it(recorded, name):
    framing = split_blocks(recorded(f"{FOLDER}/{name}").read_bytes())
    blocks, reports = RECORDINGS[name]
    assert (len(framing.blocks), framing.lost_octets) == (blocks, 0)
    seen = 0
    for block in framing.blocks:
        items = plain_items(block.records)
        (decoded, _, _) = decode_surface_messages(block.records)
        if items[KIND] != b"\x01":
            assert decoded == []
            continue
        (report,) = decoded
        seen += 1
        assert report.source == f"{items[SOURCE][0]}-{items[SOURCE][1]}"
        assert report.time_of_day_s == int.from_bytes(items[TIME]) / 128.0
        assert report.mode_s_address == (items[ADDRESS].hex().upper() if ADDRESS in items else None)
        assert report.radar_track == int.from_bytes(items[TRACK]) & 0xFFF
        if LOCAL in items:
            local = items[LOCAL]
            assert report.east_m == int.from_bytes(local[:2], signed=True)
            assert report.north_m == int.from_bytes(local[2:], signed=True)
        if POLAR in items:
            assert report.range_m == int.from_bytes(items[POLAR][:2])
            assert report.azimuth_rad == pytest.approx(int.from_bytes(items[POLAR][2:]) * math.tau / 65536.0)
            # the sensor says the same place twice
            assert report.range_m * math.sin(report.azimuth_rad) == pytest.approx(report.east_m, abs=1.5)
            assert report.range_m * math.cos(report.azimuth_rad) == pytest.approx(report.north_m, abs=1.5)
    assert seen == reports


def test_fused_tracks_are_as_pure_as_they_were_and_few(recorded, tmp_path):
    metrics = run_surface(recorded(f"{FOLDER}/{next(iter(RECORDINGS))}").parents[2], tmp_path)
    alone, fused = metrics["surface radar alone"]["purity"], metrics["both fused"]["purity"]
    assert fused["targets"] >= 70
    assert fused["tracks_per_target"] < min(1.4, alone["tracks_per_target"])
    assert fused["purity"]["value"] > 0.97
    assert fused["associated"]["value"] > 0.99
    # two sensors whose clocks are found to differ overtake one another, and the late plots are used all the same
    # and a large aircraft's second echo is no body
    usual = ("late_used", "further_echoes")
    left_out = {name: count for name, count in metrics["both fused"]["degradations"].items() if name not in usual}
    assert not any(left_out.values())
    assert metrics["both fused"]["degradations"]["further_echoes"] > 100
    assert metrics["multilateration alone"]["degradations"]["further_echoes"] == 0
    share = {name: of_run["purity"]["with_one_track"]["value"] for name, of_run in metrics.items()}
    assert share["both fused"] > max(share["multilateration alone"], share["surface radar alone"], 0.83)
