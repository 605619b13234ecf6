"""A track corrected by several detections at once, each by its probability.

Under every hypothesis - one for each detection the track may be, one for "not seen" - the track is corrected as if that
hypothesis were the truth: each motion model, their probabilities, and the ballistic explanation. The hypotheses are
then merged, each motion model and the ballistic explanation by itself, to a Gaussian of the same mean and covariance:

    x = sum β x_j,    P = sum β (P_j + (x_j - x) (x_j - x)ᵀ)

with β the probability of hypothesis and model together. For one linear model that is the update of probabilistic data
association, the spread of the innovations included.

Source: Bar-Shalom, Daum & Huang (2009), The probabilistic data association filter, IEEE Control Systems 29(6), 82-100;
Bar-Shalom, Chang & Blom (1991), Tracking splitting targets in clutter by using an interacting multiple model joint
probabilistic data association filter, 30th IEEE CDC, for models and detections weighed together.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.tracks import MODE_COUNT, STATE_PACKED, STATE_SIZE, THROWN_PACKED, THROWN_SIZE
from sangar.models.kernels.packed import add_outer
from sangar.tracking.kernels.filtering.correction import become
from sangar.tracking.kernels.filtering.prediction import THROWN_IGNORED_LOGIT, predict, predict_thrown_of, thrown_share
from sangar.tracking.kernels.filtering.stray import suppose_own
from sangar.tracking.kernels.filtering.thrown import start_thrown_of
from sangar.tracking.kernels.filtering.thrown_update import THROWN_LOGIT_CAP

NEGLIGIBLE = 1e-3
"""Hypotheses less probable than this are left out."""


@kernel
def _clear(blend):
    """An empty sum."""
    for m in range(MODE_COUNT):
        blend["weight"][m] = 0.0
        for d in range(STATE_SIZE):
            blend["state"][m, d] = 0.0
        for k in range(STATE_PACKED):
            blend["state_covariance"][m, k] = 0.0
    blend["thrown_weight"] = 0.0
    for d in range(THROWN_SIZE):
        blend["thrown"][d] = 0.0
    for k in range(THROWN_PACKED):
        blend["thrown_covariance"][k] = 0.0


@kernel
def _add_thrown(blend, weight, body):
    """Add the ballistic explanation; the first one added is the origin of the differences."""
    if blend["thrown_weight"] == 0.0:
        for d in range(THROWN_SIZE):
            blend["thrown_origin"][d] = body["thrown"][d]
    blend["thrown_weight"] += weight
    difference = blend["difference"]
    for d in range(THROWN_SIZE):
        difference[d] = body["thrown"][d] - blend["thrown_origin"][d]
        blend["thrown"][d] += weight * difference[d]
    for k in range(THROWN_PACKED):
        blend["thrown_covariance"][k] += weight * body["thrown_covariance"][k]
    add_outer(blend["thrown_covariance"][:], THROWN_SIZE, weight, difference)


@kernel
def _add(blend, probability, body, predicted):
    """Add a track under one hypothesis to the sum."""
    share = thrown_share(body["thrown_logit"])
    if share > 0.0:
        _add_thrown(blend, probability * share, body)
    difference = blend["difference"]
    for m in range(MODE_COUNT):
        weight = probability * (1.0 - share) * body["mode"][m]
        blend["weight"][m] += weight
        for d in range(STATE_SIZE):
            difference[d] = body["state"][m, d] - predicted["state"][m, d]
            blend["state"][m, d] += weight * difference[d]
        for k in range(STATE_PACKED):
            blend["state_covariance"][m, k] += weight * body["state_covariance"][m, k]
        add_outer(blend["state_covariance"][m], STATE_SIZE, weight, difference)


@kernel
def _merge_thrown(blend, flown, predicted):
    """Write the merged ballistic explanation, `flown` the weight of the other."""
    weight, predicted["thrown_logit"] = blend["thrown_weight"], THROWN_IGNORED_LOGIT
    if not (weight > 0.0 and flown > 0.0):
        return
    predicted["thrown_logit"] = max(THROWN_IGNORED_LOGIT, min(THROWN_LOGIT_CAP, np.log(weight / flown)))
    difference = blend["difference"]
    for d in range(THROWN_SIZE):
        difference[d] = blend["thrown"][d] / weight
        predicted["thrown"][d] = blend["thrown_origin"][d] + difference[d]
    for k in range(THROWN_PACKED):
        predicted["thrown_covariance"][k] = blend["thrown_covariance"][k] / weight
    add_outer(predicted["thrown_covariance"][:], THROWN_SIZE, -1.0, difference)


@kernel
def _merge(blend, predicted):
    """Make the prediction the merged track."""
    flown, difference = 0.0, blend["difference"]
    for m in range(MODE_COUNT):
        flown += blend["weight"][m]
    for m in range(MODE_COUNT):
        weight = blend["weight"][m]
        predicted["mode"][m] = weight / flown
        if weight <= 0.0:
            continue
        for d in range(STATE_SIZE):
            difference[d] = blend["state"][m, d] / weight
            predicted["state"][m, d] += difference[d]
        for k in range(STATE_PACKED):
            predicted["state_covariance"][m, k] = blend["state_covariance"][m, k] / weight
        add_outer(predicted["state_covariance"][m], STATE_SIZE, -1.0, difference)
    _merge_thrown(blend, flown, predicted)


@kernel
def _suppose_all(r, status, predicted, batch, sensor, parameters, work):
    """Sum up the track of row r under all its hypotheses."""
    row, joint, blend, trial = work.rows[r], work.joint, work.joint.blend[0], work.trial[0]
    _clear(blend)
    for k in range(row["first"], row["last"]):
        if joint.pairs[k]["share"] >= NEGLIGIBLE:
            suppose_own(status, predicted, batch[work.pairs[k]["detection"]], sensor, parameters, trial, work)
            _add(blend, joint.pairs[k]["share"], trial, predicted)
    if joint.rows[r]["left"] >= NEGLIGIBLE:
        _add(blend, joint.rows[r]["left"], predicted, predicted)


@kernel
def correct_jointly(track, r, batch, time_s, sensor, parameters, work):
    """Correct the track of row r with all its detections; False when numbers broke."""
    predicted, bench = work.predicted[0], work.bench[0]
    predict(track, time_s, parameters, predicted, bench)
    if track["hits"] == 1:  # nothing told flown from thrown so far: the ballistic explanation begins now
        start_thrown_of(track, parameters, bench)
        predict_thrown_of(track, parameters, predicted, bench)
    _suppose_all(r, track["status"], predicted, batch, sensor, parameters, work)
    _merge(work.joint.blend[0], predicted)
    return become(track, predicted, parameters, bench)


@kernel
def joint_evidence(r, detected, joint):
    """How much the look speaks for the track, log-odds; for a track by itself it is ln(1 - Pd + Pd sum N / λ)."""
    existence, alone = joint.rows[r]["existence"], joint.rows[r]["alone"]
    return np.log(1.0 - detected + (1.0 - alone) / alone * (1.0 - existence * detected) / existence)
