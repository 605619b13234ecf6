"""The tables that come out: tracks, one row per update, and impacts, one row per prediction."""

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sangar.adapters.tables.files import write_table
from sangar.core.events import IMPACT
from sangar.core.frames import SiteFrame
from sangar.core.targets import StandardIdentity, TargetClass, TrackStatus
from sangar.core.tracks import STATE_SIZE

STATE_COLUMNS = ("east_m", "north_m", "up_m", "east_mps", "north_mps", "up_mps")
GEODETIC_COLUMNS = ("latitude_deg", "longitude_deg", "altitude_m")
CLASS_COLUMNS = tuple(f"p_{target_class.name.lower()}" for target_class in TargetClass)

_AXES = ("east", "north", "up", "veast", "vnorth", "vup")
_UNITS = ("m2", "m2ps", "m2ps2")
COVARIANCE_COLUMNS = tuple(
    f"cov_{_AXES[i]}_{_AXES[j]}_{_UNITS[(i >= 3) + (j >= 3)]}" for i in range(STATE_SIZE) for j in range(i + 1)
)
"""Lower triangle of the covariance by rows; `v` marks a velocity, as in `cov_veast_north_m2ps`."""


def tracks_table(updates: NDArray[np.void], frame: SiteFrame) -> pl.DataFrame:
    """The tracks table of `UPDATE` records; class probabilities are null before a track is judged.

    Args:
        updates: (U,) records of `UPDATE`.
        frame: the site's frame.
    """
    coasting = updates["row"] < 0
    columns: dict[str, object] = {
        "time_s": updates["time_s"],
        "track": updates["track"],
        "status": _words(updates["status"], [status.name.lower() for status in TrackStatus]),
        "detection": pl.Series(updates["row"]).set(pl.Series(coasting), None),
        **{name: updates["mean"][:, place] for place, name in enumerate(STATE_COLUMNS)},
        **_geodetic(updates["mean"][:, :3], frame),
        **{name: updates["covariance"][:, place] for place, name in enumerate(COVARIANCE_COLUMNS)},
        "existence": updates["existence"],
        **{name: pl.Series(updates["posterior"][:, place]).fill_nan(None) for place, name in enumerate(CLASS_COLUMNS)},
        "identity": _words(updates["identity"], [identity.name.lower() for identity in StandardIdentity]),
    }
    return pl.DataFrame(columns)


def impacts_table(impacts: NDArray[np.void], frame: SiteFrame) -> pl.DataFrame:
    """The impacts table of `IMPACT` records."""
    position_m = np.column_stack([impacts[name] for name in ("east_m", "north_m", "up_m")])
    columns: dict[str, object] = {}
    for name in IMPACT.names or ():
        columns[name] = impacts[name]
        if name == "up_m":
            columns |= _geodetic(position_m, frame)
    return pl.DataFrame(columns)


def write_tracks(updates: NDArray[np.void], frame: SiteFrame, path: Path) -> None:
    """Write the tracks table.

    Raises:
        PortError: the file cannot be written.
    """
    write_table(tracks_table(updates, frame), path)


def write_impacts(impacts: NDArray[np.void], frame: SiteFrame, path: Path) -> None:
    """Write the impacts table.

    Raises:
        PortError: the file cannot be written.
    """
    write_table(impacts_table(impacts, frame), path)


def _words(numbers: NDArray[np.int64], words: list[str]) -> pl.Series:
    return pl.Series(words, dtype=pl.String).gather(pl.Series(numbers))


def _geodetic(position_m: NDArray[np.float64], frame: SiteFrame) -> dict[str, object]:
    geodetic = frame.geodetic_from_enu(np.ascontiguousarray(position_m))
    return {name: geodetic[:, place] for place, name in enumerate(GEODETIC_COLUMNS)}
