"""Scratch numbers of one body's linear algebra, allocated once and passed into the kernels that need them."""

import numpy as np
from numpy.typing import NDArray

WORKBENCH = np.dtype(
    [
        ("predicted", np.float64, (8,)),  # measurement of one body
        ("innovation", np.float64, (8,)),
        ("jacobian", np.float64, (8, 6)),
        ("mean", np.float64, (8,)),
        ("covariance", np.float64, (36,)),
        ("vectors", np.float64, (2, 16)),
        ("matrix", np.float64, (8, 8)),
        ("product", np.float64, (8, 8)),
        ("stages", np.float64, (5, 6)),
        ("log_density", np.float64, (2,)),
        ("peak", np.float64, (2,)),
        ("distance_squared", np.float64, (2,)),
        ("pair", np.float64, (14,)),  # past and present of one body together
        ("pair_covariance", np.float64, (105,)),
        ("whole", np.float64, (8, 8)),
        ("arc", np.float64, (3,)),  # where a sensor that measures no height could see the body as well
        ("sigma", np.float64, (8,)),  # of a detection, widened
        ("past", np.float64, (6,)),  # where the body was at an earlier time, tied to where it has been since
        ("past_covariance", np.float64, (21,)),
        ("tie", np.float64, (6, 6)),
        ("link", np.float64, (6,)),  # the newest of the states it is tied to
        ("link_covariance", np.float64, (21,)),
        ("link_s", np.float64),
    ],
    align=True,
)
"""The scratch of one body."""


def allocate_workbench() -> NDArray[np.void]:
    """One record of scratch, as an array of one row."""
    return np.zeros(1, WORKBENCH)
