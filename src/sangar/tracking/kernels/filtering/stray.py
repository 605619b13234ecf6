"""Strays: detections whose bearing is now and then wrong by far more than its sigma.

Near the horizon a beam bends around a ridge or comes back from a hangar; the bearing is then off by a degree where a
twentieth is usual, while range and height are as good as ever. Such errors make the density of a detection a mixture,

    p(z) = (1 - ε) N(z; h(x), S) + ε N(z; h(x), S + H (σ_stray² - σ²) Hᵀ),

with the share ε of strays and their sigma stated for the sensor. The second term matters where the first is nothing:
beyond the gate. Confirmed tracks may take a detection there, at its price, and are corrected with the larger sigma, so
that a stray neither ends a track nor pulls it far.

Source: contaminated normal, Tukey (1960), A survey of sampling from contaminated distributions; Huber (1964), Robust
estimation of a location parameter, Annals of Mathematical Statistics 35(1).
"""

import numpy as np

from sangar.core.detections import AZIMUTH, MEASURED_COUNT
from sangar.core.jit import kernel
from sangar.core.targets import TrackStatus
from sangar.tracking.kernels.filtering.hypothesis import suppose

CONFIRMED = np.int64(TrackStatus.CONFIRMED)


@kernel
def _suppose_stray(predicted, detection, sensor, parameters, trial, work):
    """Write what a track becomes if the detection is its own and a stray; log likelihood, -inf beyond the gate."""
    if np.isnan(detection["measured"][AZIMUTH]):
        return -np.inf
    wide = work.stray[0]
    wide["time_s"] = detection["time_s"]
    for c in range(MEASURED_COUNT):
        wide["measured"][c], wide["sigma"][c] = detection["measured"][c], detection["sigma"][c]
    wide["sigma"][AZIMUTH] = max(sensor["stray_azimuth_rad"], detection["sigma"][AZIMUTH])
    log_likelihood = suppose(predicted, wide, parameters.gate, sensor, parameters, trial, work.bench[0])
    return np.log(sensor["stray_share"]) + log_likelihood


@kernel
def suppose_own(status, predicted, detection, sensor, parameters, trial, work):
    """Write what a track becomes if the detection is its own: an ordinary one or, beyond the gate, a stray.

    Args:
        status: of the track; only confirmed ones take strays.
        predicted, detection, sensor, parameters, trial: as in `suppose`.
        work: `Workspace`; its `stray` is overwritten.

    Returns:
        Logarithm of the likelihood of the detection, of a stray the chance of one included; -inf when it cannot be.
    """
    log_likelihood = suppose(predicted, detection, parameters.gate, sensor, parameters, trial, work.bench[0])
    if log_likelihood > -np.inf or sensor["stray_share"] == 0.0 or status < CONFIRMED:
        return log_likelihood
    return _suppose_stray(predicted, detection, sensor, parameters, trial, work)
