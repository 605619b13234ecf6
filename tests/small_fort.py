"""A small fort as site and scenario texts: one radar, one camp, and what a test puts against it."""

from pathlib import Path

SITE = """
[site]
name = "Small fort"
latitude_deg = 33.8
longitude_deg = 42.4
[[sensor]]
id = "radar-1"
kind = "radar"
east_m = 0.0
north_m = 0.0
up_m = 10.0
[[zone]]
id = "camp"
name = "Camp"
polygon_m = [[-300.0, -300.0], [300.0, -300.0], [300.0, 300.0], [-300.0, 300.0]]
people = 80
[perimeter]
polygon_m = [[-500.0, -500.0], [500.0, -500.0], [500.0, 500.0], [-500.0, 500.0]]
"""
DRONE = """
[[threat]]
id = "drone-1"
kind = "fixed_wing_drone"
route_m = [[0.0, 2500.0, 200.0], [0.0, 0.0, 50.0]]
speed_mps = 60.0
"""
BOMB = """
[[threat]]
id = "bomb-1"
kind = "mortar"
launch = { east_m = 2000.0, north_m = 500.0, up_m = 0.0 }
aim = { east_m = 0.0, north_m = 0.0, up_m = 0.0 }
"""
GUN = """
[[effector]]
id = "gun-1"
kind = "gun"
east_m = 0.0
north_m = 100.0
up_m = 5.0
"""


def write_scenario(folder: Path, duration_s: float, *parts: str) -> Path:
    """Write the fort and a scenario of these parts into a folder; returns the scenario's path."""
    (folder / "fort.site.toml").write_text(SITE)
    head = f'name = "A small fort, briefly"\nsite = "fort.site.toml"\nseed = 5\nduration_s = {duration_s}\n'
    scenario = folder / "fort.toml"
    scenario.write_text(head + "".join(parts))
    return scenario
