"""What flies in a scenario: threats, traffic and birds."""

from typing import Annotated, Literal, NamedTuple

import msgspec
import numpy as np

from sangar.core.arrays import PositionsEnuM
from sangar.core.frames import SiteFrame
from sangar.core.targets import TargetClass
from sangar.scenario.places import Place
from sangar.scenario.quantities import (
    Altitude,
    Coordinate,
    Decibel,
    Identifier,
    Latitude,
    Longitude,
    MisfitError,
    NotNegative,
    Positive,
)

ThreatKind = Literal["fixed_wing_drone", "rotary_drone", "rocket", "mortar"]
TrafficKind = Literal["aeroplane", "helicopter", "fixed_wing_drone", "rotary_drone"]

RouteLength = msgspec.Meta(min_length=2, max_length=1000)
WaypointsDeg = Annotated[tuple[tuple[Latitude, Longitude, Altitude], ...], RouteLength]
WaypointsM = Annotated[tuple[tuple[Coordinate, Coordinate, Coordinate], ...], RouteLength]


class BodyDefaults(NamedTuple):
    """What is assumed of one kind of body."""

    target_class: TargetClass
    rcs_dbsm: float
    turn_mps2: float
    drag_1pm: float


BODIES: dict[str, BodyDefaults] = {
    "fixed_wing_drone": BodyDefaults(TargetClass.FIXED_WING_DRONE, -10.0, 6.0, 0.0),
    "rotary_drone": BodyDefaults(TargetClass.ROTARY_DRONE, -17.0, 4.0, 0.0),
    "rocket": BodyDefaults(TargetClass.ROCKET_ARTILLERY_MORTAR, -12.0, 0.0, 1.0e-4),
    "mortar": BodyDefaults(TargetClass.ROCKET_ARTILLERY_MORTAR, -17.0, 0.0, 7.0e-5),
    "aeroplane": BodyDefaults(TargetClass.AEROPLANE, 10.0, 5.0, 0.0),
    "helicopter": BodyDefaults(TargetClass.HELICOPTER, 6.0, 5.0, 0.0),
    "birds": BodyDefaults(TargetClass.BIRD, -25.0, 3.0, 0.0),
}
"""Radar cross-sections are X-band orders of magnitude; the drag constant is k in a = -k (rho / rho0) |v| v."""


class Flight(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A body, when it starts, and the way it flies.

    Attributes:
        id: short name.
        start_s: when it appears, seconds after the scenario's start.
        rcs_dbsm: mean radar cross-section; of the kind when left out.
        route_deg: way-points as latitude, longitude, altitude above the ellipsoid.
        route_m: way-points as east, north, up.
        speed_mps: speed along the route.
        turn_mps2: largest sideways acceleration; of the kind when left out.
    """

    id: Identifier
    start_s: NotNegative = 0.0
    rcs_dbsm: Decibel | None = None
    route_deg: WaypointsDeg | None = None
    route_m: WaypointsM | None = None
    speed_mps: Positive | None = None
    turn_mps2: Positive | None = None

    @property
    def has_route(self) -> bool:
        """Whether way-points are given, in either form."""
        return self.route_deg is not None or self.route_m is not None

    def waypoints_m(self, frame: SiteFrame) -> PositionsEnuM:
        """(N, 3) way-points, east, north, up of the site."""
        if self.route_m is not None:
            return np.array(self.route_m)
        return frame.enu_from_geodetic(np.array(self.route_deg, dtype=np.float64))

    def check_route(self) -> None:
        """Check that the body has one route, of some length, and a speed.

        Raises:
            MisfitError: something is missing or too much.
        """
        if (self.route_deg is None) == (self.route_m is None):
            problem = "there is no route" if self.route_m is None else "there are two routes"
            mend = "write either route_deg = [[latitude, longitude, altitude], ...] or route_m = ..."
            raise MisfitError("", problem, mend)
        if self.speed_mps is None:
            raise MisfitError("speed_mps", "is missing", "add it (speed_mps = 40.0)")
        field, route = ("route_deg", self.route_deg) if self.route_m is None else ("route_m", self.route_m)
        for row, (one, next_one) in enumerate(zip(route or (), (route or ())[1:], strict=False)):
            if one == next_one:
                raise MisfitError(f"{field}[{row + 1}]", "is the same point as the one before", "remove one")


class Threat(Flight, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One threat: a drone that flies a route, or a rocket or mortar bomb that falls.

    Attributes:
        kind: what it is.
        launch: where a rocket or bomb starts.
        aim: where it would fall.
        elevation_deg: launch elevation; with it the speed is found that reaches the aim.
        drag_1pm: drag constant k in a = -k (rho / rho0) |v| v; of the kind when left out.
    """

    kind: ThreatKind
    launch: Place | None = None
    aim: Place | None = None
    elevation_deg: Annotated[float, msgspec.Meta(gt=5.0, lt=88.0)] = 45.0
    drag_1pm: Annotated[float, msgspec.Meta(ge=0.0, le=0.01)] | None = None

    def __post_init__(self) -> None:
        if not self.is_ballistic:
            self._refuse(("launch", "aim", "drag_1pm"))
            self.check_route()
            return
        self._refuse(("route_deg", "route_m", "speed_mps", "turn_mps2"))
        for field in ("launch", "aim"):
            if getattr(self, field) is None:
                raise MisfitError(
                    field, "is missing", f"add it ({field} = {{ east_m = ..., north_m = ..., up_m = ... }})"
                )

    def _refuse(self, fields: tuple[str, ...]) -> None:
        for field in fields:
            if getattr(self, field) is not None:
                raise MisfitError(field, f"does not go with kind {self.kind!r}", "remove it")

    @property
    def is_ballistic(self) -> bool:
        """Whether it is thrown, not flown."""
        return self.kind in ("rocket", "mortar")


class Traffic(Flight, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A harmless flight.

    Attributes:
        kind: what it is.
    """

    kind: TrafficKind

    def __post_init__(self) -> None:
        self.check_route()


class Birds(Place, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Birds wandering about a place; the place is the middle of the air they use.

    Attributes:
        id: short name.
        count: how many.
        radius_m: they turn back at this distance from the middle.
        speed_mps: mean speed.
        rcs_dbsm: mean radar cross-section of one bird.
    """

    id: Identifier
    count: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    radius_m: Positive = 500.0
    speed_mps: Positive = 12.0
    rcs_dbsm: Decibel = BODIES["birds"].rcs_dbsm
