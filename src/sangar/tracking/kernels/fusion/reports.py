"""One batch of another tracker's reports becomes updated, new and ended tracks of ours.

A number that has stood for one of our tracks goes on doing so while it fits; one that has contradicted it several times
in a row, or is new, is given to the track it fits best, at most one of a source to each; what fits none begins a track
of its own, marked by its source and alive as long as that speaks.

What may be our own voice (`hears_us`) is fused, which is harmless, but witnesses nothing: it keeps no track of ours
alive, and right after ours has ended it starts none.
"""

import numpy as np

from sangar.core.events import EventKind
from sangar.core.jit import kernel
from sangar.core.targets import DropReason, TrackStatus
from sangar.core.track_reports import ReportStatus
from sangar.core.tracks import (
    BATCH,
    CONTRADICTED_COUNT,
    DETECTION_COUNT,
    HIGH_WATER,
    LATE_COUNT,
    REJECTED_COUNT,
)
from sangar.tracking.kernels.association.assignment import ALONE, assign
from sangar.tracking.kernels.fusion.intersection import compare
from sangar.tracking.kernels.fusion.links import PATIENCE, find_link, is_alive, mark_linked, set_link
from sangar.tracking.kernels.fusion.report_admission import (
    admit_report,
    agility_m2ps3,
    place_report,
    place_track,
    read_told,
)
from sangar.tracking.kernels.fusion.report_use import begin_reported, fuse_report
from sangar.tracking.kernels.management.life import drop, end_impacted, end_lost, gain_credit, say
from sangar.tracking.kernels.management.reserve import keep_reserve
from sangar.tracking.kernels.visibility.looks import sensor_bit

TRACK_CONFIRMED = np.int64(EventKind.TRACK_CONFIRMED)
FREE = np.int64(TrackStatus.FREE)
LOST, NUMERICAL = np.int64(DropReason.LOST), np.int64(DropReason.NUMERICAL)
COASTING, ENDED = np.int64(ReportStatus.COASTING), np.int64(ReportStatus.ENDED)
NOT_STARTED, STARTED = np.int64(0), np.int64(1)

KEEP_GATE_FACTOR = 2.0
"""A link holds out to this many times the squared distance at which it was made: hysteresis."""

WAITING, DONE = np.int64(1), np.int64(0)


@kernel
def _is_alone(track, sensor_row):
    """Whether only this source has ever reported the track."""
    return track["sensors"] == sensor_bit(sensor_row)


@kernel
def _distance_squared(track, report, parameters, bench):
    """Squared Mahalanobis distance of a report from a track, both uncertainties counted, at the later time of both."""
    place_track(track, report["time_s"], parameters, bench)
    if report["time_s"] < track["time_s"]:
        place_report(report, track, parameters, bench)
    else:
        for d in range(6):
            bench["report_mean"][d] = report["mean"][d]
        for k in range(21):
            bench["report_covariance"][k] = report["covariance"][k]
    return compare(bench["mean"][:], bench["covariance"][:], bench)[0]


@kernel
def _use(tracks, place, report, sensor_row, sensor, parameters, outputs, work):
    """Fuse a report into the track in row `place` and keep the track's life."""
    track = tracks.rows[place]
    is_witness = sensor["hears_us"] == 0 or _is_alone(track, sensor_row)
    if not fuse_report(track, report, is_witness, parameters, work):
        drop(tracks, track, report["time_s"], NUMERICAL, outputs)
        return
    track["batch"], track["row"] = tracks.counters[BATCH], -1
    if is_witness:
        track["sensor"] = sensor_row
        track["sensors"] |= sensor_bit(sensor_row)
        track["period_s"] = max(track["period_s"], sensor["period_s"])
        if gain_credit(tracks, track, report["time_s"], parameters.report_score, parameters, outputs):
            say(outputs, TRACK_CONFIRMED, report["time_s"], track)  # whose track it is, its number there says


@kernel
def _follow_link(tracks, link, report, sensor_row, sensor, parameters, outputs, work):
    """Use a report of a known number; WAITING when it must look for another track, DONE when it is dealt with."""
    if report["time_s"] <= link["time_s"]:
        tracks.counters[LATE_COUNT] += 1
        return DONE
    link["time_s"], link["identity"] = report["time_s"], report["identity"]
    if not is_alive(link, tracks):
        if np.isnan(link["orphaned_s"]):
            link["orphaned_s"] = report["time_s"]
        is_echo = sensor["hears_us"] == 1 and link["started"] == 0
        is_fresh = report["time_s"] - link["orphaned_s"] < parameters.echo_time_s
        return DONE if (is_echo and is_fresh) or report["status"] >= COASTING else WAITING
    place, track = link["place"], tracks.rows[link["place"]]
    if report["status"] == ENDED:
        if _is_alone(track, sensor_row):
            drop(tracks, track, report["time_s"], LOST, outputs)
        return DONE
    if report["status"] == COASTING:
        return DONE
    if _distance_squared(track, report, parameters, work.fusion[0]) > KEEP_GATE_FACTOR * parameters.gate:
        link["contradictions"] += 1
        tracks.counters[CONTRADICTED_COUNT] += 1
        return WAITING if link["contradictions"] >= PATIENCE else DONE
    link["contradictions"] = 0
    _use(tracks, place, report, sensor_row, sensor, parameters, outputs, work)
    return DONE


@kernel
def _read_reports(tracks, time_s, reports, sensor_row, sensor, parameters, outputs, work):
    """Deal with sound reports of known numbers; returns how many wait for a track."""
    waiting = 0
    for d in range(reports.shape[0]):
        report, column = reports[d], work.columns[d]
        tracks.counters[DETECTION_COUNT] += 1
        column["admitted"], column["taken"] = DONE, 0
        verdict = admit_report(report, time_s, sensor, parameters, work.fusion[0])
        if verdict <= 0:
            tracks.counters[REJECTED_COUNT if verdict == 0 else LATE_COUNT] += 1
            continue
        k = find_link(tracks.links, report["number"], sensor_row, report["time_s"])
        if k >= 0:
            link = tracks.links[k]
            column["admitted"] = _follow_link(tracks, link, report, sensor_row, sensor, parameters, outputs, work)
        elif report["status"] < COASTING:
            column["admitted"] = WAITING
        waiting += column["admitted"]
    return waiting


@kernel
def _is_linked(tracks, report, sensor_row):
    """Whether a report's number stands for a living track that it does not contradict."""
    k = find_link(tracks.links, report["number"], sensor_row, report["time_s"])
    return k >= 0 and tracks.links[k]["contradictions"] < PATIENCE and is_alive(tracks.links[k], tracks)


@kernel
def _is_near(track, report, parameters):
    """Whether a report can be in a track's gate at all: yᵀ S⁻¹ y >= |y|² / tr S, over the ground."""
    dt_s, mean, ours, other = (
        report["time_s"] - track["time_s"],
        track["mean"],
        track["covariance"],
        report["covariance"],
    )
    east_m = report["mean"][0] - mean[0] - dt_s * mean[3]
    north_m = report["mean"][1] - mean[1] - dt_s * mean[4]
    spread = ours[0] + ours[2] + 2.0 * dt_s * (ours[6] + ours[11]) + dt_s * dt_s * (ours[9] + ours[14])
    spread += other[0] + other[2] + 2.0 * agility_m2ps3(parameters) * abs(dt_s) * dt_s * dt_s / 3.0
    if dt_s < 0.0:  # the report is moved along its own velocity, which may differ from ours
        spread += 2.0 * dt_s * dt_s * parameters.initial_speed_mps * parameters.initial_speed_mps
    return east_m * east_m + north_m * north_m <= parameters.gate * spread


@kernel
def _pair_up(tracks, reports, parameters, work):
    """Pair our tracks that this source has no number for with waiting reports near them; returns the number of rows."""
    rows, pairs, fusion = np.int64(0), np.int64(0), work.fusion[0]
    for i in range(tracks.counters[HIGH_WATER]):
        track, row = tracks.rows[i], work.rows[rows]
        if track["status"] == FREE or work.linked[i] == 1:
            continue
        row["track"], row["first"] = i, pairs
        for d in range(reports.shape[0]):
            if work.columns[d]["admitted"] != WAITING or pairs >= work.pairs.shape[0]:
                continue
            if _is_near(track, reports[d], parameters):
                read_told(reports[d], fusion)
                squared = _distance_squared(track, reports[d], parameters, fusion)
                if squared < parameters.gate:
                    work.pairs[pairs]["detection"], work.pairs[pairs]["cost"] = d, squared - parameters.gate
                    pairs += 1
        row["last"] = pairs
        if row["last"] > row["first"]:
            rows += 1
    return rows


@kernel
def _associate(tracks, time_s, reports, sensor_row, sensor, parameters, outputs, work):
    """Give waiting reports to the tracks they fit best and link their numbers."""
    mark_linked(tracks, sensor_row, time_s, work.linked)
    count = _pair_up(tracks, reports, parameters, work)
    assign(count, work.rows, work.pairs, work.columns, 0.0)
    for r in range(count):
        d = work.rows[r]["column"]
        if d == ALONE:
            continue
        place, report = work.rows[r]["track"], reports[d]
        if _is_linked(tracks, report, sensor_row):  # the same number stood in this batch before
            continue
        work.columns[d]["admitted"] = DONE
        set_link(tracks, report, sensor_row, place, NOT_STARTED)
        read_told(report, work.fusion[0])
        _use(tracks, place, report, sensor_row, sensor, parameters, outputs, work)


@kernel
def _begin(tracks, reports, sensor_row, sensor, parameters, outputs, work):
    """Start tracks from what still waits; a second report of a number just begun goes to its track."""
    for d in range(reports.shape[0]):
        if work.columns[d]["admitted"] != WAITING:
            continue
        report = reports[d]
        read_told(report, work.fusion[0])
        if _is_linked(tracks, report, sensor_row):
            k = find_link(tracks.links, report["number"], sensor_row, report["time_s"])
            _follow_link(tracks, tracks.links[k], report, sensor_row, sensor, parameters, outputs, work)
            continue
        place = begin_reported(tracks, report, sensor_row, sensor, parameters, work)
        if place >= 0:
            set_link(tracks, report, sensor_row, place, STARTED)


@kernel
def fuse_batch(tracks, time_s, reports, sensors, sensor_row, parameters, outputs, work):
    """Fuse one batch.

    Args:
        tracks: `TrackTable`, changed in place.
        time_s: time of the batch; seconds since the site's epoch.
        reports: (n,) records of `TRACK_REPORT`, n at most the workspace's batch capacity.
        sensors: records of `SENSOR`; sensor_row: the source.
        parameters: `TrackingParameters`.
        outputs: `Outputs`, events are appended.
        work: `Workspace`.
    """
    sensor = sensors[sensor_row]
    if sensor["left_out"] != 0:
        tracks.counters[DETECTION_COUNT] += reports.shape[0]
        tracks.counters[REJECTED_COUNT] += reports.shape[0]
        return
    tracks.counters[BATCH] += 1
    end_impacted(tracks, time_s, parameters, outputs)
    keep_reserve(tracks, time_s, parameters, outputs)
    if _read_reports(tracks, time_s, reports, sensor_row, sensor, parameters, outputs, work) > 0:
        _associate(tracks, time_s, reports, sensor_row, sensor, parameters, outputs, work)
    end_lost(tracks, time_s, sensors, sensor_row, parameters, outputs)
    if sensor["starts_tracks"] == 1:
        _begin(tracks, reports, sensor_row, sensor, parameters, outputs, work)
