"""OSPA(2), SIAP and CLEAR MOT: perfect is perfect, numbers are only names, and a false track is never a gain."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from sangar.tracking.metrics.clear_mot import clear_mot
from sangar.tracking.metrics.ospa_of_tracks import OspaParameters, ospa_of_run, ospa_of_tracks
from sangar.tracking.metrics.scoring import LabelledPositions
from sangar.tracking.metrics.siap import siap

CUTOFF_M = 200.0
BODIES = 4
FAR_M = np.full((1, 3), 1e5)
coordinates_m = st.floats(-300.0, 300.0, allow_nan=False, width=32)
orders = st.sampled_from([1.0, 2.0, 3.0])


@st.composite
def scans(draw, scan_count):
    present = draw(arrays(np.bool_, (scan_count, BODIES)))
    kinematics = draw(arrays(np.float64, (scan_count, BODIES, 6), elements=coordinates_m))
    labels = np.arange(1, BODIES + 1)
    return [
        LabelledPositions(labels[there], values[there, :3], values[there, 3:])
        for there, values in zip(present, kinematics, strict=True)
    ]


runs = st.integers(1, 5).flatmap(scans)
pairs_of_runs = st.integers(1, 5).flatmap(lambda count: st.tuples(scans(count), scans(count)))
triples_of_runs = st.integers(1, 4).flatmap(lambda count: st.tuples(scans(count), scans(count), scans(count)))


def renumbered(run, numbers):
    return [scan._replace(labels=np.array([numbers[label] for label in scan.labels], np.int64)) for scan in run]


def with_a_false_track(run):
    return [
        LabelledPositions(
            np.append(scan.labels, 99),
            np.vstack([scan.positions_m, FAR_M]),
            np.vstack([scan.velocities_mps, np.zeros((1, 3))]),
        )
        for scan in run
    ]


def seconds(run):
    return np.arange(len(run), dtype=np.float64)


@given(runs, orders, orders)
def test_a_run_tracked_perfectly_is_at_no_distance(run, order, base_order):
    parameters = OspaParameters(CUTOFF_M, order, base_order)
    assert ospa_of_run(run, run, parameters) == 0.0
    assert not ospa_of_tracks(run, run, 2, parameters).any()


@given(runs)
def test_a_run_tracked_perfectly_has_perfect_accuracy(run):
    score = clear_mot(run, run)
    assert (score.misses, score.false_positives, score.mismatches) == (0, 0, 0)
    assert (score.mota, score.motp_m) in ((1.0, 0.0), (None, None))


@given(runs)
def test_a_run_tracked_perfectly_is_a_complete_unambiguous_picture_without_error(run):
    spread = [scan._replace(positions_m=scan.positions_m + 1e4 * scan.labels[:, None]) for scan in run]
    score = siap(spread, spread, seconds(run), CUTOFF_M)
    assert score.completeness in (1.0, None)
    assert score.ambiguity in (1.0, None)
    assert score.spuriousness in (0.0, None)
    assert score.position_accuracy_m in (0.0, None)
    assert score.velocity_accuracy_mps in (0.0, None)
    assert score.track_number_change_rate_hz in (0.0, None)


@given(pairs_of_runs, st.permutations(range(100, 100 + BODIES)), orders)
def test_numbers_of_tracks_are_only_names(pair, names, order):
    estimates, truths = pair
    others = renumbered(estimates, dict(enumerate(names, start=1)))
    parameters = OspaParameters(CUTOFF_M, order, order)
    assert_allclose(ospa_of_run(others, truths, parameters), ospa_of_run(estimates, truths, parameters), rtol=1e-12)
    assert siap(others, truths, seconds(truths)) == siap(estimates, truths, seconds(truths))
    assert clear_mot(others, truths) == clear_mot(estimates, truths)


@given(pairs_of_runs)
def test_a_false_track_costs_one_false_positive_a_scan_and_never_helps(pair):
    estimates, truths = pair
    before, after = clear_mot(estimates, truths), clear_mot(with_a_false_track(estimates), truths)
    assert after.false_positives == before.false_positives + len(truths)
    assert (after.misses, after.mismatches, after.motp_m) == (before.misses, before.mismatches, before.motp_m)
    if before.mota is not None:
        assert after.mota == pytest.approx(before.mota - len(truths) / before.truths)


@given(pairs_of_runs)
def test_a_false_track_makes_the_picture_more_spurious_and_nothing_else(pair):
    estimates, truths = pair
    before = siap(estimates, truths, seconds(truths))
    after = siap(with_a_false_track(estimates), truths, seconds(truths))
    assert after.spuriousness is not None
    assert after.spuriousness >= (before.spuriousness or 0.0)
    assert msgspec.structs.replace(after, spuriousness=before.spuriousness) == before


@given(pairs_of_runs, orders, orders)
def test_ospa_of_tracks_is_symmetric_and_within_the_cutoff(pair, order, base_order):
    here, there = pair
    parameters = OspaParameters(CUTOFF_M, order, base_order)
    forth, back = ospa_of_run(here, there, parameters), ospa_of_run(there, here, parameters)
    assert forth == pytest.approx(back, rel=1e-12)
    assert 0.0 <= forth <= CUTOFF_M * (1 + 1e-12)


@given(triples_of_runs, orders, orders)
def test_for_ospa_of_tracks_no_detour_is_shorter(triple, order, base_order):
    first, second, third = triple
    parameters = OspaParameters(CUTOFF_M, order, base_order)
    detour = ospa_of_run(first, second, parameters) + ospa_of_run(second, third, parameters)
    assert ospa_of_run(first, third, parameters) <= detour * (1 + 1e-12)
