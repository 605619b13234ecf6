"""Which unconfirmed tracks cannot wait: fast, and on their way to the place that is defended."""

import numpy as np

from sangar.core.jit import kernel
from sangar.models.kernels.ballistic import gravity_mps2
from sangar.tracking.kernels.filtering.prediction import fall_time_s

ROUTINE, URGENT = np.int64(0), np.int64(1)


@kernel
def is_urgent(track, parameters):
    """Whether a body, going straight on, comes over the defended place soon; 1 or 0.

    A body that is likelier thrown than flown is followed to the ground instead: its impact is what arrives.
    """
    if parameters.defended_radius_m < 0.0:
        return ROUTINE
    mean = track["mean"]
    east_m, north_m = mean[0] - parameters.defended_east_m, mean[1] - parameters.defended_north_m
    closing = -(east_m * mean[3] + north_m * mean[4])
    speed_squared = mean[3] * mean[3] + mean[4] * mean[4]
    fastest = max(speed_squared, mean[5] * mean[5])
    if closing <= 0.0 or fastest < parameters.urgent_speed_mps * parameters.urgent_speed_mps:
        return ROUTINE
    within_s = parameters.urgent_time_s
    if track["thrown_logit"] > 0.0:
        gravity = gravity_mps2(parameters.latitude_rad, parameters.altitude_m)
        within_s = fall_time_s(track, parameters.ground_m, gravity)
    after_s = min(closing / speed_squared, within_s)
    east_m += after_s * mean[3]
    north_m += after_s * mean[4]
    return URGENT if east_m * east_m + north_m * north_m <= parameters.defended_radius_m**2 else ROUTINE
