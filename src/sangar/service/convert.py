"""`sangar convert asterix`: a radar's recording becomes a detections table and, if wanted, a first site file."""

import math
import sys
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from sangar.adapters.asterix.recording import Recording, read_recording
from sangar.adapters.asterix.sensors import RecordedSensor
from sangar.adapters.tables.detections import write_detections
from sangar.core.errors import ConfigurationError, PortError
from sangar.core.frames import SiteFrame
from sangar.service.conversion import check_out, counts_in_words, say
from sangar.service.first_site import first_site


class ConvertRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to convert.

    Attributes:
        file: ASTERIX recording, raw blocks or pcap.
        out: detections table to write, Parquet or CSV.
        site_out: site file to write with the sensor in it; ASTERIX does not carry its position, so that is needed then.
        latitude_deg: the sensor's WGS84 latitude; where it tells positions in metres, that of its reference point.
        longitude_deg: its longitude.
        altitude_m: its height above the ellipsoid.
        json: print the counts as JSON.
    """

    file: Path
    out: Path
    site_out: Path | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    altitude_m: float | None = None
    json: bool = False


def convert_asterix(request: ConvertRequest) -> int:
    """Convert and report what was read and what was left out; returns the exit code.

    Raises:
        ConfigurationError: the recording or an argument is wrong.
        PortError: a file cannot be written.
    """
    place = _place(request)
    check_out(request.out, request.file)
    recording = _read_with_progress(request.file, place)
    write_detections(recording.plots, request.out)
    if request.site_out is not None and place is not None:
        _write_text(request.site_out, first_site(place, recording.sensors))
    say(_answer(request, recording), _in_words(request, recording), as_json=request.json)
    return 0


def _place(request: ConvertRequest) -> SiteFrame | None:
    """Where the sensor stands, as far as the command line tells; a site file must be told."""
    given = {
        "--latitude": (request.latitude_deg, 90.0),
        "--longitude": (request.longitude_deg, 180.0),
        "--altitude": (request.altitude_m, 10_000.0),
    }
    if request.site_out is None and all(value is None for value, _ in given.values()):
        return None
    position: list[float] = []
    for option, (value, limit) in given.items():
        if value is None:
            wanted = "a site file" if request.site_out is not None else "a reference point"
            problem = f"is needed for {wanted}: ASTERIX does not say where the sensor stands"
            raise ConfigurationError(option, "", problem, "give the sensor's position, or leave --site-out out")
        if not abs(value) <= limit:
            raise ConfigurationError(option, "", f"{value} is not between -{limit:g} and {limit:g}", "correct it")
        position.append(value)
    return SiteFrame(*position)


def _read_with_progress(file: Path, place: SiteFrame | None) -> Recording:
    console = Console(file=sys.stderr)
    with Progress(
        TextColumn("decoding ASTERIX"), BarColumn(), TimeRemainingColumn(), console=console, transient=True
    ) as progress:
        task = progress.add_task("", total=None)

        def show(done: int, total: int) -> None:
            if done % 256 == 0:
                progress.update(task, completed=done, total=total)

        return read_recording(file, show, place)


def _write_text(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PortError(f"{path}: cannot be written ({error})") from error


def _answer(request: ConvertRequest, recording: Recording) -> dict[str, object]:
    return {
        "out": str(request.out),
        "site_out": None if request.site_out is None else str(request.site_out),
        "counts": recording.counts._asdict(),
        "detection_types": dict(recording.plots["detection_type"].value_counts(sort=True).rows()),
        "mode_s_addresses": recording.plots["mode_s_address"].drop_nulls().n_unique(),
        "sensors": [sensor._asdict() for sensor in recording.sensors],
    }


def _in_words(request: ConvertRequest, recording: Recording) -> list[str]:
    counts = recording.counts._asdict()
    kind = "radar" if all("range" in sensor.measures for sensor in recording.sensors) else "sensor"
    sensors = f"{len(recording.sensors)} {kind}{'s' * (len(recording.sensors) > 1)}"
    lines = [f"{request.out}: {counts.pop('plots')} detections of {sensors}"]
    lines += [_sensor_in_words(sensor) for sensor in recording.sensors]
    lines += counts_in_words(counts)
    if request.site_out is not None:
        lines.append(f"{request.site_out}: a first site file; check it")
    return lines


def _sensor_in_words(sensor: RecordedSensor) -> str:
    turn = "turn" if "range" in sensor.measures else "cycle"
    period = f"{turn} unknown" if math.isnan(sensor.period_s) else f"one {turn} in {sensor.period_s:.2f} s"
    reach = "" if math.isnan(sensor.maximum_range_m) else f", to {sensor.maximum_range_m / 1000.0:.0f} km"
    return f"  {sensor.sensor}: {sensor.plots} plots of {' and '.join(sensor.measures)}, {period}{reach}"
