"""Scratch memory of the tracker: allocated once, passed into every kernel, never kept between batches."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.bearings import BEARINGS_KEPT
from sangar.core.detections import DETECTION, MEASURED_COUNT
from sangar.core.tracks import MODE_COUNT, STATE_PACKED, STATE_SIZE, THROWN_PACKED, THROWN_SIZE
from sangar.models.workbench import allocate_workbench
from sangar.tracking.joint_workspace import JointWorkspace, allocate_joint

BATCH_CAPACITY = 16_384
"""Most detections of one look that are associated together; memory that is not used costs none."""

LARGEST_AZIMUTH_CELLS = 512
LARGEST_RANGE_CELLS = 256
FRESH_BEARINGS, FIX_PAIRS = 64, 1024
"""Bearings of one batch that may start tracks, and pairs they may be in; more are counted and left out."""
CELL_CAPACITY = LARGEST_AZIMUTH_CELLS * (LARGEST_RANGE_CELLS + 1) + 1

COLUMN = np.dtype(
    [
        ("mark", np.float64),  # the number its report leaves (see kernels/association/repeats.py)
        ("repeated", np.int64),  # 1 where the detection was delivered before
        ("admitted", np.int64),  # 1 where the detection may be used
        ("wanted", np.int64),  # 1 where a track could have it that is due to (see kernels/association/turns.py)
        ("taken", np.int64),  # 1 where a track took it ...
        ("track", np.int64),  # ... and that track's row
        ("azimuth_rad", np.float64),  # where it stands, seen from its sensor
        ("range_m", np.float64),  # NaN where unknown
        ("rise", np.float64),  # sine of its elevation above the sensor's horizon, NaN where not measured
        ("log_clutter", np.float64),  # logarithm of how much denser clutter is there than stated
        ("cell", np.int64),  # grid cell
        ("near", np.int64),  # list of the detections in the coarse window of the track at hand
        ("price", np.float64),  # of the assignment, and below
        ("distance", np.float64),
        ("done", np.int64),
        ("row", np.int64),  # assignment row that holds this detection
        ("previous", np.int64),
        ("touched", np.int64),
    ],
    align=True,
)
"""Scratch of one detection."""

ENTRY = np.dtype(
    [
        ("detection", np.int64),
        ("azimuth_rad", np.float64),
        ("range_m", np.float64),
        ("rise", np.float64),
        ("rate_mps", np.float64),
    ],
    align=True,
)
"""One detection's place, as `COLUMN` has it, and range rate, in the order of the grid's cells."""

WINDOW = np.dtype(
    [
        ("track", np.int64),  # row of the track table
        ("azimuth_rad", np.float64),  # where the sensor may see it: centre and half widths
        ("width_rad", np.float64),
        ("slant_m", np.float64),
        ("reach_m", np.float64),
        ("rise", np.float64),
        ("span", np.float64),
        ("rate_mps", np.float64),
        ("rate_span_mps", np.float64),
        ("cell", np.int64),  # grid cells it covers: first of azimuth, how many ...
        ("steps", np.int64),
        ("low", np.int64),  # ... and first and last of range
        ("high", np.int64),
    ],
    align=True,
)
"""The coarse window of one track (see kernels/association/windows.py)."""

ROW = np.dtype(
    [
        ("track", np.int64),  # row of the track table
        ("first", np.int64),  # its candidates are pairs first .. last - 1
        ("last", np.int64),
        ("held", np.int64),  # last pair of a row kept out of the assignment (see association/fork.py); else first
        ("price", np.float64),  # of the assignment, and below
        ("column", np.int64),  # detection it was given
        ("visited", np.int64),
    ],
    align=True,
)
"""Scratch of one track that has candidates."""

PAIR = np.dtype([("detection", np.int64), ("cost", np.float64)], align=True)
"""One candidate pair."""

HYPOTHESIS = np.dtype(
    [
        ("time_s", np.float64),
        ("detection", np.int64),
        ("flown_log_density", np.float64),
        ("heard", np.int64),  # bit mask of the sensors that saw the track lately
        ("thrown_logit", np.float64),
        ("mode", np.float64, (MODE_COUNT,)),
        ("mean", np.float64, (STATE_SIZE,)),  # of the flown explanation
        ("state", np.float64, (MODE_COUNT, STATE_SIZE)),
        ("state_covariance", np.float64, (MODE_COUNT, STATE_PACKED)),
        ("thrown", np.float64, (THROWN_SIZE,)),
        ("thrown_covariance", np.float64, (THROWN_PACKED,)),
    ],
    align=True,
)
"""The filter's part of a track as it would be at the time of a batch, without or with one detection used."""

OUTLOOK = np.dtype(
    [
        ("predicted", np.float64, (MEASURED_COUNT,)),  # what a sensor should measure of a track
        ("offset", np.float64, (MEASURED_COUNT,)),  # how far the motion models are apart from that at most
        ("variance", np.float64, (MEASURED_COUNT,)),  # of the vaguest model; inf where nothing is foreseen
    ],
    align=True,
)
"""What a sensor should measure of the track at hand."""

FUSION = np.dtype(
    [
        ("told", np.int64, (STATE_SIZE,)),  # states that the report at hand tells, ascending
        ("count", np.int64),  # how many
        ("mean", np.float64, (STATE_SIZE,)),  # our track at the report's time
        ("covariance", np.float64, (STATE_PACKED,)),
        ("report_mean", np.float64, (STATE_SIZE,)),  # the report at our track's time
        ("report_covariance", np.float64, (STATE_PACKED,)),
        ("factor", np.float64, (STATE_SIZE, STATE_SIZE)),
        ("matrix", np.float64, (STATE_SIZE, STATE_SIZE)),
        ("vectors", np.float64, (STATE_SIZE, STATE_SIZE)),
        ("spread", np.float64, (STATE_SIZE, THROWN_SIZE)),
        ("ratio", np.float64, (STATE_SIZE,)),  # the report's variance over ours on each common axis, and below
        ("gap", np.float64, (STATE_SIZE,)),
        ("left", np.float64, (STATE_SIZE,)),
        ("share", np.float64, (STATE_SIZE,)),
        ("column", np.float64, (STATE_SIZE,)),
    ],
    align=True,
)
"""Scratch of one report of another tracker."""


CHANCE = np.dtype(
    [
        ("peak", np.float64, (MODE_COUNT + 1,)),  # logarithm of an explanation's highest density, with its weight
        ("spread", np.float64, (MODE_COUNT + 1,)),  # its s², see kernels/management/false_chance.py
    ],
    align=True,
)
"""Scratch of the chance that clutter confirms a track."""


class Workspace(NamedTuple):
    """Scratch for batches of up to D detections, N tracks and C candidate pairs.

    Attributes:
        columns: (D,) records of `COLUMN`.
        entries: (D,) records of `ENTRY`.
        windows: (2,) records of `WINDOW`: of the track at hand and of the next one.
        rows: (N,) records of `ROW`.
        pairs: (C,) records of `PAIR`.
        cell_end: end of each grid cell in the sorted order.
        predicted: (1,) record of `HYPOTHESIS`: the track at hand at the time of the batch.
        stray: (1,) record of `DETECTION`: the candidate at hand with the sigma of a stray.
        trial: (1,) record of `HYPOTHESIS`: the same with one of its candidates used.
        corrected: (N,) records of `HYPOTHESIS`, one for each row: the track with its first candidate used.
        probe: (1,) record of `DETECTION`: one that comes just where a track expects it.
        outlook: (1,) record of `OUTLOOK`.
        chance: (1,) record of `CHANCE`.
        bench: (1,) record of `WORKBENCH`.
        fusion: (1,) record of `FUSION`.
        linked: (N,) 1 for tracks that the source at hand has a number for.
        fix_rows, fix_pairs, fix_columns: the same, to pair the bearings of a batch with remembered ones.
        fix: (3,) where two bearings meet.
        joint: scratch of the joint association.
        realigned: (D,) records of `DETECTION`: the batch without its sensor's fault.
    """

    columns: NDArray[np.void]
    entries: NDArray[np.void]
    windows: NDArray[np.void]
    rows: NDArray[np.void]
    pairs: NDArray[np.void]
    cell_end: NDArray[np.int64]
    stray: NDArray[np.void]
    predicted: NDArray[np.void]
    trial: NDArray[np.void]
    corrected: NDArray[np.void]
    probe: NDArray[np.void]
    outlook: NDArray[np.void]
    chance: NDArray[np.void]
    bench: NDArray[np.void]
    fusion: NDArray[np.void]
    linked: NDArray[np.int64]
    fix_rows: NDArray[np.void]
    fix_pairs: NDArray[np.void]
    fix_columns: NDArray[np.void]
    fix: NDArray[np.float64]
    joint: JointWorkspace
    realigned: NDArray[np.void]


def allocate_workspace(
    track_capacity: int, batch_capacity: int, candidate_capacity: int, sensor_count: int = 0
) -> Workspace:
    """Scratch for these capacities; for `sensor_count` sensors that may start tracks from bearings."""
    return Workspace(
        columns=np.zeros(batch_capacity, COLUMN),
        entries=np.zeros(batch_capacity, ENTRY),
        windows=np.zeros(2, WINDOW),
        rows=np.zeros(track_capacity, ROW),
        pairs=np.zeros(candidate_capacity, PAIR),
        cell_end=np.zeros(CELL_CAPACITY, np.int64),
        stray=np.zeros(1, DETECTION),
        predicted=np.zeros(1, HYPOTHESIS),
        trial=np.zeros(1, HYPOTHESIS),
        corrected=np.zeros(track_capacity, HYPOTHESIS),
        probe=np.zeros(1, DETECTION),
        outlook=np.zeros(1, OUTLOOK),
        chance=np.zeros(1, CHANCE),
        bench=allocate_workbench(),
        fusion=np.zeros(1, FUSION),
        linked=np.zeros(track_capacity, np.int64),
        fix_rows=np.zeros(FRESH_BEARINGS, ROW),
        fix_pairs=np.zeros(FIX_PAIRS, PAIR),
        fix_columns=np.zeros(sensor_count * BEARINGS_KEPT, COLUMN),
        fix=np.zeros(3),
        joint=allocate_joint(track_capacity, batch_capacity, candidate_capacity),
        realigned=np.zeros(batch_capacity, DETECTION),
    )
