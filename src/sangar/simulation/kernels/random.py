"""Counter-based random numbers: every draw is a function of a seed and four small numbers, so order never matters.

    block = Philox4x32-10(counter = (stream, index, instant, draw), key = seed)

Ten rounds of two 32 x 32 -> 64 bit products. The four words of a counter say what the draw is for; two draws with
different counters are independent for every practical purpose (the generator passes BigCrush).

Source: Salmon, Moraes, Dror & Shaw (2011), Parallel random numbers: as easy as 1, 2, 3; SC '11.
"""

import numpy as np

from sangar.core.jit import kernel

LOW_WORD = np.uint64(0xFFFFFFFF)
WORD_BITS = np.uint64(32)
FIRST_MULTIPLIER = np.uint64(0xD2511F53)
SECOND_MULTIPLIER = np.uint64(0xCD9E8D57)
FIRST_WEYL = np.uint64(0x9E3779B9)
SECOND_WEYL = np.uint64(0xBB67AE85)
DROPPED_BITS = np.uint64(11)
UNIT = 2.0**-53
LARGEST_MEAN = 500.0


@kernel
def philox(c0, c1, c2, c3, k0, k1):
    """Four random 32-bit words (as unsigned 64-bit numbers) of a counter and a key of 32-bit words."""
    for _ in range(10):
        first, second = FIRST_MULTIPLIER * c0, SECOND_MULTIPLIER * c2
        c0, c1, c2, c3 = (
            (second >> WORD_BITS) ^ c1 ^ k0,
            second & LOW_WORD,
            (first >> WORD_BITS) ^ c3 ^ k1,
            first & LOW_WORD,
        )
        k0, k1 = (k0 + FIRST_WEYL) & LOW_WORD, (k1 + SECOND_WEYL) & LOW_WORD
    return c0, c1, c2, c3


@kernel
def uniforms(seed, stream, index, instant, draw):
    """Two independent numbers, uniform in (0, 1), never exactly 0 or 1.

    Args:
        seed: of the run, 0 .. 2**63 - 1.
        stream: what the draw is for.
        index: of the thing it is for.
        instant: number of the look, or whatever counts time there.
        draw: 0, 1, 2, ... where one thing needs several.
    """
    key = np.uint64(seed)
    words = philox(
        np.uint64(stream) & LOW_WORD,
        np.uint64(index) & LOW_WORD,
        np.uint64(instant) & LOW_WORD,
        np.uint64(draw) & LOW_WORD,
        key & LOW_WORD,
        key >> WORD_BITS,
    )
    first = ((words[0] << WORD_BITS) | words[1]) >> DROPPED_BITS
    second = ((words[2] << WORD_BITS) | words[3]) >> DROPPED_BITS
    return (np.float64(first) + 0.5) * UNIT, (np.float64(second) + 0.5) * UNIT


@kernel
def normals(seed, stream, index, instant, draw):
    """Two independent standard normal numbers (Box & Muller 1958); arguments as of `uniforms`."""
    first, second = uniforms(seed, stream, index, instant, draw)
    radius, angle = np.sqrt(-2.0 * np.log(first)), 2.0 * np.pi * second
    return radius * np.cos(angle), radius * np.sin(angle)


@kernel
def poisson(mean, seed, stream, index, instant):
    """A Poisson number of this mean, by inversion; large means are drawn in parts of at most 500."""
    total, left, draw = 0, mean, 0
    while left > 0.0:
        part = min(left, LARGEST_MEAN)
        wanted, _ = uniforms(seed, stream, index, instant, draw)
        probability = np.exp(-part)
        reached, count = probability, 0
        while reached < wanted and probability > 0.0:
            count += 1
            probability *= part / count
            reached += probability
        total += count
        left -= part
        draw += 1
    return total
