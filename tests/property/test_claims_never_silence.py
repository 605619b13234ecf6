"""A claim of friendship never lowers a warning below what the track alone would give, less the trust the site states.

Two runs of the same looks, one with claims laid over the bodies and one without. At every second the threat to the
zone with claims is at least what the tracks weigh without, none taken for less harmless than the site states of what a
rule may call harmless. What is thrown, what is HOSTILE by itself before a claim fits it, and what heads in low
for longer than `trust_hold_s`, loses nothing at all.
"""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sangar.core.claims import ClaimedCategory
from sangar.core.detections import DETECTION
from sangar.core.targets import StandardIdentity, TrackStatus, ZoneState
from sangar.pipeline.pipeline import Pipeline
from sangar.pipeline.ports import Batch
from sangar.warning.kernels.threat import weigh
from tests.claim_scenes import ADS_B, OWN_FLIGHT, RADAR, REMOTE_ID, Claim, report, site_of, straight
from tests.unit.tracking.sightings import sighted

SITE = site_of()
STATED = SITE.policy.warning
PARAMETERS = STATED.parameters()
HOSTILE, VOUCHED = StandardIdentity.HOSTILE, (StandardIdentity.ASSUMED_FRIEND, StandardIdentity.NEUTRAL)
LEAST = min(STATED.assumed_friend_hostility, STATED.neutral_hostility)
SECONDS = 45
GRAVITY_MPS2 = 9.81
ROUNDING = 1e-9


def thrown(time_s):
    """A bomb that falls near the camp after 40 s."""
    up_m = 200.0 * time_s - 0.5 * GRAVITY_MPS2 * time_s * time_s
    if up_m < 0.0 and time_s > 1.0:
        return None
    return [2600.0 - 62.0 * time_s, 300.0, up_m, -62.0, 0.0, 200.0 - GRAVITY_MPS2 * time_s]


def beside(path, aside_m, drift_mps):
    """Where somebody says to be who follows a path to one side of it, or drifts off; nothing once it has ended."""
    offset = np.array([aside_m, aside_m, 0.0, drift_mps, drift_mps, 0.0])

    def says(time_s):
        state = path(time_s)
        return (
            None
            if state is None
            else np.add(state, offset) + time_s * np.array([drift_mps, drift_mps, 0.0, 0.0, 0.0, 0.0])
        )

    return says


bodies = st.one_of(
    st.just(thrown),
    st.builds(
        lambda east, north, up, speed, off: straight(
            [east, north, up],
            [
                -speed * np.cos(np.arctan2(north, east) + off),
                -speed * np.sin(np.arctan2(north, east) + off),
                0.0,
            ],
        ),
        st.floats(900.0, 5000.0), st.floats(-3000.0, 3000.0), st.floats(60.0, 900.0), st.floats(8.0, 90.0),
        st.floats(-1.2, 1.2),
    ),
)  # fmt: skip
claimants = st.tuples(
    st.sampled_from([REMOTE_ID, ADS_B, OWN_FLIGHT]),
    st.sampled_from(list(ClaimedCategory)),
    st.floats(-60.0, 60.0),
    st.sampled_from([0.0, 0.0, 15.0]),
)


def of_one(world, i, time_s):
    """(Weight for the zone, probability of harm there, identity) of the track of row `i`."""
    track, belief, assessment = world.tracks.rows[i], world.identities[i], world.assessments.rows[i]
    threat, areas = world.assessments.threats[i, 0], world.areas
    weight, *_ = weigh(track, belief, assessment, threat, areas.rows[0], areas.vertex_m, time_s, PARAMETERS)
    harm = float(threat["harm"]) if assessment["track"] == track["id"] else 0.0
    return weight, harm, int(belief["identity"])


def run(flights, claims, seed):
    """Per second: the zone's threat, its state, and (weight, harm, identity) there of each track, by its id."""
    generator, pipeline, seconds = np.random.default_rng(seed), Pipeline(SITE, track_capacity=16), []
    for second in range(SECONDS):
        time_s = float(second)
        states = np.array([s for path in flights if (s := path(time_s)) is not None], np.float64).reshape(-1, 6)
        for claim in claims:
            said = report(claim, time_s)
            pipeline.step(Batch(time_s, claim.source, np.zeros(0, DETECTION), said))
        pipeline.step(Batch(time_s, RADAR, sighted(states, time_s, generator)))
        world = pipeline.world
        living = np.flatnonzero(world.tracks.rows["status"] >= TrackStatus.CONFIRMED)
        could = {int(world.tracks.rows[i]["id"]): of_one(world, i, time_s) for i in living}
        zone = world.zones[0]
        seconds.append((float(zone["harm"]), ZoneState(zone["state"]), could))
    return seconds


def least_threats(claimed, alone):
    """Per second, what all tracks must weigh together in spite of claims, and those nobody may have vouched for.

    A track weighs as it does alone unless a claim has vouched for it before it was HOSTILE by itself; then as little as
    the site trusts claims, and once that is over as much as a suspect at most, for its suspicion began later.
    """
    vouched: set[int] = set()
    hostile: set[int] = set()
    seconds = []
    for (_, _, said), (_, _, alone_now) in zip(claimed, alone, strict=True):
        assert said.keys() == alone_now.keys()
        hostile = {track for track in hostile if track in alone_now and alone_now[track][2] == HOSTILE}
        vouched |= {track for track in said if said[track][2] in VOUCHED} - hostile
        hostile |= {track for track in alone_now if alone_now[track][2] == HOSTILE} - vouched
        spared = 1.0
        for track, (weight, harm, _) in alone_now.items():
            trusted = LEAST if said[track][2] in VOUCHED else STATED.suspect_hostility
            spared *= 1.0 - (min(weight, trusted * harm) if track in vouched else weight)
        seconds.append((1.0 - spared, any(alone_now[track][1] > 0.5 for track in hostile)))
    return seconds


@settings(max_examples=40, deadline=None)
# a suspect that an own flight vouches for seconds before it would be hostile, beside one that is thrown
@example([thrown, straight([900.0, 0.0, 151.0], [-30.0, 0.0, 0.0])], [
    (ADS_B, ClaimedCategory.NOT_TOLD, 59.0, 15.0), (OWN_FLIGHT, ClaimedCategory.SURFACE, 60.0, 0.0),
], 0)  # fmt: skip
@given(st.lists(bodies, min_size=1, max_size=3), st.lists(claimants, min_size=1, max_size=3), st.integers(0, 99))
def test_no_claim_lowers_a_warning_by_more_than_the_trust_the_site_states(flights, said, seed):
    claims = [
        Claim(source, beside(path, aside_m, drift_mps), k + 1, category)
        for k, (path, (source, category, aside_m, drift_mps)) in enumerate(zip(flights, said, strict=False))
    ]
    claimed, alone = run(flights, claims, seed), run(flights, [], seed)
    for (least, is_hostile), (threat, state, _), (_, bare_state, _) in zip(
        least_threats(claimed, alone), claimed, alone, strict=True
    ):
        assert threat >= least - ROUNDING
        if is_hostile:
            assert state >= min(bare_state, ZoneState.WARNING)


def test_after_the_hold_a_trusted_body_that_heads_in_low_weighs_as_if_nobody_had_claimed_it():
    path = straight([1700.0, 0.0, 100.0], [-9.0, 0.0, 0.0])
    for source, category in ((OWN_FLIGHT, ClaimedCategory.UNMANNED), (ADS_B, ClaimedCategory.LIGHT)):
        claimed = run([path], [Claim(source, path, 1, category)], 3)
        alone = run([path], [], 3)
        assert claimed[-1][1] >= ZoneState.WARNING
        assert claimed[-1][0] >= min(alone[-1][0], PARAMETERS.warning_probability) - ROUNDING
