"""The site's sensors as the simulation knows them: their true performance, and which bodies each can perceive."""

import numpy as np
from numpy.typing import NDArray

from sangar.core.claims import FIRST_COOPERATIVE
from sangar.core.targets import SensorKind, TargetClass
from sangar.pipeline.layout import own_from_local, sensor_table
from sangar.scenario.sensor_kinds import ALTITUDE_SPAN_M, RANGE_RATE_SPAN_MPS
from sangar.scenario.site import Site
from sangar.simulation.tables import SENSOR_MODEL, Bodies, SensorModels

UNPERCEIVED = {
    SensorKind.ACOUSTIC: (TargetClass.BIRD,),
    SensorKind.RF: (TargetClass.BIRD, TargetClass.ROCKET_ARTILLERY_MORTAR, TargetClass.FIXED_WING_DRONE),
}
"""What a kind of sensor cannot perceive: birds make no engine noise; a drone on a stored route needs no radio link."""


def sensor_models(site: Site, bodies: Bodies) -> SensorModels:
    """The simulation's sensors, and which of the bodies each perceives."""
    return SensorModels(model_rows(site), perceptible(sensor_table(site), bodies.target_class, bodies.cooperative))


def model_rows(site: Site) -> NDArray[np.void]:
    """The simulation's sensor rows, in the site's order; records of `SENSOR_MODEL`."""
    table = sensor_table(site)
    rows = np.zeros(len(site.sensors), SENSOR_MODEL)
    for name in set(SENSOR_MODEL.names or ()) & set(table.dtype.names or ()):
        rows[name] = table[name]
    for row, (entry, sensor) in enumerate(zip(rows, site.sensors, strict=True)):
        entry["number"] = row
        entry["own_from_level"] = own_from_local(sensor.orientation)
        entry["measures"][list(sensor.columns)] = 1
        entry["sigma"] = sensor.sigma
        entry["reference_rcs_dbsm"] = sensor.coverage.reference_rcs_dbsm
        entry["false_alarms"] = sensor.false_alarms_per_scan
        entry["range_rate_span_mps"], entry["altitude_span_m"] = RANGE_RATE_SPAN_MPS, ALTITUDE_SPAN_M
    return rows


def perceptible(
    table: NDArray[np.void], target_class: NDArray[np.int64], cooperative: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """(S, B) whether each sensor can perceive each body (its class, and whether it reports its position) at all."""
    sees = np.ones((len(table), len(target_class)), np.bool_)
    for row, kind in enumerate(table["kind"]):
        for missing in UNPERCEIVED.get(SensorKind(kind), ()):
            sees[row] &= target_class != missing
        if kind == SensorKind.COOPERATIVE:
            sees[row] &= cooperative
        if kind == SensorKind.TRACKER or kind >= FIRST_COOPERATIVE:
            sees[row] = False  # hears claims (`claimants`), or reports tracks, and the simulation has no second tracker
    return sees
