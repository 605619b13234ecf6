"""A track corrected by several detections at once: against the textbook mixture, and against the plain update."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sangar.core.targets import TrackStatus
from tests.unit.tracking.oracles import covariance_like, full, joint_update, make_sensor, moment_match
from tests.unit.tracking.sky import NOISE, make_sky, put_track, seen

PLACE = (5, 6, 7)
STATE = np.array([1500.0, 2500.0, 400.0, 12.0, -7.0, 1.0])
SIGMAS = np.array([25.0, 25.0, 25.0, 3.0, 3.0, 3.0])
DETECTED = 0.7


def sky_with_track(association, clutter_density=1e-6):
    """A sky with one confirmed track; both of its models alike and free of noise, so that it is one Gaussian."""
    sensor = make_sensor(detection_probability=DETECTED, clutter_density=clutter_density)
    sky = make_sky(sensor, association=association, steady_noise_m2ps3=1e-9, manoeuvre_noise_m2ps3=1e-9)
    return sky, put_track(sky, STATE, covariance_like(np.random.default_rng(3), SIGMAS))


def beside(*offsets_m):
    """Position reports so far from where the track will be."""
    states = np.array([STATE + np.concatenate([offset_m, np.zeros(3)]) for offset_m in offsets_m])
    return seen(states, make_sensor(), columns=PLACE)


def textbook(mean, covariance, detections, clutter_density):
    """Probabilistic data association: shares by likelihood, Gaussians mixed; mean, covariance, share of "not seen"."""
    jacobian = np.hstack([np.eye(3), np.zeros((3, 3))])
    weights, means, covariances = [1.0 - DETECTED], [mean], [covariance]
    for detection in detections:
        residual = detection["measured"][list(PLACE)] - mean[:3]
        moved, shrunk, _, log_density = joint_update(mean, covariance, residual, jacobian, NOISE[list(PLACE)])
        weights.append(DETECTED * np.exp(log_density) / clutter_density)
        means.append(moved)
        covariances.append(shrunk)
    shares = np.array(weights) / np.sum(weights)
    return (*moment_match(shares, np.array(means), np.array(covariances)), shares[0], np.log(np.sum(weights)))


def test_a_track_among_clutter_is_the_mixture_of_all_it_may_be():
    sky, track = sky_with_track("joint")
    mean, covariance = track["mean"].copy(), full(track["covariance"])
    detections = beside([15.0, 5.0, -4.0], [-20.0, 8.0, 10.0], [2.0, -25.0, 6.0])
    sky.look(0.0, detections)
    expected_mean, expected_covariance, _, _ = textbook(mean, covariance, detections, 1e-6)
    assert_allclose(track["mean"], expected_mean, rtol=1e-6, atol=1e-4)
    assert_allclose(full(track["covariance"]), expected_covariance, rtol=1e-5, atol=1e-3)


def test_the_evidence_for_a_track_by_itself_is_the_sum_of_what_speaks_for_it():
    sky, track = sky_with_track("joint")
    track["score"] = 1.0
    mean, covariance = track["mean"].copy(), full(track["covariance"])
    detections = beside([25.0, 25.0, -20.0], [-30.0, 28.0, 20.0])
    sky.look(0.0, detections)
    *_, evidence = textbook(mean, covariance, detections, 1e-6)
    assert_allclose(track["score"], 1.0 + evidence, rtol=1e-6)


def test_without_clutter_one_detection_corrects_as_the_plain_update_does():
    tracks = []
    for association in ("nearest", "joint"):
        sky, track = sky_with_track(association, clutter_density=1e-12)
        sky.look(0.0, beside([15.0, 5.0, -4.0]))
        tracks.append(track)
    assert_allclose(tracks[1]["mean"], tracks[0]["mean"], rtol=1e-9)
    assert_allclose(tracks[1]["covariance"], tracks[0]["covariance"], rtol=1e-9)
    assert_allclose(tracks[1]["mode"], tracks[0]["mode"], rtol=1e-9)


def test_two_detections_on_either_side_leave_a_track_where_it_is_and_less_sure_of_it():
    sky, track = sky_with_track("joint")
    mean = track["mean"].copy()
    sky.look(0.0, beside([40.0, 0.0, 0.0]))
    sure = float(track["covariance"][0])
    sky, track = sky_with_track("joint")
    sky.look(0.0, beside([40.0, 0.0, 0.0], [-40.0, 0.0, 0.0]))
    assert_allclose(track["mean"], mean, atol=1e-6)
    assert track["covariance"][0] > 1.2 * sure
    assert track["hits"] == 51


def test_what_is_more_likely_clutter_is_a_missed_look():
    sky, track = sky_with_track("joint", clutter_density=1e-3)
    before = track["mean"].copy()
    sky.look(0.0, beside([60.0, 50.0, -40.0]))
    assert track["hits"] == 50
    assert_allclose(track["mean"], before)


@pytest.mark.parametrize("association", ["nearest", "joint"])
def test_a_rocket_stays_a_rocket_among_clutter(association):
    """The ballistic explanation is mixed like the motion models: what falls 10 m/s faster each second is thrown."""
    random = np.random.default_rng(5)
    sky = make_sky(make_sensor(clutter_density=1e-9), association=association)
    state = np.array([3000.0, 1000.0, 200.0, -150.0, 20.0, 140.0])
    for look in range(12):
        sky.look(float(look), seen(state, sky.sensors[0], random, time_s=float(look)))
        state = state + np.array([*state[3:5], state[5] - 4.905, 0.0, 0.0, -9.81])
    best = max(sky.live(), key=lambda row: int(row["hits"]))
    assert best["status"] == int(TrackStatus.CONFIRMED)
    assert best["thrown_logit"] > 2.0


def test_junk_ends_in_no_broken_number():
    random = np.random.default_rng(17)
    sky = make_sky(make_sensor(clutter_density=1e-7), association="joint")
    for look in range(8):
        states = random.normal([2000.0, 2000.0, 300.0, 0.0, 0.0, 0.0], [150.0, 150.0, 50.0, 20.0, 20.0, 5.0], (25, 6))
        batch = seen(states, sky.sensors[0], random, time_s=float(look))
        batch["measured"][random.integers(0, 25), 0] = random.choice([np.nan, np.inf, -1.0, 1e300])
        sky.look(float(look), batch)
    live = sky.live()
    assert len(live)
    for field in ("mean", "covariance", "state", "mode", "score"):
        assert np.isfinite(live[field]).all()
