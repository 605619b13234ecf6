"""Further echoes: what a body larger than a sensor's resolution gives in one look beside the plot its track took.

A surface radar sees an airliner's nose and its tail, now as one plot, now as two, look by look. Two plots of one look
are two bodies to everyone else here, so the second would begin a track, be confirmed, and live as long as it is seen.
Where a site states of a sensor how far apart the plots of one body may lie (`echo_extent_m`), a plot that no track took
and that lies no farther than that from where a confirmed track is begins none, provided this sensor saw that track in
this look or the one before. Nor does a tentative track live on such a plot when no other sensor ever saw it: it was
begun by the same body before that had a confirmed track.

What other sensors see begins its tracks as ever. What this sensor alone sees begins one as soon as it is farther away.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.targets import DropReason, TrackStatus
from sangar.core.tracks import ECHO_COUNT, HIGH_WATER
from sangar.tracking.kernels.management.birth import place
from sangar.tracking.kernels.management.life import drop
from sangar.tracking.kernels.visibility.hearing import last_seen_s
from sangar.tracking.kernels.visibility.looks import sensor_bit

TENTATIVE, CONFIRMED = np.int64(TrackStatus.TENTATIVE), np.int64(TrackStatus.CONFIRMED)
LOST = np.int64(DropReason.LOST)
NOBODY = np.int64(-1)

SEEN_LOOKS = 1.5
"""A body was seen in this look or the one before: its own plot of this look may come after its further echo's."""


@kernel
def _is_near(track, position, time_s, tells_height, extent_m):
    """Whether a place is within the extent of a track, moved straight on; horizontally where no height is told."""
    dt_s, total = time_s - track["time_s"], 0.0
    for axis in range(3 if tells_height == 1 else 2):
        off_m = position[axis] - track["mean"][axis] - dt_s * track["mean"][3 + axis]
        total += off_m * off_m
    return total <= extent_m * extent_m


@kernel
def is_further_echo(tracks, detection, own, sensor, sensor_row, parameters, position):
    """Whether a detection may be a further echo of a body with a confirmed track.

    Args:
        tracks: `TrackTable`.
        detection: record of `DETECTION`.
        own: row of a track that is not asked; `NOBODY` to ask all.
        sensor: record of `SENSOR`; sensor_row: its row.
        parameters: `TrackingParameters`.
        position: (3,) scratch.
    """
    time_s, longest_s = detection["time_s"], SEEN_LOOKS * sensor["period_s"]
    tells_height = place(detection["measured"], sensor, parameters, position)
    if tells_height < 0:
        return False
    for i in range(tracks.counters[HIGH_WATER]):
        track = tracks.rows[i]
        if i != own and track["status"] == CONFIRMED and time_s - last_seen_s(track, sensor_row) <= longest_s:
            if _is_near(track, position, time_s, tells_height, sensor["echo_extent_m"]):
                return True
    return False


@kernel
def pass_over_echoes(tracks, batch, sensor, sensor_row, parameters, work):
    """Take the further echoes of bodies out of what no track took: they begin none, and are no clutter."""
    if sensor["echo_extent_m"] <= 0.0:
        return
    for d in range(batch.shape[0]):
        column, position = work.columns[d], work.bench[0]["mean"][:]
        if column["admitted"] == 0 or column["taken"] == 1:
            continue
        if is_further_echo(tracks, batch[d], NOBODY, sensor, sensor_row, parameters, position):
            column["admitted"] = 0
            tracks.counters[ECHO_COUNT] += 1


@kernel
def ends_as_echo(tracks, row, batch, time_s, sensor, sensor_row, parameters, outputs, work):
    """Whether what a row of the assignment was given is a further echo, and its track no more than that: it has ended.

    Only a tentative track that no other sensor has seen ends.
    """
    track = tracks.rows[row["track"]]
    if sensor["echo_extent_m"] <= 0.0 or track["status"] != TENTATIVE or track["sensors"] != sensor_bit(sensor_row):
        return False
    column, position = work.columns[row["column"]], work.bench[0]["mean"][:]
    detection = batch[row["column"]]
    if not is_further_echo(tracks, detection, row["track"], sensor, sensor_row, parameters, position):
        return False
    column["admitted"] = 0
    tracks.counters[ECHO_COUNT] += 1
    drop(tracks, track, time_s, LOST, outputs)
    return True
