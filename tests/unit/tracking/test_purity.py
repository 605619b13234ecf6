import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from sangar.tracking.purity import score_purity, wilson_interval


def score(pairs):
    track, target = (np.array(column, np.int64) for column in zip(*pairs, strict=True))
    return score_purity(track, target)


def test_one_track_for_each_target_is_perfect():
    result = score([(1, 0)] * 12 + [(2, 1)] * 10)
    assert result.purity.value == result.associated.value == 1.0
    assert (result.tracks_per_target, result.targets, result.targets_without_track) == (1.0, 2, 0)


def test_a_hand_counted_case():
    # target 0: 12 plots, track 1 took 9, track 2 took 3; target 1: 10 plots, track 2 took 8, none took 2;
    # target 2: 4 plots, too few to count, track 1 took 2; one plot of an unknown target in track 1
    result = score([(1, 0)] * 9 + [(2, 0)] * 3 + [(2, 1)] * 8 + [(0, 1)] * 2 + [(1, 2)] * 2 + [(0, 2)] * 2 + [(1, -1)])
    assert result.purity.n == 9 + 3 + 8 + 2
    assert result.purity.value == pytest.approx((9 + 8) / 22)
    assert result.associated.value == pytest.approx(22 / 26)
    assert result.targets == 2
    assert result.tracks_per_target == pytest.approx((2 + 1) / 2)
    assert result.largest_tracks_per_target == 2


def test_two_detections_do_not_make_a_track_count_for_a_target():
    result = score([(1, 0)] * 10 + [(2, 0)] * 2)
    assert result.tracks_per_target == 1.0


def test_a_target_nobody_tracked_is_counted():
    result = score([(0, 0)] * 10 + [(1, 1)] * 10)
    assert (result.targets_without_track, result.tracks_per_target) == (1, 0.5)


def test_nothing_labelled_gives_no_numbers_but_no_failure():
    result = score([(1, -1), (0, -1)])
    assert math.isnan(result.purity.value)
    assert (result.purity.low, result.purity.high, result.purity.n) == (0.0, 1.0, 0)
    assert math.isnan(result.tracks_per_target)
    assert result.targets == 0


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 4)), min_size=1, max_size=120))
def test_the_score_agrees_with_counting_in_plain_words(pairs):
    result = score(pairs)
    plots: Counter[int] = Counter()
    of_track: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for track, target in pairs:
        if target >= 0:
            plots[target] += 1
            if track:
                of_track[track][target] += 1
    taken = sum(sum(counts.values()) for counts in of_track.values())
    right = sum(max(counts.values()) for counts in of_track.values())
    aircraft = [target for target, count in plots.items() if count >= 10]
    tracks = [len([counts for counts in of_track.values() if counts[target] >= 3]) for target in aircraft]
    assert result.purity.n == taken
    assert taken == 0 or result.purity.value == pytest.approx(right / taken)
    assert result.targets == len(aircraft)
    assert not aircraft or result.tracks_per_target == pytest.approx(sum(tracks) / len(aircraft))


@pytest.mark.parametrize(("successes", "n"), [(0, 10), (10, 10), (975, 1000), (3, 7)])
def test_the_wilson_interval_solves_its_own_equation(successes, n):
    interval = wilson_interval(successes, n)
    z = norm.ppf(0.975)
    for bound in (interval.low, interval.high):
        if 0.0 < bound < 1.0:
            assert abs(successes / n - bound) == pytest.approx(z * math.sqrt(bound * (1.0 - bound) / n), rel=1e-9)
    assert interval.low <= interval.value <= interval.high
