"""A hypothesis: what a predicted track would become if a detection were its own, and how likely that detection is.

The likelihood of the detection is that of all explanations:

    p(z) = (1 - π) Σ_m μ_m N(z; h(x_m), S_m) + π N(z; h(x_thrown), S_thrown)

Source: Blom & Bar-Shalom (1988), The interacting multiple model algorithm, IEEE Trans. Automatic Control 33(8).
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.tracking.kernels.filtering.flown_update import flown_peak, suppose_flown
from sangar.tracking.kernels.filtering.prediction import THROWN_IGNORED_LOGIT, thrown_share
from sangar.tracking.kernels.filtering.thrown_update import suppose_thrown


@kernel
def suppose(predicted, detection, limit, sensor, parameters, trial, bench):
    """Write what a predicted track becomes if the detection is its own; both are records of `HYPOTHESIS`.

    The gate is the squared Mahalanobis distance from the nearest explanation. The ballistic one of a young track is so
    vague that its gate alone would reach everything around; the logarithm by which its peak is lower than that of the
    motion models counts as distance.

    Args:
        predicted: the track at the time of the batch.
        detection: record of `DETECTION`.
        limit: of the gate; inf for no gate.
        sensor, parameters: record of `SENSOR`, `TrackingParameters`.
        trial: out; not complete when the detection lies beyond the limit.
        bench: record of `WORKBENCH`.

    Returns:
        Logarithm of the likelihood of the detection, -inf when it lies beyond the limit.
    """
    is_thrown = predicted["thrown_logit"] > THROWN_IGNORED_LOGIT
    flown_limit = np.inf if is_thrown else limit
    nearest, flown = suppose_flown(predicted, detection, flown_limit, sensor, parameters, trial, bench)
    trial["time_s"], trial["flown_log_density"], trial["thrown_logit"] = (
        predicted["time_s"],
        flown,
        THROWN_IGNORED_LOGIT,
    )
    if not is_thrown:
        return flown
    peak = flown_peak(predicted["mode"], bench)
    distance_squared, thrown = suppose_thrown(predicted, detection, flown, sensor, parameters, trial, bench)
    share = thrown_share(predicted["thrown_logit"])
    log_flown, log_thrown = np.log(1.0 - share), np.log(share) + thrown
    lower = log_flown + peak - log_thrown - 0.5 * distance_squared
    if min(nearest, distance_squared + 2.0 * max(lower, 0.0)) <= limit:
        return np.logaddexp(log_flown + flown, log_thrown)
    return -np.inf
