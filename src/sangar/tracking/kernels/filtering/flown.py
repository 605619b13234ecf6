"""The flown explanation of a body: an interacting-multiple-model filter of a steady and a turning model.

One model flies straight (small acceleration noise), the other turns (large noise) at the rate that its own course has
lately shown:

    ω += (1 - exp(-dt / τ)) (Δψ / dt - ω),  |ω| <= a / |v|

with Δψ the change of heading from one update to the next. The rate is no state, so the filter keeps its six. The chance
to change from one model to the other grows with time, 1 - exp(-dt / mean sojourn), so any revisit time gives the same
behaviour.

Sources: Blom & Bar-Shalom (1988), The interacting multiple model algorithm, IEEE Trans. Automatic Control 33(8);
Munir & Atherton (1995), Adaptive interacting multiple model algorithm for tracking a manoeuvring target, IEE Proc.
Radar, Sonar and Navigation 142(1).
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.tracks import STATE_PACKED, STATE_SIZE
from sangar.models.kernels.angles import near_azimuth_rad
from sangar.models.kernels.motion import predict_constant_velocity, predict_coordinated_turn
from sangar.models.kernels.packed import add_outer

HITS_BEFORE_COURSE = 2
"""The heading between the first two estimates is chance: the velocity was not yet measured."""

SLOWEST_TURNING_MPS = 5.0
"""What hardly moves has no heading to turn."""


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
def predict_flown(state, covariance, mode, turn_radps, dt_s, parameters, to_state, to_covariance, to_mode, scratch):
    """Mix and predict both models `dt_s` ahead, from one row into another.

    Args:
        state: (2, 6), covariance: (2, 21), mode: (2,) of the track.
        turn_radps: turn rate of the manoeuvring model, clockwise.
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
    steady, turning = parameters.steady_noise_m2ps3, parameters.manoeuvre_noise_m2ps3
    vertical = parameters.vertical_noise_ratio
    predict_constant_velocity(to_state[0], to_covariance[0], dt_s, steady, steady * vertical)
    predict_coordinated_turn(to_state[1], to_covariance[1], turn_radps, dt_s, turning, turning * vertical)


@kernel
def note_turn(track, state, time_s, parameters):
    """Let a track's turn rate follow the heading of its manoeuvring model, which an update has made `state` (6,)."""
    dt_s, before = time_s - track["time_s"], track["state"][1]
    if dt_s <= 0.0 or track["hits"] <= HITS_BEFORE_COURSE:
        return
    aside, along = state[3] * before[4] - state[4] * before[3], state[3] * before[3] + state[4] * before[4]
    share = 1.0 - np.exp(-dt_s / parameters.turn_time_s)
    turn_radps = track["turn_radps"] + share * (near_azimuth_rad(aside, along) / dt_s - track["turn_radps"])
    speed_mps = np.sqrt(state[3] * state[3] + state[4] * state[4])
    most_radps = parameters.turn_limit_mps2 / max(speed_mps, SLOWEST_TURNING_MPS)
    track["turn_radps"] = max(-most_radps, min(most_radps, turn_radps))


@kernel
def combine_flown(state, covariance, mode, mean, whole, scratch):
    """Moment-matched mean (6,) and packed covariance (21,) of both models."""
    _mix(state, covariance, mode[1] / (mode[0] + mode[1]), mean, whole, scratch[0])
