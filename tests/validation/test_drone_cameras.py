"""Recorded flights of a drone before cameras: registered on the first half, tracked by bearings on the second."""

import numpy as np
import pytest

from benchmarks.camera_faults import FAULTS, spoil
from benchmarks.camera_flights import FOLDER, read_recordings, read_truth, register
from benchmarks.drone_cameras import epochs_of, rms, track

BASELINE_RMSE_M = 0.57
"""Of triangulating every epoch by itself, of another registration and another flight."""
RIGHT_NEES = 7.81


@pytest.mark.slow
def test_a_flight_before_four_cameras_is_tracked_and_a_wrong_camera_is_left_out(recorded):
    data = recorded(f"{FOLDER}/dataset2/cameras.txt").parent.parent
    truth = read_truth(data / "dataset2")
    cameras, half_s = register(read_recordings(data, data / "dataset2"), truth)
    assert all(camera.fit.problem is None for camera in cameras)
    epochs_s = epochs_of(cameras, truth, half_s)
    whole = track(cameras, truth, epochs_s)
    assert not whole.judgements
    assert rms(whole.error_m[whole.by_two_but()]) < 0.35 * BASELINE_RMSE_M
    by_one = ~whole.by_two_but() & np.isfinite(whole.error_m)
    assert by_one.sum() > 60, "eighteen seconds with one camera"
    assert np.mean(whole.nees[by_one] > RIGHT_NEES) < 0.05
    for fault in FAULTS:
        spoilt, delays_s = spoil(cameras, 0, fault)
        result = track(spoilt, truth, epochs_s, delays_s)
        chosen = whole.by_two_but(0) & np.isfinite(result.error_m)
        assert f"{cameras[0].recording.name} is LEFT OUT" in result.judgements[0]
        assert rms(result.error_m[chosen]) < 1.2 * rms(whole.error_m[chosen])
