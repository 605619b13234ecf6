"""What Sangar installs: locked, from wherever the site chooses, and free to pass on."""

import re
from importlib import metadata

import pytest

from tests.architecture.sources import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
COPYLEFT = re.compile(r"(?<!L)GPL|AGPL|General Public License", re.IGNORECASE)


def _run_time_packages() -> list[str]:
    lines = (ROOT / "requirements" / "run.lock").read_text(encoding="utf-8").splitlines()
    return [line.split("==")[0] for line in lines if "==" in line and "sys_platform == 'win32'" not in line]


def _licence(package: str) -> str:
    about = metadata.metadata(package)
    classifiers = [text for text in about.get_all("Classifier", []) if text.startswith("License")]
    stated = [
        text.splitlines()[0] for key in ("License-Expression", "License") for text in about.get_all(key, []) if text
    ]
    return " ".join([*stated, *classifiers])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_file_names_no_place_to_fetch_from(lock):
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_hashes(lock):
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    bare = [line for line in text.splitlines() if "==" in line.split(";")[0] and "--hash=sha256:" not in line]
    assert not bare


def test_one_environment_can_take_all_locks():
    pins: dict[str, dict[str, set[str]]] = {}
    for lock in LOCKS:
        for name, version in re.findall(r"^([\w.-]+)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE):
            pins.setdefault(name, {}).setdefault(lock.name, set()).add(version)
    torn = {name: by for name, by in pins.items() if len({frozenset(versions) for versions in by.values()}) > 1}
    assert not torn


def test_what_is_installed_at_run_time_is_under_permissive_licences():
    copyleft = {package: text for package in _run_time_packages() if COPYLEFT.search(text := _licence(package))}
    assert not copyleft
