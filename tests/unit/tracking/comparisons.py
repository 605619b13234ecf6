"""Comparisons of two biased sensors made with plain NumPy, and what SciPy's least squares makes of them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from sangar.core.frames import SiteFrame
from sangar.core.registration import SIGHTING, RegistrationTable, allocate_registration
from sangar.core.sensors import allocate_sensors
from sangar.tracking.settings import RegistrationSettings
from tests.unit.tracking.oracles import make_detections, measure, only

RADAR = (0, 1, 2)
MODE_C = (0, 1, 4)
CAMERA = (1, 2)
REPORT = (5, 6, 7)
SIGMA = np.array([12.0, 0.002, 0.003, 1.0, 30.0, 8.0, 8.0, 12.0])
PRIOR = np.array([50.0, 0.005, 0.005, 0.1])
SETTINGS = RegistrationSettings(wander_m2ps3=1e-9).parameters()
ALTITUDE_M = 180.0


def two_sensors() -> NDArray[np.void]:
    """Two sensors eight kilometres apart, each level where it stands."""
    sensors = allocate_sensors(2)
    sensors["position_m"] = [[-3000.0, -2000.0, 20.0], [4000.0, 2500.0, 5.0]]
    frame = SiteFrame(40.0, 0.0, ALTITUDE_M)
    for sensor, place in zip(sensors, frame.geodetic_from_enu(sensors["position_m"]), strict=True):
        sensor["local_from_site"] = frame.local_from_site_rotation(place[0], place[1])
    sensors["bias_sigma"] = PRIOR
    return sensors


class Comparison(NamedTuple):
    """Sensor 0 twice around sensor 1's one, all as reported, and the body's velocity."""

    old: np.void
    new: np.void
    other: np.void
    state: NDArray[np.float64]


def reported(state, sensors, row, columns, time_s, bias, random):
    """One detection of a body that is at `state` at time 0: with its bias, and with noise if dice are given."""
    exact = measure(state, sensors[row], ALTITUDE_M, shift_s=time_s)
    noise = np.zeros(8) if random is None else random.normal(size=8) * SIGMA
    exact[:3] += bias[:3]
    return make_detections(only(exact + noise, columns), SIGMA, time_s + bias[3])[0]


def sighting(detection, sensor):
    """A detection as a track remembers it."""
    record = np.zeros(1, SIGHTING)[0]
    record["track"], record["sensor"] = 1, sensor
    for name in ("time_s", "measured", "sigma"):
        record[name] = detection[name]
    return record


def make_comparison(state, sensors, biases, columns, random=None) -> Comparison:
    """One comparison; `columns` is what sensor 0 and what sensor 1 measure."""
    old, new = (reported(state, sensors, 0, columns[0], time_s, biases[0], random) for time_s in (0.0, 1.0))
    other = reported(state, sensors, 1, columns[1], 0.4, biases[1], random)
    return Comparison(sighting(old, 0), new, sighting(other, 1), state)


def fresh_table(sensors) -> RegistrationTable:
    """A registration table that knows nothing but the prior."""
    return allocate_registration(sensors, 4, 4)


def random_states(random, count):
    """Bodies all round, 40 to 220 m/s."""
    heading, speed_mps = random.uniform(-np.pi, np.pi, count), random.uniform(40.0, 220.0, count)
    return np.column_stack(
        [
            random.uniform(-9000.0, 9000.0, (count, 2)),
            random.uniform(300.0, 3000.0, count),
            speed_mps * np.sin(heading),
            speed_mps * np.cos(heading),
            random.uniform(-10.0, 10.0, count),
        ]
    )


def place_of(measured, sensor):
    """Site position of range, azimuth, elevation, as the schoolbook has it."""
    range_m, azimuth, elevation = measured[:3]
    local = range_m * np.array(
        [np.cos(elevation) * np.sin(azimuth), np.cos(elevation) * np.cos(azimuth), np.sin(elevation)]
    )
    return sensor["position_m"] + sensor["local_from_site"].T @ local


def difference(biases, comparison, sensors):
    """What sensor 1 measured minus what sensor 0's two places make of it, with these (8,) biases taken away.

    The body's own velocity carries the places over the clock's error, as `compare` does it.
    """
    old, new, other, state = comparison
    ends = [place_of(end["measured"][:3] - biases[:3], sensors[0]) for end in (old, new)]
    share = (other["time_s"] - biases[7] - old["time_s"] + biases[3]) / (new["time_s"] - old["time_s"])
    body = np.concatenate([(1.0 - share) * ends[0] + share * ends[1], state[3:]])
    apart = other["measured"][:3] - biases[4:7] - measure(body, sensors[1])[:3]
    apart[1] = np.angle(np.exp(1j * apart[1]))
    return apart


def noise_of(comparison, sensors):
    """Covariance of a difference: each place's noise by its weight, by finite differences."""
    steps = np.array([1.0, 1e-4, 1e-4])
    covariance = np.diag(SIGMA[:3] ** 2)
    started_s, ended_s = comparison.old["time_s"], comparison.new["time_s"]
    share = (comparison.other["time_s"] - started_s) / (ended_s - started_s)
    for end, weight in (("old", 1.0 - share), ("new", share)):
        columns = []
        for axis in range(3):
            moved = getattr(comparison, end).copy()
            moved["measured"][axis] += steps[axis]
            changed = difference(np.zeros(8), comparison._replace(**{end: moved}), sensors)
            columns.append((changed - difference(np.zeros(8), comparison, sensors)) / steps[axis])
        slope = np.column_stack(columns) / weight
        covariance += weight * slope @ np.diag(SIGMA[:3] ** 2) @ slope.T
    return covariance


def least_squares_biases(comparisons, sensors):
    """Biases (8,) and covariance (8, 8) that SciPy finds for these comparisons and the prior."""
    weights = [np.linalg.inv(np.linalg.cholesky(noise_of(comparison, sensors))) for comparison in comparisons]
    scale = np.tile(PRIOR, 2)

    def residuals(scaled):
        told = [
            weight @ difference(scaled * scale, comparison, sensors)
            for weight, comparison in zip(weights, comparisons, strict=True)
        ]
        return np.concatenate([scaled, *told])

    found = least_squares(residuals, np.zeros(8), method="lm", xtol=1e-14, ftol=1e-14)
    return found.x * scale, np.outer(scale, scale) * np.linalg.inv(found.jac.T @ found.jac)
