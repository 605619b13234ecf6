"""Memory by lines: a processor fetches so many bytes at once; a record that lies across two lines waits for both."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

LINE_BYTES = 64
"""What a processor fetches at once; where it is more, some requests are needless."""


def zeros_on_lines(count: int, record: np.dtype[Any]) -> NDArray[Any]:
    """`count` empty records, the first of which begins a line."""
    room = np.zeros(count * record.itemsize + LINE_BYTES, np.uint8)
    first = -room.ctypes.data % LINE_BYTES
    return room[first : first + count * record.itemsize].view(record)
