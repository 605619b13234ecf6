"""What becomes of the reports of another tracker: links, births, ends, echoes, and bad input."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sangar.core.events import EventKind
from sangar.core.links import LINK
from sangar.core.targets import TrackStatus
from sangar.core.track_reports import NO_REPORTS, ReportStatus
from sangar.core.tracks import CONTRADICTED_COUNT, LATE_COUNT, LINKS_FULL_COUNT, REJECTED_COUNT, TABLE_FULL_COUNT
from sangar.tracking.kernels.fusion.links import PATIENCE, UNHEARD_S
from tests.unit.tracking.foreign import COVARIANCE, SOURCE, hear, report, sky_with_source
from tests.unit.tracking.oracles import full
from tests.unit.tracking.sky import NOTHING, put_track, seen

HERE = np.array([4000.0, 3000.0, 800.0, -60.0, 20.0, 0.0])
WIDE = np.diag(np.array([200.0, 200.0, 150.0, 15.0, 15.0, 10.0]) ** 2)


def at(time_s, state=HERE):
    return np.append(state[:3] + time_s * state[3:], state[3:])


def follow(sky, times_s, number=7, state=HERE, **more):
    for time_s in times_s:
        hear(sky, time_s, report(number, time_s, at(time_s, state), **more))


def links_of(sky):
    return sky.tracks.links[sky.tracks.links["track"] > 0]


def test_where_we_see_nothing_a_track_begins_is_confirmed_and_bears_its_source():
    sky = sky_with_source()
    events = [hear(sky, time_s, report(7, time_s, at(time_s))) for time_s in np.arange(4.0)]
    (track,) = sky.live()
    assert track["status"] == TrackStatus.CONFIRMED
    assert track["sensors"] == 1 << SOURCE
    assert track["row"] == -1
    assert [event["kind"] for batch in events for event in batch] == [EventKind.TRACK_CONFIRMED]
    assert_allclose(track["mean"], at(3.0), atol=1.0)


def test_a_track_only_the_source_sees_ends_when_the_source_says_so():
    sky = sky_with_source()
    follow(sky, np.arange(5.0))
    events = hear(sky, 5.0, report(7, 5.0, at(5.0), status=ReportStatus.ENDED))
    assert EventKind.TRACK_DROPPED in events["kind"]
    assert sky.live().size == 0


def test_a_track_only_the_source_sees_ends_when_the_source_falls_silent_about_it():
    sky = sky_with_source()
    follow(sky, np.arange(8.0))
    for time_s in np.arange(8.0, 14.0):
        hear(sky, time_s)
    assert sky.live().size == 0


def test_a_report_of_a_track_of_ours_is_linked_to_it_and_makes_it_better():
    sky = sky_with_source()
    track = put_track(sky, HERE + np.array([100.0, -80.0, 50.0, 5.0, 5.0, 2.0]), WIDE)
    before = np.trace(full(track["covariance"])[:3, :3])
    hear(sky, 0.5, report(7, 0.5, at(0.5)))
    (link,) = links_of(sky)
    assert link["track"] == track["id"]
    assert link["started"] == 0
    assert sky.live().size == 1
    assert np.trace(full(track["covariance"])[:3, :3]) < 0.2 * before
    assert np.linalg.norm(track["mean"][:3] - at(0.5)[:3]) < 30.0


def test_a_worse_report_spoils_nothing():
    sky = sky_with_source()
    track = put_track(sky, HERE, COVARIANCE / 25.0)
    off = at(0.0) + np.array([60.0, 60.0, 60.0, 5.0, 5.0, 5.0])
    before = track["mean"].copy(), track["covariance"].copy()
    hear(sky, 0.0, report(7, 0.0, off, WIDE))
    assert_allclose(track["mean"], before[0], rtol=1e-9)
    assert_allclose(track["covariance"], before[1], rtol=1e-7, atol=1e-9)


def test_the_nearer_of_two_tracks_gets_the_report_and_one_source_never_has_two_numbers_on_a_track():
    sky = sky_with_source()
    aside = np.array([0.0, 400.0, 0.0, 0.0, 0.0, 0.0])
    first, second = put_track(sky, HERE, WIDE), put_track(sky, HERE + aside, WIDE)
    hear(sky, 0.0, report(8, 0.0, HERE + aside), report(7, 0.0, HERE))
    linked = {int(link["number"]): int(link["track"]) for link in links_of(sky)}
    assert linked == {7: first["id"], 8: second["id"]}
    hear(sky, 0.5, report(9, 0.5, at(0.5)))
    assert sky.live().size == 3


def test_a_number_is_kept_through_a_crossing_where_another_track_is_nearer():
    sky = sky_with_source()
    ours = put_track(sky, HERE, WIDE)
    hear(sky, 0.0, report(7, 0.0, HERE, WIDE))
    crossing = put_track(sky, at(1.0) + np.array([250.0, 0.0, 0.0, 0.0, 0.0, 0.0]), WIDE, time_s=1.0)
    hear(sky, 1.0, report(7, 1.0, at(1.0) + np.array([200.0, 0.0, 0.0, 0.0, 0.0, 0.0]), WIDE))
    (link,) = links_of(sky)
    assert link["track"] == ours["id"]
    assert crossing["time_s"] == 1.0


def test_a_number_that_jumps_is_not_believed_at_once_and_then_is_another_body():
    sky = sky_with_source()
    track = put_track(sky, HERE, COVARIANCE)
    hear(sky, 0.0, report(7, 0.0, HERE))
    away = HERE + np.array([9000.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    for k in range(1, PATIENCE):
        hear(sky, 0.2 * k, report(7, 0.2 * k, at(0.2 * k, away)))
        assert sky.live().size == 1
    assert abs(track["mean"][0] - HERE[0]) < 100.0
    hear(sky, 0.2 * PATIENCE, report(7, 0.2 * PATIENCE, at(0.2 * PATIENCE, away)))
    assert sky.live().size == 2
    assert sky.tracks.counters[CONTRADICTED_COUNT] == PATIENCE
    (link,) = links_of(sky)
    assert link["track"] != track["id"]


def test_what_our_radar_no_longer_sees_lives_on_by_a_source_of_its_own():
    sky = sky_with_source()
    put_track(sky, HERE, COVARIANCE)
    follow(sky, np.arange(0.0, 40.0))
    assert sky.live()["status"].tolist() == [TrackStatus.CONFIRMED]


def test_our_own_voice_keeps_no_track_alive_and_starts_none_while_it_rings():
    sky = sky_with_source(hears_us=True, echo_time_s=15.0)
    put_track(sky, HERE, COVARIANCE)
    hear(sky, 0.0, report(7, 0.0, HERE))
    alive_until_s = 0.0
    for time_s in np.arange(1.0, 14.0):
        sky.look(time_s, NOTHING)
        hear(sky, time_s, report(7, time_s, at(time_s)))
        alive_until_s = time_s if sky.live().size else alive_until_s
    assert alive_until_s < 10.0
    assert sky.live().size == 0


def test_what_still_sounds_after_the_echo_has_died_away_is_a_body():
    sky = sky_with_source(hears_us=True, echo_time_s=5.0)
    put_track(sky, HERE, COVARIANCE)
    hear(sky, 0.0, report(7, 0.0, HERE))
    for time_s in np.arange(1.0, 20.0):
        sky.look(time_s, NOTHING)
        hear(sky, time_s, report(7, time_s, at(time_s)))
    (track,) = sky.live()
    assert track["sensors"] == 1 << SOURCE


def test_what_such_a_source_sees_alone_is_tracked_all_the_same():
    sky = sky_with_source(hears_us=True)
    follow(sky, np.arange(10.0))
    assert sky.live()["status"].tolist() == [TrackStatus.CONFIRMED]


def test_a_guess_of_the_source_is_no_measurement():
    sky = sky_with_source()
    follow(sky, np.arange(8.0))
    follow(sky, np.arange(8.0, 14.0), status=ReportStatus.COASTING)
    assert sky.live().size == 0
    follow(sky, np.arange(14.0, 20.0), number=8, status=ReportStatus.COASTING)
    assert sky.live().size == 0


def test_a_report_twice_counts_once():
    once, twice = sky_with_source(), sky_with_source()
    for sky, repeat in ((once, 1), (twice, 2)):
        put_track(sky, HERE + 20.0, WIDE)
        for time_s in np.arange(3.0):
            hear(sky, time_s, *[report(7, time_s, at(time_s))] * repeat)
    assert once.live()["mean"].tobytes() == twice.live()["mean"].tobytes()
    assert once.live()["score"].tobytes() == twice.live()["score"].tobytes()
    assert twice.tracks.counters[LATE_COUNT] > 0


def test_a_report_a_little_older_than_the_track_is_used_where_the_track_stands():
    sky = sky_with_source()
    track = put_track(sky, at(0.5) + np.array([150.0, 0.0, 0.0, 0.0, 0.0, 0.0]), WIDE, time_s=0.5)
    hear(sky, 0.5, report(7, 0.0, HERE))
    assert track["time_s"] == 0.5
    assert abs(track["mean"][0] - at(0.5)[0]) < 60.0


def test_a_report_without_height_and_velocity_tells_what_it_tells():
    sky = sky_with_source()
    track = put_track(sky, HERE + np.array([150.0, 0.0, 0.0, 0.0, 0.0, 0.0]), WIDE)
    place = np.append(HERE[:2], [np.nan] * 4)
    hear(sky, 0.0, report(7, 0.0, place))
    assert abs(track["mean"][0] - HERE[0]) < 30.0
    assert full(track["covariance"])[2, 2] == pytest.approx(WIDE[2, 2])


def test_a_report_of_a_place_alone_begins_a_track_with_a_prior_of_the_rest():
    sky = sky_with_source()
    hear(sky, 0.0, report(7, 0.0, np.append(HERE[:2], [np.nan] * 4)))
    (track,) = sky.live()
    assert full(track["covariance"])[3, 3] == pytest.approx(sky.parameters.initial_speed_mps**2)
    assert track["mean"][2] == sky.parameters.unknown_height_m


@pytest.mark.parametrize(
    "change",
    [
        {"time_s": np.nan},
        {"time_s": 99.0},
        {"mean": np.full(6, np.nan)},
        {"mean": np.append([np.nan], HERE[1:])},
        {"mean": np.append([np.inf], HERE[1:])},
        {"mean": np.append([1e9], HERE[1:])},
        {"covariance": np.full(21, np.nan)},
        {"covariance": np.zeros(21)},
        {"covariance": np.full(21, 1.0)},
        {"covariance": np.full(21, np.inf)},
    ],
)
def test_a_report_of_no_sound_numbers_is_counted_and_left_out(change):
    sky = sky_with_source()
    bad = report(7, 0.0, HERE)
    for name, value in change.items():
        bad[name] = value
    hear(sky, 0.0, bad)
    assert sky.live().size == 0
    assert sky.tracks.counters[REJECTED_COUNT] == 1


def test_a_flood_of_numbers_fills_the_tables_and_no_more():
    sky = sky_with_source(capacity=8)
    random = np.random.default_rng(1)
    for time_s in np.arange(20.0):
        numbers = random.integers(-(2**62), 2**62, 60)
        places = HERE + np.append(random.uniform(-9e4, 9e4, (60, 3)), np.zeros((60, 3)), axis=1)
        hear(sky, time_s, *[report(n, time_s, place) for n, place in zip(numbers, places, strict=True)])
    assert sky.live().size <= 8
    assert sky.tracks.counters[TABLE_FULL_COUNT] > 0
    assert sky.tracks.links.dtype == LINK


def test_numbers_that_find_no_link_are_counted():
    sky = sky_with_source(capacity=64)
    small = sky._replace(tracks=sky.tracks._replace(links=sky.tracks.links[:4].copy()))
    aside = [np.array([3000.0 * k, 0.0, 0.0, 0.0, 0.0, 0.0]) for k in range(12)]
    hear(small, 0.0, *[report(k, 0.0, HERE + away) for k, away in enumerate(aside)])
    assert small.tracks.counters[LINKS_FULL_COUNT] == 8
    assert small.live().size == 12


def test_a_number_long_unheard_is_a_new_one():
    sky = sky_with_source()
    follow(sky, np.arange(4.0))
    later_s = 4.0 + UNHEARD_S
    hear(sky, later_s, NO_REPORTS)
    follow(sky, later_s + np.arange(3.0), state=HERE + np.array([9e3, 0.0, 0.0, 0.0, 0.0, 0.0]))
    assert sky.tracks.counters[CONTRADICTED_COUNT] == 0
    assert sky.live().size == 1


def test_a_falling_body_reported_by_another_is_known_for_thrown():
    sky = sky_with_source()
    state = np.array([3000.0, 0.0, 1500.0, -180.0, 0.0, 120.0])
    for k in range(14):
        t = 0.5 * k
        mean = np.append(state[:3] + t * state[3:] - [0.0, 0.0, 4.9 * t * t], state[3:] - [0.0, 0.0, 9.8 * t])
        hear(sky, t, report(7, t, mean, COVARIANCE / 25.0))
    (track,) = sky.live()
    assert track["thrown_logit"] > 0.0


def test_the_radar_and_the_source_share_one_track():
    sky = sky_with_source()
    for k in range(12):
        time_s = 0.5 * k
        if k % 2:
            hear(sky, time_s, report(7, time_s, at(time_s)))
        else:
            sky.look(time_s, seen(at(time_s), sky.sensors[0], time_s=time_s))
    (track,) = sky.live()
    assert track["sensors"] == 0b11


def test_a_source_that_is_left_out_is_not_heard():
    sky = sky_with_source()
    sky.sensors[SOURCE]["left_out"] = 1
    follow(sky, np.arange(4.0))
    assert sky.live().size == 0
    assert sky.tracks.counters[REJECTED_COUNT] == 4
