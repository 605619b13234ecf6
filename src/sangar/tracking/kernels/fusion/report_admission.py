"""Which reports of another tracker may be used, and where a report puts its body at the time of our track.

A report comes from outside, like a detection: numbers may be anything. It must tell where the body is over the ground,
with a covariance that is one; height and velocity may be missing.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.track_reports import ReportStatus
from sangar.core.tracks import STATE_PACKED, STATE_SIZE
from sangar.models.kernels.motion import predict_constant_velocity
from sangar.models.kernels.packed import at
from sangar.tracking.kernels.association.admission import LARGEST_NUMBER, SMALLEST_SIGMA
from sangar.tracking.kernels.fusion.intersection import factorise

ENDED = np.int64(ReportStatus.ENDED)


TURN_MEMORY_S = 1.0
"""An unknown turn is another one after about so long: seen from outside it is noise of its acceleration's square."""


@kernel
def agility_m2ps3(parameters):
    """Acceleration noise of a body of whose turn nothing is known, m²/s³."""
    return parameters.manoeuvre_noise_m2ps3 + TURN_MEMORY_S * parameters.turn_limit_mps2 * parameters.turn_limit_mps2


@kernel
def read_told(report, bench):
    """List the states a report tells in `told`; False where it tells no place or its numbers are not to be used."""
    count = 0
    for d in range(STATE_SIZE):
        value = report["mean"][d]
        if np.isnan(value):
            continue
        variance = report["covariance"][at(d, d)]
        if not (abs(value) <= LARGEST_NUMBER and SMALLEST_SIGMA * SMALLEST_SIGMA <= variance < np.inf):
            return False
        bench["told"][count] = d
        count += 1
    bench["count"] = count
    has_place = count >= 2 and bench["told"][0] == 0 and bench["told"][1] == 1
    return has_place and factorise(report["covariance"], bench["told"], count, bench["factor"])


@kernel
def admit_report(report, time_s, sensor, parameters, bench):
    """1 where a report may be used, 0 where its numbers are not sound, -1 where it is late; an end needs no place."""
    if not (np.isfinite(report["time_s"]) and report["time_s"] <= time_s + parameters.late_limit_s):
        return 0
    if report["time_s"] < time_s - sensor["period_s"] - parameters.late_limit_s:
        return -1
    return 1 if report["status"] == ENDED or read_told(report, bench) else 0


@kernel
def place_report(report, track, parameters, bench):
    """Write the report, moved to the time of our track, to the bench: `report_mean` and `report_covariance`.

    It is moved along its own velocity, ours where it tells none, and trusted less by what a body may manoeuvre
    meanwhile. What it does not tell is filled from our track and never compared.
    """
    mean, covariance = bench["report_mean"][:], bench["report_covariance"][:]
    for k in range(STATE_PACKED):
        covariance[k] = 0.0
    told, count = bench["told"], bench["count"]
    for d in range(STATE_SIZE):
        mean[d] = track["mean"][d]
        covariance[at(d, d)] = track["covariance"][at(d, d)]
    for i in range(count):
        mean[told[i]] = report["mean"][told[i]]
        for j in range(i + 1):
            covariance[at(told[i], told[j])] = report["covariance"][at(told[i], told[j])]
    dt_s = track["time_s"] - report["time_s"]
    predict_constant_velocity(mean, covariance, dt_s, 0.0, 0.0)
    ahead_s, noise = abs(dt_s), agility_m2ps3(parameters)
    for d in range(3):
        strength = noise if d < 2 else noise * parameters.vertical_noise_ratio
        covariance[at(d, d)] += strength * ahead_s * ahead_s * ahead_s / 3.0
        covariance[at(d + 3, d)] += 0.5 * strength * ahead_s * dt_s
        covariance[at(d + 3, d + 3)] += strength * ahead_s


@kernel
def place_track(track, time_s, parameters, bench):
    """Write our track, moved on to a report's time, to the bench's `mean` and `covariance`: for comparing only."""
    mean, covariance = bench["mean"][:], bench["covariance"][:]
    for d in range(STATE_SIZE):
        mean[d] = track["mean"][d]
    for k in range(STATE_PACKED):
        covariance[k] = track["covariance"][k]
    dt_s, noise = time_s - track["time_s"], agility_m2ps3(parameters)
    if dt_s > 0.0:
        predict_constant_velocity(mean, covariance, dt_s, noise, noise * parameters.vertical_noise_ratio)
