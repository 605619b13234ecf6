"""Whose time is believed: steps, drifts, pauses and lone sensors, told by the events and by what is used."""

from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from sangar.core.events import EVENTS, EventKind, Outputs, allocate_outputs
from sangar.core.sensors import allocate_sensors
from sangar.pipeline.kernels.clock import BELIEVED, REFUSED, SET_BACK, TOO_LATE, take_tick, take_time
from sangar.pipeline.world import DISBELIEVED, NEWEST, SILENCE_S

LATE_LIMIT_S = 5.0
HOUR_S = 3600.0


class Clocks(NamedTuple):
    """Some sensors and the step's clock; `said` gathers the events."""

    sensors: NDArray[np.void]
    clock_s: NDArray[np.float64]
    outputs: Outputs

    def hear(self, sensor: int, time_s: float) -> int:
        """A sensor reports; silence is watched as the step does."""
        verdict = take_time(self.sensors, sensor, time_s, LATE_LIMIT_S, self.clock_s, self.outputs)
        now_s, heard_s = self.clock_s[NEWEST], self.sensors["last_heard_s"]
        heard_s[sensor] = max(heard_s[sensor], now_s)
        self.sensors["is_silent"] = now_s - heard_s > self.sensors["period_s"] + SILENCE_S
        return int(verdict)

    def tick(self, time_s: float) -> int:
        """The site's own clock ticks."""
        return int(take_tick(self.sensors, time_s, self.clock_s))

    @property
    def now_s(self) -> float:
        return float(self.clock_s[NEWEST])

    @property
    def said(self) -> list[tuple[EventKind, int]]:
        events = self.outputs.events[: self.outputs.written[EVENTS]]
        return [(EventKind(event["kind"]), int(event["new"])) for event in events]


def clocks(*periods_s: float) -> Clocks:
    sensors = allocate_sensors(len(periods_s))
    sensors["period_s"] = periods_s
    return Clocks(sensors, np.array([-np.inf, 0.0, -np.inf, -np.inf, 0.0]), allocate_outputs(100, 0, 0))


def run(watch: Clocks, first_s: float, last_s: float, errors_s: dict[int, float]) -> dict[int, list[int]]:
    """All sensors report in true order of time, each with its clock's error; what was made of each."""
    due = [
        (float(time_s), sensor)
        for sensor, period_s in enumerate(watch.sensors["period_s"])
        for time_s in np.arange(first_s + 0.1 * sensor, last_s, period_s)
    ]
    verdicts: dict[int, list[int]] = {sensor: [] for sensor in range(len(watch.sensors))}
    for time_s, sensor in sorted(due):
        verdicts[sensor].append(watch.hear(sensor, time_s + errors_s.get(sensor, 0.0)))
    return verdicts


WRONG, RIGHT = EventKind.SENSOR_CLOCK_WRONG, EventKind.SENSOR_CLOCK_RIGHT


@pytest.mark.parametrize("error_s", [HOUR_S, 12.0, -HOUR_S, -12.0, 1e300])
@pytest.mark.parametrize("periods_s", [(1.0, 1.0), (0.05, 4.0), (4.0, 0.05), (1.0, 2.0, 10.0)])
def test_a_clock_that_steps_is_told_not_used_and_believed_again_when_it_comes_back(error_s, periods_s):
    watch = clocks(*periods_s)
    run(watch, 0.0, 60.0, {})
    stepped = run(watch, 60.0, 120.0, {0: error_s})
    assert set(stepped[0]) == {REFUSED if error_s > 0.0 else TOO_LATE}
    assert all(set(stepped[sensor]) == {BELIEVED} for sensor in range(1, len(periods_s)))
    assert watch.now_s < 120.0
    assert watch.said == [(WRONG, 0)]
    back = run(watch, 120.0, 180.0, {})
    assert all(set(verdicts) == {BELIEVED} for verdicts in back.values())
    assert watch.said == [(WRONG, 0), (RIGHT, 0)]


def test_one_wild_time_is_counted_and_moves_nothing():
    watch = clocks(1.0)
    for t in range(20):
        assert watch.hear(0, float(t)) == BELIEVED
        if t == 10:
            assert watch.hear(0, 5e8) == REFUSED
    assert watch.now_s == 19.0
    assert watch.clock_s[DISBELIEVED] == 1.0
    assert watch.said == []


@pytest.mark.parametrize("time_s", [np.nan, np.inf, -np.inf])
def test_what_is_no_time_is_refused(time_s):
    watch = clocks(1.0)
    watch.hear(0, 0.0)
    assert watch.hear(0, time_s) == REFUSED
    assert watch.tick(time_s) == REFUSED
    assert watch.now_s == 0.0
    assert watch.hear(0, 1.0) == BELIEVED


def test_a_lone_sensor_is_believed_after_a_pause_of_hours_at_its_second_report():
    watch = clocks(1.0)
    run(watch, 0.0, 20.0, {})
    assert run(watch, 8 * HOUR_S, 8 * HOUR_S + 20.0, {})[0] == [REFUSED] + 19 * [BELIEVED]
    assert watch.said == []


@pytest.mark.parametrize("periods_s", [(1.0, 1.0), (1.0, 4.0), (4.0, 4.0, 4.0), (1.0, 1.0, 10.0, 10.0)])
def test_a_pause_of_all_sensors_is_a_pause_and_no_fault(periods_s):
    watch = clocks(*periods_s)
    run(watch, 0.0, 60.0, {})
    after = run(watch, 8 * HOUR_S, 8 * HOUR_S + 60.0, {})
    assert sum(verdict != BELIEVED for verdicts in after.values() for verdict in verdicts) <= 12
    assert all(set(verdicts[12:]) <= {BELIEVED} for verdicts in after.values())
    assert watch.said == []


def test_with_ticks_a_pause_costs_no_report():
    watch = clocks(1.0, 1.0)
    run(watch, 0.0, 20.0, {})
    watch.tick(HOUR_S)
    assert set(run(watch, HOUR_S, HOUR_S + 20.0, {})[0]) == {BELIEVED}


def test_a_pause_that_ends_for_one_sensor_only_is_believed_when_the_others_had_time_to_speak():
    watch = clocks(1.0, 4.0)
    run(watch, 0.0, 60.0, {})
    verdicts = [watch.hear(0, HOUR_S + t) for t in range(20)]
    assert verdicts == 10 * [REFUSED] + 10 * [BELIEVED]


@pytest.mark.parametrize("error_s", [HOUR_S, -HOUR_S])
def test_a_lone_sensor_whose_clock_steps_out_and_back_is_used_in_the_end(error_s):
    """Nobody is there to say which is right; what it says for long enough is taken."""
    watch = clocks(1.0)
    run(watch, 0.0, 60.0, {})
    assert run(watch, 60.0, 120.0, {0: error_s})[0][-1] == BELIEVED
    assert watch.now_s == pytest.approx(119.0 + error_s)
    assert run(watch, 120.0, 180.0, {})[0][-1] == BELIEVED
    assert watch.now_s == pytest.approx(179.0)


def test_late_reports_among_timely_ones_set_no_clock_back():
    watch = clocks(1.0)
    verdicts = []
    for t in range(100):
        watch.hear(0, float(t))
        verdicts.append(watch.hear(0, t - 20.0))
    assert set(verdicts[30:]) == {TOO_LATE}
    assert watch.now_s == 99.0
    assert watch.said == []


def test_a_sensor_that_starts_with_a_wrong_clock_is_outvoted_by_two():
    watch = clocks(1.0, 1.0, 1.0)
    verdicts = run(watch, 0.0, 60.0, {0: HOUR_S})
    assert SET_BACK in verdicts[1] + verdicts[2]
    assert set(verdicts[1][3:]) == set(verdicts[2][3:]) == {BELIEVED}
    assert set(verdicts[0][10:]) == {REFUSED}
    assert watch.now_s < 60.0
    assert (WRONG, 0) in watch.said


def test_a_sensor_that_starts_with_a_wrong_clock_gives_way_to_the_first_tick():
    watch = clocks(1.0, 1.0)
    watch.hear(0, HOUR_S)
    assert watch.tick(0.5) == SET_BACK
    assert watch.tick(1.0) == BELIEVED
    assert watch.hear(0, HOUR_S + 1.0) == REFUSED
    assert watch.hear(1, 1.1) == BELIEVED
    assert watch.now_s == 1.1


def creep(watch: Clocks, rate: float) -> list[bool]:
    """Sensor 0 gains `rate` seconds each second; whether each of its reports was believed."""
    believed = []
    for t in range(400):
        believed.append(watch.hear(0, t * (1.0 + rate)) in (BELIEVED, SET_BACK))
        for other in range(1, len(watch.sensors)):
            watch.hear(other, t + 0.1 * other)
    return believed


@pytest.mark.parametrize("rate", [0.05, -0.05])
def test_a_clock_that_creeps_away_from_two_others_is_told_and_left_out(rate):
    watch = clocks(1.0, 1.0, 1.0)
    believed = creep(watch, rate)
    assert all(believed[:90])
    assert not any(believed[160:])
    assert watch.said == [(WRONG, 0)]


def test_of_two_clocks_that_creep_apart_the_one_behind_is_left_out():
    """Two cannot tell which is right; reports of the past cannot be used, those of the present can."""
    watch = clocks(1.0, 1.0)
    believed = creep(watch, -0.05)
    assert not any(believed[160:])
    assert watch.said == [(WRONG, 0)]


def test_with_ticks_one_clock_that_creeps_ahead_is_told():
    watch = clocks(1.0)
    believed = []
    for t in range(400):
        watch.tick(float(t))
        believed.append(watch.hear(0, 1.05 * t) == BELIEVED)
    assert all(believed[:90])
    assert not any(believed[160:])
    assert watch.now_s < 405.0 + LATE_LIMIT_S
    assert watch.said == [(WRONG, 0)]
