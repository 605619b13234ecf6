"""A body that flies an oval between sensors around it, some of them wrong: for tests of how wrong ones are found."""

import numpy as np

from sangar.core.detections import AZIMUTH, DETECTION, ELEVATION, RANGE
from sangar.core.events import EventKind
from sangar.core.sensors import allocate_sensors
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER
from sangar.tracking.settings import TrackingSettings
from sangar.tracking.tracker import Tracker

SETTINGS = TrackingSettings(initial_speed_mps=30.0, initial_climb_mps=5.0, manoeuvre_noise_m2ps3=20.0, realigns=False)
SIGMA_RAD = 2e-3


def sensors_around(count, radars=False):
    sensors = allocate_sensors(count)
    turn = 2.0 * np.pi * np.arange(count) / count
    sensors["position_m"][:, 0], sensors["position_m"][:, 1] = 500.0 * np.sin(turn), 500.0 * np.cos(turn)
    sensors["period_s"], sensors["detection_probability"] = 0.2, 0.85
    sensors["minimum_range_m"], sensors["maximum_range_m"] = 10.0, 3000.0
    sensors["minimum_elevation_rad"] = -0.1
    sensors["clutter_density"] = 1e-4 if radars else 0.05
    sensors["starts_tracks"] = int(radars)
    return sensors


def body(time_s):
    """A body that flies an oval."""
    return np.array([200.0 * np.sin(0.1 * time_s), 150.0 * np.cos(0.1 * time_s), 80.0 + 10.0 * np.sin(0.3 * time_s)])


def look(
    sensor,
    time_s,
    dice,
    turned_rad=0.0,
    late_s=0.0,
    halt_s=np.inf,
    raised_rad=0.0,
    place=None,
    ahead_s=0.0,
    is_flat=False,
    is_blind=False,
):
    """One look: `turned_rad` is added to the azimuth, anything where it is None; a late sensor says what it saw before.

    The body stands still from `halt_s` on. `raised_rad` is added to the elevation; `place` says where another body is,
    `ahead_s` by how much the clock is ahead; `is_flat` takes the elevation
    away, and who `is_blind` sees nothing.
    """
    batch = np.zeros(int(dice.random() < 0.85 and not is_blind), DETECTION)
    batch["time_s"], batch["measured"], batch["sigma"], batch["snr_db"] = time_s + ahead_s, np.nan, SIGMA_RAD, np.nan
    if turned_rad is None:
        turned_rad = dice.uniform(0.1, 0.8) * dice.choice([-1.0, 1.0])
    where = body if place is None else place
    east, north, up = where(min(time_s - late_s, halt_s)) - sensor["position_m"]
    batch["measured"][:, AZIMUTH] = np.arctan2(east, north) + turned_rad + SIGMA_RAD * dice.standard_normal()
    batch["measured"][:, ELEVATION] = (
        np.arctan2(up, np.hypot(east, north)) + raised_rad + SIGMA_RAD * dice.standard_normal()
    )
    if is_flat:
        batch["measured"][:, ELEVATION] = np.nan
    if sensor["starts_tracks"] == 1:
        batch["measured"][:, RANGE] = np.sqrt(east**2 + north**2 + up**2) + 5.0 * dice.standard_normal()
        batch["sigma"][:, RANGE] = 5.0
    return batch


def run(sensors, seconds, faults, seed=1, settings=SETTINGS):
    """Track for so long; `faults(sensor row, time)` gives the keywords of `look`. Returns tracker and events."""
    tracker, dice, said = Tracker(sensors, settings), np.random.default_rng(seed), []
    for n in range(int(seconds / 0.2)):
        for s in range(len(sensors)):
            time_s = 0.2 * n + 0.04 * s
            fault = faults(s, time_s)
            tracker.process(time_s + fault.get("ahead_s", 0.0), s, look(sensors[s], time_s, dice, **fault))
            said += [event.copy() for event in tracker.events if event["kind"] >= EventKind.SENSOR_LEFT_OUT]
    return tracker, said


def error_m(tracker, time_s):
    rows = tracker.tracks.rows[: tracker.tracks.counters[HIGH_WATER]]
    rows = rows[rows["status"] >= TrackStatus.CONFIRMED]
    return np.linalg.norm(rows["mean"][:, :3] - body(time_s), axis=1).min()
