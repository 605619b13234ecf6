"""What a warning may wait for while there is time to spare: a second sensor, a better impact, an identity.

A flown body that only one sensor sees may be no body: what it would do is held to WATCH for `two_source_wait_s` after
it was confirmed. What was lost and is found again waits as long from then, for it may be another body, or none.

What may fall is held to WATCH for `impact_wait_s`, until it is known better where.

A flown body that is new and far calls nobody, the crew neither, for `identity_wait_s`: a claim cannot be compared with
a body, nor a class be told, before it was seen for some seconds, and until then every airliner looks like a jet on its
way here. It has that time once, counted while it is in sight: who comes up for some seconds now and then is not new
each time, and who was seen for one second has not been identified a minute later. Only what was taken for thrown, and
turns out to fly, has it anew: an airliner that slows down far away looks like a shell for a while.

There is time to spare when harm is due later than the zone's shelter time and the margin together: for a second
sensor, by the whole wait; for an identity, by more than was waited already, so that half of what there was to spare is
left to the people; for the impact, at all, for the crew is told meanwhile. Harm due at an unknown time does not wait.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.tracks import SENSOR_BITS
from sangar.warning.kernels.standing import is_held_harmless

SHARED_SENSOR_BIT = np.int64(1) << np.int64(SENSOR_BITS - 1)


@kernel
def waits_for_second(track, due_in_s, shelter_s, time_s, parameters):
    """Whether the warning of a flown body may wait for a second sensor to see it."""
    sensors, limit_s = track["sensors"], parameters.two_source_wait_s
    is_single = sensors > 0 and sensors < SHARED_SENSOR_BIT and sensors & (sensors - 1) == 0
    is_in_doubt = is_single or track["found_s"] > track["confirmed_s"]
    return is_in_doubt and time_s - track["found_s"] < limit_s and shelter_s + limit_s < due_in_s < np.inf


@kernel
def waits_for_impact(track, assessment, due_in_s, shelter_s, time_s, parameters):
    """Whether the warning of what may fall can wait for its impact to be known better: people have time to spare."""
    is_young = time_s - track["confirmed_s"] < parameters.impact_wait_s
    return is_young and np.isfinite(assessment["impact_s"]) and shelter_s < due_in_s < np.inf


@kernel
def waits_for_identity(track, belief, assessment, identity, due_in_s, shelter_s, time_s, parameters):
    """Whether a flown body held as `identity` may have time to be identified before anybody is called.

    One that others vouch for has been identified, and weighs as little as the site trusts them.
    """
    if is_held_harmless(identity):
        return False
    watched_s = belief["watched_s"] if belief["track"] == track["id"] else 0.0
    waited_s = watched_s + max(time_s - track["time_s"], 0.0)
    if assessment["track"] == track["id"]:
        waited_s = min(waited_s, max(time_s - assessment["thrown_s"], 0.0))
    return waited_s < parameters.identity_wait_s and shelter_s + waited_s < due_in_s < np.inf
