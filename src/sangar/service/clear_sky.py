"""`sangar clear-sky`: for each zone, could something be over it that nobody noticed?"""

import math
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from sangar.assessment.clear_sky import ClearSky, clear_sky
from sangar.assessment.weather import Weather, reach_shares
from sangar.core.errors import ConfigurationError
from sangar.pipeline.layout import area_map, sensor_table
from sangar.scenario.library import find_site
from sangar.scenario.site import Site, load_site

POINTS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
NOTICED = 1e-9
"""Below this share nothing is said of a worst direction: it is as good as none."""


class ClearSkyRequest(NamedTuple):
    """What was asked.

    Attributes:
        site: a site file, or the name of a shipped one.
        silent: ids of sensors that are not heard.
        visibility_m, rain_mm_per_h, wind_mps: the weather.
        json: whether a program reads the answer.
    """

    site: str
    silent: tuple[str, ...]
    visibility_m: float
    rain_mm_per_h: float
    wind_mps: float
    json: bool


def run_clear_sky(request: ClearSkyRequest) -> int:
    """Judge every zone; 0 when the sky over all of them may be called clear, else 1.

    Raises:
        ConfigurationError: the site file is wrong, or a silent sensor is none of it.
    """
    path = find_site(request.site)
    site = load_site(path)
    if not site.zones:
        raise ConfigurationError(str(path), "zone", "is missing", "add a [[zone]]: the sky is judged over zones")
    sensors = sensor_table(site)
    weather = Weather(request.visibility_m, request.rain_mm_per_h, request.wind_mps)
    heard_s, shares = _heard(site, request.silent, str(path)), reach_shares(sensors, weather)
    settings = site.policy.clear_sky
    areas = area_map(site).rows[: len(site.zones)]
    skies = [clear_sky(sensors, shares, heard_s, area, 0.0, settings) for area in areas]
    if request.json:
        print(msgspec.json.encode([_entry(zone.id, sky) for zone, sky in zip(site.zones, skies, strict=True)]).decode())
    else:
        _show(site, skies)
    return 0 if all(sky.is_assured for sky in skies) else 1


def _heard(site: Site, silent: tuple[str, ...], shown: str) -> NDArray[np.float64]:
    ids = [sensor.id for sensor in site.sensors]
    for name in silent:
        if name not in ids:
            mend = f"name one of: {', '.join(ids) or 'none, the site has no sensor'}"
            raise ConfigurationError(shown, "--silent", f"{name!r} is no sensor of the site", mend)
    until_s = [-math.inf if name in silent else math.inf for name in ids]
    return np.array([(-math.inf, until) for until in until_s]).reshape(len(ids), 2)


def _entry(zone: str, sky: ClearSky) -> dict[str, object]:
    return {"zone": zone, **sky._asdict(), "worst_azimuth_deg": math.degrees(sky.worst_azimuth_rad)}


def point_of(azimuth_rad: float) -> str:
    """The nearest of the eight points of the compass, in words."""
    return POINTS[round(azimuth_rad / (0.25 * math.pi)) % len(POINTS)]


def sky_line(name: str, sky: ClearSky) -> str:
    """One zone in words."""
    verdict = "clear" if sky.is_assured else "NOT ASSURED"
    line = f"{name}: {verdict}. {share_words(sky.missed_share)} would come unnoticed"
    if sky.worst_missed_share > NOTICED and sky.worst_missed_share > 1.5 * sky.missed_share:
        line += f", from the {point_of(sky.worst_azimuth_rad)} {share_words(sky.worst_missed_share)}"
    if not sky.is_assured:
        line += f"; worst at {sky.worst_height_m:g} m"
    return f"{line}. Something unnoticed over it now: {sky.probability:.1g}."


def share_words(share: float) -> str:
    """A share as people count: one in so many."""
    if share > 0.1:
        return f"{100.0 * share:.0f} % of intruders"
    return f"1 in {1.0 / share:,.0f} intruders" if share > NOTICED else "no intruder"


def _show(site: Site, skies: list[ClearSky]) -> None:
    console, settings = Console(highlight=False, markup=False, soft_wrap=True), site.policy.clear_sky
    heights = ", ".join(f"{height:g}" for height in settings.heights_m)
    console.print(
        f"An intruder at {settings.speed_mps:g} m/s, {heights} m high, from any side; noticed when seen "
        f"{settings.hits} times. {settings.arrivals_per_hour:g} an hour are supposed."
    )
    for zone, sky in zip(site.zones, skies, strict=True):
        console.print(sky_line(zone.name, sky))
    console.print("Terrain and buildings are not known to this figure; transponders and radio receivers do not count.")
