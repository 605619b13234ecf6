"""Rows for what comes yet: confirmed tracks never fill the whole table.

Thousands of birds are bodies, and their tracks are confirmed. If they had every row, nothing that comes later would be
found. So an eighth of the table is left to tracks that are not confirmed yet. When there are more confirmed ones than
that leaves room for, those end that would need longest, at their speed and by the straightest way, to the place that is
defended; not one that is urgent or may be thrown. Each end is told (`DropReason.CROWDED`), and counted as a full table.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.targets import DropReason, TrackStatus
from sangar.core.tracks import HIGH_WATER, LIVE, TABLE_FULL_COUNT
from sangar.tracking.kernels.management.life import drop
from sangar.tracking.kernels.management.urgency import URGENT, is_urgent

CONFIRMED, CROWDED = np.int64(TrackStatus.CONFIRMED), np.int64(DropReason.CROWDED)
RESERVE_SHARE = 1.0 / 8.0
SLOWEST_MPS = 1.0


@kernel
def time_away_s(track, parameters):
    """Time a body needs at its speed to the edge of the defended place, or to the site's reference where none is."""
    mean = track["mean"]
    east_m, north_m = mean[0] - parameters.defended_east_m, mean[1] - parameters.defended_north_m
    away_m = max(np.sqrt(east_m * east_m + north_m * north_m) - max(parameters.defended_radius_m, 0.0), 0.0)
    speed_mps = np.sqrt(mean[3] * mean[3] + mean[4] * mean[4] + mean[5] * mean[5])
    return away_m / max(speed_mps, SLOWEST_MPS)


@kernel
def _farthest(tracks, parameters):
    """(Confirmed tracks, row of the one that would be here last, -1 where none may go)."""
    count, farthest, longest_s = 0, np.int64(-1), -1.0
    for i in range(tracks.counters[HIGH_WATER]):
        track = tracks.rows[i]
        if track["status"] < CONFIRMED:
            continue
        count += 1
        away_s = time_away_s(track, parameters)
        if away_s > longest_s and track["thrown_logit"] <= 0.0 and is_urgent(track, parameters) != URGENT:
            farthest, longest_s = np.int64(i), away_s
    return count, farthest


@kernel
def keep_reserve(tracks, time_s, parameters, outputs):
    """End confirmed tracks until those that are not confirmed have their share of the rows; before a batch is used."""
    most = tracks.rows.shape[0] - int(RESERVE_SHARE * tracks.rows.shape[0])
    if tracks.counters[LIVE] <= most:
        return
    count, farthest = _farthest(tracks, parameters)
    while count > most and farthest >= 0:
        drop(tracks, tracks.rows[farthest], time_s, CROWDED, outputs)
        tracks.counters[TABLE_FULL_COUNT] += 1
        count, farthest = _farthest(tracks, parameters)
