"""Birds over a site, so many an hour: they pass, wander or circle, alone or in flocks, and land again.

Airspeeds 8 to 23 m/s about a mean of 13 are those of Alerstam et al. (2007), PLoS Biology 5(8), e197, and echoes are
orders of magnitude after Vaughn (1985), Proceedings of the IEEE 73(2), 205-227. Toward their height they climb by 2 m/s
at most, the fastest sustained climb that Hedenström & Alerstam (1992), J. Experimental Biology 164, 19-38, saw by radar
(means of 15 species 0.32 to 1.63 m/s), circling ones by 4. All else is assumed: three in ten pass on a straight course,
two circle, five wander; the first come in flocks; the wind is added to all.

All birds are moved at once, as arrays: a month of a thousand birds an hour is 700,000 of them.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PASSES, CIRCLES = 0.3, 0.2
"""Shares of birds that pass, and that circle; the others wander."""
AIRSPEED_MPS, AIRSPEED_SPREAD = 13.0, 0.3
SLOWEST_MPS, FASTEST_MPS = 8.0, 23.0
HEIGHT_M, HEIGHT_SPREAD, LOWEST_M, HIGHEST_M = 90.0, 0.8, 15.0, 2000.0
ECHO_DBSM, ECHO_SPREAD_DB = -25.0, 5.0
WING_BEAT_DB = 2.5
"""Standard deviation that the wing-beat adds to the echo from look to look, beside the radar's own Swerling 1."""
FLOCK_BIRDS = 3.0
"""Mean number of birds that pass together; geometric."""
FLOCK_SPREAD_M, FLOCK_SPREAD_UP_M = 40.0, 10.0
WANDER_TIME_S, CIRCLE_TIME_S = 180.0, 300.0
"""Mean time in the air; exponential. Those that pass leave at the edge."""
HEIGHT_TIME_S = 30.0
"""A bird comes back to its height over about this time, if it can climb or sink as fast."""
CLIMB_MPS, SOARING_CLIMB_MPS, SINK_MPS = 2.0, 4.0, 4.0
"""Fastest that one flaps upward, is carried up where it circles, and comes down."""
WIND_MPS, WIND_TIME_S = 4.0, 7200.0
"""1 sigma of each component of the wind, and how long it holds."""
EDGE_M = 300.0
FIRST_ROOM = 256
SETTLING_S, SETTLING_STEP_S = 2400.0, 4.0

BIRD = np.dtype(
    [
        ("position_m", np.float64, (3,)),  # site ENU
        ("velocity_mps", np.float64, (3,)),  # over the ground
        ("airspeed_mps", np.float64),
        ("heading_rad", np.float64),
        ("height_m", np.float64),  # to which it returns
        ("lands_s", np.float64),
        ("circling_radps", np.float64),
        ("turn", np.float64),  # state of the turn, gust and climb: first-order Gauss-Markov, 1 sigma each
        ("gust", np.float64),
        ("climb", np.float64),
        ("turn_sigma_radps", np.float64),
        ("turn_time_s", np.float64),
        ("gust_sigma_mps", np.float64),
        ("climb_sigma_mps", np.float64),
        ("echo_dbsm", np.float64),
        ("number", np.int64),  # counts all birds of a run
    ]
)
"""One bird in the air."""

GUST_TIME_S, CLIMB_TIME_S = 3.0, 4.0


class Neighbourhood(NamedTuple):
    """Where birds are let fly: a circle in site ENU, metres; they enter, start and leave within it."""

    east_m: float
    north_m: float
    radius_m: float


class BirdPopulation:
    """Birds in the air over a site.

    Attributes:
        birds: (N,) records of `BIRD`, those in the air now.
        count: how many have flown since the beginning.
    """

    def __init__(self, per_hour: float, where: Neighbourhood, dice: np.random.Generator) -> None:
        """A population that has settled by time 0.

        Args:
            per_hour: birds that enter or take off in an hour.
            where: the circle.
            dice: random numbers.
        """
        self._per_hour, self._where, self._dice = per_hour, where, dice
        self.birds = np.zeros(0, BIRD)
        self.count = 0
        self._wind_mps = WIND_MPS * dice.standard_normal(2)
        self._time_s = -SETTLING_S
        while self._time_s < 0.0 and per_hour > 0.0:
            self.advance(min(self._time_s + SETTLING_STEP_S, 0.0))

    def advance(self, time_s: float) -> None:
        """Move all birds on to a time; some land or leave, others come."""
        step_s, self._time_s = time_s - self._time_s, time_s
        if step_s <= 0.0:
            return
        self._blow(step_s)
        self._fly(step_s)
        birds, where = self.birds, self._where
        away_m = np.hypot(birds["position_m"][:, 0] - where.east_m, birds["position_m"][:, 1] - where.north_m)
        stays = (away_m <= where.radius_m + EDGE_M) & (time_s < birds["lands_s"])
        if not stays.all():
            self.birds = birds[stays]
        groups = self._dice.poisson(step_s * self._per_hour / 3600.0 * (1.0 - PASSES + PASSES / FLOCK_BIRDS))
        if groups:
            self.birds = np.concatenate([self.birds, *(self._newcomers() for _ in range(groups))])

    def _blow(self, step_s: float) -> None:
        kept = math.exp(-step_s / WIND_TIME_S)
        self._wind_mps = kept * self._wind_mps + WIND_MPS * math.sqrt(1.0 - kept**2) * self._dice.standard_normal(2)

    def _fly(self, step_s: float) -> None:
        birds, draws = self.birds, self._dice.standard_normal((3, len(self.birds)))
        for name, time_s, draw in (("turn", birds["turn_time_s"], draws[0]), ("gust", GUST_TIME_S, draws[1]),
                                   ("climb", CLIMB_TIME_S, draws[2])):  # fmt: skip
            kept = np.exp(-step_s / time_s)
            birds[name] = kept * birds[name] + np.sqrt(1.0 - kept * kept) * draw
        birds["heading_rad"] += step_s * (birds["circling_radps"] + birds["turn_sigma_radps"] * birds["turn"])
        speed_mps = np.maximum(birds["airspeed_mps"] + birds["gust_sigma_mps"] * birds["gust"], 2.0)
        velocity, position = birds["velocity_mps"], birds["position_m"]
        velocity[:, 0] = speed_mps * np.sin(birds["heading_rad"]) + self._wind_mps[0]
        velocity[:, 1] = speed_mps * np.cos(birds["heading_rad"]) + self._wind_mps[1]
        upward_mps = np.where(birds["circling_radps"] == 0.0, CLIMB_MPS, SOARING_CLIMB_MPS)
        toward_mps = np.clip((birds["height_m"] - position[:, 2]) / HEIGHT_TIME_S, -SINK_MPS, upward_mps)
        velocity[:, 2] = birds["climb_sigma_mps"] * birds["climb"] + toward_mps
        position += step_s * velocity
        np.maximum(position[:, 2], LOWEST_M, out=position[:, 2])

    def _newcomers(self) -> NDArray[np.void]:
        """One bird that wanders or circles, or one flock that passes."""
        dice = self._dice
        passing = PASSES / FLOCK_BIRDS / (PASSES / FLOCK_BIRDS + 1.0 - PASSES)
        if dice.random() < passing:
            return self._flock(int(dice.geometric(1.0 / FLOCK_BIRDS)))
        bird, where = self._make(1), self._where
        away_m, bearing_rad = where.radius_m * math.sqrt(dice.random()), dice.uniform(0.0, 2.0 * math.pi)
        bird["position_m"][0, :2] = (
            where.east_m + away_m * math.sin(bearing_rad),
            where.north_m + away_m * math.cos(bearing_rad),
        )
        bird["position_m"][0, 2] = dice.uniform(LOWEST_M, bird["height_m"][0])
        bird["heading_rad"] = dice.uniform(0.0, 2.0 * math.pi)
        circles = dice.random() < CIRCLES / (1.0 - PASSES)
        if circles:
            bird["circling_radps"] = dice.choice([-1.0, 1.0]) * dice.uniform(0.2, 0.6)
            bird["turn_sigma_radps"], bird["turn_time_s"] = 0.1, 5.0
        else:
            bird["turn_sigma_radps"], bird["turn_time_s"] = dice.uniform(0.1, 0.4), dice.uniform(2.0, 5.0)
        bird["lands_s"] = self._time_s + dice.exponential(CIRCLE_TIME_S if circles else WANDER_TIME_S)
        return bird

    def _flock(self, size: int) -> NDArray[np.void]:
        """Birds of one kind that enter together, at any point of the edge alike for the courses they hold."""
        dice, where, birds = self._dice, self._where, self._make(size)
        for name in ("airspeed_mps", "height_m", "echo_dbsm", "gust_sigma_mps", "climb_sigma_mps"):
            birds[name] = birds[name][0]
        birds["echo_dbsm"] += dice.standard_normal(size)
        heading_rad = dice.uniform(0.0, 2.0 * math.pi)
        drift = birds["airspeed_mps"][0] * np.array([math.sin(heading_rad), math.cos(heading_rad)]) + self._wind_mps
        course_rad, aside = math.atan2(drift[0], drift[1]), dice.uniform(-1.0, 1.0)
        along, across = -math.sqrt(1.0 - aside * aside), aside
        east_m = where.radius_m * (along * math.sin(course_rad) + across * math.cos(course_rad))
        north_m = where.radius_m * (along * math.cos(course_rad) - across * math.sin(course_rad))
        birds["position_m"][:, 0] = where.east_m + east_m + FLOCK_SPREAD_M * dice.standard_normal(size)
        birds["position_m"][:, 1] = where.north_m + north_m + FLOCK_SPREAD_M * dice.standard_normal(size)
        birds["position_m"][:, 2] = np.maximum(
            birds["height_m"] + FLOCK_SPREAD_UP_M * dice.standard_normal(size), LOWEST_M
        )
        birds["heading_rad"] = heading_rad
        birds["turn_sigma_radps"], birds["turn_time_s"], birds["lands_s"] = 0.03, 3.0, math.inf
        return birds

    def _make(self, size: int) -> NDArray[np.void]:
        dice, birds = self._dice, np.zeros(size, BIRD)
        speed_mps = AIRSPEED_MPS * np.exp(AIRSPEED_SPREAD * dice.standard_normal(size))
        birds["airspeed_mps"] = np.clip(speed_mps, SLOWEST_MPS, FASTEST_MPS)
        height_m = HEIGHT_M * np.exp(HEIGHT_SPREAD * dice.standard_normal(size))
        birds["height_m"] = np.clip(height_m, LOWEST_M, HIGHEST_M)
        birds["gust_sigma_mps"], birds["climb_sigma_mps"] = dice.uniform(0.5, 2.5, size), dice.uniform(0.3, 1.5, size)
        birds["echo_dbsm"] = ECHO_DBSM + ECHO_SPREAD_DB * dice.standard_normal(size)
        birds["number"] = self.count + np.arange(size)
        self.count += size
        return birds
