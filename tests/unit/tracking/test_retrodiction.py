"""Late reports against filters that take everything in order, and against the definition of the joint distribution."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from sangar.core.tracks import STATE_SIZE, THROWN_SIZE, TRAIL_LENGTH, allocate_tracks
from sangar.models.kernels.ballistic import acceleration
from sangar.models.workbench import allocate_workbench
from sangar.tracking.kernels.filtering.thrown import predict_thrown
from sangar.tracking.kernels.out_of_sequence.chain import begin_chain, link, pair_with
from sangar.tracking.kernels.out_of_sequence.retrodiction import pair_of_thrown, pair_without_past
from sangar.tracking.kernels.out_of_sequence.trail import (
    NOWHERE,
    had_its_look,
    keep_state,
    leave_trail,
    note_look,
    state_before,
)
from sangar.tracking.settings import TrackingSettings
from tests.unit.tracking.oracles import pack
from tests.unit.tracking.sightings import full_matrix

Q, VERTICAL_Q = 3.0, 0.7
PARAMETERS = TrackingSettings().parameters(0.59, 180.0)
PLACE = np.eye(3, STATE_SIZE)
SIGMA_M = np.array([20.0, 12.0, 30.0])
START = np.array([4000.0, -2000.0, 900.0, -70.0, 30.0, 5.0])


def moving(dt_s):
    transition = np.eye(6)
    transition[:3, 3:] = dt_s * np.eye(3)
    axis = np.array([[dt_s**3 / 3.0, dt_s**2 / 2.0], [dt_s**2 / 2.0, dt_s]])
    return transition, np.kron(axis, np.diag([Q, Q, VERTICAL_Q]))


def predicted(estimate, dt_s):
    (mean, covariance), (transition, noise) = estimate, moving(dt_s)
    return transition @ mean, transition @ covariance @ transition.T + noise


def corrected(estimate, place_m, jacobian=PLACE):
    """The Kalman update by a measured place, in full matrices."""
    mean, covariance = estimate
    innovation = covariance[: len(mean)] @ jacobian.T
    gain = innovation @ np.linalg.inv(jacobian @ innovation + np.diag(SIGMA_M**2))
    return mean + gain @ (place_m - jacobian @ mean), covariance - gain @ jacobian @ covariance


def in_turn(start, reports):
    """Mean and covariance after these (time, place) in their order, from a mean, a covariance and a time."""
    mean, covariance, at_s = start
    for time_s, place_m in reports:
        mean, covariance = corrected(predicted((mean, covariance), time_s - at_s), place_m)
        at_s = time_s
    return mean, covariance


def spread(random, scale=1.0):
    root = random.normal(size=(6, 6)) * np.array([30, 30, 40, 15, 15, 8])[:, None] * scale
    return root @ root.T + np.diag([10, 10, 10, 4, 4, 1.0])


def pair_from_past(state, covariance, kept, kept_covariance, times_s, motion, bench):
    """The pair of what was at the second of three times, and the state of the third; nothing is known between."""
    begin_chain(kept, kept_covariance, times_s[0], times_s[1], motion, bench)
    return pair_with(state, covariance, times_s[2], motion, bench)


def pair_of(bench, size=STATE_SIZE):
    whole = STATE_SIZE + size
    return bench["pair"][:whole].copy(), full_matrix(bench["pair_covariance"], whole)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("late_s", "now_s"), [(0.4, 1.0), (1.0, 6.0), (0.0, 3.0), (3.0, 3.3)])
def test_one_late_report_gives_what_both_in_order_give(seed, late_s, now_s):
    """Exact, as the papers say: nothing between the kept state and the report, one detection since."""
    random, bench = np.random.default_rng(seed), allocate_workbench()[0]
    covariance, then_m, now_m = spread(random), START[:3] + random.normal(size=3) * 60, random.normal(size=3) * 60
    now_m += (START[:3] + now_s * START[3:]) * 1.0
    in_order = in_turn((START, covariance, 0.0), [(late_s, then_m), (now_s, now_m)])
    present, present_covariance = in_turn((START, covariance, 0.0), [(now_s, now_m)])
    times_s = (0.0, late_s, now_s)
    kept = (START, pack(covariance))
    pair_from_past(present, pack(present_covariance), *kept, times_s, (0.0, Q, VERTICAL_Q), bench)
    mean, joint = corrected(pair_of(bench), then_m, np.eye(3, 12))
    np.testing.assert_allclose(mean[6:], in_order[0], rtol=1e-9)
    np.testing.assert_allclose(joint[6:, 6:], in_order[1], rtol=1e-7, atol=1e-7)


def tied(estimates, late_s, bench):
    """The pair at the end of a chain that begins before `late_s`: (mean, covariance, time) of each link."""
    (kept, kept_covariance, kept_s), *links = estimates
    motion = (0.0, Q, VERTICAL_Q)
    begin_chain(kept, pack(kept_covariance), kept_s, late_s, motion, bench)
    for n, (mean, covariance, time_s) in enumerate(links):
        assert pair_with(mean, pack(covariance), time_s, motion, bench)
        if n + 1 < len(links):
            link(mean, pack(covariance), time_s, bench)
    return pair_of(bench)


@pytest.mark.parametrize("late_s", [0.0, 0.5, 2.5, 4.9])
def test_a_chain_with_a_link_at_every_detection_gives_what_all_in_order_give(late_s):
    random, bench = np.random.default_rng(5), allocate_workbench()[0]
    start = (START, spread(random), 0.0)
    reports = [(t, START[:3] + t * START[3:] + random.normal(size=3) * 30.0) for t in np.arange(1.0, 6.0)]
    then = (late_s, START[:3] + late_s * START[3:] + random.normal(size=3) * 30.0)
    estimates = [start] + [(*in_turn(start, reports[: n + 1]), reports[n][0]) for n in range(5)]
    since = [estimate for estimate in estimates if estimate[2] > late_s]
    before = [estimate for estimate in estimates if estimate[2] <= late_s][-1]
    mean, joint = corrected(tied([before, *since], late_s, bench), then[1], np.eye(3, 12))
    in_order = in_turn(start, sorted([*reports, then], key=lambda report: report[0]))
    np.testing.assert_allclose(mean[6:], in_order[0], rtol=1e-9)
    np.testing.assert_allclose(joint[6:, 6:], in_order[1], rtol=1e-7, atol=1e-7)


def test_detections_between_two_links_count_as_one_and_say_less_of_the_speed():
    """A chain with no link but the last: the variances of place are nearly those of the order."""
    bench, covariance = allocate_workbench()[0], np.diag([900.0, 900.0, 900.0, 100.0, 100.0, 25.0])
    reports = [(t, np.zeros(3)) for t in np.arange(1.0, 6.0)]
    present, present_covariance = in_turn((START, covariance, 0.0), reports)
    ends = [(START, covariance, 0.0), (present, present_covariance, 5.0)]
    _, ours = corrected(tied(ends, 0.5, bench), np.zeros(3), np.eye(3, 12))
    _, best = in_turn((START, covariance, 0.0), [(0.5, np.zeros(3)), *reports])
    np.testing.assert_allclose(np.diag(ours)[6:9], np.diag(best)[:3], rtol=0.02)
    np.testing.assert_allclose(np.diag(ours)[9:], np.diag(best)[3:], rtol=0.12)
    assert np.trace(ours[6:, 6:]) < np.trace(present_covariance)


@pytest.mark.parametrize("lag_s", [0.3, 4.0])
def test_without_a_past_it_is_the_limit_of_an_ever_vaguer_one(lag_s):
    random, bench = np.random.default_rng(3), allocate_workbench()[0]
    covariance = spread(random)
    pair_without_past(START, pack(covariance), lag_s, (0.0, Q, VERTICAL_Q), bench)
    mean, joint = pair_of(bench)
    vague = np.diag([1e12] * 3 + [1e10] * 3)
    pair_from_past(START, pack(covariance), START, pack(vague), (0.0, 0.0, lag_s), (0.0, Q, VERTICAL_Q), bench)
    limit_mean, limit = pair_of(bench)
    np.testing.assert_allclose(mean, limit_mean, rtol=1e-4, atol=0.5)
    np.testing.assert_allclose(joint, limit, rtol=1e-3, atol=0.5)


def test_a_pair_is_positive_definite_and_holds_the_present_unchanged():
    random, bench = np.random.default_rng(4), allocate_workbench()[0]
    for _ in range(50):
        covariance, kept = spread(random), spread(random, 3.0)
        since_s, lag_s = random.uniform(0.0, 2.0), random.uniform(0.3, 5.0)
        times_s = (0.0, since_s, since_s + lag_s)
        pair_from_past(START, pack(covariance), START, pack(kept), times_s, (0.0, Q, VERTICAL_Q), bench)
        mean, joint = pair_of(bench)
        np.testing.assert_array_equal(mean[6:], START)
        np.testing.assert_allclose(joint[6:, 6:], covariance)
        assert np.linalg.eigvalsh(joint).min() > 0.0


SHELL = np.array([2000.0, 1000.0, 1500.0, -150.0, -100.0, 40.0, np.log(1e-4), 3.0])


def flown_back(state, lag_s):
    def slope(_, now):
        result = np.empty(3)
        acceleration(now[:6], np.exp(state[6]), state[7], PARAMETERS.latitude_rad, PARAMETERS.altitude_m, result)
        return np.concatenate([now[3:6], result])

    return solve_ivp(slope, (0.0, -lag_s), state[:6], rtol=1e-10, atol=1e-9, method="DOP853").y[:, -1]


@pytest.mark.parametrize("lag_s", [0.3, 2.0, 5.0])
def test_a_thrown_body_is_flown_back_along_its_path(lag_s):
    bench, random = allocate_workbench()[0], np.random.default_rng(6)
    root = random.normal(size=(8, 8)) * np.array([20, 20, 20, 3, 3, 3, 0.2, 4])[:, None]
    covariance = root @ root.T
    pair_of_thrown(SHELL, pack(covariance), lag_s, PARAMETERS, bench)
    mean, joint = pair_of(bench, THROWN_SIZE)
    np.testing.assert_allclose(mean[:6], flown_back(SHELL, lag_s), atol=1e-2)
    np.testing.assert_array_equal(mean[6:], SHELL)
    steps = np.array([1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 0.01, 0.1])
    slopes = [
        (flown_back(SHELL + d, lag_s) - flown_back(SHELL - d, lag_s)) / (2.0 * steps[k])
        for k, d in enumerate(np.diag(steps))
    ]
    cross = np.column_stack(slopes) @ covariance
    np.testing.assert_allclose(joint[:6, 6:], cross, rtol=0.02, atol=0.02 * np.abs(cross).max())
    np.testing.assert_allclose(joint[6:, 6:], covariance)
    assert np.linalg.eigvalsh(joint).min() > -1e-6


def test_a_thrown_body_flown_ahead_and_back_is_where_it_was():
    bench = allocate_workbench()[0]
    state, covariance = SHELL.copy(), pack(np.diag([1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 0.01, 4.0]))
    predict_thrown(state, covariance, 4.0, PARAMETERS, bench["matrix"], bench["product"], bench["stages"])
    pair_of_thrown(state, covariance, 4.0, PARAMETERS, bench)
    np.testing.assert_allclose(bench["pair"][:6], SHELL[:6], atol=0.01)


@pytest.fixture
def walked():
    """A track that stood at 0, 1, 2, ... 19 s, and its trail."""
    table = allocate_tracks(1)
    track, trail = table.rows[0], table.trails[0]
    track["id"] = 7
    for t in range(20):
        if t > 0:
            leave_trail(trail, track, 0.8)
        track["time_s"], track["mean"] = t, t
        note_look(trail, track, float(t), 2)
    return track, trail


def test_a_trail_keeps_the_latest_states_but_the_present(walked):
    track, trail = walked
    assert sorted(trail["time_s"]) == list(np.arange(19.0))[-TRAIL_LENGTH:]
    assert trail["mean"][state_before(trail, track, 15.9)].tolist() == [15.0] * 6
    assert trail["mean"][state_before(trail, track, 16.0)].tolist() == [16.0] * 6
    assert state_before(trail, track, 18.9 - TRAIL_LENGTH) == NOWHERE


def test_a_trail_does_not_keep_every_state_of_a_fast_sensor(walked):
    track, trail = walked
    for t in np.arange(20.0, 30.0, 0.1):
        leave_trail(trail, track, 0.8)
        track["time_s"] = t
    assert np.diff(sorted(trail["time_s"])).min() > 0.79


def test_a_track_is_looked_at_once_by_a_sensor_in_a_period(walked):
    track, trail = walked
    assert had_its_look(trail, track, 15.3, 2, 1.0)
    assert not had_its_look(trail, track, 15.3, 1, 1.0)
    assert not had_its_look(trail, track, 11.0, 2, 1.0)


def test_another_track_in_the_row_has_no_past(walked):
    track, trail = walked
    track["id"], track["sensor"] = 8, 1
    assert state_before(trail, track, 19.0) == NOWHERE
    assert not had_its_look(trail, track, 15.3, 2, 1.0)
    assert had_its_look(trail, track, 19.2, 1, 1.0)
    leave_trail(trail, track, 0.8)
    assert sorted(trail["time_s"])[:2] == [19.0, np.inf]


def test_what_a_late_report_leaves_stands_between_the_others_or_moves_the_one_before_it(walked):
    track, trail = walked
    state, covariance = np.full(6, 15.5), np.zeros(21)
    keep_state(trail, state_before(trail, track, 15.5), 15.5, state, covariance, 0.4)
    assert trail["mean"][state_before(trail, track, 15.6)].tolist() == [15.5] * 6
    assert trail["mean"][state_before(trail, track, 15.4)].tolist() == [15.0] * 6
    keep_state(trail, state_before(trail, track, 15.7), 15.7, state, covariance, 0.4)
    assert state_before(trail, track, 15.6) == state_before(trail, track, 15.4)
    assert trail["time_s"][state_before(trail, track, 15.8)] == 15.7
    assert len(trail["time_s"]) == TRAIL_LENGTH
