"""Pictures that come two seconds after they were taken, their times right, count as what they are: old, and many."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER, LATE_USED_COUNT
from sangar.tracking.tracker import Tracker
from tests.unit.tracking.oval import SETTINGS, look, sensors_around

PERIOD_S, SECONDS = 0.04, 24.0
HONEST = {"late_s": 2.0, "ahead_s": -2.0}
"""What was seen two seconds ago, and says so."""
BLIND_FROM_S = 12.0


def zigzag(time_s):
    """It turns about every two seconds, at up to 14 m/s², 12 m/s fast at most."""
    return np.array([20.0 * np.sin(0.6 * time_s), 5.0 * np.sin(1.7 * time_s), 40.0 + 3.0 * np.sin(0.9 * time_s)])


class Flight(NamedTuple):
    """The last ten seconds: errors, the same over their sigma; late reports used; who was heard and left out."""

    errors_m: NDArray[np.float64]
    in_sigmas: NDArray[np.float64]
    used: int
    heard: int
    left_out: list[int]


def newest_track(tracker):
    rows = tracker.tracks.rows[: tracker.tracks.counters[HIGH_WATER]]
    rows = rows[rows["status"] >= TrackStatus.CONFIRMED]
    return rows[np.argmax(rows["time_s"])]


def fly(seed, late, blind_from_s=np.inf):
    """Four cameras look 25 times a second. The fourth is late, or not there; the second and third go blind."""
    sensors = sensors_around(4)
    dice = [np.random.default_rng([seed, s]) for s in range(4)]
    sensors["period_s"] = PERIOD_S
    sensors["position_m"] *= 0.2
    tracker, errors_m, in_sigmas = Tracker(sensors, SETTINGS), [], []
    for n in range(int(SECONDS / PERIOD_S)):
        for s in range(4 if late else 3):
            time_s = PERIOD_S * (n + 0.2 * s)
            view = HONEST if s == 3 else {"is_blind": s in (1, 2) and time_s > blind_from_s}
            batch = look(sensors[s], time_s, dice[s], place=zigzag, **view)
            tracker.process(time_s + view.get("ahead_s", 0.0), s, batch)
        if PERIOD_S * n > SECONDS - 10.0:
            track = newest_track(tracker)
            there_m = track["mean"][:3] + (PERIOD_S * n - track["time_s"]) * track["mean"][3:]
            errors_m.append(np.linalg.norm(there_m - zigzag(PERIOD_S * n)))
            in_sigmas.append(errors_m[-1] / np.sqrt(track["covariance"][[0, 2, 5]].sum()))
    used, heard = int(tracker.tracks.counters[LATE_USED_COUNT]), int(track["heard"] | track["heard_before"])
    return Flight(np.array(errors_m), np.array(in_sigmas), used, heard, sensors["left_out"].tolist())


def rms(errors_m):
    return np.sqrt(np.mean(np.square(errors_m)))


def test_where_three_others_see_it_now_a_late_camera_changes_nothing_and_is_believed():
    for seed in range(4):
        with_late, without = fly(seed, late=True), fly(seed, late=False)
        assert with_late.used > 0.7 * SECONDS / PERIOD_S
        assert with_late.left_out == [0, 0, 0, 0]
        assert rms(with_late.errors_m) < 1.01 * rms(without.errors_m)


def test_where_one_other_camera_sees_it_the_late_one_tells_how_far_away_it_is_and_no_more_than_it_knows():
    """One camera alone is off by tens of metres; what was seen two seconds ago bounds that."""
    late_m, alone_m = [], []
    for seed in range(4):
        flight = fly(seed, late=True, blind_from_s=BLIND_FROM_S)
        assert flight.heard & 9 == 9
        assert np.percentile(flight.in_sigmas, 90) < 3.5
        late_m.append(rms(flight.errors_m))
        alone_m.append(rms(fly(seed, late=False, blind_from_s=BLIND_FROM_S).errors_m))
    assert rms(np.array(late_m)) < 0.6 * rms(np.array(alone_m))
