"""A sky without a raid, for as long as wanted: birds, flights that are given, clutter, and what the sensors make of it.

Looks are made by the same kernel as those of a raid; cooperative sensors hear the flights that speak. A sensor whose
site file says how good its word on classes is (`[sensor.classes]`) gives it with every echo strong enough, rightly or
wrongly as often as the file says; on one body it says the same for the file's `interval_s`.
"""

import heapq
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.detections import AZIMUTH, DETECTION
from sangar.core.targets import SensorKind, TargetClass
from sangar.pipeline.layout import sensor_table
from sangar.pipeline.ports import Batch
from sangar.scenario.sensor_parts import Classes
from sangar.scenario.site import Site
from sangar.simulation.birds import WING_BEAT_DB, BirdPopulation, Neighbourhood
from sangar.simulation.claimants import Claimants, truthful
from sangar.simulation.kernels.flight import bodies_at
from sangar.simulation.kernels.look import look
from sangar.simulation.raid import GOLDEN_SHARE
from sangar.simulation.sensors import model_rows, perceptible
from sangar.simulation.tables import BODY, FLIGHT, Trajectories

CLASSIFIED_SNR_DB = 16.0
"""Weaker echoes tell no class: a micro-Doppler spectrum takes some decibels more than a detection."""
ROOM_FOR_CLUTTER = 200
NO_DETECTIONS = np.zeros(0, DETECTION)
FIRST_FLIGHT = np.uint64(1) << np.uint64(40)
"""Numbers of flights begin here, those of birds at 0."""


class Flights(NamedTuple):
    """Bodies on given paths, B rows.

    Attributes:
        trajectories: where they go.
        target_class: (B,) `TargetClass`.
        rcs_dbsm: (B,) mean radar cross-section.
        only_sensor: (B,) row of the one sensor that sees it, -1 where all may.
        category: (B,) `ClaimedCategory` it says it is of, `SILENT` where it says nothing.
    """

    trajectories: Trajectories
    target_class: NDArray[np.int64]
    rcs_dbsm: NDArray[np.float64]
    only_sensor: NDArray[np.int64]
    category: NDArray[np.int64]


def no_flights() -> Flights:
    """None."""
    paths = Trajectories(np.zeros(0, FLIGHT), np.zeros((0, 3)), np.zeros((0, 3)))
    return Flights(paths, np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64))


def coverage(site: Site) -> Neighbourhood:
    """The circle that holds what the site's radars reach."""
    rows = model_rows(site)
    rows = rows[rows["kind"] == SensorKind.RADAR] if (rows["kind"] == SensorKind.RADAR).any() else rows
    east_m, north_m = rows["position_m"][:, :2].mean(axis=0)
    reach_m = np.hypot(*(rows["position_m"][:, :2] - (east_m, north_m)).T) + rows["maximum_range_m"]
    return Neighbourhood(float(east_m), float(north_m), float(reach_m.max()))


class QuietSky:
    """One stretch of time over a site.

    Attributes:
        population: the birds.
        bodies: records of `BODY` of the newest look: birds, then flights.
        target_class: `TargetClass` of each of these.
    """

    def __init__(self, site: Site, duration_s: float, birds_per_hour: float, flights: Flights, seed: int) -> None:
        """Set up the sky.

        Args:
            site: whose sensors look.
            duration_s: how long.
            birds_per_hour: birds that come into the coverage in an hour.
            flights: what else flies.
            seed: of everything that is drawn.
        """
        self.population = BirdPopulation(birds_per_hour, coverage(site), np.random.default_rng((seed, 1)))
        self.bodies, self.target_class = np.zeros(0, BODY), np.zeros(0, np.int64)
        self._dice = np.random.default_rng((seed, 2))
        self._site, self._duration_s, self._seed, self._flights = site, duration_s, seed, flights
        self._models = model_rows(site)
        everything = np.arange(len(TargetClass))
        table = sensor_table(site)
        self._sees_class = perceptible(table, everything, np.zeros(len(everything), np.bool_))
        self._sees_flight = perceptible(table, flights.target_class, np.zeros(len(flights.rcs_dbsm), np.bool_))
        self._sees_flight &= (flights.only_sensor < 0) | (flights.only_sensor == np.arange(len(table))[:, None])
        self._claimants = Claimants(site, truthful(flights.category), seed)
        self._words = [None if sensor.classes is None else _Words(sensor.classes) for sensor in site.sensors]
        self._scratch = np.zeros((4, 8))
        self._row = 0

    def batches(self) -> Iterator[Batch]:
        """Looks of all sensors in the order of time."""
        for time_s, sensor, instant in heapq.merge(*(self._looks(row) for row in range(len(self._models)))):
            if self._site.sensors[sensor].is_cooperative:
                flying = np.zeros(len(self._flights.rcs_dbsm), BODY)
                bodies_at(self._flights.trajectories, time_s, flying)
                yield Batch(time_s, sensor, NO_DETECTIONS, self._claimants.heard(time_s, sensor, flying))
            else:
                yield Batch(time_s, sensor, self._look(time_s, sensor, instant))

    def _looks(self, row: int) -> Iterator[tuple[float, int, int]]:
        period_s = self._site.sensors[row].look_period_s
        phase_s, instant = period_s * ((row + 1) * GOLDEN_SHARE % 1.0), 0
        while (time_s := phase_s + instant * period_s) < self._duration_s:
            yield time_s, row, instant
            instant += 1

    def _look(self, time_s: float, sensor: int, instant: int) -> NDArray[np.void]:
        self.population.advance(time_s)
        birds, flights = self.population.birds, self._flights
        count = len(birds)
        bodies = np.zeros(count + len(flights.rcs_dbsm), BODY)
        bodies["position_m"][:count], bodies["velocity_mps"][:count] = birds["position_m"], birds["velocity_mps"]
        bodies["rcs_dbsm"][:count] = birds["echo_dbsm"] + WING_BEAT_DB * self._dice.standard_normal(count)
        bodies["is_present"][:count] = 1
        bodies_at(flights.trajectories, time_s, bodies[count:])
        bodies["rcs_dbsm"][count:] = flights.rcs_dbsm
        target_class = np.concatenate([np.full(count, TargetClass.BIRD), flights.target_class])
        self.bodies, self.target_class = bodies, target_class
        sees = np.concatenate([np.full(count, self._sees_class[sensor, TargetClass.BIRD]), self._sees_flight[sensor]])
        room = np.zeros(len(bodies) + ROOM_FOR_CLUTTER, DETECTION)
        model, altitude_m = self._models[sensor], self._site.reference.altitude_m
        written = look(model, sees, instant, time_s, self._seed, bodies, altitude_m, self._scratch, room)
        seen = room[:written]
        words = self._words[sensor]
        if words is not None:
            numbers = np.concatenate(
                [birds["number"].astype(np.uint64), FIRST_FLIGHT + np.arange(len(flights.rcs_dbsm), dtype=np.uint64)]
            )
            self._say(seen, words, target_class, numbers, sensor, time_s)
        seen = seen[np.argsort(seen["measured"][:, AZIMUTH], kind="stable")]
        seen["row"] = np.arange(self._row, self._row + written)
        self._row += written
        return seen

    def _say(
        self,
        seen: NDArray[np.void],
        words: "_Words",
        target_class: NDArray[np.int64],
        numbers: NDArray[np.uint64],
        sensor: int,
        time_s: float,
    ) -> None:
        """Fill in what a sensor says of the classes of what it saw; of clutter it says what it says of the unknown."""
        body = seen["row"]
        is_real = body >= 0
        true_class = np.where(is_real, target_class[body], TargetClass.OTHER)
        number = np.where(is_real, numbers[body], np.uint64(2) * FIRST_FLIGHT + np.arange(len(seen), dtype=np.uint64))
        said = words.said(true_class, number, sensor, time_s, self._seed)
        is_strong = seen["snr_db"] >= CLASSIFIED_SNR_DB
        seen["class_report"][is_strong] = said[is_strong]


class _Words:
    """What one sensor says of each class: its table of confusion as running sums."""

    def __init__(self, classes: Classes) -> None:
        self._interval_s = classes.interval_s
        self._reported = np.array([TargetClass[word.upper()] for word in classes.reports])
        rows = np.array([classes.confusion[target_class.name.lower()] for target_class in TargetClass])
        self._sums = np.cumsum(rows, axis=1)
        self._sums[:, -1] = 1.0

    def said(
        self, target_class: NDArray[np.int64], number: NDArray[np.uint64], sensor: int, time_s: float, seed: int
    ) -> NDArray[np.int64]:
        """(N,) the word on each body; the same for a body for `interval_s`, beginning at a time of its own."""
        phase = _shares(number, sensor, seed)
        turn = np.floor(time_s / self._interval_s + phase).astype(np.uint64) + np.uint64(1)
        draw = _shares(number, sensor + (1 << 8), seed + turn * np.uint64(0x9E3779B97F4A7C15))
        word = (draw[:, None] >= self._sums[target_class]).sum(axis=1)
        chosen: NDArray[np.int64] = self._reported[word]
        return chosen


def _shares(number: NDArray[np.uint64], stream: int, seed: int | NDArray[np.uint64]) -> NDArray[np.float64]:
    """(N,) numbers in [0, 1) that hang on number, stream and seed alone (SplitMix64: Steele, Lea & Flood 2014)."""
    with np.errstate(over="ignore"):
        mixed = (number + np.uint64(stream) * np.uint64(0xD1342543DE82EF95)) * np.uint64(
            0x9E3779B97F4A7C15
        ) + np.asarray(seed, np.uint64)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53
