"""The ring round a zone: what nobody has judged, flies low in it and heads in, calls whatever the assessment says."""

import numpy as np

from sangar.core.jit import kernel
from sangar.models.kernels.polygon import closing_speed, distance

LONGEST_COAST_S = 60.0
HOVER_SPEED_MPS = 1.0  # slower than this it goes nowhere, and its course is noise


@kernel
def closing_share(area, vertex_m, mean, coasted_s, parameters):
    """Share of a track's speed that brings it nearer to a zone: 1 straight in or over it, -1 straight out.

    NaN when the track is not in the ring round the zone, or flies above the ring's ceiling.
    """
    ahead_s = min(max(coasted_s, 0.0), LONGEST_COAST_S)
    east_m, north_m = mean[0] + mean[3] * ahead_s, mean[1] + mean[4] * ahead_s
    to_east, to_north = area["centre_m"][0] - east_m, area["centre_m"][1] - north_m
    centre_m = np.sqrt(to_east * to_east + to_north * to_north)
    if not (centre_m - area["radius_m"] <= parameters.ring_m and mean[2] <= parameters.ring_ceiling_m):
        return np.nan
    first, last = area["first"], area["last"]
    gap_m = distance(vertex_m, first, last, east_m, north_m)
    if gap_m == 0.0:
        return 1.0
    if gap_m > parameters.ring_m:
        return np.nan
    speed_mps = max(np.sqrt(mean[3] * mean[3] + mean[4] * mean[4]), HOVER_SPEED_MPS)
    return closing_speed(vertex_m, first, last, gap_m, east_m, north_m, mean[3], mean[4]) / speed_mps


@kernel
def undecided_floor(track, area, vertex_m, time_s, parameters):
    """Floor under the probability of harm from a track nobody has judged: 0, enough for WATCH, or for WARNING."""
    share = closing_share(area, vertex_m, track["mean"], time_s - track["time_s"], parameters)
    if not share > -parameters.inbound_share:
        return 0.0
    if share >= parameters.inbound_share and time_s - track["confirmed_s"] >= parameters.escalation_s:
        return parameters.warning_probability
    return parameters.watch_probability
