"""A raid through the pipeline: what is said and recorded of it, and odd inputs that must do no harm."""

import numpy as np
import pytest

from sangar.core.detections import DETECTION
from sangar.core.effectors import allocate_effectors
from sangar.core.events import EventKind
from sangar.core.targets import TrackStatus
from sangar.core.tracks import LATE_COUNT
from sangar.pipeline.pipeline import Pipeline
from sangar.pipeline.ports import Batch
from tests.unit.pipeline.raid_by_hand import PERIOD_S, fort, raid

EMPTY = np.zeros(0, DETECTION)


def played(batches, **options):
    """Pipeline after the batches, and everything it said."""
    pipeline = Pipeline(fort(), track_capacity=options.pop("track_capacity", 64), **options)
    return pipeline, [pipeline.step(batch) for batch in batches]


def kinds(results):
    return [EventKind(kind) for result in results for kind in result.events["kind"]]


def octets(results):
    return [b"".join(part.tobytes() for part in result) for result in results]


@pytest.fixture(scope="module")
def answered():
    return played(raid())


def test_the_raid_is_seen_judged_and_warned_of(answered):
    pipeline, results = answered
    said = set(kinds(results))
    assert {
        EventKind.TRACK_CONFIRMED,
        EventKind.IMPACT_PREDICTED,
        EventKind.IDENTITY_CHANGED,
        EventKind.ZONE_CHANGED,
    } <= said
    assert sum(len(result.updates) for result in results) > 60
    assert sum(len(result.impacts) for result in results) > 10
    assert pipeline.lost_outputs == 0


def test_without_rows_the_events_are_the_same(answered):
    _, results = answered
    _, bare = played(raid(), wants_rows=False)
    assert [result.events.tobytes() for result in bare] == [result.events.tobytes() for result in results]
    assert sum(len(result.updates) + len(result.impacts) for result in bare) == 0


def test_an_update_names_the_detection_that_made_it(answered):
    _, results = answered
    batches = raid()
    for batch, result in zip(batches, results, strict=True):
        assert set(result.updates["row"]) <= set(batch.detections["row"])
        assert (result.updates["time_s"] == batch.time_s).all()
    assert len(results) == len(batches)


def test_a_tick_without_a_sensor_is_not_taken_for_hearing_one():
    pipeline, _ = played([Batch(0.0, 0, EMPTY)])
    result = pipeline.step(Batch(60.0, -1, EMPTY))
    assert kinds([result]) == [EventKind.SENSOR_SILENT]


def test_a_batch_that_comes_seconds_late_touches_no_track_is_counted_and_what_it_starts_ends_with_the_next_look():
    batches = raid(41)
    pipeline, _ = played(batches[:40])
    tracks = pipeline.world.tracks
    known = tracks.rows["status"] >= TrackStatus.CONFIRMED
    before = tracks.rows[known].tobytes()
    pipeline.step(batches[5])
    assert tracks.rows[known].tobytes() == before
    assert tracks.counters[LATE_COUNT] == len(batches[5].detections)
    pipeline.step(batches[40])
    live = tracks.rows[tracks.rows["status"] != TrackStatus.FREE]
    assert (live["time_s"] > batches[30].time_s).all()


def test_nonsense_from_a_sensor_is_survived():
    pipeline, _ = played(raid(20))
    random = np.random.default_rng(5)
    wild = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e308, -1e308, 1e200, 1e-300, 5.0, -5.0])
    for k in range(60):
        records = np.zeros(7, DETECTION)
        records["row"] = 10_000 + 7 * k + np.arange(7)
        records["time_s"] = random.choice([10.0 + k * PERIOD_S, *wild], 7)
        records["measured"], records["sigma"] = random.choice(wild, (7, 8)), np.abs(random.choice(wild, (7, 8)))
        records["snr_db"], records["rcs_dbsm"] = random.choice(wild, (2, 7))
        pipeline.step(Batch(10.0 + k * PERIOD_S, 0, records))
    live = pipeline.world.tracks.rows[pipeline.world.tracks.rows["status"] >= TrackStatus.CONFIRMED]
    assert np.isfinite(live["mean"]).all()


def test_detections_taken_from_a_longer_table_are_welcome(answered):
    _, results = answered
    strided = [batch._replace(detections=np.repeat(batch.detections, 2)[::2]) for batch in raid()]
    assert octets(played(strided)[1]) == octets(results)


def test_without_effectors_no_engagement_exists():
    pipeline, results = played(raid())
    assert len(pipeline.world.engagements.rows) == 0
    assert not {kind for kind in kinds(results) if kind.name.startswith("ENGAGEMENT")}


def test_effectors_of_an_exercise_are_in_the_world():
    pipeline, _ = played(raid(3), effectors=allocate_effectors(2))
    assert len(pipeline.world.effectors) == 2
    assert len(pipeline.world.engagements.rows) > 0
