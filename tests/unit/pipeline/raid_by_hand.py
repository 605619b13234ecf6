"""A short raid on the small fort as batches, made with plain NumPy: a drone, a mortar bomb, and clutter.

Run as a program it prints, in hexadecimal, the events the step says; the tests run it interpreted.
"""

import math
import sys

import numpy as np

from sangar.core.detections import DETECTION
from sangar.pipeline.pipeline import Pipeline
from sangar.pipeline.ports import Batch
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings
from tests.small_fort import SITE

PERIOD_S = 0.5
DRONE = np.array([300.0, 2500.0, 150.0, -5.0, -55.0, -1.0])
BOMB = np.array([2200.0, 300.0, 5.0, -110.0, -15.0, 110.0])
SIGMA = np.array([10.0, 0.002, 0.003, 1.0])


def fort() -> Site:
    """The small fort."""
    return parse_settings(SITE, Site, "fort")


def measured(state, random):
    """Range, azimuth, elevation, range rate seen from the fort's radar."""
    offset = state[:3] - [0.0, 0.0, 10.0]
    distance = np.linalg.norm(offset)
    exact = [distance, math.atan2(offset[0], offset[1]), math.asin(offset[2] / distance), offset @ state[3:] / distance]
    return exact + SIGMA * random.normal(size=4)


def bomb_at(time_s):
    """Nearly: without drag, after five seconds of silence."""
    flown_s, state = time_s - 5.0, BOMB.copy()
    state[:3] += BOMB[3:] * flown_s
    state[2] -= 0.5 * 9.8 * flown_s**2
    state[5] -= 9.8 * flown_s
    return state if flown_s >= 0 and state[2] > 20.0 else None


def raid(scans: int = 60, seed: int = 1) -> list[Batch]:
    """The batches, in order of time."""
    random, batches, row = np.random.default_rng(seed), [], 0
    for scan in range(scans):
        time_s = scan * PERIOD_S
        drone, bomb = DRONE.copy(), bomb_at(time_s)
        drone[:3] += DRONE[3:] * time_s
        plots = [measured(body, random) for body in (drone, bomb) if body is not None and random.random() < 0.9]
        clutter = random.uniform([500, -3, 0.02, -90], [9000, 3, 0.5, 90], (random.poisson(1.0), 4))
        plots.extend(clutter)
        records = np.zeros(len(plots), DETECTION)
        records["row"], records["time_s"] = row + np.arange(len(plots)), time_s
        records["measured"], records["sigma"] = np.nan, np.nan
        if plots:
            records["measured"][:, :4], records["sigma"][:, :4] = plots, SIGMA
        records["snr_db"], records["rcs_dbsm"] = 20.0, -10.0
        row += len(plots)
        batches.append(Batch(time_s, 0, records))
    return batches


def events_of(scans: int) -> bytes:
    """The octets of all events of the raid."""
    pipeline = Pipeline(fort(), track_capacity=64)
    return b"".join(pipeline.step(batch).events.tobytes() for batch in raid(scans))


if __name__ == "__main__":
    print(events_of(int(sys.argv[1])).hex())
