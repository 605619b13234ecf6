"""Explanations of how a sensor is wrong, each held against where bodies are, look by look, by what it foretold."""

import numpy as np

from sangar.core.detections import AZIMUTH, ELEVATION
from sangar.core.jit import kernel
from sangar.core.realignment import EXPLANATIONS, PATH_LENGTH, PATHS
from sangar.models.kernels.coverage import is_in_view
from sangar.tracking.kernels.registration.fault_proof import is_hopeless
from sangar.tracking.kernels.registration.faults import (
    begin_explanation,
    distance_of,
    expect,
    fault_variance,
    learn_from,
)
from sangar.tracking.kernels.registration.reconciliation import NO_TRACK, PERIOD_S
from sangar.tracking.kernels.visibility.looks import MOST_TELLING_PD

GATE = 16.0
"""Squared distance, in 4 sigma, within which a detection may be what an explanation foretold."""
COST_LOST, MISFIT_LOST = 0.05, 0.2
"""Share that is forgotten in half a second."""
COST_OF_MISS = 12.0
ENOUGH_PATH_S = 2.0
SPACING_S = 0.02
"""Looks closer together than this are one."""


@kernel
def is_path_seen(own, p, sensor):
    """Whether path p reaches back far enough to find a delay, and its body stands where the sensor looks."""
    written = own["path_written"][p]
    if own["path_track"][p] == NO_TRACK or written < 2:
        return False
    newest, oldest = (written - 1) % PATH_LENGTH, (written - min(written, PATH_LENGTH)) % PATH_LENGTH
    place = own["path"][p, newest]
    is_long = own["path_s"][p, newest] - own["path_s"][p, oldest] >= ENOUGH_PATH_S
    return is_long and is_in_view(sensor, place[0], place[1], place[2], 0.0)


@kernel
def foretells(own, p, h, time_s, sensor):
    """Whether explanation h says what the sensor sees of the body of path p; written as `expect` does."""
    return is_path_seen(own, p, sensor) and expect(own, p, h, time_s, sensor)


@kernel
def _restart(own, h, has_elevation, time_s):
    """Try an explanation anew."""
    begin_explanation(own, h, has_elevation)
    own["since_s"][h] = time_s


@kernel
def nearest_foretold(own, h, batch):
    """(Detection nearest to what was foretold, or -1; how many are near; squared distance; its numbers; cost)."""
    best, near, squared, numbers, cost, least = -1, 0, 0.0, 0.0, 0.0, GATE
    for d in range(batch.shape[0]):
        distance, count, log_volume, whole = distance_of(own, h, batch[d])
        if count == 0.0 or not whole < GATE:
            continue
        near += 1
        if whole < least:
            best, squared, numbers, least = d, distance, count, whole
            cost = 0.5 * (log_volume + distance)
    return best, near, squared, numbers, cost


@kernel
def _sharpness(own, h, detection):
    """Largest variance that is left of the fault, over the detection's own."""
    level = np.cos(own["expected"][1]) * detection["sigma"][AZIMUTH]
    worst = fault_variance(own, h, 0) / (level * level)
    if not np.isnan(detection["sigma"][ELEVATION]) and not np.isnan(detection["measured"][ELEVATION]):
        worst = max(worst, fault_variance(own, h, 1) / detection["sigma"][ELEVATION] ** 2)
    return worst


@kernel
def _fail(own, h, weight, sensor):
    """A look that an explanation does not explain."""
    own["cost"][h] += weight * COST_OF_MISS
    own["doubt"][h] -= weight * np.log(1.0 - min(sensor["detection_probability"], MOST_TELLING_PD))


@kernel
def _weigh(own, h, p, time_s, waited_s, batch, sensor):
    """Hold one explanation against the body of one path."""
    weight = min(1.0, waited_s / PERIOD_S)
    own["cost"][h] *= 1.0 - weight * COST_LOST
    if not expect(own, p, h, time_s, sensor):
        _fail(own, h, weight, sensor)
        return
    best, near, squared, numbers, cost = nearest_foretold(own, h, batch)
    if near == 0:
        _fail(own, h, weight, sensor)
        return
    own["cost"][h] += weight * cost
    if near > 1:
        return
    learn_from(own, h, batch[best], waited_s, sensor)
    own["fits"][h] += 1
    own["doubt"][h] = max(own["doubt"][h] - weight, 0.0)
    own["distance_sum"][h] = (1.0 - weight * MISFIT_LOST) * own["distance_sum"][h] + weight * squared
    own["number_sum"][h] = (1.0 - weight * MISFIT_LOST) * own["number_sum"][h] + weight * numbers
    own["blur"][h] = _sharpness(own, h, batch[best])
    own["sigma_rad"][h] = batch[best]["sigma"][AZIMUTH]


@kernel
def weigh_explanations(own, time_s, batch, sensor):
    """Hold every explanation against every body; one that has failed begins anew.

    Args:
        own: record of `REALIGNMENT`.
        time_s, batch: a look, as reported, without repeats.
        sensor: record of `SENSOR`.

    Returns:
        Whether there was anything to be held against.
    """
    waited_s = abs(time_s - own["looked_s"])
    if batch.shape[0] == 0 or waited_s < SPACING_S:
        return False
    own["looked_s"] = time_s
    has_elevation = not np.isnan(batch[0]["measured"][ELEVATION])
    for h in range(EXPLANATIONS):
        if own["directions"][h] == 0.0:
            _restart(own, h, has_elevation, time_s)
        for p in range(PATHS):
            if is_path_seen(own, p, sensor):
                _weigh(own, h, p, time_s, waited_s, batch, sensor)
        if is_hopeless(own, h):
            _restart(own, h, has_elevation, time_s)
    return True
