"""A sensor that is left out is put right where one constant fault explains all that it reports.

Every half second its detections are held against the paths of bodies that at least two other sensors see. Three
explanations are tried side by side (it is turned, it is late, it is both: `faults`), each on what it foretold. One is
believed when it has explained so many looks in a row with the sensor's own accuracy, of bodies that were far enough
apart on the sky, when it is sharper than that accuracy, far from no fault at all, and clearly likelier than the others.
Then the sensor is used again without the fault, its noise widened by what is not known of it, and the estimate goes on
learning from bodies that two others see: their tracks are partly the sensor's own by then, so it learns less than it
thinks, but no wrong way. It is watched on, by Page's test as before, and lost again when the fault does not stay. Each
loss doubles how long the next trial lasts, and after a few there is none.
"""

import numpy as np

from sangar.core.detections import AZIMUTH, ELEVATION
from sangar.core.events import EventKind
from sangar.core.jit import kernel
from sangar.core.kernels.event_log import new_event
from sangar.core.realignment import DELAYED, EXPLANATIONS, PATH_LENGTH, PATHS, TURNED
from sangar.core.sensors import LEFT_OUT_BY_STEP, PUT_RIGHT
from sangar.core.targets import Disagreement
from sangar.models.kernels.coverage import is_in_view
from sangar.tracking.kernels.registration.agreement import log_ratio_of_fit, log_ratio_of_miss
from sangar.tracking.kernels.registration.clock_lead import lead_of, leads_all
from sangar.tracking.kernels.registration.fault_proof import is_hopeless, is_proven
from sangar.tracking.kernels.registration.faults import (
    DELAY,
    angle_of,
    begin_explanation,
    distance_of,
    expect,
    fault_variance,
    learn_from,
)
from sangar.tracking.kernels.registration.offsets import forget_offsets
from sangar.tracking.kernels.registration.reconciliation import (
    LIMIT,
    NO_TRACK,
    PERIOD_S,
    leave_out,
)
from sangar.tracking.kernels.registration.reference_path import keep_paths
from sangar.tracking.kernels.visibility.looks import MOST_TELLING_PD

SENSOR_PUT_RIGHT = np.int64(EventKind.SENSOR_PUT_RIGHT)
POINTS_ELSEWHERE, IS_LATE, IS_BOTH = (
    np.int64(Disagreement.ELSEWHERE),
    np.int64(Disagreement.LATE),
    np.int64(Disagreement.ELSEWHERE_AND_LATE),
)
GATE = 16.0
"""Squared distance, in 4 sigma, within which a detection may be what an explanation foretold."""
MOST_LOSSES = 3
COST_LOST, MISFIT_LOST = 0.05, 0.2
"""Share that is forgotten in half a second."""
COST_OF_MISS = 12.0
ENOUGH_PATH_S = 2.0
SPACING_S = 0.02
"""Looks closer together than this are one."""


@kernel
def _restart(own, h, has_elevation, time_s):
    """Try an explanation anew."""
    begin_explanation(own, h, has_elevation)
    own["since_s"][h] = time_s


@kernel
def _is_long(own, p):
    """Whether path p reaches back far enough to find a delay."""
    written = own["path_written"][p]
    if own["path_track"][p] == NO_TRACK or written < 2:
        return False
    newest, oldest = (written - 1) % PATH_LENGTH, (written - min(written, PATH_LENGTH)) % PATH_LENGTH
    return own["path_s"][p, newest] - own["path_s"][p, oldest] >= ENOUGH_PATH_S


@kernel
def _nearest(own, h, batch, columns):
    """(Detection nearest to what was foretold, or -1; how many are near; squared distance; its numbers; cost)."""
    best, near, squared, numbers, cost, least = -1, 0, 0.0, 0.0, 0.0, GATE
    for d in range(batch.shape[0]):
        if columns[d]["repeated"] != 0:
            continue
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
def _weigh(own, h, p, time_s, waited_s, batch, sensor, columns):
    """Hold one explanation against the body of one path."""
    weight = min(1.0, waited_s / PERIOD_S)
    own["cost"][h] *= 1.0 - weight * COST_LOST
    if not expect(own, p, h, time_s, sensor):
        _fail(own, h, weight, sensor)
        return
    best, near, squared, numbers, cost = _nearest(own, h, batch, columns)
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
def _put_right(own, h, sensor, sensor_row, time_s, outputs):
    """Use the sensor again, without the fault."""
    own["chosen"], own["watched_s"], sensor["left_out"], sensor["disagreement"] = h, time_s, PUT_RIGHT, 0.0
    forget_offsets(sensor)
    index = new_event(outputs, SENSOR_PUT_RIGHT, time_s, NO_TRACK)
    if index < 0:
        return
    event = outputs.events[index]
    event["new"] = sensor_row
    event["old"] = POINTS_ELSEWHERE if h == TURNED else (IS_LATE if h == DELAYED else IS_BOTH)
    angle_rad, sigma_rad = angle_of(own, h)
    if h != DELAYED:
        event["ellipse_azimuth_rad"], event["ellipse_major_m"] = angle_rad, sigma_rad
    if h != TURNED:
        event["due_s"], event["ellipse_minor_m"] = own["delay_s"][h], np.sqrt(own["covariance"][h, DELAY, DELAY])


@kernel
def _try(own, time_s, waited_s, batch, sensor, sensor_row, columns, outputs):
    """Hold every explanation against every body, and put the sensor right where one is proven."""
    has_elevation = not np.isnan(batch[0]["measured"][ELEVATION])
    for h in range(EXPLANATIONS):
        if own["directions"][h] == 0.0:
            _restart(own, h, has_elevation, time_s)
        for p in range(PATHS):
            if _is_long(own, p) and _is_seen(own, p, sensor):
                _weigh(own, h, p, time_s, waited_s, batch, sensor, columns)
        if is_hopeless(own, h):
            _restart(own, h, has_elevation, time_s)
    for h in range(EXPLANATIONS):
        if sensor["left_out"] == LEFT_OUT_BY_STEP and is_proven(own, h, time_s):
            _put_right(own, h, sensor, sensor_row, time_s, outputs)


@kernel
def _is_seen(own, p, sensor):
    """Whether the body of path p stands where the sensor looks."""
    k = (own["path_written"][p] - 1) % PATH_LENGTH
    return is_in_view(sensor, own["path"][p, k, 0], own["path"][p, k, 1], own["path"][p, k, 2], 0.0)


@kernel
def _foretells(own, p, h, time_s, sensor):
    """Whether explanation h says what the sensor sees of the body of path p; written as `expect` does."""
    return _is_long(own, p) and _is_seen(own, p, sensor) and expect(own, p, h, time_s, sensor)


@kernel
def _refine(own, time_s, waited_s, batch, sensor, columns):
    """Go on learning what is wrong with a sensor that was put right."""
    h = own["chosen"]
    for p in range(PATHS):
        if _foretells(own, p, h, time_s, sensor):
            best, near, _, _, _ = _nearest(own, h, batch, columns)
            if near == 1:
                learn_from(own, h, batch[best], waited_s, sensor)


@kernel
def _watch(tracks, own, time_s, batch, sensor, sensor_row, columns, outputs):
    """Go on holding a sensor that was put right against the picture; leave it out again when it does not stay."""
    h, total, judged = own["chosen"], 0.0, 0.0
    for p in range(PATHS):
        if not _foretells(own, p, h, time_s, sensor):
            continue
        best, _, squared, numbers, _ = _nearest(own, h, batch, columns)
        total += log_ratio_of_miss(sensor) if best < 0 else log_ratio_of_fit(squared, numbers, sensor)
        judged += 1.0
    if judged == 0.0:
        return
    sensor["disagreement"] = max(sensor["disagreement"] + total / judged, 0.0)
    if sensor["disagreement"] >= LIMIT:
        own["losses"] += 1
        for k in range(EXPLANATIONS):
            own["directions"][k], own["cost"][k] = 0.0, 0.0
        leave_out(tracks, sensor, sensor_row, time_s, 0.0, outputs)


@kernel
def examine(tracks, time_s, batch, sensors, sensor_row, outputs, work):
    """Try to put right a sensor that is left out, or watch one that was; before its batch is tracked.

    Args:
        tracks: `TrackTable`.
        time_s, batch: as reported.
        sensors: records of `SENSOR`, changed in place; sensor_row: which of them.
        outputs: `Outputs`, events are appended.
        work: `Workspace`, its columns with the repeats marked.
    """
    own, sensor = tracks.realignments[sensor_row], sensors[sensor_row]
    own["lead_s"] = lead_of(sensors, sensor_row, time_s) if leads_all(sensors, sensor_row, time_s) else 0.0
    keep_paths(tracks, time_s - own["lead_s"], sensor_row, own)
    waited_s = abs(time_s - own["looked_s"])
    if batch.shape[0] == 0 or waited_s < SPACING_S or own["losses"] > MOST_LOSSES:
        return
    own["looked_s"] = time_s
    if sensor["left_out"] == PUT_RIGHT:
        if abs(time_s - own["watched_s"]) >= PERIOD_S:
            own["watched_s"] = time_s
            _watch(tracks, own, time_s, batch, sensor, sensor_row, work.columns, outputs)
        if sensor["left_out"] == PUT_RIGHT:
            _refine(own, time_s, waited_s, batch, sensor, work.columns)
        return
    _try(own, time_s, waited_s, batch, sensor, sensor_row, work.columns, outputs)
