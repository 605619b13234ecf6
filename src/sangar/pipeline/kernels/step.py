"""The step: one batch of detections and the actions of people in, events out.

Live, exercise, replay and study call this one compiled function. It looks at no clock, file, socket or dice: time comes
with the batch, so the same inputs give the same bits.
"""

import numpy as np

from sangar.assessment.kernels.assess import assess
from sangar.core.claims import FIRST_COOPERATIVE
from sangar.core.events import OVERFLOW, UPDATES, EventKind
from sangar.core.jit import kernel
from sangar.core.kernels.event_log import new_event
from sangar.core.targets import SensorKind, TrackStatus
from sangar.core.tracks import BATCH, DETECTION_COUNT, HIGH_WATER, LATE_COUNT, MISTIMED_COUNT
from sangar.engagement.kernels.engage import engage
from sangar.identification.kernels.claims import hear_claims
from sangar.identification.kernels.class_reports import hear
from sangar.identification.kernels.identify import apply_identity_actions, identify
from sangar.pipeline.kernels.clock import BELIEVED, SET_BACK, TOO_LATE, forget_future, take_tick, take_time
from sangar.pipeline.world import NEWEST
from sangar.tracking.kernels.fusion.reports import fuse_batch
from sangar.tracking.kernels.management.life import existence, let_time_pass
from sangar.tracking.kernels.registration.registered import track_registered
from sangar.warning.kernels.judgement import hold_judgements
from sangar.warning.kernels.warn import warn

FREE = np.int64(TrackStatus.FREE)
NO_TRACK = np.int64(0)
TRACKER = np.int64(SensorKind.TRACKER)
SENSOR_SILENT, SENSOR_HEARD = np.int64(EventKind.SENSOR_SILENT), np.int64(EventKind.SENSOR_HEARD)


@kernel
def _hear(sensors, sensor_row, time_s, outputs):
    """Note that a sensor reported."""
    sensor = sensors[sensor_row]
    sensor["last_heard_s"] = max(sensor["last_heard_s"], time_s)
    if sensor["is_silent"] == 1:
        sensor["is_silent"] = 0
        index = new_event(outputs, SENSOR_HEARD, time_s, NO_TRACK)
        if index >= 0:
            outputs.events[index]["new"] = sensor_row


@kernel
def _watch_sensors(sensors, time_s, silence_s, outputs):
    """Announce sensors that have fallen silent: silence is a fault, never a clear sky."""
    for s in range(sensors.shape[0]):
        sensor = sensors[s]
        if sensor["kind"] >= FIRST_COOPERATIVE:
            continue  # nobody need fly: nothing is concluded from its silence
        if sensor["last_heard_s"] == -np.inf:
            sensor["last_heard_s"] = time_s  # the watch begins with the run
        if sensor["is_silent"] == 0 and time_s - sensor["last_heard_s"] > sensor["period_s"] + silence_s:
            sensor["is_silent"] = 1
            index = new_event(outputs, SENSOR_SILENT, time_s, NO_TRACK)
            if index >= 0:
                outputs.events[index]["new"] = s


@kernel
def _write_update(update, track, identity, row):
    """One row of the tracks table."""
    update["time_s"] = track["time_s"]
    update["track"] = track["id"]
    update["status"] = track["status"]
    update["row"] = row
    for d in range(6):
        update["mean"][d] = track["mean"][d]
    for k in range(21):
        update["covariance"][k] = track["covariance"][k]
    update["existence"] = existence(track)
    is_known = identity["track"] == track["id"]
    for c in range(identity["posterior"].shape[0]):
        update["posterior"][c] = identity["posterior"][c] if is_known else np.nan
    update["identity"] = identity["identity"] if is_known else 0


@kernel
def _record_updates(tracks, identities, outputs):
    """Add a row to the tracks table for every track that one of this batch's detections updated."""
    if outputs.updates.shape[0] == 0:
        return
    for i in range(tracks.counters[HIGH_WATER]):
        track = tracks.rows[i]
        if track["status"] == FREE or track["batch"] != tracks.counters[BATCH]:
            continue
        n = outputs.written[UPDATES]
        if n >= outputs.updates.shape[0]:
            outputs.written[OVERFLOW] += 1
            return
        outputs.written[UPDATES] = n + 1
        _write_update(outputs.updates[n], track, identities[i], track["row"])


@kernel
def step(world, time_s, sensor_row, batch, reports, actions, parameters, outputs):
    """One step of the whole defence.

    Args:
        world: `World`, changed in place.
        time_s: time of the batch; seconds since the site's epoch.
        sensor_row: sensor that measured the batch; -1 for a tick of time without detections.
        batch: (n,) records of `DETECTION`.
        reports: (r,) records of `TRACK_REPORT`; read instead of the batch where the sensor is another tracker or a
            cooperative source.
        actions: (m,) records of `ACTION`.
        parameters: `StepParameters`.
        outputs: `Outputs`; records are appended.
    """
    tracks, late_limit_s = world.tracks, parameters.tracking.late_limit_s
    if sensor_row < 0:
        verdict = take_tick(world.sensors, time_s, world.clock_s)
    else:
        verdict = take_time(world.sensors, sensor_row, time_s, late_limit_s, world.clock_s, outputs)
    now_s = world.clock_s[NEWEST]
    if verdict == SET_BACK:
        forget_future(tracks, world.zones, now_s, late_limit_s, outputs)
    if sensor_row >= 0:
        _hear(world.sensors, sensor_row, now_s, outputs)
    else:
        let_time_pass(tracks, now_s, parameters.tracking, outputs)
    batches_before = tracks.counters[BATCH]
    is_used, count = sensor_row >= 0 and verdict in (BELIEVED, SET_BACK), batch.shape[0] + reports.shape[0]
    is_claim = sensor_row >= 0 and world.sensors[sensor_row]["kind"] >= FIRST_COOPERATIVE
    if is_used and is_claim:
        hear_claims(
            world.claims,
            reports,
            world.sensors,
            sensor_row,
            tracks,
            world.identities,
            now_s,
            parameters.identification,
            outputs,
        )
    elif is_used and world.sensors[sensor_row]["kind"] == TRACKER:
        fuse_batch(tracks, time_s, reports, world.sensors, sensor_row, parameters.tracking, outputs, world.work)
    elif is_used:
        track_registered(
            tracks,
            time_s,
            batch,
            world.sensors,
            sensor_row,
            world.registration,
            parameters.tracking,
            parameters.registration,
            outputs,
            world.work,
        )
        if tracks.counters[BATCH] != batches_before:
            hear(
                tracks,
                world.identities,
                batch,
                world.work.columns,
                world.sensors[sensor_row],
                sensor_row,
                parameters.identification,
            )
    elif count > 0:
        tracks.counters[DETECTION_COUNT] += count
        tracks.counters[LATE_COUNT if verdict == TOO_LATE else MISTIMED_COUNT] += count
    _watch_sensors(world.sensors, now_s, parameters.silence_s, outputs)
    apply_identity_actions(world.identities, tracks, actions, now_s, outputs)
    identify(tracks, world.identities, world.areas, world.rules, now_s, parameters.identification, outputs)
    assess(tracks, world.assessments, world.areas, parameters.assessment, outputs, world.work.bench[0])
    hold_judgements(tracks, world.identities, world.areas, actions, now_s, parameters.warning, outputs)
    warn(
        tracks,
        world.identities,
        world.assessments,
        world.areas,
        world.zones,
        world.sensors,
        now_s,
        parameters.warning,
        outputs,
    )
    engage(
        tracks,
        world.identities,
        world.assessments,
        world.areas,
        world.effectors,
        world.engagements,
        actions,
        now_s,
        parameters.engagement,
        outputs,
    )
    if is_used and not is_claim:
        _record_updates(tracks, world.identities, outputs)
