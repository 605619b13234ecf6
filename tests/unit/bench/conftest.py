"""The common scenes' own scripts, where they are at hand."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

COMMON_SCRIPTS = Path(__file__).resolve().parents[4] / "shared" / "bench" / "tracking"


@pytest.fixture(scope="session")
def common_scripts() -> Path:
    """Folder of the scripts other trackers were measured with; skips the test where it is absent."""
    if not (COMMON_SCRIPTS / "gen.py").exists():
        pytest.skip("the scripts other trackers were measured with are not beside the checkout")
    return COMMON_SCRIPTS


@pytest.fixture(scope="session")
def load_common(common_scripts):
    """Import one of the scripts by name."""

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"common_{name}", common_scripts / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load
