"""The table of a reference flight: where one body really was, fix by fix."""

from pathlib import Path

import numpy as np

from sangar.adapters.tables.files import number_column, printable, read_table, require_columns, text_column
from sangar.adapters.tables.truth import GEODETIC, LOCAL
from sangar.core.errors import ConfigurationError
from sangar.core.frames import SiteFrame
from sangar.tracking.registration.reference import ReferenceFlight, reference_flight


def read_reference(path: Path, frame: SiteFrame) -> ReferenceFlight:
    """Read a reference flight into the site's frame: a truth table of one target (which need not be named).

    Raises:
        ConfigurationError: no such table, a column missing or of the wrong type, several targets, or too few fixes.
    """
    table = read_table(path)
    columns = LOCAL if all(name in table.columns for name in LOCAL) else GEODETIC
    require_columns(table, path, ("time_s", *columns))
    if "target" in table.columns:
        names = list(dict.fromkeys(name for name in text_column(table, "target") if name is not None))
        if len(names) > 1:
            problem = f"has {len(names)} targets ({', '.join(printable(name) for name in names[:5])} ...)"
            raise ConfigurationError(str(path), "target", problem, "give the flight of one body")
    time_s = number_column(table, path, "time_s")
    position = np.column_stack([number_column(table, path, name) for name in columns])
    kept = np.flatnonzero(np.isfinite(time_s) & np.isfinite(position).all(axis=1))
    try:
        position_m = position[kept] if columns is LOCAL else frame.enu_from_geodetic(position[kept])
        return reference_flight(time_s[kept], position_m)
    except ValueError as error:
        raise ConfigurationError(str(path), "", str(error), "give a longer flight") from error
