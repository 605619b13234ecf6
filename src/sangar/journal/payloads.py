"""What the entries hold. The header explains the rest of the file: versions, site and scenario text, record layouts."""

import platform
from collections.abc import Callable, Mapping
from importlib.metadata import version
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

import sangar
from sangar.core.actions import ACTION
from sangar.core.detections import DETECTION
from sangar.core.errors import PortError
from sangar.core.events import EVENT
from sangar.core.track_reports import TRACK_REPORT
from sangar.journal.entry import EntryKind

FORMAT_VERSION = 1
_RECORDS = {"DETECTION": DETECTION, "TRACK_REPORT": TRACK_REPORT, "ACTION": ACTION, "EVENT": EVENT}
_Payload = TypeVar("_Payload", bound=msgspec.Struct)


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """First entry of every journal. No wall clock in it: the same run gives the same journal to the last octet.

    Attributes:
        format_version: of the payloads.
        software_version: of Sangar.
        versions: of Python, NumPy and Numba, and the processor's kind, for whoever compares replays.
        mode: `exercise` for simulated sensors and effectors; anything else is live.
        site: the site file's text.
        scenario: the scenario file's text; empty in live service.
        seed: of the simulation's dice; None in live service.
        policy: the standing policy that decided in a person's place, in words; empty where people decided.
        languages: texts of the language files in which alerts were worded, by language.
        record_layouts: NumPy `descr` of DETECTION, TRACK_REPORT, ACTION and EVENT records.
    """

    format_version: int = FORMAT_VERSION
    software_version: str = sangar.__version__
    versions: dict[str, str] = {}
    mode: str = "exercise"
    site: str
    scenario: str = ""
    seed: int | None = None
    policy: str = ""
    languages: dict[str, str] = {}
    record_layouts: dict[str, list[list[str | list[int]]]] = {}


class StepInput(msgspec.Struct, frozen=True, array_like=True):
    """What one call of the step was given.

    Attributes:
        time_s: of the batch, seconds since the site's epoch.
        sensor: row of the sensor table.
        detections: DETECTION records, as octets.
        actions: ACTION records, as octets.
        reports: TRACK_REPORT records, as octets.
    """

    time_s: float
    sensor: int
    detections: bytes
    actions: bytes
    reports: bytes = b""


class StepOutput(msgspec.Struct, frozen=True, array_like=True):
    """What the step answered.

    Attributes:
        events: EVENT records, as octets.
    """

    events: bytes


class ThreatTruth(msgspec.Struct, frozen=True, kw_only=True):
    """What the simulation knows of one threat: its path and its end. Exercises only; the step never saw it.

    Attributes:
        id: its name in the scenario.
        kind: its kind in the scenario.
        time_s: sample times while it flew.
        position_m: east, north, up at each; site frame.
        stopped_s: when a simulated effector stopped it; None when none did.
        leaked: True where it reached its end point.
        ended_s: when it ended: stopped, impacted or arrived; None when still flying.
        perimeter_distance_m: horizontal distance from the perimeter where it ended, negative inside; None if unknown.
    """

    id: str
    kind: str
    time_s: list[float]
    position_m: list[tuple[float, float, float]]
    stopped_s: float | None = None
    leaked: bool = False
    ended_s: float | None = None
    perimeter_distance_m: float | None = None


class Truth(msgspec.Struct, frozen=True):
    """The threats of an exercise, for the after-action report.

    Attributes:
        threats: one each, in the scenario's order.
    """

    threats: list[ThreatTruth]


class Recovered(msgspec.Struct, frozen=True):
    """Says that writing was taken up again after a crash.

    Attributes:
        segment: which segment had a torn tail.
        cut_octets: how long that tail was; it stands aside in a `.torn` file.
    """

    segment: str
    cut_octets: int


class Closing(msgspec.Struct, frozen=True):
    """Last entry of a journal that was closed on purpose.

    Attributes:
        entries: how many entries stand before this one.
    """

    entries: int


def run_header(
    *,
    site: str,
    scenario: str,
    seed: int | None,
    policy: str,
    mode: str = "exercise",
    languages: Mapping[str, str] = MappingProxyType({}),
) -> Header:
    """Header of a run by this software on this machine."""
    versions = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": version("numba"),
        "processor": platform.machine(),
    }
    return Header(
        versions=versions,
        mode=mode,
        site=site,
        scenario=scenario,
        seed=seed,
        policy=policy,
        languages=dict(languages),
        record_layouts={name: _described(layout) for name, layout in _RECORDS.items()},
    )


def encode_payload(payload: msgspec.Struct) -> tuple[EntryKind, bytes]:
    """Kind and octets of a payload: the header as JSON that a person can read, the rest as MessagePack."""
    kind, encode, _ = _KINDS[type(payload)]
    return kind, encode(payload)


def decode_payload(wanted: type[_Payload], octets: bytes) -> _Payload:
    """A payload from its octets.

    Raises:
        PortError: they do not hold one.
    """
    try:
        decoded: _Payload = _KINDS[wanted][2](octets, type=wanted)
    except msgspec.DecodeError as error:
        raise PortError(f"a {wanted.__name__} entry cannot be read: {error}") from error
    return decoded


def records(octets: bytes, layout: np.dtype[np.void]) -> NDArray[np.void]:
    """Records of a layout from their octets; a copy, for compiled code takes no read-only arrays.

    Raises:
        PortError: the octets are no whole number of records.
    """
    if len(octets) % layout.itemsize:
        raise PortError(f"{len(octets)} octets are no whole number of records of {layout.itemsize}")
    return np.frombuffer(octets, layout).copy()


def check_layouts(header: Header) -> None:
    """Refuse a journal whose records are laid out otherwise than this version's.

    Raises:
        PortError: a layout differs; names it.
    """
    if header.format_version != FORMAT_VERSION:
        raise PortError(f"the journal is of format {header.format_version}; this version reads {FORMAT_VERSION}")
    for name, layout in _RECORDS.items():
        if header.record_layouts.get(name) != _described(layout):
            raise PortError(
                f"{name} records of this journal (Sangar {header.software_version}) are laid out otherwise than "
                f"those of Sangar {sangar.__version__}"
            )


def _described(layout: np.dtype[np.void]) -> list[list[str | list[int]]]:
    return [[list(part) if isinstance(part, tuple) else part for part in field] for field in layout.descr]


_Decode = Callable[..., Any]
_KINDS: dict[type[msgspec.Struct], tuple[EntryKind, Callable[[Any], bytes], _Decode]] = {
    Header: (EntryKind.HEADER, msgspec.json.encode, msgspec.json.decode),
    StepInput: (EntryKind.INPUT, msgspec.msgpack.encode, msgspec.msgpack.decode),
    StepOutput: (EntryKind.OUTPUT, msgspec.msgpack.encode, msgspec.msgpack.decode),
    Truth: (EntryKind.TRUTH, msgspec.msgpack.encode, msgspec.msgpack.decode),
    Recovered: (EntryKind.RECOVERED, msgspec.msgpack.encode, msgspec.msgpack.decode),
    Closing: (EntryKind.CLOSING, msgspec.msgpack.encode, msgspec.msgpack.decode),
}
