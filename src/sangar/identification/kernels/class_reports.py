"""What the detections of a batch say of their tracks beyond their place: the strength of the echo, and a class report.

A sensor that reports classes has a table of confusion P(reported | true). Each report adds its row's logarithms to the
evidence; successive reports of one sensor on one track are not independent, so those nearer together than the
sensor's `report_interval_s` count in proportion, and all of them fade with the memory.
"""

import numpy as np

from sangar.core.identities import REPORTERS_PER_TRACK, Evidence
from sangar.core.jit import kernel
from sangar.core.targets import CLASS_COUNT, TrackStatus
from sangar.core.tracks import BATCH
from sangar.identification.kernels.identify import start_anew
from sangar.identification.kernels.running_evidence import gather_echo

CONFIRMED = np.int64(TrackStatus.CONFIRMED)
REPORT = np.int64(Evidence.REPORT)


@kernel
def reporter_of(belief, sensor_row):
    """The place where a track remembers a sensor's last report: its own, else that of whoever is longest silent."""
    oldest = 0
    for k in range(REPORTERS_PER_TRACK):
        if belief["report_row"][k] == sensor_row:
            return k
        if belief["report_s"][k] < belief["report_s"][oldest]:
            oldest = k
    return oldest


@kernel
def hear_report(belief, time_s, reported, sensor, sensor_row):
    """Add one class report; from a newcomer where the memory of reporters is full it counts as of the one put out."""
    k = reporter_of(belief, sensor_row)
    elapsed_s = max(time_s - belief["report_s"][k], 0.0)
    weight = min(1.0, elapsed_s / sensor["report_interval_s"])
    chances, evidence = sensor["report_log_chance"], belief["evidence"]
    for c in range(CLASS_COUNT):
        evidence[REPORT, c] += weight * chances[reported, c]
    belief["report_row"][k] = sensor_row
    belief["report_s"][k] = max(belief["report_s"][k], time_s)


@kernel
def hear(tracks, identities, batch, columns, sensor, sensor_row, parameters):
    """Take in echo strengths and class reports of the detections that confirmed tracks took.

    Args:
        tracks: the `TrackTable`, after the batch was tracked.
        identities: (N,) records of `IDENTITY`, row for row beside it.
        batch: (n,) records of `DETECTION`.
        columns: (n or more,) records with `taken` and `track`: which track took each detection.
        sensor: record of `SENSOR`; sensor_row: its row.
        parameters: `IdentificationParameters`.
    """
    tells_class = sensor["report_interval_s"] > 0.0
    for d in range(batch.shape[0]):
        detection, reported = batch[d], batch[d]["class_report"]
        is_report = tells_class and 0 <= reported < CLASS_COUNT
        if columns[d]["taken"] == 0 or not (is_report or np.isfinite(detection["rcs_dbsm"])):
            continue
        i = columns[d]["track"]
        track, belief = tracks.rows[i], identities[i]
        is_its_own = track["batch"] == tracks.counters[BATCH] and track["row"] == detection["row"]
        if track["status"] < CONFIRMED or not is_its_own:
            continue
        if belief["track"] != track["id"]:
            start_anew(belief, track["id"])
        gather_echo(belief, detection["time_s"], detection["rcs_dbsm"], parameters.memory_s)
        if is_report:
            hear_report(belief, detection["time_s"], reported, sensor, sensor_row)
