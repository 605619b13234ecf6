"""How often a sound claim is wrongly suspected: recorded ADS-B of three hours as claims, radar looks simulated.

The claims are those that were received (213 aircraft around Paris). The bodies are laid on the same positions, joined
by straight lines where none is further than `LONGEST_GAP_S` from the next, and seen by one simulated radar. So what
is counted is the claims' own unsteadiness (old positions, slips, gaps), the radar's noise and its misses; not errors
that the claims and the bodies share.

    SANGAR_DATA=../shared/data python -m benchmarks.claims
"""

from heapq import merge
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sangar.adapters.adsb.recording import read_adsb
from sangar.adapters.tables.track_reports import report_batches, track_reports_of
from sangar.bench.recorded import print_recorded
from sangar.core.claims import REPLACED_COUNT, UNUSABLE_COUNT, ClaimState
from sangar.core.detections import AZIMUTH, DETECTION, ELEVATION, RANGE
from sangar.core.events import EventKind
from sangar.core.targets import StandardIdentity, TrackStatus
from sangar.pipeline.pipeline import Pipeline
from sangar.pipeline.ports import Batch
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings
from sangar.tracking.purity import wilson_interval

SITE = """
[site]
name = "Beside a recording"
latitude_deg = 48.9
longitude_deg = 2.4
[[sensor]]
id = "radar-1"
kind = "radar"
measures = ["range", "azimuth", "elevation"]
period_s = 4.0
east_m = 0.0
north_m = 0.0
up_m = 0.0
accuracy = { range_m = 30.0, azimuth_deg = 0.1, elevation_deg = 0.2 }
coverage = { min_range_m = 1000.0, max_range_m = 60000.0, min_elevation_deg = 0.5, max_elevation_deg = 60.0 }
[[sensor]]
id = "adsb-1"
kind = "ads_b"
east_m = 0.0
north_m = 0.0
up_m = 0.0
"""
LONGEST_GAP_S = 20.0
SIGMA = np.array([30.0, np.radians(0.1), np.radians(0.2)])
DETECTION_PROBABILITY = 0.9
REACH_M = (1000.0, 60_000.0)
LIFT_RAD = (np.radians(0.5), np.radians(60.0))
SUSPECTING = (ClaimState.LEFT, ClaimState.CONTRADICTED, ClaimState.IMPLAUSIBLE, ClaimState.SHARED)
SEED = 4


class Figures(NamedTuple):
    """What was counted.

    Attributes:
        claimants: aircraft that the radar saw and that were matched to a body at least once.
        seen: aircraft of which the radar had a look at all.
        told: of the claimants heard, how many ever came into each state that suspects.
        without_body: claimants told to have none.
        heard: claimants heard.
        suspects: confirmed tracks that were ever SUSPECT or HOSTILE.
        tracks: confirmed tracks.
        hours: of the recording.
        unusable: reports not usable.
    """

    claimants: int
    seen: int
    told: dict[str, int]
    without_body: int
    heard: int
    suspects: int
    tracks: int
    hours: float
    unusable: int


def run(data: Path, _work: Path) -> Figures:
    """Play the recording."""
    site = parse_settings(SITE, Site, "beside.site.toml")
    claims = read_adsb(data / "adsb" / "quickstart.json.gz", "adsb-1").claims
    reports = track_reports_of(claims, Path("claims"), site)
    looks, seen = _looks(site, claims)
    pipeline, changes = Pipeline(site, track_capacity=512, wants_rows=False), []
    tracks: set[int] = set()
    suspects: set[int] = set()
    for batch in merge(looks, report_batches(reports), key=lambda one: one.time_s):
        events = pipeline.step(batch).events
        changes.append(events[events["kind"] == EventKind.CLAIM_CHANGED])
        if batch.sensor == 0:
            rows, beliefs = pipeline.world.tracks.rows, pipeline.world.identities
            living = rows["status"] >= TrackStatus.CONFIRMED
            tracks |= set(rows["id"][living].tolist())
            suspects |= set(rows["id"][living & (beliefs["identity"] >= StandardIdentity.SUSPECT)].tolist())
    said, counters = np.concatenate(changes), pipeline.world.claims.counters
    assert counters[REPLACED_COUNT] == 0
    time_s = claims["time_s"].to_numpy()
    return Figures(
        claimants=_ever(said, ClaimState.MATCHED),
        seen=seen,
        told={state.name: _ever(said, state) for state in SUSPECTING},
        without_body=_ever(said, ClaimState.WITHOUT_BODY),
        heard=claims["track"].n_unique(),
        suspects=len(suspects),
        tracks=len(tracks),
        hours=float(np.ptp(time_s)) / 3600.0,
        unusable=int(counters[UNUSABLE_COUNT]),
    )


def _ever(said: NDArray[np.void], state: ClaimState) -> int:
    """How many claimants ever came into a state."""
    return len(np.unique(said["row"][said["new"] == state]))


def _looks(site: Site, claims: pl.DataFrame) -> tuple[list[Batch], int]:
    """One look every four seconds at all that fly in view, each seen with the probability of detection."""
    generator = np.random.default_rng(SEED)
    geodetic = claims.select("latitude_deg", "longitude_deg", "altitude_m").fill_null(0.0).to_numpy()
    position_m = site.frame.enu_from_geodetic(np.ascontiguousarray(geodetic))
    numbers, time_s = claims["track"].to_numpy(), claims["time_s"].to_numpy()
    look_s = np.arange(time_s.min(), time_s.max(), 4.0)
    seen_m: list[list[NDArray[np.float64]]] = [[] for _ in look_s]
    seen = 0
    for number in np.unique(numbers):
        own = numbers == number
        at_s, path_m = time_s[own], position_m[own]
        after = np.searchsorted(at_s, look_s)
        inside = (after > 0) & (after < len(at_s))
        inside[inside] &= at_s[after[inside]] - at_s[after[inside] - 1] <= LONGEST_GAP_S
        found = 0
        for k in np.flatnonzero(inside & (generator.random(len(look_s)) < DETECTION_PROBABILITY)):
            place_m = np.array([np.interp(look_s[k], at_s, path_m[:, d]) for d in range(3)])
            if _is_in_view(place_m):
                seen_m[k].append(place_m)
                found += 1
        seen += found > 0
    return [_look(float(t), places, generator) for t, places in zip(look_s, seen_m, strict=True)], seen


def _is_in_view(place_m: NDArray[np.float64]) -> bool:
    range_m = float(np.linalg.norm(place_m))
    lift_rad = float(np.arcsin(place_m[2] / range_m))
    return REACH_M[0] <= range_m <= REACH_M[1] and LIFT_RAD[0] <= lift_rad <= LIFT_RAD[1]


def _look(time_s: float, places_m: list[NDArray[np.float64]], generator: np.random.Generator) -> Batch:
    records = np.zeros(len(places_m), DETECTION)
    records["time_s"], records["measured"], records["sigma"] = time_s, np.nan, np.nan
    records["rcs_dbsm"], records["snr_db"], records["class_report"] = np.nan, 20.0, -1
    for record, (east, north, up) in zip(records, places_m, strict=True):
        range_m = np.sqrt(east * east + north * north + up * up)
        exact = np.array([range_m, np.arctan2(east, north), np.arcsin(up / range_m)])
        record["measured"][[RANGE, AZIMUTH, ELEVATION]] = exact + generator.normal(size=3) * SIGMA
        record["sigma"][[RANGE, AZIMUTH, ELEVATION]] = SIGMA
    return Batch(time_s, 0, records)


def report(figures: Figures) -> str:
    """The figures in words."""
    lines = [f"{figures.hours:.2f} h, {figures.heard} aircraft heard, {figures.seen} seen by the radar"]
    lines.append(f"matched to a body: {_share(figures.claimants, figures.seen)} of those seen")
    lines += [
        f"ever {name}: {_share(count, figures.claimants)} of those matched" for name, count in figures.told.items()
    ]
    lines.append(f"ever without a body: {_share(figures.without_body, figures.heard)} of those heard")
    lines.append(f"tracks ever SUSPECT or HOSTILE: {_share(figures.suspects, figures.tracks)}")
    lines.append(f"reports not usable: {figures.unusable}")
    return "\n".join(lines)


def _share(count: int, of: int) -> str:
    share = wilson_interval(count, of)
    return f"{count} of {of} ({100.0 * share.value:.1f} % [{100.0 * share.low:.1f}, {100.0 * share.high:.1f}])"


if __name__ == "__main__":
    print_recorded(__doc__, run, report)
