"""Clear-sky assurance: could a body stand over this zone now without having been noticed on its way?

No track says nothing about a sky that nobody watches. So an intruder is supposed: over the zone now, come straight in
at its speed, from every direction, at every height that is asked about. At time τ before now it was v τ out. Each
sensor looked there every period, if it was heard at that time and the place lay in its coverage, and saw it with chance
Pd. It went unnoticed if fewer than `hits` of all those looks saw it:

    over a sensor's looks      Q_k <- Q_k (1 - Pd) + Q_(k-1) Pd
    which may be blind to it   Q_k <- (1 - b) Q_k + b [k = 0]
    over the sensors           P <- P * Q (convolved),   P_missed = P_0 + ... + P_(hits - 1)

Looks of one sensor are not dice: a body too small for it, or behind something, is missed by all of them. That is what
b stands for, and without it hundreds of looks would promise what nobody can keep. A sensor that fell silent ten seconds
ago still saw what was before; one that was never heard saw nothing. With ν such intruders expected over the zone at any
time, something unnoticed is there with probability

    p = 1 - exp(-ν P_missed)

Source: the number of detections of independent looks is Poisson binomial (Le Cam 1960, An approximation theorem for
the Poisson binomial distribution, Pacific J. Math. 10(4), for its definition); of intruders a Poisson process.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.models.kernels.coverage import finds_whoever_comes, is_in_view, is_left_out


@kernel
def looks_at(sensor, reach_share, heard_s, then_s, east_m, north_m, up_m):
    """Whether a sensor was looking at a place of the site at a time.

    Not counted is what an intruder need not give away (a transponder, a radio), another tracker (nobody says what it
    can see), and a sensor that is left out.
    """
    if not finds_whoever_comes(sensor["kind"]) or is_left_out(sensor):
        return False
    if not heard_s[0] <= then_s <= heard_s[1] or not is_in_view(sensor, east_m, north_m, up_m, 0.0):
        return False
    position_m, reach_m = sensor["position_m"], reach_share * sensor["maximum_range_m"]
    east, north, up = east_m - position_m[0], north_m - position_m[1], up_m - position_m[2]
    return east * east + north * north + up * up <= reach_m * reach_m


@kernel
def _is_helped(s, sensors, reach_share, heard_s, then_s, east_m, north_m, up_m):
    """Whether another sensor of bearings looks at the place as well: one alone cannot say where a body is."""
    for other in range(sensors.shape[0]):
        if other != s and sensors[other]["starts_tracks"] == 0:
            if looks_at(sensors[other], reach_share[other], heard_s[other], then_s, east_m, north_m, up_m):
                return True
    return False


@kernel
def _take_look(counts, hits, seen):
    """Take one look into the distribution of the number of detections; the last place holds `hits` and more."""
    counts[hits] += counts[hits - 1] * seen
    for k in range(hits - 1, 0, -1):
        counts[k] += (counts[k - 1] - counts[k]) * seen
    counts[0] -= counts[0] * seen


@kernel
def _add_sensor(hits, blind_share, scratch):
    """Take the detections of one sensor (row 1 of `scratch`) into those of all (row 0); the last place: and more."""
    total, own, before = scratch[0], scratch[1], scratch[2]
    for k in range(hits + 1):
        own[k] = (1.0 - blind_share) * own[k] + (blind_share if k == 0 else 0.0)
        before[k], total[k] = total[k], 0.0
    for i in range(hits + 1):
        for j in range(hits + 1):
            total[min(i + j, hits)] += before[i] * own[j]


@kernel
def missed_on_course(sensors, reach_share, heard_s, course, speed_mps, time_s, hits, blind_share, scratch):
    """Probability that a body over a place now was seen fewer than `hits` times on its straight way in.

    Args:
        sensors: records of `SENSOR`.
        reach_share: (S,) share of its range that a sensor has in this weather.
        heard_s: (S, 2) since when and until when each sensor has been heard; until -inf for never.
        course: (east, north, up in metres of the place, azimuth in rad it came from, metres flown).
        speed_mps: its speed.
        time_s: now.
        hits: detections that make it noticed.
        blind_share: probability that a sensor cannot see this body at all.
        scratch: (3, hits + 1).
    """
    east_m, north_m, up_m, azimuth_rad, way_m = course
    own = scratch[1]
    for k in range(hits + 1):
        scratch[0, k] = 1.0 if k == 0 else 0.0
    for s in range(sensors.shape[0]):
        sensor = sensors[s]
        period_s = sensor["period_s"]
        for k in range(hits + 1):
            own[k] = 1.0 if k == 0 else 0.0
        for look in range(int(way_m / (speed_mps * period_s)) + 1):
            ago_s = (look + 0.5) * period_s
            out_m, then_s = ago_s * speed_mps, time_s - ago_s
            east, north = east_m + out_m * np.sin(azimuth_rad), north_m + out_m * np.cos(azimuth_rad)
            if not looks_at(sensor, reach_share[s], heard_s[s], then_s, east, north, up_m):
                continue
            if sensor["starts_tracks"] == 1 or _is_helped(s, sensors, reach_share, heard_s, then_s, east, north, up_m):
                _take_look(own, hits, sensor["detection_probability"])
        _add_sensor(hits, blind_share, scratch)
    missed = 0.0
    for k in range(hits):
        missed += scratch[0, k]
    return missed


@kernel
def missed_all_round(
    sensors, reach_share, heard_s, place_m, heights_m, way_m, speed_mps, time_s, hits, blind_share, scratch, missed
):
    """Write `missed_on_course` for directions from north clockwise (rows of `missed`) and heights (its columns).

    Args:
        sensors, reach_share, heard_s, speed_mps, time_s, hits, blind_share, scratch: as in `missed_on_course`.
        place_m: (2,) east and north of the zone's centre.
        heights_m: (H,) above the site's reference.
        way_m: how far out the way in is followed.
        missed: (A, H), out.
    """
    for a in range(missed.shape[0]):
        azimuth_rad = 2.0 * np.pi * a / missed.shape[0]
        for h in range(missed.shape[1]):
            course = (place_m[0], place_m[1], heights_m[h], azimuth_rad, way_m)
            missed[a, h] = missed_on_course(
                sensors, reach_share, heard_s, course, speed_mps, time_s, hits, blind_share, scratch
            )
