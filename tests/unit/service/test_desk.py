"""The standing policy's desk: every consent on time, once, and never under a person's name."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sangar.core.actions import STANDING_POLICY, ActionKind
from sangar.core.events import EVENT, EventKind
from sangar.service.desk import StandingPolicyDesk


def proposals(*told: tuple[float, int]) -> np.ndarray:
    events = np.zeros(len(told), EVENT)
    events["kind"] = EventKind.ENGAGEMENT_PROPOSED
    events["time_s"] = [time_s for time_s, _ in told]
    events["engagement"] = [engagement for _, engagement in told]
    events["track"] = 7
    return events


def test_consent_comes_after_the_stated_time_and_under_the_policys_number():
    desk = StandingPolicyDesk(3.0)
    desk.observe(proposals((10.0, 4)))
    assert len(desk.actions_due(12.999)) == 0
    (action,) = desk.actions_due(13.0)
    assert action["kind"] == ActionKind.CONSENT
    assert (action["time_s"], action["engagement"], action["track"]) == (13.0, 4, 7)
    assert action["person"] == STANDING_POLICY
    assert len(desk.actions_due(99.0)) == 0


def test_other_events_are_no_proposals():
    desk = StandingPolicyDesk(0.0)
    events = proposals((1.0, 0))
    events["kind"] = EventKind.ENGAGEMENT_FIRED
    desk.observe(events)
    assert len(desk.actions_due(99.0)) == 0


@given(st.lists(st.floats(0.0, 50.0), max_size=12), st.lists(st.floats(0.0, 80.0), max_size=6), st.floats(0.0, 9.0))
def test_every_proposal_is_decided_exactly_once_whatever_the_moments_of_asking(told_s, asked_s, decision_s):
    desk = StandingPolicyDesk(decision_s)
    desk.observe(proposals(*[(time_s, number) for number, time_s in enumerate(told_s)]))
    taken = []
    for time_s in [*sorted(asked_s), 1000.0]:
        actions = desk.actions_due(time_s)
        assert np.all(actions["time_s"] <= time_s)
        assert np.all(np.diff(actions["time_s"]) >= 0.0)
        taken += actions["engagement"].tolist()
    assert sorted(taken) == list(range(len(told_s)))
