"""Tracking with registration: a batch without its sensor's biases is tracked, then compared with other sensors'.

A comparison wants two detections of one sensor around one of another, all taken by the same confirmed track. Of two
sensors that both tell places the quicker one (of equals the first) gives the two, so no detection counts twice.
"""

import numpy as np

from sangar.core.detections import MEASURED_COUNT
from sangar.core.jit import kernel
from sangar.core.registration import BIAS_COUNT, NEW_PAIRS, TIME_BIAS
from sangar.core.sensors import LEFT_OUT_BY_SITE, PUT_RIGHT
from sangar.core.targets import TrackStatus
from sangar.tracking.kernels.association.repeats import mark_repeats
from sangar.tracking.kernels.registration.bias_estimation import add_information, solve, squared_distance
from sangar.tracking.kernels.registration.bias_pairs import compare, tells_place
from sangar.tracking.kernels.registration.bias_removal import has_bias, remove_bias
from sangar.tracking.kernels.track import track_marked

CONFIRMED = np.int64(TrackStatus.CONFIRMED)
SURELY_FLOWN_LOGIT = -4.0
"""Below these log-odds of being ballistic a body is taken to fly; a new one, of which nothing is known, has more."""

NONE = np.int64(-1)


@kernel
def _gives_two(a, b, measured, sensors):
    """Whether sensor a gives the two detections around sensor b's one, which measured these numbers."""
    if not tells_place(measured):
        return True
    if sensors[a]["period_s"] != sensors[b]["period_s"]:
        return sensors[a]["period_s"] < sensors[b]["period_s"]
    return a < b


@kernel
def _use_comparison(old, new, other, track, sensors, registration, settings, altitude_m):
    """Compare and, where the outcome can be believed, learn from it."""
    count = compare(old, new, other, track["mean"], sensors, registration, settings, altitude_m)
    if count == 0:
        return
    first, second = registration.sensors[old["sensor"]], registration.sensors[other["sensor"]]
    first["quota"] -= 1
    distance = squared_distance(count, registration.covariance, registration.bench[0])
    if not distance <= settings.pair_gate or not add_information(count, registration):
        first["refused"] += 1
        second["refused"] += 1
        return
    registration.solution[NEW_PAIRS] += 1.0
    for registered in (first, second):
        registered["pairs"] += 1
        registered["distance_sum"] += distance
        registered["number_sum"] += count


@kernel
def _find_slots(slots, track, sensor_row, time_s, settings):
    """(Slot that holds this track's last detection by this sensor, slot that may be overwritten); -1 for none."""
    own, spare = NONE, NONE
    for k in range(slots.shape[0]):
        if slots[k]["track"] != track["id"] or time_s - slots[k]["time_s"] > settings.longest_gap_s:
            spare = k
        elif slots[k]["sensor"] == sensor_row:
            own = k
    return own, spare


@kernel
def _remember(slot, track, sensor_row, detection):
    """Keep a detection as a track's newest by its sensor."""
    slot["track"], slot["sensor"], slot["time_s"] = track["id"], sensor_row, detection["time_s"]
    for c in range(MEASURED_COUNT):
        slot["measured"][c], slot["sigma"][c] = detection["measured"][c], detection["sigma"][c]


@kernel
def _see(slots, track, detection, sensor_row, sensors, registration, settings, altitude_m):
    """Compare a detection, as reported, with what other sensors said of its track; then keep it."""
    own, spare = _find_slots(slots, track, sensor_row, detection["time_s"], settings)
    if own == NONE:
        if spare != NONE:
            _remember(slots[spare], track, sensor_row, detection)
        return
    old = slots[own]
    if detection["time_s"] <= old["time_s"]:
        return
    if tells_place(detection["measured"]) and tells_place(old["measured"]):
        for k in range(slots.shape[0]):
            other = slots[k]
            if other["track"] != track["id"] or k == own or registration.sensors[sensor_row]["quota"] <= 0:
                continue
            is_between = old["time_s"] <= other["time_s"] < detection["time_s"]
            if is_between and _gives_two(sensor_row, other["sensor"], other["measured"], sensors):
                _use_comparison(old, detection, other, track, sensors, registration, settings, altitude_m)
    _remember(old, track, sensor_row, detection)


@kernel
def _learn(tracks, batch, sensor_row, sensors, registration, settings, altitude_m, columns):
    """Learn from the detections that settled tracks took; the path of what is launched or falls is no straight line."""
    for d in range(batch.shape[0]):
        if columns[d]["taken"] == 0:
            continue
        i = columns[d]["track"]
        track = tracks.rows[i]
        is_settled = track["status"] == CONFIRMED and track["time_s"] - track["confirmed_s"] >= settings.settled_s
        if is_settled and track["thrown_logit"] < SURELY_FLOWN_LOGIT:
            slots = registration.sightings[i]
            _see(slots, track, batch[d], sensor_row, sensors, registration, settings, altitude_m)


@kernel
def track_registered(tracks, time_s, batch, sensors, sensor_row, registration, parameters, settings, outputs, work):
    """Track one batch without its sensor's biases, and learn these biases. What is not said here: `track_batch`.

    Args:
        tracks, time_s, batch, sensors, sensor_row, parameters, outputs, work: as `track_batch` takes them.
        registration: `RegistrationTable`, changed in place.
        settings: `RegistrationParameters`.
    """
    registered = registration.sensors[sensor_row]
    if sensors[sensor_row]["left_out"] == LEFT_OUT_BY_SITE:
        registered["ignored"] += batch.shape[0]
        return
    learns = registration.sightings.shape[1] > 0 and BIAS_COUNT * sensor_row < registration.vector.shape[0]
    if learns:
        solve(time_s, sensors, registration, settings)
    mark_repeats(batch, sensor_row, tracks.prints, work.columns)  # of the raw numbers: biases change between deliveries
    used, late_s = batch, 0.0
    if has_bias(registered):
        used, late_s = registration.corrected[: batch.shape[0]], registered["bias"][TIME_BIAS]
        remove_bias(batch, registered, used)
    track_marked(tracks, time_s - late_s, used, sensors, sensor_row, parameters, outputs, work)
    if learns and sensors[sensor_row]["left_out"] != PUT_RIGHT:  # what it reports is not what the tracks took
        _learn(tracks, batch, sensor_row, sensors, registration, settings, parameters.altitude_m, work.columns)
