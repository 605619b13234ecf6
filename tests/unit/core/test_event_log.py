"""The event log in compiled code: blank records, in order, and a full log that says so."""

import numpy as np
import pytest

from sangar.core.events import EVENT, EVENTS, IMPACTS, OVERFLOW, UPDATES, EventKind, allocate_outputs
from sangar.core.kernels.event_log import new_event

NOT_BLANK = ("kind", "time_s", "track")
COUNTS = [name for name in EVENT.names or () if EVENT[name].kind == "i" and name not in NOT_BLANK]
NUMBERS = [name for name in EVENT.names or () if EVENT[name].kind == "f" and name not in NOT_BLANK]


def test_a_new_event_tells_what_when_and_whose_and_nothing_else():
    outputs = allocate_outputs(2, 0, 0)
    outputs.events.view(np.uint8)[:] = 0x7F  # what an earlier batch left behind
    index = new_event(outputs, int(EventKind.TRACK_CONFIRMED), 12.5, 7)
    event = outputs.events[index]
    assert (event["kind"], event["time_s"], event["track"]) == (EventKind.TRACK_CONFIRMED, 12.5, 7)
    assert {name: int(event[name]) for name in COUNTS} == dict.fromkeys(COUNTS, -1)
    assert all(np.isnan(event[name]) for name in NUMBERS)


def test_events_stand_in_the_order_they_were_said():
    outputs = allocate_outputs(5, 0, 0)
    assert [new_event(outputs, 0, float(k), k + 1) for k in range(5)] == [0, 1, 2, 3, 4]
    assert outputs.events["track"].tolist() == [1, 2, 3, 4, 5]
    assert outputs.written.tolist() == [5, 0, 0, 0]


@pytest.mark.parametrize("capacity", [0, 1, 3])
def test_a_full_log_counts_what_found_no_room_and_keeps_what_it_has(capacity):
    outputs = allocate_outputs(capacity, 4, 4)
    answers = [new_event(outputs, 1, float(k), k + 1) for k in range(capacity + 3)]
    assert answers == [*range(capacity), -1, -1, -1]
    assert outputs.events["track"].tolist() == list(range(1, capacity + 1))
    assert outputs.written[[EVENTS, UPDATES, IMPACTS, OVERFLOW]].tolist() == [capacity, 0, 0, 3]


def test_an_emptied_log_is_filled_from_the_start():
    outputs = allocate_outputs(1, 0, 0)
    new_event(outputs, 1, 0.0, 1)
    outputs.written[:] = 0
    assert new_event(outputs, 2, 1.0, 9) == 0
    assert outputs.events["track"].tolist() == [9]


def test_kinds_are_numbered_without_a_gap():
    assert sorted(EventKind) == list(range(len(EventKind)))
