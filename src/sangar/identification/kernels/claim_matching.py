"""Which body flies as a claim says: a running log-likelihood ratio for each body near it.

A report of a claim and a track are compared at the report's time: the track, which is newer or older by a second or
two, is carried along its velocity, trusted less by what it may manoeuvre meanwhile. With d the difference of both and
S the sum of both covariances, what one look says is

    l = ln N(d; 0, S) - ln p(d | the body is another)

over position, height and velocity as far as the claim tells them. Another body may be anywhere within `ELSEWHERE_M`
of the claim, within `ELSEWHERE_UP_M` of its height, at any velocity usual for one so fast. No look counts more than
`MOST_FOR` for a body or `MOST_AGAINST` against it. Looks nearer together than `evidence_interval_s` count in
proportion and fade with `memory_s`, as the evidence of classes does: a body that flies along at a steady distance
tells the same thing again.

    L <- exp(-dt / memory) L + min(1, dt / interval) l

A claim is matched to the body of the largest L once that is at least `MATCHED_AT`, is `MARGIN` above the next, and no
other claim of the same source has a larger L for the body (so each claim has one body and each body one claim of a
source, chosen by weight). It is kept until L falls below `LEFT_AT`. A claim whose body was lost from sight less than
`PARTED_S` ago is known to come with one, and has it again at `AGAIN_AT`, unless it was told to have none meanwhile.

Source: sequential likelihood ratio for track-to-track association, Blackman and Popoli (1999), Design and Analysis of
Modern Tracking Systems, section 9.5; Wald (1945) for the sequence.
"""

import numpy as np

from sangar.core.claims import CANDIDATES_PER_CLAIM, CLAIM_COUNT
from sangar.core.jit import kernel
from sangar.core.kernels.track_rows import row_of
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER
from sangar.models.kernels.packed import at

CONFIRMED = np.int64(TrackStatus.CONFIRMED)
ELSEWHERE_M, ELSEWHERE_UP_M = 5000.0, 1000.0
USUAL_SPEED_MPS = 40.0
MANOEUVRE_MPS2, LAG_S = 5.0, 2.0
"""A body may manoeuvre as hard, and its track follows as late without saying so in its covariance."""
LONGEST_CARRY_S = 10.0
"""A track that was last seen longer ago, or is that much newer than the report, is not compared."""

MOST_FOR, MOST_AGAINST = 6.0, 12.0
MATCHED_AT, MARGIN, LEFT_AT = 9.0, 3.0, -3.0
AGAIN_AT, PARTED_S = 5.0, 60.0
TWO_PI = 2.0 * np.pi


@kernel
def gap(track, report, dt_s, d):
    """A track's coordinate `d`, carried by `dt_s`, less the report's."""
    return track["mean"][d] + track["mean"][d + 3] * dt_s - report["mean"][d]


@kernel
def ground_gap_m(track, report):
    """Distance over the ground between a track and a report at the report's time."""
    dt_s = report["time_s"] - track["time_s"]
    east_m, north_m = gap(track, report, dt_s, 0), gap(track, report, dt_s, 1)
    return np.sqrt(east_m * east_m + north_m * north_m)


@kernel
def plane_log_density(first, second, s00, s01, s11):
    """Logarithm of N of two differences under a 2 x 2 covariance; -inf where that is none."""
    determinant = s00 * s11 - s01 * s01
    if not determinant > 0.0:
        return -np.inf
    square = (s11 * first * first - 2.0 * s01 * first * second + s00 * second * second) / determinant
    return -0.5 * square - 0.5 * np.log(determinant) - np.log(TWO_PI)


@kernel
def place_evidence(track, report, dt_s, time_sigma_s):
    """What the place over the ground says for the body, in nats."""
    covariance, other = track["covariance"], report["covariance"]
    east_mps, north_mps = track["mean"][3], track["mean"][4]
    late_s = abs(dt_s) + LAG_S
    carried = 0.25 * MANOEUVRE_MPS2 * MANOEUVRE_MPS2 * late_s * late_s * late_s * late_s
    time_variance = time_sigma_s * time_sigma_s
    s00 = (
        covariance[at(0, 0)] + 2.0 * dt_s * covariance[at(3, 0)] + dt_s * dt_s * covariance[at(3, 3)]
        + other[at(0, 0)] + carried + time_variance * east_mps * east_mps
    )  # fmt: skip
    s11 = (
        covariance[at(1, 1)] + 2.0 * dt_s * covariance[at(4, 1)] + dt_s * dt_s * covariance[at(4, 4)]
        + other[at(1, 1)] + carried + time_variance * north_mps * north_mps
    )  # fmt: skip
    s01 = (
        covariance[at(1, 0)] + dt_s * (covariance[at(3, 1)] + covariance[at(4, 0)])
        + dt_s * dt_s * covariance[at(4, 3)] + other[at(1, 0)] + time_variance * east_mps * north_mps
    )  # fmt: skip
    here = plane_log_density(gap(track, report, dt_s, 0), gap(track, report, dt_s, 1), s00, s01, s11)
    return here + np.log(np.pi * ELSEWHERE_M * ELSEWHERE_M)


@kernel
def height_evidence(track, report, dt_s):
    """What the height says for the body, in nats; 0 where the claim does not tell it."""
    if np.isnan(report["mean"][2]):
        return 0.0
    covariance = track["covariance"]
    variance = (
        covariance[at(2, 2)] + 2.0 * dt_s * covariance[at(5, 2)] + dt_s * dt_s * covariance[at(5, 5)]
        + report["covariance"][at(2, 2)]
    )  # fmt: skip
    if not variance > 0.0:
        return 0.0
    gap_m = gap(track, report, dt_s, 2)
    return -0.5 * gap_m * gap_m / variance - 0.5 * np.log(TWO_PI * variance) + np.log(ELSEWHERE_UP_M)


@kernel
def velocity_evidence(track, report, dt_s):
    """What the velocity over the ground says for the body, in nats; 0 where the claim does not tell it."""
    if np.isnan(report["mean"][3]) or np.isnan(report["mean"][4]):
        return 0.0
    covariance, other = track["covariance"], report["covariance"]
    late_s = abs(dt_s) + LAG_S
    carried = MANOEUVRE_MPS2 * MANOEUVRE_MPS2 * late_s * late_s
    here = plane_log_density(
        track["mean"][3] - report["mean"][3],
        track["mean"][4] - report["mean"][4],
        covariance[at(3, 3)] + other[at(3, 3)] + carried,
        covariance[at(4, 3)] + other[at(4, 3)],
        covariance[at(4, 4)] + other[at(4, 4)] + carried,
    )
    east_mps, north_mps = report["mean"][3], report["mean"][4]
    usual = USUAL_SPEED_MPS * USUAL_SPEED_MPS + east_mps * east_mps + north_mps * north_mps
    elsewhere = plane_log_density(track["mean"][3], track["mean"][4], usual, 0.0, usual)
    return here - elsewhere


@kernel
def look_evidence(track, report, time_sigma_s):
    """What one report says for a body, in nats, bounded; NaN where the two cannot be compared."""
    dt_s = report["time_s"] - track["time_s"]
    if not abs(dt_s) <= LONGEST_CARRY_S:
        return np.nan
    said = place_evidence(track, report, dt_s, time_sigma_s)
    said += height_evidence(track, report, dt_s) + velocity_evidence(track, report, dt_s)
    if np.isnan(said):
        return np.nan
    return max(-MOST_AGAINST, min(MOST_FOR, said))


@kernel
def add_look(claim, k, said, time_s, parameters):
    """Let what was known of a candidate fade, and add a look."""
    elapsed_s = time_s - claim["weighed_s"][k]
    if elapsed_s < np.inf:
        claim["weight"][k] *= np.exp(-max(elapsed_s, 0.0) / parameters.memory_s)
    share = max(0.0, min(1.0, elapsed_s / parameters.evidence_interval_s))
    claim["weight"][k] += share * said
    claim["weighed_s"][k] = time_s


@kernel
def slot_for(claim, said):
    """Where a new candidate goes: a free place, else that of the least likely if this one says more; -1 for nowhere."""
    worst = 0
    for k in range(CANDIDATES_PER_CLAIM):
        if claim["candidate"][k] == 0:
            return k
        if claim["weight"][k] < claim["weight"][worst]:
            worst = k
    is_better = claim["weight"][worst] < said and claim["candidate"][worst] != claim["track"]
    return worst if is_better else -1


@kernel
def slot_of(claim, track):
    """The place of a candidate; -1 where it is none."""
    for k in range(CANDIDATES_PER_CLAIM):
        if claim["candidate"][k] == track:
            return k
    return -1


@kernel
def forget_dead(claim, tracks):
    """Free the places of tracks that are no more."""
    for k in range(CANDIDATES_PER_CLAIM):
        if claim["candidate"][k] != 0 and row_of(tracks, claim["candidate"][k]) < 0:
            claim["candidate"][k], claim["weight"][k] = 0, 0.0


@kernel
def weigh_bodies(claim, report, tracks, time_sigma_s, parameters):
    """Weigh a report against every body near it; returns how many bodies it may be (looks that speak for them)."""
    forget_dead(claim, tracks)
    possible = 0
    for i in range(tracks.counters[HIGH_WATER]):
        track = tracks.rows[i]
        if track["status"] < CONFIRMED:
            continue
        k = slot_of(claim, track["id"])
        east_m, north_m = track["mean"][0] - report["mean"][0], track["mean"][1] - report["mean"][1]
        if k < 0 and not east_m * east_m + north_m * north_m <= ELSEWHERE_M * ELSEWHERE_M:
            continue
        said = look_evidence(track, report, time_sigma_s)
        if np.isnan(said):
            continue
        if said > 0.0:
            possible += 1
        if k < 0:
            k = slot_for(claim, said) if said > 0.0 else -1
            if k < 0:
                continue
            claim["candidate"][k], claim["weight"][k] = track["id"], 0.0
            claim["weighed_s"][k] = -np.inf
        add_look(claim, k, said, report["time_s"], parameters)
    return possible


@kernel
def is_anothers(claims, c, track, weight, timeout_s):
    """Whether another claim of the same source, heard lately, fits a body better."""
    source = claims.rows[c]["source"]
    for other in range(claims.counters[CLAIM_COUNT]):
        rival = claims.rows[other]
        is_silent = claims.rows[c]["heard_s"] - rival["heard_s"] > timeout_s
        if other == c or rival["source"] != source or is_silent:
            continue
        k = slot_of(rival, track)
        if k >= 0 and (rival["weight"][k] > weight or rival["track"] == track):
            return True
    return False


@kernel
def best_body(claims, c, timeout_s):
    """Id of the body a claim is to be matched to by now; 0 for none."""
    claim, best = claims.rows[c], -1
    for k in range(CANDIDATES_PER_CLAIM):
        if claim["candidate"][k] != 0 and (best < 0 or claim["weight"][k] > claim["weight"][best]):
            best = k
    enough = AGAIN_AT if claim["time_s"] - claim["parted_s"] < PARTED_S else MATCHED_AT
    if best < 0 or claim["weight"][best] < enough:
        return 0
    for k in range(CANDIDATES_PER_CLAIM):
        is_next = k != best and claim["candidate"][k] != 0
        if is_next and claim["weight"][k] > claim["weight"][best] - MARGIN:
            return 0
    track = claim["candidate"][best]
    return 0 if is_anothers(claims, c, track, claim["weight"][best], timeout_s) else track


@kernel
def weight_of(claim, track):
    """The log-likelihood ratio of a body for a claim; -inf where it is not weighed."""
    k = slot_of(claim, track)
    return claim["weight"][k] if k >= 0 else -np.inf
