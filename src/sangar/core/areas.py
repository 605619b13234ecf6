"""Areas on the ground: zones with people, assets, the perimeter, friendly corridors. Polygons in the site plane."""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class AreaKind(IntEnum):
    """Why an area is on the map."""

    ZONE = 0
    ASSET = 1
    PERIMETER = 2
    CORRIDOR = 3


AREA = np.dtype(
    [
        ("kind", np.int64),  # AreaKind
        ("first", np.int64),  # its corners are rows first .. last - 1 of `vertex_m`
        ("last", np.int64),
        ("centre_m", np.float64, (2,)),  # centroid, east and north
        ("radius_m", np.float64),  # from the centroid to the farthest corner
        ("shelter_time_s", np.float64),  # time the people need to reach shelter; 0 where nobody is
        ("people", np.float64),  # how many are there
        ("floor_m", np.float64),  # lower edge of a corridor, site up; -inf elsewhere
        ("ceiling_m", np.float64),  # upper edge of a corridor, site up; inf elsewhere
        ("opens_s", np.float64),  # start of a corridor's time window, seconds since the site's epoch; -inf elsewhere
        ("closes_s", np.float64),  # its end; inf elsewhere
    ],
    align=True,
)
"""One area. Fixed for a run."""

ZONE = np.dtype(
    [
        ("state", np.int64),  # ZoneState: what the people there have been told
        ("since_s", np.float64),  # when the state was entered
        ("harm", np.float64),  # probability of harm in the zone, from all tracks together
        ("due_s", np.float64),  # earliest time at which harm is expected; inf for none
        ("track", np.int64),  # id of the track that weighs most; 0 for none
        ("threatened_s", np.float64),  # newest time at which the zone was under threat; -inf for never
        ("early_track", np.int64),  # id of a track that would warn but waits for its impact to be known better; 0: none
        ("early_due_s", np.float64),  # when harm by that one is expected
    ],
    align=True,
)
"""What the people of one area have been told; row for row beside the map, used where the kind is ZONE."""


class AreaMap(NamedTuple):
    """The map: zones first, then assets, the perimeter, corridors.

    Attributes:
        rows: (A,) records of `AREA`.
        vertex_m: (V, 2) east and north of all corners, area after area, each ring open (last corner not repeated).
    """

    rows: NDArray[np.void]
    vertex_m: NDArray[np.float64]


def allocate_areas(count: int, vertices: int) -> AreaMap:
    """A map of `count` zones without corners; the caller fills the columns."""
    rows = np.zeros(count, AREA)
    rows["floor_m"], rows["ceiling_m"] = -np.inf, np.inf
    rows["opens_s"], rows["closes_s"] = -np.inf, np.inf
    return AreaMap(rows, np.zeros((vertices, 2)))


def allocate_zones(count: int) -> NDArray[np.void]:
    """All clear, nobody told anything yet."""
    zones = np.zeros(count, ZONE)
    zones["since_s"] = -np.inf
    zones["due_s"] = zones["early_due_s"] = np.inf
    zones["threatened_s"] = -np.inf
    return zones
