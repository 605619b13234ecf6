"""Pairs of confirmed tracks that may be one body, and what has been seen of them together."""

import numpy as np

DOUBLE_CAPACITY = 32
DOUBLE_SENSORS = 16
"""Sensors whose looks are held apart; those beyond share the last place."""

DOUBLE = np.dtype(
    [
        ("id", np.int64, (2,)),  # of the two tracks, the older one first
        ("place", np.int64, (2,)),  # their rows
        ("seen_s", np.float64, (2, DOUBLE_SENSORS)),  # when each sensor saw each of them last; -inf before
        ("is_apart", np.int64),  # 1 once one look of one sensor has seen both: they are two bodies
        ("evidence", np.float64),  # what the looks say that saw one body where two tracks stand, in log-odds
        ("noticed_s", np.float64),  # time of the first such look ...
        ("looked_s", np.float64),  # ... and of the last
    ],
    align=True,
)
"""One pair."""
