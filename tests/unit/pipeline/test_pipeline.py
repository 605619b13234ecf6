"""The pipeline around the compiled step: repeatable, undisturbed by bad order or odd sizes, loud about silence."""

import numba
import numpy as np
import pytest

from sangar.core.actions import NO_ACTIONS
from sangar.core.detections import DETECTION
from sangar.core.events import EVENTS, EventKind, allocate_outputs
from sangar.core.targets import TrackStatus
from sangar.core.track_reports import NO_REPORTS
from sangar.core.tracks import DETECTION_COUNT, HIGH_WATER, REJECTED_COUNT
from sangar.pipeline.kernels.step import step
from sangar.pipeline.pipeline import Pipeline
from sangar.pipeline.ports import Batch
from sangar.pipeline.warmup import warm_up
from sangar.pipeline.world import DISBELIEVED, LATE_BATCHES, NEWEST, SILENCE_S, allocate_world, step_parameters
from sangar.scenario.site import Reference, Site
from sangar.scenario.toml_file import parse_settings
from sangar.tracking.workspace import BATCH_CAPACITY
from tests.small_fort import SITE
from tests.unit.tracking.sightings import blank, flown, sighted

NOTHING_SEEN = np.zeros(0, DETECTION)
ARRIVING = np.array(
    [
        [0.0, 4000.0, 300.0, 0.0, -60.0, 0.0],
        [3000.0, -500.0, 200.0, -40.0, 0.0, 0.0],
        [-2500.0, -2500.0, 400.0, 25.0, 30.0, -2.0],
    ]
)
"""Three bodies that fly towards the camp."""


@pytest.fixture(scope="module")
def fort() -> Site:
    return parse_settings(SITE, Site, "fort.site.toml")


@pytest.fixture(scope="module")
def raid() -> list[Batch]:
    """Twenty looks, one a second, at three arriving bodies."""
    generator = np.random.default_rng(11)
    return [
        Batch(float(t), 0, sighted(flown(ARRIVING, float(t)), float(t), generator, first_row=3 * t)) for t in range(20)
    ]


def bytes_of(site: Site, batches: list[Batch]) -> bytes:
    """Everything a fresh pipeline says to these batches."""
    pipeline = Pipeline(site, track_capacity=64)
    return b"".join(part.tobytes() for batch in batches for part in pipeline.step(batch))


def test_the_same_batches_twice_give_the_same_bytes(fort, raid):
    first = bytes_of(fort, raid)
    assert len(first) > 10_000
    assert first == bytes_of(fort, raid)


def test_only_tracks_this_batch_updated_are_written_whatever_order_the_rows_come_in(fort, raid):
    pipeline = Pipeline(fort, track_capacity=64)
    for t, batch in enumerate(raid):
        seen = batch.detections[: 3 if t < 15 else 2].copy()
        seen["row"] = t + 100 * np.array([0, 2, 1])[: len(seen)]  # the rows of one look enclose those of others
        updates = pipeline.step(Batch(batch.time_s, 0, seen)).updates
        assert sorted(updates["row"].tolist()) == sorted(seen["row"].tolist())


def test_one_different_bit_of_input_changes_the_output(fort, raid):
    nudged = [Batch(batch.time_s, 0, batch.detections.copy()) for batch in raid]
    nudged[5].detections["measured"][0, 0] = np.nextafter(nudged[5].detections["measured"][0, 0], np.inf)
    assert bytes_of(fort, raid) != bytes_of(fort, nudged)


def test_arriving_bodies_are_tracked_to_where_they_are(fort, raid):
    pipeline = Pipeline(fort, track_capacity=64)
    for batch in raid:
        pipeline.step(batch)
    rows = pipeline.world.tracks.rows
    found = rows["mean"][rows["status"] >= TrackStatus.CONFIRMED]
    truth = flown(ARRIVING, raid[-1].time_s)
    gaps_m = np.linalg.norm(found[:, None, :3] - truth[None, :, :3], axis=2)
    assert len(found) == 3
    np.testing.assert_array_less(gaps_m.min(axis=0), 60.0)


@pytest.fixture
def compiled_loop():
    """A loop over batches that is compiled itself, as a study runs it."""
    if not hasattr(step, "signatures"):
        pytest.skip("compiled code is switched off")

    @numba.njit
    def run(world, times_s, sensor_row, ends, detections, reports, actions, parameters, outputs):
        first = 0
        for k in range(times_s.shape[0]):
            batch = detections[first : ends[k]]
            step(world, times_s[k], sensor_row, batch, reports, actions, parameters, outputs)
            first = ends[k]

    return run


def test_a_compiled_loop_says_what_the_pipeline_says(fort, raid, compiled_loop):
    pipeline = Pipeline(fort, track_capacity=64)
    events = np.concatenate([pipeline.step(batch).events for batch in raid])
    world, outputs = allocate_world(fort, None, 64, BATCH_CAPACITY), allocate_outputs(5000, 0, 0)
    times_s = np.array([batch.time_s for batch in raid])
    ends = np.cumsum([len(batch.detections) for batch in raid])
    detections = np.concatenate([batch.detections for batch in raid])
    nothing = (NO_REPORTS.copy(), NO_ACTIONS.copy())
    compiled_loop(world, times_s, 0, ends, detections, *nothing, step_parameters(fort), outputs)
    assert len(events) > 5
    assert outputs.events[: outputs.written[EVENTS]].tobytes() == events.tobytes()


def test_a_batch_larger_than_the_workspace_is_read_to_the_end(fort):
    """All detections are junk, but for the last, which alone can start a track."""
    records = blank(2 * BATCH_CAPACITY + 7, 0.0)
    records[-1] = sighted(ARRIVING[:1], 0.0)[0]
    pipeline = Pipeline(fort, track_capacity=16)
    pipeline.step(Batch(0.0, 0, records))
    counters = pipeline.world.tracks.counters
    assert counters[DETECTION_COUNT] == len(records)
    assert counters[REJECTED_COUNT] == len(records) - 1
    assert counters[HIGH_WATER] == 1


def test_time_that_goes_back_is_counted_and_never_shown(fort, raid):
    pipeline = Pipeline(fort, track_capacity=64)
    for batch in raid[:10]:
        pipeline.step(batch)
    results = [pipeline.step(raid[8]), pipeline.step(raid[2])]  # the second is too late to be used
    assert pipeline.world.clock_s[[NEWEST, LATE_BATCHES, DISBELIEVED]].tolist() == [9.0, 1.0, 1.0]
    assert all((result.events["time_s"] >= 9.0).all() for result in results)
    rows = pipeline.world.tracks.rows
    np.testing.assert_array_equal(rows["time_s"][rows["status"] >= TrackStatus.CONFIRMED], 9.0)


@pytest.mark.parametrize("sensor", [-2, 1, 1_000_000])
def test_a_sensor_the_site_does_not_have_is_refused(fort, sensor):
    with pytest.raises(ValueError, match=f"sensor row {sensor} is not one of the site's 1 sensors"):
        Pipeline(fort, track_capacity=4).step(Batch(0.0, sensor, NOTHING_SEEN))


def test_a_look_that_saw_nothing_is_an_ordinary_look(fort):
    result = Pipeline(fort, track_capacity=4).step(Batch(0.0, 0, NOTHING_SEEN))
    assert [len(part) for part in result] == [0, 0, 0]


def test_read_only_detections_are_accepted(fort):
    records = np.frombuffer(sighted(ARRIVING, 0.0).tobytes(), DETECTION)
    pipeline = Pipeline(fort, track_capacity=8)
    assert len(pipeline.step(Batch(0.0, 0, records)).updates) == 3


def test_what_a_step_returned_is_not_written_over_by_the_next(fort, raid):
    pipeline = Pipeline(fort, track_capacity=64)
    kept = pipeline.step(raid[0])
    before = kept.updates.tobytes()
    for batch in raid[1:]:
        pipeline.step(batch)
    assert kept.updates.tobytes() == before


def ticks(pipeline: Pipeline, first_s: float, last_s: float) -> np.ndarray:
    """Kinds and times of what is said of sensors while time passes without any report."""
    times_s = np.arange(first_s, last_s, 0.5)
    said = np.concatenate([pipeline.step(Batch(float(t), -1, NOTHING_SEEN)).events for t in times_s])
    return said[np.isin(said["kind"], [EventKind.SENSOR_SILENT, EventKind.SENSOR_HEARD])]


@pytest.mark.parametrize("speaks_first", [True, False])
def test_a_silent_sensor_is_announced_once_and_in_time(fort, speaks_first):
    """Whether it fell silent or never spoke at all."""
    pipeline = Pipeline(fort, track_capacity=4)
    pipeline.step(Batch(0.0, 0 if speaks_first else -1, NOTHING_SEEN))
    said = ticks(pipeline, 0.5, 60.0)
    limit_s = SILENCE_S + fort.sensors[0].look_period_s
    assert said["kind"].tolist() == [EventKind.SENSOR_SILENT]
    assert limit_s < said["time_s"][0] <= limit_s + 0.5


def test_a_sensor_that_speaks_again_is_announced(fort):
    pipeline = Pipeline(fort, track_capacity=4)
    pipeline.step(Batch(0.0, 0, NOTHING_SEEN))
    ticks(pipeline, 0.5, 30.0)
    again = pipeline.step(Batch(30.0, 0, NOTHING_SEEN)).events
    assert [(event["kind"], event["new"]) for event in again] == [(EventKind.SENSOR_HEARD, 0)]
    assert pipeline.step(Batch(31.0, 0, NOTHING_SEEN)).events.size == 0


def test_a_full_track_table_costs_tracks_but_no_crash(fort, raid):
    pipeline = Pipeline(fort, track_capacity=2)
    for batch in raid:
        pipeline.step(batch)
    assert pipeline.world.tracks.counters[HIGH_WATER] == 2
    assert pipeline.lost_outputs == 0


def test_no_site_makes_the_step_compile_anew(fort, raid):
    """One set of types for every site, or the first raid on a new site would wait for the compiler."""
    if not hasattr(step, "signatures"):
        pytest.skip("compiled code is switched off")
    bare = Site(reference=Reference(name="Elsewhere", latitude_deg=-70.0, longitude_deg=3.0, altitude_m=2000.0))
    Pipeline(bare, track_capacity=3).step(Batch(1.0, -1, NOTHING_SEEN))
    Pipeline(fort, track_capacity=5, wants_rows=False).step(raid[0])
    Pipeline(fort, track_capacity=7).step(Batch(0.0, 0, raid[0].detections[::2]))
    assert len(step.signatures) == 1


@pytest.fixture
def warmed():
    """The step made ready; compiling is allowed again afterwards."""
    if not hasattr(step, "signatures"):
        pytest.skip("compiled code is switched off")
    warm_up(lambda line: None)
    yield
    step.disable_compile(False)  # type: ignore[attr-defined]  # made by numba


def test_after_warming_up_other_types_are_refused_not_compiled(fort, warmed):
    pipeline = Pipeline(fort, track_capacity=4)
    with pytest.raises(TypeError, match=r"No matching definition|_writable"):
        pipeline.step(Batch(0.0, 0, np.zeros(1, np.float32)))
    assert pipeline.step(Batch(0.0, 0, sighted(ARRIVING, 0.0))).updates.size == 3
