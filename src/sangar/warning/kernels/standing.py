"""What a track counts as where people may be warned of it: as whom it is held, by whom, and how far that is believed.

A person's judgement, and trust in what others say, count while `judgement.hold_judgements` lets them.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.targets import StandardIdentity, TargetClass

PENDING = np.int64(StandardIdentity.PENDING)
UNKNOWN = np.int64(StandardIdentity.UNKNOWN)
ASSUMED_FRIEND = np.int64(StandardIdentity.ASSUMED_FRIEND)
FRIEND = np.int64(StandardIdentity.FRIEND)
NEUTRAL = np.int64(StandardIdentity.NEUTRAL)
SUSPECT = np.int64(StandardIdentity.SUSPECT)
BIRD = np.int64(TargetClass.BIRD)


@kernel
def is_held_harmless(identity):
    """Whether somebody or some rule takes a track held as `identity` for harmless: friendly or neutral."""
    return UNKNOWN < identity < SUSPECT


@kernel
def claimed_hostility(identity, parameters):
    """Probability that a track held as `identity` means harm."""
    if identity == PENDING:
        return parameters.pending_hostility
    if identity == UNKNOWN:
        return parameters.unknown_hostility
    if identity == ASSUMED_FRIEND:
        return parameters.assumed_friend_hostility
    if identity == FRIEND:
        return parameters.friend_hostility
    if identity == NEUTRAL:
        return parameters.neutral_hostility
    if identity == SUSPECT:
        return parameters.suspect_hostility
    return parameters.hostile_hostility


@kernel
def hostility(identity, bird, is_ballistic, is_escalated, parameters):
    """Probability that a track means harm; 1 for a body thrown by nobody's friend, or undecided for too long.

    A bird means none: no more is left than the probability that it is not one, `bird` being that it is.
    """
    if (is_ballistic or is_escalated) and not is_held_harmless(identity):
        return 1.0
    return min(claimed_hostility(identity, parameters), 1.0 - bird)


@kernel
def hold_of(belief, parameters):
    """How long a track's identity holds while it heads in: inf where it rests on what the sensors see."""
    if belief["identity"] >= SUSPECT:
        return np.inf
    if belief["set_by"] != 0:
        return parameters.judgement_hold_s
    return parameters.trust_hold_s if belief["on_trust"] == 1 else np.inf


@kernel
def standing(track, belief, time_s, parameters):
    """What a track counts as here: identity, by whom, whether it is judged, how probably it is a bird.

    The last is 0 where somebody knows better: a person, or rules that suspect it or take it for a friend.
    """
    if belief["track"] != track["id"]:
        return PENDING, np.int64(0), False, 0.0
    identity, set_by, hold_s = belief["identity"], belief["set_by"], hold_of(belief, parameters)
    if hold_s < np.inf and time_s - belief["inbound_s"] >= hold_s:
        identity, set_by = UNKNOWN, np.int64(0)
    is_judged = set_by != 0 or is_held_harmless(identity)
    may_be_bird = set_by == 0 and (identity <= UNKNOWN or identity == NEUTRAL)
    bird = min(belief["posterior"][BIRD], 1.0) if may_be_bird else 0.0
    if identity == PENDING and bird >= parameters.bird_certainty:
        return NEUTRAL, set_by, True, bird
    return identity, set_by, is_judged, bird
