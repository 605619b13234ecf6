"""Locate recorded Mode S transmissions by their arrival times, track them, and compare with what the aircraft said.

    python benchmarks/multilateration.py [--data DATA] [--seed 1]

Four sets of 1,147 transmissions in one hour, each heard by five receivers with satellite time (LocaRDS, in Europe).
The altitude is taken from the transmission, the position never. Errors are horizontal, against the position that the
aircraft broadcast: it is up to a second older than the transmission that carries it, so the error is also split along
and across the course (taken from the aircraft's nearest other broadcast within 40 s). Only the last is the method's.

`as heard` takes the receivers for exact; `learned` learns their offsets while it goes, afresh in every set; `tracked`
is what the tracker makes of all four sets together, at the transmissions that updated a confirmed track, with the error
of the same transmissions alone beside it.
"""

import argparse
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sangar.adapters.tables.detections import detections_of
from sangar.adapters.tables.multilateration import read_multilateration
from sangar.core.frames import ecef_from_geodetic, enu_from_ecef_rotation
from sangar.scenario.site import load_site
from sangar.service.inputs import batches_in_order
from sangar.service.tracking_run import track_batches
from sangar.tracking.multilateration import MultilaterationSettings

SETS = (1, 2, 3, 4)
AS_HEARD = MultilaterationSettings(prior_weight=0.0)
COURSE_WITHIN_S, COURSE_BEYOND_S = 40.0, 1.0
SITE = """\
[site]
name = "Western Europe"
latitude_deg = 47.5
longitude_deg = 8.5

[[sensor]]
id = "multilateration"
kind = "cooperative"
east_m = 0.0
north_m = 0.0
up_m = 0.0
period_s = 30.0   # transmissions that reach five receivers come now and then

[sensor.coverage]
max_range_m = 3000000.0
min_elevation_deg = -90.0
detection_probability = 0.5
false_alarms_per_scan = 0.01

[policy.tracking]
initial_speed_mps = 250.0
coast_limit_s = 120.0
coast_minimum_s = 60.0
manoeuvre_noise_m2ps3 = 20.0
"""


class Errors(NamedTuple):
    """Horizontal errors of some transmissions in metres, and their parts along and across the course, NaN unknown."""

    whole_m: NDArray[np.float64]
    along_m: NDArray[np.float64]
    across_m: NDArray[np.float64]


def truth_of(table: pl.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(T, 3) ECEF positions the aircraft broadcast, and (T, 3) unit vectors of their courses, NaN unknown."""
    places = ecef_from_geodetic(table.select("latitude", "longitude", "geoAltitude").to_numpy().astype(np.float64))
    time_s, aircraft = table["timeAtServer"].to_numpy(), table["aircraft"].to_numpy()
    course = np.full(places.shape, np.nan)
    for row in range(table.height):
        apart_s = np.abs(time_s - time_s[row])
        apart_s[(aircraft != aircraft[row]) | (apart_s < COURSE_BEYOND_S)] = np.inf
        other = int(np.argmin(apart_s))
        if apart_s[other] <= COURSE_WITHIN_S:
            moved = (places[other] - places[row]) * np.sign(time_s[other] - time_s[row])
            course[row] = moved / np.linalg.norm(moved)
    return places, course


def errors_of(
    found: NDArray[np.float64], truth: NDArray[np.float64], course: NDArray[np.float64], geodetic: NDArray[np.float64]
) -> Errors:
    """Horizontal errors of (N, 3) ECEF positions; `geodetic` says where down is."""
    offset = found - truth
    for row, (latitude_deg, longitude_deg, _) in enumerate(geodetic):
        up = enu_from_ecef_rotation(float(latitude_deg), float(longitude_deg))[2]
        offset[row] -= (offset[row] @ up) * up
    whole_m, along_m = np.linalg.norm(offset, axis=1), (offset * course).sum(axis=1)
    return Errors(whole_m, along_m, np.sqrt(np.maximum(0.0, whole_m**2 - along_m**2)))


def quantile(values: NDArray[np.float64], share: float, generator: np.random.Generator) -> str:
    """A quantile with its 95 % bootstrap interval."""
    known = values[np.isfinite(values)]
    drawn = [np.quantile(generator.choice(known, known.size), share) for _ in range(500)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return f"{np.quantile(known, share):6.1f} [{low:6.1f}, {high:6.1f}]"


def line(name: str, errors: Errors, generator: np.random.Generator) -> str:
    """One row of the table."""
    known = errors.across_m[np.isfinite(errors.across_m)]
    text = f"{name:34} n {errors.whole_m.size:5}  median {quantile(errors.whole_m, 0.5, generator)}"
    text += f"  p90 {quantile(errors.whole_m, 0.9, generator)}"
    if known.size < 2:
        return text
    text += f"  across (n {known.size:4}) median {quantile(known, 0.5, generator)}"
    return text + f"  along, mean {np.nanmean(errors.along_m):6.1f}"


def located(table: pl.DataFrame, positions: pl.DataFrame) -> Errors:
    """Errors of the positions solved from the rows of a table."""
    rows = positions["transmission"].to_numpy()
    truth, course = truth_of(table)
    geodetic = positions.select("latitude_deg", "longitude_deg", "altitude_m").to_numpy().astype(np.float64)
    return errors_of(ecef_from_geodetic(geodetic), truth[rows], course[rows], geodetic)


def tracked(table: pl.DataFrame, positions: pl.DataFrame, folder: Path) -> tuple[Errors, Errors]:
    """Errors of confirmed tracks at the transmissions that updated them, and of these transmissions alone."""
    path = folder / "site.toml"
    path.write_text(SITE, encoding="utf-8")
    site = load_site(path)
    detections = detections_of(positions, folder / "positions", site)
    updates = track_batches(site, batches_in_order(site, detections, None)).updates
    updates = updates[(updates["status"] >= 2) & (updates["row"] >= 0)]
    rows = positions["transmission"].to_numpy()[updates["row"]]
    truth, course = truth_of(table)
    since_s = positions["time_s"].to_numpy()[updates["row"]] - updates["time_s"]  # a batch's tracks stand at its end
    place_m = updates["mean"][:, :3] + since_s[:, None] * updates["mean"][:, 3:]
    geodetic = site.frame.geodetic_from_enu(np.ascontiguousarray(place_m))
    alone = located(table, positions)
    of_row = {int(row): place for place, row in enumerate(positions["transmission"].to_numpy())}
    same = np.array([of_row[int(row)] for row in rows])
    return (
        errors_of(ecef_from_geodetic(geodetic), truth[rows], course[rows], geodetic),
        Errors(*(part[same] for part in alone)),
    )


def report(data: Path, seed: int) -> list[str]:
    """The table's lines."""
    folder, generator = data / "multilateration", np.random.default_rng(seed)
    receivers, lines, tables = folder / "sensors.csv", [], []
    collected: dict[str, list[Errors]] = {"as heard": [], "learned": []}
    for number in SETS:
        path = folder / f"set_{number}.csv"
        table = pl.read_csv(path, infer_schema_length=None)
        tables.append(table)
        for name, settings in (("as heard", AS_HEARD), ("learned", None)):
            errors = located(table, read_multilateration(path, receivers, settings).positions)
            collected[name].append(errors)
            lines.append(line(f"set {number}, {name}", errors, generator))
    for name, parts in collected.items():
        whole = Errors(*(np.concatenate(list(column)) for column in zip(*parts, strict=True)))
        lines.append(line(f"all sets, {name}", whole, generator))
    with tempfile.TemporaryDirectory() as scratch:
        together = pl.concat(tables).sort("timeAtServer")
        path = Path(scratch) / "all.csv"
        together.write_csv(path)
        positions = read_multilateration(path, receivers).positions
        lines.append(line("in one, learned", located(together, positions), generator))
        tracks, alone = tracked(together, positions, Path(scratch))
        lines.append(line("in one, tracked", tracks, generator))
        lines.append(line("  the same transmissions alone", alone, generator))
    return lines


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("SANGAR_DATA", "../shared/data")))
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print("Horizontal error in metres with 95 % intervals; what fits no place is left out (n counts the rest)")
    for text in report(arguments.data, arguments.seed):
        print(text, flush=True)


if __name__ == "__main__":
    main()
