"""The chance that a detection of clutter would confirm a track in one look.

Clutter has density λ, so the chance is 1 - exp(-λ V), with V the volume of the region in which a detection would bring
the evidence that is missing. The likelihood is a mixture of Gaussians about nearly one place, one for each explanation
of the track: with weights w and volumes |S|^(1/2), in n measured numbers, it is taken to be as high as

    p(r) = Σ w N(0; S) exp(-r² / 2 s²),   s² = |S|^(1/n),

on the surface of a ball of radius r, which is exact for explanations of one shape. V is the ball's volume where p is
just enough.
"""

import numpy as np

from sangar.core.detections import AZIMUTH, RANGE
from sangar.core.jit import kernel
from sangar.core.tracks import MODE_COUNT
from sangar.models.kernels.measurement import predict_measurement
from sangar.tracking.kernels.association.clutter import log_clutter
from sangar.tracking.kernels.filtering.hypothesis import suppose
from sangar.tracking.kernels.filtering.prediction import THROWN_IGNORED_LOGIT, predict, thrown_share
from sangar.tracking.kernels.filtering.thrown_update import suppose_thrown

TWO_PI = 2.0 * np.pi
TANGENTS = 30
NEAR_ENOUGH = 1e-9
"""Of the squared radius; two or three tangents are enough where the explanations are alike, ten where they are not."""


@kernel
def required_hits(is_urgent_track, parameters):
    """The fewest detections a track must have to be confirmed."""
    return parameters.urgent_confirmation_hits if is_urgent_track == 1 else parameters.confirmation_hits


@kernel
def ball_volume(size, radius_squared):
    """Volume of a ball in `size` dimensions."""
    volume = 2.0 if size % 2 == 1 else 1.0
    for m in range(3 if size % 2 == 1 else 2, size + 1, 2):
        volume *= TWO_PI / m
    return volume * radius_squared ** (0.5 * size)


@kernel
def _log_density(peaks, spreads, count, radius_squared):
    """(Logarithm of p(r), how fast it falls with r²)."""
    highest = -np.inf
    for m in range(count):
        highest = max(highest, peaks[m] - 0.5 * radius_squared / spreads[m])
    total, falling = 0.0, 0.0
    for m in range(count):
        part = np.exp(peaks[m] - 0.5 * radius_squared / spreads[m] - highest)
        total += part
        falling += 0.5 * part / spreads[m]
    return highest + np.log(total), falling / total


@kernel
def _reach(peaks, spreads, count, level, gate):
    """Squared radius out to which ln p(r) is at least `level`; 0 where it nowhere is, cut off at the widest gate.

    Newton's method: ln p is convex in r² and falls, so each tangent meets the level before ln p does, and none goes
    beyond.
    """
    radius_squared, widest = 0.0, 0.0
    for m in range(count):
        widest = max(widest, gate * spreads[m])
    for _ in range(TANGENTS):
        log_density, falling = _log_density(peaks, spreads, count, radius_squared)
        step = (log_density - level) / falling
        if not step > 0.0:
            return radius_squared
        radius_squared += step
        if radius_squared >= widest:
            return widest
        if step <= NEAR_ENOUGH * radius_squared:
            return radius_squared
    return radius_squared


@kernel
def _aim(predicted, pattern, sensor, parameters, probe, bench):
    """Make `probe` a detection just where a track expects it, of the numbers `pattern` has; returns how many."""
    measured, expected = pattern["measured"], bench["predicted"]
    mean = predicted["mean"][:]
    predict_measurement(mean, 0.0, measured, sensor, parameters.altitude_m, expected, bench["jacobian"])
    size = 0
    for c in range(measured.shape[0]):
        probe["sigma"][c] = pattern["sigma"][c]
        probe["measured"][c] = np.nan if np.isnan(measured[c]) else expected[c]
        size += 0 if np.isnan(measured[c]) else 1
    probe["time_s"] = predicted["time_s"]
    return size


@kernel
def _peaks(predicted, size, sensor, parameters, peaks, spreads, work):
    """Write log peaks (with their weights) and s² of a predicted track's explanations; returns how many there are."""
    probe, bench, logit = work.probe[0], work.bench[0], predicted["thrown_logit"]
    share = thrown_share(logit)
    predicted["thrown_logit"] = THROWN_IGNORED_LOGIT
    flown = suppose(predicted, probe, np.inf, sensor, parameters, work.trial[0], bench)
    count = MODE_COUNT
    for m in range(MODE_COUNT):
        peak = np.log(bench["peak"][m])
        peaks[m] = peak + np.log(max((1.0 - share) * predicted["mode"][m], 1e-300))
        spreads[m] = np.exp(-2.0 * peak / size) / TWO_PI
    if share > 0.0:
        predicted["thrown_logit"] = logit
        distance_squared, density = suppose_thrown(predicted, probe, flown, sensor, parameters, work.trial[0], bench)
        peak = density + 0.5 * distance_squared
        peaks[count], spreads[count] = peak + np.log(share), np.exp(-2.0 * peak / size) / TWO_PI
        count += 1
    return count


@kernel
def false_chance(track, time_s, pattern, sensor, needed, parameters, work):
    """Chance that clutter confirms a track in one look of a sensor.

    Args:
        track: record of `TRACK`.
        time_s: time of the look.
        pattern: record of `DETECTION` that shows which numbers the sensor measures, and how well.
        sensor: record of `SENSOR`.
        needed: score it takes to be confirmed.
        parameters: `TrackingParameters`.
        work: `Workspace`; its hypotheses and bench are used.
    """
    look_s = max(time_s, track["time_s"] + sensor["period_s"])
    is_new = track["hits"] + 1 < required_hits(track["is_urgent"], parameters)
    if is_new or look_s - track["birth_s"] < parameters.confirmation_time_s:
        return 0.0
    predicted, chance = work.predicted[0], work.chance[0]
    predict(track, look_s, parameters, predicted, work.bench[0])
    size = _aim(predicted, pattern, sensor, parameters, work.probe[0], work.bench[0])
    count = _peaks(predicted, size, sensor, parameters, chance["peak"], chance["spread"], work)
    aim, memory_s = work.probe[0]["measured"], parameters.clutter_memory_s
    denser = np.exp(log_clutter(sensor, aim[AZIMUTH], aim[RANGE], time_s, memory_s))
    detected, clutter = sensor["detection_probability"], denser * sensor["clutter_density"]
    missing = max(needed - (track["score"] - track["missed"]), np.log(1.0 - detected))
    level = missing - np.log(detected / clutter)
    reach = _reach(chance["peak"], chance["spread"], count, level, parameters.gate)
    expected = clutter * ball_volume(size, reach)
    return 1.0 - np.exp(-expected) if expected >= 0.0 else 0.0
