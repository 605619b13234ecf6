"""Class evidence: how well what is known of a track fits each class, and what is believed after hearing it.

Evidence of each kind is a row of log-likelihoods, one a class, kept in the `IDENTITY` record:

* of speed, height and climb, gathered look by look (`gather_state`);
* of the variation of speed and course, and of the radar echo, from running sums (`running_evidence.py`);
* of what sensors say (`class_reports.py`).

A thrown body is told from a flown one by the tracker, which fits both explanations; that answer is taken as it is, but
for the reports of sensors. The six flown classes share the rest:

    ln q(c) = ln prior(c) + share * sum over kinds of evidence of ln p(evidence | c) + constant

A body in steady flight gives the same evidence again and again. So looks nearer than `evidence_interval_s` count in
proportion, and evidence fades with `memory_s`: in steady flight it settles at memory / interval times the evidence
of one look, not at certainty.

    ln p <- exp(-dt / memory) ln p + min(1, dt / interval) ln p(look | c)

What sensors say of the class fades with a memory of its own, `report_memory_s`.

No kind of evidence weighs more than `LARGEST_WEIGHT` against any class: what fits nothing excludes nothing.
"""

import math

import numpy as np

from sangar.core.identities import EVIDENCE_COUNT, Evidence
from sangar.core.jit import kernel
from sangar.core.targets import CLASS_COUNT, TargetClass
from sangar.identification.kernels.class_table import DENSITIES, HOVER_SPEED_MPS, HOVER_SPREAD
from sangar.identification.kernels.densities import either, normal
from sangar.identification.kernels.running_evidence import gather_motion, weigh_echo, weigh_motion
from sangar.models.kernels.packed import at

RAM, BIRD = np.int64(TargetClass.ROCKET_ARTILLERY_MORTAR), np.int64(TargetClass.BIRD)
SPEED, HEIGHT, CLIMB = np.int64(Evidence.SPEED), np.int64(Evidence.HEIGHT), np.int64(Evidence.CLIMB)
REPORT = np.int64(Evidence.REPORT)

LOG_PRIOR = tuple(float(np.log(row.prior_weight)) for row in DENSITIES)
BIRD_PRIOR = DENSITIES[TargetClass.BIRD].prior_weight
LOG_SPEED = tuple(math.log(row.speed_mps) for row in DENSITIES)
SPEED_VARIANCE = tuple(row.speed_spread**2 for row in DENSITIES)
HOVER_SHARE = tuple(row.hover_share for row in DENSITIES)
LOG_HEIGHT = tuple(math.log(row.height_m) for row in DENSITIES)
HEIGHT_VARIANCE = tuple(row.height_spread**2 for row in DENSITIES)
CLIMB_VARIANCE = tuple(row.climb_sigma_mps**2 for row in DENSITIES)
LOG_HOVER_SPEED, HOVER_VARIANCE = math.log(HOVER_SPEED_MPS), HOVER_SPREAD**2

LEAST_SPEED_MPS = 1.0
LEAST_HEIGHT_M = 10.0
LEAST_PROBABILITY = 1e-9
LARGEST_LOGIT = 20.0
LARGEST_WEIGHT = 12.0


@kernel
def speed_log_likelihood(target_class, speed):
    """Of a ground speed (value, sigma; m/s): cruising or standing still, widened by the relative error."""
    relative, log_speed = speed[1] / speed[0], np.log(speed[0])
    standing, flying = HOVER_VARIANCE + relative * relative, SPEED_VARIANCE[target_class] + relative * relative
    hover = normal(log_speed - LOG_HOVER_SPEED, standing)
    cruise = normal(log_speed - LOG_SPEED[target_class], flying)
    return either(hover, cruise, HOVER_SHARE[target_class])


@kernel
def height_log_likelihood(target_class, height):
    """Of a height above the site (value, sigma; m)."""
    relative = height[1] / height[0]
    variance = HEIGHT_VARIANCE[target_class] + relative * relative
    return normal(np.log(height[0]) - LOG_HEIGHT[target_class], variance)


@kernel
def climb_log_likelihood(target_class, climb):
    """Of a climb rate (value, sigma; m/s)."""
    variance = CLIMB_VARIANCE[target_class] + climb[1] * climb[1]
    return normal(climb[0], variance)


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
def bound(evidence):
    """Bring each row to 0 at the best class and at least -LARGEST_WEIGHT at the others; no number counts as least."""
    for e in range(EVIDENCE_COUNT):
        if e != REPORT:
            evidence[e, RAM] = -np.inf  # only reports speak of what is thrown
        largest = -np.inf
        for c in range(CLASS_COUNT):
            if evidence[e, c] > largest:
                largest = evidence[e, c]
        for c in range(CLASS_COUNT):
            against = evidence[e, c] - largest if np.isfinite(largest) else 0.0
            evidence[e, c] = against if against > -LARGEST_WEIGHT else -LARGEST_WEIGHT
        if e != REPORT:
            evidence[e, RAM] = 0.0


@kernel
def gather_state(evidence, speed, height, climb, kept, weight):
    """Let old evidence of speed, height and climb fade, and add one look's."""
    for c in range(CLASS_COUNT):
        if c != RAM:
            evidence[SPEED, c] = kept * evidence[SPEED, c] + weight * speed_log_likelihood(c, speed)
            evidence[HEIGHT, c] = kept * evidence[HEIGHT, c] + weight * height_log_likelihood(c, height)
            evidence[CLIMB, c] = kept * evidence[CLIMB, c] + weight * climb_log_likelihood(c, climb)


@kernel
def fade_reports(evidence, kept):
    """Let what sensors said of the class fade."""
    for c in range(CLASS_COUNT):
        evidence[REPORT, c] *= kept


@kernel
def settle(posterior, evidence, thrown_logit, parameters):
    """Fill the posterior (7,) from the evidence (8, 7) and the log-odds that the body is thrown.

    Where birds are commoner than the table says there is more that flies and looks like this body: the odds that it is
    thrown fall by as much as that grows in number, which is next to nothing for what does not look like a bird.
    """
    share, more_birds = parameters.evidence_share, parameters.bird_weight / BIRD_PRIOR
    best = best_unsaid = -np.inf
    for c in range(CLASS_COUNT):
        if c != RAM:
            unsaid = 0.0
            for e in range(EVIDENCE_COUNT):
                if e != REPORT:
                    unsaid += evidence[e, c]
            log_prior = np.log(parameters.bird_weight) if c == BIRD else LOG_PRIOR[c]
            posterior[c] = log_prior + share * unsaid
            best_unsaid = max(best_unsaid, posterior[c])
            best = max(best, posterior[c] + share * evidence[REPORT, c])
    usual = before = after = 0.0
    for c in range(CLASS_COUNT):
        if c != RAM:
            likely = np.exp(posterior[c] - best_unsaid)
            usual += likely / more_birds if c == BIRD else likely
            before += likely
            posterior[c] = max(np.exp(posterior[c] + share * evidence[REPORT, c] - best), LEAST_PROBABILITY)
            after += posterior[c]
    # what the reports say of all that flies together, against what they say of what is thrown
    said = share * evidence[REPORT, RAM] - (np.log(after / before) + best - best_unsaid)
    logit = max(-LARGEST_LOGIT, min(LARGEST_LOGIT, thrown_logit)) + said - np.log(before / usual)
    thrown = 1.0 / (1.0 + np.exp(-logit))
    posterior[RAM] = thrown
    for c in range(CLASS_COUNT):
        if c != RAM:
            posterior[c] *= (1.0 - thrown) / after


@kernel
def update_posterior(belief, track, elapsed_s, parameters):
    """Take in the newest state of a track and what was heard of it; `elapsed_s` since the last time, inf at first.

    A state that is not finite says nothing: everything stays as it is.
    """
    speed, height, climb = features(track["mean"], track["covariance"])
    thrown_logit = track["thrown_logit"]
    if np.isnan(thrown_logit) or not np.isfinite(speed[0] + speed[1] + height[0] + height[1] + climb[0] + climb[1]):
        return
    evidence = belief["evidence"]
    kept = np.exp(-elapsed_s / parameters.memory_s) if elapsed_s < np.inf else 1.0  # nothing is there to fade at first
    gather_state(evidence, speed, height, climb, kept, min(1.0, elapsed_s / parameters.evidence_interval_s))
    fade_reports(evidence, np.exp(-elapsed_s / parameters.report_memory_s) if elapsed_s < np.inf else 1.0)
    gather_motion(belief, track["mean"], track["covariance"], elapsed_s, kept, parameters)
    weigh_motion(belief)
    weigh_echo(belief, track["time_s"], parameters.memory_s)
    bound(evidence)
    settle(belief["posterior"], evidence, thrown_logit, parameters)
