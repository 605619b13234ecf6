"""One track moved to the time of a batch: both explanations, and the whole made of them."""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.tracks import STATE_PACKED, STATE_SIZE, THROWN_PACKED, THROWN_SIZE
from sangar.models.kernels.packed import add_outer
from sangar.tracking.kernels.filtering.flown import combine_flown, predict_flown
from sangar.tracking.kernels.filtering.thrown import predict_thrown
from sangar.tracking.kernels.visibility.hearing import heard_lately

THROWN_IGNORED_LOGIT = -7.0
"""Below these log-odds the ballistic filter is not run; it starts afresh when the flight asks for it."""


@kernel
def thrown_share(logit):
    """Probability that the body is ballistic."""
    if logit <= THROWN_IGNORED_LOGIT:
        return 0.0
    return 1.0 / (1.0 + np.exp(-logit))


@kernel
def combine(track, bench):
    """Write the whole of a track (`mean`, `covariance`) from its explanations."""
    mean, whole = track["mean"][:], track["covariance"][:]
    combine_flown(track["state"], track["state_covariance"], track["mode"], mean, whole, bench["vectors"])
    share = thrown_share(track["thrown_logit"])
    if share == 0.0:
        return
    thrown, thrown_covariance, difference = track["thrown"], track["thrown_covariance"], bench["vectors"][0]
    for d in range(STATE_SIZE):
        difference[d] = thrown[d] - mean[d]
        mean[d] += share * difference[d]
    for k in range(STATE_PACKED):
        whole[k] = (1.0 - share) * whole[k] + share * thrown_covariance[k]
    add_outer(whole, STATE_SIZE, share * (1.0 - share), difference)


@kernel
def predict_thrown_of(track, parameters, predicted, bench):
    """Predict a track's ballistic explanation into the record `predicted`, to the time that record has."""
    predicted["thrown_logit"] = track["thrown_logit"]
    for d in range(THROWN_SIZE):
        predicted["thrown"][d] = track["thrown"][d]
    for k in range(THROWN_PACKED):
        predicted["thrown_covariance"][k] = track["thrown_covariance"][k]
    predict_thrown(
        predicted["thrown"][:],
        predicted["thrown_covariance"][:],
        predicted["time_s"] - track["time_s"],
        parameters,
        bench["matrix"],
        bench["product"],
        bench["stages"],
    )


@kernel
def predict(track, time_s, parameters, predicted, bench):
    """Predict a track to `time_s` into the record of `HYPOTHESIS` `predicted`.

    A batch a little older than the track (another sensor was quicker) is predicted by zero; the detection's own time
    is honoured by the measurement's shift. After one detection nothing tells flown from thrown: the ballistic
    explanation waits for the second (most first detections are clutter and never get one).
    """
    dt_s = max(0.0, time_s - track["time_s"])
    predicted["time_s"] = track["time_s"] + dt_s
    predicted["heard"] = heard_lately(track, time_s)
    predict_flown(
        track["state"],
        track["state_covariance"],
        track["mode"],
        track["turn_radps"],
        dt_s,
        parameters,
        predicted["state"],
        predicted["state_covariance"],
        predicted["mode"],
        bench["vectors"],
    )
    mean, state, mode = predicted["mean"], predicted["state"], predicted["mode"]
    for d in range(STATE_SIZE):
        mean[d] = mode[0] * state[0, d] + mode[1] * state[1, d]
    predicted["thrown_logit"] = THROWN_IGNORED_LOGIT
    if track["thrown_logit"] > THROWN_IGNORED_LOGIT and track["hits"] > 1:
        predict_thrown_of(track, parameters, predicted, bench)


@kernel
def fall_time_s(track, ground_m, gravity_mps2):
    """Time until a ballistic track is on the ground, by its vertical motion without drag; 0 when it is below."""
    height_m, climb_mps = track["mean"][2] - ground_m, track["mean"][5]
    if height_m <= 0.0:
        return 0.0
    return (climb_mps + np.sqrt(climb_mps * climb_mps + 2.0 * gravity_mps2 * height_m)) / gravity_mps2


@kernel
def height_ahead_m(track, time_s, gravity_mps2):
    """Height of a ballistic track at `time_s` (later than its state), by its vertical motion without drag."""
    dt_s = time_s - track["time_s"]
    return track["mean"][2] + track["mean"][5] * dt_s - 0.5 * gravity_mps2 * dt_s * dt_s
