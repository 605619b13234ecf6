"""A sensor that is left out is put right where one constant turn or delay explains it, and only then."""

import msgspec
import numpy as np
import pytest

from sangar.core.events import EventKind
from sangar.core.realignment import TURNED
from sangar.core.sensors import LEFT_OUT_BY_STEP, PUT_RIGHT
from sangar.core.targets import Disagreement
from sangar.core.tracks import LATE_USED_COUNT
from sangar.report.wording import sentence
from sangar.report.words import Names
from sangar.tracking.kernels.registration.agreement import LARGEST_STEP
from sangar.tracking.kernels.registration.faults import angle_of
from sangar.tracking.kernels.registration.reconciliation import LIMIT
from sangar.tracking.tracker import Tracker
from tests.unit.tracking.oval import SETTINGS, body, error_m, look, run, sensors_around

HEALING = msgspec.structs.replace(SETTINGS, realigns=True)
LEFT_OUT, AGAIN = EventKind.SENSOR_LEFT_OUT, EventKind.SENSOR_PUT_RIGHT
TEN_DEG = np.radians(10.0)


def kinds(said):
    return [(int(event["kind"]), int(event["new"])) for event in said]


def wrong(row, **fault):
    return lambda s, _: fault if s == row else {}


@pytest.mark.parametrize(("radars", "turned_deg"), [(False, 10.0), (False, -10.0), (True, 5.0)])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_turned_sensor_is_used_again_with_the_turn_and_its_sigma(radars, turned_deg, seed):
    sensors = sensors_around(4, radars)
    tracker, said = run(sensors, 60.0, wrong(2, turned_rad=np.radians(turned_deg)), seed, HEALING)
    assert kinds(said) == [(LEFT_OUT, 2), (AGAIN, 2)]
    assert said[1]["old"] == Disagreement.ELSEWHERE
    sigma_deg = np.degrees(said[1]["ellipse_major_m"])
    assert 0.01 < sigma_deg < 0.2
    assert np.degrees(said[1]["ellipse_azimuth_rad"]) == pytest.approx(abs(turned_deg), abs=4.0 * sigma_deg)
    assert np.isnan(said[1]["due_s"])
    assert sensors["left_out"].tolist() == [0, 0, PUT_RIGHT, 0]
    newest = tracker.tracks.rows[np.argmax(tracker.tracks.rows["time_s"])]
    assert (newest["heard"] | newest["heard_before"]) & 4, "its detections are used"
    assert error_m(tracker, 59.9) < 5.0


def test_the_turn_is_learnt_on_after_the_sensor_is_used_again():
    """In the mean of eight runs; and never farther off than it says, though its own bearings are in the tracks."""
    first, last = [], []
    for seed in range(1, 9):
        tracker, said = run(sensors_around(4), 90.0, wrong(2, turned_rad=TEN_DEG), seed, HEALING)
        assert kinds(said) == [(LEFT_OUT, 2), (AGAIN, 2)]
        angle_rad, sigma_rad = angle_of(tracker.tracks.realignments[2], TURNED)
        assert angle_rad == pytest.approx(TEN_DEG, abs=4.0 * sigma_rad)
        assert sigma_rad < 0.5 * said[1]["ellipse_major_m"]
        first.append(said[1]["ellipse_azimuth_rad"] - TEN_DEG)
        last.append(angle_rad - TEN_DEG)
    assert np.sqrt(np.mean(np.square(last))) < 0.7 * np.sqrt(np.mean(np.square(first)))


def test_a_camera_turned_about_a_slanting_axis_is_put_right():
    sensors = sensors_around(4)
    _, said = run(sensors, 60.0, wrong(1, turned_rad=0.1, raised_rad=0.05), settings=HEALING)
    assert said[-1]["kind"] in (LEFT_OUT, AGAIN)
    assert (AGAIN, 1) in kinds(said)


def test_what_is_used_again_makes_the_picture_better_than_doing_without():
    """Two of the others go blind, and one camera alone does not tell how far the body is."""
    errors = {}

    def fault(s, time_s):
        return {"turned_rad": TEN_DEG} if s == 3 else {"is_blind": s in (1, 2) and time_s > 45.0}

    for settings in (SETTINGS, HEALING):
        runs = [run(sensors_around(4), 60.0, fault, seed, settings)[0] for seed in range(4)]
        errors[settings.realigns] = np.sqrt(np.mean([error_m(tracker, 59.9) ** 2 for tracker in runs]))
    assert errors[True] < 5.0
    assert errors[True] < 0.3 * errors[False]


def test_bearings_that_come_late_are_told_by_how_much_and_used_as_late_reports():
    sensors = sensors_around(4)
    tracker, said = run(sensors, 60.0, wrong(1, late_s=2.0), settings=HEALING)
    assert kinds(said) == [(LEFT_OUT, 1), (AGAIN, 1)]
    assert said[1]["old"] == Disagreement.LATE
    assert said[1]["due_s"] == pytest.approx(2.0, abs=4.0 * said[1]["ellipse_minor_m"])
    assert said[1]["ellipse_minor_m"] < 0.2
    newest = tracker.tracks.rows[np.argmax(tracker.tracks.rows["time_s"])]
    assert (newest["heard"] | newest["heard_before"]) & 2
    assert tracker.tracks.counters[LATE_USED_COUNT] > 100
    assert error_m(tracker, 59.9) < 5.0


def test_a_clock_that_is_behind_is_put_right_and_the_bearings_are_used():
    """They come in time and bear a time two seconds before."""
    sensors = sensors_around(4)
    tracker, said = run(sensors, 60.0, wrong(1, ahead_s=-2.0), settings=HEALING)
    assert (AGAIN, 1) in kinds(said)
    event = said[kinds(said).index((AGAIN, 1))]
    assert event["due_s"] == pytest.approx(-2.0, abs=4.0 * event["ellipse_minor_m"])
    newest = tracker.tracks.rows[np.argmax(tracker.tracks.rows["time_s"])]
    assert (newest["heard"] | newest["heard_before"]) & 2


@pytest.mark.parametrize("ahead_s", [1.0, 3.5])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_camera_whose_clock_is_ahead_of_all_others_is_not_used_told_and_put_right(ahead_s, seed):
    """Its bearings come in time; used as they stand they would make everybody else's late."""
    sensors = sensors_around(4)
    tracker, said = run(sensors, 60.0, wrong(1, ahead_s=ahead_s), seed, HEALING)
    assert kinds(said) == [(LEFT_OUT, 1), (AGAIN, 1)]
    assert said[0]["old"] == Disagreement.AHEAD
    assert said[0]["due_s"] == pytest.approx(ahead_s, abs=0.3)
    assert said[0]["time_s"] < ahead_s + 6.0
    assert said[1]["due_s"] == pytest.approx(ahead_s, abs=4.0 * said[1]["ellipse_minor_m"])
    newest = tracker.tracks.rows[np.argmax(tracker.tracks.rows["time_s"])]
    assert (newest["heard"] | newest["heard_before"]) & 2
    assert error_m(tracker, 59.9) < 5.0


@pytest.mark.parametrize("ahead_s", [1.0, 2.0])
def test_a_radar_whose_clock_is_ahead_is_left_out_for_what_it_tells_and_put_right(ahead_s):
    sensors = sensors_around(4, radars=True)
    tracker, said = run(sensors, 60.0, wrong(1, ahead_s=ahead_s), settings=HEALING)
    assert kinds(said) == [(LEFT_OUT, 1), (AGAIN, 1)]
    assert said[1]["due_s"] == pytest.approx(ahead_s, abs=4.0 * said[1]["ellipse_minor_m"])
    assert error_m(tracker, 59.9) < 5.0


def delivered(late_s, seconds=40.0, hiccup_s=None):
    """Four cameras, their times right; the first one's pictures come at once, the others' so much later."""
    sensors = sensors_around(4)
    tracker, said, dice = Tracker(sensors, HEALING), [], [np.random.default_rng([9, s]) for s in range(4)]
    times = [(0.2 * n + 0.04 * s, s) for n in range(int(seconds / 0.2)) for s in range(4)]

    def comes_s(time_s, s):
        if hiccup_s is not None and hiccup_s[0] < time_s < hiccup_s[1] and s > 0:
            return hiccup_s[1] + 1e-3 * time_s
        return time_s + (late_s if s > 0 else 0.0)

    for time_s, s in sorted(times, key=lambda look: comes_s(*look)):
        tracker.process(time_s, s, look(sensors[s], time_s, dice[s]))
        said += [event.copy() for event in tracker.events if event["kind"] >= LEFT_OUT]
    return tracker, said


def test_a_camera_that_is_right_while_all_others_come_late_is_found_to_be_right():
    tracker, said = delivered(1.5)
    assert kinds(said) == [(LEFT_OUT, 0), (EventKind.SENSOR_TAKEN_BACK, 0)]
    newest = tracker.tracks.rows[np.argmax(tracker.tracks.rows["time_s"])]
    assert (newest["heard"] | newest["heard_before"]) == 15


def test_a_pause_of_all_others_accuses_nobody():
    """For three seconds their pictures are held up, and come all at once."""
    _, said = delivered(0.0, hiccup_s=(20.0, 23.0))
    assert kinds(said) == []


def test_clocks_that_differ_accuse_nobody_where_there_are_but_two():
    sensors = sensors_around(2)
    _, said = run(sensors, 40.0, wrong(1, ahead_s=2.0), settings=HEALING)
    assert kinds(said) == []


def test_a_finder_without_elevation_is_put_right_about_its_own_vertical():
    sensors = sensors_around(4)
    _, said = run(sensors, 60.0, wrong(2, turned_rad=TEN_DEG, is_flat=True), settings=HEALING)
    assert (AGAIN, 2) in kinds(said)
    event = said[kinds(said).index((AGAIN, 2))]
    assert event["ellipse_azimuth_rad"] == pytest.approx(TEN_DEG, abs=4.0 * event["ellipse_major_m"])


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("case", ["random", "drifting", "another body", "fixed thing", "companion"])
def test_a_sensor_that_no_constant_fault_explains_is_never_used_again(case, seed):
    sensors, dice = sensors_around(4), np.random.default_rng(seed)

    def fault(s, time_s):
        if s != 3:
            return {}
        return {
            "random": {"turned_rad": dice.uniform(-0.7, 0.7)},
            "drifting": {"turned_rad": 0.1 + np.radians(0.3) * time_s},
            "another body": {"place": lambda t: np.array([150.0 * np.cos(0.13 * t + seed), -100.0, 60.0 + 2.0 * t])},
            "fixed thing": {"place": lambda _: np.array([40.0, 60.0, 70.0])},
            "companion": {"place": lambda t: body(t) + np.array([60.0, 40.0, 10.0])},
        }[case]

    _, said = run(sensors, 90.0, fault, seed, HEALING)
    assert {int(event["new"]) for event in said} <= {3}
    assert not [event for event in said if event["kind"] == AGAIN]


@pytest.mark.parametrize("seed", range(5))
def test_sound_sensors_are_never_touched(seed):
    sensors = sensors_around(4)
    tracker, said = run(sensors, 90.0, lambda *_: {}, seed, HEALING)
    assert not said
    assert not tracker.tracks.realignments["directions"].any(), "nothing is even tried on them"


def test_one_of_three_that_is_wrong_teaches_nothing_to_the_others():
    sensors = sensors_around(3)
    _, said = run(sensors, 60.0, lambda s, t: {"turned_rad": TEN_DEG} if s == 0 and t > 10.0 else {}, settings=HEALING)
    assert {int(event["new"]) for event in said} == {0}
    assert sensors["left_out"][1:].tolist() == [0, 0]


def test_a_fault_that_changes_afterwards_is_found_again():
    sensors = sensors_around(4)
    _, said = run(
        sensors,
        90.0,
        lambda s, t: {"turned_rad": TEN_DEG if t < 50.0 else -TEN_DEG} if s == 2 else {},
        settings=HEALING,
    )
    assert kinds(said)[:3] == [(LEFT_OUT, 2), (AGAIN, 2), (LEFT_OUT, 2)]
    assert 50.0 < said[2]["time_s"] < 70.0


def test_what_did_not_stay_is_forgotten_in_the_look_that_shows_it():
    """That look still lies in the gate of the explanation, and teaches it nothing any more."""
    sensors, dice = sensors_around(4), np.random.default_rng(5)
    tracker, said = run(sensors, 45.0, wrong(2, turned_rad=TEN_DEG), settings=HEALING)
    assert kinds(said) == [(LEFT_OUT, 2), (AGAIN, 2)]
    sensors["disagreement"][2] = LIMIT + LARGEST_STEP
    for n in range(50):
        for s in range(4):
            time_s = 45.0 + 0.2 * n + 0.04 * s
            batch = look(sensors[s], time_s, dice, turned_rad=TEN_DEG if s == 2 else 0.0)
            tracker.process(time_s, s, batch)
            if sensors["left_out"][2] == LEFT_OUT_BY_STEP:
                assert (tracker.tracks.realignments[2]["directions"] == 0.0).all()
                return
    pytest.fail("it was never lost")


def test_one_that_was_put_right_at_its_place_is_taken_back():
    sensors = sensors_around(4)
    _, said = run(sensors, 100.0, lambda s, t: {"turned_rad": TEN_DEG} if s == 2 and t < 50.0 else {}, settings=HEALING)
    assert kinds(said) == [(LEFT_OUT, 2), (AGAIN, 2), (LEFT_OUT, 2), (EventKind.SENSOR_TAKEN_BACK, 2)]
    assert (sensors["left_out"] == 0).all()


def test_a_site_can_forbid_it():
    sensors = sensors_around(4)
    _, said = run(sensors, 60.0, wrong(2, turned_rad=TEN_DEG))
    assert kinds(said) == [(LEFT_OUT, 2)]
    assert sensors["left_out"][2] == LEFT_OUT_BY_STEP


def test_a_body_that_hovers_teaches_nothing():
    """A lamp beside a body that stands is at a constant angle from it as well."""
    sensors = sensors_around(4)
    _, said = run(
        sensors, 60.0, lambda s, _: {"halt_s": 3.0} | ({"turned_rad": TEN_DEG} if s == 2 else {}), settings=HEALING
    )
    assert kinds(said) == [(LEFT_OUT, 2)]


def test_it_is_said_in_words():
    sensors = sensors_around(4)
    _, said = run(sensors, 40.0, wrong(2, turned_rad=TEN_DEG), settings=HEALING)
    words = sentence(said[1], Names((), ["a", "b", "gate", "d"], ()))
    assert words.startswith("Sensor gate is used again, CORRECTED: it is turned by 10.")
    assert "± 0.1" in words or "± 0.2" in words
    ahead = said[0].copy()
    ahead["old"], ahead["due_s"] = Disagreement.AHEAD, 2.04
    words = sentence(ahead, Names((), ["a", "b", "gate", "d"], ()))
    assert (
        words == "Sensor gate is LEFT OUT, it does not agree with the others: its times are 2.0 s ahead of all theirs."
    )
    late = said[1].copy()
    late["ellipse_azimuth_rad"], late["due_s"], late["ellipse_minor_m"] = np.nan, 2.0, 0.04
    words = sentence(late, Names((), ["a", "b", "gate", "d"], ()))
    assert words.startswith("Sensor gate is used again, CORRECTED: it is 2.00 s ± 0.04 late.")
