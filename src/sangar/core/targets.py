"""What is it and whose is it: the two questions, and the life of a track.

Standard identities follow STANAG 1241 / APP-6. The numbers are part of the journal's format: append, never renumber.
"""

from enum import IntEnum


class TargetClass(IntEnum):
    """What a track is."""

    ROCKET_ARTILLERY_MORTAR = 0
    FIXED_WING_DRONE = 1
    ROTARY_DRONE = 2
    BIRD = 3
    AEROPLANE = 4
    HELICOPTER = 5
    OTHER = 6


CLASS_COUNT = len(TargetClass)


class StandardIdentity(IntEnum):
    """Whose a track is (STANAG 1241)."""

    PENDING = 0
    UNKNOWN = 1
    ASSUMED_FRIEND = 2
    FRIEND = 3
    NEUTRAL = 4
    SUSPECT = 5
    HOSTILE = 6


class TrackStatus(IntEnum):
    """Where a track is in its life. FREE marks an empty row of the table."""

    FREE = 0
    TENTATIVE = 1
    CONFIRMED = 2
    COASTING = 3


class DropReason(IntEnum):
    """Why a track ended."""

    LOST = 0
    IMPACTED = 1
    NUMERICAL = 2
    MERGED = 3  # the same body as an older track
    CROWDED = 4  # gave way to others: the table of tracks was full


class Disagreement(IntEnum):
    """How a sensor does not agree with the others."""

    NONE = 0
    ELSEWHERE = 1
    LATE = 2
    SCATTERED = 3
    ELSEWHERE_AND_LATE = 4
    AHEAD = 5  # its times run ahead of all the others'


class SensorKind(IntEnum):
    """How a sensor measures."""

    RADAR = 0
    CAMERA = 1
    ACOUSTIC = 2
    RF = 3
    COOPERATIVE = 4
    TRACKER = 5  # another tracker: reports tracks, not detections
    # Cooperative sources deliver claims, which make no track (core.claims); the later, the more trusted
    REMOTE_ID = 6
    ADS_B = 7
    OWN_FLIGHT = 8  # a list of own flights that is fed their positions


class ZoneState(IntEnum):
    """What the people of a zone have been told."""

    CLEAR = 0
    WATCH = 1
    WARNING = 2
    SHELTER_NOW = 3
    ALL_CLEAR = 4
