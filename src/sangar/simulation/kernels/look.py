"""One look of one simulated sensor: who is seen, what is measured of it, and what is seen that is not there.

Radar (Swerling 1): the signal-to-noise ratio falls with the fourth power of range and grows with the cross-section;
with a detection threshold T = -ln Pfa the chance is Pd = Pfa^(1 / (1 + SNR)), and the amplitude above the threshold is
exponential. Other sensors see with a constant chance inside their range. False alarms are Poisson, uniform in the
space the sensor measures.

Source: Swerling (1954), RAND RM-1217; Richards (2014), Fundamentals of Radar Signal Processing, chapter 6.
"""

import numpy as np

from sangar.core.detections import ALTITUDE, AZIMUTH, EAST, ELEVATION, MEASURED_COUNT, NO_CLASS, RANGE, RANGE_RATE
from sangar.core.jit import kernel
from sangar.core.targets import SensorKind
from sangar.models.kernels.coverage import in_coverage
from sangar.models.kernels.measurement import EARTH_RADIUS_M
from sangar.simulation.kernels.random import normals, poisson, uniforms

SEEN, AMPLITUDE, NOISE, FALSE_COUNT, FALSE_PLACE, FALSE_VALUE = range(2, 8)
"""Streams of random numbers; 0 belongs to the effectors and 1 to the birds."""

RADAR = np.int64(SensorKind.RADAR)
THRESHOLD = 13.815510557964274
"""-ln of the false-alarm probability 1e-6."""
SENSOR_SHIFT = 16


@kernel
def snr_of(sensor, range_m, rcs_dbsm):
    """Mean signal-to-noise ratio (a plain ratio) of a body at a range for a radar."""
    reference = THRESHOLD / -np.log(sensor["detection_probability"]) - 1.0
    ratio = sensor["maximum_range_m"] / max(range_m, 1.0)
    return reference * ratio**4 * 10.0 ** (0.1 * (rcs_dbsm - sensor["reference_rcs_dbsm"]))


@kernel
def turned(rotation, vector, result):
    """Write rotation (3, 3) times vector (3,) into result (3,)."""
    for i in range(3):
        result[i] = rotation[i, 0] * vector[0] + rotation[i, 1] * vector[1] + rotation[i, 2] * vector[2]


@kernel
def measure(own, own_velocity, place_m, site_altitude_m, values):
    """The eight numbers (8,) of a body without error: seen from the sensor's axes (own) and from the site (place_m)."""
    ground_m = np.sqrt(own[0] * own[0] + own[1] * own[1])
    range_m = max(np.sqrt(ground_m * ground_m + own[2] * own[2]), 1e-6)
    values[RANGE] = range_m
    values[AZIMUTH] = np.arctan2(own[0], own[1])
    values[ELEVATION] = np.arctan2(own[2], ground_m)
    values[RANGE_RATE] = (own[0] * own_velocity[0] + own[1] * own_velocity[1] + own[2] * own_velocity[2]) / range_m
    bulge_m = (place_m[0] * place_m[0] + place_m[1] * place_m[1]) / (2.0 * EARTH_RADIUS_M)
    values[ALTITUDE] = site_altitude_m + place_m[2] + bulge_m
    for i in range(3):
        values[EAST + i] = place_m[i]


@kernel
def write_detection(record, sensor, time_s, values):
    """Fill a detection with what the sensor measures of `values` (8,), NaN elsewhere; amplitudes are left NaN."""
    record["time_s"] = time_s
    record["snr_db"] = np.nan
    record["rcs_dbsm"] = np.nan
    record["class_report"] = NO_CLASS
    measured, sigma = record["measured"], record["sigma"]
    for c in range(MEASURED_COUNT):
        measured[c] = values[c] if sensor["measures"][c] else np.nan
        sigma[c] = sensor["sigma"][c] if sensor["measures"][c] else np.nan


@kernel
def write_amplitude(record, sensor, range_m, amplitude):
    """Fill the amplitude of a radar detection, and the cross-section it speaks for at that range."""
    unit = snr_of(sensor, range_m, 0.0)
    record["snr_db"] = 10.0 * np.log10(amplitude)
    record["rcs_dbsm"] = 10.0 * np.log10(amplitude / unit)


@kernel
def add_noise(values, sensor, seed, body, instant):
    """Add the sensor's Gaussian errors to the eight numbers; the azimuth is wrapped to 0 .. 2 pi."""
    for pair in range(MEASURED_COUNT // 2):
        first, second = normals(seed, NOISE + (sensor["number"] << SENSOR_SHIFT), body, instant, pair)
        values[2 * pair] += sensor["sigma"][2 * pair] * first
        values[2 * pair + 1] += sensor["sigma"][2 * pair + 1] * second
    values[RANGE] = abs(values[RANGE])
    values[AZIMUTH] %= 2.0 * np.pi


@kernel
def see_body(sensor, body, instant, seed, range_m, rcs_dbsm):
    """The amplitude of a body in this look (a plain ratio): 0 where it is missed, 1 where the sensor tells none."""
    chance, _ = uniforms(seed, SEEN + (sensor["number"] << SENSOR_SHIFT), body, instant, 0)
    if sensor["kind"] != RADAR:
        return 1.0 if chance < sensor["detection_probability"] else 0.0
    snr = snr_of(sensor, range_m, rcs_dbsm)
    if chance >= np.exp(-THRESHOLD / (1.0 + snr)):
        return 0.0
    draw, _ = uniforms(seed, AMPLITUDE + (sensor["number"] << SENSOR_SHIFT), body, instant, 0)
    return THRESHOLD - (1.0 + snr) * np.log(draw)


@kernel
def look(sensor, sees, instant, time_s, seed, bodies, site_altitude_m, scratch, detections):
    """Write the detections of look number `instant` of a sensor; true ones first, then false ones.

    Args:
        sensor: record of `SENSOR_MODEL`.
        sees: (B,) whether it can perceive each body at all.
        instant: number of the look.
        time_s: its time.
        seed: of the run.
        bodies: (B,) records of `BODY` at that time.
        site_altitude_m: altitude of the site's reference point.
        scratch: (4, 8).
        detections: records of `DETECTION` out; their `row` is the body's, -1 for a false one.

    Returns:
        How many were written; detections that found no room are lost (the room is made large enough by the caller).
    """
    level, own, own_velocity, values = scratch[0], scratch[1], scratch[2], scratch[3]
    count = 0
    for b in range(bodies.shape[0]):
        body = bodies[b]
        if not (body["is_present"] and sees[b]):
            continue
        for i in range(3):
            own[i] = body["position_m"][i] - sensor["position_m"][i]
        turned(sensor["level_from_site"], own, level)
        if not in_coverage(sensor, level[0], level[1], level[2], 0.0):
            continue
        turned(sensor["own_from_level"], level, own)
        turned(sensor["level_from_site"], body["velocity_mps"], level)
        turned(sensor["own_from_level"], level, own_velocity)
        measure(own, own_velocity, body["position_m"], site_altitude_m, values)
        range_m = values[RANGE]
        amplitude = see_body(sensor, b, instant, seed, range_m, body["rcs_dbsm"])
        if amplitude <= 0.0 or count >= detections.shape[0]:
            continue
        add_noise(values, sensor, seed, b, instant)
        write_detection(detections[count], sensor, time_s, values)
        detections[count]["row"] = b
        if sensor["kind"] == RADAR:
            write_amplitude(detections[count], sensor, range_m, amplitude)
        count += 1
    return count + add_false_alarms(sensor, instant, time_s, seed, scratch, detections[count:])


@kernel
def add_false_alarms(sensor, instant, time_s, seed, scratch, detections):
    """Write a Poisson number of false detections, uniform in the space the sensor measures; returns how many."""
    level, own, values = scratch[0], scratch[1], scratch[3]
    wanted = poisson(sensor["false_alarms"], seed, FALSE_COUNT + (sensor["number"] << SENSOR_SHIFT), 0, instant)
    count = min(wanted, detections.shape[0])
    for j in range(count):
        along, turn = uniforms(seed, FALSE_PLACE + (sensor["number"] << SENSOR_SHIFT), j, instant, 0)
        rise, rate = uniforms(seed, FALSE_PLACE + (sensor["number"] << SENSOR_SHIFT), j, instant, 1)
        nearest_m, farthest_m = sensor["minimum_range_m"], sensor["maximum_range_m"]
        lowest_rad, highest_rad = sensor["minimum_elevation_rad"], sensor["maximum_elevation_rad"]
        range_m = nearest_m + along * (farthest_m - nearest_m)
        azimuth_rad = false_azimuth(sensor, turn)
        elevation_rad = lowest_rad + rise * (highest_rad - lowest_rad)
        level[0] = range_m * np.cos(elevation_rad) * np.sin(azimuth_rad)
        level[1] = range_m * np.cos(elevation_rad) * np.cos(azimuth_rad)
        level[2] = range_m * np.sin(elevation_rad)
        turned(sensor["own_from_level"], level, own)
        values[RANGE] = range_m
        values[AZIMUTH] = np.arctan2(own[0], own[1]) % (2.0 * np.pi)
        values[ELEVATION] = np.arctan2(own[2], np.sqrt(own[0] * own[0] + own[1] * own[1]))
        values[RANGE_RATE] = (rate - 0.5) * sensor["range_rate_span_mps"]
        east, north = uniforms(seed, FALSE_VALUE + (sensor["number"] << SENSOR_SHIFT), j, instant, 0)
        height, strength = uniforms(seed, FALSE_VALUE + (sensor["number"] << SENSOR_SHIFT), j, instant, 1)
        values[EAST] = sensor["position_m"][0] + (2.0 * east - 1.0) * farthest_m
        values[EAST + 1] = sensor["position_m"][1] + (2.0 * north - 1.0) * farthest_m
        values[EAST + 2] = values[ALTITUDE] = height * sensor["altitude_span_m"]
        write_detection(detections[j], sensor, time_s, values)
        detections[j]["row"] = -1
        if sensor["kind"] == RADAR:
            write_amplitude(detections[j], sensor, range_m, THRESHOLD - np.log(strength))
    return count


@kernel
def false_azimuth(sensor, share):
    """The true bearing at a share (0 .. 1) of all the sensor's sectors together."""
    if sensor["sector_count"] == 0:
        return 2.0 * np.pi * share
    whole = 0.0
    for j in range(sensor["sector_count"]):
        whole += sensor["sector_width_rad"][j]
    left = share * whole
    for j in range(sensor["sector_count"] - 1):
        if left <= sensor["sector_width_rad"][j]:
            return sensor["sector_from_rad"][j] + left
        left -= sensor["sector_width_rad"][j]
    return sensor["sector_from_rad"][sensor["sector_count"] - 1] + left
