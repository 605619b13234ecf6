"""`sangar register`: a flight whose path is known tells where each sensor is wrong; a new site file says so."""

import sys
from pathlib import Path

import msgspec
import numpy as np

from sangar.adapters.tables.detections import DetectionTable, read_detections
from sangar.adapters.tables.reference import read_reference
from sangar.core.errors import ConfigurationError, PortError
from sangar.core.registration import BIAS_COUNT, BIAS_NAMES
from sangar.scenario.site import Site, load_site
from sangar.scenario.site_text import SensorChange, with_changes
from sangar.scenario.toml_file import parse_settings
from sangar.service.registering import Registered, bias_keys, register_sensor
from sangar.service.registration_report import report_lines
from sangar.tracking.registration.reference import ReferenceFlight

SOME_LEFT_OUT = 1


class RegisterRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to register.

    Attributes:
        site: site file.
        detections: what the sensors reported during the flight, Parquet or CSV.
        reference: where the body was, Parquet or CSV.
        out: the new site file.
        json: print the result as JSON.
    """

    site: Path
    detections: Path
    reference: Path
    out: Path
    json: bool = False


def run_register(request: RegisterRequest) -> int:
    """Register every sensor of a site against a flight and write the new site file.

    Returns:
        0 when every sensor that saw the flight fits it, 1 when one had to be left out.

    Raises:
        ConfigurationError: a file or an argument is wrong, or the flight fits no sensor.
        PortError: the new site file cannot be written.
    """
    site = load_site(request.site)
    if request.out.exists() and request.out.resolve() == request.site.resolve():
        raise ConfigurationError("--out", "", "is the site file itself", "name another file, compare, then replace it")
    reference = read_reference(request.reference, site.frame)
    table = read_detections(request.detections, site)
    found = [register_sensor(site, row, table, reference) for row in range(len(site.sensors))]
    _refuse_strange_flight(request, found)
    _write(request, site, found)
    if request.json:
        sys.stdout.write(msgspec.json.encode(_in_json(request, found, reference, table)).decode() + "\n")
    else:
        lines = report_lines(site, found, reference, table)
        sys.stdout.write("\n".join([*lines, f"Written: {request.out}"]) + "\n")
    return SOME_LEFT_OUT if any(each.left_out for each in found) else 0


def _refuse_strange_flight(request: RegisterRequest, found: list[Registered]) -> None:
    judged = [each for each in found if each.skipped is None]
    if not judged:
        reasons = "; ".join(f"{each.sensor}: {each.skipped}" for each in found) or "the site has no sensors"
        mend = "check that both tables count time_s from the same moment, and the place of the flight"
        raise ConfigurationError(str(request.reference), "", f"no sensor saw this flight ({reasons})", mend)
    if all(each.left_out for each in judged):
        reasons = "; ".join(f"{each.sensor}: {each.left_out}" for each in judged)
        mend = "check its times, its place (WGS84, heights above the ellipsoid) and the site file; nothing was written"
        raise ConfigurationError(str(request.reference), "", f"this flight fits no sensor ({reasons})", mend)


def _write(request: RegisterRequest, site: Site, found: list[Registered]) -> None:
    text = request.site.read_text(encoding="utf-8-sig")
    changes = {
        each.sensor: _change(each, site)
        for each, sensor in zip(found, site.sensors, strict=True)
        if each.skipped is None
    }
    remark = f"by `sangar register` from {_plain(request.reference.name)}"
    edited = with_changes(text, changes, remark, str(request.site))
    parse_settings(edited, Site, str(request.out))  # what is written can be read
    unfinished = request.out.with_name(request.out.name + ".unfinished")
    try:
        request.out.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(edited, encoding="utf-8")
        unfinished.replace(request.out)
    except OSError as error:
        raise PortError(f"{request.out}: cannot be written ({error})") from error


def _plain(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _change(found: Registered, site: Site) -> SensorChange:
    if found.left_out is not None:
        return SensorChange(left_out=found.left_out)
    sensor = site.sensors[site.sensor_rows[found.sensor]]
    orientation = None
    if found.orientation_rad is not None:
        names = ("azimuth_deg", "pitch_deg", "roll_deg")
        orientation = dict(zip(names, np.degrees(found.orientation_rad).tolist(), strict=True))
    return SensorChange(bias=bias_keys(found, sensor), orientation=orientation, left_out="")


def _in_json(
    request: RegisterRequest, found: list[Registered], reference: ReferenceFlight, table: DetectionTable
) -> dict[str, object]:
    return {
        "out": str(request.out),
        "reference": {"fixes": len(reference.time_s), "duration_s": float(reference.time_s[-1] - reference.time_s[0])},
        "detections": table.counts.accepted,
        "sensors": [
            {
                "sensor": each.sensor,
                "used": each.used,
                "refused": each.refused,
                "left_out": each.left_out,
                "skipped": each.skipped,
                "bias": {
                    BIAS_NAMES[place]: {"value": float(each.bias[place]), "sigma": float(each.sigma[place])}
                    for place in range(BIAS_COUNT)
                    if np.isfinite(each.sigma[place])
                },
                "orientation_deg": None if each.orientation_rad is None else np.degrees(each.orientation_rad).tolist(),
            }
            for each in found
        ],
    }
