"""The life of a track: confirmed, coasting, dropped; and the events that say so."""

import numpy as np

from sangar.core.events import EventKind
from sangar.core.jit import kernel
from sangar.core.kernels.event_log import new_event
from sangar.core.prefetch import prefetch
from sangar.core.targets import DropReason, TrackStatus
from sangar.core.tracks import (
    ALL_WITNESSES,
    FREE_FROM,
    GHOST_COUNT,
    HIGH_WATER,
    LIVE,
    NUMERICAL_DROP_COUNT,
    SCAR_CAPACITY,
    SCAR_NEXT,
)
from sangar.models.kernels.ballistic import gravity_mps2
from sangar.tracking.kernels.filtering.ground import is_buried
from sangar.tracking.kernels.filtering.prediction import height_ahead_m
from sangar.tracking.kernels.management.confirmation import is_convincing
from sangar.tracking.kernels.management.rows import remember
from sangar.tracking.kernels.visibility.looks import SLACK_LOOKS, USUAL_LOOK, count_missed
from sangar.tracking.kernels.visibility.witnesses import is_ghost

FREE, TENTATIVE, CONFIRMED, COASTING = (
    np.int64(TrackStatus.FREE),
    np.int64(TrackStatus.TENTATIVE),
    np.int64(TrackStatus.CONFIRMED),
    np.int64(TrackStatus.COASTING),
)
LOST, IMPACTED, NUMERICAL = np.int64(DropReason.LOST), np.int64(DropReason.IMPACTED), np.int64(DropReason.NUMERICAL)
TRACK_CONFIRMED, TRACK_DROPPED = np.int64(EventKind.TRACK_CONFIRMED), np.int64(EventKind.TRACK_DROPPED)
TRACK_COASTING, TRACK_REACQUIRED = np.int64(EventKind.TRACK_COASTING), np.int64(EventKind.TRACK_REACQUIRED)

SCORE_CAP = 12.0
"""Log-odds of existence of a confirmed track: no more than this, so that missed looks tell even of one long seen."""

COASTING_AFTER_S, COASTING_MISSES = 1.0, 2
THROWN_LOGIT_SURE = 2.2

DUE_LOOKS = 0.5
"""A sensor's look is over so many of its periods after it was due, as far as other sensors can tell."""

AHEAD = 3
"""Rows between asking for a track that was missed and looking at it."""


@kernel
def existence(track):
    """Probability that the track's body exists: its score, less what the looks say that missed it since."""
    return 1.0 / (1.0 + np.exp(track["missed"] - track["score"]))


@kernel
def say(outputs, kind, time_s, track):
    """Write an event about a track at its present position; returns the event's index or -1."""
    index = new_event(outputs, kind, time_s, track["id"])
    if index >= 0:
        event = outputs.events[index]
        event["east_m"] = track["mean"][0]
        event["north_m"] = track["mean"][1]
        event["up_m"] = track["mean"][2]
        event["probability"] = existence(track)
        event["row"] = track["row"]
    return index


@kernel
def drop(tracks, track, time_s, reason, outputs):
    """End a track; only confirmed tracks are worth an event, and only they leave a scar on the ground."""
    if track["status"] >= CONFIRMED:
        index = say(outputs, TRACK_DROPPED, time_s, track)
        if index >= 0:
            outputs.events[index]["new"] = reason
        if reason == IMPACTED:
            scar = tracks.scars[tracks.counters[SCAR_NEXT] % SCAR_CAPACITY]
            tracks.counters[SCAR_NEXT] += 1
            for d in range(3):
                scar["position_m"][d] = track["mean"][d]
            scar["time_s"] = time_s
    if reason == NUMERICAL:
        tracks.counters[NUMERICAL_DROP_COUNT] += 1
    is_remembered = track["status"] >= CONFIRMED and reason == LOST
    track["status"] = FREE
    if is_remembered:
        remember(tracks, track)
    else:
        track["id"] = 0
    tracks.counters[LIVE] -= 1
    tracks.counters[FREE_FROM] = 0


@kernel
def end_impacted(tracks, time_s, parameters, outputs):
    """Drop ballistic tracks whose body must be in the ground by now: what is seen there later is debris."""
    gravity = gravity_mps2(parameters.latitude_rad, parameters.altitude_m)
    for i in range(tracks.counters[HIGH_WATER]):
        track = tracks.rows[i]
        if track["status"] == FREE or track["thrown_logit"] < THROWN_LOGIT_SURE:
            continue
        if track["mean"][5] < 0.0 or time_s - track["time_s"] > COASTING_AFTER_S:
            until_s = max(time_s, track["time_s"])
            height_m = height_ahead_m(track, until_s, gravity)
            if is_buried(track, until_s - track["time_s"], height_m, parameters.ground_m):
                drop(tracks, track, time_s, IMPACTED, outputs)


@kernel
def _is_lost(track, waited_s, grace_s, parameters):
    """Whether a confirmed track has been missed too often, or has been without a detection too long.

    A ballistic body flies on predictably through a fade, so it is kept until it must be in the ground; but nothing is
    kept longer on trust than it was watched, and so much more that its sensor's own look is over.
    """
    watched_s = max(track["time_s"] - track["birth_s"], parameters.coast_minimum_s)
    if waited_s >= min(parameters.coast_limit_s, watched_s + grace_s):
        return True
    is_thrown = track["thrown_logit"] >= THROWN_LOGIT_SURE
    is_missing = track["missed"] >= parameters.confirmed_misses * USUAL_LOOK * (1.0 - SLACK_LOOKS)
    return is_missing and waited_s >= parameters.coast_minimum_s and not is_thrown


@kernel
def _is_overdue(track, waited_s, looks):
    """Whether a track has been missed in so many looks, or has had none for as long (a sensor fell silent)."""
    is_late = waited_s >= (looks - SLACK_LOOKS) * track["period_s"]
    return is_late or track["missed"] >= looks * USUAL_LOOK * (1.0 - SLACK_LOOKS)


@kernel
def _coast(tracks, track, time_s, waited_s, outputs):
    """Mark a confirmed track that was not seen when it should have been."""
    if track["status"] != CONFIRMED or time_s - track["time_s"] < COASTING_AFTER_S:
        return
    if _is_overdue(track, waited_s, COASTING_MISSES):
        track["status"] = COASTING
        remember(tracks, track)
        say(outputs, TRACK_COASTING, time_s, track)


@kernel
def let_time_pass(tracks, time_s, parameters, outputs):
    """Let time pass where no sensor says anything: what must have fallen has, and what nobody sees coasts or is lost.

    Nothing was looked for, so nothing was missed: only the longest time without a detection ends a track here.
    """
    end_impacted(tracks, time_s, parameters, outputs)
    for i in range(tracks.counters[HIGH_WATER]):
        track = tracks.rows[i]
        waited_s = time_s - track["time_s"]
        if track["status"] == FREE:
            continue
        if waited_s >= parameters.coast_limit_s:
            drop(tracks, track, time_s, LOST, outputs)
        else:
            _coast(tracks, track, time_s, waited_s, outputs)


@kernel
def end_lost(tracks, time_s, sensors, sensor_row, parameters, outputs):
    """Drop what was missed too often, mark what is coasting; called after a batch of a sensor has been used.

    A track waits as much longer as the sensor that saw it last is usually late; and where others look oftener, until
    that sensor's own look is surely over: it may come at the same time as theirs, and a little later than it is due.
    """
    sensor = sensors[sensor_row]
    previous_s = sensor["looked_s"]
    sensor["looked_s"] = max(previous_s, time_s)
    count = tracks.counters[HIGH_WATER]
    for i in range(count):
        track, ahead = tracks.rows[i], tracks.rows[min(i + AHEAD, count - 1)]
        if ahead["status"] != FREE and ahead["time_s"] < time_s:
            prefetch(ahead)
        if track["status"] == FREE:
            continue
        elapsed_s = time_s - track["time_s"]
        if elapsed_s <= 0.0:
            continue
        count_missed(track, time_s, previous_s, sensor, sensor_row)
        waited_s = elapsed_s - sensors[track["sensor"]]["lag_s"]
        grace_s = 0.0 if track["sensor"] == sensor_row else DUE_LOOKS * track["period_s"]
        if track["status"] == TENTATIVE:
            if _is_overdue(track, waited_s - grace_s, parameters.tentative_misses):
                drop(tracks, track, time_s, LOST, outputs)
            elif track["witnesses"] != ALL_WITNESSES and is_ghost(track, time_s, sensor, sensor_row):
                tracks.counters[GHOST_COUNT] += 1
                drop(tracks, track, time_s, LOST, outputs)
        elif _is_lost(track, waited_s, grace_s, parameters):
            drop(tracks, track, time_s, LOST, outputs)
        else:
            _coast(tracks, track, time_s, waited_s - grace_s, outputs)


@kernel
def gain_credit(tracks, track, time_s, log_ratio, parameters, outputs):
    """Add a detection's evidence to a track; confirm it when there is enough, or welcome it back.

    Returns:
        Whether the track is confirmed by this detection; the caller says so (or whose it turned out to be).
    """
    track["score"] += log_ratio - track["missed"]
    track["missed"] = 0.0
    track["hits"] += 1
    if track["status"] == COASTING:
        track["status"] = CONFIRMED
        say(outputs, TRACK_REACQUIRED, time_s, track)
    is_confirmed = track["status"] == TENTATIVE and is_convincing(track, time_s, tracks.confirmation[0], parameters)
    if is_confirmed:
        track["status"] = CONFIRMED
        track["confirmed_s"] = track["found_s"] = time_s
        track["witnesses"] = ALL_WITNESSES
    if track["status"] != TENTATIVE:
        track["score"] = min(SCORE_CAP, track["score"])
    return is_confirmed
