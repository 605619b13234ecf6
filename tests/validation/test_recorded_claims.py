"""Recorded claims against a simulated radar on the path that was really flown, as far as it is known.

The claims are as they were received: an airliner whose GNSS was disturbed and spoofed, and a drone's Remote ID. No
radar recording of either exists; its looks are simulated, with noise, on a path that is stated at each scene.
"""

import re
from heapq import merge
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from sangar.adapters.adsb.recording import read_adsb
from sangar.adapters.remote_id.messages import Location, decode
from sangar.adapters.remote_id.recording import read_remote_id
from sangar.adapters.remote_id.wifi import frames, transmission
from sangar.adapters.tables.track_reports import report_batches, track_reports_of
from sangar.core.claims import ClaimState
from sangar.core.events import EventKind
from sangar.core.targets import StandardIdentity, TrackStatus
from sangar.pipeline.pipeline import Pipeline
from sangar.pipeline.ports import Batch
from sangar.report.whose import reasons_whose
from sangar.report.words import names_of
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings
from tests.unit.adapters.test_remote_id import STANDING, capture
from tests.unit.tracking.sightings import sighted

SITE = """
[site]
name = "Beside a recording"
latitude_deg = {latitude_deg}
longitude_deg = {longitude_deg}
[[sensor]]
id = "radar-1"
kind = "radar"
period_s = {period_s}
east_m = 0.0
north_m = 0.0
up_m = 0.0
coverage = {{ max_range_m = {range_m}, min_elevation_deg = -3.0, max_elevation_deg = 89.0 }}
[[sensor]]
id = "heard"
kind = "{kind}"
east_m = 0.0
north_m = 0.0
up_m = 0.0
"""
MATCHED, WITHOUT_BODY, LEFT = ClaimState.MATCHED, ClaimState.WITHOUT_BODY, ClaimState.LEFT
IMPLAUSIBLE = ClaimState.IMPLAUSIBLE


def site_at(latitude_deg, longitude_deg, kind, range_m, period_s) -> Site:
    text = SITE.format(
        latitude_deg=latitude_deg, longitude_deg=longitude_deg, kind=kind, range_m=range_m, period_s=period_s
    )
    return parse_settings(text, Site, "beside.site.toml")


def play(site, table: pl.DataFrame, path, seconds):
    """Claims of the table and looks of the radar at the body (None for no body) in the order of their times."""
    generator = np.random.default_rng(5)
    reports = track_reports_of(table.with_columns(sensor=pl.lit("heard")), Path("claims"), site)
    looks = []
    for time_s in np.arange(seconds[0], seconds[1], site.sensors[0].look_period_s):
        state = None if path is None else path(time_s)
        states = np.zeros((0, 6)) if state is None else np.asarray(state, dtype=np.float64)[None, :]
        looks.append(Batch(float(time_s), 0, sighted(states, float(time_s), generator)))
    told = [batch for batch in report_batches(reports) if seconds[0] <= batch.time_s <= seconds[1]]
    pipeline, events, identities = Pipeline(site, track_capacity=64), [], []
    for batch in merge(looks, told, key=lambda one: one.time_s):
        events.append(pipeline.step(batch).events)
        rows = pipeline.world.tracks.rows
        living = np.flatnonzero(rows["status"] >= TrackStatus.CONFIRMED)
        identities.append({int(rows[i]["id"]): int(pipeline.world.identities[i]["identity"]) for i in living})
    return np.concatenate(events), identities, pipeline.world


def claim_events(events):
    """What became of claims: state, time, track."""
    mine = events[events["kind"] == EventKind.CLAIM_CHANGED]
    return [(ClaimState(event["new"]), float(event["time_s"]), int(event["track"])) for event in mine]


SOUND_UNTIL_S, SOUND_FROM_S = 3600.0, 6900.0
"""Seconds of the recording between which its positions cannot have been flown: frozen at 3627 s, silent, from 4801 s on
280 km aside and for twenty minutes at 26 m/s in 11.6 km over one town, then 400 km on at once."""


@pytest.fixture(scope="module")
def airliner(recorded):
    read = read_adsb(recorded("adsb/noisy_spoofing.json.gz"), "heard")
    start_s = read.claims["time_s"][0]
    return read.claims.with_columns(pl.col("time_s") - start_s)


def flown(table: pl.DataFrame, site: Site):
    """The path really flown: through the claims that can have been, straight on between them; smoothed over 30 s."""
    sound = table.filter((pl.col("time_s") < SOUND_UNTIL_S) | (pl.col("time_s") > SOUND_FROM_S))
    geodetic = sound.select("latitude_deg", "longitude_deg", "altitude_m").to_numpy()
    position_m = site.frame.enu_from_geodetic(np.ascontiguousarray(geodetic, dtype=np.float64))
    at_s = sound["time_s"].to_numpy()
    knots_s = np.arange(at_s[0], at_s[-1], 30.0)
    knots_m = np.stack([np.interp(knots_s, at_s, column) for column in position_m.T], axis=1)

    def path(time_s):
        here, there = (
            np.array([np.interp(t, knots_s, column) for column in knots_m.T]) for t in (time_s - 4.0, time_s + 4.0)
        )
        return [*(0.5 * (here + there)), *((there - here) / 8.0)]

    return path


def test_a_spoofed_airliner_is_followed_by_radar_and_leaves_its_claim(airliner):
    site = site_at(48.3, 22.0, "ads_b", 300_000.0, 5.0)
    events, identities, world = play(site, airliner, flown(airliner, site), (3200.0, 5300.0))
    states = claim_events(events)
    matched = [entry for entry in states if entry[0] == MATCHED]
    broken = [entry for entry in states if entry[0] in (LEFT, IMPLAUSIBLE) and entry[2] > 0]
    assert matched
    assert matched[0][1] < 3700.0
    assert broken
    assert SOUND_UNTIL_S < broken[0][1] < 4900.0
    track = broken[0][2]
    held = [second[track] for second in identities if track in second]
    assert StandardIdentity.NEUTRAL in held
    assert held[-1] == StandardIdentity.SUSPECT
    belief = next(row for row in world.identities if row["track"] == track)
    said = " ".join(reasons_whose(belief, names_of(site, None)))
    assert "the claim 4baac6 of heard" in said
    assert "SUSPECT" in said


def test_where_it_was_made_to_seem_to_fly_there_is_no_body(airliner):
    site = site_at(49.66, 23.9, "ads_b", 60_000.0, 4.0)
    events, identities, _ = play(site, airliner, None, (4780.0, 5950.0))
    states = [state for state, _, _ in claim_events(events)]
    assert WITHOUT_BODY in states
    assert MATCHED not in states
    assert not any(identities)


@pytest.fixture(scope="module")
def drone(recorded):
    read = read_remote_id(recorded("remote_id/parrot_anafi4_real.pcapng"), "heard")
    return read, read.claims.with_columns(pl.col("time_s") - read.claims["time_s"][0])


def test_every_transmission_of_the_real_flight_is_read(recorded, drone):
    data = recorded("remote_id/parrot_anafi4_real.pcapng").read_bytes()
    sent = [found for frame in frames(data) if (found := transmission(frame)) is not None]
    places = [message for one in sent for message in decode(one.payload) if isinstance(message, Location)]
    read, table = drone
    assert (read.counts.frames, len(sent), len(places), read.counts.malformed) == (5091, 1140, 1140, 0)
    assert len({(place.latitude_deg, place.longitude_deg) for place in places}) == 117
    assert table["identifier"].unique().to_list() == ["1588E040445AC004418"]
    assert table["time_s"].is_sorted()


def walked(table: pl.DataFrame, site: Site, up_m=30.0):
    """The path the drone says it flew, smoothed; the height, which it does not tell, is made up."""
    geodetic = table.select("latitude_deg", "longitude_deg").to_numpy()
    geodetic = np.column_stack([geodetic, np.full(len(geodetic), site.frame.altitude_m)])
    position_m = site.frame.enu_from_geodetic(np.ascontiguousarray(geodetic))[:, :2]
    at_s = table["time_s"].to_numpy()

    def path(time_s):
        near = np.exp(-0.5 * ((at_s - time_s) / 3.0) ** 2)
        later = np.exp(-0.5 * ((at_s - time_s - 1.0) / 3.0) ** 2)
        here, there = near @ position_m / near.sum(), later @ position_m / later.sum()
        return [*here, up_m, *(there - here), 0.0]

    return path


def test_a_real_remote_id_flight_with_a_body_is_evidence_and_no_friend(drone):
    _, table = drone
    site = site_at(47.19, 8.7302, "remote_id", 5000.0, 1.0)
    events, identities, world = play(site, table, walked(table, site), (0.0, 122.0))
    states = claim_events(events)
    assert [state for state, _, _ in states] == [MATCHED]
    track = states[0][2]
    harmless = {StandardIdentity.ASSUMED_FRIEND, StandardIdentity.FRIEND}
    assert not harmless & {second[track] for second in identities if track in second}
    belief = next(row for row in world.identities if row["track"] == track)
    assert "flies as the claim 903ae6" in " ".join(reasons_whose(belief, names_of(site, None)))


def test_the_same_flight_without_a_body_stays_a_claim(drone):
    _, table = drone
    site = site_at(47.19, 8.7302, "remote_id", 5000.0, 1.0)
    events, identities, world = play(site, table, None, (0.0, 122.0))
    assert not any(identities)
    assert claim_events(events) == [], "it tells no height, so whether a radar looks there is open"
    assert world.claims.rows[0]["source"] == 1


def test_told_a_height_a_claim_that_no_radar_sees_has_no_body(drone):
    _, table = drone
    site = site_at(47.19, 8.7302, "remote_id", 5000.0, 1.0)
    high = table.with_columns(altitude_m=pl.lit(site.frame.altitude_m + 300.0))
    events, _, _ = play(site, high, None, (0.0, 122.0))
    assert [state for state, _, _ in claim_events(events)] == [WITHOUT_BODY]


HOSTILE = ("astm_f3411/location", "astm_f3411/basic_id", "boundary/coordinate_limits", "anomaly/detection_scenarios")


def test_octets_that_follow_no_standard_are_counted_and_make_no_claim(recorded, tmp_path):
    """Test vectors of another project, of 22 to 26 octets and with another header than the standard's."""
    payloads = []
    for name in HOSTILE:
        text = recorded(f"remote_id/orip_vectors/{name}.json").read_text(encoding="utf-8")
        digits = re.findall(r'"payload_hex":\s*"([0-9a-fA-F]*)"', text)
        payloads += [bytes.fromhex(one + "0" * (len(one) % 2)) for one in digits]
    assert len(payloads) > 10
    file = tmp_path / "hostile.pcapng"
    file.write_bytes(capture(*payloads, STANDING))
    counts = read_remote_id(file, "heard").counts
    assert (counts.frames, counts.claims) == (len(payloads) + 1, 1)
    assert counts.malformed + counts.without_place == len(payloads)
    assert counts.malformed > 0
