"""Whatever is said and whatever flies: nothing is fired that no person consented to, nor at anything but a hostile."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sangar.core.actions import ACTION, ActionKind
from sangar.core.effectors import USED, EngagementState
from sangar.core.events import EventKind
from sangar.core.targets import StandardIdentity, TrackStatus
from sangar.engagement.kernels.engage import engage
from sangar.engagement.settings import EngagementSettings
from tests.unit.engagement.hand_made_world import drop_track, hold_as, make_world, put_track, take_events, threaten

TRACKS = 3
PARAMETERS = EngagementSettings().parameters()


class EngagementMachine(RuleBasedStateMachine):
    """A site with two effectors, three tracks, and people and machines who may say anything."""

    @initialize()
    def begin(self):
        self.world = make_world(effectors=2, ledger=12)
        self.now_s = 0.0
        self.said = []
        self.consented = set()  # by this test's own book-keeping
        self.fired = set()
        self.put(0, StandardIdentity.HOSTILE, 2500.0, -45.0, 0.9)
        self.put(1, StandardIdentity.HOSTILE, 2000.0, 20.0, 0.9)
        self.step(1.0)

    @rule(
        i=st.integers(0, TRACKS - 1),
        identity=st.sampled_from([StandardIdentity.HOSTILE] * 6 + list(StandardIdentity)),
        east_m=st.floats(600.0, 2800.0),
        speed_mps=st.floats(-60.0, 60.0),
        harm=st.sampled_from([0.9, 0.9, 0.3, 0.1]),
    )
    def put(self, i, identity, east_m, speed_mps, harm):
        put_track(self.world, i, [east_m, 40.0 * i, 300.0, speed_mps, 0.0, 0.0], self.now_s)
        hold_as(self.world, i, identity)
        threaten(self.world, i, 0, harm, self.now_s + 30.0 + i)

    @rule(i=st.integers(0, TRACKS - 1))
    def drop(self, i):
        drop_track(self.world, i)

    @rule(
        kind=st.sampled_from(ActionKind) | st.just(ActionKind.CONSENT),
        engagement=st.integers(-1, 12),
        person=st.integers(-1, 3),
        track=st.integers(0, TRACKS),
        time_s=st.floats(-10.0, 300.0) | st.just(np.nan),
    )
    def say(self, kind, engagement, person, track, time_s):
        action = np.zeros(1, ACTION)[0]
        action["kind"], action["engagement"], action["person"] = kind, engagement, person
        action["track"], action["time_s"] = track, time_s
        self.said.append(action)

    @rule(
        person=st.integers(-1, 2),
        back=st.integers(1, 2),
        kind=st.sampled_from([ActionKind.CONSENT] * 3 + [ActionKind.REFUSE]),
        elapsed_s=st.floats(1.0, 4.0),
    )
    def decide(self, person, back, kind, elapsed_s):
        self.say(kind, int(self.world.engagements.counters[USED]) - back, person, 0, np.nan)
        self.step(elapsed_s)

    @rule(elapsed_s=st.floats(0.5, 4.0))
    def step(self, elapsed_s):
        world = self.world
        self.now_s += elapsed_s
        for action in self.said:
            if action["kind"] == ActionKind.CONSENT and action["person"] >= 1:
                self.consented.add(int(action["engagement"]))
        actions = np.array(self.said, ACTION)
        self.said = []
        engage(
            world.tracks, world.identities, world.assessments, world.areas, world.effectors, world.engagements,
            actions, self.now_s, PARAMETERS, world.outputs,
        )  # fmt: skip
        for event in take_events(world):
            if event["kind"] == EventKind.ENGAGEMENT_FIRED:
                self.check_shot(event)

    def check_shot(self, event):
        assert int(event["engagement"]) in self.consented
        assert int(event["engagement"]) not in self.fired
        self.fired.add(int(event["engagement"]))
        held = self.world.identities[self.world.identities["track"] == event["track"]]
        assert list(held["identity"]) == [StandardIdentity.HOSTILE]
        alive = self.world.tracks.rows[self.world.tracks.rows["id"] == event["track"]]
        assert list(alive["status"]) == [TrackStatus.CONFIRMED]

    @invariant()
    def every_fired_row_was_decided_by_a_person_before(self):
        rows = self.world.engagements.rows[: self.world.engagements.counters[USED]]
        shot = rows[np.isfinite(rows["fired_s"])]
        assert (shot["decided_by"] >= 1).all()
        assert (shot["decided_s"] <= shot["fired_s"]).all()
        assert (shot["proposed_s"] <= shot["decided_s"]).all()

    @invariant()
    def rounds_and_shots_agree(self):
        rows = self.world.engagements.rows[: self.world.engagements.counters[USED]]
        assert self.world.effectors["rounds"].sum() + np.isfinite(rows["fired_s"]).sum() == 10

    @invariant()
    def no_track_has_two_engagements_under_way(self):
        rows = self.world.engagements.rows[: self.world.engagements.counters[USED]]
        live = rows[(rows["state"] >= EngagementState.PROPOSED) & (rows["state"] <= EngagementState.FIRED)]
        assert len(set(live["track"])) == len(live)


EngagementMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestNothingIsFiredWithoutConsent = EngagementMachine.TestCase
