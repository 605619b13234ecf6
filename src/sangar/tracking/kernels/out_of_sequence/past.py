"""The past of tracks: the trail corrected by late reports, and where a track was at an earlier time.

A late report says as much of the states that the track had since as it says of the present, so each state on the trail
that is newer is corrected through its own pair with the time of the report. Where a track was at a time is then asked
of the two states around it: the older one predicted, smoothed by the newer one (one step of Rauch, Tung & Striebel).

Of the motion models the likelier one is used; a body that is likelier thrown is flown back along its path.

Source: Rauch, Tung & Striebel (1965), Maximum likelihood estimates of linear dynamic systems, AIAA Journal 3(8).
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER, STATE_SIZE, TRAIL_LENGTH
from sangar.tracking.kernels.out_of_sequence.late import PAIR_SIZE, correct_pair, motion_of, take_present
from sangar.tracking.kernels.out_of_sequence.retrodiction import pair_from_past, pair_of_thrown, pair_without_past
from sangar.tracking.kernels.out_of_sequence.trail import NOWHERE, state_after, state_before

CONFIRMED = np.int64(TrackStatus.CONFIRMED)


@kernel
def _likelier_motion(track, parameters):
    """How the motion model moves that the track takes for the likelier."""
    return motion_of(0 if track["mode"][0] >= track["mode"][1] else 1, track, parameters)


@kernel
def _pair_at(time_s, newer, newer_covariance, newer_s, trail, kept, motion, bench):
    """Write the pair of a body at `time_s` and at the newer state; False when numbers broke."""
    if kept == NOWHERE:
        pair_without_past(newer, newer_covariance, newer_s - time_s, motion, bench)
        return True
    times_s = (trail["time_s"][kept], time_s, newer_s)
    return pair_from_past(
        newer, newer_covariance, trail["mean"][kept], trail["covariance"][kept], times_s, motion, bench
    )


@kernel
def _correct_state(k, trail, kept, detection, motion, sensor, parameters, bench):
    """Correct one state on the trail by a detection that is not newer."""
    mean, covariance = trail["mean"][k], trail["covariance"][k]
    if _pair_at(detection["time_s"], mean, covariance, trail["time_s"][k], trail, kept, motion, bench):
        distance_squared, _ = correct_pair(PAIR_SIZE, detection, np.inf, sensor, parameters, bench)
        if distance_squared <= parameters.gate:
            take_present(STATE_SIZE, bench, mean, covariance)


@kernel
def correct_trail(track, trail, detection, sensor, parameters, bench):
    """Correct by a late detection the states that its track has left behind since.

    Args:
        track: record of `TRACK`, newer than the detection; trail: its record of `TRAIL`, changed in place.
        detection: record of `DETECTION`.
        sensor, parameters: record of `SENSOR`, `TrackingParameters`.
        bench: record of `WORKBENCH`.
    """
    if trail["track"] != track["id"]:
        return
    time_s, motion = detection["time_s"], _likelier_motion(track, parameters)
    kept = state_before(trail, track, time_s)
    for k in range(TRAIL_LENGTH):
        if time_s < trail["time_s"][k] < np.inf:
            _correct_state(k, trail, kept, detection, motion, sensor, parameters, bench)
    if kept != NOWHERE and trail["time_s"][kept] == time_s:  # last: the others are corrected from it as it was
        _correct_state(kept, trail, kept, detection, motion, sensor, parameters, bench)


@kernel
def _write_past(track, trail, time_s, parameters, bench):
    """Write to the bench's pair where a track was at a time before its newest detection; False when numbers broke."""
    if track["thrown_logit"] > 0.0:
        lag_s = track["time_s"] - time_s
        pair_of_thrown(track["thrown"][:], track["thrown_covariance"][:], lag_s, parameters, bench)
        return True
    kept, newer = state_before(trail, track, time_s), state_after(trail, track, time_s)
    motion = _likelier_motion(track, parameters)
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
        elif _write_past(track, tracks.trails[i], time_s, parameters, bench):
            for d in range(3):
                positions_m[count, d] = bench["pair"][d]
        else:
            continue
        ids[count] = track["id"]
        count += 1
    return count
