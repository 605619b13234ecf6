"""Whose time is believed: the clock of the step is what the clocks of the sensors and the ticks of the site agree on.

A report is believed when it lies between the late limit behind the newest time and a few seconds ahead of the other
clocks (a period more for either, since nobody speaks all the time). A sensor that jumps out of that, or has crept away
from two others or from the ticks, only *claims* a time: its reports are counted and not used. A claim becomes the time
of the step once the sensors that claim likewise outnumber the clocks that might still object: those that run, are not
silent, and have had less time to speak since the claim was last spoken against than their period and a few seconds. So
a pause in a recording is a pause for all its sensors, the clock of one sensor among many is out-voted, and the one
sensor of a small site is believed at its second report.

Nothing here knows a wall clock. Where one is known, it comes as ticks (batches of no sensor): always believed.
"""

import numpy as np

from sangar.core.claims import FIRST_COOPERATIVE
from sangar.core.events import EventKind
from sangar.core.jit import kernel
from sangar.core.kernels.event_log import new_event
from sangar.core.targets import DropReason, TrackStatus
from sangar.core.tracks import HIGH_WATER
from sangar.pipeline.world import DISBELIEVED, LATE_BATCHES, NEWEST, NEWEST_TICK, TICK_BEFORE
from sangar.tracking.kernels.management.life import drop

SENSOR_CLOCK_WRONG, SENSOR_CLOCK_RIGHT = np.int64(EventKind.SENSOR_CLOCK_WRONG), np.int64(EventKind.SENSOR_CLOCK_RIGHT)
FREE, LOST = np.int64(TrackStatus.FREE), np.int64(DropReason.LOST)
NO_TRACK = np.int64(0)

REFUSED, BELIEVED, SET_BACK, TOO_LATE = np.int64(0), np.int64(1), np.int64(2), np.int64(3)
"""What is made of a report's time. After SET_BACK the step's clock stands earlier than before; a REFUSED or
TOO_LATE report is not used."""

LEAD_S = 5.0
"""How far a report may be ahead of the other clocks, beyond a period: as long as a sensor may be silent."""

TICK_PERIOD_S = 1.0
TICK_WEIGHT = 1000
"""The site's own clock outweighs any number of sensors for as long as it ticks."""

WITNESSES = 2
"""So many other sensors that agree can tell who has crept away; two clocks alone cannot."""

CLAIMS_TO_TELL = 3
"""A report or two from the past are late reports; from the third in a row on, people are told."""

SET_BACK_AFTER_S = 10.0
"""A single sensor must claim an earlier time for this long: a link that empties its store is over sooner."""


@kernel
def _is_near(sensor, time_s):
    """Whether a time continues what a sensor claims."""
    return abs(time_s - sensor["claimed_s"]) <= sensor["period_s"] + LEAD_S


@kernel
def _is_witness(sensor):
    """Whether a sensor's clock can speak for or against another's: it runs and is believed."""
    is_ours = sensor["kind"] < FIRST_COOPERATIVE  # what strangers say speaks against nobody's clock
    return is_ours and sensor["claims"] == 0 and sensor["is_silent"] == 0 and sensor["believed_s"] > -np.inf


@kernel
def _is_ticking(clock_s):
    """Whether the site's own clock runs: it has ticked lately, and not just once, as after a pause in a recording."""
    is_late = clock_s[NEWEST] - clock_s[NEWEST_TICK] > TICK_PERIOD_S + LEAD_S
    return not is_late and clock_s[NEWEST_TICK] - clock_s[TICK_BEFORE] <= TICK_PERIOD_S


@kernel
def _is_ahead(sensors, sensor_row, time_s, clock_s):
    """Whether a report is too far ahead to be believed at once.

    A jump is seen against the first of the others that should have spoken since, a creep against all of them.
    """
    if _is_ticking(clock_s):
        return time_s > clock_s[NEWEST_TICK] + LEAD_S
    sensor = sensors[sensor_row]
    first_s, last_s, witnesses = np.inf, -np.inf, 0
    for s in range(sensors.shape[0]):
        if s != sensor_row and _is_witness(sensors[s]):
            due_s = sensors[s]["believed_s"] + sensors[s]["period_s"]
            first_s, last_s = min(first_s, due_s), max(last_s, due_s)
            witnesses += 1
    own_s = max(sensor["believed_s"] + sensor["period_s"], clock_s[NEWEST_TICK])
    if witnesses == 0:
        return clock_s[NEWEST] > -np.inf and time_s > max(own_s, clock_s[NEWEST]) + LEAD_S
    has_jumped = time_s > own_s + LEAD_S and time_s > first_s + LEAD_S
    return has_jumped or (witnesses >= WITNESSES and time_s > max(clock_s[NEWEST_TICK], last_s) + LEAD_S)


@kernel
def _objectors(sensors, sensor_row, silent_for_s, clock_s):
    """How many clocks might still object to a claim that nobody has spoken against for `silent_for_s`."""
    count = 0
    if _is_ticking(clock_s) and silent_for_s <= TICK_PERIOD_S + LEAD_S:
        count = TICK_WEIGHT
    for s in range(sensors.shape[0]):
        if s != sensor_row and _is_witness(sensors[s]) and silent_for_s <= sensors[s]["period_s"] + LEAD_S:
            count += 1
    return count


@kernel
def _claim(sensors, sensor_row, time_s, is_ahead, clock_s):
    """Note what a sensor claims; whether it is to be the time from now on."""
    sensor = sensors[sensor_row]
    continues = sensor["claims"] > 0 and _is_near(sensor, time_s)
    sensor["claims"] += 1
    sensor["claimed_s"] = time_s
    if not continues or np.isnan(sensor["unopposed_s"]):
        sensor["unopposed_s"] = time_s
    silent_for_s, agreeing = time_s - sensor["unopposed_s"], 1
    for s in range(sensors.shape[0]):
        other = sensors[s]
        if s != sensor_row and other["claims"] > 0 and not np.isnan(other["unopposed_s"]) and _is_near(other, time_s):
            agreeing += 1
    if agreeing <= _objectors(sensors, sensor_row, silent_for_s, clock_s):
        return False
    if is_ahead:
        return continues or agreeing > 1
    return silent_for_s >= SET_BACK_AFTER_S or (continues and agreeing > 1)


@kernel
def _tell(kind, sensor_row, time_s, claimed_s, outputs):
    """Say that a sensor's clock is wrong, or right again."""
    index = new_event(outputs, kind, time_s, NO_TRACK)
    if index >= 0:
        outputs.events[index]["new"] = sensor_row
        outputs.events[index]["due_s"] = claimed_s


@kernel
def _believe(sensors, sensor_row, time_s, now_s, outputs):
    """A sensor is believed; if it was not, people are told."""
    sensor = sensors[sensor_row]
    sensor["believed_s"] = max(sensor["believed_s"], time_s)
    sensor["claims"], sensor["is_opposed"], sensor["unopposed_s"] = 0, 0, np.nan
    if sensor["is_mistimed"] == 1:
        sensor["is_mistimed"] = 0
        _tell(SENSOR_CLOCK_RIGHT, sensor_row, now_s, np.nan, outputs)


@kernel
def _oppose(sensors, time_s):
    """A time that is believed speaks against every sensor that claims another."""
    for s in range(sensors.shape[0]):
        if sensors[s]["claims"] > 0 and not _is_near(sensors[s], time_s):
            sensors[s]["is_opposed"], sensors[s]["unopposed_s"] = 1, np.nan


@kernel
def _set_clock_back(sensors, time_s, clock_s):
    """The step's clock was wrong: no sensor was heard later than now."""
    clock_s[NEWEST] = time_s
    for s in range(sensors.shape[0]):
        sensors[s]["believed_s"] = min(sensors[s]["believed_s"], time_s)
        sensors[s]["last_heard_s"] = min(sensors[s]["last_heard_s"], time_s)
        sensors[s]["looked_s"] = min(sensors[s]["looked_s"], time_s)
        sensors[s]["weighed_s"] = min(sensors[s]["weighed_s"], time_s)


@kernel
def take_tick(sensors, time_s, clock_s):
    """Take the time of the site's own clock; returns REFUSED (it is no time), BELIEVED or SET_BACK.

    Args:
        sensors: records of `SENSOR`.
        time_s: seconds since the site's epoch.
        clock_s: of `World`.
    """
    if not np.isfinite(time_s):
        clock_s[DISBELIEVED] += 1.0
        return REFUSED
    _oppose(sensors, time_s)
    clock_s[TICK_BEFORE], clock_s[NEWEST_TICK] = clock_s[NEWEST_TICK], time_s
    if clock_s[NEWEST] > time_s + LEAD_S:
        _set_clock_back(sensors, time_s, clock_s)
        return SET_BACK
    clock_s[NEWEST] = max(clock_s[NEWEST], time_s)
    return BELIEVED


@kernel
def take_time(sensors, sensor_row, time_s, late_limit_s, clock_s, outputs):
    """Take the time of a sensor's report; returns REFUSED, TOO_LATE, BELIEVED or SET_BACK.

    Args:
        sensors: records of `SENSOR`; sensor_row: the one that reports.
        time_s: of the batch; seconds since the site's epoch.
        late_limit_s: how far behind the newest time a report may be, beyond a period.
        clock_s: of `World`.
        outputs: `Outputs`, events are appended.
    """
    verdict, sensor = BELIEVED, sensors[sensor_row]
    is_ahead = _is_ahead(sensors, sensor_row, time_s, clock_s)
    if not np.isfinite(time_s):
        sensor["claims"] += 1
        verdict = REFUSED
    elif is_ahead:
        verdict = BELIEVED if _claim(sensors, sensor_row, time_s, is_ahead, clock_s) else REFUSED
    elif time_s < clock_s[NEWEST] - sensor["period_s"] - late_limit_s:
        verdict = SET_BACK if _claim(sensors, sensor_row, time_s, is_ahead, clock_s) else TOO_LATE
    if verdict in (REFUSED, TOO_LATE):
        clock_s[DISBELIEVED] += 1.0
        is_told = sensor["claims"] >= CLAIMS_TO_TELL and (sensor["is_opposed"] == 1 or not is_ahead)
        if is_told and sensor["is_mistimed"] == 0:
            sensor["is_mistimed"] = 1
            _tell(SENSOR_CLOCK_WRONG, sensor_row, clock_s[NEWEST], time_s, outputs)
        return verdict
    if time_s < clock_s[NEWEST]:
        clock_s[LATE_BATCHES] += 1.0
    if verdict == SET_BACK:
        _set_clock_back(sensors, time_s, clock_s)
    clock_s[NEWEST] = max(clock_s[NEWEST], time_s)
    _oppose(sensors, time_s)
    _believe(sensors, sensor_row, time_s, clock_s[NEWEST], outputs)
    return verdict


@kernel
def forget_future(tracks, zones, time_s, late_limit_s, outputs):
    """After the clock was set back: end tracks that stand in a time to come, and let nothing be held until then."""
    for i in range(tracks.counters[HIGH_WATER]):
        track = tracks.rows[i]
        if track["status"] != FREE and track["time_s"] > time_s + late_limit_s:
            drop(tracks, track, time_s, LOST, outputs)
    for k in range(tracks.scars.shape[0]):
        if tracks.scars[k]["time_s"] > time_s:
            tracks.scars[k]["time_s"] = -np.inf
    for a in range(zones.shape[0]):
        zones[a]["since_s"] = min(zones[a]["since_s"], time_s)
        zones[a]["threatened_s"] = min(zones[a]["threatened_s"], time_s)
