"""Where a sensor's detections stand from where the others' picture says: to tell how it is wrong, not only that it is.

With offsets o (azimuth as an angle on the sky, and elevation) and the angular velocity w of the body at each, averages
with forgetting tell three faults apart: a sensor that points elsewhere has o constant, one whose clock is late has
o = -τ w, and one that is merely worse than stated has neither.
"""

import numpy as np

from sangar.core.detections import ELEVATION
from sangar.core.jit import kernel
from sangar.core.targets import Disagreement

KEPT = 0.9
"""Weight of what was known, at each new offset: about ten are remembered."""
EXPLAINED_SHARE = 0.3
"""A fault is named when it leaves less than this share of the offsets' mean square."""
FEWEST_OFFSETS = 2.5
"""Of fewer, any fault could be made: three, with forgetting."""
AHEAD_S = 0.1
ELSEWHERE, LATE, SCATTERED = (
    np.int64(Disagreement.ELSEWHERE),
    np.int64(Disagreement.LATE),
    np.int64(Disagreement.SCATTERED),
)


@kernel
def _bearing(mean, dt_s, sensor):
    """(Azimuth, elevation) of a body `dt_s` on, straight ahead, in the sensor's own axes."""
    rotation, position_m = sensor["local_from_site"], sensor["position_m"]
    s_e = mean[0] + dt_s * mean[3] - position_m[0]
    s_n = mean[1] + dt_s * mean[4] - position_m[1]
    s_u = mean[2] + dt_s * mean[5] - position_m[2]
    d_e = rotation[0, 0] * s_e + rotation[0, 1] * s_n + rotation[0, 2] * s_u
    d_n = rotation[1, 0] * s_e + rotation[1, 1] * s_n + rotation[1, 2] * s_u
    d_u = rotation[2, 0] * s_e + rotation[2, 1] * s_n + rotation[2, 2] * s_u
    return np.arctan2(d_e, d_n), np.arctan2(d_u, np.sqrt(d_e * d_e + d_n * d_n))


@kernel
def wrapped(angle_rad):
    """An angle within half a turn either way."""
    turn = angle_rad / (2.0 * np.pi)
    return (turn - np.floor(turn + 0.5)) * 2.0 * np.pi


@kernel
def look_at(track, time_s, sensor):
    """(Azimuth, elevation, azimuth rate, elevation rate) of a track at a time, own axes; rad and rad/s."""
    dt_s = time_s - track["time_s"]
    azimuth, elevation = _bearing(track["mean"], dt_s, sensor)
    later_azimuth, later_elevation = _bearing(track["mean"], dt_s + AHEAD_S, sensor)
    return azimuth, elevation, wrapped(later_azimuth - azimuth) / AHEAD_S, (later_elevation - elevation) / AHEAD_S


@kernel
def note_offset(detection, column, seen, sensor):
    """Add a detection's offset from where a track is `seen` (see `look_at`) to the sensor's averages."""
    azimuth, elevation, azimuth_rate, elevation_rate = seen
    level = np.cos(elevation)
    right, rate_right = level * wrapped(column["azimuth_rad"] - azimuth), level * azimuth_rate
    up, rate_up = detection["measured"][ELEVATION] - elevation, elevation_rate
    if np.isnan(up):
        up, rate_up = 0.0, 0.0
    sensor["offsets"] = KEPT * sensor["offsets"] + 1.0
    sensor["offset_sum"][0] = KEPT * sensor["offset_sum"][0] + right
    sensor["offset_sum"][1] = KEPT * sensor["offset_sum"][1] + up
    sensor["offset_square"] = KEPT * sensor["offset_square"] + right * right + up * up
    sensor["offset_rate"] = KEPT * sensor["offset_rate"] + right * rate_right + up * rate_up
    sensor["rate_square"] = KEPT * sensor["rate_square"] + rate_right * rate_right + rate_up * rate_up


@kernel
def forget_offsets(sensor):
    """Begin a sensor's averages anew."""
    sensor["offsets"], sensor["offset_square"], sensor["offset_rate"], sensor["rate_square"] = 0.0, 0.0, 0.0, 0.0
    sensor["offset_sum"][0], sensor["offset_sum"][1] = 0.0, 0.0


@kernel
def reason_of(sensor):
    """(How a sensor is wrong, by what angle on the sky, by what time); NaN where that is not the fault."""
    whole = sensor["offset_square"]
    if not (whole > 0.0 and sensor["offsets"] >= FEWEST_OFFSETS):
        return SCATTERED, np.nan, np.nan
    right, up = sensor["offset_sum"][0] / sensor["offsets"], sensor["offset_sum"][1] / sensor["offsets"]
    left_elsewhere = whole - sensor["offsets"] * (right * right + up * up)
    left_late, late_s = whole, np.nan
    if sensor["rate_square"] > 0.0:
        late_s = -sensor["offset_rate"] / sensor["rate_square"]
        left_late = whole - sensor["offset_rate"] * sensor["offset_rate"] / sensor["rate_square"]
    if min(left_elsewhere, left_late) > EXPLAINED_SHARE * whole:
        return SCATTERED, np.nan, np.nan
    if left_elsewhere <= left_late:
        return ELSEWHERE, np.sqrt(right * right + up * up), np.nan
    return LATE, np.nan, late_s
