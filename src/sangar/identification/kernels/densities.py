"""Logarithms of the densities that class evidence is weighed with; constants are left out."""

import numpy as np

from sangar.core.jit import kernel


@kernel
def normal_of_known(off, variance, log_variance):
    """Ln of the normal density of a deviation, where the logarithm of the variance is known."""
    return -0.5 * (off * off / variance + log_variance)


@kernel
def normal(off, variance):
    """Ln of the normal density of a deviation."""
    return normal_of_known(off, variance, np.log(variance))


@kernel
def either(first, second, share):
    """Ln of a mixture: `share` of the first log-density, the rest of the second."""
    if first >= second:
        return first + np.log(share + (1.0 - share) * np.exp(second - first))
    return second + np.log(share * np.exp(first - second) + (1.0 - share))
