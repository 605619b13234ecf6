"""The assessment stage: every confirmed track gets its impact or arrival, and its meaning for every area."""

import numpy as np

from sangar.assessment.kernels.harm import approach_harm, closest_approach, impact_harm
from sangar.assessment.kernels.impact import ellipse_95, predict_impact
from sangar.assessment.kernels.reach import down_after, note_reach
from sangar.assessment.kernels.thrown_probability import thrown_probability
from sangar.core.areas import AreaKind
from sangar.core.events import IMPACTS, OVERFLOW, EventKind
from sangar.core.jit import kernel
from sangar.core.kernels.event_log import new_event
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER
from sangar.models.kernels.polygon import distance

CONFIRMED = np.int64(TrackStatus.CONFIRMED)
CORRIDOR = np.int64(AreaKind.CORRIDOR)
IMPACT_PREDICTED, ARRIVAL_PREDICTED = np.int64(EventKind.IMPACT_PREDICTED), np.int64(EventKind.ARRIVAL_PREDICTED)
IMPACT_INTERVAL_S = 1.0
ARRIVAL_INTERVAL_S = 5.0
WORTH_SAYING = 0.05
SHRUNK = 0.75
"""An ellipse this much smaller than the one announced last is said at once."""


@kernel
def _start_threat(threat):
    """Nothing threatens the area."""
    threat["harm"] = 0.0
    threat["due_s"] = threat["approach_m"] = threat["soonest_s"] = np.inf
    threat["straightness"] = np.nan


@kernel
def _start_row(assessment, threats, track_id):
    """Forget the track that had this row before."""
    assessment["track"] = track_id
    assessment["assessed_s"] = -np.inf
    assessment["announced_s"] = assessment["thrown_s"] = -np.inf
    assessment["ballistic"] = 0
    assessment["announced_major_m"] = 0.0
    for a in range(threats.shape[0]):
        _start_threat(threats[a])


@kernel
def _assess_thrown(assessment, threats, track, areas, parameters, bench):
    """Impact point, and the harm it does in each area, of what is surely ballistic."""
    predict_impact(assessment, track, parameters, bench)
    falls = np.isfinite(assessment["impact_s"])
    for a in range(threats.shape[0]):
        threat = threats[a]
        _start_threat(threat)
        if falls and areas.rows[a]["kind"] != CORRIDOR:
            threat["harm"] = impact_harm(assessment, areas.rows[a], areas.vertex_m, parameters, bench)
            threat["due_s"] = assessment["impact_s"]


@kernel
def _assess_undecided(assessment, threats, track, likely, areas, parameters, bench):
    """Both, each as likely as it is: the harm of the impact is mixed into that of the approach.

    When it is due, and how near it comes, is said of whichever explanation does more of the harm.
    """
    _assess_flown(assessment, threats, track, areas, parameters)
    predict_impact(assessment, track, parameters, bench)
    if np.isnan(assessment["impact_s"]):
        return
    for a in range(threats.shape[0]):
        threat = threats[a]
        if areas.rows[a]["kind"] != CORRIDOR:
            flown = (1.0 - likely) * threat["harm"]
            thrown = likely * impact_harm(assessment, areas.rows[a], areas.vertex_m, parameters, bench)
            threat["harm"] = flown + thrown
            if thrown > flown:
                threat["due_s"], threat["approach_m"] = assessment["impact_s"], np.inf


@kernel
def _assess_flown(assessment, threats, track, areas, parameters):
    """Closest approach to each area, and the harm it could do there; not due before it can be down."""
    for d in range(3):
        assessment["impact_m"][d] = np.nan
        assessment["impact_covariance_m2"][d] = np.nan
    assessment["impact_s"], assessment["impact_sigma_s"] = np.nan, np.nan
    for a in range(threats.shape[0]):
        if areas.rows[a]["kind"] == CORRIDOR:
            continue
        gap_m, after_s = closest_approach(track["mean"], areas.rows[a], areas.vertex_m, parameters.horizon_s)
        threat = threats[a]
        threat["approach_m"] = gap_m
        away_m = distance(
            areas.vertex_m, areas.rows[a]["first"], areas.rows[a]["last"], track["mean"][0], track["mean"][1]
        )
        threat["due_s"] = track["time_s"] + max(after_s, down_after(track["mean"], away_m, parameters))
        threat["harm"] = approach_harm(track, areas.rows[a], gap_m, after_s, parameters)


@kernel
def _write_impact_point(record, assessment):
    """Impact point and 95 % ellipse of an assessment, into a record of `IMPACT` or `EVENT`."""
    record["east_m"] = assessment["impact_m"][0]
    record["north_m"] = assessment["impact_m"][1]
    record["up_m"] = assessment["impact_m"][2]
    major_m, minor_m, azimuth_rad = ellipse_95(assessment["impact_covariance_m2"])
    record["ellipse_major_m"] = major_m
    record["ellipse_minor_m"] = minor_m
    record["ellipse_azimuth_rad"] = azimuth_rad


@kernel
def _record_impact(assessment, track, outputs):
    """Add a row to the impacts table, where one is kept."""
    if outputs.impacts.shape[0] == 0:
        return
    n = outputs.written[IMPACTS]
    if n >= outputs.impacts.shape[0]:
        outputs.written[OVERFLOW] += 1
        return
    outputs.written[IMPACTS] = n + 1
    impact = outputs.impacts[n]
    impact["time_s"] = track["time_s"]
    impact["track"] = track["id"]
    _write_impact_point(impact, assessment)
    impact["time_to_impact_s"] = assessment["impact_s"] - track["time_s"]
    impact["impact_sigma_s"] = assessment["impact_sigma_s"]


@kernel
def _say_impact(assessment, track, outputs):
    """Announce a predicted impact."""
    index = new_event(outputs, IMPACT_PREDICTED, track["time_s"], track["id"])
    if index < 0:
        return
    event = outputs.events[index]
    event["due_s"] = assessment["impact_s"]
    _write_impact_point(event, assessment)
    event["row"] = track["row"]


@kernel
def _say_arrival(assessment, threats, track, outputs):
    """Announce the arrival that is most likely to do harm, if any is worth saying."""
    best, best_harm = -1, WORTH_SAYING
    for a in range(threats.shape[0]):
        if threats[a]["harm"] > best_harm and np.isfinite(threats[a]["due_s"]):
            best, best_harm = a, threats[a]["harm"]
    if best < 0:
        return
    assessment["announced_s"] = track["time_s"]
    index = new_event(outputs, ARRIVAL_PREDICTED, track["time_s"], track["id"])
    if index < 0:
        return
    event = outputs.events[index]
    event["area"] = best
    event["due_s"] = threats[best]["due_s"]
    event["probability"] = best_harm
    event["row"] = track["row"]


@kernel
def _has_shrunk(assessment):
    """Whether the ellipse is markedly smaller than the one announced last."""
    major_m, _, _ = ellipse_95(assessment["impact_covariance_m2"])
    return major_m < SHRUNK * assessment["announced_major_m"]


@kernel
def _assess_track(assessment, threats, track, areas, parameters, outputs, bench):
    """Assess one track anew and say what matters, now and then."""
    elapsed_s = track["time_s"] - assessment["assessed_s"]
    assessment["assessed_s"] = track["time_s"]
    likely = thrown_probability(track, parameters)
    assessment["ballistic"] = 1 if likely >= parameters.ballistic_probability else 0
    if assessment["ballistic"] == 1:
        assessment["thrown_s"] = track["time_s"]
        _assess_thrown(assessment, threats, track, areas, parameters, bench)
    elif likely >= parameters.impact_probability:
        _assess_undecided(assessment, threats, track, likely, areas, parameters, bench)
    else:
        _assess_flown(assessment, threats, track, areas, parameters)
    if assessment["ballistic"] == 0:
        note_reach(threats, track, elapsed_s, areas, parameters)
    if np.isfinite(assessment["impact_s"]):
        _record_impact(assessment, track, outputs)
    waited_s = track["time_s"] - assessment["announced_s"]
    if assessment["ballistic"] == 1:
        if np.isfinite(assessment["impact_s"]) and (waited_s >= IMPACT_INTERVAL_S or _has_shrunk(assessment)):
            assessment["announced_s"] = track["time_s"]
            assessment["announced_major_m"] = ellipse_95(assessment["impact_covariance_m2"])[0]
            _say_impact(assessment, track, outputs)
    elif waited_s >= ARRIVAL_INTERVAL_S:
        _say_arrival(assessment, threats, track, outputs)


@kernel
def assess(tracks, assessments, areas, parameters, outputs, bench):
    """Assess every confirmed track that has moved on by the set interval since it was assessed.

    Args:
        tracks: `TrackTable`; assessments: `AssessmentTable`, row for row beside it; areas: `AreaMap`.
        parameters: `AssessmentParameters`.
        outputs: `Outputs`.
        bench: record of `WORKBENCH`, scratch.
    """
    for i in range(tracks.counters[HIGH_WATER]):
        track, assessment = tracks.rows[i], assessments.rows[i]
        if track["status"] < CONFIRMED:
            continue
        if assessment["track"] != track["id"]:
            _start_row(assessment, assessments.threats[i], track["id"])
        if track["time_s"] >= assessment["assessed_s"] + parameters.interval_s:
            _assess_track(assessment, assessments.threats[i], track, areas, parameters, outputs, bench)
