"""A new track from one detection that no track took."""

import numpy as np

from sangar.core.detections import ALTITUDE, AZIMUTH, EAST, ELEVATION, NORTH, RANGE, UP
from sangar.core.jit import kernel
from sangar.core.targets import TrackStatus
from sangar.core.tracks import (
    ALL_WITNESSES,
    BATCH,
    MODE_COUNT,
    NUMERICAL_DROP_COUNT,
    STATE_PACKED,
    STATE_SIZE,
)
from sangar.models.kernels.measurement import EARTH_RADIUS_M
from sangar.models.kernels.packed import all_finite_positive, set_diagonal
from sangar.tracking.kernels.association.clutter import log_clutter
from sangar.tracking.kernels.filtering.flat import is_flat, unmeasured_height
from sangar.tracking.kernels.filtering.kalman import correct
from sangar.tracking.kernels.management.crowding import row_for
from sangar.tracking.kernels.management.rows import enrol
from sangar.tracking.kernels.visibility.hearing import begin_seen
from sangar.tracking.kernels.visibility.looks import sensor_bit

TENTATIVE = np.int64(TrackStatus.TENTATIVE)
EAST_ROW, UP_ROW, SPEED_ROW, CLIMB_ROW, END_ROW = np.int64(0), np.int64(2), np.int64(3), np.int64(5), np.int64(6)
VAGUE_M = 1.0e4
"""1 sigma of a position before the detection speaks: so wide that the detection decides."""


@kernel
def _height_above_sensor(measured, sensor, parameters):
    """(Height above the sensor's horizon plane in metres, whether the detection tells it)."""
    if not np.isnan(measured[ELEVATION]):
        return measured[RANGE] * np.sin(measured[ELEVATION]), 1
    if not np.isnan(measured[ALTITUDE]):
        drop_m = measured[RANGE] * measured[RANGE] / (2.0 * EARTH_RADIUS_M)
        return measured[ALTITUDE] - parameters.altitude_m - drop_m - sensor["position_m"][2], 1
    height_m, _ = unmeasured_height(measured[RANGE], sensor, parameters)
    return height_m, 0


@kernel
def place(measured, sensor, parameters, position):
    """Write the site position (3,) a detection points to; returns 1 if it tells a height, 0 if not, -1 if nowhere."""
    if not np.isnan(measured[EAST]) and not np.isnan(measured[NORTH]):
        position[0], position[1] = measured[EAST], measured[NORTH]
        if not np.isnan(measured[UP]):
            position[2] = measured[UP]
            return 1
        position[2] = parameters.unknown_height_m
        return 0
    if np.isnan(measured[RANGE]) or np.isnan(measured[AZIMUTH]):
        return -1
    range_m = measured[RANGE]
    up_m, tells_height = _height_above_sensor(measured, sensor, parameters)
    up_m = max(min(up_m, 0.95 * range_m), -0.95 * range_m)
    ground_m = np.sqrt(max(range_m * range_m - up_m * up_m, 1.0))
    d_e, d_n = ground_m * np.sin(measured[AZIMUTH]), ground_m * np.cos(measured[AZIMUTH])
    rotation = sensor["local_from_site"]
    for j in range(3):
        turned = d_e * rotation[0, j] + d_n * rotation[1, j] + up_m * rotation[2, j]
        position[j] = sensor["position_m"][j] + turned
    return tells_height


@kernel
def is_debris(position, time_s, scars, parameters):
    """Whether a place is where a body hit the ground a moment ago."""
    if position[2] > parameters.ground_m + parameters.scar_height_m:
        return False
    for k in range(scars.shape[0]):
        scar = scars[k]
        if time_s - scar["time_s"] > parameters.scar_time_s:
            continue
        east, north = position[0] - scar["position_m"][0], position[1] - scar["position_m"][1]
        if east * east + north * north < parameters.scar_radius_m * parameters.scar_radius_m:
            return True
    return False


@kernel
def _first_estimate(mean, covariance, detection, tells_height, sensor, parameters, bench):
    """Mean and packed covariance (6 states) from the detection and a prior of speed, in place; mean holds the place."""
    for d in range(3, 6):
        mean[d] = 0.0
    for k in range(STATE_PACKED):
        covariance[k] = 0.0
    speed_mps, climb_mps = parameters.initial_speed_mps, parameters.initial_climb_mps
    set_diagonal(covariance, EAST_ROW, SPEED_ROW, VAGUE_M * VAGUE_M)
    if tells_height == 0:
        sigma_m = parameters.unknown_height_m
        if is_flat(detection["measured"]):
            _, sigma_m = unmeasured_height(detection["measured"][RANGE], sensor, parameters)
        set_diagonal(covariance, UP_ROW, SPEED_ROW, sigma_m * sigma_m)
    set_diagonal(covariance, SPEED_ROW, CLIMB_ROW, speed_mps * speed_mps)
    set_diagonal(covariance, CLIMB_ROW, END_ROW, climb_mps * climb_mps)
    correct(mean, detection["time_s"], covariance, STATE_SIZE, detection, np.inf, sensor, parameters, bench)


@kernel
def write_first(track, mean, covariance):
    """Give a new track its first estimate: every motion model's, and the whole's. The ballistic one starts later."""
    track["turn_radps"] = 0.0
    for m in range(MODE_COUNT):
        track["mode"][m] = 1.0 / MODE_COUNT
        for d in range(STATE_SIZE):
            track["state"][m, d] = mean[d]
        for k in range(STATE_PACKED):
            track["state_covariance"][m, k] = covariance[k]
    for d in range(STATE_SIZE):
        track["mean"][d] = mean[d]
    for k in range(STATE_PACKED):
        track["covariance"][k] = covariance[k]


@kernel
def begin(tracks, detection, sensor_row, sensor, parameters, bench):
    """Start a tentative track; does nothing where the detection points nowhere or at debris, or it has no row."""
    mean, covariance = bench["mean"][:], bench["covariance"][:]
    tells_height = place(detection["measured"], sensor, parameters, mean)
    if tells_height < 0 or is_debris(mean, detection["time_s"], tracks.scars, parameters):
        return
    measured, memory_s = detection["measured"], parameters.clutter_memory_s
    clutter = log_clutter(sensor, measured[AZIMUTH], measured[RANGE], detection["time_s"], memory_s)
    i = row_for(tracks, parameters.birth_logit - clutter, sensor_row)
    if i < 0:
        return
    track = tracks.rows[i]
    _first_estimate(mean, covariance, detection, tells_height, sensor, parameters, bench)
    write_first(track, mean, covariance)
    if not all_finite_positive(covariance, STATE_SIZE):
        tracks.counters[NUMERICAL_DROP_COUNT] += 1
        return
    enrol(tracks, track)
    track["batch"] = tracks.counters[BATCH]
    fill_life(track, detection, sensor_row, sensor, parameters)
    track["score"] -= clutter


@kernel
def fill_life(track, detection, sensor_row, sensor, parameters):
    """The fields that are not the filter's."""
    track["status"] = TENTATIVE
    track["time_s"] = detection["time_s"]
    track["birth_s"] = detection["time_s"]
    track["confirmed_s"] = track["found_s"] = np.nan
    track["hits"] = 1
    track["is_urgent"] = 0
    track["score"] = parameters.birth_logit
    track["missed"] = 0.0
    track["period_s"], track["looks_alike"] = sensor["period_s"], sensor["looks_alike"]
    track["sensor"] = sensor_row
    track["sensors"] = sensor_bit(sensor_row)
    track["heard"], track["heard_before"], track["heard_s"] = sensor_bit(sensor_row), 0, detection["time_s"]
    begin_seen(track, detection["time_s"], sensor_row)
    track["witnesses"] = ALL_WITNESSES
    track["row"] = detection["row"]
    track["thrown_logit"] = parameters.thrown_prior_logit
