"""Whether a claim can follow from the one before: speed, jumps, time, and whether it moves as it says it moves.

Two successive reports of one claimant, `dt` apart, must agree within

    6 sigma of both + a dt² / 2,    a = LARGEST_ACCELERATION_MPS2

A report that does not is set apart. If the next one follows from it, the claimant jumped: nothing flies so. If the
next one follows from the earlier one, it was a slip (a wrong bit, a mixed-up receiver), and only `MISFITS_TO_TELL` of
them within `MISFIT_MEMORY_S` count. Smaller faults gather: where the reports went, less where their own velocities
say they went, fades with `DRIFT_MEMORY_S` and must stay within 6 sigma, a share of the path, and what a position that
is updated every few seconds lags behind. A claim that is frozen, replayed at another speed or pulled aside slowly
against its own velocity shows there.

How large sigma is the claimant says himself (NIC, NACp), which is fair: who says he does not know where he is, is not
found out by being elsewhere, and matches nobody either.

Source: the checks are those of the plausibility literature on ADS-B, put together for this table; Strohmeier, Lenders
and Martinovic (2015), On the security of the Automatic Dependent Surveillance-Broadcast protocol, IEEE Communications
Surveys & Tutorials 17(2), 1066-1087.
"""

import numpy as np

from sangar.core.claims import ClaimedCategory, Misfit
from sangar.core.jit import kernel

UNMANNED = np.int64(ClaimedCategory.UNMANNED)
NONE, JUMP, OTHERWISE = np.int64(Misfit.NONE), np.int64(Misfit.JUMP), np.int64(Misfit.OTHERWISE)
SPEED, TIME = np.int64(Misfit.SPEED), np.int64(Misfit.TIME)

SIGMAS = 6.0
LARGEST_ACCELERATION_MPS2 = 30.0
LONGEST_ARC_S = 10.0
"""Beyond so long a silence a turn is no longer bounded by its acceleration, but by its speed."""

FASTEST_MPS, FASTEST_UNMANNED_MPS = 350.0, 120.0
DRIFT_MEMORY_S = 30.0
DRIFT_SHARE = 0.25
UPDATE_LAG_S = 8.0
"""Receivers repeat a position for some seconds under new times; for so long it may seem to stand still."""

MISFIT_MEMORY_S = 60.0
MISFITS_TO_TELL = 2.5
LONGEST_BACK_S = 10.0
"""A report that is older than the newest by less than this took another way through the network."""


@kernel
def fastest_mps(category):
    """Speed over the ground above which nothing of a category flies."""
    return FASTEST_UNMANNED_MPS if category == UNMANNED else FASTEST_MPS


@kernel
def reach_m(claim, report, dt_s):
    """How far a report may lie from where the claim's last state would have taken it."""
    spread_m = SIGMAS * np.sqrt(claim["variance"][0] + claim["variance"][1] + report["covariance"][0])
    if dt_s <= LONGEST_ARC_S:
        return spread_m + 0.5 * LARGEST_ACCELERATION_MPS2 * dt_s * dt_s
    return spread_m + fastest_mps(claim["category"]) * dt_s


@kernel
def velocity_between(claim, report, d):
    """Velocity along axis `d` between two reports, as they say themselves; NaN where neither does."""
    before, after = claim["mean"][d + 3], report["mean"][d + 3]
    if np.isnan(before):
        return after
    return before if np.isnan(after) else 0.5 * (before + after)


@kernel
def follows(claim, report, dt_s):
    """Whether a report can follow from the newest accepted one."""
    gap_square_m2, is_told = 0.0, True
    for d in range(2):
        velocity_mps = velocity_between(claim, report, d)
        if np.isnan(velocity_mps):
            velocity_mps, is_told = 0.0, False
        gap_m = report["mean"][d] - claim["mean"][d] - velocity_mps * dt_s
        gap_square_m2 += gap_m * gap_m
    limit_m = reach_m(claim, report, dt_s)
    if not is_told:
        limit_m += fastest_mps(claim["category"]) * (dt_s + UPDATE_LAG_S)
    else:
        # a repeated position is a lag, not a jump
        east, north = velocity_between(claim, report, 0), velocity_between(claim, report, 1)
        limit_m += UPDATE_LAG_S * np.sqrt(east * east + north * north)
    return gap_square_m2 <= limit_m * limit_m


@kernel
def follows_apart(claim, report, dt_s):
    """Whether a report lies where the one that was set apart lay, give and take a flight at the fastest speed."""
    east_m = report["mean"][0] - claim["apart_m"][0]
    north_m = report["mean"][1] - claim["apart_m"][1]
    limit_m = reach_m(claim, report, 0.0) + fastest_mps(claim["category"]) * max(dt_s, 0.0)
    return east_m * east_m + north_m * north_m <= limit_m * limit_m


@kernel
def note_misfit(claim, misfit, weight, time_s):
    """Count a report that cannot be."""
    claim["misfits"] *= (
        np.exp(-max(time_s - claim["misfit_s"], 0.0) / MISFIT_MEMORY_S) if claim["misfits"] > 0.0 else 0.0
    )
    claim["misfits"] += weight
    claim["misfit"], claim["misfit_s"] = misfit, time_s


@kernel
def gather_drift(claim, report, dt_s):
    """Add where a report went less where it says it went; whether that is too much by now.

    What happened in a longer silence nobody has said: it begins anew.
    """
    if dt_s > DRIFT_MEMORY_S:
        claim["drift_m"][0] = claim["drift_m"][1] = claim["path_m"] = 0.0
        return False
    kept, step_square_m2, drift_square_m2 = np.exp(-dt_s / DRIFT_MEMORY_S), 0.0, 0.0
    for d in range(2):
        velocity_mps = velocity_between(claim, report, d)
        if np.isnan(velocity_mps):
            return False
        gap_m = report["mean"][d] - claim["mean"][d] - velocity_mps * dt_s
        claim["drift_m"][d] = kept * claim["drift_m"][d] + gap_m
        drift_square_m2 += claim["drift_m"][d] * claim["drift_m"][d]
        step_square_m2 += velocity_mps * velocity_mps
    speed_mps = np.sqrt(step_square_m2)
    claim["path_m"] = kept * claim["path_m"] + speed_mps * dt_s
    limit_m = reach_m(claim, report, 0.0) + DRIFT_SHARE * claim["path_m"] + UPDATE_LAG_S * speed_mps
    return drift_square_m2 > limit_m * limit_m


@kernel
def check_report(claim, report):
    """Weigh whether a report can follow; True where it is to become the claim's newest state.

    Args:
        claim: record of `CLAIM` with at least one report in it, changed in place.
        report: record of `TRACK_REPORT` that tells a place.
    """
    time_s, dt_s = report["time_s"], report["time_s"] - claim["time_s"]
    east_mps, north_mps = report["mean"][3], report["mean"][4]
    if dt_s <= 0.0:
        if dt_s < -LONGEST_BACK_S:
            note_misfit(claim, TIME, 1.0, claim["time_s"])
        return False
    speed_sigma_mps = SIGMAS * np.sqrt(claim["variance"][3]) if np.isfinite(claim["variance"][3]) else 0.0
    if np.sqrt(east_mps * east_mps + north_mps * north_mps) > fastest_mps(claim["category"]) + speed_sigma_mps:
        note_misfit(claim, SPEED, 1.0, time_s)
    if not follows(claim, report, dt_s):
        has_jumped = claim["apart_s"] > -np.inf and follows_apart(claim, report, time_s - claim["apart_s"])
        note_misfit(claim, JUMP, MISFITS_TO_TELL + 1.0 if has_jumped else 1.0, time_s)
        claim["apart_m"][0], claim["apart_m"][1], claim["apart_s"] = report["mean"][0], report["mean"][1], time_s
        if has_jumped:
            claim["apart_s"] = -np.inf
            claim["drift_m"][0] = claim["drift_m"][1] = claim["path_m"] = 0.0
        return has_jumped
    claim["apart_s"] = -np.inf
    if gather_drift(claim, report, dt_s):
        note_misfit(claim, OTHERWISE, 1.0, time_s)
    return True


@kernel
def is_implausible(claim):
    """Whether so much does not fit that the claim is not to be believed, lately."""
    if claim["misfits"] <= 0.0:
        return False
    since_s = max(claim["time_s"] - claim["misfit_s"], 0.0)
    return claim["misfits"] * np.exp(-since_s / MISFIT_MEMORY_S) >= MISFITS_TO_TELL
