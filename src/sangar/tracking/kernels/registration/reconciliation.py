"""A sensor that cannot be reconciled with the others' picture: noticed, told with the reason, left out, taken back.

From time to time each sensor is held against confirmed tracks that at least two other sensors have seen lately. Its
detections fit them as well as its stated accuracy says, or they do not; or it sees something close by while the body,
in its view, has no detection of its. Each is a likelihood ratio of "wrong" against
"right" (`agreement`). Their mean over the tracks of a look is added up and kept from
falling below zero (Page's test); a sensor whose sum reaches the limit is left out. It is watched on, its detections
compared but not used, and taken back once the sum is at zero again. Of two sensors that disagree nobody can say which
one is wrong: two others are needed. Other things beside a body that is hidden from a sensor are no evidence: misses
count only where all of them together tell of one fault, an angle or a delay.

Source: Page (1954), Continuous inspection schemes, Biometrika 41(1/2).
"""

import numpy as np

from sangar.core.detections import AZIMUTH
from sangar.core.events import EventKind
from sangar.core.jit import kernel
from sangar.core.kernels.event_log import new_event
from sangar.core.sensors import LEFT_OUT_BY_STEP
from sangar.core.targets import Disagreement, SensorKind
from sangar.core.tracks import HIGH_WATER
from sangar.tracking.kernels.association.assignment import ALONE
from sangar.tracking.kernels.management.life import FREE, LOST, drop
from sangar.tracking.kernels.registration.agreement import (
    LARGEST_STEP,
    foresee,
    log_ratio_of_fit,
    log_ratio_of_miss,
    sight_of,
    squared_distance,
    was_in_view,
)
from sangar.tracking.kernels.registration.clock_lead import lead_of, leads_all
from sangar.tracking.kernels.registration.offsets import SCATTERED, note_offset, reason_of, wrapped
from sangar.tracking.kernels.registration.reference_path import is_supported
from sangar.tracking.kernels.visibility.hearing import heard_lately
from sangar.tracking.kernels.visibility.looks import sensor_bit

SENSOR_LEFT_OUT, SENSOR_TAKEN_BACK = np.int64(EventKind.SENSOR_LEFT_OUT), np.int64(EventKind.SENSOR_TAKEN_BACK)
COOPERATIVE, NO_TRACK, AHEAD = np.int64(SensorKind.COOPERATIVE), np.int64(0), np.int64(Disagreement.AHEAD)
FEWEST_SENSORS = 3
PERIOD_S = 0.5
"""A sensor is judged at most so often: errors of neighbouring looks go together and are one witness."""
LIMIT, CEILING = 15.0, 20.0
"""Sum at which a sensor is left out, e to the power of 15 to one, and beyond which it does not grow."""
LATE_S, SHOWN_SIGMAS = 2.0, 3.0
"""A sensor is taken back on bodies that move more in such a delay than so many sigma of azimuth."""
MOST_TRACKS = 16
"""Tracks a look is held against at most: more say no more of the sensor, and cost."""
MOST_SEARCHES = 4 * MOST_TRACKS
"""Tracks without a detection beside which one is sought at most: each search goes through the whole look."""
BESIDE_RAD = 1.0
"""A detection this far from where a body should be seen may be what a wrong sensor makes of it."""


@kernel
def _would_show(seen, detection):
    """Whether a body moves so much on the sky that a late sensor could not agree: what hovers looks right to any clock.

    Args:
        seen: where the track is, see `look_at`.
        detection: record of `DETECTION`.
    """
    rate_radps = np.hypot(np.cos(seen[1]) * seen[2], seen[3])
    return LATE_S * rate_radps > SHOWN_SIGMAS * detection["sigma"][AZIMUTH]


@kernel
def _fitting(tracks, time_s, batch, sensor_row, sensor, count, parameters, work):
    """What the detections that tracks were given say: (sum of likelihood ratios, how many)."""
    total, tracks_judged = 0.0, 0.0
    for r in range(count):
        row = work.rows[r]
        if row["column"] == ALONE:
            continue
        column, detection, track = work.columns[row["column"]], batch[row["column"]], tracks.rows[row["track"]]
        if tracks_judged >= MOST_TRACKS or not is_supported(track, time_s, sensor_row):
            continue
        foresee(track, tracks.trails[row["track"]], time_s, parameters, work)
        seen = sight_of(track, detection["time_s"], sensor, work)
        if sensor["left_out"] != 0 and not _would_show(seen, detection):
            continue
        distance_squared, numbers = squared_distance(work.predicted[0], detection, sensor, parameters, work.bench[0])
        total += log_ratio_of_fit(distance_squared, numbers, sensor)
        tracks_judged += 1.0
        note_offset(detection, column, seen, sensor)
    return total, tracks_judged


@kernel
def _is_given(i, r, count, rows):
    """Whether row r of the assignment is track i's and was given a detection."""
    return r < count and rows[r]["track"] == i and rows[r]["column"] != ALONE


@kernel
def _is_explained(tracks, column, time_s, sensor_row):
    """Whether a detection belongs to a track that another sensor has seen lately; one of its own proves nothing."""
    if column["taken"] == 0:
        return False
    return heard_lately(tracks.rows[column["track"]], time_s) & ~sensor_bit(sensor_row) != 0


@kernel
def _beside(azimuth_rad, tracks, time_s, sensor_row, count, columns):
    """The detection nearest in azimuth, of the first `count`, that is nobody else's, if one is near at all; else -1."""
    nearest, nearest_rad = -1, BESIDE_RAD
    for d in range(count):
        off_rad = abs(wrapped(columns[d]["azimuth_rad"] - azimuth_rad))
        if columns[d]["admitted"] == 0 or not off_rad < nearest_rad:
            continue
        if not _is_explained(tracks, columns[d], time_s, sensor_row):
            nearest, nearest_rad = d, off_rad
    return nearest


@kernel
def _missing(tracks, time_s, batch, sensor_row, sensor, count, parameters, work):
    """What tracks without a detection say that have an unexplained one beside them: (sum, how many)."""
    total, tracks_judged, searches, r = 0.0, 0.0, 0, 0
    for i in range(tracks.counters[HIGH_WATER]):
        track = tracks.rows[i]
        if tracks_judged >= MOST_TRACKS or searches >= MOST_SEARCHES:
            break
        while r < count and work.rows[r]["track"] < i:  # the rows are in the order of their tracks
            r += 1
        if _is_given(i, r, count, work.rows) or not is_supported(track, time_s, sensor_row):
            continue
        if sensor["left_out"] == 0 and heard_lately(track, time_s) & sensor_bit(sensor_row) != 0:
            continue
        if not was_in_view(track, tracks.trails[i], time_s, sensor, parameters, work):
            continue
        seen = sight_of(track, time_s, sensor, work)
        searches += 1
        d = _beside(seen[0], tracks, time_s, sensor_row, batch.shape[0], work.columns)
        if d >= 0:
            total += log_ratio_of_miss(sensor)
            tracks_judged += 1.0
            note_offset(batch[d], work.columns[d], seen, sensor)
    return total, tracks_judged


@kernel
def _end_fed_alone(tracks, sensor_row, time_s, outputs):
    """End the tracks that only this sensor has seen lately: it does not agree with the others, and they go by it.

    Left alone, such a track takes the others' bearings, for it may be anywhere along its ray.
    """
    own = sensor_bit(sensor_row)
    for i in range(tracks.counters[HIGH_WATER]):
        track = tracks.rows[i]
        if track["status"] != FREE and track["sensor"] == sensor_row and heard_lately(track, time_s) & ~own == 0:
            drop(tracks, track, time_s, LOST, outputs)


@kernel
def leave_out(tracks, sensor, sensor_row, time_s, lead_s, outputs):
    """Leave a sensor out, say why, and end the tracks that go by it alone.

    Args:
        tracks, time_s, outputs: as `track_batch` takes them.
        sensor, sensor_row: its record of `SENSOR`, changed in place, and its row.
        lead_s: by how much it runs ahead of all others where that is why, else 0.
    """
    sensor["left_out"] = LEFT_OUT_BY_STEP
    reason, offset_rad, late_s = (AHEAD, np.nan, lead_s) if lead_s > 0.0 else reason_of(sensor)
    index = new_event(outputs, SENSOR_LEFT_OUT, time_s, NO_TRACK)
    if index >= 0:
        event = outputs.events[index]
        event["new"], event["old"] = sensor_row, reason
        event["ellipse_azimuth_rad"], event["due_s"] = offset_rad, late_s
    _end_fed_alone(tracks, sensor_row, time_s, outputs)


@kernel
def take_back(sensor, sensor_row, time_s, outputs):
    """Use a sensor again that agrees with the others, and say so."""
    sensor["left_out"], sensor["disagreement"] = 0, 0.0
    index = new_event(outputs, SENSOR_TAKEN_BACK, time_s, NO_TRACK)
    if index >= 0:
        outputs.events[index]["new"] = sensor_row


@kernel
def _decide(tracks, sensor, sensor_row, time_s, step, lead_s, outputs):
    """Add what a look says against a sensor; leave it out, or take it back."""
    sensor["judged_s"] = time_s
    sensor["disagreement"] = min(max(sensor["disagreement"] + step, 0.0), CEILING)
    if sensor["left_out"] == 0 and sensor["disagreement"] >= LIMIT:
        leave_out(tracks, sensor, sensor_row, time_s, lead_s, outputs)
    elif sensor["left_out"] == LEFT_OUT_BY_STEP and sensor["disagreement"] <= 0.0:
        take_back(sensor, sensor_row, time_s, outputs)


@kernel
def judge(tracks, time_s, batch, sensors, sensor_row, count, parameters, outputs, work):
    """Hold a sensor's batch against the others' picture, after the assignment and before it is used.

    Args:
        tracks, time_s, batch, sensors, sensor_row, parameters, outputs, work: as `track_batch` takes them.
        count: rows of the assignment.
    """
    sensor = sensors[sensor_row]
    if sensors.shape[0] < FEWEST_SENSORS or batch.shape[0] == 0 or abs(time_s - sensor["judged_s"]) < PERIOD_S:
        return
    if sensor["kind"] == COOPERATIVE or sensor["left_out"] not in (0, LEFT_OUT_BY_STEP):
        return  # who does not report is not missed; what the site file leaves out stays out
    if leads_all(sensors, sensor_row, time_s):
        _decide(tracks, sensor, sensor_row, time_s, LARGEST_STEP, lead_of(sensors, sensor_row, time_s), outputs)
        return
    fitting, fitted = _fitting(tracks, time_s, batch, sensor_row, sensor, count, parameters, work)
    missing, missed = _missing(tracks, time_s, batch, sensor_row, sensor, count, parameters, work)
    if fitted + missed == 0.0:
        return
    if missed > 0.0 and reason_of(sensor)[0] == SCATTERED:
        missing = 0.0
    _decide(tracks, sensor, sensor_row, time_s, (fitting + missing) / (fitted + missed), 0.0, outputs)
