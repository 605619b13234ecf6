"""Reading and writing a table file, Parquet or CSV by its suffix, with errors that name file, column and mend."""

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sangar.core.arrays import Series
from sangar.core.errors import ConfigurationError, PortError

SUFFIXES = (".parquet", ".csv")


def read_table(path: Path) -> pl.DataFrame:
    """Read a table.

    Raises:
        ConfigurationError: the suffix is unknown, the file cannot be read as such a table, or it has no rows.
    """
    check_suffix(path)
    if not path.is_file():
        problem = "is not a file" if path.exists() else "does not exist"
        raise ConfigurationError(str(path), "", problem, "check the path")
    try:
        table = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema_length=None)
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = (str(error).splitlines() or ["unknown"])[0][:200]
        problem = f"cannot be read as {path.suffix[1:]} ({reason!r})"
        raise ConfigurationError(str(path), "", problem, "check the file's content and its suffix") from error
    if table.height == 0:
        raise ConfigurationError(str(path), "", "has no rows", "give a table with at least one row")
    return table


def write_table(table: pl.DataFrame, path: Path) -> None:
    """Write a table beside its final name, then put it there, so that a half-written table is never seen.

    Raises:
        ConfigurationError: the suffix is unknown.
        PortError: the file cannot be written.
    """
    check_suffix(path)
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".parquet":
            table.write_parquet(unfinished)
        else:
            table.write_csv(unfinished)
        unfinished.replace(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise PortError(f"{path}: cannot be written ({error})") from error


def require_columns(table: pl.DataFrame, path: Path, names: tuple[str, ...]) -> None:
    """Check that the named columns are there.

    Raises:
        ConfigurationError: one is missing.
    """
    for name in names:
        if name not in table.columns:
            there = ", ".join(printable(column) for column in table.columns[:40])
            raise ConfigurationError(
                str(path), name, f"the column is missing (columns there: {there})", "add or rename it"
            )


def number_column(table: pl.DataFrame, path: Path, name: str) -> Series:
    """A column as float64; NaN where empty, or everywhere when the table has no such column.

    Raises:
        ConfigurationError: the column does not hold numbers.
    """
    if name not in table.columns:
        return np.full(table.height, np.nan)
    column = table[name]
    if column.dtype == pl.String:
        numbers = column.str.strip_chars().cast(pl.Float64, strict=False)
        wrong = (column.is_not_null() & (column.str.strip_chars() != "") & numbers.is_null()).arg_max()
        if wrong is not None and numbers[wrong] is None and (column[wrong] or "").strip():
            problem = f"{printable(str(column[wrong]))} in row {wrong} is not a number"
            raise ConfigurationError(str(path), name, problem, "write numbers, or leave the cell empty")
    elif column.dtype.is_numeric() or column.dtype == pl.Null:
        numbers = column.cast(pl.Float64)
    else:
        raise ConfigurationError(str(path), name, f"holds {column.dtype}, not numbers", "write the column as numbers")
    return np.array(numbers.fill_null(np.nan).to_numpy(), dtype=np.float64)


def text_column(table: pl.DataFrame, name: str) -> NDArray[np.object_]:
    """A column as text; None where empty."""
    return np.array(table[name].cast(pl.String).to_list(), dtype=object)


def word_column(table: pl.DataFrame, path: Path, name: str, known: dict[str, int], usual: int) -> NDArray[np.int64]:
    """A column of words as their numbers; the usual one where empty or where there is no such column.

    Raises:
        ConfigurationError: a word is none of those known.
    """
    if name not in table.columns:
        return np.full(table.height, usual, dtype=np.int64)
    words = text_column(table, name)
    for row, word in enumerate(words):
        if word is not None and word not in known:
            problem = f"{printable(str(word))} in row {row} is not one of {', '.join(known)}"
            raise ConfigurationError(str(path), name, problem, "use one of them, or leave the cell empty")
    return np.array([usual if word is None else known[word] for word in words], dtype=np.int64)


def printable(text: str) -> str:
    """Foreign text, quoted, escaped and cut, so that it cannot play tricks on a terminal."""
    return ascii(text[:60])


def check_suffix(path: Path) -> None:
    """Check that a file's suffix is a table's.

    Raises:
        ConfigurationError: it is not.
    """
    if path.suffix not in SUFFIXES:
        raise ConfigurationError(
            str(path), "", f"suffix {printable(path.suffix)} is not a table's", f"use one of {', '.join(SUFFIXES)}"
        )
