"""Desertion: most sensors follow a new track, one keeps the old one; the body is where most see it.

A camera whose clock is late agrees while a drone hovers. When the drone moves off, the late bearings pull its track
aside, the others' no longer fit, and begin the drone anew; the late camera feeds the old track alone, anywhere along
its ray. Left at that, the body's number, its identity and its warnings would go with the one sensor that is wrong.

So a new track that is sure of itself is the old one's body where

- at least two sensors saw the old track and now see the new one instead, and have missed the old one, in their view,
  in several looks each;
- since the new one began the old one was seen by one sensor at most, and that by bearings only;
- both come from one place: taken straight back to when the first sensor left, they meet as closely as a manoeuvre
  allows (half of the largest acceleration times time squared, for each).

Then it takes the old one's place and number. Two bodies side by side look otherwise: whoever sees the one sees the
other, unless it is hidden from all of them at once.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.targets import TrackStatus
from sangar.core.tracks import ALL_WITNESSES, DESERTED_COUNT, HIGH_WATER, LIVE, SEEN_SENSORS
from sangar.models.kernels.packed import at
from sangar.tracking.kernels.management.confirmation import required_score
from sangar.tracking.kernels.management.life import SCORE_CAP
from sangar.tracking.kernels.management.rows import take_over, vacate
from sangar.tracking.kernels.visibility.hearing import last_seen_s
from sangar.tracking.kernels.visibility.witnesses import stands_in_view

TENTATIVE, CONFIRMED = np.int64(TrackStatus.TENTATIVE), np.int64(TrackStatus.CONFIRMED)
FEWEST_DESERTERS, MOST_LOYAL = 2, 1
MISSED_LOOKS = 5.0
"""Looks of each deserter that missed the old track."""
REACH_SIGMAS, LONGEST_S = 4.0, 1.5
"""How closely the two have to meet, and how far back: in a longer time a body could have gone anywhere."""
ROUTINE = 0


@kernel
def _is_deserted(old, young, time_s, sensors):
    """(Whether the sensors of an old track have gone over to a young one, when the first of them saw the old one)."""
    deserters, loyal, left_s = 0, 0, time_s
    for s in range(sensors.shape[0]):
        with_old_s, with_young_s = last_seen_s(old, s), last_seen_s(young, s)
        if with_old_s > young["birth_s"]:
            loyal += 1
            if sensors[s]["starts_tracks"] == 1:
                return False, left_s
        elif with_young_s > with_old_s > -np.inf:
            looks = (time_s - with_old_s) / sensors[s]["period_s"]
            if looks >= MISSED_LOOKS and stands_in_view(old, time_s, sensors[s]):
                deserters += 1
                left_s = min(left_s, with_old_s)
    return deserters >= FEWEST_DESERTERS and loyal <= MOST_LOYAL, left_s


@kernel
def _came_from_one_place(old, young, left_s, time_s, parameters):
    """Whether both tracks, taken straight back to when the old one was left, meet as closely as a manoeuvre allows."""
    total, variance, since_s = 0.0, 0.0, time_s - left_s
    for axis in range(3):
        old_m = old["mean"][axis] + (left_s - old["time_s"]) * old["mean"][3 + axis]
        young_m = young["mean"][axis] + (left_s - young["time_s"]) * young["mean"][3 + axis]
        total += (young_m - old_m) * (young_m - old_m)
        variance += old["covariance"][at(axis, axis)] + young["covariance"][at(axis, axis)]
    reach_m = REACH_SIGMAS * np.sqrt(variance) + parameters.turn_limit_mps2 * since_s * since_s
    return since_s <= LONGEST_S and total <= reach_m * reach_m


@kernel
def _deserted_by(tracks, young, time_s, sensors, parameters):
    """Row of the track that a young one's sensors have deserted for it; -1 for none. What is missing is recall's."""
    for i in range(tracks.counters[HIGH_WATER]):
        old = tracks.rows[i]
        if old["status"] not in (TENTATIVE, CONFIRMED) or old["birth_s"] >= young["birth_s"]:
            continue
        is_deserted, left_s = _is_deserted(old, young, time_s, sensors)
        if is_deserted and _came_from_one_place(old, young, left_s, time_s, parameters):
            return i
    return -1


@kernel
def _take_place(tracks, young, j):
    """Let a young track go on in row j, under the number and with the standing of the one that was there."""
    standing = tracks.rows[j]["status"]
    take_over(tracks, j, young)
    if standing >= CONFIRMED:
        row = tracks.rows[j]
        row["status"], row["witnesses"], row["score"] = CONFIRMED, ALL_WITNESSES, min(SCORE_CAP, row["score"])
    vacate(tracks, young)
    tracks.counters[LIVE] -= 1
    tracks.counters[DESERTED_COUNT] += 1


@kernel
def settle_desertions(tracks, batch, time_s, sensors, sensor_row, parameters, columns):
    """Give young tracks that a sensor of bearings has just seen the body of the track that was deserted for them.

    Args:
        tracks: `TrackTable`.
        batch, time_s, sensors, sensor_row, parameters: as `track_batch` takes them.
        columns: records of `COLUMN`, all detections used.
    """
    if sensors[sensor_row]["starts_tracks"] == 1 or sensors.shape[0] > SEEN_SENSORS:
        return
    needed = required_score(tracks.confirmation[0], ROUTINE, parameters)
    for d in range(batch.shape[0]):
        if columns[d]["admitted"] == 0 or columns[d]["taken"] == 0:
            continue
        young = tracks.rows[columns[d]["track"]]
        if young["status"] != TENTATIVE or young["score"] - young["missed"] < needed:
            continue
        j = _deserted_by(tracks, young, time_s, sensors, parameters)
        if j >= 0:
            _take_place(tracks, young, j)
            columns[d]["track"] = j
