"""The tables of a run, laid out from the site and scenario files."""

import math

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon

from sangar.core.areas import AreaKind, AreaMap, allocate_areas
from sangar.core.arrays import Rotation
from sangar.core.detections import ALTITUDE, AZIMUTH, EAST, ELEVATION, NORTH, RANGE, RANGE_RATE, UP
from sangar.core.effectors import allocate_effectors
from sangar.core.identity_rules import allocate_rules
from sangar.core.sensors import CLUTTER_AZIMUTH_CELLS, CLUTTER_RANGE_CELLS, allocate_sensors
from sangar.core.targets import CLASS_COUNT, StandardIdentity, TargetClass
from sangar.scenario.areas import Corridor, Zone
from sangar.scenario.identity_rules import claim_mask_of, kind_mask_of, limits_of, mask_of, value_of
from sangar.scenario.places import Area
from sangar.scenario.scenario import Scenario
from sangar.scenario.sensor_kinds import ALTITUDE_SPAN_M, RANGE_RATE_SPAN_MPS
from sangar.scenario.sensor_parts import Classes, Orientation
from sangar.scenario.sensors import Sensor
from sangar.scenario.site import Site
from sangar.tracking.settings import NOWHERE

QUIETEST_FALSE_ALARMS = 1e-3
"""No sensor is believed to make fewer false alarms in a look than this: a density of zero has no logarithm."""


def looks_alike(period_s: float, correlation_s: float) -> float:
    """Looks of a sensor that tell no more than one, their errors being those of a first-order Markov process.

    The mean of many such errors has (1 + ρ) / (1 - ρ) times the variance of independent ones, with ρ = exp(-period /
    correlation time) from each to the next (Bartlett, 1946).
    """
    return 1.0 if correlation_s <= 0.0 else 1.0 / math.tanh(0.5 * period_s / correlation_s)


def sensor_table(site: Site) -> NDArray[np.void]:
    """What the tracker must know of the site's sensors, in the file's order; records of `core.sensors.SENSOR`."""
    table = allocate_sensors(len(site.sensors))
    for entry, sensor in zip(table, site.sensors, strict=True):
        entry["kind"] = sensor.sensor_kind
        entry["position_m"] = sensor.position_m(site.frame)
        entry["local_from_site"] = local_from_site(site, sensor)
        entry["level_from_site"] = own_from_local(sensor.orientation).T @ entry["local_from_site"]
        entry["period_s"] = sensor.look_period_s
        entry["detection_probability"] = sensor.detection_probability
        false_alarms = max(sensor.false_alarms_per_scan, QUIETEST_FALSE_ALARMS)
        entry["false_alarms"] = false_alarms
        entry["cell_clutter_hz"] = false_alarms / cell_count(sensor) / sensor.look_period_s
        entry["clutter_density"] = false_alarms / measured_volume(sensor)
        entry["looks_alike"] = looks_alike(sensor.look_period_s, sensor.accuracy.correlation_s)
        entry["echo_extent_m"] = sensor.accuracy.echo_extent_m
        entry["stray_share"] = sensor.accuracy.stray_share
        if sensor.accuracy.stray_share > 0.0:
            entry["stray_azimuth_rad"] = math.radians(sensor.accuracy.stray_azimuth_deg)
        snr_db = sensor.coverage.minimum_snr_db
        entry["minimum_snr_db"] = -np.inf if snr_db is None else snr_db
        entry["minimum_range_m"], entry["maximum_range_m"] = sensor.range_limits_m
        entry["minimum_elevation_rad"], entry["maximum_elevation_rad"] = sensor.elevation_limits_rad
        entry["sector_count"] = len(sensor.coverage.sectors)
        for column, sector in enumerate(sensor.coverage.sectors):
            entry["sector_from_rad"][column] = math.radians(sector.from_deg)
            entry["sector_width_rad"][column] = math.radians(sector.width_deg)
        entry["bias"], entry["bias_sigma"] = sensor.bias.values, sensor.bias_sigma
        entry["left_out"] = sensor.left_out is not None
        entry["hears_us"] = sensor.hears_us
        if sensor.classes is not None:
            entry["report_interval_s"] = sensor.classes.interval_s
            entry["report_log_chance"] = report_log_chance(sensor.classes)
        columns = sensor.columns
        entry["starts_tracks"] = (RANGE in columns and AZIMUTH in columns) or EAST in columns
    return table


def report_log_chance(classes: Classes) -> NDArray[np.float64]:
    """(7, 7) ln P(reported class, row | true class, column); 0, which says nothing, for what is never reported."""
    table = np.zeros((CLASS_COUNT, CLASS_COUNT))
    for place, word in enumerate(classes.reports):
        for target_class in TargetClass:
            table[TargetClass[word.upper()], target_class] = math.log(
                classes.confusion[target_class.name.lower()][place]
            )
    return table


def cell_count(sensor: Sensor) -> float:
    """How many cells of a map of clutter a sensor's coverage fills."""
    nearest_m, farthest_m = sensor.range_limits_m
    sectors = sensor.coverage.sectors
    turn = min(1.0, sum(sector.width_deg for sector in sectors) / 360.0) if sectors else 1.0
    return turn * CLUTTER_AZIMUTH_CELLS * CLUTTER_RANGE_CELLS * (farthest_m - nearest_m) / farthest_m


def measured_volume(sensor: Sensor) -> float:
    """Volume of the space a sensor measures in: the product of the spans of exactly the numbers it measures.

    Metres, radians and metres per second as they come: for a radar with Doppler m · rad · rad · m/s.
    """
    nearest_m, farthest_m = sensor.range_limits_m
    lowest_rad, highest_rad = sensor.elevation_limits_rad
    sectors = sensor.coverage.sectors
    azimuth_deg = min(360.0, sum(sector.width_deg for sector in sectors)) if sectors else 360.0
    span = {
        RANGE: farthest_m - nearest_m,
        AZIMUTH: math.radians(azimuth_deg),
        ELEVATION: highest_rad - lowest_rad,
        RANGE_RATE: RANGE_RATE_SPAN_MPS,
        ALTITUDE: ALTITUDE_SPAN_M,
        EAST: 2.0 * farthest_m,
        NORTH: 2.0 * farthest_m,
        UP: ALTITUDE_SPAN_M,
    }
    return math.prod(span[column] for column in sensor.columns)


def local_from_site(site: Site, sensor: Sensor) -> Rotation:
    """Rotation that turns site axes into the sensor's own: its place on the Earth first, then its orientation."""
    latitude_deg, longitude_deg = sensor.latitude_deg, sensor.longitude_deg
    if latitude_deg is None or longitude_deg is None:
        place = site.frame.geodetic_from_enu(sensor.position_m(site.frame)[None, :])[0]
        latitude_deg, longitude_deg = float(place[0]), float(place[1])
    rotation: Rotation = own_from_local(sensor.orientation) @ site.frame.local_from_site_rotation(
        latitude_deg, longitude_deg
    )
    return rotation


def own_from_local(orientation: Orientation) -> Rotation:
    """Rotation from east, north, up at the sensor to its own right, forward, up.

    Forward is turned by the azimuth (clockwise seen from above), then raised by the pitch, then the right side is
    lowered by the roll: R = Roll(y) Pitch(x) Azimuth(z).
    """
    azimuth, pitch, roll = (
        math.radians(angle) for angle in (orientation.azimuth_deg, orientation.pitch_deg, orientation.roll_deg)
    )
    turned = _rotation(2, -azimuth)
    pitched = _rotation(0, pitch)
    rolled = _rotation(1, roll)
    rotation: Rotation = rolled.T @ pitched.T @ turned.T
    return rotation


def _rotation(axis: int, angle_rad: float) -> Rotation:
    """Rotation of vectors about an axis by the right-hand rule."""
    first, second = (axis + 1) % 3, (axis + 2) % 3
    rotation: Rotation = np.eye(3)
    rotation[first, first] = rotation[second, second] = math.cos(angle_rad)
    rotation[second, first] = math.sin(angle_rad)
    rotation[first, second] = -math.sin(angle_rad)
    return rotation


def area_map(site: Site) -> AreaMap:
    """The site's areas: zones, assets, the perimeter, corridors, each in the file's order."""
    listed: list[tuple[AreaKind, Area]] = [(AreaKind.ZONE, zone) for zone in site.zones]
    listed += [(AreaKind.ASSET, asset) for asset in site.assets]
    listed += [(AreaKind.PERIMETER, site.perimeter)] if site.perimeter is not None else []
    listed += [(AreaKind.CORRIDOR, corridor) for corridor in site.corridors]
    rings = [area.corners_m(site.frame) for _, area in listed]
    areas = allocate_areas(len(listed), sum(len(ring) for ring in rings))
    first = 0
    for entry, (kind, area), ring in zip(areas.rows, listed, rings, strict=True):
        last = first + len(ring)
        entry["kind"], entry["first"], entry["last"] = kind, first, last
        areas.vertex_m[first:last] = ring
        centroid = Polygon(ring).centroid
        entry["centre_m"] = centroid.x, centroid.y
        entry["radius_m"] = np.linalg.norm(ring - entry["centre_m"], axis=1).max()
        _fill_limits(entry, area)
        first = last
    return areas


def _fill_limits(entry: np.void, area: Area) -> None:
    if isinstance(area, Zone):
        entry["shelter_time_s"] = area.shelter_time_s
        entry["people"] = area.people
    if isinstance(area, Corridor):
        entry["floor_m"], entry["ceiling_m"] = area.floor_m, area.ceiling_m
        entry["opens_s"] = -np.inf if area.opens_s is None else area.opens_s
        entry["closes_s"] = np.inf if area.closes_s is None else area.closes_s


def rule_table(site: Site) -> NDArray[np.void]:
    """The rules of identity in the order they are tried, their limits as numbers; records of `IDENTITY_RULE`."""
    settings, rules = site.policy.identification, site.rules
    table = allocate_rules(len(rules))
    for entry, rule in zip(table, rules, strict=True):
        entry["identity"] = StandardIdentity[rule.identity.upper()]
        entry["held"] = mask_of(rule.held)
        for field in ("at_least", "below"):
            for place, limit in limits_of(getattr(rule, field), settings):
                entry[field][place] = limit
                entry["weighs"] = 1
        for field in ("younger_than_s", "arrives_within_s", "suspected_for_s"):
            limit = getattr(rule, field)
            if limit is not None:
                entry[field] = value_of(limit, settings)
        entry["claim"], entry["claim_kind"] = claim_mask_of(rule.claim), kind_mask_of(rule.claim_kind)
        if rule.in_corridor is not None:
            entry["in_corridor"] = rule.in_corridor
        entry["on_trust"] = rule.is_on_trust
    return table


DEFENDED_MARGIN_M = 500.0
"""What comes over a site this near to its areas concerns them."""


def defended_circle(site: Site) -> tuple[float, float, float]:
    """Circle round all areas but the corridors, with a margin: east, north, radius; radius -1 where there are none."""
    areas: list[Area] = [*site.zones, *site.assets]
    areas += [site.perimeter] if site.perimeter is not None else []
    if not areas:
        return NOWHERE
    corners_m = np.concatenate([area.corners_m(site.frame) for area in areas])
    middle_m = (corners_m.min(axis=0) + corners_m.max(axis=0)) / 2.0
    radius_m = np.linalg.norm(corners_m - middle_m, axis=1).max() + DEFENDED_MARGIN_M
    return float(middle_m[0]), float(middle_m[1]), float(radius_m)


def area_names(site: Site) -> list[str]:
    """What people call each row of the area map."""
    perimeter = ["perimeter"] if site.perimeter is not None else []
    zones, assets = [zone.name for zone in site.zones], [asset.name for asset in site.assets]
    return zones + assets + perimeter + [corridor.name for corridor in site.corridors]


def effector_table(scenario: Scenario, site: Site) -> NDArray[np.void]:
    """The scenario's simulated effectors, in the file's order, ready and loaded; records of `EFFECTOR`."""
    table = allocate_effectors(len(scenario.effectors))
    for entry, effector in zip(table, scenario.effectors, strict=True):
        entry["kind"] = effector.effector_kind
        entry["position_m"] = effector.position_m(site.frame)
        entry["minimum_range_m"], entry["maximum_range_m"] = effector.min_range_m, effector.max_range_m
        entry["speed_mps"] = effector.speed_mps
        entry["reaction_s"] = effector.reaction_s
        entry["kill_probability"] = effector.kill_probability
        entry["cycle_s"] = effector.cycle_s
        entry["rounds"] = effector.rounds
        entry["sector_from_rad"] = math.radians(effector.sector_from_deg % 360.0)
        entry["sector_to_rad"] = math.radians(effector.sector_to_deg % 360.0)
    return table
