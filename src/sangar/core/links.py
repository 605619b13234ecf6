"""Links: which of our tracks a track number of another tracker stands for, records of fixed size, allocated once."""

import numpy as np
from numpy.typing import NDArray

LINKS_PER_TRACK = 4
"""Room for so many numbers for each row of the track table: a site rarely has more sources, and numbers come and go."""

LINK = np.dtype(
    [
        ("number", np.int64),  # the source's number
        ("sensor", np.int64),  # row of the source in the sensor table
        ("track", np.int64),  # id of our track; 0 marks a link never used
        ("place", np.int64),  # row of the track table it stands in
        ("time_s", np.float64),  # newest report of this number
        ("contradictions", np.int64),  # reports in a row that did not fit our track
        ("started", np.int64),  # 1 where the source's report started our track
        ("orphaned_s", np.float64),  # when our track was first found gone; NaN while it lives
        ("identity", np.int64),  # the newest identity the source claimed: a claim, never more
    ],
    align=True,
)
"""Which of our tracks a source's track number stands for."""


def allocate_links(capacity: int) -> NDArray[np.void]:
    """A table with room for so many numbers of all sources together."""
    links = np.zeros(capacity, LINK)
    links["time_s"] = -np.inf
    links["orphaned_s"] = np.nan
    return links
