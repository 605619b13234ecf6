"""The architecture page leads a detection from the wire to the alert through functions that exist, in order."""

import importlib
import re
from itertools import groupby
from typing import Any

from tests.architecture.sources import ROOT

PAGE = ROOT / "docs" / "architecture.md"
MOST_STATIONS = 10
ORDER = (
    "simulation",
    "adapters",
    "pipeline",
    "tracking",
    "identification",
    "assessment",
    "warning",
    "engagement",
    "journal",
    "report",
    "console",
    "service",
)
"""The way data flows. `core` and `models` serve everybody, so they may stand anywhere."""


def _stations() -> list[str]:
    block = re.search(r"^```path\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert block, "docs/architecture.md has no ```path block"
    return [line.split()[0] for line in block.group(1).splitlines() if line.strip()]


def _resolve(name: str) -> Any:
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(name)


def test_the_path_has_at_most_ten_stations():
    assert 2 <= len(_stations()) <= MOST_STATIONS


def test_every_station_is_a_function_that_exists():
    assert [station for station in _stations() if not callable(_resolve(station))] == []


def test_each_package_is_entered_once_and_in_the_order_of_the_arrow():
    packages = [station.split(".")[1] for station in _stations()]
    entered = [name for name, _ in groupby(name for name in packages if name not in {"core", "models"})]
    assert entered == sorted(set(entered), key=ORDER.index)
