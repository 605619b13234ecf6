"""Seeded flights of five kinds of bodies, as a radar of a site would see them; every number here is an assumption.

Speeds, heights and cross-sections lie in the ranges that `sangar.identification.kernels.class_table` gives, but are
drawn otherwise (ranges and phases of flight, not the densities of the table). A multirotor flies
legs between way-points and may stand still at one; a fixed-wing drone, an aeroplane and a helicopter fly legs; a bird
commutes straight, wanders, or circles; a mortar bomb or rocket obeys the ballistic model of the simulation.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.targets import TargetClass
from sangar.simulation.launching import fly_ballistic

STEP_S = 0.25
Matrix = NDArray[np.float64]


class Flown(NamedTuple):
    """One body.

    Attributes:
        target_class: what it is.
        start_s: when it appears.
        position_m, velocity_mps: (K, 3) every `STEP_S`; site ENU.
        echo_dbsm: its mean cross-section, mean of the decibels.
        flicker_db: standard deviation of it from look to look.
    """

    target_class: TargetClass
    start_s: float
    position_m: Matrix
    velocity_mps: Matrix
    echo_dbsm: float
    flicker_db: float


class Habits(NamedTuple):
    """How a steered class flies: ranges, drawn evenly; `echo_dbsm` is mean and 1 sigma between bodies."""

    speed_mps: tuple[float, float]
    height_m: tuple[float, float]
    leg_s: tuple[float, float]
    turn_mps2: float
    echo_dbsm: tuple[float, float]
    gust_mps: float


HABITS = {
    TargetClass.FIXED_WING_DRONE: Habits((25.0, 58.0), (80.0, 800.0), (20.0, 90.0), 5.0, (-11.0, 4.5), 0.8),
    TargetClass.ROTARY_DRONE: Habits((4.0, 19.0), (30.0, 200.0), (10.0, 50.0), 3.0, (-18.0, 4.0), 0.7),
    TargetClass.AEROPLANE: Habits((60.0, 230.0), (500.0, 4000.0), (40.0, 200.0), 5.0, (8.0, 6.0), 1.5),
    TargetClass.HELICOPTER: Habits((40.0, 80.0), (50.0, 500.0), (30.0, 120.0), 4.0, (5.0, 4.5), 1.0),
}
HOVERS = 0.3
"""Chance that a multirotor stands still at a way-point."""
COMMUTES, CIRCLES = 0.3, 0.2
"""Shares of birds that fly straight, and that circle; the others wander."""
GUST_TIME_S = 4.0


def flicker_db(target_class: TargetClass, dice: np.random.Generator) -> float:
    """How much the echo of a body varies: birds beat their wings."""
    usual = 6.2 if target_class == TargetClass.BIRD else 5.5
    return float(usual * np.exp(0.2 * dice.standard_normal()))


def _noise(count: int, sigma: float, time_s: float, dice: np.random.Generator) -> Matrix:
    """First-order Gauss-Markov noise."""
    kept, value, values = math.exp(-STEP_S / time_s), sigma * dice.standard_normal(), np.empty(count)
    for k, draw in enumerate(dice.standard_normal(count)):
        value = kept * value + sigma * math.sqrt(1.0 - kept * kept) * draw
        values[k] = value
    return values


def _path(start_m: Matrix, speed_mps: Matrix, heading_rad: Matrix, climb_mps: Matrix) -> tuple[Matrix, Matrix]:
    velocity = np.column_stack([speed_mps * np.sin(heading_rad), speed_mps * np.cos(heading_rad), climb_mps])
    position = start_m + np.vstack([np.zeros(3), np.cumsum(velocity[:-1] * STEP_S, axis=0)])
    position[:, 2] = np.maximum(position[:, 2], 15.0)
    return position, velocity


def _start(height_m: float, dice: np.random.Generator) -> Matrix:
    """Somewhere 0.8 to 4 km from the middle."""
    away_m, bearing_rad = dice.uniform(800.0, 4000.0), dice.uniform(0.0, 2.0 * math.pi)
    return np.array([away_m * math.sin(bearing_rad), away_m * math.cos(bearing_rad), height_m])


def steered(target_class: TargetClass, duration_s: float, dice: np.random.Generator) -> Flown:
    """A body that flies legs at its speed, turning between them; a multirotor may stand still for one."""
    habits, count = HABITS[target_class], math.ceil(duration_s / STEP_S) + 1
    cruise_mps = dice.uniform(*habits.speed_mps)
    speed, heading = np.empty(count), np.empty(count)
    present_mps, present_rad, wanted_mps = cruise_mps, dice.uniform(0.0, 2.0 * math.pi), cruise_mps
    wanted_rad, left_s = present_rad, dice.uniform(*habits.leg_s)
    if target_class == TargetClass.ROTARY_DRONE and dice.random() < HOVERS:
        present_mps = wanted_mps = 0.3
    for k in range(count):
        if left_s <= 0.0:
            left_s, wanted_rad = dice.uniform(*habits.leg_s), present_rad + dice.normal(0.0, 0.8)
            may_hover = target_class == TargetClass.ROTARY_DRONE and dice.random() < HOVERS
            wanted_mps = 0.3 if may_hover else cruise_mps
        turn = habits.turn_mps2 / max(present_mps, 3.0) * STEP_S
        present_rad += min(turn, max(-turn, wanted_rad - present_rad))
        present_mps += min(2.0 * STEP_S, max(-2.0 * STEP_S, wanted_mps - present_mps))
        speed[k], heading[k] = present_mps, present_rad
        left_s -= STEP_S
    speed = np.maximum(speed + _noise(count, habits.gust_mps, GUST_TIME_S, dice), 0.1)
    climb = _noise(count, 0.02 * cruise_mps + 0.3, 10.0, dice)
    position, velocity = _path(_start(dice.uniform(*habits.height_m), dice), speed, heading, climb)
    echo_dbsm = float(dice.normal(*habits.echo_dbsm))
    return Flown(target_class, 0.0, position, velocity, echo_dbsm, flicker_db(target_class, dice))


def bird(duration_s: float, dice: np.random.Generator) -> Flown:
    """A bird that commutes, wanders or circles."""
    count, habit = math.ceil(duration_s / STEP_S) + 1, dice.random()
    speed = 13.0 * math.exp(0.3 * dice.standard_normal()) + _noise(count, dice.uniform(0.5, 2.5), 3.0, dice)
    if habit < COMMUTES:
        turning = _noise(count, 0.03, 3.0, dice)
    elif habit < COMMUTES + CIRCLES:
        turning = dice.choice([-1.0, 1.0]) * dice.uniform(0.2, 0.6) + _noise(count, 0.1, 5.0, dice)
    else:
        turning = _noise(count, dice.uniform(0.1, 0.4), dice.uniform(2.0, 5.0), dice)
    heading = dice.uniform(0.0, 2.0 * math.pi) + np.cumsum(turning * STEP_S)
    climb = _noise(count, dice.uniform(0.3, 1.5), 4.0, dice)
    height_m = 90.0 * math.exp(0.8 * dice.standard_normal())
    position, velocity = _path(_start(max(height_m, 20.0), dice), np.maximum(speed, 2.0), heading, climb)
    return Flown(
        TargetClass.BIRD, 0.0, position, velocity, float(dice.normal(-25.0, 5.0)), flicker_db(TargetClass.BIRD, dice)
    )


def thrown(dice: np.random.Generator) -> Flown:
    """A mortar bomb or a rocket that falls near the middle."""
    kind = TargetClass.ROCKET_ARTILLERY_MORTAR
    while True:
        bearing_rad, away_m = dice.uniform(0.0, 2.0 * math.pi), dice.uniform(2000.0, 6000.0)
        shot = fly_ballistic(
            np.array([away_m * math.sin(bearing_rad), away_m * math.cos(bearing_rad), 0.0]),
            np.append(dice.uniform(-600.0, 600.0, 2), 0.0),
            math.radians(dice.uniform(40.0, 70.0)),
            math.exp(dice.uniform(math.log(4e-5), math.log(2e-4))),
            (0.6, 0.0),
            STEP_S,
        )
        if shot is not None:
            break
    count = len(shot.position_m)
    return Flown(
        kind, dice.uniform(0.0, 15.0), shot.position_m[: count - 1], shot.velocity_mps[: count - 1],
        float(dice.normal(-15.0, 4.0)), flicker_db(kind, dice),
    )  # fmt: skip


SHARES = {
    TargetClass.ROCKET_ARTILLERY_MORTAR: 1.0,
    TargetClass.FIXED_WING_DRONE: 1.0,
    TargetClass.ROTARY_DRONE: 1.0,
    TargetClass.BIRD: 3.0,
    TargetClass.AEROPLANE: 1.0,
    TargetClass.HELICOPTER: 1.0,
}
"""How common each class is: as the prior of the identification takes it."""


def scene(count: int, duration_s: float, dice: np.random.Generator) -> list[Flown]:
    """So many bodies, classes drawn by `SHARES`."""
    chances = np.array(list(SHARES.values())) / sum(SHARES.values())
    bodies = []
    for choice in dice.choice(len(SHARES), count, p=chances):
        target_class = list(SHARES)[choice]
        if target_class == TargetClass.ROCKET_ARTILLERY_MORTAR:
            bodies.append(thrown(dice))
        elif target_class == TargetClass.BIRD:
            bodies.append(bird(duration_s, dice))
        else:
            bodies.append(steered(target_class, duration_s, dice))
    return bodies
