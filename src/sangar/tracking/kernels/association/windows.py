"""The coarse window: where among a batch's detections a track could be, as the sensor sees it.

The track's extrapolated position and spread against the grid; whatever the fine gate would let in lies within.
"""

import numpy as np

from sangar.core.detections import AZIMUTH, EAST, ELEVATION, NORTH, RANGE, RANGE_RATE, UP
from sangar.core.jit import kernel
from sangar.core.prefetch import prefetch
from sangar.models.kernels.angles import NEAR_AZIMUTH_ERROR_RAD, near_azimuth_rad
from sangar.models.kernels.ballistic import STANDARD_GRAVITY_MPS2
from sangar.tracking.kernels.association.grid import TWO_PI, azimuth_cell, cell_start

ARCSINE_EXCESS = 0.5 * np.pi - 1.0


@kernel
def _along(block, e, n, u):
    """uᵀ B u of a symmetric (3, 3) block, given as (ee, en, nn, eu, nu, uu), along the unit vector (e, n, u)."""
    ee, en, nn, eu, nu, uu = block
    return ee * e * e + nn * n * n + uu * u * u + 2.0 * (en * e * n + eu * e * u + nu * n * u)


@kernel
def _spreads_m2(covariance, direction, dt_s, shift_s, noise):
    """Variances in m² of a track predicted `dt_s` ahead and then shifted: along a unit vector, and of all axes.

    The shift to a detection's time is as the measurement takes it, a straight line: position and velocity errors travel
    along it, and so does the noise gathered until then, q (dt³ / 3 + dt² δ + dt δ²) on each axis. Into the past of the
    track noise gathers as into its future.
    """
    c, (e, n, u) = covariance, direction
    apart_s, ahead_s = dt_s + shift_s, max(dt_s, 0.0)
    gathered = noise * ahead_s * (ahead_s * ahead_s / 3.0 + ahead_s * shift_s + shift_s * shift_s)
    back_s = max(-apart_s, 0.0)
    gathered += noise * back_s * back_s * back_s / 3.0
    cross = (c[6], 0.5 * (c[7] + c[10]), c[11], 0.5 * (c[8] + c[15]), 0.5 * (c[12] + c[16]), c[17])
    place, speed = _along((c[0], c[1], c[2], c[3], c[4], c[5]), e, n, u), (c[9], c[13], c[14], c[18], c[19], c[20])
    along = place + 2.0 * apart_s * _along(cross, e, n, u) + apart_s * apart_s * _along(speed, e, n, u)
    all_place, all_speed = c[0] + c[2] + c[5], c[9] + c[14] + c[20]
    total = all_place + 2.0 * abs(apart_s * (c[6] + c[11] + c[17])) + apart_s * apart_s * all_speed
    return max(along, 0.0) + gathered, max(total, 0.0) + 3.0 * gathered


@kernel
def _coarse_window(track, time_s, sensor, noise, oldest_s, newest_s):
    """Where to look for a track as the sensor sees it.

    The detections stand between `oldest_s` and `newest_s` from the batch's time; the spread is convex in time, so its
    largest value is at one of the two.

    Returns:
        (azimuth, ground range, slant range, sine of elevation, 1 sigma in metres along the line of sight, and of all
        axes together, the line of sight in site axes).
    """
    dt_s = time_s - track["time_s"]
    mean, covariance, rotation = track["mean"], track["covariance"], sensor["local_from_site"]
    drop_m = 0.5 * STANDARD_GRAVITY_MPS2 * dt_s * dt_s if track["thrown_logit"] > 0.0 else 0.0
    east = mean[0] + mean[3] * dt_s - sensor["position_m"][0]
    north = mean[1] + mean[4] * dt_s - sensor["position_m"][1]
    up = mean[2] + mean[5] * dt_s - drop_m - sensor["position_m"][2]
    slant_m = np.sqrt(east * east + north * north + up * up)
    scale = 1.0 / max(slant_m, 1.0)
    direction = (east * scale, north * scale, up * scale)
    along, total = _spreads_m2(covariance, direction, dt_s, oldest_s, noise)
    if newest_s != oldest_s:
        later_along, later_total = _spreads_m2(covariance, direction, dt_s, newest_s, noise)
        along, total = max(along, later_along), max(total, later_total)
    d_e = rotation[0, 0] * east + rotation[0, 1] * north + rotation[0, 2] * up
    d_n = rotation[1, 0] * east + rotation[1, 1] * north + rotation[1, 2] * up
    d_u = rotation[2, 0] * east + rotation[2, 1] * north + rotation[2, 2] * up
    ground_m = np.sqrt(d_e * d_e + d_n * d_n)
    return near_azimuth_rad(d_e, d_n), ground_m, slant_m, d_u * scale, np.sqrt(along), np.sqrt(total), direction


@kernel
def _write_rate(window, track, ahead_s, shape, speed_mps, noise, noise_mps, gate):
    """Write which range rates a track's may be measured as, where its one detection told its own.

    A body seen once has no speed but along the line of sight: that tells it from most that stand where it may be by
    now. The measurement's gradient is the line of sight u for the velocity, and across it no longer than |v| / r for
    the place, so with σ the place's 1 sigma the variance is at most (√(uᵀ V u) + σ |v| / r)².
    """
    (e, n, u), slant_m, sigma_m = shape
    mean, c = track["mean"], track["covariance"]
    window["rate_mps"] = e * mean[3] + n * mean[4] + u * mean[5]
    along = max(_along((c[9], c[13], c[14], c[18], c[19], c[20]), e, n, u), 0.0) + noise * ahead_s
    spread_mps = np.sqrt(along) + sigma_m * speed_mps / max(slant_m, 1.0)
    window["rate_span_mps"] = gate * np.sqrt(spread_mps * spread_mps + noise_mps * noise_mps)


@kernel
def open_window(track, i, time_s, sensor, grid, parameters, window):
    """Write the coarse window of track i, and the grid cells it covers: no steps when it has no place."""
    azimuth_cells, range_cells, size_m, noise_rad, noise_m, rise_rad, oldest_s, newest_s, _, noise_mps = grid
    noise, lag_s = parameters.manoeuvre_noise_m2ps3, max(-oldest_s, newest_s)
    azimuth, ground_m, slant_m, rise, along_m, sigma_m, direction = _coarse_window(
        track, time_s, sensor, noise, oldest_s, newest_s
    )
    gate, mean = np.sqrt(parameters.gate), track["mean"]
    speed_mps = np.sqrt(mean[3] * mean[3] + mean[4] * mean[4] + mean[5] * mean[5])
    lag_m = lag_s * speed_mps
    ahead_s, turn_radps = max(time_s - track["time_s"], 0.0), abs(track["turn_radps"])
    # off the straight line by half of a turn's acceleration times time squared; the detection's own time adds its part
    bend_m = turn_radps * ahead_s * (0.5 * ahead_s + lag_s) * speed_mps
    across_m = gate * sigma_m + lag_m + bend_m
    window["track"], window["steps"] = i, 0
    if not np.isfinite(azimuth + across_m + slant_m):
        return
    width = np.arcsin(across_m / ground_m) if ground_m > across_m else np.pi
    width = min(np.pi, width + gate * noise_rad + NEAR_AZIMUTH_ERROR_RAD)
    # whoever is across the line of sight by a is farther away by a² / 2r, at most by a
    bulge_m = min(across_m, across_m * across_m / (2.0 * max(slant_m - across_m, 1.0)))
    reach_m = gate * (along_m + noise_m) + lag_m + bend_m + bulge_m
    window["azimuth_rad"], window["width_rad"], window["slant_m"], window["reach_m"] = azimuth, width, slant_m, reach_m
    off = across_m / slant_m if slant_m > across_m else 1.0
    # arcsin x <= x + (pi / 2 - 1) x³, and a sine changes by no more than its angle
    window["rise"], window["span"] = rise, off + ARCSINE_EXCESS * off * off * off + gate * rise_rad
    window["rate_mps"], window["rate_span_mps"] = 0.0, np.inf
    if track["hits"] == 1 and lag_s == 0.0 and track["time_s"] <= time_s:
        _write_rate(window, track, ahead_s, (direction, slant_m, sigma_m), speed_mps, noise, noise_mps, gate)
    window["low"] = int(min((slant_m - reach_m) / size_m, range_cells)) if slant_m > reach_m else 0
    window["high"] = int(min((slant_m + reach_m) / size_m, range_cells - 1))
    window["cell"] = azimuth_cell(azimuth - width, azimuth_cells)
    window["steps"] = min(azimuth_cells, int(width / np.pi * azimuth_cells) + 2)


@kernel
def ask_for(window, grid, entries, cell_end):
    """Ask for the detections of a window's first cell before they are needed."""
    first = window["cell"] * (grid[1] + 1) + window["low"]
    prefetch(entries[min(cell_start(first, cell_end), entries.shape[0] - 1)])


@kernel
def _is_in_window(entry, window):
    """Whether a detection lies in a track's coarse window; what it does not tell lies in every one."""
    if abs(entry["range_m"] - window["slant_m"]) > window["reach_m"]:
        return False
    if abs(entry["rise"] - window["rise"]) > window["span"]:
        return False
    if abs(entry["rate_mps"] - window["rate_mps"]) > window["rate_span_mps"]:
        return False
    turn = (entry["azimuth_rad"] - window["azimuth_rad"]) / TWO_PI
    return abs(turn - np.floor(turn + 0.5)) * TWO_PI <= window["width_rad"]


@kernel
def collect(window, grid, batch, columns, entries, cell_end):
    """List the detections in a track's coarse window in `near` of the first columns; returns how many."""
    azimuth_cells, range_cells, parts = grid[0], grid[1], grid[8]
    cell, low, high = window["cell"], window["low"], window["high"]
    near = 0
    for _ in range(window["steps"]):
        first = cell * (range_cells + 1)
        for part in range(parts):  # the range cells, then the one cell of detections without range
            start, last = (first + low, first + high) if part == 0 else (first + range_cells, first + range_cells)
            if start > last:
                continue
            for k in range(cell_start(start, cell_end), cell_end[last]):
                if _is_in_window(entries[k], window):
                    columns[near]["near"] = entries[k]["detection"]
                    prefetch(batch[entries[k]["detection"]])
                    prefetch(columns[entries[k]["detection"]])
                    near += 1
        cell = 0 if cell + 1 == azimuth_cells else cell + 1
    return near


@kernel
def largest_noise(batch, time_s, sensor, columns):
    """What the admitted detections ask of every window.

    Returns:
        Largest azimuth, range and elevation sigma; earliest and latest time from the batch's; 2 if one has no range,
        else 1; largest range rate sigma.

    A position's sigma seen from the sensor is an angle of at most asin(sigma / distance) <= pi sigma / distance.
    """
    noise_rad, noise_m, rise_rad, oldest_s, newest_s, parts = sensor["stray_azimuth_rad"], 0.0, 0.0, 0.0, 0.0, 1
    noise_mps = 0.0
    for d in range(batch.shape[0]):
        if columns[d]["admitted"] == 0:
            continue
        sigma, measured = batch[d]["sigma"], batch[d]["measured"]
        if np.isnan(columns[d]["range_m"]):
            parts = 2
        oldest_s = min(oldest_s, batch[d]["time_s"] - time_s)
        newest_s = max(newest_s, batch[d]["time_s"] - time_s)
        if not np.isnan(measured[EAST]) and not np.isnan(measured[NORTH]):
            east, north = measured[EAST] - sensor["position_m"][0], measured[NORTH] - sensor["position_m"][1]
            sigma_m = max(sigma[EAST], sigma[NORTH])
            noise_rad = max(noise_rad, np.pi * sigma_m / max(np.sqrt(east * east + north * north), 1.0))
            noise_m = max(noise_m, sigma_m if np.isnan(measured[UP]) else max(sigma_m, sigma[UP]))
        if not np.isnan(measured[AZIMUTH]):
            noise_rad = max(noise_rad, sigma[AZIMUTH])
        if not np.isnan(measured[RANGE]):
            noise_m = max(noise_m, sigma[RANGE])
        if not np.isnan(measured[ELEVATION]):
            rise_rad = max(rise_rad, sigma[ELEVATION])
        if not np.isnan(measured[RANGE_RATE]):
            noise_mps = max(noise_mps, sigma[RANGE_RATE])
    return noise_rad, noise_m, rise_rad, oldest_s, newest_s, parts, noise_mps
