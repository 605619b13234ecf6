"""The same scenario and seed say the same, compiled or interpreted, whatever the interpreter's hash seed."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sangar.core.events import EventKind
from sangar.journal.run import RecordedRun, read_run
from tests.small_fort import BOMB, DRONE, GUN, write_scenario

SHOW = """
import sys
from pathlib import Path
from sangar.service.demo import DemoRequest, run_demo
run_demo(DemoRequest(scenario=sys.argv[1], out=Path(sys.argv[2]), fast=True, json=True))
"""


def shown(folder: Path, name: str, **environment: str) -> RecordedRun:
    """The run of the small scenario in an interpreter of its own."""
    scenario = write_scenario(folder, 14.0, DRONE, BOMB, GUN)
    command = [sys.executable, "-c", SHOW, str(scenario), str(folder / name)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **environment})
    return read_run(folder / name / "raid.journal")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory) -> RecordedRun:
    run = shown(tmp_path_factory.mktemp("compiled"), "out", PYTHONHASHSEED="1")
    assert len(run.all_events()) > 5
    return run


def test_another_process_with_another_hash_seed_writes_the_same_journal(compiled, tmp_path):
    again = shown(tmp_path, "again", PYTHONHASHSEED="2")
    assert again.verdict.head_sha256 == compiled.verdict.head_sha256


def test_interpreted_code_says_the_same_as_compiled_code(compiled, tmp_path):
    """Same events in the same order; numbers to 1e-6, for compiled sums may use another last bit (fused operations).

    A zone change names the track that weighs most: where two weigh the same but for that last bit, either may be named.
    """
    interpreted = shown(tmp_path, "plain", NUMBA_DISABLE_JIT="1").all_events()
    events = compiled.all_events()
    assert len(interpreted) == len(events)
    zones = events["kind"] == EventKind.ZONE_CHANGED
    np.testing.assert_array_equal(interpreted["track"][~zones], events["track"][~zones])
    for name in EXACT:
        np.testing.assert_array_equal(interpreted[name], events[name], err_msg=name)
    for name in set(events.dtype.names) - {"track", *EXACT}:
        np.testing.assert_allclose(interpreted[name], events[name], rtol=1e-6, atol=1e-6, err_msg=name)


EXACT = ("kind", "area", "engagement", "effector", "old", "new", "row")
