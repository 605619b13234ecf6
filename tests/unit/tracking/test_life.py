"""The life of a track: born, confirmed, missed, found again, ended; and what broken or late reports do to it."""

from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from sangar.core.detections import AZIMUTH, EAST, ELEVATION, NORTH, RANGE, RANGE_RATE, UP
from sangar.core.events import EVENTS, EventKind, Outputs, allocate_outputs
from sangar.core.targets import DropReason, TrackStatus
from sangar.core.tracks import (
    HIGH_WATER,
    LATE_COUNT,
    LIVE,
    NUMERICAL_DROP_COUNT,
    REJECTED_COUNT,
    SCAR_NEXT,
    TABLE_FULL_COUNT,
    TrackTable,
    allocate_tracks,
)
from sangar.tracking.kernels.association.admission import SPAN_S
from sangar.tracking.kernels.management.life import let_time_pass
from sangar.tracking.kernels.track import track_batch
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.workspace import Workspace, allocate_workspace
from tests.unit.tracking.sightings import blank, flown, radar_table, sighted

SETTINGS = TrackingSettings()
BODY = np.array([[3000.0, 4000.0, 500.0, -50.0, 10.0, 0.0]])
SEEN_NOTHING = blank(0, 0.0)


class Sky(NamedTuple):
    """A tracker whose tables a test may look into."""

    tracks: TrackTable
    sensors: NDArray[np.void]
    outputs: Outputs
    work: Workspace
    settings: TrackingSettings

    def look(self, time_s: float, records: NDArray[np.void] = SEEN_NOTHING) -> NDArray[np.void]:
        """One look of the radar; returns the events."""
        self.outputs.written[:] = 0
        parameters = self.settings.parameters(0.0, 0.0)
        track_batch(self.tracks, time_s, records, self.sensors, 0, parameters, self.outputs, self.work)
        return self.outputs.events[: self.outputs.written[EVENTS]].copy()

    def wait(self, time_s: float) -> NDArray[np.void]:
        """Let time pass without a look; returns the events."""
        self.outputs.written[:] = 0
        let_time_pass(self.tracks, time_s, self.settings.parameters(0.0, 0.0), self.outputs)
        return self.outputs.events[: self.outputs.written[EVENTS]].copy()

    def live(self) -> NDArray[np.void]:
        """The rows in use."""
        rows = self.tracks.rows[: self.tracks.counters[HIGH_WATER]]
        used: NDArray[np.void] = rows[rows["status"] != TrackStatus.FREE]
        return used


def make_sky(settings: TrackingSettings = SETTINGS, period_s: float = 1.0, capacity: int = 16) -> Sky:
    """An empty sky under one radar."""
    work = allocate_workspace(capacity, 64, 4096)
    return Sky(allocate_tracks(capacity), radar_table(period_s), allocate_outputs(200, 0, 0), work, settings)


def watch(sky: Sky, first_s: int, last_s: int, period_s: float = 1.0) -> NDArray[np.void]:
    """Look at the body every turn from first_s up to, not including, last_s; returns all events."""
    times_s = np.arange(first_s, last_s, period_s)
    return np.concatenate([sky.look(float(t), sighted(flown(BODY, float(t)), float(t))) for t in times_s])


def kinds(events: NDArray[np.void]) -> list[EventKind]:
    return [EventKind(kind) for kind in events["kind"]]


def test_two_detections_do_not_confirm_a_track_but_three_do():
    sky = make_sky()
    assert kinds(watch(sky, 0, 2)) == []
    assert sky.live()["status"].tolist() == [TrackStatus.TENTATIVE]
    event = watch(sky, 2, 3)[0]
    assert (event["kind"], event["time_s"], event["track"]) == (EventKind.TRACK_CONFIRMED, 2.0, 1)
    assert sky.live()[0]["confirmed_s"] == 2.0


def test_more_hits_are_asked_for_where_the_settings_say_so():
    sky = make_sky(TrackingSettings(confirmation_hits=6))
    confirmed = watch(sky, 0, 10)
    assert confirmed["time_s"].tolist() == [5.0]


def test_many_echoes_in_one_moment_are_one_witness():
    """A fast radar sees ten echoes in half a second; the track is confirmed only once it has lasted a second."""
    sky = make_sky(period_s=0.05)
    assert watch(sky, 0, 1, 0.05).size == 0
    assert watch(sky, 1, 2, 0.05)["time_s"][0] == pytest.approx(1.0, abs=0.051)


def test_an_unconvincing_score_does_not_confirm():
    sky = make_sky(TrackingSettings(confirmation_score=1e6))
    assert watch(sky, 0, 20).size == 0
    assert sky.live()["status"].tolist() == [TrackStatus.TENTATIVE]


def test_a_tentative_track_dies_unsaid_after_two_missed_looks():
    sky = make_sky()
    watch(sky, 0, 2)
    assert sky.look(2.0).size == 0
    assert len(sky.live()) == 1
    assert sky.look(3.0).size == 0
    assert len(sky.live()) == 0
    assert sky.tracks.counters[LIVE] == 0


def test_a_confirmed_track_coasts_after_two_missed_looks_and_is_lost_after_four():
    sky = make_sky()
    watch(sky, 0, 10)
    said = [(kinds(sky.look(float(t))), t) for t in range(10, 14)]
    assert said == [([], 10), ([EventKind.TRACK_COASTING], 11), ([], 12), ([EventKind.TRACK_DROPPED], 13)]
    assert len(sky.live()) == 0


def test_a_lost_track_says_that_it_was_lost():
    sky = make_sky()
    watch(sky, 0, 10)
    events = np.concatenate([sky.look(float(t)) for t in range(10, 14)])
    assert events[-1]["new"] == DropReason.LOST
    assert sky.tracks.counters[SCAR_NEXT] == 0


def test_where_nobody_looks_a_track_coasts_and_is_lost_after_the_longest_time():
    sky = make_sky(TrackingSettings(coast_limit_s=20.0))
    watch(sky, 0, 10)
    said = {t: kinds(sky.wait(float(t))) for t in range(10, 32)}
    assert {t: what for t, what in said.items() if what} == {
        11: [EventKind.TRACK_COASTING],
        29: [EventKind.TRACK_DROPPED],
    }
    assert len(sky.live()) == 0


def test_where_nobody_looks_nothing_is_missed():
    sky = make_sky()
    watch(sky, 0, 10)
    before = sky.live()["score"].tolist(), sky.live()["missed"].tolist()
    for t in range(10, 14):
        sky.wait(float(t))
    assert (sky.live()["score"].tolist(), sky.live()["missed"].tolist()) == before
    assert kinds(watch(sky, 14, 15)) == [EventKind.TRACK_REACQUIRED]


def test_nothing_is_kept_longer_on_trust_than_it_was_watched():
    """Watched for three seconds, with ever so many misses allowed, it still goes three seconds after the last."""
    sky = make_sky(TrackingSettings(confirmed_misses=1000, coast_limit_s=1000.0))
    watch(sky, 0, 4)
    events = np.concatenate([sky.look(float(t)) for t in range(4, 12)])
    assert events[events["kind"] == EventKind.TRACK_DROPPED]["time_s"].tolist() == [6.0]


def test_a_track_found_again_keeps_its_number():
    sky = make_sky()
    watch(sky, 0, 10)
    sky.look(10.0)
    sky.look(11.0)
    assert sky.live()["status"].tolist() == [TrackStatus.COASTING]
    found = watch(sky, 12, 13)
    assert kinds(found) == [EventKind.TRACK_REACQUIRED]
    assert (sky.live()["id"].tolist(), sky.live()["status"].tolist()) == ([1], [TrackStatus.CONFIRMED])


def test_a_forgotten_number_is_never_used_again():
    sky = make_sky(TrackingSettings(memory_s=0.0))
    watch(sky, 0, 10)
    for t in range(10, 15):
        sky.look(float(t))
    watch(sky, 15, 20)
    assert (sky.live()["id"].tolist(), sky.tracks.counters[HIGH_WATER]) == ([2], 2)


def crowd(count: int) -> NDArray[np.float64]:
    """Bodies far apart on a circle, at rest."""
    angle = np.arange(count) * 2.0 * np.pi / count
    still = np.zeros(count)
    return np.column_stack([5000.0 * np.cos(angle), 5000.0 * np.sin(angle), still + 500.0, still, still, still])


def test_a_full_table_is_counted_and_the_tracks_in_it_live_on():
    sky = make_sky(capacity=4)
    for t in range(5):
        sky.look(float(t), sighted(crowd(7), float(t)))
    assert sky.tracks.counters[TABLE_FULL_COUNT] == 5 * 3
    assert sky.live()["status"].tolist() == [TrackStatus.CONFIRMED] * 4


def test_rows_freed_are_used_again_before_the_table_grows():
    sky = make_sky(capacity=8)
    sky.look(0.0, sighted(crowd(5), 0.0))
    sky.look(3.0)
    sky.look(4.0, sighted(crowd(3), 4.0))
    assert (sky.tracks.counters[HIGH_WATER], sky.tracks.counters[LIVE]) == (5, 3)


def falling_shell(sky: Sky) -> float:
    """A shell is seen from high up down to 150 m, where the radar's view ends; returns the time of its impact."""
    velocity_up = -60.0
    state = np.array([[1500.0, 1500.0, 1500.0, -150.0, -100.0, velocity_up]])
    path = state.copy()
    time_s = 0.0
    while path[0, 2] > 150.0:
        sky.look(time_s, sighted(path, time_s))
        time_s += 0.5
        path[0, :3] = state[0, :3] + time_s * state[0, 3:] - [0.0, 0.0, 0.5 * 9.79 * time_s**2]
        path[0, 5] = velocity_up - 9.79 * time_s
    return float((velocity_up + np.sqrt(velocity_up**2 + 2.0 * 9.79 * 1500.0)) / 9.79)


@pytest.fixture
def struck() -> tuple[Sky, float, np.void]:
    """A sky in which a shell has just hit the ground, the time, and the event that said so."""
    sky = make_sky(period_s=0.5)
    impact_s = falling_shell(sky)
    dropped: list[np.void] = []
    time_s = impact_s
    while not dropped and time_s < impact_s + 5.0:
        time_s += 0.25
        dropped = [event for event in sky.look(time_s) if event["kind"] == EventKind.TRACK_DROPPED]
    return sky, time_s, dropped[0]


def test_an_impact_ends_the_track_soon_after_the_body_is_in_the_ground(struck):
    sky, _, event = struck
    assert event["new"] == DropReason.IMPACTED
    assert len(sky.live()) == 0
    assert sky.tracks.counters[SCAR_NEXT] == 1


def test_debris_starts_no_track_until_the_dust_has_settled(struck):
    sky, time_s, _ = struck
    scar_m = sky.tracks.scars[0]["position_m"]
    place = np.array([[scar_m[0] + 300.0, scar_m[1] - 200.0, 60.0, 0.0, 0.0, 1.0]])
    sky.look(time_s + 1.0, sighted(place, time_s + 1.0))
    assert len(sky.live()) == 0
    later_s = time_s + SETTINGS.scar_time_s + 1.0
    sky.look(later_s, sighted(place, later_s))
    assert len(sky.live()) == 1


@pytest.mark.parametrize("offset_m", [[2000.0, 0.0, 60.0], [0.0, 0.0, 900.0]])
def test_a_body_beside_or_above_the_dust_is_tracked_all_the_same(struck, offset_m):
    sky, time_s, _ = struck
    scar_m = sky.tracks.scars[0]["position_m"]
    place = np.array([[scar_m[0] + offset_m[0], scar_m[1] + offset_m[1], offset_m[2], 0.0, 0.0, 0.0]])
    sky.look(time_s + 1.0, sighted(place, time_s + 1.0))
    assert len(sky.live()) == 1


@pytest.mark.parametrize("field", ["mean", "covariance"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_track_whose_numbers_broke_is_dropped_and_the_body_found_again(field, value):
    sky = make_sky()
    watch(sky, 0, 5)
    sky.tracks.rows[0][field][:] = value
    events = watch(sky, 5, 9)
    assert events[0]["kind"] == EventKind.TRACK_DROPPED
    assert events[0]["new"] == DropReason.NUMERICAL
    assert sky.tracks.counters[NUMERICAL_DROP_COUNT] == 1
    assert [(row["id"], row["status"]) for row in sky.live()] == [(2, TrackStatus.CONFIRMED)]
    assert np.isfinite(sky.live()["mean"]).all()


def test_broken_motion_models_are_dropped_at_the_next_detection():
    sky = make_sky()
    watch(sky, 0, 5)
    sky.tracks.rows[0]["state_covariance"][:] = np.nan
    watch(sky, 5, 12)
    assert 1 not in sky.live()["id"]
    assert np.isfinite(sky.live()["mean"]).all()


BROKEN = {
    "nothing measured": ("measured", slice(None), np.nan),
    "no time": ("time_s", None, np.nan),
    "endless range": ("measured", RANGE, np.inf),
    "negative range": ("measured", RANGE, -5.0),
    "endless azimuth": ("measured", AZIMUTH, -np.inf),
    "zero sigma": ("sigma", ELEVATION, 0.0),
    "negative sigma": ("sigma", RANGE_RATE, -1.0),
    "sigma not given": ("sigma", RANGE, np.nan),
    "from the future": ("time_s", None, 50.0),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_detection_is_counted_and_starts_nothing(name):
    field, column, value = BROKEN[name]
    records = sighted(BODY, 0.0)
    if column is None:
        records[field] = value
    else:
        records[field][:, column] = value
    sky = make_sky()
    sky.look(0.0, records)
    assert sky.tracks.counters[REJECTED_COUNT] == 1
    assert len(sky.live()) == 0


def test_one_broken_detection_does_not_disturb_its_neighbours():
    sky, clean = make_sky(), make_sky()
    for t in range(6):
        good = sighted(flown(BODY, float(t)), float(t))
        clean.look(float(t), good)
        sky.look(float(t), np.concatenate([blank(1, float(t)), good, blank(1, np.nan)]))
    assert sky.tracks.counters[REJECTED_COUNT] == 12
    assert sky.live()["mean"].tobytes() == clean.live()["mean"].tobytes()


def test_a_detection_much_older_than_its_batch_is_counted_late():
    sky = make_sky()
    records = sighted(BODY, 10.0 - 1.0 - SPAN_S - 0.1)
    sky.look(10.0, records)
    assert (sky.tracks.counters[LATE_COUNT], len(sky.live())) == (1, 0)


def test_a_batch_much_older_than_a_track_leaves_the_track_alone():
    sky = make_sky()
    watch(sky, 0, 10)
    before = sky.live()[0].copy()
    time_s = 9.0 - SETTINGS.late_limit_s - 0.1
    sky.look(time_s, sighted(flown(BODY, time_s), time_s))
    assert sky.tracks.counters[LATE_COUNT] == 1
    assert sky.tracks.rows[0].tobytes() == before.tobytes()


def test_a_batch_a_little_older_than_a_track_still_updates_it():
    sky = make_sky()
    watch(sky, 0, 10)
    hits = sky.live()[0]["hits"]
    sky.look(8.5, sighted(flown(BODY, 8.5), 8.5))
    assert sky.live()[0]["hits"] == hits + 1
    assert sky.live()[0]["time_s"] == 9.0


def test_a_bearing_alone_starts_no_track():
    records = blank(1, 0.0)
    records["measured"][:, [AZIMUTH, ELEVATION]] = 0.3, 0.1
    records["sigma"][:, [AZIMUTH, ELEVATION]] = 0.01
    sky = make_sky()
    sky.look(0.0, records)
    assert len(sky.live()) == 0
    assert sky.tracks.counters[REJECTED_COUNT] == 0


def test_a_position_report_starts_a_track_where_it_says():
    records = blank(1, 0.0)
    records["measured"][:, [EAST, NORTH, UP]] = 1200.0, -800.0, 300.0
    records["sigma"][:, [EAST, NORTH, UP]] = 5.0
    sky = make_sky()
    sky.look(0.0, records)
    np.testing.assert_allclose(sky.live()[0]["mean"][:3], [1200.0, -800.0, 300.0], atol=0.01)
