"""A recording of ADS-B in JSON, whichever of the known forms it has, as a table of claims; gzip is undone."""

import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from sangar.adapters.adsb import readsb, state_vectors
from sangar.adapters.adsb.claims import AdsbClaims, State, claims_of
from sangar.core.errors import ConfigurationError

GZIP_MAGIC = b"\x1f\x8b"


def read_adsb(path: Path, sensor: str) -> AdsbClaims:
    """Read a recording; `sensor` names the receiver in the site file.

    Raises:
        ConfigurationError: the file cannot be read, has none of the known forms, or holds no position in the air.
    """
    try:
        data = path.read_bytes()
        data = gzip.decompress(data) if data.startswith(GZIP_MAGIC) else data
    except (OSError, EOFError, ValueError) as error:
        raise ConfigurationError(str(path), "", f"cannot be read ({error})", "check the path") from error
    states: list[State] = []
    malformed = 0
    for state in _states(data, path):
        if state is None:
            malformed += 1
        else:
            states.append(state)
    read = claims_of(states, malformed, sensor)
    if not read.counts.claims:
        raise ConfigurationError(str(path), "", "holds no position of an aircraft in the air", "check the file")
    return read


def _states(data: bytes, path: Path) -> Iterable[State | None]:
    try:
        content = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        return _line_states(data, path)
    if readsb.is_trace(content):
        return readsb.trace_states(content)
    if readsb.is_aircraft(content):
        return readsb.aircraft_states(content)
    if state_vectors.is_state_vectors(content):
        return state_vectors.states(content)
    raise _unknown(path)


def _line_states(data: bytes, path: Path) -> Iterator[State | None]:
    """States of a file with one JSON text a line."""
    lines = [line for line in data.splitlines() if line.strip()]
    if not lines or not readsb.is_aircraft(_decoded(lines[0])):
        raise _unknown(path)
    for line in lines:
        content = _decoded(line)
        if readsb.is_aircraft(content):
            yield from readsb.aircraft_states(content)
        else:
            yield None


def _decoded(line: bytes) -> Any:  # noqa: ANN401 - foreign JSON
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return None


def _unknown(path: Path) -> ConfigurationError:
    problem = "is no recording of ADS-B that is known here"
    return ConfigurationError(str(path), "", problem, "give readsb's JSON (a trace, aircraft.json or lines) or states")
