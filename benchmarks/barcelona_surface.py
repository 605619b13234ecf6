"""Fuse a real airport's multilateration with its surface radar, the identities hidden, and score with them.

    python benchmarks/barcelona_surface.py [--data DATA] [--work FOLDER]

Two recordings in ASTERIX category 010, Barcelona, 2 October 2020, two hours: multilateration (hears transponders, of
aircraft and vehicles, on the ground and on the approach) and a surface movement radar (sees everything on and around
the runways, and knows no names). The tracker gets positions of the one, range and azimuth of the other, no address.

Plots within five nautical miles count: farther out, beyond what such a system is built for, multilateration's plots
come three in a row every fifteen seconds.

Each plot is labelled for scoring: multilateration's with its Mode S address, the radar's with the address whose
multilateration track, interpolated between two plots at most 3 s apart, passes within 30 m (99 % of the plots of a
target alone: they scatter by 10 m) while no other passes within 80 m; of several such plots in one second the nearest
(beside an aircraft there are people and carts without transponders). An address that is not heard for a minute and then
is elsewhere counts as another visit. Scored are the visits that both sensors saw in ten plots or more, the same for
every row of the answer.
"""

import io
import math
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from sangar.bench.recorded import print_recorded
from sangar.core.frames import SiteFrame
from sangar.service.convert import ConvertRequest, convert_asterix
from sangar.service.track import TrackRequest, run_track

FOLDER = "asterix/barcelona_cat010"
MULTILATERATION, RADAR = "0-107", "0-7"
# Published reference points (heights: the airfield's, and a tower's); the recordings agree: where one target alone is
# near, the radar's plots lie 4 m west and 5 m north of multilateration's, with a scatter of 10 m.
PLACES = {
    MULTILATERATION: ("mlat", SiteFrame(41.297063, 2.078447, 53.0)),
    RADAR: ("smr", SiteFrame(41.295618, 2.095114, 80.0)),
}

SITE_HEAD = """\
[site]
name = "Barcelona airport"
latitude_deg = 41.297063
longitude_deg = 2.078447
altitude_m = 53.0

[policy.tracking]
initial_speed_mps = 30.0
confirmed_misses = 6        # what stands is heard every five seconds only, for a while
"""

SITE_MULTILATERATION = """
[[sensor]]
id = "0-107"
kind = "cooperative"
measures = ["position"]
latitude_deg = 41.297063
longitude_deg = 2.078447
altitude_m = 53.0
period_s = 1.0

[sensor.accuracy]
horizontal_m = 7.5
altitude_m = 15.0

[sensor.coverage]
max_range_m = 10000.0
min_elevation_deg = -90.0
max_elevation_deg = 90.0
detection_probability = 0.9
false_alarms_per_scan = 0.01
"""

AZIMUTH_DEG, WANDERS_M = 0.25, 10.0
SITE_RADAR = f"""
[[sensor]]
id = "0-7"
kind = "radar"
measures = ["range", "azimuth", "altitude"]
latitude_deg = 41.295618
longitude_deg = 2.095114
altitude_m = 80.0
period_s = 1.0

[sensor.accuracy]
range_m = {WANDERS_M}              # the echo wanders over an airliner's length; across, see `wandering`
azimuth_deg = {AZIMUTH_DEG}
altitude_m = 15.0
echo_extent_m = 60.0               # a wide-body airliner, 57 to 74 m long, may give two plots in a look

[sensor.coverage]
min_range_m = 0.0
max_range_m = 3000.0
min_elevation_deg = -90.0
max_elevation_deg = 90.0
detection_probability = 0.9
false_alarms_per_scan = 1.0
"""

RUNS = {
    "multilateration alone": (MULTILATERATION,),
    "surface radar alone": (RADAR,),
    "both fused": (MULTILATERATION, RADAR),
}
SITE_PARTS = {MULTILATERATION: SITE_MULTILATERATION, RADAR: SITE_RADAR}

FARTHEST_M = 5.0 * 1852.0
NEAR_M, ALONE_M = 30.0, 80.0
LONGEST_GAP_S, VISIT_GAP_S, ELSEWHERE_M = 3.0, 60.0, 50.0
FEWEST_PLOTS = 10


class Path2D(NamedTuple):
    """Multilateration's plots of one visit: (P,) times in s, (P, 2) east and north in m."""

    visit: str
    time_s: NDArray[np.float64]
    position_m: NDArray[np.float64]


def read_plots(data: Path, work: Path) -> pl.DataFrame:
    """The detections of both sensors, converted once per work folder."""
    tables = []
    for name, place in PLACES.values():
        out = work / f"{name}.parquet"
        if not out.is_file():
            (recording,) = (data / FOLDER).glob(f"*_{name}.ast")
            convert_asterix(
                ConvertRequest(
                    file=recording,
                    out=out,
                    latitude_deg=place.latitude_deg,
                    longitude_deg=place.longitude_deg,
                    altitude_m=place.altitude_m,
                )
            )
        tables.append(pl.read_parquet(out))
    plots = pl.concat(tables, how="diagonal").sort("time_s", maintain_order=True)
    return plots.filter(np.linalg.norm(positions_m(plots), axis=1) < FARTHEST_M)


def visits(plots: pl.DataFrame) -> pl.DataFrame:
    """The plots with a column `target`: each address, counted on where it was long unheard; null of the radar's."""
    placed = plots.with_columns(pl.from_numpy(positions_m(plots), schema=["east_m", "north_m"]))
    moved_m = (pl.col("east_m").diff() ** 2 + pl.col("north_m").diff() ** 2).sqrt()
    is_new = ((pl.col("time_s").diff() > VISIT_GAP_S) & (moved_m > ELSEWHERE_M)).fill_null(value=False)
    name = pl.col("mode_s_address") + "/" + is_new.cum_sum().over("mode_s_address").cast(pl.String)
    return plots.with_columns(
        target=placed.select(target=pl.when(pl.col("mode_s_address").is_not_null()).then(name))["target"]
    )


def positions_m(plots: pl.DataFrame) -> NDArray[np.float64]:
    """(D, 2) east and north of every plot in the tangent plane at the radar."""
    place = PLACES[RADAR][1]
    geodetic = plots.select("latitude_deg", "longitude_deg", pl.lit(PLACES[MULTILATERATION][1].altitude_m)).to_numpy()
    told = place.enu_from_geodetic(np.nan_to_num(geodetic))[:, :2]
    range_m, azimuth_rad = plots["range_m"].to_numpy(), plots["azimuth_rad"].to_numpy()
    polar = np.column_stack([range_m * np.sin(azimuth_rad), range_m * np.cos(azimuth_rad)])
    answer: NDArray[np.float64] = np.where(np.isnan(geodetic[:, :1]), polar, told)
    return answer


def wandering(plots: pl.DataFrame) -> pl.DataFrame:
    """The plots with the radar's 1 sigma of azimuth: its own, and that an echo wanders as far across as along."""
    across_rad = WANDERS_M / pl.col("range_m").clip(WANDERS_M)
    sigma_rad = (math.radians(AZIMUTH_DEG) ** 2 + across_rad**2).sqrt()
    return plots.with_columns(sigma_azimuth_rad=pl.when(pl.col("sensor") == RADAR).then(sigma_rad))


def label_radar(plots: pl.DataFrame) -> pl.DataFrame:
    """The plots with the radar's labelled too, where one visit alone is near."""
    place_m, time_s = positions_m(plots), plots["time_s"].to_numpy()
    radar = np.flatnonzero((plots["sensor"] == RADAR).to_numpy())
    paths = _paths(plots, place_m, time_s)
    nearest_m, second_m = np.full(radar.size, np.inf), np.full(radar.size, np.inf)
    who = np.full(radar.size, -1)
    for number, path in enumerate(paths):
        away_m = _distances_m(path, time_s[radar], place_m[radar])
        closer = away_m < nearest_m
        second_m = np.where(closer, nearest_m, np.minimum(second_m, away_m))
        nearest_m = np.where(closer, away_m, nearest_m)
        who[closer] = number
    clear = (nearest_m < NEAR_M) & (second_m > ALONE_M)
    labels, labelled = plots["target"].to_list(), set()
    for k in np.flatnonzero(clear)[np.argsort(nearest_m[clear], kind="stable")].tolist():
        turn = (int(who[k]), int(time_s[radar[k]]))
        if turn not in labelled:
            labelled.add(turn)
            labels[radar[k]] = paths[who[k]].visit
    return plots.with_columns(target=pl.Series(labels, dtype=pl.String))


def _paths(plots: pl.DataFrame, place_m: NDArray[np.float64], time_s: NDArray[np.float64]) -> list[Path2D]:
    rows = plots.with_row_index("row").drop_nulls("target").group_by("target", maintain_order=True).agg("row")
    return [
        Path2D(visit, time_s[row], place_m[row])
        for visit, row in ((visit, np.array(row)) for visit, row in rows.iter_rows())
        if len(row) > 1
    ]


def _distances_m(path: Path2D, time_s: NDArray[np.float64], place_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of places from a visit's path at their times; inf where it was not heard just before and after."""
    after = np.clip(np.searchsorted(path.time_s, time_s), 1, path.time_s.size - 1)
    gap_s = path.time_s[after] - path.time_s[after - 1]
    share = (time_s - path.time_s[after - 1]) / np.maximum(gap_s, 1e-9)
    between = (share >= 0.0) & (share <= 1.0) & (gap_s <= LONGEST_GAP_S)
    there = path.position_m[after - 1] + share[:, None] * (path.position_m[after] - path.position_m[after - 1])
    away_m: NDArray[np.float64] = np.where(between, np.linalg.norm(place_m - there, axis=1), np.inf)
    return away_m


def keep_common(plots: pl.DataFrame) -> pl.DataFrame:
    """The plots with the labels of visits left that both sensors saw often enough."""
    counts = plots.drop_nulls("target").group_by("target", "sensor").len().filter(pl.col("len") >= FEWEST_PLOTS)
    common = counts.group_by("target").len().filter(pl.col("len") == len(PLACES))["target"]
    return plots.with_columns(target=pl.when(pl.col("target").is_in(common.implode())).then(pl.col("target")))


def run_surface(data: Path, work: Path) -> dict[str, dict[str, Any]]:
    """Convert, label, and track with each sensor alone and with both; the metrics of each run.

    Args:
        data: the folder of recorded data.
        work: folder for the tables and the results; reused between runs.
    """
    work.mkdir(parents=True, exist_ok=True)
    metrics = {}
    with redirect_stdout(io.StringIO()):  # the report below says it
        plots = wandering(keep_common(label_radar(visits(read_plots(data, work)))))
        for name, sensors in RUNS.items():
            folder = work / name.replace(" ", "-")
            folder.mkdir(exist_ok=True)
            site, table = folder / "site.toml", folder / "plots.parquet"
            site.write_text(SITE_HEAD + "".join(SITE_PARTS[sensor] for sensor in sensors), encoding="utf-8")
            plots.filter(pl.col("sensor").is_in(sensors)).write_parquet(table)
            run_track(TrackRequest(site=site, detections=table, out=folder / "out"))
            metrics[name] = msgspec.json.decode((folder / "out" / "metrics.json").read_bytes())
    return metrics


def report(metrics: dict[str, dict[str, Any]]) -> str:
    """The figures of each run."""
    lines = []
    for name, of_run in metrics.items():
        purity = of_run["purity"]
        lines += [
            f"{name}: {of_run['confirmed_tracks']} confirmed tracks, those of bodies without an address among them",
            f"  visits with exactly one track  {_share(purity['with_one_track'])}",
            f"  tracks a visit                 {purity['tracks_per_target']:.3f}",
            f"    of the worst                 {purity['largest_tracks_per_target']}",
            f"  visits without a track         {purity['targets_without_track']}",
            f"  purity                         {_share(purity['purity'])}",
            f"  plots associated               {_share(purity['associated'])}",
        ]
    return "\n".join(lines)


def _share(share: dict[str, Any]) -> str:
    return f"{share['value']:.4f}  [{share['low_95']:.4f}, {share['high_95']:.4f}]  n = {share['n']}"


def main() -> None:
    """Run from the command line."""
    print_recorded(__doc__ or "", run_surface, report)


if __name__ == "__main__":
    main()
