"""Claims of cooperative sources against what a radar sees: identities, events and evidence, scene by scene.

Radar looks and claims are simulated here; recorded claims stand in tests/validation.
"""

import numpy as np
import pytest

from sangar.core.claims import HEARD_COUNT, REPLACED_COUNT, UNUSABLE_COUNT, ClaimedCategory, ClaimState, Misfit
from sangar.core.detections import DETECTION
from sangar.core.events import EventKind
from sangar.core.targets import StandardIdentity, ZoneState
from sangar.core.track_reports import TRACK_REPORT, ReportStatus
from sangar.core.tracks import TRACK
from sangar.pipeline.pipeline import Pipeline
from sangar.pipeline.ports import Batch
from sangar.report.whose import reasons_whose
from sangar.report.wording import sentence
from sangar.report.words import names_of
from tests.claim_scenes import ADS_B, OWN_FLIGHT, RADAR, REMOTE_ID, SITE, Claim, play, report, site_of, straight

UNKNOWN, FRIENDLY, NEUTRAL = StandardIdentity.UNKNOWN, StandardIdentity.ASSUMED_FRIEND, StandardIdentity.NEUTRAL
SUSPECT, HOSTILE = StandardIdentity.SUSPECT, StandardIdentity.HOSTILE
MATCHED, WITHOUT_BODY, LEFT = ClaimState.MATCHED, ClaimState.WITHOUT_BODY, ClaimState.LEFT
CONTRADICTED, IMPLAUSIBLE, SHARED = ClaimState.CONTRADICTED, ClaimState.IMPLAUSIBLE, ClaimState.SHARED
BROKEN = (WITHOUT_BODY, LEFT, CONTRADICTED, IMPLAUSIBLE, SHARED)
LARGE, UNMANNED = ClaimedCategory.LARGE, ClaimedCategory.UNMANNED

AIRLINER = straight([-20_000.0, 9000.0, 9000.0], [220.0, 0.0, 0.0])
PASSING_DRONE = straight([3000.0, 2500.0, 150.0], [-18.0, 0.0, 0.0])
INBOUND_DRONE = straight([4000.0, 0.0, 150.0], [-40.0, 0.0, 0.0])
WORDS = names_of(site_of(), None)


def sentences(told):
    return [sentence(event, WORDS) for event in told.events if event["kind"] == EventKind.CLAIM_CHANGED]


def whose(told, track=1):
    belief = next(row for row in told.world.identities if row["track"] == track)
    return reasons_whose(belief, WORDS)


def none_of(told, *states):
    return all(not told.claim_events(state) for state in states)


@pytest.mark.parametrize("late_s", [0.0, 0.7, 3.0])
def test_an_airliner_that_flies_as_it_says_becomes_neutral(late_s):
    told = play([AIRLINER], [Claim(ADS_B, AIRLINER, category=LARGE, late_s=late_s)], 60)
    assert told.first_s(MATCHED) <= 12.0
    assert none_of(told, *BROKEN)
    assert told.last(1) == NEUTRAL
    assert whose(told)[0].endswith("by the rule 'aircraft that flies as its transponder says', on trust")
    assert "flies as the claim 4bb853 of adsb-1 says, since 00:0" in whose(told)[1]


def hidden(path, from_s, until_s):
    return lambda time_s: None if from_s <= time_s < until_s else path(time_s)


def seen_again(told, after_s):
    kinds = (EventKind.TRACK_CONFIRMED, EventKind.TRACK_REACQUIRED)
    return min(e["time_s"] for e in told.events if e["kind"] in kinds and e["time_s"] > after_s)


def test_a_body_lost_from_sight_has_its_claim_again_at_the_second_report():
    told = play([hidden(AIRLINER, 40.0, 52.0)], [Claim(ADS_B, AIRLINER, category=LARGE)], 80)
    first, second = (float(event["time_s"]) for event in told.claim_events(MATCHED))
    assert first - seen_again(told, 0.0) > 2.0
    assert second - seen_again(told, 45.0) <= 1.5
    assert none_of(told, *BROKEN)


def test_a_claim_that_was_without_a_body_meanwhile_is_compared_anew():
    told = play([hidden(AIRLINER, 40.0, 75.0)], [Claim(ADS_B, AIRLINER, category=LARGE)], 95)
    assert 40.0 < told.first_s(WITHOUT_BODY) < 75.0
    _, second = (float(event["time_s"]) for event in told.claim_events(MATCHED))
    assert second - seen_again(told, 70.0) > 2.0


def test_an_own_drone_that_flies_as_the_registry_says_is_assumed_friend_at_most():
    told = play([PASSING_DRONE], [Claim(OWN_FLIGHT, PASSING_DRONE, number=7, category=UNMANNED)], 60)
    assert told.last(1) == FRIENDLY
    assert StandardIdentity.FRIEND not in told.ever(1)
    assert sentences(told)[0].startswith("Track 1 flies as the claim 7 of registry says, ")


def test_a_remote_id_that_fits_is_evidence_and_changes_no_identity():
    claimed = play([PASSING_DRONE], [Claim(REMOTE_ID, PASSING_DRONE, category=UNMANNED)], 60)
    alone = play([PASSING_DRONE], [], 60)
    assert claimed.first_s(MATCHED) <= 10.0
    assert claimed.identities == alone.identities
    assert "flies as the claim 4bb853 of rid-1 says" in whose(claimed)[1]


def test_a_claim_makes_feeds_and_corrects_no_track():
    aside = straight([3040.0, 2500.0, 150.0], [-15.0, 0.0, 0.0])
    claims = [Claim(source, aside, number=source) for source in (REMOTE_ID, ADS_B, OWN_FLIGHT)]
    claimed, alone = play([PASSING_DRONE], claims, 40), play([PASSING_DRONE], [], 40)
    for field in ("time_s", "track", "status", "mean", "covariance", "existence", "posterior"):
        assert claimed.updates[field].tobytes() == alone.updates[field].tobytes()
    rows, others = claimed.world.tracks.rows, alone.world.tracks.rows
    assert all(rows[field].tobytes() == others[field].tobytes() for field in TRACK.names or ())


def test_a_claim_without_a_body_is_told_and_makes_nothing():
    told = play([], [Claim(ADS_B, AIRLINER, category=LARGE)], 60)
    assert 15.0 <= told.first_s(WITHOUT_BODY) <= 25.0
    assert len(told.updates) == 0
    assert [second for second in told.identities if second] == []
    assert "has NO BODY: nothing is seen" in sentences(told)[0]
    assert not [event for event in told.events if event["kind"] == EventKind.ZONE_CHANGED]


def test_nothing_is_concluded_where_the_radar_does_not_look():
    outside = straight([-70_000.0, 0.0, 9000.0], [-220.0, 0.0, 0.0])
    below = straight([-30_000.0, 0.0, -2000.0], [50.0, 0.0, 0.0])
    on_the_ground = Claim(ADS_B, straight([3000.0, 0.0, 100.0], [0.0, 0.0, 0.0]), 3, ClaimedCategory.SURFACE)
    assert none_of(play([], [Claim(ADS_B, outside), Claim(ADS_B, below, 2), on_the_ground], 60), *BROKEN, MATCHED)


def test_nothing_is_concluded_from_a_radar_that_is_silent():
    pipeline, nothing = Pipeline(site_of(), track_capacity=8), np.zeros(0, DETECTION)
    pipeline.step(Batch(0.0, RADAR, nothing))
    events = []
    for second in range(8, 90):
        said = report(Claim(ADS_B, AIRLINER), float(second))
        events += [*pipeline.step(Batch(float(second), ADS_B, nothing, said)).events]
    assert [event["new"] for event in events if event["kind"] == EventKind.SENSOR_SILENT] == [RADAR]
    assert not [event for event in events if event["kind"] == EventKind.CLAIM_CHANGED]


def test_a_ghost_laid_over_a_hostile_makes_it_no_better():
    told = play([INBOUND_DRONE], [Claim(ADS_B, INBOUND_DRONE, category=LARGE)], 80)
    alone = play([INBOUND_DRONE], [], 80)
    assert told.ever(1) <= {StandardIdentity.PENDING, SUSPECT, HOSTILE}
    assert told.last(1) == HOSTILE
    assert told.first_s(CONTRADICTED) < 60.0
    assert "Track 1 is NOT WHAT IT CLAIMS" in " ".join(sentences(told))
    assert "is no such body as the claim 4bb853 of adsb-1 says" in whose(told)[1]
    warned, unclaimed = (
        [(e["time_s"], e["new"]) for e in one.events if e["kind"] == EventKind.ZONE_CHANGED] for one in (told, alone)
    )
    assert warned == unclaimed


def test_a_ghost_over_a_slow_body_that_does_not_head_in_is_suspected():
    slow = straight([3000.0, 2500.0, 150.0], [-25.0, 8.0, 0.0])
    told = play([slow], [Claim(ADS_B, slow, category=LARGE)], 60)
    assert told.claim_events(CONTRADICTED)
    assert NEUTRAL not in told.ever(1)
    assert told.last(1) == SUSPECT


def turning_away(time_s):
    """Flies west and after 40 s south."""
    if time_s < 40.0:
        return [4000.0 - 20.0 * time_s, 2500.0, 150.0, -20.0, 0.0, 0.0]
    return [3200.0, 2500.0 - 20.0 * (time_s - 40.0), 150.0, 0.0, -20.0, 0.0]


def test_a_body_that_leaves_its_claim_is_suspected_and_stays_so():
    on = straight([4000.0, 2500.0, 150.0], [-20.0, 0.0, 0.0])
    told = play([turning_away], [Claim(OWN_FLIGHT, on, number=7, category=UNMANNED)], 100)
    assert 40.0 < told.first_s(LEFT) < 60.0
    assert FRIENDLY in told.ever(1)
    assert told.last(1) in (SUSPECT, HOSTILE)
    assert "Track 1 LEFT its claim" in " ".join(sentences(told))
    assert told.first_s(WITHOUT_BODY) > told.first_s(LEFT)
    assert "no longer flies as the claim 7 of registry says" in whose(told)[1]


def jumping(time_s, away_s=30.0, back_s=np.inf):
    """East at 8 m/s, 20 km off between two times."""
    aside_m = 20_000.0 if away_s <= time_s < back_s else 0.0
    return [2500.0 + 8.0 * time_s + aside_m, 2500.0, 100.0, 8.0, 0.0, 0.0]


WALKING = straight([2500.0, 2500.0, 100.0], [8.0, 0.0, 0.0])


def test_a_remote_id_that_jumps_20_km_is_not_believed():
    told = play([WALKING], [Claim(REMOTE_ID, jumping, category=UNMANNED)], 60)
    (event,) = told.claim_events(IMPLAUSIBLE)
    assert (event["time_s"], event["engagement"], event["track"]) == (pytest.approx(31.5, abs=1.1), Misfit.JUMP, 1)
    assert told.last(1) == SUSPECT
    assert "CANNOT BE: it jumps. Track 1 flew by it." in sentences(told)[-1]
    assert "flew by the claim 4bb853 of rid-1, which cannot be" in whose(told)[1]


def test_one_slip_is_forgiven():
    told = play([WALKING], [Claim(REMOTE_ID, lambda t: jumping(t, 30.0, 31.0), category=UNMANNED)], 60)
    assert none_of(told, *BROKEN)
    assert told.claim_events(MATCHED)


def frozen(time_s):
    """Stands still after 20 s, but says it flies on."""
    return [2500.0 + 25.0 * min(time_s, 20.0), 2500.0, 100.0, 25.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("path", "misfit"),
    [
        (frozen, Misfit.OTHERWISE),
        (straight([-9000.0, 2500.0, 3000.0], [600.0, 0.0, 0.0]), Misfit.SPEED),
        (lambda t: [2500.0 + 60.0 * t, 2500.0, 100.0, 5.0, 0.0, 0.0], Misfit.OTHERWISE),
    ],
)
def test_what_cannot_be_is_implausible(path, misfit):
    told = play([], [Claim(ADS_B, path)], 60)
    assert [event["engagement"] for event in told.claim_events(IMPLAUSIBLE)][:1] == [misfit]


def silent_a_while(time_s):
    """East at 30 m/s; nothing is said for 50 s, in which it flew 900 m further than straight on."""
    if 20.0 < time_s < 70.0:
        return None
    return [2500.0 + 30.0 * time_s + 900.0 * (time_s >= 70.0), 2500.0, 100.0, 30.0, 0.0, 0.0]


def test_who_was_silent_for_long_may_be_anywhere_he_can_have_flown():
    assert none_of(play([], [Claim(REMOTE_ID, silent_a_while)], 100), IMPLAUSIBLE)


def test_who_goes_back_in_time_is_implausible_and_who_is_a_little_out_of_order_is_not():
    pipeline, nothing = Pipeline(site_of(), track_capacity=8), np.zeros(0, DETECTION)
    events = []
    for second in range(60):
        pipeline.step(Batch(float(second), RADAR, nothing))
        back_s = {30: 20.0, 32: 22.0, 34: 24.0}.get(second, 0.5 * (second % 2))
        for number, late_s in ((1, back_s), (2, 1.5 * (second % 2))):
            said = report(Claim(ADS_B, AIRLINER, number, late_s=late_s), second + 0.5)
            events += [*pipeline.step(Batch(second + 0.5, ADS_B, nothing, said)).events]
    told = [e for e in events if e["kind"] == EventKind.CLAIM_CHANGED and e["new"] == IMPLAUSIBLE]
    assert [(event["row"], event["engagement"]) for event in told] == [(1, Misfit.TIME)]


FRIEND, BEHIND = straight([6000.0, 0.0, 200.0], [-25.0, 0.0, 0.0]), straight([6300.0, 40.0, 200.0], [-25.0, 0.0, 0.0])
RETURNING = Claim(OWN_FLIGHT, FRIEND, number=3, category=UNMANNED)


def test_tower_22_a_second_body_behind_a_returning_friend_is_suspected_and_the_zone_warned():
    told = play([FRIEND, BEHIND], [RETURNING], 230)
    friend = 1 if FRIENDLY in told.ever(1) else 2
    hostile = 3 - friend
    assert FRIENDLY in told.ever(friend)
    assert FRIENDLY not in told.ever(hostile)
    (event,) = told.claim_events(SHARED)
    assert (event["track"], event["time_s"] < 30.0) == (hostile, True)
    assert told.last(hostile) in (SUSPECT, HOSTILE)
    warned_s = [
        e["time_s"] for e in told.events if e["kind"] == EventKind.ZONE_CHANGED and e["new"] >= ZoneState.WARNING
    ]
    assert warned_s[0] < 6000.0 / 25.0 - 20.0


def test_the_friend_alone_is_trusted_until_it_comes_low_to_the_zone_then_a_person_must_say():
    told = play([FRIEND], [RETURNING], 230)
    asked = [event for event in told.events if event["kind"] == EventKind.JUDGEMENT_EXPIRED]
    assert told.last(1) == FRIENDLY
    assert [(event["track"], event["old"], event["new"]) for event in asked] == [(1, FRIENDLY, 0)]
    assert (6000.0 - 300.0 - 1500.0) / 25.0 < asked[0]["time_s"] < (6000.0 - 300.0) / 25.0
    assert "judged ASSUMED FRIEND by the rules, heads for Camp" in sentence(asked[0], WORDS)


def test_two_friends_together_with_a_claim_each_are_no_second_body():
    second = Claim(OWN_FLIGHT, BEHIND, number=4, category=UNMANNED)
    told = play([FRIEND, BEHIND], [RETURNING, second], 60)
    assert none_of(told, *BROKEN)
    assert told.last(1) == told.last(2) == FRIENDLY


def test_a_less_trusted_claim_of_its_own_does_not_excuse_the_second_body():
    told = play([FRIEND, BEHIND], [RETURNING, Claim(REMOTE_ID, BEHIND, number=4, category=UNMANNED)], 60)
    assert len(told.claim_events(SHARED)) == 1


def test_who_meets_a_friend_head_on_is_no_company():
    meeting = straight([4500.0, 100.0, 200.0], [25.0, 0.0, 0.0])
    assert none_of(play([FRIEND, meeting], [RETURNING], 60), *BROKEN)


def test_where_two_bodies_may_be_meant_neither_is():
    beside = straight([6000.0, 30.0, 200.0], [-25.0, 0.0, 0.0])
    told = play([FRIEND, beside], [RETURNING], 30)
    assert FRIENDLY not in told.ever(1) | told.ever(2)


def test_two_claims_of_one_source_share_no_body():
    told = play([PASSING_DRONE], [Claim(ADS_B, PASSING_DRONE, 1), Claim(ADS_B, PASSING_DRONE, 2)], 30)
    assert len(told.claim_events(MATCHED)) == 1


def test_a_claim_that_falls_silent_says_nothing_more():
    told = play([PASSING_DRONE], [Claim(OWN_FLIGHT, lambda t: PASSING_DRONE(t) if t < 30.0 else None, 7)], 60)
    by_second = [second.get(1) for second in told.identities]
    assert by_second[30] == FRIENDLY
    assert FRIENDLY not in by_second[48:]


def test_an_own_flight_claim_clears_no_hostile_and_no_thrown_body():
    def late(time_s):
        return INBOUND_DRONE(time_s) if time_s > 15.0 else None

    told = play([INBOUND_DRONE], [Claim(OWN_FLIGHT, late, 7)], 60)
    assert told.claim_events(MATCHED)
    assert told.last(1) == HOSTILE


def test_a_full_table_puts_out_who_was_silent_longest_and_counts_it():
    pipeline, nothing = Pipeline(site_of(), track_capacity=8), np.zeros(0, DETECTION)
    capacity = len(pipeline.world.claims.rows)
    pipeline.step(Batch(0.0, RADAR, nothing))
    for k in range(capacity + 3):
        said = report(Claim(ADS_B, AIRLINER, number=k), 0.5 + 1e-4 * k)
        pipeline.step(Batch(0.5 + 1e-4 * k, ADS_B, nothing, said))
    claims = pipeline.world.claims
    assert claims.counters[REPLACED_COUNT] == 3
    assert not set(range(3)) & set(claims.rows["number"].tolist())


def test_numbers_that_are_none_are_counted_and_nothing_else():
    pipeline, nothing = Pipeline(site_of(), track_capacity=8), np.zeros(0, DETECTION)
    pipeline.step(Batch(0.0, RADAR, nothing))
    bad = np.concatenate([report(Claim(ADS_B, AIRLINER, number=k), 0.5) for k in range(7)])
    bad[0]["mean"][0], bad[1]["mean"][1] = np.nan, np.inf
    bad[2]["covariance"][0], bad[3]["covariance"][2] = np.nan, -1.0
    bad[4]["time_s"], bad[5]["time_s"], bad[6]["time_s"] = np.nan, 1e9, -1e9
    pipeline.step(Batch(0.5, ADS_B, nothing, bad))
    claims = pipeline.world.claims
    assert (claims.counters[HEARD_COUNT], claims.counters[UNUSABLE_COUNT]) == (7, 7)
    assert (claims.rows["source"] == -1).all()


def test_who_signs_off_is_forgotten():
    pipeline, nothing = Pipeline(site_of(), track_capacity=8), np.zeros(0, DETECTION)
    pipeline.step(Batch(0.0, RADAR, nothing))
    pipeline.step(Batch(0.5, ADS_B, nothing, report(Claim(ADS_B, AIRLINER), 0.5)))
    assert (pipeline.world.claims.rows["source"] == ADS_B).sum() == 1
    end = np.zeros(1, TRACK_REPORT)
    end["number"], end["status"], end["mean"] = 0x4BB853, ReportStatus.ENDED, np.nan
    pipeline.step(Batch(0.6, ADS_B, nothing, end))
    assert (pipeline.world.claims.rows["source"] == ADS_B).sum() == 0


def test_a_receiver_that_hears_nobody_is_no_fault_and_no_second_sensor():
    told = play([INBOUND_DRONE], [], 40)
    assert not [event for event in told.events if event["kind"] == EventKind.SENSOR_SILENT]
    alone = "\n".join(SITE.split("[[sensor]]")[:2]) + SITE[SITE.index("[[zone]]") :]
    only_radar = play([INBOUND_DRONE], [], 40, site=site_of(alone.replace("\n\nid", "\n[[sensor]]\nid", 1)))
    assert np.array_equal(told.updates["mean"], only_radar.updates["mean"])
    zones = [[e["time_s"] for e in one.events if e["kind"] == EventKind.ZONE_CHANGED] for one in (told, only_radar)]
    assert zones[0] == zones[1]


@pytest.mark.parametrize("turn_deg", [37.0, 151.0, 268.0])
def test_turning_the_world_changes_nothing_that_is_told(turn_deg):
    turn = np.radians(turn_deg)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])

    def turned(path):
        def there(time_s):
            state = np.array(path(time_s), dtype=np.float64)
            return np.concatenate([rotation @ state[:2], state[2:3], rotation @ state[3:5], state[5:]])

        return there

    told = [
        play(
            [way(FRIEND), way(BEHIND), way(turning_away)],
            [
                Claim(OWN_FLIGHT, way(FRIEND), 3, UNMANNED),
                Claim(OWN_FLIGHT, way(straight([4000.0, 2500.0, 150.0], [-20.0, 0.0, 0.0])), 7, UNMANNED),
                Claim(REMOTE_ID, way(jumping), 9, UNMANNED),
            ],
            80,
        )
        for way in (lambda path: path, turned)
    ]
    first, second = ([e for e in one.events if e["kind"] == EventKind.CLAIM_CHANGED] for one in told)
    assert {event["new"] for event in first} >= {MATCHED, LEFT, SHARED, IMPLAUSIBLE}
    names = ["time_s", "track", "old", "new", "area", "row"]
    assert [event[names].tolist() for event in first] == [event[names].tolist() for event in second]
