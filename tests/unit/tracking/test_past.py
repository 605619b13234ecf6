"""Where tracks were: the trail after late reports against filters that take everything in order, and the past told."""

import numpy as np
import pytest

from sangar.core.tracks import allocate_tracks
from sangar.models.workbench import allocate_workbench
from sangar.tracking.kernels.out_of_sequence.past import correct_trail
from sangar.tracking.kernels.out_of_sequence.trail import leave_trail, state_before
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker
from tests.unit.tracking.oracles import make_detections, make_sensor, only, pack
from tests.unit.tracking.sightings import full_matrix
from tests.unit.tracking.sky import FLOWN, THROWN, path, seen

SETTINGS = TrackingSettings(steady_noise_m2ps3=3.0, vertical_noise_ratio=0.25)
PARAMETERS = SETTINGS.parameters(0.59, 180.0)
PLACE, SIGMA_M = np.eye(3, 6), np.array([20.0, 12.0, 30.0])
START = np.array([4000.0, -2000.0, 900.0, -70.0, 30.0, 5.0])
SPREAD = np.diag([900.0, 900.0, 900.0, 100.0, 100.0, 25.0])
SENSOR = make_sensor()


def predicted(estimate, dt_s):
    (mean, covariance), transition = estimate, np.eye(6)
    transition[:3, 3:] = dt_s * np.eye(3)
    axis = np.array([[dt_s**3 / 3.0, dt_s**2 / 2.0], [dt_s**2 / 2.0, dt_s]])
    return transition @ mean, transition @ covariance @ transition.T + np.kron(axis, np.diag([3.0, 3.0, 0.75]))


def corrected(estimate, place_m):
    mean, covariance = estimate
    gain = covariance @ PLACE.T @ np.linalg.inv(PLACE @ covariance @ PLACE.T + np.diag(SIGMA_M**2))
    return mean + gain @ (place_m - PLACE @ mean), covariance - gain @ PLACE @ covariance


def place_report(place_m, time_s):
    """A detection of a place in east, north and up."""
    measured, sigma = np.full(8, np.nan), np.full(8, np.nan)
    measured[5:], sigma[5:] = place_m, SIGMA_M
    return make_detections(only(measured[None], (5, 6, 7)), sigma, time_s)[0]


@pytest.mark.parametrize("late_s", [1.0, 1.2, 1.4])
def test_the_next_state_on_the_trail_becomes_what_all_in_order_would_have_made_it(late_s):
    """One detection between the report and that state: exact."""
    random = np.random.default_rng(2)
    table, bench = allocate_tracks(1), allocate_workbench()[0]
    track, trail = table.rows[0], table.trails[0]
    track["id"], track["mode"] = 7, (1.0, 0.0)
    places_m = {t: START[:3] + t * START[3:] + 30.0 * random.normal(size=3) for t in (1.0, late_s, 2.0)}
    first = corrected(predicted((START, SPREAD), 1.0), places_m[1.0]) if late_s > 1.0 else (START, SPREAD)
    first_s = 1.0 if late_s > 1.0 else 0.0
    second = corrected(predicted(first, 2.0 - first_s), places_m[2.0])
    for time_s, (mean, covariance) in ((first_s, first), (2.0, second)):
        track["time_s"], track["mean"], track["covariance"] = time_s, mean, pack(covariance)
        leave_trail(trail, track, 0.8)
    track["time_s"] = 3.0
    correct_trail(track, trail, place_report(places_m[late_s], late_s), SENSOR, PARAMETERS, bench)
    told = corrected(predicted(first, late_s - first_s), places_m[late_s])
    mean, covariance = corrected(predicted(told, 2.0 - late_s), places_m[2.0])
    np.testing.assert_allclose(trail["mean"][1], mean, rtol=1e-9)
    np.testing.assert_allclose(full_matrix(trail["covariance"][1], 6), covariance, rtol=1e-6, atol=1e-6)
    kept = state_before(trail, track, late_s)
    assert trail["time_s"][kept] == late_s, "what is known of that time by now, for the next that is late"
    np.testing.assert_allclose(trail["mean"][kept], told[0], rtol=1e-9)
    np.testing.assert_allclose(full_matrix(trail["covariance"][kept], 6), told[1], rtol=1e-6, atol=1e-6)


def test_a_stream_of_late_reports_makes_the_trail_what_all_in_order_would_have_made_it():
    """Twenty reports between two states of the trail, and each has told its neighbours what it told."""
    random = np.random.default_rng(3)
    table, bench = allocate_tracks(1), allocate_workbench()[0]
    track, trail = table.rows[0], table.trails[0]
    track["id"], track["mode"] = 7, (1.0, 0.0)
    stream = [(t, START[:3] + t * START[3:] + SIGMA_M * random.normal(size=3)) for t in np.linspace(0.05, 0.95, 20)]
    last_m = START[:3] + START[3:] + SIGMA_M * random.normal(size=3)
    second = corrected(predicted((START, SPREAD), 1.0), last_m)
    for time_s, (mean, covariance) in ((0.0, (START, SPREAD)), (1.0, second)):
        track["time_s"], track["mean"], track["covariance"] = time_s, mean, pack(covariance)
        leave_trail(trail, track, 0.8)
    track["time_s"] = 2.0
    for time_s, place_m in stream:
        correct_trail(track, trail, place_report(place_m, time_s), SENSOR, PARAMETERS, bench)
    estimate, at_s = (START, SPREAD), 0.0
    for time_s, place_m in [*stream, (1.0, last_m)]:
        estimate, at_s = corrected(predicted(estimate, time_s - at_s), place_m), time_s
    np.testing.assert_allclose(trail["mean"][1], estimate[0], rtol=1e-8)
    np.testing.assert_allclose(full_matrix(trail["covariance"][1], 6), estimate[1], rtol=1e-5, atol=1e-5)


def test_a_state_of_the_very_time_of_the_report_is_corrected_as_by_any_other():
    table, bench = allocate_tracks(1), allocate_workbench()[0]
    track, trail = table.rows[0], table.trails[0]
    track["id"], track["mode"], track["mean"], track["covariance"] = 7, (1.0, 0.0), START, pack(SPREAD)
    leave_trail(trail, track, 0.8)
    track["time_s"] = 1.0
    place_m = START[:3] + np.array([30.0, -10.0, 20.0])
    correct_trail(track, trail, place_report(place_m, 0.0), SENSOR, PARAMETERS, bench)
    mean, covariance = corrected((START, SPREAD), place_m)
    np.testing.assert_allclose(trail["mean"][0], mean, rtol=1e-9)
    np.testing.assert_allclose(full_matrix(trail["covariance"][0], 6), covariance, rtol=1e-6, atol=1e-6)


def test_the_trail_of_another_track_is_left_alone():
    table, bench = allocate_tracks(1), allocate_workbench()[0]
    track, trail = table.rows[0], table.trails[0]
    track["id"], track["mean"], track["covariance"] = 7, START, pack(SPREAD)
    leave_trail(trail, track, 0.8)
    track["id"], before = 8, trail.tobytes()
    correct_trail(track, trail, place_report(START[:3] + 30.0, 0.0), SENSOR, PARAMETERS, bench)
    assert trail.tobytes() == before


def waiting():
    """A tracker whose tracks leave trails."""
    return Tracker(np.array([SENSOR], SENSOR.dtype), track_capacity=16, batch_capacity=16, keeps_past=True)


def watched(body, seed=8, late=(), scans=15):
    """A tracker that saw a body once a second; what is late comes after all else."""
    random = np.random.default_rng(seed)
    tracker = waiting()
    reports = {t: seen(path(body, float(t)), SENSOR, random, time_s=float(t)) for t in range(scans)}
    for t, report in reports.items():
        tracker.process(float(t), 0, report[: 0 if t in late else 1])
    for t in late:
        tracker.process(float(t), 0, reports[t])
    return tracker


@pytest.mark.parametrize("body", [FLOWN, THROWN], ids=["flown", "thrown"])
@pytest.mark.parametrize("time_s", [9.0, 10.5, 13.7, 14.0, 15.5])
def test_a_track_was_where_its_body_was(body, time_s):
    _, positions_m = watched(body).past(time_s)
    np.testing.assert_allclose(positions_m[0], path(body, time_s)[:3], atol=40.0)


def test_the_past_is_surer_than_it_was_when_it_was_now():
    then_m, now_m = [], []
    for seed in range(30):
        true_m = path(FLOWN, 10.0)[:3]
        then_m.append(watched(FLOWN, seed, scans=11).past(10.0)[1][0] - true_m)
        now_m.append(watched(FLOWN, seed).past(10.0)[1][0] - true_m)
    assert np.mean(np.square(now_m)) < 0.9 * np.mean(np.square(then_m))


def test_a_late_report_makes_the_past_what_it_would_have_been():
    gaps_m: dict[str, list[float]] = {"late": [], "lost": []}
    for seed in range(30):
        _, (in_order_m,) = watched(FLOWN, seed).past(10.0)
        late = watched(FLOWN, seed, late=(10,))
        gaps_m["late"].append(float(np.linalg.norm(late.past(10.0)[1][0] - in_order_m)))
        lost = waiting()
        random = np.random.default_rng(seed)
        for t in range(15):
            report = seen(path(FLOWN, float(t)), SENSOR, random, time_s=float(t))
            lost.process(float(t), 0, report[: 0 if t == 10 else 1])
        gaps_m["lost"].append(float(np.linalg.norm(lost.past(10.0)[1][0] - in_order_m)))
    assert np.mean(gaps_m["late"]) < 0.5 * np.mean(gaps_m["lost"])


def test_before_its_first_detection_a_track_was_nowhere():
    ids, positions_m = watched(FLOWN).past(-0.1)
    assert (len(ids), len(positions_m)) == (0, 0)
