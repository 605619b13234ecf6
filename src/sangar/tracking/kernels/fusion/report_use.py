"""A track fused with a report of another tracker, or begun by one.

Every explanation of the track is fused on its own, and their probabilities move by the report's evidence to the power
of the share the report counted: evidence that may be ours already must not decide twice.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.tracks import (
    BATCH,
    MODE_COUNT,
    STATE_PACKED,
    STATE_SIZE,
    THROWN_SIZE,
)
from sangar.models.kernels.packed import all_finite_positive, at
from sangar.tracking.kernels.filtering.correction import restart_thrown, write_back
from sangar.tracking.kernels.filtering.prediction import THROWN_IGNORED_LOGIT, combine, predict, predict_thrown_of
from sangar.tracking.kernels.filtering.thrown import start_thrown_of
from sangar.tracking.kernels.filtering.thrown_update import weigh_thrown
from sangar.tracking.kernels.fusion.intersection import compare, intersect, weigh
from sangar.tracking.kernels.fusion.report_admission import place_report
from sangar.tracking.kernels.management.birth import fill_life, write_first
from sangar.tracking.kernels.management.crowding import row_for
from sangar.tracking.kernels.management.rows import enrol


@kernel
def _move(track, time_s, parameters, work):
    """Predict a track to a later time, in place."""
    predicted = work.predicted[0]
    predict(track, time_s, parameters, predicted, work.bench[0])
    if track["hits"] == 1:
        start_thrown_of(track, parameters, work.bench[0])
        predict_thrown_of(track, parameters, predicted, work.bench[0])
    write_back(track, predicted)
    combine(track, work.bench[0])


@kernel
def _fuse_flown(track, counted, work):
    """Fuse the motion models and their probabilities; returns the log density of the report under their mixture."""
    fusion, log_density, mode = work.fusion[0], work.bench[0]["log_density"], track["mode"]
    highest = -np.inf
    for m in range(MODE_COUNT):
        state, covariance = track["state"][m], track["state_covariance"][m]
        _, log_density[m] = compare(state, covariance, fusion)
        if log_density[m] == -np.inf:
            continue
        weigh(fusion)
        intersect(state, covariance, STATE_SIZE, fusion)
        highest = max(highest, log_density[m])
    total, likelihood = 0.0, 0.0
    for m in range(MODE_COUNT):
        likelihood += mode[m] * np.exp(log_density[m] - highest)
        mode[m] *= np.exp(counted * (log_density[m] - highest))
        total += mode[m]
    for m in range(MODE_COUNT):
        mode[m] /= total
    return highest + np.log(likelihood)


@kernel
def _fuse_thrown(track, flown, counted, work):
    """Fuse the ballistic explanation and weigh it against the log density `flown` of the other."""
    fusion = work.fusion[0]
    _, thrown = compare(track["thrown"][:], track["thrown_covariance"][:], fusion)
    logit = track["thrown_logit"] + counted * (thrown - flown)
    if np.isfinite(logit):
        weigh(fusion)
        intersect(track["thrown"][:], track["thrown_covariance"][:], THROWN_SIZE, fusion)
    weigh_thrown(track, logit)


@kernel
def fuse_report(track, report, may_move, parameters, work):
    """Fuse a track with a report whose told states are on the bench; False when numbers broke.

    Args:
        track: record of `TRACK`, changed in place.
        report: record of `TRACK_REPORT`.
        may_move: whether the track is taken to the report's time; otherwise the report is taken to the track's, and
            what is known of when the track was last seen stays as it is.
        parameters, work: `TrackingParameters`, `Workspace`.
    """
    if may_move and report["time_s"] > track["time_s"]:
        _move(track, report["time_s"], parameters, work)
    fusion = work.fusion[0]
    place_report(report, track, parameters, fusion)
    if compare(track["mean"][:], track["covariance"][:], fusion)[1] == -np.inf:
        return False
    counted = weigh(fusion)
    if counted <= 0.0:  # what tells the whole nothing new tells its parts nothing, vaguer though each of them is
        return True
    flown = _fuse_flown(track, counted, work)
    if track["thrown_logit"] > THROWN_IGNORED_LOGIT and (may_move or track["hits"] > 1):
        _fuse_thrown(track, flown, counted, work)
    combine(track, work.bench[0])
    if may_move and track["thrown_logit"] <= THROWN_IGNORED_LOGIT:
        restart_thrown(track, parameters)
    return np.isfinite(track["mean"][0]) and all_finite_positive(track["covariance"][:], STATE_SIZE)


@kernel
def _first_state(report, told, count, parameters, mean, covariance):
    """State of a track begun by a report; a prior where the report does not tell."""
    for d in range(STATE_SIZE):
        mean[d] = 0.0
    mean[2] = parameters.unknown_height_m
    for k in range(STATE_PACKED):
        covariance[k] = 0.0
    covariance[at(2, 2)] = parameters.unknown_height_m * parameters.unknown_height_m
    for d in range(3, 5):
        covariance[at(d, d)] = parameters.initial_speed_mps * parameters.initial_speed_mps
    covariance[at(5, 5)] = parameters.initial_climb_mps * parameters.initial_climb_mps
    for i in range(count):
        mean[told[i]] = report["mean"][told[i]]
        for j in range(i + 1):
            covariance[at(told[i], told[j])] = report["covariance"][at(told[i], told[j])]


@kernel
def begin_reported(tracks, report, sensor_row, sensor, parameters, work):
    """Start a tentative track where another tracker has one; its row, or -1 where there is none for it."""
    i = row_for(tracks, parameters.birth_logit + parameters.report_score, sensor_row)
    if i < 0:
        return i
    track, fusion = tracks.rows[i], work.fusion[0]
    mean, covariance = fusion["mean"][:], fusion["covariance"][:]
    _first_state(report, fusion["told"], fusion["count"], parameters, mean, covariance)
    write_first(track, mean, covariance)
    enrol(tracks, track)
    track["batch"] = tracks.counters[BATCH]
    fill_life(track, report, sensor_row, sensor, parameters)
    track["row"] = -1  # rows are of the table of detections
    return i
