"""What becomes of a batch of claims: each is checked, weighed against the bodies near it, and its state told.

Nothing here touches a track. What is found goes into the claim's own record, into the `claim_*` fields of the
identity of the bodies concerned, and into events; the identity rules make of it what the site wants.
"""

import numpy as np

from sangar.core.claims import (
    CANDIDATES_PER_CLAIM,
    CLAIM_COUNT,
    HEARD_COUNT,
    REPLACED_COUNT,
    UNUSABLE_COUNT,
    ClaimState,
    Misfit,
)
from sangar.core.events import EventKind
from sangar.core.jit import kernel
from sangar.core.kernels.event_log import new_event
from sangar.core.kernels.track_rows import row_of
from sangar.core.track_reports import ReportStatus
from sangar.core.tracks import STATE_SIZE
from sangar.identification.kernels.claim_bodies import companion, is_other_than_told, note_unseen
from sangar.identification.kernels.claim_matching import (
    LEFT_AT,
    best_body,
    ground_gap_m,
    weigh_bodies,
    weight_of,
)
from sangar.identification.kernels.claim_plausibility import check_report, is_implausible
from sangar.identification.kernels.claimed_identity import note_claim, state_with
from sangar.models.kernels.packed import at

ENDED = np.int64(ReportStatus.ENDED)
UNPROVEN, MATCHED = np.int64(ClaimState.UNPROVEN), np.int64(ClaimState.MATCHED)
WITHOUT_BODY, LEFT = np.int64(ClaimState.WITHOUT_BODY), np.int64(ClaimState.LEFT)
CONTRADICTED, IMPLAUSIBLE = np.int64(ClaimState.CONTRADICTED), np.int64(ClaimState.IMPLAUSIBLE)
SHARED = np.int64(ClaimState.SHARED)
NONE = np.int64(Misfit.NONE)
CLAIM_CHANGED = np.int64(EventKind.CLAIM_CHANGED)

LARGEST_NUMBER, LARGEST_SIGMA_M = 1e7, 1e5
LONGEST_LEAD_S, LONGEST_LATE_S = 5.0, 30.0
"""A claim's own time may be ahead of the step's, or behind it, by so much."""

NO_BODY_LOG_CHANCE = np.log(1e-3)
LOOKED_AT_ANEW_S = 60.0
"""An implausible claim is weighed again after so long without a misfit."""


@kernel
def is_usable(report, time_s):
    """Whether a report tells a place with numbers that are sound, and a time that may be."""
    if not (report["time_s"] <= time_s + LONGEST_LEAD_S and report["time_s"] >= time_s - LONGEST_LATE_S):
        return False
    for d in range(STATE_SIZE):
        value, variance = report["mean"][d], report["covariance"][at(d, d)]
        if np.isnan(value):
            if d < 2:
                return False
            continue
        if not (abs(value) <= LARGEST_NUMBER and 0.0 < variance <= LARGEST_SIGMA_M * LARGEST_SIGMA_M):
            return False
    return True


@kernel
def begin(claim, source, report, time_s):
    """Open the record of a claimant with its first report."""
    claim["source"], claim["number"], claim["category"] = source, report["number"], report["identity"]
    claim["state"], claim["since_s"], claim["first_s"] = UNPROVEN, time_s, report["time_s"]
    claim["drift_m"][0] = claim["drift_m"][1] = claim["path_m"] = claim["misfits"] = 0.0
    claim["misfit"], claim["misfit_s"], claim["apart_s"] = NONE, -np.inf, -np.inf
    claim["unseen"], claim["gap_m"] = 0.0, np.nan
    forget_bodies(claim)
    take_state(claim, report)


@kernel
def lose_body(claim, parted_s):
    """It has no body any more; `parted_s` is when it lost it from sight, -inf where it is not to have it again."""
    claim["track"], claim["company"], claim["other_s"], claim["parted_s"] = 0, 0, np.inf, parted_s


@kernel
def forget_bodies(claim):
    """No body is weighed for it, none is its own, none was."""
    lose_body(claim, -np.inf)
    for k in range(CANDIDATES_PER_CLAIM):
        claim["candidate"][k], claim["weight"][k], claim["weighed_s"][k] = 0, 0.0, -np.inf


@kernel
def take_state(claim, report):
    """Make a report the newest of its claimant."""
    claim["time_s"] = report["time_s"]
    for d in range(STATE_SIZE):
        claim["mean"][d], claim["variance"][d] = report["mean"][d], report["covariance"][at(d, d)]


@kernel
def known_record(claims, source, number):
    """Row of a claimant's record; -1 for somebody new."""
    for c in range(claims.counters[CLAIM_COUNT]):
        if claims.rows[c]["source"] == source and claims.rows[c]["number"] == number:
            return c
    return -1


@kernel
def record_of(claims, source, number):
    """The claimant's record, else a free one, else that of whoever has been silent longest (counted)."""
    known = known_record(claims, source, number)
    if known >= 0:
        return known
    oldest, free = 0, -1
    for c in range(claims.counters[CLAIM_COUNT]):
        claim = claims.rows[c]
        if claim["source"] < 0:
            free = c
        if claim["heard_s"] < claims.rows[oldest]["heard_s"]:
            oldest = c
    if free >= 0:
        return free
    if claims.counters[CLAIM_COUNT] < claims.rows.shape[0]:
        claims.counters[CLAIM_COUNT] += 1
        return claims.counters[CLAIM_COUNT] - 1
    claims.counters[REPLACED_COUNT] += 1
    claims.rows[oldest]["source"] = -1
    return oldest


@kernel
def tell(claim, state, track, weight, time_s, outputs):
    """Write that a claim, or what it says of a track, is now in a state."""
    index = new_event(outputs, CLAIM_CHANGED, time_s, track)
    if index < 0:
        return
    event = outputs.events[index]
    event["old"], event["new"] = claim["state"], state
    event["area"], event["row"] = claim["source"], claim["number"]
    event["engagement"] = claim["misfit"] if state == IMPLAUSIBLE else -1
    event["due_s"] = claim["time_s"]
    event["east_m"], event["north_m"], event["up_m"] = claim["mean"][0], claim["mean"][1], claim["mean"][2]
    if track > 0:
        event["probability"] = 1.0 / (1.0 + np.exp(-weight))
        event["ellipse_major_m"] = claim["gap_m"]


@kernel
def enter(claim, state, track, weight, time_s, outputs):
    """Put a claim into a state and tell of it, unless it is in it."""
    if claim["state"] == state:
        return
    tell(claim, state, track, weight, time_s, outputs)
    claim["state"], claim["since_s"] = state, time_s


@kernel
def suspect_all(claim, kind, tracks, identities, time_s, parameters, outputs):
    """An implausible claim: the body that flew by it is told of it, and no body is weighed for it."""
    weight, track = weight_of(claim, claim["track"]), claim["track"]
    enter(claim, IMPLAUSIBLE, track, weight, time_s, outputs)
    row = row_of(tracks, track) if track > 0 else -1
    if row >= 0 and identities[row]["track"] == track:
        note_claim(identities[row], claim, kind, IMPLAUSIBLE, weight, time_s, parameters.claim_timeout_s)
    forget_bodies(claim)


@kernel
def follow_body(claims, c, report, kind, tracks, identities, time_s, parameters, outputs):
    """Judge a claim that has a body: whether it is still its own, is such a body, and comes alone."""
    claim, limit_s = claims.rows[c], parameters.claim_timeout_s
    track = claim["track"]
    row = row_of(tracks, track)
    if row < 0 or identities[row]["track"] != track:
        lose_body(claim, report["time_s"] if claim["state"] == MATCHED else claim["parted_s"])
        claim["state"], claim["since_s"], claim["unseen"] = UNPROVEN, time_s, 0.0
        return
    body, belief, weight = tracks.rows[row], identities[row], weight_of(claim, track)
    claim["gap_m"] = ground_gap_m(body, report)
    if weight < LEFT_AT:
        enter(claim, LEFT, track, weight, time_s, outputs)
        note_claim(belief, claim, kind, LEFT, weight, time_s, limit_s)
        lose_body(claim, -np.inf)
        claim["unseen"] = 0.0
        return
    if is_other_than_told(claim, body, belief, time_s):
        is_taken_back = claim["state"] == CONTRADICTED
        enter(claim, MATCHED if is_taken_back else CONTRADICTED, track, weight, time_s, outputs)
        claim["other_s"] = np.inf
    note_claim(belief, claim, kind, claim["state"], weight, time_s, limit_s)
    second = companion(claim, body, report, kind, tracks, identities, time_s, parameters)
    if second >= 0 and identities[second]["track"] == tracks.rows[second]["id"]:
        tell(claim, SHARED, tracks.rows[second]["id"], weight, time_s, outputs)
        note_claim(identities[second], claim, kind, SHARED, weight, time_s, limit_s)
        claim["company_s"] = -np.inf


@kernel
def seek_body(claims, c, report, dt_s, possible, sensors, kind, tracks, identities, time_s, parameters, outputs):
    """Judge a claim that has no body: which is its own, or that there is none."""
    claim, track = claims.rows[c], best_body(claims, c, parameters.claim_timeout_s)
    row = row_of(tracks, track) if track > 0 else -1
    if row >= 0 and identities[row]["track"] == track:
        weight = weight_of(claim, track)
        claim["track"], claim["unseen"] = track, 0.0
        claim["gap_m"] = ground_gap_m(tracks.rows[row], report)
        enter(claim, state_with(identities[row], claim), track, weight, time_s, outputs)
        note_claim(identities[row], claim, kind, claim["state"], weight, time_s, parameters.claim_timeout_s)
        return
    if possible > 0:
        claim["unseen"] = 0.0
        if claim["state"] == WITHOUT_BODY:
            claim["state"], claim["since_s"] = UNPROVEN, time_s
        return
    note_unseen(claim, report, dt_s, sensors)
    has_waited = report["time_s"] - claim["first_s"] >= parameters.claim_body_wait_s
    if has_waited and claim["unseen"] <= NO_BODY_LOG_CHANCE:
        enter(claim, WITHOUT_BODY, 0, 0.0, time_s, outputs)
        claim["parted_s"] = -np.inf


@kernel
def hear_claim(claims, c, report, sensors, source, tracks, identities, time_s, parameters, outputs):
    """Take in one usable report of a claimant."""
    claim, sensor = claims.rows[c], sensors[source]
    kind, time_sigma_s = sensor["kind"], sensor["bias_sigma"][3]
    is_new = claim["source"] != source or claim["number"] != report["number"]
    dt_s = 0.0 if is_new else report["time_s"] - claim["time_s"]
    is_next = True
    if is_new:
        begin(claim, source, report, time_s)
    else:
        is_next = check_report(claim, report)
        if is_next:
            take_state(claim, report)
    claim["heard_s"] = time_s
    if is_implausible(claim):
        suspect_all(claim, kind, tracks, identities, time_s, parameters, outputs)
        return
    if not is_next or (claim["state"] == IMPLAUSIBLE and report["time_s"] - claim["misfit_s"] < LOOKED_AT_ANEW_S):
        return
    if claim["state"] == IMPLAUSIBLE:
        claim["state"], claim["since_s"], claim["unseen"] = UNPROVEN, time_s, 0.0
    possible = weigh_bodies(claim, report, tracks, time_sigma_s, parameters)
    if claim["track"] > 0:
        follow_body(claims, c, report, kind, tracks, identities, time_s, parameters, outputs)
    else:
        seek_body(
            claims, c, report, dt_s, possible, sensors, kind, tracks, identities, time_s, parameters, outputs
        )  # fmt: skip


@kernel
def hear_claims(claims, reports, sensors, source, tracks, identities, time_s, parameters, outputs):
    """Take in a batch of claims of one cooperative source.

    Args:
        claims: the `ClaimTable`, changed in place.
        reports: (r,) records of `TRACK_REPORT`.
        sensors: records of `SENSOR`.
        source: row of the source among them.
        tracks: the `TrackTable`, only read.
        identities: (N,) records of `IDENTITY`; their `claim_*` fields are changed.
        time_s: now, seconds since the site's epoch.
        parameters: `IdentificationParameters`.
        outputs: the step's `Outputs`.
    """
    for r in range(reports.shape[0]):
        report = reports[r]
        claims.counters[HEARD_COUNT] += 1
        if report["status"] != ENDED and not is_usable(report, time_s):
            claims.counters[UNUSABLE_COUNT] += 1
            continue
        if report["status"] == ENDED:
            c = known_record(claims, source, report["number"])
            if c >= 0:
                claims.rows[c]["source"] = -1  # signed off: nothing more is expected of it
            continue
        c = record_of(claims, source, report["number"])
        hear_claim(claims, c, report, sensors, source, tracks, identities, time_s, parameters, outputs)
