"""Track half an hour of a real airport radar with the identities hidden, and score the tracks with them.

    python benchmarks/barcelona.py --data DATA [--work FOLDER]

The recording is ASTERIX category 048 of the Barcelona radar, 2 May 2023, 08:00 to 08:30 UTC: 51 aircraft at once over
some 60 nautical miles, one turn every 4 seconds, the airport's surface traffic among them. The tracker sees range,
azimuth and flight level. The Mode S addresses score it: an aircraft is an address with at least 10 plots, a track
counts for it when it took at least 3 of them, purity is the share of associated plots that belong to their track's
majority aircraft.
"""

import io
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import msgspec

from sangar.bench.recorded import print_recorded
from sangar.service.convert import ConvertRequest, convert_asterix
from sangar.service.track import TrackRequest, run_track

RECORDING = "asterix/barcelona_cat048/bcn_0800_0830.ast"

SITE = """\
# Position of the radar: approximate (the airport); range, azimuth and height tracking does not depend on it.
[site]
name = "Barcelona airport radar, position approximate"
latitude_deg = 41.30
longitude_deg = 2.10
altitude_m = 100.0

[[sensor]]
id = "20-129"
kind = "radar"
measures = ["range", "azimuth", "altitude"]
latitude_deg = 41.30
longitude_deg = 2.10
altitude_m = 100.0
period_s = 4.0

[sensor.accuracy]
range_m = 15.0
azimuth_deg = 0.04
altitude_m = 10.0
stray_share = 0.01          # low aircraft behind the ridge in the north: bearings off by up to two degrees
stray_azimuth_deg = 0.8

[sensor.coverage]
min_range_m = 0.0
max_range_m = 120000.0
min_elevation_deg = -5.0
max_elevation_deg = 90.0
detection_probability = 0.95
false_alarms_per_scan = 2.0
"""

GOAL_PURITY = 0.99
GOAL_TRACKS_PER_AIRCRAFT = 1.2


def run_barcelona(data: Path, work: Path, site_text: str = SITE) -> dict[str, Any]:
    """Convert (once per work folder), track, and return the metrics of `metrics.json`.

    Args:
        data: the folder of recorded data.
        work: folder for the converted table and the results; reused between runs.
        site_text: the site file to track with.
    """
    work.mkdir(parents=True, exist_ok=True)
    plots, site = work / "plots.parquet", work / "site.toml"
    site.write_text(site_text, encoding="utf-8")
    with redirect_stdout(io.StringIO()):  # the report below says it
        if not plots.is_file():
            convert_asterix(ConvertRequest(file=data / RECORDING, out=plots))
        run_track(TrackRequest(site=site, detections=plots, out=work / "out"))
    metrics: dict[str, Any] = msgspec.json.decode((work / "out" / "metrics.json").read_bytes())
    return metrics


def report(metrics: dict[str, Any]) -> str:
    """The figures in a table, with what is wanted."""
    purity, latency = metrics["purity"], metrics["latency_ms"]
    share, taken = purity["purity"], purity["associated"]
    rows = [
        ("aircraft (10 plots or more)", f"{purity['targets']}"),
        ("confirmed tracks", f"{metrics['confirmed_tracks']}"),
        ("purity", f"{share['value']:.4f}  [{share['low_95']:.4f}, {share['high_95']:.4f}]  n = {share['n']}"),
        ("   wanted", f">= {GOAL_PURITY}"),
        (
            "plots associated",
            f"{taken['value']:.4f}  [{taken['low_95']:.4f}, {taken['high_95']:.4f}]  n = {taken['n']}",
        ),
        ("tracks per aircraft", f"{purity['tracks_per_target']:.3f}  (worst {purity['largest_tracks_per_target']})"),
        ("   wanted", f"<= {GOAL_TRACKS_PER_AIRCRAFT}"),
        ("aircraft without a track", f"{purity['targets_without_track']}"),
        ("step latency p50 / p99, ms", f"{latency['p50']:.3f} / {latency['p99']:.3f}  n = {latency['n']} batches"),
    ]
    return "\n".join(f"{name:<30}{value}" for name, value in rows)


def main() -> None:
    """Run from the command line."""
    print_recorded(__doc__ or "", run_barcelona, report)


if __name__ == "__main__":
    main()
