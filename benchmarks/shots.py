"""Seeded rocket and mortar shots that do not fly as the tracker believes; every number here is an assumption.

An integrator of its own (NumPy, all shots at once), not the compiled model of the tracker and the simulation: drag
rises at the speed of sound, wind blows and grows with height, the air is denser or thinner than the standard, a
rocket's motor burns after launch, what spins drifts, and the Earth turns. Masses, speeds and ranges are textbook orders
of magnitude; drag coefficients and the shape of their rise are stylised (McCoy 1999, Modern Exterior Ballistics,
chapter 4: finned and boat-tailed bodies lie between once and three times).
"""

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.targets import TargetClass
from sangar.scenario.bodies import Threat
from sangar.scenario.places import Place
from sangar.scenario.scenario import Scenario
from sangar.simulation.bodies import FlownPath, join_paths
from sangar.simulation.tables import Bodies

Matrix = NDArray[np.float64]

STEP_S = 0.05
COARSE_STEP_S = 0.2
LONGEST_S = 150.0
SLOWEST_MPS = 40.0
HALVINGS = 11
EARTH_RATE_RADPS, LATITUDE_RAD, GRAVITY_MPS2, SITE_ALTITUDE_M = 7.2921e-5, math.radians(33.8), 9.797, 200.0
MACH = np.array([0.0, 0.8, 0.9, 1.0, 1.1, 1.5, 2.0, 3.0])
DRAG_RISE = np.array([1.0, 1.0, 1.15, 1.7, 2.1, 1.95, 1.7, 1.4])
"""Drag coefficient over that of slow flight, by Mach number."""
SMALL_YAW_MPS = 60.0


class Munition(NamedTuple):
    """One kind of shot.

    Attributes:
        name: calibre and kind.
        kind: as scenarios call it.
        drag_1pm: drag constant of slow flight at sea level; each body's own differs by `DRAG_SIGMA`.
        fastest_mps: speed at the muzzle, or when the motor has burnt out.
        burn_s: how long the motor burns; 0 for mortars.
        drift_mps: mean and 1 sigma of the drift speed; (0, 0) for finned bodies.
        rcs_dbsm: mean radar cross-section.
        elevation_deg: lowest and highest; a third of all shots are at 45 degrees.
        range_m: shortest and longest.
    """

    name: str
    kind: str
    drag_1pm: float
    fastest_mps: float
    burn_s: float
    drift_mps: tuple[float, float]
    rcs_dbsm: float
    elevation_deg: tuple[float, float]
    range_m: tuple[float, float]


MUNITIONS = (
    Munition("60 mm mortar", "mortar", 1.5e-4, 250.0, 0.0, (0.0, 0.0), -22.0, (45.0, 80.0), (1000.0, 3500.0)),
    Munition("82 mm mortar", "mortar", 1.1e-4, 300.0, 0.0, (0.0, 0.0), -20.0, (45.0, 80.0), (1000.0, 5500.0)),
    Munition("120 mm mortar", "mortar", 7e-5, 330.0, 0.0, (0.0, 0.0), -17.0, (45.0, 75.0), (1000.0, 7200.0)),
    Munition("120 mm rifled", "mortar", 6.5e-5, 340.0, 0.0, (5.0, 1.0), -17.0, (45.0, 70.0), (1500.0, 8000.0)),
    Munition("107 mm rocket", "rocket", 8.5e-5, 385.0, 0.8, (6.0, 2.0), -15.0, (25.0, 50.0), (3000.0, 8500.0)),
    Munition("122 mm rocket", "rocket", 7.5e-5, 690.0, 1.7, (0.0, 0.0), -12.0, (20.0, 50.0), (5000.0, 12000.0)),
)
"""The 122 mm rocket has brake rings, without which it would fly farther."""
DRAG_SIGMA, DENSITY_SIGMA, WIND_SIGMA_MPS, SHARE_AT_45 = 0.1, 0.04, 3.0, 1.0 / 3.0


class Order(NamedTuple):
    """What N shots are to be; every field (N,) but the wind.

    Attributes:
        munition: row of `MUNITIONS`.
        elevation_rad, azimuth_rad: of the launch.
        range_m: wanted; a shot that cannot reach so far falls short.
        drag_1pm, drift_mps: of each body, the drag with the day's air.
        wind_mps: (N, 2) east and north at the ground; half as much again each kilometre up, three times at most.
    """

    munition: NDArray[np.int64]
    elevation_rad: Matrix
    azimuth_rad: Matrix
    range_m: Matrix
    drag_1pm: Matrix
    drift_mps: Matrix
    wind_mps: Matrix

    @property
    def fastest_mps(self) -> Matrix:
        """Highest launch (or burn-out) speed of each."""
        return np.array([munition.fastest_mps for munition in MUNITIONS])[self.munition]

    @property
    def burn_s(self) -> Matrix:
        """How long each motor burns."""
        return np.array([munition.burn_s for munition in MUNITIONS])[self.munition]


class Shot(NamedTuple):
    """One flight.

    Attributes:
        munition: row of `MUNITIONS`.
        elevation_rad: of the launch.
        position_m, velocity_mps: (K, 3) every `STEP_S`, launch at the origin; the last is at or below the ground.
        impact_s: when it meets the ground.
        impact_m: (2,) where.
    """

    munition: int
    elevation_rad: float
    position_m: Matrix
    velocity_mps: Matrix
    impact_s: float
    impact_m: Matrix


def draw_order(munition: NDArray[np.int64], dice: np.random.Generator) -> Order:
    """Draw the shots: ranges evenly, a third of the elevations 45 degrees and the others evenly, azimuths all round."""
    kinds = [MUNITIONS[row] for row in munition]
    count = len(kinds)
    elevation_deg = dice.uniform(*np.array([kind.elevation_deg for kind in kinds]).T)
    elevation_deg[dice.random(count) < SHARE_AT_45] = 45.0
    air = 1.0 + DENSITY_SIGMA * dice.standard_normal(count)
    drift = np.array([kind.drift_mps for kind in kinds])
    return Order(
        munition=munition,
        elevation_rad=np.radians(elevation_deg),
        azimuth_rad=dice.uniform(0.0, 2.0 * np.pi, count),
        range_m=dice.uniform(*np.array([kind.range_m for kind in kinds]).T),
        drag_1pm=air * np.array([kind.drag_1pm for kind in kinds]) * np.exp(DRAG_SIGMA * dice.standard_normal(count)),
        drift_mps=drift[:, 0] + drift[:, 1] * dice.standard_normal(count),
        wind_mps=WIND_SIGMA_MPS * dice.standard_normal((count, 2)),
    )


def fly(order: Order) -> list[Shot]:
    """Find for each the speed that reaches its range, by halving, and fly it."""
    slow_mps, fast_mps = np.full(len(order.munition), SLOWEST_MPS), order.fastest_mps.copy()
    for _ in range(HALVINGS):
        middle_mps = 0.5 * (slow_mps + fast_mps)
        position_m, _ = _integrate(order, middle_mps, COARSE_STEP_S)
        is_short = np.hypot(*position_m[-1, :, :2].T) < order.range_m
        slow_mps, fast_mps = np.where(is_short, middle_mps, slow_mps), np.where(is_short, fast_mps, middle_mps)
    position_m, velocity_mps = _integrate(order, fast_mps, STEP_S)
    return [
        _cut(int(order.munition[n]), float(order.elevation_rad[n]), position_m[:, n], velocity_mps[:, n])
        for n in range(len(order.munition))
    ]


def _cut(munition: int, elevation_rad: float, position_m: Matrix, velocity_mps: Matrix) -> Shot:
    """End a flight where it meets the ground (between samples: constant acceleration)."""
    last = int(np.flatnonzero((position_m[1:, 2] <= 0.0) & (velocity_mps[1:, 2] < 0.0))[0]) + 1
    height_m, rise_mps = position_m[last - 1, 2], velocity_mps[last - 1, 2]
    half_mps2 = 0.5 * (velocity_mps[last, 2] - rise_mps) / STEP_S
    after_s = float((-rise_mps - math.sqrt(rise_mps**2 - 4.0 * half_mps2 * height_m)) / (2.0 * half_mps2))
    share = after_s / STEP_S
    impact_m = (1.0 - share) * position_m[last - 1, :2] + share * position_m[last, :2]
    return Shot(
        munition,
        elevation_rad,
        position_m[: last + 1].copy(),
        velocity_mps[: last + 1].copy(),
        (last - 1) * STEP_S + after_s,
        impact_m,
    )


def _integrate(order: Order, speed_mps: Matrix, step_s: float) -> tuple[Matrix, Matrix]:
    """(K, N, 3) positions and velocities by the classical Runge-Kutta step; what has landed stays where it is."""
    level = np.cos(order.elevation_rad)
    course = np.stack([level * np.sin(order.azimuth_rad), level * np.cos(order.azimuth_rad)])
    heading = np.stack([*course, np.sin(order.elevation_rad)], axis=1)
    has_motor = order.burn_s > 0.0
    start_mps = np.where(has_motor, np.minimum(SLOWEST_MPS, speed_mps), speed_mps)
    thrust_mps2 = np.where(has_motor, (speed_mps - start_mps) / np.maximum(order.burn_s, step_s), 0.0)
    position_m, velocity_mps = np.zeros((len(speed_mps), 3)), start_mps[:, None] * heading
    places, speeds = [position_m], [velocity_mps]
    is_up = np.ones(len(speed_mps), np.bool_)
    for k in range(math.ceil(LONGEST_S / step_s)):
        burn = thrust_mps2 * np.clip((order.burn_s - k * step_s) / step_s, 0.0, 1.0)
        moved_m, moved_mps = _step(order, position_m, velocity_mps, burn, step_s)
        position_m = np.where(is_up[:, None], moved_m, position_m)
        velocity_mps = np.where(is_up[:, None], moved_mps, velocity_mps)
        places.append(position_m)
        speeds.append(velocity_mps)
        is_up = is_up & ~((position_m[:, 2] <= 0.0) & (velocity_mps[:, 2] < 0.0))
        if not is_up.any():
            break
    return np.stack(places), np.stack(speeds)


def _step(
    order: Order, position_m: Matrix, velocity_mps: Matrix, thrust_mps2: Matrix, step_s: float
) -> tuple[Matrix, Matrix]:
    at, speed = position_m, velocity_mps
    total_m, total_mps = np.zeros_like(at), np.zeros_like(speed)
    for reach, weight in ((0.5, 1.0), (0.5, 2.0), (1.0, 2.0), (0.0, 1.0)):
        slope = _acceleration(order, at, speed, thrust_mps2)
        total_m, total_mps = total_m + weight * speed, total_mps + weight * slope
        at, speed = position_m + reach * step_s * speed, velocity_mps + reach * step_s * slope
    return position_m + step_s / 6.0 * total_m, velocity_mps + step_s / 6.0 * total_mps


def _acceleration(order: Order, position_m: Matrix, velocity_mps: Matrix, thrust_mps2: Matrix) -> Matrix:
    height_m = np.maximum(position_m[:, 2], 0.0)
    altitude_m = height_m + SITE_ALTITUDE_M
    density = (1.0 - 2.25577e-5 * np.minimum(altitude_m, 11_000.0)) ** 4.25588
    sound_mps = 20.05 * np.sqrt(288.15 - 0.0065 * np.minimum(altitude_m, 11_000.0))
    air = velocity_mps.copy()
    air[:, :2] -= order.wind_mps * np.minimum(1.0 + 0.5 * height_m / 1000.0, 3.0)[:, None]
    airspeed_mps = np.linalg.norm(air, axis=1)
    rate = order.drag_1pm * density * airspeed_mps * np.interp(airspeed_mps / sound_mps, MACH, DRAG_RISE)
    speed_mps = np.maximum(np.linalg.norm(velocity_mps, axis=1), 1.0)
    east, north, up = velocity_mps.T
    turn = order.drift_mps * GRAVITY_MPS2 / (speed_mps**2 + SMALL_YAW_MPS**2)
    rate_north, rate_up = EARTH_RATE_RADPS * math.cos(LATITUDE_RAD), EARTH_RATE_RADPS * math.sin(LATITUDE_RAD)
    other: Matrix = np.stack(
        [
            turn * north - 2.0 * (rate_north * up - rate_up * north),
            -turn * east - 2.0 * rate_up * east,
            2.0 * rate_north * east - GRAVITY_MPS2,
        ],
        axis=1,
    )
    along: Matrix = (thrust_mps2 / speed_mps)[:, None] * velocity_mps
    total: Matrix = other + along - rate[:, None] * air
    return total


def bodies_of(shots: list[Shot], impacts_m: Matrix, starts_s: Iterable[float]) -> Bodies:
    """The shots moved to where they are to fall (N, 2), launched at these times, as a raid takes them."""
    paths = []
    for shot, impact_m, start_s in zip(shots, impacts_m, starts_s, strict=True):
        launch_m = np.array([*(impact_m - shot.impact_m), 0.0])
        moved_m = shot.position_m + launch_m
        paths.append(FlownPath(moved_m, shot.velocity_mps, start_s, STEP_S, start_s + shot.impact_s))
    return Bodies(
        ids=tuple(f"shot-{row + 1}" for row in range(len(shots))),
        target_class=np.full(len(shots), TargetClass.ROCKET_ARTILLERY_MORTAR, np.int64),
        rcs_dbsm=np.array([MUNITIONS[shot.munition].rcs_dbsm for shot in shots]),
        threat_count=len(shots),
        cooperative=np.zeros(len(shots), np.bool_),
        trajectories=join_paths(paths),
    )


def scenario_of(shots: list[Shot], impacts_m: Matrix, starts_s: Iterable[float], duration_s: float) -> Scenario:
    """The scenario file's view of the same shots."""
    threats = []
    for row, (shot, impact_m, start_s) in enumerate(zip(shots, impacts_m, starts_s, strict=True)):
        east_m, north_m = (impact_m - shot.impact_m).tolist()
        threats.append(
            Threat(
                id=f"shot-{row + 1}",
                kind="rocket" if MUNITIONS[shot.munition].kind == "rocket" else "mortar",
                start_s=start_s,
                launch=Place(east_m=east_m, north_m=north_m, up_m=0.0),
                aim=Place(east_m=float(impact_m[0]), north_m=float(impact_m[1]), up_m=0.0),
            )
        )
    return Scenario(name="Shots", duration_s=duration_s, threats=tuple(threats))
