"""The score of a run, and identity switches."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sangar.core.errors import ConfigurationError
from sangar.tracking.metrics.scoring import LabelledPositions, score_tracks
from sangar.tracking.metrics.switches import IdentitySwitches


def bodies(*rows):
    """Label and east of each body."""
    labels = np.array([label for label, _ in rows], dtype=np.int64)
    return LabelledPositions(labels, np.array([[east, 0.0, 0.0] for _, east in rows]).reshape(-1, 3))


def test_a_change_of_number_is_a_switch_and_a_gap_is_none():
    switches = IdentitySwitches()
    for pairs in ([(1, 10), (2, 20)], [(2, 20)], [(1, 10), (2, 20)], [(1, 11), (2, 20)], [(1, 11)], [(1, 10)]):
        switches.observe(pairs)
    assert switches.count == 2


def test_two_tracks_that_swap_their_targets_are_two_switches():
    switches = IdentitySwitches()
    switches.observe([(1, 10), (2, 20)])
    switches.observe([(1, 20), (2, 10)])
    assert switches.count == 2


def test_the_score_of_a_small_run_is_what_one_counts_by_hand():
    truths = [bodies((1, 0.0), (2, 1000.0)), bodies((1, 10.0), (2, 1000.0))]
    estimates = [bodies((7, 30.0)), bodies((8, 10.0), (9, 5000.0))]
    score = score_tracks(estimates, truths)
    half = 200.0**2 / 2
    distances = np.array([np.sqrt(900.0 + half), np.sqrt(2 * half)])
    assert_allclose(score.gospa_mean_m, distances.mean())
    assert_allclose(score.gospa_per_sqrt_truth_m, (distances / np.sqrt(2)).mean())
    assert_allclose(score.localisation_rms_m, np.sqrt(900.0 / 2))
    assert (score.missed_fraction, score.false_per_scan) == (0.5, 0.5)
    assert (score.confirmed_per_scan, score.truth_per_scan) == (1.5, 2.0)
    assert (score.identity_switches, score.distinct_confirmed) == (1, 3)


def test_skipped_scans_count_for_the_switches_alone():
    truths = [bodies((1, 0.0))] * 3
    estimates = [bodies((5, 0.0)), bodies((6, 0.0)), bodies((6, 40.0))]
    score = score_tracks(estimates, truths, skipped_scans=2)
    assert_allclose(score.gospa_mean_m, 40.0)
    assert score.identity_switches == 1


def test_an_empty_sky_well_seen_scores_zero():
    score = score_tracks([bodies()] * 3, [bodies()] * 3)
    assert (score.gospa_mean_m, score.missed_fraction, score.false_per_scan, score.localisation_rms_m) == (0, 0, 0, 0)


@pytest.mark.parametrize(("estimates", "truths", "skipped"), [(2, 3, 0), (3, 3, 3), (0, 0, 0)])
def test_runs_that_do_not_match_are_refused(estimates, truths, skipped):
    with pytest.raises(ConfigurationError, match="as many of each"):
        score_tracks([bodies()] * estimates, [bodies()] * truths, skipped)
