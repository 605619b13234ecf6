"""The past of tracks: the trail corrected by late reports, and where a track was at an earlier time.

A late report says as much of the states that the track had since as it says of the present, so each state on the trail
that is newer is corrected through its own pair with the time of the report (`chain`), and what is known of that time by
then joins the trail: the next late report finds it there. Where a track was at a time is asked of the two states
around it: the older one predicted, smoothed by the newer one.

It moves as its motion models say in the mean; a body that is likelier thrown is flown back along its path.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER, STATE_SIZE
from sangar.tracking.kernels.filtering.kalman import correct
from sangar.tracking.kernels.out_of_sequence.chain import pair_with
from sangar.tracking.kernels.out_of_sequence.late import (
    PAIR_SIZE,
    begin_at_trail,
    correct_pair,
    mean_motion,
    take_present,
    tie_next,
)
from sangar.tracking.kernels.out_of_sequence.retrodiction import pair_of_thrown, pair_without_past
from sangar.tracking.kernels.out_of_sequence.trail import (
    NOWHERE,
    keep_state,
    state_after,
    state_before,
    trail_spacing_s,
)

CONFIRMED = np.int64(TrackStatus.CONFIRMED)


@kernel
def _pair_at(time_s, newer, newer_covariance, newer_s, trail, kept, motion, bench):
    """Write the pair of a body at `time_s` and at the newer state; False when numbers broke."""
    if kept == NOWHERE:
        pair_without_past(newer, newer_covariance, newer_s - time_s, motion, bench)
        return True
    begin_at_trail(trail, kept, time_s, motion, bench)
    return pair_with(newer, newer_covariance, newer_s, motion, bench)


@kernel
def _correct_newer(trail, track, detection, motion, sensor, parameters, bench):
    """Correct the states that were left since a detection, from link to link of a chain that has begun at its time."""
    k = tie_next(trail, track, detection["time_s"], motion, bench)
    while k != NOWHERE:
        distance_squared, _ = correct_pair(PAIR_SIZE, detection, np.inf, sensor, parameters, bench)
        if distance_squared <= parameters.gate:
            take_present(STATE_SIZE, bench, trail["mean"][k], trail["covariance"][k])
        k = tie_next(trail, track, trail["time_s"][k], motion, bench)


@kernel
def correct_trail(track, trail, detection, sensor, parameters, bench):
    """Correct by a late detection the states that its track has left behind since, and keep that of its time.

    Args:
        track: record of `TRACK`, newer than the detection; trail: its record of `TRAIL`, changed in place.
        detection: record of `DETECTION`.
        sensor, parameters: record of `SENSOR`, `TrackingParameters`.
        bench: record of `WORKBENCH`.
    """
    time_s, motion = detection["time_s"], mean_motion(track, parameters)
    kept = state_before(trail, track, time_s)
    if kept == NOWHERE:
        return
    begin_at_trail(trail, kept, time_s, motion, bench)
    _correct_newer(trail, track, detection, motion, sensor, parameters, bench)
    begin_at_trail(trail, kept, time_s, motion, bench)
    then, then_covariance = bench["past"][:], bench["past_covariance"][:]
    distance_squared, _ = correct(
        then, time_s, then_covariance, STATE_SIZE, detection, np.inf, sensor, parameters, bench
    )
    if distance_squared <= parameters.gate:
        keep_state(trail, kept, time_s, then, then_covariance, trail_spacing_s(parameters))


@kernel
def write_past(track, trail, time_s, parameters, bench):
    """Write to the bench's pair where a track was at a time before its newest detection; False when numbers broke."""
    if track["thrown_logit"] > 0.0:
        lag_s = track["time_s"] - time_s
        pair_of_thrown(track["thrown"][:], track["thrown_covariance"][:], lag_s, parameters, bench)
        return True
    kept, newer = state_before(trail, track, time_s), state_after(trail, track, time_s)
    motion = mean_motion(track, parameters)
    if newer == NOWHERE:
        mean, covariance = track["mean"][:], track["covariance"][:]
        return _pair_at(time_s, mean, covariance, track["time_s"], trail, kept, motion, bench)
    mean, covariance = trail["mean"][newer], trail["covariance"][newer]
    return _pair_at(time_s, mean, covariance, trail["time_s"][newer], trail, kept, motion, bench)


@kernel
def past_positions(tracks, time_s, parameters, ids, positions_m, bench):
    """Write the ids (N,) and positions (N, 3) of the confirmed tracks at `time_s`; returns how many there are."""
    count = 0
    for i in range(tracks.counters[HIGH_WATER]):
        track = tracks.rows[i]
        if track["status"] < CONFIRMED or track["birth_s"] > time_s:
            continue
        ahead_s = time_s - track["time_s"]
        if ahead_s >= 0.0:
            for d in range(3):
                positions_m[count, d] = track["mean"][d] + ahead_s * track["mean"][d + 3]
        elif write_past(track, tracks.trails[i], time_s, parameters, bench):
            for d in range(3):
                positions_m[count, d] = bench["pair"][d]
        else:
            continue
        ids[count] = track["id"]
        count += 1
    return count
