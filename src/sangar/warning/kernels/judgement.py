"""How long a person's word holds: a track judged harmless is asked about again when it does not behave so.

At Yavne a drone was first marked suspicious, then judged civil, and no siren sounded. A judgement is kept as long as
the track stays away, high, or on its way out. Once it has headed for people for `judgement_hold_s`, inside the ring and
below its ceiling, the judgement has run out: the crew is asked, and the track weighs and escalates as undecided until
somebody judges it anew, which holds as long again. Judging it SUSPECT or HOSTILE does not run out.

The same goes, after `trust_hold_s`, for a rule that took a track for harmless because of what others say of it (a
friendly corridor, a cooperative claim): trust is no sight. A rule that goes by what the sensors see (a bird) judges
anew at every look, and does not run out.

`inbound_s` of the identities keeps the time: since when it has headed in, inf while it does not, -inf once the crew was
asked.
"""

import numpy as np

from sangar.core.actions import ActionKind
from sangar.core.areas import AreaKind
from sangar.core.events import EventKind
from sangar.core.jit import kernel
from sangar.core.kernels.event_log import new_event
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER
from sangar.warning.kernels.ring import closing_share
from sangar.warning.kernels.standing import hold_of

CONFIRMED = np.int64(TrackStatus.CONFIRMED)
ZONE = np.int64(AreaKind.ZONE)
SET_IDENTITY = np.int64(ActionKind.SET_IDENTITY)
JUDGEMENT_EXPIRED = np.int64(EventKind.JUDGEMENT_EXPIRED)
NOT_INBOUND, ASKED = np.inf, -np.inf


@kernel
def zone_headed_for(track, areas, time_s, parameters):
    """Row of a zone whose ring the track is in, low, and heading in; -1 for none."""
    for a in range(areas.rows.shape[0]):
        if areas.rows[a]["kind"] == ZONE:
            share = closing_share(areas.rows[a], areas.vertex_m, track["mean"], time_s - track["time_s"], parameters)
            if share >= parameters.inbound_share:
                return a
    return -1


@kernel
def is_judged_anew(track_id, actions):
    """Whether a person said something of a track's identity at this step."""
    for k in range(actions.shape[0]):
        if actions[k]["kind"] == SET_IDENTITY and actions[k]["track"] == track_id and actions[k]["person"] >= 1:
            return True
    return False


@kernel
def hold_judgements(tracks, identities, areas, actions, time_s, parameters, outputs):
    """Keep the time for tracks judged harmless by a person or on trust; ask about those that head in. Before `warn`.

    Args:
        tracks: the `TrackTable`.
        identities: (N,) records of `IDENTITY`, changed in place.
        areas: the `AreaMap`.
        actions: (m,) records of `ACTION` of this step.
        time_s: now, seconds since the site's epoch.
        parameters: `WarningParameters`.
        outputs: the step's `Outputs`.
    """
    for i in range(tracks.counters[HIGH_WATER]):
        track, belief = tracks.rows[i], identities[i]
        is_held = track["status"] >= CONFIRMED and belief["track"] == track["id"]
        hold_s = hold_of(belief, parameters)
        if not is_held or hold_s == np.inf or is_judged_anew(track["id"], actions):
            belief["inbound_s"] = NOT_INBOUND
            continue
        if belief["inbound_s"] == ASKED:
            continue
        area = zone_headed_for(track, areas, time_s, parameters)
        if area < 0:
            belief["inbound_s"] = NOT_INBOUND
            continue
        belief["inbound_s"] = min(belief["inbound_s"], time_s)
        if time_s - belief["inbound_s"] < hold_s:
            continue
        index = new_event(outputs, JUDGEMENT_EXPIRED, time_s, track["id"])
        if index < 0:
            continue  # asked at the next step, when there may be room; it escalates meanwhile
        event = outputs.events[index]
        event["area"] = area
        event["old"] = belief["identity"]
        event["new"] = belief["set_by"]
        belief["inbound_s"] = ASKED
