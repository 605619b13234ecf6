"""New tracks from bearings of two or more sensors.

The bearings of a batch that no track took are paired with the remembered ones of the other sensors; of all pairs the
set is taken that explains each bearing once and has the greatest sum of log-odds.

Work and memory are bounded. Of a flood of bearings every so manieth is taken, another set in every picture, so that no
part of the picture stays blind; and who is looked at first changes. What was not is counted.
"""

import numpy as np

from sangar.core.bearings import BEARINGS_KEPT
from sangar.core.jit import kernel
from sangar.core.kernels.lots import lot
from sangar.core.targets import TrackStatus
from sangar.core.tracks import (
    BATCH,
    BEARING_OVERFLOW_COUNT,
    HIGH_WATER,
    STATE_PACKED,
    STATE_SIZE,
)
from sangar.models.kernels.packed import all_finite_positive, set_diagonal
from sangar.tracking.kernels.association.assignment import ALONE, assign
from sangar.tracking.kernels.bearings_only.bearings import IMPOSSIBLE, pair_evidence, remember, support
from sangar.tracking.kernels.filtering.kalman import correct
from sangar.tracking.kernels.filtering.prediction import THROWN_IGNORED_LOGIT
from sangar.tracking.kernels.management.birth import (
    CLIMB_ROW,
    EAST_ROW,
    END_ROW,
    SPEED_ROW,
    UP_ROW,
    fill_life,
    is_debris,
    write_first,
)
from sangar.tracking.kernels.management.crowding import row_for
from sangar.tracking.kernels.management.rows import enrol
from sangar.tracking.kernels.visibility.hearing import count_sensors, heard_lately
from sangar.tracking.kernels.visibility.looks import sensor_bit

FREE = np.int64(TrackStatus.FREE)
LOOKUPS = 32768
"""Remembered bearings one batch may look at."""
VAGUE_RANGES = 10.0
"""1 sigma of a position before the bearings speak, in ranges."""
TWIN_GATE = 1.0
"""Squared sigmas within which a crossing is a track that is there already."""


@kernel
def _evidence(tracks, k, sensor_row, m, sensors, parameters, fix):
    """Log-odds of a pair with every third sensor asked; (log-odds, sigma of the crossing, bearings looked at)."""
    memory, partner = tracks.bearings, m // BEARINGS_KEPT
    evidence, sigma_m = pair_evidence(memory, k, sensors[sensor_row], m, sensors[partner], parameters, fix)
    looked = 1
    if evidence <= IMPOSSIBLE:
        return evidence, sigma_m, looked
    time_s = memory.sights[k]["time_s"]
    for s in range(sensors.shape[0]):
        if s in (sensor_row, partner) or sensors[s]["starts_tracks"] == 1:
            continue
        _, ratio, cost = support(memory, fix, time_s, sigma_m, s, sensors[s], parameters)
        evidence += ratio
        looked += cost
    return evidence, sigma_m, looked


@kernel
def _list_pairs(tracks, count, sensor_row, sensors, parameters, work):
    """Write the pairs worth a track for the assignment; its rows are the first `count` records of `fix_rows`."""
    pairs, left, begin = 0, LOOKUPS, lot(tracks.counters[BATCH])
    for n in range(count):
        row = work.fix_rows[(begin + n) % count]
        row["first"], row["last"] = pairs, pairs
        for m in range(tracks.bearings.sights.shape[0]):
            if left <= 0 or pairs >= work.fix_pairs.shape[0]:
                break
            partner = m // BEARINGS_KEPT
            if partner == sensor_row or tracks.bearings.written[partner] == 0:
                continue
            evidence, _, looked = _evidence(tracks, row["track"], sensor_row, m, sensors, parameters, work.fix)
            left -= looked
            if evidence > parameters.bearing_birth_score:
                work.fix_pairs[pairs]["detection"] = m
                work.fix_pairs[pairs]["cost"] = parameters.bearing_birth_score - evidence
                pairs += 1
        row["last"] = pairs
    if left <= 0 or pairs >= work.fix_pairs.shape[0]:
        tracks.counters[BEARING_OVERFLOW_COUNT] += 1


@kernel
def _first_estimate(mean, covariance, fix, range_m, has_height, parameters):
    """A vague place about the crossing and a prior of velocity."""
    for k in range(STATE_PACKED):
        covariance[k] = 0.0
    for d in range(3):
        mean[d], mean[3 + d] = fix[d], 0.0
    vague_m, speed_mps, climb_mps = VAGUE_RANGES * range_m, parameters.initial_speed_mps, parameters.initial_climb_mps
    set_diagonal(covariance, EAST_ROW, SPEED_ROW, vague_m * vague_m)
    if has_height == 0:
        height_m = min(parameters.unknown_height_m, 0.5 * range_m)
        set_diagonal(covariance, UP_ROW, SPEED_ROW, height_m * height_m)
    set_diagonal(covariance, SPEED_ROW, CLIMB_ROW, speed_mps * speed_mps)
    set_diagonal(covariance, CLIMB_ROW, END_ROW, climb_mps * climb_mps)


@kernel
def _is_known(tracks, time_s, mean, covariance):
    """Whether a track stands there already, both uncertainties counted."""
    for i in range(tracks.counters[HIGH_WATER]):
        track = tracks.rows[i]
        if track["status"] == FREE:
            continue
        dt_s = time_s - track["time_s"]
        distance_squared = 0.0
        for d in range(3):
            place, cross, speed = d * (d + 1) // 2 + d, (d + 3) * (d + 4) // 2 + d, (d + 3) * (d + 4) // 2 + d + 3
            own = track["covariance"]
            variance = own[place] + 2.0 * dt_s * own[cross] + dt_s * dt_s * own[speed] + covariance[place]
            apart_m = mean[d] - track["mean"][d] - dt_s * track["mean"][3 + d]
            distance_squared += apart_m * apart_m / max(variance, 1e-9)
        if distance_squared < TWIN_GATE:
            return True
    return False


@kernel
def _enrol(tracks, k, sensor_row, sensor, mean, covariance, score, parameters):
    """Give a tentative track its row; returns the row, -1 when there is none for it."""
    i = row_for(tracks, score, sensor_row)
    if i < 0:
        return i
    track = tracks.rows[i]
    write_first(track, mean, covariance)
    enrol(tracks, track)
    track["batch"] = tracks.counters[BATCH]
    fill_life(track, tracks.bearings.detections[k], sensor_row, sensor, parameters)
    track["score"], track["witnesses"] = score, 0
    track["thrown_logit"] = THROWN_IGNORED_LOGIT
    return i


@kernel
def _begin(tracks, k, sensor_row, m, sensors, parameters, work):
    """Start a track from two bearings and those of third sensors that fit."""
    memory, bench, partner = tracks.bearings, work.bench[0], m // BEARINGS_KEPT
    evidence, sigma_m, _ = _evidence(tracks, k, sensor_row, m, sensors, parameters, work.fix)
    if evidence <= parameters.bearing_birth_score:
        return  # a third bearing that spoke for it has meanwhile been used
    time_s, sensor = memory.sights[k]["time_s"], sensors[sensor_row]
    mean, covariance = bench["mean"][:], bench["covariance"][:]
    has_height = max(memory.sights[k]["has_elevation"], memory.sights[m]["has_elevation"])
    range_m = 1.0
    for d in range(3):
        range_m += abs(work.fix[d] - sensor["position_m"][d])
    _first_estimate(mean, covariance, work.fix, range_m, has_height, parameters)
    bearing, other = memory.detections[k], memory.detections[m]
    correct(mean, time_s, covariance, STATE_SIZE, other, np.inf, sensors[partner], parameters, bench)
    correct(mean, time_s, covariance, STATE_SIZE, bearing, np.inf, sensor, parameters, bench)
    if not all_finite_positive(covariance, STATE_SIZE) or is_debris(mean, time_s, tracks.scars, parameters):
        return
    if _is_known(tracks, time_s, mean, covariance):
        return
    memory.sights[k]["used"], memory.sights[m]["used"] = 1, 1
    hits, period_s = 2, max(sensor["period_s"], sensors[partner]["period_s"])
    seen_by = sensor_bit(sensor_row) | sensor_bit(partner)
    for s in range(sensors.shape[0]):
        if s in (sensor_row, partner) or sensors[s]["starts_tracks"] == 1:
            continue
        third, _, _ = support(memory, work.fix, time_s, sigma_m, s, sensors[s], parameters)
        if third >= 0:
            other = memory.detections[third]
            correct(mean, time_s, covariance, STATE_SIZE, other, np.inf, sensors[s], parameters, bench)
            memory.sights[third]["used"] = 1
            hits += 1
            period_s = max(period_s, sensors[s]["period_s"])
            seen_by |= sensor_bit(s)
    score = min(evidence, parameters.confirmation_score)
    i = _enrol(tracks, k, sensor_row, sensor, mean, covariance, score, parameters)
    if i >= 0:
        track = tracks.rows[i]
        track["hits"], track["period_s"] = hits, period_s
        track["sensors"], track["heard"] = seen_by, seen_by


@kernel
def _is_explained(tracks, column, time_s):
    """Whether a bearing belongs to a track of which other sensors know as well.

    A track that one sensor of bearings feeds alone wanders along its rays, and may have wandered off; its bearing is
    free to meet another sensor's. Where the track is right it takes that bearing too, and nothing is left to meet.
    """
    if column["taken"] == 0:
        return False
    return count_sensors(heard_lately(tracks.rows[column["track"]], time_s)) > 1


@kernel
def _is_free(tracks, batch, d, work):
    """Whether a bearing may start a track."""
    return work.columns[d]["admitted"] == 1 and not _is_explained(tracks, work.columns[d], batch[d]["time_s"])


@kernel
def _count_free(tracks, batch, work):
    """How many bearings of a batch may start a track."""
    free = 0
    for d in range(batch.shape[0]):
        if _is_free(tracks, batch, d, work):
            free += 1
    return free


@kernel
def _remember_free(tracks, batch, sensors, sensor_row, work):
    """Remember the free bearings of a batch, or as many as there is room for; returns how many."""
    free, room = batch.shape[0], work.fix_rows.shape[0]
    if free > room:
        free = _count_free(tracks, batch, work)
    if free > room:
        tracks.counters[BEARING_OVERFLOW_COUNT] += 1
    count, place = 0, lot(tracks.counters[BATCH])
    for d in range(batch.shape[0]):
        if not _is_free(tracks, batch, d, work):
            continue
        place += 1
        if free <= room or place * room % free < room:  # of any so many in a row just `room` are taken
            work.fix_rows[count]["track"] = remember(tracks.bearings, batch[d], sensor_row, sensors[sensor_row])
            count += 1
    return count


@kernel
def begin_from_bearings(tracks, batch, sensors, sensor_row, parameters, work):
    """Remember the bearings of a batch that no track explains; start tracks where they meet those of other sensors."""
    count = _remember_free(tracks, batch, sensors, sensor_row, work)
    if count == 0:
        return
    _list_pairs(tracks, count, sensor_row, sensors, parameters, work)
    assign(count, work.fix_rows, work.fix_pairs, work.fix_columns, 0.0)
    for r in range(count):
        if work.fix_rows[r]["column"] != ALONE:
            _begin(tracks, work.fix_rows[r]["track"], sensor_row, work.fix_rows[r]["column"], sensors, parameters, work)
