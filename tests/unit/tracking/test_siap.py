"""The SIAP attributes by hand, and against Stone Soup where the definitions are the same."""

import msgspec
import numpy as np
import pytest

from sangar.core.errors import ConfigurationError
from sangar.tracking.metrics.scoring import LabelledPositions
from sangar.tracking.metrics.siap import siap
from tests.unit.tracking.handovers import POSITION, VELOCITY, handed_over, of_stone_soup

CUTOFF_M = 100.0
TITLES = {
    "completeness": "SIAP Completeness",
    "ambiguity": "SIAP Ambiguity",
    "spuriousness": "SIAP Spuriousness",
    "position_accuracy_m": "SIAP Position Accuracy",
    "velocity_accuracy_mps": "SIAP Velocity Accuracy",
    "track_number_change_rate_hz": "SIAP Rate of Track Number Change",
    "longest_track_segment_share": "SIAP Longest Track Segment",
}


def bodies(*rows):
    """Label and east of each body, and east velocity where it is known."""
    labels = np.array([label for label, *_ in rows], dtype=np.int64)
    positions_m = np.array([[east, 0.0, 0.0] for _, east, *_ in rows]).reshape(-1, 3)
    velocities_mps = np.array([[*velocity, 0.0, 0.0][-3:] if velocity else [np.nan] * 3 for _, _, *velocity in rows])
    return LabelledPositions(labels, positions_m, velocities_mps.reshape(-1, 3))


def seconds(*times):
    return np.array(times, dtype=np.float64)


def followed_by(*tracks_in_scan):
    """SIAP of one target over scans a second apart, followed by these track numbers."""
    truths = [bodies((1, 0.0))] * len(tracks_in_scan)
    estimates = [bodies(*((track, 0.0) for track in tracks)) for tracks in tracks_in_scan]
    return siap(estimates, truths, np.arange(len(tracks_in_scan), dtype=np.float64), CUTOFF_M)


def test_a_small_run_is_what_one_counts_by_hand():
    truths = [bodies((1, 0.0, 10.0), (2, 1000.0, 0.0))] * 3
    estimates = [
        bodies((7, 10.0, 12.0)),
        bodies((7, 20.0, 10.0), (8, 30.0, 13.0), (9, 5000.0, 0.0)),
        bodies((8, 40.0, 14.0), (6, 1050.0)),
    ]
    score = siap(estimates, truths, seconds(0.0, 1.0, 3.0), CUTOFF_M)
    assert score.completeness == 4 / 6
    assert score.ambiguity == 5 / 4
    assert score.spuriousness == 1 / 6
    assert score.position_accuracy_m == (10.0 + 20.0 + 30.0 + 40.0 + 50.0) / 5
    assert score.velocity_accuracy_mps == (2.0 + 0.0 + 3.0 + 4.0) / 4
    assert score.track_number_change_rate_hz == 1 / 3.0  # number 7 the first second, number 8 the two after
    assert score.longest_track_segment_share == 2.0 / (3.0 + 3.0)


def test_a_track_belongs_to_the_nearest_truth_alone():
    score = siap([bodies((7, 45.0))], [bodies((1, 0.0), (2, 80.0))], seconds(0.0), CUTOFF_M)
    assert (score.completeness, score.ambiguity, score.position_accuracy_m) == (0.5, 1.0, 35.0)


def test_a_gap_is_no_change_of_number_and_ends_the_segment():
    score = followed_by({5}, {5}, {5}, {}, {5}, {5})
    assert score.track_number_change_rate_hz == 0.0
    assert score.longest_track_segment_share == 2.0 / 5.0


def test_coming_back_under_another_number_is_a_change():
    assert followed_by({5}, {5}, {}, {6}, {6}).track_number_change_rate_hz == 1.0 / 2.0


def test_of_several_tracks_those_are_told_that_need_the_fewest_changes():
    assert followed_by({5, 6}, {5, 6}, {6, 7}, {6}, {8}).track_number_change_rate_hz == 1.0 / 3.0
    assert followed_by({5, 6}, {6}, {6, 7}, {7}, {7}).track_number_change_rate_hz == 1.0 / 4.0


def test_the_longest_segment_is_of_one_track_and_time_tracked_counts_once():
    score = followed_by({5, 6}, {5, 6}, {5}, {6})
    assert score.longest_track_segment_share == 2.0 / 3.0
    assert score.track_number_change_rate_hz == 1.0 / 2.0


def test_a_truth_lives_from_its_first_scan_to_its_last():
    truths = [bodies((1, 0.0)), bodies((1, 0.0)), bodies((2, 900.0))]
    estimates = [bodies((5, 0.0)), bodies((5, 0.0)), bodies()]
    assert siap(estimates, truths, seconds(0.0, 4.0, 9.0), CUTOFF_M).longest_track_segment_share == 1.0


def test_where_there_is_nothing_to_divide_by_there_is_no_figure():
    nothing = siap([bodies()] * 2, [bodies()] * 2, seconds(0.0, 1.0))
    assert {getattr(nothing, name) for name in TITLES} == {None}
    unseen = siap([bodies()] * 2, [bodies((1, 0.0))] * 2, seconds(0.0, 1.0))
    assert (unseen.completeness, unseen.longest_track_segment_share) == (0.0, 0.0)
    assert (unseen.ambiguity, unseen.spuriousness, unseen.position_accuracy_m) == (None, None, None)
    false = siap([bodies((5, 0.0))], [bodies()], seconds(0.0))
    assert (false.completeness, false.spuriousness) == (None, 1.0)


def test_without_velocities_there_is_no_accuracy_of_them():
    scans = [LabelledPositions(np.array([1]), np.zeros((1, 3)))]
    score = siap(scans, scans, seconds(0.0))
    assert (score.position_accuracy_m, score.velocity_accuracy_mps) == (0.0, None)


def test_a_position_that_is_not_finite_is_near_nothing():
    score = siap([bodies((5, np.nan))], [bodies((1, 0.0))], seconds(0.0))
    assert (score.completeness, score.spuriousness) == (0.0, 1.0)


def stone_soups(scene):
    generators = pytest.importorskip(
        "stonesoup.metricgenerator.tracktotruthmetrics", reason="Stone Soup is not installed"
    )
    measures = pytest.importorskip("stonesoup.measures")
    generator = generators.SIAPMetrics(
        position_measure=measures.Euclidean(mapping=POSITION), velocity_measure=measures.Euclidean(mapping=VELOCITY)
    )
    values = of_stone_soup(generator, *scene)
    return {name: values[title] for name, title in TITLES.items()}


@pytest.mark.parametrize("seed", range(8))
def test_stone_soup_agrees_where_tracks_follow_one_another(seed):
    """And do not come back: there Stone Soup counts a change of number though it is the same, and adds up LS."""
    scene = handed_over(np.random.default_rng(seed), longest_gap=3, with_doubles=False)
    theirs, ours = stone_soups(scene), msgspec.structs.asdict(siap(*scene))
    assert ours["track_number_change_rate_hz"] > 0.0
    # Stone Soup's times are whole microseconds.
    assert ours == pytest.approx(theirs, rel=1e-5)


@pytest.mark.parametrize("seed", range(8))
def test_stone_soup_agrees_in_all_but_changes_of_number_where_a_target_has_two_tracks(seed):
    """Its count of tracks stops at the first track of which one scan alone is needed, so that it may be too low."""
    scene = handed_over(np.random.default_rng(seed), longest_gap=3, with_doubles=True)
    theirs, ours = stone_soups(scene), msgspec.structs.asdict(siap(*scene))
    assert ours["ambiguity"] > 1.0
    assert ours.pop("track_number_change_rate_hz") >= theirs.pop("track_number_change_rate_hz") * (1 - 1e-5)
    assert ours == pytest.approx(theirs, rel=1e-5)


@pytest.mark.parametrize("times_s", [(0.0,), (0.0, 0.0), (1.0, 0.0), (0.0, np.nan), (0.0, 1.0, 2.0)])
def test_times_that_are_not_one_a_scan_and_ascending_are_refused(times_s):
    with pytest.raises(ConfigurationError, match="not one time a scan, ascending"):
        siap([bodies()] * 2, [bodies()] * 2, seconds(*times_s))


def test_no_cutoff_a_number_twice_and_runs_that_do_not_match_are_refused():
    with pytest.raises(ConfigurationError, match="no cutoff"):
        siap([bodies()], [bodies()], seconds(0.0), 0.0)
    with pytest.raises(ConfigurationError, match="two bodies have one number"):
        siap([bodies((1, 0.0), (1, 5.0))], [bodies()], seconds(0.0))
    with pytest.raises(ConfigurationError, match="as many of each"):
        siap([], [], np.empty(0))
