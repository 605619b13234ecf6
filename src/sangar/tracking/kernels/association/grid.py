"""A grid over azimuth and range as the sensor sees them, so that a track looks only at detections near it.

Counting sort into cells, no tree: built in one pass, and the same for a 3-D radar, a 2-D radar, position reports and
bearing-only sensors (detections without range stand in one extra column that every query reads).
"""

import numpy as np

from sangar.core.detections import RANGE_RATE
from sangar.core.jit import kernel
from sangar.tracking.workspace import LARGEST_AZIMUTH_CELLS, LARGEST_RANGE_CELLS

TWO_PI = 2.0 * np.pi


@kernel
def cells_for(count):
    """Numbers of azimuth and range cells for so many detections."""
    side = int(np.sqrt(count))
    return min(max(2 * side, 1), LARGEST_AZIMUTH_CELLS), min(max(side, 1), LARGEST_RANGE_CELLS)


@kernel
def azimuth_cell(azimuth_rad, azimuth_cells):
    """Cell of an azimuth, any turn."""
    turn = azimuth_rad / TWO_PI
    cell = int((turn - np.floor(turn)) * azimuth_cells)
    return min(cell, azimuth_cells - 1)


@kernel
def build_grid(batch, columns, entries, cell_end):
    """Sort the admitted detections into cells; returns (azimuth cells, range cells, range cell size in metres).

    Their places are written beside each other in the sorted order: a track reads its neighbours in one go.
    """
    count = batch.shape[0]
    azimuth_cells, range_cells = cells_for(count)
    farthest_m = 1.0
    for d in range(count):
        if columns[d]["admitted"] == 1 and columns[d]["range_m"] > farthest_m:
            farthest_m = columns[d]["range_m"]
    size_m = farthest_m / range_cells * (1.0 + 1e-9)
    width = range_cells + 1
    for k in range(azimuth_cells * width + 1):
        cell_end[k] = 0
    for d in range(count):
        column = columns[d]
        if column["admitted"] == 1:
            across = range_cells if np.isnan(column["range_m"]) else int(column["range_m"] / size_m)
            column["cell"] = azimuth_cell(column["azimuth_rad"], azimuth_cells) * width + across
            cell_end[column["cell"] + 1] += 1
    for k in range(azimuth_cells * width):
        cell_end[k + 1] += cell_end[k]
    for d in range(count):
        if columns[d]["admitted"] == 1:
            # the start of the cell moves forward while it fills: in the end it is the end of the cell
            cell = columns[d]["cell"]
            entry = entries[cell_end[cell]]
            entry["detection"] = d
            entry["azimuth_rad"], entry["range_m"] = columns[d]["azimuth_rad"], columns[d]["range_m"]
            entry["rise"], entry["rate_mps"] = columns[d]["rise"], batch[d]["measured"][RANGE_RATE]
            cell_end[cell] += 1
    return azimuth_cells, range_cells, size_m


@kernel
def cell_start(cell, cell_end):
    """First place of a cell in the sorted order; its end is `cell_end[cell]`."""
    return 0 if cell == 0 else cell_end[cell - 1]
