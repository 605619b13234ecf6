"""A detection is turned away at a glance only where the full gate would turn it away too."""

import numpy as np
import pytest

from sangar.core.detections import AZIMUTH, DETECTION, ELEVATION, RANGE, RANGE_RATE
from sangar.core.sensors import allocate_sensors
from sangar.core.tracks import allocate_tracks
from sangar.tracking.kernels.association.outlook import foresee, is_foreseeable, is_out_of_question
from sangar.tracking.kernels.filtering.hypothesis import suppose
from sangar.tracking.kernels.filtering.prediction import predict
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.workspace import allocate_workspace

GATE = 30.0
SIGMA = {RANGE: 10.0, AZIMUTH: 1.5e-3, ELEVATION: 1.5e-3, RANGE_RATE: 1.0}
PARAMETERS = TrackingSettings(gate=GATE).parameters(0.0, 0.0)


@pytest.fixture
def sensor():
    return allocate_sensors(1)[0]


def some_track(rng):
    """A track of two motion models that differ, with covariances of any shape, some kilometres away."""
    track = allocate_tracks(1).rows[0]
    track["hits"], track["thrown_logit"] = 5, -9.0
    track["mode"] = [0.7, 0.3]
    place = np.r_[rng.uniform(-9e3, 9e3, 2), rng.uniform(100.0, 3e3), rng.normal(0.0, 60.0, 3)]
    scale = np.r_[np.full(3, rng.uniform(5.0, 300.0)), np.full(3, rng.uniform(1.0, 80.0))]
    for m in range(2):
        track["state"][m] = place + scale * rng.normal(0.0, 0.5, 6)
        root = scale[:, None] * rng.normal(0.0, 1.0, (6, 6))
        track["state_covariance"][m] = (root @ root.T / 6.0 + np.diag(scale * scale) * 0.05)[np.tril_indices(6)]
    return track


def seen_near(track, rng, spread):
    """A detection about where the track is, of all four numbers or fewer."""
    detection = np.zeros(1, DETECTION)[0]
    detection["measured"], detection["sigma"] = np.nan, np.nan
    e, n, u, v_e, v_n, v_u = track["state"][0] + spread * np.r_[rng.normal(0.0, 300.0, 3), rng.normal(0.0, 30.0, 3)]
    range_m = np.sqrt(e * e + n * n + u * u)
    numbers = {
        RANGE: range_m,
        AZIMUTH: np.arctan2(e, n),
        ELEVATION: np.arcsin(u / range_m),
        RANGE_RATE: (e * v_e + n * v_n + u * v_u) / range_m,
    }
    for c, value in numbers.items():
        if c == AZIMUTH or rng.random() < 0.8:
            detection["measured"][c], detection["sigma"][c] = value, SIGMA[c]
    return detection


def test_whatever_is_turned_away_lies_beyond_the_gate_and_much_is(sensor):
    rng, work = np.random.default_rng(5), allocate_workspace(1, 8, 8)
    predicted, trial, outlook, bench = work.predicted[0], work.trial[0], work.outlook[0], work.bench[0]
    turned_away, beyond = 0, 0
    for _ in range(300):
        track = some_track(rng)
        predict(track, 1.0, PARAMETERS, predicted, bench)
        pattern = seen_near(track, rng, 1.0)
        foresee(predicted, pattern, sensor, PARAMETERS, outlook, bench)
        for spread in (0.0, 0.3, 1.0, 3.0):
            detection = seen_near(track, rng, spread)
            detection["time_s"] = predicted["time_s"]
            is_beyond = suppose(predicted, detection, GATE, sensor, PARAMETERS, trial, bench) == -np.inf
            is_away = is_out_of_question(detection, outlook, GATE)
            assert is_beyond or not is_away
            turned_away += is_away
            beyond += is_beyond
    assert beyond > 300
    assert turned_away > 0.5 * beyond


def test_what_else_may_count_is_not_foreseen(sensor):
    rng, work = np.random.default_rng(6), allocate_workspace(1, 8, 8)
    predicted = work.predicted[0]
    predict(some_track(rng), 1.0, PARAMETERS, predicted, work.bench[0])
    assert is_foreseeable(2, predicted, sensor)
    predicted["thrown_logit"] = 0.0
    assert not is_foreseeable(2, predicted, sensor)
    predicted["thrown_logit"] = -9.0
    sensor["stray_share"] = 0.01
    assert not is_foreseeable(2, predicted, sensor)
    assert is_foreseeable(1, predicted, sensor)
    sensor["stray_share"], sensor["starts_tracks"] = 0.0, 0
    assert not is_foreseeable(2, predicted, sensor)
