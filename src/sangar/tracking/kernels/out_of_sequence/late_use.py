"""What becomes of a late batch: tracks corrected in their past and credited, the rest counted."""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.targets import DropReason, TrackStatus
from sangar.core.tracks import ALL_WITNESSES, BATCH, LATE_COUNT, LATE_USED_COUNT
from sangar.tracking.kernels.filtering.correction import become
from sangar.tracking.kernels.management.life import SCORE_CAP, drop, gain_credit
from sangar.tracking.kernels.management.recall import announce
from sangar.tracking.kernels.out_of_sequence.late import begin_thrown_late, is_late, suppose_late
from sangar.tracking.kernels.out_of_sequence.past import correct_trail
from sangar.tracking.kernels.out_of_sequence.trail import note_look
from sangar.tracking.kernels.visibility.hearing import note_heard, note_seen
from sangar.tracking.kernels.visibility.looks import sensor_bit
from sangar.tracking.kernels.visibility.witnesses import hear_witness

COASTING, NUMERICAL = np.int64(TrackStatus.COASTING), np.int64(DropReason.NUMERICAL)


@kernel
def cost_of(row, pairs):
    """Cost of the pair that an assignment row was given."""
    for k in range(row["first"], row["last"]):
        if pairs[k]["detection"] == row["column"]:
            return pairs[k]["cost"]
    return 0.0


@kernel
def any_late(count, tracks, time_s, rows):
    """Whether the batch is late for any of the tracks that have candidates in it."""
    for r in range(count):
        if is_late(tracks.rows[rows[r]["track"]], time_s):
            return True
    return False


@kernel
def note_detection(tracks, track, detection, time_s, sensors, sensor_row):
    """Note which detection of which sensor a track used."""
    track["row"] = detection["row"]
    track["batch"] = tracks.counters[BATCH]
    track["sensor"] = sensor_row
    track["sensors"] |= sensor_bit(sensor_row)
    note_heard(track, time_s, sensor_row)
    note_seen(track, detection["time_s"], sensor_row)
    track["period_s"] = max(track["period_s"], sensors[sensor_row]["period_s"])
    track["looks_alike"] = max(track["looks_alike"], sensors[sensor_row]["looks_alike"])
    if track["witnesses"] != ALL_WITNESSES:
        hear_witness(track, time_s, sensors, sensor_row)


@kernel
def _correct_late(track, trail, batch, row, sensor, parameters, corrected, work):
    """Correct a track with a detection older than itself; False when numbers broke."""
    d, bench = row["column"], work.bench[0]
    if corrected["detection"] != d:
        suppose_late(track, trail, batch[d], np.inf, sensor, parameters, corrected, bench)
    if track["hits"] == 1:
        begin_thrown_late(track, batch[d], sensor, parameters, corrected, bench)
    correct_trail(track, trail, batch[d], sensor, parameters, bench)
    return become(track, corrected, parameters, bench)


@kernel
def _gain_credit(tracks, track, log_ratio, parameters, outputs):
    """Add a late detection's evidence: what was missed since stays missed, and what coasts goes on coasting.

    Returns:
        The row the track has now.
    """
    if track["status"] == COASTING:
        track["score"] = min(SCORE_CAP, track["score"] + log_ratio)
        track["hits"] += 1
        return track["place"]
    missed = track["missed"]
    is_confirmed = gain_credit(tracks, track, track["time_s"], log_ratio + missed, parameters, outputs)
    track["missed"] = missed
    if is_confirmed:
        return announce(tracks, track, track["time_s"], parameters, outputs)
    return track["place"]


@kernel
def take_late(tracks, i, r, batch, sensors, sensor_row, parameters, outputs, work):
    """Let track i use the detection older than itself that assignment row r was given.

    The look it comes from has been held against the track where it came before this report: that is given back.
    """
    track, trail, row, sensor = tracks.rows[i], tracks.trails[i], work.rows[r], sensors[sensor_row]
    detection, column, time_s = batch[row["column"]], work.columns[row["column"]], track["time_s"]
    column["track"] = i
    if not _correct_late(track, trail, batch, row, sensor, parameters, work.corrected[r], work):
        drop(tracks, track, time_s, NUMERICAL, outputs)
        return
    tracks.counters[LATE_USED_COUNT] += 1
    note_look(trail, track, detection["time_s"], sensor_row)
    note_detection(tracks, track, detection, time_s, sensors, sensor_row)
    track["birth_s"] = min(track["birth_s"], detection["time_s"])
    log_ratio = -cost_of(row, work.pairs)
    if sensor["looked_s"] < detection["time_s"]:
        log_ratio += np.log(1.0 - sensor["detection_probability"])
    column["track"] = _gain_credit(tracks, track, log_ratio, parameters, outputs)


@kernel
def count_unused(batch, columns, counters):
    """Count what comes later than a newer look of its sensor and is no track's; returns how many could be used.

    It starts none: a body that is there has been seen since, and what was seen only then could not be confirmed.
    """
    count = np.int64(0)
    for d in range(batch.shape[0]):
        if columns[d]["admitted"] == 1:
            count += 1
            if columns[d]["taken"] == 0:
                counters[LATE_COUNT] += 1
    return count
