"""Gating: which detections could belong to which track, and what each pairing costs.

Coarse: the track's extrapolated position and spread against the grid. Fine: the squared Mahalanobis distance of the
detection from the predicted track, both uncertainties counted. The cost of a pairing is minus the logarithm of

    Pd N(z; h(x), S) / ((1 - Pd) λ)

the likelihood ratio of "this detection is that track's" against "clutter, and the track was missed".

Source: Blackman & Popoli (1999), Design and Analysis of Modern Tracking Systems, sections 6.4 and 6.5.
"""

import numpy as np

from sangar.core.detections import AZIMUTH, EAST, NORTH, RANGE, UP
from sangar.core.jit import kernel
from sangar.core.targets import DropReason, TrackStatus
from sangar.core.tracks import CANDIDATE_OVERFLOW_COUNT, HIGH_WATER, LATE_COUNT
from sangar.models.kernels.measurement import predict_measurement
from sangar.tracking.kernels.grid import TWO_PI, azimuth_cell, build_grid, cell_start
from sangar.tracking.kernels.kalman import update
from sangar.tracking.kernels.life import drop
from sangar.tracking.kernels.prediction import predict

FREE = np.int64(TrackStatus.FREE)
NUMERICAL = np.int64(DropReason.NUMERICAL)
GRAVITY_MPS2 = 9.8


@kernel
def _spread_m(covariance, dt_s, shift_s, noise):
    """1 sigma in metres, all axes together, of a track predicted `dt_s` ahead and then shifted to a detection's time.

    The shift is as the measurement takes it, a straight line: position and velocity errors travel along it, and so does
    the noise gathered until then, q (dt³ / 3 + dt² δ + dt δ²) on each axis.
    """
    apart_s, ahead_s = dt_s + shift_s, max(dt_s, 0.0)
    spread = covariance[0] + covariance[2] + covariance[5]
    growth = covariance[9] + covariance[14] + covariance[20]
    cross = covariance[6] + covariance[11] + covariance[17]
    gathered = ahead_s * (ahead_s * ahead_s / 3.0 + ahead_s * shift_s + shift_s * shift_s)
    variance = spread + 2.0 * abs(apart_s * cross) + apart_s * apart_s * growth + 3.0 * noise * gathered
    return np.sqrt(max(variance, 0.0))


@kernel
def _coarse_window(track, time_s, sensor, noise, oldest_s, newest_s):
    """Where to look for a track as the sensor sees it: (azimuth, ground range, slant range, 1 sigma in metres).

    The detections stand between `oldest_s` and `newest_s` from the batch's time; the spread is convex in time, so its
    largest value is at one of the two.
    """
    dt_s = time_s - track["time_s"]
    mean, covariance, rotation = track["mean"], track["covariance"], sensor["local_from_site"]
    drop_m = 0.5 * GRAVITY_MPS2 * dt_s * dt_s if track["thrown_logit"] > 0.0 else 0.0
    east = mean[0] + mean[3] * dt_s - sensor["position_m"][0]
    north = mean[1] + mean[4] * dt_s - sensor["position_m"][1]
    up = mean[2] + mean[5] * dt_s - drop_m - sensor["position_m"][2]
    sigma_m = max(_spread_m(covariance, dt_s, oldest_s, noise), _spread_m(covariance, dt_s, newest_s, noise))
    d_e = rotation[0, 0] * east + rotation[0, 1] * north + rotation[0, 2] * up
    d_n = rotation[1, 0] * east + rotation[1, 1] * north + rotation[1, 2] * up
    ground_m = np.sqrt(d_e * d_e + d_n * d_n)
    slant_m = np.sqrt(east * east + north * north + up * up)
    return np.arctan2(d_e, d_n), ground_m, slant_m, sigma_m


@kernel
def pair_score(predicted, detection, sensor, parameters, bench):
    """Squared Mahalanobis distance and log density of a detection given a predicted track."""
    mean, covariance = bench["mean"][:], bench["covariance"][:]
    for d in range(6):
        mean[d] = predicted["mean"][d]
    for k in range(21):
        covariance[k] = predicted["covariance"][k]
    measured = detection["measured"]
    predict_measurement(
        mean,
        detection["time_s"] - predicted["time_s"],
        measured,
        sensor,
        parameters.altitude_m,
        bench["predicted"],
        bench["jacobian"],
    )
    return update(
        mean,
        covariance,
        6,
        measured,
        detection["sigma"],
        bench["predicted"],
        bench["jacobian"],
        np.inf,
        bench["vectors"],
    )


@kernel
def _window_cells(track, time_s, sensor, grid, parameters, row):
    """Write a track's coarse window into its row.

    Returns:
        The grid cells it covers: (first azimuth cell, how many, first range cell, last); 0 cells when it has no place.
    """
    azimuth_cells, range_cells, size_m, noise_rad, noise_m, oldest_s, newest_s, _ = grid
    noise, lag_s = parameters.manoeuvre_noise_m2ps3, max(-oldest_s, newest_s)
    azimuth, ground_m, slant_m, sigma_m = _coarse_window(track, time_s, sensor, noise, oldest_s, newest_s)
    gate = np.sqrt(parameters.gate)
    mean = track["mean"]
    reach_m = gate * sigma_m + lag_s * np.sqrt(mean[3] * mean[3] + mean[4] * mean[4] + mean[5] * mean[5])
    if not np.isfinite(azimuth + reach_m + slant_m):
        return 0, 0, 0, 0
    width = np.arcsin(reach_m / ground_m) if ground_m > reach_m else np.pi
    width = min(np.pi, width + gate * noise_rad)
    reach_m += gate * noise_m
    row["azimuth_rad"], row["width_rad"], row["slant_m"], row["reach_m"] = azimuth, width, slant_m, reach_m
    low = int(min((slant_m - reach_m) / size_m, range_cells)) if slant_m > reach_m else 0
    high = int(min((slant_m + reach_m) / size_m, range_cells - 1))
    steps = min(azimuth_cells, int(width / np.pi * azimuth_cells) + 2)
    return azimuth_cell(azimuth - width, azimuth_cells), steps, low, high


@kernel
def _is_in_window(column, row):
    """Whether a detection lies in a track's coarse window; an unknown range lies in every one."""
    if abs(column["range_m"] - row["slant_m"]) > row["reach_m"]:
        return False
    turn = (column["azimuth_rad"] - row["azimuth_rad"]) / TWO_PI
    return abs(turn - np.floor(turn + 0.5)) * TWO_PI <= row["width_rad"]


@kernel
def _collect(row, cells, grid, columns, cell_end):
    """List the detections in a track's coarse window in `near` of the first columns; returns how many."""
    azimuth_cells, range_cells, parts = grid[0], grid[1], grid[7]
    cell, steps, low, high = cells
    near = 0
    for _ in range(steps):
        first = cell * (range_cells + 1)
        for part in range(parts):  # the range cells, then the one cell of detections without range
            start, last = (first + low, first + high) if part == 0 else (first + range_cells, first + range_cells)
            if start > last:
                continue
            for k in range(cell_start(start, cell_end), cell_end[last]):
                d = columns[k]["order"]
                if _is_in_window(columns[d], row):
                    columns[near]["near"] = d
                    near += 1
        cell = 0 if cell + 1 == azimuth_cells else cell + 1
    return near


@kernel
def _pair_up(predicted, near, pairs, batch, sensor, log_ratio, parameters, work):
    """Add the listed detections that lie in the fine gate; returns the new number of pairs, one too many when full."""
    bench = work.bench[0]
    for n in range(near):
        d = work.columns[n]["near"]
        distance_squared, log_density = pair_score(predicted, batch[d], sensor, parameters, bench)
        cost = -(log_ratio + log_density)
        if not (distance_squared < parameters.gate and cost < 0.0):
            continue
        if pairs >= work.pairs.shape[0]:
            return pairs + 1
        work.pairs[pairs]["detection"] = d
        work.pairs[pairs]["cost"] = cost
        pairs += 1
    return pairs


@kernel
def _largest_noise(batch, time_s, sensor, columns):
    """What the admitted detections ask of every window.

    Returns:
        Largest azimuth and range sigma, earliest and latest time from the batch's, and 2 if any has no range, else 1.

    A position's sigma seen from the sensor is an angle of at most asin(sigma / distance) <= pi sigma / distance.
    """
    noise_rad, noise_m, oldest_s, newest_s, parts = 0.0, 0.0, 0.0, 0.0, 1
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
    return noise_rad, noise_m, oldest_s, newest_s, parts


@kernel
def find_candidates(tracks, time_s, batch, sensor, parameters, outputs, work):
    """Fill `work.rows` and `work.pairs`; returns the number of rows, that is of tracks with candidates.

    A track whose numbers are no longer finite can be seen nowhere and would stand in the picture until its time runs
    out; it ends here.
    """
    azimuth_cells, range_cells, size_m = build_grid(batch.shape[0], work.columns, work.cell_end)
    noise_rad, noise_m, oldest_s, newest_s, parts = _largest_noise(batch, time_s, sensor, work.columns)
    grid = (azimuth_cells, range_cells, size_m, noise_rad, noise_m, oldest_s, newest_s, parts)
    detected = sensor["detection_probability"]
    log_ratio = np.log(detected / (1.0 - detected)) - np.log(sensor["clutter_density"])
    rows, pairs = np.int64(0), np.int64(0)
    for i in range(tracks.counters[HIGH_WATER]):
        track = tracks.rows[i]
        if track["status"] == FREE:
            continue
        if track["time_s"] - time_s > parameters.late_limit_s:
            tracks.counters[LATE_COUNT] += 1
            continue
        row = work.rows[rows]
        row["track"] = i
        row["first"] = pairs
        cells = _window_cells(track, time_s, sensor, grid, parameters, row)
        if cells[1] == 0:
            drop(tracks, track, time_s, NUMERICAL, outputs)
            continue
        near = _collect(row, cells, grid, work.columns, work.cell_end)
        if near > 0:
            predict(track, time_s, parameters, work.predicted[i], work.bench[0])
            pairs = _pair_up(work.predicted[i], near, pairs, batch, sensor, log_ratio, parameters, work)
        if pairs > work.pairs.shape[0]:
            tracks.counters[CANDIDATE_OVERFLOW_COUNT] += 1
            pairs = work.pairs.shape[0]
        row["last"] = pairs
        if row["last"] > row["first"]:
            rows += 1
    return rows
