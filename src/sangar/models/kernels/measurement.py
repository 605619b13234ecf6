"""What a sensor should measure of a body: predicted values and their Jacobian, for every kind of measurement.

    range r = |d|, azimuth = atan2(d_e, d_n), elevation = atan2(d_u, ρ), range rate = d·v / r, ρ = hypot(d_e, d_n)

with d and v turned into the sensor's own east, north, up. Altitude adds the Earth's curvature to the site's up:
h = h_site + u + (e² + n²) / (2 R), good to 0.2 m within 20 km of the site and to 4.5 m within 100 km.

A detection need not stand at the track's time: with a shift δ the body is taken at p + v δ, exact for constant
velocity, so each plot of a rotating radar keeps its own time.
"""

import numpy as np

from sangar.core.detections import ALTITUDE, AZIMUTH, EAST, ELEVATION, MEASURED_COUNT, RANGE, RANGE_RATE
from sangar.core.jit import kernel

EARTH_RADIUS_M = 6371000.0
POSITION, VELOCITY = np.int64(0), np.int64(3)


@kernel
def _to_site(row, rotation, d_e, d_n, d_u, offset):
    """Write a gradient given in sensor axes into a Jacobian row in site axes, from column `offset` on."""
    for j in range(3):
        row[offset + j] = d_e * rotation[0, j] + d_n * rotation[1, j] + d_u * rotation[2, j]


@kernel
def predict_measurement(state, shift_s, measured, sensor, site_altitude_m, predicted, jacobian):
    """Predicted measurement (8,) and Jacobian (8, 6), filled only where `measured` is not NaN.

    Args:
        state: (6 or more,) position and velocity, site ENU.
        shift_s: time of the detection minus time of the state.
        measured: (8,) the detection's numbers; NaN where not measured.
        sensor: record of `SENSOR`.
        site_altitude_m: altitude of the site's reference point.
        predicted: (8,) out.
        jacobian: (8, 6) out.
    """
    position_m, rotation = sensor["position_m"], sensor["local_from_site"]
    east_m, north_m, up_m = state[0] + shift_s * state[3], state[1] + shift_s * state[4], state[2] + shift_s * state[5]
    s_e, s_n, s_u = east_m - position_m[0], north_m - position_m[1], up_m - position_m[2]
    d_e = rotation[0, 0] * s_e + rotation[0, 1] * s_n + rotation[0, 2] * s_u
    d_n = rotation[1, 0] * s_e + rotation[1, 1] * s_n + rotation[1, 2] * s_u
    d_u = rotation[2, 0] * s_e + rotation[2, 1] * s_n + rotation[2, 2] * s_u
    ground_squared = max(d_e * d_e + d_n * d_n, 1e-6)
    ground_m = np.sqrt(ground_squared)
    range_squared = ground_squared + d_u * d_u
    range_m = np.sqrt(range_squared)
    for c in range(MEASURED_COUNT):
        if not np.isnan(measured[c]):
            for j in range(6):
                jacobian[c, j] = 0.0
    if not np.isnan(measured[RANGE]):
        predicted[RANGE] = range_m
        _to_site(jacobian[RANGE], rotation, d_e / range_m, d_n / range_m, d_u / range_m, POSITION)
    if not np.isnan(measured[AZIMUTH]):
        predicted[AZIMUTH] = np.arctan2(d_e, d_n)
        _to_site(jacobian[AZIMUTH], rotation, d_n / ground_squared, -d_e / ground_squared, 0.0, POSITION)
    if not np.isnan(measured[ELEVATION]):
        predicted[ELEVATION] = np.arctan2(d_u, ground_m)
        over = d_u / (range_squared * ground_m)
        _to_site(jacobian[ELEVATION], rotation, -d_e * over, -d_n * over, ground_m / range_squared, POSITION)
    if not np.isnan(measured[RANGE_RATE]):
        v_e = rotation[0, 0] * state[3] + rotation[0, 1] * state[4] + rotation[0, 2] * state[5]
        v_n = rotation[1, 0] * state[3] + rotation[1, 1] * state[4] + rotation[1, 2] * state[5]
        v_u = rotation[2, 0] * state[3] + rotation[2, 1] * state[4] + rotation[2, 2] * state[5]
        u_e, u_n, u_u = d_e / range_m, d_n / range_m, d_u / range_m
        rate = u_e * v_e + u_n * v_n + u_u * v_u
        predicted[RANGE_RATE] = rate
        _to_site(
            jacobian[RANGE_RATE],
            rotation,
            (v_e - rate * u_e) / range_m,
            (v_n - rate * u_n) / range_m,
            (v_u - rate * u_u) / range_m,
            POSITION,
        )
        _to_site(jacobian[RANGE_RATE], rotation, u_e, u_n, u_u, VELOCITY)
    if not np.isnan(measured[ALTITUDE]):
        predicted[ALTITUDE] = site_altitude_m + up_m + (east_m * east_m + north_m * north_m) / (2.0 * EARTH_RADIUS_M)
        jacobian[ALTITUDE, 0] = east_m / EARTH_RADIUS_M
        jacobian[ALTITUDE, 1] = north_m / EARTH_RADIUS_M
        jacobian[ALTITUDE, 2] = 1.0
    for axis in range(3):
        if not np.isnan(measured[EAST + axis]):
            predicted[EAST + axis] = state[axis] + shift_s * state[3 + axis]
            jacobian[EAST + axis, axis] = 1.0
    if shift_s != 0.0:
        for c in range(MEASURED_COUNT):
            if not np.isnan(measured[c]):
                for j in range(3):
                    jacobian[c, 3 + j] += shift_s * jacobian[c, j]


@kernel
def residual(measured, predicted, component):
    """Measured minus predicted; an azimuth difference is wrapped to -π .. π."""
    difference = measured - predicted
    if component == AZIMUTH:
        difference -= 2.0 * np.pi * np.floor((difference + np.pi) / (2.0 * np.pi))
    return difference
