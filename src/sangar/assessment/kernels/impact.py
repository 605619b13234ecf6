"""Where and when a ballistic body hits the ground, and how sure that is.

The trajectory is integrated to the ground with its transition matrix Φ; the covariance at the ground is Φ P Φᵀ. The
impact is where the path crosses the ground, not where it is at a fixed time, so the covariance is projected along the
velocity v onto the ground plane (n the upward normal):

    M = I - v nᵀ / (nᵀ v),   C_impact = M C M ᵀ,   σ_t = σ_up / |v_up|

Source: Bar-Shalom, Li & Kirubarajan (2001), chapter 10, for the linearised prediction; the projection is geometry.
"""

import numpy as np

from sangar.assessment.kernels.tempering import temper
from sangar.core.jit import kernel
from sangar.models.kernels.ballistic import advance, propagate, transition, wander

LONGEST_FLIGHT_S = 300.0
EAST_EAST, EAST_NORTH, NORTH_NORTH, EAST_UP, NORTH_UP, UP_UP = range(6)
"""Positions in a packed covariance (see `models.kernels.packed`)."""


@kernel
def _fall(state, parameters, matrix, covariance, product, stages):
    """Carry a (8,) state and its packed covariance to the ground, in place; returns the seconds, NaN if never."""
    elapsed_s, step_s = 0.0, parameters.integration_step_s
    for _ in range(int(LONGEST_FLIGHT_S / step_s)):
        height_m = state[2] - parameters.ground_m
        sinks = state[5] < 0.0
        if sinks and height_m <= 0.0:
            return elapsed_s
        dt_s = step_s
        if sinks and height_m < -state[5] * step_s:
            dt_s = max(height_m / -state[5], 1e-4)
        drag_1pm = np.exp(state[6])
        transition(state, drag_1pm, dt_s, parameters.altitude_m, matrix)
        advance(state, drag_1pm, state[7], dt_s, parameters.latitude_rad, parameters.altitude_m, stages)
        propagate(covariance, matrix, product)
        wander(covariance, dt_s, parameters.thrown_noise_m2ps3, parameters.drag_noise_hz)
        elapsed_s += dt_s
    return np.nan


@kernel
def predict_impact(assessment, track, parameters, bench):
    """Write the impact fields of an assessment from a track's ballistic explanation; NaN where it never falls.

    Args:
        assessment: record of `ASSESSMENT`.
        track: record of `TRACK`.
        parameters: `AssessmentParameters`.
        bench: record of `WORKBENCH`, scratch.
    """
    state, covariance = bench["mean"][:], bench["covariance"][:]
    for d in range(8):
        state[d] = track["thrown"][d]
    for k in range(36):
        covariance[k] = track["thrown_covariance"][k]
    if track["looks_alike"] > 1.0:
        temper(state, covariance, track["looks_alike"], parameters, bench)
    flight_s = _fall(state, parameters, bench["matrix"], covariance, bench["product"], bench["stages"])
    assessment["impact_s"] = track["time_s"] + flight_s
    if np.isnan(flight_s):
        for d in range(3):
            assessment["impact_m"][d] = np.nan
            assessment["impact_covariance_m2"][d] = np.nan
        assessment["impact_sigma_s"] = np.nan
        return
    for d in range(3):
        assessment["impact_m"][d] = state[d]
    slope_east, slope_north = -state[3] / state[5], -state[4] / state[5]
    up_up, east_up, north_up = covariance[UP_UP], covariance[EAST_UP], covariance[NORTH_UP]
    result = assessment["impact_covariance_m2"]
    result[0] = covariance[EAST_EAST] + 2.0 * slope_east * east_up + slope_east * slope_east * up_up
    result[1] = (
        covariance[EAST_NORTH] + slope_east * north_up + slope_north * east_up + slope_east * slope_north * up_up
    )
    result[2] = covariance[NORTH_NORTH] + 2.0 * slope_north * north_up + slope_north * slope_north * up_up
    assessment["impact_sigma_s"] = np.sqrt(up_up) / -state[5]


@kernel
def ellipse_95(covariance_m2):
    """Semi-axes in metres and azimuth of the major axis (radians from north) of the 95 % ellipse of a 2-D Gaussian."""
    east, cross, north = covariance_m2[0], covariance_m2[1], covariance_m2[2]
    middle, half = 0.5 * (east + north), 0.5 * (east - north)
    radius = np.sqrt(half * half + cross * cross)
    chi_square_95 = 5.991464547107979
    major_m = np.sqrt(max(0.0, chi_square_95 * (middle + radius)))
    minor_m = np.sqrt(max(0.0, chi_square_95 * (middle - radius)))
    return major_m, minor_m, 0.5 * np.arctan2(2.0 * cross, north - east)
