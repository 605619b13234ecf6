"""Symmetric matrices, packed: the lower triangle by rows, element (i, j), j <= i, at i (i + 1) / 2 + j.

A packed matrix cannot lose its symmetry, and holds 21 numbers where a full 6 x 6 holds 36.
"""

import numpy as np

from sangar.core.jit import kernel


@kernel
def at(i, j):
    """Position of element (i, j) in a packed matrix, either triangle."""
    if i >= j:
        return i * (i + 1) // 2 + j
    return j * (j + 1) // 2 + i


@kernel
def set_diagonal(packed, first, last, value):
    """Set the diagonal elements first .. last - 1."""
    for i in range(first, last):
        packed[i * (i + 1) // 2 + i] = value


@kernel
def add_outer(packed, size, weight, vector):
    """Add weight · vector vectorᵀ to a packed matrix of `size` rows."""
    k = 0
    for i in range(size):
        scaled = weight * vector[i]
        for j in range(i + 1):
            packed[k] += scaled * vector[j]
            k += 1


@kernel
def all_finite_positive(packed, size):
    """Whether every element is finite and the diagonal positive: the cheap test a track must pass after an update."""
    for k in range(size * (size + 1) // 2):
        if not np.isfinite(packed[k]):
            return False
    for i in range(size):
        if packed[i * (i + 1) // 2 + i] <= 0.0:
            return False
    return True
