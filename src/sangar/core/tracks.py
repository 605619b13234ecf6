"""The track table: the one air picture, records of fixed size, allocated once.

A track carries two explanations of the body at once, because a body is either flown or thrown:

* *flown*: an interacting-multiple-model filter of `MODE_COUNT` motion models over six states;
* *thrown*: a ballistic filter over seven states, the seventh the logarithm of the drag constant.

`thrown_logit` weighs them; `mean` and `covariance` are the moment-matched whole. Symmetric matrices are packed, lower
triangle by rows: element (i, j), j <= i, stands at i (i + 1) / 2 + j.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.bearings import BearingMemory, allocate_bearings
from sangar.core.doubles import DOUBLE, DOUBLE_CAPACITY
from sangar.core.lines import zeros_on_lines
from sangar.core.links import LINKS_PER_TRACK, allocate_links
from sangar.core.realignment import allocate_held, allocate_realignments

STATE_SIZE = 6
STATE_PACKED = 21
MODE_COUNT = 2
THROWN_SIZE = 8
THROWN_PACKED = 36
SCAR_CAPACITY = 16
LOST_CAPACITY = 64
SENSOR_BITS = 63
"""Bits of a track's sensors; all sensors from the last bit on share it."""
TRAIL_LENGTH = 12
LOOK_COUNT = 8
SEEN_SENSORS = 16
"""Sensors of which a track knows when each saw it last: the first of the site."""
BUCKET_SIZE = 7
PRINTS_PER_TRACK = 4
FEWEST_BUCKETS = 2048
ALL_WITNESSES = -1
"""A track that a sensor of positions has seen, or that was confirmed, needs no more witnesses."""

TRACK = np.dtype(
    [
        ("id", np.int64),  # stable number, from 1, of one body in a run; 0 in an empty row
        ("status", np.int64),  # TrackStatus; FREE marks a row not in use (with an id: of a lost track, remembered)
        ("place", np.int64),  # its row in the table
        ("time_s", np.float64),  # the time its state stands at (the newest detection used)
        ("birth_s", np.float64),  # time of its first detection
        ("confirmed_s", np.float64),  # time it was confirmed; NaN before
        ("found_s", np.float64),  # the same, or when it was found again where it was lost since
        ("hits", np.int64),  # detections used
        ("is_urgent", np.int64),  # 1 while it is unconfirmed, fast and on its way to the defended place
        ("score", np.float64),  # log-odds that it exists, as of time_s
        ("missed", np.float64),  # what the looks that missed it since say against it, in the same unit
        ("period_s", np.float64),  # period of the slowest sensor that has seen it
        ("looks_alike", np.float64),  # looks that tell no more than one, of the sensor of which it is the most
        ("sensor", np.int64),  # sensor that updated it last
        ("sensors", np.int64),  # bit mask of all that did
        ("heard", np.int64),  # bit mask of those that did in the time slice at hand (kernels/visibility/hearing.py) ...
        ("heard_before", np.int64),  # ... and in the one before
        ("heard_s", np.float64),  # when the slice at hand began
        ("seen_s", np.float64, (SEEN_SENSORS,)),  # newest detection of each of the site's first sensors; -inf before
        ("witnesses", np.int64),  # started from bearings: bit mask of those since; ALL_WITNESSES: beyond that doubt
        ("row", np.int64),  # detection (its `row`) that updated it last
        ("batch", np.int64),  # number of the batch that detection came in
        ("state", np.float64, (MODE_COUNT, STATE_SIZE)),  # flown: position and velocity of each motion model
        ("state_covariance", np.float64, (MODE_COUNT, STATE_PACKED)),
        ("turn_radps", np.float64),  # turn rate of the manoeuvring model, clockwise
        ("mode", np.float64, (MODE_COUNT,)),  # probabilities of the motion models
        ("thrown", np.float64, (THROWN_SIZE,)),  # ballistic: position, velocity, ln(drag constant in 1/m), drift speed
        ("thrown_covariance", np.float64, (THROWN_PACKED,)),
        ("thrown_logit", np.float64),  # log-odds that the body is thrown, not flown
        ("mean", np.float64, (STATE_SIZE,)),  # the whole: position and velocity; site ENU, m and m/s
        ("covariance", np.float64, (STATE_PACKED,)),
    ],
    align=True,
)
"""One track."""

SCAR = np.dtype([("position_m", np.float64, (3,)), ("time_s", np.float64)], align=True)
"""A place where a track hit the ground (its debris makes echoes), and when."""

BUCKET = np.dtype([("next", np.int64), ("marks", np.float64, (BUCKET_SIZE,))], align=True)
"""What recognises reports that were delivered before: where to write the next mark, and the marks."""

KINDS_OF_CONFIRMATION = 2
"""Routine and urgent."""

CONFIRMATION = np.dtype(
    [
        ("time_s", np.float64),  # newest look that was weighed; -inf before the first
        ("watched_s", np.float64),  # time that has been watched
        ("births_1ph", np.float64, (KINDS_OF_CONFIRMATION,)),  # effective rate at which clutter starts tracks
        ("evidence", np.float64, (KINDS_OF_CONFIRMATION,)),  # log-likelihood ratio that confirms a track
        ("expected", np.float64, (KINDS_OF_CONFIRMATION,)),  # false confirmations expected in the look at hand
    ],
    align=True,
)
"""What it takes to confirm a track, routine and urgent, and what that follows from."""

TRAIL = np.dtype(
    [
        ("track", np.int64),  # id of the track it belongs to
        ("looks", np.int64),  # place to write the next look
        ("time_s", np.float64, (TRAIL_LENGTH,)),  # of the states kept; +inf where none is
        ("mean", np.float64, (TRAIL_LENGTH, STATE_SIZE)),
        ("covariance", np.float64, (TRAIL_LENGTH, STATE_PACKED)),
        ("look_s", np.float64, (LOOK_COUNT,)),  # time of the detections used; -inf where none was
        ("look_sensor", np.int64, (LOOK_COUNT,)),
    ],
    align=True,
)
"""Where a track was, and when it was looked at: what a late report is set against."""

(
    NEXT_ID,
    HIGH_WATER,
    LIVE,
    TABLE_FULL_COUNT,
    REJECTED_COUNT,
    LATE_COUNT,
    NUMERICAL_DROP_COUNT,
    CANDIDATE_OVERFLOW_COUNT,
    SCAR_NEXT,
    DETECTION_COUNT,
    FREE_FROM,
    BATCH,
    DUPLICATE_COUNT,
    MISTIMED_COUNT,
    CONTRADICTED_COUNT,
    LINKS_FULL_COUNT,
    BEARING_OVERFLOW_COUNT,
    GHOST_COUNT,
    LOST_COUNT,
    LATE_USED_COUNT,
    LEFT_OUT_COUNT,
    DOUBLE_COUNT,
    MERGED_COUNT,
    ECHO_COUNT,
    DESERTED_COUNT,
) = range(25)
"""Positions in `counters`: the next stable id, one past the highest used row, rows in use, what was counted, the row
below which none is free, the number of the batch at hand, and what else was counted: batches with more bearings than
can be paired, tracks that turned out to be crossings of different bodies' bearings (ghosts), detections of sensors left
out because they do not agree with the others;
how many tracks are missing; how many pairs may be one body, and how many were; detections that were further echoes of
bodies with tracks; bodies that went on where most of their sensors saw them, not where one still did."""
COUNTER_COUNT = 25


class TrackTable(NamedTuple):
    """Tracks and what belongs to all of them.

    Attributes:
        rows: (N,) records of `TRACK`; rows 0 .. counters[HIGH_WATER] - 1 may be in use.
        scars: (16,) records of `SCAR`, a ring.
        confirmation: (1,) record of `CONFIRMATION`.
        lost: (64,) rows of tracks that are missing (coasting, or lost and remembered), the first counters[LOST_COUNT].
        links: records of `LINK`: which track a number of another tracker stands for.
        counters: (25,) see the names above.
        trails: (N,) records of `TRAIL`, row for row beside the tracks.
        late_until_s: (1,) until when trails are left, for reports may come late; -inf before the first that did.
        prints: (B,) records of `BUCKET` (`tracking.kernels.association.repeats`), B a power of 2.
        bearings: what sensors of bearings saw and no track took.
        doubles: (32,) records of `DOUBLE`, the first counters[DOUBLE_COUNT]: pairs that may be one body.
        realignments: (S,) records of `REALIGNMENT`: what is tried out to put sensors right.
        held: (S, 256) records of `DETECTION`: looks that wait until the others have told where bodies were.
    """

    rows: NDArray[np.void]
    scars: NDArray[np.void]
    confirmation: NDArray[np.void]
    lost: NDArray[np.int64]
    links: NDArray[np.void]
    counters: NDArray[np.int64]
    trails: NDArray[np.void]
    late_until_s: NDArray[np.float64]
    prints: NDArray[np.void]
    bearings: BearingMemory
    doubles: NDArray[np.void]
    realignments: NDArray[np.void]
    held: NDArray[np.void]


def allocate_tracks(capacity: int, sensor_count: int = 0) -> TrackTable:
    """An empty table of `capacity` rows; `sensor_count` sensors may start tracks from bearings, and be put right."""
    counters = np.zeros(COUNTER_COUNT, np.int64)
    counters[NEXT_ID] = 1
    scars = np.zeros(SCAR_CAPACITY, SCAR)
    scars["time_s"] = -np.inf
    confirmation = np.zeros(1, CONFIRMATION)
    confirmation["time_s"] = -np.inf
    buckets = FEWEST_BUCKETS
    while buckets * BUCKET_SIZE < PRINTS_PER_TRACK * capacity:
        buckets *= 2
    rows = np.zeros(capacity, TRACK)
    rows["place"] = np.arange(capacity)
    return TrackTable(
        rows=rows,
        scars=scars,
        confirmation=confirmation,
        lost=np.zeros(LOST_CAPACITY, np.int64),
        links=allocate_links(LINKS_PER_TRACK * capacity),
        counters=counters,
        trails=np.zeros(capacity, TRAIL),
        late_until_s=np.full(1, -np.inf),
        prints=zeros_on_lines(buckets, BUCKET),
        bearings=allocate_bearings(sensor_count),
        doubles=np.zeros(DOUBLE_CAPACITY, DOUBLE),
        realignments=allocate_realignments(sensor_count),
        held=allocate_held(sensor_count),
    )
