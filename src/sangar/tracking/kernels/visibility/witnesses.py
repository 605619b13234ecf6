"""Who has seen a track that was started from bearings: it is doubted until enough sensors have.

Two bearings of two sensors always meet somewhere, also when they are of two bodies: a ghost, and both sensors go on
feeding it. A third sensor tells: what it should see and does not is not there. So a track started from bearings is
confirmed by three sensors, or by two where no third one looks; each has to see it after it was started. One that a
third sensor has looked at, again and again, and never seen, is given up.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.tracks import ALL_WITNESSES
from sangar.models.kernels.coverage import is_in_view
from sangar.tracking.kernels.visibility.hearing import count_sensors
from sangar.tracking.kernels.visibility.looks import MOST_TELLING_PD, SLACK_LOOKS, sensor_bit

FEWEST_WITNESSES, ENOUGH_WITNESSES = 2, 3
DOUBT = 3.9
"""What the looks of a sensor must say against a track that it has never seen: one in fifty bodies is so missed."""
LOOKING_PERIODS = 2.5


@kernel
def stands_in_view(track, time_s, sensor):
    """Whether a track's place lies in a sensor's coverage, a straight line on, by more than its 1 sigma."""
    dt_s, mean, covariance = time_s - track["time_s"], track["mean"], track["covariance"]
    sigma_m = np.sqrt(max(covariance[0] + covariance[2] + covariance[5], 0.0) / 3.0)
    return is_in_view(sensor, mean[0] + dt_s * mean[3], mean[1] + dt_s * mean[4], mean[2] + dt_s * mean[5], sigma_m)


@kernel
def has_witnesses(track):
    """Whether enough sensors have seen a track; set by `hear_witness`."""
    return track["witnesses"] == ALL_WITNESSES


@kernel
def hear_witness(track, time_s, sensors, sensor_row):
    """Note that a sensor saw a doubted track; end the doubt where that is enough."""
    if sensors[sensor_row]["starts_tracks"] == 1:
        track["witnesses"] = ALL_WITNESSES
        return
    track["witnesses"] |= sensor_bit(sensor_row)
    count = count_sensors(track["witnesses"])
    if count < FEWEST_WITNESSES:
        return
    if count < ENOUGH_WITNESSES:
        for s in range(sensors.shape[0]):
            sensor = sensors[s]
            if sensor["starts_tracks"] == 1 or track["witnesses"] & sensor_bit(s) != 0:
                continue
            is_looking = time_s - sensor["looked_s"] <= LOOKING_PERIODS * sensor["period_s"]
            if is_looking and stands_in_view(track, time_s, sensor):
                return
    track["witnesses"] = ALL_WITNESSES


@kernel
def is_ghost(track, time_s, sensor, sensor_row):
    """Whether a doubted track has been looked at by a sensor so often, and never seen, that it is not there."""
    if track["witnesses"] & sensor_bit(sensor_row) != 0 or count_sensors(track["witnesses"]) >= ENOUGH_WITNESSES:
        return False
    looks = np.floor((time_s - track["birth_s"]) / sensor["period_s"] + SLACK_LOOKS)
    doubt = -looks * np.log(1.0 - min(sensor["detection_probability"], MOST_TELLING_PD))
    return sensor["starts_tracks"] == 0 and doubt >= DOUBT and stands_in_view(track, time_s, sensor)
