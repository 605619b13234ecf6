"""Two estimates of one body whose errors may share any information: inverse covariance intersection.

With P our covariance and R the other's, Γ = ω P + (1 - ω) R bounds what both may have in common, and

    P' = (P⁻¹ + R⁻¹ - Γ⁻¹)⁻¹,   x' = P' ((P⁻¹ - ω Γ⁻¹) x + (R⁻¹ - (1 - ω) Γ⁻¹) z)

is consistent whatever part of either they share; ω makes det P' smallest. The work is done where both matrices are
diagonal: with P = L Lᵀ and L⁻¹ R L⁻ᵀ = U D Uᵀ, the columns of T = L U turn P into the unit matrix and R into D, so
every axis is a fusion of two numbers, and trying a weight costs a dozen divisions. What the other does not tell is
moved along by its correlation with what it does tell.

Source: Noack, Sijs, Reinhardt & Hanebeck (2017), Decentralized data fusion with inverse covariance intersection,
Automatica 79. The bound it tightens: Julier & Uhlmann (1997), A non-divergent estimation algorithm in the presence of
unknown correlations, American Control Conference.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.models.kernels.packed import add_outer, at

JACOBI_SWEEPS = 16
SMALL = 1.0e-24
"""Squares off the diagonal, over the squared trace, below which a matrix is diagonal."""

SECTION_STEPS = 24
GOLDEN = 0.6180339887498949
LOG_TWO_PI = 1.8378770664093453


@kernel
def factorise(covariance, told, count, factor):
    """Cholesky factor (lower) of the told rows of a packed matrix; False where it is not positive definite."""
    for i in range(count):
        for j in range(i + 1):
            total = covariance[at(told[i], told[j])]
            for k in range(j):
                total -= factor[i, k] * factor[j, k]
            if i == j:
                if not (total > 0.0 and total < np.inf):
                    return False
                factor[i, i] = np.sqrt(total)
            else:
                factor[i, j] = total / factor[j, j]
    return True


@kernel
def solve_lower(factor, count, vector):
    """Solve L y = v in place."""
    for i in range(count):
        total = vector[i]
        for k in range(i):
            total -= factor[i, k] * vector[k]
        vector[i] = total / factor[i, i]


@kernel
def diagonalise(matrix, vectors, count):
    """Turn a symmetric matrix into its eigenvalues on the diagonal, by cyclic Jacobi rotations; columns of `vectors`.

    Source: Golub & Van Loan (2013), Matrix Computations, section 8.5.
    """
    for i in range(count):
        for j in range(count):
            vectors[i, j] = 1.0 if i == j else 0.0
    for _ in range(JACOBI_SWEEPS):
        off, trace = 0.0, 0.0
        for i in range(count):
            trace += matrix[i, i]
            for j in range(i):
                off += matrix[i, j] * matrix[i, j]
        if off <= SMALL * trace * trace:
            return
        for p in range(count - 1):
            for q in range(p + 1, count):
                if matrix[p, q] != 0.0:
                    _rotate(matrix, vectors, count, p, q)


@kernel
def _rotate(matrix, vectors, count, p, q):
    """One rotation that makes element (p, q) vanish."""
    turn = (matrix[q, q] - matrix[p, p]) / (2.0 * matrix[p, q])
    tangent = 1.0 / (abs(turn) + np.sqrt(turn * turn + 1.0))
    if turn < 0.0:
        tangent = -tangent
    cosine = 1.0 / np.sqrt(tangent * tangent + 1.0)
    sine = tangent * cosine
    for k in range(count):
        left, right = matrix[k, p], matrix[k, q]
        matrix[k, p], matrix[k, q] = cosine * left - sine * right, sine * left + cosine * right
    for k in range(count):
        left, right = matrix[p, k], matrix[q, k]
        matrix[p, k], matrix[q, k] = cosine * left - sine * right, sine * left + cosine * right
    for k in range(count):
        left, right = vectors[k, p], vectors[k, q]
        vectors[k, p], vectors[k, q] = cosine * left - sine * right, sine * left + cosine * right


@kernel
def compare(mean, covariance, bench):
    """Bring an estimate and the report on the bench to their common axes.

    Args:
        mean: (6 or more,) and covariance: packed, the estimate.
        bench: record of `FUSION`: `report_mean`, `report_covariance`, `told`, `count` in; `factor`, `vectors`, `ratio`
            (the report's variance over ours on each axis) and `gap` (the difference in our sigmas) out.

    Returns:
        (squared Mahalanobis distance as if the errors were independent, log density); (inf, -inf) where numbers broke.
    """
    count, told, factor, matrix = bench["count"], bench["told"], bench["factor"], bench["matrix"]
    gap, ratio, vectors = bench["gap"], bench["ratio"], bench["vectors"]
    if not factorise(covariance, told, count, factor):
        return np.inf, -np.inf
    for j in range(count):
        column = matrix[j]
        for i in range(count):
            column[i] = bench["report_covariance"][at(told[i], told[j])]
        solve_lower(factor, count, column)
    for i in range(count):  # rows of `matrix` hold L⁻¹ R by columns: the transpose, whose columns are solved next
        column = bench["column"]
        for j in range(count):
            column[j] = matrix[j, i]
        solve_lower(factor, count, column)
        for j in range(count):
            matrix[j, i] = column[j]
    diagonalise(matrix, vectors, count)
    column = bench["column"]
    for i in range(count):
        column[i] = bench["report_mean"][told[i]] - mean[told[i]]
    solve_lower(factor, count, column)
    distance_squared, log_volume = 0.0, 0.0
    for j in range(count):
        total = 0.0
        for i in range(count):
            total += vectors[i, j] * column[i]
        gap[j], ratio[j] = total, max(matrix[j, j], 0.0)
        distance_squared += total * total / (1.0 + ratio[j])
        log_volume += np.log(1.0 + ratio[j]) + 2.0 * np.log(factor[j, j])
    return distance_squared, -0.5 * (count * LOG_TWO_PI + log_volume + distance_squared)


@kernel
def _log_volume(ratio, count, weight):
    """Logarithm of det P' over det P at a weight ω."""
    total = 0.0
    for i in range(count):
        total -= np.log(1.0 + 1.0 / ratio[i] - 1.0 / (weight + (1.0 - weight) * ratio[i]))
    return total


@kernel
def best_weight(ratio, count):
    """The weight ω, 0 to 1, that makes the fused volume smallest, by golden section.

    Where one estimate is the better one on every axis the answer is that estimate.
    """
    low, high = 0.0, 1.0
    left, right = 1.0 - GOLDEN, GOLDEN
    at_left, at_right = _log_volume(ratio, count, left), _log_volume(ratio, count, right)
    for _ in range(SECTION_STEPS):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = _log_volume(ratio, count, left)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = _log_volume(ratio, count, right)
    weight = 0.5 * (low + high)
    lowest = _log_volume(ratio, count, weight)
    for end in range(2):
        volume = _log_volume(ratio, count, float(end))
        if volume <= lowest:
            weight, lowest = float(end), volume
    return weight


@kernel
def weigh(bench):
    """Write what each common axis becomes: `left` (its variance in ours) and `share` (how far it moves to the report).

    Returns:
        Mean share over the axes, 0 to 1: how much the report counted.
    """
    count, ratio = bench["count"], bench["ratio"]
    for i in range(count):
        ratio[i] = max(ratio[i], 1.0e-9)
    weight, counted = best_weight(ratio, count), 0.0
    for i in range(count):
        common = weight + (1.0 - weight) * ratio[i]
        left = 1.0 / (1.0 + 1.0 / ratio[i] - 1.0 / common)
        bench["left"][i] = left
        bench["share"][i] = left * (1.0 / ratio[i] - (1.0 - weight) / common)
        counted += bench["share"][i]
    return counted / count


@kernel
def intersect(mean, covariance, size, bench):
    """Fuse an estimate with the report it was compared and weighed with, in place.

    With W = P Hᵀ L⁻ᵀ U, H the rows that are told: x += W (share · gap), P += W diag(left - 1) Wᵀ.
    """
    count, told, vectors, spread = bench["count"], bench["told"], bench["vectors"], bench["spread"]
    column = bench["column"]
    for i in range(size):
        for j in range(count):
            column[j] = covariance[at(i, told[j])]
        solve_lower(bench["factor"], count, column)
        for j in range(count):
            total = 0.0
            for k in range(count):
                total += column[k] * vectors[k, j]
            spread[j, i] = total
    for j in range(count):
        for i in range(size):
            mean[i] += spread[j, i] * bench["share"][j] * bench["gap"][j]
        add_outer(covariance, size, bench["left"][j] - 1.0, spread[j])
