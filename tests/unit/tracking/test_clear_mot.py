"""CLEAR MOT by hand, and against Stone Soup's counting of the same matches."""

import numpy as np
import pytest

from sangar.core.errors import ConfigurationError
from sangar.tracking.metrics.clear_mot import clear_mot
from sangar.tracking.metrics.scoring import LabelledPositions
from tests.unit.tracking.handovers import POSITION, handed_over, of_stone_soup

CUTOFF_M = 100.0


def bodies(*rows):
    """Label and east of each body."""
    labels = np.array([label for label, _ in rows], dtype=np.int64)
    return LabelledPositions(labels, np.array([[east, 0.0, 0.0] for _, east in rows]).reshape(-1, 3))


def counts(score):
    return score.matches, score.misses, score.false_positives, score.mismatches


def test_every_kind_of_error_is_counted_where_one_counts_it_by_hand():
    truths = [bodies((1, 0.0), (2, 1000.0))] * 4
    estimates = [
        bodies((7, 10.0)),
        bodies((7, 20.0), (8, 1030.0)),
        bodies((9, 0.0), (8, 1000.0), (3, 5000.0)),
        bodies((8, 1040.0)),
    ]
    score = clear_mot(estimates, truths, CUTOFF_M)
    assert counts(score) == (6, 2, 1, 1)
    assert score.truths == 8
    assert score.mota == 1.0 - 4 / 8
    assert score.motp_m == (10.0 + 20.0 + 30.0 + 40.0) / 6


def test_a_match_is_kept_though_another_track_comes_closer():
    truths = [bodies((1, 0.0))] * 3
    estimates = [bodies((7, 10.0)), bodies((7, 90.0), (8, 0.0)), bodies((7, 90.0), (8, 0.0))]
    score = clear_mot(estimates, truths, CUTOFF_M)
    assert counts(score) == (3, 0, 2, 0)
    assert score.motp_m == (10.0 + 90.0 + 90.0) / 3


def test_a_match_ends_where_the_track_leaves_the_cutoff():
    truths = [bodies((1, 0.0))] * 2
    estimates = [bodies((7, 10.0)), bodies((7, 100.0), (8, 50.0))]
    assert counts(clear_mot(estimates, truths, CUTOFF_M)) == (2, 0, 1, 1)


def test_a_gap_is_a_miss_and_the_same_number_after_it_no_mismatch():
    truths = [bodies((1, 0.0))] * 4
    estimates = [bodies((7, 0.0)), bodies(), bodies((7, 0.0)), bodies((6, 0.0))]
    assert counts(clear_mot(estimates, truths, CUTOFF_M)) == (3, 1, 0, 1)


def test_after_a_gap_the_old_track_is_taken_up_again_though_another_is_closer():
    truths = [bodies((1, 0.0))] * 3
    estimates = [bodies((7, 0.0)), bodies(), bodies((7, 60.0), (8, 0.0))]
    assert counts(clear_mot(estimates, truths, CUTOFF_M)) == (2, 1, 1, 0)


def test_a_track_two_truths_remember_stays_with_the_one_that_had_it_last():
    truths = [bodies((1, 0.0)), bodies((2, 50.0)), bodies((1, 20.0), (2, 50.0))]
    estimates = [bodies((7, 0.0)), bodies((7, 50.0)), bodies((7, 20.0))]
    score = clear_mot(estimates, truths, CUTOFF_M)
    assert counts(score) == (3, 1, 0, 0)
    assert score.motp_m == 30.0 / 3


def test_two_tracks_that_swap_their_targets_are_two_mismatches():
    truths = [bodies((1, 0.0), (2, 1000.0))] * 2
    estimates = [bodies((5, 0.0), (6, 1000.0)), bodies((5, 1000.0), (6, 0.0))]
    assert counts(clear_mot(estimates, truths, CUTOFF_M)) == (4, 0, 0, 2)


def test_as_many_as_can_be_are_matched_before_distances_count():
    # The nearest pair alone would leave a truth and a track without partner.
    truths = [bodies((1, 0.0), (2, 95.0))]
    estimates = [bodies((5, 90.0), (6, 180.0))]
    score = clear_mot(estimates, truths, CUTOFF_M)
    assert counts(score) == (2, 0, 0, 0)
    assert score.motp_m == (90.0 + 85.0) / 2


def test_accuracy_has_no_floor():
    assert clear_mot([bodies((5, 900.0), (6, 990.0))], [bodies((1, 0.0))], CUTOFF_M).mota == -2.0


def test_without_truth_or_without_a_match_there_is_no_score():
    empty = clear_mot([bodies((5, 0.0))], [bodies()], CUTOFF_M)
    assert (empty.mota, empty.motp_m, empty.false_positives) == (None, None, 1)
    assert clear_mot([bodies()], [bodies((1, 0.0))], CUTOFF_M).mota == 0.0


def test_a_position_that_is_not_finite_is_near_nothing():
    assert counts(clear_mot([bodies((5, np.nan))], [bodies((1, 0.0))], CUTOFF_M)) == (0, 1, 1, 0)


@pytest.mark.parametrize("seed", range(5))
def test_stone_soup_counts_the_same_where_tracks_follow_one_another_without_a_gap(seed):
    """Over a gap it does not: it compares with the scan before alone, so that coming back is never a mismatch."""
    generators = pytest.importorskip("stonesoup.metricgenerator.clearmotmetrics", reason="Stone Soup is not installed")
    measures = pytest.importorskip("stonesoup.measures")
    scene = handed_over(np.random.default_rng(seed), longest_gap=0, with_doubles=False)
    theirs = of_stone_soup(generators.ClearMotMetrics(distance_measure=measures.Euclidean(mapping=POSITION)), *scene)
    ours = clear_mot(scene.estimates, scene.truths, scene.cutoff_m)
    assert ours.mismatches > 0
    assert ours.misses > 0
    assert (ours.mota, ours.motp_m) == pytest.approx((theirs["MOTA"], theirs["MOTP"]), rel=1e-10)


@pytest.mark.parametrize("cutoff_m", [0.0, -1.0, np.nan, np.inf])
def test_a_cutoff_that_is_none_is_refused(cutoff_m):
    with pytest.raises(ConfigurationError, match="no cutoff"):
        clear_mot([bodies()], [bodies()], cutoff_m)


def test_a_number_twice_in_one_scan_and_runs_that_do_not_match_are_refused():
    with pytest.raises(ConfigurationError, match="two bodies have one number"):
        clear_mot([bodies()], [bodies((1, 0.0), (1, 5.0))])
    with pytest.raises(ConfigurationError, match="as many of each"):
        clear_mot([bodies()], [])
