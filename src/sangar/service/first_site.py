"""A first site file with the sensors that were heard in a recording, for a person to check."""

import math

from sangar.adapters.asterix.sensors import RecordedSensor
from sangar.core.frames import SiteFrame

USUAL_PERIOD_S = 5.0
"""Antenna turn assumed where the recording does not tell; airport radars take some 4 s, en-route radars 6 to 12 s."""

USUAL_REACH_M = 100_000.0
"""Range assumed where the recording does not tell."""

SITE_HEAD = """\
# Written by `sangar convert asterix`. Check it: the sensor's position came from the command line, its period and range
# from the recording, its accuracy is what such sensors usually reach.
[site]
name = "{kind} {first}"
latitude_deg = {latitude_deg!r}
longitude_deg = {longitude_deg!r}
altitude_m = {altitude_m!r}
"""

SITE_SENSOR = """
[[sensor]]
id = "{sensor}"
kind = "{kind}"
measures = [{measures}]
latitude_deg = {latitude_deg!r}
longitude_deg = {longitude_deg!r}
altitude_m = {altitude_m!r}
period_s = {period_s:.3f}

[sensor.accuracy]
{accuracy}

[sensor.coverage]
min_range_m = 0.0
max_range_m = {maximum_range_m:.0f}
min_elevation_deg = {lowest_deg}
max_elevation_deg = 90.0
detection_probability = {detected}
false_alarms_per_scan = {false_alarms}
"""

ALTITUDE_LINE = "altitude_m = 15.0  # of one report against the next: the weather's error is the same for all"
AIR_RADAR = f"range_m = 30.0\nazimuth_deg = 0.07\n{ALTITUDE_LINE}"
SURFACE_RADAR = f"range_m = 10.0  # the echo wanders over an airliner's length\nazimuth_deg = 0.25\n{ALTITUDE_LINE}"
POSITIONS = f"horizontal_m = 7.5\n{ALTITUDE_LINE}"


def first_site(place: SiteFrame, sensors: tuple[RecordedSensor, ...]) -> str:
    """The text of a site file whose sensors all stand at `place`."""
    where = {"latitude_deg": place.latitude_deg, "longitude_deg": place.longitude_deg, "altitude_m": place.altitude_m}
    kind = "Radar" if "range" in sensors[0].measures else "Sensor"
    text = SITE_HEAD.format(kind=kind, first=sensors[0].sensor, **where)
    return text + "".join(_sensor_text(sensor, where) for sensor in sensors)


def _sensor_text(sensor: RecordedSensor, where: dict[str, float]) -> str:
    farthest_m = USUAL_REACH_M if math.isnan(sensor.maximum_range_m) else sensor.maximum_range_m
    step_m = 10_000.0 if farthest_m > 10_000.0 else 1000.0
    is_radar = "range" in sensor.measures
    looks_down = sensor.is_surface or not is_radar  # from a tower to the ground, or from nowhere
    return SITE_SENSOR.format(
        sensor=sensor.sensor,
        kind="radar" if is_radar else "cooperative",
        measures=", ".join(f'"{word}"' for word in sensor.measures),
        period_s=USUAL_PERIOD_S if math.isnan(sensor.period_s) else sensor.period_s,
        accuracy=(SURFACE_RADAR if looks_down else AIR_RADAR) if is_radar else POSITIONS,
        maximum_range_m=max(step_m, step_m * math.ceil(farthest_m / step_m)),
        lowest_deg=-90.0 if looks_down else -2.0,
        detected=0.95,
        false_alarms=5.0 if is_radar else 0.01,
        **where,
    )
