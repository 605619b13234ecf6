"""Gating: which detections could belong to which track.

Coarse: a window of the grid (`windows`). Fine: the squared Mahalanobis distance of a
detection from the nearest explanation of the predicted track, both uncertainties counted. What stands both is offered
for assignment, at its cost (`pairs`).

A track that has coasted long takes nothing: its motion models, made for seconds, have spread until any speed would do,
and whatever echoes next would become its body. What comes then begins a track, and `recall` says whose it is, once it
is known how it moves. What is thrown flies on as foretold, and a sensor that begins no tracks can bring none back.

Source: Blackman & Popoli (1999), Design and Analysis of Modern Tracking Systems, section 6.4.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.prefetch import prefetch
from sangar.core.targets import DropReason, TrackStatus
from sangar.core.tracks import CANDIDATE_OVERFLOW_COUNT, HIGH_WATER
from sangar.tracking.kernels.association.grid import build_grid
from sangar.tracking.kernels.association.outlook import foresee, is_foreseeable, is_out_of_question
from sangar.tracking.kernels.association.pairs import offer
from sangar.tracking.kernels.association.windows import ask_for, collect, largest_noise, open_window
from sangar.tracking.kernels.filtering.prediction import predict
from sangar.tracking.kernels.filtering.stray import suppose_own
from sangar.tracking.kernels.management.life import drop
from sangar.tracking.kernels.out_of_sequence.late import is_late, pair_up_late

FREE, COASTING = np.int64(TrackStatus.FREE), np.int64(TrackStatus.COASTING)
NUMERICAL = np.int64(DropReason.NUMERICAL)

RESUME_S, RESUME_LOOKS = 5.0, 4.0
"""A coasting track goes on with the next detection within this time, or so many looks of its sensor if longer."""


@kernel
def _is_left_to_recall(track, time_s, sensor):
    """Whether a track has coasted too long to go on with a lone detection of a sensor."""
    if track["status"] != COASTING or sensor["starts_tracks"] == 0 or track["thrown_logit"] >= 0.0:
        return False
    return time_s - track["time_s"] > max(RESUME_S, RESUME_LOOKS * track["period_s"])


@kernel
def _pair_up(status, near, first, batch, sensor, log_ratio, parameters, corrected, work):
    """Add the listed detections that lie in the fine gate, from pair `first` on; returns the new number of pairs.

    What the first of them makes of the track is kept in `corrected`: most tracks have one candidate and get it. The
    number is one too many when the table of pairs is full.
    """
    pairs, predicted, trial, outlook = first, work.predicted[0], work.trial[0], work.outlook[0]
    is_foreseen = near > 1 and is_foreseeable(status, predicted, sensor)
    if is_foreseen:
        foresee(predicted, batch[work.columns[0]["near"]], sensor, parameters, outlook, work.bench[0])
    for n in range(near):
        d = work.columns[n]["near"]
        is_timely = is_foreseen and batch[d]["time_s"] == predicted["time_s"]
        if is_timely and is_out_of_question(batch[d], outlook, parameters.gate):
            continue
        outcome = corrected if pairs == first else trial
        log_likelihood = suppose_own(status, predicted, batch[d], sensor, parameters, outcome, work)
        pairs = offer(pairs, d, log_likelihood, log_ratio, outcome, parameters, work)
        if pairs > work.pairs.shape[0]:
            break
    return pairs


@kernel
def _pair_up_near(window, row, pairs, time_s, look, tracks, batch, grid, parameters, corrected, work):
    """Add the candidates of the track of a window; returns the new number of pairs, as `_pair_up` does."""
    near = collect(window, grid, batch, work.columns, work.entries, work.cell_end)
    track, (sensor, _, log_ratio) = tracks.rows[window["track"]], look
    row["track"], row["first"] = window["track"], pairs
    if near == 0:
        return pairs
    if is_late(track, time_s):
        trail = tracks.trails[window["track"]]
        return pair_up_late(track, trail, near, pairs, batch, look, parameters, corrected, work)
    prefetch(corrected)
    predict(track, time_s, parameters, work.predicted[0], work.bench[0])
    return _pair_up(track["status"], near, pairs, batch, sensor, log_ratio, parameters, corrected, work)


@kernel
def _open_next(i, tracks, time_s, sensor, grid, parameters, outputs, window, work):
    """Write the window of track i and ask for what is in it; False where there is nothing to look for."""
    track = tracks.rows[i]
    if track["status"] == FREE:
        return False
    if track["time_s"] - time_s > parameters.late_limit_s or _is_left_to_recall(track, time_s, sensor):
        return False
    open_window(track, i, time_s, sensor, grid, parameters, window)
    if window["steps"] == 0:
        drop(tracks, track, time_s, NUMERICAL, outputs)
        return False
    ask_for(window, grid, work.entries, work.cell_end)
    return True


@kernel
def find_candidates(tracks, time_s, batch, sensor_row, sensor, parameters, outputs, work):
    """Fill `work.rows` and `work.pairs`; returns the number of rows, that is of tracks with candidates.

    The window of the next track is opened before the one at hand is looked into, so that memory can be asked for what
    is in it. A track whose numbers are no longer finite can be seen nowhere and would stand in the picture until its
    time runs out; it ends here.
    """
    azimuth_cells, range_cells, size_m = build_grid(batch, work.columns, work.entries, work.cell_end)
    noise_rad, noise_m, rise_rad, oldest_s, newest_s, parts, noise_mps = largest_noise(
        batch, time_s, sensor, work.columns
    )
    grid = (azimuth_cells, range_cells, size_m, noise_rad, noise_m, rise_rad, oldest_s, newest_s, parts, noise_mps)
    detected, count = sensor["detection_probability"], tracks.counters[HIGH_WATER]
    look = (sensor, sensor_row, np.log(detected / (1.0 - detected)) - np.log(sensor["clutter_density"]))
    rows, pairs, slot, is_open = np.int64(0), np.int64(0), 0, False
    for i in range(count + 1):
        if i + 1 < count:
            prefetch(tracks.rows[i + 1])
        following = work.windows[1 - slot]
        is_next = i < count and _open_next(i, tracks, time_s, sensor, grid, parameters, outputs, following, work)
        if i < count and not is_next:
            continue
        if is_open:
            row, corrected = work.rows[rows], work.corrected[rows]
            pairs = _pair_up_near(
                work.windows[slot], row, pairs, time_s, look, tracks, batch, grid, parameters, corrected, work
            )
            if pairs > work.pairs.shape[0]:
                tracks.counters[CANDIDATE_OVERFLOW_COUNT] += 1
                pairs = work.pairs.shape[0]
            row["last"] = pairs
            if row["last"] > row["first"]:
                rows += 1
        slot, is_open = 1 - slot, True
    return rows
