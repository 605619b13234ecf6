"""Compile (or load from the cache) the simulation's kernels before a raid runs in real time."""

import time

from sangar.scenario.scenario import Scenario
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings
from sangar.simulation.raid import Raid

_SITE = """
site = { name = "warm-up", latitude_deg = 0.0, longitude_deg = 0.0 }
sensor = [{ id = "r", kind = "radar", east_m = 0.0, north_m = 0.0, up_m = 0.0 }]
"""
_SCENARIO = """
name = "warm-up"
duration_s = 2.0
traffic = [{ id = "t", kind = "aeroplane", speed_mps = 50.0, route_m = [[500, 500, 100], [0, 0, 100]] }]
birds = [{ id = "b", east_m = 300.0, north_m = 0.0, up_m = 50.0 }]

[[threat]]
id = "m"
kind = "mortar"
launch = { east_m = 900.0, north_m = 0.0, up_m = 0.0 }
aim = { east_m = 0.0, north_m = 0.0, up_m = 0.0 }
"""


def warm_up() -> float:
    """Run two seconds of a tiny raid, through every kernel there is; returns the seconds it took."""
    started_s = time.perf_counter()
    raid = Raid(parse_settings(_SITE, Site, "warm-up"), parse_settings(_SCENARIO, Scenario, "warm-up"), 1)
    for _ in raid.batches():
        pass
    return time.perf_counter() - started_s
