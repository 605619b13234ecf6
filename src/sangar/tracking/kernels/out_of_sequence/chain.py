"""Where a body was at an earlier time, tied link by link to where it has been since and is now.

A late report measures x(κ), the track stands at x(k), k > κ. What is wanted is the joint distribution of the two given
all that has been used, for then an ordinary update of the pair corrects x(k) too.

The chain begins at a state kept on the track's trail at a time not after κ, carried ahead to κ. It goes on from link to
link, the states kept since and the present. From a link N(a, A) follows N(m, A') of the next, A' = F A Fᵀ + Q, and with
what is known there, N(b, B),

    T ← T A Fᵀ A'⁻¹,   x(κ) ← x(κ) + T (b - m),   cov x(κ) ← cov x(κ) + T (B - A') Tᵀ,

T = 1 at κ: the fixed-point smoother. Then cov(x(κ), x(k)) = T P with P the covariance of the present. Q, the noise of
the lag, is in each A' and so in T: the correlation with the past is less than that of a body without noise, and the
gain honours it.

With at most one detection between a link and the next this is exact (an update of the pair then equals that of the
detections in order); more between two links count as one equivalent detection.

Sources: Anderson & Moore (1979), Optimal Filtering, section 7.2 (fixed-point smoothing); Bar-Shalom (2002), Update with
out-of-sequence measurements in tracking: exact solution, IEEE TAES 38(3), algorithm A; Challa, Evans & Wang (2003), A
Bayesian solution and its approximations to out-of-sequence measurement problems, Information Fusion 4(3), for the pair.
"""

from sangar.core.jit import kernel
from sangar.core.tracks import STATE_PACKED, STATE_SIZE
from sangar.models.kernels.cholesky import factorise, solve_backward, solve_forward
from sangar.models.kernels.motion import predict_coordinated_turn
from sangar.models.kernels.packed import at
from sangar.tracking.kernels.out_of_sequence.retrodiction import join, move_row, multiply, turn_terms


@kernel
def copy_state(mean, covariance, mean_to, covariance_to):
    """Copy a mean (6,) and its packed covariance (21,)."""
    for d in range(STATE_SIZE):
        mean_to[d] = mean[d]
    for k in range(STATE_PACKED):
        covariance_to[k] = covariance[k]


@kernel
def begin_chain(kept, kept_covariance, kept_s, time_s, motion, bench):
    """Begin a chain at `time_s` with a state kept not after it, carried ahead to it.

    Args:
        kept: (6,) and kept_covariance: packed (21,), at `kept_s`.
        kept_s, time_s: seconds since the epoch.
        motion: turn rate clockwise in rad/s, horizontal and vertical noise in m²/s³.
        bench: record of `WORKBENCH`; its `past...`, `link...` and `tie` hold the chain.
    """
    turn_radps, noise, vertical_noise = motion
    past, past_covariance = bench["past"][:], bench["past_covariance"][:]
    copy_state(kept, kept_covariance, past, past_covariance)
    predict_coordinated_turn(past, past_covariance, turn_radps, time_s - kept_s, noise, vertical_noise)
    copy_state(past, past_covariance, bench["link"], bench["link_covariance"])
    bench["link_s"] = time_s
    for i in range(STATE_SIZE):
        for j in range(STATE_SIZE):
            bench["tie"][i, j] = 1.0 if i == j else 0.0


@kernel
def _tie_further(dt_s, motion, bench):
    """Write T A Fᵀ A'⁻¹ from the chain's last link over so long to `product`; False when numbers broke.

    The last link carried ahead, m and A', goes to `mean` and `covariance`.
    """
    ahead, ahead_covariance, factor = bench["mean"][:], bench["covariance"][:], bench["whole"]
    gain, tie, product = bench["matrix"], bench["tie"], bench["product"]
    turn_radps, noise, vertical_noise = motion
    copy_state(bench["link"], bench["link_covariance"], ahead, ahead_covariance)
    predict_coordinated_turn(ahead, ahead_covariance, turn_radps, dt_s, noise, vertical_noise)
    for i in range(STATE_SIZE):
        for j in range(i + 1):
            factor[i, j] = ahead_covariance[at(i, j)]
    is_sound, terms = factorise(factor, STATE_SIZE), turn_terms(turn_radps, dt_s)
    for i in range(STATE_SIZE):
        move_row(bench["link_covariance"], i, dt_s, terms, gain[i])
        solve_forward(factor, STATE_SIZE, gain[i])
        solve_backward(factor, STATE_SIZE, gain[i])
    for i in range(STATE_SIZE):
        for j in range(STATE_SIZE):
            total = 0.0
            for k in range(STATE_SIZE):
                total += tie[i, k] * gain[k, j]
            product[i, j] = total
    return is_sound


@kernel
def _smooth(state, covariance, bench):
    """Write x(κ) and its covariance, smoothed by what is known of the next link, to the first half of the pair."""
    pair, packed, tie, row = bench["pair"], bench["pair_covariance"], bench["product"], bench["vectors"][0]
    copy_state(bench["past"], bench["past_covariance"], pair, packed)
    for i in range(STATE_SIZE):
        for k in range(STATE_SIZE):
            pair[i] += tie[i, k] * (state[k] - bench["mean"][k])
            total = 0.0
            for j in range(STATE_SIZE):
                total += tie[i, j] * (covariance[at(j, k)] - bench["covariance"][at(j, k)])
            row[k] = total
        for j in range(i + 1):
            for k in range(STATE_SIZE):
                packed[at(i, j)] += row[k] * tie[j, k]


@kernel
def pair_with(state, covariance, state_s, motion, bench):
    """Write the pair of a chain's past and a state after its last link; False when numbers broke.

    Args:
        state: (6,) and covariance: packed (21,), at `state_s`.
        state_s: seconds since the epoch.
        motion: as in `begin_chain`.
        bench: record of `WORKBENCH`; the pair (12,) and its packed covariance (78,) go to `pair`, `pair_covariance`.
    """
    is_sound = _tie_further(state_s - bench["link_s"], motion, bench)
    _smooth(state, covariance, bench)
    cross = bench["matrix"]
    multiply(bench["product"], covariance, STATE_SIZE, cross)
    join(state, covariance, STATE_SIZE, bench["pair"][:], bench["pair_covariance"][:], cross)
    return is_sound


@kernel
def link(state, covariance, state_s, bench):
    """Make a state the chain's last link, after `pair_with` it; the pair is left as it is."""
    copy_state(bench["pair"], bench["pair_covariance"], bench["past"], bench["past_covariance"])
    copy_state(state, covariance, bench["link"], bench["link_covariance"])
    bench["link_s"] = state_s
    for i in range(STATE_SIZE):
        for j in range(STATE_SIZE):
            bench["tie"][i, j] = bench["product"][i, j]
