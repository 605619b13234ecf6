"""Rules of a track's life that need the numbers in hand: score, limits of coasting, ground, broken filters."""

import numpy as np
import pytest

from sangar.core.events import EventKind
from sangar.core.targets import DropReason, TrackStatus
from sangar.models.workbench import allocate_workbench
from sangar.tracking.kernels.filtering.correction import RESTART_LOGIT, accept
from sangar.tracking.kernels.filtering.hypothesis import suppose
from sangar.tracking.kernels.filtering.prediction import predict
from sangar.tracking.kernels.management.life import SCORE_CAP
from sangar.tracking.workspace import HYPOTHESIS
from tests.unit.tracking.oracles import make_sensor
from tests.unit.tracking.sky import NOTHING, make_sky, put_track, seen

START = np.array([4000.0, 3000.0, 500.0, -50.0, 20.0, 0.0])
SURE = np.diag([10.0, 10.0, 10.0, 2.0, 2.0, 1.0]) ** 2
RADAR = make_sensor(period_s=1.0, clutter_density=1e-8)


def kinds(events):
    return [EventKind(kind) for kind in events["kind"]]


def straight(time_s, start=START):
    state = start.copy()
    state[:3] += start[3:] * time_s
    return state


def watch(sky, times, random, start=START):
    """Looks at one straight flyer; the events."""
    looks = [
        sky.look(time_s, seen(straight(time_s, start), sky.sensors[0], random, time_s=time_s, first_row=10 + k))
        for k, time_s in enumerate(times)
    ]
    return np.concatenate(looks)


@pytest.mark.parametrize(
    ("hits", "watched_s", "step_s", "wanted_hits"),
    [(3, 1.0, 1.0, 3), (5, 1.0, 1.0, 5), (3, 4.0, 1.0, 5), (3, 1.0, 0.125, 9)],
)
def test_a_track_is_confirmed_once_it_has_the_hits_and_the_time(hits, watched_s, step_s, wanted_hits):
    settings = {"confirmation_hits": hits, "confirmation_time_s": watched_s, "confirmation_score": 0.0}
    sky = make_sky(make_sensor(period_s=step_s, clutter_density=1e-8), **settings)
    random = np.random.default_rng(3)
    for k in range(12):
        events = watch(sky, [k * step_s], random)
        assert (TrackStatus(sky.live()[0]["status"]) == TrackStatus.CONFIRMED) == (k + 1 >= wanted_hits)
        assert (EventKind.TRACK_CONFIRMED in kinds(events)) == (k + 1 == wanted_hits)
    assert sky.live()[0]["confirmed_s"] == (wanted_hits - 1) * step_s


def test_a_track_waits_for_its_score_and_the_score_is_capped():
    eager, wary = make_sky(RADAR, confirmation_score=-100.0), make_sky(RADAR, confirmation_score=11.99)
    for sky in (eager, wary):
        watch(sky, np.arange(3.0), np.random.default_rng(3))
    assert eager.live()[0]["status"] == TrackStatus.CONFIRMED
    score = float(wary.live()[0]["score"])
    assert (wary.live()[0]["status"] == TrackStatus.CONFIRMED) == (score >= 11.99)
    watch(wary, np.arange(3.0, 20.0), np.random.default_rng(3))
    assert wary.live()[0]["score"] == SCORE_CAP


def test_each_detection_adds_its_likelihood_ratio_to_the_score():
    """log(Pd N(z) / lambda) on top of the births' share of the clutter."""
    sky = make_sky(RADAR)
    watch(sky, [0.0], np.random.default_rng(3))
    born = float(sky.live()[0]["score"])
    assert born == pytest.approx(np.log(0.1))
    (predicted, trial), bench = np.zeros(2, HYPOTHESIS), allocate_workbench()[0]
    record = seen(straight(1.0), RADAR, np.random.default_rng(4), time_s=1.0)
    predict(sky.live()[0], 1.0, sky.parameters, predicted, bench)
    log_density = suppose(predicted, record[0], np.inf, RADAR, sky.parameters, trial, bench)
    sky.look(1.0, record)
    gain = np.log(0.9) + log_density - np.log(1e-8)
    assert sky.live()[0]["score"] == pytest.approx(born + gain, rel=1e-9)


def test_no_track_coasts_longer_than_the_limit():
    sky = make_sky(RADAR, confirmed_misses=100, coast_limit_s=10.0)
    watch(sky, np.arange(30.0), np.random.default_rng(3))
    ended = [time_s for time_s in np.arange(30.0, 50.0) if EventKind.TRACK_DROPPED in kinds(sky.look(time_s, NOTHING))]
    assert ended == [39.0]


def falling(sky, up_m=40.0, climb_mps=-150.0, logit=6.0):
    track = put_track(sky, [1000.0, 500.0, up_m, 100.0, 0.0, climb_mps], SURE)
    track["thrown"] = [*track["mean"], np.log(7e-5), 0.0]
    track["thrown_covariance"][:21] = track["covariance"]
    track["thrown_covariance"][[27, 35]] = 0.16, 25.0
    track["thrown_logit"] = logit
    return track


def test_a_ballistic_track_ends_where_it_must_be_in_the_ground():
    sky = make_sky(RADAR)
    falling(sky)
    assert kinds(sky.look(0.4, NOTHING)) == []  # 21 m under the ground by now: not sure yet
    events = sky.look(0.6, NOTHING)
    assert kinds(events) == [EventKind.TRACK_DROPPED]
    assert events[0]["new"] == DropReason.IMPACTED
    assert len(sky.live()) == 0


def test_a_flown_track_that_dives_is_not_taken_for_an_impact():
    sky = make_sky(RADAR)
    falling(sky, logit=2.0)
    assert kinds(sky.look(0.6, NOTHING)) == []
    assert len(sky.live()) == 1


def test_a_broken_ballistic_explanation_gives_way_to_the_flown_one():
    sky = make_sky(RADAR)
    track = falling(sky, up_m=800.0, climb_mps=-20.0, logit=-3.0)
    predicted, trial, bench = sky.work.predicted[0], sky.work.trial[0], sky.work.bench[0]
    predict(track, 0.0, sky.parameters, predicted, bench)
    predicted["thrown_covariance"][5] = np.inf
    detection = seen(track["mean"], RADAR)[0]
    suppose(predicted, detection, np.inf, RADAR, sky.parameters, trial, bench)
    assert accept(track, detection, RADAR, sky.parameters, trial, predicted, bench)
    assert track["thrown_logit"] <= RESTART_LOGIT
    assert np.isfinite(track["covariance"]).all()
    predict(track, 1.0, sky.parameters, predicted, bench)
    assert np.isfinite(predicted["state_covariance"]).all()


def test_a_correction_that_breaks_the_numbers_says_so():
    sky = make_sky(RADAR)
    track = put_track(sky, START, SURE)
    predicted, trial, bench = sky.work.predicted[0], sky.work.trial[0], sky.work.bench[0]
    predict(track, 0.0, sky.parameters, predicted, bench)
    predicted["state_covariance"][1, 0] = np.nan
    detection = seen(START, RADAR)[0]
    suppose(predicted, detection, np.inf, RADAR, sky.parameters, trial, bench)
    assert not accept(track, detection, RADAR, sky.parameters, trial, predicted, bench)
