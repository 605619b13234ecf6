"""A map of each sensor's clutter: how much denser it is in a place than the site file says.

The sensor's view is divided into cells of azimuth and range. In each, the detections that no confirmed track took are
counted with exponential forgetting: n counts what came within about the memory T. The site file foretells m in T, as
much in every cell. With m known as well as P counts would tell it (a gamma prior), the clutter of the cell is

    (n + P) / (m + P)

times as dense as stated, and never less dense: a quiet quarter of an hour is no promise. Nothing is done for a cell
until something comes there: n decays when it is read.

Source: Musicki & Evans (2004), Clutter map information for data association, IEEE Trans. AES 40(2), by cells.
"""

import numpy as np

from sangar.core.jit import kernel
from sangar.core.sensors import CLUTTER_AZIMUTH_CELLS, CLUTTER_RANGE_CELLS
from sangar.core.targets import TrackStatus

CONFIRMED = np.int64(TrackStatus.CONFIRMED)
TWO_PI = 2.0 * np.pi
PRIOR_COUNTS = 10.0
"""What the site file's word is worth: a raid that comes out of one cell is not taken for clutter before it is seen."""


@kernel
def _cell(sensor, azimuth_rad, range_m):
    """(Azimuth cell, range cell) of a place as the sensor sees it; range cell -1 where the map does not reach."""
    if not 0.0 <= range_m < sensor["maximum_range_m"]:
        return 0, -1
    turn = azimuth_rad / TWO_PI
    across = int((turn - np.floor(turn)) * CLUTTER_AZIMUTH_CELLS)
    return min(across, CLUTTER_AZIMUTH_CELLS - 1), int(range_m / sensor["maximum_range_m"] * CLUTTER_RANGE_CELLS)


@kernel
def log_clutter(sensor, azimuth_rad, range_m, time_s, memory_s):
    """Logarithm of how much denser the clutter is in a place than stated; 0 where it is not, or there is no map.

    Args:
        sensor: record of `SENSOR`.
        azimuth_rad, range_m: the place as the sensor sees it; NaN where not known.
        time_s: of the look.
        memory_s: of the map; 0 for none.
    """
    stated = sensor["cell_clutter_hz"] * memory_s
    if not (stated > 0.0 and np.isfinite(azimuth_rad)):
        return 0.0
    i, j = _cell(sensor, azimuth_rad, range_m)
    if j < 0 or sensor["clutter_count"][i, j] <= stated:
        return 0.0
    age_s = max(time_s - sensor["clutter_s"][i, j], 0.0)
    count = sensor["clutter_count"][i, j] * np.exp(-age_s / memory_s)
    return np.log((count + PRIOR_COUNTS) / (stated + PRIOR_COUNTS)) if count > stated else 0.0


@kernel
def read_map(batch, time_s, sensor, parameters, columns):
    """Write the map's word on every admitted detection into its column."""
    memory_s = parameters.clutter_memory_s
    for d in range(batch.shape[0]):
        column = columns[d]
        if column["admitted"] == 1:
            column["log_clutter"] = log_clutter(sensor, column["azimuth_rad"], column["range_m"], time_s, memory_s)


@kernel
def fill_map(tracks, batch, time_s, sensor, parameters, columns):
    """Count the detections of a batch that no confirmed track took; called when all have been used."""
    memory_s = parameters.clutter_memory_s
    if not sensor["cell_clutter_hz"] * memory_s > 0.0:
        return
    for d in range(batch.shape[0]):
        column = columns[d]
        if column["admitted"] == 0 or not np.isfinite(column["azimuth_rad"]):
            continue
        if column["taken"] == 1 and tracks.rows[column["track"]]["status"] >= CONFIRMED:
            continue
        i, j = _cell(sensor, column["azimuth_rad"], column["range_m"])
        if j >= 0:
            age_s = max(time_s - sensor["clutter_s"][i, j], 0.0)
            sensor["clutter_count"][i, j] = sensor["clutter_count"][i, j] * np.exp(-age_s / memory_s) + 1.0
            sensor["clutter_s"][i, j] = time_s
