"""What a run found out about its sensors: the bias of each with its uncertainty, for `metrics.json` and for people."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sangar.core.detections import AZIMUTH, ELEVATION, RANGE
from sangar.core.registration import BIAS_COUNT, BIAS_NAMES
from sangar.scenario.sensors import Sensor
from sangar.scenario.site import Site

MEASURED_AS = (RANGE, AZIMUTH, ELEVATION)
"""What a sensor must measure to have a bias of range, azimuth, elevation. Each has one of time."""

SHOWN = (("range", 1.0, "m"), ("azimuth", math.degrees(1.0), "°"), ("elevation", math.degrees(1.0), "°"))
"""How people read the first three: name, factor, unit."""


def sensor_metrics(site: Site, registered: NDArray[np.void]) -> list[dict[str, Any]]:
    """Every sensor's biases as they stand in `metrics.json`, in the order of the site file.

    Args:
        site: the site file.
        registered: records of `REGISTERED`, one for each sensor.
    """
    return [_one_sensor(sensor, record) for sensor, record in zip(site.sensors, registered, strict=True)]


def _one_sensor(sensor: Sensor, record: np.void) -> dict[str, Any]:
    return {
        "sensor": sensor.id,
        "left_out": sensor.left_out,
        "ignored_detections": int(record["ignored"]),
        "comparisons": int(record["pairs"]),
        "refused_comparisons": int(record["refused"]),
        "bias": {
            BIAS_NAMES[place]: {
                "estimate": float(record["estimate"][place]),
                "sigma": float(record["sigma"][place]),
                "relative_sigma": float(record["relative_sigma"][place]),
                "in_force": float(record["bias"][place]),
            }
            for place in range(BIAS_COUNT)
            if place >= len(MEASURED_AS) or MEASURED_AS[place] in sensor.columns
        },
    }


def sensor_lines(metrics: Sequence[Mapping[str, object]]) -> list[str]:
    """One line for each sensor that was compared with others or left out; the rest has nothing to tell."""
    return [line for entry in metrics if (line := _sensor_line(entry))]


def _sensor_line(entry: Mapping[str, object]) -> str:
    if entry["left_out"] is not None:
        return f"{entry['sensor']}: left out, {entry['left_out']}"
    bias = entry["bias"]
    if not entry["comparisons"] or not isinstance(bias, dict):
        return ""
    parts = [
        f"{name} {factor * bias[key]['estimate']:+.3g} ± {factor * bias[key]['sigma']:.2g} {unit}"
        for (name, factor, unit), key in zip(SHOWN, BIAS_NAMES, strict=False)
        if key in bias
    ]
    time = bias["time_s"]
    parts.append(f"time {1000.0 * time['estimate']:+.3g} ± {1000.0 * time['sigma']:.2g} ms")
    return f"{entry['sensor']}: {', '.join(parts)} (n = {entry['comparisons']})"
