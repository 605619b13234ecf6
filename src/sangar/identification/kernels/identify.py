"""Identify: what each track is and whose it is, after every batch; and what people say about it."""

import numpy as np

from sangar.core.actions import ActionKind
from sangar.core.claims import ClaimState
from sangar.core.events import EventKind
from sangar.core.identities import EVIDENCE_COUNT, REPORTERS_PER_TRACK
from sangar.core.jit import kernel
from sangar.core.kernels.event_log import new_event
from sangar.core.targets import CLASS_COUNT, StandardIdentity, TrackStatus
from sangar.core.tracks import HIGH_WATER
from sangar.identification.kernels.claimed_identity import is_fresh
from sangar.identification.kernels.class_evidence import update_posterior
from sangar.identification.kernels.identity_rules import is_in_corridor, judge, time_to_reach

CONFIRMED = np.int64(TrackStatus.CONFIRMED)
PENDING = np.int64(StandardIdentity.PENDING)
SUSPECT = np.int64(StandardIdentity.SUSPECT)
HIGHEST_IDENTITY = int(max(StandardIdentity))
CLASS_CHANGED = np.int64(EventKind.CLASS_CHANGED)
IDENTITY_CHANGED = np.int64(EventKind.IDENTITY_CHANGED)
SET_IDENTITY = np.int64(ActionKind.SET_IDENTITY)
UNPROVEN = np.int64(ClaimState.UNPROVEN)
BY_A_PERSON = np.int64(-1)

LONGEST_TURN_S = 12.0
"""What is not seen for longer than a slow radar takes for a turn is out of sight meanwhile."""


@kernel
def start_anew(belief, track):
    """Forget what a row said of an earlier track: every class alike, PENDING, judged by nobody."""
    belief["track"] = track
    for c in range(CLASS_COUNT):
        belief["posterior"][c] = 1.0 / CLASS_COUNT
    belief["judged_s"], belief["watched_s"] = -np.inf, 0.0
    belief["identity"] = PENDING
    belief["identity_since_s"] = -np.inf
    belief["announced_class"] = -1
    belief["set_by"] = belief["on_trust"] = 0
    belief["rule"] = -1
    belief["claim_state"] = UNPROVEN
    forget_evidence(belief)


@kernel
def forget_evidence(belief):
    """Nothing is known of what it is."""
    for e in range(EVIDENCE_COUNT):
        for c in range(CLASS_COUNT):
            belief["evidence"][e, c] = 0.0
    belief["motion_weight"] = belief["speed_sum"] = belief["speed_square"] = belief["velocity_variance"] = 0.0
    belief["velocity_sum"][0] = belief["velocity_sum"][1] = 0.0
    belief["echo_count"] = belief["echo_sum"] = belief["echo_square"] = 0.0
    belief["echo_s"] = -np.inf
    for k in range(REPORTERS_PER_TRACK):
        belief["report_row"][k] = -1
        belief["report_s"][k] = -np.inf


@kernel
def announce_class(belief, row, time_s, announce_probability, outputs):
    """Tell of the most probable class once it is probable enough and another than told before."""
    posterior = belief["posterior"]
    best = 0
    for c in range(1, CLASS_COUNT):
        if posterior[c] > posterior[best]:
            best = c
    if best == belief["announced_class"] or posterior[best] < announce_probability:
        return
    index = new_event(outputs, CLASS_CHANGED, time_s, belief["track"])
    if index < 0:
        return  # said again at the next look, when there may be room
    event = outputs.events[index]
    event["old"] = belief["announced_class"]
    event["new"] = best
    event["probability"] = posterior[best]
    event["row"] = row
    belief["announced_class"] = best


@kernel
def set_identity(belief, identity, rule, row, time_s, outputs):
    """Hold a track as `identity`, by which rule (-1 for a person), and tell of it when that is new."""
    belief["rule"] = rule
    if belief["identity"] == identity:
        return
    index = new_event(outputs, IDENTITY_CHANGED, time_s, belief["track"])
    if index >= 0:
        event = outputs.events[index]
        event["old"] = belief["identity"]
        event["new"] = identity
        event["area"] = rule
        event["row"] = row
    belief["identity"] = identity
    belief["identity_since_s"] = time_s


@kernel
def apply_rules(belief, track, areas, rules, time_s, parameters, outputs):
    """Hold a track as the standing rules say."""
    mean = track["mean"]
    suspected_s = time_s - belief["identity_since_s"] if belief["identity"] == SUSPECT else 0.0
    claim_state = belief["claim_state"]
    if claim_state != UNPROVEN and not is_fresh(belief, time_s, parameters.claim_timeout_s):
        claim_state = UNPROVEN
    k = judge(
        rules,
        belief["identity"],
        belief["posterior"],
        track["time_s"] - track["birth_s"],
        suspected_s,
        time_to_reach(areas, mean, parameters),
        is_in_corridor(areas, mean, track["time_s"]),
        claim_state,
        belief["claim_kind"],
    )
    belief["on_trust"] = rules[k]["on_trust"]
    set_identity(belief, rules[k]["identity"], k, track["row"], time_s, outputs)


@kernel
def identify(tracks, identities, areas, rules, time_s, parameters, outputs):
    """Judge every confirmed track that has newer data than its identity; writes CLASS_ and IDENTITY_CHANGED events.

    Args:
        tracks: the `TrackTable`.
        identities: (N,) records of `IDENTITY`, row for row beside it.
        areas: the `AreaMap`.
        rules: (R,) records of `IDENTITY_RULE`.
        time_s: time of the events, seconds since the site's epoch.
        parameters: `IdentificationParameters`.
        outputs: the step's `Outputs`.
    """
    for i in range(tracks.counters[HIGH_WATER]):
        track, belief = tracks.rows[i], identities[i]
        if track["status"] < CONFIRMED:
            continue
        if belief["track"] != track["id"]:
            start_anew(belief, track["id"])
        if not track["time_s"] > belief["judged_s"]:
            continue
        elapsed_s = track["time_s"] - belief["judged_s"]
        update_posterior(belief, track, elapsed_s, parameters)
        belief["judged_s"] = track["time_s"]
        if elapsed_s <= LONGEST_TURN_S:
            belief["watched_s"] += elapsed_s
        announce_class(belief, track["row"], time_s, parameters.announce_probability, outputs)
        if belief["set_by"] == 0:
            apply_rules(belief, track, areas, rules, time_s, parameters, outputs)


@kernel
def apply_identity_actions(identities, tracks, actions, time_s, outputs):
    """Take in what people say: SET_IDENTITY holds a track as a person says, value -1 hands it back to the rules.

    Left out: actions by no person (number below 1), about no living confirmed track, or with a value that is no
    identity. The journal still holds them.
    """
    for k in range(actions.shape[0]):
        action = actions[k]
        value, track = action["value"], action["track"]
        is_valid = -1 <= value <= HIGHEST_IDENTITY and action["person"] >= 1 and track >= 1
        if action["kind"] != SET_IDENTITY or not is_valid:
            continue
        for i in range(tracks.counters[HIGH_WATER]):
            if tracks.rows[i]["id"] != track or tracks.rows[i]["status"] < CONFIRMED:
                continue
            belief = identities[i]
            if belief["track"] != track:
                start_anew(belief, track)
            if value < 0:
                belief["set_by"] = 0
            else:
                belief["set_by"], belief["on_trust"] = action["person"], 0
                set_identity(belief, value, BY_A_PERSON, -1, time_s, outputs)
            break
