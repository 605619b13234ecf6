"""Re-acquisition: a new track that is a lost body found again goes on under the lost body's number.

When a track is confirmed it is compared with every track that is missing: coasting, or lost not long ago. Two
hypotheses: the new track is that body, which stood, went on or wandered since (see `motion_since`); or it is a new one.
The logarithm of their likelihood ratio is

    ln Σ_w P(w) exp(-gap / T_w) N(d_w; 0, S_w) - ln ρ(x)

with d_w and S_w the difference of the two states and its covariance, T_w how long a body stays away that returns, and
ρ(x) the density of new bodies in place, height and velocity: a few everywhere, more where many bodies are, and those
much like them. The lost track with the highest ratio gets its body back if that ratio is above `recall_ratio`.

Axes are taken one by one, place and velocity together. Nothing that a body says of itself (address, code, callsign) is
used: a claim is only a claim.

Source: Yeom, Kirubarajan & Bar-Shalom (2004), Track segment association, fine-step IMM and initialization with Doppler
for improved track performance, IEEE TAES 40(1), section II.
"""

import numpy as np

from sangar.core.events import EventKind
from sangar.core.jit import kernel
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER, LIVE, LOST_COUNT
from sangar.tracking.kernels.management.life import say
from sangar.tracking.kernels.management.motion_since import (
    COURSE_NOISE_M2PS3,
    HEADING_NOISE_RAD2PS,
    LEAST_WANDER_MPS,
    SHIFTED,
    STOOD,
    WANDERED,
    WENT_ON,
    move_axis,
    place_block,
)
from sangar.tracking.kernels.management.rows import forget, is_missing, take_over, vacate

FREE, CONFIRMED = np.int64(TrackStatus.FREE), np.int64(TrackStatus.CONFIRMED)
TRACK_CONFIRMED, TRACK_REACQUIRED = np.int64(EventKind.TRACK_CONFIRMED), np.int64(EventKind.TRACK_REACQUIRED)
LOG_TWO_PI = 1.8378770664093453
SLOW_MPS = 15.0
"""A body slower than this when it was lost may have stopped."""

SLOW_NEW_MPS = 5.0
"""1 sigma of each horizontal velocity component of those new bodies that appear slowly: on the ground, or hovering."""

STOOD_S, WENT_ON_S, WANDERED_S = 300.0, 150.0, 20.0
"""Mean time for which a body is hidden that stood, went on, or wandered: what hides a moving body in a sensor's view
hides it shortly, and a hole that it flies through straight may be a minute or two wide."""

SHIFTED_SHARE, SHIFTED_S = 0.02, 5.0
"""One break in fifty is the sensor's: its errors jump, and what it sees goes on beside where it was."""

HEIGHT_SPAN_M = 1.0e4
NEIGHBOURHOOD_M = 2000.0
LIKE_HEIGHT_M, LIKE_CLIMB_MPS = 50.0, 3.0
"""1 sigma by which a new body like its neighbours differs from one of them in height and climb."""

NEW_PER_NEIGHBOUR = 0.1
"""So many new bodies are to be expected for each body within the neighbourhood: where many are, more appear."""


@kernel
def _log_normal_pair(place, speed, pp, pv, vv):
    """Logarithm of the two-dimensional normal density of a (place, velocity) difference."""
    determinant = pp * vv - pv * pv
    if not determinant > 0.0:
        return -np.inf
    square = (vv * place * place - 2.0 * pv * place * speed + pp * speed * speed) / determinant
    return -LOG_TWO_PI - 0.5 * (np.log(determinant) + square)


@kernel
def _log_found_again(lost, track, way, parameters):
    """Log density of a new track's state if it is the lost body that spent the time since in one way."""
    dt_s = track["time_s"] - lost["time_s"]
    old, new = lost["mean"], track["mean"]
    speed_squared, total = old[3] * old[3] + old[4] * old[4], 0.0
    for axis in range(3):
        noise = COURSE_NOISE_M2PS3 + HEADING_NOISE_RAD2PS * speed_squared
        wander_mps = max(np.sqrt(0.5 * speed_squared), LEAST_WANDER_MPS[axis])
        if axis == 2:
            noise, wander_mps = COURSE_NOISE_M2PS3 * parameters.vertical_noise_ratio, LEAST_WANDER_MPS[axis]
        block = place_block(lost["covariance"], axis)
        place, speed, pp, pv, vv = move_axis(old[axis], old[3 + axis], block, dt_s, way, noise, wander_mps)
        own_pp, own_pv, own_vv = place_block(track["covariance"], axis)
        total += _log_normal_pair(new[axis] - place, new[3 + axis] - speed, pp + own_pp, pv + own_pv, vv + own_vv)
    return total


@kernel
def _normal(difference, variance):
    """Normal density."""
    return np.exp(-0.5 * difference * difference / variance) / np.sqrt(2.0 * np.pi * variance)


@kernel
def _density_like_neighbours(tracks, track):
    """Density of new bodies like those around: each neighbour speaks for a few, at its own height and climb."""
    mean, covariance, total = track["mean"], track["covariance"], 0.0
    for i in range(tracks.counters[HIGH_WATER]):
        other = tracks.rows[i]
        if other["status"] < CONFIRMED or i == track["place"]:
            continue
        east, north = other["mean"][0] - mean[0], other["mean"][1] - mean[1]
        if east * east + north * north < NEIGHBOURHOOD_M * NEIGHBOURHOOD_M:
            height = LIKE_HEIGHT_M * LIKE_HEIGHT_M + covariance[5] + other["covariance"][5]
            climb = LIKE_CLIMB_MPS * LIKE_CLIMB_MPS + covariance[20] + other["covariance"][20]
            total += _normal(other["mean"][2] - mean[2], height) * _normal(other["mean"][5] - mean[5], climb)
    return NEW_PER_NEIGHBOUR * total / (np.pi * NEIGHBOURHOOD_M * NEIGHBOURHOOD_M)


@kernel
def log_new(tracks, track, parameters):
    """Log density of a track's state if its body is a new one: one from anywhere, or one like those around."""
    mean, covariance = track["mean"], track["covariance"]
    square, spread = mean[3] * mean[3] + mean[4] * mean[4], 0.5 * (covariance[9] + covariance[14])
    fast = parameters.initial_speed_mps * parameters.initial_speed_mps + spread
    slow = SLOW_NEW_MPS * SLOW_NEW_MPS + spread
    speeds = 0.5 * (np.exp(-0.5 * square / fast) / fast + np.exp(-0.5 * square / slow) / slow) / (2.0 * np.pi)
    climb = parameters.initial_climb_mps * parameters.initial_climb_mps + covariance[20]
    anywhere = parameters.new_bodies_per_m2 / HEIGHT_SPAN_M * _normal(mean[5], climb)
    return np.log(speeds) + np.log(anywhere + _density_like_neighbours(tracks, track))


@kernel
def log_found_again(lost, track, parameters):
    """Log density of a new track's state if it is the lost body and returns, whichever way it spent the time since."""
    old, gone_s = lost["mean"], track["birth_s"] - lost["time_s"]
    stood = 0.5 if old[3] * old[3] + old[4] * old[4] < SLOW_MPS * SLOW_MPS else 0.0
    moved = 0.5 * (1.0 - stood)
    total = moved * np.exp(_log_found_again(lost, track, WENT_ON, parameters) - gone_s / WENT_ON_S)
    total += moved * np.exp(_log_found_again(lost, track, WANDERED, parameters) - gone_s / WANDERED_S)
    if stood > 0.0:
        total += stood * np.exp(_log_found_again(lost, track, STOOD, parameters) - gone_s / STOOD_S)
    else:
        shifted = _log_found_again(lost, track, SHIFTED, parameters) - gone_s / SHIFTED_S
        total += SHIFTED_SHARE * moved * np.exp(shifted)
    return np.log(total)


@kernel
def _best_lost(tracks, track, time_s, parameters):
    """Entry of the missing track whose body this most probably is; -1 when it is a new one."""
    k, best, best_log = np.int64(0), np.int64(-1), -np.inf
    while k < tracks.counters[LOST_COUNT]:
        lost = tracks.rows[tracks.lost[k]]
        if not is_missing(lost) or (lost["status"] == FREE and time_s - lost["time_s"] > parameters.memory_s):
            forget(tracks, k)
            continue
        if track["birth_s"] > lost["time_s"] and max(lost["thrown_logit"], track["thrown_logit"]) < 0.0:
            log_density = log_found_again(lost, track, parameters)
            if log_density > best_log:
                best, best_log = k, log_density
        k += 1
    if best >= 0 and best_log - log_new(tracks, track, parameters) > parameters.recall_logit:
        return best
    return -1


@kernel
def give_back(tracks, track, k, time_s, outputs):
    """Put a track into the row, and under the number, of the missing one at entry k, and say so; its own row is free.

    Returns:
        The row the track has now.
    """
    j, before = tracks.lost[k], track["id"]
    tracks.counters[LIVE] -= tracks.rows[j]["status"] != FREE  # where it coasted, two rows in use become one
    take_over(tracks, j, track)
    forget(tracks, k)
    vacate(tracks, track)
    index = say(outputs, TRACK_REACQUIRED, time_s, tracks.rows[j])
    if index >= 0:
        outputs.events[index]["old"] = before
    return j


@kernel
def announce(tracks, track, time_s, parameters, outputs):
    """Say that a track is confirmed; or, when it is a missing body found again, that this one is, under its own number.

    Returns:
        The row the track has now.
    """
    k = np.int64(-1) if tracks.counters[LOST_COUNT] == 0 else _best_lost(tracks, track, time_s, parameters)
    if k < 0:
        say(outputs, TRACK_CONFIRMED, time_s, track)
        return track["place"]
    return give_back(tracks, track, k, time_s, outputs)
