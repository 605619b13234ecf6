"""Half an hour of a real airport radar: what is decoded, and how well it is tracked with the identities hidden."""

import polars as pl
import pytest

from benchmarks.barcelona import GOAL_PURITY, GOAL_TRACKS_PER_AIRCRAFT, RECORDING, run_barcelona
from sangar.adapters.asterix.recording import read_recording

pytestmark = pytest.mark.slow

# Counted with another decoder (asterix-decoder), see docs/how-to/asterix.md.
REPORTS, ADDRESSES, WITHOUT_ADDRESS = 22_463, 104, 525
TYPES = {"mode-s-roll-call+psr": 13_852, "mode-s-roll-call": 8_086, "ssr": 321, "ssr+psr": 101}
EXTRAPOLATED = 103


@pytest.fixture(scope="module")
def recording(request):
    return read_recording(request.getfixturevalue("recorded")(RECORDING))


def test_every_report_of_the_file_is_accounted_for(recording):
    counts = recording.counts
    assert counts.blocks == counts.reports == REPORTS
    assert counts.extrapolated == EXTRAPOLATED
    assert counts.plots == REPORTS - EXTRAPOLATED
    assert counts.lost_octets == counts.malformed_blocks == counts.other_categories == counts.duplicates == 0


def test_types_addresses_and_times_are_those_another_decoder_found(recording):
    plots = recording.plots
    assert dict(plots["detection_type"].value_counts().rows()) == TYPES
    assert plots["mode_s_address"].drop_nulls().n_unique() == ADDRESSES
    assert plots["mode_s_address"].null_count() == WITHOUT_ADDRESS - EXTRAPOLATED
    assert set(plots["sensor"]) == {"20-129"}
    times_s = plots.select(first=pl.min("time_s"), last=pl.max("time_s")).row(0)
    assert times_s == pytest.approx((28800.8, 30599.8), abs=0.1)


def test_the_radars_turn_and_reach_are_found_in_the_recording(recording):
    (sensor,) = recording.sensors
    assert sensor.period_s == pytest.approx(4.0, abs=0.02)
    assert sensor.maximum_range_m / 1852.0 == pytest.approx(60.0, abs=0.1)


def test_tracks_keep_to_one_aircraft_and_aircraft_keep_their_track(recorded, tmp_path):
    metrics = run_barcelona(recorded(RECORDING).parents[2], tmp_path)
    assert metrics["purity"]["targets"] >= 100
    assert metrics["purity"]["purity"]["value"] >= GOAL_PURITY
    assert metrics["purity"]["tracks_per_target"] <= GOAL_TRACKS_PER_AIRCRAFT
    assert metrics["purity"]["associated"]["value"] >= 0.9
    assert not any(metrics["degradations"].values())
