"""A capture of Remote ID as a table of claims, in the columns of a table of track reports.

Times are seconds since midnight UTC of the first transmission, of the position where the drone's own time is within a
few seconds of the receiver's, else of the reception. Drones repeat a position; each is told once.
"""

import math
from pathlib import Path
from typing import NamedTuple

import polars as pl

from sangar.adapters.remote_id.messages import GROUND_OBSTACLE, BasicId, Location, decode
from sangar.adapters.remote_id.wifi import Transmission, frames, transmission
from sangar.core.errors import ConfigurationError, WireError

DAY_S, HOUR_S = 86_400.0, 3600.0
LARGEST_CLOCK_DIFFERENCE_S = 5.0
SIGMA_OF_95 = 0.5
"""1 sigma, of a 95 % bound."""

NUMBERS = (
    "latitude_deg", "longitude_deg", "altitude_m", "east_mps", "north_mps", "up_mps", "sigma_east_m", "sigma_north_m",
    "sigma_altitude_m", "sigma_east_mps", "sigma_north_mps",
)  # fmt: skip
COLUMNS: dict[str, type[pl.DataType]] = {
    "time_s": pl.Float64,
    "sensor": pl.String,
    "track": pl.Int64,
    **dict.fromkeys(NUMBERS, pl.Float64),
    "category": pl.String,
    "identifier": pl.String,
}


class Counts(NamedTuple):
    """What a capture held.

    Attributes:
        frames: captured frames.
        other_frames: frames without Remote ID.
        malformed: transmissions that do not follow the standard.
        without_place: transmissions without a position.
        repeated: transmissions that repeat a position of the same time.
        claims: rows of the table.
    """

    frames: int
    other_frames: int
    malformed: int
    without_place: int
    repeated: int
    claims: int


class RemoteIds(NamedTuple):
    """A recording.

    Attributes:
        claims: the table.
        counts: what was read and left out.
    """

    claims: pl.DataFrame
    counts: Counts


def read_remote_id(path: Path, sensor: str) -> RemoteIds:
    """Read a Wi-Fi capture (pcapng); `sensor` names the receiver in the site file.

    Raises:
        ConfigurationError: the file cannot be read, is no such capture, or holds no Remote ID with a position.
    """
    try:
        data = path.read_bytes()
        captured = list(frames(data))
    except OSError as error:
        raise ConfigurationError(str(path), "", f"cannot be read ({error})", "check the path") from error
    except WireError as error:
        raise ConfigurationError(str(path), "", str(error), "give a Wi-Fi capture with radiotap headers") from error
    sent = [found for frame in captured if (found := transmission(frame)) is not None]
    reading = _Reading(sensor)
    for one in sent:
        reading.take(one)
    if not reading.rows:
        problem = "holds no Remote ID with a position"
        raise ConfigurationError(str(path), "", problem, "check that the capture was made in monitor mode")
    counts = Counts(
        len(captured), len(captured) - len(sent), reading.malformed, reading.without_place, reading.repeated,
        len(reading.rows),
    )  # fmt: skip
    return RemoteIds(pl.DataFrame(reading.named(), schema=COLUMNS, orient="row").sort("time_s"), counts)


class _Reading:
    """Rows so far, and what transmitters have said of themselves."""

    def __init__(self, sensor: str) -> None:
        self.rows: list[dict[str, object]] = []
        self.malformed = self.without_place = self.repeated = 0
        self._sensor, self._midnight_s = sensor, math.nan
        self._names: dict[int, str] = {}
        self._obstacles: set[int] = set()
        self._newest: dict[int, tuple[float, ...]] = {}

    def take(self, sent: Transmission) -> None:
        """Add what one transmission says."""
        try:
            messages = decode(sent.payload)
        except WireError:
            self.malformed += 1
            return
        if math.isnan(self._midnight_s):
            self._midnight_s = sent.received_s - sent.received_s % DAY_S
        for message in messages:
            if isinstance(message, BasicId):
                self._names[sent.address] = message.identifier
                if message.aircraft == GROUND_OBSTACLE:
                    self._obstacles.add(sent.address)
        places = [message for message in messages if isinstance(message, Location)]
        if not places or math.isnan(places[0].latitude_deg):
            self.without_place += 1
            return
        self._place(sent, places[0])

    def _place(self, sent: Transmission, place: Location) -> None:
        if (place.past_hour_s, *place[:2]) == self._newest.get(sent.address):
            self.repeated += 1
            return
        self._newest[sent.address] = (place.past_hour_s, *place[:2])
        row: dict[str, object] = dict(zip(NUMBERS[:6], place[:6], strict=True))
        horizontal_m, speed_mps = SIGMA_OF_95 * place.horizontal_95_m, SIGMA_OF_95 * place.speed_95_mps
        row |= {"sigma_east_m": horizontal_m, "sigma_north_m": horizontal_m}
        row |= {"sigma_altitude_m": SIGMA_OF_95 * place.vertical_95_m}
        row |= {"sigma_east_mps": speed_mps, "sigma_north_mps": speed_mps}
        self.rows.append(
            {
                "time_s": _position_time_s(sent.received_s, place.past_hour_s) - self._midnight_s,
                "sensor": self._sensor,
                "track": sent.address,
                **{name: _told(value) for name, value in row.items()},
            }
        )

    def named(self) -> list[dict[str, object]]:
        """The rows, each with what its transmitter said of itself at any time."""
        return [
            row
            | {
                "category": "surface" if row["track"] in self._obstacles else "unmanned",
                "identifier": self._names.get(int(str(row["track"]))),
            }
            for row in self.rows
        ]


def _told(value: object) -> object:
    """None for what is not told."""
    return None if isinstance(value, float) and math.isnan(value) else value


def _position_time_s(received_s: float, past_hour_s: float) -> float:
    """When the position holds: by the drone's time past the hour nearest to the reception, if that may be."""
    if math.isnan(past_hour_s):
        return received_s
    behind_s = (received_s - past_hour_s + HOUR_S / 2.0) % HOUR_S - HOUR_S / 2.0
    return received_s - behind_s if abs(behind_s) <= LARGEST_CLOCK_DIFFERENCE_S else received_s
