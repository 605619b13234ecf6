"""Other radars see the common scene's targets where these are at the time, from where they stand."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from benchmarks.radar_network import watched_scene
from sangar.bench.air_traffic import PERIOD_S, SEED, AirTraffic, watch
from sangar.bench.sangar_tracker import scene_records
from sangar.core.detections import AZIMUTH, ELEVATION, RANGE
from sangar.pipeline.layout import sensor_table

TARGETS = 30


def seen_places_m(look, sensor):
    """(M, 3) what a radar's detections say of places, site axes."""
    measured = look.records["measured"]
    level = measured[:, RANGE] * np.cos(measured[:, ELEVATION])
    own_m = np.column_stack(
        [
            level * np.sin(measured[:, AZIMUTH]),
            level * np.cos(measured[:, AZIMUTH]),
            measured[:, RANGE] * np.sin(measured[:, ELEVATION]),
        ]
    )
    return own_m @ sensor["local_from_site"] + sensor["position_m"]


def test_a_period_flown_in_two_parts_is_the_period_and_asking_changes_nothing():
    traffic = AirTraffic(TARGETS, 60, SEED)
    scans = watch(traffic)
    for _ in range(12):
        next(scans)
    traffic.turn_radps[:5] = 0.2
    before = traffic.position_m.copy()
    parted = traffic.flown(0.3 * PERIOD_S).flown(0.7 * PERIOD_S)
    assert_array_equal(traffic.position_m, before)
    traffic.fly(PERIOD_S)
    assert_allclose(parted.position_m, traffic.position_m, atol=1e-9, rtol=0)
    assert_allclose(parted.velocity_mps(), traffic.velocity_mps(), atol=1e-9, rtol=0)


@pytest.mark.parametrize("in_turn", [True, False])
def test_every_radar_sees_nine_in_ten_of_the_targets_where_they_are_at_its_look(in_turn):
    watched = watched_scene(TARGETS, SEED, 3, in_turn)
    sensors, period_s = sensor_table(watched.site), watched.scene.meta.period_s
    sigma_rad, sigma_m = watched.scene.meta.sigma.azimuth_rad, watched.scene.meta.sigma.range_m
    seen, there = np.zeros(3), np.zeros(3)
    for look in watched.looks:
        scan = int(look.time_s // period_s)
        after = min(scan + 1, len(watched.scene.truths) - 1)
        old, new = watched.scene.truths[scan], watched.scene.truths[after]
        both = np.intersect1d(old.labels, new.labels)
        start_m = old.positions_m[np.isin(old.labels, both)]
        end_m = new.positions_m[np.isin(new.labels, both)]
        share = look.time_s / period_s - scan
        sagitta_m = 15.0 / 8.0 * period_s**2
        truth_m = start_m + share * (end_m - start_m)
        apart_m = np.linalg.norm(truth_m[:, None] - seen_places_m(look, sensors[look.sensor])[None], axis=2)
        reach_m = np.linalg.norm(truth_m - sensors[look.sensor]["position_m"], axis=1)
        near = apart_m.min(axis=1) < 4.0 * np.hypot(sigma_m, sigma_rad * reach_m) + sagitta_m
        seen[look.sensor] += near.sum()
        there[look.sensor] += len(both)
    assert_allclose(seen / there, 0.9, atol=0.02)


def test_one_radar_alone_is_the_common_scene():
    watched = watched_scene(TARGETS, SEED, 1, in_turn=True)
    for look, records in zip(watched.looks, scene_records(watched.scene), strict=True):
        assert look.records.tobytes() == records.tobytes()
