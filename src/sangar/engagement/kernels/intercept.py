"""Intercepts: where and when a simulated round and a track can meet, and whether the effector may be used there.

For a track at constant velocity v, at d from the effector when a round of mean speed s leaves, they meet after the
smallest positive root t of

    |d + v t| = s t,   that is   (v·v - s²) t² + 2 d·v t + d·d = 0

A ballistic body follows its fitted trajectory instead, and t is found by fixed-point iteration of t = |p(t)| / s, which
converges when the round is faster than the body closes; otherwise there is no intercept.

Source: Shneydor (1998), Missile Guidance and Pursuit, section 1.2 (collision triangle).
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.models.kernels.ballistic import density_ratio, gravity_mps2

TRAJECTORY_STEP_S = 0.25
TIME_TOLERANCE_S = 1e-3
ITERATION_LIMIT = 40
LONGEST_FLIGHT_S = 1000.0
MIDDLE_LATITUDE_RAD = np.pi / 4


@kernel
def flown_position(mean, ahead_s):
    """Position of a flown track `ahead_s` after its state's time, at constant velocity."""
    return mean[0] + mean[3] * ahead_s, mean[1] + mean[4] * ahead_s, mean[2] + mean[5] * ahead_s


@kernel
def thrown_position(thrown, ahead_s):
    """Position of a ballistic track after `ahead_s`: midpoint steps with drag over a flat, still Earth.

    Good to metres over the few seconds a round is under way; the impact point comes from the assessment, not here.
    """
    east_m, north_m, up_m = thrown[0], thrown[1], thrown[2]
    east_mps, north_mps, up_mps = thrown[3], thrown[4], thrown[5]
    drag_1pm = np.exp(thrown[6])
    steps = max(1, int(np.ceil(ahead_s / TRAJECTORY_STEP_S)))
    step_s = ahead_s / steps
    for _ in range(steps):
        rate = drag_1pm * density_ratio(up_m) * np.sqrt(east_mps**2 + north_mps**2 + up_mps**2)
        gravity = gravity_mps2(MIDDLE_LATITUDE_RAD, up_m)
        half_east = east_mps * (1.0 - 0.5 * step_s * rate)
        half_north = north_mps * (1.0 - 0.5 * step_s * rate)
        half_up = up_mps - 0.5 * step_s * (rate * up_mps + gravity)
        rate = drag_1pm * density_ratio(up_m) * np.sqrt(half_east**2 + half_north**2 + half_up**2)
        east_m, north_m, up_m = east_m + step_s * half_east, north_m + step_s * half_north, up_m + step_s * half_up
        east_mps, north_mps = east_mps - step_s * rate * half_east, north_mps - step_s * rate * half_north
        up_mps -= step_s * (rate * half_up + gravity)
    return east_m, north_m, up_m


@kernel
def collision_time(d_east_m, d_north_m, d_up_m, mean, speed_mps):
    """Seconds from launch to the meeting with a body at `d` from the effector and constant velocity; inf for never."""
    closing = d_east_m * mean[3] + d_north_m * mean[4] + d_up_m * mean[5]
    range_squared = d_east_m * d_east_m + d_north_m * d_north_m + d_up_m * d_up_m
    a = mean[3] * mean[3] + mean[4] * mean[4] + mean[5] * mean[5] - speed_mps * speed_mps
    discriminant = closing * closing - a * range_squared
    if not discriminant >= 0.0:
        return np.inf
    # The root by the form that loses no digits when a is near zero: t = d·d / (-d·v ± sqrt(...)).
    root = np.sqrt(discriminant)
    soonest_s = np.inf
    for denominator in (-closing + root, -closing - root):
        if denominator > 0.0:
            soonest_s = min(soonest_s, range_squared / denominator)
    return soonest_s


@kernel
def flight_time(track, effector, is_ballistic, launch_s):
    """Seconds from launch until a round of the effector meets the track; inf for never."""
    own_m, speed_mps = effector["position_m"], effector["speed_mps"]
    ahead_s = launch_s - track["time_s"]
    if not is_ballistic:
        mean = track["mean"]
        east_m, north_m, up_m = flown_position(mean, ahead_s)
        return collision_time(east_m - own_m[0], north_m - own_m[1], up_m - own_m[2], mean, speed_mps)
    flight_s = 0.0
    for _ in range(ITERATION_LIMIT):
        east_m, north_m, up_m = thrown_position(track["thrown"], max(ahead_s + flight_s, 0.0))
        range_m = np.sqrt((east_m - own_m[0]) ** 2 + (north_m - own_m[1]) ** 2 + (up_m - own_m[2]) ** 2)
        after_s = range_m / speed_mps
        if abs(after_s - flight_s) < TIME_TOLERANCE_S:
            return after_s
        if not after_s < LONGEST_FLIGHT_S:
            return np.inf
        flight_s = after_s
    return np.inf


@kernel
def is_in_sector(azimuth_rad, from_rad, to_rad):
    """Whether an azimuth lies in the sector that runs clockwise from `from_rad` to `to_rad`; equal means all round."""
    width_rad = (to_rad - from_rad) % (2.0 * np.pi)
    return width_rad == 0.0 or (azimuth_rad - from_rad) % (2.0 * np.pi) <= width_rad


@kernel
def intercept(track, effector, is_ballistic, launch_s, parameters):
    """The intercept of a track by a round leaving at `launch_s`.

    Returns:
        is_feasible: in range, in the permitted sector, above the ground if ballistic, and within `horizon_s`.
        hit_s, east_m, north_m, up_m: when and where, site ENU; meaningless when not feasible.
    """
    flight_s = flight_time(track, effector, is_ballistic, launch_s)
    if not flight_s <= parameters.horizon_s:
        return False, np.inf, 0.0, 0.0, 0.0
    ahead_s = launch_s + flight_s - track["time_s"]
    if is_ballistic:
        east_m, north_m, up_m = thrown_position(track["thrown"], max(ahead_s, 0.0))
    else:
        east_m, north_m, up_m = flown_position(track["mean"], ahead_s)
    range_m = flight_s * effector["speed_mps"]
    azimuth_rad = np.arctan2(east_m - effector["position_m"][0], north_m - effector["position_m"][1])
    is_feasible = (
        effector["minimum_range_m"] <= range_m <= effector["maximum_range_m"]
        and is_in_sector(azimuth_rad, effector["sector_from_rad"], effector["sector_to_rad"])
        and (up_m > 0.0 or not is_ballistic)
    )
    return is_feasible, launch_s + flight_s, east_m, north_m, up_m
