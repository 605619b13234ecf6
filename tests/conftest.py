"""What every test stands on: checked shapes, Hypothesis' profile, and the recorded data outside the project."""

import os
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest
from jaxtyping import install_import_hook

from tests import shapes

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src"

hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.register_profile("searching", deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("SANGAR_HYPOTHESIS", "repeatable"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-shapes",
        action="store_true",
        help="do not check every array's shape and dtype, and every argument's type, against the annotations",
    )


def _checkable_modules() -> list[str]:
    """All modules but kernels: Numba compiles those, and cannot compile a checked function.

    Packages are left out by themselves: naming one would take its kernels along, and they hold no code.
    """
    modules = [path.relative_to(SOURCES).with_suffix("") for path in sorted((SOURCES / "sangar").rglob("*.py"))]
    return [".".join(path.parts) for path in modules if path.name != "__init__" and "kernels" not in path.parts]


def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--no-shapes"):
        install_import_hook(_checkable_modules(), f"{shapes.__name__}.check")


@pytest.fixture(scope="session")
def recorded() -> Callable[[str], Path]:
    """Path of a piece of recorded data, by its name below the data folder; skips the test where it is absent."""
    folder = Path(os.environ.get("SANGAR_DATA", ROOT.parent / "shared" / "data"))

    def find(name: str) -> Path:
        path = folder / name
        if not path.exists():
            pytest.skip(f"recorded data {name} is not here (SANGAR_DATA names its folder)")
        return path

    return find
