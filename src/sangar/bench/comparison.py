"""The benchmark's tables: every tracker beside Stone Soup, over the same scans, one table a scene."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.table import Table

from sangar.bench.contenders import STONE_SOUP
from sangar.bench.rows import BenchRow

SPEED, RATIO, ACCURACY, SWITCHES, MEMORY = "det per\nCPU s", "Stone\nSoup x", "GOSPA\nm", "id\nsw.", "RSS\nMiB"


def comparison_tables(rows: Sequence[BenchRow]) -> Iterator[str | Table]:
    """A heading and a table for each scene: over the scans Stone Soup ran, then over all when those are more."""
    for scene in dict.fromkeys(row.scene for row in rows):
        own = [row for row in rows if row.scene == scene]
        yield _heading(own)
        yield _scene_table(own)


def _heading(rows: Sequence[BenchRow]) -> str:
    first, fewest, most = rows[0], min(row.scans_run for row in rows), max(row.scans_run for row in rows)
    scans = f"{fewest} scans" if fewest == most else f"the first {fewest} scans, then all {most}"
    return f"{first.scene}: {first.target_count} targets, {first.detections_per_scan:.0f} detections a scan; {scans}"


def _scene_table(rows: Sequence[BenchRow]) -> Table:
    fewest, most = min(row.scans_run for row in rows), max(row.scans_run for row in rows)
    compared = [row for row in rows if row.scans_run == fewest]
    whole = {row.tracker: row for row in rows if row.scans_run == most}
    reference = next((row.detections_per_cpu_s for row in compared if row.tracker == STONE_SOUP), None)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("tracker", no_wrap=True)
    right = (SPEED, ACCURACY) if most > fewest else ()
    for heading in (SPEED, RATIO, ACCURACY, *right, SWITCHES, MEMORY):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in compared:
        ratio = f"{row.detections_per_cpu_s / reference:,.1f}" if reference else ""
        longest = whole.get(row.tracker)
        right_cells = _speed_and_accuracy(longest) if most > fewest else ()
        switches = str(longest.identity_switches) if longest else ""
        speed, gospa = _speed_and_accuracy(row)
        table.add_row(row.tracker, speed, ratio, gospa, *right_cells, switches, f"{row.rss_mib:.0f}")
    return table


def _speed_and_accuracy(row: BenchRow | None) -> tuple[str, str]:
    return (f"{row.detections_per_cpu_s:,.0f}", f"{row.gospa_mean_m:.1f}") if row else ("", "")
