"""What a registration found, for people: one block for each sensor, the verdict first."""

import math
from collections.abc import Iterator

import numpy as np

from sangar.adapters.tables.detections import DetectionTable
from sangar.core.detections import AZIMUTH, EAST, ELEVATION, NORTH, RANGE, UP
from sangar.core.registration import AZIMUTH_BIAS, ELEVATION_BIAS, RANGE_BIAS, TIME_BIAS
from sangar.scenario.site import Site
from sangar.service.registering import Registered
from sangar.tracking.registration.reference import ReferenceFlight

DEGREES = math.degrees(1.0)
BIASES = (
    ("range", RANGE_BIAS, RANGE, 1.0, "m", 1),
    ("azimuth", AZIMUTH_BIAS, AZIMUTH, DEGREES, "°", 3),
    ("elevation", ELEVATION_BIAS, ELEVATION, DEGREES, "°", 3),
    ("clock", TIME_BIAS, None, 1000.0, "ms", 0),
)
"""Name, place in the biases, measured number, factor, unit, decimals."""

POSITIONS = (("east", EAST), ("north", NORTH), ("up", UP))
ORIENTATION = ("azimuth", "pitch", "roll")
TOO_NOISY = 1.5
"""Scatter over stated accuracy from which the site file should be changed."""


def report_lines(
    site: Site, found: list[Registered], reference: ReferenceFlight, table: DetectionTable
) -> Iterator[str]:
    """The report, line by line."""
    duration_s = float(reference.time_s[-1] - reference.time_s[0])
    yield f"Reference flight of {duration_s:.0f} s, {len(reference.time_s)} fixes; {table.counts.accepted} detections."
    for each in found:
        yield ""
        yield from _sensor_lines(each, site)
    yield ""


def _sensor_lines(found: Registered, site: Site) -> Iterator[str]:
    if found.skipped is not None:
        yield f"{found.sensor}: kept as it is; {found.skipped}"
        return
    if found.left_out is not None:
        yield f"{found.sensor}: LEFT OUT; {found.left_out}"
        return
    yield f"{found.sensor}: fits, {found.used} detections of the flight used, {found.refused} refused"
    if found.orientation_rad is not None and found.orientation_sigma_rad is not None:
        for name, value, sigma in zip(ORIENTATION, found.orientation_rad, found.orientation_sigma_rad, strict=True):
            yield f"    points   {name:<9} {DEGREES * value:>10.3f} ± {DEGREES * sigma:.3f} °"
    for name, place, column, factor, unit, decimals in BIASES:
        if found.orientation_rad is not None and column is not None:
            continue
        if column is not None and column not in found.stated:
            continue
        yield _bias_line(name, factor * found.bias[place], factor * found.sigma[place], unit, decimals)
    yield from _scatter_lines(found)


def _bias_line(name: str, value: float, sigma: float, unit: str, decimals: int) -> str:
    if not np.isfinite(sigma):
        return f"    adds     {name:<9} not told by this flight; kept as it is"
    shown = f"    adds     {name:<9} {value:>+10.{decimals}f} ± {sigma:.{decimals}f} {unit}"
    return shown if abs(value) > 2.0 * sigma else f"{shown}  (nothing, to within its uncertainty)"


def _scatter_lines(found: Registered) -> Iterator[str]:
    """How far the detections lie about the fit, and where the site file says something else."""
    units = {RANGE: ("range", 1.0, "m"), AZIMUTH: ("azimuth", DEGREES, "°"), ELEVATION: ("elevation", DEGREES, "°")}
    units |= {column: (name, 1.0, "m") for name, column in POSITIONS}
    for column, scatter in found.scatter.items():
        name, factor, unit = units[column]
        stated = found.stated[column]
        note = "  <- state this accuracy in the site file" if scatter > TOO_NOISY * stated else ""
        yield f"    scatters {name:<9} {factor * scatter:>10.3g} {unit}, stated {factor * stated:.3g} {unit}{note}"
