"""Symmetric positive definite matrices held in full: triangular factor, solution, inverse.

    A = L Lᵀ,  A⁻¹ = L⁻ᵀ L⁻¹

Only the lower triangle of A is read and written.

Source: Golub & Van Loan (2013), Matrix Computations, sections 3.1 and 4.2.
"""

import numpy as np

from sangar.core.jit import kernel


@kernel
def factorise(matrix, size):
    """Replace the lower triangle of the first `size` rows by L; False when the matrix is not positive definite."""
    for j in range(size):
        pivot = matrix[j, j]
        for k in range(j):
            pivot -= matrix[j, k] * matrix[j, k]
        if not (pivot > 0.0 and np.isfinite(pivot)):
            return False
        root = np.sqrt(pivot)
        matrix[j, j] = root
        for i in range(j + 1, size):
            total = matrix[i, j]
            for k in range(j):
                total -= matrix[i, k] * matrix[j, k]
            matrix[i, j] = total / root
    return True


@kernel
def solve_forward(factor, size, vector):
    """Replace the vector by L⁻¹ vector."""
    for i in range(size):
        total = vector[i]
        for k in range(i):
            total -= factor[i, k] * vector[k]
        vector[i] = total / factor[i, i]


@kernel
def solve_backward(factor, size, vector):
    """Replace the vector by L⁻ᵀ vector."""
    for i in range(size - 1, -1, -1):
        total = vector[i]
        for k in range(i + 1, size):
            total -= factor[k, i] * vector[k]
        vector[i] = total / factor[i, i]


@kernel
def invert(factor, size, inverse):
    """Write A⁻¹ in full from the factor of A; each row of the result is used as the scratch of its own solution."""
    for j in range(size):
        column = inverse[j]
        for i in range(size):
            column[i] = 1.0 if i == j else 0.0
        solve_forward(factor, size, column)
        solve_backward(factor, size, column)
