"""Confirmation: clutter confirms as many tracks as were allowed, and those in a hurry are let through sooner."""

import numpy as np
import pytest
from scipy import special, stats

from sangar.core.detections import DETECTION
from sangar.core.sensors import allocate_sensors
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER, TRACK
from sangar.tracking.kernels.filtering.hypothesis import suppose
from sangar.tracking.kernels.filtering.prediction import predict
from sangar.tracking.kernels.management.confirmation import TRUST_S
from sangar.tracking.kernels.management.false_chance import ball_volume, false_chance
from sangar.tracking.kernels.management.urgency import is_urgent
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker
from sangar.tracking.workspace import HYPOTHESIS
from tests.unit.tracking.oracles import full, make_sensor, slopes
from tests.unit.tracking.sky import NOISE, NOTHING, make_sky, put_track, seen

BODY = np.array([4000.0, 3000.0, 500.0, -50.0, 20.0, 0.0])
VAGUE = np.diag([60.0, 60.0, 60.0, 40.0, 40.0, 20.0]) ** 2
HERE = (0.0, 0.0, 1000.0)


@pytest.mark.parametrize("size", range(1, 9))
def test_the_volume_of_a_ball_is_the_formulas(size):
    expected = np.pi ** (size / 2) / special.gamma(size / 2 + 1) * 3.0**size
    assert ball_volume(size, 9.0) == pytest.approx(expected)


@pytest.mark.parametrize("columns", [(0, 1), (0, 1, 2), (0, 1, 2, 3)])
@pytest.mark.parametrize("missing", [-4.0, 1.0, 3.0])
def test_the_chance_that_clutter_confirms_is_what_throwing_clutter_finds(columns, missing):
    """Clutter is thrown into a box about the track, and each piece asked whether it would be enough.

    To a quarter: the two motion models' ellipsoids are taken for balls about one place.
    """
    random, chosen = np.random.default_rng(8), list(columns)
    sky = make_sky(make_sensor(period_s=1.0), confirmation_hits=2)
    sensor, work = sky.sensors[0], sky.work
    track = put_track(sky, BODY, VAGUE, status=TrackStatus.TENTATIVE)
    track["hits"], track["score"], track["missed"] = 2, 1.0, 0.5
    predicted, trial = np.zeros(2, HYPOTHESIS)
    predict(track, 1.0, sky.parameters, predicted, work.bench[0])
    centre = seen(predicted["mean"], sensor, columns=columns, time_s=1.0)
    highest = suppose(predicted, centre[0], np.inf, sensor, sky.parameters, trial, work.bench[0])
    # so much clutter that a detection in the middle is worth 5 nats: the region that confirms is a part of the gate
    sensor["clutter_density"] = 0.9 * np.exp(highest - 5.0)
    jacobian = slopes(predicted["mean"], sensor, sky.parameters.altitude_m)[chosen]
    agile = full(predicted["state_covariance"][1])
    half = 5.5 * np.sqrt(np.diag(jacobian @ agile @ jacobian.T) + NOISE[chosen] ** 2)
    thrown = np.repeat(centre, 8000)
    thrown["measured"][:, columns] += half * random.uniform(-1.0, 1.0, (len(thrown), len(columns)))
    gate, level = sky.parameters.gate, max(missing, np.log(0.1)) - np.log(0.9 / sensor["clutter_density"])
    args = (sensor, sky.parameters, trial, work.bench[0])
    enough = sum(suppose(predicted, record, gate, *args) >= level for record in thrown)
    expected = sensor["clutter_density"] * np.prod(2.0 * half) * enough / len(thrown)
    chance = false_chance(track, 1.0, centre[0], sensor, 0.5 + missing, sky.parameters, work)
    assert enough > 25
    assert -np.log(1.0 - chance) == pytest.approx(expected, rel=0.25 + 3.0 / np.sqrt(enough))


def test_too_young_or_too_seldom_seen_a_track_cannot_be_confirmed_by_anything():
    sky = make_sky(make_sensor(period_s=1.0, clutter_density=1e-8), confirmation_hits=4, confirmation_time_s=3.0)
    track = put_track(sky, BODY, VAGUE, status=TrackStatus.TENTATIVE)
    pattern = seen(BODY, sky.sensors[0])[0]

    def chance(hits, birth_s):
        track["hits"], track["birth_s"] = hits, birth_s
        return false_chance(track, 1.0, pattern, sky.sensors[0], 0.0, sky.parameters, sky.work)

    assert chance(3, -10.0) > 0.0
    assert chance(2, -10.0) == 0.0
    assert chance(3, -1.0) == 0.0


def test_before_anything_is_seen_the_evidence_is_the_log_of_stated_births_over_the_allowed_rate():
    sensor = make_sensor(period_s=4.0, false_alarms=20.0)
    sky = make_sky(sensor, false_tracks_per_hour=2.0)
    sky.look(0.0, NOTHING)
    assert sky.tracks.confirmation[0]["evidence"][0] == pytest.approx(np.log(20.0 * 900.0 / 2.0), abs=1e-6)


def test_less_is_asked_where_clutter_turns_out_to_confirm_nothing():
    """A still sky but for one body: what was expected of clutter by its statement is forgotten, not at once."""
    sky = make_sky(make_sensor(period_s=1.0, false_alarms=100.0))
    for t in range(int(TRUST_S) + 1):
        sky.look(float(t), seen(BODY, sky.sensors[0], time_s=float(t)))
    fallen = np.log(100.0 * 3600.0) - sky.tracks.confirmation[0]["evidence"][0]
    assert fallen == pytest.approx(np.log(2.0), abs=0.05)


def test_a_look_without_detections_is_made_up_for_by_the_next():
    sky = make_sky(make_sensor(period_s=1.0))
    for t in range(5):
        sky.look(float(t), NOTHING)
    assert np.isneginf(sky.sensors[0]["weighed_s"])
    sky.look(5.0, seen(BODY, sky.sensors[0], time_s=5.0))
    assert sky.sensors[0]["weighed_s"] == 5.0


def clutter_2d(rate_1ph, hours, seed, settle_s=1800.0):
    """Tracks confirmed by a 2-D radar's clutter: 60 false alarms every 4 s, up to 40 km."""
    sensors = allocate_sensors(1)
    sensors["period_s"], sensors["false_alarms"] = 4.0, 60.0
    sensors["clutter_density"] = 60.0 / (40_000.0 * 2.0 * np.pi)
    settings = TrackingSettings(false_tracks_per_hour=rate_1ph)
    tracker, random, found = Tracker(sensors, settings), np.random.default_rng(seed), 0
    for time_s in np.arange(0.0, settle_s + 3600.0 * hours, 4.0):
        records = np.zeros(random.poisson(60.0), DETECTION)
        records["time_s"], records["measured"], records["sigma"] = time_s, np.nan, np.nan
        records["measured"][:, 0] = random.uniform(0.0, 40_000.0, len(records))
        records["measured"][:, 1] = random.uniform(0.0, 2.0 * np.pi, len(records))
        records["sigma"][:, :2], records["snr_db"] = (30.0, 0.004), 20.0
        tracker.process(float(time_s), 0, records)
        rows = tracker.tracks.rows[: tracker.tracks.counters[HIGH_WATER]]
        fresh = (rows["status"] >= TrackStatus.CONFIRMED) & (rows["confirmed_s"] == time_s)
        found += int(fresh.sum()) if time_s >= settle_s else 0
    return found


@pytest.mark.parametrize(("rate_1ph", "hours"), [(10.0, 3.0), (60.0, 1.0)])
def test_clutter_confirms_as_many_tracks_as_were_allowed(rate_1ph, hours):
    """Within a factor of two, and the dice of the count (4 sigma)."""
    found = clutter_2d(rate_1ph, hours, seed=11)
    assert (
        stats.poisson.ppf(3e-5, rate_1ph * hours / 2.0) <= found <= stats.poisson.ppf(1.0 - 3e-5, 2 * rate_1ph * hours)
    )


URGENT_PARAMETERS = TrackingSettings().parameters(0.59, 180.0, HERE)


@pytest.mark.parametrize(
    ("state", "thrown_logit", "expected"),
    [
        ([3000.0, 0.0, 300.0, -100.0, 0.0, 0.0], -5.0, 1),
        ([3000.0, 0.0, 300.0, 100.0, 0.0, 0.0], -5.0, 0),  # leaving
        ([3000.0, 0.0, 300.0, -20.0, 0.0, 0.0], -5.0, 0),  # slow
        ([3000.0, 0.0, 300.0, -100.0, 80.0, 0.0], -5.0, 0),  # passes at 1.9 km
        ([9000.0, 0.0, 300.0, -100.0, 0.0, 0.0], -5.0, 0),  # an hour and a half is not soon: 80 s
        ([9000.0, 0.0, 300.0, -180.0, 0.0, 0.0], -5.0, 1),
        ([9000.0, 0.0, 300.0, -100.0, 0.0, 300.0], 1.0, 0),  # thrown, down after 62 s: 2.8 km short
        ([7000.0, 0.0, 300.0, -100.0, 0.0, 350.0], 1.0, 1),  # thrown, down after 72 s: within
        ([0.0, 0.0, 300.0, 0.0, 0.0, 0.0], -5.0, 0),
    ],
)
def test_urgent_is_what_is_fast_and_on_its_way_here(state, thrown_logit, expected):
    track = np.zeros(1, TRACK)[0]
    track["mean"], track["thrown_logit"] = state, thrown_logit
    assert is_urgent(track, URGENT_PARAMETERS) == expected
    assert is_urgent(track, TrackingSettings().parameters(0.59, 180.0)) == 0  # nothing to be defended


def test_an_attacker_is_confirmed_a_look_sooner_than_a_passer_by():
    """A radar with range rate knows after one detection that a body comes fast."""
    for defended, wanted_hits in ((HERE, 2), ((0.0, 0.0, -1.0), 3)):
        sky = make_sky(make_sensor(period_s=1.0, clutter_density=1e-9))
        sky = sky._replace(parameters=TrackingSettings().parameters(0.59, 180.0, defended))
        hits = 0
        for t in range(5):
            state = np.array([4000.0 - 150.0 * t, 0.0, 400.0, -150.0, 0.0, 0.0])
            sky.look(float(t), seen(state, sky.sensors[0], time_s=float(t)))
            if hits == 0 and sky.live()[0]["status"] == TrackStatus.CONFIRMED:
                hits = int(sky.live()[0]["hits"])
        assert hits == wanted_hits
