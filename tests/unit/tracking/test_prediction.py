"""Both explanations of a body, and the whole made of them."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sangar.core.tracks import TRACK
from sangar.models.workbench import allocate_workbench
from sangar.tracking.kernels.filtering.correction import RESTART_LOGIT, accept
from sangar.tracking.kernels.filtering.hypothesis import suppose
from sangar.tracking.kernels.filtering.prediction import (
    THROWN_IGNORED_LOGIT,
    combine,
    height_ahead_m,
    predict,
    predict_thrown_of,
    thrown_share,
)
from sangar.tracking.kernels.filtering.thrown_update import THROWN_LOGIT_CAP
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.workspace import HYPOTHESIS
from tests.unit.tracking.oracles import (
    covariance_like,
    full,
    joint_update,
    make_sensor,
    measure,
    moment_match,
    pack,
    slopes,
    wrapped,
)
from tests.unit.tracking.sky import NOISE, PARAMETERS, seen

SIGMAS = np.array([30.0, 40.0, 20.0, 6.0, 5.0, 2.0, 0.3, 4.0])
SENSOR = make_sensor()
CLIMBING = np.array([4000.0, 3000.0, 900.0, -60.0, 30.0, 90.0])


def make_track(random, logit, mean=CLIMBING):
    track = np.zeros(1, TRACK)[0]
    track["state"] = random.normal(mean, SIGMAS[:6], (2, 6))
    track["state_covariance"] = [pack(covariance_like(random, SIGMAS[:6])) for _ in range(2)]
    track["mode"] = [0.7, 0.3]
    track["thrown"] = [*random.normal(mean, SIGMAS[:6]), math.log(8e-5), 3.0]
    track["thrown_covariance"] = pack(covariance_like(random, SIGMAS))
    track["thrown_logit"], track["hits"] = logit, 5
    return track


@pytest.mark.parametrize("logit", [-20.0, THROWN_IGNORED_LOGIT, -3.0, 0.0, 5.0])
def test_the_whole_is_the_mixture_of_flown_and_thrown(logit):
    track = make_track(np.random.default_rng(5), logit)
    combine(track, allocate_workbench()[0])
    share = 1 / (1 + math.exp(-logit)) if logit > THROWN_IGNORED_LOGIT else 0.0
    assert thrown_share(logit) == pytest.approx(share)
    mean, covariance = moment_match(
        np.array([0.7 * (1 - share), 0.3 * (1 - share), share]),
        np.vstack([track["state"], track["thrown"][:6]]),
        np.stack([*(full(one) for one in track["state_covariance"]), full(track["thrown_covariance"])[:6, :6]]),
    )
    assert_allclose(track["mean"], mean, rtol=1e-12)
    assert_allclose(full(track["covariance"]), covariance, rtol=1e-9, atol=1e-9)


def test_predicting_leaves_the_track_itself_alone():
    track, predicted = make_track(np.random.default_rng(5), 1.0), np.zeros(1, HYPOTHESIS)[0]
    before = track.tobytes()
    predict(track, 2.0, PARAMETERS, predicted, allocate_workbench()[0])
    assert track.tobytes() == before
    assert predicted["time_s"] == 2.0


def test_a_batch_older_than_the_track_is_predicted_by_nothing():
    track, predicted = make_track(np.random.default_rng(5), 1.0), np.zeros(1, HYPOTHESIS)[0]
    track["time_s"] = 10.0
    predict(track, 9.5, PARAMETERS, predicted, allocate_workbench()[0])
    assert predicted["time_s"] == 10.0
    assert_allclose(predicted["thrown"], track["thrown"])
    assert_allclose(predicted["thrown_covariance"], track["thrown_covariance"])


def test_after_one_detection_the_ballistic_explanation_waits_for_the_second():
    track, predicted = make_track(np.random.default_rng(5), 1.0), np.zeros(1, HYPOTHESIS)[0]
    track["hits"] = 1
    predict(track, 2.0, PARAMETERS, predicted, allocate_workbench()[0])
    assert thrown_share(predicted["thrown_logit"]) == 0.0
    alone = moment_match(predicted["mode"], predicted["state"], np.stack([*map(full, predicted["state_covariance"])]))
    assert_allclose(predicted["mean"], alone[0], rtol=1e-12)
    track["hits"] = 2
    waited = predicted.copy()
    predict(track, 2.0, PARAMETERS, predicted, allocate_workbench()[0])
    predict_thrown_of(track, PARAMETERS, waited, allocate_workbench()[0])
    assert_allclose(waited["thrown"], predicted["thrown"], rtol=1e-12)
    assert waited["thrown_logit"] == predicted["thrown_logit"] == 1.0


PLAIN = TrackingSettings(robust_sigmas=1e6).parameters(0.59, 180.0)


def correct(track, detection, parameters):
    """Correct a track at its own time; whether its numbers are sound."""
    (predicted, trial), bench = np.zeros(2, HYPOTHESIS), allocate_workbench()[0]
    predict(track, float(track["time_s"]), parameters, predicted, bench)
    suppose(predicted, detection, np.inf, SENSOR, parameters, trial, bench)
    return accept(track, detection, SENSOR, parameters, trial, predicted, bench)


def corrected(logit, body, random, shift_s=0.0):
    """A predicted track and what became of it after a detection of `body`, no innovation weighted down."""
    track = make_track(random, logit)
    combine(track, allocate_workbench()[0])
    detection = seen(body, SENSOR, random, time_s=shift_s)[0]
    after = track.copy()
    assert correct(after, detection, PLAIN)
    return track, detection, after


def test_the_explanations_are_weighed_by_how_well_they_foretold():
    """Bayes: the log-odds grow by the log of the ratio of the densities; motion models are linearised at their mean."""
    random = np.random.default_rng(11)
    for _ in range(50):
        track, detection, after = corrected(0.5, random.normal(CLIMBING, 0.3 * SIGMAS[:6]), random, -0.2)
        densities = []
        meeting, thrown = track["mode"] @ track["state"], track["thrown"]
        bodies = [(meeting, *model) for model in zip(track["state"], track["state_covariance"], strict=True)]
        for point, state, packed in [*bodies, (thrown, thrown, track["thrown_covariance"])]:
            jacobian = slopes(point, SENSOR, 180.0, -0.2)[:4]
            residual = wrapped(detection["measured"] - measure(point, SENSOR, 180.0, -0.2))[:4]
            residual -= jacobian @ (state - point)[:6]
            densities.append(joint_update(state, full(packed), residual, jacobian, NOISE[:4])[3])
        flown = np.log(0.7 * np.exp(densities[0]) + 0.3 * np.exp(densities[1]))
        wanted = np.clip(0.5 + densities[2] - flown, THROWN_IGNORED_LOGIT, THROWN_LOGIT_CAP)
        if wanted == THROWN_IGNORED_LOGIT:
            wanted = RESTART_LOGIT  # given up, and at once begun afresh: the body climbs fast
        assert_allclose(after["thrown_logit"], wanted, atol=1e-3)


def test_odds_stay_within_their_bounds():
    random = np.random.default_rng(11)
    track = make_track(random, 11.9)
    _, _, after = corrected(11.9, track["thrown"][:6], random)
    assert after["thrown_logit"] <= THROWN_LOGIT_CAP
    track = make_track(np.random.default_rng(1), -6.9)
    track["thrown"][0] += 5000.0
    assert correct(track, seen(track["state"][0], SENSOR)[0], PARAMETERS)
    assert track["thrown_logit"] in (THROWN_IGNORED_LOGIT, RESTART_LOGIT)


@pytest.mark.parametrize(("climb_mps", "restarts"), [(90.0, True), (-90.0, True), (5.0, False)])
def test_a_body_that_climbs_or_falls_fast_gets_its_ballistic_explanation_back(climb_mps, restarts):
    mean = CLIMBING.copy()
    mean[5] = climb_mps
    track = make_track(np.random.default_rng(1), -20.0, mean)
    assert correct(track, seen(mean, SENSOR)[0], PARAMETERS)
    assert (track["thrown_logit"] == RESTART_LOGIT) == restarts
    if restarts:
        assert_allclose(track["thrown"][:6], track["mean"])
        assert_allclose(full(track["thrown_covariance"])[:6, :6], 4.0 * full(track["covariance"]))


def test_an_accepted_hypothesis_becomes_the_filter_and_leaves_the_life():
    random = np.random.default_rng(8)
    track, (supposed, scratch) = make_track(random, 2.0), np.zeros(2, HYPOTHESIS)
    track["id"], track["hits"], track["score"] = 7, 12, 3.0
    other = make_track(random, 1.0)
    for name in ("state", "state_covariance", "mode", "thrown", "thrown_covariance", "thrown_logit"):
        supposed[name] = other[name]
    assert accept(track, seen(CLIMBING, SENSOR)[0], SENSOR, PARAMETERS, supposed, scratch, allocate_workbench()[0])
    combine(other, allocate_workbench()[0])
    for name in (
        "state",
        "state_covariance",
        "mode",
        "thrown",
        "thrown_covariance",
        "thrown_logit",
        "mean",
        "covariance",
    ):
        assert_allclose(track[name], other[name], rtol=0)
    assert (track["id"], track["hits"], track["score"]) == (7, 12, 3.0)


def test_the_height_ahead_is_the_parabola():
    track = make_track(np.random.default_rng(5), 1.0)
    combine(track, allocate_workbench()[0])
    track["time_s"] = 3.0
    track["mean"][2], track["mean"][5] = 100.0, 20.0
    assert_allclose(height_ahead_m(track, 7.0, 9.8), 100.0 + 80.0 - 0.5 * 9.8 * 16.0)
