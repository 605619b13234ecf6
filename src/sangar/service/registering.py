"""One sensor against the reference flight: by the way that suits what it measures."""

import math

import msgspec
import numpy as np

from sangar.adapters.tables.detections import DetectionTable
from sangar.core.arrays import Rotation, Series
from sangar.core.detections import AZIMUTH, ELEVATION, RANGE
from sangar.core.registration import AZIMUTH_BIAS, BIAS_COUNT, ELEVATION_BIAS, RANGE_BIAS, TIME_BIAS
from sangar.pipeline.layout import local_from_site, own_from_local
from sangar.scenario.sensors import Sensor
from sangar.scenario.site import Site
from sangar.tracking.registration.bias_fit import FEWEST_DETECTIONS, fit_biases
from sangar.tracking.registration.camera_pose import Trust, register_camera
from sangar.tracking.registration.lens import rays_from_bearings
from sangar.tracking.registration.matching import COMPARED, FlightDetections
from sangar.tracking.registration.reference import ReferenceFlight
from sangar.tracking.registration.resection import orientation_rad
from sangar.tracking.registration.sightings import CLOCK, TURN, Sightings

LEAST_SHARE_IN_VIEW = 0.05
"""Of the sensor's looks during the flight, with the flight in its coverage; below, it is not judged."""


def _nothing() -> Series:
    return np.full(BIAS_COUNT, np.nan)


class Registered(msgspec.Struct, frozen=True):
    """What the flight says of one sensor.

    Attributes:
        sensor: its id.
        used: detections of the flight; refused: others near it.
        bias: (4,) range m, azimuth rad, elevation rad, time s; NaN where it has none, or the flight does not tell.
        sigma: (4,) 1 sigma of each.
        orientation_rad: (3,) new azimuth, pitch, roll of a sensor of bearings; None where it keeps its own.
        orientation_sigma_rad: (3,) 1 sigma, about its own axes right, forward, up.
        scatter: of its detections about the flight by column name, and stated: what the site file says.
        left_out: why it cannot be used; None when it can.
        skipped: why nothing is said of it; None when something is.
    """

    sensor: str
    used: int = 0
    refused: int = 0
    bias: Series = msgspec.field(default_factory=_nothing)
    sigma: Series = msgspec.field(default_factory=_nothing)
    orientation_rad: Series | None = None
    orientation_sigma_rad: Series | None = None
    scatter: dict[int, float] = msgspec.field(default_factory=dict)
    stated: dict[int, float] = msgspec.field(default_factory=dict)
    left_out: str | None = None
    skipped: str | None = None


def register_sensor(site: Site, row: int, table: DetectionTable, reference: ReferenceFlight) -> Registered:
    """Register the sensor in this row of the site against the flight."""
    sensor = site.sensors[row]
    own = table.detections[table.sensor == row]
    columns = tuple(column for column in COMPARED if column in sensor.columns)
    if not len(own):
        return Registered(sensor.id, skipped="no detections in the table")
    own = own[np.isfinite(own["measured"][:, list(columns)]).all(axis=1)] if columns else own[:0]
    stated = {column: sensor.sigma[column] for column in columns}
    around = reference.covers(own["time_s"])
    if around.sum() < FEWEST_DETECTIONS:
        return Registered(sensor.id, skipped=f"only {around.sum()} detections while the flight was recorded")
    detections = FlightDetections(
        time_s=own["time_s"].copy(),
        measured=own["measured"][:, list(columns)].copy(),
        sigma=own["sigma"][:, list(columns)].copy(),
        columns=columns,
        position_m=sensor.position_m(site.frame),
        own_from_site=local_from_site(site, sensor),
    )
    if not _is_in_view(sensor, detections, reference):
        return Registered(sensor.id, skipped="the flight was hardly ever in its coverage")
    is_camera = columns == (AZIMUTH, ELEVATION)
    found = _register_bearings(sensor, detections, reference) if is_camera else _register(sensor, detections, reference)
    return msgspec.structs.replace(found, stated=stated)


def _is_in_view(sensor: Sensor, detections: FlightDetections, reference: ReferenceFlight) -> bool:
    """Whether the flight was in the sensor's range for a part of it."""
    distance_m = np.linalg.norm(reference.position_m - detections.position_m, axis=1)
    nearest_m, farthest_m = sensor.range_limits_m
    return bool(np.mean((distance_m >= nearest_m) & (distance_m <= farthest_m)) >= LEAST_SHARE_IN_VIEW)


def _register(sensor: Sensor, detections: FlightDetections, reference: ReferenceFlight) -> Registered:
    """A sensor that tells ranges or positions, or azimuths alone: its biases."""
    fit = fit_biases(detections, reference)
    is_told = fit.sigma < np.array(sensor.bias_sigma)
    return Registered(
        sensor.id,
        used=fit.used,
        refused=fit.refused,
        bias=np.where(is_told, fit.bias, np.nan),
        sigma=np.where(is_told, fit.sigma, np.nan),
        scatter={column: float(value) for column, value in zip(detections.columns, fit.scatter, strict=True)},
        left_out=fit.problem,
    )


def _register_bearings(sensor: Sensor, detections: FlightDetections, reference: ReferenceFlight) -> Registered:
    """A sensor of bearings: how it stands, and its clock. Its place is believed.

    Its stated clock is tried first; a search over the whole flight follows where that does not fit.
    """
    azimuth_rad, elevation_rad = detections.measured.T
    sightings = Sightings(detections.time_s, rays_from_bearings(azimuth_rad, elevation_rad))
    trust = Trust(place_m=0.0, drift_ratio=0.0)
    fit = register_camera(sightings, reference, known_m=detections.position_m, clock_s=-sensor.bias.time_s, trust=trust)
    if fit.problem is not None:
        fit = register_camera(sightings, reference, known_m=detections.position_m, trust=trust)
    if fit.problem is not None:
        return Registered(sensor.id, used=fit.used, refused=fit.refused, left_out=fit.problem)
    bias, sigma = np.zeros(BIAS_COUNT), np.full(BIAS_COUNT, np.nan)
    bias[RANGE_BIAS] = np.nan
    bias[TIME_BIAS], sigma[TIME_BIAS] = -fit.model.clock_s, fit.sigma[CLOCK]
    right, forward, up = fit.sigma[TURN]
    sigma[AZIMUTH_BIAS], sigma[ELEVATION_BIAS] = up, right
    own_from_local_now = fit.model.own_from_site @ _local_axes(sensor, detections).T
    return Registered(
        sensor.id,
        used=fit.used,
        refused=fit.refused,
        bias=bias,
        sigma=sigma,
        orientation_rad=np.array(orientation_rad(own_from_local_now)),
        orientation_sigma_rad=np.array([up, right, forward]),
        scatter={AZIMUTH: float(fit.spread.rms_rad[0]), ELEVATION: float(fit.spread.rms_rad[1])},
    )


def _local_axes(sensor: Sensor, detections: FlightDetections) -> Rotation:
    """Rotation from site axes to east, north, up at the sensor."""
    axes: Rotation = own_from_local(sensor.orientation).T @ detections.own_from_site
    return axes


def bias_keys(found: Registered, sensor: Sensor) -> dict[str, float]:
    """What `[sensor.bias]` is to say: what the flight tells, else what the file said before."""
    degrees = math.degrees(1.0)
    before, before_sigma = sensor.bias.values, sensor.bias_sigma
    keys: dict[str, float] = {}
    for name, sigma_name, place, factor, column in (
        ("range_m", "range_sigma_m", RANGE_BIAS, 1.0, RANGE),
        ("azimuth_deg", "azimuth_sigma_deg", AZIMUTH_BIAS, degrees, AZIMUTH),
        ("elevation_deg", "elevation_sigma_deg", ELEVATION_BIAS, degrees, ELEVATION),
        ("time_s", "time_sigma_s", TIME_BIAS, 1.0, None),
    ):
        if column is not None and column not in sensor.columns:
            continue
        is_told = np.isfinite(found.sigma[place])
        keys[name] = factor * float(found.bias[place] if is_told else before[place])
        keys[sigma_name] = factor * float(found.sigma[place] if is_told else before_sigma[place])
    return keys
