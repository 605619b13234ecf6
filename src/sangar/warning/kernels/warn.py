"""Warn: judge every zone anew at every step, detections or not, and tell of each change."""

import numpy as np

from sangar.core.areas import AreaKind
from sangar.core.events import EventKind
from sangar.core.jit import kernel
from sangar.core.kernels.event_log import new_event
from sangar.core.kernels.track_rows import row_of
from sangar.core.targets import TrackStatus, ZoneState
from sangar.warning.kernels.blindness import is_blind
from sangar.warning.kernels.threat import zone_threat
from sangar.warning.kernels.zone_state import called_for, next_state, quiet_from

CONFIRMED = np.int64(TrackStatus.CONFIRMED)
ZONE = np.int64(AreaKind.ZONE)
CLEAR = np.int64(ZoneState.CLEAR)
WARNING = np.int64(ZoneState.WARNING)
SHELTER_NOW = np.int64(ZoneState.SHELTER_NOW)
ALL_CLEAR = np.int64(ZoneState.ALL_CLEAR)
ZONE_CHANGED = np.int64(EventKind.ZONE_CHANGED)


@kernel
def tell(zone, area, state, time_s, outputs):
    """Put a zone into a state and write the event; with a full log nothing changes, so the next step tries again."""
    index = new_event(outputs, ZONE_CHANGED, time_s, zone["track"])
    if index < 0:
        return
    event = outputs.events[index]
    event["area"] = area
    event["old"] = zone["state"]
    event["new"] = state
    event["probability"] = zone["harm"]
    event["due_s"] = zone["due_s"] if np.isfinite(zone["due_s"]) else np.nan
    zone["state"] = state
    zone["since_s"] = time_s


@kernel
def is_due(zone, shelter_s, time_s, parameters):
    """Whether a threat lost from sight would strike before people can be in shelter, if it came on as it was seen."""
    is_held = time_s - zone["threatened_s"] <= parameters.lost_hold_s
    return is_held and time_s <= zone["due_s"] <= time_s + shelter_s + parameters.margin_s


@kernel
def take_early(zone, early_track, early_due_s, tracks, time_s):
    """Note the threat whose warning waits for its impact to be known better, 0 for none; whether the last was lost.

    One that was lost stays noted until the zone is told: its impact will not be known.
    """
    is_told = zone["state"] in (WARNING, SHELTER_NOW)
    if zone["early_track"] != 0 and not is_told and time_s <= zone["early_due_s"]:
        if row_of(tracks, zone["early_track"]) < 0:
            return True
    zone["early_track"], zone["early_due_s"] = early_track, early_due_s
    return False


@kernel
def is_unseen(zone, area, sensors, time_s, parameters):
    """Whether nobody can say that the threat is over, because the site has gone blind there; for some time."""
    return time_s - zone["threatened_s"] < parameters.blind_hold_s and is_blind(sensors, area, parameters.ring_m)


@kernel
def called_for_lost(zone, area, called, tracks, time_s, parameters):
    """(Whether what a zone was told of is lost from sight, the state called for if it came on as it was seen)."""
    is_lost = row_of(tracks, zone["track"]) < 0
    if is_lost and zone["state"] == WARNING and is_due(zone, area["shelter_time_s"], time_s, parameters):
        return True, SHELTER_NOW
    return is_lost, called


@kernel
def called_for_early(zone, area, called, time_s, parameters):
    """Make what was lost while its warning waited the threat of a zone; the state that is called for."""
    zone["track"], zone["due_s"], zone["threatened_s"] = zone["early_track"], zone["early_due_s"], time_s
    is_near = is_due(zone, area["shelter_time_s"], time_s, parameters)
    return max(called, SHELTER_NOW if is_near else WARNING)


@kernel
def judge_zone(zone, a, area, threat, tracks, sensors, time_s, parameters, outputs):
    """Take in the threat to the zone of row `a` (what `zone_threat` returned), and put it into the state called for."""
    all_harm, soon_harm, urgent_harm, due_s, track, early_track, early_due_s = threat
    state = zone["state"]
    called = called_for(all_harm, soon_harm, urgent_harm, parameters)
    is_held = state not in (CLEAR, ALL_CLEAR)
    is_told = state in (WARNING, SHELTER_NOW)
    entry = parameters.warning_probability if is_told else parameters.watch_probability
    is_threatened = all_harm >= (parameters.release_share * entry if is_held else entry)
    zone["harm"] = all_harm
    is_lost = False
    if is_threatened:
        zone["due_s"], zone["track"], zone["threatened_s"] = due_s, track, time_s
    elif is_held:
        is_lost, called = called_for_lost(zone, area, called, tracks, time_s, parameters)
    if take_early(zone, early_track, early_due_s, tracks, time_s):
        is_threatened, called = True, called_for_early(zone, area, called, time_s, parameters)
    quiet_s = quiet_from(zone["threatened_s"], zone["due_s"], is_lost, parameters)
    after = next_state(state, zone["since_s"], quiet_s, called, is_threatened, time_s, parameters)
    if is_told and after == ALL_CLEAR and is_unseen(zone, area, sensors, time_s, parameters):
        after = state
    if after != state:
        tell(zone, a, after, time_s, outputs)
    if zone["state"] == CLEAR and not is_threatened:
        zone["due_s"] = np.inf
        zone["track"] = 0


@kernel
def warn(tracks, identities, assessments, areas, zones, sensors, time_s, parameters, outputs):
    """Judge every zone; writes ZONE_CHANGED events.

    To be called at every step, also when no detection came: tracks coast, threats come due, quiet passes.

    Args:
        tracks: the `TrackTable`.
        identities: (N,) records of `IDENTITY`.
        assessments: the `AssessmentTable`.
        areas: the `AreaMap`.
        zones: (A,) records of `ZONE`, row for row beside the map.
        sensors: (S,) records of `SENSOR`.
        time_s: now, seconds since the site's epoch.
        parameters: `WarningParameters`.
        outputs: the step's `Outputs`.
    """
    for a in range(areas.rows.shape[0]):
        if areas.rows[a]["kind"] == ZONE:
            threat = zone_threat(tracks, identities, assessments, areas, a, time_s, parameters)
            judge_zone(zones[a], a, areas.rows[a], threat, tracks, sensors, time_s, parameters, outputs)
