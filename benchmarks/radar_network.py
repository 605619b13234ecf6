"""The air traffic of the common scenes, watched by several radars.

The targets and the first radar, at the origin, are the common scene's to the last bit. The others stand ten kilometres
away, measure as well, detect as often and see as much clutter as the first, with dice of their own. Each looks once a
second; where they look in turn, the targets are where their turns and climbs have brought them by then, exactly.
"""

from typing import NamedTuple

import msgspec
import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from sangar.bench.air_traffic import PERIOD_S, AirTraffic, Scan, clutter_mean_of, look_at, polar, watch
from sangar.bench.sangar_tracker import detection_records, scene_site, table_capacity
from sangar.bench.scenes import Scene, SceneMeta, generate_scene
from sangar.pipeline.layout import sensor_table
from sangar.scenario.site import Site
from sangar.tracking.tracker import Tracker

PLACES_M = ((0.0, 0.0), (10e3, 0.0), (0.0, 10e3))
"""East and north of each radar."""


class Look(NamedTuple):
    """What one radar reports at one time.

    Attributes:
        time_s: of all of it.
        sensor: row of the radar.
        records: its detections, in random order.
    """

    time_s: float
    sensor: int
    records: NDArray[np.void]


class WatchedScene(NamedTuple):
    """A scene and all looks at it.

    Attributes:
        scene: the common scene; its truths are for scoring.
        site: the radars.
        looks: in order of time.
    """

    scene: Scene
    site: Site
    looks: list[Look]

    def tracker(self) -> Tracker:
        """The tracker with Sangar's default settings; a look may come with its repeats."""
        rows = len(self.site.sensors) * table_capacity(self.scene)
        room = 2 * max(len(look.records) for look in self.looks) + 1
        return Tracker(
            sensor_table(self.site),
            self.site.policy.tracking,
            track_capacity=rows,
            batch_capacity=room,
            keeps_past=True,
        )

    def is_drawn_after(self, number: int) -> bool:
        """Whether the picture is taken after this look: the last one at the time of a scan of the first radar."""
        time_s = self.looks[number].time_s
        is_last = number + 1 == len(self.looks) or self.looks[number + 1].time_s > time_s
        return is_last and time_s % PERIOD_S == 0.0


def watched_scene(target_count: int, seed: int, radars: int, in_turn: bool) -> WatchedScene:
    """The scene of so many targets before so many radars, which look in turn or all at once."""
    scene = generate_scene(target_count, seed)
    site = _site(scene.meta, radars)
    sensors, period_s = sensor_table(site), scene.meta.period_s
    seen: list[tuple[float, int, NDArray[np.float64]]] = []
    random = np.random.default_rng([seed, target_count, radars])
    traffic = AirTraffic(target_count, scene.meta.scan_count, seed)
    for number, scan in enumerate(watch(traffic)):
        seen.append((number * period_s, 0, scan.plots))
        for radar in range(1, radars):
            after_s = period_s * radar / radars if in_turn else 0.0
            plots = _plots(traffic.flown(after_s), scan, sensors[radar], random)
            seen.append((number * period_s + after_s, radar, plots))
    return WatchedScene(scene, site, _looks(seen, scene.meta))


def _site(meta: SceneMeta, radars: int) -> Site:
    """The scene's site with more radars like its own."""
    site = scene_site(meta)
    return msgspec.structs.replace(
        site,
        sensors=tuple(
            msgspec.structs.replace(site.sensors[0], id=f"radar {number}", east_m=east_m, north_m=north_m)
            for number, (east_m, north_m) in enumerate(PLACES_M[:radars])
        ),
    )


def _plots(
    traffic: AirTraffic, scan: Scan, sensor: np.void, random: np.random.Generator
) -> Float64[NDArray[np.float64], "M 4"]:
    """What a radar elsewhere sees, in its own axes."""
    axes = sensor["local_from_site"]
    away_m = (traffic.position_m[scan.targets] - sensor["position_m"]) @ axes.T
    true_plots = polar(away_m, traffic.velocity_mps()[scan.targets] @ axes.T)
    return look_at(true_plots, clutter_mean_of(len(traffic.birth)), random).plots


def _looks(seen: list[tuple[float, int, NDArray[np.float64]]], meta: SceneMeta) -> list[Look]:
    looks, row = [], 0
    for time_s, radar, plots in sorted(seen, key=lambda one: one[:2]):
        looks.append(Look(time_s, radar, detection_records(plots, time_s, row, meta)))
        row += len(plots)
    return looks
