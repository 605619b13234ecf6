"""Sensors of a site file: where they stand, how they measure, where they see."""

import math
from typing import Annotated

import msgspec

from sangar.core.detections import ALTITUDE, AZIMUTH, EAST, ELEVATION, MEASURED_COUNT, NORTH, RANGE, RANGE_RATE, UP
from sangar.core.quantities import Probability
from sangar.core.sensors import USUAL_BIAS_SIGMA
from sangar.core.targets import SensorKind
from sangar.scenario.places import Place
from sangar.scenario.quantities import (
    Bearing,
    Decibel,
    Identifier,
    Line,
    MisfitError,
    NotNegative,
    Positive,
    Slope,
)
from sangar.scenario.sensor_kinds import COLUMNS, DEFAULTS, REPORTED_VELOCITY_MPS, Kind, KindDefaults, Measured


class Orientation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the sensor's own axes stand to true north and the horizon: turned by azimuth, then pitched, then rolled.

    Attributes:
        azimuth_deg: true bearing of the sensor's zero azimuth, clockwise.
        pitch_deg: elevation of the sensor's zero direction above the horizon.
        roll_deg: its right side down.
    """

    azimuth_deg: Bearing = 0.0
    pitch_deg: Slope = 0.0
    roll_deg: Slope = 0.0


class Accuracy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """1 sigma of each measured number; what is left out is assumed of the kind.

    Attributes:
        range_m: slant range.
        azimuth_deg: azimuth.
        elevation_deg: elevation.
        range_rate_mps: range rate.
        altitude_m: reported altitude.
        horizontal_m: each horizontal component of a reported position.
        velocity_mps: each component of a reported velocity.
        stray_share: share of detections whose azimuth is grossly wrong (bent or reflected beams, near the horizon).
        stray_azimuth_deg: azimuth of these.
    """

    range_m: Positive | None = None
    azimuth_deg: Annotated[float, msgspec.Meta(gt=0.0, le=180.0)] | None = None
    elevation_deg: Annotated[float, msgspec.Meta(gt=0.0, le=90.0)] | None = None
    range_rate_mps: Positive | None = None
    altitude_m: Positive | None = None
    horizontal_m: Positive | None = None
    velocity_mps: Positive | None = None
    stray_share: Annotated[float, msgspec.Meta(ge=0.0, lt=1.0)] = 0.0
    stray_azimuth_deg: Annotated[float, msgspec.Meta(gt=0.0, le=180.0)] = 1.0


class Bias(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the sensor adds to the truth: subtracted before tracking, and where learning online begins.

    Attributes:
        range_m: measured range minus true range.
        azimuth_deg: the same of azimuth.
        elevation_deg: the same of elevation.
        time_s: reported time minus true time.
        range_sigma_m: 1 sigma of what is said of range; 50 m or the sensor's own 1 sigma, the larger, when left out.
        azimuth_sigma_deg: the same of azimuth; 5 mrad (0.29°) or the sensor's own.
        elevation_sigma_deg: the same of elevation; likewise.
        time_sigma_s: the same of time; 0.1 s. For a clock that is known to be right (satellite time) say 0.001.
    """

    range_m: Annotated[float, msgspec.Meta(ge=-10_000.0, le=10_000.0)] = 0.0
    azimuth_deg: Bearing = 0.0
    elevation_deg: Slope = 0.0
    time_s: Annotated[float, msgspec.Meta(ge=-60.0, le=60.0)] = 0.0
    range_sigma_m: Positive | None = None
    azimuth_sigma_deg: Annotated[float, msgspec.Meta(gt=0.0, le=180.0)] | None = None
    elevation_sigma_deg: Annotated[float, msgspec.Meta(gt=0.0, le=90.0)] | None = None
    time_sigma_s: Annotated[float, msgspec.Meta(gt=0.0, le=60.0)] | None = None

    @property
    def values(self) -> tuple[float, ...]:
        """Range, azimuth, elevation and time; metres, radians, seconds."""
        return self.range_m, math.radians(self.azimuth_deg), math.radians(self.elevation_deg), self.time_s


class Sector(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Bearings a sensor looks at, from one true bearing clockwise to another.

    Attributes:
        from_deg: first bearing.
        to_deg: last bearing; equal to the first means all round.
    """

    from_deg: Bearing
    to_deg: Bearing

    @property
    def width_deg(self) -> float:
        """Opening of the sector; more than 0, at most 360."""
        return (self.to_deg - self.from_deg) % 360.0 or 360.0


class Coverage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the sensor sees, and how well; what is left out is assumed of the kind.

    Attributes:
        min_range_m: blind below.
        max_range_m: instrumented range.
        detection_probability: of a target of the reference size at the largest range (a radar sees nearer ones better).
        reference_rcs_dbsm: radar cross-section of that target.
        false_alarms_per_scan: mean number in one look at the whole coverage.
        min_elevation_deg: horizon mask.
        max_elevation_deg: top of the beam.
        minimum_snr_db: weaker detections are not used; all are when this is left out.
        sectors: bearings it looks at, true; all round when empty.
    """

    min_range_m: NotNegative | None = None
    max_range_m: Positive | None = None
    detection_probability: Probability | None = None
    reference_rcs_dbsm: Decibel = -10.0
    false_alarms_per_scan: NotNegative | None = None
    min_elevation_deg: Slope | None = None
    max_elevation_deg: Slope | None = None
    minimum_snr_db: Decibel | None = None
    sectors: Annotated[tuple[Sector, ...], msgspec.Meta(max_length=16)] = ()


class Sensor(Place, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One sensor and where it stands.

    Attributes:
        id: short name; detections refer to it.
        kind: how it measures.
        measures: what it measures; of the kind when left out (a radar without elevation, say, names its own).
        period_s: time between two looks at the same place; of the kind when left out.
        orientation: how its own axes stand.
        accuracy: 1 sigma of what it measures.
        bias: what it adds to the truth, as `sangar register` finds it.
        left_out: why its detections are not to be used; they are when this is left out.
        coverage: where it sees, and how well.
        hears_us: for kind `tracker`: it is sent our picture, so what it reports may be our own voice.
    """

    id: Identifier
    kind: Kind
    measures: Annotated[tuple[Measured, ...], msgspec.Meta(min_length=1, max_length=6)] | None = None
    period_s: Positive | None = None
    orientation: Orientation = Orientation()
    accuracy: Accuracy = Accuracy()
    bias: Bias = Bias()
    left_out: Line | None = None
    coverage: Coverage = Coverage()
    hears_us: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.hears_us and self.kind != "tracker":
            raise MisfitError("hears_us", f"does not go with kind {self.kind!r}", "set it for kind 'tracker' only")
        nearest_m, farthest_m = self.range_limits_m
        if nearest_m >= farthest_m:
            raise MisfitError(
                "coverage.min_range_m", f"{nearest_m} is not below max_range_m = {farthest_m}", "lower it"
            )
        lowest_rad, highest_rad = self.elevation_limits_rad
        if lowest_rad >= highest_rad:
            raise MisfitError("coverage.min_elevation_deg", "is not below max_elevation_deg", "lower it")

    @property
    def defaults(self) -> KindDefaults:
        """What is assumed where the file is silent."""
        return DEFAULTS[self.kind]

    @property
    def sensor_kind(self) -> SensorKind:
        """The kind as the tables hold it."""
        return SensorKind[self.kind.upper()]

    @property
    def look_period_s(self) -> float:
        """Time between two looks, stated or assumed."""
        return self.defaults.period_s if self.period_s is None else self.period_s

    @property
    def columns(self) -> tuple[int, ...]:
        """Positions in a detection's `measured` that this sensor fills, in ascending order."""
        words = self.defaults.measures if self.measures is None else self.measures
        return tuple(sorted({column for word in words for column in COLUMNS[word]}))

    @property
    def sigma(self) -> tuple[float, ...]:
        """1 sigma of all eight numbers in the order of `MEASURED_NAMES`, SI and radians, stated or assumed."""
        stated, assumed = self.accuracy, self.defaults
        sigma = [0.0] * MEASURED_COUNT
        sigma[RANGE] = _first(stated.range_m, assumed.range_m)
        sigma[AZIMUTH] = _first(_radians(stated.azimuth_deg), assumed.azimuth_rad)
        sigma[ELEVATION] = _first(_radians(stated.elevation_deg), assumed.elevation_rad)
        sigma[RANGE_RATE] = _first(stated.range_rate_mps, assumed.range_rate_mps)
        sigma[ALTITUDE] = sigma[UP] = _first(stated.altitude_m, assumed.altitude_m)
        sigma[EAST] = sigma[NORTH] = _first(stated.horizontal_m, assumed.horizontal_m)
        return tuple(sigma)

    @property
    def report_sigma(self) -> tuple[float, ...]:
        """1 sigma of a reported position and velocity (east, north, up) of which the source says nothing; m and m/s."""
        velocity_mps = _first(self.accuracy.velocity_mps, REPORTED_VELOCITY_MPS)
        return (*self.sigma[EAST : UP + 1], velocity_mps, velocity_mps, velocity_mps)

    @property
    def report_floor(self) -> tuple[float, ...]:
        """The least 1 sigma a source's reports are believed: what the site file states, 0 where it states nothing."""
        stated = self.accuracy
        horizontal_m, up_m, velocity_mps = (
            stated.horizontal_m or 0.0,
            stated.altitude_m or 0.0,
            stated.velocity_mps or 0.0,
        )
        return (horizontal_m, horizontal_m, up_m, velocity_mps, velocity_mps, velocity_mps)

    @property
    def bias_sigma(self) -> tuple[float, ...]:
        """1 sigma of the biases of range, azimuth, elevation and time, stated or assumed; metres, radians, seconds."""
        stated, usual, own = self.bias, USUAL_BIAS_SIGMA, self.sigma
        return (
            _first(stated.range_sigma_m, max(usual[0], own[RANGE])),
            _first(_radians(stated.azimuth_sigma_deg), max(usual[1], own[AZIMUTH])),
            _first(_radians(stated.elevation_sigma_deg), max(usual[2], own[ELEVATION])),
            _first(stated.time_sigma_s, usual[3]),
        )

    @property
    def range_limits_m(self) -> tuple[float, float]:
        """Nearest and farthest range, stated or assumed."""
        coverage, assumed = self.coverage, self.defaults
        return (
            _first(coverage.min_range_m, assumed.minimum_range_m),
            _first(coverage.max_range_m, assumed.maximum_range_m),
        )

    @property
    def elevation_limits_rad(self) -> tuple[float, float]:
        """Lowest and highest elevation, stated or assumed."""
        coverage, assumed = self.coverage, self.defaults
        return (
            math.radians(_first(coverage.min_elevation_deg, assumed.minimum_elevation_deg)),
            math.radians(_first(coverage.max_elevation_deg, assumed.maximum_elevation_deg)),
        )

    @property
    def detection_probability(self) -> float:
        """Of the reference target at the largest range, stated or assumed."""
        return _first(self.coverage.detection_probability, self.defaults.detection_probability)

    @property
    def false_alarms_per_scan(self) -> float:
        """Mean number in one look, stated or assumed."""
        return _first(self.coverage.false_alarms_per_scan, self.defaults.false_alarms_per_scan)


def _first(stated: float | None, assumed: float) -> float:
    return assumed if stated is None else stated


def _radians(angle_deg: float | None) -> float | None:
    return None if angle_deg is None else math.radians(angle_deg)
