"""Turning or moving the whole world changes no identity, no warning and no engagement."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sangar.core.actions import ACTION, NO_ACTIONS, ActionKind
from sangar.core.areas import AreaKind
from sangar.core.targets import StandardIdentity
from sangar.engagement.kernels.engage import engage
from sangar.engagement.settings import EngagementSettings
from sangar.identification.kernels.identify import identify
from sangar.identification.settings import IdentificationSettings
from sangar.warning.kernels.judgement import hold_judgements
from sangar.warning.settings import WarningSettings
from tests.unit.engagement.hand_made_world import (
    Square,
    hold_as,
    make_world,
    put_track,
    take_events,
    threaten,
    turned,
    warn_at,
)

IDENTIFICATION = IdentificationSettings().parameters()
WARNING = WarningSettings().parameters()
ENGAGEMENT = EngagementSettings().parameters()
SQUARES = (
    Square(half_m=300.0),
    Square(half_m=1000.0, kind=AreaKind.PERIMETER),
    Square(east_m=-3000.0, half_m=700.0, kind=AreaKind.CORRIDOR),
)

# Crooked numbers: a track exactly on an edge, or exactly parallel to one, may rightly fall on either side of a rule.
places_m = st.integers(-400, 400).map(lambda k: 9.73 * k + 0.317)
speeds_mps = st.integers(-60, 60).map(lambda k: 0.971 * k + 0.0131)
tracks = st.tuples(places_m, places_m, st.floats(30.0, 900.0), speeds_mps, speeds_mps, st.floats(-3.0, 3.0))


def decide(world, time_s):
    """One step of the three stages, with consent to whatever stands in the ledger's first rows; what was decided."""
    consent = np.zeros(2, ACTION)
    consent["kind"], consent["engagement"], consent["person"], consent["time_s"] = ActionKind.CONSENT, [0, 1], 7, time_s
    actions = consent if time_s > 1.0 else NO_ACTIONS
    identify(world.tracks, world.identities, world.areas, world.rules, time_s, IDENTIFICATION, world.outputs)
    hold_judgements(world.tracks, world.identities, world.areas, NO_ACTIONS, time_s, WARNING, world.outputs)
    warn_at(world, time_s, WARNING)
    engage(
        world.tracks, world.identities, world.assessments, world.areas, world.effectors, world.engagements, actions,
        time_s, ENGAGEMENT, world.outputs,
    )  # fmt: skip
    told = ["kind", "track", "area", "engagement", "effector", "old", "new"]
    return take_events(world)[told].tolist()


@settings(max_examples=60)
@given(st.lists(tracks, min_size=1, max_size=4), st.floats(-np.pi, np.pi), places_m, places_m, st.floats(0.0, 1.0))
def test_turning_and_moving_the_world_changes_no_decision(states, angle_rad, east_m, north_m, harm):
    here = make_world(SQUARES, effectors=2)
    here.effectors[1]["position_m"] = [400.0, 200.0, 0.0]
    here.effectors[1]["sector_from_rad"], here.effectors[1]["sector_to_rad"] = 0.3, 3.0
    there = turned(here, angle_rad, (east_m, north_m))
    for time_s in (0.0, 3.0, 9.0, 12.0):
        for i, state in enumerate(states):
            moved = np.array(state)
            moved[:3] += np.array(state[3:]) * time_s
            put_track(here, i, moved.tolist(), time_s)
            threaten(here, i, 0, harm, time_s + 20.0)
            threaten(there, i, 0, harm, time_s + 20.0)
        image = turned(here, angle_rad, (east_m, north_m))
        there.tracks.rows[:] = image.tracks.rows
        there.tracks.counters[:] = image.tracks.counters
        there.assessments.rows[:] = here.assessments.rows
        if time_s == 0.0:
            for world in (here, there):
                hold_as(world, 0, StandardIdentity.FRIEND, set_by=7)
        assert decide(there, time_s) == decide(here, time_s)
