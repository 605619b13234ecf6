"""Late reports: detections that are older than the track they belong to.

The track stays at its newest time. The report corrects it through the pair of where it was then and where it is now
(`chain`, `retrodiction`), each explanation by its own motion; what each had foretold of the report weighs the
explanations anew. A motion model of now may not have been that of then: with the chance to have changed meanwhile, the
other's forecast counts.

Source: Bar-Shalom & Chen (2005), IMM estimator with out-of-sequence measurements, IEEE TAES 41(1).
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.tracks import MODE_COUNT, STATE_SIZE, THROWN_SIZE
from sangar.models.kernels.packed import at
from sangar.tracking.kernels.association.pairs import offer
from sangar.tracking.kernels.filtering.kalman import correct
from sangar.tracking.kernels.filtering.prediction import THROWN_IGNORED_LOGIT, thrown_share
from sangar.tracking.kernels.filtering.thrown import start_thrown_of
from sangar.tracking.kernels.filtering.thrown_update import weigh_thrown
from sangar.tracking.kernels.out_of_sequence.chain import begin_chain, link, pair_with
from sangar.tracking.kernels.out_of_sequence.retrodiction import pair_of_thrown, pair_without_past
from sangar.tracking.kernels.out_of_sequence.trail import NOWHERE, had_its_look, state_after, state_before

SHIFT_LIMIT_S = 0.25
"""A detection that is older than its track by less is compared along a straight line: the noise of so short a lag, some
metre at the manoeuvring model, is less than any sensor's own."""

LAG_SHARE = 0.2
"""What one look adds to the lag that is known of a sensor."""

LATENESS_MEMORY = 2000.0
"""Detections over which the share of late ones is averaged."""

AWAITED_S = 120.0
"""For so long after a late report trails are left. A site where nothing is late pays nothing for them."""

PAIR_SIZE = 2 * STATE_SIZE
THROWN_PAIR_SIZE = STATE_SIZE + THROWN_SIZE


@kernel
def is_late(track, time_s):
    """Whether reports of this time are late for a track."""
    return track["time_s"] - time_s > SHIFT_LIMIT_S


@kernel
def correct_pair(size, detection, robust, sensor, parameters, bench):
    """Update the pair on the bench with a detection of its past; (squared Mahalanobis distance, log density)."""
    pair, covariance, time_s = bench["pair"][:], bench["pair_covariance"][:], detection["time_s"]
    return correct(pair, time_s, covariance, size, detection, robust, sensor, parameters, bench)


@kernel
def take_present(size, bench, state, covariance):
    """Copy the present of the pair on the bench."""
    pair, packed = bench["pair"], bench["pair_covariance"]
    for i in range(size):
        state[i] = pair[STATE_SIZE + i]
        for j in range(i + 1):
            covariance[at(i, j)] = packed[at(STATE_SIZE + i, STATE_SIZE + j)]


@kernel
def motion_of(m, track, parameters):
    """How motion model m of a track moves: turn rate in rad/s, horizontal and vertical noise in m²/s³."""
    noise = parameters.steady_noise_m2ps3 if m == 0 else parameters.manoeuvre_noise_m2ps3
    return (0.0 if m == 0 else track["turn_radps"], noise, noise * parameters.vertical_noise_ratio)


@kernel
def mean_motion(track, parameters):
    """How a track moves as a whole, in the mean of its motion models: what the states on its trail are tied by."""
    steady, manoeuvre = track["mode"][0], track["mode"][1]
    noise = steady * parameters.steady_noise_m2ps3 + manoeuvre * parameters.manoeuvre_noise_m2ps3
    return (manoeuvre * track["turn_radps"], noise, noise * parameters.vertical_noise_ratio)


@kernel
def begin_at_trail(trail, kept, time_s, motion, bench):
    """Begin a chain at a late detection's time with the state that the trail has of before."""
    begin_chain(trail["mean"][kept], trail["covariance"][kept], trail["time_s"][kept], time_s, motion, bench)


@kernel
def tie_next(trail, track, since_s, motion, bench):
    """Make the oldest state that the trail has after `since_s` the chain's last link; the pair is left on the bench.

    Returns:
        Which state; NOWHERE where there is none, or numbers broke.
    """
    k = state_after(trail, track, since_s)
    if k == NOWHERE:
        return NOWHERE
    mean, covariance, state_s = trail["mean"][k], trail["covariance"][k], trail["time_s"][k]
    if not pair_with(mean, covariance, state_s, motion, bench):
        return NOWHERE
    link(mean, covariance, state_s, bench)
    return k


@kernel
def _tie_to_trail(track, trail, kept, time_s, parameters, bench):
    """Begin a chain at a late detection's time, and tie it to all that the trail has since."""
    motion = mean_motion(track, parameters)
    begin_at_trail(trail, kept, time_s, motion, bench)
    k = tie_next(trail, track, time_s, motion, bench)
    while k != NOWHERE:
        k = tie_next(trail, track, trail["time_s"][k], motion, bench)


@kernel
def _suppose_model(m, track, trail, kept, detection, sensor, parameters, trial, bench):
    """Correct motion model m of a track by a late detection; (squared distance, log density).

    The chain to the newest state that the trail has stands on the bench; where it has none that is newer than the
    detection, all of the way is the model's own.
    """
    motion = motion_of(m, track, parameters)
    state, covariance, time_s = track["state"][m], track["state_covariance"][m], detection["time_s"]
    if kept == NOWHERE:
        pair_without_past(state, covariance, track["time_s"] - time_s, motion, bench)
    else:
        if bench["link_s"] == time_s:
            begin_at_trail(trail, kept, time_s, motion, bench)
        if not pair_with(state, covariance, track["time_s"], motion, bench):
            return np.inf, -np.inf
    outcome = correct_pair(PAIR_SIZE, detection, np.inf, sensor, parameters, bench)
    take_present(STATE_SIZE, bench, trial["state"][m], trial["state_covariance"][m])
    return outcome


@kernel
def _weigh_modes(track, lag_s, parameters, log_density, trial):
    """Weigh the motion models by what they had foretold of a late detection; returns the log density of the mixture."""
    mode, highest, total = trial["mode"], max(log_density[0], log_density[1]), 0.0
    for m in range(MODE_COUNT):
        sojourn_s = parameters.steady_time_s if m == 0 else parameters.manoeuvre_time_s
        changed = 1.0 - np.exp(-lag_s / sojourn_s)
        own, other = np.exp(log_density[m] - highest), np.exp(log_density[1 - m] - highest)
        mode[m] = track["mode"][m] * ((1.0 - changed) * own + changed * other)
        total += mode[m]
    for m in range(MODE_COUNT):
        mode[m] /= total
    return highest + np.log(total)


@kernel
def _suppose_thrown(track, detection, flown, sensor, parameters, trial, bench):
    """Correct the ballistic explanation by a late detection and weigh it; (squared distance, log density)."""
    lag_s = track["time_s"] - detection["time_s"]
    pair_of_thrown(track["thrown"][:], track["thrown_covariance"][:], lag_s, parameters, bench)
    robust = parameters.robust_sigmas * np.sqrt(sensor["looks_alike"])
    distance_squared, thrown = correct_pair(THROWN_PAIR_SIZE, detection, robust, sensor, parameters, bench)
    take_present(THROWN_SIZE, bench, trial["thrown"], trial["thrown_covariance"])
    weigh_thrown(trial, track["thrown_logit"] + thrown - flown)
    return distance_squared, thrown


@kernel
def suppose_late(track, trail, detection, limit, sensor, parameters, trial, bench):
    """Write what a track becomes if a late detection is its own.

    Args:
        track: record of `TRACK`, newer than the detection; trail: its record of `TRAIL`.
        detection: record of `DETECTION`.
        limit: largest squared Mahalanobis distance from the nearest explanation; inf for no gate.
        sensor, parameters: record of `SENSOR`, `TrackingParameters`.
        trial: record of `HYPOTHESIS`, out; not complete when the detection lies beyond the limit.
        bench: record of `WORKBENCH`.

    Returns:
        Logarithm of the likelihood of the detection, -inf when it lies beyond the limit.
    """
    log_density, nearest = bench["log_density"], np.inf
    kept = state_before(trail, track, detection["time_s"])
    if kept != NOWHERE:
        _tie_to_trail(track, trail, kept, detection["time_s"], parameters, bench)
    for m in range(MODE_COUNT):
        distance_squared, log_density[m] = _suppose_model(
            m, track, trail, kept, detection, sensor, parameters, trial, bench
        )
        nearest = min(nearest, distance_squared)
    flown = _weigh_modes(track, track["time_s"] - detection["time_s"], parameters, log_density, trial)
    trial["time_s"], trial["flown_log_density"], trial["thrown_logit"] = track["time_s"], flown, THROWN_IGNORED_LOGIT
    share, thrown = 0.0, -np.inf
    if track["thrown_logit"] > THROWN_IGNORED_LOGIT and track["hits"] > 1:
        share = thrown_share(track["thrown_logit"])
        distance_squared, thrown = _suppose_thrown(track, detection, flown, sensor, parameters, trial, bench)
        nearest = min(nearest, distance_squared)
    if not nearest <= limit:
        return -np.inf
    if share == 0.0:
        return flown
    return np.logaddexp(np.log(1.0 - share) + flown, np.log(share) + thrown)


@kernel
def pair_up_late(track, trail, near, first, batch, look, parameters, corrected, work):
    """Add the listed detections of a batch older than the track that lie in its gate of that time; see `candidates`.

    A track that had its look then takes none. `look` is (sensor, its row, log ratio of its detections to clutter).
    """
    pairs, (sensor, sensor_row, log_ratio) = first, look
    for n in range(near):
        d = work.columns[n]["near"]
        if had_its_look(trail, track, batch[d]["time_s"], sensor_row, sensor["period_s"]):
            continue
        outcome = corrected if pairs == first else work.trial[0]
        likelihood = suppose_late(track, trail, batch[d], parameters.gate, sensor, parameters, outcome, work.bench[0])
        pairs = offer(pairs, d, likelihood, log_ratio, outcome, parameters, work)
        if pairs > work.pairs.shape[0]:
            break
    return pairs


@kernel
def begin_thrown_late(track, detection, sensor, parameters, trial, bench):
    """Begin the ballistic explanation of a one-detection track whose second detection is older than its first."""
    start_thrown_of(track, parameters, bench)
    _suppose_thrown(track, detection, trial["flown_log_density"], sensor, parameters, trial, bench)


@kernel
def await_late(tracks, sensors, time_s):
    """Where a batch is older than what others have told, more may come: let trails be left for a while."""
    for s in range(sensors.shape[0]):
        if sensors[s]["looked_s"] - time_s > SHIFT_LIMIT_S:
            tracks.late_until_s[0] = max(tracks.late_until_s[0], sensors[s]["looked_s"] + AWAITED_S)


@kernel
def learn_lag(sensors, sensor_row, time_s):
    """Learn from a look, before it counts as the newest, how far those of its sensor come behind."""
    sensor, newest_s = sensors[sensor_row], time_s
    for s in range(sensors.shape[0]):
        newest_s = max(newest_s, sensors[s]["looked_s"])
    share = 1.0 if sensor["looked_s"] == -np.inf else LAG_SHARE
    sensor["lag_s"] += share * (newest_s - time_s - sensor["lag_s"])


@kernel
def learn_lateness(sensor, count, late):
    """Learn from so many detections of a batch, late (1) or not (0), which share of a sensor's is late."""
    weight = min(1.0, count / LATENESS_MEMORY)
    sensor["late_share"] += weight * (late - sensor["late_share"])
