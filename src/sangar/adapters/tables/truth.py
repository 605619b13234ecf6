"""The truth table: where the targets really were. For scoring only; the tracker never sees it."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sangar.adapters.tables.files import number_column, read_table, require_columns, text_column
from sangar.core.arrays import Indices, PositionsEnuM, Series
from sangar.core.errors import ConfigurationError
from sangar.core.frames import SiteFrame

GEODETIC = ("latitude_deg", "longitude_deg", "altitude_m")
LOCAL = ("east_m", "north_m", "up_m")
LABELS = ("target", "mode_s_address")


class TruthTable(NamedTuple):
    """True positions in order of time.

    Attributes:
        time_s: (T,) seconds since the site's epoch.
        target: (T,) position in `names`.
        position_m: (T, 3) site ENU.
        names: of the targets.
        rejected: rows without time, target or position.
    """

    time_s: Series
    target: Indices
    position_m: PositionsEnuM
    names: tuple[str, ...]
    rejected: int


class Labels(NamedTuple):
    """Which target each row of a detections table came from.

    Attributes:
        target: (R,) position in `names` for each row of the file, -1 where the row says nothing.
        names: of the targets.
        column: the column they were read from.
    """

    target: Indices
    names: tuple[str, ...]
    column: str


def read_truth(path: Path, frame: SiteFrame) -> TruthTable:
    """Read a truth table into the site's frame.

    Raises:
        ConfigurationError: no such table, a column missing or of the wrong type, or not one usable row.
    """
    table = read_table(path)
    local = all(name in table.columns for name in LOCAL)
    require_columns(table, path, ("time_s", "target", *(LOCAL if local else GEODETIC)))
    time_s = number_column(table, path, "time_s")
    target, names = _encoded(text_column(table, "target"))
    position = np.column_stack([number_column(table, path, name) for name in (LOCAL if local else GEODETIC)])
    kept = np.flatnonzero(np.isfinite(time_s) & (target >= 0) & np.isfinite(position).all(axis=1))
    if kept.size == 0:
        raise ConfigurationError(str(path), "", "not one row has time, target and position", "fill them in")
    kept = kept[np.argsort(time_s[kept], kind="stable")]
    position_m = position[kept] if local else frame.enu_from_geodetic(position[kept])
    return TruthTable(time_s[kept], target[kept], position_m, names, table.height - kept.size)


def read_labels(path: Path) -> Labels | None:
    """The column of a detections table that names each row's target, where it has one."""
    return labels_of(read_table(path))


def labels_of(table: pl.DataFrame) -> Labels | None:
    """The same of a table already in memory."""
    for column in LABELS:
        if column in table.columns:
            return Labels(*_encoded(text_column(table, column)), column)
    return None


def _encoded(texts: NDArray[np.object_]) -> tuple[Indices, tuple[str, ...]]:
    """Numbers for texts, -1 for none, and the texts in order of first appearance."""
    names = tuple(text for text in dict.fromkeys(texts) if text is not None)
    number = {name: position for position, name in enumerate(names)}
    return np.array([number.get(text, -1) for text in texts], dtype=np.int64), names
