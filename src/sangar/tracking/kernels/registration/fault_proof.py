"""When an explanation of how a sensor is wrong is believed, and when it is given up."""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.realignment import BOTH, DELAYED, EXPLANATIONS, TURNED
from sangar.tracking.kernels.out_of_sequence.late import SHIFT_LIMIT_S
from sangar.tracking.kernels.registration.faults import DELAY, angle_of

TRIAL_S, FEWEST_FITS = 5.0, 10
"""An explanation has to hold for so long, and so many looks."""
SPREAD_RAD = 0.02
"""How far the bodies have to have been apart on the sky, as root mean square: one to seven degrees of a path."""
LARGEST_MISFIT, PROVEN_MISFIT, FEWEST_NUMBERS = 2.5, 1.5, 8.0
"""Mean squared distance, over its numbers, beyond which an explanation does not hold, and is not proven; from so many
numbers on."""
COMPANION_SIGMAS = 4.0
"""Another body that keeps its place beside it is seen at an angle that changes with the direction: by so many sigma of
the sensor, over the directions seen."""
SURE_SIGMAS = 4.0
CLEARLY = 10.0
"""An explanation is likelier than another from so many nats on."""
DOUBT_LIMIT = 6.0
LARGEST_DELAY_S, SHARP_DELAY_S = 5.0, 0.1
SMALL_RAD, BLUR = 0.01, 0.8
"""A smaller angle is left to registration; variance that may be left of the fault, over the sensor's own."""


@kernel
def _misfit(own, h):
    """Mean squared distance of what was foretold, over its numbers."""
    return own["distance_sum"][h] / max(own["number_sum"][h], 1.0)


@kernel
def is_hopeless(own, h):
    """Whether an explanation has failed."""
    is_far = abs(own["delay_s"][h]) > LARGEST_DELAY_S
    return (
        is_far
        or own["doubt"][h] >= DOUBT_LIMIT
        or (own["number_sum"][h] >= FEWEST_NUMBERS and _misfit(own, h) > LARGEST_MISFIT)
    )


@kernel
def _spread_rad(own, h):
    """Root mean square of how far from their middle the bodies stood on the sky."""
    count, total = max(own["directions"][h], 1.0), 0.0
    for k in range(3):
        total += (own["direction_sum"][h, k] / count) ** 2
    return np.sqrt(max(1.0 - total, 0.0))


@kernel
def _is_told_from_companion(own, h):
    """Whether the bodies were seen in directions so far apart that another body beside them would have shown."""
    angle_rad, _ = angle_of(own, h)
    spread_rad = _spread_rad(own, h)
    return spread_rad >= SPREAD_RAD and (
        h == DELAYED or angle_rad * spread_rad >= COMPANION_SIGMAS * own["sigma_rad"][h]
    )


@kernel
def _is_significant(own, h):
    """Whether there is a fault at all, and all of it is known."""
    angle_rad, sigma_rad = angle_of(own, h)
    sigma_s = np.sqrt(max(own["covariance"][h, DELAY, DELAY], 0.0))
    is_late = abs(own["delay_s"][h]) > max(SHIFT_LIMIT_S, SURE_SIGMAS * sigma_s) and sigma_s < SHARP_DELAY_S
    is_turned = angle_rad > max(SMALL_RAD, SURE_SIGMAS * sigma_rad)
    return (h == DELAYED or is_turned) and (h == TURNED or is_late)


@kernel
def _is_likeliest(own, h):
    """Whether an explanation is clearly likelier than those as simple, and not clearly less than both faults together.

    A second fault that is small is another error of the picture, not the sensor's.
    """
    angle_rad, _ = angle_of(own, BOTH)
    is_simple = (h == TURNED and abs(own["delay_s"][BOTH]) < SHIFT_LIMIT_S) or (h == DELAYED and angle_rad < SMALL_RAD)
    for other in range(EXPLANATIONS):
        if other == BOTH and is_simple:
            continue
        margin = -CLEARLY if other == BOTH else CLEARLY
        if other != h and own["cost"][h] + margin > own["cost"][other]:
            return False
    return True


@kernel
def _is_settled(own, h, time_s):
    """Whether an explanation has held for long enough, sharply, of bodies that were far enough apart."""
    trial_s = (2.0 if h == BOTH else 1.0) * TRIAL_S * 2.0 ** own["losses"]
    holds = own["fits"][h] >= FEWEST_FITS and time_s - own["since_s"][h] >= trial_s and _misfit(own, h) < PROVEN_MISFIT
    return holds and own["blur"][h] <= BLUR and _is_told_from_companion(own, h)


@kernel
def is_proven(own, h, time_s):
    """Whether an explanation may be used."""
    return _is_settled(own, h, time_s) and _is_significant(own, h) and _is_likeliest(own, h)


@kernel
def is_as_stated(own, time_s):
    """Whether a sensor sees bodies where and when it says: a delay was sought, and there is none."""
    sigma_s = np.sqrt(max(own["covariance"][DELAYED, DELAY, DELAY], 0.0))
    return (
        _is_settled(own, DELAYED, time_s)
        and sigma_s < SHARP_DELAY_S
        and abs(own["delay_s"][DELAYED]) < SHIFT_LIMIT_S
        and own["cost"][DELAYED] < min(own["cost"][TURNED], own["cost"][BOTH]) + CLEARLY
    )
