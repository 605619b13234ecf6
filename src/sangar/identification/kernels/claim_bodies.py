"""What else the sensors say of a claim: that nothing is there, that another thing is, that it does not come alone.

*Without a body.* A radar that has the claimed place in its coverage, inside every edge, and is heard, misses a body
there with 1 - P_D at a look. Looks nearer together than `LOOK_INTERVAL_S` fade together and count in proportion. What
is told of P_D holds for the sensor's reference target, and terrain is known only as far as the site file's horizon
tells.

*Contradicted.* What flies there is judged by its own motion and echo, not by the claim: less than `LEAST_CONSISTENT`
is left for all classes a category may be, or it is slower than anything of the category can fly, for
`CONTRADICTED_FOR_S`. The sensors may have been wrong (an airliner that slows down far away looks like a shell): once
they have taken it for such a body again, `CONSISTENT_AGAIN`, for as long, that is taken back. That it may be a bird
speaks against no claim: no bird flies as a transponder says for long, so the sensors cannot tell, and a site may state
that birds are a thousand times as common as aircraft. An aeroplane above 7 t approaches at 91 kt or more (ICAO Doc
8168, approach categories B and up); with `SLOWEST_LARGE_MPS` a head wind of 20 kt is allowed for.

*Shared.* At Tower 22 a hostile drone came behind one that was expected. A second body that keeps within
`claim_company_m` of one that flies as claimed, on the same course, for `claim_company_s`, and has no claim of its own
that is as trusted, is told.
"""

import numpy as np

from sangar.core.claims import ClaimedCategory, ClaimState
from sangar.core.jit import kernel
from sangar.core.targets import SensorKind, TargetClass, TrackStatus
from sangar.core.tracks import HIGH_WATER
from sangar.identification.kernels.claim_matching import gap
from sangar.identification.kernels.claimed_identity import is_fresh
from sangar.models.kernels.coverage import is_in_view, is_left_out
from sangar.models.kernels.packed import at

CONFIRMED = np.int64(TrackStatus.CONFIRMED)
MATCHED, CONTRADICTED = np.int64(ClaimState.MATCHED), np.int64(ClaimState.CONTRADICTED)
RADAR = np.int64(SensorKind.RADAR)
LIGHT, LARGE = np.int64(ClaimedCategory.LIGHT), np.int64(ClaimedCategory.LARGE)
ROTORCRAFT, UNMANNED = np.int64(ClaimedCategory.ROTORCRAFT), np.int64(ClaimedCategory.UNMANNED)
SURFACE = np.int64(ClaimedCategory.SURFACE)
RAM, ROTARY = np.int64(TargetClass.ROCKET_ARTILLERY_MORTAR), np.int64(TargetClass.ROTARY_DRONE)
BIRD = np.int64(TargetClass.BIRD)
AEROPLANE, HELICOPTER = np.int64(TargetClass.AEROPLANE), np.int64(TargetClass.HELICOPTER)
OTHER = np.int64(TargetClass.OTHER)

LOOK_INTERVAL_S = 5.0
EDGE_M = 100.0
SIGMAS = 3.0
LEAST_CONSISTENT = 0.05
CONSISTENT_AGAIN = 0.95
SLOWEST_LARGE_MPS = 36.0
CONTRADICTED_FOR_S = 5.0
LEAST_COMPANY_MPS = 3.0
LEAST_COURSE_SHARE = 0.5


@kernel
def note_unseen(claim, report, dt_s, sensors):
    """Add what radars should have seen at a claimed place in the last `dt_s` and did not."""
    up_m = report["mean"][2]
    if np.isnan(up_m) or claim["category"] == SURFACE:
        return
    variance = max(report["covariance"][at(0, 0)], report["covariance"][at(1, 1)], report["covariance"][at(2, 2)])
    margin_m = EDGE_M + SIGMAS * np.sqrt(variance)
    for s in range(sensors.shape[0]):
        sensor = sensors[s]
        if (
            sensor["kind"] != RADAR
            or is_left_out(sensor)
            or sensor["is_silent"] == 1
            or sensor["last_heard_s"] == -np.inf
        ):
            continue
        if is_in_view(sensor, report["mean"][0], report["mean"][1], up_m, margin_m):
            looks = min(1.0, dt_s / max(sensor["period_s"], LOOK_INTERVAL_S))
            claim["unseen"] += looks * np.log(1.0 - sensor["detection_probability"])


@kernel
def consistent_probability(category, posterior):
    """Probability of all classes that something of a claimed category may be, or be taken for; 1 for no category."""
    aircraft = posterior[AEROPLANE] + posterior[HELICOPTER] + posterior[OTHER] + posterior[BIRD]
    if category in (LIGHT, LARGE):
        return aircraft
    if category == ROTORCRAFT:
        return aircraft + posterior[ROTARY]
    if category == UNMANNED:
        return 1.0 - posterior[RAM] - posterior[AEROPLANE]
    return 1.0


@kernel
def is_too_slow(category, track):
    """Whether a track is slower than anything of a claimed category can fly."""
    east_mps, north_mps = track["mean"][3], track["mean"][4]
    sigma_mps = np.sqrt(max(track["covariance"][at(3, 3)], track["covariance"][at(4, 4)]))
    speed_mps = np.sqrt(east_mps * east_mps + north_mps * north_mps) + SIGMAS * sigma_mps
    return category == LARGE and speed_mps < SLOWEST_LARGE_MPS


@kernel
def is_other_than_told(claim, track, belief, time_s):
    """Whether the body that flies as claimed has looked otherwise for some time than was told of it.

    That is no such body as is claimed, and such a body where it was told that it is none.
    """
    consistent = consistent_probability(claim["category"], belief["posterior"])
    is_slow = is_too_slow(claim["category"], track)
    if claim["state"] == CONTRADICTED:
        is_other = consistent >= CONSISTENT_AGAIN and not is_slow
    else:
        is_other = consistent < LEAST_CONSISTENT or is_slow
    if not is_other or belief["track"] != track["id"]:
        claim["other_s"] = np.inf
        return False
    claim["other_s"] = min(claim["other_s"], time_s)
    return time_s - claim["other_s"] >= CONTRADICTED_FOR_S


@kernel
def keeps_company(track, body, report, parameters):
    """Whether a track flies near a body and with it, at a report's time."""
    dt_s, own_dt_s = report["time_s"] - body["time_s"], report["time_s"] - track["time_s"]
    east_m = gap(track, report, own_dt_s, 0) - gap(body, report, dt_s, 0)
    north_m = gap(track, report, own_dt_s, 1) - gap(body, report, dt_s, 1)
    up_m, limit_m = track["mean"][2] - body["mean"][2], parameters.claim_company_m
    if not east_m * east_m + north_m * north_m + up_m * up_m <= limit_m * limit_m:
        return False
    v, w = track["mean"], body["mean"]
    v_mps, w_mps = np.sqrt(v[3] * v[3] + v[4] * v[4]), np.sqrt(w[3] * w[3] + w[4] * w[4])
    if not min(v_mps, w_mps) >= LEAST_COMPANY_MPS:
        return False
    return v[3] * w[3] + v[4] * w[4] >= LEAST_COURSE_SHARE * v_mps * w_mps


@kernel
def is_claimed_itself(belief, track, kind, time_s, parameters):
    """Whether a track flies by a claim of its own of a source as trusted."""
    is_matched = belief["track"] == track["id"] and belief["claim_state"] == MATCHED and belief["claim_kind"] >= kind
    return is_matched and is_fresh(belief, time_s, parameters.claim_timeout_s)


@kernel
def companion(claim, body, report, kind, tracks, identities, time_s, parameters):
    """Row of a second body that has kept company long enough to be told of now; -1 for none.

    Told once: `company_s` is -inf from then on, for as long as it stays.
    """
    found = -1
    for i in range(tracks.counters[HIGH_WATER]):
        track = tracks.rows[i]
        if track["status"] < CONFIRMED or track["id"] == body["id"]:
            continue
        if is_claimed_itself(identities[i], track, kind, time_s, parameters):
            continue
        if keeps_company(track, body, report, parameters) and (found < 0 or track["id"] == claim["company"]):
            found = i
    if found < 0:
        claim["company"] = 0
        return -1
    if claim["company"] != tracks.rows[found]["id"]:
        claim["company"], claim["company_s"] = tracks.rows[found]["id"], time_s
        return -1
    return found if time_s - claim["company_s"] >= parameters.claim_company_s and claim["company_s"] > -np.inf else -1
