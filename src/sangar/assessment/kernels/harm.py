"""How likely a track is to do harm in an area, and when.

Ballistic: the share of the impact's distribution that lies within the lethal radius of the area (`gaussian_share`).
Flown: the body keeps its heading but for a sideways acceleration of standard deviation σ_a; at the time of closest
approach t its course has spread sideways to σ² = σ_p² + (σ_v t)² + (σ_a t² / 2)² (the last at
most half the way flown), and harm is the chance that it passes within the lethal radius R of the area:

    h = Φ((m + r + R) / σ) - Φ((m - r - R) / σ)

with m the distance by which it would miss the centre and r the area's radius. Far out h is small however straight the
course, for much can happen on the way; near in it is all or nothing.
"""

import math

import numpy as np

from sangar.assessment.kernels.gaussian_share import share_within
from sangar.core.jit import kernel
from sangar.models.kernels.polygon import distance

NEGLIGIBLE_SIGMAS = 7.0
SLOWEST_MPS = 0.1  # slower than this it stays where it is
TIE_M = 1e-3  # passes as near as this to the nearest are as near
INVERSE_ROOT_TWO = 0.7071067811865476


@kernel
def impact_harm(assessment, area, vertex_m, parameters, bench):
    """Probability that the impact lies within the lethal radius of an area; `bench` is scratch."""
    impact_m, covariance = assessment["impact_m"], assessment["impact_covariance_m2"]
    reach_m = parameters.lethal_radius_m
    east, north = impact_m[0] - area["centre_m"][0], impact_m[1] - area["centre_m"][1]
    farthest = area["radius_m"] + reach_m + NEGLIGIBLE_SIGMAS * np.sqrt(covariance[0] + covariance[2])
    if east * east + north * north > farthest * farthest:
        return 0.0
    return share_within(impact_m, covariance, vertex_m, area["first"], area["last"], reach_m, bench["vectors"][0])


@kernel
def _entry_after(mean, area, vertex_m, horizon_s):
    """Seconds until the straight course first crosses an edge of the area; inf if not within the horizon."""
    earliest_s = np.inf
    j = area["last"] - 1
    for i in range(area["first"], area["last"]):
        edge_east, edge_north = vertex_m[i, 0] - vertex_m[j, 0], vertex_m[i, 1] - vertex_m[j, 1]
        east, north = vertex_m[j, 0] - mean[0], vertex_m[j, 1] - mean[1]
        turn = mean[3] * edge_north - mean[4] * edge_east
        if turn != 0.0:
            after_s = (east * edge_north - north * edge_east) / turn
            along = (east * mean[4] - north * mean[3]) / turn
            if 0.0 <= along <= 1.0 and 0.0 <= after_s <= horizon_s:
                earliest_s = min(earliest_s, after_s)
        j = i
    return earliest_s


@kernel
def closest_approach(mean, area, vertex_m, horizon_s):
    """(Least horizontal distance to the area in metres, seconds until it) at constant velocity within the horizon.

    Exact: a course that crosses no edge is nearest to the area at one of its own ends or abeam of a corner. A course
    along an edge is equally near all the way: the first of its corners counts, whatever the last bit of a sum says.
    """
    gap_m = distance(vertex_m, area["first"], area["last"], mean[0], mean[1])
    speed_squared = mean[3] * mean[3] + mean[4] * mean[4]
    if gap_m == 0.0 or speed_squared < SLOWEST_MPS * SLOWEST_MPS:
        return gap_m, 0.0
    entry_s = _entry_after(mean, area, vertex_m, horizon_s)
    if np.isfinite(entry_s):
        return 0.0, entry_s
    best_m, best_s = gap_m, 0.0
    for i in range(area["first"], area["last"]):
        east, north = vertex_m[i, 0] - mean[0], vertex_m[i, 1] - mean[1]
        abeam_s = min(max((east * mean[3] + north * mean[4]) / speed_squared, 0.0), horizon_s)
        off_east, off_north = east - abeam_s * mean[3], north - abeam_s * mean[4]
        gap_m = np.sqrt(off_east * off_east + off_north * off_north)
        if gap_m < best_m - TIE_M or (gap_m < best_m + TIE_M and abeam_s < best_s):
            best_m, best_s = gap_m, abeam_s
    last_east, last_north = mean[0] + horizon_s * mean[3], mean[1] + horizon_s * mean[4]
    gap_m = distance(vertex_m, area["first"], area["last"], last_east, last_north)
    if gap_m < best_m - TIE_M:
        return gap_m, horizon_s
    return best_m, best_s


@kernel
def _normal_share(low, high):
    """Probability that a standard normal number lies between two bounds."""
    return 0.5 * (math.erf(high * INVERSE_ROOT_TWO) - math.erf(low * INVERSE_ROOT_TWO))


@kernel
def approach_harm(track, area, gap_m, after_s, parameters):
    """Probability that a flown body passes within the lethal radius of an area; 1 when it is over it now."""
    if gap_m == 0.0 and after_s == 0.0:
        return 1.0
    mean, covariance = track["mean"], track["covariance"]
    position_variance = 0.5 * (covariance[0] + covariance[2])
    velocity_variance = 0.5 * (covariance[9] + covariance[14])
    speed_mps = np.sqrt(mean[3] * mean[3] + mean[4] * mean[4])
    sideways_m = min(0.5 * parameters.turn_sigma_mps2 * after_s * after_s, 0.5 * speed_mps * after_s)
    variance = position_variance + velocity_variance * after_s * after_s + sideways_m * sideways_m
    sigma_m = np.sqrt(max(variance, 1.0))
    east_m = mean[0] + after_s * mean[3] - area["centre_m"][0]
    north_m = mean[1] + after_s * mean[4] - area["centre_m"][1]
    miss_m = np.sqrt(east_m * east_m + north_m * north_m)
    half_m = max(area["radius_m"], miss_m - gap_m) + parameters.lethal_radius_m
    return _normal_share((miss_m - half_m) / sigma_m, (miss_m + half_m) / sigma_m)
