"""The tracking stage: one batch of detections of one sensor becomes updated, new and ended tracks."""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.prefetch import prefetch
from sangar.core.sensors import LEFT_OUT_BY_SITE, LEFT_OUT_BY_STEP, PUT_RIGHT
from sangar.core.targets import DropReason
from sangar.core.tracks import BATCH, DOUBLE_COUNT, LEFT_OUT_COUNT
from sangar.tracking.kernels.association.admission import admit
from sangar.tracking.kernels.association.assignment import ALONE, assign
from sangar.tracking.kernels.association.candidates import find_candidates
from sangar.tracking.kernels.association.clutter import fill_map, read_map
from sangar.tracking.kernels.association.fork import branch, claim_early, hold_back
from sangar.tracking.kernels.association.joint_choice import weigh_all
from sangar.tracking.kernels.association.joint_correction import correct_jointly, joint_evidence
from sangar.tracking.kernels.association.repeats import leave_out_repeats, mark_repeats
from sangar.tracking.kernels.association.turns import let_others_have_theirs
from sangar.tracking.kernels.bearings_only.bearing_birth import begin_from_bearings
from sangar.tracking.kernels.filtering.correction import accept
from sangar.tracking.kernels.filtering.prediction import predict
from sangar.tracking.kernels.filtering.stray import suppose_own
from sangar.tracking.kernels.management.birth import begin
from sangar.tracking.kernels.management.confirmation import calibrate
from sangar.tracking.kernels.management.desertion import settle_desertions
from sangar.tracking.kernels.management.doubles import note_doubles, settle_doubles
from sangar.tracking.kernels.management.echoes import ends_as_echo, pass_over_echoes
from sangar.tracking.kernels.management.life import drop, end_impacted, end_lost, gain_credit
from sangar.tracking.kernels.management.recall import announce
from sangar.tracking.kernels.management.reserve import keep_reserve
from sangar.tracking.kernels.out_of_sequence.late import (
    SHIFT_LIMIT_S,
    await_late,
    is_late,
    learn_lag,
    learn_lateness,
)
from sangar.tracking.kernels.out_of_sequence.late_use import (
    any_late,
    cost_of,
    count_unused,
    note_detection,
    take_late,
)
from sangar.tracking.kernels.out_of_sequence.trail import leave_trail, note_look, trail_spacing_s
from sangar.tracking.kernels.registration.clock_lead import leads_all
from sangar.tracking.kernels.registration.fault_removal import remove_fault
from sangar.tracking.kernels.registration.realignment import examine
from sangar.tracking.kernels.registration.reconciliation import judge
from sangar.tracking.kernels.visibility.looks import count_missed

NUMERICAL = np.int64(DropReason.NUMERICAL)


@kernel
def _correct(track, batch, row, time_s, sensor, parameters, corrected, work):
    """Correct a track with the detection its assignment row was given; False when numbers broke."""
    d, bench = row["column"], work.bench[0]
    if corrected["detection"] != d:
        predict(track, time_s, parameters, work.predicted[0], bench)
        suppose_own(track["status"], work.predicted[0], batch[d], sensor, parameters, corrected, work)
    return accept(track, batch[d], sensor, parameters, corrected, work.predicted[0], bench)


@kernel
def _keep_life(tracks, track, detection, log_ratio, time_s, sensors, sensor_row, parameters, outputs):
    """Note which detection and sensor a track was updated by, and credit it; returns the row it has now."""
    sensor = sensors[sensor_row]
    note_detection(tracks, track, detection, time_s, sensors, sensor_row)
    is_confirmed = gain_credit(tracks, track, time_s, log_ratio, parameters, outputs)
    if sensor["looked_s"] > time_s:  # looks that came before this report have missed the track since
        count_missed(track, sensor["looked_s"], time_s, sensor, sensor_row)
    if is_confirmed:
        return announce(tracks, track, time_s, parameters, outputs)
    return track["place"]


@kernel
def _take(tracks, i, r, batch, time_s, sensors, sensor_row, parameters, outputs, work):
    """Let track i use the detection that assignment row r was given."""
    track, row = tracks.rows[i], work.rows[r]
    if is_late(track, time_s):
        take_late(tracks, i, r, batch, sensors, sensor_row, parameters, outputs, work)
        return
    column = work.columns[row["column"]]
    column["track"], detection = i, batch[row["column"]]
    if time_s <= tracks.late_until_s[0]:
        leave_trail(tracks.trails[i], track, trail_spacing_s(parameters))
        note_look(tracks.trails[i], track, detection["time_s"], sensor_row)
    if _correct(track, batch, row, time_s, sensors[sensor_row], parameters, work.corrected[r], work):
        log_ratio = -cost_of(row, work.pairs) + np.log(1.0 - sensors[sensor_row]["detection_probability"])
        column["track"] = _keep_life(
            tracks, track, detection, log_ratio, time_s, sensors, sensor_row, parameters, outputs
        )
    else:
        drop(tracks, track, time_s, NUMERICAL, outputs)


@kernel
def _match(count, tracks, sensor, is_joint, work):
    """Say which detection is each track's, so that all pairings together are the most likely; use none of them yet."""
    if is_joint:
        weigh_all(count, tracks, sensor, work)
        return
    assign(count, work.rows, work.pairs, work.columns, 0.0)
    for r in range(count):
        row = work.rows[r]
        if row["column"] != ALONE:
            work.columns[row["column"]]["taken"], work.columns[row["column"]]["track"] = 1, row["track"]


@kernel
def _take_singly(count, tracks, batch, time_s, sensors, sensor_row, parameters, outputs, work):
    """Give each track the one detection that is its own."""
    sensor = sensors[sensor_row]
    for r in range(count):
        row = work.rows[r]
        if r + 1 < count:
            prefetch(work.corrected[r + 1])
            prefetch(tracks.rows[work.rows[r + 1]["track"]])
            if work.rows[r + 1]["column"] != ALONE:
                prefetch(batch[work.rows[r + 1]["column"]])
        if row["column"] == ALONE:
            continue
        if not ends_as_echo(tracks, row, batch, time_s, sensor, sensor_row, parameters, outputs, work):
            _take(tracks, row["track"], r, batch, time_s, sensors, sensor_row, parameters, outputs, work)


@kernel
def _take_jointly(count, tracks, batch, time_s, sensors, sensor_row, parameters, outputs, work):
    """Give each track its share of every detection that it may be."""
    sensor = sensors[sensor_row]
    for r in range(count):
        row, own = work.rows[r], work.joint.rows[r]
        if row["column"] == ALONE:
            continue
        if ends_as_echo(tracks, row, batch, time_s, sensor, sensor_row, parameters, outputs, work):
            continue
        track, detection = tracks.rows[row["track"]], batch[row["column"]]
        if correct_jointly(track, r, batch, time_s, sensor, parameters, work):
            log_ratio = joint_evidence(r, sensor["detection_probability"], work.joint)
            place = _keep_life(tracks, track, detection, log_ratio, time_s, sensors, sensor_row, parameters, outputs)
            if own["assigned"] != ALONE:
                work.columns[own["assigned"]]["track"] = place
        else:
            drop(tracks, track, time_s, NUMERICAL, outputs)


@kernel
def track_batch(tracks, time_s, batch, sensors, sensor_row, parameters, outputs, work):
    """Track one batch.

    Args:
        tracks: `TrackTable`, changed in place.
        time_s: time of the batch; seconds since the site's epoch.
        batch: (n,) records of `DETECTION`, n at most the workspace's batch capacity.
        sensors: records of `SENSOR`; sensor_row: which of them measured the batch.
        parameters: `TrackingParameters`.
        outputs: `Outputs`, events are appended.
        work: `Workspace`.
    """
    mark_repeats(batch, sensor_row, tracks.prints, work.columns)
    track_marked(tracks, time_s, batch, sensors, sensor_row, parameters, outputs, work)


@kernel
def track_marked(tracks, time_s, batch, sensors, sensor_row, parameters, outputs, work):
    """Track one batch whose repeats have been marked; what is not said here: `track_batch`."""
    sensor, used, late_s = sensors[sensor_row], batch, 0.0
    if sensor["left_out"] >= LEFT_OUT_BY_STEP and parameters.realigns == 1:
        if sensor_row < tracks.realignments.shape[0]:
            examine(tracks, time_s, batch, sensors, sensor_row, outputs, work)
        if sensor["left_out"] == PUT_RIGHT:
            used = work.realigned[: batch.shape[0]]
            late_s = remove_fault(batch, tracks.realignments[sensor_row], sensor, used)
    _track(tracks, time_s - late_s, used, sensors, sensor_row, parameters, outputs, work)


@kernel
def _track(tracks, time_s, batch, sensors, sensor_row, parameters, outputs, work):
    """Track one batch without what is known to be wrong with it."""
    sensor = sensors[sensor_row]
    is_news = time_s >= sensor["looked_s"] - SHIFT_LIMIT_S
    tracks.counters[BATCH] += 1
    await_late(tracks, sensors, time_s)
    end_impacted(tracks, time_s, parameters, outputs)
    keep_reserve(tracks, time_s, parameters, outputs)
    admit(batch, time_s, sensor, tracks.counters, work.columns)
    leave_out_repeats(batch.shape[0], tracks.counters, work.columns)
    calibrate(tracks, time_s, batch, sensors, sensor_row, parameters, work)
    read_map(batch, time_s, sensor, parameters, work.columns)
    count = find_candidates(tracks, time_s, batch, sensor_row, sensor, parameters, outputs, work)
    hold_back(count, tracks, time_s, sensor_row, sensor, work.rows)
    let_others_have_theirs(count, tracks, batch, time_s, sensor, sensor_row, work)
    is_joint = parameters.joint == 1 and not any_late(count, tracks, time_s, work.rows)
    _match(count, tracks, sensor, is_joint, work)
    if is_news:
        judge(tracks, time_s, batch, sensors, sensor_row, count, parameters, outputs, work)
    if sensor["left_out"] in (LEFT_OUT_BY_SITE, LEFT_OUT_BY_STEP):
        tracks.counters[LEFT_OUT_COUNT] += batch.shape[0]
        return
    if leads_all(sensors, sensor_row, time_s):  # not used from the first such look on, and left out when that lasts
        tracks.counters[LEFT_OUT_COUNT] += batch.shape[0]
        sensor["looked_s"] = max(sensor["looked_s"], time_s)
        return
    if is_joint:
        _take_jointly(count, tracks, batch, time_s, sensors, sensor_row, parameters, outputs, work)
    else:
        if is_news:
            note_doubles(count, tracks, time_s, batch, sensors, sensor_row, work)
        _take_singly(count, tracks, batch, time_s, sensors, sensor_row, parameters, outputs, work)
    for r in range(count):
        row = work.rows[r]
        if row["held"] != row["first"] and claim_early(row, work.pairs, work.columns):
            i = branch(tracks, row["track"])
            if i >= 0:
                _take(tracks, i, r, batch, time_s, sensors, sensor_row, parameters, outputs, work)
    settle_desertions(tracks, batch, time_s, sensors, sensor_row, parameters, work.columns)
    if tracks.counters[DOUBLE_COUNT] > 0:
        settle_doubles(tracks, time_s, sensor, sensor_row, outputs)
    if is_news:
        learn_lag(sensors, sensor_row, time_s)
    end_lost(tracks, time_s, sensors, sensor_row, parameters, outputs)
    if not is_news:
        learn_lateness(sensor, count_unused(batch, work.columns, tracks.counters), 1.0)
        return
    learn_lateness(sensor, batch.shape[0], 0.0)
    if sensor["starts_tracks"] == 1:
        pass_over_echoes(tracks, batch, sensor, sensor_row, parameters, work)
        for d in range(batch.shape[0]):
            if work.columns[d]["admitted"] == 1 and work.columns[d]["taken"] == 0:
                begin(tracks, batch[d], sensor_row, sensor, parameters, work.bench[0])
    elif sensor_row < tracks.bearings.written.shape[0]:
        begin_from_bearings(tracks, batch, sensors, sensor_row, parameters, work)
    fill_map(tracks, batch, time_s, sensor, parameters, work.columns)
