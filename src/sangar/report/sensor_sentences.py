"""What happens to sensors, in sentences."""

import numpy as np

from sangar.core.targets import Disagreement
from sangar.report.words import Names, named


def sensor_silent(event: np.void, names: Names) -> str:
    """It has not been heard for too long."""
    return f"Sensor {named(names.sensors, event['new'])} is SILENT."


def sensor_clock_wrong(event: np.void, names: Names) -> str:
    """Its times cannot be right."""
    ahead_s = float(event["due_s"]) - float(event["time_s"])
    how = f"{abs(ahead_s):.0f} s {'ahead' if ahead_s > 0.0 else 'behind'}" if np.isfinite(ahead_s) else "no time"
    return f"Sensor {named(names.sensors, event['new'])} is not used: its clock is WRONG ({how})."


def sensor_clock_right(event: np.void, names: Names) -> str:
    """Its times are right again."""
    return f"The clock of sensor {named(names.sensors, event['new'])} is right again."


def sensor_left_out(event: np.void, names: Names) -> str:
    """It does not agree with the others, and how."""
    late_s = float(event["due_s"])
    how = "its detections stand elsewhere than it could err"
    if event["old"] == Disagreement.ELSEWHERE:
        how = f"it points {np.degrees(event['ellipse_azimuth_rad']):.1f}° elsewhere"
    elif event["old"] == Disagreement.LATE:
        how = f"its detections are {abs(late_s):.1f} s {'late' if late_s > 0.0 else 'early'}"
    elif event["old"] == Disagreement.AHEAD:
        how = f"its times are {late_s:.1f} s ahead of all theirs"
    return f"Sensor {named(names.sensors, event['new'])} is LEFT OUT, it does not agree with the others: {how}."


def sensor_put_right(event: np.void, names: Names) -> str:
    """What is wrong with it is known well enough to correct it."""
    faults = []
    if np.isfinite(event["ellipse_azimuth_rad"]):
        angle_deg, sigma_deg = np.degrees(event["ellipse_azimuth_rad"]), np.degrees(event["ellipse_major_m"])
        faults.append(f"turned by {angle_deg:.1f}° ± {max(sigma_deg, 0.05):.1f}")
    if np.isfinite(event["due_s"]):
        late_s, sigma_s = float(event["due_s"]), float(event["ellipse_minor_m"])
        how = "late" if late_s > 0.0 else "early"
        faults.append(f"{abs(late_s):.2f} s ± {max(sigma_s, 0.005):.2f} {how}")
    name, what = named(names.sensors, event["new"]), " and ".join(faults)
    return f"Sensor {name} is used again, CORRECTED: it is {what}. It has to be put right at its place."


def sensor_taken_back(event: np.void, names: Names) -> str:
    """It agrees with the others again."""
    return f"Sensor {named(names.sensors, event['new'])} agrees with the others again and is used."


def sensor_heard(event: np.void, names: Names) -> str:
    """It is heard."""
    return f"Sensor {named(names.sensors, event['new'])} is heard."
