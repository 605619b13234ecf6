"""Changing what a site file says of its sensors, and leaving all else in it, comments too, as people wrote it.

The text is edited line by line, then read again: where anything but the wanted keys has changed, the edit is refused.
"""

import re
import tomllib
from collections.abc import Mapping
from typing import Any, NamedTuple

from sangar.core.errors import ConfigurationError

REPLACED = ("bias", "orientation", "left_out")
"""Keys of a `[[sensor]]` that may be written anew."""

_SENSOR = re.compile(r"\s*\[\[\s*sensor\s*\]\]\s*(#.*)?$")
_HEADER = re.compile(r"\s*\[")
_OF_SENSOR = re.compile(r"\s*\[\[?\s*sensor\s*\.\s*(\w+)")
_KEY = re.compile(r"\s*(\w+)\s*=")


class SensorChange(NamedTuple):
    """New lines for one sensor; what is None stays as it was.

    Attributes:
        bias: keys and values of `[sensor.bias]`, with a remark for people.
        orientation: keys and values of `orientation`.
        left_out: why the sensor is left out; empty to use it again.
    """

    bias: Mapping[str, float] | None = None
    orientation: Mapping[str, float] | None = None
    left_out: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys it writes anew."""
        return tuple(key for key in REPLACED if getattr(self, key) is not None)


def with_changes(text: str, changes: Mapping[str, SensorChange], remark: str, source: str) -> str:
    """The text of a site file with these sensors (by id) changed.

    Args:
        text: of the site file; known to be valid.
        changes: what to write.
        remark: a comment beside what is written.
        source: name of the file in errors.

    Raises:
        ConfigurationError: the file's sensors are written in a way that cannot be edited safely.
    """
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if _SENSOR.match(line)]
    sensors = tomllib.loads(text).get("sensor", [])
    if len(starts) != len(sensors):
        raise _refusal(source)
    for start, sensor in reversed(list(zip(starts, sensors, strict=True))):
        change = changes.get(sensor["id"])
        if change is not None:
            end = _end_of_sensor(lines, start)
            lines[start:end] = _changed(lines[start:end], change, remark)
    edited = "\n".join(lines) + "\n"
    if not _only_differs(text, edited, changes):
        raise _refusal(source)
    return edited


def _refusal(source: str) -> ConfigurationError:
    problem = "its sensors are written in a way that cannot be changed without risk"
    return ConfigurationError(source, "sensor", problem, "give each its own [[sensor]] with one key on a line")


def _end_of_sensor(lines: list[str], start: int) -> int:
    """First line after a sensor's own tables; blank lines and comments before the next header are that header's."""
    end = start + 1
    while end < len(lines) and not (_HEADER.match(lines[end]) and not _OF_SENSOR.match(lines[end])):
        end += 1
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _changed(own: list[str], change: SensorChange, remark: str) -> list[str]:
    """A sensor's lines, header first, with the old keys taken out and the new put in."""
    kept, inside = [own[0]], ""
    for line in own[1:]:
        if header := _OF_SENSOR.match(line):
            inside = header[1]
        key = _KEY.match(line)
        replaced = inside or (key[1] if key else "")
        if replaced in change.keys and (key or _OF_SENSOR.match(line)):
            continue
        kept.append(line)
    head = []
    if change.left_out:
        head.append(f"left_out = {_quoted(change.left_out)}  # {remark}")
    if change.orientation:
        head.append(f"orientation = {{ {_pairs(change.orientation, ', ')} }}  # {remark}")
    tail = ["", f"[sensor.bias]  # {remark}", *_pairs(change.bias, "\n").split("\n")] if change.bias else []
    while tail and kept and not kept[-1].strip():
        kept.pop()
    return [kept[0], *head, *kept[1:], *tail]


def _pairs(values: Mapping[str, float], between: str) -> str:
    return between.join(f"{key} = {float(f'{value:.6g}')!r}" for key, value in values.items())


def _quoted(text: str) -> str:
    """A TOML basic string of one line."""
    safe = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(letter if letter.isprintable() else " " for letter in safe) + '"'


def _only_differs(before: str, after: str, changes: Mapping[str, SensorChange]) -> bool:
    """Whether two site files say the same but for the changed keys of the changed sensors."""
    try:
        old, new = tomllib.loads(before), tomllib.loads(after)
    except tomllib.TOMLDecodeError:
        return False
    return _without(old, changes) == _without(new, changes)


def _without(tables: dict[str, Any], changes: Mapping[str, SensorChange]) -> dict[str, Any]:
    sensors = []
    for sensor in tables.get("sensor", []):
        left_away = changes[sensor["id"]].keys if sensor["id"] in changes else ()
        sensors.append({key: value for key, value in sensor.items() if key not in left_away})
    return {**tables, "sensor": sensors}
