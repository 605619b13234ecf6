"""Logarithms of the densities that class evidence is weighed with; constants are left out."""

import numpy as np

from sangar.core.jit import kernel


@kernel
def normal(off, variance):
    """Ln of the normal density of a deviation."""
    return -0.5 * (off * off / variance + np.log(variance))


@kernel
def log_normal(value, typical, variance):
    """Ln of the normal density of ln(value) round ln(typical)."""
    return normal(np.log(value / typical), variance)


@kernel
def either(first, second, share):
    """Ln of a mixture: `share` of the first log-density, the rest of the second."""
    larger = max(first, second)
    return larger + np.log(share * np.exp(first - larger) + (1.0 - share) * np.exp(second - larger))
