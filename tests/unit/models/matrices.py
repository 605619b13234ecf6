"""Full matrices beside packed ones, by NumPy's own triangle indices: the oracles' side of every comparison."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def pack(full: Matrix) -> Matrix:
    """The lower triangle of a symmetric matrix, row after row."""
    packed: Matrix = full[np.tril_indices(full.shape[0])]
    return packed


def unpack(packed: Matrix, size: int) -> Matrix:
    """The symmetric matrix of a packed lower triangle."""
    full = np.zeros((size, size))
    full[np.tril_indices(size)] = packed
    return full + np.tril(full, -1).T


def random_covariance(rng: np.random.Generator, sigmas: Any) -> Matrix:
    """A positive definite matrix with correlations of any sign and about these standard deviations."""
    root = rng.standard_normal((len(sigmas), 2 * len(sigmas))) / np.sqrt(2 * len(sigmas)) * np.asarray(sigmas)[:, None]
    covariance: Matrix = root @ root.T
    return covariance


def is_positive_definite(full: Matrix) -> bool:
    """Whether the correlation matrix has only positive eigenvalues (so units do not matter)."""
    if not (np.isfinite(full).all() and (np.diag(full) > 0).all()):
        return False
    sigmas = np.sqrt(np.diag(full))
    return bool(np.linalg.eigvalsh(full / np.outer(sigmas, sigmas))[0] > 0)
