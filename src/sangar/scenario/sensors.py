"""Sensors of a site file: where they stand, how they measure, where they see."""

import math
from typing import Annotated

import msgspec

from sangar.core.detections import ALTITUDE, AZIMUTH, EAST, ELEVATION, MEASURED_COUNT, NORTH, RANGE, RANGE_RATE, UP
from sangar.core.sensors import USUAL_BIAS_SIGMA
from sangar.core.targets import SensorKind
from sangar.scenario.places import Place
from sangar.scenario.quantities import Identifier, Line, MisfitError, Positive
from sangar.scenario.sensor_kinds import (
    CLAIMED_TIME_S,
    CLAIMED_VELOCITY_MPS,
    COLUMNS,
    COOPERATIVE_KINDS,
    DEFAULTS,
    REPORTED_VELOCITY_MPS,
    Kind,
    KindDefaults,
    Measured,
)
from sangar.scenario.sensor_parts import Accuracy, Bias, Classes, Coverage, Orientation


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
        classes: how good its word is on what it sees; its class reports are not used when this is left out.
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
    classes: Classes | None = None
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
    def is_cooperative(self) -> bool:
        """Whether it delivers claims of others, and sees nothing itself."""
        return self.kind in COOPERATIVE_KINDS

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
        usual_mps = CLAIMED_VELOCITY_MPS if self.is_cooperative else REPORTED_VELOCITY_MPS
        velocity_mps = _first(self.accuracy.velocity_mps, usual_mps)
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
            _first(stated.time_sigma_s, CLAIMED_TIME_S if self.is_cooperative else usual[3]),
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
