"""How soon a flown body could be over an area if it turned there at once, and how straight it has been coming.

A body of speed v that turns with no more than the acceleration a stays out of a circle of radius r = v² / a on either
side. The shortest way to a place outside these is an arc and then its tangent (Dubins 1957, American Journal of
Mathematics 79(3), with the course at the end left free). With d the way to the area's centre, R the area's radius and g
its distance, it cannot be there sooner than

    t = max(g, d - R) / v

which no manoeuvre at this speed undercuts: a bound, not an expectation. And it has to come down: on a straight way of
length s down to the ground there, h below, its thrust making up for its drag, it gains what gravity gives and needs

    t = 2 s / (v + sqrt(v² + 2 g h))

An airliner seven kilometres up is not due here when it is overhead. Straightness is the share of the way flown that
brought it nearer, fading with `straightness_memory_s`: 1 straight in, 0 passing or circling, -1 straight out.
"""

import numpy as np

from sangar.core.areas import AreaKind
from sangar.core.jit import kernel
from sangar.models.kernels.ballistic import STANDARD_GRAVITY_MPS2
from sangar.models.kernels.polygon import closing_speed, distance

CORRIDOR = np.int64(AreaKind.CORRIDOR)
FULL_TURN = 2.0 * np.pi
ROUNDING_RAD = 1e-9  # an arc this near to a full turn is none


@kernel
def shortest_way(east_m, north_m, heading_east, heading_north, turn_m):
    """Metres to a place from the origin, flying along a unit vector and turning on no smaller a circle.

    A place inside a circle it could turn on is counted as if it lay straight ahead: never too far.
    """
    along_m = east_m * heading_east + north_m * heading_north
    aside_m = abs(east_m * heading_north - north_m * heading_east)
    off_m = np.sqrt((aside_m - turn_m) * (aside_m - turn_m) + along_m * along_m)
    if off_m <= turn_m:
        return np.sqrt(east_m * east_m + north_m * north_m)
    arc_rad = (np.arctan2(along_m, turn_m - aside_m) - np.arccos(turn_m / off_m)) % FULL_TURN
    if arc_rad > FULL_TURN - ROUNDING_RAD:
        arc_rad = 0.0
    return turn_m * arc_rad + np.sqrt(off_m * off_m - turn_m * turn_m)


@kernel
def down_after(mean, gap_m, parameters):
    """Seconds before which a flown body cannot be on the ground at a place `gap_m` away over the ground."""
    height_m = max(mean[2] - parameters.ground_m, 0.0)
    way_m = np.sqrt(gap_m * gap_m + height_m * height_m)
    speed_squared = mean[3] * mean[3] + mean[4] * mean[4] + mean[5] * mean[5]
    speed_mps = max(np.sqrt(speed_squared), parameters.least_speed_mps)
    return 2.0 * way_m / (speed_mps + np.sqrt(speed_mps * speed_mps + 2.0 * STANDARD_GRAVITY_MPS2 * height_m))


@kernel
def soonest_after(mean, area, vertex_m, parameters):
    """Seconds before which a flown body cannot be over an area; 0 inside.

    A body slower than `least_speed_mps` is taken to fly at that, in any direction.
    """
    gap_m = distance(vertex_m, area["first"], area["last"], mean[0], mean[1])
    if gap_m == 0.0:
        return 0.0
    east_m, north_m = area["centre_m"][0] - mean[0], area["centre_m"][1] - mean[1]
    speed_mps = np.sqrt(mean[3] * mean[3] + mean[4] * mean[4])
    if speed_mps <= parameters.least_speed_mps:
        return gap_m / parameters.least_speed_mps
    turn_m = speed_mps * speed_mps / parameters.turn_limit_mps2
    way_m = shortest_way(east_m, north_m, mean[3] / speed_mps, mean[4] / speed_mps, turn_m)
    return max(gap_m, way_m - area["radius_m"]) / speed_mps


@kernel
def closing_share(mean, area, vertex_m):
    """Share of the speed that brings a body nearer to an area, -1 to 1; 0 over it, and where it hardly moves."""
    first, last = area["first"], area["last"]
    gap_m = distance(vertex_m, first, last, mean[0], mean[1])
    speed_mps = np.sqrt(mean[3] * mean[3] + mean[4] * mean[4])
    if gap_m == 0.0 or speed_mps < 0.1:
        return 0.0
    return closing_speed(vertex_m, first, last, gap_m, mean[0], mean[1], mean[3], mean[4]) / speed_mps


@kernel
def straightness_after(straightness, elapsed_s, share, memory_s):
    """The straightness when a body has closed with this share of its speed for a time; the first look is all there is.

    Args:
        straightness: before; NaN at the first look.
        elapsed_s: since then.
        share: of the speed, that brings it nearer.
        memory_s: time constant with which the past fades.
    """
    if np.isnan(straightness):
        return share
    return share + (straightness - share) * np.exp(-elapsed_s / memory_s)


@kernel
def note_reach(threats, track, elapsed_s, areas, parameters):
    """Write of a track that may turn how soon it could be over each area, and how straight it has been coming.

    Args:
        threats: (A,) records of `THREAT` of the track, changed in place.
        track: record of `TRACK`.
        elapsed_s: time since they were last written.
        areas: the `AreaMap`.
        parameters: `AssessmentParameters`.
    """
    mean, memory_s = track["mean"], parameters.straightness_memory_s
    for a in range(threats.shape[0]):
        area, threat = areas.rows[a], threats[a]
        if area["kind"] == CORRIDOR:
            continue
        threat["soonest_s"] = track["time_s"] + soonest_after(mean, area, areas.vertex_m, parameters)
        share = closing_share(mean, area, areas.vertex_m)
        threat["straightness"] = straightness_after(threat["straightness"], elapsed_s, share, memory_s)
