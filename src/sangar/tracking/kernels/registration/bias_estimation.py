"""The estimate of all sensors' biases at once, as information: what each comparison tells is added up.

    Y += Gᵀ R⁻¹ G,  z += Gᵀ R⁻¹ (y + G b̂),  P = (Y + Y₀)⁻¹,  b̂ = P (z + Y₀ b₀)

with y the difference found, G its derivative by the biases, R its noise, b₀ and Y₀ what the site file says and how
surely. Between two solutions Y and z fade by exp(-dt / memory), so that the estimate falls back to what the site file
says, with its uncertainty, where nothing is learnt any more; a direction that no common target ever shows stays there.

Source: Bar-Shalom, Li & Kirubarajan (2001), section 7.2 (information filter); Kulhavý & Zarrop (1993), On a general
concept of forgetting, Int. J. Control 58(4), for fading towards a prior.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.registration import (
    BIAS_COUNT,
    IS_CONTRADICTED,
    NEW_PAIRS,
    PAIR_COLUMNS,
    SOLVED_S,
)
from sangar.models.kernels.cholesky import factorise, invert, solve_forward

IDLE_S = 60.0
"""Without a new comparison the estimate is let fade this often."""

FEWEST_FOR_MISFIT = 30.0
"""From so many numbers on, their spread says whether the stated sigmas are honest."""


@kernel
def squared_distance(count, covariance, bench):
    """Squared Mahalanobis distance of the comparison on the bench, biases' uncertainty counted; inf when none."""
    gradient, row, whole, product = bench["gradient"], bench["row"], bench["whole"], bench["product"]
    for m in range(count):
        for k in range(PAIR_COLUMNS):
            total = 0.0
            for n in range(PAIR_COLUMNS):
                total += gradient[m, n] * covariance[row[n], row[k]]
            product[m, k] = total
        for n in range(m + 1):
            total = bench["noise"][m, n]
            for k in range(PAIR_COLUMNS):
                total += product[m, k] * gradient[n, k]
            whole[m, n] = total
    if not factorise(whole[:], count):
        return np.inf
    for m in range(count):
        bench["whitened"][m] = bench["innovation"][m]
    solve_forward(whole[:], count, bench["whitened"][:])
    distance = 0.0
    for m in range(count):
        distance += bench["whitened"][m] * bench["whitened"][m]
    return distance


@kernel
def add_information(count, registration):
    """Add what the comparison on the bench tells; False when its noise is no covariance."""
    bench = registration.bench[0]
    gradient, row, noise = bench["gradient"], bench["row"], bench["noise"]
    if not factorise(noise[:], count):
        return False
    told = bench["whitened"]
    for m in range(count):
        told[m] = bench["innovation"][m]
        for k in range(PAIR_COLUMNS):
            sensor, bias = row[k] // BIAS_COUNT, row[k] % BIAS_COUNT
            told[m] += gradient[m, k] * registration.sensors[sensor]["estimate"][bias]
    solve_forward(noise[:], count, told[:])
    for k in range(PAIR_COLUMNS):
        for m in range(count):
            bench["column"][m] = gradient[m, k]
        solve_forward(noise[:], count, bench["column"][:])
        for m in range(count):
            gradient[m, k] = bench["column"][m]
    for k in range(PAIR_COLUMNS):
        for m in range(count):
            registration.vector[row[k]] += gradient[m, k] * told[m]
        for n in range(PAIR_COLUMNS):
            total = 0.0
            for m in range(count):
                total += gradient[m, k] * gradient[m, n]
            registration.information[row[k], row[n]] += total
    return True


@kernel
def _fade(registration, share):
    """Let what was learnt count less."""
    for i in range(registration.vector.shape[0]):
        registration.vector[i] *= share
        for j in range(registration.vector.shape[0]):
            registration.information[i, j] *= share
    for s in range(registration.vector.shape[0] // BIAS_COUNT):
        registration.sensors[s]["distance_sum"] *= share
        registration.sensors[s]["number_sum"] *= share


@kernel
def _with_prior(sensors, registration):
    """Write the lower triangle of Y + Y₀ into `factor`."""
    for i in range(registration.vector.shape[0]):
        for j in range(i + 1):
            registration.factor[i, j] = registration.information[i, j]
        sigma = sensors[i // BIAS_COUNT]["bias_sigma"][i % BIAS_COUNT]
        registration.factor[i, i] += 1.0 / (sigma * sigma)


@kernel
def _write_relative_sigmas(registration):
    """Each sensor's uncertainty given the others' biases: the inverse of its own block of Y + Y₀."""
    bench = registration.bench[0]
    block, inverse = bench["whole"], bench["noise"]
    for s in range(registration.vector.shape[0] // BIAS_COUNT):
        for i in range(BIAS_COUNT):
            for j in range(i + 1):
                block[i, j] = registration.factor[BIAS_COUNT * s + i, BIAS_COUNT * s + j]
        if not factorise(block[:], BIAS_COUNT):
            continue
        invert(block[:], BIAS_COUNT, inverse[:])
        for k in range(BIAS_COUNT):
            registration.sensors[s]["relative_sigma"][k] = np.sqrt(inverse[k, k])


@kernel
def _misfit(registered):
    """By how much the comparisons of a sensor vary more than its sigmas say; a variance ratio, at least 1."""
    if registered["number_sum"] < FEWEST_FOR_MISFIT:
        return 1.0
    return max(1.0, registered["distance_sum"] / registered["number_sum"])


@kernel
def _write_estimates(sensors, registration):
    """Write each sensor's estimate and sigma from the solution."""
    size = registration.vector.shape[0]
    for s in range(registration.vector.shape[0] // BIAS_COUNT):
        registered, sensor = registration.sensors[s], sensors[s]
        widening = np.sqrt(_misfit(registered))
        for k in range(BIAS_COUNT):
            i = BIAS_COUNT * s + k
            total = 0.0
            for j in range(size):
                prior = sensors[j // BIAS_COUNT]["bias_sigma"][j % BIAS_COUNT]
                known = sensors[j // BIAS_COUNT]["bias"][j % BIAS_COUNT]
                total += registration.covariance[i, j] * (registration.vector[j] + known / (prior * prior))
            registered["estimate"][k] = total
            prior = sensor["bias_sigma"][k]
            registered["sigma"][k] = min(prior, widening * np.sqrt(registration.covariance[i, i]))
            registered["relative_sigma"][k] = min(prior, widening * registered["relative_sigma"][k])


@kernel
def _is_contradicted(sensors, registration, significance):
    """Whether the comparisons cannot be had with the biases that the site file states.

    With s = z - Y b₀, were b₀ true, sᵀ P s were at most as large as chi-square with tr(Y P) degrees of freedom, which
    is how many numbers were learnt. Noise that is larger than stated counts as such, not as a bias.

    Source: Wilson & Hilferty (1931), The distribution of chi-square, PNAS 17(12), for its quantile.
    """
    size = registration.vector.shape[0]
    square, learnt, misfit = 0.0, 0.0, 1.0
    for s in range(size // BIAS_COUNT):
        misfit = max(misfit, _misfit(registration.sensors[s]))
    for i in range(size):
        sensor, k = i // BIAS_COUNT, i % BIAS_COUNT
        told = registration.vector[i]
        for j in range(size):
            told -= registration.information[i, j] * sensors[j // BIAS_COUNT]["bias"][j % BIAS_COUNT]
            learnt += registration.information[i, j] * registration.covariance[j, i]
        square += told * (registration.sensors[sensor]["estimate"][k] - sensors[sensor]["bias"][k])
    learnt = max(learnt, 1.0)
    spread = 2.0 / (9.0 * learnt)
    return square > misfit * learnt * (1.0 - spread + significance * np.sqrt(spread)) ** 3


@kernel
def _put_in_force(sensors, registration, settings):
    """Let the estimates count from when the site file is contradicted: a site that is right is left alone."""
    if registration.solution[IS_CONTRADICTED] == 0.0:
        if not _is_contradicted(sensors, registration, settings.significance_sigmas):
            return
        registration.solution[IS_CONTRADICTED] = 1.0
    for s in range(registration.vector.shape[0] // BIAS_COUNT):
        registered = registration.sensors[s]
        if registered["pairs"] < settings.fewest_pairs:
            continue
        for k in range(BIAS_COUNT):
            registered["bias"][k] = registered["estimate"][k]
            registered["spread"][k] = registered["relative_sigma"][k]


@kernel
def solve(time_s, sensors, registration, settings):
    """Turn what was learnt into estimates, when it is time to.

    Args:
        time_s: of the batch; seconds since the site's epoch.
        sensors: records of `SENSOR`.
        registration: `RegistrationTable`, changed in place.
        settings: `RegistrationParameters`.
    """
    if registration.solution[SOLVED_S] - time_s > IDLE_S:
        registration.solution[SOLVED_S] = time_s  # the site's clock was set back
    waited_s = time_s - registration.solution[SOLVED_S]
    if waited_s < settings.solution_period_s or (registration.solution[NEW_PAIRS] == 0.0 and waited_s < IDLE_S):
        return
    if registration.solution[SOLVED_S] > -np.inf:
        _fade(registration, np.exp(-waited_s / settings.memory_s))
        _with_prior(sensors, registration)
        _write_relative_sigmas(registration)
        if factorise(registration.factor, registration.vector.shape[0]):
            invert(registration.factor, registration.vector.shape[0], registration.covariance)
            _write_estimates(sensors, registration)
            _put_in_force(sensors, registration, settings)
    registration.solution[SOLVED_S], registration.solution[NEW_PAIRS] = time_s, 0.0
    for s in range(registration.vector.shape[0] // BIAS_COUNT):
        registration.sensors[s]["quota"] = settings.pairs_per_solution
