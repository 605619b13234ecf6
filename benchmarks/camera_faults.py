"""A camera that is wrong: turned, late, or by a wrong clock, and what its flight is held against."""

import math
from typing import NamedTuple

from scipy.spatial.transform import Rotation

from benchmarks.camera_flights import Camera

TURNED, LATE, AHEAD, BEHIND = FAULTS = "10 degrees off", "pictures 2 s late", "clock 2 s ahead", "clock 2 s behind"
LATE_S = 2.0
GOAL_RATIO = 1.2
"""The error is to grow by less than a fifth."""


def spoil(cameras: list[Camera], row: int, fault: str) -> tuple[list[Camera], tuple[float, ...]]:
    """The cameras with one of them corrupted, and by how much each one's pictures come after the times they bear.

    Args:
        cameras: registered.
        row: which of them.
        fault: turned by ten degrees; its pictures come two seconds late and bear the time of their coming; or they come
            in time and its clock is two seconds ahead, or behind. The second and the third are the same pictures
            with the same times, delivered in order of these times or as they are taken.
    """
    camera, delays_s = cameras[row], [0.0] * len(cameras)
    model = camera.fit.model
    if fault == TURNED:
        turn = Rotation.from_rotvec([0.0, 0.0, math.radians(10.0)]).as_matrix()
        model = model._replace(own_from_site=turn @ model.own_from_site)
    else:
        behind_s = LATE_S if fault == BEHIND else -LATE_S
        model = model._replace(clock_s=model.clock_s - behind_s)
        delays_s[row] = 0.0 if fault == LATE else behind_s
    wrong = camera._replace(fit=camera.fit._replace(model=model))
    return [*cameras[:row], wrong, *cameras[row + 1 :]], tuple(delays_s)


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
        *((fault, [case for case in cases if case.fault == fault]) for fault in FAULTS),
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
