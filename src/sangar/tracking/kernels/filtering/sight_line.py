"""A body that one sensor of bearings follows alone: what such a sensor cannot know is not learnt from it.

Were the body k times as far and k times as fast, every bearing would be the same. An extended filter does not see that:
each update moves the estimate a little and leaves its covariance pointing to where the body was thought to be, and the
next bearing takes the small angle between the two for news of the distance. Sixty times a second that makes a filter
sure of what it cannot know, and a turn or a climb is taken for an approach.

So place and speed along the line of sight u are considered, not estimated: their share of the gain is left out. With
Π = diag(u uᵀ, u uᵀ), an update of x, P to x', P' by the full gain becomes

    x' - Π (x' - x),  P' + Π (P - P') Π

which is the covariance (Joseph's form) of the smaller gain (I - Π) K. Both go on as the motion says: the place drifts
with the speed that was known last, and its variance grows with the process noise.

Sources: Schmidt (1966), Application of state-space methods to navigation problems, Advances in Control Systems 3;
Aidala (1979), Kalman filter behavior in bearings-only tracking applications, IEEE TAES 15(1).
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.models.kernels.packed import at


@kernel
def _take_back(ray, before, after):
    """Take the part along the ray out of a change of place or speed."""
    along = 0.0
    for j in range(3):
        along += ray[j] * (after[j] - before[j])
    for j in range(3):
        after[j] -= along * ray[j]


@kernel
def _give_back(ray, row, column, covariance, to_covariance):
    """Restore a covariance along the ray, in the 3 x 3 block that begins at a row and a column."""
    lost = 0.0
    for i in range(3):
        for j in range(3):
            k = at(row + i, column + j)
            lost += ray[i] * ray[j] * (covariance[k] - to_covariance[k])
    for i in range(3):
        for j in range(3 if row > column else i + 1):
            to_covariance[at(row + i, column + j)] += lost * ray[i] * ray[j]


@kernel
def learn_nothing_along(ray, state, covariance, to_state, to_covariance):
    """Take back what an update says of place and speed along a direction; in place.

    Args:
        ray: (3 or more,) unit vector; site ENU.
        state: (6,) and covariance: packed (21,), before the update.
        to_state, to_covariance: the same after it, changed.
    """
    _take_back(ray, state[:3], to_state[:3])
    _take_back(ray, state[3:], to_state[3:])
    _give_back(ray, 0, 0, covariance, to_covariance)
    _give_back(ray, 3, 0, covariance, to_covariance)
    _give_back(ray, 3, 3, covariance, to_covariance)


@kernel
def learn_no_range(state, covariance, to_state, to_covariance, position_m, ray):
    """Take back what an update says along the line of sight; in place.

    Args:
        state, covariance, to_state, to_covariance: as in `learn_nothing_along`.
        position_m: (3,) of the sensor.
        ray: (3 or more,) scratch.
    """
    square = 0.0
    for j in range(3):
        ray[j] = state[j] - position_m[j]
        square += ray[j] * ray[j]
    length = np.sqrt(max(square, 1e-12))
    for j in range(3):
        ray[j] /= length
    learn_nothing_along(ray, state, covariance, to_state, to_covariance)
