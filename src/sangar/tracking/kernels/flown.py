"""The flown explanation of a body: an interacting-multiple-model filter of two near-constant-velocity models.

One model flies steadily (small acceleration noise), the other manoeuvres (large). The chance to change from one to the
other grows with time, 1 - exp(-dt / mean sojourn), so any revisit time gives the same behaviour.

Source: Blom & Bar-Shalom (1988), The interacting multiple model algorithm, IEEE Trans. Automatic Control 33(8).
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.tracks import STATE_PACKED, STATE_SIZE
from sangar.models.kernels.motion import predict_constant_velocity
from sangar.models.kernels.packed import add_outer


@kernel
def _mix(from_state, from_covariance, share, to_state, to_covariance, difference):
    """Moment-matched mixture of the two models with `share` of the second."""
    for d in range(STATE_SIZE):
        difference[d] = from_state[1, d] - from_state[0, d]
        to_state[d] = from_state[0, d] + share * difference[d]
    for k in range(STATE_PACKED):
        to_covariance[k] = (1.0 - share) * from_covariance[0, k] + share * from_covariance[1, k]
    add_outer(to_covariance, STATE_SIZE, share * (1.0 - share), difference)


@kernel
def predict_flown(state, covariance, mode, dt_s, parameters, to_state, to_covariance, to_mode, scratch):
    """Mix and predict both models `dt_s` ahead, from one row into another.

    Args:
        state: (2, 6), covariance: (2, 21), mode: (2,) of the track.
        dt_s: not negative.
        parameters: `TrackingParameters`.
        to_state, to_covariance, to_mode: same shapes, out.
        scratch: (2, 7 or more).
    """
    leave_steady = 1.0 - np.exp(-dt_s / parameters.steady_time_s)
    leave_manoeuvre = 1.0 - np.exp(-dt_s / parameters.manoeuvre_time_s)
    to_mode[0] = mode[0] * (1.0 - leave_steady) + mode[1] * leave_manoeuvre
    to_mode[1] = mode[0] * leave_steady + mode[1] * (1.0 - leave_manoeuvre)
    share_steady = mode[1] * leave_manoeuvre / to_mode[0] if to_mode[0] > 0.0 else 0.0
    share_manoeuvre = mode[1] * (1.0 - leave_manoeuvre) / to_mode[1] if to_mode[1] > 0.0 else 1.0
    _mix(state, covariance, share_steady, to_state[0], to_covariance[0], scratch[0])
    _mix(state, covariance, share_manoeuvre, to_state[1], to_covariance[1], scratch[0])
    for m in range(2):
        noise = parameters.steady_noise_m2ps3 if m == 0 else parameters.manoeuvre_noise_m2ps3
        predict_constant_velocity(to_state[m], to_covariance[m], dt_s, noise, noise * parameters.vertical_noise_ratio)


@kernel
def combine_flown(state, covariance, mode, mean, whole, scratch):
    """Moment-matched mean (6,) and packed covariance (21,) of both models."""
    _mix(state, covariance, mode[1] / (mode[0] + mode[1]), mean, whole, scratch[0])
