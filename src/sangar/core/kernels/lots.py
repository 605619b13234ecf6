"""Numbers that look drawn, hashed from others: compiled code draws lots with them, and a replay draws the same."""

import numpy as np

from sangar.core.jit import kernel

LOW_31, LOW_32 = np.int64(0x7FFFFFFF), np.int64(0xFFFFFFFF)
SPREAD = np.int64(2654435761)
"""Knuth's multiplicative hash: 2³² over the golden ratio."""


@kernel
def lot(number):
    """A number of 32 bits for a number: Knuth's hash, then Marsaglia's xorshift (2003)."""
    x = (number & LOW_31) * SPREAD & LOW_32
    x ^= x << 13 & LOW_32
    x ^= x >> 17
    x ^= x << 5 & LOW_32
    return x
