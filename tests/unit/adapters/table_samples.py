"""A small site and tables for it."""

from pathlib import Path

import polars as pl

from sangar.scenario.site import Site, load_site

SITE = """
[site]
name = "Test"
latitude_deg = 33.7
longitude_deg = 42.4
altitude_m = 180.0

[[sensor]]
id = "north"
kind = "radar"
east_m = 0.0
north_m = 1000.0
up_m = 0.0
period_s = 1.6
accuracy = { range_m = 7.0, azimuth_deg = 0.5, elevation_deg = 1.0, range_rate_mps = 2.0, altitude_m = 40.0 }

[[sensor]]
id = "tower"
kind = "camera"
east_m = 100.0
north_m = 0.0
up_m = 20.0
period_s = 0.5

[[sensor]]
id = "adsb"
kind = "cooperative"
east_m = 0.0
north_m = 0.0
up_m = 5.0
period_s = 1.0
accuracy = { horizontal_m = 12.0, altitude_m = 25.0 }
"""


def small_site(folder: Path) -> Site:
    """The site."""
    file = folder / "site.toml"
    file.write_text(SITE, encoding="utf-8")
    return load_site(file)


def plots(**columns: list[object]) -> pl.DataFrame:
    """Three plots of the radar, with the columns given instead or besides."""
    standard: dict[str, list[object]] = {
        "time_s": [1.0, 2.0, 3.0],
        "sensor": ["north", "north", "north"],
        "range_m": [5000.0, 4990.0, 4980.0],
        "azimuth_rad": [0.1, 0.1, 0.1],
        "elevation_rad": [0.05, 0.05, 0.05],
    }
    return pl.DataFrame(standard | columns, strict=False)
