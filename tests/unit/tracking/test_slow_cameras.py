"""Cameras that take a second to find a drone in a picture help a radar by what they know, and no more."""

import numpy as np
import pytest

from benchmarks.slow_cameras import RIGHT_NEES, fly


@pytest.mark.parametrize(("late_s", "share_of_radar_alone"), [(0.4, 0.3), (1.0, 0.6)])
def test_slow_cameras_beside_a_radar_help_by_what_they_know_and_make_one_track(late_s, share_of_radar_alone):
    alone = [fly(seed, 0, 0.0).rms_m for seed in range(3)]
    flights = [fly(seed, 2, late_s) for seed in range(3)]
    assert np.mean([flight.rms_m for flight in flights]) < share_of_radar_alone * np.mean(alone)
    nees = np.concatenate([flight.nees for flight in flights])
    assert np.mean(nees > RIGHT_NEES) < 0.15
    assert [flight.tracks for flight in flights] == [1, 1, 1]


def test_late_looks_count_as_if_all_were_tracked_again_in_order():
    late, again = fly(1, 2, 1.0), fly(1, 2, 1.0, replays=True)
    assert late.rms_m == pytest.approx(again.rms_m, rel=0.2)
