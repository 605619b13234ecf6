"""A camera that is wrong: turned or late, and what its flight is held against."""

import math
from typing import NamedTuple

from scipy.spatial.transform import Rotation

from benchmarks.camera_flights import Camera

TURNED, LATE = "10 degrees off", "2 s late"
GOAL_RATIO = 1.2
"""The error is to grow by less than a fifth."""


def spoil(cameras: list[Camera], row: int, fault: str) -> list[Camera]:
    """The cameras with one of them corrupted: turned by ten degrees, or its clock two seconds late."""
    camera = cameras[row]
    model = camera.fit.model
    if fault == TURNED:
        turn = Rotation.from_rotvec([0.0, 0.0, math.radians(10.0)]).as_matrix()
        model = model._replace(own_from_site=turn @ model.own_from_site)
    elif fault == LATE:
        model = model._replace(clock_s=model.clock_s + 2.0)
    return [*cameras[:row], camera._replace(fit=camera.fit._replace(model=model)), *cameras[row + 1 :]]


class FaultCase(NamedTuple):
    """What one wrong camera made of a flight, at the epochs at which two of the other cameras had just seen the drone.

    Attributes:
        camera, fault: which, and what is wrong with it.
        whole_m, without_m, wrong_m: RMSE with all cameras right, without this one, and with it wrong.
        epochs: how many.
        tracks: confirmed tracks of the flight with it wrong.
        judgements: what was said of the sensors.
    """

    camera: str
    fault: str
    whole_m: float
    without_m: float
    wrong_m: float
    epochs: int
    tracks: int
    judgements: list[str]

    @property
    def grows_by(self) -> float:
        """RMSE over that of the flight with all cameras right."""
        return self.wrong_m / self.whole_m

    @property
    def beyond_loss(self) -> float:
        """RMSE over that of the flight without this camera."""
        return self.wrong_m / self.without_m

    @property
    def loss_is_too_much(self) -> bool:
        """Whether leaving the camera out from the first moment on would not meet the goal either."""
        return self.without_m >= GOAL_RATIO * self.whole_m

    def line(self) -> str:
        """One line of the report."""
        return (
            f"  {self.camera} {self.fault}: RMSE {self.wrong_m:.3f} m, {self.beyond_loss:.2f} of that without it"
            f" ({self.without_m:.3f}), {self.grows_by:.2f} of that with it right ({self.whole_m:.3f});"
            f" without it {self.without_m / self.whole_m:.2f}{', TOO LITTLE' if self.loss_is_too_much else ''},"
            f" n = {self.epochs};  {self.tracks} confirmed tracks;  {'; '.join(self.judgements) or 'NOT LEFT OUT'}"
        )


def summary(cases: list[FaultCase]) -> str:
    """In how many cases the goal is met, of each fault and together."""
    lines = []
    for name, some in (
        *((fault, [case for case in cases if case.fault == fault]) for fault in (TURNED, LATE)),
        ("all", cases),
    ):
        met = [case for case in some if case.grows_by < GOAL_RATIO]
        hopeless = [case for case in some if case.loss_is_too_much]
        lines.append(
            f"{name}: left out {sum(bool(case.judgements) for case in some)} of {len(some)};"
            f" grows by less than 20 % in {len(met)}; too little without it in {len(hopeless)}, met all the same in"
            f" {sum(case.grows_by < GOAL_RATIO for case in hopeless)}; at most 6 % beyond that loss in"
            f" {sum(case.beyond_loss <= 1.06 for case in some)}"
        )
    return "\n".join(lines)
