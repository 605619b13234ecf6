"""A drone on a surveying flight, and what a site's sensors report of it: files as a user would have them."""

import math
from pathlib import Path

import numpy as np
import polars as pl

from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings

SITE = """\
# A site with comments that must survive.
[site]
name = "Proving ground"
latitude_deg = 40.0
longitude_deg = 3.0
altitude_m = 100.0

[[sensor]]   # on the hill
id = "radar"
kind = "radar"
east_m = -800.0   # surveyed in 2025
north_m = 300.0
up_m = 12.0
[sensor.accuracy]
range_m = 10.0  # from the maker's sheet
azimuth_deg = 0.2
elevation_deg = 0.3
range_rate_mps = 1.0

# The camera on the mast.
[[sensor]]
id = "camera"
kind = "camera"
east_m = 200.0
north_m = -500.0
up_m = 8.0
period_s = 0.2
orientation = { azimuth_deg = 30.0, pitch_deg = 0.0, roll_deg = 0.0 }

[[sensor]]
id = "finder"
kind = "rf"
east_m = 600.0
north_m = 900.0
up_m = 5.0

[[sensor]]
id = "reports"
kind = "cooperative"
east_m = 0.0
north_m = 0.0
up_m = 0.0

[[zone]]   # people
id = "camp"
name = "Camp"
polygon_m = [[-100.0, -100.0], [100.0, -100.0], [100.0, 100.0]]
"""

DURATION_S = 240.0
RADAR_BIAS = (40.0, 0.003, -0.004, 0.08)
FINDER_BIAS_RAD, FINDER_LATE_S = 0.04, 0.0
REPORTS_LATE_S = 0.6
CAMERA_AXES_DEG = (33.0, 4.0, -2.0)
CAMERA_LATE_S = -0.35


def position_m(time_s):
    """(N, 3) where the drone is: a square-ish loop that climbs and sinks, 15 to 30 m/s."""
    turn = 2.0 * np.pi * np.asarray(time_s) / 120.0
    return np.column_stack(
        [1500.0 + 500.0 * np.sin(turn), 1200.0 + 700.0 * np.sin(2.0 * turn), 150.0 + 80.0 * np.cos(1.3 * turn)]
    )


def rotation(azimuth_deg, pitch_deg, roll_deg):
    """Axes right, forward, up (rows) of a sensor that is turned, pitched and rolled."""
    azimuth, pitch, roll = np.radians([azimuth_deg, pitch_deg, roll_deg])
    forward = np.array([math.sin(azimuth) * math.cos(pitch), math.cos(azimuth) * math.cos(pitch), math.sin(pitch)])
    level_right = np.array([math.cos(azimuth), -math.sin(azimuth), 0.0])
    level_up = np.cross(level_right, forward)
    right = math.cos(roll) * level_right - math.sin(roll) * level_up
    return np.vstack([right, forward, math.cos(roll) * level_up + math.sin(roll) * level_right])


def seen(site: Site, sensor: str, true_s, own_from_local=None):
    """Range, azimuth, elevation (N, 3) of the drone from a sensor at these true times."""
    place = site.sensors[site.sensor_rows[sensor]].position_m(site.frame)
    latitude_deg, longitude_deg, _ = site.frame.geodetic_from_enu(place[None])[0]
    axes = site.frame.local_from_site_rotation(float(latitude_deg), float(longitude_deg))
    if own_from_local is not None:
        axes = own_from_local @ axes
    local = (position_m(true_s) - place) @ axes.T
    ground_m = np.hypot(local[:, 0], local[:, 1])
    return np.column_stack(
        [np.linalg.norm(local, axis=1), np.arctan2(local[:, 0], local[:, 1]), np.arctan2(local[:, 2], ground_m)]
    )


def radar_plots(site: Site, random: np.random.Generator, bias=RADAR_BIAS) -> pl.DataFrame:
    """The radar's plots: the drone with Pd 0.9, another aircraft, and clutter."""
    true_s = np.arange(0.5, DURATION_S, 1.0)
    plots = seen(site, "radar", true_s) + np.array(bias[:3])
    plots += np.array([10.0, math.radians(0.2), math.radians(0.3)]) * random.normal(size=plots.shape)
    is_seen = random.random(len(true_s)) < 0.9
    other = np.column_stack([3000.0 + 20.0 * true_s, np.full_like(true_s, -1.0), np.full_like(true_s, 0.1)])
    clutter_s = random.uniform(0.0, DURATION_S, 500)
    clutter = np.column_stack(
        [random.uniform(200.0, 5000.0, 500), random.uniform(-math.pi, math.pi, 500), random.uniform(0.0, 0.5, 500)]
    )
    time_s = np.concatenate([true_s[is_seen], true_s, clutter_s]) + bias[3]
    return _table("radar", time_s, np.vstack([plots[is_seen], other, clutter]))


def camera_plots(site: Site, random: np.random.Generator) -> pl.DataFrame:
    """The camera's bearings: turned from what the site file says, its clock behind."""
    true_s = np.arange(0.0, DURATION_S, 0.2)
    plots = seen(site, "camera", true_s, rotation(*CAMERA_AXES_DEG))
    plots[:, 1:] += math.radians(0.1) * random.normal(size=(len(plots), 2))
    plots[:, 0] = np.nan
    return _table("camera", true_s + CAMERA_LATE_S, plots)


def finder_plots(site: Site, random: np.random.Generator) -> pl.DataFrame:
    """The direction finder's azimuths."""
    true_s = np.arange(0.2, DURATION_S, 1.0)
    plots = seen(site, "finder", true_s)
    plots[:, 1] += FINDER_BIAS_RAD + math.radians(3.0) * random.normal(size=len(plots))
    plots[:, [0, 2]] = np.nan
    return _table("finder", true_s, plots)


def position_reports(site: Site, random: np.random.Generator) -> pl.DataFrame:
    """The drone's own reports, which come with a time that is late."""
    true_s = np.arange(0.0, DURATION_S, 1.0)
    reported_m = position_m(true_s) + np.array([10.0, 10.0, 20.0]) * random.normal(size=(len(true_s), 3))
    geodetic = site.frame.geodetic_from_enu(reported_m)
    return pl.DataFrame(
        {
            "time_s": true_s + REPORTS_LATE_S,
            "sensor": ["reports"] * len(true_s),
            "latitude_deg": geodetic[:, 0],
            "longitude_deg": geodetic[:, 1],
            "altitude_m": geodetic[:, 2],
        }
    )


def _table(sensor, time_s, plots) -> pl.DataFrame:
    columns = {name: pl.Series(plots[:, place]).fill_nan(None) for place, name in enumerate(NAMES)}
    return pl.DataFrame({"time_s": time_s, "sensor": [sensor] * len(time_s), **columns})


NAMES = ("range_m", "azimuth_rad", "elevation_rad")


def write_flight(folder: Path, *tables: pl.DataFrame, fixes_every_s: float = 0.2) -> tuple[Path, Path, Path]:
    """Site, detections and reference files in a folder."""
    (folder / "site.toml").write_text(SITE, encoding="utf-8")
    pl.concat(tables, how="diagonal").write_parquet(folder / "plots.parquet")
    time_s = np.arange(-5.0, DURATION_S + 5.0, fixes_every_s)
    east, north, up = position_m(time_s).T
    pl.DataFrame({"time_s": time_s, "target": "drone", "east_m": east, "north_m": north, "up_m": up}).write_csv(
        folder / "flight.csv"
    )
    return folder / "site.toml", folder / "plots.parquet", folder / "flight.csv"


def proving_ground() -> Site:
    """The site."""
    return parse_settings(SITE, Site, "proving ground")
