"""Small scenes for the tracker: a table of tracks, a sensor, detections."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sangar.core.events import EVENTS, Outputs, allocate_outputs
from sangar.core.targets import TrackStatus
from sangar.core.tracks import HIGH_WATER, LIVE, NEXT_ID, TrackTable, allocate_tracks
from sangar.models.workbench import allocate_workbench
from sangar.tracking.kernels.filtering.prediction import THROWN_IGNORED_LOGIT, combine
from sangar.tracking.kernels.track import track_batch
from sangar.tracking.settings import TrackingParameters, TrackingSettings
from sangar.tracking.workspace import Workspace, allocate_workspace
from tests.unit.tracking.oracles import make_detections, make_sensor, measure, only, pack

RADAR_COLUMNS = (0, 1, 2, 3)
NOISE = np.array([8.0, 0.002, 0.003, 1.0, 30.0, 20.0, 20.0, 30.0])
PARAMETERS = TrackingSettings().parameters(0.59, 180.0)
GRAVITY_MPS2 = 9.79


class Sky(NamedTuple):
    """Everything one batch needs."""

    tracks: TrackTable
    sensors: NDArray[np.void]
    parameters: TrackingParameters
    outputs: Outputs
    work: Workspace

    def look(self, time_s: float, detections: NDArray[np.void], sensor: int = 0) -> NDArray[np.void]:
        """Track one batch; the events it led to."""
        self.outputs.written[:] = 0
        track_batch(self.tracks, time_s, detections, self.sensors, sensor, self.parameters, self.outputs, self.work)
        return self.outputs.events[: self.outputs.written[EVENTS]].copy()

    def live(self) -> NDArray[np.void]:
        """The rows in use."""
        rows = self.tracks.rows[: self.tracks.counters[HIGH_WATER]]
        used: NDArray[np.void] = rows[rows["status"] != int(TrackStatus.FREE)]
        return used


def make_sky(sensor=None, capacity: int = 64, candidates: int = 4096, **settings) -> Sky:
    """An empty sky over one sensor; settings of the tracker by name."""
    record = make_sensor() if sensor is None else sensor
    sensors = np.array([record], record.dtype)
    parameters = TrackingSettings(**settings).parameters(0.59, 180.0)
    return Sky(
        allocate_tracks(capacity),
        sensors,
        parameters,
        allocate_outputs(256, 0, 0),
        allocate_workspace(capacity, 4096, candidates),
    )


def put_track(sky: Sky, state, covariance, time_s: float = 0.0, status: TrackStatus = TrackStatus.CONFIRMED) -> np.void:
    """A flown track that has just been seen; both its models say the same."""
    i = int(sky.tracks.counters[HIGH_WATER])
    track: np.void = sky.tracks.rows[i]
    track["id"], track["status"] = sky.tracks.counters[NEXT_ID], int(status)
    track["time_s"], track["birth_s"] = time_s, time_s - 60.0
    track["confirmed_s"] = track["found_s"] = time_s - 55.0
    track["hits"], track["score"], track["period_s"], track["sensors"] = 50, 12.0, 1.0, 1
    track["state"], track["state_covariance"], track["mode"] = state, pack(covariance), 0.5
    track["seen_s"] = -np.inf
    track["seen_s"][0] = time_s
    track["thrown_logit"], track["row"] = THROWN_IGNORED_LOGIT, -1
    combine(track, allocate_workbench()[0])
    sky.tracks.counters[[HIGH_WATER, LIVE, NEXT_ID]] += 1
    return track


def seen(states, sensor, random=None, columns=RADAR_COLUMNS, time_s: float = 0.0, first_row: int = 0):
    """Detections of these (n, 6) states, with noise where dice are given."""
    exact = np.array([measure(state, sensor, PARAMETERS.altitude_m) for state in np.atleast_2d(states)]).reshape(-1, 8)
    noise = 0.0 if random is None else NOISE * random.normal(size=exact.shape)
    return make_detections(only(exact + noise, columns), NOISE, time_s, first_row)


FLOWN = np.array([3000.0, 4000.0, 500.0, -50.0, 30.0, 0.0])
THROWN = np.array([-3000.0, 2000.0, 200.0, 90.0, 40.0, 120.0])
"""A body that flies on and one that falls: states at time 0."""


def path(body, time_s):
    """State of one of the two at a time, no drag."""
    state = body.copy()
    state[:3] += time_s * body[3:]
    if body is THROWN:
        state[2] -= 0.5 * GRAVITY_MPS2 * time_s**2
        state[5] -= GRAVITY_MPS2 * time_s
    return state


NOTHING = make_detections(np.empty((0, 8)), NOISE)
"""A look that saw nothing."""
