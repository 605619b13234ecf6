"""The parts of a sensor in a site file: how it is turned, how well it measures, what it adds, where it sees."""

import math
from typing import Annotated, Literal

import msgspec

from sangar.core.quantities import Probability
from sangar.core.targets import TargetClass
from sangar.scenario.quantities import Bearing, Decibel, MisfitError, NotNegative, Positive, Slope

ClassWord = Literal[
    "rocket_artillery_mortar", "fixed_wing_drone", "rotary_drone", "bird", "aeroplane", "helicopter", "other"
]
SUM_TOLERANCE = 1e-6


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
        correlation_s: for how long the errors of successive looks are alike (a tracking antenna's servo, half a second
            or so); 0 where each look errs by itself. Impact predictions count that many looks as one.
        echo_extent_m: how far apart the plots of one body may lie in one look (a surface radar sees an airliner's nose
            and its tail); 0 where a body gives one. Such a plot begins no track beside that of its body, nor does
            another body that is so near and that no other sensor sees.
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
    correlation_s: Annotated[float, msgspec.Meta(ge=0.0, le=60.0)] = 0.0
    echo_extent_m: Annotated[float, msgspec.Meta(ge=0.0, le=100.0)] = 0.0


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


class Classes(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How good a sensor's word is on what it sees: its table of confusion.

    Attributes:
        reports: the classes it may report, in the order of the columns.
        confusion: for every true class the chance of each report; each row sums to 1 and none is 0.
        interval_s: its reports on one track nearer together than this tell the same thing again.
    """

    reports: Annotated[tuple[ClassWord, ...], msgspec.Meta(min_length=2, max_length=7)]
    confusion: dict[str, tuple[float, ...]]
    interval_s: Positive = 10.0

    def __post_init__(self) -> None:
        if len(set(self.reports)) < len(self.reports):
            raise MisfitError("reports", "names a class twice", "remove one")
        known = [target_class.name.lower() for target_class in TargetClass]
        for name in self.confusion:
            if name not in known:
                problem = f"{name[:60]!a} is not a class"
                raise MisfitError("confusion", problem, f"use one of {', '.join(known)}")
        for name in known:
            if name not in self.confusion:
                problem = "is missing: what does the sensor report when it sees one?"
                raise MisfitError(f"confusion.{name}", problem, "add it; equal chances where nobody knows")
            self._check_row(name, self.confusion[name])

    def _check_row(self, name: str, row: tuple[float, ...]) -> None:
        field = f"confusion.{name}"
        if len(row) != len(self.reports):
            problem = f"has {len(row)} numbers for {len(self.reports)} reports"
            raise MisfitError(field, problem, "give one for each of reports, in their order")
        if not all(0.0 < chance < 1.0 for chance in row):
            raise MisfitError(field, "has a chance that is not between 0 and 1", "no sensor is never wrong: say 0.001")
        if abs(math.fsum(row) - 1.0) > SUM_TOLERANCE:
            raise MisfitError(field, f"sums to {math.fsum(row):.6g}, not to 1", "mend the row")
