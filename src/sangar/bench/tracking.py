"""`sangar bench tracking`: Sangar beside its peers on the common scenes, in one run."""

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sangar.bench.air_traffic import SEED
from sangar.bench.comparison import comparison_tables
from sangar.bench.contenders import (
    EKF_YARDSTICK,
    IMM_YARDSTICK,
    SANGAR_STEP,
    SANGAR_TRACKER,
    STONE_SOUP,
    is_stone_soup_here,
)
from sangar.bench.isolation import compete_apart
from sangar.bench.rows import BenchRow
from sangar.bench.scenes import Scene, generate_scene, load_scene
from sangar.core.errors import ConfigurationError, PortError

STANDARD_SIZES = (10, 50, 100, 500, 1000)
STONE_SOUP_SCANS, STONE_SOUP_CROWD_SCANS, CROWD = 30, 15, 100
"""Stone Soup takes 0.1 to 0.3 s a scan up to a hundred targets and seconds beyond: it runs fewer scans there."""
STONE_SOUP_LIMIT = 2000
"""More targets would take it minutes a scan: it is left out."""


class BenchRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to measure.

    Attributes:
        sizes: targets of the generated scenes.
        seed: of the generated scenes; the common ones when left out.
        scenes: scene files; when there are any, they run instead of the generated scenes.
        json: print rows for a program to read, one JSON object a line, instead of the table.
        peers: measure the peers too.
        scans: only the first so many scans; all when left out.
    """

    sizes: tuple[int, ...] = STANDARD_SIZES
    seed: int | None = None
    scenes: tuple[Path, ...] = ()
    json: bool = False
    peers: bool = True
    scans: int | None = None


def run(request: BenchRequest) -> int:
    """Measure and print; exit code 1 when a tracker did not come through.

    Raises:
        ConfigurationError: a scene cannot be made or read, or there is nothing to measure.
    """
    if request.scans is not None and request.scans < 1:
        raise ConfigurationError("scans", "", f"{request.scans} scans are nothing to measure", "give 1 or more")
    seed = SEED if request.seed is None else request.seed
    scenes = [load_scene(path) for path in request.scenes] or [generate_scene(size, seed) for size in request.sizes]
    aside = Console(stderr=True)
    if request.peers and not is_stone_soup_here():
        aside.print("Stone Soup is not installed (extra: bench), so its rows and the ratio to it are left out.")
    rows, failures = [], 0
    with _progress(aside) as progress:
        for scene in scenes:
            for tracker, windows in entries(scene, request, is_stone_soup_here()):
                try:
                    rows += _measure(progress, tracker, scene, windows)
                except PortError as error:
                    progress.console.print(str(error), markup=False)
                    failures += 1
    _print_rows(rows, as_json=request.json)
    return 1 if failures else 0


def entries(scene: Scene, request: BenchRequest, with_stone_soup: bool) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Each tracker that takes part on a scene, and the windows (first so many scans) it is measured over.

    Every tracker is also measured over the scans Stone Soup runs, so that the two compare.
    """
    most = min(scene.meta.scan_count, request.scans or scene.meta.scan_count)
    windows: tuple[int, ...] = (most,)
    if request.peers and with_stone_soup and scene.meta.target_count <= STONE_SOUP_LIMIT:
        patience = STONE_SOUP_SCANS if scene.meta.target_count <= CROWD else STONE_SOUP_CROWD_SCANS
        compared = min(most, patience)
        windows = tuple(dict.fromkeys((compared, most)))
        yield STONE_SOUP, (compared,)
    for tracker in (EKF_YARDSTICK, IMM_YARDSTICK) if request.peers else ():
        yield tracker, windows
    for tracker in (SANGAR_TRACKER, SANGAR_STEP):
        yield tracker, windows


def _progress(aside: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("scans"))
    return Progress(*columns, TimeElapsedColumn(), console=aside, transient=True)


def _measure(progress: Progress, tracker: str, scene: Scene, windows: tuple[int, ...]) -> list[BenchRow]:
    task = progress.add_task(f"{scene.name} {tracker}", total=max(windows))
    if not progress.console.is_terminal:  # no bar there: a line each
        progress.console.print(f"{scene.name} {tracker}: {max(windows)} scans", markup=False, highlight=False)
    try:
        return compete_apart(tracker, scene, windows, lambda scans: progress.update(task, completed=scans))
    finally:
        progress.remove_task(task)


def _print_rows(rows: list[BenchRow], *, as_json: bool) -> None:
    if as_json:
        for row in rows:
            sys.stdout.write(msgspec.json.encode(row).decode() + "\n")
    else:
        Console().print(*comparison_tables(rows), sep="\n")
