"""Class evidence: how well the way a track moves fits each class, and what is believed after hearing it.

Each flown class has a density over ground speed and height (log-normal) and over climb rate (normal, mean 0). The
track's own uncertainty widens each density, so a bad velocity says little. A thrown body is told from a flown one by
the tracker, which fits both explanations; that answer is taken as it is, and the six flown classes share the rest.

A body in steady flight gives the same evidence again and again. So looks nearer than `evidence_interval_s` count in
proportion, and the log-posterior fades with `memory_s`: in steady flight it settles at memory / interval times the
evidence of one look, not at certainty.

    ln q(c) <- ln prior(c) + exp(-dt / memory) ln (q(c) / prior(c)) + min(1, dt / interval) ln p(features | c)

Birds are taken to be three times as common as any other class: an assumption, and a modest one.

Sources: bird flight speeds 8-23 m/s, mean about 13: Alerstam et al. (2007), PLoS Biology 5(8), e197. The other
columns are assumptions, chosen broad, from open descriptions of the classes: small and one-way fixed-wing drones
cruise at 25-55 m/s at 100-1000 m, multirotors below 20 m/s and 120 m, helicopters near 65 m/s below 600 m,
aeroplanes above 50 m/s at any height. OTHER is a wide net for what fits nothing. Birds and multirotors fly alike: by
these features alone neither is ever near certain, and the doubt is left standing on purpose.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.targets import CLASS_COUNT, TargetClass
from sangar.models.kernels.packed import at

RAM = np.int64(TargetClass.ROCKET_ARTILLERY_MORTAR)

# By TargetClass: rocket, artillery, mortar (not used); fixed wing; rotary; bird; aeroplane; helicopter; other.
TYPICAL_SPEED_MPS = (200.0, 42.0, 11.0, 13.0, 110.0, 65.0, 30.0)
SPEED_SPREAD = (0.5, 0.35, 0.6, 0.4, 0.45, 0.25, 1.5)  # sigma of ln(speed)
TYPICAL_HEIGHT_M = (500.0, 300.0, 100.0, 100.0, 2500.0, 200.0, 300.0)
HEIGHT_SPREAD = (1.5, 1.0, 1.0, 1.0, 1.0, 0.9, 2.0)  # sigma of ln(height)
PRIOR_WEIGHT = (1.0, 1.0, 1.0, 3.0, 1.0, 1.0, 1.0)  # among the flown
CLIMB_SIGMA_MPS = (100.0, 2.0, 2.0, 2.0, 7.0, 3.0, 10.0)

LEAST_SPEED_MPS = 1.0
LEAST_HEIGHT_M = 10.0
LEAST_PROBABILITY = 1e-9


@kernel
def log_normal_density(value, value_sigma, typical, spread):
    """Log-density of ln(value), the class' spread widened by the relative error of the value; constants left out."""
    relative = value_sigma / value
    variance = spread * spread + relative * relative
    off = np.log(value / typical)
    return -0.5 * (off * off / variance + np.log(variance))


@kernel
def kinematic_log_likelihood(target_class, speed, height, climb):
    """Log-likelihood of one class; each of the three features is a pair (value, sigma), m/s, m, m/s."""
    climb_variance = CLIMB_SIGMA_MPS[target_class] * CLIMB_SIGMA_MPS[target_class] + climb[1] * climb[1]
    return (
        log_normal_density(speed[0], speed[1], TYPICAL_SPEED_MPS[target_class], SPEED_SPREAD[target_class])
        + log_normal_density(height[0], height[1], TYPICAL_HEIGHT_M[target_class], HEIGHT_SPREAD[target_class])
        - 0.5 * (climb[0] * climb[0] / climb_variance + np.log(climb_variance))
    )


@kernel
def features(mean, covariance):
    """Ground speed, height above the site and climb rate of a fused state, each with its 1 sigma."""
    east_mps, north_mps = mean[3], mean[4]
    speed_mps = max(np.sqrt(east_mps * east_mps + north_mps * north_mps), LEAST_SPEED_MPS)
    speed_variance = (
        east_mps * east_mps * covariance[at(3, 3)]
        + 2.0 * east_mps * north_mps * covariance[at(3, 4)]
        + north_mps * north_mps * covariance[at(4, 4)]
    ) / (speed_mps * speed_mps)
    speed = (speed_mps, np.sqrt(max(speed_variance, 0.0)))
    height = (max(mean[2], LEAST_HEIGHT_M), np.sqrt(max(covariance[at(2, 2)], 0.0)))
    climb = (mean[5], np.sqrt(max(covariance[at(5, 5)], 0.0)))
    return speed, height, climb


@kernel
def update_posterior(posterior, track, elapsed_s, parameters):
    """Take in the newest state of a track; `posterior` is (7,), `elapsed_s` inf at the first.

    A state that is not finite says nothing: the posterior stays as it is.
    """
    speed, height, climb = features(track["mean"], track["covariance"])
    thrown_logit = track["thrown_logit"]
    if np.isnan(thrown_logit) or not np.isfinite(speed[0] + speed[1] + height[0] + height[1] + climb[0] + climb[1]):
        return
    kept = np.exp(-elapsed_s / parameters.memory_s)
    weight = min(1.0, elapsed_s / parameters.evidence_interval_s)
    flown = max(1.0 - posterior[RAM], LEAST_PROBABILITY)
    largest = -np.inf
    for c in range(CLASS_COUNT):
        if c != RAM:
            prior = np.log(PRIOR_WEIGHT[c])
            before = np.log(max(posterior[c] / flown, LEAST_PROBABILITY)) - prior
            posterior[c] = prior + kept * before + weight * kinematic_log_likelihood(c, speed, height, climb)
            largest = max(largest, posterior[c])
    total = 0.0
    for c in range(CLASS_COUNT):
        if c != RAM:
            posterior[c] = max(np.exp(posterior[c] - largest), LEAST_PROBABILITY)
            total += posterior[c]
    thrown = 1.0 / (1.0 + np.exp(-max(-20.0, min(20.0, thrown_logit))))
    posterior[RAM] = thrown
    for c in range(CLASS_COUNT):
        if c != RAM:
            posterior[c] *= (1.0 - thrown) / total
