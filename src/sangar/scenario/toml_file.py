"""Reading a settings file: TOML text in, frozen settings or one clear sentence out."""

import math
import tomllib
from pathlib import Path
from typing import TypeVar

import msgspec

from sangar.core.errors import ConfigurationError
from sangar.scenario.complaints import complaint

LARGEST_FILE_BYTES = 4 * 1024 * 1024
"""A settings file larger than this is something else."""

Settings = TypeVar("Settings", bound=msgspec.Struct)


def read_settings(path: str | Path, kind: type[Settings]) -> Settings:
    """Read a TOML file into settings of a kind.

    Raises:
        ConfigurationError: the file cannot be read, is no TOML, or something in it is wrong.
    """
    return parse_settings(read_text(Path(path)), kind, str(path))


def parse_settings(text: str, kind: type[Settings], source: str) -> Settings:
    """Turn TOML text into settings of a kind; `source` names the text in errors.

    Raises:
        ConfigurationError: the text is no TOML, or something in it is wrong.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = f"is not valid TOML: {str(error).strip()!r}"
        raise ConfigurationError(source, "", problem, "mend the syntax at that place") from error
    except RecursionError as error:
        raise ConfigurationError(source, "", "is nested too deeply", "flatten the lists") from error
    _refuse_infinities(source, tables)
    try:
        return msgspec.convert(tables, kind)
    except msgspec.ValidationError as error:
        raise complaint(source, kind, error) from error


def read_text(path: Path) -> str:
    """The text of a settings file.

    Raises:
        ConfigurationError: it cannot be read, is too large or is no UTF-8.
    """
    source = str(path)
    try:
        if not path.is_file():
            problem = "is not a file" if path.exists() else "does not exist"
            raise ConfigurationError(source, "", problem, "check the path")
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        problem = f"cannot be read ({error})"
        raise ConfigurationError(source, "", problem, "check the path and its permissions") from error
    if len(data) > LARGEST_FILE_BYTES:
        problem = f"is larger than {LARGEST_FILE_BYTES // 1024 // 1024} MiB"
        raise ConfigurationError(source, "", problem, "give a settings file, not recorded data")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8 text (byte {error.start})"
        raise ConfigurationError(source, "", problem, "save the file as UTF-8") from error


def _refuse_infinities(source: str, value: object, path: str = "") -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_infinities(source, item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for row, item in enumerate(value):
            _refuse_infinities(source, item, f"{path}[{row}]")
    elif isinstance(value, float) and not math.isfinite(value):
        problem = f"{value} is not a finite number"
        raise ConfigurationError(source, path, problem, "write a finite number or leave the line out")
