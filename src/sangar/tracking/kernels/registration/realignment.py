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

from sangar.core.events import EventKind
from sangar.core.jit import kernel
from sangar.core.kernels.event_log import new_event
from sangar.core.realignment import DELAYED, EXPLANATIONS, HELD_DETECTIONS, PATHS, TURNED
from sangar.core.sensors import LEFT_OUT_BY_STEP, PUT_RIGHT
from sangar.core.targets import Disagreement
from sangar.tracking.kernels.registration.agreement import log_ratio_of_fit, log_ratio_of_miss
from sangar.tracking.kernels.registration.clock_lead import LEAD_S, lead_of, leads_all
from sangar.tracking.kernels.registration.fault_proof import is_as_stated, is_proven
from sangar.tracking.kernels.registration.fault_removal import copy_detection
from sangar.tracking.kernels.registration.fault_trial import (
    SPACING_S,
    foretells,
    nearest_foretold,
    weigh_explanations,
)
from sangar.tracking.kernels.registration.faults import DELAY, angle_of, learn_from
from sangar.tracking.kernels.registration.held_looks import NONE, forget_looks, hold_look, next_due
from sangar.tracking.kernels.registration.offsets import forget_offsets
from sangar.tracking.kernels.registration.reconciliation import LIMIT, NO_TRACK, PERIOD_S, leave_out, take_back
from sangar.tracking.kernels.registration.reference_path import keep_paths

SENSOR_PUT_RIGHT = np.int64(EventKind.SENSOR_PUT_RIGHT)
POINTS_ELSEWHERE, IS_LATE, IS_BOTH = (
    np.int64(Disagreement.ELSEWHERE),
    np.int64(Disagreement.LATE),
    np.int64(Disagreement.ELSEWHERE_AND_LATE),
)
MOST_LOSSES = 3


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
def _try(own, time_s, batch, sensor, sensor_row, outputs):
    """Hold every explanation against every body, and put the sensor right where one is proven."""
    if not weigh_explanations(own, time_s, batch, sensor):
        return
    for h in range(EXPLANATIONS):
        if sensor["left_out"] == LEFT_OUT_BY_STEP and is_proven(own, h, time_s):
            _put_right(own, h, sensor, sensor_row, time_s, outputs)


@kernel
def _try_in_time(own, held, time_s, lead_s, batch, sensor, sensor_row, outputs):
    """Try what a sensor that is ahead of all others told, as soon as these have told of its time.

    Where it sees bodies where and when it says, it is the others that are late, and it is used.
    """
    hold_look(own, held, time_s, batch)
    k = next_due(own, time_s - lead_s + LEAD_S)
    while k != NONE:
        first = k * HELD_DETECTIONS
        _try(own, own["held_s"][k], held[first : first + own["held_count"][k]], sensor, sensor_row, outputs)
        if sensor["left_out"] != LEFT_OUT_BY_STEP:
            forget_looks(own)
        elif is_as_stated(own, own["held_s"][k]):
            forget_looks(own)
            sensor["lead_s"] = lead_s
            take_back(sensor, sensor_row, time_s, outputs)
        k = next_due(own, time_s - lead_s + LEAD_S)


@kernel
def _refine(own, time_s, waited_s, batch, sensor):
    """Go on learning what is wrong with a sensor that was put right."""
    h = own["chosen"]
    for p in range(PATHS):
        if foretells(own, p, h, time_s, sensor):
            best, near, _, _, _ = nearest_foretold(own, h, batch)
            if near == 1:
                learn_from(own, h, batch[best], waited_s, sensor)


@kernel
def _watch(tracks, own, time_s, batch, sensor, sensor_row, outputs):
    """Go on holding a sensor that was put right against the picture; leave it out again when it does not stay."""
    h, total, judged = own["chosen"], 0.0, 0.0
    for p in range(PATHS):
        if not foretells(own, p, h, time_s, sensor):
            continue
        best, _, squared, numbers, _ = nearest_foretold(own, h, batch)
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
def _go_on(tracks, own, time_s, batch, sensor, sensor_row, outputs):
    """Watch a sensor that was put right, and go on learning what is wrong with it."""
    waited_s = abs(time_s - own["looked_s"])
    if batch.shape[0] == 0 or waited_s < SPACING_S:
        return
    own["looked_s"] = time_s
    if abs(time_s - own["watched_s"]) >= PERIOD_S:
        own["watched_s"] = time_s
        _watch(tracks, own, time_s, batch, sensor, sensor_row, outputs)
    if sensor["left_out"] == PUT_RIGHT:
        _refine(own, time_s, waited_s, batch, sensor)


@kernel
def _copy_fresh(batch, columns, fresh):
    """Copy the detections that were not delivered before; returns how many."""
    count = 0
    for d in range(batch.shape[0]):
        if columns[d]["repeated"] == 0:
            copy_detection(batch[d], fresh[count])
            count += 1
    return count


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
    lead_s = lead_of(sensors, sensor_row, time_s) if leads_all(sensors, sensor_row, time_s) else 0.0
    keep_paths(tracks, time_s - lead_s, sensor_row, own)
    if own["losses"] > MOST_LOSSES:
        return
    fresh = work.realigned[: _copy_fresh(batch, work.columns, work.realigned)]
    if sensor["left_out"] != PUT_RIGHT and lead_s > 0.0:
        _try_in_time(own, tracks.held[sensor_row], time_s, lead_s, fresh, sensor, sensor_row, outputs)
    elif sensor["left_out"] != PUT_RIGHT:
        forget_looks(own)
        _try(own, time_s, fresh, sensor, sensor_row, outputs)
    else:
        _go_on(tracks, own, time_s, fresh, sensor, sensor_row, outputs)
