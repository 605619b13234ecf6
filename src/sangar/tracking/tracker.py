"""The tracker alone, without identification, assessment and warning: for benchmarks, metrics and research."""

import numpy as np
from numpy.typing import NDArray

from sangar.core.events import EVENTS, allocate_outputs
from sangar.core.tracks import TrackTable, allocate_tracks
from sangar.tracking.kernels.fusion.reports import fuse_batch
from sangar.tracking.kernels.out_of_sequence.past import past_positions
from sangar.tracking.kernels.track import track_batch
from sangar.tracking.settings import NOWHERE, TrackingSettings
from sangar.tracking.workspace import BATCH_CAPACITY, allocate_workspace


class Tracker:
    """Multi-target tracker over a fixed-capacity track table.

    Attributes:
        tracks: the track table; read it, do not write it. Every track stands at the time of its newest detection.
    """

    tracks: TrackTable

    def __init__(  # noqa: PLR0913 - capacities and the site, all with defaults
        self,
        sensors: NDArray[np.void],
        settings: TrackingSettings | None = None,
        *,
        track_capacity: int | None = None,
        batch_capacity: int = BATCH_CAPACITY,
        latitude_rad: float = 0.0,
        altitude_m: float = 0.0,
        defended: tuple[float, float, float] = NOWHERE,
        keeps_past: bool = False,
    ) -> None:
        """Allocate everything once; nothing is allocated while detections are processed.

        Args:
            sensors: records of `SENSOR`.
            settings: of the tracker; the defaults when left out.
            track_capacity: rows of the track table; the settings' `track_limit` when left out.
            batch_capacity: most detections in one batch.
            latitude_rad: of the site.
            altitude_m: of the site, above WGS84.
            defended: circle whose attackers are urgent: east, north and radius in metres.
            keeps_past: leave trails from the start; otherwise only once reports have come late.
        """
        chosen = settings or TrackingSettings()
        rows = chosen.track_limit if track_capacity is None else track_capacity
        self.tracks = allocate_tracks(rows, len(sensors))
        if keeps_past:
            self.tracks.late_until_s[:] = np.inf
        self._sensors = sensors
        self._parameters = chosen.parameters(latitude_rad, altitude_m, defended)
        self._outputs = allocate_outputs(4 * rows, 0, 0)
        self._work = allocate_workspace(rows, batch_capacity, chosen.candidate_limit, len(sensors))

    def process(self, time_s: float, sensor: int, detections: NDArray[np.void]) -> None:
        """Track one batch of `DETECTION` records of one sensor, measured about `time_s` (seconds since the epoch).

        Raises:
            ValueError: there is no such sensor, or the batch is larger than the capacity.
        """
        self._require_room(sensor, detections)
        self._outputs.written[:] = 0
        track_batch(self.tracks, time_s, detections, self._sensors, sensor, self._parameters, self._outputs, self._work)

    @property
    def events(self) -> NDArray[np.void]:
        """Records of `EVENT` of the newest batch; overwritten by the next."""
        return self._outputs.events[: self._outputs.written[EVENTS]]

    def fuse(self, time_s: float, sensor: int, reports: NDArray[np.void]) -> None:
        """Fuse one batch of `TRACK_REPORT` records of another tracker, about `time_s` (seconds since the epoch).

        Raises:
            ValueError: there is no such sensor, or the batch is larger than the capacity.
        """
        self._require_room(sensor, reports)
        self._outputs.written[:] = 0
        fuse_batch(self.tracks, time_s, reports, self._sensors, sensor, self._parameters, self._outputs, self._work)

    def past(self, time_s: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Where the confirmed tracks were at `time_s` (seconds since the epoch), as all that has come since tells it.

        A track that has no detection since is flown on to that time; one without a trail is flown back from now.

        Returns:
            Ids (k,) and positions (k, 3) in metres, site ENU, of the tracks that already were there.
        """
        ids, positions_m = np.empty(len(self.tracks.rows), np.int64), np.empty((len(self.tracks.rows), 3))
        count = past_positions(self.tracks, time_s, self._parameters, ids, positions_m, self._work.bench[0])
        return ids[:count], positions_m[:count]

    def _require_room(self, sensor: int, records: NDArray[np.void]) -> None:
        """Compiled code checks no bounds: what does not fit must not get there."""
        if not 0 <= sensor < len(self._sensors):
            raise ValueError(f"sensor {sensor} is not one of {len(self._sensors)}")
        if len(records) > len(self._work.columns):
            room = len(self._work.columns)
            raise ValueError(
                f"a batch of {len(records)} is larger than batch_capacity = {room}; split it or raise that"
            )
