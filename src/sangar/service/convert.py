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
from sangar.adapters.tables.files import check_suffix
from sangar.core.errors import ConfigurationError, PortError

USUAL_PERIOD_S = 5.0
"""Antenna turn assumed where the recording does not tell; airport radars take some 4 s, en-route radars 6 to 12 s."""

SITE_HEAD = """\
# Written by `sangar convert asterix`. Check it: the radar's position came from the command line, its period and range
# from the recording, its accuracy is what such radars usually reach.
[site]
name = "Radar {first}"
latitude_deg = {latitude_deg!r}
longitude_deg = {longitude_deg!r}
altitude_m = {altitude_m!r}
"""

SITE_SENSOR = """
[[sensor]]
id = "{sensor}"
kind = "radar"
measures = ["range", "azimuth", "altitude"]
latitude_deg = {latitude_deg!r}
longitude_deg = {longitude_deg!r}
altitude_m = {altitude_m!r}
period_s = {period_s:.3f}

[sensor.accuracy]
range_m = 30.0
azimuth_deg = 0.07
altitude_m = 15.0  # of one report against the next: the weather's error is the same for all

[sensor.coverage]
min_range_m = 0.0
max_range_m = {maximum_range_m:.0f}
min_elevation_deg = -2.0
max_elevation_deg = 90.0
detection_probability = 0.95
false_alarms_per_scan = 5.0
"""


class ConvertRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to convert.

    Attributes:
        file: ASTERIX recording, raw blocks or pcap.
        out: detections table to write, Parquet or CSV.
        site_out: site file to write with the radar in it; ASTERIX does not carry its position, so that is needed then.
        latitude_deg: the radar's WGS84 latitude.
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
    if request.site_out is not None:
        _require_position(request)
    if request.out.resolve() == request.file.resolve():
        raise ConfigurationError("--out", "", "is the recording itself", "name another file")
    check_suffix(request.out)
    recording = _read_with_progress(request.file)
    write_detections(recording.plots, request.out)
    if request.site_out is not None:
        _write_text(request.site_out, _site_text(request, recording.sensors))
    _report(request, recording)
    return 0


def _require_position(request: ConvertRequest) -> None:
    given = {
        "--latitude": (request.latitude_deg, 90.0),
        "--longitude": (request.longitude_deg, 180.0),
        "--altitude": (request.altitude_m, 10_000.0),
    }
    for option, (value, limit) in given.items():
        if value is None:
            problem = "is needed for a site file: ASTERIX does not say where the radar stands"
            raise ConfigurationError(option, "", problem, "give the radar's position, or leave --site-out out")
        if not abs(value) <= limit:
            raise ConfigurationError(option, "", f"{value} is not between -{limit:g} and {limit:g}", "correct it")


def _read_with_progress(file: Path) -> Recording:
    console = Console(file=sys.stderr)
    with Progress(
        TextColumn("decoding ASTERIX"), BarColumn(), TimeRemainingColumn(), console=console, transient=True
    ) as progress:
        task = progress.add_task("", total=None)

        def show(done: int, total: int) -> None:
            if done % 256 == 0:
                progress.update(task, completed=done, total=total)

        return read_recording(file, show)


def _site_text(request: ConvertRequest, sensors: tuple[RecordedSensor, ...]) -> str:
    place = {
        "latitude_deg": request.latitude_deg,
        "longitude_deg": request.longitude_deg,
        "altitude_m": request.altitude_m,
    }
    text = SITE_HEAD.format(first=sensors[0].sensor, **place)
    for sensor in sensors:
        period_s = USUAL_PERIOD_S if math.isnan(sensor.period_s) else sensor.period_s
        reach_m = 10_000.0 * math.ceil(sensor.maximum_range_m / 10_000.0)
        text += SITE_SENSOR.format(sensor=sensor.sensor, period_s=period_s, maximum_range_m=reach_m, **place)
    return text


def _write_text(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PortError(f"{path}: cannot be written ({error})") from error


def _report(request: ConvertRequest, recording: Recording) -> None:
    answer = _in_json(request, recording) if request.json else _in_words(request, recording)
    sys.stdout.write(answer + "\n")


def _in_json(request: ConvertRequest, recording: Recording) -> str:
    answer = {
        "out": str(request.out),
        "site_out": None if request.site_out is None else str(request.site_out),
        "counts": recording.counts._asdict(),
        "detection_types": dict(recording.plots["detection_type"].value_counts(sort=True).rows()),
        "mode_s_addresses": recording.plots["mode_s_address"].drop_nulls().n_unique(),
        "sensors": [sensor._asdict() for sensor in recording.sensors],
    }
    return msgspec.json.encode(answer).decode()


def _in_words(request: ConvertRequest, recording: Recording) -> str:
    counts = recording.counts._asdict()
    radars = f"{len(recording.sensors)} radar{'s' * (len(recording.sensors) > 1)}"
    lines = [f"{request.out}: {counts.pop('plots')} detections of {radars}"]
    for sensor in recording.sensors:
        turn = "turn unknown" if math.isnan(sensor.period_s) else f"one turn in {sensor.period_s:.2f} s"
        lines.append(f"  {sensor.sensor}: {sensor.plots} plots, {turn}, to {sensor.maximum_range_m / 1000.0:.0f} km")
    lines += [f"  {name.replace('_', ' ')}: {count}" for name, count in counts.items() if count]
    if request.site_out is not None:
        lines.append(f"{request.site_out}: a first site file; check it")
    return "\n".join(lines)
